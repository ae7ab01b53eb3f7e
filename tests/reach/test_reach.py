"""`reach` on the lab: who reaches whom, over how many hosts, what to close, and the table of everybody."""

from __future__ import annotations

import random

import pytest

from sgcheck.errors import UnknownNameError, UsageError
from sgcheck.packets import TCP, IntervalSet, Services
from sgcheck.reach.answers import Reached
from sgcheck.reach.attack import blast, surface
from sgcheck.reach.chokes import cut
from sgcheck.reach.lateral import lateral
from sgcheck.reach.matrix import matrix
from sgcheck.render import reach_json
from tests.agreement.test_reach import FABRICS
from tests.plain.networks import random_network, shuffled
from tests.reach.lab import ANY4, cidr, find, group, ingress, instance, interface, lab, load, pair, permission

POSTGRES = Services.of(TCP, IntervalSet.single(5432))


def rows(reach):
    return {(r.source.id or r.source.kind, r.target.id, r.opening.protocol, r.opening.ports) for r in reach.rows}


def test_everybody_who_reaches_the_database():
    assert rows(surface(load(lab()), "i-db")) == {("i-web", "i-db", "tcp", "5432"), ("i-peer", "i-db", "tcp", "5432")}


def test_only_the_asked_ports():
    record = ingress(lab(), "sg-db", permission("tcp", 22, **pair("sg-web")), permission("tcp", 5432, **pair("sg-web")))
    assert rows(surface(load(record), "i-db", POSTGRES)) == {("i-web", "i-db", "tcp", "5432")}


def test_the_internet_comes_first_and_as_exact_sets():
    record = ingress(lab(), "sg-web", permission("tcp", 443, **cidr("203.0.113.0/24")), permission("tcp", 22, **ANY4))
    reach = surface(load(record), "i-web")
    assert [(r.source.kind, r.opening.ports, r.opening.sources) for r in reach.rows if r.source.kind == "internet"] == [
        ("internet", "22", ("0.0.0.0/0",)),
        ("internet", "443", ("203.0.113.0/24",)),
    ]


def test_blast_radius_is_what_exposure_says():
    reach = blast(load(lab()), "i-peer", Services.of(TCP))
    assert {(r.target.id, r.opening.ports) for r in reach.rows} == {("i-db", "5432")}
    assert [r.target.id for r in blast(load(lab()), "i-web", to="i-db").rows] == ["i-db"]


def test_what_lacks_data_is_undecided_and_says_what_is_missing():
    record = lab()
    record["SecurityGroups"] = [g for g in record["SecurityGroups"] if g["GroupId"] != "sg-db"]
    reach = surface(load(record), "i-db")
    assert not reach.rows
    assert {r.source.id for r in reach.undecided} >= {"i-web"}
    assert "sg-db" in {g.resource for g in reach.gaps}


def test_steps_from_the_internet():
    answer = lateral(load(lab()), "internet", None, 3)
    assert [(len(p.steps), p.steps[-1].target.id) for p in answer.paths] == [(1, "i-web"), (2, "i-db"), (3, "i-peer")]
    assert answer.hosts == 3
    assert [g.hosts for g in answer.groups] == [("i-db", "i-peer", "i-web")]


def test_a_limit_of_steps_is_kept():
    assert [p.steps[-1].target.id for p in lateral(load(lab()), "internet", None, 1).paths] == ["i-web"]


def test_who_leads_to_a_target():
    answer = lateral(load(lab()), None, "i-db", 2)
    assert {p.steps[0].source.id or p.steps[0].source.kind for p in answer.paths} == {"i-web", "i-peer", "internet"}


def test_remote_control_is_likelier_than_the_web():
    """Two ways of two steps to i-db: over i-web on 443, or over i-jump on 22."""
    record = lab()
    record["NetworkInterfaces"].append(interface("eni-jump", "subnet-pub", "10.0.1.30", ["sg-jump"], "198.51.100.30"))
    record["Reservations"][0]["Instances"].append(instance("i-jump", "jump"))
    record["SecurityGroups"].append(group("sg-jump", [permission("tcp", 22, **ANY4)]))
    ingress(record, "sg-db", permission("tcp", 5432, **pair("sg-web")), permission("tcp", 5432, **pair("sg-jump")))
    answer = lateral(load(record), "internet", "i-db", 4)
    assert [[s.target.id for s in p.steps] for p in answer.plausible] == [["i-jump", "i-db"]]
    assert [p.cost for p in answer.plausible] == [1 + 3]


def test_alike_hosts_are_one_class_and_hosts_that_reach_each_other_a_group():
    record = lab()
    for n in (21, 22):
        record["NetworkInterfaces"].append(interface(f"eni-d{n}", "subnet-priv", f"10.0.2.{n}", ["sg-db"]))
        record["Reservations"][0]["Instances"].append(instance(f"i-d{n}", "db"))
    ingress(record, "sg-db", permission("tcp", 5432, **pair("sg-web")), permission("tcp", 22, **pair("sg-db")))
    answer = lateral(load(record), "i-web", None, 2)
    assert [p.steps[-1].target.hosts for p in answer.paths] == [("i-d21", "i-d22", "i-db"), ("i-peer",)]
    assert [g.hosts for g in answer.groups] == [("i-d21", "i-d22", "i-db", "i-web")]


def test_the_rule_to_close():
    found = cut(load(lab()), "i-web", "i-db")
    assert [(r.resource, r.way, r.allows) for r in found.rules] == [
        ("sg-db", "ingress", "5432/tcp from members of sg-web")
    ]
    assert found.minimum
    assert found.rules[0].commands == (
        "aws ec2 revoke-security-group-ingress --group-id sg-db --ip-permissions"
        " 'IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-db,UserId=111122223333}]'".replace(
            "GroupId=sg-db,", "GroupId=sg-web,"
        ),
    )


def test_every_way_goes_over_the_web_host():
    found = cut(load(lab()), "internet", "i-db")
    assert [h.id for h in found.hosts] == ["i-web"]
    assert {r.kind for r in found.alone} == {"security-group", "network-acl"}


def test_network_acls_cut_where_no_group_can():
    """A load balancer's node without groups, say: here an interface that nothing filters."""
    record = lab()
    for id_ in ("eni-web", "eni-db"):
        find(record, "NetworkInterfaces", id_)["Groups"] = []
    network = load(record)
    found = cut(network, "i-web", "i-db")
    assert found.connected == bool(blast(network, "i-web", to="i-db").rows)
    assert {r.kind for r in found.rules} <= {"network-acl"}


def test_what_is_apart_needs_nothing_closed():
    found = cut(load(lab()), "i-peer", "i-web", hops=1)
    assert (found.connected, found.rules, found.possible, found.undecided) == (False, (), True, False)


def test_undecided_ways_are_told():
    record = lab()
    record["SecurityGroups"] = [g for g in record["SecurityGroups"] if g["GroupId"] != "sg-db"]
    found = cut(load(record), "i-web", "i-db")
    assert (found.connected, found.undecided) == (False, True)
    assert [g.resource for g in found.gaps] == ["sg-db"]
    answer = lateral(load(record), "i-web", "i-db", 2)
    assert [(p.sure, p.steps[-1].target.id) for p in answer.undecided] == [(False, "i-db")]


def test_the_table():
    answer = matrix(load(lab()), "tag:tier")
    assert answer.rows == ("(internet)", "db", "peer", "web")
    cells = {(c.source, c.target): (c.verdict.value, [s.ports for s in c.openings]) for c in answer.cells}
    assert cells["web", "db"] == ("partial", ["5432"])
    assert cells["web", "peer"] == ("blocked", [])
    assert cells["(internet)", "db"] == ("blocked", [])


def test_what_has_no_label_is_the_rest():
    record = lab()
    find(record, "Instances", "i-db")["Tags"] = []
    assert matrix(load(record), "tag:tier").rows[-1] == "(none)"


@pytest.mark.parametrize("by", ["color", "tag:", "sg:x", "tag:nobody-has-it"])
def test_a_wrong_label_is_refused(by):
    with pytest.raises(UsageError, match="--by"):
        matrix(load(lab()), by)


def test_ends_that_are_not_there():
    network = load(lab())
    with pytest.raises(UnknownNameError, match="--to i-nobody"):
        surface(network, "i-nobody")
    with pytest.raises(UsageError, match="no host is there"):
        lateral(network, "i-web", "internet", 2)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_input_does_not_show(seed):
    rng = random.Random(seed)
    record = random_network(rng, fabric=FABRICS[seed], told=True)
    made = []
    for told in (record, shuffled(rng, record)):
        network = load(told)
        target = min(network.interfaces)
        paths = lateral(network, "internet", None, 3)
        made.append(
            reach_json.render(Reached(surface(network, target), paths))
            + reach_json.render_matrix(matrix(network, "sg", POSTGRES))
        )
    assert made[0] == made[1]
