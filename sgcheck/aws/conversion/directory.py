"""Whose record stands where: interfaces and instances by id, and indexes over them that make none of them.

Every index is one pass over the records, made the first time somebody asks for it; most questions need one or two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import ValidationError

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.conversion.marks import mark_of
from sgcheck.aws.conversion.unique import Home, made_unique, reading, unique
from sgcheck.aws.instance import INSTANCE, InstanceInterface, InstanceRecord
from sgcheck.aws.kept import kept
from sgcheck.aws.network_interface import NETWORK_INTERFACE, NetworkInterfaceRecord
from sgcheck.packets import format_address, parse_address

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot

BALANCED = "ELB "
"""How the description of a load balancer's interface begins: `ELB app/NAME/ID`, `ELB net/NAME/ID`, `ELB NAME`."""

V = TypeVar("V")
AnyInterface = NetworkInterfaceRecord | InstanceInterface
Embedded = tuple[InstanceRecord, InstanceInterface, Home]


class Records:
    """The records of interfaces and instances, found by what they say (a Directory of the model)."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the records of `snapshot`; an interface without a VPC or subnet is none."""
        self._snapshot = snapshot
        self.elastic: Mapping[str, str] = self._kept("Elastic IP addresses", str, partial(_elastic, snapshot))
        self.hosts: Mapping[str, tuple[InstanceRecord, Home]] = unique(snapshot, INSTANCE)
        self.own: Mapping[str, tuple[NetworkInterfaceRecord, Home]] = self._kept(
            "placed interfaces", tuple[NetworkInterfaceRecord, Home], partial(_placed, snapshot)
        )
        # By name: most inputs have none, and then the kind's module is not imported.
        self._checks = [batch for batch in snapshot.batches if batch.kind.name == "instance status"]

    def _kept(self, name: str, shape: Any, make: Callable[[], Mapping[str, V]]) -> Mapping[str, V]:
        return kept(self._snapshot, name, shape, make)

    @cached_property
    def starting(self) -> Mapping[str, tuple[str, ...]]:
        """The status checks that have found nothing yet, by instance."""
        if not self._checks:
            return {}
        return self._kept(
            "starting checks",
            tuple[str, ...],
            lambda: {record.instance_id: record.starting for batch in self._checks for record in batch.records},
        )

    @cached_property
    def impaired(self) -> Mapping[str, tuple[str, ...]]:
        """The status checks that fail, by instance."""
        if not self._checks:
            return {}
        return self._kept(
            "failed checks",
            tuple[str, ...],
            lambda: {record.instance_id: record.impaired for batch in self._checks for record in batch.records},
        )

    @cached_property
    def embedded(self) -> Mapping[str, Embedded]:
        """Interfaces that only an instance's record tells of."""
        return self._kept("embedded interfaces", Embedded, self._embedded)

    def _embedded(self) -> dict[str, Embedded]:
        found: dict[str, Embedded] = {}
        for record, home in self.hosts.values():
            try:
                names = [n.network_interface_id for n in record.interface_names or () if n.vpc_id and n.subnet_id]
            except (ValueError, ValidationError):
                names = []  # the reading below says what is wrong
            if not names or not all(name in self.own for name in names):
                for interface in reading(home, place_of(record), partial(self._untold, record)):
                    found.setdefault(interface.network_interface_id or "", (record, interface, home))
        return found

    def _untold(self, record: InstanceRecord) -> list[InstanceInterface]:
        """The interfaces of an instance that have no record of their own; without any, its address gets one."""
        told = [e for e in record.network_interfaces or () if e.network_interface_id and e.vpc_id and e.subnet_id]
        if told:
            return [e for e in told if e.network_interface_id not in self.own]
        if not (record.private_ip_address and record.subnet_id and record.vpc_id):
            return []
        bare = InstanceInterface(
            network_interface_id=f"{record.instance_id}/primary",
            subnet_id=record.subnet_id,
            vpc_id=record.vpc_id,
            groups=record.security_groups,
            private_ip_address=record.private_ip_address,
        )
        return [bare]

    def _told(self) -> Iterator[tuple[str, AnyInterface]]:
        """Every interface with its id."""
        for id_, (record, _home) in self.own.items():
            yield id_, record
        for id_, (_instance, interface, _home) in self.embedded.items():
            yield id_, interface

    @cached_property
    def addresses(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by private or IPv6 address, in its shortest form."""
        return self._kept("interfaces by address", list[str], self._addresses)

    def _addresses(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for id_, record in self._told():
            texts = {entry.private_ip_address for entry in record.private_ip_addresses or ()}
            texts.add(record.private_ip_address)
            texts |= {_shortest(six.ipv6_address) for six in record.ipv6_addresses or () if six.ipv6_address}
            for text in texts:
                if text:
                    found[text].append(id_)
        return found

    @cached_property
    def publics(self) -> Mapping[int, tuple[str, int]]:
        """Interface id and private address by public IPv4."""
        if self._snapshot.keeper is None:
            return self._publics()
        return Numbered(
            self._kept(
                "interfaces by public address",
                tuple[str, int],
                lambda: {str(value): owner for value, owner in self._publics().items()},
            )
        )

    def _publics(self) -> dict[int, tuple[str, int]]:
        found: dict[int, tuple[str, int]] = {}
        for id_, (record, home) in self.own.items():
            for private, public in public_addresses(record, id_, self.elastic):
                place = f"NetworkInterfaces ({id_})"
                found[_value(public, home, place)] = id_, _value(private, home, place)
        for id_, (instance, interface, home) in self.embedded.items():
            place = place_of(instance)
            pairs = public_addresses(interface, id_, self.elastic)
            for private, public in pairs:
                found[_value(public, home, place)] = id_, _value(private, home, place)
            private_own = first_private(interface)
            if instance.public_ip_address and private_own and not pairs and is_first(instance, interface):
                of_instance = _value(instance.public_ip_address, home, place)
                found.setdefault(of_instance, (id_, _value(private_own, home, place)))
        return found

    @cached_property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by group."""
        return self._kept("interfaces by group", list[str], self._groups)

    def _groups(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for id_, record in self._told():
            for group in record.groups or ():
                ids = found[group.group_id]
                if not ids or ids[-1] != id_:
                    ids.append(id_)
        return found

    @cached_property
    def subnets(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by subnet."""
        return self._kept("interfaces by subnet", list[str], self._subnets)

    def _subnets(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for id_, record in self._told():
            found[record.subnet_id or ""].append(id_)
        return found

    @cached_property
    def instances(self) -> Mapping[str, Sequence[tuple[int, str]]]:
        """Device index and id of the interfaces by instance."""
        return self._kept("interfaces by instance", list[tuple[int, str]], self._instances)

    def _instances(self) -> Mapping[str, Sequence[tuple[int, str]]]:
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for id_, (record, _home) in self.own.items():
            attachment = record.attachment
            if attachment and attachment.instance_id:
                found[attachment.instance_id].append((attachment.device_index or 0, id_))
        for id_, (instance, interface, _home) in self.embedded.items():
            index = interface.attachment.device_index if interface.attachment else None
            found[instance.instance_id].append((index or 0, id_))
        return found

    @cached_property
    def marked(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """By kind of service: the name that an interface's description has for it ("" for none), and its id."""
        return self._kept("interfaces by service", list[tuple[str, str]], self._marked)

    def _marked(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for id_, (record, _home) in self.own.items():
            mark = mark_of(record.interface_type, record.description)
            if mark is not None:
                found[mark.kind].append((mark.name, id_))
        return found

    @cached_property
    def described(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by description, of those that name a load balancer."""
        return self._kept("interfaces by description", list[str], self._described)

    def _described(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for id_, (record, _home) in self.own.items():
            if record.description and record.description.startswith(BALANCED):
                found[record.description].append(id_)
        return found

    @cached_property
    def prefixed(self) -> Sequence[str]:
        """Interfaces that whole ranges are delegated to."""
        return self._kept("interfaces with prefixes", list[str], self._prefixed)[""]

    def _prefixed(self) -> dict[str, list[str]]:
        return {"": [id_ for id_, record in self._told() if record.ipv4_prefixes or record.ipv6_prefixes]}


class Numbered(Mapping[int, V], Generic[V]):
    """A mapping by numbers over one by their digits, which is how it is kept."""

    def __init__(self, found: Mapping[str, V]) -> None:
        """Hand out what `found` has."""
        self._found = found

    def __getitem__(self, number: int) -> V:
        """What `number` has; KeyError where there is nothing."""
        return self._found[str(number)]

    def __iter__(self) -> Iterator[int]:
        """Every number."""
        return map(int, self._found)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._found)


def _placed(snapshot: Snapshot) -> dict[str, tuple[NetworkInterfaceRecord, Home]]:
    return {
        id_: found
        for id_, found in made_unique(snapshot, NETWORK_INTERFACE).items()
        if found[0].vpc_id and found[0].subnet_id
    }


def _elastic(snapshot: Snapshot) -> dict[str, str]:
    """Elastic IP addresses by interface and private address, with a space between."""
    found = {}
    for record, _home in made_unique(snapshot, ADDRESS).values():
        if record.network_interface_id and record.private_ip_address and record.public_ip:
            found[f"{record.network_interface_id} {record.private_ip_address}"] = record.public_ip
    return found


def public_addresses(record: AnyInterface, id_: str, elastic: Mapping[str, str]) -> list[tuple[str, str]]:
    """The private addresses of an interface that have a public one, each with it."""
    found: dict[str, str | None] = {}
    for entry in record.private_ip_addresses or ():
        text = entry.private_ip_address
        if text:
            association = entry.association
            found[text] = (association.public_ip if association else None) or elastic.get(f"{id_} {text}")
    own = record.private_ip_address
    if own and not found.get(own):
        association = record.association
        found[own] = (association.public_ip if association else None) or elastic.get(f"{id_} {own}")
    return [(private, public) for private, public in found.items() if public]


def first_private(record: InstanceInterface) -> str | None:
    """The private address that the public one of an instance belongs to where only the instance tells it."""
    for entry in record.private_ip_addresses or ():
        if entry.primary and entry.private_ip_address:
            return entry.private_ip_address
    return record.private_ip_address or next(
        (e.private_ip_address for e in record.private_ip_addresses or () if e.private_ip_address), None
    )


def is_first(instance: InstanceRecord, interface: InstanceInterface) -> bool:
    """Whether an interface is the one that an instance's own public address belongs to (EC2 API, Instance)."""
    if instance.private_ip_address:
        listed = {e.private_ip_address for e in interface.private_ip_addresses or ()} | {interface.private_ip_address}
        return instance.private_ip_address in listed
    return interface.attachment is None or interface.attachment.device_index in (None, 0)


def place_of(record: InstanceRecord) -> str:
    """An instance in a message."""
    return f"Instances ({record.instance_id})"


def _value(text: str, home: Home, place: str) -> int:
    return reading(home, place, lambda: parse_address(text))[1]


def _shortest(text: str) -> str:
    """An IPv6 address as everything else writes it; what is none stays, and is refused when its interface is made."""
    try:
        return format_address(*parse_address(text))
    except ValueError:
        return text
