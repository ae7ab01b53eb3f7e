"""`sgcheck explain` from end to end, on the examples: exit codes, formats, where the answer goes, how it looks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from cli.runs import CHECKOUT, EXAMPLES, LISTENING, PROGRAM, TIMEOUT, environment, run

from sgcheck.cli import explain

BLOCKED = (*TIMEOUT, "--port", "80")
REACHABLE = (*LISTENING, "--to", "i-123", "--port", "80")
NETWORK = EXAMPLES / "web-server-timeout/network.json"
UNKNOWN_KINDS = ("SecurityGroups", "SecurityGroupRules")


@pytest.fixture
def without_groups(tmp_path):
    """The example with its security groups taken away, so that nothing can be decided."""
    content = json.loads(NETWORK.read_text(encoding="utf-8"))
    path = tmp_path / "partial.json"
    path.write_text(
        json.dumps({key: value for key, value in content.items() if key not in UNKNOWN_KINDS}), encoding="utf-8"
    )
    return ("explain", "-i", str(path), "--from", "internet", "--to", "i-123", "--port", "80")


def test_whatever_the_verdict_the_exit_code_is_0(without_groups):
    for words, verdict in ((BLOCKED, "blocked"), (REACHABLE, "reachable"), (without_groups, "unknown")):
        done = run(*words, "-f", "json")
        assert (done.returncode, json.loads(done.stdout)["verdict"], done.stderr) == (0, verdict, "")


@pytest.mark.parametrize(
    "words, code, said",
    [
        ([*BLOCKED, "--expect", "blocked"], 0, ""),
        ([*BLOCKED, "--expect", "reachable"], 1, "expected reachable, is blocked\n"),
        ([*BLOCKED, "--expect", "reachable,partial"], 1, "expected reachable or partial, is blocked\n"),
        ([*BLOCKED, "--expect", "reachable", "--expect", "blocked"], 0, ""),
        ([*BLOCKED, "--expect", "Blocked"], 0, ""),
        ([*REACHABLE, "--expect", "blocked"], 1, "expected blocked, is reachable\n"),
        ([*REACHABLE, "--expect", "reachable"], 0, ""),
    ],
)
def test_expect_decides_the_exit_code(words, code, said):
    done = run(*words)
    assert (done.returncode, done.stderr) == (code, said)
    assert done.stdout


def test_what_can_not_be_decided_is_3_unless_it_was_expected(without_groups):
    assert run(*without_groups, "--expect", "blocked").returncode == 3
    assert run(*without_groups, "--expect", "blocked,unknown").returncode == 0


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_every_format(format_):
    done = run(*BLOCKED, "-f", format_)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n")
    assert "\x1b" not in done.stdout
    starts = {"text": "BLOCKED  the client sees: timeout\n", "json": '{\n  "schema"', "markdown": "### ❌ blocked: "}
    assert done.stdout.startswith(starts[format_])


def test_every_format_is_tested_above():
    (option,) = (param for param in explain.command.params if param.name == "format_")
    assert list(option.type.choices) == ["text", "json", "markdown"]


def test_two_runs_are_byte_identical():
    assert len({run(*BLOCKED, "-f", "json", env=environment(PYTHONHASHSEED=seed)).stdout for seed in "012"}) == 1


def test_the_input_can_come_from_the_environment_or_a_pipe():
    words = ("explain", "--from", "internet", "--to", "i-123", "--port", "80", "-f", "json")
    direct = run(*BLOCKED, "-f", "json").stdout
    assert run(*words, env=environment(SGCHECK_INPUT=str(NETWORK))).stdout == direct
    assert run(*words, env=environment(SGCHECK_INPUT=f"{os.pathsep}{NETWORK}{os.pathsep}")).stdout == direct
    assert run(*words, "-i", "-", stdin=NETWORK.read_bytes()).stdout == direct


def test_several_inputs_are_one_network(tmp_path):
    content = json.loads(NETWORK.read_text(encoding="utf-8"))
    paths = []
    for key, value in content.items():
        paths.append(tmp_path / f"{key}.json")
        paths[-1].write_text(json.dumps({key: value}), encoding="utf-8")
    words = ("explain", "--from", "internet", "--to", "i-123", "--port", "80", "-f", "json")
    several = [word for path in paths for word in ("-i", str(path))]
    expected = run(*BLOCKED, "-f", "json").stdout
    assert run(*words, *several).stdout == expected
    joined = os.pathsep.join(map(str, paths))
    assert run(*words, env=environment(SGCHECK_INPUT=joined)).stdout == expected


def test_source_port_and_ephemeral_are_one_option():
    words = ("explain", "-i", str(EXAMPLES / "acl-forgets-ephemeral-ports/network.json"), "--from", "internet")
    ask = (*words, "--to", "i-123", "--port", "80", "-f", "json")
    for value in ("40000", "linux", "32768-60999"):
        assert run(*ask, "--source-port", value).stdout == run(*ask, "--ephemeral", value).stdout != ""
    wrong = run(*ask, "--source-port", "many")
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_the_answer_goes_to_a_file(tmp_path):
    path = tmp_path / "answer.txt"
    done = run(*BLOCKED, "-o", str(path), env=environment(FORCE_COLOR="1"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert path.read_text(encoding="utf-8").startswith("BLOCKED  the client sees: timeout\n")
    assert "\x1b" not in path.read_text(encoding="utf-8")
    assert [entry.name for entry in tmp_path.iterdir()] == ["answer.txt"]


def test_a_file_stays_as_it_was_where_there_is_no_answer(tmp_path):
    path = tmp_path / "answer.txt"
    path.write_text("before")
    done = run("explain", "--from", "internet", "--to", "i-404", "--port", "80", "-i", str(NETWORK), "-o", str(path))
    assert done.returncode == 2
    assert path.read_text() == "before"


def test_an_unknown_name_is_one_error_line_with_an_offer():
    done = run("explain", "--from", "internet", "--to", "i-124", "--port", "80", "-i", str(NETWORK))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert "i-123" in done.stderr
    assert len(done.stderr.splitlines()) <= 2


@pytest.mark.parametrize(
    "variables, colored", [({}, False), ({"FORCE_COLOR": "1"}, True), ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False)]
)
def test_colour_on_a_pipe(variables, colored):
    assert ("\x1b[" in run(*BLOCKED, env=environment(**variables)).stdout) is colored


def test_colour_never_gets_into_data():
    done = run(*BLOCKED, "-f", "json", "--color", env=environment(FORCE_COLOR="1"))
    assert "\x1b" not in done.stdout
    assert json.loads(done.stdout)


def test_a_terminal_that_knows_ascii_only_gets_ascii():
    plain = environment(PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    text = run(*BLOCKED, env=plain)
    assert (text.returncode, text.stdout.isascii()) == (0, True)
    assert run(*BLOCKED, "-f", "markdown", env=plain).stdout.startswith("### ❌")


def on_terminal(columns, *words, **variables):
    """Run in a pseudo-terminal that is so many columns wide; return what appears on it."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    env = environment(TERM="xterm-256color", **variables)
    with subprocess.Popen([*PROGRAM, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=CHECKOUT):
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def _read(descriptor):
    try:
        return os.read(descriptor, 4096)
    except OSError:  # what Linux says at the end of a terminal
        return b""


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_on_a_terminal_the_answer_is_coloured_and_fits(columns):
    shown = on_terminal(columns, *BLOCKED)
    assert shown.startswith("\x1b[1;31mBLOCKED\x1b[0m")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert [line for line in plain.splitlines() if len(line) > columns and not line.lstrip().startswith("aws ")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_no_color_is_honoured_on_a_terminal():
    assert "\x1b" not in on_terminal(80, *BLOCKED, NO_COLOR="1")
    assert "\x1b" not in on_terminal(80, *BLOCKED, "--no-color")


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_reader_that_stops_reading_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, *BLOCKED], stdout=writing, stderr=subprocess.PIPE, env=environment(), cwd=CHECKOUT, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_nothing_heavy_is_imported_to_explain():
    code = (
        "import sys\n"
        "from sgcheck.cli.main import cli\n"
        f"try: cli({list(BLOCKED)!r}, prog_name='sgcheck')\n"
        "except SystemExit as end: code = end.code\n"
        "print('MODULES', code, *sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    code, *modules = done.stdout.rpartition("MODULES ")[2].split()
    assert code == "0"
    heavy = {
        "boto3",
        "botocore",
        "networkx",
        "netaddr",
        "rich",
        "yaml",
        "importlib.metadata",
        "numpy",
        "sgcheck.cli.check",
    }
    assert heavy.isdisjoint(modules)


HOSTILE = "web\x1b[2J\u202e\n::error::owned [x](https://evil.example) <b>"


@pytest.fixture
def hostile(tmp_path):
    """The example, every Name tag of which is an attack."""
    renamed = []

    def rename(tag):
        if tag.get("Key") == "Name":
            renamed.append(tag["Value"])
            tag["Value"] = HOSTILE
        return tag

    content = json.dumps(json.loads(NETWORK.read_text(encoding="utf-8"), object_hook=rename))
    assert renamed
    path = tmp_path / "hostile.json"
    path.write_text(content, encoding="utf-8")
    return ("explain", "-i", str(path), "--from", "internet", "--to", "i-123", "--port", "80")


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_names_in_the_input_drive_neither_terminal_nor_page(hostile, format_):
    done = run(*hostile, "-f", format_)
    assert done.returncode == 0
    assert r"web\x1b" in done.stdout.replace("\\\\", "\\")
    assert [char for char in done.stdout if not char.isprintable() and char != "\n"] == []
    assert "::error" not in done.stdout
    assert format_ == "text" or not re.search(r"(?<!\\)\]\(", re.sub(r"`[^`]*`", "", done.stdout))


def test_names_in_the_input_are_data_in_json(hostile):
    answer = json.loads(run(*hostile, "-f", "json").stdout)["answers"][0]
    assert answer["target"]["name"] == HOSTILE
