"""Names of load balancers: `lb:NAME` with globs, ARNs and DNS names become their nodes' interfaces."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.errors import AmbiguousNameError, UnknownNameError
from sgcheck.model.balancers import Balancer, nodes_of
from sgcheck.reach.choice import choose, enabled_in
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.offers import offer

if TYPE_CHECKING:
    from sgcheck.model.network import Network

PREFIX = "lb:"
DUAL_STACK = "dualstack."
"""What alias records put before a balancer's DNS name (Route 53 guide, routing-to-elb-load-balancer)."""


def names_balancer(word: str) -> bool:
    """Whether `word` has the form of a balancer's name, ARN or DNS name."""
    lowered = word.lower()
    if lowered.startswith("arn:"):
        return ":elasticloadbalancing:" in lowered and ":loadbalancer/" in lowered
    return lowered.startswith(PREFIX) or ".elb." in lowered


def balancer_end(network: Network, word: str, option: str) -> End:
    """The nodes of the named balancers.

    A client finds a balancer by its DNS name, whose records are public addresses where its scheme is internet-facing,
    also for clients inside the VPC (Elastic Load Balancing guide, how-elastic-load-balancing-works: DNS). Raises
    UnknownNameError, and AmbiguousNameError where several have a name that is no glob.
    """
    found = dict(_named(network, word))
    if not found:
        return _only_nodes(network, word, option)
    exact = word[len(PREFIX) :] if word.lower().startswith(PREFIX) else ""
    if len(found) > 1 and not set(exact) & set("*?["):
        listed = ", ".join(network.balancers[id_].ids[-1] for id_ in found)
        raise AmbiguousNameError(f"{option} {word}: several load balancers have this name", f"candidates: {listed}")
    notes: list[str] = []
    kept: dict[str, Balancer] = {}
    for id_, zone in found.items():
        balancer = network.balancers[id_]
        nodes = _in_zone(network, nodes_of(network, balancer), zone)
        if option == "--to":
            nodes = _answering(network, balancer, nodes, notes)
        notes += _untold(network, balancer, nodes, zone)
        kept |= dict.fromkeys(nodes, balancer)
    public = tuple(sorted(id_ for id_, balancer in kept.items() if balancer.public))
    return End(Kind.BALANCER, word, interfaces=tuple(sorted(kept)), public=public, notes=tuple(notes))


def _only_nodes(network: Network, word: str, option: str) -> End:
    """The nodes of a balancer without a record, as their descriptions name it: what it does is unknown then."""
    nodes = [id_ for text, ids in network.directory.described.items() if _describes(text, word) for id_ in ids]
    if nodes:
        return End(Kind.BALANCER, word, interfaces=tuple(sorted(nodes)))
    raise UnknownNameError(f"{option} {word}: no such load balancer in the input", offer(word, _names(network, word)))


def _describes(description: str, word: str) -> bool:
    """Whether a description as `ELB app/NAME/ID` or `ELB NAME` is of the named balancer."""
    path = description.removeprefix("ELB ")
    if word.lower().startswith(PREFIX):
        name = path.split("/")[1] if path.count("/") == 2 else path
        return fnmatch.fnmatchcase(name, word[len(PREFIX) :])
    return word.endswith(f":loadbalancer/{path}")


def _named(network: Network, word: str) -> Iterator[tuple[str, str | None]]:
    """Ids of balancers that `word` names, each with the zone that the name is limited to."""
    lowered = word.rstrip(".").lower().removeprefix(DUAL_STACK)
    for id_, balancer in sorted(network.balancers.items()):
        if lowered.startswith(PREFIX):
            if fnmatch.fnmatchcase(balancer.name, word[len(PREFIX) :]):
                yield id_, None
        elif word in balancer.ids or lowered == balancer.dns:
            yield id_, None
        elif balancer.dns and lowered.endswith(f".{balancer.dns}"):
            zone = lowered.removesuffix(f".{balancer.dns}")
            if zone in balancer.enabled:
                yield id_, zone


def _names(network: Network, word: str) -> Iterator[str]:
    """Every name of the form that `word` has."""
    for balancer in network.balancers.values():
        if word.lower().startswith(PREFIX):
            yield f"{PREFIX}{balancer.name}"
        elif word.lower().startswith("arn:"):
            yield from (i for i in balancer.ids if i.startswith("arn:"))
        elif balancer.dns:
            yield balancer.dns


def _in_zone(network: Network, nodes: tuple[str, ...], zone: str | None) -> tuple[str, ...]:
    return nodes if zone is None else tuple(id_ for id_ in nodes if zone_of_node(network, id_) == zone)


def zone_of_node(network: Network, node: str) -> str | None:
    """The zone of a node, as its subnet tells."""
    subnet = network.subnets.get(network.interfaces[node].subnet)
    return subnet.zone if subnet else None


def _answering(network: Network, balancer: Balancer, nodes: tuple[str, ...], notes: list[str]) -> tuple[str, ...]:
    """The nodes that the DNS name leads to: not those without a usable target where another one has some.

    (Network Load Balancer guide, target-group-health-checks: such a zone is removed from DNS.)
    """
    serving = [id_ for id_ in nodes if _serves(network, balancer, id_)]
    if not serving:
        return nodes
    for id_ in nodes:
        if id_ not in serving:
            zone = zone_of_node(network, id_) or "its zone"
            left = f"{balancer.name}'s node {id_} is left out"
            notes.append(f"{left}: no usable target in {zone}, so that DNS does not name it")
    return tuple(serving)


def _serves(network: Network, balancer: Balancer, node: str) -> bool:
    """Whether some pool may have a target for a node; what the data lacks may."""
    if balancer.listeners is None:
        return True
    for id_ in {pool for listener in balancer.listeners for pool in listener.pools}:
        pool = network.balancers.pools.get(id_)
        if pool is None or pool.targets is None:
            return True
        choice = choose(network, balancer, network.interfaces[node], pool)
        if choice.used or choice.perhaps:
            return True
    return any(listener.answers for listener in balancer.listeners)


def _untold(network: Network, balancer: Balancer, nodes: tuple[str, ...], zone: str | None) -> Iterator[str]:
    """Zones that a balancer has no known node in."""
    if not nodes:
        return
    every = nodes_of(network, balancer)
    known = {zone_of_node(network, id_) for id_ in every}
    for missing in sorted(enabled_in(network, balancer) - {z for z in known if z}):
        if zone in (None, missing) and None not in known:
            yield f"no interface of {balancer.name} in {missing} is in the input: its node there is not asked about"
