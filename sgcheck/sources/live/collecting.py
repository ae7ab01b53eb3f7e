"""Everything of every account and Region, in parallel, each kind by itself."""

from __future__ import annotations

import gc
import threading
from functools import partial
from typing import Any, Protocol

from sgcheck.aws.kind import Kind
from sgcheck.aws.kinds import KINDS
from sgcheck.aws.snapshot import Gap
from sgcheck.errors import AwsError
from sgcheck.sources.live.accounts import Chain, Door, Opened
from sgcheck.sources.live.asking import Asker
from sgcheck.sources.live.pool import Pool
from sgcheck.sources.live.reading import Found, Reader
from sgcheck.sources.live.refusals import Refusal
from sgcheck.sources.live.sessions import Caller


class Sink(Protocol):
    """Where what was found goes; called from any thread."""

    def has(self, caller: str, account: str, region: str, kind: Kind[Any]) -> bool:
        """Whether this has been read before and need not be asked again."""

    def put(self, caller: str, found: Found) -> None:
        """Keep what was found of a kind in an account and Region."""

    def refuse(self, gap: Gap) -> None:
        """Note a gap that concerns a whole account."""


class Watch(Protocol):
    """Is told how far it is; called from any thread."""

    def expect(self, pieces: int) -> None:
        """There are so many more kinds to read."""

    def done(self, account: str, region: str, kind: Kind[Any]) -> None:
        """One of them has been read."""


class Unwatched:
    """Nobody looks."""

    def expect(self, pieces: int) -> None:
        """Tell nobody."""

    def done(self, account: str, region: str, kind: Kind[Any]) -> None:
        """Tell nobody."""


class Collector:
    """Reads all kinds of all accounts into a sink."""

    def __init__(self, chain: Chain, sink: Sink, watch: Watch | None = None) -> None:
        """Read what `chain` leads to."""
        self._chain = chain
        self._sink = sink
        self._watch: Watch = watch or Unwatched()
        self._pool = Pool(chain.who.threads)
        self._lock = threading.Lock()
        self._first_gap: Gap | None = None
        self._skipped = 0
        self._open: dict[str, int] = {}
        self.meter = chain.meter

    def run(self) -> None:
        """Read everything; raises AwsError where not one call was answered."""
        for number, door in enumerate(self._chain.doors()):
            self._pool.add(partial(self._enter, door, number), 2 * number)
        self._pool.finish()
        gap = self._first_gap
        if gap is not None and not self.meter.answered and not self._skipped:
            raise AwsError(f"AWS refused everything that was asked: {gap.reason}: {gap.detail}")

    def _enter(self, door: Door, number: int) -> None:
        try:
            opened = door.open()
        except Refusal as refused:
            self.meter.refuse()
            for kind in KINDS:
                self._refuse(Gap(kind.name, door.account, None, refused.reason, refused.detail, refused.action))
            return
        pieces = [
            (region, kind, reader)
            for region, reader in self._readers(opened)
            for kind in KINDS
            if region == opened.regions[0] or any(call.regional for call in kind.calls)
        ]
        self._watch.expect(len(pieces))
        with self._lock:
            self._open[opened.caller.account] = len(pieces)
        for region, kind, reader in pieces:
            # An account's kinds come before the next account is opened, so that few are open at a time.
            self._pool.add(partial(self._read, opened.caller, region, kind, reader), 2 * number - 1)

    def _readers(self, opened: Opened) -> list[tuple[str, Reader]]:
        return [
            (region, Reader(Asker(opened.clients, region, self.meter), opened.caller.account, region))
            for region in opened.regions
        ]

    def _read(self, caller: Caller, region: str, kind: Kind[Any], reader: Reader) -> None:
        if self._sink.has(caller.arn, caller.account, region, kind):
            with self._lock:
                self._skipped += 1
        else:
            found = reader.whole(kind)
            for gap in found.gaps:
                self._note(gap)
            self._sink.put(caller.arn, found)
        self._watch.done(caller.account, region, kind)
        self._close(caller.account)

    def _close(self, account: str) -> None:
        """Count a piece; after an account's last one let go of its clients."""
        with self._lock:
            self._open[account] -= 1
            if self._open[account]:
                return
        # They are full of cycles, and the command line runs without the collector of these.
        gc.collect()

    def _refuse(self, gap: Gap) -> None:
        self._note(gap)
        self._sink.refuse(gap)

    def _note(self, gap: Gap) -> None:
        with self._lock:
            self._first_gap = self._first_gap or gap
