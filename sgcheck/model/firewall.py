"""Firewalls that stand on a route: where they stand, and their rules in the order in which they decide."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sgcheck.packets import PacketSet


class Action(StrEnum):
    """What a rule does with the packets that it matches; FORWARD hands them to the stateful rules."""

    PASS = "pass"  # noqa: S105  (an action, not a password)
    DROP = "drop"
    REJECT = "reject"
    FORWARD = "forward"


class Phase(StrEnum):
    """Which packets of a connection a stateful rule looks at."""

    ANY = "any"
    OPENING = "opening"
    ESTABLISHED = "established"


class Side(StrEnum):
    """Whose packets a stateful rule looks at: both sides', the client's, or the server's."""

    BOTH = "both"
    CLIENT = "client"
    SERVER = "server"


class FirewallRule(msgspec.Struct, frozen=True):
    """One rule, or a whole rule group that can't be read.

    packets: what it speaks of, as its header says. action: None where even that is not known. opaque: why it may match
    only some of `packets`. missing: the (kind, id) of what would tell.
    """

    label: str
    packets: PacketSet
    action: Action | None
    phase: Phase = Phase.ANY
    side: Side = Side.BOTH
    opaque: str | None = None
    missing: tuple[str, str] | None = None


class FirewallPolicy(msgspec.Struct, frozen=True):
    """Rules in the order in which they decide.

    default: what becomes of packets that no stateless rule matches. drop_first, drop_established: the stateful default
    drops what no rule matched, from the first packet on or once the connection is established; they hold the names of
    these defaults. doubt: the name of a default that is not modelled.
    """

    id: str
    name: str | None
    stateless: tuple[FirewallRule, ...]
    default: Action
    stateful: tuple[FirewallRule, ...]
    drop_first: str | None = None
    drop_established: str | None = None
    doubt: str | None = None


class Attachment(msgspec.Struct, frozen=True):
    """Where a firewall stands: an endpoint in a subnet, which works or does not."""

    endpoint: str
    subnet: str
    state: str
    usable: bool


class Firewall(msgspec.Struct, frozen=True):
    """A firewall; its policy is None where the input does not hold it (`policy_id` names it)."""

    id: str
    name: str
    vpc: str
    attachments: tuple[Attachment, ...]
    policy_id: str
    policy: FirewallPolicy | None
