"""Managed services in the lab: a database, a cluster, a function, each with the interface that AWS keeps for it.

eni-rds (10.0.2.50, sg-db) is the one of rds:orders, which listens on 5432.
"""

from __future__ import annotations

from typing import Any

from tests.reach.lab import ACCOUNT, Record, entry, find, group, interface, lab, subnet

REGION = "us-east-1"
UUID = "8c7ac78b-e11d-4dea-8a47-ab2bdeba9bf5"
DNS = "c1a2b3c4d5e6.us-east-1.rds.amazonaws.com"


def managed(id_: str, address: str, groups: list[str], description: str, **more: Any) -> Record:
    """An interface that a service keeps in the private subnet."""
    made = interface(id_, "subnet-priv", address, groups, RequesterManaged=True, Description=description)
    return {**made, "Attachment": {"InstanceOwnerId": "amazon-aws"}, **more}


def subnet_group(*subnets: str, zone: str = "us-east-1a") -> Record:
    """A DB subnet group, every subnet in one zone."""
    return {
        "DBSubnetGroupName": "private",
        "VpcId": "vpc-1",
        "Subnets": [{"SubnetIdentifier": s, "SubnetAvailabilityZone": {"Name": zone}} for s in subnets],
    }


def database(id_: str, groups: tuple[str, ...] = ("sg-db",), **more: Any) -> Record:
    """A DB instance in the private subnet."""
    return {
        "DBInstanceIdentifier": id_,
        "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{id_}",
        "DBInstanceStatus": "available",
        "Endpoint": {"Address": f"{id_}.{DNS}", "Port": 5432},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": g, "Status": "active"} for g in groups],
        "DBSubnetGroup": subnet_group("subnet-priv"),
        "AvailabilityZone": "us-east-1a",
        **more,
    }


def cluster(id_: str, writer: str, *readers: str, **more: Any) -> Record:
    """A DB cluster; `more` as AWS spells it."""
    members = [{"DBInstanceIdentifier": writer, "IsClusterWriter": True}]
    members += [{"DBInstanceIdentifier": r, "IsClusterWriter": False} for r in readers]
    return {
        "DBClusterIdentifier": id_,
        "DBClusterArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:{id_}",
        "Status": "available",
        "Endpoint": f"{id_}.cluster-{DNS}",
        "ReaderEndpoint": f"{id_}.cluster-ro-{DNS}",
        "Port": 5432,
        "DBSubnetGroup": "private",
        "DBClusterMembers": members,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-db", "Status": "active"}],
        **more,
    }


def proxy(name: str, **more: Any) -> Record:
    """A DB proxy in the private subnet."""
    return {
        "DBProxyName": name,
        "DBProxyArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db-proxy:prx-{name}",
        "Status": "available",
        "EngineFamily": "POSTGRESQL",
        "Endpoint": f"{name}.proxy-{DNS}",
        "VpcSubnetIds": ["subnet-priv"],
        "VpcSecurityGroupIds": ["sg-db"],
        **more,
    }


def function(name: str, *groups: str, **more: Any) -> Record:
    """A function in the private subnet, or outside of every VPC where it has no groups."""
    config = {"VpcId": "vpc-1", "SubnetIds": ["subnet-priv"], "SecurityGroupIds": list(groups)} if groups else {}
    return {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
        "VpcConfig": config,
        **more,
    }


def orders(**more: Any) -> Record:
    """The lab with the database `orders`, which i-web reaches on 5432."""
    record = lab()
    record["NetworkInterfaces"].append(managed("eni-rds", "10.0.2.50", ["sg-db"], "RDSNetworkInterface"))
    record["DBInstances"] = [database("orders", **more)]
    record["DBClusters"] = record["DBProxies"] = record["DBSubnetGroups"] = []
    return record


def sender() -> Record:
    """The lab with `orders` and the function `report`, which may reach it."""
    record = orders()
    description = f"AWS Lambda VPC ENI-report-{UUID}"
    record["NetworkInterfaces"].append(
        managed("eni-fn", "10.0.2.60", ["sg-web"], description, InterfaceType="lambda", RequesterManaged=False)
    )
    record["Functions"] = [function("report", "sg-web")]
    return record


def billing(groups: tuple[str, ...] = ("sg-db",), **more: Any) -> Record:
    """The lab with `orders` and a second database, whose interface is eni-rds2."""
    record = orders()
    record["NetworkInterfaces"].append(managed("eni-rds2", "10.0.2.51", list(groups), "RDSNetworkInterface"))
    record["DBInstances"].append(database("billing", groups, **more))
    return record


def disagreeing() -> Record:
    """Two databases with one group in two subnets, of which one has an ACL that denies everything."""
    record = billing()
    record["Subnets"].append(subnet("subnet-b", "10.0.3.0/24"))
    record["NetworkAcls"].append({**find(record, "NetworkAcls", "acl-priv"), "NetworkAclId": "acl-b"})
    record["NetworkAcls"][-1]["Associations"] = [{"SubnetId": "subnet-b"}]
    record["NetworkAcls"][-1]["Entries"] = [entry(32767, True, "deny"), entry(32767, False, "deny")]
    moved = find(record, "NetworkInterfaces", "eni-rds2")
    moved["SubnetId"], moved["PrivateIpAddress"] = "subnet-b", "10.0.3.51"
    moved["PrivateIpAddresses"] = [{"PrivateIpAddress": "10.0.3.51", "Primary": True}]
    for found in record["DBInstances"]:
        found["DBSubnetGroup"] = subnet_group("subnet-priv", "subnet-b")
    return record


# Other services; each has the interface eni-x (10.0.2.80, sg-db) where nothing else is said.


def with_interface(description: str, **more: Any) -> Record:
    """The lab with one more interface, which `description` marks."""
    record = lab()
    record["NetworkInterfaces"].append(managed("eni-x", "10.0.2.80", ["sg-db"], description, **more))
    return record


def task(name: str, *interfaces: str, **more: Any) -> Record:
    """A running task of a service, with interfaces of its own."""
    details = [[{"name": "networkInterfaceId", "value": i}, {"name": "subnetId", "value": "s"}] for i in interfaces]
    return {
        "taskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/{name}-{len(interfaces)}",
        "clusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main",
        "group": f"service:{name}",
        "lastStatus": "RUNNING",
        "attachments": [{"type": "ElasticNetworkInterface", "status": "ATTACHED", "details": d} for d in details],
        **more,
    }


def ecs_service(name: str, *groups: str, **more: Any) -> Record:
    """A service in the private subnet; without groups one whose tasks have no interfaces of their own."""
    config = {"awsvpcConfiguration": {"subnets": ["subnet-priv"], "securityGroups": list(groups)}}
    return {
        "serviceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/main/{name}",
        "serviceName": name,
        "clusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main",
        "runningCount": 1,
        **({"networkConfiguration": config} if groups else {}),
        **more,
    }


def shop() -> Record:
    """The lab with the ECS service main/shop and its one task."""
    record = with_interface(f"arn:aws:ecs:{REGION}:{ACCOUNT}:attachment/{UUID}")
    record["services"] = [ecs_service("shop", "sg-db")]
    record["tasks"] = [task("shop", "eni-x")]
    return record


def cache(id_: str, **more: Any) -> Record:
    """A cache cluster of one node."""
    return {
        "CacheClusterId": id_,
        "ARN": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:cluster:{id_}",
        "CacheClusterStatus": "available",
        "CacheSubnetGroupName": "caches",
        "CacheNodes": [{"Endpoint": {"Address": f"{id_}.abc.0001.use1.cache.amazonaws.com", "Port": 5432}}],
        "SecurityGroups": [{"SecurityGroupId": "sg-db", "Status": "active"}],
        **more,
    }


def warehouse(**more: Any) -> Record:
    """The lab with a Redshift cluster, whose leader is 10.0.2.80 and whose other node is 10.0.2.81."""
    record = with_interface("RedshiftNetworkInterface")
    record["NetworkInterfaces"].append(managed("eni-y", "10.0.2.81", ["sg-db"], "RedshiftNetworkInterface"))
    nodes = [{"NodeRole": "LEADER", "PrivateIPAddress": "10.0.2.80"}]
    nodes += [{"NodeRole": "COMPUTE-0", "PrivateIPAddress": "10.0.2.81"}]
    found = {
        "ClusterIdentifier": "warehouse",
        "ClusterStatus": "available",
        "Endpoint": {"Address": "warehouse.abc.us-east-1.redshift.amazonaws.com", "Port": 5432},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-db", "Status": "active"}],
        "ClusterNodes": nodes,
    }
    record["Clusters"] = [{**found, **more}]
    return record


def domain(name: str, *subnets: str) -> Record:
    """An OpenSearch domain, public where it has no subnets."""
    inside = {"VPCOptions": {"SubnetIds": list(subnets), "SecurityGroupIds": ["sg-db"]}}
    host = f"{name}-abc.us-east-1.es.amazonaws.com"
    return {
        "DomainName": name,
        "ARN": f"arn:aws:es:{REGION}:{ACCOUNT}:domain/{name}",
        **({**inside, "Endpoints": {"vpc": f"vpc-{host}"}} if subnets else {"Endpoint": f"search-{host}"}),
    }


def mount_target(id_: str, interface_id: str, zone: str = "us-east-1a", **more: Any) -> Record:
    """A mount target of fs-1."""
    return {
        "MountTargetId": id_,
        "FileSystemId": "fs-1",
        "OwnerId": ACCOUNT,
        "LifeCycleState": "available",
        "NetworkInterfaceId": interface_id,
        "AvailabilityZoneName": zone,
        **more,
    }


def files() -> Record:
    """The lab with the file system fs-1: eni-x in us-east-1a, eni-y in us-east-1b, which no rule lets anybody reach."""
    record = with_interface("EFS mount target for fs-1 (fsmt-1)", InterfaceType="efs")
    record["Subnets"].append(subnet("subnet-b", "10.0.3.0/24", AvailabilityZone="us-east-1b"))
    record["NetworkAcls"][1]["Associations"].append({"SubnetId": "subnet-b"})
    record["NetworkInterfaces"].append(
        managed("eni-y", "10.0.3.80", ["sg-none"], "EFS mount target for fs-1 (fsmt-2)", SubnetId="subnet-b")
    )
    record["SecurityGroups"].append(group("sg-none", []))
    record["MountTargets"] = [mount_target("fsmt-1", "eni-x"), mount_target("fsmt-2", "eni-y", "us-east-1b")]
    return record


def control_plane(**more: Any) -> Record:
    """The lab with the control plane of the EKS cluster `prod`, which only its VPC reaches."""
    record = with_interface("Amazon EKS prod")
    config = {
        "subnetIds": ["subnet-priv", "subnet-pub"],
        "securityGroupIds": [],
        "clusterSecurityGroupId": "sg-db",
        "endpointPublicAccess": False,
        "endpointPrivateAccess": True,
    }
    arn = f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/prod"
    endpoint = "https://0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"
    record["cluster"] = {"name": "prod", "arn": arn, "endpoint": endpoint, "status": "ACTIVE"}
    record["cluster"]["resourcesVpcConfig"] = {**config, **more}
    return record
