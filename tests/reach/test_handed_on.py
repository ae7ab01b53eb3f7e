"""What load balancers hand on to a target that is asked about alone: `exposure --to`, `reach --from X --to`, `reach --to`."""

from __future__ import annotations

import pytest

from sgcheck.reach.attack import surface
from sgcheck.reach.chokes import cut
from sgcheck.reach.exposure import exposure
from sgcheck.reach.lateral import lateral
from sgcheck.render import exposure_text
from tests.reach.handed_on import asked_alone, from_the_internet
from tests.reach.lab import find, lab, load, route
from tests.reach.lab_balancers import ALB, NLB, alb, attribute, clb, host, nlb, private, second_zone, target
from tests.reach.test_balancers import chain

SOURCES = ("internet", "i-web")


def lacking(record, group):
    """A network without one of its security groups."""
    record["SecurityGroups"] = [one for one in record["SecurityGroups"] if one["GroupId"] != group]
    return record


LABS = {
    "alb": alb,
    "nlb": nlb,
    "nlb in two zones": lambda: attribute(second_zone(nlb()), NLB, "load_balancing.cross_zone.enabled", "true"),
    "clb": clb,
    "internal alb": lambda: private(alb(), "web"),
    "alb behind an nlb": chain,
    "nothing told of the target's group": lambda: lacking(alb(), "sg-app"),
    "nothing told of the balancer's group": lambda: lacking(alb(), "sg-alb"),
    "addresses as targets": lambda: nlb(target("10.0.2.40", 8443, "healthy"), TargetType="ip"),
    "no balancer": lab,
}


@pytest.mark.parametrize("name", LABS)
@pytest.mark.parametrize("source", SOURCES)
def test_a_target_asked_about_alone_has_the_rows_that_it_has_among_all(name, source):
    network = load(LABS[name]())
    every = exposure(network, source)
    for id_ in sorted({"eni-app", "eni-web", "eni-alb-a", "eni-nlb-a", "eni-clb"} & set(network.interfaces)):
        asked_alone(network, every, id_, [id_])
    asked_alone(network, every, "sg-db", network.with_group["sg-db"])


@pytest.mark.parametrize("name", LABS)
def test_from_the_internet_to_a_target_is_what_everybody_s_list_says_of_the_internet(name):
    network = load(LABS[name]())
    for id_ in sorted({"eni-app", "eni-web", "eni-alb-a", "eni-nlb-a"} & set(network.interfaces)):
        from_the_internet(network, id_)


@pytest.mark.parametrize("to", ["i-app", "10.0.2.40", "10.0.2.0/24", "subnet-priv"])
def test_however_the_target_is_named_the_balancer_s_way_is_there(to):
    rows = [r for r in exposure(load(alb()), "internet", to=to).exposed if r.target.id == "i-app"]
    assert [(r.opening.ports, r.behind, r.via) for r in rows] == [("8080", ALB, ("igw-1", ALB))]


def test_through_two_balancers_the_last_one_hands_on():
    """NLB guide, application-load-balancer-target: the NLB's target is the ALB, whose targets get the requests."""
    internal = private(chain(), "web")
    (row,) = exposure(load(internal), "internet", to="i-app").exposed
    assert (row.opening.ports, row.opening.sources, row.behind) == ("8080", ("0.0.0.0/0",), ALB)
    assert row.via == ("igw-1", NLB, ALB)
    every = exposure(load(internal), "internet").exposed
    assert {(r.target.id, r.behind) for r in every if r.behind} == {(ALB, NLB), ("i-app", ALB)}


def test_what_the_first_of_two_balancers_may_not_get_through_is_undecided_behind_the_second():
    found = exposure(load(lacking(private(chain(), "web"), "sg-alb")), "internet", to="i-app")
    assert not found.exposed
    assert [(r.target.id, r.opening.ports, r.behind) for r in found.undecided] == [("i-app", "8080", ALB)]
    assert "sg-alb" in {gap.resource for gap in found.gaps}


def test_a_target_that_may_take_what_the_balancer_hands_on_is_undecided_and_says_why():
    network = load(lacking(alb(), "sg-app"))
    found = exposure(network, "internet", to="i-app")
    assert (found.exposed, found.asked, found.reached) == ((), 0, 0)
    assert [(r.target.id, r.opening.ports, r.behind) for r in found.undecided] == [("i-app", "8080", ALB)]
    assert "sg-app" in {gap.resource for gap in found.gaps}
    assert exposure_text.render(found).startswith(
        "Nothing is known to be reachable from the internet, but 1 target is undecided.\n"
    )
    everybody = surface(network, "i-app")
    assert ("internet", "8080") in {(r.source.kind, r.opening.ports) for r in everybody.undecided}
    assert "sg-app" in {gap.resource for gap in everybody.gaps}


def test_a_step_over_a_balancer_whose_end_is_not_told_is_undecided():
    network = load(lacking(alb(), "sg-app"))
    found = lateral(network, "internet", "i-app", 2)
    assert (found.paths, [[s.target.id for s in path.steps] for path in found.undecided]) == ((), [["i-app"]])
    assert "sg-app" in {gap.resource for gap in found.gaps}
    apart = cut(network, "internet", "i-app")
    assert (apart.connected, apart.undecided) == (False, True)


def test_two_balancers_in_a_row_are_one_step_and_either_can_be_closed():
    network = load(private(chain(), "web"))
    (path,) = lateral(network, "internet", "i-app", 1).paths
    assert [(s.target.id, s.via) for s in path.steps] == [("i-app", ("igw-1", NLB, ALB))]
    (rule,) = cut(network, "internet", "i-app", hops=1).rules
    assert (rule.resource, rule.way) == ("sg-alb", "ingress")


def test_a_gap_on_the_way_to_another_target_is_not_one_of_this():
    record = alb(target("i-app", 8080, "healthy"), target("i-other", 8080, "healthy"))
    host(record, "other", "subnet-priv", "10.0.2.41", ("sg-nowhere",))
    network = load(record)
    assert "sg-nowhere" in {g.resource for g in exposure(network, "internet", to="i-app").gaps}
    assert "sg-nowhere" not in {g.resource for g in exposure(network, "internet", to="i-db").gaps}


def test_a_target_behind_a_balancer_only_is_said_to_be_that():
    found = exposure(load(alb()), "internet", to="i-app")
    assert (found.asked, found.reached, found.behind) == (0, 0, 1)
    assert exposure_text.render(found).startswith(
        "The internet reaches 1 interface on 1 port range, behind load balancers only.\n"
    )


def test_what_lies_elsewhere_comes_by_an_internal_balancer_too():
    record = private(alb(), "web")
    find(record, "RouteTables", "rtb-pub")["Routes"].append(route("192.168.0.0/16", "vgw-1"))
    every = exposure(load(record), "onprem")
    found = asked_alone(load(record), every, "i-app", ["eni-app"])
    assert {(r.opening.ports, r.behind) for r in found.undecided} == {("8080", ALB)}


def test_a_balancer_among_its_own_targets_ends():
    record = nlb(target("10.0.1.60", 443), TargetType="ip")
    assert not [r for r in exposure(load(record), "internet", to="eni-nlb-a").exposed if r.behind]
