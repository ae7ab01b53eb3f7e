"""From a question on a network to what logs are asked, and from its answer to the rules that logs do not name."""

from __future__ import annotations

import pytest

import sgcheck
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.flowlogs import Asked, read
from sgcheck.packets import AddressSet
from tests.diagnose.lab_flowlogs import V2, says, text, there
from tests.reach.lab import ANY4, cidr, entries, entry, find, ingress, lab, load, permission, ports

pytest.importorskip("duckdb")

WEB = {"interface_id": "eni-web", "dstaddr": "10.0.1.10"}
FROM_WEB = {"interface_id": "eni-web", "srcaddr": "10.0.1.10", "dstaddr": "10.0.2.20", "dstport": 5432}
INTERNET = ("internet", "i-web", "443")
INSIDE = ("i-web", "i-db", "5432")


def answered(record, source, target, port):
    network = load(record)
    question = sgcheck.Question.parse(source, target, port)
    explanation = sgcheck.explain(network, question)
    return Asked.of(network, question, explanation), explanation


def told(tmp_path, record, ends, records):
    path = tmp_path / "a.log"
    path.write_text(text(records, V2), encoding="utf-8")
    asked, explanation = answered(record, *ends)
    return read([str(path)], asked, explanation=explanation)


def swapped(record):
    ends = {"srcaddr": record["dstaddr"], "dstaddr": record["srcaddr"]}
    return record | ends | {"srcport": record["dstport"], "dstport": record["srcport"]}


class TestAsked:
    def test_from_the_internet(self):
        asked, _ = answered(lab(), *INTERNET)
        (place,) = asked.targets
        assert (place.interface, place.primary) == ("eni-web", "10.0.1.10")
        assert place.addresses == AddressSet.parse("10.0.1.10", "2600:1f18:1:1::10")
        assert asked.origins == ()
        assert AddressSet.parse("203.0.113.5") <= asked.sources
        assert asked.sources.isdisjoint(AddressSet.parse("10.0.0.0/8"))

    def test_of_a_public_address(self):
        asked, _ = answered(lab(), "internet", "198.51.100.7", "443")
        assert asked.targets[0].addresses == AddressSet.parse("10.0.1.10")
        assert AddressSet.parse("198.51.100.7") <= asked.destinations

    def test_between_instances(self):
        asked, _ = answered(lab(), *INSIDE)
        assert [place.interface for place in asked.targets + asked.origins] == ["eni-db", "eni-web"]
        assert AddressSet.parse("10.0.1.10") <= asked.sources
        assert asked.destinations == AddressSet.parse("10.0.2.20")

    def test_of_a_secondary_address(self):
        record = lab()
        second = {"PrivateIpAddress": "10.0.1.9", "Primary": False}
        find(record, "NetworkInterfaces", "eni-web")["PrivateIpAddresses"].append(second)
        asked, _ = answered(record, "i-db", "10.0.1.9", "443")
        assert (asked.targets[0].addresses, asked.targets[0].primary) == (AddressSet.parse("10.0.1.9"), "10.0.1.10")

    def test_behind_a_nat_gateway_the_source_has_its_address(self):
        asked, _ = answered(lab(), "i-db", "198.51.100.7", "443")
        assert AddressSet.parse("198.51.100.9", "10.0.2.20") <= asked.sources


class TestRules:
    def test_that_admitted(self, tmp_path):
        (clue,) = [c for c in told(tmp_path, lab(), INTERNET, [there(**WEB)]) if c.says is Says.SILENT]
        assert clue.by == "sg-web (ingress 443/tcp from 0.0.0.0/0), acl-pub (rule 100)"
        assert clue.text.endswith(f"; admitted by {clue.by}")

    def test_that_admitted_each_family(self, tmp_path):
        six = WEB | {"srcaddr": "2a00::1", "dstaddr": "2600:1f18:1:1::10"}
        found = told(tmp_path, lab(), INTERNET, [there(**WEB), there(**six)])
        assert [clue.by for clue in found if clue.says is Says.SILENT] == [
            "sg-web (ingress 443/tcp from 0.0.0.0/0), acl-pub (rule 100)",
            "sg-web (ingress 443/tcp from ::/0), acl-pub (rule 101)",
        ]

    def test_that_reject(self, tmp_path):
        record = ingress(lab(), "sg-web", permission("tcp", 80, **ANY4))
        clue = told(tmp_path, record, INTERNET, [there("REJECT", **WEB)])[0]
        assert clue.says is Says.REJECTED_AT_TARGET
        assert "; by the configuration: sg-web (web) has no inbound rule that allows 443/tcp" in clue.text

    def test_that_reject_the_reply(self, tmp_path):
        record = entries(lab(), "acl-pub", entry(100, False), entry(100, True, **ports(443)))
        clue = told(tmp_path, record, INTERNET, [there(**WEB), swapped(there("REJECT", **WEB))])[0]
        assert clue.says is Says.REPLY_REJECTED_AT_TARGET
        assert "network ACL acl-pub denies outbound replies" in clue.text

    def test_that_reject_when_leaving(self, tmp_path):
        record = lab()
        find(record, "SecurityGroups", "sg-web")["IpPermissionsEgress"] = [permission("tcp", 443, **cidr("0.0.0.0/0"))]
        found = told(tmp_path, record, INSIDE, [there("REJECT", **FROM_WEB)])
        assert says(found) == [Says.REJECTED_AT_SOURCE]
        assert "by the configuration: sg-web (web) has no outbound rule that allows 5432/tcp" in found[0].text

    def test_that_reject_the_reply_when_it_comes_back(self, tmp_path):
        record = entries(lab(), "acl-pub", entry(100, False, **ports(443)), entry(100, True))
        found = told(tmp_path, record, INSIDE, [there(**FROM_WEB), swapped(there("REJECT", **FROM_WEB))])
        assert says(found) == [Says.REPLY_REJECTED_AT_SOURCE]
        assert "by the configuration: network ACL acl-pub denies inbound replies" in found[0].text

    def test_that_let_pass_what_the_log_has_as_rejected(self, tmp_path):
        clue = told(tmp_path, lab(), INTERNET, [there("REJECT", **WEB)])[0]
        assert clue.says is Says.REJECTED_AT_TARGET
        assert "the configuration as given lets it pass, by sg-web (ingress 443/tcp from 0.0.0.0/0)" in clue.text
        assert clue.text.endswith("it may be newer than the log")
