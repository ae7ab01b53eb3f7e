"""Ports where none count, and none where they would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.written import Written, written_rules
from sgcheck.packets import protocol_number


class PortsForm(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """what: ports that AWS ignores, or TCP and UDP without ports, which means all of them."""

    what: Literal["ignored", "missing"]


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at protocols and ports as they are written."""
    for id_, rules in written_rules(task.scene).items():
        for rule in rules:
            ignored = task.parameters.what == "ignored"
            if not (_ignored(rule) if ignored else _missing(rule)):
                continue
            group = group_ref(task.scene.network.groups[id_])
            if ignored:
                message = (
                    f"{rule.label} names ports {rule.from_port}-{rule.to_port}, and allows every port all the same"
                )
            else:
                message = f"{rule.label} names no ports, and so allows all of them"
            yield Hit(group, message, rule.text, related=(rule.label,))


def _ignored(rule: Written) -> bool:
    """Ports count for TCP, UDP and ICMP only (EC2 API, IpPermission)."""
    told = rule.from_port not in (None, -1, 0) or rule.to_port not in (None, -1, 0, 65535)
    if rule.protocol in (None, "-1"):
        return told
    return told and protocol_number(str(rule.protocol)) not in (1, 6, 17, 58)


def _missing(rule: Written) -> bool:
    if rule.protocol in (None, "-1") or protocol_number(str(rule.protocol)) not in (6, 17):
        return False
    return rule.from_port in (None, -1) or rule.to_port in (None, -1)


CHECK = Check(PortsForm, run)
