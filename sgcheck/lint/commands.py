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
    """The commands that take rules out of a group, one for each: by its id, where it has one."""
    verb = f"aws ec2 revoke-security-group-{way.value} --group-id {shlex.quote(group)}"
    made: list[str] = []
    for line in lines:
        if line.label.startswith("sgr-"):
            made.append(f"{verb} --security-group-rule-ids {shlex.quote(line.label)}")
        else:
            made += [f"{verb} --ip-permissions {shlex.quote(one)}" for one in _permissions(line)]
    return tuple(scene.command(one, group) for one in dict.fromkeys(made))


def places(owner: str, way: Way, lines: Iterable[FilterLine]) -> tuple[str, ...]:
    """What rules of a group or entries of an ACL are told apart by, among all of them."""
    return tuple(f"{owner} {way.value} {line.number or ''} {line.label}" for line in lines)


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
