"""What of the configuration says a change: the address of the resource of a plan, as the input tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sgcheck.model.ref import AFTER_APPLY
from sgcheck.packets import format_address

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.changes import Change

LINKED = {
    "acl_of_subnet": "network ACL",
    "table_of_subnet": "route table",
    "table_of_gateway": "route table",
    "main_table": "main route table",
}
"""What else may say which thing another one has, by table."""


def told(change: Change, before: Network, after: Network) -> Change:
    """The change with the resource that says it, where the input has one."""
    if not before.written and not after.written:
        return change
    sides = (before, after) if change.after is None else (after, before)
    for network in sides:
        for id_, part in _parts(change, network):
            if part is None:
                return replace(change, written=id_)
            if (found := network.written.get((id_, part))) is not None:
                return replace(change, written=found)
    return change


def _parts(change: Change, network: Network) -> Iterator[tuple[str, str | None]]:
    """Under which names something may be kept, the closest first; a name without a part is the answer itself."""
    id_ = change.resource.id
    for element in _elements(change):
        unresolved = getattr(element, "unresolved", None)
        if isinstance(unresolved, str) and unresolved.endswith(AFTER_APPLY) and not change.also:
            yield unresolved.partition(": ")[0], None
        part = _part(change, element)
        if part is not None:
            yield id_, part
    if change.table in LINKED:
        yield id_, LINKED[change.table]
    if change.table == "balancers" and change.field == "listeners":
        yield from ((str(element.id), "") for element in _elements(change))
    yield id_, ""
    if change.table == "services":
        thing = change.before if change.after is None else change.after
        yield getattr(thing, "full", None) or "", ""
    instance = getattr(network.interfaces.get(id_), "instance", None)
    if instance is not None:
        yield instance, ""


def _elements(change: Change) -> Iterator[Any]:
    if change.key is not None:
        yield from (*(change.after or ()), *(change.before or ()))


def _part(change: Change, element: Any) -> str | None:
    match change.table, change.field:
        case "groups", _:
            return str(element.label)
        case "acls", way:
            return f"{way} {element.number}"
        case "tables", "routes":
            return f"route {element.list or element.label}"
        case "interfaces", "groups":
            return f"group {element}"
        case "interfaces", "addresses":
            return None if element.public is None else f"address {format_address(4, element.public)}"
        case "pools", "targets":
            return f"target {element.id}"
        case _:
            return None
