"""Rules that name groups which are not where they should be."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, some, verb
from sgcheck.model.ref import OPEN


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for references to groups of the same account and VPC that the data, which has others, does not have."""
    network = task.scene.network
    for group in task.scene.groups():
        missing: dict[str, list[str]] = {}
        for way in WAYS:
            for line in group.lines(way) or ():
                reference = line.reference
                if reference is None or reference.stale or reference.group in network.groups:
                    continue
                if reference.group.endswith(OPEN):
                    continue  # nobody knows yet which group it is
                own = reference.account in (None, group.account) or group.account is None
                if own and reference.vpc in (None, group.vpc) and reference.peering is None:
                    missing.setdefault(reference.group, []).extend(labels([line]))
        for id_, labelled in sorted(missing.items()):
            message = f"{some(labelled)} {verb(len(labelled), 'names', 'name')} {id_}, and the data has no such group"
            yield Hit(group_ref(group), message, id_, related=(id_, *labelled))


CHECK = Check(Parameters, run)
