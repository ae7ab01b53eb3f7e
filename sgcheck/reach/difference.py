"""What `diff` finds, as facts that any format can print."""

from __future__ import annotations

import msgspec

from sgcheck.reach.answer import Gap


class Member(msgspec.Struct, frozen=True, order=True):
    """One of the hosts of an end: as in answers of `explain`. addresses: those that it has or had, the asked ones.

    written: what of the configuration describes it (the address of a Terraform resource), None where nothing tells.
    """

    kind: str
    id: str | None
    name: str | None
    interface: str
    addresses: tuple[str, ...]
    written: str | None = None


class Party(msgspec.Struct, frozen=True):
    """One end of a row: `internet`, `outside` (what is behind the gateways in `behind`) or `hosts`, its members."""

    kind: str
    members: tuple[Member, ...] = ()
    behind: tuple[str, ...] = ()


class Named(msgspec.Struct, frozen=True, order=True):
    """One change: what changed, and how, in one line. written: what of the configuration says it, as of a Member."""

    kind: str
    resource: str
    name: str | None
    change: str
    written: str | None = None


class FlowChange(msgspec.Struct, frozen=True):
    """Packets of one protocol and one run of ports that fare otherwise from each of `source` to each of `target`.

    sources: CIDRs. destinations: CIDRs where the target is the internet, else empty. client_ports: the client's own
    ports where only some of them are meant, else empty. tier: how bad it is where strangers may send, 0 the worst.
    changes: as few as explain it: with these undone the row is gone. along: what has to be undone with them so that
    nothing else fares otherwise then, such as the rule that was replaced. may: "open" or "close" where it is undecided,
    else None; gaps: what is missing to know.
    """

    source: Party
    target: Party
    protocol: str
    ports: str
    sources: tuple[str, ...]
    tier: int
    changes: tuple[Named, ...]
    along: tuple[Named, ...] = ()
    destinations: tuple[str, ...] = ()
    client_ports: tuple[str, ...] = ()
    may: str | None = None
    gaps: tuple[Gap, ...] = ()


class Difference(msgspec.Struct, frozen=True):
    """What became possible, what no longer is, and what is undecided in one of the two networks only.

    config: changes that no row names. changed: how many changes there are in all.
    """

    opened: tuple[FlowChange, ...]
    closed: tuple[FlowChange, ...]
    undecided: tuple[FlowChange, ...]
    config: tuple[Named, ...]
    changed: int
    gaps: tuple[Gap, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def from_internet(self) -> tuple[FlowChange, ...]:
        """What the internet reaches now and did not before."""
        return tuple(row for row in self.opened if row.source.kind == "internet")
