"""The same rule in two groups of one interface."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.cover import meaning
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import Scene, group_ref
from sgcheck.lint.words import said
from sgcheck.model.filters import FilterLine, Way


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare the ingress rules of groups that go together somewhere."""
    network = task.scene.network
    users: dict[tuple[str, str], int] = {}
    for id_ in sorted(network.interfaces):
        groups = sorted({g for g in network.interfaces[id_].groups or () if g in network.groups})
        for number, one in enumerate(groups):
            for other in groups[number + 1 :]:
                users[one, other] = users.get((one, other), 0) + 1
    for (one, other), count in sorted(users.items()):
        own = dict(_rules(task.scene, one))
        for meant, line in _rules(task.scene, other):
            twin = own.get(meant)
            if twin is None:
                continue
            where = "one interface has" if count == 1 else f"{count:,} interfaces have"
            message = f"{said(line, Way.INGRESS)} stands in {one} too, and {where} both"
            related = (one, *dict.fromkeys((line.label, twin.label)))
            yield Hit(group_ref(network.groups[other]), message, f"{one} {said(line, Way.INGRESS)}", related=related)


def _rules(scene: Scene, group: str) -> list[tuple[int, FilterLine]]:
    """The ingress rules of a group, each with a number that those have in common that mean the same."""
    return scene.once(f"meant {group}", lambda: _numbered(scene, group))


def _numbered(scene: Scene, group: str) -> list[tuple[int, FilterLine]]:
    numbers: dict[Hashable, int] = scene.once("meanings", dict)
    lines = scene.written.groups[group].ingress or ()
    return [(numbers.setdefault(meaning(line), len(numbers)), line) for line in lines]


CHECK = Check(Parameters, run)
