"""What the client sees: silence, a refusal, or a balancer that answers though it reaches nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sgcheck.model.finding import Symptom
from sgcheck.packets import TCP, PacketSet
from sgcheck.reach.answer import ClientSees

if TYPE_CHECKING:
    from sgcheck.reach.report import Walked


def blocked_sees(walked: Walked, silence: ClientSees) -> ClientSees:
    """What the client sees where nothing passes; `silence` is what it calls silence."""
    findings = [f for f in walked.findings if not f.undecided]
    silent = PacketSet.union_all([f.packets for f in findings if f.symptom is None]) & walked.asked
    rest = walked.asked - silent
    seen = {ClientSees(f.symptom.value) for f in findings if f.symptom and f.packets & rest}
    if silent or not seen:
        seen.add(silence)
    return seen.pop() if len(seen) == 1 else ClientSees.MIXED


def accepted(walked: Walked) -> bool:
    """Whether a balancer itself answers every connection that passes."""
    taken = PacketSet.union_all([b.connected for b in walked.branches])
    return bool(walked.alive) and walked.alive <= taken and bool(walked.alive.services().values(TCP))


def http_errors(walked: Sequence[Walked]) -> tuple[tuple[str, str], ...]:
    """The (balancer, status) pairs that clients read where a proxy reaches nobody for them."""
    return tuple(
        sorted(
            {
                (f.facts["balancer"], f.facts["http"])
                for w in walked
                if blocked_sees(w, ClientSees.TIMEOUT) is ClientSees.CONNECTED and not w.alive
                for f in w.findings
                if f.symptom is Symptom.CONNECTED and "http" in f.facts
            }
        )
    )
