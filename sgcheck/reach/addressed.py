"""Ends by another name that the input has for things: the addresses of Terraform resources (`aws_instance.web`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sgcheck.errors import AmbiguousNameError, UnknownNameError, UsageError
from sgcheck.reach.balancer_names import balancer_end
from sgcheck.reach.endpoint_ends import endpoint_end
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.names import find_service
from sgcheck.reach.offers import offer

if TYPE_CHECKING:
    from sgcheck.model.network import Network

_ADDRESS = re.compile(r"(?:module\.\S+\.)?(?:data\.)?aws_[a-z0-9_]+\.\S+")


def addressed_end(network: Network, word: str, option: str) -> End | None:
    """What the address of a resource names, None where `word` is none.

    Raises UnknownNameError with the nearest addresses, AmbiguousNameError with the instances of a resource that has
    several, UsageError for a resource that packets neither come from nor go to.
    """
    id_ = network.names.get(word)
    if id_ is None:
        _demand_known(network, word, option)
        return None
    found = _interfaces(network, id_)
    if found is not None:
        return found
    if (service := find_service(network, id_, option)) is not None:
        return service
    if id_ in network.endpoints:
        return endpoint_end(network, id_, option)
    if id_ in network.balancers:
        return balancer_end(network, id_, option)
    if id_ in network.internet_gateways:
        return End(Kind.INTERNET, id_, families=(4, 6))
    raise UsageError(f"{option} {word}: packets neither come from such a resource nor go to it")


def _demand_known(network: Network, word: str, option: str) -> None:
    if not _ADDRESS.fullmatch(word):
        return
    several = sorted(name for name in network.names if name.startswith(f"{word}["))
    if len(several) > 1:
        raise AmbiguousNameError(f"{option} {word}: there are several of it", f"candidates: {', '.join(several[:8])}")
    raise UnknownNameError(f"{option} {word}: no such resource in the input", offer(word, network.names))


def _interfaces(network: Network, id_: str) -> End | None:
    """An end whose interfaces the network knows by its id."""
    if id_ in network.instances:
        return End(Kind.INSTANCE, id_, interfaces=network.instances[id_].interfaces)
    if id_ in network.interfaces:
        return End(Kind.INTERFACE, id_, interfaces=(id_,))
    if id_ in network.groups:
        return End(Kind.GROUP, id_, interfaces=network.with_group.get(id_, ()))
    if id_ in network.subnets:
        return End(Kind.SUBNET, id_, interfaces=network.in_subnet.get(id_, ()))
    if id_ in network.vpcs:
        inside = [network.in_subnet.get(s, ()) for s in network.subnets_of.get(id_, ())]
        return End(Kind.VPC, id_, interfaces=tuple(sorted(i for ids in inside for i in ids)))
    nat = network.nats.get(id_)
    if nat is None:
        return None
    own = network.owner_in(nat.vpc, 4, nat.private) if nat.private is not None else None
    return End(Kind.NAT, id_, interfaces=(own.id,) if own else ())
