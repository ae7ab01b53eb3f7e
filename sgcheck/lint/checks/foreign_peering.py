"""Peering connections with VPCs of other accounts."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref


class ForeignPeering(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """trusted: accounts that connections may lead to."""

    trusted: tuple[str, ...] = ()


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare the accounts of both sides of every connection that works."""
    for id_, peering in sorted(task.scene.network.peerings.items()):
        accounts = {peering.left.account, peering.right.account}
        if not peering.active or None in accounts or len(accounts) == 1 or accounts <= set(task.parameters.trusted):
            continue
        message = (
            f"it joins {peering.left.vpc} of account {peering.left.account} "
            f"to {peering.right.vpc} of account {peering.right.account}"
        )
        yield Hit(
            Ref("vpc-peering-connection", id_, peering.name), message, related=(peering.left.vpc, peering.right.vpc)
        )


CHECK = Check(ForeignPeering, run)
