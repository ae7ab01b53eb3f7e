"""Odd and half-told networks: nothing crashes, nothing is guessed."""

from __future__ import annotations

import pytest

from sgcheck.errors import InputError, UsageError
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
    interface,
    lab,
    load,
    pair,
    permission,
    ports,
    reroute,
    route,
    table,
    verdict,
)


def without_subnet(id_):
    record = lab()
    record["Subnets"] = [s for s in record["Subnets"] if s["SubnetId"] != id_]
    return record


def test_a_subnet_that_is_not_told_leaves_it_open():
    assert verdict(without_subnet("subnet-pub"), "i-web", "i-db", "5432") == "unknown"
    assert verdict(without_subnet("subnet-pub"), "0.0.0.0/0", "i-web") == "unknown"
    assert verdict(without_subnet("subnet-priv"), "i-web", "i-db", "5432") in ("unknown", "blocked")


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda r: ingress(r, "sg-web", permission("tcp", 443, **cidr("10.0.0.0/40"))), "SecurityGroups (sg-web)"),
        (lambda r: ingress(r, "sg-web", permission("tpc", 443, **ANY4)), "SecurityGroups (sg-web)"),
        (lambda r: entries(r, "acl-pub", entry(100, False, block="10.0.0.0")), None),
        (lambda r: entries(r, "acl-pub", {**entry(100, False), "CidrBlock": None}), "NetworkAcls (acl-pub) rule 100"),
        (lambda r: entries(r, "acl-pub", entry(100, False, Protocol="tpc")), "NetworkAcls (acl-pub) rule 100"),
        (lambda r: reroute(r, "rtb-pub", {"GatewayId": "igw-1"}), "RouteTables (rtb-pub)"),
        (lambda r: reroute(r, "rtb-pub", route("0.0.0.0/33", "igw-1")), "RouteTables (rtb-pub)"),
    ],
)
def test_values_that_make_no_sense_are_one_line(break_it, message):
    record = break_it(lab())
    if message is None:
        assert ask(record, "0.0.0.0/0", "i-web")
        return
    with pytest.raises(InputError) as error:
        ask(record, "0.0.0.0/0", "i-web")
    assert message in error.value.message
    assert "\n" not in error.value.message


@pytest.mark.parametrize("member", ["Vpcs", "Subnets"])
def test_a_bad_range_of_a_place_is_one_line(member):
    record = lab()
    record[member][0]["CidrBlock"] = "10.0.0/16"
    with pytest.raises(InputError, match=member):
        ask(record, "0.0.0.0/0", "i-web")


def test_records_that_say_too_little_are_left_alone():
    record = lab()
    record["NetworkInterfaces"].append({"NetworkInterfaceId": "eni-lost"})
    record["NetworkInterfaces"].append({"NetworkInterfaceId": "eni-bare", "VpcId": "vpc-1", "SubnetId": "subnet-pub"})
    record["Subnets"].append({"SubnetId": "subnet-lost"})
    record["NatGateways"].append({"NatGatewayId": "nat-lost"})
    record["VpcPeeringConnections"].append({"VpcPeeringConnectionId": "pcx-lost"})
    record["RouteTables"].append({"RouteTableId": "rtb-lost", "Associations": [{"Main": False}]})
    record["NetworkAcls"].append({"NetworkAclId": "acl-lost", "IsDefault": True, "Associations": [{}]})
    record["SecurityGroups"].append({"GroupId": "sg-lost", "Tags": [{"Key": "Name", "Value": "lost"}]})
    record["Reservations"][0]["Instances"].append({"InstanceId": "i-gone", "State": {"Name": "terminated"}})
    record["Reservations"][0]["Instances"].append(
        {"InstanceId": "i-odd", "NetworkInterfaces": [{"NetworkInterfaceId": "eni-odd"}]}
    )
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"
    with pytest.raises(UsageError, match="without any network interface"):
        ask(record, "i-gone", "i-web")
    with pytest.raises(UsageError):
        ask(record, "eni-bare", "i-web")


def test_the_default_acl_guards_subnets_without_an_association():
    record = lab()
    found = find(record, "NetworkAcls", "acl-priv")
    found["Associations"] = []
    assert verdict(record, "i-web", "i-db", "5432") == "unknown"
    found["IsDefault"] = True
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"


def test_hand_written_tables_have_their_local_routes():
    record = lab()
    for found in record["RouteTables"]:
        found["Routes"] = [r for r in found["Routes"] if r.get("GatewayId") != "local"]
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
    reroute(record, "rtb-pub", {"DestinationCidrBlock": "0.0.0.0/0", "State": "active"})
    assert codes(ask(record, "0.0.0.0/0", "i-web")) == ["BAD_STATE_ROUTE"]
    reroute(record, "rtb-pub", {"DestinationCidrBlock": "0.0.0.0/0", "InstanceId": "i-web"})
    assert "RETURN_PATH_ASYMMETRIC" in codes(ask(record, "0.0.0.0/0", "i-web"))


def test_an_instance_as_a_route_target_is_its_primary_interface():
    record = reroute(lab(), "rtb-main", {"DestinationCidrBlock": "0.0.0.0/0", "InstanceId": "i-web"})
    assert "ENI_SOURCE_DEST_CHECK_RESTRICTION" in codes(ask(record, "i-db", "8.8.8.8"))
    reroute(record, "rtb-main", {"DestinationCidrBlock": "0.0.0.0/0", "InstanceId": "i-gone"})
    assert verdict(record, "i-db", "8.8.8.8") == "unknown"


def test_nat_gateways_that_loop_or_lead_nowhere():
    loop = reroute(lab(), "rtb-pub", route("0.0.0.0/0", "nat-1"))
    assert "BAD_STATE" in codes(ask(loop, "i-db", "8.8.8.8"))
    nowhere = reroute(lab(), "rtb-pub", route("::/0", "igw-1"))
    answer = ask(nowhere, "i-db", "8.8.8.8")
    assert codes(answer) == ["NO_ROUTE_TO_DESTINATION"]
    assert answer.answers[0].blockers[0].fix.commands == (
        "aws ec2 create-route --route-table-id rtb-pub --destination-cidr-block 8.8.8.8/32 --gateway-id igw-1",
    )
    private = reroute(lab(), "rtb-main", route("10.9.0.0/16", "nat-gone"))
    assert verdict(private, "i-db", "i-peer", "80") == "unknown"


def test_ipv6_through_a_nat_gateway_is_not_carried():
    record = reroute(lab(), "rtb-pub", route("::/0", "nat-1"))
    assert "PROTOCOL_RESTRICTION" in codes(ask(record, "i-web", "2a00:1450::1"))


def test_ipv6_routes_that_are_missing_lead_to_what_is_there():
    record = reroute(lab(), "rtb-pub", route("0.0.0.0/0", "igw-1"))
    (command,) = ask(record, "i-web", "2a00:1450::1").answers[0].blockers[0].fix.commands
    assert command.endswith("--destination-ipv6-cidr-block ::/0 --gateway-id igw-1") or "2a00:1450::1" in command
    record["InternetGateways"] = []
    (command,) = ask(record, "i-web", "2a00:1450::1").answers[0].blockers[0].fix.commands
    assert "--egress-only-internet-gateway-id eigw-1" in command
    record["EgressOnlyInternetGateways"] = []
    assert ask(record, "i-web", "2a00:1450::1").answers[0].blockers[0].fix.commands == ()


def test_ula_addresses_are_not_in_the_internet():
    record = reroute(lab(), "rtb-pub", route("::/0", "igw-1"))
    find(record, "NetworkInterfaces", "eni-web")["Ipv6Addresses"] = [{"Ipv6Address": "fd00::10"}]
    find(record, "Subnets", "subnet-pub")["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "fd00::/64"}]
    find(record, "Vpcs", "vpc-1")["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "fd00::/56"}]
    assert ask(record, "::/0", "i-web").client_sees.value == "no-address"
    assert verdict(record, "i-web", "2a00:1450::1") == "blocked"


def test_public_addresses_inside_an_asked_block_are_their_owners():
    answer = ask(lab(), "198.51.100.0/24", "i-db", "5432")
    assert {a.source.id for a in answer.answers if a.source.kind == "instance"} == {"i-web"}
    to = ask(lab(), "i-db", "198.51.100.0/24", "443")
    assert {a.target.kind for a in to.answers} >= {"instance", "internet"}


def test_a_block_of_private_targets_is_each_of_its_interfaces():
    answer = ask(lab(), "i-web", "10.0.2.0/24", "5432")
    assert [a.target.interface for a in answer.answers] == ["eni-db"]
    assert verdict(lab(), "i-web", "subnet-priv", "5432") == "reachable"
    assert len(ask(lab(), "i-peer", "vpc-1", "5432").answers) == 3


def test_room_is_made_in_full_acls():
    """Entries that stand in the way move up, and the commands carry it out."""
    deny = [entry(n, False, "deny", **ports(443)) for n in (1, 2, 4)]
    record = entries(lab(), "acl-pub", *deny, entry(5, False), entry(100, True))
    answer = ask(record, "0.0.0.0/0", "i-web")
    (blocker,) = answer.answers[0].blockers
    assert len(blocker.fix.commands) > 1
    for command in blocker.fix.commands:
        record = apply_command(record, command)
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"
    assert verdict(record, "0.0.0.0/0", "i-web", "22") == "blocked"
    last = entries(lab(), "acl-pub", entry(32766, False, **ports(80)), entry(100, True))
    (command,) = ask(last, "0.0.0.0/0", "i-web").answers[0].blockers[0].fix.commands
    assert "--rule-number 32765" in command


@pytest.mark.parametrize("port", ["icmp", "icmp:3/4", "proto:47", "53/udp", "all", "8000-8100"])
def test_commands_for_every_protocol_work(port):
    record = entries(ingress(lab(), "sg-web"), "acl-pub")
    answer = ask(record, "203.0.113.0/24", "i-web", port)
    for command in dict.fromkeys(c for a in answer.answers for b in a.blockers for c in b.fix.commands):
        record = apply_command(record, command)
    assert verdict(record, "203.0.113.0/24", "i-web", port) == "reachable"


def test_commands_undo_a_denial_of_the_other_familys_icmp():
    """An entry may name ICMPv6 beside IPv4 addresses; what it takes away comes back with the fix."""
    record = ingress(lab(), "sg-web", permission("-1", **ANY4))
    denied = [entry(50, False, "deny", Protocol="58"), entry(51, False, "deny", **ports(80))]
    record = entries(record, "acl-pub", *denied, entry(100, False), entry(100, True))
    answer = ask(record, "203.0.113.0/24", "i-web", "all")
    assert codes(answer) == ["SUBNET_ACL_RESTRICTION"]
    for command in dict.fromkeys(c for a in answer.answers for b in a.blockers for c in b.fix.commands):
        record = apply_command(record, command)
    assert verdict(record, "203.0.113.0/24", "i-web", "all") == "reachable"


def test_commands_for_groups_by_reference():
    record = ingress(lab(), "sg-db")
    find(record, "SecurityGroups", "sg-web")["IpPermissionsEgress"] = []
    answer = ask(record, "i-web", "i-db", "5432")
    commands = [c for b in answer.answers[0].blockers for c in b.fix.commands]
    assert commands[1].endswith("--protocol tcp --port 5432 --source-group sg-web")
    for command in commands:
        record = apply_command(record, command)
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
    find(record, "SecurityGroups", "sg-db")["OwnerId"] = "999988887777"
    ingress(record, "sg-db")
    (command,) = ask(record, "i-web", "i-db", "5432").answers[0].blockers[0].fix.commands
    assert "UserId=111122223333" in command


def test_near_misses_name_what_almost_allowed_it():
    record = ingress(
        lab(),
        "sg-web",
        permission("tcp", 443, **cidr("203.0.113.0/24")),
        permission("udp", 80, **ANY4),
        permission("tcp", 80, **pair("sg-db")),
    )
    (blocker,) = ask(record, "8.8.8.8", "i-web", "443").answers[0].blockers
    assert "these packets come from 8.8.8.8" in blocker.near_misses[0]
    (blocker,) = ask(record, "8.8.8.8", "i-web", "80").answers[0].blockers
    assert any("you asked 80/tcp" in miss for miss in blocker.near_misses)
    assert any("private addresses of members" in miss for miss in blocker.near_misses)


def test_special_interfaces():
    record = lab()
    kinds = {
        "eni-elb": {"Description": "ELB app/web/1", "InterfaceType": "interface"},
        "eni-nat2": {"Description": "Interface for NAT Gateway nat-2"},
        "eni-vpce": {"Description": "VPC Endpoint Interface vpce-1"},
    }
    for number, (id_, members) in enumerate(kinds.items()):
        record["NetworkInterfaces"].append(
            interface(
                id_, "subnet-priv", f"10.0.2.{100 + number}", ["sg-db"], Attachment={}, RequesterManaged=True, **members
            )
        )
    assert verdict(record, "i-web", "eni-elb", "5432") == "unknown"
    assert verdict(record, "i-web", "eni-vpce", "5432") == "unknown"
    assert verdict(record, "i-web", "eni-nat2", "5432") == "blocked"
    assert verdict(record, "i-web", "eni-elb", "80") == "blocked"


def test_the_way_back_over_something_unmodelled_is_named():
    record = reroute(lab(), "rtb-peer", route("10.0.0.0/16", "eni-gone"))
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert {gap.resource for gap in answer.gaps} == {"eni-gone"}
    wrong = reroute(lab(), "rtb-peer", route("0.0.0.0/0", "igw-1"))
    assert codes(ask(wrong, "i-db", "i-peer", "80")) == ["IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"]


def test_gateways_of_others():
    record = reroute(lab(), "rtb-peer", route("0.0.0.0/0", "igw-1"), route("10.0.0.0/16", "pcx-1"))
    find(record, "NetworkInterfaces", "eni-peer")["PrivateIpAddresses"][0]["Association"] = {"PublicIp": "203.0.113.5"}
    assert "BAD_STATE_ATTACHMENT" in codes(ask(record, "i-peer", "8.8.8.8"))
    assert "BAD_STATE_ATTACHMENT" in codes(ask(record, "0.0.0.0/0", "i-peer", "80"))
    reroute(record, "rtb-peer", route("0.0.0.0/0", "igw-77"))
    assert verdict(ingress(record, "sg-peer", permission("tcp", 80, **ANY4)), "0.0.0.0/0", "i-peer", "80") == "unknown"
    assert verdict(record, "i-peer", "8.8.8.8") == "unknown"
    edge = table("rtb-edge", vpc="vpc-9")
    edge["Associations"] = [{"GatewayId": "igw-78"}]
    record["RouteTables"].append(edge)
    reroute(record, "rtb-peer")
    assert load(record).unknown_gateway("vpc-9") == "igw-78"


def test_peering_of_somebody_else_is_no_way():
    record = lab()
    find(record, "VpcPeeringConnections", "pcx-1")["RequesterVpcInfo"]["VpcId"] = "vpc-8"
    assert "BAD_STATE_ATTACHMENT" in codes(ask(record, "i-db", "i-peer", "80"))


def test_what_the_question_is_about_is_repeated():
    answer = ask(lab(), "0.0.0.0/0", "i-web", "tcp,udp")
    assert answer.query.protocol == "mixed"
    assert ask(lab(), "i-db", "8.8.8.8", "all").query.protocol == "all"
    with pytest.raises(UsageError, match="--from is empty"):
        ask(lab(), " ", "i-web")


def test_replies_that_a_middlebox_would_not_take():
    record = reroute(lab(), "rtb-main", route("10.0.1.0/24", "eni-fw"), route("10.9.0.0/16", "pcx-1"))
    record["NetworkInterfaces"].append(
        interface("eni-fw", "subnet-pub", "10.0.1.99", ["sg-peer"], SourceDestCheck=False)
    )
    ingress(record, "sg-peer")
    assert verdict(record, "i-web", "i-db", "5432") == "blocked"
    ingress(record, "sg-peer", permission("-1", **ANY4))
    assert verdict(record, "i-web", "i-db", "5432") == "unknown"
    find(record, "NetworkInterfaces", "eni-fw")["Groups"] = [{"GroupId": "sg-untold"}]
    assert verdict(record, "i-web", "i-db", "5432") == "unknown"


@pytest.mark.parametrize("address", ["169.254.169.254", "169.254.169.253", "10.0.0.2", "10.0.1.1", "fd00:ec2::254"])
def test_addresses_of_aws_itself_are_not_filtered(address):
    """VPC user guide, vpc-security-groups."""
    record = lab()
    find(record, "SecurityGroups", "sg-web")["IpPermissionsEgress"] = []
    answer = ask(record, "i-web", address, "53/udp")
    assert answer.verdict.value == "unknown"
    assert "address of AWS itself" in answer.summary
    assert verdict(record, "i-web", "10.0.1.4", "53/udp") == "blocked"
