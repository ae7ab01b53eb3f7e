"""Where an answer goes: standard output or a file, whole or not at all, and in which colours and width."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import click

from sgcheck.cli.guard import PIPE_CLOSED, discard_output
from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PLAIN_WIDTH = 80
_NARROWEST = 40
_DRAWING = "✓✗│┊→…"


class Destination(NamedTuple):
    """Where to write, and what a reader there can take.

    path: a file, or None for standard output. width: columns. color: whether ANSI colours are welcome.
    ascii_only: whether the drawing must do with ASCII signs.
    """

    path: str | None
    width: int
    color: bool
    ascii_only: bool


def destination(path: str | None, color: bool | None) -> Destination:
    """Return what is known of the place that `-o` and `--color` choose.

    path: as `-o` has it; None and `-` are standard output. color: None lets NO_COLOR, FORCE_COLOR and the terminal say.
    """
    if path is not None and path != "-":
        return Destination(path, _PLAIN_WIDTH, bool(color), ascii_only=False)
    terminal = sys.stdout is not None and sys.stdout.isatty()
    width = _terminal_width() if terminal else _PLAIN_WIDTH
    return Destination(None, width, _wants_color(color, terminal), ascii_only=not _can_draw())


def _terminal_width() -> int:
    # Not shutil's function: to import shutil, with the compressors behind it, takes longer than to draw the answer.
    asked = os.environ.get("COLUMNS", "")
    width = int(asked) if asked.isdecimal() else 0
    with suppress(OSError, ValueError):
        width = width or os.get_terminal_size(sys.stdout.fileno()).columns
    return max(width or _PLAIN_WIDTH, _NARROWEST)


def _wants_color(asked: bool | None, terminal: bool) -> bool:
    """The flag first, then NO_COLOR (no-color.org) and FORCE_COLOR (force-color.org), then what standard output is."""
    if asked is not None:
        return asked
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return terminal and os.environ.get("TERM") != "dumb"


def _can_draw() -> bool:
    try:
        _DRAWING.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def deliver(text: str, to: Destination, *, machine: bool) -> None:
    """Write `text` where it belongs; a file gets it whole or stays as it was.

    machine: whether a program reads it, and so in UTF-8 whatever the locale says.
    Raises UsageError where it can't be written, and click's Exit where the reader has gone.
    """
    if to.path is not None:
        deliver_data(text.encode("utf-8", "backslashreplace"), to)
        return
    _to_stdout(lambda: _write_stdout(text, machine=machine))


def deliver_data(data: bytes, to: Destination) -> None:
    """Write bytes where they belong, as `deliver` does with a text."""
    if to.path is None:
        _to_stdout(lambda: _write_bytes(data))
        return
    try:
        write_file(to.path, data)
    except OSError as error:
        raise UsageError(f"can't write {to.path}: {error.strerror or error}") from None


def _to_stdout(write: Callable[[], None]) -> None:
    if sys.stdout is None:
        raise UsageError("standard output is closed", "give -o FILE to write the answer to a file")
    try:
        write()
    except OSError as error:
        discard_output()
        if error.errno == errno.EPIPE:
            raise click.exceptions.Exit(PIPE_CLOSED) from None
        raise UsageError(f"can't write to standard output: {error.strerror or error}") from None


def _write_bytes(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _write_stdout(text: str, *, machine: bool) -> None:
    stream = sys.stdout
    binary = getattr(stream, "buffer", None)
    if binary is None:
        stream.write(text)
        stream.flush()
        return
    encoding = "utf-8" if machine else stream.encoding or "utf-8"
    stream.flush()
    binary.write(text.encode(encoding, "backslashreplace"))
    binary.flush()


def write_file(path: str, data: bytes) -> None:
    """Replace what is at `path` by `data` in one step, keeping its permissions; to a device or pipe, just write."""
    import tempfile
    from pathlib import Path

    target = Path(os.path.realpath(path))
    mode = _mode_of(target)
    if mode is not None and not stat.S_ISREG(mode):
        target.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.chmod(_fresh_mode() if mode is None else stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _fresh_mode() -> int:
    """What a newly created file would get; the mask can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
