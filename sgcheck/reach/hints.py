"""What else leads to an instance that is not reached: the load balancers that have it as a target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sgcheck.reach.answer import Verdict

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.report import Walked

AT_MOST = 3


def ways_through_balancers(network: Network, walked: Iterable[Walked]) -> tuple[str, ...]:
    """One step for each known balancer and listener that leads to a target which was asked and not reached."""
    found = dict.fromkeys(step for w in walked for step in _steps(network, w))
    return tuple(found)[:AT_MOST]


def _steps(network: Network, walked: Walked) -> Iterator[str]:
    interface = walked.target.interface
    if interface is None or interface.instance is None or walked.verdict is Verdict.REACHABLE:
        return
    for balancer, listener, _pool, target in network.balancers.leading_to(interface):
        yield (
            f"load balancer {balancer.name} (lb:{balancer.name}) leads to {interface.instance}: listener "
            f"{listener.port} -> {target.port}; ask --to lb:{balancer.name} --port {listener.port}"
        )
