"""What the client of a TCP connection sees where a firewall stops it otherwise than by silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.finding import Cause, Finding
from sgcheck.packets import TCP, Services
from sgcheck.reach.answer import ClientSees

if TYPE_CHECKING:
    from sgcheck.reach.branch import Branch

_TCP = Services.of(TCP)
_LATE = {Cause.FIREWALL_STALLS: ClientSees.STALL, Cause.FIREWALL_RESETS: ClientSees.CONNECTED}
"""Causes that let connections open; a reset comes after the client has connected."""


def symptom(branches: tuple[Branch, ...]) -> ClientSees | None:
    """What answers instead of silence, the same on every way; None where nothing does or ways differ."""
    seen = {_of(branch) for branch in branches}
    return seen.pop() if len(seen) == 1 else None


def _of(branch: Branch) -> ClientSees | None:
    """What one way answers: the first denial there decides, unless it lets connections open.

    A reset has to find its way back, so that with denials on the way back nothing is certain but silence.
    """
    if branch.asked - branch.asked.where(services=_TCP):
        return None
    denials = [f for f in branch.findings if not f.undecided and not f.partly]
    if not denials or any(f.reply for f in denials):
        return None
    early = [f for f in denials if f.cause not in _LATE]
    if not early:
        return _LATE[denials[0].cause] if denials[0].packets >= branch.asked else None
    return ClientSees.REFUSED if _refuses(early[0]) and early[0].packets >= branch.asked else None


def _refuses(finding: Finding) -> bool:
    return finding.cause is Cause.FIREWALL_REJECTS
