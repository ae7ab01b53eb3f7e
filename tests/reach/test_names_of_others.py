"""Containers, caches and stores by name (contracts, section 2). What they listen on is 5432 in this lab, for its rules."""

from __future__ import annotations

import pytest

from sgcheck.errors import UnknownNameError
from tests.reach.lab import ask, codes, find, ingress, permission, verdict
from tests.reach.lab_names import (
    cache,
    control_plane,
    domain,
    ecs_service,
    files,
    managed,
    mount_target,
    shop,
    task,
    warehouse,
    with_interface,
)


def reached(record, word, port="5432", source="i-web"):
    """Return the verdict, and the interfaces that were asked."""
    answer = ask(record, source, word, port)
    return answer.verdict.value, sorted(a.target.interface or "" for a in answer.answers)


# ECS.


@pytest.mark.parametrize(
    "word",
    [
        "ecs:main/shop",
        "ecs:shop",
        "ecs:main/*",
        "ecs:sh*",
        "arn:aws:ecs:us-east-1:111122223333:service/main/shop",
    ],
)
def test_a_service_is_reached_by_its_tasks(word):
    """ECS guide, task-networking-awsvpc: every task has an interface of its own."""
    answer = ask(shop(), "i-web", word, "5432")
    assert answer.verdict.value == "reachable"
    assert [(a.target.kind, a.target.id, a.target.interface) for a in answer.answers] == [("ecs", "main/shop", "eni-x")]


def test_the_tasks_tell_their_service_without_its_record():
    record = shop()
    del record["services"]
    assert reached(record, "ecs:main/shop") == ("reachable", ["eni-x"])


def test_without_tasks_subnets_and_groups_tell_the_interfaces():
    record = shop()
    del record["tasks"]
    assert reached(record, "ecs:shop") == ("reachable", ["eni-x"])
    record["services"][0]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"] = ["sg-web"]
    assert reached(record, "ecs:shop") == ("unknown", [""])


def test_services_that_share_candidates_and_disagree_are_unknown():
    record = shop()
    del record["tasks"]
    record["services"].append(ecs_service("other", "sg-db"))
    stopped = managed(
        "eni-y", "10.0.2.81", ["sg-db"], "arn:aws:ecs:us-east-1:111122223333:attachment/2", Status="available"
    )
    record["NetworkInterfaces"].append(stopped)
    assert reached(record, "ecs:shop") == ("unknown", ["eni-x", "eni-y"])
    assert "UNKNOWN_RESOURCE" in codes(ask(record, "i-web", "ecs:shop", "5432"))


@pytest.mark.parametrize("change", [{"lastStatus": "STOPPED"}, {"attachments": []}, {"group": "family:shop"}])
def test_what_is_no_interface_of_a_running_task_does_not_count(change):
    record = shop()
    record["tasks"] = [task("shop", "eni-x", **change)]
    assert reached(record, "ecs:shop")[0] == "unknown"


def test_a_service_without_a_running_task_answers_nobody():
    record = shop()
    record["services"][0]["runningCount"] = 0
    answer = ask(record, "i-web", "ecs:shop", "5432")
    assert (answer.verdict.value, codes(answer)) == ("blocked", ["INSTANCE_NOT_RUNNING"])


def test_a_task_whose_interface_is_not_told_leaves_it_open():
    """Contracts, section 3: never a verdict from missing data; what the others decide stands."""
    record = shop()
    record["tasks"].append(task("shop", "eni-lost", taskArn="arn:aws:ecs:us-east-1:111122223333:task/main/2"))
    answer = ask(record, "i-web", "ecs:shop", "5432")
    assert answer.verdict.value == "unknown"
    assert {a.target.interface: a.verdict.value for a in answer.answers} == {"eni-x": "reachable", None: "unknown"}
    assert "eni-lost" in " ".join(gap.why for gap in answer.gaps)
    assert verdict(record, "ecs:shop", "i-web", "443") == "unknown"


def test_tasks_on_their_instances_network_are_asked_by_these():
    """ECS guide, task-networking: bridge and host mode."""
    record = shop()
    record["services"] = [ecs_service("shop")]
    answer = ask(record, "i-web", "ecs:shop", "5432")
    assert answer.verdict.value == "unknown"
    assert "the instances that they run on" in answer.summary


# ElastiCache.


def cached():
    record = with_interface("ElastiCache sessions-001")
    record["NetworkInterfaces"].append(managed("eni-y", "10.0.2.81", ["sg-web"], "ElastiCache sessions-002"))
    record["CacheClusters"] = [cache("sessions-001"), cache("sessions-002")]
    record["CacheClusters"][1]["SecurityGroups"] = [{"SecurityGroupId": "sg-web", "Status": "active"}]
    shard = {
        "PrimaryEndpoint": {"Address": "sessions.abc.ng.0001.use1.cache.amazonaws.com", "Port": 5432},
        "ReaderEndpoint": {"Address": "sessions-ro.abc.ng.0001.use1.cache.amazonaws.com", "Port": 5432},
        "NodeGroupMembers": [
            {"CacheClusterId": "sessions-001", "CurrentRole": "primary"},
            {"CacheClusterId": "sessions-002", "CurrentRole": "replica"},
        ],
    }
    record["ReplicationGroups"] = [
        {
            "ReplicationGroupId": "sessions",
            "ARN": "arn:aws:elasticache:us-east-1:111122223333:replicationgroup:sessions",
            "Status": "available",
            "MemberClusters": ["sessions-001", "sessions-002"],
            "NodeGroups": [shard],
        }
    ]
    record["CacheSubnetGroups"] = [{"CacheSubnetGroupName": "caches", "Subnets": [{"SubnetIdentifier": "subnet-priv"}]}]
    return record


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("elasticache:sessions-001", ("reachable", ["eni-x"])),
        ("elasticache:sessions-002", ("blocked", ["eni-y"])),
        ("arn:aws:elasticache:us-east-1:111122223333:cluster:sessions-001", ("reachable", ["eni-x"])),
        ("sessions-001.abc.0001.use1.cache.amazonaws.com", ("reachable", ["eni-x"])),
        ("sessions.abc.ng.0001.use1.cache.amazonaws.com", ("reachable", ["eni-x"])),
        ("sessions-ro.abc.ng.0001.use1.cache.amazonaws.com", ("blocked", ["eni-y"])),
        ("arn:aws:elasticache:us-east-1:111122223333:replicationgroup:sessions", ("partial", ["eni-x", "eni-y"])),
    ],
)
def test_a_cache_s_interfaces_name_its_clusters(word, expected):
    """ElastiCache guide, Endpoints: the primary's name and the readers'."""
    verdict_, interfaces = reached(cached(), word)
    assert (verdict_, sorted(set(interfaces))) == expected


def test_a_cache_in_other_subnets_is_another():
    record = cached()
    record["CacheSubnetGroups"][0]["Subnets"] = [{"SubnetIdentifier": "subnet-pub"}]
    assert reached(record, "elasticache:sessions-001")[0] == "unknown"


def test_the_nodes_of_a_memcached_cluster_can_t_be_told_apart():
    """AWS gives the node's DNS name and not its address."""
    record = with_interface("ElastiCache pages")
    record["NetworkInterfaces"].append(
        managed("eni-y", "10.0.2.81", ["sg-db"], "ElastiCache pages", Status="available")
    )
    record["CacheClusters"] = [cache("pages")]
    record["CacheClusters"][0]["ConfigurationEndpoint"] = {
        "Address": "pages.abc.cfg.use1.cache.amazonaws.com",
        "Port": 5432,
    }
    assert reached(record, "pages.abc.0001.use1.cache.amazonaws.com") == ("unknown", ["eni-x", "eni-y"])
    assert reached(record, "pages.abc.cfg.use1.cache.amazonaws.com") == ("partial", ["eni-x", "eni-y"])


@pytest.mark.parametrize("key", ["CacheClusters", "ReplicationGroups"])
def test_a_cache_that_is_being_made_answers_nobody(key):
    record = cached()
    record[key][0]["CacheClusterStatus" if key == "CacheClusters" else "Status"] = "creating"
    word = "elasticache:sessions-001" if key == "CacheClusters" else "sessions.abc.ng.0001.use1.cache.amazonaws.com"
    assert codes(ask(record, "i-web", word, "5432")) == ["INSTANCE_NOT_RUNNING"]


def test_caches_without_records_go_by_their_interfaces_names():
    record = with_interface("ElastiCache sessions-001")
    assert reached(record, "elasticache:sessions-*") == ("reachable", ["eni-x"])


# Redshift.


@pytest.mark.parametrize(
    "word",
    [
        "redshift:warehouse",
        "arn:aws:redshift:us-east-1:111122223333:cluster:warehouse",
        "warehouse.abc.us-east-1.redshift.amazonaws.com",
    ],
)
def test_clients_speak_with_the_leader(word):
    """Redshift API, ClusterNode."""
    assert reached(warehouse(), word) == ("reachable", ["eni-x"])
    assert ask(warehouse(), "i-web", word, "5439").next_steps == (
        "redshift:warehouse listens on 5432: ask for --port 5432",
    )


def test_without_nodes_all_of_its_interfaces_are_asked():
    assert reached(warehouse(ClusterNodes=None), "redshift:warehouse") == ("reachable", ["eni-x", "eni-y"])


def test_a_paused_cluster_answers_nobody():
    """Redshift API, Cluster: ClusterStatus."""
    answer = ask(warehouse(ClusterStatus="paused"), "i-web", "redshift:warehouse", "5432")
    assert (answer.verdict.value, codes(answer)) == ("blocked", ["INSTANCE_NOT_RUNNING"])
    assert "redshift" not in " ".join(answer.answers[0].blockers[0].fix.commands)


# OpenSearch.


@pytest.mark.parametrize(
    "word",
    [
        "opensearch:logs",
        "arn:aws:es:us-east-1:111122223333:domain/logs",
        "vpc-logs-abc.us-east-1.es.amazonaws.com",
    ],
)
def test_a_domain_in_a_vpc_is_filtered_by_its_groups(word):
    """OpenSearch guide, vpc."""
    record = with_interface("ES logs")
    record["DomainStatusList"] = [domain("logs", "subnet-priv")]
    assert reached(record, word) == ("reachable", ["eni-x"])


def test_a_public_domain_is_not_in_the_network():
    """OpenSearch guide, vpc: VPC versus public domains."""
    record = with_interface("ES logs")
    record["DomainStatusList"] = [domain("logs")]
    for source in ("i-web", "internet"):
        answer = ask(record, source, "opensearch:logs", "443")
        assert answer.verdict.value == "unknown"
        assert "outside of every VPC" in answer.summary


# EFS.


def test_every_mount_target_of_a_file_system_is_asked():
    """EFS guide, mounting-fs-mount-cmd-ip-addr: one address for each."""
    assert reached(files(), "efs:fs-1") == ("partial", ["eni-x", "eni-y"])
    assert reached(files(), "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1")[0] == "partial"


def test_a_file_system_s_name_leads_to_the_client_s_own_zone():
    """EFS guide, mounting-fs-mount-cmd-dns-name."""
    assert reached(files(), "fs-1.efs.us-east-1.amazonaws.com") == ("reachable", ["eni-x"])
    assert reached(files(), "us-east-1b.fs-1.efs.us-east-1.amazonaws.com") == ("blocked", ["eni-y"])


def test_a_client_in_a_zone_without_a_mount_target_may_be_led_to_any():
    record = files()
    find(record, "Subnets", "subnet-pub")["AvailabilityZone"] = "us-east-1c"
    assert reached(record, "fs-1.efs.us-east-1.amazonaws.com") == ("partial", ["eni-x", "eni-y"])


def test_a_mount_target_that_is_not_ready_answers_nobody():
    """EFS API, MountTargetDescription: LifeCycleState."""
    record = files()
    record["MountTargets"] = [mount_target("fsmt-1", "eni-x", LifeCycleState="creating")]
    answer = ask(record, "i-web", "efs:fs-1", "5432")
    assert (answer.verdict.value, codes(answer)) == ("blocked", ["INSTANCE_NOT_RUNNING"])


def test_file_systems_without_records_go_by_their_interfaces_names():
    record = files()
    del record["MountTargets"]
    assert reached(record, "efs:fs-1") == ("partial", ["eni-x", "eni-y"])
    with pytest.raises(UnknownNameError) as error:
        ask(record, "i-web", "efs:fs-2", "2049")
    assert "efs:fs-1" in error.value.hint


# EKS.


@pytest.mark.parametrize(
    "word",
    [
        "eks:prod",
        "arn:aws:eks:us-east-1:111122223333:cluster/prod",
        "0123456789abcdef.gr7.us-east-1.eks.amazonaws.com",
    ],
)
def test_a_control_plane_is_reached_by_its_interfaces(word):
    """EKS API, VpcConfigResponse."""
    record = ingress(control_plane(), "sg-db", permission("tcp", 443, IpRanges=[{"CidrIp": "10.0.0.0/16"}]))
    assert reached(record, word, "443") == ("reachable", ["eni-x"])
    assert verdict(record, "internet", word, "443") == "blocked"


def test_the_internet_is_led_to_a_public_endpoint_that_is_not_in_the_network():
    record = control_plane(endpointPublicAccess=True)
    answer = ask(record, "internet", "eks:prod", "443")
    assert answer.verdict.value == "unknown"
    assert "public endpoint" in answer.summary
    assert reached(record, "eks:prod") == ("reachable", ["eni-x"])


def test_without_private_access_even_its_own_vpc_is_led_there():
    record = control_plane(endpointPublicAccess=True, endpointPrivateAccess=False)
    assert reached(record, "eks:prod", "443") == ("unknown", [""])


def test_additional_groups_are_on_the_interfaces_too():
    record = control_plane(securityGroupIds=["sg-web"])
    assert reached(record, "eks:prod")[0] == "unknown"
    find(record, "NetworkInterfaces", "eni-x")["Groups"] = [{"GroupId": "sg-web"}, {"GroupId": "sg-db"}]
    assert reached(record, "eks:prod") == ("reachable", ["eni-x"])


# Without anything to go by.


@pytest.mark.parametrize(
    ("word", "command"),
    [
        ("ecs:shop", "aws ecs describe-tasks"),
        ("elasticache:x", "aws elasticache describe-cache-clusters --show-cache-node-info"),
        ("redshift:x", "aws redshift describe-clusters"),
        ("opensearch:x", "aws opensearch describe-domains"),
        ("efs:fs-9", "aws efs describe-mount-targets"),
        ("eks:x", "aws eks describe-cluster"),
        ("lambda:x", "aws lambda list-functions"),
    ],
)
def test_what_the_input_does_not_tell_is_said_with_what_to_collect(word, command):
    record = with_interface("arn:aws:ecs:us-east-1:111122223333:attachment/1")
    with pytest.raises(UnknownNameError) as error:
        ask(record, "i-web", word, "443")
    assert error.value.hint == f"collect it: {command}"
