"""How far a collection or a survey is, on a terminal; nothing anywhere else."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

    from sgcheck.aws.kind import Kind
    from sgcheck.sources.live.collecting import Watch


PATIENCE = 2.0
"""Seconds that nobody wonders about."""


def on_terminal() -> bool:
    """Whether a person sees what is written to standard error."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def watched() -> Iterator[Watch | None]:
    """Show progress while the body runs, if standard error is a terminal."""
    if not on_terminal():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Bar(progress)


@contextmanager
def counted() -> Iterator[None]:
    """Show how many pairs have been asked about once that takes over two seconds, if standard error is a terminal."""
    if not on_terminal():
        yield
        return
    from sgcheck.reach.pulse import watching

    counter = _Counter()
    try:
        with watching(counter):
            yield
    finally:
        counter.close()


class _Counter:
    """A line that grows by pairs asked about; it appears when somebody may wonder."""

    def __init__(self) -> None:
        """Begin the clock."""
        self._begun = time.monotonic()
        self._shown = False

    def __call__(self, asked: int) -> None:
        """So many pairs have been asked about."""
        seconds = time.monotonic() - self._begun
        if seconds >= PATIENCE:
            self._shown = True
            sys.stderr.write(f"\r{asked:,} pairs asked about, {seconds:.0f} s")
            sys.stderr.flush()

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


class _Bar:
    """A bar that grows by kinds read."""

    def __init__(self, progress: Progress) -> None:
        """Draw on `progress`."""
        self._progress = progress
        self._task: TaskID = progress.add_task("opening the account", total=None)
        self._pieces = 0
        self._accounts: set[str] = set()

    def expect(self, pieces: int) -> None:
        """There are so many more kinds to read."""
        self._pieces += pieces
        self._progress.update(self._task, total=self._pieces)

    def done(self, account: str, region: str, kind: Kind[object]) -> None:
        """One of them has been read."""
        self._accounts.add(account)
        said = f"{kind.plural}, {region}, account {account} ({len(self._accounts)} so far)"
        self._progress.update(self._task, advance=1, description=said)
