"""`check`: many questions at once, each with the verdict it must have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sgcheck.errors import UsageError
from sgcheck.packets import AddressSet
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
    passing = _passing(network, explanation)
    allowed = Words(network).cidrs(passing)
    wanted = expectation.verdicts
    if explanation.verdict not in wanted:
        undecided = explanation.verdict is Verdict.UNKNOWN
        return Checked(expectation, explanation, None if undecided else False, allowed)
    if expectation.allowed is not None:
        return _held_to_allowed(network, expectation, explanation, passing)
    return Checked(expectation, explanation, True, allowed)


def _passing(network: Network, explanation: Explanation) -> AddressSet:
    """The addresses that may pass, of all answers together; the internet's are written with fewer CIDRs than it has."""
    words = Words(network)
    passing = AddressSet.EMPTY
    for answer in explanation.answers:
        part = AddressSet.parse(*answer.allowed)
        passing |= part & words.internet if answer.source.kind == "internet" else part
    return passing


def _held_to_allowed(network: Network, expectation: Expectation, explanation: Explanation, got: AddressSet) -> Checked:
    words = Words(network)
    allowed = words.cidrs(got)
    try:
        wanted = AddressSet.parse(*(expectation.allowed or ()))
    except ValueError as wrong:
        raise UsageError(f"{expectation.place}: allowed: {wrong}") from None
    if expectation.source.strip().lower() in ("internet", "0.0.0.0/0", "::/0"):
        wanted &= words.internet
    if got == wanted:
        return Checked(expectation, explanation, True, allowed)
    extra, lacking = words.some(words.cidrs(got - wanted)), words.some(words.cidrs(wanted - got))
    reason = "; ".join(
        t for t in (f"also allowed: {extra}" if extra else "", f"not allowed: {lacking}" if lacking else "") if t
    )
    return Checked(expectation, explanation, False, allowed, reason)
