"""What evidence says, in the few words that causes are judged by, whatever it was read from."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Says(StrEnum):
    """What a clue says of the packets, the host or the answer."""

    # Of the packets.
    LEFT_SOURCE = "left-source"
    """They left the source's interface."""
    REJECTED_AT_SOURCE = "rejected-at-source"
    """Group or ACL at the source dropped them."""
    ARRIVED = "arrived"
    """They were admitted to the target's interface."""
    REJECTED_AT_TARGET = "rejected-at-target"
    """Group or ACL at the target dropped them; a log does not tell which."""
    NEVER_ARRIVED = "never-arrived"
    """Nothing of them was seen at the target's interface, in a time in which there would have been."""
    BLOCKED_PUBLIC_ACCESS = "blocked-public-access"
    """Block public access dropped them."""
    REPLY_REJECTED_AT_TARGET = "reply-rejected-at-target"
    """The reply was dropped when it left the target: a network ACL, since groups let replies pass."""
    REPLY_REJECTED_AT_SOURCE = "reply-rejected-at-source"
    """The reply was dropped when it came back to the source: a network ACL."""
    # Of the host's answer.
    ANSWERED = "answered"
    """The host accepted the connection."""
    REFUSED = "refused"
    """The host refused it (RST)."""
    REFUSED_BY_ICMP = "refused-by-icmp"
    """The host's own firewall rejected it (ICMP type 3)."""
    SILENT = "silent"
    """The host took the packets and did not answer."""
    STALLED = "stalled"
    """It accepted, and then nothing more came."""
    RESET = "reset"
    """It accepted, and the connection was reset."""
    NO_ANSWER = "no-answer"
    """Nothing came back to the client; where the packets or the replies stopped is not told."""
    REJECTED_ON_THE_WAY = "rejected-on-the-way"
    """A router or a firewall before the host rejected it (ICMP type 3)."""
    NEIGHBOUR_ABSENT = "neighbour-absent"
    """Nobody in the client's own subnet answers for the address (ARP, neighbour discovery)."""
    NOT_SENT = "not-sent"
    """It never left the client: no route, or a firewall of its own."""
    # Of the host itself.
    NOT_RUNNING = "not-running"
    IMPAIRED = "impaired"
    """A status check of the instance or its system fails."""
    STARTING = "starting"
    """The instance has just started: its status checks have found nothing yet."""
    LISTENS = "listens"
    """A process listens on the asked port and address."""
    QUEUE_FULL = "queue-full"
    """As many clients wait to be accepted on the asked port as its queue has room for."""
    LISTENS_ON_LOOPBACK = "listens-on-loopback"
    """A process listens on the asked port, for the host itself only."""
    LISTENS_ELSEWHERE = "listens-elsewhere"
    """The server listens, on another port or another address of the host."""
    LISTENS_OTHER_FAMILY = "listens-other-family"
    """A process listens on the asked port, for the other address family only."""
    NOTHING_LISTENS = "nothing-listens"
    STARTS_NO_SERVER = "starts-no-server"
    """User data neither installs nor starts anything that would listen."""
    STARTS_SERVER = "starts-server"
    """User data starts a server, on the asked port as far as it tells."""
    STARTS_ONCE = "starts-once"
    """User data starts the server at the first boot only, and nothing does after a stop and start."""
    USER_DATA_FAILED = "user-data-failed"
    USER_DATA_CUT_OFF = "user-data-cut-off"
    """User data needs the network (a package mirror), which the subnet does not have."""
    # Of a balancer's targets.
    TARGET_HEALTHY = "target-healthy"
    TARGET_TIMES_OUT = "target-times-out"
    TARGET_REFUSES = "target-refuses"
    TARGET_WRONG_ANSWER = "target-wrong-answer"
    TARGET_UNUSED = "target-unused"
    NOTHING = "nothing"
    """It decides nothing, and is told for completeness."""


class Clue(msgspec.Struct, frozen=True):
    """One thing that evidence says.

    source: what it was read from, for people ("flow logs", "ss on i-1", "probe"). text: the sentence, with counts and
    times where there are any. at: the interface, instance or target that it speaks of. since, until: when it was seen
    (ISO 8601), where that is told. count: how often. by: the rule or record that decided, where it is told.
    """

    says: Says
    source: str
    text: str
    at: str | None = None
    since: str | None = None
    until: str | None = None
    count: int | None = None
    by: str | None = None

    @property
    def told(self) -> str:
        """The sentence with its source before it, unless it begins with that itself."""
        begins = self.text.lower().removeprefix("the ").startswith(self.source.lower())
        return self.text if begins else f"{self.source}: {self.text}"
