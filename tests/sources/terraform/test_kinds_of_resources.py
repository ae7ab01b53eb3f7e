"""Gateways, balancers, endpoints and prefix lists of a plan, each by a question that it decides."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from plans import asked, block, existing, network_of, plan, ref, resource, state, web, written

VPC = ref("aws_vpc.main.id")


def verdict(tmp_path, document, source, target, port):
    return asked(network_of(tmp_path, document), source, target, port).verdict.value


def private(*egress, **more):
    """A private subnet behind a NAT gateway, with a host in it."""
    return (
        resource("aws_subnet.p", vpc_id=VPC, cidr_block="10.0.2.0/24"),
        resource("aws_eip.nat", domain="vpc"),
        resource("aws_nat_gateway.n", subnet_id=ref("aws_subnet.a.id"), allocation_id=ref("aws_eip.nat.id")),
        resource("aws_route_table.p", vpc_id=VPC),
        resource(
            "aws_route.out",
            route_table_id=ref("aws_route_table.p.id"),
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=ref("aws_nat_gateway.n.id"),
        ),
        resource(
            "aws_route_table_association.p",
            subnet_id=ref("aws_subnet.p.id"),
            route_table_id=ref("aws_route_table.p.id"),
        ),
        resource("aws_security_group.p", vpc_id=VPC, egress=list(egress) or [block(None, "0.0.0.0/0")]),
        resource(
            "aws_instance.p", subnet_id=ref("aws_subnet.p.id"), vpc_security_group_ids=[ref("aws_security_group.p.id")]
        ),
    )


def test_a_private_host_goes_out_over_a_planned_nat_gateway(tmp_path):
    document = plan(*web(*private()))
    assert verdict(tmp_path, document, "aws_instance.p", "internet", "443") == "reachable"
    assert verdict(tmp_path, document, "internet", "aws_instance.p", "443") == "blocked"


@pytest.mark.parametrize(
    "cidr, expected", [("0.0.0.0/0", "reachable"), ("198.51.100.0/24", "unknown"), ("10.0.0.0/8", "blocked")]
)
def test_a_rule_for_some_public_addresses_leaves_one_that_is_not_known_open(tmp_path, cidr, expected):
    """The host behind the NAT gateway asks the public address of the web server: which it shows is not known yet."""
    group = resource("aws_security_group.web", vpc_id=VPC, ingress=[block(80, cidr)])
    made = [r for r in web(*private()) if r.address != "aws_security_group.web"]
    network = network_of(tmp_path, plan(*made, group))
    (public,) = [a.public for a in network.interfaces["aws_instance.web.primary_network_interface_id"].addresses]
    text = ".".join(str(public >> shift & 255) for shift in (24, 16, 8, 0))
    assert asked(network, "aws_instance.p", text).verdict.value == expected


def test_a_planned_balancer_is_asked_by_both_legs(tmp_path):
    front = (
        resource("aws_security_group.lb", vpc_id=VPC, ingress=[block(443, "0.0.0.0/0")], egress=[block(None, "0.0.0.0/0")]),
        resource(
            "aws_lb.front", name="front", internal=False, load_balancer_type="application",
            subnets=[ref("aws_subnet.a.id")], security_groups=[ref("aws_security_group.lb.id")],
        ),
        resource("aws_lb_target_group.t", name="t", port=80, protocol="HTTP", vpc_id=VPC, target_type="instance"),
        resource(
            "aws_lb_target_group_attachment.t", target_group_arn=ref("aws_lb_target_group.t.arn"),
            target_id=ref("aws_instance.web.id"), port=80,
        ),
        resource(
            "aws_lb_listener.l", load_balancer_arn=ref("aws_lb.front.arn"), port=443, protocol="HTTPS",
            default_action=[{"type": "forward", "target_group_arn": ref("aws_lb_target_group.t.arn")}],
        ),
    )  # fmt: skip
    document = plan(*web(*front))
    assert verdict(tmp_path, document, "internet", "aws_lb.front", "443") == "reachable"
    assert verdict(tmp_path, document, "internet", "lb:front", "443") == "reachable"
    assert verdict(tmp_path, document, "internet", "aws_lb.front", "80") == "blocked"
    closed = [r for r in web(*front) if r.address != "aws_security_group.web"]
    group = resource("aws_security_group.web", vpc_id=VPC, ingress=[block(8080, "0.0.0.0/0")])
    assert verdict(tmp_path, plan(*closed, group), "internet", "aws_lb.front", "443") == "blocked"


def test_an_interface_endpoint_is_asked_by_its_group(tmp_path):
    endpoint = resource(
        "aws_vpc_endpoint.e", vpc_id=VPC, vpc_endpoint_type="Interface", service_name="com.amazonaws.eu-west-1.ssm",
        subnet_ids=[ref("aws_subnet.a.id")], security_group_ids=[ref("aws_security_group.e.id")],
    )  # fmt: skip
    for cidr, expected in (("10.0.0.0/16", "reachable"), ("10.9.0.0/16", "blocked")):
        group = resource("aws_security_group.e", vpc_id=VPC, ingress=[block(443, cidr)])
        document = plan(*web(endpoint, group, *private()))
        assert verdict(tmp_path, document, "aws_instance.p", "aws_vpc_endpoint.e", "443") == expected


def test_the_entries_of_a_planned_prefix_list_decide(tmp_path):
    rule = resource(
        "aws_security_group_rule.l", type="ingress", protocol="tcp", from_port=22, to_port=22,
        prefix_list_ids=[ref("aws_ec2_managed_prefix_list.l.id")], security_group_id=ref("aws_security_group.web.id"),
    )  # fmt: skip
    entry = resource(
        "aws_ec2_managed_prefix_list_entry.e",
        cidr="203.0.113.0/24",
        prefix_list_id=ref("aws_ec2_managed_prefix_list.l.id"),
    )
    lists = resource("aws_ec2_managed_prefix_list.l", name="office", address_family="IPv4", max_entries=5, entry=[])
    document = plan(*web(rule, entry, lists))
    assert verdict(tmp_path, document, "203.0.113.7", "aws_instance.web", "22") == "reachable"
    assert verdict(tmp_path, document, "198.51.100.7", "aws_instance.web", "22") == "blocked"


def test_a_peering_joins_two_planned_vpcs_where_it_is_accepted(tmp_path):
    for accepted, expected in ((True, "reachable"), (False, "blocked")):
        pcx = ref("aws_vpc_peering_connection.p.id")
        other = (
            resource("aws_vpc.other", cidr_block="10.9.0.0/16"),
            resource("aws_subnet.o", vpc_id=ref("aws_vpc.other.id"), cidr_block="10.9.1.0/24"),
            resource("aws_security_group.o", vpc_id=ref("aws_vpc.other.id"), ingress=[block(5432, "10.0.0.0/16")]),
            resource(
                "aws_instance.o", subnet_id=ref("aws_subnet.o.id"), vpc_security_group_ids=[ref("aws_security_group.o.id")]
            ),
            resource(
                "aws_vpc_peering_connection.p", vpc_id=VPC, peer_vpc_id=ref("aws_vpc.other.id"), auto_accept=accepted
            ),
            resource(
                "aws_route.there", route_table_id=ref("aws_route_table.p.id"), destination_cidr_block="10.9.0.0/16",
                vpc_peering_connection_id=pcx,
            ),
            resource(
                "aws_route.back", route_table_id=ref("aws_vpc.other.main_route_table_id"),
                destination_cidr_block="10.0.0.0/16", vpc_peering_connection_id=pcx,
            ),
        )  # fmt: skip
        document = plan(*web(*private(), *other))
        assert verdict(tmp_path, document, "aws_instance.p", "aws_instance.o", "5432") == expected


def test_the_command_lays_a_plan_over_what_is_deployed(tmp_path):
    there = state(
        existing("aws_vpc.v", id="vpc-1", cidr_block="10.0.0.0/16"),
        existing("aws_subnet.s", id="subnet-1", vpc_id="vpc-1", cidr_block="10.0.0.0/24"),
        existing("aws_security_group.g", id="sg-1", vpc_id="vpc-1", ingress=[block(80, "0.0.0.0/0")], egress=[block(None, "0.0.0.0/0")]),
    )  # fmt: skip
    hosts = [resource(f"aws_instance.{n}", subnet_id="subnet-1", vpc_security_group_ids=["sg-1"]) for n in "ab"]
    paths = written(tmp_path, plan(*hosts)), written(tmp_path, there, "deployed.json")
    words = ["explain", "--from", "aws_instance.a", "--to", "aws_instance.b", "--port", "80", "--expect", "reachable"]
    run = [sys.executable, "-m", "sgcheck", *words, "-i", paths[0]]
    assert subprocess.run(run, capture_output=True, check=False).returncode == 3
    assert subprocess.run([*run, "--onto", paths[1]], capture_output=True, check=False).returncode == 0
