"""Databases, functions, containers and the like of plans: who reaches them, what stays open, and who uses which group."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from lint.lab import RULES
from plans import asked, block, existing, network_of, plan, ref, resource, state, web, written
from test_plan import ALL, deployed

from sgcheck.aws.build import build
from sgcheck.lint.run import lint
from sgcheck.lint.scene import Scene
from sgcheck.lint.select import chosen
from sgcheck.lint.suppress import Suppressions
from sgcheck.sources.files import load_snapshot

VPC = ref("aws_vpc.main.id")
WEB, DB = ref("aws_security_group.web.id"), ref("aws_security_group.db.id")
B, C = ref("aws_subnet.b.id"), ref("aws_subnet.c.id")
BOTH = ref("aws_subnet.b.id", "aws_subnet.c.id")
AROUND = (
    resource("aws_subnet.b", vpc_id=VPC, cidr_block="10.0.2.0/24"),
    resource("aws_subnet.c", vpc_id=VPC, cidr_block="10.0.3.0/24"),
    resource("aws_security_group.db", name="db", vpc_id=VPC, ingress=[block(5432, groups=[WEB])], egress=[]),
    resource("aws_vpc_security_group_egress_rule.out", security_group_id=WEB, ip_protocol="-1", cidr_ipv4="0.0.0.0/0"),
)
"""Two private subnets that nothing tells apart, and a group that lets the web tier in."""


def subnet_group(type_, subnets=BOTH):
    return resource(f"{type_}.main", name="main", subnet_ids=[subnets])


def database(**more):
    values = {
        "identifier": "orders",
        "db_subnet_group_name": ref("aws_db_subnet_group.main.name"),
        "vpc_security_group_ids": [DB],
    }
    return resource("aws_db_instance.orders", **{**values, **more})


SERVICES = {
    "rds:orders": ("aws_db_instance.orders", [subnet_group("aws_db_subnet_group"), database()]),
    "rds:ledger": (
        "aws_rds_cluster.ledger",
        [
            subnet_group("aws_db_subnet_group"),
            resource(
                "aws_rds_cluster.ledger", cluster_identifier="ledger", vpc_security_group_ids=[DB],
                db_subnet_group_name=ref("aws_db_subnet_group.main.name"),
            ),
            resource("aws_rds_cluster_instance.a", identifier="ledger-a", cluster_identifier=ref("aws_rds_cluster.ledger.id")),
        ],
    ),
    "rds:graph": (
        "aws_neptune_cluster.graph",
        [
            subnet_group("aws_neptune_subnet_group"),
            resource(
                "aws_neptune_cluster.graph", cluster_identifier="graph", vpc_security_group_ids=[DB],
                neptune_subnet_group_name=ref("aws_neptune_subnet_group.main.name"),
            ),
            resource("aws_neptune_cluster_instance.a", identifier="g-a", cluster_identifier=ref("aws_neptune_cluster.graph.id")),
        ],
    ),
    "rds:pool": (
        "aws_db_proxy.pool",
        [resource("aws_db_proxy.pool", name="pool", vpc_subnet_ids=[BOTH], vpc_security_group_ids=[DB])],
    ),
    "elasticache:sessions": (
        "aws_elasticache_cluster.sessions",
        [
            subnet_group("aws_elasticache_subnet_group"),
            resource(
                "aws_elasticache_cluster.sessions", cluster_id="sessions", security_group_ids=[DB],
                subnet_group_name=ref("aws_elasticache_subnet_group.main.name"),
            ),
        ],
    ),
    "elasticache:queue": (
        "aws_elasticache_replication_group.queue",
        [
            subnet_group("aws_elasticache_subnet_group"),
            resource(
                "aws_elasticache_replication_group.queue", replication_group_id="queue", security_group_ids=[DB],
                subnet_group_name=ref("aws_elasticache_subnet_group.main.name"),
            ),
        ],
    ),
    "redshift:dw": (
        "aws_redshift_cluster.dw",
        [
            subnet_group("aws_redshift_subnet_group"),
            resource(
                "aws_redshift_cluster.dw", cluster_identifier="dw", vpc_security_group_ids=[DB],
                cluster_subnet_group_name=ref("aws_redshift_subnet_group.main.name"),
            ),
        ],
    ),
    "opensearch:logs": (
        "aws_opensearch_domain.logs",
        [resource("aws_opensearch_domain.logs", domain_name="logs", vpc_options=[{"subnet_ids": [B], "security_group_ids": [DB]}])],
    ),
    "efs:aws_efs_file_system.f": (
        "aws_efs_mount_target.m",
        [
            resource("aws_efs_file_system.f"),
            resource("aws_efs_mount_target.m", file_system_id=ref("aws_efs_file_system.f.id"), subnet_id=B, security_groups=[DB]),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("word", SERVICES)
def test_a_service_is_asked_by_its_address_and_by_its_name(tmp_path, word):
    address, made = SERVICES[word]
    network = network_of(tmp_path, plan(*web(), *AROUND, *made))
    for target in (address, word) if not word.startswith("efs:") else (address,):
        for port, expected in (("5432", "reachable"), ("22", "blocked")):
            answer = asked(network, "aws_instance.web", target, port)
            assert answer.verdict.value == expected, (target, port, [gap.why for gap in answer.gaps])
    assert asked(network, "internet", address, "5432").verdict.value == "blocked"


SENDERS = {
    "aws_lambda_function.report": resource(
        "aws_lambda_function.report", function_name="report",
        vpc_config=[{"subnet_ids": [B, C], "security_group_ids": [WEB]}],
    ),
    "aws_ecs_service.api": resource(
        "aws_ecs_service.api", name="api", desired_count=2,
        network_configuration=[{"subnets": [B, C], "security_groups": [WEB], "assign_public_ip": False}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("address", SENDERS)
def test_what_runs_in_a_vpc_sends_from_its_subnets_with_its_groups(tmp_path, address):
    network = network_of(
        tmp_path, plan(*web(), *AROUND, subnet_group("aws_db_subnet_group"), database(), SENDERS[address])
    )
    for port, expected in (("5432", "reachable"), ("22", "blocked")):
        assert asked(network, address, "rds:orders", port).verdict.value == expected


def test_a_function_outside_of_every_vpc_is_said_to_be(tmp_path):
    network = network_of(tmp_path, plan(*web(resource("aws_lambda_function.f", function_name="f"))))
    assert asked(network, "lambda:f", "aws_instance.web").verdict.value == "unknown"


def test_the_group_that_aws_makes_for_a_cluster_is_open(tmp_path):
    config = {
        "subnet_ids": [B],
        "security_group_ids": [DB],
        "endpoint_private_access": True,
        "endpoint_public_access": False,
    }
    network = network_of(tmp_path, plan(*web(), *AROUND, resource("aws_eks_cluster.e", name="e", vpc_config=[config])))
    assert asked(network, "aws_instance.web", "eks:e", "5432").verdict.value == "reachable"
    answer = asked(network, "aws_instance.web", "aws_eks_cluster.e", "443")
    assert answer.verdict.value == "unknown"
    assert "aws_eks_cluster.e.cluster_security_group_id" in " ".join(gap.why for gap in answer.gaps)


def test_which_subnet_a_database_gets_is_open_where_that_decides(tmp_path):
    made = subnet_group("aws_db_subnet_group", ref("aws_subnet.a.id", "aws_subnet.b.id"))
    network = network_of(tmp_path, plan(*web(), *AROUND, made, database()))
    assert asked(network, "aws_instance.web", "rds:orders", "5432").verdict.value == "unknown"
    assert asked(network, "aws_instance.web", "rds:orders", "22").verdict.value == "blocked"
    zoned = [
        resource("aws_subnet.z", vpc_id=VPC, cidr_block="10.0.9.0/24", availability_zone="eu-west-1b"),
        subnet_group("aws_db_subnet_group", ref("aws_subnet.a.id", "aws_subnet.z.id")),
        database(availability_zone="eu-west-1b"),
    ]
    network = network_of(tmp_path, plan(*web(), *AROUND, *zoned))
    assert asked(network, "aws_instance.web", "rds:orders", "5432").verdict.value == "reachable"


def test_a_public_database_without_groups_has_the_default_group(tmp_path):
    made = subnet_group("aws_db_subnet_group", ref("aws_subnet.a.id"))
    public = resource(
        "aws_db_instance.orders", identifier="orders", publicly_accessible=True,
        db_subnet_group_name=ref("aws_db_subnet_group.main.name"),
    )  # fmt: skip
    default = resource("aws_default_security_group.d", vpc_id=VPC, ingress=[block(5432, "0.0.0.0/0")], egress=[])
    network = network_of(tmp_path, plan(*web(), *AROUND, made, public, default))
    assert asked(network, "internet", "aws_db_instance.orders", "5432").verdict.value == "reachable"
    assert asked(network, "internet", "aws_db_instance.orders", "22").verdict.value == "blocked"


def test_groups_that_a_plan_gives_to_a_deployed_database_are_its_interfaces(tmp_path):
    """Terraform shows no interface of a database; the deployed one gets the groups of the plan."""
    interface = {
        "NetworkInterfaceId": "eni-db", "SubnetId": "subnet-1", "VpcId": "vpc-1", "Description": "RDSNetworkInterface",
        "RequesterManaged": True, "Status": "in-use", "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddress": "10.0.1.77",
    }  # fmt: skip
    groups = [
        {"GroupId": id_, "VpcId": "vpc-1", "IpPermissionsEgress": [], "IpPermissions": permissions}
        for id_, permissions in (
            ("sg-1", []),
            ("sg-2", [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]),
            ("sg-3", [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]),
        )
    ]
    groups[2]["IpPermissionsEgress"] = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    acl = {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-1"}], "Entries": [
        {"RuleNumber": 1, "RuleAction": "allow", "Egress": e, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"} for e in (True, False)
    ]}  # fmt: skip
    rest = load_snapshot([
        written(tmp_path, {
            "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}], "NetworkAcls": [acl], "SecurityGroups": groups,
            "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"}],
            "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": [], "Associations": [{"Main": True}]}],
            "NetworkInterfaces": [interface, {
                **interface, "NetworkInterfaceId": "eni-1", "Description": "", "Groups": [{"GroupId": "sg-3"}],
                "PrivateIpAddress": "10.0.1.5",
            }],
        }, "rest.json")
    ])  # fmt: skip
    old = {
        "id": "orders",
        "identifier": "orders",
        "arn": "arn:aws:rds:eu-west-1:1:db:orders",
        "vpc_security_group_ids": ["sg-1"],
    }
    path = written(
        tmp_path, plan(existing("aws_db_instance.orders", old=old, **{**old, "vpc_security_group_ids": ["sg-2"]}))
    )
    assert asked(build(rest), "eni-1", "eni-db", "5432").verdict.value == "blocked"
    over = build(load_snapshot([path], deployed=rest))
    assert asked(over, "eni-1", "eni-db", "5432").verdict.value == "reachable"
    assert asked(over, "eni-1", "aws_db_instance.orders", "5432").verdict.value == "reachable"
    assert len(over.interfaces) == 2


# Transit gateways.


def transit(*more, **attachment):
    """Two VPCs over a transit gateway with its default table."""
    gateway = ref("aws_ec2_transit_gateway.t.id")
    made = [resource("aws_ec2_transit_gateway.t", description="t")]
    for name, number in (("x", 8), ("y", 9)):
        vpc = ref(f"aws_vpc.{name}.id")
        other = 17 - number
        made += [
            resource(f"aws_vpc.{name}", cidr_block=f"10.{number}.0.0/16"),
            resource(f"aws_subnet.{name}", vpc_id=vpc, cidr_block=f"10.{number}.1.0/24"),
            resource(f"aws_security_group.{name}", vpc_id=vpc, ingress=[block(80, "10.0.0.0/8")], egress=[block(None, "0.0.0.0/0")]),
            resource(f"aws_instance.{name}", subnet_id=ref(f"aws_subnet.{name}.id"), vpc_security_group_ids=[ref(f"aws_security_group.{name}.id")]),
            resource(f"aws_route.{name}", route_table_id=ref(f"aws_vpc.{name}.main_route_table_id"), destination_cidr_block=f"10.{other}.0.0/16", transit_gateway_id=gateway),
            resource(f"aws_ec2_transit_gateway_vpc_attachment.{name}", transit_gateway_id=gateway, vpc_id=vpc, subnet_ids=[ref(f"aws_subnet.{name}.id")], **attachment),
        ]  # fmt: skip
    return plan(*made, *more)


def test_attachments_share_the_default_table_unless_they_say_otherwise(tmp_path):
    assert asked(network_of(tmp_path, transit()), "aws_instance.x", "aws_instance.y").verdict.value == "reachable"
    apart = transit(transit_gateway_default_route_table_propagation=False)
    assert asked(network_of(tmp_path, apart), "aws_instance.x", "aws_instance.y").verdict.value == "blocked"
    table = ref("aws_ec2_transit_gateway.t.association_default_route_table_id")
    routes = [
        resource(
            f"aws_ec2_transit_gateway_route.{name}", destination_cidr_block=f"10.{number}.0.0/16",
            transit_gateway_route_table_id=table,
            transit_gateway_attachment_id=ref(f"aws_ec2_transit_gateway_vpc_attachment.{name}.id"),
        )
        for name, number in (("x", 8), ("y", 9))
    ]  # fmt: skip
    static = transit(*routes, transit_gateway_default_route_table_propagation=False)
    assert asked(network_of(tmp_path, static), "aws_instance.x", "aws_instance.y").verdict.value == "reachable"


def test_a_table_of_its_own_without_routes_leads_nowhere(tmp_path):
    table = ref("aws_ec2_transit_gateway_route_table.own.id")
    own = [
        resource("aws_ec2_transit_gateway_route_table.own", transit_gateway_id=ref("aws_ec2_transit_gateway.t.id")),
        resource(
            "aws_ec2_transit_gateway_route_table_association.x", transit_gateway_route_table_id=table,
            transit_gateway_attachment_id=ref("aws_ec2_transit_gateway_vpc_attachment.x.id"),
        ),
    ]  # fmt: skip
    assert asked(network_of(tmp_path, transit(*own)), "aws_instance.x", "aws_instance.y").verdict.value == "blocked"
    spread = resource(
        "aws_ec2_transit_gateway_route_table_propagation.y", transit_gateway_route_table_id=table,
        transit_gateway_attachment_id=ref("aws_ec2_transit_gateway_vpc_attachment.y.id"),
    )  # fmt: skip
    network = network_of(tmp_path, transit(*own, spread))
    assert asked(network, "aws_instance.x", "aws_instance.y").verdict.value == "reachable"


def test_a_route_to_what_is_not_known_yet_leaves_its_table_open(tmp_path):
    table = ref("aws_ec2_transit_gateway.t.association_default_route_table_id")
    route = resource(
        "aws_ec2_transit_gateway_route.r", destination_cidr_block=ref("local.range"),
        transit_gateway_route_table_id=table,
        transit_gateway_attachment_id=ref("aws_ec2_transit_gateway_vpc_attachment.x.id"),
    )  # fmt: skip
    assert asked(network_of(tmp_path, transit(route)), "aws_instance.x", "aws_instance.y").verdict.value == "unknown"


def test_a_gateway_of_others_is_not_known(tmp_path):
    document = transit()
    for which in ("planned_values",):
        listed = document[which]["root_module"]["resources"]
        document[which]["root_module"]["resources"] = [r for r in listed if r["type"] != "aws_ec2_transit_gateway"]
    assert asked(network_of(tmp_path, document), "aws_instance.x", "aws_instance.y").verdict.value == "unknown"


def test_a_plan_adds_to_the_tables_of_a_deployed_gateway_and_takes_from_them(tmp_path):
    table, attachment = "tgw-rtb-1", "tgw-attach-1"
    told = {"TransitGatewayAttachmentId": attachment, "ResourceId": "vpc-1", "ResourceType": "vpc"}
    routes = [
        {"DestinationCidrBlock": cidr, "TransitGatewayAttachments": [told], "Type": type_, "State": "active"}
        for cidr, type_ in (("10.0.0.0/16", "propagated"), ("10.50.0.0/16", "static"))
    ]
    rest = load_snapshot([written(tmp_path, {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "TransitGateways": [{"TransitGatewayId": "tgw-1", "State": "available"}],
        "TransitGatewayStaticRoutes": [{"TransitGatewayRouteTableId": table, "Routes": routes}],
        "TransitGatewayPropagations": [{"TransitGatewayRouteTableId": table, "TransitGatewayRouteTablePropagations": [
            {**told, "State": "enabled"},
        ]}],
    }, "rest.json")])  # fmt: skip
    made = plan(
        resource("aws_vpc.n", cidr_block="10.7.0.0/16"),
        resource("aws_ec2_transit_gateway_vpc_attachment.n", transit_gateway_id="tgw-1", vpc_id=ref("aws_vpc.n.id"), subnet_ids=[]),
        resource(
            "aws_ec2_transit_gateway_route_table_propagation.n", transit_gateway_route_table_id=table,
            transit_gateway_attachment_id=ref("aws_ec2_transit_gateway_vpc_attachment.n.id"),
        ),
        existing(
            "aws_ec2_transit_gateway_route.old", id="r", gone=True, transit_gateway_route_table_id=table,
            destination_cidr_block="10.50.0.0/16", transit_gateway_attachment_id=attachment, blackhole=False,
        ),
    )  # fmt: skip
    over = build(load_snapshot([written(tmp_path, made)], deployed=rest))
    found = over.transit.table(table)
    assert sorted(route.label for route in found.routes) == ["10.0.0.0/16", "10.7.0.0/16"]
    assert found.open_routes == ()


@pytest.mark.parametrize("static, expected", [(True, ["10.99.0.0/16"]), (False, [])])
def test_a_vpn_connection_brings_the_routes_that_are_static(tmp_path, static, expected):
    table = ref("aws_ec2_transit_gateway.t.association_default_route_table_id")
    vpn = ref("aws_vpn_connection.v.id")
    made = plan(
        resource("aws_ec2_transit_gateway.t"),
        resource("aws_customer_gateway.c", ip_address="198.51.100.9"),
        resource(
            "aws_vpn_connection.v", transit_gateway_id=ref("aws_ec2_transit_gateway.t.id"), static_routes_only=static
        ),
        resource("aws_vpn_connection_route.r", vpn_connection_id=vpn, destination_cidr_block="10.99.0.0/16"),
    )
    found = network_of(tmp_path, made).transit.table("aws_ec2_transit_gateway.t.association_default_route_table_id")
    assert [route.label for route in found.routes] == expected
    assert bool(found.open_routes) is not static
    assert table.names


# Who uses a group.


def unused(tmp_path, *more):
    """What the rule for unused groups says of the group `spare`: found, undecided with why, or nothing."""
    spare = resource("aws_security_group.spare", name="spare", vpc_id=VPC, ingress=[])
    snapshot = load_snapshot([written(tmp_path, plan(*web(spare, *more)))])
    picked = chosen(RULES, ["unused-group"], ())
    report = lint(Scene(build(snapshot), snapshot), picked, Suppressions((), {}, "", RULES))
    if any(f.resource.id == "aws_security_group.spare" for f in report.findings):
        return "found"
    return next((u.why for u in report.undecided if u.resource.id == "aws_security_group.spare"), None)


SPARE = ref("aws_security_group.spare.id")


def test_a_group_that_nothing_names_is_unused(tmp_path):
    assert unused(tmp_path) == "found"
    assert unused(tmp_path, resource("aws_iam_role.r", name="spare")) == "found"


@pytest.mark.parametrize(
    "user",
    [
        resource("aws_launch_template.t", vpc_security_group_ids=[SPARE]),
        resource("aws_launch_template.t", network_interfaces=[{"security_groups": [SPARE]}]),
        resource("aws_launch_configuration.t", security_groups=[SPARE]),
        resource("aws_lambda_function.f", function_name="f", vpc_config=[{"subnet_ids": [ref("local.x")], "security_group_ids": [SPARE]}]),
        resource("aws_db_instance.d", identifier="d", vpc_security_group_ids=[SPARE]),
    ],
    ids=lambda one: one.type,
)  # fmt: skip
def test_a_group_that_something_starts_with_is_used(tmp_path, user):
    assert unused(tmp_path, user) is None


@pytest.mark.parametrize(
    "user",
    [
        resource("aws_msk_cluster.k", broker_node_group_info=[{"security_groups": [SPARE]}]),
        resource("aws_codebuild_project.k", vpc_config=[{"security_group_ids": [SPARE], "vpc_id": VPC}]),
        resource("aws_batch_compute_environment.k", compute_resources=[{"security_group_ids": ref("local.groups")}]),
    ],
    ids=["named", "in a block", "what is open may be any"],
)
def test_a_type_that_is_not_read_leaves_it_open_by_name(tmp_path, user):
    assert unused(tmp_path, user) == f"{user.address} may use it, and what such a resource does is not known"


def test_a_state_tells_the_same_by_ids(tmp_path):
    spare = existing("aws_security_group.spare", id="sg-9", name="spare", vpc_id="vpc-1", ingress=[], egress=[])
    user = existing("aws_msk_cluster.k", id="k", broker_node_group_info=[{"security_groups": ["sg-9"]}])
    snapshot = load_snapshot([written(tmp_path, state(*deployed(), spare, user))])
    assert {id_: [one.by for one in those] for id_, those in snapshot.mentions.items()} == {
        "sg-9": ["aws_msk_cluster.k"]
    }
    assert ALL
