"""Many questions at once, each with the verdict it must have."""

from __future__ import annotations

import pytest

from sgcheck.errors import UsageError
from sgcheck.reach.answer import Expectation, Verdict
from sgcheck.reach.check import check
from tests.reach.lab import cidr, ingress, lab, load, permission


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
