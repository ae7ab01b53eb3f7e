"""Databases, caches and stores: managed services that clients connect to."""

from __future__ import annotations

from typing import Final

from sgcheck.sources.shapes import Record, without_nothing
from sgcheck.sources.terraform.book import Book
from sgcheck.sources.terraform.groups import GROUPS
from sgcheck.sources.terraform.places import SUBNETS
from sgcheck.sources.terraform.resource import Resource, Unknown
from sgcheck.sources.terraform.standing import Standing, groups_or_default, ids, known

DB_GROUPS: Final = ("aws_db_subnet_group", "aws_docdb_subnet_group", "aws_neptune_subnet_group")
CLUSTERS: Final = ("aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster")
MEMBERS: Final = ("aws_rds_cluster_instance", "aws_docdb_cluster_instance", "aws_neptune_cluster_instance")
_SUBNET: Final = "which of its subnets it gets is known where nothing tells them apart"
TYPES: Final = {
    "aws_db_subnet_group": "",
    "aws_docdb_subnet_group": "",
    "aws_neptune_subnet_group": "",
    "aws_db_instance": _SUBNET,
    "aws_rds_cluster": "answers by its instances",
    "aws_docdb_cluster": "answers by its instances",
    "aws_neptune_cluster": "answers by its instances",
    "aws_rds_cluster_instance": _SUBNET,
    "aws_docdb_cluster_instance": _SUBNET,
    "aws_neptune_cluster_instance": _SUBNET,
    "aws_db_proxy": "",
    "aws_elasticache_subnet_group": "",
    "aws_elasticache_cluster": f"one of its nodes; {_SUBNET}",
    "aws_elasticache_replication_group": f"one of its nodes; {_SUBNET}",
    "aws_redshift_subnet_group": "",
    "aws_redshift_cluster": _SUBNET,
    "aws_opensearch_domain": "in a VPC, or public",
    "aws_elasticsearch_domain": "in a VPC, or public",
    "aws_efs_mount_target": "",
}
_RDS: Final = "RDSNetworkInterface"


def add_managed(book: Book, standing: Standing) -> None:
    """Add every service with the interfaces that it has."""
    for resource in book.of(*DB_GROUPS):
        _subnet_group(book, resource)
    for resource in book.of("aws_db_instance"):
        _database(book, standing, resource, resource)
    for resource in book.of(*CLUSTERS):
        _cluster(book, resource)
    for resource in book.of(*MEMBERS):
        cluster = book.references.one(resource, "cluster_identifier", CLUSTERS)
        owner = next((one for one in book.of(*CLUSTERS) if cluster in (one.id, one.known("cluster_identifier"))), None)
        _database(book, standing, resource, owner or resource, member=True)
    for resource in book.of("aws_db_proxy"):
        _proxy(book, standing, resource)
    for resource in book.of("aws_elasticache_cluster", "aws_elasticache_replication_group"):
        _cache(book, standing, resource)
    for resource in book.of("aws_redshift_cluster"):
        _redshift(book, standing, resource)
    for resource in book.of("aws_opensearch_domain", "aws_elasticsearch_domain"):
        _search(book, standing, resource)
    for resource in book.of("aws_efs_mount_target"):
        _mount_target(book, standing, resource)


def name_service(book: Book, resource: Resource, word: str) -> None:
    """Let the address of a resource stand for a service (`rds:orders`)."""
    book.names.setdefault(resource.address, word)


def _subnets_of(book: Book, resource: Resource, name: str, types: tuple[str, ...]) -> tuple[str, list[str] | None]:
    """The name of a resource's subnet group, and the subnets; None where they are not known."""
    found = book.references.one(resource, name, types)
    group = next((one for one in book.of(*types) if found in (one.id, one.known("name"))), None)
    if group is None:
        return found if isinstance(found, str) else "", None
    return group.known("name") or group.id, known(book.references.many(group, "subnet_ids", SUBNETS))


def _subnet_group(book: Book, resource: Resource) -> None:
    subnets = known(book.references.many(resource, "subnet_ids", SUBNETS))
    record: Record = {
        "DBSubnetGroupName": resource.known("name") or resource.id,
        "DBSubnetGroupArn": resource.arn,
        "VpcId": next((v for s in subnets or () if (v := book.vpc_of(s))), None),
        "Subnets": None if subnets is None else [{"SubnetIdentifier": one} for one in subnets],
    }
    book.add("DBSubnetGroups", resource.arn, without_nothing(record), resource, named=False)


def _memberships(groups: list[str]) -> list[Record]:
    return [{"VpcSecurityGroupId": one, "Status": "active"} for one in groups]


def _endpoint(resource: Resource, name: str) -> Record | None:
    address, port = resource.known(name), resource.number("port")
    told = {"Address": address, "Port": port if isinstance(port, int) else None}
    return without_nothing(told) or None


def _database(book: Book, standing: Standing, resource: Resource, owner: Resource, *, member: bool = False) -> None:
    """A DB instance; what it has of a cluster stands at the cluster, `owner`."""
    name = "neptune_subnet_group_name" if "neptune" in owner.type else "db_subnet_group_name"
    group, subnets = _subnets_of(book, owner, name, DB_GROUPS)
    zone = resource.known("availability_zone")
    there = [s for s in subnets or () if (book.record("Subnets", s) or {}).get("AvailabilityZone") == zone]
    subnets = there if zone and there else subnets
    found = book.references.many(owner, "vpc_security_group_ids", GROUPS)
    groups = groups_or_default(book, owner, found, "vpc_security_group_ids", subnets or ())
    public = resource.flag("publicly_accessible")
    identifier = resource.known("identifier") or resource.id
    places = standing.somewhere(resource, subnets, groups, _RDS, public=public is True)
    listed = [{"SubnetIdentifier": one} for one in places] if subnets is not None else None
    record: Record = {
        "DBInstanceIdentifier": identifier,
        "DBInstanceArn": resource.arn,
        "DBInstanceStatus": "available" if resource.created else resource.known("status") or "available",
        "DBClusterIdentifier": (owner.known("cluster_identifier") or owner.id)
        if member and owner is not resource
        else None,
        "DBSubnetGroup": without_nothing({"DBSubnetGroupName": group or "default", "Subnets": listed}),
        "Endpoint": _endpoint(resource, "address" if not member else "endpoint"),
        "VpcSecurityGroups": _memberships(groups),
        "AvailabilityZone": zone,
    }
    book.add("DBInstances", resource.arn, without_nothing(record), resource, named=False)
    name_service(book, resource, f"rds:{identifier}")


def _cluster(book: Book, resource: Resource) -> None:
    name = "neptune_subnet_group_name" if "neptune" in resource.type else "db_subnet_group_name"
    group, subnets = _subnets_of(book, resource, name, DB_GROUPS)
    found = book.references.many(resource, "vpc_security_group_ids", GROUPS)
    groups = groups_or_default(book, resource, found, "vpc_security_group_ids", subnets or ())
    identifier = resource.known("cluster_identifier") or resource.id
    members = [
        one.known("identifier") or one.id
        for one in book.of(*MEMBERS)
        if book.references.one(one, "cluster_identifier", CLUSTERS) in (resource.id, identifier)
    ]
    port = resource.number("port")
    record: Record = {
        "DBClusterIdentifier": identifier,
        "DBClusterArn": resource.arn,
        "DBSubnetGroup": group or None,
        # Which of its instances writes is AWS's choice, and fails over: each may.
        "DBClusterMembers": [{"DBInstanceIdentifier": one, "IsClusterWriter": True} for one in members],
        "Status": "available",
        "Endpoint": resource.known("endpoint"),
        "ReaderEndpoint": resource.known("reader_endpoint"),
        "Port": port if isinstance(port, int) else None,
        "VpcSecurityGroups": _memberships(groups),
    }
    book.add("DBClusters", resource.arn, without_nothing(record), resource, named=False)
    name_service(book, resource, f"rds:{identifier}")


def _proxy(book: Book, standing: Standing, resource: Resource) -> None:
    subnets = known(book.references.many(resource, "vpc_subnet_ids", SUBNETS))
    found = book.references.many(resource, "vpc_security_group_ids", GROUPS)
    groups = groups_or_default(book, resource, found, "vpc_security_group_ids", subnets or ())
    name = resource.known("name") or resource.address
    record: Record = {
        "DBProxyName": name,
        "DBProxyArn": resource.arn,
        "Status": "available",
        "EngineFamily": resource.known("engine_family"),
        "Endpoint": resource.known("endpoint"),
        "VpcSubnetIds": subnets,
        "VpcSecurityGroupIds": groups,
    }
    book.add("DBProxies", resource.arn, without_nothing(record), resource, named=False)
    name_service(book, resource, f"rds:{name}")
    standing.everywhere(resource, subnets or (), groups, f"Network interface for DBProxy {name}")


def _cache(book: Book, standing: Standing, resource: Resource) -> None:
    """A cluster; a replication group stands for clusters of its own, which Terraform does not list."""
    whole = resource.type == "aws_elasticache_replication_group"
    if not whole and resource.known("replication_group_id"):
        return  # a replica: its group and subnets are those of the replication group
    group, subnets = _subnets_of(book, resource, "subnet_group_name", ("aws_elasticache_subnet_group",))
    found = book.references.many(resource, "security_group_ids", GROUPS)
    groups = groups_or_default(book, resource, found, "security_group_ids", subnets or ())
    name = resource.known("replication_group_id" if whole else "cluster_id") or resource.id
    members = (known(resource.texts("member_clusters")) or [f"{name}-001"]) if whole else [name]
    places = standing.somewhere(resource, subnets, groups, f"ElastiCache {members[0]}")
    if group and subnets is not None:
        told = book.add(
            "CacheSubnetGroups", group, {"CacheSubnetGroupName": group, "Subnets": []}, resource, named=False
        )
        there = {one["SubnetIdentifier"] for one in told["Subnets"]}
        told["Subnets"] += [{"SubnetIdentifier": one} for one in places if one not in there]
    for member in members:
        record: Record = {
            "CacheClusterId": member,
            "CacheClusterStatus": "available",
            "CacheSubnetGroupName": group or None,
            "SecurityGroups": [{"SecurityGroupId": one, "Status": "active"} for one in groups],
        }
        book.add("CacheClusters", member, without_nothing(record), resource, named=False)
    if whole:
        record = {"ReplicationGroupId": name, "ARN": resource.arn, "Status": "available", "MemberClusters": members}
        endpoint = _endpoint(resource, "configuration_endpoint_address")
        book.add(
            "ReplicationGroups",
            name,
            without_nothing({**record, "ConfigurationEndpoint": endpoint}),
            resource,
            named=False,
        )
    name_service(book, resource, f"elasticache:{name}")


def _redshift(book: Book, standing: Standing, resource: Resource) -> None:
    _group, subnets = _subnets_of(book, resource, "cluster_subnet_group_name", ("aws_redshift_subnet_group",))
    found = book.references.many(resource, "vpc_security_group_ids", GROUPS)
    groups = groups_or_default(book, resource, found, "vpc_security_group_ids", subnets or ())
    name = resource.known("cluster_identifier") or resource.id
    record: Record = {
        "ClusterIdentifier": name,
        "ClusterStatus": "available",
        "Endpoint": _endpoint(resource, "dns_name"),
        "VpcSecurityGroups": _memberships(groups),
    }
    book.add("Clusters", name, without_nothing(record), resource, named=False)
    name_service(book, resource, f"redshift:{name}")
    public = resource.flag("publicly_accessible") is True
    standing.somewhere(resource, subnets, groups, "RedshiftNetworkInterface", public=public)


def _search(book: Book, standing: Standing, resource: Resource) -> None:
    blocks = resource.blocks("vpc_options")
    name = resource.known("domain_name") or resource.id
    record: Record = {"DomainName": name, "ARN": resource.arn, "Endpoint": resource.known("endpoint")}
    if isinstance(blocks, Unknown):
        book.notes.append(f"{blocks.what}: whether it stands in a VPC is not known yet")
    for block in blocks if isinstance(blocks, list) else ():
        subnets = known(book.references.many_in(resource, block, "vpc_options", "subnet_ids", SUBNETS)) or []
        found = book.references.many_in(resource, block, "vpc_options", "security_group_ids", GROUPS)
        groups = groups_or_default(book, resource, found, "vpc_options", subnets) if subnets else ids(found)
        record["VPCOptions"] = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        standing.everywhere(resource, subnets, groups, f"ES {name}")
    book.add("DomainStatusList", resource.arn, without_nothing(record), resource, named=False)
    name_service(book, resource, f"opensearch:{name}")


def _mount_target(book: Book, standing: Standing, resource: Resource) -> None:
    subnet = book.references.one(resource, "subnet_id", SUBNETS)
    system = book.references.one(resource, "file_system_id", ("aws_efs_file_system",))
    subnets = [subnet] if isinstance(subnet, str) else None
    found = book.references.many(resource, "security_groups", GROUPS)
    groups = groups_or_default(book, resource, found, "security_groups", subnets or ())
    name = system if isinstance(system, str) else resource.address
    interface = resource.known("network_interface_id") or f"{resource.address}.interface"
    record: Record = {
        "MountTargetId": resource.id,
        "FileSystemId": name,
        "LifeCycleState": "available",
        "NetworkInterfaceId": interface,
        "AvailabilityZoneName": resource.known("availability_zone_name"),
    }
    book.add("MountTargets", resource.id, without_nothing(record), resource, named=False)
    name_service(book, resource, f"efs:{name}")
    address = resource.known("ip_address")
    standing.somewhere(resource, subnets, groups, f"EFS mount target for {name}", address=address, id_=interface)
