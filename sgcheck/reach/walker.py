"""The base of a walk: what it is about, and the few steps that all its parts share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from sgcheck.model.routing import Via
from sgcheck.packets import PUBLIC, AddressSet
from sgcheck.reach.gates import missing_finding

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.packets import PacketSet
    from sgcheck.reach.branch import Branch, Place
    from sgcheck.reach.vantage import Target, Vantage
    from sgcheck.reach.words import Words

IPV4 = 4
IPV6 = 6
SHARED = AddressSet.parse("100.64.0.0/10")
"""Shared address space (RFC 6598), which internet gateways drop as they drop private addresses."""
TO_INTERNET = (Via.INTERNET_GATEWAY, Via.EGRESS_ONLY_GATEWAY, Via.NAT_GATEWAY)


class SplitNeededError(Exception):
    """The vantage holds several addresses that a translation on the way would tell apart: walk them one by one."""


class Walker(ABC):
    """One vantage, one target, and the branches found so far."""

    def __init__(self, network: Network, words: Words, vantage: Vantage, target: Target) -> None:
        """Stand at `vantage`, look for `target`."""
        self.network = network
        self.words = words
        self.vantage = vantage
        self.target = target
        self.branches: list[Branch] = []

    @abstractmethod
    def _route(self, branch: Branch, place: Place) -> None:
        """Route the packets on from `place`."""

    @abstractmethod
    def onward(self, vantage: Vantage, target: Target, asked: PacketSet) -> list[Branch]:
        """Walk what somebody on the way sends on, as a walk of its own."""

    @abstractmethod
    def _balanced(self, branch: Branch, interface: Interface) -> bool:
        """Go on behind a balancer that `interface` is a node of; False where it belongs to no known one."""

    def _unknown(self, branch: Branch, kind: str, id_: str, why: str, vpc: str | None) -> None:
        """Leave the branch undecided: the thing `id_` of `kind` decides, and it is not in the data."""
        branch.block(missing_finding(branch, self.network.missing(kind, id_, why, vpc=vpc), branch.asked))

    def _part(self, branch: Branch, destinations: AddressSet) -> Branch:
        """The branch's packets that look as if they went to `destinations`."""
        if branch.view.destination is not None or branch.asked.destinations() <= destinations:
            return branch.fork(branch.asked)
        return branch.fork(branch.asked.where(destinations=destinations))

    def _is_private(self, branch: Branch) -> bool:
        return not branch.seen().destinations() & PUBLIC
