"""VPCs and subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.aws.conversion.public_access import AccountWide, stated
from sgcheck.aws.conversion.unique import Home, cidr_set, region_of_zone, tags_of, unique
from sgcheck.aws.record import CidrAssociation, Ipv6CidrAssociation, name_of
from sgcheck.aws.subnet import SUBNET, SubnetRecord
from sgcheck.aws.vpc import VPC, VpcRecord
from sgcheck.model.things import PublicAccess, Subnet, Vpc

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft
    from sgcheck.packets import AddressSet


def add_places(draft: Draft, snapshot: Snapshot) -> None:
    """Add VPCs and subnets; a VPC's Region is its batch's, or that of its subnets' zones."""
    subnets = unique(snapshot, SUBNET)
    regions: dict[str, str] = {}
    modes = {r.vpc_id: stated(r.block_public_access_states) for r, _home in unique(snapshot, VPC).values()}
    owners = {r.vpc_id: home.account for r, home in unique(snapshot, VPC).values()}
    wide = AccountWide(snapshot)
    for record, home in subnets.values():
        subnet = _subnet(record, home)
        if subnet is None:
            continue
        whole, own = modes.get(subnet.vpc), stated(record.block_public_access_states)
        place = subnet.account or owners.get(subnet.vpc), subnet.region, subnet.id, subnet.vpc
        effective = own or whole or wide.mode(*place)
        spared = wide.spares(*place) or (own is PublicAccess.OPEN and whole not in (None, PublicAccess.OPEN))
        subnet = msgspec.structs.replace(subnet, public_access=effective, spared=spared)
        draft.subnets[subnet.id] = subnet
        if subnet.region is not None:
            regions.setdefault(subnet.vpc, subnet.region)
    for vpc, home in unique(snapshot, VPC).values():
        made = _vpc(vpc, home, regions.get(vpc.vpc_id))
        effective = stated(vpc.block_public_access_states) or wide.mode(made.account, made.region, made.id)
        draft.vpcs[made.id] = msgspec.structs.replace(made, public_access=effective)


def _vpc(record: VpcRecord, home: Home, region: str | None) -> Vpc:
    private = [
        a.ipv6_cidr_block
        for a in record.ipv6_cidr_block_association_set or ()
        if a.ipv6_cidr_block and a.ipv6_address_attribute == "private"
    ]
    return Vpc(
        record.vpc_id,
        home.account,
        home.region or region,
        name_of(record.tags),
        vpc_addresses(record, home),
        PublicAccess.OPEN,
        tags_of(record.tags),
        cidr_set(home, f"Vpcs ({record.vpc_id})", private),
    )


def vpc_addresses(record: VpcRecord, home: Home) -> AddressSet:
    """Every range of a VPC that is associated now."""
    listed = [a.cidr_block for a in record.cidr_block_association_set or () if a.cidr_block and _associated(a)]
    if record.cidr_block:
        listed.append(record.cidr_block)
    six = [
        a.ipv6_cidr_block for a in record.ipv6_cidr_block_association_set or () if a.ipv6_cidr_block and _associated(a)
    ]
    return cidr_set(home, f"Vpcs ({record.vpc_id})", listed + six)


def _associated(association: CidrAssociation | Ipv6CidrAssociation) -> bool:
    state = (
        association.cidr_block_state if isinstance(association, CidrAssociation) else association.ipv6_cidr_block_state
    )
    return state is None or state.state in (None, "associated")


def _subnet(record: SubnetRecord, home: Home) -> Subnet | None:
    if record.vpc_id is None:
        return None
    six = [
        a.ipv6_cidr_block for a in record.ipv6_cidr_block_association_set or () if a.ipv6_cidr_block and _associated(a)
    ]
    four = [record.cidr_block] if record.cidr_block else []
    return Subnet(
        record.subnet_id,
        record.vpc_id,
        home.account,
        home.region or region_of_zone(record.availability_zone),
        record.availability_zone,
        name_of(record.tags),
        cidr_set(home, f"Subnets ({record.subnet_id})", four + six),
        PublicAccess.OPEN,
        tags_of(record.tags),
        zone_id=record.availability_zone_id,
    )
