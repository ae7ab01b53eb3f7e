"""Causes that the configuration names: its blockers, and what could not be decided, weighed against what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.place import Place, place_of
from sgcheck.diagnose.symptoms import NOTHING_SENT, SILENCE, Symptom
from sgcheck.diagnose.weigh import EXCLUDES, EXPLAINS, NAMES, UNLIKELY, USUAL, Reason, by_clues
from sgcheck.reach.answer import ClientSees, Direction, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.diagnose.case import Case
    from sgcheck.reach.answer import Answer, Blocker

# A proxy that has nobody to hand a connection to says 503, one that is not answered 504 (Application Load Balancers
# guide, load-balancer-troubleshooting).
_NOBODY = frozenset(
    {
        "ELBV2_LISTENER_HAS_NO_TG",
        "ELBV2_NO_TARGETS_IN_AZ",
        "ELB_NOT_CROSSZONE",
        "ELB_INSTALLED_AZ_RESTRICTION",
        "TARGET_UNHEALTHY",
    }
)
# Nobody answers ARP for these in the subnet itself, and Linux then gives up with EHOSTUNREACH.
NOBODY_HOME = frozenset({"ADDRESS_NOT_IN_USE", "INSTANCE_NOT_RUNNING", "ENI_NOT_ATTACHED"})

_SILENT = frozenset({*SILENCE, Symptom.INTERMITTENT})
_CLIENT_SEES = {
    ClientSees.TIMEOUT: _SILENT,
    ClientSees.NO_REPLY: _SILENT,
    ClientSees.NO_ADDRESS: _SILENT | {Symptom.DNS},
    ClientSees.REFUSED: frozenset({Symptom.REFUSED}),
    ClientSees.STALL: frozenset({Symptom.STALL, Symptom.TLS}),
    ClientSees.UNKNOWN: frozenset(Symptom) - NOTHING_SENT,
    ClientSees.MIXED: _SILENT,
}

_ARRIVED = (Says.ARRIVED, Says.REPLY_REJECTED_AT_TARGET, Says.ANSWERED, Says.REFUSED, Says.REFUSED_BY_ICMP, Says.SILENT)
_UP = (Says.ANSWERED, Says.REFUSED, Says.REFUSED_BY_ICMP)
_PASSED_SOURCE = (Says.LEFT_SOURCE, *_ARRIVED, Says.REJECTED_AT_TARGET)

# By where a blocker stands and which way it concerns: clues that name it, that go with it, and that exclude it.
_CLUES = {
    (Place.TARGET, Direction.FORWARD): (
        (Says.REJECTED_AT_TARGET,),
        (Says.TARGET_TIMES_OUT,),
        (*_ARRIVED, Says.NEVER_ARRIVED),
    ),
    (Place.SOURCE, Direction.FORWARD): ((Says.REJECTED_AT_SOURCE,), (), _PASSED_SOURCE),
    (Place.BETWEEN, Direction.FORWARD): (
        (),
        (Says.NEVER_ARRIVED, Says.LEFT_SOURCE, Says.TARGET_TIMES_OUT),
        (*_ARRIVED, Says.REJECTED_AT_TARGET),
    ),
    (Place.TARGET, Direction.RETURN): (
        (Says.REPLY_REJECTED_AT_TARGET,),
        (Says.ARRIVED, Says.TARGET_TIMES_OUT),
        (Says.NEVER_ARRIVED, Says.REJECTED_AT_TARGET, Says.REJECTED_AT_SOURCE),
    ),
    (Place.SOURCE, Direction.RETURN): (
        (Says.REPLY_REJECTED_AT_SOURCE,),
        (Says.ARRIVED, Says.ANSWERED),
        (Says.NEVER_ARRIVED, Says.REJECTED_AT_TARGET, Says.REJECTED_AT_SOURCE),
    ),
    (Place.BETWEEN, Direction.RETURN): (
        (),
        (Says.ARRIVED, Says.ANSWERED),
        (Says.NEVER_ARRIVED, Says.REJECTED_AT_TARGET, Says.REJECTED_AT_SOURCE, Says.REPLY_REJECTED_AT_TARGET),
    ),
}


def symptoms_of(case: Case, answer: Answer, blocker: Blocker) -> frozenset[Symptom]:
    """Return what a client may see of a blocker."""
    if blocker.undecided:
        return _SILENT
    if answer.client_sees is ClientSees.CONNECTED:
        http = Symptom.HTTP_503 if blocker.code in _NOBODY else Symptom.HTTP_504
        return frozenset({http, Symptom.INTERMITTENT, Symptom.RESET} if http is Symptom.HTTP_504 else {http})
    seen = _CLIENT_SEES.get(answer.client_sees, _SILENT)
    if case.blocks:
        # What is blocked for everybody does not work sometimes.
        seen -= {Symptom.INTERMITTENT}
    if blocker.code in NOBODY_HOME and same_subnet(answer) and not case.ping:
        seen |= {Symptom.NO_ROUTE_TO_HOST}
    return seen


def same_subnet(answer: Answer) -> bool:
    """Return whether the packets meet no route table, and so stay in one subnet."""
    return answer.source.kind != "internet" and not any(hop.kind == "route-table" for hop in answer.forward)


def reasons(case: Case, answer: Answer, blocker: Blocker) -> list[Reason]:
    """Return what speaks for and against a blocker as the cause of what is seen."""
    return [*_by_configuration(case, answer, blocker), *_by_symptom(case, answer, blocker), *_by_clues(case, blocker)]


def missing_reasons(case: Case) -> list[Reason]:
    """Return what speaks for the packets being lost where nothing of the configuration is known."""
    found = [Reason(EXPLAINS, "what decides is not in the input")]
    if case.sees(_SILENT):
        found.append(Reason(EXPLAINS, f"{case.words(_SILENT)} is what a client sees of packets that get lost"))
    elif case.symptoms:
        found.append(Reason(EXCLUDES, f"{case.words()} is not what a client sees of packets that get lost"))
    return found


def _by_configuration(case: Case, answer: Answer, blocker: Blocker) -> Iterator[Reason]:
    if blocker.undecided:
        yield Reason(EXPLAINS, f"what decides is not known: {blocker.why}")
        return
    if case.verdict is Verdict.UNKNOWN:
        yield Reason(EXPLAINS + USUAL, f"the configuration, for one of those that may be meant: {blocker.why}")
        return
    yield Reason(NAMES, f"the configuration: {blocker.why}")
    if blocker.code == "INSTANCE_NOT_RUNNING" and "INSTANCE_HAS_NO_PUBLIC_IP" in case.codes:
        yield Reason(USUAL, "a stopped instance gives its public address back, so that this is first to be mended")
    if case.verdict is Verdict.PARTIAL and answer.verdict is Verdict.PARTIAL:
        share = ", ".join(blocker.denied[:3]) or "some of what was asked"
        yield Reason(0, f"it holds back only a part: {share}")


def _by_symptom(case: Case, answer: Answer, blocker: Blocker) -> Iterator[Reason]:
    if not case.symptoms:
        return
    explained = symptoms_of(case, answer, blocker)
    if case.sees(explained):
        yield Reason(EXPLAINS, f"{case.words(explained)} is what a client sees of it")
    elif not case.sent:
        yield Reason(
            EXCLUDES, f"{case.words()}: the client gave up before a packet was sent, whatever the network does"
        )
    else:
        points = EXCLUDES - USUAL if blocker.undecided else EXCLUDES
        yield Reason(points, f"a client would see {_expected(case, explained)} of it, not {case.words()}")


def _expected(case: Case, explained: frozenset[Symptom]) -> str:
    odd = {Symptom.INTERMITTENT, Symptom.NO_REPLY if case.tcp else Symptom.TIMEOUT, Symptom.RESET, Symptom.DNS}
    return " or ".join(symptom for symptom in Symptom if symptom in explained - odd) or "something else"


def _by_clues(case: Case, blocker: Blocker) -> Iterator[Reason]:
    names, goes_with, excludes = _CLUES[place_of(case.context, blocker), blocker.direction]
    if blocker.code == "VPC_BLOCK_PUBLIC_ACCESS_ENABLED":
        names = (Says.BLOCKED_PUBLIC_ACCESS,)
    if blocker.code in NOBODY_HOME:
        names, excludes = (Says.NOT_RUNNING, Says.NEIGHBOUR_ABSENT), (*excludes, *_UP)
    # What names a blocker again only confirms it: the configuration has named it already.
    yield from by_clues(case.says(*names), NAMES if blocker.undecided else EXPLAINS)
    yield from by_clues(case.says(*goes_with), USUAL)
    yield from by_clues(case.says(*excludes), UNLIKELY if blocker.undecided else EXCLUDES)
