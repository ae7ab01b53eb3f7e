"""Where the answer goes: files replaced in one step, colours and widths, a standard output that fails."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from cli.runs import PROGRAM, environment, run

from sgcheck.cli.output import Destination, deliver, destination, write_file
from sgcheck.errors import UsageError

POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions, devices and links of POSIX")


def left_behind(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_whole(tmp_path):
    write_file(str(tmp_path / "a.json"), b"{}\n")
    assert (tmp_path / "a.json").read_bytes() == b"{}\n"
    assert left_behind(tmp_path) == ["a.json"]


@POSIX
def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    write_file(str(tmp_path / "new"), b"x")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_an_existing_file_keeps_its_permissions(tmp_path, mode):
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_file(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode


@POSIX
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_file(str(tmp_path / "link"), b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@POSIX
def test_a_device_is_written_to_and_not_replaced():
    write_file(os.devnull, b"x")
    assert Path(os.devnull).is_char_device()


def test_a_file_that_can_not_be_replaced_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "old"
    path.write_bytes(b"old")

    def refuse(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(KeyboardInterrupt):
        write_file(str(path), b"new")
    assert path.read_bytes() == b"old"
    assert left_behind(tmp_path) == ["old"]


@pytest.mark.parametrize("place", ["missing/a.json", "."])
def test_a_place_that_can_not_be_written_is_one_line(tmp_path, place):
    with pytest.raises(UsageError, match="can't write"):
        deliver("x", Destination(str(tmp_path / place), 80, color=False, ascii_only=False), machine=True)


def test_a_text_that_utf_8_can_not_carry_is_spelled(tmp_path):
    deliver("a\udcffb", Destination(str(tmp_path / "a"), 80, color=False, ascii_only=False), machine=False)
    assert (tmp_path / "a").read_text(encoding="utf-8") == r"a\udcffb"


@pytest.mark.parametrize(
    "asked, variables, expected",
    [
        (None, {}, False),
        (True, {}, True),
        (None, {"FORCE_COLOR": "1"}, True),
        (None, {"FORCE_COLOR": "0"}, False),
        (None, {"FORCE_COLOR": ""}, False),
        (None, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (None, {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        (True, {"NO_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_off_a_terminal(monkeypatch, asked, variables, expected):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert destination(None, asked).color is expected


def test_a_file_gets_no_colour_unless_asked(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert destination("a.txt", None).color is False
    assert destination("a.txt", color=True).color is True


def test_off_a_terminal_the_width_is_always_the_same(monkeypatch):
    monkeypatch.setenv("COLUMNS", "33")
    assert destination(None, None).width == 80


@POSIX
def test_a_closed_standard_output_is_told():
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *PROGRAM, "completion", "bash"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Error: standard output is closed\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_told():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "completion", "bash"], stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode() == "Error: can't write to standard output: No space left on device\n"


@POSIX
@pytest.mark.parametrize("words", [["completion", "bash"], ["--help"], ["explain", "--help"]])
def test_a_reader_that_has_gone_is_no_error(words):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*PROGRAM, *words], stdout=writing, stderr=subprocess.PIPE, env=environment(), check=False, timeout=60
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_help_is_plain_on_a_pipe():
    assert "\x1b" not in run("--help").stdout
