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
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, asked: int) -> None:
        """So many pairs have been asked about."""
        if self._progress is None:
            if time.monotonic() - self._begun < PATIENCE:
                return
            from rich.console import Console
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._progress.add_task("", total=None)
            self._progress.start()
        if self._task is not None:
            self._progress.update(self._task, description=f"{asked:,} pairs asked about", refresh=True)

    def close(self) -> None:
        """Take the line away."""
        if self._progress is not None:
            self._progress.stop()


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
