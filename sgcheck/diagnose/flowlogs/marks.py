"""What single records say of their flow, as bits: the flow has those of all its records.

TCP flags are OR-ed over an aggregation interval: FIN 1, SYN 2, RST 4, SYN and ACK 18, so that the side that begins has
`flags & 18 = 2` (VPC user guide, "TCP flag sequence"). IP and TCP headers together have at most 100 bytes: what has
more on average carries data.
"""

from __future__ import annotations

from enum import IntFlag, auto

from sgcheck.packets import TCP

_HEADERS = 100


class Mark(IntFlag):
    """Went: from the client to the server. Came: back from it. Cut: rejected."""

    WENT = auto()
    WENT_SYN = auto()
    WENT_BLIND = auto()
    WENT_DATA = auto()
    CAME = auto()
    CAME_SYN = auto()
    CAME_RST = auto()
    CAME_DATA = auto()
    CUT = auto()
    CUT_SYN = auto()
    CUT_BLIND = auto()
    REPLY_CUT = auto()
    """A reply was rejected that is not one of the packets that come after a connection was closed."""
    REPLY_CUT_SYN = auto()
    PUBLIC_ACCESS = auto()
    OTHER_REASON = auto()
    BLIND = auto()
    """TCP without flags."""


def has(mark: Mark, column: str = "marks") -> str:
    """Whether a flow has any of these marks, in SQL."""
    return f"bitwise_and({column}, {mark.value}) > 0"


def marks() -> str:
    """The marks of one record, in SQL."""
    begins, agrees, resets = (
        f"bitwise_and(tcp_flags, {mask}) = {value}" for mask, value in ((18, 2), (18, 18), (6, 4))
    )
    blind, data = "tcp_flags IS NULL", f"bytes > {_HEADERS} * packets"
    reply = f"({agrees} OR {resets} OR {blind} OR protocol <> {TCP})"
    went = _sum(Mark.WENT, {Mark.WENT_SYN: begins, Mark.WENT_BLIND: blind, Mark.WENT_DATA: data})
    came = _sum(Mark.CAME, {Mark.CAME_SYN: agrees, Mark.CAME_RST: resets, Mark.CAME_DATA: data})
    cut = _sum(Mark.CUT, {Mark.CUT_SYN: begins, Mark.CUT_BLIND: blind})
    reply_cut = _sum(Mark(0), {Mark.REPLY_CUT: reply, Mark.REPLY_CUT_SYN: agrees})
    reason = "coalesce(reject_reason, '-')"
    rejected = (
        f"CASE WHEN {reason} = 'BPA' THEN {Mark.PUBLIC_ACCESS.value} "
        f"WHEN {reason} <> '-' THEN {Mark.OTHER_REASON.value} "
        f"WHEN forward THEN {cut} ELSE {reply_cut} END"
    )
    accepted = f"CASE WHEN forward THEN {went} ELSE {came} END"
    flagless = _sum(Mark(0), {Mark.BLIND: f"{blind} AND protocol = {TCP}"})
    return f"(CASE WHEN action = 'ACCEPT' THEN {accepted} ELSE {rejected} END + {flagless})"


def _sum(always: Mark, conditions: dict[Mark, str]) -> str:
    """The marks that a record has anyway, and those whose conditions hold."""
    terms = [f"CASE WHEN {condition} THEN {mark.value} ELSE 0 END" for mark, condition in conditions.items()]
    return "(" + " + ".join([str(always.value), *terms]) + ")"
