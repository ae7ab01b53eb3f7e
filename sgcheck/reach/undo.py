"""A network with some of its changes undone: everything else stays as it is now."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sgcheck.model.balancers import Balancers
from sgcheck.model.network import LazyTable, Network
from sgcheck.model.transit import Transit
from sgcheck.reach.elements import LISTED, elements
from sgcheck.reach.inventory import ABSENT, LINKS, SERVICES, TABLES, TRANSIT, inventory
from sgcheck.reach.mixed_directory import MixedDirectory

if TYPE_CHECKING:
    from collections.abc import Callable

    from sgcheck.model.ref import Missing
    from sgcheck.reach.changes import Change

CACHED = tuple(name for name, value in vars(Network).items() if isinstance(value, cached_property))
WITHOUT_INDEX = frozenset(
    {"groups", "acls", "tables", "acl_of_subnet", "default_acl", "table_of_subnet", "main_table", "table_of_gateway"}
)
"""Tables that no index of a network is made from."""
Values = dict[str, dict[str, Any]]


class Undoing:
    """Undoes changes of `after` towards `before`."""

    def __init__(self, before: Network, after: Network) -> None:
        """Undo what lies between the two."""
        self.before = before
        self.after = after
        self._now = inventory(after)
        self._made: dict[frozenset[Change], Network] = {}

    def without(self, changes: Iterable[Change]) -> Network:
        """The later network with these changes undone."""
        wanted = frozenset(changes)
        if not wanted:
            return self.after
        found = self._made.get(wanted)
        if found is None:
            found = self._made[wanted] = self._without(wanted)
        return found

    def _without(self, changes: frozenset[Change]) -> Network:
        values = self._values(changes)
        network = copy.copy(self.after)
        if not values.keys() <= WITHOUT_INDEX:
            for name in CACHED:
                network.__dict__.pop(name, None)
        for table in (*TABLES, *LINKS):
            if table in values:
                setattr(network, table, _changed(getattr(network, table), values[table]))
        if "tables" in values:
            network.tables_of_vpc = self._tables_of_vpc(values["tables"])
        if "interfaces" in values:
            network.directory = MixedDirectory(self.before.directory, self.after.directory, values["interfaces"])
        if values.keys() & TRANSIT.keys():
            network.transit = self._transit(values)
        if values.keys() & {"balancers", "pools"}:
            balancers = _kept(self._now["balancers"], values.get("balancers", {}))
            pools = _kept(self._now["pools"], values.get("pools", {}))
            network._balancers = lambda: Balancers(balancers.values(), pools.values())  # noqa: SLF001
        if ABSENT in values:
            network.absent = self._absent(frozenset(values[ABSENT]))
        if SERVICES in values:
            network.services = tuple(_kept(self._now[SERVICES], values[SERVICES]).values())
        return network

    def _values(self, changes: frozenset[Change]) -> Values:
        """The things as they are with the changes undone, by table and id; None where there is none."""
        parts: dict[tuple[str, str], list[Change]] = defaultdict(list)
        found: Values = defaultdict(dict)
        for change in (each for one in changes for each in (one, *one.also)):
            if change.field is None:
                found[change.table][change.id] = change.before
            else:
                parts[change.table, change.id].append(change)
        for (table, id_), those in parts.items():
            found[table][id_] = _restored(table, self._now[table][id_], those)
        return found

    def _tables_of_vpc(self, values: Mapping[str, Any]) -> dict[str, list[str]]:
        found = {vpc: [id_ for id_ in ids if id_ not in values] for vpc, ids in self.after.tables_of_vpc.items()}
        for id_, table in values.items():
            if table is not None and table.vpc is not None:
                found.setdefault(table.vpc, []).append(id_)
        return found

    def _transit(self, values: Values) -> Transit:
        kept = {name: _kept(self._now[name], values.get(name, {})) for name in TRANSIT}
        makers: dict[str, Callable[[], Any]] = {id_: _giving(table) for id_, table in kept["transit_tables"].items()}
        names = {**self.before.transit.names, **self.after.transit.names}
        return Transit(kept["transit_gateways"], list(kept["attachments"].values()), makers, names)

    def _absent(self, kinds: frozenset[str]) -> Callable[[str, str | None, str | None], Missing | None]:
        then, now = self.before.absent, self.after.absent
        return lambda kind, account, region: (then if kind in kinds else now)(kind, account, region)


def _giving(thing: Any) -> Callable[[], Any]:
    return lambda: thing


def _changed(table: Any, values: Mapping[str, Any]) -> Any:
    return table.changed(values) if isinstance(table, LazyTable) else _kept(table, values)


def _kept(table: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    every = {**table, **values}
    return {id_: thing for id_, thing in every.items() if thing is not None}


def _restored(table: str, thing: Any, changes: list[Change]) -> Any:
    """A thing with parts of it as they were."""
    values: dict[str, Any] = {}
    for field in {c.field for c in changes if c.field is not None}:
        of_field = [c for c in changes if c.field == field]
        listed = LISTED.get((table, field))
        if listed is None or any(c.key is None for c in of_field):
            values[field] = of_field[0].before
            continue
        current = getattr(thing, field)
        found = elements(listed, current)
        silent = [each for each in current if listed.plain(each) is None]
        found |= {c.key: c.before for c in of_field}
        values[field] = listed.ordered([*(each for those in found.values() for each in those), *silent])
    return replace(thing, **values)
