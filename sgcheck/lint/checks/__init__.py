"""The checks that pages bind, one module each; a line for each, in one order."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgcheck.lint.check import Check

CHECKS = (
    "open_to",
    "split_any",
    "prefix_list_any",
    "zero_cidr",
    "exposed_host",
    "broad",
    "self_reference",
    "rule_count",
    "quota",
    "unused_group",
    "default_group",
    "group_name",
    "group_description",
    "rule_description",
    "redundant_rule",
    "duplicate_rule",
    "duplicate_group",
    "shared_rule",
    "stale_reference",
    "missing_reference",
    "foreign_reference",
    "empty_reference",
    "unrouted_cidr",
    "unneeded_cidr",
    "host_bits",
    "ports_form",
    "family_twin",
    "split_subnet",
    "acl_open",
    "unused_acl",
    "default_acl",
    "shadowed_entry",
    "repeated_entry",
    "entry_numbers",
    "one_family_denial",
    "blocked_replies",
    "auto_public",
    "peering_route",
    "subnet_place",
    "public_instance",
    "unused_address",
    "unattached_gateway",
    "forwarding",
    "dead_route",
    "nat_zone",
)
"""Names of checks; each is a module of this package with its `CHECK`."""


def check_named(name: str) -> Check | None:
    """The check of this name, None where there is none."""
    if name not in CHECKS:
        return None
    found: Check = import_module(f"sgcheck.lint.checks.{name}").CHECK
    return found
