"""Rules that share the internet out among them, as 0.0.0.0/1 and 128.0.0.0/1 do."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import FAMILIES, allowed, far, open_to
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import labels, services, some
from sgcheck.model.filters import FilterLine
from sgcheck.packets import INTERNET, AddressSet, IntervalSet, Services


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare what all rules let in together with what each lets in alone."""
    for group in task.scene.groups():
        lines = [line for line in group.ingress or () if line.peer and line.unresolved is None]
        peers = AddressSet.union_all([line.peer for line in lines])
        if len(lines) < 2 or not any(_whole(family, peers.family(family)) for family in FAMILIES):
            continue
        together = open_to(allowed(lines), _whole)
        alone = [open_to(far(line), _whole) for line in lines if line.peer.size > 1]
        split = {
            family: together[family] - Services.union_all([one[family] for one in alone])
            for family in FAMILIES
            if together[family]
        }
        found = {family: every for family, every in split.items() if every}
        if found:
            doing = [line for line in lines if _shares(line, found)]
            what = services(Services.union_all(found.values()))
            message = f"{some(labels(doing))} together open {what} to the whole internet, though none of them says so"
            yield Hit(group_ref(group), message, related=labels(doing))


def _shares(line: FilterLine, found: dict[int, Services]) -> bool:
    public = line.peer & INTERNET
    return any(public.family(family) and line.services & every for family, every in found.items())


def _whole(family: int, addresses: IntervalSet) -> bool:
    return INTERNET.family(family) <= addresses


CHECK = Check(Parameters, run)
