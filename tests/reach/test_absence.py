"""What the absence of each kind means is declared by the kind; here each declaration is held to its word."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sgcheck.aws.kind import Absence
from sgcheck.aws.kinds import KINDS
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
    interface,
    lab,
    pair,
    permission,
    reroute,
    route,
    verdict,
)
from tests.reach.lab_balancers import alb, clb, host, nlb, second_zone
from tests.reach.lab_balancers import target as member
from tests.reach.lab_endpoints import connecting, serviced
from tests.reach.lab_firewall import PASS_443, inspected, suricata
from tests.reach.lab_names import orders, sender
from tests.reach.lab_transit import led, listing, transit, two_gateways

Record = dict
Scenario = tuple[Callable[[], Record], str, str, str]
BLOCKED_WITH = {"virtual private gateway"}
"""Kinds that nothing is ever reachable through: what is behind them is not in any input."""


def listed() -> Record:
    record = ingress(lab(), "sg-web", permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-1"}]))
    record["ManagedPrefixLists"] = [{"PrefixListId": "pl-1", "PrefixListName": "office", "AddressFamily": "IPv4"}]
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "0.0.0.0/0"}]}
    return record


def addressed() -> Record:
    record = lab()
    record["Addresses"] = [
        {
            "PublicIp": "198.51.100.7",
            "NetworkInterfaceId": "eni-web",
            "PrivateIpAddress": "10.0.1.10",
            "AllocationId": "eipalloc-1",
        }
    ]
    return record


def checked() -> Record:
    record = lab()
    record["InstanceStatuses"] = [{"InstanceId": "i-db", "InstanceStatus": {"Status": "impaired"}}]
    return record


def ruled() -> Record:
    record = lab()
    rule = {"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-db", "IsEgress": False, "IpProtocol": "tcp"}
    rule |= {"FromPort": 5432, "ToPort": 5432, "ReferencedGroupInfo": {"GroupId": "sg-web", "UserId": "111122223333"}}
    record["SecurityGroupRules"] = [rule]
    return record


def associated() -> Record:
    """i-db has a group of the other VPC, which is associated with this one."""
    record = lab()
    record["SecurityGroups"].append(group("sg-far", [permission("tcp", 5432, **ANY4)], vpc="vpc-9"))
    record["SecurityGroupVpcAssociations"] = [{"GroupId": "sg-far", "VpcId": "vpc-1", "State": "associated"}]
    find(record, "NetworkInterfaces", "eni-db")["Groups"] = [{"GroupId": "sg-far"}]
    return record


def database() -> Record:
    """10.0.2.50 belongs to a managed interface, which no instance tells of."""
    record = embedded()
    managed = interface("eni-rds", "subnet-priv", "10.0.2.50", ["sg-db"], Attachment={}, RequesterManaged=True)
    record["NetworkInterfaces"].append({**managed, "Description": "RDSNetworkInterface"})
    return record


def embedded() -> Record:
    """Instances that tell of their interfaces themselves, as AWS's always do."""
    record = lab()
    own = {i["NetworkInterfaceId"]: i for i in record["NetworkInterfaces"]}
    for found in record["Reservations"][0]["Instances"]:
        found["NetworkInterfaces"] = [own[found["InstanceId"].replace("i-", "eni-")]]
    return record


def six_out() -> Record:
    return reroute(lab(), "rtb-pub", route("::/0", "eigw-1"))


def unused_firewall() -> Record:
    """A firewall that stands on other ways than that of the question."""
    return inspected(suricata("one", PASS_443))


def by_group() -> Record:
    """i-peer takes members of sg-db, whom a transit gateway lets it recognise."""
    return ingress(transit(), "sg-peer", permission("tcp", 80, **pair("sg-db")))


def listed_route() -> Record:
    """A table of a transit gateway routes a prefix list, whose entries its search tells."""
    record = listing(transit(), led("10.9.0.0/16", "att-9", PrefixListId="pl-1"))
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "10.9.0.0/16"}]}
    aim = {"TransitGatewayAttachmentId": "att-9", "ResourceType": "vpc"}
    reference = {"TransitGatewayRouteTableId": "rtb-t", "PrefixListId": "pl-1", "TransitGatewayAttachment": aim}
    record["TransitGatewayPrefixListReferences"] = [reference]
    return record


def detached() -> Record:
    record = transit()
    record["VpnGateways"][0]["VpcAttachments"] = []
    return record


def told() -> Record:
    """The NLB, with what its target group does with client addresses."""
    return nlb(attributes={"preserve_client_ip.enabled": "true"})


def opened() -> Record:
    """The Classic Load Balancer, whose instance also lets others in."""
    return ingress(clb(), "sg-app", permission("tcp", 8080, **ANY4))


def classic_crossing() -> Record:
    """The Classic Load Balancer, whose only instance is in the other zone."""
    record = clb("i-far", AvailabilityZones=["us-east-1a", "us-east-1b"])
    told = {"LoadBalancerName": "old", "LoadBalancerAttributes": {"CrossZoneLoadBalancing": {"Enabled": True}}}
    record["ClassicLoadBalancerAttributes"] = [told]
    return host(record, "far", "subnet-priv-b", "10.0.4.41")


def crossing() -> Record:
    """The NLB in two zones, with a target in each."""
    targets = (member("i-app", 8443), member("i-far", 8443))
    return host(second_zone(nlb(*targets)), "far", "subnet-priv-b", "10.0.4.41")


# For each kind a question that it takes part in and that is `reachable` with it.
WITH: dict[str, Scenario] = {
    "VPC": (lab, "i-db", "i-peer", "80"),
    "subnet": (lab, "i-web", "i-db", "5432"),
    "network interface": (database, "i-web", "10.0.2.50", "5432"),
    "instance": (lab, "eni-web", "eni-db", "5432"),
    "instance status": (checked, "i-web", "i-db", "5432"),
    "security group": (lab, "i-web", "i-db", "5432"),
    "security group rule": (ruled, "i-web", "i-db", "5432"),
    "security group VPC association": (associated, "i-web", "i-db", "5432"),
    "network ACL": (lab, "i-web", "i-db", "5432"),
    "route table": (lab, "i-web", "i-db", "5432"),
    "internet gateway": (lab, "0.0.0.0/0", "i-web", "443"),
    "egress-only internet gateway": (six_out, "i-web", "2a00:1450::1", "443"),
    "NAT gateway": (lab, "i-db", "8.8.8.8", "443"),
    "Elastic IP address": (addressed, "0.0.0.0/0", "i-web", "443"),
    "VPC peering connection": (lab, "i-db", "i-peer", "80"),
    "prefix list": (listed, "0.0.0.0/0", "i-web", "443"),
    "DB instance": (orders, "i-web", "10.0.2.50", "5432"),
    "DB cluster": (orders, "i-web", "10.0.2.50", "5432"),
    "DB proxy": (orders, "i-web", "10.0.2.50", "5432"),
    "DB subnet group": (orders, "i-web", "10.0.2.50", "5432"),
    "ECS service": (orders, "i-web", "10.0.2.50", "5432"),
    "ECS task": (orders, "i-web", "10.0.2.50", "5432"),
    "EKS cluster": (orders, "i-web", "10.0.2.50", "5432"),
    "cache cluster": (orders, "i-web", "10.0.2.50", "5432"),
    "cache subnet group": (orders, "i-web", "10.0.2.50", "5432"),
    "replication group": (orders, "i-web", "10.0.2.50", "5432"),
    "Redshift cluster": (orders, "i-web", "10.0.2.50", "5432"),
    "OpenSearch domain": (orders, "i-web", "10.0.2.50", "5432"),
    "mount target": (orders, "i-web", "10.0.2.50", "5432"),
    "Lambda function": (sender, "10.0.2.60", "eni-rds", "5432"),
    "prefix list entry": (listed, "0.0.0.0/0", "i-web", "443"),
    "VPC endpoint": (serviced, "i-web", "i-db", "5432"),
    "VPC block public access options": (lab, "i-web", "i-db", "5432"),
    "VPC block public access exclusion": (lab, "i-web", "i-db", "5432"),
    "network firewall": (unused_firewall, "i-web", "i-db", "5432"),
    "firewall policy": (unused_firewall, "i-web", "i-db", "5432"),
    "firewall rule group": (unused_firewall, "i-web", "i-db", "5432"),
    "endpoint service": (serviced, "i-web", "i-db", "5432"),
    "EC2 Instance Connect endpoint": (connecting, "i-web", "i-db", "5432"),
    "transit gateway": (by_group, "i-db", "i-peer", "80"),
    "transit gateway attachment": (transit, "i-db", "i-peer", "80"),
    "transit gateway VPC attachment": (transit, "i-db", "i-peer", "80"),
    "transit gateway peering attachment": (two_gateways, "i-db", "i-peer", "80"),
    "transit gateway route table": (transit, "i-db", "i-peer", "80"),
    "transit gateway route": (transit, "i-db", "i-peer", "80"),
    "transit gateway propagation": (transit, "i-db", "i-peer", "80"),
    "transit gateway prefix list reference": (listed_route, "i-db", "i-peer", "80"),
    "virtual private gateway": (detached, "i-db", "172.16.1.1", "443"),
    "VPN connection": (transit, "i-db", "i-peer", "80"),
    "load balancer": (nlb, "i-web", "i-app", "8443"),
    "Classic Load Balancer": (opened, "i-web", "i-app", "8080"),
    "Classic Load Balancer attribute": (classic_crossing, "0.0.0.0/0", "198.51.100.70", "80"),
    "load balancer attribute": (crossing, "0.0.0.0/0", "198.51.100.60", "443"),
    "listener": (nlb, "0.0.0.0/0", "198.51.100.60", "443"),
    "listener rule": (alb, "0.0.0.0/0", "198.51.100.50", "443"),
    "target group": (alb, "0.0.0.0/0", "198.51.100.50", "443"),
    "target group attribute": (told, "0.0.0.0/0", "198.51.100.60", "443"),
    "target health": (alb, "0.0.0.0/0", "198.51.100.50", "443"),
}


def drop(record: Record, keys: tuple[str, ...]) -> Record:
    for key in keys:
        record.pop(key, None)
    return record


SWEEP = [pytest.param(kind, id=kind.name) for kind in KINDS]


def decided(answer):
    """What an answer says, without the ids of the rules that say it."""
    return [(a.source, a.target, a.verdict, a.allowed, a.denied, a.ports, a.blockers) for a in answer.answers]


def test_every_kind_takes_part_in_a_question():
    assert set(WITH) == {kind.name for kind in KINDS}


@pytest.mark.parametrize("kind", SWEEP)
def test_absence_means_what_the_kind_declares(kind):
    make, source, target, port = WITH[kind.name]
    whole = ask(make(), source, target, port)
    assert whole.verdict.value == ("blocked" if kind.name in BLOCKED_WITH else "reachable")
    missing = ask(drop(make(), kind.keys), source, target, port)
    if kind.absence is Absence.UNKNOWN:
        assert missing.verdict.value == "unknown"
        assert "NOT_COLLECTED" in codes(missing)
        assert kind.name in {gap.kind for gap in missing.gaps}
    else:
        assert missing.verdict.value == "reachable"
    if kind.absence is Absence.ASSUMED:
        assert set(missing.warnings) > set(whole.warnings)
    if kind.absence is Absence.OFF:
        assert decided(missing) == decided(whole)
        assert missing.gaps == whole.gaps


def test_a_host_that_forwards_and_is_not_told_of_leaves_it_open():
    """A network interface on the path, named by a route and absent."""
    record = reroute(lab(), "rtb-main", route("0.0.0.0/0", "eni-fw"))
    answer = ask(record, "i-db", "8.8.8.8", "443")
    assert answer.verdict.value == "unknown"
    assert {gap.kind for gap in answer.gaps} == {"network interface"}


@pytest.mark.parametrize("kind", SWEEP)
def test_what_aws_refused_is_said_and_decides_only_where_it_matters(kind):
    make, source, target, port = WITH[kind.name]
    record = drop(make(), kind.keys)
    gap = {
        "kind": kind.name,
        "account": None,
        "region": None,
        "call": "ec2:Describe",
        "reason": "UnauthorizedOperation",
    }
    wrapped = {"schema": "sgcheck.snapshot/1", "accounts": {"111122223333": {"us-east-1": record}}, "gaps": [gap]}
    answer = ask(wrapped, source, target, port)
    assert "UnauthorizedOperation" in " ".join(g.why for g in answer.gaps)
    if kind.absence is Absence.UNKNOWN:
        assert answer.verdict.value == "unknown"
        assert "ACCESS_DENIED" in codes(answer)
    else:
        assert answer.verdict.value == "reachable"
    if kind.absence is Absence.OFF:
        assert decided(answer) == decided(ask(make(), source, target, port))


def test_missing_is_not_empty():
    """No rules at all is a denial, rules that are not told are a gap."""
    assert verdict(ingress(lab(), "sg-db"), "i-web", "i-db", "5432") == "blocked"
    untold = lab()
    del find(untold, "SecurityGroups", "sg-db")["IpPermissions"]
    assert verdict(untold, "i-web", "i-db", "5432") == "unknown"
    emptied = entries(lab(), "acl-priv")
    assert verdict(emptied, "i-web", "i-db", "5432") == "blocked"
    del find(emptied, "NetworkAcls", "acl-priv")["Entries"]
    assert verdict(emptied, "i-web", "i-db", "5432") == "unknown"
    nameless = lab()
    del find(nameless, "NetworkInterfaces", "eni-db")["Groups"]
    assert verdict(nameless, "i-web", "i-db", "5432") == "unknown"


@pytest.mark.parametrize("key", ["RouteTables", "NetworkAcls", "InternetGateways", "NatGateways", "Vpcs"])
def test_what_is_decided_already_stays_blocked(key):
    record = ingress(lab(), "sg-db")
    answer = ask(drop(record, (key,)), "i-web", "i-db", "5432")
    assert answer.verdict.value == "blocked"
    assert "SG_HAS_NO_RULES" in codes(answer)


def test_some_of_it_passes_and_some_is_blocked_although_something_is_missing():
    """Partial beats unknown: the gap is named."""
    record = ingress(
        lab(),
        "sg-web",
        permission("tcp", 443, **cidr("203.0.113.0/24")),
        permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-9"}]),
    )
    assert verdict(record, "0.0.0.0/0", "i-web") == "unknown"
    record = ingress(
        lab(),
        "sg-web",
        permission("tcp", 443, **ANY4),
        permission("tcp", 444, PrefixListIds=[{"PrefixListId": "pl-9"}]),
    )
    answer = ask(record, "0.0.0.0/0", "i-web", "442-444")
    assert answer.verdict.value == "partial"
    assert [gap.resource for gap in answer.gaps] == ["pl-9"]


def test_a_peer_that_is_not_in_the_input_is_named():
    record = lab()
    record["Vpcs"] = [v for v in record["Vpcs"] if v["VpcId"] != "vpc-9"]
    record["NetworkInterfaces"].append(interface("eni-x", "subnet-pub", "10.0.1.50", ["sg-web"]))
    answer = ask(record, "i-db", "10.9.1.77", "80")
    assert answer.verdict.value == "unknown"
    assert ("VPC", "vpc-9") in {(gap.kind, gap.resource) for gap in answer.gaps}


def test_a_closing_deny_is_no_gap():
    record = entries(lab(), "acl-priv", entry(100, False), entry(100, True))
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"


def snapshot(record: Record, *kinds: str) -> Record:
    """The record as a snapshot of ours, whose caller was refused these kinds."""
    gaps = [
        {"kind": kind, "account": None, "region": None, "call": "ec2:Describe", "reason": "AccessDenied"}
        for kind in kinds
    ]
    return {"schema": "sgcheck.snapshot/1", "accounts": {"111122223333": {"us-east-1": record}}, "gaps": gaps}


def test_instances_tell_enough_of_their_own_interfaces():
    record = drop(embedded(), ("NetworkInterfaces",))
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"
    assert verdict(record, "i-web", "i-db", "22") == "blocked"


def test_a_nat_gateway_needs_no_interface_record():
    """Contracts, section 3: assumed."""
    record = lab()
    record["NetworkInterfaces"] = [i for i in record["NetworkInterfaces"] if i["NetworkInterfaceId"] != "eni-nat"]
    assert verdict(record, "i-db", "8.8.8.8") == "reachable"
    assert verdict(record, "0.0.0.0/0", "198.51.100.9") == "blocked"


@pytest.mark.parametrize("refused", [False, True])
def test_who_has_an_address_is_not_known_without_interfaces(refused):
    """Balancers, databases, functions: only describe-network-interfaces tells of them."""
    record = drop(embedded(), ("NetworkInterfaces",))
    answer = ask(snapshot(record, "network interface") if refused else record, "i-web", "10.0.2.77", "443")
    assert answer.verdict.value == "unknown"
    assert "network interface" in {gap.kind for gap in answer.gaps}


def test_who_sends_from_an_address_is_not_known_without_interfaces():
    record = drop(embedded(), ("NetworkInterfaces",))
    assert verdict(record, "10.0.1.50", "i-db", "5432") == "unknown"


@pytest.mark.parametrize("source", ["i-web", "sg-web", "subnet-pub"])
def test_ends_whose_interfaces_were_refused_are_undecided(source):
    """What is missing never raises: it makes the verdict unknown."""
    record = drop(lab(), ("NetworkInterfaces",))
    answer = ask(snapshot(record, "network interface"), source, "10.0.2.20", "5432")
    assert answer.verdict.value == "unknown"


def test_empty_is_told_from_missing():
    """An empty list says that there are none."""
    for key, source, target, code in (
        ("InternetGateways", "0.0.0.0/0", "i-web", "BAD_STATE_ATTACHMENT"),
        ("VpcPeeringConnections", "i-db", "i-peer", None),
    ):
        record = lab()
        record[key] = []
        if code:
            assert verdict(reroute(record, "rtb-pub"), source, target) == "blocked"
        else:
            assert verdict(reroute(record, "rtb-main"), source, target, "80") == "blocked"


@pytest.mark.parametrize(
    ("source", "table", "target", "kind"),
    [
        ("i-web", "rtb-pub", "igw-2", "internet gateway"),
        ("i-db", "rtb-main", "nat-2", "NAT gateway"),
        ("i-db", "rtb-main", "pcx-2", "VPC peering connection"),
        ("i-db", "rtb-main", "eni-2", "network interface"),
    ],
)
def test_what_a_route_names_must_be_in_the_input(source, table, target, kind):
    """Contracts, section 3: unknown, although others of its kind are there."""
    answer = ask(reroute(lab(), table, route("0.0.0.0/0", target)), source, "8.8.8.8")
    assert answer.verdict.value == "unknown"
    assert (kind, target) in {(gap.kind, gap.resource) for gap in answer.gaps}


def test_gaps_say_how_to_collect_what_is_missing():
    for key, call in (
        ("RouteTables", "describe-route-tables"),
        ("NetworkAcls", "describe-network-acls"),
        ("SecurityGroups", "describe-security-groups"),
    ):
        answer = ask(drop(lab(), (key,)), "i-web", "i-db", "5432")
        assert {gap.collect for gap in answer.gaps} == {f"aws ec2 {call}"}


def test_an_unlisted_prefix_list_is_named_with_the_call_that_lists_it():
    answer = ask(drop(listed(), ("PrefixListEntries",)), "0.0.0.0/0", "i-web")
    (gap,) = answer.gaps
    assert (gap.kind, gap.resource) == ("prefix list entry", "pl-1")
    assert gap.collect == "aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-1"


DECIDED = {
    "RouteTables": "SG_HAS_NO_RULES",
    "NetworkAcls": "SG_HAS_NO_RULES",
    "InternetGateways": "SG_HAS_NO_RULES",
    "NatGateways": "SG_HAS_NO_RULES",
    "VpcPeeringConnections": "SG_HAS_NO_RULES",
    "Reservations": "SG_HAS_NO_RULES",
}


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("key", DECIDED)
def test_a_group_without_rules_decides_whatever_else_is_missing(key, refused):
    """Contracts, section 3: already decided by what is known."""
    kind = next(k.name for k in KINDS if key in k.keys)
    for source, target in (("0.0.0.0/0", "eni-web"), ("eni-db", "10.0.1.10")):
        record = drop(ingress(lab(), "sg-web"), (key,))
        answer = ask(snapshot(record, kind) if refused else record, source, target)
        assert answer.verdict.value == "blocked"
        assert DECIDED[key] in codes(answer)


def test_a_refusal_elsewhere_is_a_gap_and_no_more():
    """Refused for another account: nothing on this path depends on it."""
    wrapped = snapshot(lab(), "route table")
    wrapped["gaps"][0]["account"] = "444455556666"
    answer = ask(wrapped, "i-web", "i-db", "5432")
    assert answer.verdict.value == "reachable"
