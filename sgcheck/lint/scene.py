"""What checks look at: the network, the records it was made of, and what several checks ask of both."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from sgcheck.aws.conversion.unique import unique
from sgcheck.aws.kinds import kind_named
from sgcheck.lint.effective import told
from sgcheck.lint.exposed import Exposed
from sgcheck.lint.finding import Location
from sgcheck.model.ref import Ref
from sgcheck.reach.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sgcheck.aws.conversion.unique import Home
    from sgcheck.aws.kind import Kind
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.lint.effective import Told
    from sgcheck.model.filters import RuleList, RuleSet, Way
    from sgcheck.model.network import Network
    from sgcheck.packets import Services
    from sgcheck.reach.answer import Hop
    from sgcheck.reach.compiled import Entry

T = TypeVar("T")

PLACED = (
    "VPC",
    "subnet",
    "network interface",
    "instance",
    "security group",
    "network ACL",
    "route table",
    "internet gateway",
    "NAT gateway",
    "Elastic IP address",
    "VPC peering connection",
    "VPC endpoint",
)
"""Kinds of what findings are about."""


class Whereabouts(NamedTuple):
    """Whose a resource is and where it is written; every member is None where nothing tells."""

    account: str | None
    region: str | None
    location: Location | None


class Scene:
    """One network and its records."""

    def __init__(self, network: Network, snapshot: Snapshot, *, ways: bool = False) -> None:
        """Look at `network`, which was made of `snapshot`; `ways`: tell on what ways packets get to what is reached."""
        self.network = network
        self.snapshot = snapshot
        self.exposed = Exposed(network)
        self._ways = ways

    def records(self, kind: Kind[Any]) -> Mapping[str, tuple[Any, Home]]:
        """The records of a kind by id, sorted, each with where it comes from."""
        if kind.name not in self._records:
            self._records[kind.name] = unique(self.snapshot, kind)
        return self._records[kind.name]

    @cached_property
    def _records(self) -> dict[str, Mapping[str, tuple[Any, Home]]]:
        return {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` makes, the first time that somebody asks for `name`; several checks look at the same."""
        if name not in self._made:
            self._made[name] = make()
        found: T = self._made[name]
        return found

    @cached_property
    def _made(self) -> dict[str, Any]:
        return {}

    def told(self, group: RuleSet, way: Way) -> Told:
        """What the rules of a group amount to together; none where they are not in the data."""
        return self.once(f"told {group.id} {way.value}", lambda: told(group.lines(way) or ()))

    def entries(self, group: str, way: Way) -> tuple[Entry, ...] | None:
        """The rules of a group by their services, as the network has them; None where they are not in the data."""
        return self.once(f"entries {group} {way.value}", lambda: self._entries(group, way))

    def _entries(self, group: str, way: Way) -> tuple[Entry, ...] | None:
        found = self.network.groups.get(group)
        lines = found.lines(way) if found is not None else None
        return None if lines is None else compiled(lines)

    def way(self, interface: str, services: Services) -> tuple[Hop, ...]:
        """On what way `services` get from the internet to an interface; nothing where this scene does not tell ways."""
        return self.exposed.way(interface, services) if self._ways else ()

    def groups(self) -> Iterator[RuleSet]:
        """Every security group, by id."""
        for id_ in sorted(self.written.groups):
            yield self.written.groups[id_]

    def acls(self) -> Iterator[RuleList]:
        """Every network ACL, by id."""
        for id_ in sorted(self.written.acls):
            yield self.written.acls[id_]

    @cached_property
    def written(self) -> Network:
        """The network with its rules as they are written, where addresses that nobody knows yet cut them into parts."""
        if not self.snapshot.pending:
            return self.network
        from sgcheck.aws.build import build

        return build(msgspec.structs.replace(self.snapshot, pending=()))

    @cached_property
    def named_default(self) -> frozenset[str]:
        """Groups that a VPC came with: no other can have this name (VPC user guide, default-security-group)."""
        return frozenset(id_ for id_, name in self.network.group_names.items() if name == "default")

    def without_interfaces(self, vpc: str | None) -> bool:
        """Whether the data has no network interfaces for the account and Region of `vpc`."""
        return self.network.lacks("network interface", vpc or "") and not len(self.network.interfaces)

    def command(self, text: str, id_: str) -> str:
        """A command of the AWS CLI; it says the Region where the data has several."""
        region = self.whereabouts(id_).region
        return f"{text} --region {shlex.quote(region)}" if region and self._several else text

    @cached_property
    def _several(self) -> bool:
        return len({vpc.region for vpc in self.network.vpcs.values() if vpc.region}) > 1

    def whereabouts(self, id_: str) -> Whereabouts:
        """What is known of the place of a resource."""
        found = next((records[id_][1] for records in self._placed if id_ in records), None)
        thing = self._things(id_)
        account = (found.account if found else None) or getattr(thing, "account", None)
        region = (found.region if found else None) or getattr(thing, "region", None)
        return Whereabouts(account, region, _written(found.source) if found else None)

    def _things(self, id_: str) -> object | None:
        network = self.written  # what is asked here is the same in both, and its rules take no parting
        tables: tuple[Mapping[str, object], ...] = (network.groups, network.subnets, network.vpcs, network.interfaces)
        own = next((table[id_] for table in tables if id_ in table), None)
        if own is None:
            vpc = getattr(next((t[id_] for t in (network.acls, network.tables) if id_ in t), None), "vpc", None)
            own = network.vpcs.get(vpc or "")
        return own

    @cached_property
    def _placed(self) -> list[Mapping[str, tuple[Any, Home]]]:
        return [self.records(kind) for name in PLACED if (kind := kind_named(name)) is not None]


def _written(source: str) -> Location | None:
    """The file in `source`, which names a place in it after a colon; AWS and standard input are none."""
    file = source.split(": ", 1)[0]
    return None if file == "standard input" or file.startswith("AWS, ") else Location(file)


def group_ref(group: RuleSet) -> Ref:
    """What a finding about a group points at."""
    return Ref("security-group", group.id, group.name)


def acl_ref(acl: RuleList) -> Ref:
    """What a finding about a network ACL points at."""
    return Ref("network-acl", acl.id, acl.name)
