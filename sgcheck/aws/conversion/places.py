"""VPCs and subnets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sgcheck.aws.conversion.makers import things
from sgcheck.aws.conversion.public_access import AccountWide, stated
from sgcheck.aws.conversion.unique import Home, cidr_set, made_unique, region_of_zone, tags_of, unique
from sgcheck.aws.kept import kept
from sgcheck.aws.record import CidrAssociation, Ipv6CidrAssociation, name_of
from sgcheck.aws.subnet import SUBNET, SubnetRecord
from sgcheck.aws.vpc import VPC, VpcRecord
from sgcheck.model.network import subnets_by_vpc
from sgcheck.model.things import PublicAccess, Subnet, Vpc

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft
    from sgcheck.packets import AddressSet


def add_places(draft: Draft, snapshot: Snapshot) -> None:
    """Add VPCs and subnets; a VPC's Region is its batch's, or that of its subnets' zones."""
    vpcs = unique(snapshot, VPC)
    subnets = kept(
        snapshot,
        "subnets of a VPC",
        tuple[SubnetRecord, Home],
        lambda: {id_: found for id_, found in made_unique(snapshot, SUBNET).items() if found[0].vpc_id is not None},
    )
    wide = AccountWide(snapshot)
    draft.subnets = things(snapshot, subnets, lambda id_: _subnet(*subnets[id_], vpcs, wide))
    regions = kept(snapshot, "Regions by subnets", str, lambda: _regions(draft.subnets))
    draft.vpcs = things(snapshot, vpcs, lambda id_: _vpc(*vpcs[id_], regions, wide))
    draft.subnets_of = kept(snapshot, "subnets by VPC", tuple[str, ...], lambda: subnets_by_vpc(draft.subnets))


def _regions(subnets: Mapping[str, Subnet]) -> dict[str, str]:
    """The Region of each VPC's first subnet that tells one."""
    found: dict[str, str] = {}
    for subnet in subnets.values():
        if subnet.region is not None:
            found.setdefault(subnet.vpc, subnet.region)
    return found


def _vpc(record: VpcRecord, home: Home, regions: Mapping[str, str], wide: AccountWide) -> Vpc:
    region = home.region or regions.get(record.vpc_id)
    private = [
        a.ipv6_cidr_block
        for a in record.ipv6_cidr_block_association_set or ()
        if a.ipv6_cidr_block and a.ipv6_address_attribute == "private"
    ]
    return Vpc(
        record.vpc_id,
        home.account,
        region,
        name_of(record.tags),
        vpc_addresses(record, home),
        stated(record.block_public_access_states) or wide.mode(home.account, region, record.vpc_id),
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


def _subnet(record: SubnetRecord, home: Home, vpcs: Mapping[str, tuple[VpcRecord, Home]], wide: AccountWide) -> Subnet:
    vpc = record.vpc_id or ""
    owner = vpcs.get(vpc)
    region = home.region or region_of_zone(record.availability_zone)
    whole = stated(owner[0].block_public_access_states) if owner else None
    own = stated(record.block_public_access_states)
    place = home.account or (owner[1].account if owner else None), region, record.subnet_id, vpc
    six = [
        a.ipv6_cidr_block for a in record.ipv6_cidr_block_association_set or () if a.ipv6_cidr_block and _associated(a)
    ]
    four = [record.cidr_block] if record.cidr_block else []
    return Subnet(
        record.subnet_id,
        vpc,
        home.account,
        region,
        record.availability_zone,
        name_of(record.tags),
        cidr_set(home, f"Subnets ({record.subnet_id})", four + six),
        own or whole or wide.mode(*place),
        tags_of(record.tags),
        spared=wide.spares(*place) or (own is PublicAccess.OPEN and whole not in (None, PublicAccess.OPEN)),
        zone_id=record.availability_zone_id,
    )
