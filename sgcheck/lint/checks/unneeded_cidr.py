"""Rules for addresses that no packet of a VPC can have."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, some
from sgcheck.packets import AddressSet

NOBODY = AddressSet.parse("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/127", "ff00::/8")
"""This network, loopback, multicast and reserved addresses (IANA special-purpose address registries)."""
PLACEHOLDER = AddressSet.parse("255.255.255.255/32")
"""What the AWS CDK writes into a rule that is to allow nothing (aws-cdk, aws-ec2 SecurityGroup, allowAllOutbound)."""


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the addresses of rules."""
    for group in task.scene.groups():
        for way in WAYS:
            for line in group.lines(way) or ():
                idle = line.reference is None and line.unresolved is None and line.peer <= NOBODY
                if idle and line.peer and line.peer != PLACEHOLDER:
                    cidrs = some(line.peer.cidrs())
                    message = f"{line.label} is for {cidrs}, which no packet of a VPC comes from or goes to"
                    yield Hit(group_ref(group), message, f"{way.value} {cidrs}", related=labels([line]))


CHECK = Check(Parameters, run)
