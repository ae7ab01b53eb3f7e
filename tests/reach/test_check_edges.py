"""Expectations at the edges: sets as they must be, what stays undecided, and who is to blame."""

from __future__ import annotations

import pytest

from sgcheck.errors import AmbiguousNameError, UnknownNameError, UsageError
from sgcheck.reach.answer import Expectation, Verdict
from sgcheck.reach.check import check
from tests.reach.lab import cidr, find, ingress, lab, load, permission, verdict


def expect(source, target, port, *verdicts, allowed=None, place="web.yaml:3", name=None):
    return Expectation(name, source, target, port, tuple(map(Verdict, verdicts)), allowed, place)


def results(record, *expectations):
    return check(load(record), expectations).results


def narrow():
    return ingress(lab(), "sg-web", permission("tcp", 443, **cidr("203.0.113.0/24", "2a00::/16")))


@pytest.mark.parametrize("asked", ["reachable", "partial", "blocked", "unknown"])
def test_any_verdict_of_the_list_is_right_and_no_other(asked):
    (one, several, none) = results(
        lab(),
        expect("internet", "i-web", "443", asked),
        expect("internet", "i-web", "443", asked, "reachable"),
        expect("i-web", "i-db", "5432", asked),
    )
    assert one.passed is (asked == "reachable")
    assert several.passed is True
    assert none.passed is (asked == "reachable")


@pytest.mark.parametrize(
    ("source", "allowed", "passed"),
    [
        ("0.0.0.0/0", ("203.0.113.0/24",), True),
        ("0.0.0.0/0", ("203.0.113.0/25", "203.0.113.128/25"), True),
        ("0.0.0.0/0", ("203.0.112.0/23",), False),
        ("0.0.0.0/0", ("0.0.0.0/0",), False),
        ("0.0.0.0/0", (), False),
        ("internet", ("203.0.113.0/24", "2a00::/16"), True),
        ("internet", ("203.0.113.0/24",), False),
        ("::/0", ("2a00::/16",), True),
    ],
)
def test_allowed_are_the_exact_addresses_however_they_are_written(source, allowed, passed):
    (found,) = results(narrow(), expect(source, "i-web", "443", "partial", allowed=allowed))
    assert found.passed is passed
    assert (found.reason is None) is passed


def test_the_whole_internet_has_a_name_here_too():
    """Contracts, section 2: the whole set is written 0.0.0.0/0, and it holds no private range."""
    (found,) = results(lab(), expect("0.0.0.0/0", "i-web", "443", "reachable"))
    assert found.explanation.answers[0].allowed == ("0.0.0.0/0",)
    assert found.allowed == ("0.0.0.0/0",)


def test_allowed_inside_the_network():
    record = ingress(lab(), "sg-db", permission("tcp", 5432, **cidr("10.0.1.0/24")))
    right, wrong = results(
        record,
        expect("tag:tier=*", "i-db", "5432", "partial", allowed=("10.0.1.10/32",)),
        expect("tag:tier=*", "i-db", "5432", "partial", allowed=("10.0.1.10/32", "10.9.1.5/32")),
    )
    assert (right.passed, right.allowed) == (True, ("10.0.1.10/32",))
    assert (wrong.passed, wrong.reason) == (False, "not allowed: 10.9.1.5/32")


def test_nothing_may_pass():
    held, open_ = results(
        narrow(),
        expect("internet", "i-web", "80", "blocked", allowed=()),
        expect("internet", "i-web", "443", "partial", allowed=()),
    )
    assert held.passed is True
    assert (open_.passed, open_.reason) == (False, "also allowed: 203.0.113.0/24, 2a00::/16")


def test_what_is_undecided_is_neither_right_nor_wrong():
    record = lab()
    del record["NetworkAcls"]
    report = check(
        load(record),
        [
            expect("i-web", "i-db", "5432", "reachable"),
            expect("i-web", "i-db", "5432", "blocked"),
            expect("i-web", "i-db", "5432", "reachable", "blocked", "partial"),
            expect("i-web", "i-db", "1", "blocked"),
            expect("i-web", "i-db", "1", "reachable"),
            expect("i-web", "i-db", "5432", "unknown", "reachable"),
        ],
    )
    assert [r.passed for r in report.results] == [None, None, None, True, False, True]
    assert (report.passed, report.failed, report.undecided) == (2, 1, 3)


def test_order_and_names_are_those_of_the_file():
    asked = [expect("i-web", "i-db", str(port), "blocked", name=f"n{port}") for port in (9, 3, 5432, 1, 7)]
    found = results(lab(), *asked)
    assert [r.expectation.name for r in found] == ["n9", "n3", "n5432", "n1", "n7"]
    assert [r.passed for r in found] == [True, True, False, True, True]


def test_the_verdict_is_that_of_explain():
    record = narrow()
    for source, target, port in (("internet", "i-web", "443"), ("i-db", "8.8.8.8", "all"), ("vpc-1", "vpc-9", "80")):
        (found,) = results(record, expect(source, target, port, "reachable", "partial", "blocked", "unknown"))
        assert found.explanation.verdict.value == verdict(record, source, target, port)


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        (expect("i-web", "i-dc", "443", "blocked", place="w.yaml:4"), UnknownNameError, "--to i-dc"),
        (expect("i-web", "i-db", "99999", "blocked", place="w.yaml:4"), UsageError, "99999"),
        (expect("", "i-db", "443", "blocked", place="w.yaml:4"), UsageError, "--from is empty"),
        (expect("internet", "internet", "443", "blocked", place="w.yaml:4"), UsageError, "both in the internet"),
        (expect("web.internal", "i-db", "443", "blocked", place="w.yaml:4"), AmbiguousNameError, "web.internal"),
        (expect("internet", "i-web", "443", "reachable", allowed=("x",), place="w.yaml:4"), UsageError, "allowed"),
    ],
)
def test_the_place_stands_before_what_is_wrong(wrong, kind, words):
    record = lab()
    find(record, "Instances", "i-db")["PrivateDnsName"] = "web.internal"
    with pytest.raises(kind) as error:
        results(record, expect("i-web", "i-db", "5432", "reachable"), wrong)
    assert error.value.message.startswith("w.yaml:4: ")
    assert words in error.value.message
    assert str(error.value).startswith("w.yaml:4: ")
    assert "\n" not in error.value.message


def test_hints_are_kept():
    with pytest.raises(UnknownNameError) as error:
        results(lab(), expect("i-wob", "i-db", "443", "blocked", place="w.yaml:4"))
    assert "i-web" in str(error.value.hint)
