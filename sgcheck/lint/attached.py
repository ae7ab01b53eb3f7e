"""Who has a group: everything in the data that names it, and which kinds of users the data can't tell of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.filters import Way

if TYPE_CHECKING:
    from sgcheck.lint.scene import Scene

_PLAIN = re.compile(rb'"(sg-[0-9A-Za-z_.-]+)"')
_PLANNED = b"security_group."
"""What every name has that Terraform gives to a group; texts without it need not be looked through for one."""
_ID = re.compile(rb'"(sg-[0-9A-Za-z_.-]+|(?:[^"\\]|\\.)*aws_(?:default_)?security_group\.(?:[^"\\]|\\.)*)"')
ANY = "*"
"""Stands for any group in what a snapshot says of mentions."""
_OWN = frozenset({"security group", "security group rule"})
USERS = (
    "load balancer",
    "Classic Load Balancer",
    "DB instance",
    "DB cluster",
    "Lambda function",
    "ECS service",
    "EKS cluster",
    "cache cluster",
    "Redshift cluster",
    "VPC endpoint",
)
"""Kinds that name groups which they give to interfaces sooner or later; an input may have them or not."""
NEVER_READ = ("launch templates", "Auto Scaling groups")
"""What names groups, too, and is no part of any input that is understood."""


def named(scene: Scene) -> frozenset[str]:
    """Groups that any record but those of groups and their rules names."""
    found: set[str] = set(scene.network.directory.groups)
    for batch in scene.snapshot.batches:
        if batch.kind.name not in _OWN:
            for record in batch.records:
                text = msgspec.json.encode(record)
                found.update(map(_plain, (_ID if _PLANNED in text else _PLAIN).findall(text)))
    found.update(id_ for id_, those in scene.snapshot.mentions.items() if any(one.known for one in those))
    return frozenset(found)


def _plain(written: bytes) -> str:
    """A text as it stands in JSON, without what JSON needs."""
    return written.decode().replace('\\"', '"').replace("\\\\", "\\")


def mentioned(scene: Scene, group: str) -> tuple[str, ...]:
    """What names a group and is of a type that is not read; what may name any group too."""
    mentions = scene.snapshot.mentions
    return tuple(dict.fromkeys(one.by for id_ in (group, ANY) for one in mentions.get(id_, ()) if not one.known))


def referenced(scene: Scene) -> frozenset[str]:
    """Groups that a rule of another group names."""
    found: set[str] = set()
    for group in scene.groups():
        for way in (Way.INGRESS, Way.EGRESS):
            for line in group.lines(way) or ():
                if line.reference is not None and line.reference.group != group.id:
                    found.add(line.reference.group)
    return frozenset(found)


def untold(scene: Scene) -> tuple[str, ...]:
    """What may use groups and is not in the data, in words."""
    from sgcheck.aws.kinds import kind_named

    kinds = [kind_named(name) for name in USERS]
    return (*NEVER_READ, *(kind.plural for kind in kinds if kind is not None and not scene.snapshot.has(kind)))
