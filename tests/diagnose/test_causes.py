"""The table of causes: configuration x observed symptom x evidence, and which cause comes first."""

from __future__ import annotations

import re

import pytest

from sgcheck.diagnose.causes import CAUSES
from sgcheck.diagnose.diagnose import diagnose
from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.recognise import recognise
from sgcheck.diagnose.result import Confidence
from sgcheck.diagnose.symptoms import Symptom
from sgcheck.reach.answer import ClientSees
from tests.diagnose.lab_causes import alb_cut_off, alb_with, context_of, elastic, judge, told
from tests.diagnose.rows_evidence import EVIDENCE
from tests.diagnose.rows_facts import FACTS
from tests.reach.lab import find, lab
from tests.reach.lab_balancers import alb
from tests.reach.lab_names import orders
from tests.reach.test_blocker_codes import EXTRA, OPEN, SCENARIOS

TABLE = (*FACTS, *EVIDENCE)
WEB = ("internet", "i-web", "443")
HTTP = ("internet", "i-web", "80")


@pytest.mark.parametrize("row", TABLE, ids=[row.id for row in TABLE])
def test_the_first_cause(row):
    found = judge(row.make(), row.ends, row.observed, *row.clues).causes
    first = (found[0].code, found[0].confidence) if found else ("", "")
    assert first == (row.code, row.confidence)


def test_the_table_is_as_large_as_was_promised_and_names_every_fact():
    assert len(TABLE) >= 150
    assert len({row.id for row in TABLE}) == len(TABLE)
    numbers = {match[1] for row in FACTS if (match := re.match(r"F(\d+a?)-", row.id))}
    assert numbers == {*map(str, range(1, 39)), "28a"}


def test_every_cause_is_the_first_one_of_some_row_or_stands_behind_one():
    met = {cause.code for row in TABLE for cause in judge(row.make(), row.ends, row.observed, *row.clues).causes}
    assert {cause.code for cause in CAUSES} - met == set()


# What a client sees of a blocker, in the words that people give.
SEEN = {
    ClientSees.TIMEOUT: "timeout",
    ClientSees.NO_REPLY: "no-reply",
    ClientSees.NO_ADDRESS: "timeout",
    ClientSees.REFUSED: "refused",
    ClientSees.STALL: "stall",
    ClientSees.MIXED: "timeout",
    ClientSees.UNKNOWN: "timeout",
}


def _observed(diagnosis):
    explanation = diagnosis.explanation
    if explanation.client_sees is ClientSees.CONNECTED:
        return "http-503" if "503" in explanation.summary else "http-504"
    return SEEN[explanation.client_sees]


SWEPT = [(code, *scenario[:4], scenario[6]) for code, scenario in SCENARIOS.items()]
SWEPT += [(f"extra-{number}", *scenario, "") for number, scenario in enumerate(EXTRA)]


@pytest.mark.parametrize("code, make, source, target, port, kind", SWEPT, ids=[row[0] for row in SWEPT])
def test_every_blocker_is_the_cause_of_what_a_client_sees_of_it(code, make, source, target, port, kind):
    ends = (source, target, port)
    blockers = {b.code for a in judge(make(), ends).explanation.answers for b in a.blockers}
    found = judge(make(), ends, _observed(judge(make(), ends)))
    assert found.causes[0].code in blockers
    assert found.causes[0].confidence is (Confidence.MEDIUM if kind == OPEN else Confidence.HIGH)
    assert code in blockers or code.startswith("extra")
    assert not found.contradictions


@pytest.mark.parametrize("symptom", list(Symptom))
def test_every_symptom_is_explained_on_a_network_that_delivers(symptom):
    found = judge(lab(), WEB, symptom.value)
    assert bool(found.causes) is (symptom is not Symptom.CONNECTED)


@pytest.mark.parametrize("symptom", list(Symptom))
@pytest.mark.parametrize("ends", [WEB, HTTP], ids=["delivered", "blocked"])
def test_whatever_is_combined_a_cause_says_what_it_rests_on(symptom, ends):
    context = context_of(lab(), ends)
    for says in Says:
        for cause in diagnose(context, recognise(symptom.value), [told(says.value)]).causes:
            assert cause.for_
            assert cause.tell_apart[0].startswith("if it is this: ")
            assert not any(re.search(r"\{[a-z_]+\}", command) for command in cause.next)
            assert cause.confidence is not Confidence.HIGH or not cause.against


@pytest.mark.parametrize("cause", CAUSES, ids=[cause.code for cause in CAUSES])
def test_a_cause_says_what_it_is_how_it_is_told_and_what_to_type(cause):
    assert cause.what.endswith(".")
    assert cause.what[0].isupper()
    assert cause.sign
    assert cause.next
    assert set(cause.usual) <= set(cause.explains)
    assert set(cause.certain) <= set(cause.explains)
    assert not set(cause.names) & set(cause.excludes)
    assert not set(cause.goes_with) & set(cause.excludes)


def test_codes_are_unique_and_no_blocker_code_is_taken():
    codes = [cause.code for cause in CAUSES]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & set(SCENARIOS)


# Reconciliation.


def test_a_blocked_path_that_is_refused_contradicts_the_configuration():
    found = judge(lab(), HTTP, "refused")
    (one,) = found.contradictions
    assert one.configuration == "nothing gets through, and the client sees: timeout"
    assert one.seen == "refused"
    assert one.explained_by[0] == "SNAPSHOT_OLDER_THAN_CHANGE"


def test_a_delivered_connection_that_times_out_contradicts_the_configuration():
    found = judge(lab(), WEB, "timeout")
    (one,) = found.contradictions
    assert one.configuration.startswith("the network delivers, there and back")
    assert {"HOST_FIREWALL_DROPS", "SNAPSHOT_OLDER_THAN_CHANGE", "SOURCE_IS_ANOTHER"} <= set(one.explained_by)


def test_logs_that_say_otherwise_contradict_the_configuration():
    found = judge(lab(), WEB, "timeout", "rejected-at-target")
    assert [one.seen for one in found.contradictions] == ["timeout", "flow logs: it rejected-at-target"]


@pytest.mark.parametrize(
    "ends, observed",
    [(WEB, "refused"), (WEB, "stall"), (HTTP, "timeout"), (HTTP, "dns"), (HTTP, "network-unreachable"), (WEB, None)],
)
def test_what_fits_together_is_no_contradiction(ends, observed):
    assert judge(lab(), ends, observed).contradictions == ()


def test_a_silent_ping_or_udp_service_contradicts_nothing():
    assert judge(lab(), ("0.0.0.0/0", "i-web", "icmp"), "no-reply").contradictions == ()


def test_near_misses_say_that_another_source_is_let_in():
    """The words are those of the engine's near misses, which this holds on to."""
    found = judge(elastic(), ("198.18.0.1", "i-web", "22"), "refused").causes[0]
    assert found.code == "SOURCE_IS_ANOTHER"
    assert any("203.0.113.0/24" in reason for reason in found.for_)


def test_the_health_of_targets_is_evidence():
    found = judge(alb_with("unhealthy", "Target.Timeout"), ("0.0.0.0/0", "lb:web", "443"), "http-504")
    assert [(clue.says, clue.source) for clue in found.clues] == [(Says.TARGET_TIMES_OUT, "target health")]


def test_causes_are_told_apart_from_their_rivals():
    found = judge(lab(), WEB, "refused").causes[0]
    assert found.tell_apart == (
        "if it is this: `ss` shows no line for the port",
        "if it is LISTENS_ON_LOOPBACK: `ss` shows 127.0.0.1 or [::1] before the port, and not 0.0.0.0, * or [::]",
    )


def test_commands_are_filled_in():
    found = judge(lab(), WEB, "refused").causes[0]
    assert found.next[0] == "sudo ss -ltnp 'sport = :443'   # on the host"


def test_many_clues_of_a_kind_weigh_no_more_than_one():
    once = judge(lab(), WEB, "timeout", "arrived").causes[0]
    many = judge(lab(), WEB, "timeout", *[told("arrived", f"flow logs of eni-{n}") for n in range(9)]).causes[0]
    assert (once.code, once.confidence) == (many.code, many.confidence)
    assert any("(and 8 more like it)" in reason for reason in many.for_)


def test_a_silent_ping_says_nothing_of_a_tcp_port():
    found = judge(lab(), WEB, "no-reply")
    assert [cause.code for cause in found.causes] == ["SOMETHING_ELSE_WAS_TRIED"]
    assert found.contradictions == ()
    assert "ping" in found.summary


def test_what_works_sometimes_is_not_blocked_always():
    found = judge(lab(), HTTP, "intermittent")
    assert [one.seen for one in found.contradictions] == ["intermittent"]
    blocker = next(cause for cause in found.causes if cause.code == "ENI_SG_RULES_MISMATCH")
    assert blocker.confidence is Confidence.LOW


def test_a_host_that_answers_504_itself_runs():
    codes = {cause.code for cause in judge(lab(), WEB, "http-504").causes}
    assert "INSTANCE_IMPAIRED" not in codes


@pytest.mark.parametrize("observed", ["timeout", "refused", "no-route-to-host", "http-502"])
@pytest.mark.parametrize("make", [alb, alb_cut_off], ids=["delivered", "cut off"])
def test_a_balancer_is_no_instance(make, observed):
    """It has no interfaces of a host, gives no address back at a stop, and describe-instances does not show it."""
    found = judge(make(), ("internet", "lb:web", "443"), observed)
    codes = {cause.code for cause in found.causes}
    assert not codes & {"REPLIES_BY_ANOTHER_INTERFACE", "STRANGER_HAS_THE_ADDRESS", "INSTANCE_IMPAIRED"}
    assert not any("describe-instances" in command for cause in found.causes for command in cause.next)


@pytest.mark.parametrize("observed", ["timeout", "refused", "no-route-to-host", "stall", "reset"])
def test_nobody_logs_in_to_the_host_of_a_managed_service(observed):
    found = judge(orders(), ("i-web", "rds:orders", "5432"), observed)
    assert found.causes
    commands = [command for cause in found.causes for command in cause.next]
    assert not [command for command in commands if "sudo" in command or "start-session" in command]
    if observed in {"timeout", "refused"}:
        assert found.causes[0].code == "SERVICE_NOT_READY"
        assert found.causes[0].next[0].startswith("aws rds describe-db-instances")


@pytest.mark.parametrize("observed", ["timeout", "refused", "http-502", "reset"])
@pytest.mark.parametrize("target", ["internet", "203.0.113.99"])
def test_nobody_logs_in_to_a_host_on_the_internet(target, observed):
    found = judge(lab(), ("i-web", target, "443"), observed)
    commands = [command for cause in found.causes for command in cause.next]
    assert not [command for command in commands if "sudo" in command or "start-session" in command]
    assert any("who runs it" in command for command in commands)
    assert len(found.causes[0].next) == len(set(found.causes[0].next))


@pytest.mark.parametrize("cause", CAUSES, ids=[cause.code for cause in CAUSES])
def test_the_first_command_stands_alone(cause):
    """Of what ranks low only the first one is shown."""
    assert not re.search(r"\b(?:below|above|this shows|then)\b", cause.next[0])


@pytest.mark.parametrize("observed", ["timeout", None])
def test_what_is_not_in_the_input_comes_before_a_guess(observed):
    """The instance is known, and nothing of its interfaces: whether packets get to it can't be told."""
    record = lab()
    del record["NetworkInterfaces"]
    find(record, "Instances", "i-web").pop("NetworkInterfaces", None)
    found = judge(record, WEB, observed)
    assert found.explanation.verdict.value == "unknown"
    assert found.causes[0].code == "NOT_COLLECTED"
    assert "not in the input" in found.causes[0].what
    assert found.causes[0].next


@pytest.mark.parametrize(
    "source, text, expected",
    [
        ("user data", "user data starts httpd", "user data starts httpd"),
        ("console output", "the console output shows nothing", "the console output shows nothing"),
        ("flow logs", "Flow logs show nothing", "Flow logs show nothing"),
        ("probe", "10.0.0.1 refused", "probe: 10.0.0.1 refused"),
    ],
)
def test_a_source_is_told_once(source, text, expected):
    assert Clue(Says.NOTHING, source, text).told == expected
