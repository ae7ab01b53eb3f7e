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
    "outside_address",
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
    "held_back",
    "one_sided",
    "cidr_for_group",
    "unrouted_cidr",
    "unneeded_cidr",
    "host_bits",
    "ports_form",
    "family_twin",
    "split_subnet",
    "overlap",
    "untagged",
    "acl_open",
    "unused_acl",
    "default_acl",
    "shadowed_entry",
    "repeated_entry",
    "entry_numbers",
    "one_family_denial",
    "part_denial",
    "blocked_replies",
    "misplaced_group",
    "auto_public",
    "internet_route",
    "peering_route",
    "peering_width",
    "foreign_peering",
    "subnet_place",
    "public_instance",
    "unused_address",
    "unattached_gateway",
    "forwarding",
    "dead_route",
    "nat_zone",
    "open_endpoint",
    "public_access",
    "default_vpc",
    "reachability",
)
"""Names of checks; each is a module of this package with its `CHECK`."""


def check_named(name: str) -> Check | None:
    """The check of this name, None where there is none."""
    if name not in CHECKS:
        return None
    found: Check = import_module(f"sgcheck.lint.checks.{name}").CHECK
    return found
