"""What can be said of one end of a question, and what of it can be compared."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sgcheck.model.filters import Way
from sgcheck.reach.answer import Blocker, Direction


class Layer(StrEnum):
    """Where two interfaces can differ, in the order in which it is looked at."""

    STATE = "state"
    ADDRESSES = "addresses"
    GROUPS = "security groups"
    ACL = "network ACL"
    ROUTES = "route table"
    GATEWAYS = "gateways"
    BALANCERS = "load balancers"
    ENDPOINTS = "endpoints"


class Side(StrEnum):
    """Which end of the question an interface is."""

    SOURCE = "source"
    TARGET = "target"

    @property
    def asking(self) -> Way:
        """The way that asked packets pass the filters of this end; replies pass them the other way."""
        return Way.EGRESS if self is Side.SOURCE else Way.INGRESS


class Fact(msgspec.Struct, frozen=True):
    """One thing that is said of an interface.

    parts: what is said, one piece each. key: what it is compared by, where that is less than what is said (addresses
    always differ; that there is one need not). resources: whose blockers it answers for. codes, direction: which of
    them; all where there is none.
    """

    layer: Layer
    what: str
    parts: tuple[str, ...]
    resources: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    direction: Direction | None = None
    key: tuple[str, ...] | None = None

    @property
    def compared(self) -> tuple[str, ...]:
        """What it is compared by."""
        return self.parts if self.key is None else self.key

    def answers_for(self, blocker: Blocker) -> bool:
        """Whether a blocker stands at it."""
        return (
            blocker.resource in self.resources
            and (not self.codes or blocker.code in self.codes)
            and self.direction in {None, blocker.direction}
        )
