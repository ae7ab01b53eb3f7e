"""Groups of a VPC that allow exactly the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import Scene, group_ref
from sgcheck.lint.words import WAYS, some
from sgcheck.model.filters import RuleSet


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare groups by what they allow; empty and default ones are alike without being a fault."""
    alike: dict[Hashable, list[RuleSet]] = defaultdict(list)
    for group in task.scene.groups():
        known = group.ingress is not None and group.egress is not None
        if known and group.ingress and group.vpc and group.id not in task.scene.named_default:
            alike[group.vpc, _glance(task.scene, group)].append(group)
    for near in alike.values():
        if len(near) > 1:
            yield from _compared(task.scene, near)


def _compared(scene: Scene, near: list[RuleSet]) -> Iterator[Hit]:
    """Compare groups of a VPC that are for the same peers."""
    alike: dict[Hashable, list[RuleSet]] = defaultdict(list)
    for group in near:
        alike[tuple(scene.told(group, way).packets for way in WAYS)].append(group)
    for groups in alike.values():
        first, *others = groups
        for other in others:
            message = f"it allows exactly what {some([g.id for g in groups if g is not other])} allows"
            yield Hit(group_ref(other), message, related=(first.id,))


def _glance(scene: Scene, group: RuleSet) -> Hashable:
    """Whom a group is for, and what whom it names may use, itself apart: equal for all that amount to the same."""
    parts = []
    for way in WAYS:
        sums = scene.told(group, way)
        keyed = frozenset(("itself" if key == group.id else key, every) for key, every in sums.keyed.items())
        parts.append((sums.peers, keyed))
    return tuple(parts)


CHECK = Check(Parameters, run)
