"""A working path against a failing one: each layer made to differ alone, and none."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

import sgcheck
from sgcheck.diagnose.compare import compare
from sgcheck.diagnose.fact import Layer, Side
from sgcheck.errors import UnknownNameError, UsageError
from sgcheck.reach.answer import Verdict
from sgcheck.render import compare_text
from sgcheck.render.layout import columns
from tests.reach.lab import (
    ANY4,
    acl,
    cidr,
    entry,
    find,
    group,
    instance,
    interface,
    lab,
    load,
    pair,
    permission,
    ports,
    route,
    subnet,
    table,
)
from tests.reach.lab_balancers import NLB, alb, balancer, forward, listen, node, pool, target
from tests.reach.lab_endpoints import NARROW, S3, endpoint, stored

OPEN = [route("0.0.0.0/0", "igw-1"), route("::/0", "igw-1")]


def twins():
    """The lab with i-two beside i-web: same subnet, same group, both public."""
    record = lab()
    six = [{"Ipv6Address": "2600:1f18:1:1::11"}]
    record["NetworkInterfaces"].append(
        interface("eni-two", "subnet-pub", "10.0.1.11", ["sg-web"], "198.51.100.8", Ipv6Addresses=six)
    )
    record["Reservations"][0]["Instances"].append(instance("i-two", "two"))
    return record


def moved(routes=None, entries=None, **more):
    """The twins with i-two in a subnet of its own, whose table and ACL work unless they are given."""
    record = twins()
    record["Subnets"].append(subnet("subnet-two", "10.0.5.0/24", six="2600:1f18:1:5::/64", **more))
    one = find(record, "NetworkInterfaces", "eni-two")
    one |= {"SubnetId": "subnet-two", "PrivateIpAddress": "10.0.5.11"}
    one["PrivateIpAddresses"][0]["PrivateIpAddress"] = "10.0.5.11"
    one["Ipv6Addresses"] = [{"Ipv6Address": "2600:1f18:1:5::11"}]
    record["RouteTables"].append(table("rtb-two", "subnet-two", routes=OPEN if routes is None else routes))
    record["NetworkAcls"].append(acl("acl-two", "subnet-two", entries=entries))
    return record


def two(record, key="NetworkInterfaces"):
    """The record of i-two, or of its interface."""
    return find(record, key, "i-two" if key == "Instances" else "eni-two")


def regrouped(*rules):
    """The twins with i-two in a group of its own."""
    record = twins()
    record["SecurityGroups"].append(group("sg-two", list(rules)))
    two(record)["Groups"] = [{"GroupId": "sg-two"}]
    return record


def compared(record, source="0.0.0.0/0", failing="i-two", port="443", good="i-web", side=Side.TARGET):
    return compare(load(record), sgcheck.Question.parse(source, failing, port), good, side)


def told(found):
    """(layer, what, here, there, explains) of every difference."""
    return {(d.layer.value, d.what, d.here, d.there, d.explains) for d in found.differences}


def test_where_nothing_differs_it_is_the_host():
    found = compared(twins())
    assert found.differences == ()
    assert (found.here_verdict, found.there_verdict) == (Verdict.REACHABLE, Verdict.REACHABLE)
    assert (
        found.conclusion
        == "For i-two and i-web nothing differs: look at the host, what listens there and its own firewall."
    )


def test_the_state():
    record = twins()
    two(record, "Instances")["State"]["Name"] = "stopped"
    found = compared(record)
    assert told(found) == {("state", "instance", "stopped", "running", True)}
    assert found.differences[0].because == ("i-two (two) is stopped, so nothing answers",)
    assert found.conclusion == "i-two fails where i-web works because of what differs in state (instance)."


def test_an_interface_that_is_attached_to_nothing():
    record = twins()
    two(record).update(Status="available", Attachment={})
    found = compared(record, failing="eni-two")
    assert ("state", "interface", "attached to nothing", "attached", True) in told(found)


def test_the_public_address():
    record = twins()
    del two(record)["PrivateIpAddresses"][0]["Association"]
    assert told(compared(record)) == {("addresses", "public IPv4 address", "none", "198.51.100.7", True)}


def test_the_ipv6_address_matters_where_ipv6_is_asked():
    record = twins()
    two(record)["Ipv6Addresses"] = []
    assert told(compared(record, source="::/0")) == {("addresses", "IPv6 address", "none", "2600:1f18:1:1::10", True)}
    assert compared(record, source="0.0.0.0/0").differences == ()


def test_the_source_destination_check():
    record = twins()
    two(record)["SourceDestCheck"] = False
    assert told(compared(record)) == {("addresses", "source/destination check", "off", "on", False)}


def test_a_subnet_that_works_alike_explains_nothing():
    found = compared(moved())
    assert told(found) == {("addresses", "subnet", "subnet-two", "subnet-pub", False)}
    assert "nothing of what differs holds packets back: look at the host" in found.conclusion


def beside_the_subnet(found):
    return told(found) - {("addresses", "subnet", "subnet-two", "subnet-pub", False)}


def test_block_public_access():
    found = compared(moved(BlockPublicAccessStates={"InternetGatewayBlockMode": "block-bidirectional"}))
    assert beside_the_subnet(found) == {("addresses", "block public access", "block-bidirectional", "off", True)}


def test_the_rules_of_the_groups():
    found = compared(regrouped(permission("tcp", 22, **ANY4)))
    assert told(found) == {
        ("security groups", "groups", "sg-two", "sg-web", False),
        ("security groups", "inbound rules for 443/tcp", "none", "443/tcp from 0.0.0.0/0", True),
    }


def test_another_group_with_the_same_rules_explains_nothing():
    found = compared(regrouped(permission("tcp", 443, **ANY4), permission("tcp", 22, **ANY4)))
    assert told(found) == {("security groups", "groups", "sg-two", "sg-web", False)}


def test_a_group_that_the_other_end_names():
    """Which group a client has decides where the database names one (EC2 guide, security-group-rules-reference)."""
    found = compared(regrouped(), source="i-two", failing="i-db", port="5432", good="i-web", side=Side.SOURCE)
    named = "rules at the other end that name them"
    assert ("security groups", named, "none", "sg-db: 5432/tcp from members of sg-web", True) in told(found)
    assert (found.here, found.there, found.side) == ("i-two", "i-web", Side.SOURCE)


def test_outbound_rules_of_a_source():
    record = regrouped()
    find(record, "SecurityGroups", "sg-two")["IpPermissionsEgress"] = []
    find(record, "SecurityGroups", "sg-db")["IpPermissions"] = [permission("tcp", 5432, **cidr("10.0.0.0/16"))]
    found = compared(record, source="i-two", failing="i-db", port="5432", side=Side.SOURCE)
    assert ("security groups", "outbound rules for 5432/tcp", "none", "all to 0.0.0.0/0", True) in told(found)


def test_the_acl_on_the_way_in():
    found = compared(moved(entries=[entry(90, False, "deny", **ports(443)), entry(100, False), entry(100, True)]))
    assert beside_the_subnet(found) == {
        ("network ACL", "inbound entries", "deny 443/tcp from 0.0.0.0/0", "nothing of its own", True)
    }


def test_the_acl_on_the_way_back():
    found = compared(moved(entries=[entry(100, False), entry(100, True, **ports(443))]))
    assert beside_the_subnet(found) == {
        ("network ACL", "outbound entries", "allow 443/tcp to 0.0.0.0/0", "allow all to 0.0.0.0/0", True)
    }


def test_acls_that_differ_in_the_order_of_their_entries_show_all_of_them():
    denied = [entry(90, False, "deny", **ports(443)), entry(100, False), entry(100, True)]
    allowed = [entry(80, False), entry(90, False, "deny", **ports(443)), entry(100, True)]
    record = moved(entries=denied)
    find(record, "NetworkAcls", "acl-pub")["Entries"] = acl("x", entries=allowed)["Entries"]
    (found,) = [d for d in compared(record).differences if d.layer is Layer.ACL]
    assert found.here.startswith("deny 443/tcp from 0.0.0.0/0; allow all from 0.0.0.0/0")
    assert found.there.startswith("allow all from 0.0.0.0/0; deny 443/tcp from 0.0.0.0/0")


def test_the_routes():
    assert beside_the_subnet(compared(moved(routes=[]))) == {
        ("route table", "routes", "none", "0.0.0.0/0 -> igw-1", True)
    }


def test_a_route_to_a_nat_gateway():
    found = compared(moved(routes=[route("0.0.0.0/0", "nat-1")]))
    assert ("route table", "routes", "0.0.0.0/0 -> nat-1", "0.0.0.0/0 -> igw-1", True) in told(found)
    assert ("gateways", "NAT gateways on its routes", "nat-1 (available)", "none", False) in told(found)


def test_a_nat_gateway_that_is_not_available():
    record = lab()
    for name, where, block in (("three", "subnet-three", "10.0.6"), ("four", "subnet-four", "10.0.7")):
        record["Subnets"].append(subnet(where, f"{block}.0/24"))
        record["NetworkInterfaces"].append(interface(f"eni-{name}", where, f"{block}.5", ["sg-db"]))
        record["Reservations"][0]["Instances"].append(instance(f"i-{name}", name))
        record["NetworkAcls"].append(acl(f"acl-{name}", where))
    broken = {**record["NatGateways"][0], "NatGatewayId": "nat-2", "State": "failed", "NatGatewayAddresses": []}
    record["NatGateways"].append(broken)
    record["RouteTables"].append(table("rtb-three", "subnet-three", routes=[route("0.0.0.0/0", "nat-2")]))
    record["RouteTables"].append(table("rtb-four", "subnet-four", routes=[route("0.0.0.0/0", "nat-1")]))
    found = compared(record, source="i-three", failing="internet", good="i-four", side=Side.SOURCE)
    assert ("gateways", "NAT gateways on its routes", "nat-2 (failed)", "nat-1 (available)", True) in told(found)


def second_vpc(**attached):
    """i-two in a VPC like the first, with a gateway of its own."""
    record = twins()
    record["Vpcs"].append({"VpcId": "vpc-2", "OwnerId": "111122223333", "CidrBlock": "10.5.0.0/16"})
    record["Subnets"].append(subnet("subnet-two", "10.5.1.0/24", vpc="vpc-2"))
    one = two(record)
    one |= {"SubnetId": "subnet-two", "VpcId": "vpc-2", "PrivateIpAddress": "10.5.1.11", "Ipv6Addresses": []}
    one["PrivateIpAddresses"][0]["PrivateIpAddress"] = "10.5.1.11"
    one["Groups"] = [{"GroupId": "sg-two"}]
    record["SecurityGroups"].append(group("sg-two", [permission("tcp", 443, **ANY4)], vpc="vpc-2"))
    record["InternetGateways"].append({"InternetGatewayId": "igw-2", "Attachments": [attached] if attached else []})
    local = route("10.5.0.0/16", "local", Origin="CreateRouteTable")
    record["RouteTables"].append(
        table("rtb-two", "subnet-two", vpc="vpc-2", routes=[local, route("0.0.0.0/0", "igw-2")])
    )
    record["NetworkAcls"].append(acl("acl-two", "subnet-two", vpc="vpc-2"))
    return record


def test_another_vpc_with_the_same_configuration_explains_nothing():
    found = compared(second_vpc(VpcId="vpc-2", State="available"))
    assert told(found) == {
        ("addresses", "VPC", "vpc-2", "vpc-1", False),
        ("addresses", "subnet", "subnet-two", "subnet-pub", False),
        ("security groups", "groups", "sg-two", "sg-web", False),
    }


def test_an_internet_gateway_that_is_not_attached():
    assert ("gateways", "internet gateway", "none", "igw-1", True) in told(compared(second_vpc()))


def test_membership_in_a_load_balancer():
    record = alb(target("i-app", 8080, "healthy"))
    record["NetworkInterfaces"].append(interface("eni-two", "subnet-priv", "10.0.2.41", ["sg-app"]))
    record["Reservations"][0]["Instances"].append(instance("i-two", "two"))
    found = compared(record, source="10.0.1.50", port="8080", good="i-app")
    assert told(found) == {("load balancers", "membership", "none", "web:443 -> 8080, healthy", False)}


def other_balancer(*targets):
    """The ALB, and beside it `mail`, whose pool has these targets."""
    record = alb(target("i-app", 8080, "healthy"))
    arn, app = (
        NLB.replace("net/net", "app/mail"),
        "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/mail/9",
    )
    where = {"us-east-1a": "subnet-pub", "us-east-1b": "subnet-pub-b"}
    record["LoadBalancers"].append(balancer(arn, "application", where, SecurityGroups=["sg-alb"]))
    described = f"ELB app/mail/{arn.rpartition('/')[2]}"
    node(record, "eni-mail-a", "subnet-pub", "10.0.1.55", described, ["sg-alb"], "198.51.100.55")
    node(record, "eni-mail-b", "subnet-pub-b", "10.0.3.55", described, ["sg-alb"], "198.51.100.56")
    pool(record, app, "HTTP", 8080, *targets)
    return listen(record, arn, "HTTPS", 443, forward(app))


def test_what_a_load_balancer_leads_to():
    found = compared(other_balancer(), failing="lb:mail", good="lb:web")
    assert (found.here, found.there) == ("lb:mail", "lb:web")
    (one,) = [d for d in found.differences if d.what == "listeners for 443/tcp"]
    assert "mail (no targets)" in one.here
    assert "app (healthy)" in one.there
    assert one.explains


def test_load_balancers_that_lead_to_the_same_do_not_differ():
    found = compared(other_balancer(target("i-app", 8080, "healthy")), failing="lb:mail", good="lb:web")
    assert [d for d in found.differences if d.layer is Layer.BALANCERS] == []


def test_the_policy_of_an_endpoint():
    """A policy never drops packets, and is told all the same (PrivateLink guide, vpc-endpoints-access)."""
    record = stored(PolicyDocument=NARROW)
    record["Subnets"].append(subnet("subnet-two", "10.0.5.0/24"))
    record["NetworkInterfaces"].append(interface("eni-two", "subnet-two", "10.0.5.11", ["sg-db"]))
    record["Reservations"][0]["Instances"].append(instance("i-two", "two"))
    record["NetworkAcls"].append(acl("acl-two", "subnet-two"))
    routes = [route("0.0.0.0/0", "nat-1"), route("pl-s3", "vpce-two"), route("10.9.0.0/16", "pcx-1")]
    record["RouteTables"].append(table("rtb-two", "subnet-two", routes=routes))
    record["VpcEndpoints"].append(endpoint("vpce-two", "Gateway", S3, RouteTableIds=["rtb-two"]))
    found = compared(record, source="i-db", failing="internet", good="i-two", side=Side.SOURCE)
    (one,) = [d for d in found.differences if d.layer is Layer.ENDPOINTS]
    assert (one.here, one.there, one.explains) == (f"{S3}: restricted", f"{S3}: allows everything", False)


def test_where_both_are_held_back_alike_the_input_may_be_old():
    record = twins()
    find(record, "SecurityGroups", "sg-web")["IpPermissions"] = []
    found = compared(record)
    assert found.differences == ()
    assert found.conclusion.startswith("By the configuration both are held back: sg-web (web) has no inbound rules")
    assert "the input is older than the network" in found.conclusion


def test_what_blocks_both_is_told_beside_what_differs():
    record = regrouped(permission("tcp", 22, **ANY4))
    record["NetworkAcls"][0]["Entries"] = acl("x", entries=[entry(100, False), entry(100, True, **ports(443))])[
        "Entries"
    ]
    found = compared(record)
    assert found.unexplained
    assert "besides, for both alike or elsewhere: network ACL acl-pub denies outbound replies" in found.conclusion


def test_what_is_missing_is_not_taken_for_the_host():
    record = twins()
    record["SecurityGroups"] = [g for g in record["SecurityGroups"] if g["GroupId"] != "sg-web"]
    found = compared(record)
    assert found.here_verdict is Verdict.UNKNOWN
    assert "as far as the input tells, and what is missing there decides" in found.conclusion


def test_what_holds_back_on_the_way_is_told():
    record = twins()
    find(record, "RouteTables", "rtb-pub")["Routes"].append(route("10.9.0.0/16", "pcx-1"))
    find(record, "RouteTables", "rtb-peer")["Routes"][-1] = route("10.0.1.10/32", "pcx-1")
    found = compared(record, source="i-peer")
    assert (found.here_verdict, found.there_verdict) == (Verdict.BLOCKED, Verdict.REACHABLE)
    assert found.conclusion.startswith(
        "For i-two and i-web nothing differs; on the way to i-two alone: rtb-peer has no route"
    )


def test_outbound_rules_of_the_other_end_that_name_a_group():
    record = regrouped(permission("tcp", 443, **ANY4), permission("tcp", 22, **ANY4))
    record["SecurityGroups"].append(group("sg-src", [], egress=[permission("tcp", 443, **pair("sg-web"))]))
    find(record, "NetworkInterfaces", "eni-db")["Groups"] = [{"GroupId": "sg-src"}]
    found = compared(record, source="i-db")
    named = "rules at the other end that name them"
    assert ("security groups", named, "none", "sg-src: 443/tcp to members of sg-web", True) in told(found)


@pytest.mark.parametrize("good", ["203.0.113.9", "internet"])
def test_only_what_is_in_the_network_can_be_compared(good):
    with pytest.raises(UsageError, match=r"--compare-with .*nothing of the network") as raised:
        compared(twins(), source="i-db", failing="i-web", good=good)
    assert "instances, interfaces" in raised.value.hint


def test_the_other_end_itself_is_no_comparison():
    with pytest.raises(UsageError, match="that is the other end"):
        compared(twins(), source="i-web", good="i-web")


def test_a_good_end_that_the_configuration_blocks_throws_doubt_on_the_input():
    found = compared(regrouped(permission("tcp", 22, **ANY4)), failing="i-web", good="i-two")
    assert found.conclusion.startswith(
        "The configuration delivers to i-web and holds back i-two, which works: the input is"
    )


def test_of_several_the_one_that_fails_is_compared():
    record = twins()
    two(record, "Instances")["State"]["Name"] = "stopped"
    found = compared(record, failing="sg-web", good="tag:tier=web")
    assert (found.here, found.there) == ("i-two", "i-web")


def test_an_unknown_name_is_said_to_be_unknown():
    with pytest.raises(UnknownNameError):
        compared(twins(), good="i-nobody")


def test_the_failing_end_must_be_in_the_network_too():
    with pytest.raises(UsageError, match=r"--to 203\.0\.113\.9: nothing of the network"):
        compared(twins(), source="i-db", failing="203.0.113.9", good="i-web")


def test_the_text_says_first_what_follows_and_then_what_explains_it():
    text = compare_text.render(compared(regrouped(permission("tcp", 22, **ANY4))))
    assert text.splitlines()[0] == "i-two compared with i-web"
    assert text.index("✗  security groups: inbound rules for 443/tcp") < text.index("-  security groups: groups")
    assert "   i-two  none\n   i-web  443/tcp from 0.0.0.0/0\n   → sg-two (two) has no inbound rule" in text


@pytest.mark.parametrize("width", [40, 80])
def test_the_text_keeps_the_width_and_its_colours_to_itself(width):
    found = compared(regrouped(permission("tcp", 22, **ANY4)))
    text = compare_text.render(found, width=width)
    assert max(columns(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert "\x1b[31m" in compare_text.render(found, color=True)
    assert compare_text.render(found, ascii_only=True).isascii()


def test_names_can_do_nothing_to_a_terminal():
    found = replace(compared(twins()), here="i-\x1b[31m")
    assert "\x1b" not in compare_text.render(found)
