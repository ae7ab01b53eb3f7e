"""A change in one line of words, for values of every sort."""

from __future__ import annotations

import pytest

from sgcheck.packets import AddressSet
from sgcheck.reach.change_words import SHOWN, addresses, field_words, link_words, some, value_words
from sgcheck.reach.changes import changes
from tests.reach.lab import find, lab, load


@pytest.mark.parametrize(
    "value, words",
    [
        (None, "unknown"),
        (True, "yes"),
        (7, "7"),
        ("active", "active"),
        (AddressSet.parse("10.0.0.1", "10.0.0.0/24"), "10.0.0.0/24"),
        (AddressSet.EMPTY, "none"),
        (("b", "a"), "a, b"),
        (frozenset(), "none"),
        ({"a": 1}, None),
        ((1, 2), None),
    ],
)
def test_values(value, words):
    assert value_words(value) == words


def test_long_lists_are_cut_and_say_how_much_is_left():
    names = [f"sg-{n}" for n in range(SHOWN + 3)]
    assert some(names) == ", ".join(names[:SHOWN]) + " and 3 more"
    assert some(names[:SHOWN]) == ", ".join(names[:SHOWN])
    assert addresses(AddressSet.parse("10.0.0.1", "2001:db8::1")) == "10.0.0.1, 2001:db8::1"


def test_fields_and_links():
    assert field_words("vpc", None, "vpc-1") == "attached to vpc-1"
    assert field_words("vpc", "vpc-1", None) == "no longer attached to vpc-1"
    assert field_words("ingress", {"a": 1}, {"a": 2}) == "inbound rules changed"
    assert field_words("state", "same", "same") == "state changed"
    assert link_words("acl_of_subnet", None, "acl-1") == "network ACL acl-1 associated"
    assert link_words("acl_of_subnet", "acl-1", None) == "network ACL acl-1 no longer associated"
    assert link_words("acl_of_subnet", "acl-1", "acl-2") == "network ACL: acl-1 became acl-2"


def nic_with(public=None, *, primary=True):
    record = lab()
    private = find(record, "NetworkInterfaces", "eni-web")["PrivateIpAddresses"][0]
    private["Primary"] = primary
    private.pop("Association")
    if public:
        private["Association"] = {"PublicIp": public}
    return load(record)


@pytest.mark.parametrize(
    "before, after, text",
    [
        (nic_with(), nic_with("198.51.100.7"), "public address added: 198.51.100.7 for 10.0.1.10"),
        (nic_with("198.51.100.7"), nic_with(), "public address removed: 198.51.100.7 for 10.0.1.10"),
        (
            nic_with("198.51.100.7"),
            nic_with("198.51.100.8"),
            "public address of 10.0.1.10: 198.51.100.7 became 198.51.100.8",
        ),
        (nic_with("198.51.100.7", primary=False), nic_with("198.51.100.7"), "address 10.0.1.10 is now the primary one"),
    ],
    ids=["added", "removed", "another", "primary"],
)
def test_addresses_of_an_interface(before, after, text):
    assert [change.text for change in changes(before, after)] == [text]
