"""The way between two ends without the ends: what subnets, routes and gateways do, whatever the ends' groups say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.reach.branch import Branch, Door
from sgcheck.reach.replies import Replies
from sgcheck.reach.walk import Forward

if TYPE_CHECKING:
    from sgcheck.model.filters import GroupReference, Way
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.packets import PacketSet
    from sgcheck.reach.branch import Identity
    from sgcheck.reach.vantage import Target, Vantage
    from sgcheck.reach.words import Words


class Between(Forward):
    """Walks as Forward does, past ends that let everything through; each branch keeps the doors it came by."""

    def _end_host(self, branch: Branch, interface: Interface) -> None:
        """Let whoever is there be running."""

    def _end_groups(
        self,
        branch: Branch,
        interface: Interface,
        way: Way,
        identity: Identity | None,
        reference: GroupReference | None,
    ) -> None:
        """Keep what the groups would look at."""
        del interface, reference
        branch.doors[way] = Door(branch.view, identity)


def between(network: Network, words: Words, vantage: Vantage, target: Target, asked: PacketSet) -> list[Branch]:
    """Walk there and back with open ends. Raises SplitNeededError as a walk does."""
    branches = Between(network, words, vantage, target, asked).branches
    for branch in branches:
        Replies(network, words, vantage, branch)
    return branches
