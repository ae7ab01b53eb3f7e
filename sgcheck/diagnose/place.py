"""Where on the way a blocker stands: at the target's interface, at the source's, or in between."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.diagnose.context import Context
    from sgcheck.model.things import Interface
    from sgcheck.reach.answer import Blocker


class Place(StrEnum):
    """Whose flow log shows what a blocker does."""

    SOURCE = "source"
    BETWEEN = "between"
    TARGET = "target"


def place_of(context: Context, blocker: Blocker) -> Place:
    """Return where a blocker's resource stands; what both ends have counts as the target's."""
    if blocker.resource in _filters(context, context.targets):
        return Place.TARGET
    if blocker.resource in _filters(context, context.sources):
        return Place.SOURCE
    return Place.BETWEEN


def _filters(context: Context, interfaces: Iterable[Interface]) -> set[str]:
    """The groups of interfaces and the network ACLs of their subnets."""
    found: set[str] = set()
    for interface in interfaces:
        found.update(interface.groups or ())
        subnet = context.network.subnets.get(interface.subnet)
        acl = context.network.acl_for(subnet) if subnet else None
        found.update([acl.id] if acl else ())
    return found
