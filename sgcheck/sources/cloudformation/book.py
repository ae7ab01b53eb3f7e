"""The records that resources become, while families of resources still add to each other's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, ip_network
from itertools import chain
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import msgspec

from sgcheck.aws.kinds import kind_named
from sgcheck.aws.pending import Pending
from sgcheck.aws.snapshot import Writing
from sgcheck.model.ref import NOT_YET
from sgcheck.packets import INTERNET
from sgcheck.sources.cloudformation.resource import Block, Resource
from sgcheck.sources.cloudformation.stacks import Stacks
from sgcheck.sources.cloudformation.values import Unknown, WrongError
from sgcheck.sources.place import Origin
from sgcheck.sources.shapes import Record, plain

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot

_PUBLIC = INTERNET.only(4).cidrs()
"""What a public address may be."""
_ANY = ("0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3")
"""All unicast IPv4 addresses."""
_FIRST_PUBLIC: Final = int(IPv4Address("240.0.0.1"))  # the first of packets.STAND_INS
_FIRST_ELSEWHERE: Final = int(IPv4Address("241.0.0.1"))
_STAND_INS: Final = 1 << 23
_TRIES: Final = 4096
_RESERVED_IN_SUBNET: Final = 4  # the first four and the last address of a subnet (VPC guide, subnet-sizing)


_ADDED_TO: Final = ("VPC", "subnet", "security group", "route table", "network ACL", "network interface")
"""Kinds of what is deployed that templates refer to and add to."""


class Entry(msgspec.Struct):
    """A record, the id it goes by, and the resource that it comes from.

    resource: None for what is deployed already; found is then the record as it was, and home whose it is.
    """

    id: str
    record: Record
    resource: Resource | None
    found: bytes | None = None
    home: Origin | None = None


class Book:
    """Everything that is translated so far.

    names: other names of resources -> ids. written: (id, part of it) -> the resource that says so, of what is no
    resource of its own. skipped: resource type -> how many of it are not understood. lost: gateways, and VPCs, of which
    it is open which is attached to which. strangers: groups of which the templates have rules alone.
    """

    def __init__(self, stacks: Stacks) -> None:
        """Translate `stacks`."""
        self.stacks = stacks
        self.entries: dict[str, dict[str, Entry]] = defaultdict(dict)
        self.names: dict[str, str] = {}
        self.written: dict[tuple[str, str], Writing] = {}
        self.pending: list[Pending] = []
        self.notes: list[str] = []
        self.skipped: Counter[str] = Counter()
        self.lost: set[str] = set()
        self.strangers: set[str] = set()
        self._taken: set[str] = set()
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        for stack in stacks.stacks:
            for name in stack.resources:
                try:
                    there = stack.exists(name)
                except WrongError as found:
                    raise found.at(stack.template.place("Resources", name)) from None
                if there is not False:
                    doubt = there if isinstance(there, Unknown) else None
                    resource = Resource(stack, name, doubt)
                    self._by_type[resource.type].append(resource)

    @cached_property
    def names_groups(self) -> bool:
        """Whether groups that exist already are known, by records or by ids in a template or parameter."""
        if any(entry.resource is None for entry in self.entries["SecurityGroups"].values()):
            return True
        given = (value for stack in self.stacks.stacks for value in stack.given.values())
        bodies = (stack.template.body for stack in self.stacks.stacks)
        return any("sg-" in str(one) for one in chain(given, bodies))

    @property
    def resources(self) -> Iterator[Resource]:
        """Every resource that is created."""
        return (resource for listed in self._by_type.values() for resource in listed)

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types; what is wrong with one is said with its line."""
        for type_ in types:
            yield from self._by_type.get(type_, ())

    def lay_over(self, deployed: Snapshot) -> None:
        """Know what is deployed: templates may refer to it and add to it."""
        for kind in map(kind_named, _ADDED_TO):
            for batch in deployed.of(kind) if kind else ():
                for told in batch.records:
                    id_ = batch.kind.id_of(told)
                    record = plain(msgspec.to_builtins(told))
                    key = batch.kind.keys[0]
                    if key == "NetworkInterfaces":
                        listed = record.get("PrivateIpAddresses") or ()
                        self.take(str(one.get("PrivateIpAddress")) for one in (record, *listed))
                    home = Origin(batch.account, batch.region)
                    self.entries[key][id_] = Entry(id_, record, None, encoded(record), home)

    def add(self, key: str, id_: str, record: Record, resource: Resource | None, *, named: bool = True) -> Record:
        """Keep a record under a top-level key of AWS's; `named`: its resource is called by its logical id."""
        entry = self.entries[key].setdefault(id_, Entry(id_, record, resource))
        if named and resource is not None:
            self.name(resource, id_)
        return entry.record

    def name(self, resource: Resource, id_: str) -> None:
        """Let a resource be called by its logical id, with and without the stack's name."""
        self.names[resource.id] = id_
        if resource.stack.label:
            self.names.setdefault(f"{resource.stack.label}/{resource.name}", id_)
        if resource.doubt is not None:
            self.note(f"{resource.doubted}: taken to be created")

    def say(self, id_: str, part: str, resource: Resource) -> None:
        """Remember which resource a part of something comes from."""
        self.written.setdefault((id_, part), Writing(resource.id, *resource.written))

    def note(self, text: str) -> None:
        """Say something with every answer."""
        if text not in self.notes:
            self.notes.append(text)

    def record(self, key: str, id_: str | Unknown | None) -> Record | None:
        """The record of an id, None where there is none."""
        found = self.entries[key].get(id_) if isinstance(id_, str) else None
        return found.record if found else None

    def vpc_of(self, subnet: str | Unknown | None) -> str | None:
        """The VPC of a subnet, as far as that is known."""
        record = self.record("Subnets", subnet)
        return str(record["VpcId"]) if record is not None and "VpcId" in record else None

    # Addresses that nobody knows yet.

    def public(self, title: str, *, doubtful: bool = False) -> str:
        """A stand-in for a public address that is not known yet; `doubtful`: nor whether there will be one."""
        return self._stand_in(f"{title}: its public address {NOT_YET}", _FIRST_PUBLIC, _PUBLIC, doubtful=doubtful)

    def _stand_in(self, what: str, first: int, within: tuple[str, ...], *, doubtful: bool = False) -> str:
        number = crc32(what.encode()) % _STAND_INS
        while (address := str(IPv4Address(first + number))) in self._taken:
            number = (number + 1) % _STAND_INS
        self._taken.add(address)
        self.pending.append(Pending(address, within, what, NOT_YET, doubtful))
        return address

    def private(self, title: str, subnet: str | None) -> str:
        """A stand-in for a private address in a subnet; from anywhere, where its range is not known."""
        what = f"{title}: its private address {NOT_YET}"
        record = self.record("Subnets", subnet)
        cidr = record.get("CidrBlock") if record else None
        try:
            network = ip_network(str(cidr), strict=False) if cidr else None
        except ValueError:
            network = None  # whoever reads the subnet says so
        free = self._free(network, title) if isinstance(network, IPv4Network) else None
        if free is None:
            return self._stand_in(what, _FIRST_ELSEWHERE, _ANY)
        self._taken.add(free)
        self.pending.append(Pending(free, (str(network),), what, f"{network} {NOT_YET}"))
        return free

    def take(self, addresses: Iterable[str]) -> None:
        """Say that addresses are in use."""
        self._taken.update(addresses)

    def _free(self, network: IPv4Network, title: str) -> str | None:
        """An address of a subnet that nobody has: for one title the same in another template, as far as that goes."""
        first = int(network.network_address) + _RESERVED_IN_SUBNET
        count = int(network.broadcast_address) - first
        start = crc32(title.encode()) % count if count > 0 else 0
        for number in range(min(count, _TRIES)):
            text = str(IPv4Address(first + (start + number) % count))
            if text not in self._taken:
                return text
        return None


def encoded(record: Record) -> bytes:
    """A record as JSON; ids of what does not exist yet are texts there."""
    return msgspec.json.encode(record, enc_hook=str)


def said(value: str | Unknown) -> str:
    """An id, or what stands for one that is not known."""
    return value.id if isinstance(value, Unknown) else value


def known(value: Any) -> Any:
    """A value, None where it is not known."""
    return None if isinstance(value, Unknown) else value


def inner(blocks: list[Block | Unknown] | Unknown) -> list[Block]:
    """The blocks that are known."""
    return [] if isinstance(blocks, Unknown) else [one for one in blocks if isinstance(one, Block)]
