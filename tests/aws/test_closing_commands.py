"""The commands that take a rule away (AWS CLI command reference, ec2)."""

from __future__ import annotations

import pytest

from sgcheck.model.edit import RemoveFromAcl, RemoveFromGroup, RemoveRoute
from sgcheck.model.filters import FilterLine, GroupReference, Way
from sgcheck.model.routing import Route, Via
from sgcheck.packets import TCP, AddressSet, IntervalSet, Services
from tests.reach.lab import find, lab, load, permission

HTTPS = Services.of(TCP, IntervalSet.single(443))
TEN = AddressSet.parse("10.0.0.0/8")


def line(label, peer=TEN, reference=None, number=0):
    return FilterLine(label, HTTPS, peer, reference, number=number)


@pytest.mark.parametrize(
    "edit, command",
    [
        (
            RemoveFromGroup("sg-web", Way.INGRESS, line("sgr-1")),
            "revoke-security-group-ingress --group-id sg-web --security-group-rule-ids sgr-1",
        ),
        (
            RemoveFromGroup("sg-web", Way.INGRESS, line("ingress 443/tcp from 10.0.0.0/8")),
            "revoke-security-group-ingress --group-id sg-web --protocol tcp --port 443 --cidr 10.0.0.0/8",
        ),
        (
            RemoveFromGroup("sg-web", Way.EGRESS, line("egress 443/tcp to pl-1")),
            (
                "revoke-security-group-egress --group-id sg-web --ip-permissions"
                " 'IpProtocol=tcp,FromPort=443,ToPort=443,PrefixListIds=[{PrefixListId=pl-1}]'"
            ),
        ),
        (
            RemoveFromGroup(
                "sg-web", Way.INGRESS, line("ingress 443/tcp from sg-db", AddressSet.EMPTY, GroupReference("sg-db"))
            ),
            "revoke-security-group-ingress --group-id sg-web --protocol tcp --port 443 --source-group sg-db",
        ),
        (
            RemoveFromAcl("acl-pub", Way.EGRESS, line("rule 100", number=100)),
            "delete-network-acl-entry --network-acl-id acl-pub --egress --rule-number 100",
        ),
        (
            RemoveRoute("rtb-pub", Route(4, 0, (1 << 32) - 1, Via.INTERNET_GATEWAY, "igw-1", "0.0.0.0/0")),
            "delete-route --route-table-id rtb-pub --destination-cidr-block 0.0.0.0/0",
        ),
        (
            RemoveRoute("rtb-pub", Route(6, 0, (1 << 128) - 1, Via.INTERNET_GATEWAY, "igw-1", "::/0")),
            "delete-route --route-table-id rtb-pub --destination-ipv6-cidr-block ::/0",
        ),
        (
            RemoveRoute("rtb-pub", Route(4, 0, 9, Via.INTERNET_GATEWAY, "igw-1", "pl-1", list="pl-1")),
            "delete-route --route-table-id rtb-pub --destination-prefix-list-id pl-1",
        ),
    ],
)
def test_a_rule_is_taken_away_by(edit, command):
    network = load(lab())
    assert network.vocabulary.commands(edit, network) == (f"aws ec2 {command}",)


def test_what_is_taken_away_is_gone_and_the_rest_stays():
    record = lab()
    find(record, "SecurityGroups", "sg-web")["IpPermissions"].append(
        permission("tcp", 22, IpRanges=[{"CidrIp": "10.0.0.0/8"}])
    )
    network = load(record)
    group, acl, table = network.groups["sg-web"], network.acls["acl-pub"], network.tables["rtb-pub"]
    first, entry = group.ingress[0], acl.egress[0]
    route = next(r for r in table.routes if r.via is Via.INTERNET_GATEWAY)
    edits = (
        RemoveFromGroup("sg-web", Way.INGRESS, first),
        RemoveFromAcl("acl-pub", Way.EGRESS, entry),
        RemoveRoute("rtb-pub", route),
    )
    changed = network.with_edits(edits)
    assert changed.groups["sg-web"].ingress == group.ingress[1:]
    assert changed.groups["sg-web"].egress == group.egress
    assert changed.acls["acl-pub"].egress == acl.egress[1:]
    assert set(table.routes) - set(changed.tables["rtb-pub"].routes) == {route}
    assert network.groups["sg-web"].ingress == group.ingress
