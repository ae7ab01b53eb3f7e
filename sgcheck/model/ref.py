"""Provenance: what a decision points at."""

from __future__ import annotations

import msgspec

AFTER_APPLY = "(known after apply)"
"""How the name of a value ends that a plan leaves open: `aws_instance.web: subnet_id (known after apply)`."""
NOT_YET = "(not known yet)"
"""How the name of a value ends that a template leaves open: `Web: SubnetId, parameter Subnet (not known yet)`."""
OPEN = (AFTER_APPLY, NOT_YET)
"""The endings of both."""


def rest_of(group: str) -> str:
    """What the rules are called that a group from elsewhere may have besides those that a document adds to it."""
    return f"the other rules of {group}" if group.endswith(OPEN) else f"the other rules of {group} {NOT_YET}"


class Ref(msgspec.Struct, frozen=True, order=True):
    """A resource: its kind (as in `network-acl`), its id, and its name for people, if it has one."""

    kind: str
    id: str
    name: str | None = None


class Missing(msgspec.Struct, frozen=True, order=True):
    """Something that decides and is not in the data.

    kind: the resource kind in the singular ("route table"). refused: the provider's reason where it declined to show
    it.
    """

    kind: str
    id: str
    why: str
    account: str | None = None
    region: str | None = None
    refused: str | None = None
