"""How a run ends: which message, which exit code."""

from __future__ import annotations

import os

import click
import pytest
from click.testing import CliRunner

from sgcheck.cli.guard import guarded
from sgcheck.cli.main import cli
from sgcheck.errors import AmbiguousNameError, AwsError, InputError, UnknownNameError, UsageError


def ending(run):
    with pytest.raises(SystemExit) as caught:
        guarded(run)
    return caught.value.code


def raising(error):
    def run():
        raise error

    return run


@pytest.mark.parametrize("code", [0, 1, 3])
def test_a_command_s_code_is_the_exit_code(code):
    assert ending(lambda: code) == code


def test_no_code_is_success():
    assert ending(lambda: None) == 0


@pytest.mark.parametrize(
    "error, code",
    [
        (UsageError("wrong"), 2),
        (UnknownNameError("wrong"), 2),
        (AmbiguousNameError("wrong"), 2),
        (InputError("wrong"), 2),
        (AwsError("wrong"), 4),
        (click.UsageError("wrong"), 2),
    ],
)
def test_every_error_has_its_code_and_one_line(capsys, error, code):
    assert ending(raising(error)) == code
    assert capsys.readouterr() == ("", "Error: wrong\n")


def test_the_hint_has_a_line_of_its_own(capsys):
    ending(raising(UnknownNameError("no web-1", "did you mean web-2?")))
    assert capsys.readouterr().err == "Error: no web-1\ndid you mean web-2?\n"


def test_an_error_can_not_forge_a_line_or_drive_the_terminal(capsys):
    ending(raising(InputError("a\nError: b\x1b[2J", "c\rd")))
    assert capsys.readouterr().err == "Error: a\\nError: b\\x1b[2J\nc\\rd\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_is_quiet(capsys, error):
    assert ending(raising(error)) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", [ValueError("odd\nthing"), RecursionError("too deep"), KeyError("x"), MemoryError()])
def test_a_bug_is_one_line_that_asks_to_report_it(capsys, monkeypatch, error):
    monkeypatch.delenv("SGCHECK_DEBUG", raising=False)
    assert ending(raising(error)) == 70
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"Error: sgcheck itself failed ({type(error).__name__}")
    assert "SGCHECK_DEBUG=1" in second


def test_the_traceback_of_a_bug_can_be_had(monkeypatch):
    monkeypatch.setenv("SGCHECK_DEBUG", "1")
    with pytest.raises(ValueError, match="odd"):
        guarded(raising(ValueError("odd")))


ENDS = ["--from", "internet", "--to", "i-123"]


@pytest.mark.parametrize(
    "words, message",
    [
        (["explain", "--to", "i-123", "--port", "80"], "Missing option '--from'"),
        (["explain", "--from", "internet", "--port", "80"], "Missing option '--to'"),
        (["explain", *ENDS], "which port? give --port"),
        (["explain", *ENDS, "--port", "80"], "which Region? give --region"),
        (["explain", *ENDS, "--port", "80", "-i", ""], "which Region? give --region"),
        (["explain", *ENDS, "--port", "80", "-i", "x.json", "--profile", "p"], "--profile is for the live account"),
        (["explain", *ENDS, "--port", "80", "--external-id", "x"], "an external id goes with the ARN of a role"),
        (["explain", *ENDS, "--port", "80", "--role-arn", "audit"], "audit: expected the ARN of a role"),
        (["explain", *ENDS, "--port", "80", "--accounts", "/nowhere/a.txt"], "/nowhere/a.txt: can't be read"),
        (["snapshot"], "where to? give -o FILE"),
        (["explain", *ENDS, "--port", "htpp", "-i", "x.json"], "htpp"),
        (["explain", *ENDS, "--port", "80", "-i", "-", "-i", "-"], "standard input can be read only once"),
        (["explain", *ENDS, "--port", "80", "-i", "/nowhere/x.json"], "/nowhere/x.json"),
        (["explain", *ENDS, "--port", "80", "-f", "yaml"], "'yaml' is not one of"),
        (["explain", *ENDS, "--port", "80", "--expect", "open"], "'open' is not one of"),
        (["explain", *ENDS, "--port", "80", "--expect", "blocked,"], "'' is not one of"),
        (["exposure"], "which Region? give --region"),
        (["exposure", "-i", "x.json", "--fail-on", "some"], "'some' is not"),
        (["exposure", "-i", "x.json", "--to", " "], "--to is empty"),
        (["exposure", "-i", "x.json", "--from", ""], "--from is empty"),
        (["exposure", "-i", "x.json", "--port", "htpp"], "htpp"),
        (["check"], "Missing argument 'EXPECTATIONS'"),
        (["check", "/nowhere/e.yaml"], "/nowhere/e.yaml: No such file or directory"),
        (["completion", "tcsh"], "'tcsh' is not one of"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_wrong(words, message):
    none = dict.fromkeys(("SGCHECK_INPUT", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"))
    config = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    done = CliRunner().invoke(cli, words, env={**none, **config})
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_standard_input_is_not_read_twice_by_check():
    done = CliRunner().invoke(
        cli,
        ["check", "-", "-i", "-"],
        input="version: 1\nexpect:\n- {from: internet, to: i-1, port: 1, verdict: blocked}\n",
    )
    assert done.exit_code == 2
    assert "standard input can be read only once" in done.stderr
