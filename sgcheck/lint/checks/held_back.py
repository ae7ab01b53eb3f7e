"""Rules of groups that do nothing, since network ACLs hold all of it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sgcheck.lint.acls import admitted
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import of_families
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.members import members
from sgcheck.lint.scene import Scene, group_ref
from sgcheck.lint.words import WAYS, labels, said, some
from sgcheck.model.filters import FilterLine, RuleList, RuleSet, Way
from sgcheck.model.things import Subnet
from sgcheck.packets import AddressSet, PacketSet, Services


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Ask the ACL of every subnet where something has the group; inside of a subnet there is no ACL."""
    scene = task.scene
    for group in scene.groups():
        users = scene.network.with_group.get(group.id, ())
        homes = {scene.network.interfaces[id_].subnet for id_ in users}
        if not homes or not (group.ingress or group.egress):
            continue
        pairs = [(subnet, scene.network.acl_for(subnet)) for subnet in _known(scene, homes)]
        acls = [acl for _subnet, acl in pairs if acl is not None]
        if len(acls) < len(homes):
            yield Doubt(group_ref(group), "the network ACLs of all that has it are not in the data")
            continue
        for way in WAYS:
            lines = group.lines(way) or ()
            yield from _judged(scene, group, way, lines, [(subnet, acl) for subnet, acl in pairs if acl is not None])


def _known(scene: Scene, ids: Iterable[str]) -> list[Subnet]:
    return [scene.network.subnets[id_] for id_ in sorted(ids) if id_ in scene.network.subnets]


def _judged(
    scene: Scene, group: RuleSet, way: Way, lines: tuple[FilterLine, ...], pairs: list[tuple[Subnet, RuleList]]
) -> Iterator[Hit]:
    if any(acl.lines(way) is None for _subnet, acl in pairs):
        return
    families = {family for subnet, _acl in pairs for family in subnet.addresses.families}
    doors = [(_passing(scene, acl, way), subnet.addresses) for subnet, acl in pairs]
    for line in lines:
        # A family that no host can have is another matter.
        peers = of_families(_peers(scene, line), families)
        if not peers or any(
            not door.peers(line.services).isdisjoint(peers) or not own.isdisjoint(peers) for door, own in doors
        ):
            continue
        acls = sorted({acl.id for _subnet, acl in pairs})
        what = "lets nothing in" if way is Way.INGRESS else "lets nothing out"
        message = f"{said(line, way)} {what}: {some(acls)} hold{'s' if len(acls) == 1 else ''} all of it back"
        yield Hit(group_ref(group), message, said(line, way), related=(*labels([line]), *acls))


def _peers(scene: Scene, line: FilterLine) -> AddressSet:
    """Whom a rule is about, nobody where that can't be told."""
    if line.unresolved is not None:
        return AddressSet.EMPTY
    if line.reference is None:
        return line.peer
    if line.reference.stale is not None:
        return AddressSet.EMPTY
    return members(scene, line.reference.group).addresses


class _Passing:
    """Whom the entries of an ACL let through, for the services that somebody asks for."""

    def __init__(self, packets: PacketSet) -> None:
        self._packets = packets
        self._peers: dict[Services, AddressSet] = {}

    def peers(self, services: Services) -> AddressSet:
        """Those with whom any of the services pass."""
        found = self._peers.get(services)
        if found is None:
            found = self._peers[services] = self._packets.where(services=services).sources()
        return found


def _passing(scene: Scene, acl: RuleList, way: Way) -> _Passing:
    return scene.once(f"passing {acl.id} {way.value}", lambda: _Passing(admitted(acl.lines(way) or ())))


CHECK = Check(Parameters, run)
