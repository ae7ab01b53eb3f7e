"""Entries of prefix lists by list id, from whichever answer tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.aws.conversion.unique import Home, cidr_set
from sgcheck.aws.pending import Doubts
from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY
from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot


class PrefixLists:
    """What is known of prefix lists, and of addresses that are not known yet (`doubts`)."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Collect entries and names; lists split over pages are united."""
        self.entries: dict[str, AddressSet] = {}
        self.cidrs: dict[str, tuple[str, ...]] = {}
        self.families: dict[str, tuple[int, ...]] = {}
        self.services: set[str] = set()
        self.known: set[str] = set()
        self.doubts = Doubts(snapshot.pending)
        for record, batch in snapshot.records(PREFIX_LIST):
            self.known.add(record.prefix_list_id)
            if record.cidrs is not None:
                self._add(record.prefix_list_id, record.cidrs, Home(batch.account, batch.region, batch.source))
            if (record.prefix_list_name or "").startswith("com.amazonaws."):
                self.services.add(record.prefix_list_id)
            if record.address_family in ("IPv4", "IPv6"):
                self.families[record.prefix_list_id] = (4,) if record.address_family == "IPv4" else (6,)
        for entries, place in snapshot.records(PREFIX_LIST_ENTRY):
            home = Home(place.account, place.region, place.source)
            self._add(entries.prefix_list_id, [e.cidr for e in entries.entries], home)

    def anything(self, id_: str) -> AddressSet:
        """All addresses of the families that a list without known entries may hold."""
        return AddressSet.union_all([AddressSet.ALL.only(family) for family in self.families.get(id_, (4, 6))])

    def _add(self, id_: str, cidrs: list[str], home: Home) -> None:
        known = self.cidrs.get(id_, ())
        self.cidrs[id_] = tuple(sorted({*known, *cidrs}))
        self.entries[id_] = cidr_set(home, f"prefix list {id_}", list(self.cidrs[id_]))
