"""Instances, network interfaces and Elastic IP addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Final

from sgcheck.sources.cloudformation.book import Book, known, said
from sgcheck.sources.cloudformation.groups import groups_or_default, vpc_of_groups
from sgcheck.sources.cloudformation.places import DEFAULT_VPC
from sgcheck.sources.cloudformation.resource import Block, Resource
from sgcheck.sources.cloudformation.values import Unknown, wrong
from sgcheck.sources.shapes import Record, without_nothing

TYPES: Final = {
    "AWS::EC2::Instance": "running; what only its launch template says is not known",
    "AWS::EC2::NetworkInterface": "",
    "AWS::EC2::NetworkInterfaceAttachment": "",
    "AWS::EC2::EIP": "",
    "AWS::EC2::EIPAssociation": "",
}
INTERFACES: Final = "NetworkInterfaces"


def add_hosts(book: Book) -> None:
    """Add interfaces first, then instances with their own, then what is attached to either."""
    for resource in book.of("AWS::EC2::Instance", "AWS::EC2::NetworkInterface", "AWS::EC2::NatGateway"):
        book.take(_written(resource))
        for block in _blocks(resource, "NetworkInterfaces"):
            book.take(_written(block))
    for resource in book.of("AWS::EC2::NetworkInterface"):
        vpc = _vpc(book, resource, resource.text("SubnetId"), "GroupSet")
        record = _interface(book, resource, resource.id, vpc, "GroupSet")
        record |= without_nothing({
            "InterfaceType": known(resource.text("InterfaceType")),
            "Description": resource.shown("Description"),
            "Status": "available",
            "TagSet": resource.tags(),
        })  # fmt: skip
        book.add(INTERFACES, resource.id, record, resource)
    for resource in book.of("AWS::EC2::Instance"):
        _instance(book, resource)
    for resource in book.of("AWS::EC2::NetworkInterfaceAttachment"):
        interface = resource.text("NetworkInterfaceId")
        found, instance = book.record(INTERFACES, interface), resource.text("InstanceId")
        if isinstance(interface, Unknown):
            book.note(f"{resource.what('NetworkInterfaceId', interface)}: what it attaches is not known")
        if found is not None and instance is not None:
            _attach(found, said(instance), _index(resource, 1))
    _elastic(book)


def _blocks(block: Block, name: str) -> list[Block]:
    """The blocks of a list that are known."""
    found = block.blocks(name)
    return [] if isinstance(found, Unknown) else [one for one in found if isinstance(one, Block)]


def _written(block: Block) -> list[str]:
    """The private addresses that a template gives to an interface, its primary one first."""
    own = [_address(block)]
    for one in _blocks(block, "PrivateIpAddresses"):
        found = _address(one)
        own = [found, *own] if one.flag("Primary") is True else [*own, found]
    return list(dict.fromkeys(one for one in own if isinstance(one, str)))


def _address(block: Block, name: str = "PrivateIpAddress") -> str | Unknown | None:
    found = block.text(name)
    if isinstance(found, str):
        family = IPv6Address if name.startswith("Ipv6") else IPv4Address
        try:
            return str(family(found.strip()))
        except ValueError:
            kind = "an IPv6 address" if family is IPv6Address else "an IPv4 address"
            raise wrong(block.where(name), kind, found) from None
    return found


def _index(block: Block, default: int) -> int:
    found = block.number("DeviceIndex")
    return found if isinstance(found, int) else default


def _attach(record: Record, instance: str, index: int) -> None:
    record["Attachment"] = {"InstanceId": instance, "DeviceIndex": index}
    record["Status"] = "in-use"


def _vpc(book: Book, block: Block, subnet: str | Unknown | None, *groups: str) -> str:
    """The VPC of a subnet, else of a group, else what stands for one that nobody knows."""
    found = book.vpc_of(said(subnet) if subnet is not None else None) or vpc_of_groups(book, block, *groups)
    return found or (f"the VPC of {said(subnet)}" if subnet is not None else DEFAULT_VPC)


def _interface(book: Book, block: Block, title: str, vpc: str, *groups: str) -> Record:
    """The record of an interface as `block` describes it, which may be an instance."""
    subnet = block.text("SubnetId")
    inside = said(subnet) if subnet is not None else f"the subnet of {title}"
    listed = _written(block) or [book.private(title, inside)]
    check = block.flag("SourceDestCheck")
    if block.has("Ipv6AddressCount"):
        book.note(f"{title}: its IPv6 addresses are not known yet: IPv6 is left out")
    sixes = [_address(one, "Ipv6Address") for one in _blocks(block, "Ipv6Addresses")]
    record: Record = {
        "NetworkInterfaceId": title,
        "SubnetId": inside,
        "VpcId": vpc,
        "InterfaceType": "interface",
        "Groups": groups_or_default(book, block, vpc, *groups),
        "PrivateIpAddress": listed[0],
        "PrivateIpAddresses": [{"PrivateIpAddress": one, "Primary": one == listed[0]} for one in listed],
        "Ipv6Addresses": [{"Ipv6Address": one} for one in sixes if isinstance(one, str)],
        "SourceDestCheck": check if isinstance(check, bool) else None,
    }
    return without_nothing(record)


def _instance(book: Book, resource: Resource) -> None:
    record: Record = {
        "InstanceId": resource.id,
        "State": {"Name": "running"},
        "Placement": without_nothing({"AvailabilityZone": known(resource.text("AvailabilityZone"))}),
        "Tags": resource.tags(),
    }
    book.add("Instances", resource.id, without_nothing(record), resource)
    written = resource.blocks("NetworkInterfaces")
    if isinstance(written, Unknown):
        book.note(f"{resource.what('NetworkInterfaces', written)}: what it is attached to is not known")
        return
    blocks = [one for one in written if isinstance(one, Block)]
    for number, block in enumerate(blocks):
        _of_instance(book, resource, block, _index(block, number), alone=len(blocks) == 1)
    if not blocks:
        _primary(book, resource)


def _of_instance(book: Book, resource: Resource, block: Block, index: int, *, alone: bool) -> None:
    """Attach an interface that an instance names, or make the one that it describes."""
    named = block.text("NetworkInterfaceId")
    if named is not None:
        found = book.record(INTERFACES, named)
        if found is None:
            book.note(f"{resource.id}: its interface {said(named)} is not in the input")
        else:
            _attach(found, resource.id, index)
        return
    vpc = _vpc(book, block, block.text("SubnetId"), "GroupSet")
    id_ = f"{resource.id}.NetworkInterface[{index}]"
    record = _interface(book, block, id_, vpc, "GroupSet")
    if not block.has("GroupSet") and resource.has("LaunchTemplate"):
        record.pop("Groups", None)
    _attach(record, resource.id, index)
    # Only the first interface gets one, and only if it is the only one, unless it is asked for.
    asked = block.flag("AssociatePublicIpAddress")
    _public(book, resource, record, False if asked is None and not alone else asked)
    book.add(INTERFACES, id_, record, resource, named=False)
    book.names[id_] = id_


def _primary(book: Book, resource: Resource) -> None:
    names = ("SecurityGroupIds", "SecurityGroups")
    vpc = _vpc(book, resource, resource.text("SubnetId"), *names)
    id_ = f"{resource.id}.NetworkInterface"
    record = _interface(book, resource, id_, vpc, *names)
    wanted: bool | Unknown | None = None
    if resource.has("LaunchTemplate"):
        if not any(map(resource.has, names)):
            record.pop("Groups", None)
        wanted = Unknown("its launch template")
        book.note(f"{resource.id}: what only its launch template says is not taken into account")
    _attach(record, resource.id, 0)
    _public(book, resource, record, wanted)
    book.add(INTERFACES, id_, record, resource, named=False)
    book.names[id_] = id_


def _public(book: Book, resource: Resource, record: Record, wanted: bool | Unknown | None) -> None:
    """Give a public address to an interface that gets one at launch, as it or its subnet says.

    (EC2 guide, using-instance-addressing.) Where nobody says, it is taken to get one: whatever else decides in its
    subnet is not known either.
    """
    if wanted is None:
        subnet = book.record("Subnets", record["SubnetId"])
        by_subnet = subnet.get("MapPublicIpOnLaunch") if subnet else None
        wanted = by_subnet if isinstance(by_subnet, bool) else Unknown("its subnet")
    if wanted is not False:
        address = book.public(resource.id, doubtful=isinstance(wanted, Unknown))
        record["PrivateIpAddresses"][0]["Association"] = {"PublicIp": address}


def _elastic(book: Book) -> None:
    """Map Elastic IP addresses to what they, or associations, name."""
    public: dict[str, str] = {}
    for resource in book.of("AWS::EC2::EIP"):
        book.name(resource, resource.id)
        public[resource.id] = book.public(resource.id)
        _map(book, resource, public[resource.id])
    for resource in book.of("AWS::EC2::EIPAssociation"):
        found = resource.text("AllocationId") or resource.text("EIP")
        address = public.get(found) if isinstance(found, str) else None
        _map(book, resource, address or book.public(resource.id))


def _map(book: Book, resource: Resource, public: str) -> None:
    interface, instance = resource.text("NetworkInterfaceId"), resource.text("InstanceId")
    if interface is None and instance is None:
        return
    target = interface if interface is not None else instance
    if isinstance(target, Unknown):
        name = "NetworkInterfaceId" if interface is not None else "InstanceId"
        book.note(f"{resource.what(name, target)}: who gets the address is not known")
        return
    record = book.record(INTERFACES, target) or _primary_of(book, str(target))
    if record is None:
        book.note(f"{resource.id}: {target}, which gets the address, is not in the input")
        return
    private = resource.text("PrivateIpAddress")
    listed = record.get("PrivateIpAddresses") or []
    chosen = next((one for one in listed if one["PrivateIpAddress"] == private), listed[0] if listed else None)
    if chosen is not None:
        chosen["Association"] = {"PublicIp": public}


def _primary_of(book: Book, instance: str) -> Record | None:
    """The primary interface of an instance."""
    for entry in book.entries[INTERFACES].values():
        attachment = entry.record.get("Attachment") or {}
        if attachment.get("InstanceId") == instance and not attachment.get("DeviceIndex"):
            return entry.record
    return None
