"""Managed services as their records describe them, and whose an interface is by its description."""

from __future__ import annotations

import pytest

from sgcheck.aws.conversion.marks import mark_of
from tests.reach.lab import ACCOUNT, load
from tests.reach.lab_names import (
    DNS,
    UUID,
    billing,
    cache,
    cluster,
    control_plane,
    database,
    domain,
    ecs_service,
    files,
    function,
    orders,
    proxy,
    shop,
    subnet_group,
    warehouse,
)


def services(record):
    return {f"{s.kind}:{s.id}": s for s in load(record).services}


@pytest.mark.parametrize(
    ("interface_type", "description", "mark"),
    [
        ("interface", "RDSNetworkInterface", ("rds", "")),
        ("interface", "Network interface for DBProxy pool-1", ("rds-proxy", "pool-1")),
        ("lambda", f"AWS Lambda VPC ENI-my-report-{UUID}", ("lambda", "my-report")),
        ("interface", f"AWS Lambda VPC ENI: {UUID}", ("lambda", "")),
        ("lambda", "something of its own", ("lambda", "")),
        ("interface", f"arn:aws:ecs:us-east-1:{ACCOUNT}:attachment/{UUID}", ("ecs", UUID)),
        ("interface", "ElastiCache sessions-0001-001", ("elasticache", "sessions-0001-001")),
        ("interface", "ElastiCache+sessions", ("elasticache", "sessions")),
        ("interface", "RedshiftNetworkInterface", ("redshift", "")),
        ("interface", "ES logs", ("opensearch", "logs")),
        ("efs", "EFS mount target for fs-017557a9f00b1bec9 (fsmt-0fcbb40c868d404e8)", ("efs", "fs-017557a9f00b1bec9")),
        ("efs", None, ("efs", "")),
        ("interface", "Amazon EKS prod", ("eks", "prod")),
        ("interface", "ES war einmal", None),
        ("interface", "my RDSNetworkInterface", None),
        ("interface", "Primary network interface", None),
        ("interface", "", None),
        (None, None, None),
    ],
)
def test_descriptions_tell_whose_an_interface_is(interface_type, description, mark):
    """EC2 user guide, requester-managed-eni: the description says what an interface is for."""
    found = mark_of(interface_type, description)
    assert (tuple(found) if found else None) == mark


def test_the_directory_has_marked_interfaces_by_kind_of_service():
    assert load(billing()).directory.marked == {"rds": [("", "eni-rds"), ("", "eni-rds2")]}


def test_a_db_instance():
    found = services(orders())["rds:orders"]
    assert found.full == f"arn:aws:rds:us-east-1:{ACCOUNT}:db:orders"
    assert (found.dns, found.port) == ((f"orders.{DNS}",), 5432)
    assert (found.subnets, found.groups, found.single) == ({"subnet-priv"}, ("sg-db",), True)
    assert (found.state, found.startable, found.title) == (None, False, "rds:orders")


def test_only_subnets_of_its_zone_count_where_there_are_any():
    """RDS user guide, USER_VPC.WorkingWithRDSInstanceinaVPC."""
    group = subnet_group("subnet-a", "subnet-b")
    group["Subnets"][1]["SubnetAvailabilityZone"]["Name"] = "us-east-1b"
    assert services(orders(DBSubnetGroup=group))["rds:orders"].subnets == {"subnet-a"}
    assert services(orders(DBSubnetGroup=group, AvailabilityZone=None))["rds:orders"].subnets == {
        "subnet-a",
        "subnet-b",
    }
    assert services(orders(DBSubnetGroup=None))["rds:orders"].subnets is None


@pytest.mark.parametrize(("more", "startable"), [({}, True), ({"DBClusterIdentifier": "shop"}, False)])
def test_only_an_instance_of_its_own_can_be_started(more, startable):
    """RDS user guide, USER_StartInstance: members of a cluster start with it."""
    found = services(orders(DBInstanceStatus="stopped", **more))["rds:orders"]
    assert (found.state, found.startable) == ("stopped", startable)


def test_a_cluster_has_an_entry_for_its_writer_and_one_for_its_readers():
    """Aurora user guide, Aurora.Overview.Endpoints."""
    record = billing()
    record["DBClusters"] = [cluster("shop", "orders", "billing")]
    readers, writer = sorted((s for s in load(record).services if s.id == "shop"), key=lambda s: s.members)
    assert (readers.dns, readers.members) == ((f"shop.cluster-ro-{DNS}",), ("billing",))
    assert (writer.dns, writer.members) == ((f"shop.cluster-{DNS}",), ("orders",))
    assert readers.same == writer.same


@pytest.mark.parametrize(("family", "port"), [("POSTGRESQL", 5432), ("MYSQL", 3306), ("SQLSERVER", 1433), (None, None)])
def test_a_proxy_listens_on_its_family_s_port(family, port):
    """RDS user guide, rds-proxy."""
    record = orders()
    record["DBProxies"] = [proxy("pool", EngineFamily=family)]
    found = services(record)["rds:pool"]
    assert (found.mark, found.named, found.port) == ("rds-proxy", {"pool"}, port)


def test_a_function():
    record = orders()
    record["Functions"] = [function("f", "sg-b", "sg-a"), function("free")]
    found = services(record)
    assert (found["lambda:f"].groups, found["lambda:f"].shared, found["lambda:f"].outside) == (
        ("sg-a", "sg-b"),
        True,
        None,
    )
    assert found["lambda:free"].outside


def test_ecs_services():
    record = shop()
    record["services"].append(ecs_service("idle", "sg-db", runningCount=0))
    record["services"].append(ecs_service("hosted"))
    found = services(record)
    assert found["ecs:main/shop"].interfaces == ("eni-x",)
    assert (found["ecs:main/idle"].interfaces, found["ecs:main/idle"].state) == ((), "without a running task")
    assert found["ecs:main/hosted"].outside
    del record["tasks"]
    found = services(record)["ecs:main/shop"]
    assert (found.interfaces, found.subnets, found.groups) == (None, {"subnet-priv"}, ("sg-db",))


def test_a_cache_cluster_by_itself_and_by_its_nodes():
    record = orders()
    record["CacheClusters"] = [cache("c"), cache("d", CacheNodes=None, SecurityGroups=None)]
    whole, node = sorted((s for s in load(record).services if s.id == "c"), key=lambda s: s.single)
    assert (whole.dns, whole.port) == ((), 5432)
    assert (node.dns, node.port) == (("c.abc.0001.use1.cache.amazonaws.com",), 5432)
    assert services(record)["elasticache:d"].groups is None


def test_a_redshift_cluster_has_its_leader_s_address():
    """Redshift API, ClusterNode."""
    assert services(warehouse())["redshift:warehouse"].addresses == {(4, 0x0A000250)}


def test_a_domain_a_file_system_and_a_control_plane():
    record = control_plane(securityGroupIds=["sg-x"], endpointPublicAccess=True)
    record["DomainStatusList"] = [domain("logs", "subnet-priv"), domain("open")]
    found = services(record)
    assert found["opensearch:logs"].dns == ("vpc-logs-abc.us-east-1.es.amazonaws.com",)
    assert found["opensearch:open"].outside
    assert (found["eks:prod"].groups, found["eks:prod"].port) == (("sg-db", "sg-x"), 443)
    mounted = [s for s in load(files()).services if s.kind == "efs"]
    assert {s.zonal for s in mounted} == {("fs-1.efs.us-east-1.amazonaws.com",)}
    assert {s.interfaces for s in mounted} == {("eni-x",), ("eni-y",)}


def test_databases_of_one_name_in_two_regions_are_two():
    record = orders()
    twin = f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:orders"
    record["DBInstances"].append(database("orders", DBInstanceArn=twin))
    assert [s.full for s in load(record).services] == sorted([twin, f"arn:aws:rds:us-east-1:{ACCOUNT}:db:orders"])


def test_services_are_sorted_whatever_the_order_of_the_input():
    record = billing()
    there = load(record).services
    record["DBInstances"].reverse()
    assert load(record).services == there
