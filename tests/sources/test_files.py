"""Every shape that a snapshot may come in."""

from __future__ import annotations

import gc
import gzip
import io
import json
import os
import threading
import zipfile
from pathlib import Path

import pytest

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.kinds import KINDS
from sgcheck.aws.network_acl import NETWORK_ACL
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.security_group_rule import SECURITY_GROUP_RULE
from sgcheck.aws.security_group_vpc_association import SECURITY_GROUP_VPC_ASSOCIATION
from sgcheck.aws.snapshot import Gap
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.vpc import VPC
from sgcheck.errors import InputError
from sgcheck.sources import unpack
from sgcheck.sources.files import load_snapshot

VPCS = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}
SUBNETS = {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}]}
GROUP = {"GroupId": "sg-1", "IpPermissions": [], "OwnerId": "123456789012"}


def ids(snapshot, kind):
    return [kind.id_of(record) for record, _ in snapshot.records(kind)]


def sources(snapshot):
    return [batch.source for batch in snapshot.batches]


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Load the snapshot that one file `x.json` with the given content is."""
    monkeypatch.chdir(tmp_path)

    def write_and_load(content):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        Path("x.json").write_bytes(data)
        return load_snapshot(["x.json"])

    return write_and_load


# -- AWS answers ------------------------------------------------------------------------------------------------------


def test_several_kinds_in_one_file(load):
    snapshot = load(VPCS | SUBNETS | {"NextToken": "x", "ResponseMetadata": {"HTTPStatusCode": 200}})
    assert (ids(snapshot, VPC), ids(snapshot, SUBNET)) == (["vpc-1"], ["subnet-1"])
    assert sources(snapshot) == ["x.json: Vpcs", "x.json: Subnets"]
    assert snapshot.counts.read == {"VPC": 1, "subnet": 1}
    assert snapshot.counts.skipped == {}
    assert {(batch.account, batch.region) for batch in snapshot.batches} == {(None, None)}


def test_lists_split_over_files_are_one(tmp_path):
    for page, vpc in enumerate(["vpc-2", "vpc-1", "vpc-3"]):
        (tmp_path / f"{page}.json").write_text(json.dumps({"Vpcs": [{"VpcId": vpc}], "NextToken": "x"}))
    assert ids(load_snapshot([str(tmp_path)]), VPC) == ["vpc-2", "vpc-1", "vpc-3"]
    some = [str(tmp_path / "2.json"), str(tmp_path / "0.json")]
    assert ids(load_snapshot(some), VPC) == ["vpc-3", "vpc-2"]


def test_reservations_and_a_bare_list_of_instances(load):
    reservation = {"ReservationId": "r-1", "OwnerId": "111111111111", "Instances": [{"InstanceId": "i-1"}]}
    both = {"Reservations": [reservation, {"Instances": None}, {}], "Instances": [{"InstanceId": "i-2"}]}
    snapshot = load(both)
    assert [(one.instance_id, one.owner_id) for one, _ in snapshot.records(INSTANCE)] == [
        ("i-1", "111111111111"),
        ("i-2", None),
    ]
    assert snapshot.counts.read == {"instance": 2}


@pytest.mark.parametrize("value", [[], None])
def test_an_empty_answer_says_that_there_are_none(load, value):
    snapshot = load({"RouteTables": value})
    assert snapshot.counts.read == {"route table": 0}
    assert [len(batch.records) for batch in snapshot.batches] == [0]


def test_null_for_any_list(load):
    group = {"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "-1", "IpRanges": None}], "Tags": None}
    record = next(load({"SecurityGroups": [group]}).records(SECURITY_GROUP))[0]
    assert record.tags is None
    assert record.ip_permissions_egress is None
    assert record.ip_permissions[0].ip_ranges is None
    assert record.ip_permissions[0].from_port is None


def test_numbers_that_are_written_as_strings(load):
    permission = {"IpProtocol": "tcp", "FromPort": "443", "ToPort": 443.0}
    groups = [GROUP, {"GroupId": "sg-2", "IpPermissions": [permission]}]
    records = [record for record, _ in load({"SecurityGroups": groups}).records(SECURITY_GROUP)]
    assert (records[1].ip_permissions[0].from_port, records[1].ip_permissions[0].to_port) == (443, 443)


def test_ports_that_no_host_has_are_kept_as_they_are(load):
    permission = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}
    record = next(load({"SecurityGroups": [GROUP | {"IpPermissions": [permission]}]}).records(SECURITY_GROUP))[0]
    assert record.ip_permissions[0].from_port == -1


def test_members_of_network_acl_entries(load):
    entry = {"RuleNumber": 100, "Egress": False, "Protocol": "6", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    entry |= {"PortRange": {"From": 80, "To": 81}, "IcmpTypeCode": {"Type": 8, "Code": -1}}
    record = next(load({"NetworkAcls": [{"NetworkAclId": "acl-1", "Entries": [entry]}]}).records(NETWORK_ACL))[0]
    told = record.entries[0]
    assert (told.port_range.from_port, told.port_range.to_port) == (80, 81)
    assert (told.icmp_type_code.type, told.icmp_type_code.code) == (8, -1)


def test_kinds_that_are_not_known_are_skipped_and_counted(load):
    snapshot = load(VPCS | {"CarrierGateways": [{}, {}], "Foos": [1, 2, 3], "Bar": {"a": 1}, "Baz": None})
    assert snapshot.counts.skipped == {"CarrierGateways": 2, "Foos": 3, "Bar": 1, "Baz": 0}
    assert ids(snapshot, VPC) == ["vpc-1"]


def test_a_kind_that_is_known_and_not_modelled_is_understood(load):
    snapshot = load({"DhcpOptions": [{"DhcpOptionsId": "dopt-1"}]})
    assert (snapshot.batches, snapshot.counts.skipped, snapshot.counts.files) == ((), {"DhcpOptions": 1}, 1)


def test_both_records_of_prefix_lists_under_both_keys(load):
    managed = {"PrefixListId": "pl-1", "AddressFamily": "IPv4", "MaxEntries": 10, "Version": 2}
    plain = {"PrefixListId": "pl-2", "PrefixListName": "s3", "Cidrs": ["54.231.0.0/17"]}
    snapshot = load({"PrefixLists": [managed, plain], "ManagedPrefixLists": [plain, managed]})
    assert ids(snapshot, PREFIX_LIST) == ["pl-1", "pl-2", "pl-2", "pl-1"]
    told = [record.cidrs for record, _ in snapshot.records(PREFIX_LIST)]
    assert told == [None, ["54.231.0.0/17"], ["54.231.0.0/17"], None]


def test_entries_of_prefix_lists(load):
    wrapped = {"pl-1": [{"Cidr": "10.0.0.0/8", "Description": "all"}], "pl-2": [], "pl-3": None}
    snapshot = load({"PrefixListEntries": wrapped})
    told = [(one.prefix_list_id, [e.cidr for e in one.entries]) for one, _ in snapshot.records(PREFIX_LIST_ENTRY)]
    assert told == [("pl-1", ["10.0.0.0/8"]), ("pl-2", []), ("pl-3", [])]


def test_entries_that_name_no_list_are_counted_and_not_taken(load):
    snapshot = load({"Entries": [{"Cidr": "10.0.0.0/8"}, {"Cidr": "11.0.0.0/8"}]})
    assert snapshot.batches == ()
    assert snapshot.counts.unattributable == {"Entries": 2}
    assert snapshot.counts.skipped == {}


# -- resources without their key --------------------------------------------------------------------------------------

LONE = [
    (VPC, VPCS["Vpcs"][0], "vpc-1"),
    (VPC, {"VpcId": "vpc-1", "CidrBlockAssociationSet": [], "OwnerId": "1"}, "vpc-1"),
    (SUBNET, SUBNETS["Subnets"][0], "subnet-1"),
    (SUBNET, {"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailableIpAddressCount": 4}, "subnet-1"),
    (NETWORK_INTERFACE, {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1"}, "eni-1"),
    (INSTANCE, {"InstanceId": "i-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "SecurityGroups": []}, "i-1"),
    (INSTANCE, {"InstanceId": "i-1", "ImageId": "ami-1", "State": {"Name": "terminated"}}, "i-1"),
    (INSTANCE, {"ReservationId": "r-1", "OwnerId": "1", "Instances": [{"InstanceId": "i-1"}]}, "i-1"),
    (SECURITY_GROUP, GROUP, "sg-1"),
    (SECURITY_GROUP, {"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissionsEgress": []}, "sg-1"),
    (SECURITY_GROUP_RULE, {"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-1", "GroupOwnerId": "1"}, "sgr-1"),
    (SECURITY_GROUP_VPC_ASSOCIATION, {"GroupId": "sg-1", "VpcId": "vpc-1", "VpcOwnerId": "1"}, "sg-1/vpc-1"),
    (NETWORK_ACL, {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": [], "Associations": []}, "acl-1"),
    ("route table", {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": []}, "rtb-1"),
    ("internet gateway", {"InternetGatewayId": "igw-1", "Attachments": []}, "igw-1"),
    ("egress-only internet gateway", {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": []}, "eigw-1"),
    ("NAT gateway", {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1"}, "nat-1"),
    ("NAT gateway", {"NatGatewayId": "nat-1", "RouteTableId": "rtb-1", "NatGatewayAddresses": []}, "nat-1"),
    (ADDRESS, {"PublicIp": "1.2.3.4", "Domain": "standard", "InstanceId": "i-1"}, "1.2.3.4"),
    (
        ADDRESS,
        {"AllocationId": "eipalloc-1", "Domain": "vpc", "InstanceId": "i-1", "NetworkInterfaceId": "eni-1"}
        | {"PrivateIpAddress": "10.0.0.1", "PublicIp": "1.2.3.4", "SubnetId": "subnet-1"},
        "eipalloc-1",
    ),
    ("VPC peering connection", {"VpcPeeringConnectionId": "pcx-1", "AccepterVpcInfo": {}}, "pcx-1"),
    (PREFIX_LIST, {"PrefixListId": "pl-1", "PrefixListName": "x"}, "pl-1"),
    (
        "VPC block public access exclusion",
        {"ExclusionId": "vpcbpa-exclude-1", "ResourceArn": "arn:aws:ec2:us-east-1:1:vpc/vpc-1"},
        "vpcbpa-exclude-1",
    ),
    ("VPC endpoint", {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "VpcId": "vpc-1"}, "vpce-1"),
    ("endpoint service", {"ServiceId": "vpce-svc-1", "NetworkLoadBalancerArns": []}, "vpce-svc-1"),
    ("EC2 Instance Connect endpoint", {"InstanceConnectEndpointId": "eice-1", "SubnetId": "subnet-1"}, "eice-1"),
    ("transit gateway", {"TransitGatewayId": "tgw-1", "TransitGatewayArn": "arn:…"}, "tgw-1"),
    ("instance status", {"InstanceId": "i-1", "InstanceStatus": {}, "SystemStatus": {}}, "i-1"),
    (
        "transit gateway attachment",
        {
            "TransitGatewayAttachmentId": "att-1",
            "TransitGatewayId": "tgw-1",
            "ResourceType": "vpc",
            "ResourceId": "vpc-1",
        },
        "att-1/tgw-1",
    ),
    (
        "transit gateway VPC attachment",
        {"TransitGatewayAttachmentId": "att-1", "TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "SubnetIds": []},
        "att-1",
    ),
    ("transit gateway peering attachment", {"TransitGatewayAttachmentId": "att-1", "RequesterTgwInfo": {}}, "att-1"),
    ("transit gateway route table", {"TransitGatewayRouteTableId": "rtb-1", "TransitGatewayId": "tgw-1"}, "rtb-1"),
    ("transit gateway route", {"TransitGatewayRouteTableId": "rtb-1", "AdditionalRoutesAvailable": False}, "rtb-1"),
    (
        "transit gateway propagation",
        {"TransitGatewayRouteTableId": "rtb-1", "TransitGatewayRouteTablePropagations": []},
        "rtb-1",
    ),
    (
        "transit gateway prefix list reference",
        {"TransitGatewayRouteTableId": "rtb-1", "PrefixListId": "pl-1", "PrefixListOwnerId": "1"},
        "rtb-1/pl-1",
    ),
    ("virtual private gateway", {"VpnGatewayId": "vgw-1", "VpcAttachments": []}, "vgw-1"),
    ("VPN connection", {"VpnConnectionId": "vpn-1", "VpnGatewayId": "vgw-1", "CustomerGatewayId": "cgw-1"}, "vpn-1"),
    ("DB subnet group", {"DBSubnetGroupName": "db", "VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "s"}]}, "db"),
    ("DB instance", {"DBInstanceIdentifier": "db", "DBInstanceStatus": "available"}, "db"),
    ("DB cluster", {"DBClusterIdentifier": "db", "DBClusterMembers": [{"DBInstanceIdentifier": "db-1"}]}, "db"),
    ("DB proxy", {"DBProxyName": "pool", "VpcSubnetIds": ["subnet-1"], "VpcId": "vpc-1"}, "pool"),
    ("ECS service", {"serviceArn": "arn:s", "clusterArn": "arn:c", "status": "ACTIVE"}, "arn:s"),
    ("ECS task", {"taskArn": "arn:t", "clusterArn": "arn:c", "attachments": []}, "arn:t"),
    ("EKS cluster", {"name": "eks", "arn": "arn:e", "resourcesVpcConfig": {}}, "arn:e"),
    ("cache cluster", {"CacheClusterId": "c-001", "CacheNodeType": "cache.t4g.micro"}, "c-001"),
    ("cache subnet group", {"CacheSubnetGroupName": "c", "VpcId": "vpc-1", "Subnets": []}, "c"),
    ("replication group", {"ReplicationGroupId": "c", "MemberClusters": ["c-001"]}, "c"),
    ("Redshift cluster", {"ClusterIdentifier": "r", "VpcId": "vpc-1", "ClusterNodes": []}, "r"),
    ("OpenSearch domain", {"DomainName": "d", "DomainId": "1/d", "ARN": "arn:d"}, "arn:d"),
    ("mount target", {"MountTargetId": "fsmt-1", "FileSystemId": "fs-1", "NetworkInterfaceId": "eni-1"}, "fsmt-1"),
    ("Lambda function", {"FunctionName": "f", "Runtime": "python3.13", "FunctionArn": "arn:f"}, "arn:f"),
    ("load balancer", {"LoadBalancerArn": "lb", "VpcId": "vpc-1", "SecurityGroups": ["sg-1"]}, "lb"),
    ("load balancer", {"LoadBalancerArn": "lb", "LoadBalancerName": "web", "Scheme": "internal"}, "lb"),
    ("load balancer attribute", {"LoadBalancerArn": "lb", "Attributes": []}, "lb"),
    ("Classic Load Balancer attribute", {"LoadBalancerName": "lb", "LoadBalancerAttributes": {}}, "lb"),
    ("Classic Load Balancer", {"LoadBalancerName": "lb", "Subnets": ["subnet-1"], "Instances": []}, "lb"),
    ("Classic Load Balancer", {"LoadBalancerName": "lb", "VPCId": "vpc-1", "SecurityGroups": ["sg-1"]}, "lb"),
    ("listener", {"ListenerArn": "l", "LoadBalancerArn": "lb", "Port": 443, "Protocol": "TLS"}, "l"),
    ("listener", {"LoadBalancerArn": "lb", "Listeners": [{"ListenerArn": "l", "LoadBalancerArn": "lb"}]}, "l"),
    ("listener rule", {"RuleArn": "r", "Priority": "1", "Conditions": [], "Actions": []}, "r"),
    ("target group", {"TargetGroupArn": "tg", "TargetGroupName": "app", "LoadBalancerArns": ["lb"]}, "tg"),
    ("target group attribute", {"TargetGroupArn": "tg", "Attributes": []}, "tg"),
    ("target health", {"TargetGroupArn": "tg", "TargetHealthDescriptions": []}, "tg"),
]


def kind_named(kind):
    return kind if not isinstance(kind, str) else next(one for one in KINDS if one.name == kind)


@pytest.mark.parametrize("kind, resource, identifier", LONE)
def test_one_resource_as_an_object_and_in_a_list(load, kind, resource, identifier):
    kind = kind_named(kind)
    for content in (resource, [resource]):
        snapshot = load(content)
        assert ids(snapshot, kind) == [identifier]
        assert snapshot.counts.read == {kind.name: 1}
        assert sources(snapshot) == ["x.json"]


def test_every_kind_with_ids_is_recognised_without_its_key():
    assert {kind_named(kind) for kind, _, _ in LONE} == {kind for kind in KINDS if kind.id_members}


def test_a_list_may_mix_kinds_and_answers(load):
    snapshot = load(
        [VPCS["Vpcs"][0], SUBNETS["Subnets"][0], {"Vpcs": [{"VpcId": "vpc-9"}]}, {"VpcId": "vpc-2", **GROUP}]
    )
    assert ids(snapshot, SUBNET) == ["subnet-1"]
    assert ids(snapshot, SECURITY_GROUP) == ["sg-1"]
    assert sorted(ids(snapshot, VPC)) == ["vpc-1", "vpc-9"]


@pytest.mark.parametrize(
    "resource, key",
    [
        ({"LoadBalancerName": "lb", "Type": "application", "SecurityGroups": ["sg-1"]}, "LoadBalancer"),
        ({"ListenerArn": "arn:aws:globalaccelerator:…", "PortRanges": [{"FromPort": 443}]}, "Listener"),
        ({"LoadBalancerArn": "arn:…", "Tags": [{"Key": "Name"}]}, "LoadBalancer"),
        ({"TargetGroupArn": "arn:…", "Weight": 1}, "TargetGroup"),
        ({"AutoScalingGroupName": "asg", "Instances": [{"InstanceId": "i-1"}]}, "AutoScalingGroups"),
    ],
)
def test_a_resource_of_another_kind_is_not_taken_for_one_of_ours(load, resource, key):
    for content in (resource, [resource]):
        snapshot = load(content)
        assert snapshot.batches == ()
        assert snapshot.counts.skipped == {key: 1}


@pytest.mark.parametrize(
    "key, own, others",
    [
        ("Clusters", {"ClusterIdentifier": "warehouse"}, {"Name": "a cluster of MemoryDB", "Status": {"is": "odd"}}),
        ("services", {"serviceArn": "arn:s"}, {"code": "a service of support", "serviceName": 7}),
        ("tasks", {"taskArn": "arn:t"}, {"label": "a task of an editor", "group": {"kind": "build"}}),
        ("cluster", {"name": "eks", "resourcesVpcConfig": {}}, {"clusterArn": "create-cluster of ECS", "name": 7}),
    ],
)
def test_a_key_of_several_services_has_only_its_own_taken(load, key, own, others):
    assert load({key: [own, others]}).counts.skipped == {key: 1}
    assert sum(load({key: [own, others]}).counts.read.values()) == 1
    assert load({key: [others]}).batches == ()
    assert [len(batch.records) for batch in load({key: own}).batches] == [1]
    assert load({key: {"web": others}}).counts.skipped == {key: 1}
    assert [batch.records for batch in load({key: []}).batches] == [[]]
    assert [batch.records for batch in load({key: None}).batches] == [[]]


def test_a_broken_element_of_such_a_key_is_named(load):
    with pytest.raises(InputError, match=r"x.json: tasks\[1\] \(arn:t\): group: expected str, got int"):
        load({"tasks": [{"label": "another's"}, {"taskArn": "arn:t", "group": 7}]})


# -- recorded answers and errors --------------------------------------------------------------------------------------


def test_a_recorded_answer(load):
    snapshot = load({"status_code": 200, "data": VPCS | {"ResponseMetadata": {}}})
    assert ids(snapshot, VPC) == ["vpc-1"]
    assert sources(snapshot) == ["x.json: data.Vpcs"]


DENIAL = (
    "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/me is not authorized to "
    "perform: ec2:DescribeRouteTables because no identity-based policy allows the ec2:DescribeRouteTables action"
)


@pytest.mark.parametrize(
    "content, gaps, refused",
    [
        (
            {"Error": {"Code": "UnauthorizedOperation", "Message": DENIAL}},
            (Gap("route table", None, None, "UnauthorizedOperation", DENIAL, "ec2:DescribeRouteTables"),),
            {"UnauthorizedOperation": 1},
        ),
        (
            {"status_code": 403, "data": {"Error": {"Code": "AccessDenied", "Message": "no"}, "Vpcs": []}},
            (Gap(None, None, None, "AccessDenied", "no"),),
            {"AccessDenied": 1},
        ),
        (
            {"status_code": 400, "data": {"Error": {"Code": "InvalidGroup.NotFound"}, "SecurityGroups": []}},
            (),
            {"InvalidGroup.NotFound": 1},
        ),
        ({"Error": {"Code": "InvalidVpcID.NotFound", "Message": "gone"}}, (), {"InvalidVpcID.NotFound": 1}),
        ({"status_code": 500, "data": {}}, (Gap(None, None, None, "HTTP 500"),), {"HTTP 500": 1}),
        ({"status_code": 503, "data": VPCS}, (Gap(None, None, None, "HTTP 503"),), {"HTTP 503": 1}),
        ({"Error": "no"}, (Gap(None, None, None, "HTTP error"),), {"HTTP error": 1}),
    ],
)
def test_an_error_is_a_gap_and_never_records(load, content, gaps, refused):
    snapshot = load(content)
    assert snapshot.gaps == gaps
    assert snapshot.batches == ()
    assert snapshot.counts.refused == refused


# -- our own snapshot -------------------------------------------------------------------------------------------------

SNAPSHOT = {
    "schema": "sgcheck.snapshot/1",
    "collected_at": "2026-11-01T12:00:00Z",
    "caller": {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/me"},
    "accounts": {
        "123456789012": {
            "us-east-1": VPCS | {"RouteTables": [], "CarrierGateways": [{}], "PrefixListEntries": {"pl-1": []}},
            "eu-west-1": {},
        },
        "210987654321": {"us-east-1": {"Vpcs": [{"VpcId": "vpc-2"}]}},
    },
    "gaps": [
        {"kind": "network ACL", "account": "123456789012", "region": "us-east-1", "call": "ec2:DescribeNetworkAcls"}
        | {"reason": "AccessDenied", "detail": "no"},
        {"kind": "subnet", "account": None, "region": None, "call": None, "reason": "NotCollected", "detail": None},
    ],
}


def shuffled(snapshot):
    return dict(reversed(snapshot.items()))


@pytest.mark.parametrize(
    "content",
    [SNAPSHOT, shuffled(SNAPSHOT), json.dumps(SNAPSHOT, indent=3).encode()],
    ids=["plain", "shuffled", "wide"],
)
def test_our_own_snapshot(load, content):
    snapshot = load(content)
    assert [(one.vpc_id, batch.account, batch.region) for one, batch in snapshot.records(VPC)] == [
        ("vpc-1", "123456789012", "us-east-1"),
        ("vpc-2", "210987654321", "us-east-1"),
    ]
    assert snapshot.has(kind_named("route table"), "123456789012", "us-east-1")
    assert not snapshot.has(kind_named("route table"), "210987654321")
    assert snapshot.counts.skipped == {"CarrierGateways": 1}
    assert (snapshot.collected_at, snapshot.caller) == ("2026-11-01T12:00:00Z", "arn:aws:iam::123456789012:user/me")
    assert snapshot.gaps == (
        Gap("network ACL", "123456789012", "us-east-1", "AccessDenied", "no", "ec2:DescribeNetworkAcls"),
        Gap("subnet", None, None, "NotCollected"),
    )
    assert sources(snapshot)[0] == "x.json: accounts.123456789012.us-east-1.Vpcs"


def test_a_snapshot_with_nothing_in_it(load):
    snapshot = load({"schema": "sgcheck.snapshot/1", "accounts": {}, "caller": None, "collected_at": None, "later": 1})
    assert (snapshot.batches, snapshot.gaps, snapshot.caller, snapshot.counts.files) == ((), (), None, 1)


# -- folders, archives, encodings -------------------------------------------------------------------------------------


def test_a_path_tells_account_and_region(tmp_path):
    folder = tmp_path / "aws_configs" / "accounts" / "123456789012" / "us-gov-west-1" / "deeper"
    folder.mkdir(parents=True)
    (folder / "Vpcs.json").write_text(json.dumps(VPCS))
    for path in (folder / "Vpcs.json", folder, tmp_path):
        batch = load_snapshot([str(path)]).batches[0]
        assert (batch.account, batch.region) == ("123456789012", "us-gov-west-1")


def test_a_relative_path_tells_it_too(tmp_path, monkeypatch):
    folder = tmp_path / "ap-southeast-2"
    folder.mkdir()
    (folder / "Vpcs.json").write_text(json.dumps(VPCS))
    monkeypatch.chdir(folder)
    assert [load_snapshot([path]).batches[0].region for path in (".", "Vpcs.json")] == ["ap-southeast-2"] * 2


def test_what_is_no_json_in_a_folder_is_skipped_and_counted(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "Vpcs.json").write_text(json.dumps(VPCS))
    (tmp_path / "README.md").write_text('# the "Vpcs"')
    (tmp_path / "settings.ini").write_text("[default]\nregion = x")
    (tmp_path / "empty").write_text("")
    (tmp_path / "other.json").write_text('{"version": 4}')
    (tmp_path / "flow.log.gz").write_bytes(gzip.compress(b"version account-id\n" * 10_000))
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b and no more")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index.json").write_text("{")
    (tmp_path / "._Vpcs.json").write_bytes(b"\0\5\x16\7")
    (tmp_path / ".#Vpcs.json").symlink_to("me@here.1")
    os.mkfifo(tmp_path / "pipe")
    snapshot = load_snapshot([str(tmp_path)])
    assert ids(snapshot, VPC) == ["vpc-1"]
    assert (snapshot.counts.files, snapshot.counts.files_skipped) == (1, 10)


def test_links_are_followed_but_no_folder_is_entered_twice(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "Vpcs.json").write_text(json.dumps(VPCS))
    (inside / "link").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    assert ids(load_snapshot([str(inside)]), VPC) == ["vpc-1"]


def test_gzip_by_content_under_any_name(tmp_path):
    whole = json.dumps(VPCS).encode()
    (tmp_path / "Vpcs.txt").write_bytes(gzip.compress(whole[:9]) + gzip.compress(whole[9:]))
    assert ids(load_snapshot([str(tmp_path / "Vpcs.txt")]), VPC) == ["vpc-1"]
    assert ids(load_snapshot([str(tmp_path)]), VPC) == ["vpc-1"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zip_by_content_with_its_folders(tmp_path, method):
    path = tmp_path / "snapshot"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("z/eu-west-1/Vpcs.json.gz", gzip.compress(json.dumps(VPCS).encode()))
        archive.writestr("accounts/123456789012/us-east-1/Subnets.json", json.dumps(SUBNETS))
        archive.writestr("README", "nothing")
        archive.writestr("__MACOSX/eu-west-1/._Vpcs.json", b"\0\5\x16\7")
        archive.mkdir("folder")
    for given in (path, tmp_path):
        snapshot = load_snapshot([str(given)])
        assert [(batch.kind, batch.account, batch.region) for batch in snapshot.batches] == [
            (SUBNET, "123456789012", "us-east-1"),
            (VPC, None, "eu-west-1"),
        ]
        assert (snapshot.counts.files, snapshot.counts.files_skipped) == (2, 2)
    assert sources(snapshot)[1] == f"{path}/z/eu-west-1/Vpcs.json.gz: Vpcs"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_with_a_mark(load, encoding):
    text = json.dumps(
        {"Vpcs": [{"VpcId": "vpc-1", "Tags": [{"Key": "Name", "Value": "Zürich 🏔"}]}]}, ensure_ascii=False
    )
    record = next(load(text.encode(encoding)).records(VPC))[0]
    assert record.tags[0].value == "Zürich 🏔"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("padding", ["", " "])
def test_both_byte_orders_in_a_folder(tmp_path, encoding, padding):
    # Longer than what is looked at to see whether a file is JSON, and with one padding that ends within a character.
    text = padding + json.dumps(VPCS | {"Foo": "🏔" * 40_000}, ensure_ascii=False)
    (tmp_path / "answer").write_bytes("\ufeff".encode(encoding) + text.encode(encoding))
    assert ids(load_snapshot([str(tmp_path)]), VPC) == ["vpc-1"]


def test_white_space_around(load):
    assert ids(load(b" \r\n\t" * 100 + json.dumps(VPCS, indent="\t").encode() + b"\r\n\r\n"), VPC) == ["vpc-1"]


def test_standard_input_among_files(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(SUBNETS))
    snapshot = load_snapshot([str(tmp_path / "a.json"), "-"], io.BytesIO(gzip.compress(json.dumps(VPCS).encode())))
    assert (ids(snapshot, SUBNET), ids(snapshot, VPC)) == (["subnet-1"], ["vpc-1"])
    assert sources(snapshot)[1] == "standard input: Vpcs"


def test_a_pipe_that_is_named(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(json.dumps(VPCS),))
    writer.start()
    assert ids(load_snapshot([str(pipe)]), VPC) == ["vpc-1"]
    writer.join()


def test_a_big_file_is_read_like_a_small_one(load, monkeypatch):
    many = {"Vpcs": [{"VpcId": f"vpc-{number}", "Foo": "x" * 50} for number in range(30_000)]}
    content = {"schema": "sgcheck.snapshot/1", "accounts": {"123456789012": {"us-east-1": many | SUBNETS}}}
    small = [load(many), load(content)]
    monkeypatch.setattr(unpack, "_BIG", 100)
    for before, again in zip(small, [load(many), load(content)], strict=True):
        assert again == before
        assert len(ids(again, VPC)) == 30_000


def test_loading_again_and_again_keeps_nothing_for_ever(load):
    frozen = gc.get_freeze_count()
    load(VPCS)
    assert gc.get_freeze_count() == frozen


@pytest.mark.parametrize("enabled", [True, False])
def test_the_cycle_collector_is_left_as_it_was(load, enabled):
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        load(VPCS)
        assert gc.isenabled() == enabled
        with pytest.raises(Exception, match="not valid JSON"):
            load(b"{")
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if was else gc.disable)()
