"""What changed between two networks, in units that can be undone one by one, each with one line of words.

Compared is what was converted and not how it was written: order, notation, labels, names and tags are no change.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from sgcheck.model.filters import Way, line_packets
from sgcheck.model.ref import Ref
from sgcheck.packets import PacketSet
from sgcheck.reach.change_words import element_words, field_words, link_words, thing_words
from sgcheck.reach.doubts import doubtful
from sgcheck.reach.elements import LISTED, Listed, alike, elements
from sgcheck.reach.inventory import (
    ABSENT,
    BALANCING,
    KINDS,
    LINKS,
    SERVICES,
    TABLES,
    TRANSIT,
    absences,
    homes_of,
    inventory,
)
from sgcheck.reach.origin import told
from sgcheck.reach.stand_ins import Labels

if TYPE_CHECKING:
    from sgcheck.model.network import Network

UNTOLD = frozenset(
    {"name", "tags", "dns", "zonal", "impaired", "assumed", "cross_zone_assumed", "region", "account", "label", "full"}
)
"""Fields that decide nothing, or that only say how something is called."""
ELSEWHERE_TOLD = {"instances": frozenset({"interfaces"})}
"""Fields that repeat what other things say."""


class Change(msgspec.Struct, frozen=True, eq=False):
    """One difference between two networks.

    table, id: the thing. field: None for the whole of it, which was added or removed. key: of an element of the field,
    None for all of it. before, after: the thing, the value or the elements; None where there is none. also:
    changes that come with this one: the interfaces of a new instance, the associations of a new subnet. written: what
    of the configuration says it, None where the input does not tell.
    """

    table: str
    id: str
    field: str | None
    key: Hashable
    before: Any
    after: Any
    resource: Ref
    text: str
    also: tuple[Change, ...] = ()
    written: str | None = None


def changes(before: Network, after: Network) -> tuple[Change, ...]:
    """Every difference, sorted by what it is a difference of."""
    found = [told(change, before, after) for change in folded(list(_changes(before, after)))]
    return tuple(sorted(found, key=lambda c: (c.resource.kind, c.resource.id, c.text, c.table, repr(c.key))))


WITH = {
    "interfaces": ("instances", "instance"),
    "acl_of_subnet": ("subnets", None),
    "table_of_subnet": ("subnets", None),
    "default_acl": ("vpcs", None),
    "main_table": ("vpcs", None),
}
"""What comes and goes with something else: the table of that, and the field that names it (None: the same id)."""
FOLLOWING = ("active", "usable")
"""Fields that follow from the state of a thing."""


def folded(found: list[Change]) -> list[Change]:
    """The changes, each thing that came or went with what it belongs to as a part of that change."""
    whole = {(c.table, c.id, c.before is None): c for c in found if c.field is None}
    states = {(c.table, c.id): c for c in found if c.field == "state"}
    parts: dict[Change, list[Change]] = {}
    for change in found:
        state = states.get((change.table, change.id))
        if state is not None and change.field in FOLLOWING:
            parts.setdefault(state, []).append(change)
            continue
        if change.field is not None or change.table not in WITH or None not in (change.before, change.after):
            continue
        table, field = WITH[change.table]
        thing = change.after if change.before is None else change.before
        owner = whole.get((table, change.id if field is None else getattr(thing, field), change.before is None))
        if owner is not None and (owner.before is None) is not (owner.after is None):
            parts.setdefault(owner, []).append(change)
    inner = {change for those in parts.values() for change in those}
    return [
        msgspec.structs.replace(change, also=tuple(parts[change])) if change in parts else change
        for change in found
        if change not in inner
    ]


def _changes(before: Network, after: Network) -> Iterator[Change]:
    old, new = inventory(before), inventory(after)
    say = Labels(before), Labels(after)
    for table in (*TABLES, *TRANSIT, *BALANCING, SERVICES):
        yield from _of_table(table, old[table], new[table], say)
    for table in LINKS:
        for id_ in sorted({*old[table], *new[table]}):
            one, other = old[table].get(id_), new[table].get(id_)
            if one != other:
                ref = Ref(LINKS[table][0], id_, _name_of(_owner(table, id_, before, after)))
                yield Change(table, id_, None, None, one, other, ref, link_words(table, one, other))
    homes = homes_of(before) | homes_of(after)
    lacked, lacking = absences(before, homes), absences(after, homes)
    for kind in lacked:
        if lacked[kind] != lacking[kind]:
            word = "no longer" if len(lacking[kind]) > len(lacked[kind]) else "now"
            text = f"{kind}s are {word} in the input"
            yield Change(ABSENT, kind, None, None, lacked[kind], lacking[kind], Ref("input", kind), text)


def _owner(table: str, id_: str, before: Network, after: Network) -> Any:
    where = {"acl_of_subnet": "subnets", "table_of_subnet": "subnets", "default_acl": "vpcs", "main_table": "vpcs"}
    things = where.get(table)
    return None if things is None else getattr(after, things).get(id_) or getattr(before, things).get(id_)


def _name_of(thing: Any) -> str | None:
    return getattr(thing, "name", None)


Say = tuple[Labels, Labels]
"""How the addresses of the earlier network are written, and those of the later one."""


def _of_table(table: str, old: Mapping[str, Any], new: Mapping[str, Any], say: Say) -> Iterator[Change]:
    for id_ in sorted({*old, *new}):
        one, other = old.get(id_), new.get(id_)
        if one == other:
            continue
        thing: Any = other if other is not None else one
        kind = KINDS.get(table) or str(thing.kind)
        ref = Ref(kind, getattr(thing, "id", id_), _name_of(thing))
        if one is None or other is None:
            yield Change(table, id_, None, None, one, other, ref, thing_words(kind, thing, added=one is None))
            continue
        for field in one.__struct_fields__:
            if field not in UNTOLD and field not in ELSEWHERE_TOLD.get(table, ()):
                yield from _of_field(table, id_, ref, field, one, other, say)


def _of_field(table: str, id_: str, ref: Ref, field: str, one: Any, other: Any, say: Say) -> Iterator[Change]:
    old, new = getattr(one, field), getattr(other, field)
    listed = LISTED.get((table, field))
    if old == new or (listed is None and _in_any_order(old) == _in_any_order(new)):
        return
    if field == "zone_id" and None in (old, new):
        return  # Terraform does not always tell it
    if table == "interfaces" and field == "description" and "load-balancer" not in (one.what, other.what):
        roles = {one.role.value, other.role.value}
        if roles == {"host"}:
            return
    # An interface is never without any group: where all of them are others, that is one change.
    swapped = (table, field) == ("interfaces", "groups") and not set(old or ()) & set(new or ())
    if listed is None or old is None or new is None or swapped:
        yield Change(table, id_, field, None, old, new, ref, field_words(field, old, new))
    elif table != "groups" or not _same_rules(old, new):
        yield from doubtful(list(_of_elements(table, id_, ref, field, listed, old, new, say)))


def _in_any_order(value: Any) -> Any:
    return sorted(map(repr, value)) if isinstance(value, tuple) else value


def _of_elements(
    table: str, id_: str, ref: Ref, field: str, listed: Listed, old: Any, new: Any, say: Say
) -> Iterator[Change]:
    was, now = elements(listed, old), elements(listed, new)
    for key in {**was, **now}:
        one, other = was.get(key, ()), now.get(key, ())
        if not alike(listed, one, other):
            text = element_words(table, field, one, other, say)
            yield Change(table, id_, field, key, one, other, ref, text)


def _same_rules(old: Any, new: Any) -> bool:
    """Whether two lists of a group's rules let the same pass, whichever way it is split over them."""
    return _rules(old) == _rules(new)


def _rules(lines: Any) -> dict[Hashable, PacketSet]:
    found: dict[Hashable, list[PacketSet]] = {}
    for line in lines:
        peer = line.reference or line.unresolved
        everyone = line.peer if peer is None else None
        packets = line_packets(line, Way.INGRESS, everyone) if everyone is not None else _anybody(line)
        found.setdefault(peer, []).append(packets)
    return {peer: PacketSet.union_all(parts) for peer, parts in found.items()}


def _anybody(line: Any) -> PacketSet:
    return PacketSet.ALL.where(services=line.services)
