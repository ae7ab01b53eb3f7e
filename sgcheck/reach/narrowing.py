"""Which far addresses a change can concern: a rule only those that it names, a route only those that take another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sgcheck.model.things import Role
from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.routing import RouteTable
    from sgcheck.reach.changes import Change


class Narrowing:
    """Tells the addresses of whoever is at the other end; None: any."""

    def __init__(self, before: Network, after: Network) -> None:
        """Compare the tables of both."""
        self._both = (before, after)
        self._plain = not any(_rewrites(network) for network in self._both)
        self._routed: dict[tuple[str, str], AddressSet] = {}
        self._found: dict[Change, AddressSet | None] = {}

    def far(self, change: Change) -> AddressSet | None:
        """The addresses one of which a packet must have so that a change can concern it; those of ends always count.

        Where private addresses are rewritten on the way, rules and routes may see others than the ends'.
        """
        if change not in self._found:
            self._found[change] = self._far(change)
        return self._found[change]

    def _far(self, change: Change) -> AddressSet | None:
        if not self._plain or change.field is None or change.key is None:
            return None
        if change.table in ("groups", "acls"):
            return self._named((*change.before, *change.after))
        if change.field == "routes":
            return self._routes(change.table, change.id)
        return None

    def _named(self, lines: tuple[Any, ...]) -> AddressSet:
        named = {line.reference.group for line in lines if line.reference is not None}
        return AddressSet.union_all([*(line.peer for line in lines), *map(self._members, sorted(named))])

    def _members(self, group: str) -> AddressSet:
        """Every address of those who have a group, in either network."""
        both = ((n, id_) for n in self._both for id_ in n.directory.groups.get(group, ()))
        return AddressSet.union_all([network.interfaces[id_].owned() for network, id_ in both])

    def _routes(self, table: str, id_: str) -> AddressSet | None:
        found = self._routed.get((table, id_))
        if found is None:
            tables = [n.tables.get(id_) if table == "tables" else n.transit.table(id_) for n in self._both]
            if tables[0] is None or tables[1] is None:
                return None
            found = self._routed[table, id_] = _otherwise(tables[0], tables[1])
        return found


def _rewrites(network: Network) -> bool:
    """Whether anything gives packets between private addresses other addresses on the way."""
    if any(nat.public is None for nat in network.nats.values()):
        return True
    return any(i.forwards and i.role is Role.HOST for i in network.interfaces.values())


def _otherwise(before: RouteTable, after: RouteTable) -> AddressSet:
    """The addresses that take another route; those of no family that either has no route at all for."""
    same = []
    for route, part in before.lookup(AddressSet.ALL):
        for other, there in after.lookup(part):
            plain = [None if r is None else replace(r, label="") for r in (route, other)]
            if plain[0] == plain[1]:
                same.append(there)
    return AddressSet.ALL - AddressSet.union_all(same)
