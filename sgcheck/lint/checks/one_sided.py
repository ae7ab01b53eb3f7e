"""Rules that name a group whose own rules never let any of it happen."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import Scene, group_ref
from sgcheck.lint.words import WAYS, labels, said
from sgcheck.model.filters import FilterLine, RuleSet, Way
from sgcheck.model.things import Interface
from sgcheck.packets import AddressSet, Services


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare each rule that names a group with what the members of that group may do the other way round."""
    for group in task.scene.groups():
        for way in WAYS:
            for line in group.lines(way) or ():
                named = line.reference.group if line.reference and line.reference.stale is None else group.id
                if named != group.id and named in task.scene.network.groups and _alone(task.scene, group, way, line):
                    turned = "out to" if way is Way.INGRESS else "in from"
                    what = f"no rule of what has {named} lets any of it {turned} {group.id}"
                    message = f"{said(line, way)} does nothing: {what}"
                    yield Hit(group_ref(group), message, said(line, way), related=(*labels([line]), named))


def _alone(scene: Scene, group: RuleSet, way: Way, line: FilterLine) -> bool:
    assert line.reference is not None
    near, far = _members(scene, group.id), _members(scene, line.reference.group)
    if not near or not far:
        return False
    groups = {id_ for one in near for id_ in one.groups or ()}
    addresses = AddressSet.union_all([one.owned() for one in near])
    turned = Way.EGRESS if way is Way.INGRESS else Way.INGRESS
    # Hosts with the same groups are asked once.
    asked = {one.groups if one.filtered else None for one in far}
    return not any(_lets(scene, ids, turned, line.services, groups, addresses) for ids in asked)


def _members(scene: Scene, group: str) -> list[Interface]:
    return [scene.network.interfaces[id_] for id_ in scene.network.with_group.get(group, ())]


def _lets(
    scene: Scene, ids: tuple[str, ...] | None, way: Way, services: Services, groups: set[str], addresses: AddressSet
) -> bool:
    """Whether a host with these groups may do any of it with such peers, as far as nothing tells that it may not."""
    if ids is None:
        return True
    for id_ in ids:
        group = scene.network.groups.get(id_)
        lines = group.lines(way) if group is not None else None
        if lines is None:
            return True
        for line in lines:
            if line.services & services and (
                line.unresolved is not None
                or (line.reference.group in groups if line.reference is not None else bool(line.peer & addresses))
            ):
                return True
    return False


CHECK = Check(Parameters, run)
