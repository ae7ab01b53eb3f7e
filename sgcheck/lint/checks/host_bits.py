"""CIDRs with bits behind their prefix length."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.written import written_rules
from sgcheck.packets import format_address, parse_cidr


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the CIDRs as they are written; AWS itself answers with the bits cleared."""
    for id_, rules in written_rules(task.scene).items():
        for rule in rules:
            address, slash, length = rule.peer.partition("/")
            if not slash:
                continue
            family, first, last = parse_cidr(rule.peer)
            _family, own, _last = parse_cidr(address)
            if first not in (own, last):
                meant = f"{format_address(family, first)}/{length}"
                message = f"{rule.label} is for {rule.peer}, which AWS takes as {meant}"
                yield Hit(group_ref(task.scene.network.groups[id_]), message, rule.text, related=(rule.label,))


CHECK = Check(Parameters, run)
