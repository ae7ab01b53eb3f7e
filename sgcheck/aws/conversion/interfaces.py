"""Network interfaces and instances; interfaces that only an instance's record tells of are taken from there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from sgcheck.aws.conversion.directory import AnyInterface, Records, is_first, place_of, public_addresses
from sgcheck.aws.conversion.makers import Either, Makers
from sgcheck.aws.conversion.unique import Home, cidr_set, reading, region_of_zone, tags_of
from sgcheck.aws.record import name_of
from sgcheck.model.things import Address, Instance, Interface, Role
from sgcheck.packets import AddressSet, parse_address

if TYPE_CHECKING:
    from sgcheck.aws.instance import InstanceInterface, InstanceRecord
    from sgcheck.aws.network_interface import NetworkInterfaceRecord
    from sgcheck.aws.record import GroupId
    from sgcheck.model.draft import Draft

_NAT_TYPES = frozenset({"natGateway", "nat_gateway"})
_SILENT_TYPES = {
    "transit_gateway": "transit gateway attachment",
    "lambda": "Lambda function",
    "ec2_instance_connect_endpoint": "EC2 Instance Connect endpoint",
}
_OPAQUE_TYPES = {
    "load_balancer": "load balancer",
    "network_load_balancer": "network load balancer",
    "gateway_load_balancer": "gateway load balancer",
    "gateway_load_balancer_endpoint": "gateway load balancer endpoint",
}


def add_interfaces(draft: Draft, records: Records) -> None:
    """Add makers for interfaces and instances."""
    draft.interfaces = Makers(Either(records.own, lambda: records.embedded), partial(_made, records))
    draft.instances = Makers(records.hosts, partial(_instance, records))


def _made(records: Records, id_: str) -> Interface:
    found = records.own.get(id_)
    if found is not None:
        return _interface(*found, records.elastic)
    return _of_instance(*records.embedded[id_], records.elastic)


def _interface(record: NetworkInterfaceRecord, home: Home, elastic: Mapping[str, str]) -> Interface:
    id_ = record.network_interface_id
    place = f"NetworkInterfaces ({id_})"
    role, what = _role(record.interface_type, record.description)
    groups = _groups(record.groups)
    managed = role is not Role.ENDPOINT and (role is not Role.HOST or bool(record.requester_managed))
    attachment = record.attachment
    addresses = reading(home, place, lambda: _addresses(record, id_, elastic))
    return Interface(
        id=id_,
        vpc=record.vpc_id or "",
        subnet=record.subnet_id or "",
        account=home.account,
        region=home.region or region_of_zone(record.availability_zone),
        name=name_of(record.tag_set),
        groups=groups if groups or managed else None,
        addresses=addresses,
        prefixes=_prefixes(record, home, place),
        in_use=record.status in (None, "in-use", "associated"),
        instance=attachment.instance_id if attachment else None,
        forwards=record.source_dest_check is False,
        filtered=bool(groups) or not managed,
        role=role,
        what=what,
        blocks_internet_ipv6=bool(record.deny_all_igw_traffic) or role is Role.ENDPOINT,
        primary=attachment is None or attachment.device_index in (None, 0),
        tags=tags_of(record.tag_set),
        description=record.description,
    )


def _role(interface_type: str | None, description: str | None) -> tuple[Role, str | None]:
    """What a managed interface does; ELB's are told by their description where the type is only `interface`."""
    kind = interface_type or "interface"
    if kind in _NAT_TYPES:
        return Role.NAT, "NAT gateway"
    if kind in _SILENT_TYPES:
        return Role.SILENT, _SILENT_TYPES[kind]
    if kind == "vpc_endpoint":
        return Role.ENDPOINT, "VPC endpoint"
    if kind in _OPAQUE_TYPES:
        return Role.OPAQUE, _OPAQUE_TYPES[kind]
    text = description or ""
    if text.startswith("ELB "):
        return Role.OPAQUE, "load balancer"
    if text.startswith("EC2 Instance Connect Endpoint"):
        return Role.SILENT, "EC2 Instance Connect endpoint"
    if text.startswith("Interface for NAT Gateway"):
        return Role.NAT, "NAT gateway"
    if text.startswith("VPC Endpoint Interface"):
        return Role.ENDPOINT, "VPC endpoint"
    if text.startswith("AWS Lambda VPC ENI"):
        return Role.SILENT, _SILENT_TYPES["lambda"]
    return Role.HOST, None


def _groups(groups: list[GroupId] | None) -> tuple[str, ...] | None:
    return None if groups is None else tuple(sorted({g.group_id for g in groups}))


def _addresses(record: AnyInterface, id_: str, elastic: Mapping[str, str]) -> tuple[Address, ...]:
    """Private addresses with the public ones that map to them, then IPv6 addresses."""
    public = dict(public_addresses(record, id_, elastic))
    primary = {e.private_ip_address: bool(e.primary) for e in record.private_ip_addresses or () if e.private_ip_address}
    own = record.private_ip_address
    if own and (own not in primary or (record.association and public.get(own) == record.association.public_ip)):
        primary[own] = True
    found = {_address(text, public.get(text), primary=first) for text, first in primary.items() if text}
    found |= {_address(s.ipv6_address, None, primary=False) for s in record.ipv6_addresses or () if s.ipv6_address}
    return tuple(sorted(found, key=lambda a: (a.family, not a.primary, a.value)))


def _address(text: str, public: str | None, *, primary: bool) -> Address:
    family, value = parse_address(text)
    return Address(family, value, parse_address(public)[1] if public else None, primary)


def _prefixes(record: AnyInterface, home: Home, place: str) -> AddressSet:
    listed = [p.ipv4_prefix for p in record.ipv4_prefixes or () if p.ipv4_prefix]
    listed += [p.ipv6_prefix for p in record.ipv6_prefixes or () if p.ipv6_prefix]
    return cidr_set(home, place, listed) if listed else AddressSet.EMPTY


def _of_instance(
    record: InstanceRecord, embedded: InstanceInterface, home: Home, elastic: Mapping[str, str]
) -> Interface:
    id_ = embedded.network_interface_id or ""
    place = place_of(record)
    addresses = reading(home, place, lambda: _addresses(embedded, id_, elastic))
    if record.public_ip_address and not any(a.public for a in addresses) and addresses and is_first(record, embedded):
        public = reading(home, place, lambda: parse_address(str(record.public_ip_address))[1])
        first = addresses[0]
        addresses = (Address(first.family, first.value, public, first.primary), *addresses[1:])
    attachment = embedded.attachment
    return Interface(
        id=id_,
        vpc=embedded.vpc_id or "",
        subnet=embedded.subnet_id or "",
        account=embedded.owner_id or home.account,
        region=home.region or region_of_zone(record.placement.availability_zone if record.placement else None),
        name=None,
        groups=_groups(embedded.groups) or None,
        addresses=addresses,
        prefixes=_prefixes(embedded, home, place),
        in_use=embedded.status in (None, "in-use", "associated"),
        instance=record.instance_id,
        forwards=embedded.source_dest_check is False,
        filtered=True,
        primary=attachment is None or attachment.device_index in (None, 0),
        description=embedded.description,
    )


def _instance(records: Records, id_: str) -> Instance:
    record, home = records.hosts[id_]
    ordered = sorted(records.instances.get(id_, ()))
    dns = tuple(sorted({d for d in (record.public_dns_name, record.private_dns_name) if d}))
    tags = reading(home, place_of(record), lambda: record.tags)
    return Instance(
        id_,
        (record.state.name if record.state else None) or "running",
        home.account,
        home.region or region_of_zone(record.placement.availability_zone if record.placement else None),
        name_of(tags),
        tuple(interface for _index, interface in ordered),
        tags_of(tags),
        dns,
        records.impaired.get(id_, ()),
        records.starting.get(id_, ()),
    )
