"""What an answer is: the values that `explain` and `check` return and that renderers print.

Everything here is final: sentences are written, sets are CIDRs, lists are sorted. A renderer only lays it out.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """What becomes of the asked flow set."""

    REACHABLE = "reachable"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class ClientSees(StrEnum):
    """The symptom at the client. Grows."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    CONNECTED = "connected"
    CONNECTED_OR_REFUSED = "connected-or-refused"
    DELIVERED = "delivered"
    NO_REPLY = "no-reply"
    NO_ADDRESS = "no-address"
    STALL = "stall"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """What one hop does with the asked packets."""

    PASS = "pass"  # noqa: S105  (a verdict, not a password)
    DENY = "deny"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """Whether the packets of the client or the replies to them are meant."""

    FORWARD = "forward"
    RETURN = "return"


class Hop(msgspec.Struct, frozen=True):
    """One station of the path.

    hop: the resource id (or `internet`). kind: `instance`, `network-interface`, `security-group`, `network-acl`,
    `route-table`, `internet-gateway`, `nat-gateway`, `vpc-peering-connection`, … by: the rule or route that decided, or
    None. name: the Name tag.
    detail: a few words for people ("10.0.1.10 becomes 198.51.100.7").
    """

    hop: str
    kind: str
    decision: Decision
    by: str | None = None
    name: str | None = None
    detail: str | None = None


class Fix(msgspec.Struct, frozen=True):
    """How to remove a blocker: a sentence, and the commands that do it (empty where something must be built)."""

    why: str
    commands: tuple[str, ...] = ()


class Blocker(msgspec.Struct, frozen=True):
    """One independent reason why packets do not pass, or (codes of `unknown` answers) why it can't be known.

    denied: the CIDRs of the asked sources it concerns. near_misses: what almost allowed it ("sg-1 allows 443/tcp, you
    asked 80/tcp").
    also: what else follows from the fix, as warnings ("opens 22/tcp to the whole internet").
    undecided: True where the code names missing knowledge and not a denial.
    """

    code: str
    resource: str
    direction: Direction
    by: str | None
    denied: tuple[str, ...]
    why: str
    fix: Fix
    near_misses: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    undecided: bool = False
    name: str | None = None


class SourceEnd(msgspec.Struct, frozen=True):
    """Where an answer's packets come from: kind is `internet`, `instance`, `network-interface`, `subnet` and so on."""

    kind: str
    id: str | None
    addresses: tuple[str, ...]
    name: str | None = None


class TargetEnd(msgspec.Struct, frozen=True):
    """Where they go: kind as for a source; interface and address where one was chosen."""

    kind: str
    id: str | None
    interface: str | None
    address: str | None
    name: str | None = None


class Ports(msgspec.Struct, frozen=True):
    """Asked ports that pass for some source, and those held back for some ("443", "8000-8100", "icmp:8/0")."""

    allowed: tuple[str, ...]
    denied: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """One source end to one target end.

    allowed: asked source CIDRs with at least one asked packet that passes. denied: those with at least one that is held
    back.
    client_ports: set where only some of the client's own ports work ("1024-32767"), else empty.
    """

    source: SourceEnd
    target: TargetEnd
    verdict: Verdict
    client_sees: ClientSees
    allowed: tuple[str, ...]
    denied: tuple[str, ...]
    ports: Ports
    forward: tuple[Hop, ...]
    return_: tuple[Hop, ...]
    blockers: tuple[Blocker, ...]
    undecided: tuple[str, ...] = ()
    client_ports: tuple[str, ...] = ()


class Gap(msgspec.Struct, frozen=True):
    """Something that is not in the input and matters. collect: the command that would bring it, where there is one."""

    kind: str
    resource: str | None
    account: str | None
    region: str | None
    why: str
    collect: str | None = None


class Query(msgspec.Struct, frozen=True):
    """The question as it was asked. protocol: "tcp", "udp", "icmp", "all", a number, or "mixed"; port: as in "80"."""

    source: str
    target: str
    protocol: str
    port: str


class Explanation(msgspec.Struct, frozen=True):
    """The whole answer to one question."""

    query: Query
    verdict: Verdict
    client_sees: ClientSees
    summary: str
    answers: tuple[Answer, ...]
    evidence: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    warnings: tuple[str, ...] = ()


class Expectation(msgspec.Struct, frozen=True):
    """One entry of an expectations file: any of `verdicts` is right, `allowed` are the exact CIDRs that may pass."""

    name: str | None
    source: str
    target: str
    port: str
    verdicts: tuple[Verdict, ...]
    allowed: tuple[str, ...] | None
    place: str


class Checked(msgspec.Struct, frozen=True):
    """What became of one expectation. passed is None where it could not be decided."""

    expectation: Expectation
    explanation: Explanation
    passed: bool | None
    allowed: tuple[str, ...]
    reason: str | None = None


class CheckReport(msgspec.Struct, frozen=True):
    """All expectations, in the order of the file."""

    results: tuple[Checked, ...]

    @property
    def passed(self) -> int:
        """How many hold."""
        return sum(result.passed is True for result in self.results)

    @property
    def failed(self) -> int:
        """How many do not."""
        return sum(result.passed is False for result in self.results)

    @property
    def undecided(self) -> int:
        """How many can't be decided from the input."""
        return sum(result.passed is None for result in self.results)
