"""What the model predicted for an attempt, beside what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.diagnose.aims import stands_at
from sgcheck.diagnose.attempt import Aim, Attempt, Outcome
from sgcheck.reach.answer import ClientSees

if TYPE_CHECKING:
    from sgcheck.reach.answer import Explanation

_ACCEPTED = frozenset({Outcome.CONNECTED, Outcome.RESET, Outcome.CLOSED, Outcome.STALL})
_BY_HOST = frozenset({Outcome.REFUSED, Outcome.NO_ROUTE_TO_HOST, Outcome.NETWORK_UNREACHABLE, Outcome.REJECTED})
_EXPECTED = {
    ClientSees.TIMEOUT: frozenset({Outcome.TIMEOUT}),
    ClientSees.REFUSED: frozenset({Outcome.REFUSED}),
    ClientSees.CONNECTED: _ACCEPTED,
    # A host that rejects with ICMP was reached: what its own firewall does is not in the data.
    ClientSees.CONNECTED_OR_REFUSED: _ACCEPTED | _BY_HOST | {Outcome.PROHIBITED},
    ClientSees.DELIVERED: frozenset({Outcome.ANSWERED, Outcome.NO_REPLY}) | _BY_HOST | {Outcome.PROHIBITED},
    ClientSees.NO_REPLY: frozenset({Outcome.NO_REPLY}),
    ClientSees.STALL: frozenset({Outcome.STALL}),
}
"""The outcomes that a prediction stands for; the others (`mixed`, `unknown`, `no-address`) foretell none."""


class Beside(msgspec.Struct, frozen=True):
    """predicted: what the client should see. agrees: None where the attempt does not test it. text: both, in a clause.

    elsewhere: the address that this machine used, where the prediction is for packets from another one.
    """

    predicted: ClientSees
    agrees: bool | None
    text: str
    elsewhere: str | None = None


def left_machine(aim: Aim, attempt: Attempt) -> bool:
    """Whether the attempt got as far as a packet that the network had to judge."""
    if attempt.outcome is Outcome.FAILED or own_word(aim, attempt):
        return False
    if attempt.outcome in {Outcome.NETWORK_UNREACHABLE, Outcome.NO_ROUTE_TO_HOST, Outcome.PROHIBITED}:
        return attempt.rejection is not None or not attempt.told
    return True


def by_host(aim: Aim, attempt: Attempt) -> bool:
    """Whether the ICMP error came from the very address that was tried."""
    return attempt.rejection is not None and attempt.rejection.by == aim.address


def own_word(aim: Aim, attempt: Attempt) -> bool:
    """Whether the ICMP error is this machine's own."""
    rejection = attempt.rejection
    return rejection is not None and rejection.by == attempt.source and rejection.by != aim.address


def neighbour_absent(aim: Aim, attempt: Attempt) -> bool:
    """Whether nobody answered for the address in this machine's own subnet, which its system tells itself."""
    return own_word(aim, attempt) and attempt.rejection is not None and attempt.rejection.of_host


def beside(aim: Aim, attempt: Attempt, explanation: Explanation, *, source_known: bool = False) -> Beside:
    """Compare one attempt with the answer to the question that it tried.

    source_known: the question's source is said to be this machine (`--source-ip`), whatever its own address is.
    """
    answers = [a for a in explanation.answers if a.target.address == aim.address]
    here = [a for a in answers if attempt.source and stands_at(a, attempt.source)]
    seen = {a.client_sees for a in here or answers}
    predicted = seen.pop() if len(seen) == 1 else ClientSees.MIXED if seen else ClientSees.UNKNOWN
    elsewhere = None if here or source_known or _from_internet(explanation) else attempt.source
    expected = _EXPECTED.get(predicted)
    agrees = None
    if expected is not None and elsewhere is None and left_machine(aim, attempt):
        agrees = attempt.outcome in expected and (attempt.rejection is None or by_host(aim, attempt))
    return Beside(predicted, agrees, _text(predicted, agrees, elsewhere, explanation), elsewhere)


def _from_internet(explanation: Explanation) -> bool:
    """Whether the question is from the internet, which a machine behind a translator is part of, too."""
    return any(a.source.kind == "internet" for a in explanation.answers)


def _text(predicted: ClientSees, agrees: bool | None, elsewhere: str | None, explanation: Explanation) -> str:
    if elsewhere:
        return (
            f"predicted {predicted.value} for {explanation.query.source}; this machine sent from {elsewhere}, which"
            " the prediction may not hold for (--source-ip says where it stands)"
        )
    return f"predicted {predicted.value}: {_JUDGED[agrees]}"


_JUDGED = {True: "they agree", False: "they do not agree", None: "not tested by this"}
