"""Templates from a few lines, and what comes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sgcheck.aws.build import build
from sgcheck.aws.kinds import KIND_BY_KEY
from sgcheck.aws.snapshot import Snapshot
from sgcheck.model.network import Network
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question
from sgcheck.sources.cloudformation.document import read_template
from sgcheck.sources.cloudformation.stack import Stack
from sgcheck.sources.cloudformation.stacks import Stacks
from sgcheck.sources.files import load_snapshot

EC2 = "AWS::EC2::"


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def res(type_: str, /, *, condition: str | None = None, **properties: Any) -> dict[str, Any]:
    """A resource; a type without a service is one of EC2."""
    found: dict[str, Any] = {"Type": type_ if "::" in type_ else EC2 + type_, "Properties": properties}
    return found | ({"Condition": condition} if condition else {})


def web(**more: Any) -> dict[str, Any]:
    """A VPC with a public subnet, and a server in it that serves 80."""
    return {
        "Vpc": res("VPC", CidrBlock="10.0.0.0/16"),
        "Igw": res("InternetGateway"),
        "Attachment": res("VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Igw")),
        "Table": res("RouteTable", VpcId=ref("Vpc")),
        "Out": res("Route", RouteTableId=ref("Table"), DestinationCidrBlock="0.0.0.0/0", GatewayId=ref("Igw")),
        "Public": res("Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", MapPublicIpOnLaunch=True),
        "Uses": res("SubnetRouteTableAssociation", SubnetId=ref("Public"), RouteTableId=ref("Table")),
        "Group": res(
            "SecurityGroup",
            VpcId=ref("Vpc"),
            GroupDescription="web",
            SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}],
        ),
        "Web": res("Instance", SubnetId=ref("Public"), SecurityGroupIds=[ref("Group")]),
        **more,
    }


def document(resources: Mapping[str, Any], **sections: Any) -> dict[str, Any]:
    return {"AWSTemplateFormatVersion": "2010-09-09", **sections, "Resources": resources}


def stack_of(
    resources: Mapping[str, Any] | None = None, given: Mapping[str, str] | None = None, **sections: Any
) -> Stack:
    """The stack of a template."""
    text = json.dumps(document(resources or {"R": res("VPC", CidrBlock="10.0.0.0/16")}, **sections)).encode()
    return Stacks([read_template(text, "t.json")], {}, given or {}).stacks[0]


def written(folder: Path, content: Any, name: str = "t.json") -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def snapshot_of(
    folder: Path,
    resources: Mapping[str, Any],
    given: Mapping[str, str] | None = None,
    deployed: Snapshot | None = None,
    **sections: Any,
) -> Snapshot:
    path = written(folder, document(resources, **sections))
    return load_snapshot([path], parameters=given, deployed=deployed)


def records(snapshot: Snapshot, key: str) -> dict[str, Any]:
    """The records under a key of AWS's, by id."""
    kind = KIND_BY_KEY[key]
    return {kind.id_of(record): record for record, _batch in snapshot.records(kind)}


def asked(network: Network, source: str, target: str, port: str) -> Any:
    return explain(network, Question.parse(source, target, port))


def verdict(snapshot: Snapshot, source: str, target: str, port: str) -> str:
    return asked(build(snapshot), source, target, port).verdict.value


def gaps(snapshot: Snapshot, source: str, target: str, port: str) -> str:
    """What is not known of an answer, as one text."""
    found = asked(build(snapshot), source, target, port)
    return " | ".join(gap.why for gap in found.gaps)
