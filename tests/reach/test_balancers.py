"""Load balancers: listeners, targets, whose address a target sees, zones and health; each with the page it was read on."""

from __future__ import annotations

import jmespath
import pytest

from sgcheck.errors import AmbiguousNameError, UnknownNameError
from tests.reach.lab import (
    ANY4,
    ask,
    cidr,
    codes,
    entries,
    entry,
    find,
    group,
    ingress,
    pair,
    permission,
    ports,
    reroute,
    route,
    verdict,
)
from tests.reach.lab_balancers import (
    ALB,
    APP,
    CLB,
    DNS,
    ELB,
    NET,
    NLB,
    alb,
    attribute,
    balancer,
    clb,
    forward,
    host,
    listen,
    nlb,
    node,
    pool,
    private,
    second_zone,
    target,
    zones,
)

TOLD = (
    f"--query \"{{LoadBalancerTargetHealth: [{{TargetGroupArn: '{APP}', "
    'TargetHealthDescriptions: TargetHealthDescriptions}]}"'
)
INTERNET = "0.0.0.0/0"
KEPT = {"preserve_client_ip.enabled": "true"}
REPLACED = {"preserve_client_ip.enabled": "false"}


def blockers(answer):
    return {(b.code, b.resource, b.direction.value) for a in answer.answers for b in a.blockers}


def seen(answer):
    return answer.verdict.value, answer.client_sees.value


def change(record, key, id_, **members):
    find(record, key, id_).update(members)
    return record


def last(answer, number=0):
    """The hops of one answer as (hop, kind)."""
    return [(hop.hop, hop.kind) for hop in answer.answers[number].forward]


# ---------------------------------------- application load balancers: two connections


def test_both_legs_are_walked():
    """ALB guide, load-balancer-update-security-groups: the balancer's group lets clients in, the targets' group the balancer."""
    answer = ask(alb(), INTERNET, "lb:web")
    assert seen(answer) == ("reachable", "connected")
    assert last(answer) == [
        ("internet", "internet"),
        ("igw-1", "internet-gateway"),
        ("acl-pub", "network-acl"),
        ("sg-alb", "security-group"),
        ("eni-alb-a", "network-interface"),
        (ALB, "load-balancer"),
        ("sg-alb", "security-group"),
        ("acl-pub", "network-acl"),
        ("rtb-pub", "route-table"),
        ("acl-priv", "network-acl"),
        ("sg-app", "security-group"),
        ("i-app", "instance"),
    ]


def test_the_hop_names_listener_target_group_and_target():
    hop = next(h for h in ask(alb(), INTERNET, "lb:web").answers[0].forward if h.kind == "load-balancer")
    assert (hop.by, hop.name, hop.detail, hop.decision.value) == (
        "HTTPS:443",
        "web",
        "to app (i-app:8080); the source becomes 10.0.1.50",
        "pass",
    )


def test_every_node_is_asked():
    answer = ask(alb(), INTERNET, "lb:web")
    assert [(a.target.kind, a.target.id, a.target.interface) for a in answer.answers] == [
        ("load-balancer", ALB, "eni-alb-a"),
        ("load-balancer", ALB, "eni-alb-b"),
    ]


def test_a_target_that_only_lets_clients_in_is_not_reached():
    """ALB guide, load-balancer-troubleshooting: the target sees the node's address; 504 when it does not answer."""
    answer = ask(ingress(alb(), "sg-app", permission("tcp", 8080, **cidr("203.0.113.0/24"))), "203.0.113.9", "lb:web")
    assert seen(answer) == ("blocked", "connected")
    assert blockers(answer) == {("ENI_SG_RULES_MISMATCH", "sg-app", "forward")}
    assert "web accepts the connection and answers HTTP 504" in answer.summary


def test_the_fix_names_the_balancers_group():
    answer = ask(ingress(alb(), "sg-app"), INTERNET, "lb:web")
    commands = {c for a in answer.answers for b in a.blockers for c in b.fix.commands}
    assert len(commands) == 1
    assert "--source-group sg-alb" in commands.pop()
    assert "asked again" not in " ".join(answer.warnings)


def test_the_balancers_own_group_drops_in_silence():
    """Wire facts: ALB/CLB group denies the port: timeout."""
    answer = ask(ingress(alb(), "sg-alb", permission("tcp", 80, **ANY4)), INTERNET, "lb:web")
    assert seen(answer) == ("blocked", "timeout")
    assert blockers(answer) == {("ENI_SG_RULES_MISMATCH", "sg-alb", "forward")}


def test_the_balancers_egress_rules_judge_the_second_leg():
    """ALB guide, load-balancer-troubleshooting: outbound to the targets on the listener's and the health check's port."""
    record = change(alb(), "SecurityGroups", "sg-alb", IpPermissionsEgress=[permission("tcp", 443, **ANY4)])
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("blocked", "connected")
    assert blockers(answer) == {("ENI_SG_RULES_MISMATCH", "sg-alb", "forward")}


def test_blockers_of_both_legs_are_found():
    record = ingress(ingress(alb(), "sg-alb"), "sg-app")
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("blocked", "timeout")
    assert {b[1] for b in blockers(answer)} == {"sg-alb", "sg-app"}


def test_the_second_leg_uses_ephemeral_ports_of_its_own():
    """VPC guide, custom-network-acl: ELB uses 1024-65535, so that an ACL for Linux clients lets some connections fail."""
    record = entries(alb(), "acl-priv", entry(100, False), entry(100, True, **ports(32768, 60999)))
    answer = ask(record, INTERNET, "lb:web", "443", "linux")
    assert seen(answer) == ("partial", "mixed")
    assert blockers(answer) == {("RETURN_EPHEMERAL_PORTS_RESTRICTED", "acl-priv", "return")}


def test_the_target_sees_the_node_and_its_acl_too():
    """VPC guide, custom-network-acl: the ACL of the targets' subnet judges the nodes' addresses."""
    record = entries(alb(), "acl-priv", entry(100, False, block="10.0.1.0/24"), entry(100, True))
    answer = ask(record, INTERNET, "lb:web")
    assert [a.verdict.value for a in answer.answers] == ["reachable", "blocked"]
    assert blockers(answer) == {("SUBNET_ACL_RESTRICTION", "acl-priv", "forward")}


def test_a_stopped_target_gets_nothing():
    """ALB guide, load-balancer-troubleshooting."""
    answer = ask(change(alb(), "Instances", "i-app", State={"Name": "stopped"}), INTERNET, "lb:web")
    assert seen(answer) == ("blocked", "connected")
    assert blockers(answer) == {("INSTANCE_NOT_RUNNING", "i-app", "forward")}


def test_a_port_without_listener_is_refused():
    """Wire facts: an ALB's node answers with RST where its group lets the port in."""
    answer = ask(ingress(alb(), "sg-alb", permission("tcp", 8443, **ANY4)), INTERNET, "lb:web", "8443")
    assert seen(answer) == ("blocked", "refused")
    assert blockers(answer) == {("LISTENER_MISSING", ALB, "forward")}


def test_a_port_without_listener_and_rule_times_out():
    answer = ask(alb(), INTERNET, "lb:web", "8443")
    assert seen(answer) == ("blocked", "timeout")
    assert codes(answer) == ["ENI_SG_RULES_MISMATCH", "LISTENER_MISSING"]


def test_an_alb_answers_pings_that_its_group_lets_in():
    """ALB guide, load-balancer-update-security-groups."""
    record = ingress(alb(), "sg-alb", permission("icmp", 8, -1, **ANY4))
    assert seen(ask(record, INTERNET, "lb:web", "icmp")) == ("reachable", "delivered")
    assert seen(ask(alb(), INTERNET, "lb:web", "icmp")) == ("blocked", "no-reply")


def test_udp_to_an_alb_gets_no_reply():
    record = ingress(alb(), "sg-alb", permission("udp", 443, **ANY4))
    assert seen(ask(record, INTERNET, "lb:web", "443/udp")) == ("blocked", "no-reply")


def test_listeners_and_other_ports_in_one_question():
    record = ingress(alb(), "sg-alb", permission("tcp", 442, 444, **ANY4))
    answer = ask(record, INTERNET, "lb:web", "442-444")
    assert seen(answer) == ("partial", "mixed")
    assert answer.answers[0].ports.allowed == ("443",)
    assert answer.answers[0].ports.denied == ("442", "444")


@pytest.mark.parametrize("kind", ["fixed-response", "redirect"])
def test_what_the_balancer_answers_itself_needs_no_target(kind):
    """ALB guide, rule-action-types."""
    record = alb(actions=[{"Type": kind}])
    assert seen(ask(ingress(record, "sg-app"), INTERNET, "lb:web")) == ("reachable", "connected")


def test_every_rule_counts():
    """ALB guide, listener-rules: which one applies is in the request, so that some requests work and some do not."""
    record = alb()
    record["SecurityGroups"].append(group("sg-shut", []))
    host(record, "api", "subnet-priv", "10.0.2.41", ("sg-shut",))
    pool(record, f"{ELB}:targetgroup/api/3333", "HTTP", 8080, target("i-api", 8080, "healthy"))
    arn = record["Rules"][0]["RuleArn"].rpartition("/")[0]
    record["Rules"].append({"RuleArn": f"{arn}/8", "Priority": "1", "Actions": forward(f"{ELB}:targetgroup/api/3333")})
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("partial", "mixed")
    assert blockers(answer) == {("SG_HAS_NO_RULES", "sg-shut", "forward")}


def test_a_group_of_weight_0_gets_nothing():
    """ALB guide, listener-rules: weighted target groups."""
    record = alb(
        actions=[
            {
                "Type": "forward",
                "ForwardConfig": {
                    "TargetGroups": [{"TargetGroupArn": APP, "Weight": 1}, {"TargetGroupArn": "gone", "Weight": 0}]
                },
            }
        ]
    )
    assert verdict(record, INTERNET, "lb:web") == "reachable"


def test_a_lambda_function_needs_no_network():
    """ALB guide, lambda-functions."""
    record = alb()
    record["TargetGroups"][0]["TargetType"] = "lambda"
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = [
        target("arn:aws:lambda:us-east-1:1:function:f", 1)
    ]
    assert seen(ask(ingress(record, "sg-app"), INTERNET, "lb:web")) == ("reachable", "connected")


def test_targets_by_address():
    """ALB guide, load-balancer-target-groups: target type ip."""
    record = alb()
    record["TargetGroups"][0]["TargetType"] = "ip"
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = [target("10.0.2.40", 8080, "healthy")]
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("reachable", "connected")
    assert last(answer)[-1] == ("i-app", "instance")


def test_an_address_that_nobody_has():
    record = alb()
    record["TargetGroups"][0]["TargetType"] = "ip"
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = [target("10.0.2.99", 8080)]
    assert codes(ask(record, INTERNET, "lb:web")) == ["ADDRESS_NOT_IN_USE"]


def test_a_port_of_its_own_beats_that_of_the_group():
    """Elastic Load Balancing v2 API, TargetDescription: port."""
    record = alb(target("i-app", 9090, "healthy"))
    assert {b[0] for b in blockers(ask(record, INTERNET, "lb:web"))} == {"ENI_SG_RULES_MISMATCH"}
    assert (
        verdict(ingress(record, "sg-app", permission("tcp", 9090, **pair("sg-alb"))), INTERNET, "lb:web") == "reachable"
    )


# ---------------------------------------- network load balancers: one connection, and whose address it shows


def test_instances_see_the_client_by_default():
    """NLB guide, edit-target-group-attributes: on for instances; assumed, since the attributes are not in the input."""
    answer = ask(ingress(nlb(), "sg-app", permission("tcp", 8443, **cidr("203.0.113.0/24"))), INTERNET, "lb:net")
    assert seen(answer) == ("partial", "mixed")
    assert answer.answers[0].allowed == ("203.0.113.0/24",)
    assert any("ASSUMPTION_PRESERVE_CLIENT_IP_IS_ENABLED" in w for w in answer.warnings)


def test_told_is_not_assumed():
    assert "ASSUMPTION" not in " ".join(ask(nlb(attributes=KEPT), INTERNET, "lb:net").warnings)


def test_kept_client_addresses_do_not_match_the_nodes_subnet():
    """NLB guide, load-balancer-security-groups: without groups the targets must allow the clients."""
    answer = ask(
        ingress(nlb(attributes=KEPT), "sg-app", permission("tcp", 8443, **cidr("10.0.1.0/24"))), "203.0.113.9", "lb:net"
    )
    assert seen(answer) == ("blocked", "timeout")
    assert blockers(answer) == {("ENI_SG_RULES_MISMATCH", "sg-app", "forward")}
    assert "from 203.0.113.9" in answer.summary


def test_replaced_client_addresses_do():
    """NLB guide, load-balancer-security-groups: then the targets see the node's private address."""
    record = ingress(nlb(attributes=REPLACED), "sg-app", permission("tcp", 8443, **cidr("10.0.1.60/32")))
    assert seen(ask(record, INTERNET, "lb:net")) == ("reachable", "connected-or-refused")


def test_addresses_as_targets_see_the_node_by_default():
    """NLB guide, edit-target-group-attributes: off for targets by address with TCP and TLS."""
    record = nlb(target("10.0.2.40", 8443, "healthy"), TargetType="ip")
    answer = ask(ingress(record, "sg-app", permission("tcp", 8443, **cidr("10.0.1.60/32"))), INTERNET, "lb:net")
    assert seen(answer) == ("reachable", "connected-or-refused")
    assert any("ASSUMPTION_PRESERVE_CLIENT_IP_IS_DISABLED" in w for w in answer.warnings)


def test_udp_always_keeps_the_client():
    """NLB guide, edit-target-group-attributes: UDP and TCP_UDP, whatever the attribute says."""
    record = nlb(target("10.0.2.40", 8443), TargetType="ip", attributes=REPLACED)
    record["TargetGroups"][0]["Protocol"] = "TCP_UDP"
    record["LoadBalancerListeners"][0]["Listeners"][0]["Protocol"] = "TCP_UDP"
    record = ingress(record, "sg-app", permission("udp", 8443, **cidr("203.0.113.0/24")))
    assert verdict(record, "203.0.113.9", "lb:net", "443/udp") == "reachable"
    assert verdict(record, "198.51.100.200", "lb:net", "443/udp") == "blocked"
    assert verdict(record, "203.0.113.9", "lb:net", "443/tcp") == "blocked"


def test_the_reply_needs_no_route_to_the_client():
    """NLB guide, load-balancer-target-groups: it goes back through the balancer, the private subnet has no internet gateway."""
    record = reroute(nlb(attributes=KEPT), "rtb-main")
    assert verdict(record, INTERNET, "lb:net") == "reachable"


def test_the_targets_acl_judges_the_clients_address():
    """NLB guide, target-group-register-targets: the target subnets' ACLs must allow clients in, and their ports out."""
    shut = entries(nlb(attributes=KEPT), "acl-priv", entry(100, False, block="10.0.0.0/16"), entry(100, True))
    assert blockers(ask(shut, INTERNET, "lb:net")) == {("SUBNET_ACL_RESTRICTION", "acl-priv", "forward")}
    back = entries(nlb(attributes=KEPT), "acl-priv", entry(100, False), entry(100, True, block="10.0.0.0/16"))
    assert blockers(ask(back, INTERNET, "lb:net")) == {("SUBNET_ACL_RESTRICTION", "acl-priv", "return")}


def test_a_reference_to_the_clients_group_does_not_match():
    """NLB guide, target-group-register-targets: client groups can't be named, whatever address is kept."""
    record = private(nlb(attributes=KEPT), "net")
    record = ingress(record, "sg-app", permission("tcp", 8443, **pair("sg-web")))
    assert verdict(record, "i-web", "lb:net") == "blocked"
    assert (
        verdict(ingress(record, "sg-app", permission("tcp", 8443, **cidr("10.0.1.10/32"))), "i-web", "lb:net")
        == "reachable"
    )


@pytest.mark.parametrize("attributes", [KEPT, REPLACED])
def test_a_reference_to_the_balancers_group_matches(attributes):
    """NLB guide, load-balancer-security-groups: also with client addresses kept."""
    record = ingress(
        nlb(groups=("sg-nlb",), attributes=attributes), "sg-app", permission("tcp", 8443, **pair("sg-nlb"))
    )
    assert seen(ask(record, INTERNET, "lb:net")) == ("reachable", "connected-or-refused")


def test_groups_of_an_nlb_judge_both_ways():
    """NLB guide, load-balancer-security-groups: inbound for clients, outbound for targets."""
    record = nlb(groups=("sg-nlb",), attributes=KEPT)
    assert blockers(ask(ingress(record, "sg-nlb"), INTERNET, "lb:net")) == {("SG_HAS_NO_RULES", "sg-nlb", "forward")}
    record = change(nlb(groups=("sg-nlb",), attributes=KEPT), "SecurityGroups", "sg-nlb", IpPermissionsEgress=[])
    answer = ask(record, INTERNET, "lb:net")
    assert seen(answer) == ("blocked", "timeout")
    assert blockers(answer) == {("SG_HAS_NO_RULES", "sg-nlb", "forward")}


def test_an_nlb_without_groups_filters_nothing():
    """NLB guide, load-balancer-security-groups."""
    assert verdict(nlb(attributes=KEPT), INTERNET, "lb:net") == "reachable"


def test_an_nlb_drops_what_no_listener_takes():
    """NLB guide, load-balancer-listeners: unintended traffic."""
    answer = ask(nlb(), INTERNET, "lb:net", "80")
    assert seen(answer) == ("blocked", "timeout")
    assert blockers(answer) == {("LISTENER_MISSING", NLB, "forward")}


def test_an_nlb_drops_pings():
    """NLB guide, load-balancer-listeners: ICMP but type 3."""
    assert seen(ask(nlb(), INTERNET, "lb:net", "icmp")) == ("blocked", "no-reply")


def test_a_target_that_asks_itself_through_its_nlb():
    """NLB guide, load-balancer-troubleshooting: hairpin connections time out with client addresses kept."""
    answer = ask(private(nlb(attributes=KEPT), "net"), "i-app", "lb:net")
    assert seen(answer) == ("blocked", "timeout")
    assert blockers(answer) == {("ELBV2_SOURCE_ADDRESS_PRESERVATION", NLB, "forward")}
    assert verdict(private(nlb(attributes=REPLACED), "net"), "i-app", "lb:net") == "reachable"


def chain():
    """The ALB as the target of an NLB."""
    record = alb()
    record["LoadBalancers"].append(balancer(NLB, "network", {"us-east-1a": "subnet-pub"}))
    node(record, "eni-nlb-a", "subnet-pub", "10.0.1.60", "ELB net/net/01b6d1d0dcf697ce", [], "198.51.100.60")
    pool(record, NET, "TCP", 443, target(ALB, 443, "healthy"), TargetType="alb")
    return listen(record, NLB, "TCP", 443, forward(NET))


def test_an_alb_behind_an_nlb():
    """NLB guide, application-load-balancer-target: client addresses are kept as far as the ALB, whose group judges them."""
    answer = ask(chain(), "203.0.113.9", "lb:net")
    assert seen(answer) == ("reachable", "connected")
    assert [h for h, kind in last(answer) if kind == "load-balancer"] == [NLB, ALB]
    shut = ask(ingress(chain(), "sg-alb", permission("tcp", 443, **cidr("10.0.0.0/16"))), "203.0.113.9", "lb:net")
    assert seen(shut) == ("blocked", "timeout")
    assert blockers(shut) == {("ENI_SG_RULES_MISMATCH", "sg-alb", "forward")}


def test_what_an_alb_behind_an_nlb_answers():
    answer = ask(ingress(chain(), "sg-app"), "203.0.113.9", "lb:net")
    assert seen(answer) == ("blocked", "connected")
    assert "web accepts the connection and answers HTTP 504" in answer.summary


def test_balancers_that_lead_to_each_other_end():
    """Nothing forbids the address of another balancer's node as a target."""
    record = nlb(target("10.0.1.60", 443), TargetType="ip", attributes=REPLACED)
    answer = ask(record, INTERNET, "lb:net")
    assert seen(answer) == ("blocked", "timeout")
    assert codes(answer) == ["BAD_STATE"]


# ---------------------------------------- classic load balancers


def test_a_classic_load_balancer():
    """CLB guide, elb-security-groups: the instances' group names the balancer's."""
    answer = ask(clb(), INTERNET, "lb:old", "80")
    assert seen(answer) == ("reachable", "connected")
    assert (CLB, "load-balancer") in last(answer)
    assert seen(ask(ingress(clb(), "sg-app"), INTERNET, "lb:old", "80")) == ("blocked", "connected")


def test_a_classic_load_balancer_refuses_other_ports():
    """Wire facts: as an ALB."""
    answer = ask(ingress(clb(), "sg-clb", permission("tcp", 81, **ANY4)), INTERNET, "lb:old", "81")
    assert seen(answer) == ("blocked", "refused")
    assert blockers(answer) == {("LISTENER_MISSING", CLB, "forward")}


def test_a_classic_load_balancer_heeds_the_acl_of_its_own_subnet():
    """Reachability Analyzer guide, explanation-codes: ELB_ACL_RESTRICTION."""
    record = host(clb("i-near"), "near", "subnet-pub", "10.0.1.41")
    assert verdict(record, INTERNET, "lb:old", "80") == "reachable"
    entries(record, "acl-pub", entry(100, False), entry(90, True, "deny", "10.0.1.0/24"), entry(100, True))
    answer = ask(record, INTERNET, "lb:old", "80")
    assert seen(answer) == ("blocked", "connected")
    assert blockers(answer) == {("ELB_ACL_RESTRICTION", "acl-pub", "forward")}


def test_whether_a_classic_load_balancer_crosses_zones_is_not_told():
    """Elastic Load Balancing guide, how-elastic-load-balancing-works: off by the API, on by the console."""
    record = clb("i-far", AvailabilityZones=["us-east-1a", "us-east-1b"])
    host(record, "far", "subnet-priv-b", "10.0.4.41")
    answer = ask(record, INTERNET, "lb:old", "80")
    assert answer.verdict.value == "unknown"
    assert {gap.kind for gap in answer.gaps} == {"Classic Load Balancer attribute"}
    assert verdict(ingress(record, "sg-app"), INTERNET, "lb:old", "80") == "blocked"


@pytest.mark.parametrize("on, expected", [(True, "reachable"), (False, "blocked")])
def test_the_attributes_of_a_classic_load_balancer_tell(on, expected):
    """Elastic Load Balancing API of 2012, CrossZoneLoadBalancing, with the name that the answer itself does not say."""
    record = clb("i-far", AvailabilityZones=["us-east-1a", "us-east-1b"])
    told = {"LoadBalancerName": "old", "LoadBalancerAttributes": {"CrossZoneLoadBalancing": {"Enabled": on}}}
    record["ClassicLoadBalancerAttributes"] = [told]
    answer = ask(host(record, "far", "subnet-priv-b", "10.0.4.41"), INTERNET, "198.51.100.70", "80")
    assert answer.verdict.value == expected
    assert codes(answer) == ([] if on else ["ELB_NOT_CROSSZONE"])


def test_the_queries_of_commands_make_what_is_understood():
    """The commands that gaps offer, carried out on AWS's answers."""
    record = alb()
    told = record.pop("LoadBalancerTargetHealth")[0]["TargetHealthDescriptions"]
    (gap,) = ask(record, INTERNET, "198.51.100.50").gaps
    query = gap.collect.partition("--query ")[2].strip('"')
    record |= jmespath.search(query, {"TargetHealthDescriptions": told})
    assert verdict(record, INTERNET, "lb:web") == "reachable"
    record = host(clb("i-far", AvailabilityZones=["us-east-1a", "us-east-1b"]), "far", "subnet-priv-b", "10.0.4.41")
    (gap,) = ask(record, INTERNET, "lb:old", "80").gaps
    query = gap.collect.partition("--query ")[2].strip('"')
    record |= jmespath.search(query, {"LoadBalancerAttributes": {"CrossZoneLoadBalancing": {"Enabled": True}}})
    assert verdict(record, INTERNET, "lb:old", "80") == "reachable"


def test_it_does_not_matter_where_all_instances_work():
    record = clb("i-app", "i-far", AvailabilityZones=["us-east-1a", "us-east-1b"])
    host(record, "far", "subnet-priv-b", "10.0.4.41")
    assert verdict(record, INTERNET, "lb:old", "80") == "reachable"


# ---------------------------------------- zones


def test_a_target_in_a_zone_that_is_not_enabled_gets_nothing():
    """Elastic Load Balancing guide, how-elastic-load-balancing-works: Availability Zones."""
    record = host(nlb(target("i-far", 8443), attributes=KEPT), "far", "subnet-priv-b", "10.0.4.41")
    answer = ask(record, INTERNET, "lb:net")
    assert seen(answer) == ("blocked", "timeout")
    assert blockers(answer) == {("ELB_INSTALLED_AZ_RESTRICTION", NLB, "forward")}


def test_without_cross_zone_a_node_keeps_to_its_zone():
    """NLB guide, network-load-balancers: cross-zone load balancing is off by default."""
    record = host(second_zone(nlb(target("i-far", 8443), attributes=KEPT)), "far", "subnet-priv-b", "10.0.4.41")
    answer = ask(record, INTERNET, "198.51.100.60")
    assert seen(answer) == ("blocked", "timeout")
    assert blockers(answer) == {("ELB_NOT_CROSSZONE", NLB, "forward")}
    assert verdict(record, INTERNET, "198.51.100.61") == "reachable"


def test_dns_names_only_nodes_with_usable_targets():
    """NLB guide, target-group-health-checks: a zone without is removed from DNS."""
    record = host(second_zone(nlb(target("i-far", 8443), attributes=KEPT)), "far", "subnet-priv-b", "10.0.4.41")
    answer = ask(record, INTERNET, "lb:net")
    assert seen(answer) == ("reachable", "connected-or-refused")
    assert [a.target.interface for a in answer.answers] == ["eni-nlb-b"]
    assert any("eni-nlb-a is left out" in w for w in answer.warnings)


@pytest.mark.parametrize("on", ["balancer", "group"])
def test_with_cross_zone_every_node_reaches_every_zone(on):
    """Elastic Load Balancing guide: per balancer, or per target group."""
    attributes = {**KEPT, "load_balancing.cross_zone.enabled": "true"} if on == "group" else KEPT
    record = second_zone(nlb(target("i-far", 8443), attributes=attributes))
    host(record, "far", "subnet-priv-b", "10.0.4.41")
    if on == "balancer":
        attribute(record, NLB, "load_balancing.cross_zone.enabled", "true")
    assert verdict(record, INTERNET, "198.51.100.60") == "reachable"


def test_a_zone_whose_only_targets_elsewhere_are_leaving():
    """Reachability Analyzer guide, explanation-codes: ELBV2_NO_TARGETS_IN_AZ."""
    record = host(
        second_zone(nlb(target("i-far", 8443, "draining"), attributes=KEPT)), "far", "subnet-priv-b", "10.0.4.41"
    )
    assert blockers(ask(record, INTERNET, "198.51.100.60")) == {("ELBV2_NO_TARGETS_IN_AZ", NLB, "forward")}


def test_an_alb_crosses_zones():
    """ALB guide, application-load-balancers: always on for the balancer."""
    record = host(alb(target("i-far", 8080)), "far", "subnet-priv-b", "10.0.4.41")
    assert seen(ask(record, INTERNET, "lb:web")) == ("reachable", "connected")


def test_cross_zone_is_assumed_with_a_warning():
    record = host(
        second_zone(nlb(target("i-app", 8443), target("i-far", 8443), attributes=KEPT)),
        "far",
        "subnet-priv-b",
        "10.0.4.41",
    )
    record["LoadBalancerAttributes"] = []
    answer = ask(record, INTERNET, "lb:net")
    assert answer.verdict.value == "reachable"
    assert any("cross-zone load balancing is assumed to be off" in w for w in answer.warnings)


# ---------------------------------------- health


def shut_target(record, name="i-shut", address="10.0.2.41"):
    """A second host that lets nobody in."""
    record["SecurityGroups"].append(group("sg-shut", []))
    return host(record, name.removeprefix("i-"), "subnet-priv", address, ("sg-shut",))


def test_an_unhealthy_target_gets_nothing_while_another_is_healthy():
    """ALB and NLB guides, target-group-health-checks."""
    record = shut_target(alb(target("i-app", 8080, "healthy"), target("i-shut", 8080, "unhealthy", "Target.Timeout")))
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("reachable", "connected")
    assert any("i-shut:8080 of app gets nothing" in w for w in answer.warnings)
    assert any("Target.Timeout" in e and "silent drop" in e for e in answer.evidence)


def test_of_two_healthy_targets_one_does_not_answer():
    """One connection in two fails."""
    record = shut_target(alb(target("i-app", 8080, "healthy"), target("i-shut", 8080, "healthy")))
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("partial", "mixed")
    assert blockers(answer) == {("SG_HAS_NO_RULES", "sg-shut", "forward")}


def test_all_unhealthy_fails_open():
    """ALB guide, target-group-health-checks: requests go to all of them, not 503."""
    record = alb(target("i-app", 8080, "unhealthy", "Target.ResponseCodeMismatch"))
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("reachable", "connected")
    assert any("the network is fine" in e for e in answer.evidence)


def test_a_zone_with_unhealthy_targets_only():
    """NLB guide, target-group-health-checks: healthy ones elsewhere, cross-zone off."""
    record = second_zone(nlb(target("i-app", 8443, "unhealthy"), target("i-far", 8443, "healthy"), attributes=KEPT))
    host(record, "far", "subnet-priv-b", "10.0.4.41")
    answer = ask(record, INTERNET, "198.51.100.60")
    assert seen(answer) == ("blocked", "timeout")
    assert blockers(answer) == {("TARGET_UNHEALTHY", NLB, "forward")}


@pytest.mark.parametrize(
    "reason, meaning",
    [
        ("Target.FailedHealthChecks", "refused the connection"),
        ("Target.Timeout", "silent drop"),
        ("Elb.InitialHealthChecking", "under way"),
    ],
)
def test_what_the_reasons_of_an_alb_mean(reason, meaning):
    """ALB guide, target-group-health-checks."""
    assert any(meaning in e for e in ask(alb(target("i-app", 8080, "unhealthy", reason)), INTERNET, "lb:web").evidence)


def test_an_nlb_can_not_tell_a_refusal_from_a_drop():
    """NLB guide, target-group-health-checks."""
    evidence = ask(nlb(target("i-app", 8443, "unhealthy", "Target.FailedHealthChecks")), INTERNET, "lb:net").evidence
    assert any("a silent drop or a refusal" in e for e in evidence)


def test_an_empty_group_of_an_alb_is_503():
    """ALB guide, load-balancer-troubleshooting."""
    record = alb()
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = []
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("blocked", "connected")
    assert blockers(answer) == {("ELBV2_LISTENER_HAS_NO_TG", ALB, "forward")}
    assert "answers HTTP 503" in answer.summary


def test_an_empty_group_of_an_nlb_has_no_known_symptom():
    """NLB guide, target-group-health-checks: fails open with nowhere to send to."""
    record = nlb()
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = []
    answer = ask(record, INTERNET, "lb:net")
    assert seen(answer) == ("blocked", "unknown")
    assert blockers(answer) == {("ELBV2_LISTENER_HAS_NO_TG", NLB, "forward")}


def test_only_stopped_targets_are_503():
    """ALB guide, load-balancer-troubleshooting: all targets are unused."""
    record = change(
        alb(target("i-app", 8080, "unused", "Target.InvalidState")), "Instances", "i-app", State={"Name": "stopped"}
    )
    answer = ask(record, INTERNET, "lb:web")
    assert blockers(answer) == {("INSTANCE_NOT_RUNNING", "i-app", "forward")}
    assert "answers HTTP 503" in answer.summary


def test_health_checks_come_from_the_node():
    """NLB guide, load-balancer-security-groups: clients in, health checks out: the target turns unhealthy."""
    record = ingress(
        nlb(target("i-app", 8443, "unhealthy"), attributes=KEPT),
        "sg-app",
        permission("tcp", 8443, **cidr("203.0.113.0/24")),
    )
    answer = ask(record, "203.0.113.9", "lb:net")
    assert seen(answer) == ("reachable", "connected-or-refused")
    assert any(
        e.startswith("health checks of net to i-app on 8443/tcp are blocked: sg-app") and "10.0.1.60" in e
        for e in answer.evidence
    )


def test_health_checks_have_a_port_of_their_own():
    """ALB guide, load-balancer-update-security-groups: the health check port, too."""
    record = alb()
    record["TargetGroups"][0]["HealthCheckPort"] = "9000"
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("reachable", "connected")
    assert [e for e in answer.evidence if "on 9000/tcp are blocked: sg-app" in e]
    assert not ask(alb(), INTERNET, "lb:web").evidence


# ---------------------------------------- names


@pytest.mark.parametrize(
    "name", ["lb:web", "lb:w*", ALB, DNS["web"], DNS["web"].upper(), f"dualstack.{DNS['web']}", f"{DNS['web']}."]
)
def test_names_of_a_balancer(name):
    answer = ask(alb(), INTERNET, name)
    assert seen(answer) == ("reachable", "connected")
    assert [a.target.interface for a in answer.answers] == ["eni-alb-a", "eni-alb-b"]


def test_a_name_for_one_zone():
    """NLB guide, network-load-balancers: DNS names of zones."""
    answer = ask(
        second_zone(nlb(target("10.0.2.40", 8443, AvailabilityZone="all"), TargetType="ip")),
        INTERNET,
        f"us-east-1b.{DNS['net']}",
    )
    assert [a.target.interface for a in answer.answers] == ["eni-nlb-b"]


@pytest.mark.parametrize("name", ["lb:old", CLB, "arn:aws:elasticloadbalancing:::loadbalancer/old"])
def test_names_of_a_classic_load_balancer(name):
    assert verdict(clb(), INTERNET, name, "80") == "reachable"


@pytest.mark.parametrize(
    "name, near", [("lb:wep", "lb:web"), (DNS["web"].replace("123", "124"), DNS["web"]), (ALB[:-1], ALB)]
)
def test_an_unknown_name_offers_near_ones(name, near):
    with pytest.raises(UnknownNameError) as wrong:
        ask(alb(), INTERNET, name)
    assert near in wrong.value.hint


def test_an_internet_facing_name_means_public_addresses_inside_too():
    """Elastic Load Balancing guide, how-elastic-load-balancing-works: a reference to the client's group does not match then."""
    record = ingress(alb(), "sg-alb", permission("tcp", 443, **pair("sg-web")))
    answer = ask(record, "i-web", DNS["web"])
    assert answer.answers[0].target.address == "198.51.100.50"
    assert answer.verdict.value == "blocked"
    assert {b[0] for b in blockers(answer)} == {"SG_REFERENCES_NOT_PRESERVED"}


def test_an_internal_name_means_private_addresses():
    """The same page: internal balancers have private addresses only."""
    record = ingress(private(alb(), "web"), "sg-alb", permission("tcp", 443, **pair("sg-web")))
    answer = ask(record, "i-web", DNS["web"])
    assert answer.answers[0].target.address == "10.0.1.50"
    assert seen(answer) == ("reachable", "connected")


def test_the_internet_has_no_way_to_an_internal_balancer():
    """Elastic Load Balancing v2 API, LoadBalancer: scheme."""
    assert seen(ask(private(alb(), "web"), INTERNET, "lb:web")) == ("blocked", "no-address")


def test_a_balancer_as_the_source():
    """ALB guide, load-balancer-update-security-groups: its nodes have its group."""
    answer = ask(alb(), "lb:web", "i-app", "8080")
    assert answer.verdict.value == "reachable"
    assert {a.source.id for a in answer.answers} == {ALB}


def test_a_node_asked_by_address_or_id_is_the_balancer():
    for name in ("198.51.100.50", "eni-alb-a"):
        assert ask(alb(), INTERNET, name).answers[0].target.id == ALB


def test_nodes_by_fixed_addresses():
    """Elastic Load Balancing v2 API, LoadBalancerAddress: nodes whose description is not told."""
    record = nlb(attributes=KEPT)
    del find(record, "NetworkInterfaces", "eni-nlb-a")["Description"]
    record["LoadBalancers"][0]["AvailabilityZones"][0]["LoadBalancerAddresses"] = [{"IpAddress": "198.51.100.60"}]
    assert verdict(record, INTERNET, "lb:net") == "reachable"


# ---------------------------------------- what is not in the input


def test_nodes_that_are_not_in_the_input():
    record = alb()
    record["NetworkInterfaces"] = [
        i for i in record["NetworkInterfaces"] if not i["NetworkInterfaceId"].startswith("eni-alb")
    ]
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("unknown", "unknown")
    assert [gap.collect for gap in answer.gaps] == ["aws ec2 describe-network-interfaces"]


def test_one_node_that_is_not_in_the_input_is_told():
    record = alb()
    record["NetworkInterfaces"] = [i for i in record["NetworkInterfaces"] if i["NetworkInterfaceId"] != "eni-alb-b"]
    assert any("us-east-1b" in w for w in ask(record, INTERNET, "lb:web").warnings)


@pytest.mark.parametrize(
    "key, kind, command",
    [
        ("LoadBalancers", "load balancer", "aws elbv2 describe-load-balancers"),
        ("LoadBalancerListeners", "listener", f"aws elbv2 describe-listeners --load-balancer-arn {ALB}"),
        ("TargetGroups", "target group", f"aws elbv2 describe-target-groups --target-group-arns {APP}"),
        (
            "LoadBalancerTargetHealth",
            "target health",
            f"aws elbv2 describe-target-health --target-group-arn {APP} {TOLD}",
        ),
    ],
)
def test_what_is_missing_is_named(key, kind, command):
    record = alb()
    del record[key]
    answer = ask(record, INTERNET, "198.51.100.50")
    assert answer.verdict.value == "unknown"
    assert [(gap.kind, gap.collect) for gap in answer.gaps] == [(kind, command)]


def test_what_is_decided_stays_blocked():
    record = ingress(alb(), "sg-alb")
    del record["LoadBalancers"]
    assert seen(ask(record, INTERNET, "198.51.100.50")) == ("blocked", "timeout")


def test_a_listing_without_listeners_says_that_there_are_none():
    record = alb()
    record["LoadBalancerListeners"] = [{"LoadBalancerArn": ALB, "Listeners": []}]
    assert seen(ask(record, INTERNET, "lb:web")) == ("blocked", "refused")


def test_listeners_of_another_balancer_say_nothing_of_this_one():
    record = nlb()
    record["Listeners"] = record.pop("LoadBalancerListeners")[0]["Listeners"]
    record["Listeners"][0]["LoadBalancerArn"] = ALB
    assert verdict(record, INTERNET, "lb:net") == "unknown"


def test_a_target_that_is_not_in_the_input():
    answer = ask(alb(target("i-gone", 8080)), INTERNET, "lb:web")
    assert answer.verdict.value == "unknown"
    assert {gap.resource for gap in answer.gaps} == {"i-gone"}


def test_one_target_works_and_one_is_not_told():
    answer = ask(alb(target("i-app", 8080), target("i-gone", 8080)), INTERNET, "lb:web")
    assert answer.verdict.value == "unknown"


def test_one_target_works_one_does_not_and_one_is_not_told():
    """Partial beats unknown."""
    record = shut_target(alb(target("i-app", 8080), target("i-shut", 8080), target("i-gone", 8080)))
    assert verdict(record, INTERNET, "lb:web") == "partial"


def test_a_target_on_premises_is_not_followed():
    """ALB guide, load-balancer-target-groups: addresses outside the VPC."""
    record = reroute(alb(), "rtb-pub", route(INTERNET, "igw-1"), route("172.16.0.0/12", "tgw-1"))
    record["TargetGroups"][0]["TargetType"] = "ip"
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = [
        target("172.16.0.9", 8080, AvailabilityZone="all")
    ]
    assert verdict(record, INTERNET, "lb:web") == "unknown"


def test_rules_that_are_not_in_the_input_are_told():
    record = alb()
    del record["Rules"]
    answer = ask(record, INTERNET, "lb:web")
    assert answer.verdict.value == "reachable"
    assert any("judged by its default action" in w for w in answer.warnings)


def test_a_gateway_load_balancer_is_not_modelled():
    record = zones()
    arn = f"{ELB}:loadbalancer/gwy/gate/1"
    record["LoadBalancers"].append(balancer(arn, "gateway", {"us-east-1a": "subnet-pub"}, scheme="internal"))
    node(record, "eni-gwy", "subnet-pub", "10.0.1.80", "ELB gwy/gate/1", [], InterfaceType="gateway_load_balancer")
    answer = ask(record, "i-web", "lb:gate", "443")
    assert answer.verdict.value == "unknown"
    assert codes(answer) == ["UNSUPPORTED_COMPONENT"]


@pytest.mark.parametrize("state", ["failed", "provisioning"])
def test_a_balancer_that_does_not_work(state):
    """Elastic Load Balancing v2 API, LoadBalancerState."""
    record = alb()
    record["LoadBalancers"][0]["State"] = {"Code": state}
    answer = ask(record, INTERNET, "lb:web")
    assert seen(answer) == ("blocked", "timeout")
    assert blockers(answer) == {("BAD_STATE", ALB, "forward")}


# ---------------------------------------- the instance itself


def test_an_instance_is_asked_by_its_own_addresses_and_the_balancer_is_named():
    """Contracts, section 2."""
    answer = ask(alb(), INTERNET, "i-app", "8080")
    assert answer.verdict.value == "blocked"
    assert any("lb:web" in step and "443 -> 8080" in step for step in answer.next_steps)
    assert not any("lb:" in step for step in ask(alb(), "lb:web", "i-app", "8080").next_steps)


def test_a_target_behind_a_peering_connection():
    """NLB guide, target-group-register-targets: a peered VPC in the same Region; the ALB's route table must lead there."""
    record = alb()
    record["TargetGroups"][0]["TargetType"] = "ip"
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = [target("10.9.1.5", 80, AvailabilityZone="all")]
    assert blockers(ask(record, INTERNET, "lb:web")) == {
        ("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "rtb-pub", "forward")
    }
    reroute(record, "rtb-pub", route(INTERNET, "igw-1"), route("10.9.0.0/16", "pcx-1"))
    assert seen(ask(record, INTERNET, "lb:web")) == ("reachable", "connected")


def test_ipv6_clients_are_not_kept_for_ipv4_targets():
    """NLB guide, edit-target-group-attributes: translation between families replaces the client's address."""
    record = nlb(attributes=KEPT)
    find(record, "NetworkInterfaces", "eni-nlb-a")["Ipv6Addresses"] = [{"Ipv6Address": "2600:1f18:1:1::60"}]
    record = ingress(record, "sg-app", permission("tcp", 8443, **cidr("10.0.1.60/32")))
    assert verdict(record, "2a00:1450::1", "lb:net") == "reachable"
    assert verdict(record, "203.0.113.9", "lb:net") == "blocked"


def test_two_balancers_that_lead_to_each_other_end():
    """Each has the other's node as a target by address."""
    record = nlb(target("10.0.1.61", 443), TargetType="ip", attributes=REPLACED)
    other, back = NLB.replace("net/net", "net/two"), f"{ELB}:targetgroup/two/4444"
    record["LoadBalancers"].append(balancer(other, "network", {"us-east-1a": "subnet-pub"}))
    node(record, "eni-two", "subnet-pub", "10.0.1.61", "ELB net/two/01b6d1d0dcf697ce", [])
    pool(record, back, "TCP", 443, target("10.0.1.60", 443), TargetType="ip", attributes=REPLACED)
    listen(record, other, "TCP", 443, forward(back))
    answer = ask(record, INTERNET, "lb:net")
    assert seen(answer) == ("blocked", "timeout")
    assert codes(answer) == ["BAD_STATE"]


def test_groups_of_a_node_that_are_not_told():
    record = alb()
    for name in ("eni-alb-a", "eni-alb-b"):
        del find(record, "NetworkInterfaces", name)["Groups"]
    answer = ask(record, INTERNET, "lb:web")
    assert answer.verdict.value == "unknown"
    assert {gap.kind for gap in answer.gaps} == {"security group"}


def test_a_name_that_two_balancers_have_lists_them():
    """Contracts, section 2: names are unique per Region only."""
    record = alb()
    there = ALB.replace("us-east-1", "eu-west-1")
    record["LoadBalancers"].append(balancer(there, "application", {}, DNSName="web-9.eu-west-1.elb.amazonaws.com"))
    with pytest.raises(AmbiguousNameError) as wrong:
        ask(record, INTERNET, "lb:web")
    assert ALB in wrong.value.hint
    assert there in wrong.value.hint


def test_zones_have_the_names_that_the_subnets_give_them():
    """Elastic Load Balancing guide: each account has its own names for zones; those of a shared subnet are its owner's."""
    record = alb()
    for zone, name in zip(record["LoadBalancers"][0]["AvailabilityZones"], ("us-east-1c", "us-east-1d"), strict=True):
        zone["ZoneName"] = name
    assert verdict(record, INTERNET, "lb:web") == "reachable"


def test_kept_addresses_never_leave_through_an_internet_gateway():
    """VPC guide, VPC_Internet_Gateway: it translates the addresses of interfaces, and nobody else's."""
    record = nlb(target("192.88.99.9", 8443), TargetType="ip", attributes=KEPT)
    answer = ask(record, INTERNET, "lb:net")
    assert seen(answer) == ("blocked", "timeout")
    assert codes(answer) == ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"]


@pytest.mark.parametrize("name", ["lb:web", "lb:w*", ALB])
def test_a_balancer_that_only_its_nodes_tell_of(name):
    """Whatever it does is not in the input; what holds packets back before it is."""
    record = alb()
    del record["LoadBalancers"]
    answer = ask(record, INTERNET, name)
    assert seen(answer) == ("unknown", "unknown")
    assert {(gap.kind, gap.resource) for gap in answer.gaps} == {("load balancer", "app/web/50dc6c495c0c9188")}
    shut = ingress(alb(), "sg-alb")
    del shut["LoadBalancers"]
    assert seen(ask(shut, INTERNET, name)) == ("blocked", "timeout")


def test_a_classic_load_balancer_that_only_its_node_tells_of():
    record = clb()
    del record["LoadBalancerDescriptions"]
    answer = ask(record, INTERNET, "lb:old", "80")
    assert answer.verdict.value == "unknown"
    assert {gap.resource for gap in answer.gaps} == {"old"}


def test_targets_of_a_family_that_the_node_has_no_address_of():
    """NLB guide, create-target-group: IPv6 target groups need a dual-stack balancer."""
    record = nlb(target("2600:1f18:1:1::10", 8443), TargetType="ip", IpAddressType="ipv6")
    answer = ask(record, INTERNET, "lb:net")
    assert answer.verdict.value == "unknown"
    assert {gap.resource for gap in answer.gaps} == {"eni-nlb-a"}


def test_ipv6_targets_of_a_dual_stack_balancer():
    """ALB guide, target-group-ip-address-type."""
    record = alb(target("2600:1f18:1:1::10", 443))
    record["TargetGroups"][0] |= {"TargetType": "ip", "IpAddressType": "ipv6"}
    find(record, "NetworkInterfaces", "eni-alb-a")["Ipv6Addresses"] = [{"Ipv6Address": "2600:1f18:1:1::50"}]
    answer = ask(ingress(record, "sg-web", permission("tcp", 443, **pair("sg-alb"))), INTERNET, "198.51.100.50")
    assert seen(answer) == ("reachable", "connected")
    assert last(answer)[-1] == ("i-web", "instance")


def test_a_listener_that_forwards_to_nobody():
    answer = ask(alb(actions=[{"Type": "authenticate-oidc"}]), INTERNET, "lb:web")
    assert seen(answer) == ("blocked", "connected")
    assert blockers(answer) == {("ELBV2_LISTENER_HAS_NO_TG", ALB, "forward")}


def test_a_zone_that_the_balancer_is_not_in_is_no_name_of_it():
    with pytest.raises(UnknownNameError):
        ask(nlb(), INTERNET, f"us-east-1f.{DNS['net']}")
