"""Transit gateways: attachments, the tables that join them, and where a table leads.

A packet that comes in by an attachment is looked up in the one table that the attachment is associated with; what is
propagated into which table only decides which routes are in it (Transit Gateway guide, how-transit-gateways-work).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from sgcheck.model.routing import OpenRoute, Route, RouteTable


class Attached(StrEnum):
    """What an attachment joins to its gateway."""

    VPC = "vpc"
    PEERING = "peering"
    VPN = "vpn"
    DIRECT_CONNECT = "direct-connect-gateway"
    CONNECT = "connect"
    OTHER = "other"


OUTWARD = (Attached.VPN, Attached.DIRECT_CONNECT, Attached.CONNECT)
"""Attachments whose other side is not part of any VPC."""


class TransitGateway(msgspec.Struct, frozen=True):
    """A transit gateway; references: group references across it can match."""

    id: str
    account: str | None
    region: str | None
    name: str | None
    usable: bool
    state: str
    references: bool


class Attachment(msgspec.Struct, frozen=True):
    """One attachment of one gateway.

    resource: the VPC, VPN connection or other gateway that it joins. table: what it is associated with, None where it
    is with none; told: whether the input says which. subnets: None where the input does not say. far: the id of the
    attachment at the other end of a peering, where it differs. ipv6: whether IPv6 ranges are propagated. down:
    a VPN connection none of whose tunnels is up.
    """

    id: str
    gateway: str
    kind: Attached
    resource: str | None
    usable: bool
    state: str
    table: str | None
    told: bool
    subnets: tuple[str, ...] | None
    references: bool = True
    appliance: bool = False
    ipv6: bool = False
    name: str | None = None
    account: str | None = None
    far: str | None = None
    down: bool = False


class Lost(StrEnum):
    """Why nothing leads on, or why it is not known what does."""

    NO_ASSOCIATION = "no-association"
    NO_ROUTE = "no-route"
    DEAD_ROUTE = "dead-route"
    BAD_STATE = "bad-state"
    LOOP = "loop"
    UNTOLD_ASSOCIATION = "untold-association"
    UNTOLD_TABLE = "untold-table"
    UNTOLD_ATTACHMENT = "untold-attachment"
    OPEN_ROUTE = "open-route"
    CONTESTED = "contested"


class Onward(msgspec.Struct, frozen=True):
    """Where some addresses are led from an attachment.

    steps: (table, route) in order, the route None where there is none. end: the last attachment reached. lost: why it
    is no further, None when `end` is where packets leave the gateways. subject: the id that `lost` speaks of. open: the
    route of unknown destinations that may win.
    """

    part: AddressSet
    steps: tuple[tuple[str, Route | None], ...]
    end: Attachment
    lost: Lost | None = None
    subject: str = ""
    open: OpenRoute | None = None


class Transit:
    """All that is known of transit gateways."""

    def __init__(
        self,
        gateways: Mapping[str, TransitGateway],
        attachments: Sequence[Attachment],
        tables: Mapping[str, Callable[[], RouteTable]],
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Keep them; `tables` make the tables whose routes are known, `names` are those of tables."""
        self.gateways = gateways
        self.attachments = attachments
        self.names = names or {}
        self._makers = tables
        self._tables: dict[str, RouteTable] = {}

    @property
    def told(self) -> tuple[str, ...]:
        """The ids of the tables whose routes are known."""
        return tuple(dict.fromkeys((*self._makers, *self._tables)))

    def table(self, id_: str) -> RouteTable | None:
        """A table whose routes are known."""
        if id_ not in self._tables and id_ in self._makers:
            self._tables[id_] = self._makers[id_]()
        return self._tables.get(id_)

    def replaced(self, table: RouteTable | None = None, attachment: Attachment | None = None) -> Transit:
        """The same with one table or attachment exchanged."""
        kept = [attachment if attachment and _key(a) == _key(attachment) else a for a in self.attachments]
        other = Transit(self.gateways, kept, self._makers, self.names)
        other._tables = self._tables | ({table.id: table} if table else {})
        return other

    @cached_property
    def _of_gateway(self) -> dict[str, dict[str, Attachment]]:
        found: dict[str, dict[str, Attachment]] = {}
        for attachment in self.attachments:
            found.setdefault(attachment.gateway, {})[attachment.id] = attachment
        return found

    def of(self, gateway: str) -> Iterator[Attachment]:
        """The attachments of a gateway."""
        return iter(self._of_gateway.get(gateway, {}).values())

    def of_vpc(self, gateway: str, vpc: str) -> Attachment | None:
        """The attachment of a VPC to a gateway, a usable one first."""
        found = [a for a in self.of(gateway) if a.kind is Attached.VPC and a.resource == vpc]
        return min(found, key=lambda a: (not a.usable, a.id), default=None)

    def joining(self, one: str, other: str) -> Iterator[tuple[Attachment, Attachment]]:
        """Usable attachments of two VPCs to the same gateway, in pairs."""
        for gateway in sorted(self._of_gateway):
            near, far = self.of_vpc(gateway, one), self.of_vpc(gateway, other)
            if near and far and near.usable and far.usable:
                yield near, far

    def other_end(self, attachment: Attachment) -> Attachment | None:
        """The other end of a peering between gateways."""
        there = self._of_gateway.get(attachment.resource or "", {})
        back = [a for a in there.values() if a.kind is Attached.PEERING and a.resource == attachment.gateway]
        same = [a for a in back if a.id in (attachment.id, attachment.far) or a.far == attachment.id]
        named = same or back
        return named[0] if len(named) == 1 else None

    def onward(self, attachment: Attachment, wanted: AddressSet) -> tuple[Onward, ...]:
        """Where the addresses `wanted` are led that come in by `attachment`, across peerings, split by routes."""
        return tuple(self._onward(attachment, wanted, (), frozenset()))

    def _onward(
        self,
        attachment: Attachment,
        wanted: AddressSet,
        steps: tuple[tuple[str, Route | None], ...],
        seen: frozenset[str],
    ) -> Iterator[Onward]:
        if attachment.table is None:
            lost = Lost.NO_ASSOCIATION if attachment.told else Lost.UNTOLD_ASSOCIATION
            yield Onward(wanted, steps, attachment, lost, attachment.id)
            return
        table = self.table(attachment.table)
        if table is None:
            yield Onward(wanted, steps, attachment, Lost.UNTOLD_TABLE, attachment.table)
            return
        if table.id in seen:
            yield Onward(wanted, steps, attachment, Lost.LOOP, table.id)
            return
        for route, part in table.lookup(wanted):
            taken = (*steps, (table.id, route))
            open_ = next((o for o in table.open_routes if o.may_win(route, part)), None)
            if open_ is not None:
                yield Onward(part, taken, attachment, Lost.OPEN_ROUTE, table.id, open_)
            elif route is None or route.dead:
                yield Onward(part, taken, attachment, Lost.DEAD_ROUTE if route else Lost.NO_ROUTE, table.id)
            elif route.rivals:
                yield Onward(part, taken, attachment, Lost.CONTESTED, table.id)
            else:
                yield from self._led(attachment, route, part, taken, seen | {table.id})

    def _led(
        self,
        attachment: Attachment,
        route: Route,
        part: AddressSet,
        steps: tuple[tuple[str, Route | None], ...],
        seen: frozenset[str],
    ) -> Iterator[Onward]:
        end = self._of_gateway.get(attachment.gateway, {}).get(route.target)
        if end is None:
            yield Onward(part, steps, attachment, Lost.UNTOLD_ATTACHMENT, route.target)
        elif not end.usable:
            yield Onward(part, steps, end, Lost.BAD_STATE, end.id)
        elif end.kind is not Attached.PEERING:
            yield Onward(part, steps, end)
        else:
            far = self.other_end(end)
            if far is None:
                yield Onward(part, steps, end, Lost.UNTOLD_ATTACHMENT, end.resource or end.id)
            elif not far.usable:
                yield Onward(part, steps, far, Lost.BAD_STATE, far.id)
            else:
                yield from self._onward(far, part, steps, seen)


def _key(attachment: Attachment) -> tuple[str, str]:
    return attachment.gateway, attachment.id
