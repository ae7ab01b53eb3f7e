"""Tables of many ports on the lab: what passes between subnets, whatever tells two senders or two targets apart."""

from __future__ import annotations

from sgcheck.packets import Services, parse_port
from sgcheck.reach.matrix import Cell, matrix
from tests.reach.lab import (
    ANY4,
    Record,
    cidr,
    entries,
    entry,
    find,
    group,
    ingress,
    instance,
    interface,
    lab,
    load,
    pair,
    permission,
    ports,
    reroute,
    route,
)

WEB, DB, PEER, OUT = "subnet-pub", "subnet-priv", "subnet-peer", "(internet)"


def cells(record: Record, services: Services = Services.ALL) -> dict[tuple[str, str], Cell]:
    return {(c.source, c.target): c for c in matrix(load(record), "subnet", services).cells}


def passing(cell: Cell) -> list[str]:
    return [f"{span.ports}/{span.protocol}" for span in cell.openings]


def beside(record: Record, id_: str, subnet: str, address: str, groups: list[str], **more: object) -> Record:
    """One more host."""
    record["NetworkInterfaces"].append(interface(f"eni-{id_}", subnet, address, groups, **more))
    record["Reservations"].append({"Instances": [instance(f"i-{id_}", id_)]})
    return record


def test_everything_that_passes_between_subnets():
    found = cells(lab())
    assert passing(found[WEB, DB]) == ["5432/tcp"]
    assert passing(found[DB, WEB]) == ["443/tcp", "all/icmp"]
    assert passing(found[DB, PEER]) == ["80/tcp"]
    assert passing(found[PEER, DB]) == ["5432/tcp"]
    assert found[WEB, DB].verdict.value == "partial"
    assert (found[WEB, DB].pairs, found[WEB, DB].reached) == (1, 1)


def test_where_no_route_leads_everything_is_held_back():
    found = cells(lab())
    assert found[WEB, PEER].verdict.value == "blocked"
    assert (found[WEB, PEER].pairs, found[WEB, PEER].reached) == (1, 0)


def test_rules_tell_senders_apart_by_their_addresses():
    record = beside(lab(), "more", WEB, "10.0.1.77", ["sg-more"])
    record["SecurityGroups"].append(group("sg-more", []))
    ingress(
        record, "sg-db", permission("tcp", 5432, **cidr("10.0.1.64/26")), permission("udp", 53, **cidr("10.0.1.10/32"))
    )
    found = cells(record)[WEB, DB]
    assert passing(found) == ["5432/tcp", "53/udp"]
    assert (found.pairs, found.reached) == (2, 2)
    assert cells(record, parse_port("53/udp,54/udp"))[WEB, DB].reached == 1


def test_entries_tell_senders_apart_by_their_addresses():
    record = beside(lab(), "more", WEB, "10.0.1.77", ["sg-web"])
    entries(
        record,
        "acl-priv",
        entry(90, False, "deny", "10.0.1.10/32"),
        entry(100, False),
        entry(100, True),
    )
    found = cells(record)[WEB, DB]
    assert (passing(found), found.pairs, found.reached) == (["5432/tcp"], 2, 1)


def test_egress_rules_tell_targets_apart():
    record = beside(lab(), "other", DB, "10.0.2.77", ["sg-db"])
    every = permission("tcp", 5432, **cidr("10.0.2.77/32"))
    find(record, "SecurityGroups", "sg-web")["IpPermissionsEgress"] = [every]
    found = cells(record)[WEB, DB]
    assert (passing(found), found.pairs, found.reached) == (["5432/tcp"], 2, 1)


def test_hosts_that_do_not_run_neither_send_nor_answer():
    record = lab()
    find(record, "Instances", "i-db")["State"]["Name"] = "stopped"
    found = cells(record)
    for pair_ in ((WEB, DB), (DB, WEB), (DB, OUT)):
        assert found[pair_].verdict.value == "blocked", pair_


def test_what_a_missing_group_would_decide_is_undecided():
    record = lab()
    record["SecurityGroups"] = [g for g in record["SecurityGroups"] if g["GroupId"] != "sg-db"]
    answer = matrix(load(record), "subnet", parse_port("5432-5433"))
    found = {(c.source, c.target): c for c in answer.cells}
    assert found[WEB, DB].verdict.value == "unknown"
    assert [span.ports for span in found[WEB, DB].undecided] == ["5432-5433"]
    assert found[DB, OUT].verdict.value == "unknown"
    assert "sg-db" in {gap.resource for gap in answer.gaps}


def test_a_list_without_its_entries_decides_only_what_no_other_rule_does():
    record = lab()
    listed = permission("tcp", 0, 65535, PrefixListIds=[{"PrefixListId": "pl-1"}])
    ingress(record, "sg-db", permission("tcp", 5432, **pair("sg-web")), listed)
    found = cells(record, parse_port("5432,5433"))[WEB, DB]
    assert passing(found) == ["5432/tcp"]
    assert [span.ports for span in found.undecided] == ["5433"]


def test_one_of_several_groups_may_be_unknown():
    record = lab()
    find(record, "NetworkInterfaces", "eni-db")["Groups"].append({"GroupId": "sg-lost"})
    found = cells(record, parse_port("5432,5433"))[WEB, DB]
    assert passing(found) == ["5432/tcp"]
    assert [span.ports for span in found.undecided] == ["5433"]


def test_interfaces_without_groups_in_the_data_are_undecided():
    record = lab()
    del find(record, "NetworkInterfaces", "eni-db")["Groups"]
    assert cells(record)[WEB, DB].verdict.value == "unknown"


def test_a_host_with_two_addresses_of_a_family_is_one_sender():
    record = lab()
    web = find(record, "NetworkInterfaces", "eni-web")
    web["Ipv6Addresses"].append({"Ipv6Address": "2600:1f18:1:1::11"})
    beside(record, "six", WEB, "10.0.1.80", ["sg-six"], Ipv6Addresses=[{"Ipv6Address": "2600:1f18:1:1::80"}])
    record["SecurityGroups"].append(group("sg-six", [permission("tcp", 8080, **cidr("2600:1f18:1:1::11/128"))]))
    found = cells(record)[WEB, WEB]
    assert "8080/tcp" in passing(found)
    assert found.pairs == 5
    assert cells(record, parse_port("8080,8081"))[WEB, WEB].reached == 1


def test_only_who_has_a_public_address_or_a_translator_gets_out():
    record = beside(lab(), "mute", WEB, "10.0.1.81", ["sg-db"])
    found = cells(record)[WEB, OUT]
    assert (found.pairs, found.reached) == (3, 2)
    assert cells(record)[DB, OUT].reached == 1
    assert cells(record)[PEER, OUT].verdict.value == "blocked"


def test_what_groups_let_out_to_the_internet():
    record = lab()
    find(record, "SecurityGroups", "sg-db")["IpPermissionsEgress"] = [permission("tcp", 443, **ANY4)]
    assert passing(cells(record)[DB, OUT]) == ["443/tcp"]


def test_replies_from_the_internet_pass_the_acl():
    record = lab()
    entries(record, "acl-pub", entry(100, True), entry(100, False, **ports(0, 1023)))
    assert cells(record, parse_port("80,443"))[WEB, OUT].verdict.value == "blocked"


def test_who_is_behind_a_translator_is_asked_as_that():
    record = reroute(lab(), "rtb-main", route("0.0.0.0/0", "nat-1"), route("10.9.0.0/16", "nat-1"))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("10.9.0.0/16", "pcx-1"))
    ingress(record, "sg-peer", permission("tcp", 80, 81, **cidr("10.0.1.200/32")))
    found = cells(record, parse_port("80,443"))[DB, PEER]
    assert passing(found) == ["80/tcp"]
