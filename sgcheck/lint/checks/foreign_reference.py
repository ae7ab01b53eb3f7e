"""Rules that trust groups of another VPC or account."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, some, verb
from sgcheck.model.ref import OPEN


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for references whose group belongs to somebody else."""
    network = task.scene.network
    for group in task.scene.groups():
        foreign: dict[tuple[str, str], list[str]] = {}
        for way in WAYS:
            for line in group.lines(way) or ():
                reference = line.reference
                if reference is None or reference.stale:
                    continue
                known = network.groups.get(reference.group)
                account = reference.account or (known.account if known else None)
                vpc = reference.vpc or (known.vpc if known else None)
                if account and group.account and account != group.account:
                    foreign.setdefault((reference.group, f"account {account}"), []).extend(labels([line]))
                elif vpc and group.vpc and vpc != group.vpc and not any(one.endswith(OPEN) for one in (vpc, group.vpc)):
                    foreign.setdefault((reference.group, vpc), []).extend(labels([line]))
        for (id_, whose), labelled in sorted(foreign.items()):
            message = f"{some(labelled)} {verb(len(labelled), 'trusts', 'trust')} {id_}, which belongs to {whose}"
            yield Hit(group_ref(group), message, id_, related=(id_, *labelled))


CHECK = Check(Parameters, run)
