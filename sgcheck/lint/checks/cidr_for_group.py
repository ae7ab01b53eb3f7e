"""Rules for the addresses of hosts whose group could be named instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import Scene, group_ref
from sgcheck.lint.words import WAYS, labels, some
from sgcheck.model.filters import FilterLine
from sgcheck.model.network import Network
from sgcheck.model.things import Interface, Role
from sgcheck.packets import AddressSet, format_address


class CidrForGroup(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """least: how many hosts a subnet must have, all with one group, to be taken for that group."""

    least: int = 2


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for ranges that are one host, or one subnet, of the group's own VPC."""
    for group in task.scene.groups():
        for way in WAYS:
            for line in group.lines(way) or ():
                if line.reference is not None or line.unresolved is not None or not line.peer or group.vpc is None:
                    continue
                meant = _host(task.scene, group.vpc, line) or _subnet(task.scene, group.vpc, line, task.parameters)
                if meant is not None:
                    what, groups = meant
                    cidrs = some(line.peer.cidrs())
                    message = f"{line.label} is for {cidrs}, which is {what} with {some(groups)}"
                    related = (*labels([line]), *groups)
                    yield Hit(group_ref(group), message, f"{way.value} {cidrs}", related=related)


def _named(scene: Scene, groups: set[str]) -> tuple[str, ...]:
    """The groups that are worth naming: what got the default one got it by accident."""
    return tuple(sorted(groups - scene.named_default))


def _host(scene: Scene, vpc: str, line: FilterLine) -> tuple[str, tuple[str, ...]] | None:
    sole = line.peer.sole
    owner = scene.network.owner_in(vpc, *sole) if sole else None
    if owner is None or not _plain(owner):
        return None
    groups = _named(scene, set(owner.groups or ()))
    return (
        (f"the address {format_address(*sole)} of {scene.exposed.host(owner.id)}", groups) if sole and groups else None
    )


def _subnet(scene: Scene, vpc: str, line: FilterLine, asked: CidrForGroup) -> tuple[str, tuple[str, ...]] | None:
    network = scene.network
    for id_ in scene.once(f"subnets by range {vpc}", lambda: _by_range(network, vpc)).get(line.peer, ()):
        hosts = [one for one in map(network.interfaces.__getitem__, network.in_subnet.get(id_, ())) if _plain(one)]
        if len(hosts) >= asked.least:
            groups = _named(scene, set.intersection(*(set(host.groups or ()) for host in hosts)))
            if groups:
                return f"{id_}, all {len(hosts):,} hosts of it", groups
    return None


def _by_range(network: Network, vpc: str) -> dict[AddressSet, list[str]]:
    """The subnets of a VPC by each of their ranges."""
    found: dict[AddressSet, list[str]] = defaultdict(list)
    for id_ in network.subnets_of.get(vpc, ()):
        addresses = network.subnets[id_].addresses
        for family in addresses.families:
            found[addresses.only(family)].append(id_)
    return found


def _plain(interface: Interface) -> bool:
    return interface.role is Role.HOST and interface.filtered


CHECK = Check(CidrForGroup, run)
