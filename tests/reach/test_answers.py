"""What an answer says: sets that add up, causes that are each needed, near misses and sentences."""

from __future__ import annotations

import pytest
from netaddr import IPNetwork, IPSet, cidr_exclude

from tests.plain.commands import apply_command
from tests.reach.lab import (
    ANY4,
    ask,
    cidr,
    codes,
    entries,
    entry,
    find,
    ingress,
    lab,
    permission,
    ports,
    reroute,
    route,
    verdict,
)

NOT_INTERNET = ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12")
NOT_INTERNET += ("192.168.0.0/16", "224.0.0.0/3")


def office(*more):
    return ingress(lab(), "sg-web", permission("tcp", 443, **cidr("203.0.113.0/24")), *more)


def blockers(answer):
    return [b for a in answer.answers for b in a.blockers]


def applied(record, found):
    """The record after every command of these blockers."""
    for command in dict.fromkeys(c for b in found for c in b.fix.commands):
        record = apply_command(record, command)
    return record


def five_faults():
    record = ingress(lab(), "sg-web", permission("tcp", 80, **ANY4))
    entries(record, "acl-pub", entry(100, False, "deny", **ports(443)), entry(200, False), entry(100, True, "deny"))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "nat-gone", State="blackhole"))
    find(record, "Instances", "i-web")["State"] = {"Name": "stopped"}
    return record


def test_the_rest_of_the_internet_is_the_fewest_blocks_by_another_program():
    """Contracts, section 2: exact within the internet; 224/3 is not in it, so that it need not be named."""
    (one,) = ask(office(), "0.0.0.0/0", "i-web").answers
    rest = {str(c) for c in cidr_exclude(IPNetwork("0.0.0.0/0"), IPNetwork("203.0.113.0/24"))} - {"224.0.0.0/3"}
    assert (one.allowed, set(one.denied), len(one.denied)) == (("203.0.113.0/24",), rest, len(rest))
    assert one.blockers[0].denied == one.denied


def test_allowed_and_denied_together_are_what_was_asked():
    record = office(permission("tcp", 443, **cidr("8.8.0.0/17", "1.2.3.4/32", "198.18.0.0/15")))
    (one,) = ask(record, "0.0.0.0/0", "i-web").answers
    allowed, denied, never = IPSet(one.allowed), IPSet(one.denied), IPSet(NOT_INTERNET)
    owned = IPSet(["198.51.100.7/32", "198.51.100.9/32"])
    assert not (allowed & denied) - never
    assert (allowed | denied | never | owned) == IPSet(["0.0.0.0/0"])
    assert allowed - never == IPSet(["203.0.113.0/24", "8.8.0.0/17", "1.2.3.4/32", "198.18.0.0/15"])


def test_ipv6_sources_are_sets_too():
    (one,) = ask(office(permission("tcp", 443, **cidr("2001:db8:1::/48"))), "2001:db8::/47", "i-web").answers
    assert (one.allowed, one.denied) == (("2001:db8:1::/48",), ("2001:db8::/48",))


def test_a_private_block_over_hosts_free_addresses_and_nowhere():
    """10.0.0.0/14 holds two subnets of vpc-1, their hosts, free addresses, and much that is nowhere."""
    answer = ask(ingress(lab(), "sg-web", permission("tcp", 443, **cidr("10.0.2.0/25"))), "10.0.0.0/14", "i-web")
    allowed = IPSet([c for a in answer.answers for c in a.allowed])
    assert answer.verdict.value == "partial"
    assert allowed
    assert allowed <= IPSet(["10.0.2.0/25"])
    assert IPSet(["10.0.2.20/32", "10.0.2.100/32"]) <= allowed
    assert any("nowhere in the input" in warning for warning in answer.warnings)


def test_with_one_fix_left_out_just_that_blocker_is_left():
    record = five_faults()
    found = blockers(ask(record, "0.0.0.0/0", "i-web"))
    assert len(found) == 5
    assert verdict(applied(record, found), "0.0.0.0/0", "i-web") == "reachable"
    for left_out in found:
        again = ask(applied(record, [b for b in found if b is not left_out]), "0.0.0.0/0", "i-web")
        assert [(b.code, b.direction) for b in blockers(again)] == [(left_out.code, left_out.direction)]


def test_behind_a_missing_route_the_walk_goes_on_over_the_peering():
    """Contracts, section 4: continued over the gateway that joins both networks."""
    record = ingress(reroute(reroute(lab(), "rtb-main"), "rtb-peer"), "sg-peer")
    found = blockers(answer := ask(entries(record, "acl-peer"), "i-db", "i-peer", "80"))
    assert codes(answer) == ["NO_ROUTE_TO_DESTINATION", "SG_HAS_NO_RULES", "SUBNET_ACL_RESTRICTION"]
    assert [b.resource for b in found] == ["rtb-main", "acl-peer", "sg-peer", "acl-peer", "rtb-peer"]
    assert verdict(applied(record, found), "i-db", "i-peer", "80") == "reachable"


def test_the_nearest_miss_comes_first():
    record = ingress(
        lab(),
        "sg-web",
        permission("udp", 53, **ANY4),
        permission("tcp", 80, **ANY4),
        permission("tcp", 443, **cidr("203.0.113.0/24")),
    )
    (blocker,) = blockers(ask(record, "8.8.8.8", "i-web", "443"))
    assert blocker.near_misses == (
        "sg-web allows 443/tcp from 203.0.113.0/24; these packets come from 8.8.8.8",
        "sg-web allows 80/tcp from 0.0.0.0/0; you asked 443/tcp",
        "sg-web allows 53/udp from 0.0.0.0/0; you asked 443/tcp",
    )


def test_near_misses_of_acls_name_their_entries():
    record = entries(lab(), "acl-pub", entry(100, False, **ports(80)), entry(100, True))
    (blocker,) = blockers(ask(record, "0.0.0.0/0", "i-web"))
    assert (blocker.by, blocker.near_misses) == ("rule * (32767)", ("rule 100 allows 80/tcp from 0.0.0.0/0",))


@pytest.mark.parametrize(
    ("source", "target", "port", "summary"),
    [
        ("0.0.0.0/0", "i-web", "443", "0.0.0.0/0 reaches i-web (web) on 443/tcp: the network delivers; "),
        (
            "0.0.0.0/0",
            "i-web",
            "80",
            "0.0.0.0/0 does not reach i-web (web) on 80/tcp: sg-web (web) has no inbound rule",
        ),
        ("0.0.0.0/0", "i-web", "443-444", "0.0.0.0/0 reaches i-web (web) on 443-444/tcp in part: sg-web (web) has no "),
        ("0.0.0.0/0", "i-db", "5432", "0.0.0.0/0 does not reach i-db (db) on 5432/tcp: no public address maps to "),
    ],
)
def test_the_summary_is_one_sentence_that_says_why(source, target, port, summary):
    answer = ask(lab(), source, target, port)
    assert answer.summary.startswith(summary)
    assert answer.summary.endswith(".")
    assert "\n" not in answer.summary
