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
            alike[group.vpc, _meaning(task.scene, group)].append(group)
    for groups in alike.values():
        first, *others = groups
        for other in others:
            message = f"it allows exactly what {some([g.id for g in groups if g is not other])} allows"
            yield Hit(group_ref(other), message, related=(first.id,))


def _meaning(scene: Scene, group: RuleSet) -> Hashable:
    """What a group amounts to, itself apart."""
    parts = []
    for way in WAYS:
        sums = scene.told(group, way)
        keyed = frozenset(("itself" if key == group.id else key, every) for key, every in sums.keyed.items())
        parts.append((sums.packets, keyed))
    return tuple(parts)


CHECK = Check(Parameters, run)
