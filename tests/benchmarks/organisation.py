"""Write the synthetic organisation that the performance goals are stated for, as one file of describe-* answers.

    python -m tests.benchmarks.organisation -o organisation.json [--scale 0.01]

Deterministic, and streamed: one record is in memory at a time.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from itertools import chain, groupby
from pathlib import Path

from tests.benchmarks import records
from tests.benchmarks.plan import ACCOUNT, REGION, Host, Plan, Shape, Subnet, identifier, vpc_block
from tests.benchmarks.records import Record
from tests.benchmarks.rules import PREFIX_LISTS, Rules


def _by_vpc(plan: Plan) -> Iterator[tuple[int, list[Subnet]]]:
    for vpc, places in groupby(plan.subnets, key=lambda place: place.vpc):
        yield vpc, list(places)


def _peers(plan: Plan) -> range:
    """Return the VPCs that are peered with the first one, where the shared services are."""
    return range(15, plan.shape.vpcs, 15)


def _security_groups(plan: Plan) -> Iterator[Record]:
    rules = Rules(plan)
    for vpc, (first, count) in enumerate(zip(plan.first_groups, plan.group_counts, strict=True)):
        for number in range(first, first + count):
            yield records.group(plan, vpc, number, *rules.of(vpc, number))


def _route(destination: str, key: str, target: str) -> Record:
    origin = "CreateRouteTable" if target == "local" else "CreateRoute"
    return {"DestinationCidrBlock": destination, key: target, "Origin": origin, "State": "active"}


def _peer_routes(plan: Plan, vpc: int) -> list[Record]:
    others = _peers(plan) if vpc == 0 else [0] if vpc in _peers(plan) else []
    pairs = [(other, identifier("pcx", max(vpc, other))) for other in others]
    return [_route(str(vpc_block(other)), "VpcPeeringConnectionId", pcx) for other, pcx in pairs]


def _table(vpc: int, nth: int, name: str, routes: list[Record], places: list[Subnet] | None) -> Record:
    """Return a route table of the given subnets, or with None the VPC's main one."""
    this = identifier("rtb", 3 * vpc + nth)
    links = (
        [{"Main": True}]
        if places is None
        else [{"Main": False, "SubnetId": identifier("subnet", p.number)} for p in places]
    )
    common = {"RouteTableId": this, "AssociationState": {"State": "associated"}}
    return {
        "Associations": [
            {**link, "RouteTableAssociationId": f"rtbassoc-{this[4:-2]}{n:02x}", **common}
            for n, link in enumerate(links)
        ],
        "PropagatingVgws": [],
        "RouteTableId": this,
        "Routes": [_route(str(vpc_block(vpc)), "GatewayId", "local"), *routes],
        "Tags": records.tags(f"{name}-{vpc}", vpc),
        "VpcId": identifier("vpc", vpc),
        "OwnerId": ACCOUNT,
    }


def _route_tables(plan: Plan) -> Iterator[Record]:
    for vpc, places in _by_vpc(plan):
        peers = _peer_routes(plan, vpc)
        internet = _route("0.0.0.0/0", "GatewayId", identifier("igw", vpc))
        nat = _route("0.0.0.0/0", "NatGatewayId", identifier("nat", vpc))
        yield _table(vpc, 0, "main", [], None)
        yield _table(vpc, 1, "public", [*peers, internet], [place for place in places if place.public])
        yield _table(vpc, 2, "private", [*peers, nat], [place for place in places if not place.public])


def _entry(number: int, action: str, *, egress: bool, ports: tuple[int, int] | None = None) -> Record:
    narrowed = {"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {}
    return {
        "CidrBlock": "0.0.0.0/0",
        "Egress": egress,
        "Protocol": "6" if ports else "-1",
        **narrowed,
        "RuleAction": action,
        "RuleNumber": number,
    }


def _acl(vpc: int, nth: int, places: list[Subnet], entries: list[Record]) -> Record:
    this = identifier("acl", 2 * vpc + nth)
    return {
        "Associations": [
            {
                "NetworkAclAssociationId": identifier("aclassoc", place.number),
                "NetworkAclId": this,
                "SubnetId": identifier("subnet", place.number),
            }
            for place in places
        ],
        "Entries": [*entries, *(_entry(32_767, "deny", egress=egress) for egress in (True, False))],
        "IsDefault": nth == 0,
        "NetworkAclId": this,
        "Tags": [],
        "VpcId": identifier("vpc", vpc),
        "OwnerId": ACCOUNT,
    }


def _network_acls(plan: Plan) -> Iterator[Record]:
    """Yield each VPC's default ACL, and in every tenth VPC another one, for the private subnets."""
    everything = [_entry(100, "allow", egress=egress) for egress in (True, False)]
    for vpc, places in _by_vpc(plan):
        strict = vpc % 10 == 9
        yield _acl(vpc, 0, [place for place in places if place.public or not strict], everything)
        if strict:
            no_telnet = [_entry(90, "deny", egress=egress, ports=(23, 23)) for egress in (True, False)]
            yield _acl(vpc, 1, [place for place in places if not place.public], [*no_telnet, *everything])


def _internet_gateways(plan: Plan) -> Iterator[Record]:
    for vpc in range(plan.shape.vpcs):
        yield {
            "Attachments": [{"State": "available", "VpcId": identifier("vpc", vpc)}],
            "InternetGatewayId": identifier("igw", vpc),
            "OwnerId": ACCOUNT,
            "Tags": records.tags(f"igw-{vpc}", vpc),
        }


def _peering_connections(plan: Plan) -> Iterator[Record]:
    for vpc in _peers(plan):
        ends = [
            {
                "CidrBlock": str(vpc_block(end)),
                "CidrBlockSet": [{"CidrBlock": str(vpc_block(end))}],
                "OwnerId": ACCOUNT,
                "VpcId": identifier("vpc", end),
                "Region": REGION,
            }
            for end in (0, vpc)
        ]
        yield {
            "AccepterVpcInfo": ends[0],
            "RequesterVpcInfo": ends[1],
            "Status": {"Code": "active", "Message": "Active"},
            "Tags": records.tags(f"pcx-{vpc}", vpc),
            "VpcPeeringConnectionId": identifier("pcx", vpc),
        }


def _prefix_lists(_: Plan) -> Iterator[Record]:
    for number in range(PREFIX_LISTS):
        this = identifier("pl", number)
        yield {
            "PrefixListId": this,
            "AddressFamily": "IPv4",
            "State": "create-complete",
            "PrefixListArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:prefix-list/{this}",
            "PrefixListName": f"offices-{number}",
            "MaxEntries": 20,
            "Version": 3,
            "Tags": [],
            "OwnerId": ACCOUNT,
        }


def _network_interfaces(plan: Plan) -> Iterator[Record]:
    gateways = (records.nat_interface(places[0]) for _, places in _by_vpc(plan))
    return chain(gateways, (records.interface(plan, host) for host in plan.hosts()))


KINDS: tuple[tuple[str, Callable[[Plan], Iterator[Record]]], ...] = (
    ("Vpcs", lambda plan: (records.vpc(vpc) for vpc in range(plan.shape.vpcs))),
    ("Subnets", lambda plan: (records.subnet(place) for place in plan.subnets)),
    ("RouteTables", _route_tables),
    ("NetworkAcls", _network_acls),
    ("InternetGateways", _internet_gateways),
    ("NatGateways", lambda plan: (records.nat_gateway(places[0]) for _, places in _by_vpc(plan))),
    ("VpcPeeringConnections", _peering_connections),
    ("ManagedPrefixLists", _prefix_lists),
    ("SecurityGroups", _security_groups),
    ("NetworkInterfaces", _network_interfaces),
    ("Reservations", lambda plan: (records.reservation(plan, host) for host in plan.hosts())),
)


def write(path: Path, shape: Shape) -> None:
    """Write the organisation to `path`, which only exists once it is whole."""
    plan = Plan(shape)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8") as out:
        out.write("{")
        for key, make in KINDS:
            out.write(f'"{key}": [')
            for number, record in enumerate(make(plan)):
                out.write(",\n" if number else "\n")
                out.write(json.dumps(record))
            out.write("],\n")
        entries = {identifier("pl", n): [{"Cidr": f"192.0.2.{16 * n}/28"}] for n in range(PREFIX_LISTS)}
        out.write(f'"PrefixListEntries": {json.dumps(entries)}}}\n')
    unfinished.replace(path)


def public_host(shape: Shape) -> Host:
    """Return a host that the internet reaches on port 443, somewhere in the middle of the organisation."""
    middle = (shape.interfaces - shape.vpcs) // 2
    hosts = Plan(shape).hosts()
    return next(host for host in hosts if host.number >= middle and host.public and host.subnet.vpc % 10 != 9)


def main() -> None:
    """Write the file that the options ask for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("-o", "--output", type=Path, required=True, help="the file to write")
    options.add_argument("--scale", type=float, default=1.0, help="everything times this, up to 2.6 (default 1)")
    asked = options.parse_args()
    write(asked.output, Shape().scaled(asked.scale))


if __name__ == "__main__":
    main()
