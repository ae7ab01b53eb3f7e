"""AWS CLI commands that take away what a finding is about (AWS CLI command reference, ec2)."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sgcheck.aws.commands import rule_ports
from sgcheck.model.filters import Way

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.lint.scene import Scene
    from sgcheck.model.filters import FilterLine


def revoke(scene: Scene, group: str, way: Way, lines: Iterable[FilterLine]) -> tuple[str, ...]:
    """The commands that take rules out of a group: by their ids in one go, where they have any."""
    verb = f"aws ec2 revoke-security-group-{way.value} --group-id {shlex.quote(group)}"
    chosen = list(lines)
    ids = [line.label for line in chosen if line.label.startswith("sgr-")]
    made = [f"{verb} --security-group-rule-ids {' '.join(map(shlex.quote, ids))}"] if ids else []
    for line in chosen:
        if not line.label.startswith("sgr-"):
            made += [f"{verb} --ip-permissions {shlex.quote(one)}" for one in _permissions(line)]
    return tuple(scene.command(one, group) for one in made)


def _permissions(line: FilterLine) -> list[str]:
    protocol, first, last = rule_ports(line.services)
    ports = "" if first is None else f",FromPort={first},ToPort={last}"
    return [f"IpProtocol={protocol}{ports},{peer}" for peer in _peers(line)]


def _peers(line: FilterLine) -> list[str]:
    if line.reference is not None:
        owner = f",UserId={line.reference.account}" if line.reference.account else ""
        return [f"UserIdGroupPairs=[{{GroupId={line.reference.group}{owner}}}]"]
    last = line.label.rsplit(" ", 1)[-1]
    if last.startswith("pl-"):
        return [f"PrefixListIds=[{{PrefixListId={last}}}]"]
    return [
        f"Ipv6Ranges=[{{CidrIpv6={cidr}}}]" if ":" in cidr else f"IpRanges=[{{CidrIp={cidr}}}]"
        for cidr in line.peer.cidrs()
    ]


def delete_entry(scene: Scene, acl: str, way: Way, number: int) -> str:
    """The command that takes an entry out of a network ACL."""
    text = f"aws ec2 delete-network-acl-entry --network-acl-id {shlex.quote(acl)} --{way.value} --rule-number {number}"
    return scene.command(text, acl)
