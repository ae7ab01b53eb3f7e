"""Many questions at once, each with the verdict it must have."""

from __future__ import annotations

import pytest

from sgcheck.errors import UsageError
from sgcheck.reach.answer import Expectation, Verdict
from sgcheck.reach.check import check
from tests.reach.lab import ask, cidr, ingress, lab, load, permission


def expect(source, target, port, *verdicts, allowed=None, place="web.yaml:3"):
    return Expectation(None, source, target, port, tuple(map(Verdict, verdicts)), allowed, place)


def test_results_keep_the_order_of_the_file():
    report = check(
        load(lab()),
        [
            expect("internet", "i-web", "443", "reachable"),
            expect("internet", "i-web", "80", "reachable"),
            expect("internet", "i-web", "80", "blocked", "partial"),
            expect("i-web", "10.0.2.20", "5432", "unknown"),
        ],
    )
    assert [r.passed for r in report.results] == [True, False, True, False]
    assert (report.passed, report.failed, report.undecided) == (2, 2, 0)


def test_unknown_is_undecided_unless_it_was_expected():
    record = lab()
    del record["RouteTables"]
    network = load(record)
    asked = [expect("i-web", "i-db", "5432", "reachable"), expect("i-web", "i-db", "5432", "unknown")]
    assert [r.passed for r in check(network, asked).results] == [None, True]


def test_allowed_is_exact():
    network = load(ingress(lab(), "sg-web", permission("tcp", 443, **cidr("203.0.113.0/24", "198.51.100.128/25"))))
    right = expect("0.0.0.0/0", "i-web", "443", "partial", allowed=("203.0.113.0/24", "198.51.100.128/25"))
    less = expect("0.0.0.0/0", "i-web", "443", "partial", allowed=("203.0.113.0/24",))
    more = expect("0.0.0.0/0", "i-web", "443", "partial", allowed=("203.0.113.0/24", "198.51.100.128/25", "8.8.8.8/32"))
    results = check(network, [right, less, more]).results
    assert [r.passed for r in results] == [True, False, False]
    assert results[0].allowed == ("198.51.100.128/25", "203.0.113.0/24")
    assert results[1].reason == "also allowed: 198.51.100.128/25"
    assert results[2].reason == "not allowed: 8.8.8.8/32"


def test_the_whole_internet_may_be_allowed():
    network = load(lab())
    whole = expect("0.0.0.0/0", "i-web", "443", "reachable", allowed=("0.0.0.0/0",))
    both = expect("internet", "i-web", "443", "reachable", allowed=("0.0.0.0/0", "::/0"))
    none = expect("internet", "i-db", "5432", "blocked", allowed=())
    inside = expect("i-web", "i-db", "5432", "reachable", allowed=("10.0.1.10/32",))
    assert [r.passed for r in check(network, [whole, both, none, inside]).results] == [True, True, True, True]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (expect("i-wbe", "i-db", "443", "blocked", place="web.yaml:7"), "web.yaml:7: --from i-wbe: no such resource"),
        (expect("i-web", "i-db", "44x", "blocked", place="web.yaml:9"), "web.yaml:9: "),
        (
            expect("internet", "i-web", "443", "reachable", allowed=("10/8",), place="web.yaml:2"),
            "web.yaml:2: allowed: ",
        ),
    ],
)
def test_what_is_wrong_carries_its_place(entry, message):
    with pytest.raises(UsageError) as error:
        check(load(lab()), [entry])
    assert error.value.message.startswith(message)


def test_a_list_of_verdicts_means_any_of_them():
    network = load(lab())
    right = expect("internet", "i-web", "443", "partial", "reachable")
    wrong = expect("internet", "i-web", "443", "partial", "blocked", "unknown")
    assert [r.passed for r in check(network, [right, wrong]).results] == [True, False]


def test_allowed_beside_a_wrong_verdict_is_a_failure_by_the_verdict():
    (result,) = check(load(lab()), [expect("0.0.0.0/0", "i-web", "443", "blocked", allowed=())]).results
    assert (result.passed, result.reason) == (False, None)
    assert "0.0.0.0/0" in result.allowed


@pytest.mark.parametrize("allowed", [("203.0.113.0/25", "203.0.113.128/25"), ("203.0.113.0/24", "10.0.0.0/8")])
def test_allowed_is_a_set_within_the_internet(allowed):
    """Spelled otherwise it is the same set; private blocks are no part of the internet."""
    network = load(ingress(lab(), "sg-web", permission("tcp", 443, **cidr("203.0.113.0/24"))))
    (result,) = check(network, [expect("0.0.0.0/0", "i-web", "443", "partial", allowed=allowed)]).results
    assert result.passed is True


def test_allowed_inside_is_exact_too():
    network = load(ingress(lab(), "sg-web", permission("tcp", 443, **cidr("10.0.2.0/25"))))
    right = expect("10.0.2.0/24", "i-web", "443", "partial", allowed=("10.0.2.0/25",))
    wrong = expect("10.0.2.0/24", "i-web", "443", "partial", allowed=("10.0.2.0/24",))
    assert [r.passed for r in check(network, [right, wrong]).results] == [True, False]


def test_a_gap_that_decides_nothing_fails_nothing():
    record = lab()
    del record["NatGateways"]
    (result,) = check(load(record), [expect("i-web", "i-db", "5432", "reachable")]).results
    assert result.passed is True


def test_a_known_wrong_answer_is_no_undecided_one():
    """`blocked` is decided although a kind is missing; only `unknown` is undecided."""
    record = ingress(lab(), "sg-db")
    del record["RouteTables"]
    report = check(load(record), [expect("i-web", "i-db", "5432", "reachable")])
    assert (report.passed, report.failed, report.undecided) == (0, 1, 0)


def test_expectations_carry_their_names_and_blockers():
    (result,) = check(load(lab()), [expect("internet", "i-web", "22", "blocked")]).results
    assert result.expectation.place == "web.yaml:3"
    assert {b.code for a in result.explanation.answers for b in a.blockers} == {"ENI_SG_RULES_MISMATCH"}


def test_nothing_to_check_is_an_empty_report():
    report = check(load(lab()), [])
    assert (report.results, report.passed, report.failed, report.undecided) == ((), 0, 0, 0)


def test_check_answers_as_explain_does():
    """The same question, the same answer: thousands in one run change nothing."""
    network = load(lab())
    asked = [
        ("internet", "i-web", "443"),
        ("i-web", "i-db", "5432"),
        ("i-db", "8.8.8.8", "all"),
        ("i-peer", "i-db", "22"),
    ]
    results = check(network, [expect(*question, "unknown") for question in asked * 3]).results
    for result, question in zip(results, asked * 3, strict=True):
        alone = ask(lab(), *question)
        assert result.explanation.answers == alone.answers
