"""Entries of prefix lists by list id, from whichever answer tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.aws.conversion.unique import cidr_set
from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.packets import AddressSet


class PrefixLists:
    """What is known of prefix lists."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Collect entries and names; lists split over pages are united."""
        self.entries: dict[str, AddressSet] = {}
        self.cidrs: dict[str, tuple[str, ...]] = {}
        self.families: dict[str, tuple[int, ...]] = {}
        for record, batch in snapshot.records(PREFIX_LIST):
            if record.cidrs is not None:
                self._add(record.prefix_list_id, record.cidrs, batch.source, batch.account, batch.region)
            if record.address_family in ("IPv4", "IPv6"):
                self.families[record.prefix_list_id] = (4,) if record.address_family == "IPv4" else (6,)
        for entries, batch in snapshot.records(PREFIX_LIST_ENTRY):
            listed = [e.cidr for e in entries.entries]
            self._add(entries.prefix_list_id, listed, batch.source, batch.account, batch.region)

    def _add(self, id_: str, cidrs: list[str], source: str, account: str | None, region: str | None) -> None:
        from sgcheck.aws.conversion.unique import Home  # noqa: PLC0415

        known = self.cidrs.get(id_, ())
        self.cidrs[id_] = tuple(sorted({*known, *cidrs}))
        self.entries[id_] = cidr_set(Home(account, region, source), f"prefix list {id_}", list(self.cidrs[id_]))
