"""The fields of flow log records, and how a file's own header or a log format names their order.

VPC user guide, "Flow log records": versions 2 to 5 and 7 to 10 (6 is the transit gateways' own kind of log).
"""

from __future__ import annotations

import re
from typing import Final

from sgcheck.errors import UsageError


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DEFAULT: Final = _names(
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
)
"""The default format: all fields of version 2, in this order."""

VERSIONS: Final[dict[int, tuple[str, ...]]] = {
    2: DEFAULT,
    3: _names("vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr"),
    4: _names("region az-id sublocation-type sublocation-id"),
    5: _names("pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path"),
    7: _names(
        "ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id "
        "ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id"
    ),
    8: _names("reject-reason"),
    9: _names("resource-id"),
    10: _names("encryption-status"),
}
"""Which fields came with which version; a record's own version is that of its latest field."""

KNOWN: Final = frozenset(name for names in VERSIONS.values() for name in names)

NUMBERS: Final = dict.fromkeys(("srcport", "dstport", "protocol", "tcp-flags"), "INTEGER") | dict.fromkeys(
    ("packets", "bytes", "start", "end"), "BIGINT"
)
"""The fields that are numbers, with the type that holds them."""

READ: Final = _names(
    "interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol packets bytes start end action "
    "log-status tcp-flags flow-direction reject-reason"
)
"""The fields that are looked at."""

NEEDED: Final = _names("interface-id srcaddr dstaddr srcport dstport protocol action")
"""Without one of these, a record tells nothing."""

WORDS: Final = {
    "action": ("ACCEPT", "REJECT"),
    "log-status": ("OK", "NODATA", "SKIPDATA"),
    "flow-direction": ("ingress", "egress"),
}
"""The fields that have one of a few words."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")


def header(line: str) -> tuple[str, ...] | None:
    """The fields that a line names, None where it is no header."""
    names = tuple(name.replace("_", "-") for name in line.split())
    known = sum(name in KNOWN for name in names)
    every = all(_NAME.fullmatch(name) for name in names)
    return names if every and 2 * known > len(names) and len(set(names)) == len(names) else None


def parse_log_format(text: str) -> tuple[str, ...]:
    """Read `${version} ${srcaddr} …`, as create-flow-logs takes it, or the bare names.

    Raises UsageError where a name is there twice or none is known.
    """
    words = re.sub(r"\$\{([^}]*)\}", r" \1 ", text.strip()).replace(",", " ").split()
    if words == ["default"]:
        return DEFAULT
    names = tuple(word.replace("_", "-") for word in words)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UsageError(f"--log-format: {twice} is there twice")
    if not KNOWN.intersection(names):
        raise UsageError(
            f"--log-format: {text!r} names no field of a flow log",
            "as create-flow-logs takes it, such as '${version} ${interface-id} ${srcaddr} ${dstaddr}', or 'default'",
        )
    return names
