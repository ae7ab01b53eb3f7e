"""Registered targets in the network: their interfaces, their zones, and the ends that packets to them have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.balancers import Pool, PoolTarget, TargetKind, nodes_of
from sgcheck.packets import AddressSet
from sgcheck.reach.vantage import Target

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface


def ends_of(network: Network, pool: Pool, target: PoolTarget) -> list[Target]:
    """Where packets to a target go; a balancer as a target has an end for each node, what is not in the data none."""
    if target.kind is TargetKind.BALANCER:
        other = next((b for b in network.balancers.values() if target.id in b.ids), None)
        nodes = nodes_of(network, other) if other else ()
        return [end for id_ in nodes for end in _private(network.interfaces[id_], pool.family)]
    interface = interface_of(network, pool, target)
    if target.value is not None:
        return [Target(AddressSet.address(*target.value), target.value[0], interface, target.value)]
    return _private(interface, pool.family) if interface else []


def zone_of(network: Network, pool: Pool, target: PoolTarget) -> str | None:
    """The zone of a target, None where it counts for every zone or is not known."""
    if target.zone is not None:
        return None if target.zone == "all" else target.zone
    interface = interface_of(network, pool, target)
    subnet = network.subnets.get(interface.subnet) if interface else None
    return subnet.zone if subnet else None


def interface_of(network: Network, pool: Pool, target: PoolTarget) -> Interface | None:
    """The interface that a target is: an instance's primary one, or the one that has the address."""
    if target.kind is TargetKind.INSTANCE:
        attached = network.attached_to(target.id)
        return network.interfaces[attached[0]] if attached else None
    if target.value is None:
        return None
    own = network.owner_in(pool.vpc, *target.value) if pool.vpc else None
    if own is not None:
        return own
    others = network.owners(*target.value)
    return network.interfaces[others[0]] if len(others) == 1 else None


def _private(interface: Interface, family: int) -> list[Target]:
    """The address that an instance or node is a target by: its primary one."""
    own = [a for a in interface.addresses if a.family == family]
    chosen = next((a for a in own if a.primary), own[0] if own else None)
    if chosen is None:
        return []
    return [Target(AddressSet.address(family, chosen.value), family, interface, (family, chosen.value))]
