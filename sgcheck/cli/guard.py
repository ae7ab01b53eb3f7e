"""How a run ends: one line for every failure, and an exit code that says which kind it was."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import click

from sgcheck.errors import Exit, SgcheckError

if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED = 130  # 128 + SIGINT, as a shell reports it
PIPE_CLOSED = 141  # 128 + SIGPIPE, as `yes | head` ends
INTERNAL = 70  # EX_SOFTWARE of sysexits.h: the fault is in sgcheck, not in the question
DEBUG = "SGCHECK_DEBUG"


def guarded(run: Callable[[], object]) -> NoReturn:
    """Call `run` and exit: with the code it returns, or with the one that its failure stands for."""
    try:
        code = run()
    except SgcheckError as error:
        complain(error.message, error.hint)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _show(error)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except SystemExit as error:
        # Outside its standalone mode click exits by itself in one case: the reader of its help text has gone.
        sys.exit(PIPE_CLOSED if error.code == 1 else error.code)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        _confess(error)
        sys.exit(INTERNAL)
    sys.exit(code if isinstance(code, int) else Exit.OK)


def complain(message: str, hint: str | None = None) -> None:
    """Write an error to standard error: what is wrong, and the line that helps, if any."""
    from sgcheck.render.escape import visible

    note(f"Error: {visible(message)}")
    if hint:
        note(visible(hint))


def note(text: str) -> None:
    """Write one line for a person to standard error."""
    stream = sys.stderr
    if stream is None:
        return
    encoding = stream.encoding or "utf-8"
    # A name that the terminal can't show must not hide the message, and a closed one not change the exit code.
    with suppress(OSError):
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()


def discard_output() -> None:
    """Send what is still buffered for standard output nowhere, so that the interpreter does not complain at its end."""
    # Where no real descriptor stands behind it (an embedding), nothing is flushed at exit either.
    with suppress(OSError, AttributeError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show(error: click.ClickException) -> None:
    # The help of a call without arguments is no error message; click lays it out itself.
    if isinstance(error, click.exceptions.NoArgsIsHelpError) or not isinstance(error, click.UsageError):
        error.show()
        return
    if error.ctx is not None:
        note(error.ctx.get_usage())
    complain(error.format_message(), f"Try '{error.ctx.command_path} --help' for help." if error.ctx else None)


def _confess(error: Exception) -> None:
    words = " ".join(str(error).split())
    what = f"{type(error).__name__}: {words}" if words else type(error).__name__
    complain(
        f"sgcheck itself failed ({what})",
        f"This is a bug in sgcheck; please report it with the traceback that {DEBUG}=1 prints.",
    )
