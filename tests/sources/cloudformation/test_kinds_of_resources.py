"""Every type of resource that is understood becomes what AWS would tell of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from templates import asked, att, document, gaps, records, ref, res, snapshot_of, verdict, web

from sgcheck.aws.build import build
from sgcheck.errors import InputError
from sgcheck.sources.files import load_snapshot

V2 = "AWS::ElasticLoadBalancingV2::"
TCP80 = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}


def test_a_vpc_comes_with_what_aws_makes_for_it(tmp_path):
    snapshot = snapshot_of(tmp_path, {"Vpc": res("VPC", CidrBlock="10.0.0.0/16", Tags=[{"Key": "Name", "Value": "n"}])})
    network = build(snapshot)
    assert network.vpcs["Vpc"].name == "n"
    assert network.main_table == {"Vpc": "Vpc.MainRouteTable"}
    assert network.default_acl == {"Vpc": "Vpc.DefaultNetworkAcl"}
    assert network.group_names["Vpc.DefaultSecurityGroup"] == "default"


def test_more_ranges_of_a_vpc_and_of_a_subnet(tmp_path):
    more = {
        "Four": res("VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock="10.1.0.0/16"),
        "Six": res("VPCCidrBlock", VpcId=ref("Vpc"), Ipv6CidrBlock="2001:db8::/56"),
        "SubnetSix": res("SubnetCidrBlock", SubnetId=ref("Public"), Ipv6CidrBlock="2001:db8::/64"),
    }
    network = build(snapshot_of(tmp_path, web(**more)))
    assert network.vpcs["Vpc"].addresses.cidrs() == ("10.0.0.0/15", "2001:db8::/56")
    assert "2001:db8::/64" in network.subnets["Public"].addresses.cidrs()


def test_an_ipv6_range_that_aws_picks_is_left_out_with_a_word(tmp_path):
    more = {"Six": res("VPCCidrBlock", VpcId=ref("Vpc"), AmazonProvidedIpv6CidrBlock=True)}
    snapshot = snapshot_of(tmp_path, web(**more))
    assert any("IPv6 is left out" in note for note in snapshot.notes)


def test_the_server_of_a_template_is_reached(tmp_path):
    snapshot = snapshot_of(tmp_path, web())
    assert verdict(snapshot, "internet", "Web", "80") == "reachable"
    assert verdict(snapshot, "internet", "Web", "81") == "blocked"
    assert verdict(snapshot, "Web", "internet", "443") == "reachable"


@pytest.mark.parametrize("name", ["Attachment", "Out", "Uses"])
def test_each_part_of_the_way_is_needed(tmp_path, name):
    resources = web()
    del resources[name]
    assert verdict(snapshot_of(tmp_path, resources), "internet", "Web", "80") == "blocked"


@pytest.mark.parametrize(
    "rule, port, expected",
    [
        ({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}, "53/udp", "reachable"),
        ({"IpProtocol": -1, "CidrIp": "0.0.0.0/0"}, "53/udp", "reachable"),
        ({"IpProtocol": 6, "FromPort": "80", "ToPort": 90, "CidrIp": "0.0.0.0/0"}, "85", "reachable"),
        ({"IpProtocol": "17", "FromPort": 53, "ToPort": 53, "CidrIp": "0.0.0.0/0"}, "53/udp", "reachable"),
        ({"IpProtocol": "TCP", "FromPort": 0, "ToPort": 65535, "CidrIp": "0.0.0.0/0"}, "85", "reachable"),
        ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "CidrIp": "0.0.0.0/0"}, "icmp", "reachable"),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "0.0.0.0/0"}, "icmp", "reachable"),
        ({**TCP80, "CidrIp": "203.0.113.0/24"}, "80", "partial"),
        ({**TCP80, "CidrIp": "10.0.0.0/8"}, "80", "blocked"),
        ({**TCP80, "SourceSecurityGroupId": ref("Group")}, "80", "blocked"),
        ({**TCP80, "SourceSecurityGroupId": att("Group", "GroupId")}, "80", "blocked"),
        ({**TCP80, "SourcePrefixListId": ref("Lists")}, "80", "partial"),
        ({"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}, "all", "blocked"),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_rules_in_a_group_and_apart(tmp_path, rule, port, expected, apart):
    group = res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=[] if apart else rule)
    more = {
        "Lists": res("PrefixList", Entries=[{"Cidr": "198.51.100.0/24"}], AddressFamily="IPv4", MaxEntries=5),
    } | ({"Rule": res("SecurityGroupIngress", GroupId=ref("Group"), **rule)} if apart else {})
    assert verdict(snapshot_of(tmp_path, web(Group=group, **more)), "internet", "Web", port) == expected


def test_a_group_may_be_named_by_its_name_in_the_default_vpc(tmp_path):
    resources = {
        "Group": res("SecurityGroup", GroupName="front", SecurityGroupIngress=[]),
        "Other": res("SecurityGroup", GroupDescription="x"),
        "Rule": res("SecurityGroupIngress", GroupName="front", **TCP80, SourceSecurityGroupName=ref("Other")),
        "Web": res("Instance", SecurityGroups=["front"]),
        "Client": res("Instance", SecurityGroups=[ref("Other")]),
    }
    network = build(snapshot_of(tmp_path, resources))
    assert network.interfaces["Web.NetworkInterface"].groups == ("Group",)
    assert network.interfaces["Client.NetworkInterface"].groups == ("Other",)
    assert [line.reference.group for line in network.groups["Group"].ingress] == ["Other"]


def egress(tmp_path, group, *more, **others):
    extra = {f"Out{n}": one for n, one in enumerate(more)} | others
    resources = web(Group=res("SecurityGroup", VpcId=ref("Vpc"), **group), **extra)
    snapshot = snapshot_of(tmp_path, resources)
    return [verdict(snapshot, "Web", "internet", port) for port in ("443", "53/udp")]


HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
ALL = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


def out(**rule):
    return res("SecurityGroupEgress", GroupId=ref("Group"), **rule)


def test_a_group_without_egress_rules_lets_everything_out(tmp_path):
    assert egress(tmp_path, {}) == ["reachable", "reachable"]
    assert egress(tmp_path, {"SecurityGroupEgress": []}) == ["reachable", "reachable"]
    assert egress(tmp_path, {"SecurityGroupEgress": ref("AWS::NoValue")}) == ["reachable", "reachable"]


def test_any_egress_rule_takes_the_default_away(tmp_path):
    assert egress(tmp_path, {"SecurityGroupEgress": [HTTPS]}) == ["reachable", "blocked"]
    assert egress(tmp_path, {}, out(**HTTPS)) == ["reachable", "blocked"]
    nothing = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
    assert egress(tmp_path, {"SecurityGroupEgress": [nothing]}) == ["blocked", "blocked"]


def test_a_written_rule_for_everything_is_open_beside_one_apart(tmp_path):
    assert egress(tmp_path, {"SecurityGroupEgress": [ALL]}, out(**HTTPS)) == ["reachable", "unknown"]
    assert egress(tmp_path, {"SecurityGroupEgress": [ALL]}) == ["reachable", "reachable"]


def test_an_egress_rule_that_may_not_be_there_leaves_the_default_open(tmp_path):
    rule = res("SecurityGroupEgress", condition="Maybe", GroupId=ref("Group"), **HTTPS)
    sections = {
        "Parameters": {"Env": {"Type": "String"}},
        "Conditions": {"Maybe": {"Fn::Equals": [ref("Env"), "prod"]}},
    }
    resources = web(Group=res("SecurityGroup", VpcId=ref("Vpc")), Rule=rule)
    for given, expected in (({}, "unknown"), ({"Env": "prod"}, "blocked"), ({"Env": "test"}, "reachable")):
        snapshot = snapshot_of(tmp_path, resources, given, **sections)
        assert verdict(snapshot, "Web", "internet", "53/udp") == expected


def test_the_default_rule_for_ipv6_is_there_where_the_vpc_may_have_ipv6(tmp_path):
    def lines(**more):
        return {line.label for line in build(snapshot_of(tmp_path, web(**more))).groups["Group"].egress}

    six = res("VPCCidrBlock", VpcId=ref("Vpc"), AmazonProvidedIpv6CidrBlock=True)
    assert len(lines()) == 1
    assert len(lines(Six=six)) == 2


def acl(**entries):
    made = {
        f"Entry{n}": res("NetworkAclEntry", NetworkAclId=ref("Acl"), **one) for n, one in enumerate(entries.values())
    }
    return {
        "Acl": res("NetworkAcl", VpcId=ref("Vpc")),
        "Guards": res("SubnetNetworkAclAssociation", SubnetId=ref("Public"), NetworkAclId=ref("Acl")),
        **made,
    }


IN = {"RuleNumber": 100, "Protocol": 6, "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
REPLY = {**IN, "Egress": True, "PortRange": {"From": 1024, "To": 65535}}


def test_network_acls(tmp_path):
    def asked(**entries):
        return verdict(snapshot_of(tmp_path, web(**acl(**entries))), "internet", "Web", "80")

    port80 = {"PortRange": {"From": "80", "To": "80"}}
    assert asked() == "blocked"
    assert asked(a=IN | port80) == "blocked"
    assert asked(a=IN | port80, b=REPLY) == "reachable"
    assert asked(a=IN | port80 | {"Egress": "false"}, b=REPLY) == "reachable"
    denied = {**IN, "RuleNumber": 50, "RuleAction": "deny", "Protocol": -1}
    assert asked(a=IN | port80, b=REPLY, c=denied) == "blocked"
    icmp = {"RuleNumber": 10, "Protocol": "1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    assert asked(a=IN | port80, b=REPLY, c=icmp | {"Icmp": {"Type": 8, "Code": -1}}) == "reachable"


def test_an_entry_that_is_not_known_opens_the_list(tmp_path):
    entry = IN | {"CidrBlock": ref("Range"), "PortRange": {"From": 80, "To": 80}}
    parameters = {"Range": {"Type": "String"}}
    snapshot = snapshot_of(tmp_path, web(**acl(a=entry, b=REPLY)), Parameters=parameters)
    assert verdict(snapshot, "internet", "Web", "80") == "unknown"
    assert "Entry0: CidrBlock, parameter Range (not known yet)" in gaps(snapshot, "internet", "Web", "80")
    assert any("no value is known for Range: give it with --parameters Range=VALUE" in note for note in snapshot.notes)
    given = snapshot_of(tmp_path, web(**acl(a=entry, b=REPLY)), {"Range": "0.0.0.0/0"}, Parameters=parameters)
    assert verdict(given, "internet", "Web", "80") == "reachable"


def private(**more):
    return web(
        Private=res("Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/24"),
        PrivateTable=res("RouteTable", VpcId=ref("Vpc")),
        PrivateUses=res("SubnetRouteTableAssociation", SubnetId=ref("Private"), RouteTableId=ref("PrivateTable")),
        Inner=res("Instance", SubnetId=ref("Private"), SecurityGroupIds=[ref("Group")]),
        **more,
    )


def route(**target):
    return res("Route", RouteTableId=ref("PrivateTable"), **target)


def test_a_nat_gateway_leads_out(tmp_path):
    more = {
        "Eip": res("EIP", Domain="vpc"),
        "Nat": res("NatGateway", SubnetId=ref("Public"), AllocationId=att("Eip", "AllocationId")),
        "ByNat": route(DestinationCidrBlock="0.0.0.0/0", NatGatewayId=ref("Nat")),
    }
    assert verdict(snapshot_of(tmp_path, private()), "Inner", "internet", "443") == "blocked"
    assert verdict(snapshot_of(tmp_path, private(**more)), "Inner", "internet", "443") == "reachable"
    inside = {**more, "Nat": res("NatGateway", SubnetId=ref("Public"), ConnectivityType="private")}
    assert verdict(snapshot_of(tmp_path, private(**inside)), "Inner", "internet", "443") == "blocked"


def test_an_egress_only_gateway(tmp_path):
    more = {
        "Six": res("VPCCidrBlock", VpcId=ref("Vpc"), Ipv6CidrBlock="2001:db8::/56"),
        "Only": res("EgressOnlyInternetGateway", VpcId=ref("Vpc")),
        "Leaves": route(DestinationIpv6CidrBlock="::/0", EgressOnlyInternetGatewayId=ref("Only")),
        "Private": res("Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/24", Ipv6CidrBlock="2001:db8:0:1::/64"),
        "Inner": res("Instance", SubnetId=ref("Private"), SecurityGroupIds=[ref("Group")],
                     Ipv6Addresses=[{"Ipv6Address": "2001:db8:0:1::9"}]),
    }  # fmt: skip
    snapshot = snapshot_of(tmp_path, private() | more)
    assert verdict(snapshot, "Inner", "2600::1", "443") == "reachable"
    assert verdict(snapshot, "2600::1", "Inner", "80") == "blocked"


def peered(status):
    return {
        "Other": res("VPC", CidrBlock="10.9.0.0/16"),
        "There": res("Subnet", VpcId=ref("Other"), CidrBlock="10.9.0.0/24"),
        "ThereTable": res("RouteTable", VpcId=ref("Other")),
        "ThereUses": res("SubnetRouteTableAssociation", SubnetId=ref("There"), RouteTableId=ref("ThereTable")),
        "Peering": res("VPCPeeringConnection", VpcId=ref("Vpc"), PeerVpcId=ref("Other"), **status),
        "To": res("Route", RouteTableId=ref("Table"), DestinationCidrBlock="10.9.0.0/16",
                  VpcPeeringConnectionId=ref("Peering")),
        "Back": res("Route", RouteTableId=ref("ThereTable"), DestinationCidrBlock="10.0.0.0/16",
                    VpcPeeringConnectionId=ref("Peering")),
        "ThereGroup": res("SecurityGroup", VpcId=ref("Other"), SecurityGroupIngress=[{**TCP80, "CidrIp": "10.0.0.0/16"}]),
        "Far": res("Instance", SubnetId=ref("There"), SecurityGroupIds=[ref("ThereGroup")]),
    }  # fmt: skip


def test_a_peering_within_an_account_is_active_and_another_is_open(tmp_path):
    assert verdict(snapshot_of(tmp_path, web(**peered({}))), "Web", "Far", "80") == "reachable"
    foreign = {"PeerOwnerId": "222222222222"}
    assert verdict(snapshot_of(tmp_path, web(**peered(foreign))), "Web", "Far", "80") == "unknown"


def test_interfaces_of_their_own_and_attached(tmp_path):
    more = {
        "Eni": res("NetworkInterface", SubnetId=ref("Public"), GroupSet=[ref("Group")], PrivateIpAddress="10.0.0.77"),
        "Second": res("NetworkInterface", SubnetId=ref("Public"), SourceDestCheck="false",
                      PrivateIpAddresses=[{"PrivateIpAddress": "10.0.0.79", "Primary": False},
                                          {"PrivateIpAddress": "10.0.0.78", "Primary": True}]),
        "Joins": res("NetworkInterfaceAttachment", NetworkInterfaceId=ref("Second"), InstanceId=ref("Web"), DeviceIndex=1),
        "Host": res("Instance", NetworkInterfaces=[{"NetworkInterfaceId": ref("Eni"), "DeviceIndex": "0"}]),
        "Made": res("Instance", NetworkInterfaces=[{"DeviceIndex": "0", "SubnetId": ref("Public"),
                    "GroupSet": [ref("Group")], "AssociatePublicIpAddress": False}]),
    }  # fmt: skip
    network = build(snapshot_of(tmp_path, web(**more)))
    assert network.interfaces["Eni"].instance == "Host"
    assert network.interfaces["Second"].instance == "Web"
    assert network.interfaces["Second"].forwards
    assert network.interfaces["Second"].groups == ("Vpc.DefaultSecurityGroup",)
    assert [a.primary for a in network.interfaces["Second"].addresses] == [True, False]
    made = network.interfaces["Made.NetworkInterface[0]"]
    assert made.instance == "Made"
    assert made.addresses[0].public is None
    assert network.interfaces["Web.NetworkInterface"].addresses[0].public is not None


@pytest.mark.parametrize(
    "more",
    [
        {"Eip": res("EIP", InstanceId=ref("Inner"))},
        {"Eip": res("EIP"), "Gets": res("EIPAssociation", EIP=ref("Eip"), InstanceId=ref("Inner"))},
        {
            "Eip": res("EIP"),
            "Eni": res("NetworkInterface", SubnetId=ref("Private")),
            "Inner": res("Instance", NetworkInterfaces=[{"NetworkInterfaceId": ref("Eni"), "DeviceIndex": 0}]),
            "Gets": res("EIPAssociation", AllocationId=att("Eip", "AllocationId"), NetworkInterfaceId=ref("Eni")),
        },
    ],
)
def test_elastic_addresses_find_their_interface(tmp_path, more):
    network = build(snapshot_of(tmp_path, private() | more))
    interface = network.interfaces[network.instances["Inner"].interfaces[0]]
    assert interface.addresses[0].public is not None


def test_a_gateway_endpoint_adds_its_route(tmp_path):
    more = {
        "S3": res("VPCEndpoint", VpcId=ref("Vpc"), RouteTableIds=[ref("PrivateTable")],
                  ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}),
    }  # fmt: skip
    snapshot = snapshot_of(tmp_path, private(**more), {"AWS::Region": "eu-west-1"})
    table = records(snapshot, "RouteTables")["PrivateTable"]
    assert [route.gateway_id for route in table.routes] == ["S3"]
    assert records(snapshot, "VpcEndpoints")["S3"].service_name == "com.amazonaws.eu-west-1.s3"
    assert records(snapshot, "RouteTables")["Table"].routes[0].gateway_id == "Igw"


def test_an_interface_endpoint_has_an_interface_in_each_subnet(tmp_path):
    group = res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=[{**HTTPS, "CidrIp": "10.0.0.0/16"}])
    more = {
        "Doors": group,
        "Ssm": res("VPCEndpoint", VpcEndpointType="Interface", VpcId=ref("Vpc"), SubnetIds=[ref("Private")],
                   SecurityGroupIds=[ref("Doors")], ServiceName="com.amazonaws.eu-west-1.ssm", PrivateDnsEnabled=True),
    }  # fmt: skip
    snapshot = snapshot_of(tmp_path, private(**more))
    assert verdict(snapshot, "Web", "Ssm", "443") == "reachable"
    assert verdict(snapshot, "Web", "Ssm", "80") == "blocked"


def balanced(kind="application", **more):
    return {
        "Targets": res(f"{V2}TargetGroup", Port=80, Protocol="HTTP" if kind == "application" else "TCP", VpcId=ref("Vpc"),
                       Targets=[{"Id": ref("Inner"), "Port": "80"}]),
        "Balancer": res(f"{V2}LoadBalancer", Type=kind, Subnets=[ref("Public")], SecurityGroups=[ref("Front")]),
        "Listener": res(f"{V2}Listener", LoadBalancerArn=ref("Balancer"), Port=80,
                        Protocol="HTTP" if kind == "application" else "TCP",
                        DefaultActions=[{"Type": "forward", "TargetGroupArn": ref("Targets")}]),
        "Front": res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=[{**TCP80, "CidrIp": "0.0.0.0/0"}]),
        **more,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["application", "network"])
def test_load_balancers_with_listeners_and_targets(tmp_path, kind):
    snapshot = snapshot_of(tmp_path, private(**balanced(kind)))
    assert verdict(snapshot, "internet", "Balancer", "80") == "reachable"
    assert verdict(snapshot, "internet", "Balancer", "443") == "blocked"
    network = build(snapshot)
    assert network.balancers["Balancer"].zones[0].subnet == "Public"


def test_weights_rules_and_attributes_of_balancers(tmp_path):
    more = {
        "Spare": res(f"{V2}TargetGroup", Port=81, Protocol="HTTP", VpcId=ref("Vpc"), TargetType="ip",
                     Targets=[{"Id": "10.0.1.9"}], HealthCheckPort="8080", HealthCheckEnabled=True,
                     TargetGroupAttributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": "false"}]),
        "Never": res(f"{V2}TargetGroup", Port=82, Protocol="HTTP", VpcId=ref("Vpc")),
        "Rule": res(f"{V2}ListenerRule", ListenerArn=ref("Listener"), Priority=1, Conditions=[],
                    Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": [
                        {"TargetGroupArn": ref("Spare"), "Weight": 1}, {"TargetGroupArn": ref("Never"), "Weight": 0}]}}]),
        "Balancer": res(f"{V2}LoadBalancer", Scheme="internal", SecurityGroups=[ref("Front")],
                        SubnetMappings=[{"SubnetId": ref("Public"), "PrivateIPv4Address": "10.0.0.50"}],
                        LoadBalancerAttributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]),
    }  # fmt: skip
    network = build(snapshot_of(tmp_path, private(**balanced(**more))))
    assert network.balancers["Balancer"].listeners[0].pools == ("Targets", "Spare")
    assert not network.balancers["Balancer"].public
    node = network.interfaces["Balancer.NetworkInterface[Public]"]
    assert (node.addresses[0].value & 0xFF, node.addresses[0].public) == (50, None)


def test_a_classic_load_balancer(tmp_path):
    more = {
        "Old": res("AWS::ElasticLoadBalancing::LoadBalancer", Subnets=[ref("Public")], SecurityGroups=[ref("Group")],
                   Instances=[ref("Inner")], HealthCheck={"Target": "HTTP:80/"},
                   Listeners=[{"LoadBalancerPort": "80", "InstancePort": "80", "Protocol": "HTTP"}]),
    }  # fmt: skip
    snapshot = snapshot_of(tmp_path, private(**more))
    assert verdict(snapshot, "internet", "Old", "80") == "reachable"


def test_routes_to_gateways_of_other_kinds(tmp_path):
    more = {
        "Vgw": res("VPNGateway", Type="ipsec.1"),
        "Joins": res("VPCGatewayAttachment", VpcId=ref("Vpc"), VpnGatewayId=ref("Vgw")),
        "ToOffice": route(DestinationCidrBlock="192.168.0.0/16", GatewayId=ref("Vgw")),
        "Learns": res("VPNGatewayRoutePropagation", RouteTableIds=[ref("Table")], VpnGatewayId=ref("Vgw")),
        "Inspects": res("GatewayRouteTableAssociation", GatewayId=ref("Igw"), RouteTableId=ref("PrivateTable")),
    }
    snapshot = snapshot_of(tmp_path, private(**more))
    network = build(snapshot)
    assert network.table_of_gateway["Igw"] == "PrivateTable"
    assert "Vgw" in [route.target for route in network.tables["PrivateTable"].routes]
    assert "what Vgw propagates" in [one.list for one in network.tables["Table"].open_routes]


def test_what_starts_instances_is_named(tmp_path):
    resources = {f"Fleet{n}": res("AWS::AutoScaling::AutoScalingGroup") for n in range(7)} | {
        "Role": res("AWS::IAM::Role")
    }
    snapshot = snapshot_of(tmp_path, resources)
    assert any(note.startswith("Fleet0, Fleet1") and "and 2 more: the instances" in note for note in snapshot.notes)
    assert snapshot.counts.skipped == {"AWS::AutoScaling::AutoScalingGroup": 7, "AWS::IAM::Role": 1}


@pytest.mark.parametrize(
    "name, properties, words",
    [
        ("Group", {"SecurityGroupIngress": ["x"]}, ["Group: SecurityGroupIngress[0]", "a mapping"]),
        ("Group", {"SecurityGroupIngress": {"IpProtocol": "tcp", "FromPort": "x"}}, ["FromPort", "a whole number"]),
        ("Group", {"SecurityGroupIngress": {**TCP80, "CidrIp": "10/8"}}, ["CidrIp", "an address range"]),
        ("Deny", {"CidrBlock": ""}, ["Deny: CidrBlock", "an address range"]),
        ("Group", {"SecurityGroupIngress": {**TCP80, "IpProtocol": "htp"}}, ["IpProtocol", "a protocol"]),
        ("Web", {"Ipv6Addresses": [{"Ipv6Address": "abc"}]}, ["Ipv6Address", "an IPv6 address"]),
        ("Web", {"PrivateIpAddress": "abc"}, ["Web: PrivateIpAddress", "an IPv4 address"]),
        ("Web", {"SourceDestCheck": "perhaps"}, ["SourceDestCheck", "true or false"]),
        ("Public", {"CidrBlock": {"a": 1}}, ["Public: CidrBlock", "a text"]),
        ("Public", {"CidrBlock": "10.0.0.0/99"}, ["Public: CidrBlock", "an address range"]),
        ("Out", {"RouteTableId": {"Ref": "Nobody"}}, ["Out: RouteTableId", "Nobody"]),
        ("Vpc", {"CidrBlock": {"Fn::Cidr": ["x", 1, 8]}}, ["Vpc: CidrBlock", "an address range"]),
    ],
)
def test_a_broken_value_names_file_line_and_resource(tmp_path, name, properties, words):
    resources = web(Deny=res("NetworkAclEntry", NetworkAclId="acl-1", RuleNumber=1, Protocol=6, RuleAction="deny"))
    resources[name] = {**resources[name], "Properties": resources[name]["Properties"] | properties}
    path = tmp_path / "t.json"
    path.write_text(json.dumps(document(resources), indent=1))
    line = next(n for n, text in enumerate(path.read_text().split("\n"), 1) if text.startswith(f'  "{name}":'))
    with pytest.raises(InputError) as wrong:
        load_snapshot([str(path)])
    assert wrong.value.message.startswith(f"{path}:{line}: ")
    assert "\n" not in wrong.value.message
    for word in words:
        assert word in wrong.value.message


def test_properties_that_are_worked_out_as_a_whole(tmp_path):
    group = web()["Group"]["Properties"]
    sections = {
        "Parameters": {"Env": {"Type": "String"}},
        "Conditions": {"Maybe": {"Fn::Equals": [ref("Env"), "prod"]}},
    }
    resources = web(
        Group={"Type": "AWS::EC2::SecurityGroup", "Properties": {"Fn::If": ["Maybe", group, {"VpcId": "x"}]}}
    )
    assert (
        verdict(snapshot_of(tmp_path, resources, {"Env": "prod"}, **sections), "internet", "Web", "80") == "reachable"
    )
    assert verdict(snapshot_of(tmp_path, resources, **sections), "internet", "Web", "80") == "unknown"
    for properties in ("x", {"Fn::Sub": "x"}):
        resources["Group"]["Properties"] = properties
        with pytest.raises(InputError, match="Group: Properties: expected a mapping"):
            snapshot_of(tmp_path, resources, **sections)


def test_no_rule_is_offered_for_an_address_that_may_be_any(tmp_path):
    snapshot = snapshot_of(tmp_path, web(**acl(), Far=res("Instance")))
    found = asked(build(snapshot), "Web", "Far", "80")
    assert found.verdict.value == "blocked"


def test_the_cdk_takes_the_rules_of_a_default_group_away(tmp_path):
    more = {"Restrict": res("Custom::VpcRestrictDefaultSG", DefaultSecurityGroupId=att("Vpc", "DefaultSecurityGroup"))}
    assert len(build(snapshot_of(tmp_path, web())).groups["Vpc.DefaultSecurityGroup"].ingress) == 1
    group = build(snapshot_of(tmp_path, web(**more))).groups["Vpc.DefaultSecurityGroup"]
    assert (group.ingress, group.egress) == ((), ())


def test_only_a_sole_interface_gets_a_public_address_by_itself(tmp_path):
    first, second = ({"DeviceIndex": number, "SubnetId": ref("Public")} for number in (0, 1))

    def public(*interfaces):
        network = build(snapshot_of(tmp_path, web(Web=res("Instance", NetworkInterfaces=list(interfaces)))))
        return [network.interfaces[id_].addresses[0].public is not None for id_ in network.instances["Web"].interfaces]

    assert public(first) == [True]
    assert public(first, second) == [False, False]
    assert public(first | {"AssociatePublicIpAddress": "true"}) == [True]
    assert public(first | {"AssociatePublicIpAddress": False}) == [False]


def test_everything_that_a_parameter_may_be_is_left_open(tmp_path):
    parameters = {name: {"Type": "String"} for name in ("Vpc", "Subnet", "Group", "Range")}
    resources = {
        "Own": res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=[{**TCP80, "CidrIp": ref("Range")}]),
        "A": res("Instance", SubnetId=ref("Subnet"), SecurityGroupIds=[ref("Own")]),
        "B": res("Instance", SubnetId=ref("Subnet"), SecurityGroupIds=[ref("Group")]),
    }
    snapshot = snapshot_of(tmp_path, resources, Parameters=parameters)
    for target in ("A", "B"):
        assert verdict(snapshot, "internet", target, "80") == "unknown"
    assert "Own: SecurityGroupIngress[0].CidrIp, parameter Range (not known yet)" in gaps(
        snapshot, "internet", "A", "80"
    )


def test_an_attachment_that_may_not_be_there_leaves_the_way_open(tmp_path):
    resources = web(
        Attachment=res("VPCGatewayAttachment", condition="Maybe", VpcId=ref("Vpc"), InternetGatewayId=ref("Igw"))
    )
    sections = {
        "Parameters": {"Env": {"Type": "String"}},
        "Conditions": {"Maybe": {"Fn::Equals": [ref("Env"), "prod"]}},
    }
    snapshot = snapshot_of(tmp_path, resources, **sections)
    assert verdict(snapshot, "internet", "Web", "80") == "unknown"
    assert verdict(snapshot, "Web", "internet", "80") == "unknown"
    assert verdict(snapshot_of(tmp_path, resources, {"Env": "x"}, **sections), "internet", "Web", "80") == "blocked"
    assert (
        verdict(snapshot_of(tmp_path, resources, {"Env": "prod"}, **sections), "internet", "Web", "80") == "reachable"
    )


EITHER = {"Parameters": {"Env": {"Type": "String"}}, "Conditions": {"Prod": {"Fn::Equals": [ref("Env"), "prod"]}}}


def either(one, other):
    return {"Fn::If": ["Prod", one, other]}


TWO = {
    "Second": res("RouteTable", VpcId=ref("Vpc")),
    "Closed": res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=[], SecurityGroupEgress=[HTTPS]),
    "Deny": res("NetworkAcl", VpcId=ref("Vpc")),
    "Allow": res("NetworkAcl", VpcId=ref("Vpc")),
    "In": res("NetworkAclEntry", NetworkAclId=ref("Allow"), **IN | {"Protocol": -1}),
    "Reply": res("NetworkAclEntry", NetworkAclId=ref("Allow"), **REPLY),
    "Spare": res("Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.9.0/24"),
    "Igw2": res("InternetGateway"),
}


@pytest.mark.parametrize(
    "changed",
    [
        {"Uses": res("SubnetRouteTableAssociation", SubnetId=ref("Public"), RouteTableId=either(ref("Table"), ref("Second")))},
        {"Uses": res("SubnetRouteTableAssociation", SubnetId=either(ref("Public"), ref("Spare")), RouteTableId=ref("Table"))},
        {"Uses": res("SubnetRouteTableAssociation", condition="Prod", SubnetId=ref("Public"), RouteTableId=ref("Table"))},
        {"Out": res("Route", RouteTableId=either(ref("Table"), ref("Second")), DestinationCidrBlock="0.0.0.0/0",
                    GatewayId=ref("Igw"))},
        {"Out": res("Route", RouteTableId=ref("Table"), DestinationCidrBlock=either("0.0.0.0/0", "10.9.0.0/16"),
                    GatewayId=ref("Igw"))},
        {"Out": res("Route", RouteTableId=ref("Table"), DestinationCidrBlock="0.0.0.0/0",
                    GatewayId=either(ref("Igw"), ref("Igw2")))},
        {"Out": res("Route", condition="Prod", RouteTableId=ref("Table"), DestinationCidrBlock="0.0.0.0/0",
                    GatewayId=ref("Igw"))},
        {"Guards": res("SubnetNetworkAclAssociation", SubnetId=ref("Public"), NetworkAclId=either(ref("Allow"), ref("Deny")))},
        {"Guards": res("SubnetNetworkAclAssociation", SubnetId=either(ref("Public"), ref("Spare")), NetworkAclId=ref("Deny"))},
        {"Guards": res("SubnetNetworkAclAssociation", condition="Prod", SubnetId=ref("Public"), NetworkAclId=ref("Deny"))},
        {"Guards": res("SubnetNetworkAclAssociation", SubnetId=ref("Public"), NetworkAclId=ref("Allow")),
         "In": res("NetworkAclEntry", NetworkAclId=either(ref("Allow"), ref("Deny")), **IN | {"Protocol": -1})},
        {"Guards": res("SubnetNetworkAclAssociation", SubnetId=ref("Public"), NetworkAclId=ref("Allow")),
         "In": res("NetworkAclEntry", NetworkAclId=ref("Allow"), **IN | {"RuleAction": either("allow", "deny")})},
        {"Guards": res("SubnetNetworkAclAssociation", SubnetId=ref("Public"), NetworkAclId=ref("Allow")),
         "In": res("NetworkAclEntry", NetworkAclId=ref("Allow"), **IN | {"PortRange": {"From": either(80, 81), "To": 81}})},
        {"Guards": res("SubnetNetworkAclAssociation", SubnetId=ref("Public"), NetworkAclId=ref("Allow")),
         "In": res("NetworkAclEntry", condition="Prod", NetworkAclId=ref("Allow"), **IN | {"Protocol": -1})},
        {"Group": res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=either([{**TCP80, "CidrIp": "0.0.0.0/0"}], []))},
        {"Group": res("SecurityGroup", VpcId=ref("Vpc"), SecurityGroupIngress=[]),
         "Rule": res("SecurityGroupIngress", GroupId=either(ref("Group"), ref("Closed")), **TCP80, CidrIp="0.0.0.0/0")},
        {"Web": res("Instance", SubnetId=ref("Public"), SecurityGroupIds=[either(ref("Group"), ref("Closed"))])},
        {"Web": res("Instance", SubnetId=either(ref("Public"), ref("Spare")), SecurityGroupIds=[ref("Group")])},
        {"Web": res("Instance", SubnetId=ref("Public"), LaunchTemplate={"LaunchTemplateId": "lt-1"})},
        {"Attachment": res("VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=either(ref("Igw"), ref("Igw2")))},
    ],
)  # fmt: skip
def test_what_is_one_or_another_leaves_the_answer_open(tmp_path, changed):
    """Each of these is reachable for one value of the parameter and blocked for the other, and open without."""
    resources = web() | TWO | changed
    told = {value: verdict(snapshot_of(tmp_path, resources, value and {"Env": value}, **EITHER), "internet", "Web", "80")
            for value in (None, "prod", "test")}  # fmt: skip
    assert told[None] == "unknown"
    if "LaunchTemplate" not in changed.get("Web", {}).get("Properties", {}):
        assert {told["prod"], told["test"]} == {"reachable", "blocked"}


@pytest.mark.parametrize(
    "changed",
    [
        {"Listener": res(f"{V2}Listener", LoadBalancerArn=ref("Balancer"), Port=either(80, 81), DefaultActions=[])},
        {"Listener": res(f"{V2}Listener", LoadBalancerArn=either(ref("Balancer"), "arn:x"), Port=80, DefaultActions=[])},
        {"Targets": res(f"{V2}TargetGroup", Port=80, Protocol="HTTP", VpcId=ref("Vpc"), Targets=either([], [{"Id": "x"}]))},
        {"Targets": res(f"{V2}TargetGroup", Port=80, Protocol="HTTP", VpcId=ref("Vpc"),
                        Targets=[{"Id": either(ref("Inner"), ref("Web"))}])},
        {"Rule": res(f"{V2}ListenerRule", ListenerArn=either("a", "b"), Actions=[])},
        {"Old": res("AWS::ElasticLoadBalancing::LoadBalancer", Subnets=[ref("Public")], Instances=either([], ["i-1"]),
                    Listeners=[{"LoadBalancerPort": either(1, 2), "InstancePort": 80}])},
        {"Joins": res("NetworkInterfaceAttachment", NetworkInterfaceId=either("a", "b"), InstanceId=ref("Web"))},
        {"Eip": res("EIP", InstanceId=either(ref("Inner"), ref("Web")))},
        {"Eip": res("EIP", InstanceId="i-0123")},
        {"Host": res("Instance", NetworkInterfaces=[{"NetworkInterfaceId": "eni-1", "DeviceIndex": 0}])},
        {"Host": res("Instance", NetworkInterfaces=either([], [{"DeviceIndex": 0}]))},
        {"S3": res("VPCEndpoint", VpcId=ref("Vpc"), ServiceName="s3", RouteTableIds=either([ref("Table")], []))},
    ],
)  # fmt: skip
def test_what_is_left_out_is_said(tmp_path, changed):
    snapshot = snapshot_of(tmp_path, private(**balanced()) | changed, **EITHER)
    build(snapshot)
    assert [note for note in snapshot.notes if note.startswith(next(iter(changed)))]
