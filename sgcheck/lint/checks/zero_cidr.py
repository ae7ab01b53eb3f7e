"""CIDRs such as 0.0.0.0/1 that begin at zero and are not the whole."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.written import written_rules
from sgcheck.packets import parse_cidr


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the CIDRs as they are written."""
    for id_, rules in written_rules(task.scene).items():
        for rule in rules:
            if "/" not in rule.peer:
                continue
            family, first, last = parse_cidr(rule.peer)
            if first == 0 and last < (1 << (32 if family == 4 else 128)) - 1:
                message = f"{rule.label} names {rule.peer}, which begins at zero and is not everything"
                yield Hit(group_ref(task.scene.network.groups[id_]), message, rule.text, related=(rule.label,))


CHECK = Check(Parameters, run)
