"""What the ends of an answer are called: kind, id, name and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.things import Role
from sgcheck.reach.answer import SourceEnd, TargetEnd
from sgcheck.reach.vantage import From, Target, Vantage

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.ends import Claim
    from sgcheck.reach.words import Words


def source_end(network: Network, words: Words, vantage: Vantage) -> SourceEnd:
    """Where an answer's packets come from."""
    addresses = words.cidrs(vantage.addresses)
    bare = tuple(a.removesuffix("/32").removesuffix("/128") for a in addresses)
    match vantage.start:
        case From.INTERNET:
            return SourceEnd("internet", None, addresses)
        case From.ELSEWHERE:
            return SourceEnd("outside", vantage.beyond, addresses)
        case From.SUBNET:
            subnet = vantage.subnet
            return SourceEnd("subnet", subnet.id if subnet else None, bare, subnet.name if subnet else None)
        case From.HOST:
            if len(vantage.interfaces) > 1 and vantage.subnet is not None:
                return SourceEnd("subnet", vantage.subnet.id, bare, vantage.subnet.name)
            kind, id_, name = owner(network, vantage.interface, vantage.claim)
            return SourceEnd(kind, id_, bare, name)


def owner(
    network: Network, interface: Interface | None, claim: Claim | None = None
) -> tuple[str, str | None, str | None]:
    """Kind, id and name of whom an interface stands for: a claiming service, an instance, a load balancer, itself."""
    if claim is not None:
        return claim.service.kind, claim.service.id, None
    if interface is None:
        return "cidr", None, None
    instance = network.instances.get(interface.instance) if interface.instance else None
    if instance is not None:
        return "instance", instance.id, instance.name
    balancer = network.balancers.of(interface) if interface.role is Role.OPAQUE else None
    if balancer is not None:
        return "load-balancer", balancer.id, balancer.name
    return "network-interface", interface.id, interface.name


def target_end(network: Network, words: Words, target: Target) -> TargetEnd:
    """Where an answer's packets go."""
    address = words.cidrs(target.asked)[0].removesuffix("/32").removesuffix("/128")
    if target.internet:
        return TargetEnd("internet", None, None, address)
    if target.onprem:
        return TargetEnd("onprem", None, None, None)
    if target.interface is None and target.claim is not None:
        return TargetEnd(target.claim.service.kind, target.claim.service.id, None, None)
    if target.interface is None:
        return TargetEnd("address", None, None, address)
    kind, id_, name = owner(network, target.interface, target.claim)
    return TargetEnd(kind, id_, target.interface.id, address, name)
