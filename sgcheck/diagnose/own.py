"""What the network itself tells as clues: status checks and target health. States of instances are in the answer.

The reasons of target health are those of the Elastic Load Balancing v2 API (TargetHealth, Reason).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.model.balancers import Handling, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.diagnose.context import Context
    from sgcheck.model.balancers import Balancer, Pool, PoolTarget

_HEALTH = "target health"

# What a proxy's health check meets; other balancers call every failure Target.FailedHealthChecks.
_REASONS = (
    ("Target.Timeout", Says.TARGET_TIMES_OUT),
    ("Target.ResponseCodeMismatch", Says.TARGET_WRONG_ANSWER),
    ("Target.FailedHealthChecks", Says.TARGET_REFUSES),
)


def clues_of_network(context: Context) -> Iterator[Clue]:
    """Yield what the status checks of the asked instances find, and the health of the targets of asked balancers."""
    for id_ in context.instances:
        instance = context.network.instances.get(id_)
        if instance is not None and instance.impaired:
            checks = " and ".join(instance.impaired)
            yield Clue(Says.IMPAIRED, "status checks", f"the {checks} check of {id_} fails", at=id_)
        elif instance is not None and instance.starting and instance.state == "running":
            yield Clue(Says.STARTING, "status checks", f"{id_} has just started: its checks are not done", at=id_)
    for balancer, pool in _asked_pools(context):
        yield from (_clue(balancer, pool, target) for target in pool.targets or ())


def _asked_pools(context: Context) -> list[tuple[Balancer, Pool]]:
    """The pools behind the asked listeners of the asked balancers, each once."""
    balancers = context.network.balancers
    ids = dict.fromkeys(a.target.id for a in context.explanation.answers if a.target.kind == "load-balancer")
    asked = [balancers[id_] for id_ in ids if id_ is not None and id_ in balancers]
    found = {
        pool.id: (balancer, pool)
        for balancer in asked
        for listener in balancer.listeners or ()
        if listener.services & context.question.services
        for pool in map(balancers.pools.get, listener.pools)
        if pool is not None
    }
    return list(found.values())


def _clue(balancer: Balancer, pool: Pool, target: PoolTarget) -> Clue:
    says, remark = Says.NOTHING, target.remark or target.standing.value
    if target.standing is Standing.HEALTHY:
        says = Says.TARGET_HEALTHY
    elif target.standing in (Standing.UNUSED, Standing.DOWN):
        says = Says.TARGET_UNUSED
    elif balancer.handling is Handling.PROXY:
        says = next((meant for reason, meant in _REASONS if reason in remark), Says.NOTHING)
    return Clue(says, _HEALTH, f"{target.label} of {pool.name} is {remark}", at=target.id)
