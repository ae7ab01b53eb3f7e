"""What is known of the targets' health, what holds health checks back, and what is assumed about a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.model.balancers import Pool
    from sgcheck.reach.choice import Choice
    from sgcheck.reach.onward import Onward


def remark(onward: Onward, pool: Pool, choice: Choice) -> None:
    """Leave warnings and evidence about `pool` at the branch."""
    branch = onward.branch
    for note in (*_assumed(onward, pool, choice), *_spared(pool, choice)):
        branch.note(note)
    branch.evidence += [*_health(pool), *_checks(onward, pool, choice)]


def _assumed(onward: Onward, pool: Pool, choice: Choice) -> Iterator[str]:
    """AWS's defaults where the input lacks the attributes (Reachability Analyzer guide, additional-detail-codes)."""
    if pool.assumed and not onward.proxy:
        word, code = ("kept", "ENABLED") if pool.keeps_client else ("replaced", "DISABLED")
        yield (
            f"the attributes of {pool.name} are not in the input: client addresses are assumed to be {word}, AWS's "
            f"default (ASSUMPTION_PRESERVE_CLIENT_IP_IS_{code})"
        )
    if choice.assumed:
        yield (
            f"the attributes of {onward.balancer.name} are not in the input: cross-zone load balancing is assumed to "
            "be off, AWS's default"
        )


def _spared(pool: Pool, choice: Choice) -> Iterator[str]:
    if choice.used:
        for target in choice.spared:
            yield f"{target.label} of {pool.name} gets nothing while another target is healthy"


def _health(pool: Pool) -> Iterator[str]:
    for target in pool.targets or ():
        if target.remark is not None:
            yield f"target {target.label} of {pool.name} is {target.remark}"


def _checks(onward: Onward, pool: Pool, choice: Choice) -> Iterator[str]:
    """Health checks are connections of their own, from the node's address, on a port that may be another one."""
    for target in (*choice.used, *choice.perhaps, *choice.spared):
        for finding in onward.check(pool, target):
            held = "are held back in part" if finding.partly else "are blocked"
            checks = f"health checks of {pool.name} to {target.name or target.id} on {target.check_port}/tcp"
            yield f"{checks} {held}: {onward.network.vocabulary.why(finding)}"
