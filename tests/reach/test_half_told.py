"""What one record that is not in the input would decide is undecided, whoever asks: one pair, a list, a table or a path."""

from __future__ import annotations

import pytest

from sgcheck.packets import TCP, IntervalSet, Services
from sgcheck.reach.attack import blast, surface
from sgcheck.reach.chokes import cut
from sgcheck.reach.exposure import exposure
from sgcheck.reach.lateral import lateral
from sgcheck.reach.matrix import matrix
from tests.reach.lab import cidr, find, ingress, load, pair, permission, verdict
from tests.reach.lab_transit import GATEWAYS, transit

PORT = Services.of(TCP, IntervalSet.single(80))
RANGE = Services.of(TCP, IntervalSet.of((80, 81)))


def doubtful_reference():
    """tgw, tgw-vpc-attachments: references need an option of the gateway, which is not in the input."""
    record = ingress(transit(), "sg-peer", permission("tcp", 80, **pair("sg-db")))
    record[GATEWAYS] = []
    return record


def list_without_entries():
    listed = permission("tcp", 80, PrefixListIds=[{"PrefixListId": "pl-lost"}])
    return ingress(transit(), "sg-peer", listed)


def reference_and_list():
    listed = permission("tcp", 80, PrefixListIds=[{"PrefixListId": "pl-lost"}])
    return ingress(transit(), "sg-peer", permission("tcp", 443, **cidr("10.0.0.0/16")), listed)


def lost_group():
    record = transit()
    record["SecurityGroups"] = [one for one in record["SecurityGroups"] if one["GroupId"] != "sg-peer"]
    return record


def groups_not_told():
    record = transit()
    del find(record, "NetworkInterfaces", "eni-peer")["Groups"]
    return record


def sender_without_groups():
    record = transit()
    del find(record, "NetworkInterfaces", "eni-db")["Groups"]
    return record


def egress_list():
    record = transit()
    listed = permission("tcp", 80, PrefixListIds=[{"PrefixListId": "pl-lost"}])
    find(record, "SecurityGroups", "sg-db")["IpPermissionsEgress"] = [listed]
    return record


HALF_TOLD = (
    doubtful_reference,
    list_without_entries,
    reference_and_list,
    lost_group,
    groups_not_told,
    sender_without_groups,
    egress_list,
)


@pytest.mark.parametrize("make", HALF_TOLD, ids=lambda make: make.__name__)
def test_everybody_who_asks_is_told_that_it_is_not_decided(make):
    record = make()
    network = load(record)
    assert verdict(record, "i-db", "i-peer", "80") == "unknown"
    for services in (PORT, RANGE):
        found = exposure(network, "i-db", services, "i-peer")
        assert (found.exposed, {r.target.id for r in found.undecided}) == ((), {"i-peer"})
        assert found.gaps
        assert blast(network, "i-db", services, "i-peer").undecided
        everybody = surface(network, "i-peer", services)
        assert "i-db" in {r.source.id for r in everybody.undecided}
        assert "i-db" not in {r.source.id for r in everybody.rows}
        (cell,) = [c for c in matrix(network, "tag:tier", services).cells if (c.source, c.target) == ("db", "peer")]
        assert (cell.verdict.value, cell.openings) == ("unknown", ())
        assert cell.undecided
    path = lateral(network, "i-db", "i-peer", 1, PORT)
    assert (path.paths, len(path.undecided)) == ((), 1)
    closing = cut(network, "i-db", "i-peer", PORT)
    assert (closing.connected, closing.undecided, closing.rules) == (False, True, ())
    assert closing.gaps
