"""`check`: many questions at once, each with the verdict it must have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sgcheck.errors import UsageError
from sgcheck.packets import INTERNET, AddressSet
from sgcheck.reach.answer import Checked, CheckReport, Expectation, Explanation, Verdict
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.network import Network


def check(network: Network, expectations: Sequence[Expectation]) -> CheckReport:
    """Ask every expectation, in their order.

    Raises UsageError (naming the entry's place) where an end or a port can't be understood.
    """
    return CheckReport(tuple(_checked(network, expectation) for expectation in expectations))


def _checked(network: Network, expectation: Expectation) -> Checked:
    try:
        question = Question.parse(expectation.source, expectation.target, expectation.port)
        explanation = explain(network, question, verify=False)
    except UsageError as wrong:
        wrong.message = f"{expectation.place}: {wrong.message}"
        wrong.args = (wrong.message,)
        raise
    allowed = _allowed(network, explanation)
    wanted = expectation.verdicts
    if explanation.verdict not in wanted:
        undecided = explanation.verdict is Verdict.UNKNOWN
        return Checked(expectation, explanation, None if undecided else False, allowed)
    if expectation.allowed is not None:
        return _held_to_allowed(network, expectation, explanation, allowed)
    return Checked(expectation, explanation, True, allowed)


def _allowed(network: Network, explanation: Explanation) -> tuple[str, ...]:
    """The addresses that may pass, of all answers together."""
    return Words(network).cidrs(
        AddressSet.parse(*(c for a in explanation.answers for c in a.allowed)) & _asked(network)
    )


def _asked(network: Network) -> AddressSet:
    words = Words(network)
    return words.internet | (AddressSet.ALL - INTERNET) | network.known_addresses


def _held_to_allowed(
    network: Network, expectation: Expectation, explanation: Explanation, allowed: tuple[str, ...]
) -> Checked:
    words = Words(network)
    try:
        wanted = AddressSet.parse(*(expectation.allowed or ()))
    except ValueError as wrong:
        raise UsageError(f"{expectation.place}: allowed: {wrong}") from None
    if expectation.source.strip().lower() in ("internet", "0.0.0.0/0", "::/0"):
        wanted &= words.internet
    got = AddressSet.parse(*allowed)
    if expectation.source.strip().lower() in ("internet", "0.0.0.0/0", "::/0"):
        got &= words.internet
    if got == wanted:
        return Checked(expectation, explanation, True, allowed)
    extra, lacking = words.some(words.cidrs(got - wanted)), words.some(words.cidrs(wanted - got))
    reason = "; ".join(
        t for t in (f"also allowed: {extra}" if extra else "", f"not allowed: {lacking}" if lacking else "") if t
    )
    return Checked(expectation, explanation, False, allowed, reason)
