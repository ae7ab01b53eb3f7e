"""Plans: what is known, what is not, and what becomes of what was there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sgcheck.aws.build import build
from sgcheck.errors import AmbiguousNameError, InputError, UnknownNameError, UsageError
from sgcheck.sources.files import load_snapshot
from sgcheck.sources.terraform.plan import load_plan

sys.path.insert(0, str(Path(__file__).parent))

from plans import asked, block, configured, data, existing, network_of, plan, ref, resource, state, web, written


def verdict(tmp_path, document, source="internet", target="aws_instance.web", port="80"):
    return asked(network_of(tmp_path, document), source, target, port).verdict.value


def gaps(tmp_path, document, source="internet", target="aws_instance.web", port="80"):
    answer = asked(network_of(tmp_path, document), source, target, port)
    assert answer.verdict.value == "unknown"
    return " ".join(gap.why for gap in answer.gaps)


def swapped(made, address, *others):
    """The resources with others instead of one."""
    return plan(*(r for r in made if r.address != address), *others)


def test_a_web_server_of_a_plan_is_reached_by_its_address(tmp_path):
    answer = asked(network_of(tmp_path, plan(*web())), "internet", "aws_instance.web")
    assert answer.verdict.value == "reachable"
    assert answer.answers[0].target.id == "aws_instance.web"
    assert answer.answers[0].target.address == "(known after apply)"


def test_what_no_rule_allows_is_blocked_and_its_fix_has_no_command(tmp_path):
    answer = asked(network_of(tmp_path, plan(*web())), "internet", "aws_instance.web", "22")
    assert answer.verdict.value == "blocked"
    assert [b.code for one in answer.answers for b in one.blockers] == ["ENI_SG_RULES_MISMATCH"]
    assert [b.fix.commands for one in answer.answers for b in one.blockers] == [()]


def test_a_group_without_an_egress_block_lets_nothing_out(tmp_path):
    assert verdict(tmp_path, plan(*web()), "aws_instance.web", "internet", "443") == "blocked"


@pytest.mark.parametrize(
    "rule",
    [
        resource(
            "aws_security_group_rule.out", type="egress", protocol="-1", from_port=0, to_port=0,
            cidr_blocks=["0.0.0.0/0"], security_group_id=ref("aws_security_group.web.id"),
        ),
        resource(
            "aws_vpc_security_group_egress_rule.out", ip_protocol="-1", cidr_ipv4="0.0.0.0/0",
            security_group_id=ref("aws_security_group.web.id"),
        ),
        resource(
            "aws_vpc_security_group_egress_rule.out", ip_protocol="6", from_port=443, to_port=443, cidr_ipv4="0.0.0.0/0",
            security_group_id=ref("aws_security_group.web"),
        ),
    ],
    ids=["rule", "all", "number"],
)  # fmt: skip
def test_a_rule_of_its_own_adds_to_its_group(tmp_path, rule):
    document = plan(*web(rule))
    assert verdict(tmp_path, document, "aws_instance.web", "internet", "443") == "reachable"
    answer = asked(network_of(tmp_path, document), "aws_instance.web", "internet", "443")
    assert any(rule.address in (hop.by or "") for one in answer.answers for hop in one.forward)


def test_members_reach_each_other_by_self_and_by_reference(tmp_path):
    for ingress in (block(5432, self=True), block(5432, groups=[ref("aws_security_group.web.id")])):
        group = resource(
            "aws_security_group.web",
            vpc_id=ref("aws_vpc.main.id"),
            ingress=[ingress],
            egress=[block(None, "0.0.0.0/0")],
        )
        other = resource(
            "aws_instance.other",
            subnet_id=ref("aws_subnet.a.id"),
            vpc_security_group_ids=[ref("aws_security_group.web.id")],
        )
        document = swapped(web(other), "aws_security_group.web", group)
        assert verdict(tmp_path, document, "aws_instance.other", "aws_instance.web", "5432") == "reachable"


def test_an_instance_without_groups_gets_the_default_group(tmp_path):
    made = [r for r in web() if r.address != "aws_instance.web"]
    instance = resource("aws_instance.web", subnet_id=ref("aws_subnet.a.id"))
    assert verdict(tmp_path, plan(*made, instance)) == "blocked"
    assert verdict(tmp_path, plan(*made, instance), "aws_instance.web", "internet", "443") == "reachable"
    default = resource(
        "aws_default_security_group.d", vpc_id=ref("aws_vpc.main.id"), ingress=[block(80, "0.0.0.0/0")], egress=[]
    )
    assert verdict(tmp_path, plan(*made, instance, default)) == "reachable"
    assert verdict(tmp_path, plan(*made, instance, default), "aws_instance.web", "internet", "443") == "blocked"


def test_a_default_acl_that_is_taken_over_without_rules_denies_everything(tmp_path):
    acl = resource("aws_default_network_acl.d", default_network_acl_id=ref("aws_vpc.main.default_network_acl_id"))
    assert verdict(tmp_path, plan(*web(acl))) == "blocked"


def test_a_main_table_that_is_taken_over_serves_subnets_without_one(tmp_path):
    made = [r for r in web() if not r.address.startswith("aws_route_table")]
    assert verdict(tmp_path, plan(*made)) == "blocked"
    route = {"cidr_block": "0.0.0.0/0", "gateway_id": ref("aws_internet_gateway.gw.id")}
    table = resource(
        "aws_default_route_table.d", default_route_table_id=ref("aws_vpc.main.default_route_table_id"), route=[route]
    )
    assert verdict(tmp_path, plan(*made, table)) == "reachable"
    own = resource("aws_route_table.own", vpc_id=ref("aws_vpc.main.id"), route=[route])
    main = resource(
        "aws_main_route_table_association.m",
        vpc_id=ref("aws_vpc.main.id"),
        route_table_id=ref("aws_route_table.own.id"),
    )
    assert verdict(tmp_path, plan(*made, own, main)) == "reachable"


def test_without_a_configuration_a_gateway_may_be_attached_and_a_route_has_some_target(tmp_path):
    route = resource(
        "aws_route.out",
        route_table_id=ref("aws_route_table.own.id"),
        destination_cidr_block="0.0.0.0/0",
        gateway_id=ref("aws_internet_gateway.gw.id"),
    )
    vpc = resource("aws_vpc.main", cidr_block="10.0.0.0/16")
    gateway = resource("aws_internet_gateway.gw", vpc_id=ref("aws_vpc.main.id"))
    own = resource("aws_route_table.own", vpc_id=ref("aws_vpc.main.id"))
    document = plan(vpc, gateway, own, route)
    del document["configuration"]
    network = network_of(tmp_path, document)
    assert not network.internet_gateways
    routes = [one for table in network.tables.values() for one in (*table.routes, *table.open_routes)]
    assert routes
    assert not any(one.dead for one in routes)


@pytest.mark.parametrize("asked_for, expected", [(False, "no-address"), (True, "connected-or-refused")])
def test_a_public_address_comes_as_the_instance_says(tmp_path, asked_for, expected):
    document = plan(*web(associate_public_ip_address=asked_for))
    answer = asked(network_of(tmp_path, document), "internet", "aws_instance.web")
    assert answer.client_sees.value == expected


def test_a_subnet_that_gives_none_gives_none_and_an_elastic_one_comes_instead(tmp_path):
    made = [r for r in web() if r.address != "aws_subnet.a"]
    subnet = resource(
        "aws_subnet.a", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.0.1.0/24", map_public_ip_on_launch=False
    )
    assert verdict(tmp_path, plan(*made, subnet)) == "blocked"
    elastic = resource("aws_eip.web", instance=ref("aws_instance.web.id"))
    assert verdict(tmp_path, plan(*made, subnet, elastic)) == "reachable"
    bare = resource("aws_eip.web", domain="vpc")
    joined = resource(
        "aws_eip_association.web", instance_id=ref("aws_instance.web.id"), allocation_id=ref("aws_eip.web.id")
    )
    assert verdict(tmp_path, plan(*made, subnet, bare, joined)) == "reachable"


# What is not known.


def test_a_rule_whose_ranges_are_not_known_is_unknown_by_name(tmp_path):
    rule = resource(
        "aws_security_group_rule.in", type="ingress", protocol="tcp", from_port=22, to_port=22,
        cidr_blocks=[ref("aws_eip.office.public_ip")], security_group_id=ref("aws_security_group.web.id"),
    )  # fmt: skip
    assert "aws_security_group_rule.in: cidr_blocks (known after apply)" in gaps(tmp_path, plan(*web(rule)), port="22")
    assert verdict(tmp_path, plan(*web(rule)), port="23") == "blocked"
    assert verdict(tmp_path, plan(*web(rule)), port="80") == "reachable"


def test_a_rule_whose_ports_are_not_known_may_allow_any(tmp_path):
    rule = resource(
        "aws_security_group_rule.in", type="ingress", protocol="tcp", from_port=ref("random_integer.p.result"),
        to_port=ref("random_integer.p.result"), cidr_blocks=["0.0.0.0/0"], security_group_id=ref("aws_security_group.web.id"),
    )  # fmt: skip
    assert "from_port" in gaps(tmp_path, plan(*web(rule)), port="22")


def test_a_rule_whose_group_is_not_known_may_be_of_any(tmp_path):
    rule = resource(
        "aws_security_group_rule.in", type="ingress", protocol="tcp", from_port=22, to_port=22, cidr_blocks=["0.0.0.0/0"],
        security_group_id=ref("local.group"),
    )  # fmt: skip
    assert "security_group_id" in gaps(tmp_path, plan(*web(rule)), port="22")


@pytest.mark.parametrize(
    "name, value, word",
    [
        ("vpc_security_group_ids", [ref("local.groups")], "vpc_security_group_ids"),
        ("subnet_id", ref("local.subnet"), "subnet_id"),
        ("subnet_id", ref("data.aws_subnet.late.id"), "subnet_id"),
    ],
)
def test_an_instance_whose_place_or_groups_are_not_known_is_unknown(tmp_path, name, value, word):
    assert word in gaps(tmp_path, plan(*web(**{name: value})))


def test_a_route_whose_target_is_not_known_is_unknown(tmp_path):
    table = resource("aws_route_table.public", vpc_id=ref("aws_vpc.main.id"), route=[
        {"cidr_block": "0.0.0.0/0", "gateway_id": ref("local.gateway")},
    ])  # fmt: skip
    assert verdict(tmp_path, swapped(web(), "aws_route_table.public", table)) == "unknown"


def test_an_association_whose_subnet_is_not_known_leaves_every_main_table_open(tmp_path):
    made = [r for r in web() if r.address != "aws_route_table_association.a"]
    lost = resource(
        "aws_route_table_association.a", subnet_id=ref("local.subnet"), route_table_id=ref("aws_route_table.public.id")
    )
    assert verdict(tmp_path, plan(*made, lost)) == "unknown"


def test_an_acl_entry_whose_range_is_not_known_counts_where_it_would_change_something(tmp_path):
    entries = [
        {
            "rule_no": 100,
            "action": "deny",
            "protocol": "tcp",
            "from_port": 22,
            "to_port": 22,
            "cidr_block": ref("local.bad"),
        },
        {"rule_no": 200, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"},
    ]
    allow = [
        {"rule_no": 100, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}
    ]
    acl = resource(
        "aws_network_acl.a",
        vpc_id=ref("aws_vpc.main.id"),
        subnet_ids=[ref("aws_subnet.a.id")],
        ingress=entries,
        egress=allow,
    )
    ssh = resource(
        "aws_vpc_security_group_ingress_rule.ssh", ip_protocol="tcp", from_port=22, to_port=22, cidr_ipv4="0.0.0.0/0",
        security_group_id=ref("aws_security_group.web.id"),
    )  # fmt: skip
    document = plan(*web(acl, ssh))
    assert verdict(tmp_path, document, port="80") == "reachable"
    assert "cidr_block (known after apply)" in gaps(tmp_path, document, port="22")


def test_a_rule_for_a_part_of_the_range_of_a_private_address_leaves_it_open(tmp_path):
    """The true address may be any of the subnet's: a rule for the whole subnet decides, one for a part does not."""
    db = resource(
        "aws_instance.db", subnet_id=ref("aws_subnet.a.id"), vpc_security_group_ids=[ref("aws_security_group.db.id")]
    )
    for cidr, expected in (("10.0.1.0/24", "reachable"), ("10.0.1.5/32", "unknown"), ("10.0.2.0/24", "blocked")):
        group = resource("aws_security_group.db", vpc_id=ref("aws_vpc.main.id"), ingress=[block(5432, cidr)])
        out = resource("aws_security_group.web", vpc_id=ref("aws_vpc.main.id"), egress=[block(None, "0.0.0.0/0")])
        document = swapped(web(db, group), "aws_security_group.web", out)
        assert verdict(tmp_path, document, "aws_instance.web", "aws_instance.db", "5432") == expected, cidr


def test_a_vpc_whose_range_is_not_known_leaves_all_of_it_open(tmp_path):
    vpc = resource("aws_vpc.main", cidr_block=ref("aws_vpc_ipam_preview_next_cidr.n.cidr"))
    assert verdict(tmp_path, swapped(web(), "aws_vpc.main", vpc)) == "unknown"


# Modules, count, for_each.


def test_a_local_value_is_the_only_new_vpc_by_elimination(tmp_path):
    made = [r for r in web() if r.address != "aws_subnet.a"]
    subnet = resource(
        "aws_subnet.a", vpc_id=ref("local.vpc_id"), cidr_block="10.0.1.0/24", map_public_ip_on_launch=True
    )
    assert verdict(tmp_path, plan(*made, subnet)) == "reachable"
    assert verdict(tmp_path, plan(*made, subnet, resource("aws_vpc.other", cidr_block="10.9.0.0/16"))) == "unknown"


def test_count_and_for_each_pair_up_by_index(tmp_path):
    made = [r for r in web() if r.type not in ("aws_subnet", "aws_route_table_association", "aws_instance")]
    for keys in ((0, 1), ("a", "b")):
        more = []
        for n, key in enumerate(keys):
            at, by = json.dumps(key), "count.index" if isinstance(key, int) else "each.key"
            more += [
                resource(
                    f"aws_subnet.s[{at}]",
                    vpc_id=ref("aws_vpc.main.id"),
                    cidr_block=f"10.0.{n}.0/24",
                    map_public_ip_on_launch=True,
                ),
                resource(
                    f"aws_instance.w[{at}]",
                    subnet_id=ref("aws_subnet.s", by),
                    vpc_security_group_ids=[ref("aws_security_group.web.id")],
                ),
            ]
            if n == 0:
                more.append(
                    resource(
                        f"aws_route_table_association.r[{at}]",
                        subnet_id=ref("aws_subnet.s", by),
                        route_table_id=ref("aws_route_table.public.id"),
                    )
                )
        network = network_of(tmp_path, plan(*made, *more))
        first, second = (f"aws_instance.w[{json.dumps(key)}]" for key in keys)
        assert asked(network, "internet", first).verdict.value == "reachable"
        assert asked(network, "internet", second).verdict.value == "blocked"
        with pytest.raises(AmbiguousNameError, match="several"):
            asked(network, "internet", "aws_instance.w")


def test_variables_and_outputs_of_modules_are_followed(tmp_path):
    made = [r for r in web() if r.address != "aws_instance.web"]
    inside = resource(
        'module.web["a"].aws_instance.web', subnet_id=ref("var.subnet"), vpc_security_group_ids=[ref("module.sg.id")]
    )
    inner = resource("module.sg.aws_security_group.own", vpc_id=ref("var.vpc"), ingress=[block(80, "0.0.0.0/0")])
    inside.values["vpc_security_group_ids"] = ref("var.groups")
    config = {
        "module_calls": {
            "web": {
                "expressions": {
                    "subnet": {"references": ["aws_subnet.a.id", "aws_subnet.a"]},
                    "groups": {"references": ["module.sg.id", "module.sg"]},
                },
                "module": {"resources": [configured(inside)]},
            },
            "sg": {
                "expressions": {"vpc": {"references": ["aws_vpc.main.id", "aws_vpc.main"]}},
                "module": {
                    "resources": [configured(inner)],
                    "outputs": {
                        "id": {"expression": {"references": ["aws_security_group.own.id", "aws_security_group.own"]}}
                    },
                },
            },
        }
    }
    config["module_calls"]["web"]["module"]["resources"][0]["address"] = "aws_instance.web"
    document = plan(*made, inside, inner, config=config)
    assert verdict(tmp_path, document, target='module.web["a"].aws_instance.web') == "reachable"


def test_two_groups_that_one_expression_may_mean_are_both_only_where_nothing_else_is_named(tmp_path):
    open_ = resource("aws_security_group.open", vpc_id=ref("aws_vpc.main.id"), ingress=[block(22, "0.0.0.0/0")])
    both = [ref("aws_security_group.web.id", "aws_security_group.open.id")]
    assert verdict(tmp_path, plan(*web(open_, vpc_security_group_ids=both)), port="22") == "reachable"
    chosen = [ref("aws_security_group.web.id", "aws_security_group.open.id", "local.which")]
    assert verdict(tmp_path, plan(*web(open_, vpc_security_group_ids=chosen)), port="22") == "unknown"


# Before and after.


def deployed(**instance):
    """The web server as it is, all of it known."""
    return (
        existing("aws_vpc.main", id="vpc-1", cidr_block="10.0.0.0/16"),
        existing("aws_subnet.a", id="subnet-1", vpc_id="vpc-1", cidr_block="10.0.1.0/24", map_public_ip_on_launch=True),
        existing("aws_internet_gateway.gw", id="igw-1", vpc_id="vpc-1"),
        existing("aws_route_table.public", id="rtb-1", vpc_id="vpc-1", route=[{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}]),
        existing("aws_route_table_association.a", id="rtbassoc-1", subnet_id="subnet-1", route_table_id="rtb-1"),
        existing("aws_network_acl.all", id="acl-1", vpc_id="vpc-1", subnet_ids=["subnet-1"], ingress=ALL, egress=ALL),
        existing("aws_instance.web", **{
            "id": "i-1", "primary_network_interface_id": "eni-1", "subnet_id": "subnet-1", "private_ip": "10.0.1.5",
            "public_ip": "203.0.113.5", "vpc_security_group_ids": ["sg-1"], "instance_state": "running", **instance,
        }),
    )  # fmt: skip


ALL = [{"rule_no": 100, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}]
WEB = {"id": "sg-1", "name": "web", "vpc_id": "vpc-1", "ingress": [block(80, "0.0.0.0/0")], "egress": []}
OPEN = {**WEB, "ingress": [block(80, "0.0.0.0/0"), block(22, "0.0.0.0/0")]}


def sides(tmp_path, document, port, target="aws_instance.web"):
    return tuple(
        asked(build(side), "internet", target, port).verdict.value for side in load_plan(written(tmp_path, document))
    )


def test_a_plan_holds_its_own_before_and_after(tmp_path):
    document = plan(*deployed(), existing("aws_security_group.web", old=WEB, **OPEN))
    assert sides(tmp_path, document, "22") == ("blocked", "reachable")
    assert sides(tmp_path, document, "22", "i-1") == ("blocked", "reachable")
    assert verdict(tmp_path, document, port="22") == "reachable"


def test_a_rule_that_goes_is_no_longer_one_of_what_its_group_showed(tmp_path):
    """The `ingress` of a group that lists none is what was found: it still shows the rule that the plan deletes."""
    rule = {
        "id": "sgrule-1", "type": "ingress", "protocol": "tcp", "from_port": 22, "to_port": 22,
        "cidr_blocks": ["0.0.0.0/0"], "security_group_id": "sg-1",
    }  # fmt: skip
    group = existing("aws_security_group.web", **OPEN)
    document = plan(*deployed(), group, existing("aws_security_group_rule.ssh", gone=True, **rule))
    own = next(r for r in document["configuration"]["root_module"]["resources"] if r["type"] == "aws_security_group")
    del own["expressions"]["ingress"]
    assert sides(tmp_path, document, "22") == ("reachable", "blocked")
    assert sides(tmp_path, document, "80") == ("reachable", "reachable")


def test_what_a_plan_deletes_is_gone(tmp_path):
    document = plan(*deployed(), existing("aws_security_group.web", **WEB))
    for change in document["resource_changes"]:
        if change["type"] == "aws_internet_gateway":
            change["change"].update(actions=["delete"], after=None, after_unknown={})
    resources = document["planned_values"]["root_module"]["resources"]
    document["planned_values"]["root_module"]["resources"] = [
        r for r in resources if r["type"] != "aws_internet_gateway"
    ]
    before, after = sides(tmp_path, document, "80")
    assert before == "reachable"
    assert after in ("unknown", "blocked")


def test_a_replacement_has_a_new_id_and_its_references_follow(tmp_path):
    made = [r for r in deployed() if r.type != "aws_instance"]
    group = existing("aws_security_group.web", old=WEB, **{k: v for k, v in OPEN.items() if k != "id"})
    group.replaced = True
    instance = existing(
        "aws_instance.web",
        old=deployed()[-1].values,
        **{**deployed()[-1].values, "vpc_security_group_ids": [ref("aws_security_group.web.id")]},
    )
    document = plan(*made, group, instance)
    assert sides(tmp_path, document, "22") == ("blocked", "reachable")


def test_a_state_is_no_plan_with_two_sides(tmp_path):
    with pytest.raises(InputError, match="expected a plan, as this prints it: terraform show -json"):
        load_plan(written(tmp_path, state(*deployed())))


# Over what is deployed.


def test_a_plan_is_laid_over_what_is_deployed(tmp_path):
    rest = load_snapshot(
        [written(tmp_path, state(*deployed(), existing("aws_security_group.web", **WEB)), "deployed.json")]
    )
    rule = resource(
        "aws_vpc_security_group_ingress_rule.ssh",
        ip_protocol="tcp",
        from_port=22,
        to_port=22,
        cidr_ipv4="0.0.0.0/0",
        security_group_id="sg-1",
    )
    host = resource("aws_instance.new", subnet_id="subnet-1", vpc_security_group_ids=["sg-1"])
    path = written(tmp_path, plan(rule, host))
    assert asked(build(rest), "internet", "i-1", "22").verdict.value == "blocked"
    over = build(load_snapshot([path], deployed=rest))
    for target, port, expected in (
        ("i-1", "22", "reachable"),
        ("aws_instance.new", "22", "reachable"),
        ("aws_instance.new", "23", "blocked"),
    ):
        assert asked(over, "internet", target, port).verdict.value == expected
    alone = build(load_snapshot([path]))
    assert asked(alone, "internet", "aws_instance.new", "22").verdict.value == "unknown"


# Names.


def test_a_wrong_address_offers_the_nearest(tmp_path):
    network = network_of(tmp_path, plan(*web()))
    with pytest.raises(UnknownNameError) as wrong:
        asked(network, "internet", "aws_instance.wob")
    assert "aws_instance.web" in (wrong.value.hint or "")
    with pytest.raises(UsageError, match="neither come from"):
        asked(network, "internet", "aws_route_table.public")


def test_groups_subnets_and_vpcs_are_named_by_address_too(tmp_path):
    network = network_of(tmp_path, plan(*web()))
    for target in ("aws_security_group.web", "aws_subnet.a", "aws_vpc.main"):
        assert asked(network, "internet", target).verdict.value == "reachable"


def test_data_sources_that_were_read_are_known(tmp_path):
    subnet = data("data.aws_subnet.old", id="subnet-9", vpc_id="vpc-9", cidr_block="10.9.0.0/24")
    document = plan(subnet, resource("aws_instance.web", subnet_id="subnet-9", vpc_security_group_ids=["sg-9"]))
    network = network_of(tmp_path, document)
    assert network.subnets["subnet-9"].vpc == "vpc-9"
    assert network.interfaces["aws_instance.web.primary_network_interface_id"].vpc == "vpc-9"
