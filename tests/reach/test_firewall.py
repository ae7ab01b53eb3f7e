"""Documented facts about Network Firewall and Gateway Load Balancer endpoints, each with the page it was read on."""

from __future__ import annotations

import copy

import pytest

from tests.reach.lab import (
    ask,
    cidr,
    codes,
    entries,
    entry,
    find,
    ingress,
    pair,
    permission,
    ports,
    reroute,
    route,
    verdict,
)
from tests.reach.lab_firewall import (
    ARN,
    PASS_443,
    appliance,
    between,
    firewall,
    five_tuple,
    inspected,
    inspection_vpc,
    rule_group,
    stateless,
    suricata,
)

DROP_ALL = "drop ip any any -> any any (sid:99;)"


def blockers(answer):
    return [b for a in answer.answers for b in a.blockers]


def blame(answer):
    return sorted({(b.code, b.resource, b.direction.value) for b in blockers(answer)})


def told(answer):
    return answer.verdict.value, answer.client_sees.value


def out(record, port="443", target="8.8.8.8"):
    """i-web asks the internet."""
    return ask(record, "i-web", target, port)


# ---------------------------------------- the way through


def test_packets_go_through_the_endpoint_and_on_by_its_subnet():
    """Network Firewall guide, arch-single-zone-igw: out by the firewall's subnet, back by the gateway's route table."""
    answer = out(inspected())
    assert told(answer) == ("reachable", "connected-or-refused")
    hops = [h.hop for h in answer.answers[0].forward]
    assert [h for h in hops if h in ("vpce-fw", "fw", "rtb-fw", "igw-1")] == ["vpce-fw", "fw", "rtb-fw", "igw-1"]
    assert "rtb-edge" in [h.hop for h in answer.answers[0].return_]


def test_the_internet_comes_in_through_the_endpoint():
    """VPC guide, gateway-route-tables: the gateway's table sends what comes in to the endpoint first."""
    answer = ask(inspected(), "0.0.0.0/0", "i-web")
    assert told(answer) == ("reachable", "connected-or-refused")
    assert [h.hop for h in answer.answers[0].forward if h.hop in ("vpce-fw", "fw")] == ["vpce-fw", "fw"]


def test_replies_that_come_back_past_the_firewall_are_lost():
    """Network Firewall guide, vpc-config: both directions through the same endpoint."""
    record = inspected()
    record["RouteTables"] = [t for t in record["RouteTables"] if t["RouteTableId"] != "rtb-edge"]
    answer = out(record)
    assert told(answer) == ("blocked", "timeout")
    assert blame(answer) == [("RETURN_PATH_ASYMMETRIC", "igw-1", "return")]
    edge = inspected()
    reroute(edge, "rtb-edge")
    assert blame(out(edge)) == [("RETURN_PATH_ASYMMETRIC", "rtb-edge", "return")]


def test_replies_that_leave_past_the_firewall_are_lost():
    """VPC guide, gateway-route-tables: the subnet behind the middlebox routes its replies to it."""
    record = reroute(inspected(), "rtb-pub", route("0.0.0.0/0", "igw-1"))
    assert blame(ask(record, "0.0.0.0/0", "i-web")) == [("RETURN_PATH_ASYMMETRIC", "rtb-pub", "return")]


def test_stateless_rules_do_not_mind_which_way_replies_take():
    """Network Firewall guide, stateless-default-actions: pass ends all inspection."""
    record = inspected(stateless_default="aws:pass")
    record["RouteTables"] = [t for t in record["RouteTables"] if t["RouteTableId"] != "rtb-edge"]
    assert verdict(record, "i-web", "8.8.8.8") == "reachable"


@pytest.mark.parametrize("egress", [False, True])
def test_network_acls_guard_the_subnet_of_the_endpoint(egress):
    """PrivateLink guide, gateway-load-balancer-endpoints; VPC guide, vpc-network-acls."""
    kept = entry(100, not egress)
    record = entries(inspected(), "acl-fw", kept, entry(90, egress, "deny", **ports(443)), entry(100, egress))
    assert ("SUBNET_ACL_RESTRICTION", "acl-fw", "forward") in blame(out(record))


def test_an_endpoint_in_the_subnet_of_its_clients_only_leads_back_to_itself():
    """GWLB guide, introduction: the endpoint and the servers must be in different subnets."""
    record = inspected()
    record["NetworkFirewalls"][0]["FirewallStatus"]["SyncStates"]["us-east-1a"]["Attachment"]["SubnetId"] = "subnet-pub"
    assert ("BAD_STATE", "vpce-fw", "forward") in blame(out(record))


def test_network_acls_also_see_what_stays_within_the_subnet_of_the_endpoint():
    """PrivateLink guide, gateway-load-balancer-endpoints: traffic from servers to an endpoint in their own subnet."""
    record = inspected()
    record["NetworkFirewalls"][0]["FirewallStatus"]["SyncStates"]["us-east-1a"]["Attachment"]["SubnetId"] = "subnet-pub"
    entries(record, "acl-pub", entry(90, False, "deny", **ports(443)), entry(100, False), entry(100, True))
    assert ("SUBNET_ACL_RESTRICTION", "acl-pub", "forward") in blame(out(record))


@pytest.mark.parametrize(
    ("status", "expected"), [("READY", "reachable"), ("CREATING", "blocked"), ("FAILED", "blocked")]
)
def test_only_a_ready_endpoint_carries(status, expected):
    """Network Firewall API, Attachment: Status."""
    record = inspected()
    record["NetworkFirewalls"] = [firewall(status)]
    answer = out(record)
    assert answer.verdict.value == expected
    if expected == "blocked":
        assert blame(answer) == [("BAD_STATE", "vpce-fw", "forward")]


def test_a_firewall_between_two_subnets():
    """VPC guide, route-table-options: routes more specific than local, for whole subnets."""
    answer = ask(between(), "i-web", "i-db", "5432")
    assert answer.verdict.value == "reachable"
    assert "fw" in [h.hop for h in answer.answers[0].forward]
    assert verdict(between(suricata("all", DROP_ALL)), "i-web", "i-db", "5432") == "blocked"


def test_group_references_do_not_survive_inspection():
    """VPC guide, security-group-rules: behind a middlebox name addresses, not groups."""
    record = ingress(between(), "sg-db", permission("tcp", 5432, **pair("sg-web")))
    answer = ask(record, "i-web", "i-db", "5432")
    assert blame(answer) == [("SG_REFERENCES_NOT_PRESERVED", "sg-db", "forward")]
    assert any("--cidr 10.0.1.10/32" in c for c in blockers(answer)[0].fix.commands)


def test_one_way_through_the_firewall_between_subnets_is_not_enough():
    """Network Firewall guide, vpc-config: symmetric routing."""
    record = between()
    record["RouteTables"] = [t for t in record["RouteTables"] if t["RouteTableId"] != "rtb-priv"]
    assert blame(ask(record, "i-web", "i-db", "5432")) == [("RETURN_PATH_ASYMMETRIC", "rtb-main", "return")]


def test_a_nat_gateway_behind_the_firewall():
    """Network Firewall guide, arch-igw-ngw: the NAT gateway's subnet leads replies back to the firewall."""
    record = inspected()
    reroute(record, "rtb-main", route("0.0.0.0/0", "vpce-fw"), route("10.9.0.0/16", "pcx-1"))
    reroute(record, "rtb-fw", route("0.0.0.0/0", "nat-1"))
    reroute(record, "rtb-edge")
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("10.0.2.0/24", "vpce-fw"))
    assert verdict(record, "i-db", "8.8.8.8") == "reachable"
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"))
    assert blame(ask(record, "i-db", "8.8.8.8")) == [("RETURN_PATH_ASYMMETRIC", "rtb-pub", "return")]


def test_a_firewall_in_front_of_a_nat_gateway():
    """The other order: NAT first, then the firewall on the way to the internet."""
    assert verdict(inspected(), "i-db", "8.8.8.8") == "reachable"
    assert blame(ask(inspected(suricata("all", DROP_ALL)), "i-db", "8.8.8.8")) == [
        ("FIREWALL_RULES_RESTRICTION", "fw", "forward")
    ]


def test_replies_over_a_peering_connection_come_past_the_firewall():
    """VPC guide, gateway-route-tables: only internet and virtual private gateways have tables of their own."""
    record = inspected()
    reroute(record, "rtb-pub", route("10.9.0.0/16", "vpce-fw"))
    reroute(record, "rtb-fw", route("10.9.0.0/16", "pcx-1"))
    assert blame(ask(record, "i-web", "i-peer", "80")) == [("RETURN_PATH_ASYMMETRIC", "rtb-peer", "return")]


def test_clients_in_a_list_of_a_service_are_none():
    """PrivateLink guide, gateway-endpoints: a service's own addresses ask nobody."""
    record = reroute(inspected(), "rtb-pub", route("0.0.0.0/0", "vpce-fw"), route("pl-1", "vpce-s3"))
    record["ManagedPrefixLists"] = [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.us-east-1.s3"}]
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "52.216.0.0/15"}]}
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"


# ---------------------------------------- what is not in the input


def test_an_appliance_behind_an_endpoint_decides_by_itself():
    """GWLB guide, introduction: third-party appliances; the walk goes on behind it."""
    answer = out(appliance())
    assert answer.verdict.value == "unknown"
    assert codes(answer) == ["APPLIANCE_OPAQUE"]
    record = reroute(appliance(), "rtb-fw")
    assert told(out(record)) == ("blocked", "timeout")
    assert codes(out(record)) == ["APPLIANCE_OPAQUE", "NO_ROUTE_TO_DESTINATION"]


def test_an_appliance_that_sees_one_direction_only_is_a_warning():
    """PrivateLink guide, gateway-load-balancer-endpoints: what it does then is its own affair."""
    record = appliance()
    record["RouteTables"] = [t for t in record["RouteTables"] if t["RouteTableId"] != "rtb-edge"]
    answer = out(record)
    assert answer.verdict.value == "unknown"
    assert any("one direction only" in w for w in answer.warnings)


def test_the_balancers_of_an_appliance_are_named():
    """EC2 API, ServiceConfiguration: GatewayLoadBalancerArns."""
    record = appliance()
    arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/gwy/fw/1"
    service = {"ServiceId": "vpce-svc-fw", "ServiceName": record["VpcEndpoints"][0]["ServiceName"]}
    record["ServiceConfigurations"] = [service | {"GatewayLoadBalancerArns": [arn]}]
    assert arn in out(record).summary


@pytest.mark.parametrize(
    ("key", "kind", "id_"),
    [
        ("NetworkFirewalls", "network firewall", f"{ARN}:firewall/fw"),
        ("NetworkFirewallPolicies", "firewall policy", f"{ARN}:firewall-policy/own"),
        ("NetworkFirewallRuleGroups", "firewall rule group", f"{ARN}:stateful-rulegroup/one"),
    ],
)
def test_what_is_missing_of_a_firewall_is_named(key, kind, id_):
    """Contracts, section 3."""
    record = inspected(suricata("one", PASS_443), default=["aws:drop_strict"])
    del record[key]
    answer = out(record)
    assert answer.verdict.value == "unknown"
    assert [(g.kind, g.resource) for g in answer.gaps] == [(kind, id_)]
    assert answer.gaps[0].collect.startswith("aws network-firewall describe-")


def test_a_firewall_that_is_only_listed():
    """Network Firewall API, ListFirewalls: names and ARNs tell neither endpoints nor policy."""
    record = inspected()
    del record["NetworkFirewalls"]
    record["Firewalls"] = [{"FirewallName": "fw", "FirewallArn": f"{ARN}:firewall/fw"}]
    assert [g.kind for g in out(record).gaps] == ["network firewall"]


def test_an_endpoint_without_its_own_record_is_known_by_its_firewall():
    """Network Firewall API, Attachment: EndpointId and SubnetId."""
    record = inspected()
    record["VpcEndpoints"] = []
    assert verdict(record, "i-web", "8.8.8.8") == "reachable"


def test_an_endpoint_whose_subnet_is_not_known():
    """Contracts, section 3."""
    record = inspected()
    record["Subnets"] = [s for s in record["Subnets"] if s["SubnetId"] != "subnet-fw"]
    answer = out(record)
    assert answer.verdict.value == "unknown"
    assert ("subnet", "subnet-fw") in [(g.kind, g.resource) for g in answer.gaps]


# ---------------------------------------- stateful rules


def test_nothing_matched_is_passed_where_no_default_drops():
    """Network Firewall guide, suricata-rule-evaluation-order."""
    assert verdict(inspected(suricata("one", PASS_443)), "i-web", "8.8.8.8", "22") == "reachable"


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        (["aws:drop_strict"], ("blocked", "timeout")),
        (["aws:drop_established"], ("blocked", "stall")),
        (["aws:drop_strict", "aws:alert_strict"], ("blocked", "timeout")),
        (["aws:alert_established"], ("reachable", "connected-or-refused")),
        (["aws:drop_established_app_layer"], ("unknown", "unknown")),
    ],
)
def test_the_stateful_default_decides_what_no_rule_matched(default, expected):
    """Network Firewall guide, firewall-policy-settings: drop strict drops first packets, drop established later ones."""
    answer = out(inspected(suricata("one", PASS_443), default=default), "22")
    assert told(answer) == expected
    if expected[0] == "blocked":
        assert blame(answer) == [("FIREWALL_RULES_RESTRICTION", "fw", "forward")]
        assert blockers(answer)[0].by == default[0]


def test_a_passed_connection_is_passed_whatever_the_default():
    """Network Firewall guide, suricata-rule-evaluation-order: a pass rule passes the whole flow, replies included."""
    assert verdict(inspected(suricata("one", PASS_443), default=["aws:drop_strict"]), "i-web", "8.8.8.8") == "reachable"


def test_drop_established_leaves_udp_open():
    """Nothing documents which packets of UDP count as established."""
    assert out(inspected(default=["aws:drop_established"]), "53/udp").verdict.value == "unknown"


@pytest.mark.parametrize(
    ("action", "port", "expected"),
    [
        ("drop", "443", ("blocked", "timeout")),
        ("reject", "443", ("blocked", "refused")),
        ("reject", "443/udp", ("blocked", "no-reply")),
        ("alert", "443", ("reachable", "connected-or-refused")),
        ("pass", "443", ("reachable", "connected-or-refused")),
    ],
)
def test_actions(action, port, expected):
    """Network Firewall guide, rule-action: a reject resets TCP connections, what else it matches is dropped."""
    record = inspected(suricata("one", f"{action} ip any any -> any any (sid:7;)"))
    answer = out(record, port)
    assert told(answer) == expected
    if expected[0] == "blocked":
        assert blockers(answer)[0].by == "one sid:7"


def test_a_reject_behind_a_silent_denial_is_not_seen():
    """What drops first decides what the client sees."""
    record = inspected(suricata("one", "reject tcp any any -> any any (sid:7;)"))
    find(record, "SecurityGroups", "sg-web")["IpPermissionsEgress"] = []
    assert told(out(record)) == ("blocked", "timeout")


def test_a_reset_that_finds_no_way_back_is_not_seen():
    """A reset is a packet like any other."""
    record = inspected(suricata("one", "reject tcp any any -> any any (sid:7;)"))
    entries(record, "acl-pub", entry(100, True), entry(100, False, block="10.9.0.0/16"))
    assert told(out(record)) == ("blocked", "timeout")


def test_strict_order_takes_rules_as_they_come():
    """Network Firewall guide, suricata-rule-evaluation-order."""
    record = inspected(suricata("one", DROP_ALL, PASS_443))
    assert verdict(record, "i-web", "8.8.8.8") == "blocked"
    record = inspected(suricata("one", PASS_443), suricata("two", DROP_ALL))
    assert verdict(record, "i-web", "8.8.8.8") == "reachable"
    references = record["NetworkFirewallPolicies"][0]["FirewallPolicy"]["StatefulRuleGroupReferences"]
    references[0]["Priority"], references[1]["Priority"] = 9, 3
    assert verdict(record, "i-web", "8.8.8.8") == "blocked"


def test_action_order_takes_pass_before_drop_before_reject():
    """Network Firewall guide, suricata-rule-evaluation-order."""
    record = inspected(suricata("one", DROP_ALL, PASS_443), order="DEFAULT_ACTION_ORDER")
    assert verdict(record, "i-web", "8.8.8.8") == "reachable"
    reject = "reject tcp any any -> any any (sid:5;)"
    record = inspected(suricata("one", reject, DROP_ALL), order="DEFAULT_ACTION_ORDER")
    assert told(out(record)) == ("blocked", "timeout")
    del record["NetworkFirewallPolicies"][0]["FirewallPolicy"]["StatefulEngineOptions"]
    assert told(out(record)) == ("blocked", "timeout")


def test_stateful_defaults_count_with_strict_order_only():
    """Network Firewall API, FirewallPolicy: StatefulDefaultActions."""
    record = inspected(order="DEFAULT_ACTION_ORDER", default=["aws:drop_strict"])
    assert verdict(record, "i-web", "8.8.8.8") == "reachable"


def test_five_tuple_rules():
    """Network Firewall API, StatefulRule: Header."""
    rules = five_tuple("five", ("PASS", "TCP", "8.8.8.0/24", "443"), ("DROP", "IP", "ANY", "ANY"))
    assert verdict(inspected(rules), "i-web", "8.8.8.8") == "reachable"
    assert verdict(inspected(rules), "i-web", "9.9.9.9") == "blocked"
    assert verdict(inspected(rules), "i-web", "8.8.8.8", "80") == "blocked"
    assert blockers(out(inspected(rules), "80"))[0].by == "five sid:2"


@pytest.mark.parametrize(
    ("rule", "port", "expected"),
    [
        ("drop tcp $HOME_NET any -> any any (sid:1;)", "443", "blocked"),
        ("drop tcp !$HOME_NET any -> any any (sid:1;)", "443", "unknown"),  # matches the replies
        ("drop tcp !$HOME_NET any -> any any (flow:to_server; sid:1;)", "443", "reachable"),
        ("drop tcp $EXTERNAL_NET any -> any any (flow:from_client; sid:1;)", "443", "reachable"),
        ("drop tcp [10.0.0.0/8,!10.0.1.0/24] any -> any any (sid:1;)", "443", "reachable"),
        ("drop tcp [10.0.0.0/8, !10.0.2.0/24] any -> any any (sid:1;)", "443", "blocked"),
        ("drop tcp any any -> any ![80,8000:8100] (sid:1;)", "443", "blocked"),
        ("drop tcp any any -> any ![80,400:500] (flow:to_server; sid:1;)", "443", "reachable"),
        ("drop tcp any any -> any 400: (sid:1;)", "443", "blocked"),
        ("drop tcp any any -> any $WEB (sid:1;)", "443", "blocked"),
        ("drop tcp any any -> $SERVERS any (sid:1;)", "443", "blocked"),
        ("drop tcp any any -> @LIST any (sid:1;)", "443", "blocked"),
        ("drop tcp any any -> @OPEN any (sid:1;)", "443", "unknown"),
        ("drop tcp any any -> $NOBODY any (sid:1;)", "443", "unknown"),
        ("drop tcp any any <> 8.8.8.8 any (sid:1;)", "443", "blocked"),
        ("drop tcp any any -> any 22 (sid:1;)", "443", "reachable"),
        ("drop icmp any any -> any any (sid:1;)", "icmp", "blocked"),
        ("drop icmp any any -> any any (sid:1;)", "443", "reachable"),
        ("drop tls any any -> any any (sid:1;)", "443", "unknown"),
        ("drop tls any any -> any any (sid:1;)", "icmp", "reachable"),
        ('drop tcp any any -> any any (content:"evil; (bad)"; sid:1;)', "443", "unknown"),
        ("drop tcp any any -> any any (flow:to_server; sid:1;)", "443", "blocked"),
        ("drop tcp any any -> any any (flow:established,to_server; sid:1;)", "443", "blocked"),
        ("drop tcp any any -> any any (flow:not_established; sid:1;)", "443", "blocked"),
        ("drop tcp any any -> any any (flow:stateless; sid:1;)", "443", "unknown"),
        ("drop tcp 8.8.8.8 any -> any any (sid:1;)", "443", "unknown"),
        ("drop tcp 8.8.8.8 any -> any any (flow:to_server; sid:1;)", "443", "reachable"),
        ("drop this is no rule", "443", "unknown"),
        ("alert this is no rule", "443", "reachable"),
        ("# drop ip any any -> any any (sid:1;)", "443", "reachable"),
    ],
)
def test_simple_suricata_rules(rule, port, expected):
    """Suricata user guide, rules/intro; Network Firewall guide, suricata-limitations and rule groups."""
    sets = {
        "IPSets": {"SERVERS": {"Definition": ["8.8.0.0/16", "9.9.9.9"]}},
        "PortSets": {"WEB": {"Definition": ["80", "443"]}},
    }
    list_ = "arn:aws:ec2:us-east-1:111122223333:prefix-list/"
    references = {"LIST": {"ReferenceArn": f"{list_}pl-1"}, "OPEN": {"ReferenceArn": f"{list_}pl-2"}}
    group = suricata("one", rule, RuleVariables=sets, ReferenceSets={"IPSetReferences": references})
    record = inspected(group)
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "8.8.8.8/32"}]}
    assert out(record, port).verdict.value == expected


@pytest.mark.parametrize(
    ("rule", "sees"),
    [
        ("drop tcp any any -> any any (flow:established; sid:1;)", "stall"),
        ("reject tcp any any -> any any (flow:established; sid:1;)", "connected"),
    ],
)
def test_rules_about_established_connections_let_them_open(rule, sees):
    """Suricata user guide, rules/flow-keywords: established."""
    assert told(out(inspected(suricata("one", rule)))) == ("blocked", sees)


def test_home_net_is_the_firewalls_own_vpc_unless_said_otherwise():
    """Network Firewall API, PolicyVariables; the rule group's own variables come first."""
    rule = "drop tcp $HOME_NET any -> any any (sid:1;)"
    assert verdict(inspected(suricata("one", rule)), "i-web", "8.8.8.8") == "blocked"
    variables = {"RuleVariables": {"HOME_NET": {"Definition": ["172.16.0.0/12"]}}}
    assert verdict(inspected(suricata("one", rule), PolicyVariables=variables), "i-web", "8.8.8.8") == "reachable"
    own = {"IPSets": {"HOME_NET": {"Definition": ["10.0.0.0/8"]}}}
    record = inspected(suricata("one", rule, RuleVariables=own), PolicyVariables=variables)
    assert verdict(record, "i-web", "8.8.8.8") == "blocked"


@pytest.mark.parametrize(
    ("kind", "default", "port", "expected"),
    [
        ("ALLOWLIST", ["aws:drop_established"], "443", "unknown"),
        ("ALLOWLIST", ["aws:drop_strict"], "53/udp", "blocked"),
        ("ALLOWLIST", [], "443", "reachable"),
        ("DENYLIST", [], "443", "unknown"),
        ("DENYLIST", [], "53/udp", "reachable"),
        ("DENYLIST", ["aws:drop_strict"], "443", "blocked"),
        ("REJECTLIST", [], "443", "unknown"),
        ("ALERTLIST", [], "443", "reachable"),
    ],
)
def test_domain_lists_depend_on_the_name(kind, default, port, expected):
    """Network Firewall guide, stateful-rule-groups-domain-names: HTTP and TLS from HOME_NET."""
    source = {"RulesSourceList": {"Targets": [".example.com"], "TargetTypes": ["TLS_SNI"], "GeneratedRulesType": kind}}
    answer = out(inspected(rule_group("names", source), default=default), port)
    assert answer.verdict.value == expected
    if expected == "unknown":
        assert ".example.com" in answer.summary


def test_an_allow_list_denies_all_other_names_with_action_order():
    """Network Firewall guide, stateful-rule-groups-domain-names."""
    source = {"RulesSourceList": {"Targets": ["a.example"], "GeneratedRulesType": "ALLOWLIST"}}
    record = inspected(rule_group("names", source), order="DEFAULT_ACTION_ORDER")
    assert out(record).verdict.value == "unknown"
    assert out(record, "53/udp").verdict.value == "reachable"


def test_groups_of_aws_may_drop_and_never_pass():
    """Network Firewall guide, aws-managed-rule-groups-list; with DROP_TO_ALERT they drop nothing."""
    record = inspected()
    body = record["NetworkFirewallPolicies"][0]["FirewallPolicy"]
    reference = {
        "ResourceArn": "arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/BotNet",
        "Priority": 1,
    }
    body["StatefulRuleGroupReferences"] = [reference]
    assert out(record).verdict.value == "unknown"
    assert "BotNet" in out(record).summary
    body["StatefulDefaultActions"] = ["aws:drop_strict"]
    assert out(record).verdict.value == "blocked"
    body["StatefulDefaultActions"] = []
    reference["Override"] = {"Action": "DROP_TO_ALERT"}
    assert out(record).verdict.value == "reachable"


def test_resolved_addresses_may_be_checked():
    """Network Firewall API, FirewallPolicy: Route53ResolvedIPValidation."""
    assert out(inspected(Route53ResolvedIPValidation={"Action": "DROP"})).verdict.value == "unknown"
    assert out(inspected(Route53ResolvedIPValidation={"Action": "ALERT"})).verdict.value == "reachable"


# ---------------------------------------- stateless rules

TCP_443 = {"Protocols": [6], "DestinationPorts": [{"FromPort": 443, "ToPort": 443}]}
FROM_443 = {"Protocols": [6], "SourcePorts": [{"FromPort": 443, "ToPort": 443}]}


def test_stateless_rules_decide_by_priority():
    """Network Firewall guide, firewall-policy-processing."""
    record = inspected(stateless("first", ("aws:drop", TCP_443), ("aws:pass", {})))
    assert blockers(out(record))[0].by == "first priority 1"
    assert verdict(record, "i-web", "8.8.8.8", "80") == "reachable"
    swapped = copy.deepcopy(record)
    rules = swapped["NetworkFirewallRuleGroups"][0]["RuleGroup"]["RulesSource"]["StatelessRulesAndCustomActions"]
    rules["StatelessRules"][0]["Priority"] = 9
    assert verdict(swapped, "i-web", "8.8.8.8") == "reachable"


def test_stateless_rules_must_let_replies_back():
    """Network Firewall API, AnalysisResult: asymmetric stateless rules."""
    record = inspected(stateless("first", ("aws:pass", TCP_443)), stateless_default="aws:drop")
    assert blame(out(record)) == [("FIREWALL_RULES_RESTRICTION", "fw", "return")]
    record = inspected(stateless("first", ("aws:pass", TCP_443), ("aws:pass", FROM_443)), stateless_default="aws:drop")
    assert verdict(record, "i-web", "8.8.8.8") == "reachable"


def test_stateful_rules_that_see_one_direction_only_leave_it_open():
    """Network Firewall API, AnalysisResult: STATELESS_RULE_FORWARDING_ASYMMETRICALLY."""
    record = inspected(stateless("first", ("aws:pass", TCP_443)))
    assert out(record).verdict.value == "unknown"
    record = inspected(stateless("first", ("aws:pass", FROM_443)))
    assert out(record).verdict.value == "unknown"


@pytest.mark.parametrize(
    ("match", "port", "expected"),
    [
        ({"Sources": [{"AddressDefinition": "10.0.1.0/24"}]}, "443", "blocked"),
        ({"Sources": [{"AddressDefinition": "10.0.2.0/24"}]}, "443", "reachable"),
        ({"Destinations": [{"AddressDefinition": "8.8.8.8/32"}]}, "443", "blocked"),
        ({"Protocols": [17]}, "443", "reachable"),
        ({"Protocols": [1]}, "icmp", "blocked"),
        ({"DestinationPorts": [{"FromPort": 80, "ToPort": 90}]}, "443", "reachable"),
        ({"DestinationPorts": [{"FromPort": 80, "ToPort": 90}]}, "icmp", "blocked"),
        ({"SourcePorts": [{"FromPort": 1024, "ToPort": 65535}], "Protocols": [6]}, "443", "blocked"),
        ({"SourcePorts": [{"FromPort": 1024, "ToPort": 2047}], "Protocols": [6]}, "443", "partial"),
        ({"Protocols": [6], "TCPFlags": [{"Flags": ["SYN"], "Masks": ["SYN", "ACK"]}]}, "443", "unknown"),
        ({"Protocols": [6], "TCPFlags": [{"Flags": ["SYN"]}]}, "icmp", "reachable"),
    ],
)
def test_what_stateless_rules_match(match, port, expected):
    """Network Firewall API, MatchAttributes: ports count for TCP and UDP only."""
    assert out(inspected(stateless("first", ("aws:drop", match))), port).verdict.value == expected


def test_a_stateless_group_that_is_not_in_the_input():
    """Contracts, section 3."""
    record = inspected(stateless("first", ("aws:drop", TCP_443)))
    record["NetworkFirewallRuleGroups"] = []
    answer = out(record)
    assert answer.verdict.value == "unknown"
    assert [g.kind for g in answer.gaps] == ["firewall rule group"]


def test_whole_ports_and_whole_internet():
    """A set of packets is judged exactly: which pass and which do not."""
    record = inspected(suricata("one", "drop tcp any any -> 8.0.0.0/8 1:1023 (sid:1;)"))
    answer = out(record, "1000-1100", "8.8.8.8")
    assert answer.verdict.value == "partial"
    assert answer.answers[0].ports.allowed == ("1024-1100",)
    assert answer.answers[0].ports.denied == ("1000-1023",)


def test_a_firewall_answer_alone_is_understood():
    """Network Firewall API, DescribeFirewall: the answer as it is printed, one a file or several in a list."""
    record = inspected(suricata("one", PASS_443), default=["aws:drop_strict"])
    answers = [
        *record.pop("NetworkFirewalls"),
        *record.pop("NetworkFirewallPolicies"),
        *record.pop("NetworkFirewallRuleGroups"),
    ]
    assert verdict([record, *answers], "i-web", "8.8.8.8") == "reachable"
    assert verdict([record, *answers], "i-web", "8.8.8.8", "80") == "blocked"


def test_addresses_of_a_group_that_must_be_named():
    """The fix that replaces a reference behind inspection opens the way."""
    record = ingress(between(), "sg-db", permission("tcp", 5432, **cidr("10.0.1.10/32")))
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"


# ---------------------------------------- behind a transit gateway


def test_two_vpcs_through_an_inspection_vpc():
    """Network Firewall guide, arch-centralized: spokes by one table, the inspection VPC by another, there and back."""
    answer = ask(inspection_vpc(), "i-db", "i-peer", "80")
    assert answer.verdict.value == "reachable"
    hops = [h.hop for h in answer.answers[0].forward]
    assert [h for h in hops if h in ("rtb-t", "vpce-fw", "fw", "rtb-back")] == ["rtb-t", "vpce-fw", "fw", "rtb-back"]
    assert "fw" in [h.hop for h in answer.answers[0].return_]


def test_a_firewall_of_an_inspection_vpc_drops():
    """Network Firewall guide, rule-action."""
    answer = ask(inspection_vpc(suricata("all", DROP_ALL)), "i-db", "i-peer", "80")
    assert blame(answer) == [("FIREWALL_RULES_RESTRICTION", "fw", "forward")]


def test_home_net_of_an_inspection_vpc_holds_none_of_the_spokes():
    """Network Firewall API, PolicyVariables: without an override HOME_NET is the inspection VPC."""
    rule = suricata("one", "pass tcp $HOME_NET any -> any 80 (sid:1;)")
    answer = ask(inspection_vpc(rule, default=["aws:drop_strict"]), "i-db", "i-peer", "80")
    assert blame(answer) == [("FIREWALL_RULES_RESTRICTION", "fw", "forward")]
    variables = {"RuleVariables": {"HOME_NET": {"Definition": ["10.0.0.0/8"]}}}
    record = inspection_vpc(rule, default=["aws:drop_strict"], PolicyVariables=variables)
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"


def test_replies_that_come_out_of_the_gateway_past_the_firewall():
    """Network Firewall guide, vpc-config: the attachment's subnet leads to the endpoint, for replies too."""
    record = inspection_vpc()
    find(record, "RouteTables", "rtb-att5")["Routes"].append(route("10.0.0.0/16", "tgw-1"))
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "blocked"
    assert blame(answer) == [("RETURN_PATH_ASYMMETRIC", "rtb-att5", "return")]
    body = record["NetworkFirewallPolicies"][0]["FirewallPolicy"]
    body["StatelessDefaultActions"] = ["aws:pass"]
    assert verdict(record, "i-db", "i-peer", "80") == "unknown"


def test_group_references_do_not_survive_an_inspection_vpc():
    """Transit gateway guide, tgw-vpc-attachments: not through inspection."""
    record = ingress(inspection_vpc(), "sg-peer", permission("tcp", 80, **pair("sg-db")))
    assert ("SG_REFERENCES_NOT_PRESERVED", "sg-peer", "forward") in blame(ask(record, "i-db", "i-peer", "80"))


def test_the_subnet_of_the_attachment_must_lead_to_the_firewall():
    """Network Firewall guide, arch-centralized: without the route the packets turn around or end."""
    record = reroute(inspection_vpc(), "rtb-att5")
    assert verdict(record, "i-db", "i-peer", "80") == "blocked"
