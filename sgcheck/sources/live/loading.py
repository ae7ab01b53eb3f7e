"""The live account as a Snapshot: read for the ends of some questions, or whole."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from functools import partial

import msgspec

from sgcheck.aws.kinds import KINDS
from sgcheck.aws.snapshot import Gap, Snapshot
from sgcheck.errors import AwsError
from sgcheck.sources.live.accounts import Chain, Door
from sgcheck.sources.live.asking import Asker
from sgcheck.sources.live.ends import EVERYTHING, ends
from sgcheck.sources.live.narrowing import Narrowing, Scope
from sgcheck.sources.live.parts import now
from sgcheck.sources.live.pool import Pool
from sgcheck.sources.live.reading import Reader
from sgcheck.sources.live.refusals import Refusal
from sgcheck.sources.live.shelf import Shelf
from sgcheck.sources.live.who import Who
from sgcheck.sources.place import Origin
from sgcheck.sources.records import Place
from sgcheck.sources.tally import Tally


class Loaded(msgspec.Struct, frozen=True):
    """What was read, and with how many calls."""

    snapshot: Snapshot
    calls: int


def load(who: Who, words: Sequence[str] = (), *, checks: bool = False) -> Loaded:
    """Read what `who` is shown.

    words: the ends of the questions that will be asked, as people write them; where there are none, everything is read.
    checks: read the status checks of the instances they lead to, which are evidence and decide no verdict.
    Raises AwsError where nothing at all can be asked.
    """
    chain = Chain(who)
    meter = chain.meter
    scopes, gaps = _opened(chain)
    Narrowing(scopes, ends(words, checks=checks) if words else EVERYTHING, who.threads).run()
    gaps += [gap for scope in scopes for gap in scope.shelf.gaps]
    if gaps and not meter.answered:
        raise AwsError(f"AWS refused everything that was asked: {gaps[0].reason}: {gaps[0].detail}")
    tally = Tally()
    tally.collected_at = now()
    tally.caller = chain.caller.arn
    take((scope.shelf for scope in scopes), tally)
    for gap in gaps:
        tally.gap(gap)
    return Loaded(tally.snapshot(), meter.calls)


def take(shelves: Iterable[Shelf], tally: Tally) -> None:
    """Take everything on `shelves` as if a file held it."""
    for shelf in shelves:
        place = Place(f"AWS, account {shelf.account}, {shelf.region}")
        for key, text in shelf.texts():
            tally.key(key, msgspec.Raw(text), place, Origin(shelf.account, shelf.region))


def _opened(chain: Chain) -> tuple[list[Scope], list[Gap]]:
    """Every account and Region that can be asked, in their order, and what stands for those that can't."""
    scopes: dict[tuple[str, str], Scope] = {}
    gaps: list[Gap] = []
    lock = threading.Lock()

    def enter(door: Door) -> None:
        try:
            opened = door.open()
        except Refusal as refused:
            with lock:
                gaps.extend(
                    Gap(kind.name, door.account, None, refused.reason, refused.detail, refused.action) for kind in KINDS
                )
            return
        account = opened.caller.account
        with lock:
            for region in opened.regions:
                reader = Reader(Asker(opened.clients, region, chain.meter), account, region)
                scopes[account, region] = Scope(reader, Shelf(account, region))

    pool = Pool(chain.who.threads)
    for door in chain.doors():
        pool.add(partial(enter, door))
    pool.finish()
    return [scopes[place] for place in sorted(scopes)], gaps
