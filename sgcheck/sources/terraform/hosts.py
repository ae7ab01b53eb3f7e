"""Instances, network interfaces and Elastic IP addresses."""

from __future__ import annotations

from typing import Any, Final

from sgcheck.sources.shapes import Record, without_nothing
from sgcheck.sources.terraform.book import Book, said
from sgcheck.sources.terraform.groups import GROUPS
from sgcheck.sources.terraform.places import SUBNETS
from sgcheck.sources.terraform.references import derived
from sgcheck.sources.terraform.resource import Resource, Unknown

INTERFACES: Final = "NetworkInterfaces"
HOSTS: Final = ("aws_instance", "aws_spot_instance_request")
TYPES: Final = {
    "aws_instance": "running, unless its state or an aws_ec2_instance_state says otherwise",
    "aws_ec2_instance_state": "",
    "aws_network_interface": "",
    "aws_network_interface_attachment": "",
    "aws_network_interface_sg_attachment": "",
    "aws_eip": "",
    "aws_eip_association": "",
}


def add_hosts(book: Book) -> None:
    """Add interfaces first, then instances with their primary one, then what is attached to either."""
    _take_known(book)
    for resource in book.of("aws_network_interface"):
        _interface(book, resource)
    for resource in book.of("aws_instance"):
        _instance(book, resource)
    for resource in book.of("aws_network_interface_attachment"):
        instance = book.references.one(resource, "instance_id", HOSTS)
        record = book.record(
            INTERFACES, book.references.one(resource, "network_interface_id", ("aws_network_interface",))
        )
        if record is not None and instance is not None:
            index = resource.number("device_index")
            _attach(record, said(instance), index if isinstance(index, int) else 1)
    for resource in book.of("aws_network_interface_sg_attachment"):
        types = ("aws_network_interface", "aws_instance")
        found = book.references.one(resource, "network_interface_id", types)
        group = book.references.one(resource, "security_group_id", GROUPS)
        record = book.record(INTERFACES, found)
        if record is not None and group is not None:
            added = {"GroupId": said(group)}
            record["Groups"] = [*(g for g in record["Groups"] if g != added), added]
            book.say(record["NetworkInterfaceId"], f"group {said(group)}", resource)
    for resource in book.of("aws_ec2_instance_state"):
        record = book.record("Instances", book.references.one(resource, "instance_id", HOSTS))
        state = resource.known("state")
        if record is not None and state is not None:
            record["State"] = {"Name": state}
    _elastic(book)


def _take_known(book: Book) -> None:
    for resource in book.document.after:
        for name in ("private_ip", "private_ips", "secondary_private_ips", "private_ip_list", "ip_address"):
            found = resource.values.get(name)
            listed = found if isinstance(found, list) else [found]
            book.take(*(one for one in listed if isinstance(one, str)))


def _attach(record: Record, instance: str, index: int) -> None:
    record["Attachment"] = {"InstanceId": instance, "DeviceIndex": index}
    record["Status"] = "in-use"


def _groups(book: Book, resource: Resource, name: str, vpc: str | None) -> list[Record]:
    """The groups of an interface; without any it gets its VPC's default group (EC2 API, RunInstances)."""
    found = book.references.many(resource, name, GROUPS)
    listed = [found] if isinstance(found, Unknown) else found
    unset = not listed or (isinstance(found, Unknown) and not resource.has(name))
    if unset and resource.created:
        owner = book.resource("Vpcs", vpc)
        if owner is None or owner.type not in ("aws_vpc", "aws_default_vpc"):
            return [{"GroupId": said(resource.doubt(name))}]
        return [{"GroupId": derived(owner, "default_security_group_id")}]
    return [{"GroupId": said(one)} for one in listed]


def _vpc(book: Book, resource: Resource, subnet: str, group_names: tuple[str, ...]) -> str:
    """The VPC of a subnet, else of a group, else what stands for one that nobody knows."""
    found = book.vpc_of(subnet)
    for name in group_names if found is None else ():
        groups = book.references.many(resource, name, GROUPS)
        for group in groups if isinstance(groups, list) else ():
            record = book.record("SecurityGroups", group)
            found = found or (record.get("VpcId") if record else None)
    return found or f"the VPC of {subnet}"


def _interface(book: Book, resource: Resource) -> None:
    subnet = book.references.one(resource, "subnet_id", SUBNETS) or resource.doubt("subnet_id")
    vpc = _vpc(book, resource, said(subnet), ("security_groups",))
    own = resource.known("private_ip")
    listed = [one for one in _strings(resource.texts("private_ips")) if one != own]
    own = own or (listed.pop(0) if listed else book.private(resource, "private_ip", said(subnet)))
    six = _strings(resource.texts("ipv6_addresses"))
    check = resource.flag("source_dest_check")
    record: Record = {
        "NetworkInterfaceId": resource.id,
        "SubnetId": said(subnet),
        "VpcId": vpc,
        "OwnerId": resource.home()[0],
        "InterfaceType": resource.known("interface_type") or "interface",
        "Description": resource.known("description"),
        "Status": "available",
        "Groups": _groups(book, resource, "security_groups", vpc),
        "PrivateIpAddress": own,
        "PrivateIpAddresses": [{"PrivateIpAddress": one, "Primary": one == own} for one in (own, *listed)],
        "Ipv6Addresses": [{"Ipv6Address": one} for one in six],
        "Ipv4Prefixes": [{"Ipv4Prefix": one} for one in _strings(resource.texts("ipv4_prefixes"))],
        "Ipv6Prefixes": [{"Ipv6Prefix": one} for one in _strings(resource.texts("ipv6_prefixes"))],
        "SourceDestCheck": check if isinstance(check, bool) else None,
        "TagSet": resource.tags(),
    }
    record = book.add(INTERFACES, resource.id, without_nothing(record), resource)
    blocks = resource.blocks("attachment")
    for block in [] if isinstance(blocks, Unknown) else blocks:
        instance = block.text("instance")
        if isinstance(instance, Unknown):
            instance = book.references.named(resource, "attachment", HOSTS) or instance
        index = block.number("device_index")
        if instance is not None:
            _attach(record, said(instance), index if isinstance(index, int) else 1)


def _strings(found: list[str | Unknown] | Unknown) -> list[str]:
    return [] if isinstance(found, Unknown) else [one for one in found if isinstance(one, str)]


def _instance(book: Book, resource: Resource) -> None:
    state = resource.known("instance_state")
    record: Record = {
        "InstanceId": resource.id,
        "ImageId": "",
        "OwnerId": resource.home()[0],
        "State": {"Name": "running" if resource.created or state is None else state},
        "Placement": without_nothing({"AvailabilityZone": resource.known("availability_zone")}),
        "PrivateDnsName": resource.known("private_dns"),
        "PublicDnsName": resource.known("public_dns"),
        "Tags": resource.tags(),
    }
    book.add("Instances", resource.id, without_nothing(record), resource)
    if not _of_own_interfaces(book, resource):
        _primary(book, resource)


def _of_own_interfaces(book: Book, resource: Resource) -> bool:
    """Attach the interfaces that the instance itself names; whether its primary one is among them."""
    first = False
    for name in ("network_interface", "primary_network_interface"):
        blocks = resource.blocks(name)
        if isinstance(blocks, Unknown) or not resource.has(name):
            continue
        for block in blocks:
            found = block.text("network_interface_id")
            if isinstance(found, Unknown):
                found = book.references.named(resource, name, ("aws_network_interface",)) or found
            record = book.record(INTERFACES, found)
            index = block.number("device_index") if name == "network_interface" else 0
            if record is not None:
                _attach(record, resource.id, index if isinstance(index, int) else 0)
            first = first or (not index and (record is not None or isinstance(found, Unknown)))
    return first


def _primary(book: Book, resource: Resource) -> None:
    id_ = derived(resource, "primary_network_interface_id")
    subnet = book.references.one(resource, "subnet_id", SUBNETS) or resource.doubt("subnet_id")
    vpc = _vpc(book, resource, said(subnet), ("vpc_security_group_ids",))
    own = resource.known("private_ip") or book.private(resource, "private_ip", said(subnet))
    public = _public(book, resource, said(subnet))
    check = resource.flag("source_dest_check")
    secondary = _strings(resource.texts("secondary_private_ips"))
    first: Record = {"PrivateIpAddress": own, "Primary": True}
    if public is not None:
        first["Association"] = {"PublicIp": public}
    record: Record = {
        "NetworkInterfaceId": id_,
        "SubnetId": said(subnet),
        "VpcId": vpc,
        "OwnerId": resource.home()[0],
        "InterfaceType": "interface",
        "Status": "in-use",
        "Attachment": {"InstanceId": resource.id, "DeviceIndex": 0},
        "Groups": _groups(book, resource, "vpc_security_group_ids", vpc),
        "PrivateIpAddress": own,
        "PrivateIpAddresses": [first, *({"PrivateIpAddress": one, "Primary": False} for one in secondary)],
        "Ipv6Addresses": [{"Ipv6Address": one} for one in _strings(resource.texts("ipv6_addresses"))],
        "SourceDestCheck": check if isinstance(check, bool) else None,
    }
    book.add(INTERFACES, id_, without_nothing(record), resource, named=False)


def _public(book: Book, resource: Resource, subnet: str) -> str | None:
    """The public address of an instance: its own, or one that it will get as it or its subnet says.

    (EC2 guide, using-instance-addressing: at launch.) Where nobody says, it is taken to get one: whatever else decides
    in its subnet is not known either.
    """
    if not resource.open("public_ip"):
        return resource.known("public_ip")
    wanted = resource.flag("associate_public_ip_address")
    if isinstance(wanted, bool):
        return book.public(resource, "public_ip") if wanted else None
    record = book.record("Subnets", subnet)
    by_subnet = record.get("MapPublicIpOnLaunch") if record else None
    return book.public(resource, "public_ip") if by_subnet is not False else None


def _elastic(book: Book) -> None:
    """Map Elastic IP addresses to the interfaces that they, or associations, name."""
    addresses = {resource.id: resource for resource in book.of("aws_eip")}
    public: dict[str, str] = {}
    for resource in addresses.values():
        public[resource.id] = resource.known("public_ip") or book.public(resource, "public_ip")
        book.names.setdefault(resource.address, resource.id)
        private = resource.known("associate_with_private_ip") or resource.known("private_ip")
        _map(book, resource, "instance", "network_interface", private, public[resource.id])
    for resource in book.of("aws_eip_association"):
        found = book.references.one(resource, "allocation_id", ("aws_eip",))
        address = public.get(found) if isinstance(found, str) else None
        address = resource.known("public_ip") or address or book.public(resource, "public_ip")
        private = resource.known("private_ip_address")
        _map(book, resource, "instance_id", "network_interface_id", private, address)


def _map(book: Book, resource: Resource, instance: str, interface: str, private: str | None, public: str) -> None:
    record = None
    for name, types in ((interface, ("aws_network_interface", "aws_instance")), (instance, HOSTS)):
        if record is not None or not (resource.values.get(name) or (resource.open(name) and resource.has(name))):
            continue
        found = book.references.one(resource, name, types)
        record = book.record(INTERFACES, found) or _primary_of(book, found)
        if isinstance(found, Unknown):
            book.notes.append(f"{found.what}: who gets the address is not known yet")
    if record is None:
        return
    listed: list[Any] = record["PrivateIpAddresses"]
    chosen = next((one for one in listed if one["PrivateIpAddress"] == private), listed[0])
    chosen["Association"] = {"PublicIp": public}
    book.say(record["NetworkInterfaceId"], f"address {public}", resource)


def _primary_of(book: Book, instance: str | Unknown | None) -> Record | None:
    """The primary interface of an instance."""
    for entry in book.entries[INTERFACES].values():
        attachment = entry.record.get("Attachment") or {}
        if isinstance(instance, str) and attachment == {"InstanceId": instance, "DeviceIndex": 0}:
            return entry.record
    return None
