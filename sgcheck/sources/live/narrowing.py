"""Only what a question needs: from its two ends to what they lead to, round by round, until nothing new is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

import msgspec

from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.kinds import KINDS
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.vpc import VPC
from sgcheck.sources.live.balancers import Balancers
from sgcheck.sources.live.ends import EVERYTHING, Ends
from sgcheck.sources.live.leads import checks, is_endpoint, leads
from sgcheck.sources.live.owners import addressed, doubled, unfound, unowned
from sgcheck.sources.live.pool import Pool
from sgcheck.sources.live.reading import Reader
from sgcheck.sources.live.shelf import Shelf
from sgcheck.sources.live.wishes import FRAME, WHOLE, Wish, brought, wish

_KINDS = {kind.name: kind for kind in KINDS}
_BY_ID = (NETWORK_INTERFACE.name, INSTANCE.name, SECURITY_GROUP.name)


class Scope(msgspec.Struct, frozen=True):
    """One account and Region: who reads it, and what has been read of it."""

    reader: Reader
    shelf: Shelf


class Narrowing:
    """Reads what the ends of some questions need from several accounts and Regions."""

    def __init__(self, scopes: Sequence[Scope], ends: Ends, threads: int) -> None:
        """Read for `ends`, with so many threads."""
        self._scopes = scopes
        self._ends = ends
        self._pool = Pool(threads)
        self._wishes: set[Wish] = set(ends.wishes)

    def run(self) -> None:
        """Read until nothing new is named."""
        while self._round() or self._late():
            pass

    def _late(self) -> bool:
        """What only counts when everything else is there; whether there is any."""
        found = {late for scope in self._scopes for late in unowned(scope.shelf, self._ends)}
        found |= set(unfound([scope.shelf for scope in self._scopes], self._ends))
        told = (Balancers(scope.shelf, self._ends.balancers).found() for scope in self._scopes)
        if self._ends.balancers - set(chain.from_iterable(told)):
            found |= EVERYTHING.wishes
        found -= self._wishes
        self._wishes |= found
        return bool(found)

    def _round(self) -> bool:
        """One round of calls at the same time; whether anything was asked."""
        self._lead()
        asked = False
        for scope in self._scopes:
            for (kind, trait, follow), values in self._open(scope.shelf).items():
                self._pool.add(partial(_read, scope, kind, trait, values, follow=follow))
                asked = True
        self._pool.finish()
        return asked

    def _lead(self) -> None:
        """Follow what is there until that names nothing new."""
        before = -1
        while (now := len(self._wishes) + sum(self._adopted(scope.shelf) for scope in self._scopes)) != before:
            before = now
            self._wishes.update(chain.from_iterable(map(brought, tuple(self._wishes))))
            for scope in self._scopes:
                self._wishes.update(self._leads(scope.shelf))

    def _leads(self, shelf: Shelf) -> Iterator[Wish]:
        yield from leads(shelf, self._wishes)
        yield from addressed(shelf, self._ends)
        yield from doubled(shelf, self._wishes)
        yield from Balancers(shelf, self._ends.balancers).wishes()
        if self._ends.checks:
            yield from checks(shelf)
        if any(is_endpoint(shelf)):
            yield from EVERYTHING.wishes

    def _adopted(self, shelf: Shelf) -> int:
        """How many records are followed, with those that are wished for and came with others."""
        for one in self._wishes:
            if not one.follow or one.kind not in _BY_ID:
                continue
            if one.trait == "id" and shelf.has(one.kind, one.value):
                shelf.followed[one.kind].add(one.value)
            elif one.trait != "id" and one.kind in shelf.complete:
                shelf.follow_all(one.kind)
        return sum(map(len, shelf.followed.values()))

    def _open(self, shelf: Shelf) -> dict[tuple[str, str, bool], list[str]]:
        """What is to be asked of an account and Region now: values by kind, trait and whether they are followed."""
        vpcs = {str(record.get("VpcId")) for record in shelf.records(VPC)}
        on_the_way = (
            len(self._scopes) == 1
            or any(shelf.followed.values())
            or any(wish(VPC, "id", vpc) in self._wishes for vpc in vpcs)
        )
        wanted: Iterable[Wish] = chain([wish(VPC, WHOLE, follow=False)], self._ends.wishes)
        if on_the_way:
            wanted = chain(FRAME, self._wishes)
        found: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
        for one in dict.fromkeys(wanted):
            known_vpc = one.trait != "vpc" or one.value in vpcs
            if known_vpc and one not in shelf.asked and not self._is_answered(shelf, one):
                shelf.asked.add(one)
                found[one.kind, one.trait, one.follow].append(one.value)
        return {key: sorted(values) for key, values in found.items()}

    def _is_answered(self, shelf: Shelf, one: Wish) -> bool:
        """Whether a wish needs no call: AWS will refuse it, its record is there, or it comes with another."""
        return (
            one.kind in shelf.refused
            or one.kind in shelf.complete
            or (one.kind, one.trait) == (VPC.name, "id")
            or (not one.follow and one._replace(follow=True) in self._wishes)
            or (one.trait == "id" and one.kind in _BY_ID and shelf.has(one.kind, one.value))
        )


def _read(scope: Scope, kind_name: str, trait: str, values: list[str], *, follow: bool) -> None:
    kind = _KINDS[kind_name]
    if trait != WHOLE:
        found = scope.reader.narrowed(kind, trait, values)
        if not found.gaps or any(call.each for call in kind.calls):
            scope.shelf.put(found, trait, follow=follow)
            return
    # Also where a filter is refused: what stands in for AWS may not know it, and everything is more than enough.
    scope.shelf.put(scope.reader.whole(kind), trait, follow=follow and trait != WHOLE, complete=True)
