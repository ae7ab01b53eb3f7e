"""Gates: whether a difference holds what must not be merged, or may hold it for all that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgcheck.reach.difference import Difference, FlowChange

INTERNET = "opened-from-internet"
WAYS = {INTERNET: ("open",), "opened": ("open",), "closed": ("close",), "any": ("open", "close")}


def tripped(difference: Difference, gate: str) -> bool:
    """Whether a flow that `gate` names is known to differ."""
    if gate == INTERNET:
        return bool(difference.from_internet)
    opened, closed = gate != "closed", gate != "opened"
    return bool((opened and difference.opened) or (closed and difference.closed))


def undecided(difference: Difference, gate: str) -> bool:
    """Whether a flow that `gate` names may differ."""
    return any(row.may in WAYS[gate] and _meant(row, gate) for row in difference.undecided)


def _meant(row: FlowChange, gate: str) -> bool:
    return gate != INTERNET or row.source.kind == "internet"
