"""What is asked about everybody at once (`exposure`, `reach`, tables, paths over hosts) against `explain`, pair by pair.

On each of the small networks, with a gateway, balancers, endpoints or a firewall in the way: what holds on random networks
is held to there, what is particular to one of these here.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations

import pytest

import sgcheck
from sgcheck.errors import SgcheckError, UsageError
from sgcheck.packets import TCP, IntervalSet, Services
from sgcheck.reach.attack import surface
from sgcheck.reach.chokes import cut
from sgcheck.reach.exposure import exposure
from sgcheck.reach.lateral import lateral
from sgcheck.reach.matrix import INTERNET, matrix
from tests.reach.lab import ANY4, cidr, find, ingress, lab, load, permission
from tests.reach.lab_balancers import ALB, alb, nlb
from tests.reach.lab_endpoints import connecting, serviced
from tests.reach.lab_firewall import inspected, inspection_vpc
from tests.reach.lab_names import billing, orders
from tests.reach.lab_transit import transit

HOSTS = ("i-web", "i-db", "i-peer")
TIERS = {"i-web": "web", "i-db": "db", "i-peer": "peer"}
SOURCES = ("internet", "i-peer", "onprem")
LABS = (lab, transit, alb, nlb, serviced, connecting, inspected, inspection_vpc)
each_lab = pytest.mark.parametrize("make", LABS, ids=lambda make: make.__name__)


def only(port):
    return Services.of(TCP, IntervalSet.single(port))


@cache
def network_of(make):
    return load(make())


def answered(network, source, target, port):
    """Whether anything passes, and whether anything may; None where nobody can be asked."""
    try:
        answer = sgcheck.explain(network, sgcheck.Question.parse(source, target, str(port), None))
    except SgcheckError:
        return None
    answers = [a for a in answer.answers if a.target.id == target]
    return any(a.allowed for a in answers), any(a.undecided for a in answers)


@each_lab
@pytest.mark.parametrize("source", SOURCES)
def test_exposure_has_a_row_for_whom_explain_lets_through(make, source):
    network = network_of(make)
    try:
        found = exposure(network, source, only(443))
    except UsageError:
        assert answered(network, source, "i-db", 443) is None
        return
    reached = {row.target.id for row in found.exposed if row.behind is None}
    maybe = {row.target.id for row in found.undecided}
    for host in HOSTS:
        told = answered(network, source, host, 443)
        if told is not None and host != source:
            assert (host in reached, host in maybe) == told, host


@each_lab
@pytest.mark.parametrize("target", ["i-web", "i-db"])
def test_who_reaches_a_host_is_whom_explain_lets_through(make, target):
    network = network_of(make)
    found = surface(network, target, only(5432))
    reaching = {row.source.id or row.source.kind for row in found.rows}
    for source in ("internet", *HOSTS):
        told = answered(network, source, target, 5432)
        if source != target and told is not None:
            assert (source in reaching) == told[0], source


@each_lab
def test_a_table_of_one_port_says_what_explain_says_of_each_pair(make):
    network = network_of(make)
    cells = {(c.source, c.target): c for c in matrix(network, "tag:tier", only(443)).cells}
    for source, target in permutations(HOSTS, 2):
        cell = cells[TIERS[source], TIERS[target]]
        passes, maybe = answered(network, source, target, 443)
        assert (bool(cell.openings), bool(cell.undecided)) == (passes, maybe), (source, target)
    for target in HOSTS:
        passes, _maybe = answered(network, "internet", target, 443) or (False, False)
        assert bool(cells[INTERNET, TIERS[target]].openings) == passes


@pytest.mark.parametrize("make", [transit, alb], ids=lambda make: make.__name__)
def test_a_table_of_all_ports_has_at_least_what_one_of_a_port_has(make):
    network = network_of(make)
    every = {(c.source, c.target): c for c in matrix(network, "tag:tier").cells}
    for cell in matrix(network, "tag:tier", only(443)).cells:
        assert not cell.openings or every[cell.source, cell.target].openings
        assert every[cell.source, cell.target].pairs == cell.pairs


@each_lab
def test_steps_over_hosts_are_those_that_explain_lets_through(make):
    network = network_of(make)
    found = lateral(network, "i-peer", None, 3, only(5432))
    steps = {id_: len(path.steps) for path in found.paths for id_ in path.steps[-1].target.hosts}
    first = {t for t in HOSTS if t != "i-peer" and answered(network, "i-peer", t, 5432)[0]}
    assert {id_ for id_, hops in steps.items() if hops == 1 and id_ in HOSTS} == first


@pytest.mark.parametrize(
    "make, source, target",
    [(lab, "i-web", "i-db"), (transit, "i-peer", "i-db"), (alb, "internet", "i-app"), (lab, "internet", "i-db")],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_what_leads_somewhere_can_be_cut_and_what_does_not_need_not(make, source, target):
    found = cut(network_of(make), source, target)
    assert found.connected == bool(lateral(network_of(make), source, target, 3).paths)
    assert bool(found.rules) == found.connected
    assert found.possible


def test_an_address_is_asked_about_as_its_interface_is():
    network = network_of(lab)
    by_address = exposure(network, "internet", to="198.51.100.7").exposed
    assert by_address
    assert by_address == exposure(network, "internet", to="i-web").exposed
    assert not exposure(network, "internet", to="203.0.113.9").exposed


def test_what_a_balancer_hands_on_is_a_row_of_its_own():
    rows = [r for r in exposure(network_of(alb), "internet").exposed if r.behind is not None]
    assert {(r.target.id, r.opening.ports) for r in rows} == {("i-app", "8080")}
    assert all(r.behind in r.via for r in rows)


def test_over_a_balancer_its_targets_are_reached_in_one_step():
    network = network_of(alb)
    reaching = [r for r in surface(network, "i-app").rows if r.source.kind == "internet"]
    assert {(r.opening.ports, r.via[-1]) for r in reaching} == {("8080", ALB)}
    first = {
        id_ for p in lateral(network, "internet", None, 3).paths if len(p.steps) == 1 for id_ in p.steps[0].target.hosts
    }
    assert first == {"i-app", "i-web", ALB}
    (rule,) = cut(network, "internet", "i-app").rules
    assert (rule.resource, rule.way) == ("sg-alb", "ingress")


def test_a_service_that_may_use_either_of_two_interfaces_is_asked_at_both():
    network = load(billing())
    found = surface(network, "rds:orders")
    assert any("is not told" in warning for warning in found.warnings)
    assert found.rows or found.undecided
    reached = exposure(network, "rds:orders")
    assert any(warning.startswith("only some of eni-") for warning in reached.warnings)


def test_a_service_none_of_whose_interfaces_is_there_can_not_be_asked():
    record = orders()
    record["NetworkInterfaces"] = [
        n for n in record["NetworkInterfaces"] if n["NetworkInterfaceId"].startswith("eni-web")
    ]
    with pytest.raises(UsageError, match="--to rds:orders: there, but without any network interface"):
        surface(load(record), "rds:orders")


def test_addresses_elsewhere_may_reach_what_a_rule_for_them_lets_in():
    record = ingress(transit(), "sg-db", permission("tcp", 5432, **cidr("192.168.0.0/16")))
    network = load(record)
    for source in ("onprem", "192.168.7.0/24"):
        found = exposure(network, source)
        assert not found.exposed  # what stands behind a VPN is not told
        assert {(r.target.id, r.opening.ports) for r in found.undecided} >= {("i-db", "5432")}
    assert "onprem" in {r.source.kind for r in surface(network, "i-db").undecided}


def test_a_source_without_an_interface_is_refused():
    record = lab()
    record["Reservations"][0]["Instances"].append({"InstanceId": "i-bare", "State": {"Name": "running"}})
    for ask in (lambda n: exposure(n, "i-bare"), lambda n: surface(n, "i-bare")):
        with pytest.raises(SgcheckError, match="i-bare"):
            ask(load(record))


def test_a_group_open_to_everybody_shows_all_ports_in_one_row():
    record = ingress(lab(), "sg-web", permission("-1", **ANY4))
    find(record, "NetworkInterfaces", "eni-web")["Ipv6Addresses"] = []
    (row,) = [r for r in exposure(load(record), "internet", Services.of(TCP)).exposed if r.target.id == "i-web"]
    assert (row.opening.protocol, row.opening.ports) == ("tcp", "all")
