"""Places, routes, gateways and interfaces from AWS's records."""

from __future__ import annotations

import pytest

from sgcheck.errors import InputError
from sgcheck.model.routing import Via
from sgcheck.model.things import PublicAccess, Role
from sgcheck.packets import parse_address
from tests.reach.lab import find, interface, lab, load, reroute, route, subnet, table


def change(record, key, id_, **members):
    find(record, key, id_).update(members)
    return record


def test_a_vpc_is_all_of_its_associated_ranges():
    """EC2 API, Vpc: CidrBlockAssociationSet; a range that is going is none."""
    record = change(
        lab(),
        "Vpcs",
        "vpc-1",
        CidrBlockAssociationSet=[
            {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
            {"CidrBlock": "100.64.0.0/16", "CidrBlockState": {"State": "associated"}},
            {"CidrBlock": "10.77.0.0/16", "CidrBlockState": {"State": "disassociated"}},
        ],
    )
    assert load(record).vpcs["vpc-1"].addresses.cidrs() == ("10.0.0.0/16", "100.64.0.0/16", "2600:1f18:1::/56")


def test_local_routes_of_secondary_ranges_are_implied():
    record = change(lab(), "Vpcs", "vpc-1", CidrBlockAssociationSet=[{"CidrBlock": "100.64.0.0/16"}])
    made = load(record).tables["rtb-pub"]
    assert {r.label for r in made.routes if r.via is Via.LOCAL} == {"10.0.0.0/16", "100.64.0.0/16", "2600:1f18:1::/56"}


@pytest.mark.parametrize(
    ("states", "mode"),
    [
        (None, PublicAccess.OPEN),
        ({"InternetGatewayBlockMode": "off"}, PublicAccess.OPEN),
        ({"InternetGatewayBlockMode": "block-ingress"}, PublicAccess.BLOCK_INGRESS),
        ({"InternetGatewayBlockMode": "block-bidirectional"}, PublicAccess.BLOCK_BOTH),
        ({"InternetGatewayBlockMode": "something-new"}, PublicAccess.OPEN),
    ],
)
def test_block_public_access(states, mode):
    """EC2 API, BlockPublicAccessStates."""
    record = change(lab(), "Subnets", "subnet-pub", BlockPublicAccessStates=states)
    assert load(record).subnets["subnet-pub"].public_access is mode


@pytest.mark.parametrize(
    ("target", "via"),
    [
        ({"GatewayId": "local"}, Via.LOCAL),
        ({"GatewayId": "igw-1"}, Via.INTERNET_GATEWAY),
        ({"GatewayId": "vgw-1"}, Via.VPN_GATEWAY),
        ({"GatewayId": "vpce-1"}, Via.ENDPOINT),
        ({"NatGatewayId": "nat-1"}, Via.NAT_GATEWAY),
        ({"EgressOnlyInternetGatewayId": "eigw-1"}, Via.EGRESS_ONLY_GATEWAY),
        ({"TransitGatewayId": "tgw-1"}, Via.TRANSIT_GATEWAY),
        ({"VpcPeeringConnectionId": "pcx-1"}, Via.PEERING),
        ({"NetworkInterfaceId": "eni-web", "InstanceId": "i-web"}, Via.INTERFACE),
        ({"InstanceId": "i-web"}, Via.INTERFACE),
        ({"LocalGatewayId": "lgw-1"}, Via.LOCAL_GATEWAY),
        ({"CarrierGatewayId": "cagw-1"}, Via.CARRIER_GATEWAY),
        ({"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"}, Via.CORE_NETWORK),
        ({"OdbNetworkArn": "arn:aws:odb:us-east-1:1:odb-network/o"}, Via.ODB_NETWORK),
        ({}, Via.NOWHERE),
    ],
)
def test_where_a_route_leads(target, via):
    """EC2 API, Route."""
    record = reroute(lab(), "rtb-main", {"DestinationCidrBlock": "192.0.2.0/24", "State": "active", **target})
    (made,) = [r for r in load(record).tables["rtb-main"].routes if r.label == "192.0.2.0/24"]
    assert (made.via, made.dead) == (via, via is Via.NOWHERE)


def test_an_instance_stands_for_its_primary_interface():
    record = reroute(lab(), "rtb-main", {"DestinationCidrBlock": "192.0.2.0/24", "InstanceId": "i-web"})
    (made,) = [r for r in load(record).tables["rtb-main"].routes if r.label == "192.0.2.0/24"]
    assert made.target == "eni-web"


def test_routes_win_in_the_order_that_aws_documents():
    """VPC guide, route-tables-priority."""
    record = reroute(
        lab(),
        "rtb-main",
        route("8.8.8.0/24", "vgw-1", Origin="EnableVgwRoutePropagation"),
        route("pl-1", "tgw-1"),
        route("8.8.8.0/24", "nat-1"),
        route("8.8.8.8/32", "igw-1", State="blackhole"),
    )
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "8.8.8.0/24"}]}
    made = [r.target for r in load(record).tables["rtb-main"].routes if r.label.startswith("8.")]
    assert made == ["igw-1", "nat-1", "tgw-1", "vgw-1"]


@pytest.mark.parametrize(
    ("association", "own"),
    [
        ({"Main": False, "SubnetId": "subnet-priv"}, "rtb-own"),
        ({"Main": False, "SubnetId": "subnet-priv", "AssociationState": {"State": "associated"}}, "rtb-own"),
        ({"Main": False, "SubnetId": "subnet-priv", "AssociationState": {"State": "failed"}}, "rtb-main"),
        ({"Main": False, "GatewayId": "igw-1"}, "rtb-main"),
    ],
)
def test_which_table_a_subnet_has(association, own):
    """VPC guide, subnet-route-tables."""
    record = lab()
    record["RouteTables"].append({**table("rtb-own"), "Associations": [association]})
    network = load(record)
    assert network.table_for(network.subnets["subnet-priv"]).id == own


@pytest.mark.parametrize(
    ("state", "vpc"), [("available", "vpc-1"), ("attached", "vpc-1"), ("detached", None), ("attaching", None)]
)
def test_attachments_of_gateways(state, vpc):
    """EC2 API, InternetGatewayAttachment."""
    record = change(lab(), "InternetGateways", "igw-1", Attachments=[{"VpcId": "vpc-1", "State": state}])
    assert load(record).internet_gateways["igw-1"].vpc == vpc


@pytest.mark.parametrize(
    ("members", "role", "filtered"),
    [
        ({"InterfaceType": "interface"}, Role.HOST, True),
        ({"InterfaceType": "efa"}, Role.HOST, True),
        ({"InterfaceType": "trunk"}, Role.HOST, True),
        ({"InterfaceType": "nat_gateway", "Groups": []}, Role.NAT, False),
        ({"InterfaceType": "natGateway", "Groups": []}, Role.NAT, False),
        ({"InterfaceType": "transit_gateway", "Groups": []}, Role.SILENT, False),
        ({"InterfaceType": "lambda"}, Role.SILENT, True),
        ({"InterfaceType": "network_load_balancer", "Groups": []}, Role.OPAQUE, False),
        ({"InterfaceType": "vpc_endpoint"}, Role.ENDPOINT, True),
        (
            {"InterfaceType": "interface", "Description": "ELB app/web/0123456789abcdef", "RequesterManaged": True},
            Role.OPAQUE,
            True,
        ),
        (
            {"InterfaceType": "interface", "Description": "RDSNetworkInterface", "RequesterManaged": True},
            Role.HOST,
            True,
        ),
    ],
)
def test_what_an_interface_is_there_for(members, role, filtered):
    """EC2 API, NetworkInterface: InterfaceType, Description, RequesterManaged."""
    made = load(change(lab(), "NetworkInterfaces", "eni-db", **members)).interfaces["eni-db"]
    assert (made.role, made.filtered) == (role, filtered)


def test_addresses_of_an_interface():
    """EC2 API, NetworkInterface: each private address has a public one of its own; prefixes are owned as well."""
    record = change(
        lab(),
        "NetworkInterfaces",
        "eni-web",
        PrivateIpAddresses=[
            {"PrivateIpAddress": "10.0.1.10", "Primary": True, "Association": {"PublicIp": "198.51.100.7"}},
            {"PrivateIpAddress": "10.0.1.11", "Primary": False},
        ],
        Ipv4Prefixes=[{"Ipv4Prefix": "10.0.1.64/28"}],
        Ipv6Prefixes=[{"Ipv6Prefix": "2600:1f18:1:1:8000::/80"}],
    )
    record["Addresses"] = [
        {"PublicIp": "198.51.100.8", "NetworkInterfaceId": "eni-web", "PrivateIpAddress": "10.0.1.11"}
    ]
    network = load(record)
    made = network.interfaces["eni-web"]
    publics = {a.value: a.public for a in made.addresses if a.family == 4}
    assert publics == {
        parse_address("10.0.1.10")[1]: parse_address("198.51.100.7")[1],
        parse_address("10.0.1.11")[1]: parse_address("198.51.100.8")[1],
    }
    assert made.owned().cidrs() == (
        "10.0.1.10/31",
        "10.0.1.64/28",
        "2600:1f18:1:1::10/128",
        "2600:1f18:1:1:8000::/80",
    )
    owner, private = network.public_owner(parse_address("198.51.100.8")[1])
    assert (owner.id, private) == ("eni-web", parse_address("10.0.1.11")[1])


def test_an_interface_that_its_instance_tells_of_too_is_one():
    record = lab()
    find(record, "Instances", "i-db")["NetworkInterfaces"] = [
        {"NetworkInterfaceId": "eni-db", "SubnetId": "subnet-priv", "VpcId": "vpc-1", "PrivateIpAddress": "10.0.2.99"}
    ]
    network = load(record)
    assert network.instances["i-db"].interfaces == ("eni-db",)
    assert network.interfaces["eni-db"].owned().cidrs() == ("10.0.2.20/32",)


def test_interfaces_in_the_order_of_their_devices():
    """EC2 API, NetworkInterfaceAttachment: DeviceIndex 0 is the primary one."""
    record = lab()
    record["NetworkInterfaces"].append(
        interface("eni-aa", "subnet-priv", "10.0.2.21", ["sg-db"], Attachment={"InstanceId": "i-db", "DeviceIndex": 1})
    )
    network = load(record)
    assert network.instances["i-db"].interfaces == ("eni-db", "eni-aa")
    assert [network.interfaces[i].primary for i in ("eni-db", "eni-aa")] == [True, False]


def test_nat_gateways_by_their_primary_address():
    """EC2 API, NatGatewayAddress: IsPrimary; a private one has no public address."""
    record = change(
        lab(),
        "NatGateways",
        "nat-1",
        NatGatewayAddresses=[
            {"PrivateIp": "10.0.1.201", "PublicIp": "198.51.100.10", "IsPrimary": False},
            {"PrivateIp": "10.0.1.200", "PublicIp": "198.51.100.9", "IsPrimary": True},
        ],
    )
    made = load(record).nats["nat-1"]
    assert (made.private, made.public) == (parse_address("10.0.1.200")[1], parse_address("198.51.100.9")[1])
    assert load(change(record, "NatGateways", "nat-1", ConnectivityType="private")).nats["nat-1"].public is None


def test_regional_nat_gateways_have_a_table_and_no_subnet():
    """VPC guide, nat-gateways-regional."""
    record = change(lab(), "NatGateways", "nat-1", AvailabilityMode="regional", RouteTableId="rtb-nat")
    made = load(record).nats["nat-1"]
    assert (made.subnet, made.table) == (None, "rtb-nat")


def test_regions_follow_from_zones_where_nothing_else_tells():
    record = lab()
    record["Subnets"].append(subnet("subnet-lz", "10.8.9.0/24", vpc="vpc-8", AvailabilityZone="us-west-2-lax-1a"))
    network = load(record)
    assert (network.subnets["subnet-pub"].region, network.subnets["subnet-lz"].region) == ("us-east-1", "us-west-2")
    assert network.vpcs["vpc-1"].region == "us-east-1"


def test_of_two_records_the_owners_counts_whatever_the_order():
    """VPC guide, vpc-sharing: participants see less than the owner."""
    mine = {**subnet("subnet-x", "10.0.8.0/24"), "OwnerId": "111122223333"}
    theirs = {**mine, "MapPublicIpOnLaunch": True, "Tags": [{"Key": "Name", "Value": "seen from outside"}]}

    def snapshot(accounts):
        return {"schema": "sgcheck.snapshot/1", "accounts": {a: {"us-east-1": {"Subnets": [s]}} for a, s in accounts}}

    one = [("111122223333", mine), ("444455556666", theirs)]
    for accounts in (one, one[::-1]):
        found = load(snapshot(accounts)).subnets["subnet-x"]
        assert (found.account, found.name) == ("111122223333", None)


@pytest.mark.parametrize(
    ("key", "id_", "members", "place"),
    [
        ("Vpcs", "vpc-1", {"CidrBlock": "10.0.0.0/99"}, "Vpcs (vpc-1)"),
        ("Subnets", "subnet-pub", {"CidrBlock": "ten"}, "Subnets (subnet-pub)"),
        ("NatGateways", "nat-1", {"NatGatewayAddresses": [{"PrivateIp": "10.0.1"}]}, "NatGateways (nat-1)"),
        (
            "VpcPeeringConnections",
            "pcx-1",
            {"AccepterVpcInfo": {"VpcId": "vpc-9", "CidrBlock": "x"}},
            "VpcPeeringConnections (pcx-1)",
        ),
    ],
)
def test_bad_values_name_their_record(key, id_, members, place):
    with pytest.raises(InputError) as error:
        load(change(lab(), key, id_, **members))
    assert place in error.value.message
    assert "\n" not in error.value.message


def test_bad_addresses_of_an_interface_name_it():
    network = load(
        change(lab(), "NetworkInterfaces", "eni-web", PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.300"}])
    )
    with pytest.raises(InputError, match=r"NetworkInterfaces \(eni-web\)"):
        _ = network.interfaces["eni-web"]
