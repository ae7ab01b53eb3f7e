"""Rules that name a group whose own rules never let any of it happen."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.members import Members, members
from sgcheck.lint.pairs import meet
from sgcheck.lint.scene import Scene, group_ref
from sgcheck.lint.words import WAYS, labels, said
from sgcheck.model.filters import FilterLine, RuleSet, Way
from sgcheck.packets import Services
from sgcheck.reach.compiled import Entry


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
    near, far = members(scene, group.id), members(scene, line.reference.group)
    known = near.sets and far.sets and None not in near.sets | far.sets
    turned = Way.EGRESS if way is Way.INGRESS else Way.INGRESS
    return bool(known) and not any(_lets(scene, ids or (), turned, line.services, near) for ids in far.sets)


def _lets(scene: Scene, ids: tuple[str, ...], way: Way, services: Services, near: Members) -> bool:
    """Whether a host with these groups may do any of it with such peers, as far as nothing tells that it may not."""
    for id_ in ids:
        entries = scene.entries(id_, way)
        if entries is None or any(meet(one.services, services) and _meets(one, near) for one in entries):
            return True
    return False


def _meets(entry: Entry, near: Members) -> bool:
    if entry.unresolved or any(one.group in near.groups for one in entry.references):
        return True
    return not entry.peers.isdisjoint(near.addresses)


CHECK = Check(Parameters, run)
