"""Endpoints, services and firewalls as AWS tells them, and what they become."""

from __future__ import annotations

import json

import pytest

from sgcheck.aws.conversion.suricata import Text, UnreadableError, Variables, addresses_of, parse_rules, ports_of
from sgcheck.model.endpoints import EndpointKind
from sgcheck.model.firewall import Action, Phase, Side
from sgcheck.packets import EVERY_VALUE, AddressSet, IntervalSet
from tests.reach.lab import load
from tests.reach.lab_endpoints import FULL, NARROW, connecting, endpoint, serviced
from tests.reach.lab_firewall import inspected, rule_group, suricata

NOTHING = Variables({}, {}, {})


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Interface", EndpointKind.SERVICE),
        ("Gateway", EndpointKind.GATEWAY),
        (None, EndpointKind.GATEWAY),
        ("GatewayLoadBalancer", EndpointKind.INSPECTION),
        ("Resource", EndpointKind.OPAQUE),
        ("ServiceNetwork", EndpointKind.OPAQUE),
        ("Tunnel", EndpointKind.OPAQUE),
    ],
)
def test_types_of_endpoints(written, kind):
    """EC2 API, VpcEndpointType; answers of old leave the only type of then out."""
    record = serviced()
    record["VpcEndpoints"] = [endpoint("vpce-1", written, "x")]
    assert load(record).endpoints["vpce-1"].kind is kind


def statement(**more):
    return {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"} | more


@pytest.mark.parametrize(
    ("policy", "restricted"),
    [
        (FULL, False),
        (NARROW, True),
        (None, False),
        ("no json", False),
        ("[]", False),
        (json.dumps({"Statement": statement(Principal={"AWS": "*"})}), False),
        (json.dumps({"Statement": [statement(Condition={"Bool": {}})]}), True),
        (json.dumps({"Statement": [statement(), statement(Effect="Deny", Action="s3:PutObject")]}), True),
        (json.dumps({"Statement": [statement(Resource=["arn:aws:s3:::mine/*"])]}), True),
    ],
)
def test_only_the_default_policy_allows_everything(policy, restricted):
    """PrivateLink guide, vpc-endpoints-access."""
    assert load(serviced(PolicyDocument=policy)).endpoints["vpce-ssm"].restricted is restricted


def test_interfaces_lead_to_their_endpoint():
    network = load(serviced())
    assert network.endpoint_of("eni-ssm") is network.endpoints["vpce-ssm"]
    assert network.endpoint_of("eni-web") is None
    assert load(connecting(PreserveClientIp=True)).endpoints["eice-1"].preserves


def test_a_firewall_has_its_endpoints_and_its_policy():
    network = load(inspected(suricata("one", "pass tcp any any -> any 443 (sid:1;)")))
    firewall = network.firewall_at("vpce-fw")
    assert (firewall.name, firewall.vpc) == ("fw", "vpc-1")
    assert [(a.subnet, a.usable) for a in firewall.attachments] == [("subnet-fw", True)]
    assert [(r.label, r.action) for r in firewall.policy.stateful] == [("one sid:1", Action.PASS)]
    assert network.firewall_at("vpce-other") is None


@pytest.mark.parametrize(
    ("options", "phase", "side", "opaque"),
    [
        ('sid:1; rev:3; msg:"a; b"; metadata:x y;', Phase.ANY, Side.BOTH, False),
        ("flow:established, to_server; sid:1;", Phase.ESTABLISHED, Side.CLIENT, False),
        ("flow:not_established,from_client; sid:1;", Phase.OPENING, Side.CLIENT, False),
        ("flow:to_client; sid:1;", Phase.ANY, Side.SERVER, False),
        ("flow:stateless; sid:1;", Phase.ANY, Side.BOTH, True),
        ('tls.sni; content:"a.example"; sid:1;', Phase.ANY, Side.BOTH, True),
    ],
)
def test_options_of_rules(options, phase, side, opaque):
    """Suricata user guide, rules/meta and rules/flow-keywords."""
    firewall = load(inspected(suricata("one", f"drop tcp any any -> any any ({options})"))).firewall_at("vpce-fw")
    (rule,) = firewall.policy.stateful
    assert (rule.phase, rule.side, rule.opaque is not None) == (phase, side, opaque)


def test_options_of_listed_rules_may_stand_in_the_keyword():
    """Network Firewall API, RuleOption: `sid:1` as a whole, or a keyword with settings."""
    header = {"Protocol": "TCP", "Source": "any", "SourcePort": "any", "Direction": "ANY", "Destination": "1.2.3.4"}
    options = [{"Keyword": "sid:7"}, {"Keyword": "flow", "Settings": ["established", "to_server"]}]
    rule = {"Action": "DROP", "Header": header | {"DestinationPort": "80"}, "RuleOptions": options}
    firewall = load(inspected(rule_group("one", {"StatefulRules": [rule]}))).firewall_at("vpce-fw")
    (made,) = firewall.policy.stateful
    assert (made.label, made.phase, made.side) == ("one sid:7", Phase.ESTABLISHED, Side.CLIENT)
    assert made.packets.reversed() == made.packets


def test_rules_of_several_lines_and_comments():
    """Suricata user guide, rules/intro."""
    text = '# no rule\n\npass tcp any any -> any 443 \\\n  (msg:"a \\" b"; sid:1;)\ndrop broken\n'
    first, second = parse_rules(text)
    assert isinstance(first, Text)
    assert dict(first.options) == {"msg": '"a \\" b"', "sid": "1"}
    assert second == "drop broken"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any", AddressSet.ALL),
        ("10.0.0.0/8", AddressSet.parse("10.0.0.0/8")),
        (
            "[10.0.0.0/8, ![10.1.0.0/16,10.2.0.0/16]]",
            AddressSet.parse("10.0.0.0/8") - AddressSet.parse("10.1.0.0/16", "10.2.0.0/16"),
        ),
        ("$IN", AddressSet.parse("10.0.0.0/8")),
        ("!$IN", AddressSet.ALL - AddressSet.parse("10.0.0.0/8")),
        ("$SOME", AddressSet.parse("10.0.0.0/8", "192.0.2.1") - AddressSet.parse("10.3.0.0/16")),
        ("$EXTERNAL_NET", AddressSet.ALL - AddressSet.parse("172.16.0.0/12")),
        ("@LIST", AddressSet.parse("198.51.100.0/24")),
    ],
)
def test_addresses_of_headers(text, expected):
    """Suricata user guide, rules/intro: source and destination."""
    sets = {"IN": ("10.0.0.0/8",), "SOME": ("$IN", "192.0.2.1", "!10.3.0.0/16"), "HOME_NET": ("172.16.0.0/12",)}
    variables = Variables(sets, {}, {"LIST": AddressSet.parse("198.51.100.0/24")})
    assert addresses_of(text, variables) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any", EVERY_VALUE),
        ("80", IntervalSet.single(80)),
        (":1023", IntervalSet.of((0, 1023))),
        ("[80,8000:8100,!8080]", IntervalSet.of((80, 80), (8000, 8079), (8081, 8100))),
        ("!80", EVERY_VALUE - IntervalSet.single(80)),
        ("$WEB", IntervalSet.of((80, 80), (443, 443))),
    ],
)
def test_ports_of_headers(text, expected):
    """Suricata user guide, rules/intro: ports."""
    assert ports_of(text, Variables({}, {"WEB": ("80", "443")}, {})) == expected


@pytest.mark.parametrize("text", ["$HOME_NET", "@LIST", "nonsense", "$LOOP"])
def test_addresses_that_nobody_tells(text):
    with pytest.raises(UnreadableError):
        addresses_of(text, Variables({"LOOP": ("$LOOP",)}, {}, {}))


@pytest.mark.parametrize("text", ["$WEB", "http", "70000", "90:80", "[]"])
def test_ports_that_nobody_tells(text):
    with pytest.raises(UnreadableError):
        ports_of(text, NOTHING)
