"""Lambda functions: functions with the same subnets and groups share interfaces (Lambda guide, configuration-vpc)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.aws.conversion.unique import unique
from sgcheck.aws.function import FUNCTION
from sgcheck.model.services import Service

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot

_OUTSIDE = "it runs outside of every VPC, in a network of Lambda's own"


def functions(snapshot: Snapshot) -> Iterator[Service]:
    """Every function, as the sender that it is: nothing connects to it by its interfaces."""
    for record, home in unique(snapshot, FUNCTION).values():
        config = record.vpc_config
        inside = bool(config and config.subnet_ids)
        yield Service(
            "lambda",
            record.function_name,
            home.account,
            home.region,
            record.function_arn,
            mark="lambda",
            subnets=frozenset(config.subnet_ids or ()) if config else frozenset(),
            groups=tuple(sorted(set(config.security_group_ids or ()))) if config else None,
            shared=True,
            outside=None if inside else _OUTSIDE,
        )
