"""Every command: its help, its example, its formats, what it imports."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import click
import pytest
from cli.runs import environment, run
from click.testing import CliRunner

from sgcheck import _version
from sgcheck.cli import check, explain, exposure
from sgcheck.cli.main import COMMANDS, cli
from sgcheck.reach.answer import Verdict

each_command = pytest.mark.parametrize("name", COMMANDS)


def loaded(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return command


def helped(*words):
    done = CliRunner().invoke(cli, [*words])
    assert done.exit_code == 0, done.output
    return done.output


def examples(text):
    """The lines of a help text that call sgcheck, as words."""
    lines = re.findall(r"^ +(?:eval \"\$\()?(sgcheck [a-z].*?)(?:\)\".*| > .*)?$", text, re.MULTILINE)
    return [shlex.split(line)[1:] for line in lines]


@each_command
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help_with_an_example(name, flag):
    text = helped(name, flag)
    assert text.startswith(f"Usage: cli {name}")
    assert re.search(r"^ +Examples?:$", text, re.MULTILINE)
    assert [words for words in examples(text) if words[0] == name]


@each_command
def test_every_example_parses(name):
    for words in examples(helped(name, "-h")):
        # Makes the context, and so checks options and choices, without running anything.
        context = loaded(words[0]).make_context(words[0], words[1:])
        assert context.command.name == words[0]


@each_command
def test_every_option_says_what_it_does(name):
    options = [param for param in loaded(name).params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_group_lists_every_command_with_a_whole_sentence():
    text = helped("-h")
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\S", text, re.MULTILINE)
    assert "..." not in text.partition("Commands:")[2]


def test_the_example_of_the_group_parses():
    for words in examples(helped("-h")):
        assert loaded(words[0]).make_context(words[0], words[1:]).params


def test_version():
    assert helped("--version") == f"sgcheck {_version.__version__}\n"


def test_without_a_command_the_help_is_shown_and_the_usage_was_wrong():
    done = CliRunner().invoke(cli, [])
    assert done.exit_code == 2
    assert "Commands:" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words, offer",
    [
        (["explian"], "No such command 'explian'. Did you mean explain?"),
        (
            ["zzz"],
            f"No such command 'zzz'. There are: {', '.join(COMMANDS)}.",
        ),
        (["explain", "--prot", "80"], "--port"),
        (["check", "--formt", "json"], "--format"),
    ],
)
def test_a_wrong_name_is_answered_with_near_ones(words, offer):
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 2
    assert offer in done.stderr
    assert f"Try 'cli{' ' + words[0] if len(words) > 1 else ''} --help' for help." in done.stderr


def test_the_words_of_expect_are_the_verdicts():
    assert set(explain.VERDICTS) == {verdict.value for verdict in Verdict}


def test_the_formats_are_those_of_the_contract():
    assert set(check.FORMATS) == {"text", "json", "junit", "markdown", "github"}
    assert set(exposure.FORMATS) == {"text", "json", "csv", "markdown"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_of_the_shell(shell):
    done = run("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_SGCHECK_COMPLETE={shell}_complete" in done.stdout


def test_the_script_asks_for_words_that_sgcheck_knows(tmp_path):
    asking = environment(_SGCHECK_COMPLETE="bash_complete", COMP_WORDS="sgcheck explain --f", COMP_CWORD="2")
    shim = "from sgcheck.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", shim], env=asking, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert set(done.stdout.split()) == {"plain,--from", "plain,--format"}


HEAVY = ("boto3", "botocore", "networkx", "netaddr", "rich", "yaml", "importlib.metadata", "duckdb", "numpy")


@pytest.mark.parametrize(
    "words",
    [["--version"], ["--help"], *([name, "--help"] for name in ("explain", "check", "diagnose", "lint", "rules"))],
)
def test_nothing_heavy_is_imported_to_say_how_it_is_used(words):
    assert imported(words).isdisjoint({*HEAVY, "msgspec"})


def test_one_command_does_not_import_the_other():
    assert "sgcheck.cli.check" not in imported(["explain", "--help"])
    assert "sgcheck.cli.explain" not in imported(["check", "--help"])


def imported(words):
    """The modules that a run has imported at its end."""
    code = (
        "import sys\n"
        "from sgcheck.cli.main import cli\n"
        f"try: cli({words!r}, prog_name='sgcheck')\n"
        "except SystemExit: pass\n"
        "print('MODULES', *sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("MODULES ")[2].split())
