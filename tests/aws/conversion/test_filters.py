"""Rules and entries become lines: services, peers, labels and order, whatever way AWS spells them."""

from __future__ import annotations

import pytest

from sgcheck.aws.conversion.acls import entry_services
from sgcheck.aws.conversion.groups import rule_services
from sgcheck.aws.network_acl import IcmpTypeCode, NetworkAclEntry, PortRange
from sgcheck.errors import InputError
from sgcheck.packets import Services
from tests.reach.lab import ANY4, ANY6, cidr, entries, entry, find, group, ingress, lab, load, pair, permission, ports


def lines(*permissions):
    return load(ingress(lab(), "sg-web", *permissions)).groups["sg-web"].ingress


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (("-1", None, None), ("all",)),
        (("-1", -1, -1), ("all",)),
        (("-1", 443, 443), ("all",)),
        ((None, None, None), ("all",)),
        (("tcp", 443, 443), ("443/tcp",)),
        (("6", 443, 443), ("443/tcp",)),
        (("TCP", 443, 443), ("443/tcp",)),
        (("tcp", 0, 65535), ("tcp",)),
        (("tcp", -1, -1), ("tcp",)),
        (("tcp", None, None), ("tcp",)),
        (("tcp", 0, 0), ("0/tcp",)),
        (("17", 53, 53), ("53/udp",)),
        (("50", 443, 443), ("proto:50",)),
        (("icmp", 8, 0), ("icmp:8/0",)),
        (("icmp", 8, -1), ("icmp:8",)),
        (("icmp", -1, -1), ("icmp",)),
        (("icmpv6", None, None), ("icmpv6",)),
        (("58", 128, 0), ("icmpv6:128/0",)),
    ],
)
def test_services_of_a_rule(rule, words):
    """EC2 API, IpPermission: IpProtocol, FromPort, ToPort."""
    assert rule_services(*rule).describe() == words


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"protocol": "-1"}, ("all",)),
        ({"protocol": "6", "port_range": PortRange(from_port=443, to_port=443)}, ("443/tcp",)),
        ({"protocol": "6"}, ("tcp",)),
        ({"protocol": "17", "port_range": PortRange(from_port=0, to_port=65535)}, ("udp",)),
        ({"protocol": "50", "port_range": PortRange(from_port=1, to_port=2)}, ("proto:50",)),
        ({"protocol": "1", "icmp_type_code": IcmpTypeCode(type=8, code=-1)}, ("icmp:8",)),
        ({"protocol": "1", "icmp_type_code": IcmpTypeCode(type=-1, code=-1)}, ("icmp",)),
        ({"protocol": "1"}, ("icmp",)),
        ({"protocol": "58", "icmp_type_code": IcmpTypeCode(type=128, code=0)}, ("icmpv6",)),
    ],
)
def test_services_of_an_entry(members, words):
    """EC2 API, CreateNetworkAclEntry: Protocol."""
    made = NetworkAclEntry(rule_number=1, rule_action="allow", egress=False, cidr_block="0.0.0.0/0", **members)
    assert entry_services(made).describe() == words


def test_protocol_58_has_types_with_an_ipv6_block_only():
    """EC2 API, CreateNetworkAclEntry: Protocol, IcmpTypeCode."""
    code = IcmpTypeCode(type=128, code=0)
    made = NetworkAclEntry(
        rule_number=1, rule_action="allow", egress=False, protocol="58", ipv6_cidr_block="::/0", icmp_type_code=code
    )
    assert entry_services(made).describe() == ("icmpv6:128/0",)


def test_every_peer_is_a_line_of_its_own():
    """EC2 API, IpPermission: one permission carries many sources."""
    many = permission("tcp", 443, **cidr("10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"), **pair("sg-db"))
    assert [line.label for line in lines(many)] == [
        "ingress 443/tcp from 10.0.0.0/8",
        "ingress 443/tcp from 192.0.2.0/24",
        "ingress 443/tcp from 2001:db8::/32",
        "ingress 443/tcp from sg-db",
    ]


def test_the_order_of_rules_is_not_that_of_the_input():
    rules = [permission("tcp", 443, **ANY4), permission("tcp", 22, **ANY4), permission("udp", 53, **ANY6)]
    assert lines(*rules) == lines(*reversed(rules))


def test_no_rules_and_untold_rules_are_two_things():
    record = lab()
    del find(record, "SecurityGroups", "sg-web")["IpPermissions"]
    find(record, "SecurityGroups", "sg-db")["IpPermissions"] = []
    network = load(record)
    assert network.groups["sg-web"].ingress is None
    assert network.groups["sg-db"].ingress == ()


@pytest.mark.parametrize(
    ("made", "stale"),
    [
        (pair("sg-db"), False),
        (pair("sg-peer", VpcId="vpc-9", VpcPeeringConnectionId="pcx-1", PeeringStatus="active"), False),
        (pair("sg-peer", VpcId="vpc-9", VpcPeeringConnectionId="pcx-1", PeeringStatus="deleted"), True),
        ({"UserIdGroupPairs": [{"GroupId": "sg-peer", "VpcId": "vpc-9", "PeeringStatus": "active"}]}, True),
        ({"UserIdGroupPairs": [{"GroupId": "sg-db"}]}, False),
    ],
)
def test_stale_references(made, stale):
    """EC2 API, UserIdGroupPair; VPC peering guide, vpc-peering-security-groups."""
    (line,) = lines(permission("tcp", 1, **made))
    assert line.reference is not None
    assert bool(line.reference.stale) is stale


def test_lists_without_entries_stay_open_in_their_family():
    record = ingress(lab(), "sg-web", permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-1"}]))
    (line,) = load(record).groups["sg-web"].ingress
    assert (line.unresolved, line.peer.families) == ("pl-1", (4, 6))
    record["ManagedPrefixLists"] = [{"PrefixListId": "pl-1", "AddressFamily": "IPv6"}]
    (line,) = load(record).groups["sg-web"].ingress
    assert (line.unresolved, line.peer.families) == ("pl-1", (6,))


def test_lists_told_by_either_call_or_over_pages():
    """EC2 API, PrefixList: describe-prefix-lists tells the blocks of AWS's own lists."""
    record = ingress(lab(), "sg-web", permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-1"}]))
    record["PrefixLists"] = [
        {"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.us-east-1.s3", "Cidrs": ["52.216.0.0/15"]}
    ]
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "3.5.0.0/19"}]}
    (line,) = load(record).groups["sg-web"].ingress
    assert line.peer.cidrs() == ("3.5.0.0/19", "52.216.0.0/15")


def test_rules_with_the_ids_of_their_own_call():
    record = ingress(lab(), "sg-web", permission("tcp", 443, **ANY4), permission("-1", **pair("sg-db")))
    same = {"GroupId": "sg-web", "IsEgress": False}
    record["SecurityGroupRules"] = [
        same
        | {
            "SecurityGroupRuleId": "sgr-1",
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "CidrIpv4": "0.0.0.0/0",
        },
        same
        | {
            "SecurityGroupRuleId": "sgr-2",
            "IpProtocol": "-1",
            "FromPort": -1,
            "ToPort": -1,
            "ReferencedGroupInfo": {"GroupId": "sg-db"},
        },
    ]
    assert [line.label for line in load(record).groups["sg-web"].ingress] == ["sgr-1", "sgr-2"]


def test_entries_are_sorted_and_the_closing_denials_have_a_star():
    record = entries(lab(), "acl-pub", entry(200, False), entry(100, False, "deny", **ports(22)))
    made = load(record).acls["acl-pub"].ingress
    assert [(line.number, line.allow, line.label) for line in made] == [
        (100, False, "rule 100"),
        (200, True, "rule 200"),
        (32767, False, "rule * (32767)"),
    ]


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        (lambda r: ingress(r, "sg-web", permission("tcp", 443, **cidr("10.0.0.300/8"))), "SecurityGroups (sg-web)"),
        (lambda r: entries(r, "acl-pub", entry(100, False, block="10.0.0.300/8")), "NetworkAcls (acl-pub) rule 100"),
    ],
)
def test_values_that_make_no_sense_name_their_place(broken, place):
    network = load(broken(lab()))
    with pytest.raises(InputError) as error:
        _ = network.groups["sg-web"], network.acls["acl-pub"]
    assert place in error.value.message
    assert "\n" not in error.value.message


@pytest.mark.parametrize(
    "broken",
    [
        lambda r: ingress(r, "sg-web", permission("tcp", 70000, **ANY4)),
        lambda r: entries(r, "acl-pub", entry(100, False, **ports(1, 70000))),
    ],
)
def test_ports_that_are_none_name_their_place(broken):
    """Contracts, section 8: a broken record of a known kind is an error naming it."""
    network = load(broken(lab()))
    with pytest.raises(InputError):
        _ = network.groups["sg-web"], network.acls["acl-pub"]


def test_host_bits_in_a_rule_do_not_count():
    """A hand-written 203.0.113.9/24 is its network; AWS itself stores it so."""
    (line,) = lines(permission("tcp", 443, **cidr("203.0.113.9/24")))
    assert line.peer.cidrs() == ("203.0.113.0/24",)


def test_a_group_that_only_rules_tell_of():
    record = lab()
    record["SecurityGroupRules"] = [
        {
            "SecurityGroupRuleId": "sgr-1",
            "GroupId": "sg-only",
            "GroupOwnerId": "444455556666",
            "IsEgress": False,
            "IpProtocol": "-1",
            "FromPort": -1,
            "ToPort": -1,
            "CidrIpv4": "10.0.0.0/8",
        }
    ]
    made = load(record).groups["sg-only"]
    assert (made.account, made.egress) == ("444455556666", ())
    assert made.ingress[0].services == Services.ALL


def test_groups_without_a_vpc_or_a_name():
    record = lab()
    record["SecurityGroups"].append({**group("sg-bare", []), "GroupName": None, "VpcId": None})
    made = load(record).groups["sg-bare"]
    assert (made.vpc, made.name) == (None, None)
