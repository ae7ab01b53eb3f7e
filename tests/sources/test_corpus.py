"""Every recorded or documented answer of the corpus is read, or refused in one line that names file and place.

What comes out is compared with a literal table, and with what the standard library's json finds on its own.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from sgcheck.aws.kinds import KINDS
from sgcheck.aws.snapshot import Snapshot
from sgcheck.errors import InputError
from sgcheck.sources.files import EXPECTED, load_snapshot

FOLDERS = ("describe", "describe-placebo-raw")

# What a lone resource of each kind has, of those that the corpus has without their key.
LONE = {
    "security group": {"GroupId", "IpPermissions"},
    "network interface": {"NetworkInterfaceId", "MacAddress"},
    "Elastic IP address": {"AllocationId", "PublicIp", "Domain"},
    "VPC": {"VpcId", "InstanceTenancy"},
    "subnet": {"SubnetId", "CidrBlock"},
    "internet gateway": {"InternetGatewayId", "Attachments"},
    "VPC peering connection": {"VpcPeeringConnectionId", "RequesterVpcInfo"},
    "network ACL": {"NetworkAclId", "Entries"},
    "VPC endpoint": {"VpcEndpointId", "VpcEndpointType"},
    "transit gateway VPC attachment": {"TransitGatewayAttachmentId", "SubnetIds"},
    "transit gateway attachment": {"TransitGatewayAttachmentId", "ResourceType", "ResourceId", "State"},
    "transit gateway": {"TransitGatewayId", "TransitGatewayArn"},
    "transit gateway route table": {"TransitGatewayRouteTableId", "TransitGatewayId", "State"},
    "DB instance": {"DBInstanceIdentifier", "DBInstanceStatus"},
    "DB cluster": {"DBClusterIdentifier", "DBClusterMembers"},
    "DB subnet group": {"DBSubnetGroupName", "DBSubnetGroupDescription"},
    "Lambda function": {"FunctionName", "FunctionArn"},
    "cache cluster": {"CacheClusterId", "CacheNodeType"},
    "Redshift cluster": {"ClusterIdentifier", "ClusterStatus"},
    "ECS service": {"serviceArn", "serviceName"},
    "ECS task": {"taskArn", "lastStatus"},
    "EKS cluster": {"name", "resourcesVpcConfig"},
    "mount target": {"MountTargetId", "FileSystemId"},
    "load balancer": {"LoadBalancerArn", "DNSName"},
    "Classic Load Balancer": {"LoadBalancerName", "VPCId"},
    "target group": {"TargetGroupArn", "TargetType"},
    "listener": {"ListenerArn", "LoadBalancerArn"},
}

FILES = {
    "describe": {"read": 374, "nothing": 146, "not JSON": 36, "broken": 1},
    "describe-placebo-raw": {"read": 157, "nothing": 2},
}
READ = {
    "describe": {
        "EC2 Instance Connect endpoint": 1,
        "DB cluster": 2,
        "DB instance": 19,
        "DB subnet group": 3,
        "ECS service": 2,
        "ECS task": 6,
        "EKS cluster": 3,
        "Classic Load Balancer": 20,
        "Elastic IP address": 11,
        "Lambda function": 28,
        "NAT gateway": 2,
        "Redshift cluster": 12,
        "VPC": 22,
        "VPC endpoint": 8,
        "VPC peering connection": 3,
        "cache cluster": 22,
        "cache subnet group": 3,
        "egress-only internet gateway": 1,
        "endpoint service": 2,
        "instance": 28,
        "internet gateway": 5,
        "mount target": 3,
        "listener": 3,
        "load balancer": 9,
        "network ACL": 4,
        "network interface": 16,
        "prefix list": 3,
        "replication group": 4,
        "route table": 7,
        "security group": 407,
        "security group VPC association": 1,
        "security group rule": 4,
        "subnet": 11,
        "VPN connection": 2,
        "transit gateway": 3,
        "transit gateway VPC attachment": 2,
        "transit gateway attachment": 7,
        "transit gateway peering attachment": 1,
        "transit gateway prefix list reference": 1,
        "transit gateway route table": 3,
        "virtual private gateway": 3,
        "target group": 5,
    },
    "describe-placebo-raw": {
        "DB instance": 5,
        "Classic Load Balancer": 18,
        "Elastic IP address": 13,
        "NAT gateway": 2,
        "VPC": 22,
        "VPC endpoint": 4,
        "VPC peering connection": 2,
        "instance": 84,
        "internet gateway": 5,
        "load balancer": 15,
        "network interface": 16,
        "route table": 13,
        "security group": 108,
        "subnet": 37,
        "transit gateway attachment": 1,
    },
}
# Of the skipped, those that a network is made of.
SKIPPED = {
    "describe": {"LoadBalancerAttributes": 2, "Listeners": 2},
    "describe-placebo-raw": {},
}
UNATTRIBUTABLE = {
    "describe": {
        "Associations": 1,
        "Attributes": 26,
        "Entries": 2,
        "Routes": 4,
        "Tags": 10,
        "TargetHealthDescriptions": 7,
        "TransitGatewayRouteTablePropagations": 3,
    },
    "describe-placebo-raw": {"Attributes": 5},
}
REFUSED = {
    "describe": {"InvalidGroup.NotFound": 1},
    "describe-placebo-raw": {"InvalidAllocationID.NotFound": 1, "InvalidServiceName": 1},
}
BROKEN = (
    "describe/aws+aws-cli/ec2/get-launch-template-data_1.json: NetworkInterfaces[0] (eni-35306abc): Groups[0]: "
    "expected object, got str"
)


def files_of(corpus, folder):
    return sorted(path for path in (corpus / folder).rglob("*") if path.is_file())


def what_happens(file):
    """Return what becomes of a file (the words of FILES), the snapshot, and the message."""
    try:
        return "read", load_snapshot([str(file)]), None
    except InputError as error:
        message = str(error)
    assert "\n" not in message
    assert message.startswith(f"{file}: ")
    if EXPECTED in message:
        return "nothing", None, message
    return "not JSON" if "not valid JSON" in message else "broken", None, message


def counted(file):
    """Count the records of a file by kind, with the standard library and without the reader's own rules."""
    content = json.loads(file.read_bytes())
    if isinstance(content, list):
        elements = [element for element in content if isinstance(element, dict)]
        found = Counter(name for element in elements for name, has in LONE.items() if has <= element.keys())
        found["instance"] += sum(len(element["Instances"]) for element in elements if "ReservationId" in element)
        return +found
    content = content.get("data", content)
    if "Error" in content:
        return Counter()
    found = Counter(name for name, has in LONE.items() if has <= content.keys())
    for kind in KINDS:
        for key in kind.keys:
            value = content.get(key) or []
            elements = [value] if isinstance(value, dict) and kind.telltale else value
            found[kind.name] += sum(kind.telltale is None or kind.telltale in element for element in elements)
    # Listeners stand wrapped, by balancer; one without any counts as one.
    wrapped = content.get("LoadBalancerListeners") or []
    found["listener"] += sum(max(len(one["Listeners"]), 1) for one in wrapped) - len(wrapped)
    reservations = content.get("Reservations", [])
    found["instance"] += sum(len(one["Instances"]) for one in reservations) - len(reservations)
    return +found


@pytest.fixture(scope="module", params=FOLDERS)
def folder(request):
    return request.param


@pytest.fixture(scope="module")
def outcomes(corpus, folder):
    return {file: what_happens(file) for file in files_of(corpus, folder)}


@pytest.fixture(scope="module")
def together(outcomes):
    return Snapshot().merged(*(snapshot for _, snapshot, _ in outcomes.values() if snapshot))


def test_every_file_is_read_or_refused(folder, outcomes):
    assert Counter(outcome for outcome, _, _ in outcomes.values()) == FILES[folder]


def test_only_what_is_not_json_is_refused_as_that(outcomes):
    for file, (outcome, _, _) in outcomes.items():
        try:
            json.loads(file.read_bytes())
        except ValueError:
            assert outcome == "not JSON", file
        else:
            assert outcome != "not JSON", file


def test_the_one_broken_record_is_named(corpus, outcomes, folder):
    messages = [message.removeprefix(f"{corpus}/") for outcome, _, message in outcomes.values() if outcome == "broken"]
    assert messages == ([BROKEN] if folder == "describe" else [])


def test_every_record_of_every_file_is_there(outcomes):
    checked = Counter()
    for file, (outcome, snapshot, _) in outcomes.items():
        if outcome in {"read", "nothing"}:
            expected = counted(file)
            assert +Counter(snapshot.counts.read if snapshot else {}) == expected, file
            checked += expected
    assert checked.total() > 300


def test_records_are_counted_by_kind(folder, together):
    assert dict(together.counts.read) == READ[folder]
    assert dict(Counter(batch.kind.name for batch in together.batches for _ in batch.records)) == READ[folder]


def test_what_is_skipped_is_counted_by_key(folder, together):
    skipped = together.counts.skipped
    assert {key: skipped[key] for key in SKIPPED[folder]} == SKIPPED[folder]
    assert together.counts.unattributable == UNATTRIBUTABLE[folder]


def test_error_answers_give_no_records(folder, together):
    assert together.counts.refused == REFUSED[folder]
    assert [gap.reason for gap in together.gaps] == [code for code in REFUSED[folder] if "NotFound" not in code]


@pytest.mark.parametrize(
    "lab, places",
    [
        ("aws_demo", {(None, "us-east-1"), (None, "us-west-1")}),
        ("aws_instance_multiple_interface", {(None, "us-east-1")}),
        ("aws_nlb_targets_instance", {(None, "us-east-1")}),
        ("aws_shared_vpc", {(account, "us-east-1") for account in ("028403472736", "317892581468", "951601349076")}),
        ("aws_tgw_multi_az_intra_region", {(None, "us-east-1"), (None, "us-east-2")}),
        ("aws_traffic_in_igw_out_ngw", {(None, "us-east-1"), (None, "us-west-1")}),
    ],
)
def test_the_layout_of_the_labs_tells_account_and_region(corpus, lab, places):
    snapshot = load_snapshot([str(corpus / "aws-lab" / lab)])
    assert {(batch.account, batch.region) for batch in snapshot.batches} == places
    files = files_of(corpus / "aws-lab", lab)
    # All but the observations are AWS's.
    assert (snapshot.counts.files, snapshot.counts.files_skipped) == (len(files) - 1, 1)
    assert +Counter(snapshot.counts.read) == sum(map(counted, files), Counter())
