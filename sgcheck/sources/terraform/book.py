"""The records that resources become, while families of resources still add to each other's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network, ip_network
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from sgcheck.aws.kinds import kind_named
from sgcheck.aws.pending import Pending
from sgcheck.model.ref import AFTER_APPLY
from sgcheck.packets import INTERNET
from sgcheck.sources.shapes import Record, plain
from sgcheck.sources.terraform.document import Document
from sgcheck.sources.terraform.references import References
from sgcheck.sources.terraform.resource import Resource, Unknown
from sgcheck.sources.terraform.sameness import Sameness, addresses_of

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot

_PUBLIC = INTERNET.only(4).cidrs()
"""What a public address may be."""
_ANY = ("0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3")
"""All unicast IPv4 addresses."""
_FIRST_PUBLIC: Final = int(IPv4Address("240.0.0.1"))  # the first of packets.STAND_INS
_FIRST_ELSEWHERE: Final = int(IPv4Address("241.0.0.1"))
_RESERVED_IN_SUBNET: Final = 4  # the first four and the last address of a subnet (VPC guide, subnet-sizing)


_ADDED_TO: Final = (
    "VPC",
    "subnet",
    "security group",
    "route table",
    "network ACL",
    "network interface",
    "transit gateway attachment",
    "transit gateway route",
    "transit gateway propagation",
)


class Entry(msgspec.Struct):
    """A record, the id it goes by, and the resource that it comes from.

    found: of one that is not Terraform's the record as it was, where it is deployed; empty, where AWS makes it. A
    resource that takes it over counts instead.
    """

    id: str
    record: Record
    resource: Resource
    found: bytes | None = None


class Book:
    """Everything that is translated so far.

    names: addresses of resources -> ids. written: (id, part of it) -> the address of the resource that says so, the
    part empty for all of it. skipped: resource type -> how many of it are not understood. absent: kinds of which the
    document may lack some, with why. strangers: groups of which the document has rules alone.
    """

    def __init__(self, document: Document, same: Sameness | None = None) -> None:
        """Translate `document`; `same`: what it has in common with another one."""
        self.document = document
        self._same = same or Sameness()
        self.written: dict[tuple[str, str], str] = {}
        self.references = References(document)
        self.entries: dict[str, dict[str, Entry]] = defaultdict(dict)
        self.names: dict[str, str] = {}
        self.pending: list[Pending] = []
        self.notes: list[str] = []
        self.skipped: Counter[str] = Counter()
        self.absent: dict[str, str] = {}
        self.strangers: set[str] = set()
        self._taken: set[str] = set()
        self._stand_ins = 0
        self._known = frozenset(one for resource in document.after for one in addresses_of(resource))
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in document.after:
            self._by_type[resource.type].append(resource)

    def of(self, *types: str, data: bool = False) -> Iterator[Resource]:
        """The resources of these types, or the data sources."""
        for type_ in types:
            yield from (resource for resource in self._by_type.get(type_, ()) if resource.data is data)

    def leaving(self, *types: str) -> Iterator[Resource]:
        """The resources of these types that were there before, and will not be."""
        staying = {resource.address for resource in self.document.after}
        for resource in self.document.before or ():
            if resource.type in types and not resource.data and resource.address not in staying:
                yield resource

    @property
    def types(self) -> Counter[str]:
        """How many managed resources there are of each type."""
        return Counter(resource.type for resource in self.document.after if not resource.data)

    def add(self, key: str, id_: str, record: Record, resource: Resource, *, named: bool = True) -> Record:
        """Keep a record under a top-level key of AWS's; `named`: its resource is called by its address."""
        entry = self.entries[key].get(id_)
        if entry is None or entry.found is not None:
            entry = self.entries[key][id_] = Entry(id_, record, resource)
        if named and not resource.data:
            self.names.setdefault(resource.address, id_)
        self.say(id_, "", resource)
        return entry.record

    def say(self, id_: str, part: str, resource: Resource) -> None:
        """Remember which resource a part of something comes from."""
        if resource.type:
            self.written.setdefault((id_, part), resource.address)

    def comes_along(self, key: str, id_: str, record: Record, resource: Resource) -> None:
        """Keep the record of what AWS makes together with a resource."""
        self.entries[key][id_] = Entry(id_, record, resource, b"")

    def lay_over(self, deployed: Snapshot) -> None:
        """Know what is deployed, except for what the plan deletes: others may refer to it and add to it."""
        for kind in map(kind_named, _ADDED_TO):
            for batch in deployed.of(kind) if kind else ():
                for told in batch.records:
                    id_ = batch.kind.id_of(told)
                    if id_ in self.document.gone:
                        continue
                    record = plain(msgspec.to_builtins(told))
                    values = {"owner_id": record.get("OwnerId") or batch.account, "region": batch.region}
                    stranger = Resource(id_, "", "", "", None, values, {}, {})
                    key = batch.kind.keys[0]
                    if key == "NetworkInterfaces":
                        self.take(*(str(a.get("PrivateIpAddress")) for a in record.get("PrivateIpAddresses") or ()))
                        self.take(str(record.get("PrivateIpAddress")))
                    self.entries[key][id_] = Entry(id_, record, stranger, msgspec.json.encode(record))

    def record(self, key: str, id_: str | Unknown | None) -> Record | None:
        """The record of an id, None where there is none."""
        found = self.entries[key].get(id_) if isinstance(id_, str) else None
        return found.record if found else None

    def resource(self, key: str, id_: str | Unknown | None) -> Resource | None:
        """The resource that a record comes from."""
        found = self.entries[key].get(id_) if isinstance(id_, str) else None
        return found.resource if found else None

    def vpc_of(self, subnet: str | Unknown | None) -> str | None:
        """The VPC of a subnet, as far as that is known."""
        record = self.record("Subnets", subnet)
        return record.get("VpcId") if record else None

    def there(self, subnet: str, description: str, ids: Collection[str] = ()) -> Record | None:
        """The deployed interface in a subnet with this description, or one of these ids."""
        for entry in self.entries["NetworkInterfaces"].values():
            record = entry.record
            named = entry.id in ids or record.get("Description") == description
            if named and entry.found and record.get("SubnetId") == subnet:
                return record
        return None

    # Addresses that nobody knows yet.

    def public(self, resource: Resource, name: str) -> str:
        """A stand-in for a public address that is not known yet."""
        address = self._same.stand_in(resource, name, None, self._known) or self._next(_FIRST_PUBLIC)
        self._same.keep(resource, name, address)
        what = f"{resource.address}: {name} {AFTER_APPLY}"
        self.pending.append(Pending(address, _PUBLIC, what, AFTER_APPLY))
        return address

    def private(self, resource: Resource, name: str, subnet: str | None) -> str:
        """A stand-in for a private address in a subnet; from anywhere, where its range is not known."""
        what = f"{resource.address}: {name} {AFTER_APPLY}"
        record = self.record("Subnets", subnet)
        cidr = record.get("CidrBlock") if record else None
        try:
            network = ip_network(str(cidr)) if cidr else None
        except ValueError:
            network = None  # whoever reads the subnet says so
        inside = network if isinstance(network, IPv4Network) else None
        had = self._same.stand_in(resource, name, inside, self._known) if inside else None
        address = had or (self._free(inside) if inside else None)
        if address is None:
            address = self._same.stand_in(resource, f"{name}, anywhere", None, self._known)
            address = address or self._next(_FIRST_ELSEWHERE)
            self._same.keep(resource, f"{name}, anywhere", address)
            self.pending.append(Pending(address, _ANY, what, AFTER_APPLY))
            return address
        self._taken.add(address)
        self._same.keep(resource, name, address)
        self.pending.append(Pending(address, (str(inside),), what, f"{inside} {AFTER_APPLY}"))
        return address

    def widen(self, address: str, within: list[str]) -> None:
        """Let a stand-in be of several ranges, any of which the true address may be of."""
        self.pending = [
            replace(one, within=tuple(within), label=AFTER_APPLY) if one.address == address else one
            for one in self.pending
        ]

    def _next(self, first: int) -> str:
        """The next stand-in of a range that is nobody's."""
        while True:
            self._stand_ins += 1
            address = str(IPv4Address(first + self._stand_ins - 1))
            if not self._same.takes(address):
                return address

    def take(self, *addresses: str) -> None:
        """Say that addresses are in use."""
        self._taken.update(addresses)

    def _free(self, network: IPv4Network) -> str | None:
        """The last address of a subnet that nobody has, so that what is written by hand stays free."""
        last = int(network.broadcast_address) - 1
        first = int(network.network_address) + _RESERVED_IN_SUBNET
        for value in range(last, first - 1, -1):
            text = str(IPv4Address(value))
            if text not in self._taken and not self._same.takes(text):
                return text
        return None


def said(value: str | Unknown) -> str:
    """An id, or what stands for one that is not known."""
    return value.what if isinstance(value, Unknown) else value
