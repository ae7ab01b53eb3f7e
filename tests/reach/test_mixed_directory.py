"""Where interfaces are as before and everything else as after, every index finds them as the earlier network does."""

from __future__ import annotations

import pytest

from sgcheck.reach.changes import changes
from sgcheck.reach.undo import Undoing
from tests.reach.lab import find, interface, lab, load
from tests.reach.lab_balancers import alb

INDEXES = ("addresses", "publics", "groups", "subnets", "instances", "marked", "described")


def moved(record):
    nic = find(record, "NetworkInterfaces", "eni-db")
    nic["PrivateIpAddress"] = nic["PrivateIpAddresses"][0]["PrivateIpAddress"] = "10.0.2.21"


def regrouped(record):
    find(record, "NetworkInterfaces", "eni-db")["Groups"] = [{"GroupId": "sg-web"}]


def unpublished(record):
    del find(record, "NetworkInterfaces", "eni-web")["PrivateIpAddresses"][0]["Association"]


def republished(record):
    nic = find(record, "NetworkInterfaces", "eni-web")
    nic["PrivateIpAddresses"][0]["Association"] = {"PublicIp": "198.51.100.77"}


def gone(record):
    record["NetworkInterfaces"] = [n for n in record["NetworkInterfaces"] if n["NetworkInterfaceId"] != "eni-peer"]


def another(record):
    record["NetworkInterfaces"].append(interface("eni-new", "subnet-priv", "10.0.2.55", ["sg-db"], "198.51.100.55"))


def delegated(record):
    find(record, "NetworkInterfaces", "eni-db")["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.2.64/28"}]


def node_gone(record):
    record["NetworkInterfaces"] = [n for n in record["NetworkInterfaces"] if n["NetworkInterfaceId"] != "eni-alb-b"]


def indexes(network):
    """Every index as sets, whatever the order of what stands under one key."""
    directory = network.directory
    found = {name: dict(getattr(directory, name)) for name in INDEXES}
    return {
        **{name: {k: v if name == "publics" else set(v) for k, v in index.items()} for name, index in found.items()},
        "prefixed": set(directory.prefixed),
    }


@pytest.mark.parametrize(
    "base, edit",
    [
        *((lab, edit) for edit in (moved, regrouped, unpublished, republished, gone, another, delegated)),
        *((alb, edit) for edit in (node_gone, gone)),
    ],
)
def test_an_undone_interface_is_found_as_it_was(base, edit):
    record = base()
    edit(record)
    for before, after in ((load(base()), load(record)), (load(record), load(base()))):
        found = changes(before, after)
        assert {change.table for change in found} <= {"interfaces", "instances"}
        mixed = Undoing(before, after).without(found)
        assert indexes(mixed) == indexes(before)


def test_what_is_not_undone_is_found_as_it_is():
    record = lab()
    moved(record)
    another(record)
    before, after = load(lab()), load(record)
    new = [change for change in changes(before, after) if change.id == "eni-new"]
    mixed = Undoing(before, after).without(new)
    assert mixed.directory.addresses["10.0.2.21"] == ["eni-db"]
    assert "10.0.2.20" not in mixed.directory.addresses
    assert "10.0.2.55" not in mixed.directory.addresses
    assert "eni-new" not in {owner for owner, _value in mixed.directory.publics.values()}
