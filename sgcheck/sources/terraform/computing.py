"""Functions and containers: what sends from interfaces of its own, and control planes."""

from __future__ import annotations

from typing import Final

from sgcheck.sources.shapes import Record, without_nothing
from sgcheck.sources.terraform.book import Book
from sgcheck.sources.terraform.groups import GROUPS
from sgcheck.sources.terraform.managed import name_service
from sgcheck.sources.terraform.places import SUBNETS
from sgcheck.sources.terraform.references import derived
from sgcheck.sources.terraform.resource import Block, Resource, Unknown
from sgcheck.sources.terraform.standing import Standing, groups_or_default, ids, known

TYPES: Final = {
    "aws_lambda_function": "",
    "aws_ecs_service": "in the network mode awsvpc; which of its subnets a task gets is known where they are alike",
    "aws_eks_cluster": "its control plane; the rules of the group that AWS makes for it are not known",
}
_NO_UUID: Final = "00000000-0000-0000-0000-000000000000"
"""Stands for what AWS numbers the interfaces of a function with."""


def add_computing(book: Book, standing: Standing) -> None:
    """Add functions, services and clusters with the interfaces that they have."""
    for resource in book.of("aws_lambda_function"):
        _function(book, standing, resource)
    for resource in book.of("aws_ecs_service"):
        _ecs(book, standing, resource)
    for resource in book.of("aws_eks_cluster"):
        _eks(book, standing, resource)


def _first(resource: Resource, name: str) -> Block | None:
    blocks = resource.blocks(name)
    return blocks[0] if isinstance(blocks, list) and blocks else None


def _placed(
    book: Book, resource: Resource, block: Block, outer: str, subnets_name: str, groups_name: str
) -> tuple[list[str], list[str]]:
    """The subnets and groups of a block; those that are not known by what stands for them."""
    subnets = ids(book.references.many_in(resource, block, outer, subnets_name, SUBNETS))
    found = book.references.many_in(resource, block, outer, groups_name, GROUPS)
    unset = found == [] or (isinstance(found, Unknown) and not _written(resource, outer, groups_name))
    return subnets, groups_or_default(book, resource, [], outer, subnets) if unset else ids(found)


def _written(resource: Resource, outer: str, name: str) -> bool:
    """Whether the configuration sets an attribute of a block."""
    told = (resource.config.get("expressions") or {}).get(outer)
    blocks = told if isinstance(told, list) else [told]
    return any(isinstance(block, dict) and name in block for block in blocks)


def _function(book: Book, standing: Standing, resource: Resource) -> None:
    """An interface for each subnet, which functions with the same groups share (Lambda guide, configuration-vpc)."""
    name = resource.known("function_name") or resource.id
    block = _first(resource, "vpc_config")
    record: Record = {"FunctionName": name, "FunctionArn": resource.arn}
    if block is not None:
        subnets, groups = _placed(book, resource, block, "vpc_config", "subnet_ids", "security_group_ids")
        record["VpcConfig"] = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        if subnets:
            standing.everywhere(resource, subnets, groups, f"AWS Lambda VPC ENI-{name}-{_NO_UUID}", "lambda")
    book.add("Functions", resource.arn, record, resource, named=False)
    name_service(book, resource, f"lambda:{name}")


def _ecs(book: Book, standing: Standing, resource: Resource) -> None:
    name = resource.known("name") or resource.address
    cluster = book.references.one(resource, "cluster", ("aws_ecs_cluster",))
    wanted = resource.number("desired_count")
    block = _first(resource, "network_configuration")
    record: Record = {
        "serviceArn": resource.id,
        "serviceName": name,
        "clusterArn": cluster if isinstance(cluster, str) else None,
        "runningCount": wanted if isinstance(wanted, int) else None,
    }
    if block is not None:
        subnets, groups = _placed(book, resource, block, "network_configuration", "subnets", "security_groups")
        if wanted != 0:
            arn = f"arn:aws:ecs:::attachment/{resource.address}"
            public = block.get("assign_public_ip") is True
            subnets = standing.somewhere(resource, subnets, groups, arn, public=public)
        told = {"subnets": subnets, "securityGroups": groups}
        record["networkConfiguration"] = {"awsvpcConfiguration": told}
    book.add("services", resource.id, without_nothing(record), resource, named=False)
    short = str(cluster).rpartition("/")[2]
    name_service(book, resource, f"ecs:{short}/{name}" if isinstance(cluster, str) else f"ecs:{name}")


def _eks(book: Book, standing: Standing, resource: Resource) -> None:
    """The interfaces of the control plane have the cluster's own group and the additional ones."""
    name = resource.known("name") or resource.id
    block = _first(resource, "vpc_config")
    record: Record = {"name": name, "arn": resource.arn, "status": "ACTIVE", "endpoint": resource.known("endpoint")}
    if block is not None:
        subnets = known(book.references.many_in(resource, block, "vpc_config", "subnet_ids", SUBNETS))
        more = ids(book.references.many_in(resource, block, "vpc_config", "security_group_ids", GROUPS))
        own = block.text("cluster_security_group_id")
        own = own if isinstance(own, str) else derived(resource, "cluster_security_group_id")
        groups = list(dict.fromkeys([own, *more]))
        places = standing.somewhere(resource, subnets, groups, f"Amazon EKS {name}")
        private, public = block.get("endpoint_private_access"), block.get("endpoint_public_access")
        config: Record = {
            "subnetIds": places if subnets is not None else None,
            "securityGroupIds": more,
            "clusterSecurityGroupId": own,
            "endpointPrivateAccess": private if isinstance(private, bool) else None,
            "endpointPublicAccess": public if isinstance(public, bool) else None,
        }
        record["resourcesVpcConfig"] = without_nothing(config)
    book.add("cluster", resource.arn, without_nothing(record), resource, named=False)
    name_service(book, resource, f"eks:{name}")
