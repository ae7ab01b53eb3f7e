"""Network interfaces and instances; interfaces that only an instance's record tells of are taken from there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.conversion.unique import Home, cidr_set, reading, region_of_zone, tags_of, unique
from sgcheck.aws.instance import INSTANCE, InstanceInterface, InstanceRecord
from sgcheck.aws.network_interface import NETWORK_INTERFACE, NetworkInterfaceRecord
from sgcheck.aws.record import name_of
from sgcheck.model.network import Directory
from sgcheck.model.things import Address, Instance, Interface, Role
from sgcheck.packets import AddressSet, format_address, parse_address

if TYPE_CHECKING:
    from sgcheck.aws.record import GroupId
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft

AnyInterface = NetworkInterfaceRecord | InstanceInterface
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
    "vpc_endpoint": "VPC endpoint",
    "gateway_load_balancer_endpoint": "gateway load balancer endpoint",
}


def add_interfaces(draft: Draft, snapshot: Snapshot) -> None:
    """Add makers for interfaces and instances, and the scan that finds them by what they have."""
    elastic = _elastic(snapshot)
    instances = unique(snapshot, INSTANCE)
    told: list[tuple[AnyInterface, str]] = []
    for record, home in unique(snapshot, NETWORK_INTERFACE).values():
        if record.vpc_id and record.subnet_id:
            id_ = record.network_interface_id
            draft.interfaces[id_] = partial(_interface, record, home, elastic)
            attachment = record.attachment
            told.append((record, attachment.instance_id or "" if attachment else ""))
    for instance, home in instances.values():
        for embedded in _embedded(instance):
            id_ = embedded.network_interface_id or ""
            if id_ and id_ not in draft.interfaces:
                draft.interfaces[id_] = partial(_of_instance, instance, embedded, home, elastic)
                told.append((embedded, instance.instance_id))
    directory = cache(partial(_scan, told, elastic, {i: r for i, (r, _home) in instances.items()}))
    draft.scan = directory
    for id_, (instance, home) in instances.items():
        draft.instances[id_] = partial(_instance, instance, home, directory)


def _scan(
    told: list[tuple[AnyInterface, str]], elastic: dict[tuple[str, str], str], instances: dict[str, InstanceRecord]
) -> Directory:
    """Index all interfaces by what their records say, as text."""
    found = Directory()
    for record, instance in told:
        id_ = record.network_interface_id or ""
        found.subnets[record.subnet_id or ""].append(id_)
        for group in {g.group_id for g in record.groups or ()}:
            found.groups[group].append(id_)
        if instance:
            index = record.attachment.device_index if record.attachment else None
            found.instances[instance].append((index or 0, id_))
        if record.ipv4_prefixes or record.ipv6_prefixes:
            found.prefixed.append(id_)
        _index_addresses(found, record, id_, elastic)
        own = instances.get(instance)
        if own is not None and own.public_ip_address and isinstance(record, InstanceInterface):
            found.publics.setdefault(own.public_ip_address, (id_, record.private_ip_address or ""))
    return found


def _index_addresses(found: Directory, record: AnyInterface, id_: str, elastic: dict[tuple[str, str], str]) -> None:
    fours = {e.private_ip_address: e.association for e in record.private_ip_addresses or () if e.private_ip_address}
    own = record.private_ip_address
    if own and not (fours.get(own) and fours[own].public_ip):  # type: ignore[union-attr]
        fours[own] = record.association
    for text, association in fours.items():
        found.addresses[text].append(id_)
        public = (association.public_ip if association else None) or elastic.get((id_, text))
        if public:
            found.publics[public] = (id_, text)
    for six in record.ipv6_addresses or ():
        if six.ipv6_address:
            found.addresses[_canonical(six.ipv6_address)].append(id_)


def _canonical(text: str) -> str:
    """An IPv6 address as everything else writes it; what is none stays, and is refused when its interface is made."""
    try:
        return format_address(*parse_address(text))
    except ValueError:
        return text


def _elastic(snapshot: Snapshot) -> dict[tuple[str, str], str]:
    """Elastic IP addresses by (interface, private address)."""
    found = {}
    for record, _home in unique(snapshot, ADDRESS).values():
        if record.network_interface_id and record.private_ip_address and record.public_ip:
            found[record.network_interface_id, record.private_ip_address] = record.public_ip
    return found


def _interface(record: NetworkInterfaceRecord, home: Home, elastic: dict[tuple[str, str], str]) -> Interface:
    id_ = record.network_interface_id
    place = f"NetworkInterfaces ({id_})"
    role, what = _role(record.interface_type, record.description)
    groups = _groups(record.groups)
    managed = role is not Role.HOST or bool(record.requester_managed)
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
        blocks_internet_ipv6=bool(record.deny_all_igw_traffic),
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
    if kind in _OPAQUE_TYPES:
        return Role.OPAQUE, _OPAQUE_TYPES[kind]
    text = description or ""
    if text.startswith("ELB "):
        return Role.OPAQUE, "load balancer"
    if text.startswith("Interface for NAT Gateway"):
        return Role.NAT, "NAT gateway"
    if text.startswith("VPC Endpoint Interface"):
        return Role.OPAQUE, "VPC endpoint"
    return Role.HOST, None


def _groups(groups: list[GroupId] | None) -> tuple[str, ...] | None:
    return None if groups is None else tuple(sorted({g.group_id for g in groups}))


def _addresses(record: AnyInterface, id_: str, elastic: dict[tuple[str, str], str]) -> tuple[Address, ...]:
    """Private addresses with the public ones that map to them, then IPv6 addresses."""
    found: dict[str, Address] = {}
    for entry in record.private_ip_addresses or ():
        text = entry.private_ip_address
        if text:
            public = entry.association.public_ip if entry.association else None
            found[text] = _address(text, public or elastic.get((id_, text)), primary=bool(entry.primary))
    own = record.private_ip_address
    if own:
        public = record.association.public_ip if record.association else None
        known = found.get(own)
        if known is None or (known.public is None and public):
            found[own] = _address(own, public or elastic.get((id_, own)), primary=True)
    for six in record.ipv6_addresses or ():
        if six.ipv6_address:
            found[six.ipv6_address] = _address(six.ipv6_address, None, primary=False)
    return tuple(sorted(set(found.values()), key=lambda a: (a.family, not a.primary, a.value)))


def _address(text: str, public: str | None, *, primary: bool) -> Address:
    family, value = parse_address(text)
    return Address(family, value, parse_address(public)[1] if public else None, primary)


def _prefixes(record: AnyInterface, home: Home, place: str) -> AddressSet:
    listed = [p.ipv4_prefix for p in record.ipv4_prefixes or () if p.ipv4_prefix]
    listed += [p.ipv6_prefix for p in record.ipv6_prefixes or () if p.ipv6_prefix]
    return cidr_set(home, place, listed) if listed else AddressSet.EMPTY


def _embedded(record: InstanceRecord) -> list[InstanceInterface]:
    """The interfaces that an instance's own record tells of; a record without any but with an address gets one."""
    told = [e for e in record.network_interfaces or () if e.vpc_id and e.subnet_id]
    if told or not (record.private_ip_address and record.subnet_id and record.vpc_id):
        return told
    return [
        InstanceInterface(
            network_interface_id=f"{record.instance_id}/primary",
            subnet_id=record.subnet_id,
            vpc_id=record.vpc_id,
            groups=record.security_groups,
            private_ip_address=record.private_ip_address,
        )
    ]


def _of_instance(
    record: InstanceRecord, embedded: InstanceInterface, home: Home, elastic: dict[tuple[str, str], str]
) -> Interface:
    id_ = embedded.network_interface_id or ""
    place = f"Instances ({record.instance_id})"
    addresses = reading(home, place, lambda: _addresses(embedded, id_, elastic))
    if record.public_ip_address and not any(a.public for a in addresses) and addresses:
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


def _instance(record: InstanceRecord, home: Home, directory: Callable[[], Directory]) -> Instance:
    ordered = sorted(directory().instances.get(record.instance_id, ()))
    dns = tuple(sorted({d for d in (record.public_dns_name, record.private_dns_name) if d}))
    return Instance(
        record.instance_id,
        (record.state.name if record.state else None) or "running",
        home.account,
        home.region or region_of_zone(record.placement.availability_zone if record.placement else None),
        name_of(record.tags),
        tuple(id_ for _index, id_ in ordered),
        tags_of(record.tags),
        dns,
    )
