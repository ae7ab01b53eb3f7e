"""Whose an address may be: the VPCs, subnets and interfaces that addresses lead to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.vpc import VPC
from sgcheck.packets import AddressSet, parse_address
from sgcheck.sources.live.ends import Ends
from sgcheck.sources.live.reading import at
from sgcheck.sources.live.shelf import Element, Shelf
from sgcheck.sources.live.wishes import WHOLE, Wish, wish

_NAMING = ("tag", "dns", "private-dns")
_VPC_RANGES = (
    "CidrBlock",
    "CidrBlockAssociationSet.CidrBlock",
    "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
)
_SUBNET_RANGES = ("CidrBlock", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock")
_OWN = ("PrivateIpAddress", "PrivateIpAddresses.PrivateIpAddress", "Ipv6Addresses.Ipv6Address")
_PUBLIC = ("Association.PublicIp", "PrivateIpAddresses.Association.PublicIp")


def addressed(shelf: Shelf, ends: Ends) -> Iterator[Wish]:
    """Where the addresses of the ends lie: VPCs, and whole subnets of ranges."""
    asked = ends.networks | ends.hosts
    for record in shelf.records(VPC):
        if _set(record, _VPC_RANGES) & asked:
            yield wish(VPC, "id", record["VpcId"])
    for record in shelf.records(ADDRESS):
        if _set(record, ("PublicIp",)) & asked:
            yield from (wish(NETWORK_INTERFACE, "id", id_) for id_ in at(record, ("NetworkInterfaceId",)))
    if ends.networks:
        for record in shelf.records(SUBNET):
            if _set(record, _SUBNET_RANGES) & ends.networks:
                yield wish(NETWORK_INTERFACE, "subnet", record["SubnetId"])
        for record in shelf.records(NETWORK_INTERFACE):
            if _set(record, _PUBLIC) & ends.networks:
                yield wish(NETWORK_INTERFACE, "id", record["NetworkInterfaceId"])


def unowned(shelf: Shelf, ends: Ends) -> Iterator[Wish]:
    """The subnets of single addresses that no interface there has: a range may be delegated to one of theirs."""
    if not ends.hosts:
        return
    for record in shelf.records(SUBNET):
        lies = _set(record, _SUBNET_RANGES) & ends.hosts
        if not lies:
            continue
        inside = (i for i in shelf.records(NETWORK_INTERFACE) if i.get("SubnetId") == record["SubnetId"])
        if lies - AddressSet.union_all([_set(interface, _OWN) for interface in inside]):
            yield wish(NETWORK_INTERFACE, "subnet", record["SubnetId"])


def doubled(shelf: Shelf, wishes: set[Wish]) -> Iterator[Wish]:
    """Other owners of the addresses of what is looked at, where VPCs on the way have overlapping ranges."""
    wished = {one.value for one in wishes if one.kind == VPC.name}
    ranges = {record["VpcId"]: _set(record, _VPC_RANGES) for record in shelf.records(VPC)}
    ranges = {vpc: found for vpc, found in ranges.items() if vpc in wished}
    overlapping = {v for v, found in ranges.items() if any(found & r for other, r in ranges.items() if other != v)}
    for record in shelf.records(NETWORK_INTERFACE) if overlapping else ():
        followed = record.get("NetworkInterfaceId") in shelf.followed[NETWORK_INTERFACE.name]
        if not followed or record.get("VpcId") not in overlapping:
            continue
        for text in (text for path in _OWN for text in at(record, path.split("."))):
            trait = "ipv6-address" if ":" in text else "address"
            yield wish(NETWORK_INTERFACE, trait, text)


def unfound(shelves: Sequence[Shelf], ends: Ends) -> Iterator[Wish]:
    """Everything that has the form of an end that is nowhere, so that the nearest names can be offered."""
    for one in ends.wishes:
        if one.trait == "id" and one.follow and not any(shelf.has(one.kind, one.value) for shelf in shelves):
            yield Wish(one.kind, WHOLE, follow=False)
    # Each word has its own wishes, one for each kind that may have the tag or the name.
    for word in {one.value for one in ends.wishes if one.trait.startswith(_NAMING)}:
        tried = {(one.kind, one.trait) for one in ends.wishes if one.value == word and one.trait.startswith(_NAMING)}
        if not any(shelf.fruitful & tried for shelf in shelves):
            yield wish(INSTANCE, WHOLE, follow=False)
            yield wish(NETWORK_INTERFACE, WHOLE, follow=False)


def _set(record: Element, paths: tuple[str, ...]) -> AddressSet:
    """The addresses at `paths`; what is none is left for the conversion to complain of."""
    found = AddressSet.EMPTY
    for path in paths:
        for text in at(record, path.split(".")):
            try:
                found |= AddressSet.parse(text) if "/" in text else AddressSet.address(*parse_address(text))
            except ValueError:
                continue
    return found
