"""The network: frozen tables of things, indexes over them, and what is missing.

A lookup that finds nothing returns None; `missing()` says what that means. `graph` is the same as a networkx graph,
built on first use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from sgcheck.model.ranges import Ranges
from sgcheck.model.ref import Missing
from sgcheck.model.routing import Via
from sgcheck.packets import AddressSet, format_address

if TYPE_CHECKING:
    import networkx as nx

    from sgcheck.model.balancers import Balancers
    from sgcheck.model.edit import Edit
    from sgcheck.model.endpoints import Endpoint, EndpointService
    from sgcheck.model.filters import RuleList, RuleSet
    from sgcheck.model.firewall import Firewall
    from sgcheck.model.ranges import Keep
    from sgcheck.model.routing import RouteTable
    from sgcheck.model.services import Service
    from sgcheck.model.things import Gateway, Instance, Interface, NatGateway, Peering, Subnet, Vpc, VpnGateway
    from sgcheck.model.transit import Transit
    from sgcheck.model.vocabulary import Vocabulary

T = TypeVar("T")
IPV4 = 4


class LazyTable(Mapping[str, T], Generic[T]):
    """Things by id, each made from its record the first time somebody asks for it."""

    __slots__ = ("_made", "_makers")

    def __init__(self, makers: Mapping[str, Callable[[], T]], made: Mapping[str, T] | None = None) -> None:
        """`makers` make a thing each; `made` holds those that exist already."""
        self._makers = makers
        self._made: dict[str, T] = dict(made or {})

    def __getitem__(self, key: str) -> T:
        """The thing with this id; KeyError where there is none."""
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._makers[key]()
        return found

    def __iter__(self) -> Iterator[str]:
        """Every id, in the order of the data."""
        return iter(dict.fromkeys((*self._makers, *self._made)))

    def __len__(self) -> int:
        """How many things there are."""
        return len({*self._makers, *self._made})

    def __contains__(self, key: object) -> bool:
        """Whether there is such an id; makes nothing."""
        return key in self._made or key in self._makers

    def replaced(self, key: str, value: T) -> LazyTable[T]:
        """The same table with one thing exchanged."""
        return LazyTable(self._makers, {**self._made, key: value})

    def changed(self, values: Mapping[str, T | None]) -> LazyTable[T]:
        """The same table with other things under some ids, None taking one away; nothing else is made."""
        makers = {id_: maker for id_, maker in self._makers.items() if id_ not in values}
        made = {id_: thing for id_, thing in self._made.items() if id_ not in values}
        return LazyTable(makers, made | {id_: thing for id_, thing in values.items() if thing is not None})


class Directory(Protocol):
    """Indexes over interfaces by what their records say, without making any; the ids are in any order."""

    @property
    def addresses(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by private or IPv6 address, as `format_address` writes it."""

    @property
    def publics(self) -> Mapping[int, tuple[str, int]]:
        """Interface id and private address by public IPv4."""

    @property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by group."""

    @property
    def subnets(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by subnet."""

    @property
    def instances(self) -> Mapping[str, Sequence[tuple[int, str]]]:
        """Device index and id of the interfaces by instance."""

    @property
    def marked(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """By kind of service: the name that an interface's description has for it ("" for none), and its id."""

    @property
    def described(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by description, of those whose description names a load balancer."""

    @property
    def prefixed(self) -> Sequence[str]:
        """Interfaces that whole ranges are delegated to."""


class Sorted(Mapping[str, tuple[str, ...]]):
    """Ids by key, sorted when they are looked up."""

    def __init__(self, found: Mapping[str, Sequence[str]]) -> None:
        """Sort what `found` has."""
        self._found = found

    def __getitem__(self, key: str) -> tuple[str, ...]:
        """The ids under `key`; KeyError where there are none."""
        if key not in self._found:
            raise KeyError(key)
        return tuple(sorted(self._found[key]))

    def __iter__(self) -> Iterator[str]:
        """Every key."""
        return iter(self._found)

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._found)


def _internet(gateway: str) -> bool:
    """Whether a gateway that is not in the data is one to the internet, by its id or by what stands for it."""
    return gateway.startswith("igw-") or "aws_internet_gateway." in gateway


def subnets_by_vpc(subnets: Mapping[str, Subnet]) -> dict[str, tuple[str, ...]]:
    """Subnet ids by VPC."""
    found: dict[str, list[str]] = defaultdict(list)
    for subnet in subnets.values():
        found[subnet.vpc].append(subnet.id)
    return {key: tuple(sorted(ids)) for key, ids in found.items()}


class Network:
    """All of it. Made by `Draft.freeze()`; never changed afterwards, `with_edits` makes another one."""

    def __init__(
        self,
        *,
        vpcs: Mapping[str, Vpc],
        subnets: Mapping[str, Subnet],
        subnets_of: Mapping[str, tuple[str, ...]] | None = None,
        interfaces: LazyTable[Interface],
        instances: LazyTable[Instance],
        directory: Directory,
        groups: LazyTable[RuleSet],
        acls: LazyTable[RuleList],
        tables: LazyTable[RouteTable],
        internet_gateways: Mapping[str, Gateway],
        egress_only_gateways: Mapping[str, Gateway],
        nats: Mapping[str, NatGateway],
        peerings: Mapping[str, Peering],
        endpoints: Mapping[str, Endpoint],
        endpoint_services: Mapping[str, EndpointService],
        firewalls: LazyTable[Firewall],
        firewall_of_endpoint: Mapping[str, str],
        transit: Transit,
        vpn_gateways: Mapping[str, VpnGateway],
        balancers: Callable[[], Balancers],
        acl_of_subnet: Mapping[str, str],
        default_acl: Mapping[str, str],
        table_of_subnet: Mapping[str, str],
        main_table: Mapping[str, str],
        table_of_gateway: Mapping[str, str],
        tables_of_vpc: Mapping[str, Sequence[str]],
        group_names: Mapping[str, str],
        services: Callable[[], tuple[Service, ...]],
        absent: Callable[[str, str | None, str | None], Missing | None],
        vocabulary: Vocabulary,
        keep: Keep | None = None,
        warnings: tuple[str, ...] = (),
        refused: tuple[Missing, ...] = (),
        stand_ins: Mapping[tuple[int, int], str] | None = None,
        names: Mapping[str, str] | None = None,
        written: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        """Keep the tables; every mapping is by id. subnets_of: subnet ids by VPC, where somebody has them already.

        keep: who has sets of addresses already. stand_ins: what is written for an address (family, value) that only
        stands for one that is not known yet. names: other names of things, with their ids. written: what of the
        configuration says a part of a thing, by the thing's id and the part; all of it, where the part is empty.
        """
        self.stand_ins = stand_ins or {}
        self.names = names or {}
        self.written = written or {}
        self.vpcs = vpcs
        self.subnets = subnets
        self._subnets_of = subnets_of
        self.interfaces = interfaces
        self.instances = instances
        self.directory = directory
        self.groups = groups
        self.acls = acls
        self.tables = tables
        self.internet_gateways = internet_gateways
        self.egress_only_gateways = egress_only_gateways
        self.nats = nats
        self.peerings = peerings
        self.endpoints = endpoints
        self.endpoint_services = endpoint_services
        self.firewalls = firewalls
        self.firewall_of_endpoint = firewall_of_endpoint
        self.transit = transit
        self.vpn_gateways = vpn_gateways
        self._balancers = balancers
        self.acl_of_subnet = acl_of_subnet
        self.default_acl = default_acl
        self.table_of_subnet = table_of_subnet
        self.main_table = main_table
        self.table_of_gateway = table_of_gateway
        self.tables_of_vpc = tables_of_vpc
        self.group_names = group_names
        self._services = services
        self.absent = absent
        self.vocabulary = vocabulary
        self._ranges = Ranges(vpcs, nats, directory, keep)
        self.warnings = warnings
        self.refused = refused

    def missing(self, kind: str, id_: str, why: str, *, vpc: str | None = None) -> Missing:
        """Say that the thing `id_` of `kind` decides and is not in the data; `vpc` tells whose it would be."""
        home = self.vpcs.get(vpc) if vpc else None
        account, region = (home.account, home.region) if home else (None, None)
        absent = self.absent(kind, account, region)
        refused = absent.refused if absent else None
        reason = absent.why if absent and absent.refused else why
        return Missing(kind, id_, reason, account, region, refused)

    def lacks(self, kind: str, vpc: str) -> bool:
        """Whether the data has nothing of `kind` for the account and Region of `vpc`."""
        home = self.vpcs.get(vpc)
        account, region = (home.account, home.region) if home else (None, None)
        return self.absent(kind, account, region) is not None

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """Managed services that the data describes, sorted."""
        return self._services()

    def address_text(self, family: int, value: int) -> str:
        """An address as people write it; for a stand-in what is written instead of it."""
        return self.stand_ins.get((family, value)) or format_address(family, value)

    # Who is where.

    @cached_property
    def _with_prefixes(self) -> tuple[Interface, ...]:
        return tuple(self.interfaces[id_] for id_ in sorted(self.directory.prefixed))

    @cached_property
    def in_subnet(self) -> Mapping[str, tuple[str, ...]]:
        """Interface ids by subnet."""
        return Sorted(self.directory.subnets)

    @cached_property
    def with_group(self) -> Mapping[str, tuple[str, ...]]:
        """Interface ids by group."""
        return Sorted(self.directory.groups)

    def attached_to(self, instance: str) -> tuple[str, ...]:
        """Interface ids of an instance, the primary one first."""
        return tuple(id_ for _index, id_ in sorted(self.directory.instances.get(instance, ())))

    @cached_property
    def subnets_of(self) -> Mapping[str, tuple[str, ...]]:
        """Subnet ids by VPC."""
        return subnets_by_vpc(self.subnets) if self._subnets_of is None else self._subnets_of

    @cached_property
    def gateway_of_vpc(self) -> dict[str, Gateway]:
        """The attached internet gateway of each VPC."""
        return {g.vpc: g for g in sorted(self.internet_gateways.values(), key=lambda g: g.id) if g.vpc}

    @cached_property
    def nat_of_interface_address(self) -> dict[tuple[str, int], str]:
        """NAT gateway ids by (VPC, private address)."""
        return {(n.vpc, n.private): n.id for n in self.nats.values() if n.private is not None}

    def owners(self, family: int, value: int) -> tuple[str, ...]:
        """Interfaces that have this private or IPv6 address, in any VPC."""
        found = self.directory.addresses.get(format_address(family, value), ())
        extra = [i.id for i in self._with_prefixes if i.prefixes.contains(family, value)]
        return tuple(sorted({*found, *extra}))

    def owner_in(self, vpc: str, family: int, value: int) -> Interface | None:
        """The interface that has this address in `vpc`."""
        return next((i for i in map(self.interfaces.__getitem__, self.owners(family, value)) if i.vpc == vpc), None)

    def public_owner(self, value: int) -> tuple[Interface, int] | None:
        """The interface a public IPv4 maps to, and its private address there."""
        found = self.directory.publics.get(value)
        return (self.interfaces[found[0]], found[1]) if found else None

    @property
    def public_addresses(self) -> AddressSet:
        """Every public IPv4 that belongs to something known."""
        return self._ranges.public

    @property
    def known_addresses(self) -> AddressSet:
        """Every address of a known VPC, and every known public one: what is not the internet."""
        return self._ranges.known

    @property
    def advertised(self) -> AddressSet:
        """Addresses that the internet can reach at all: without private ones, and ranges that a VPC keeps private."""
        return self._ranges.advertised

    @property
    def internet(self) -> AddressSet:
        """The internet as seen from here: public unicast addresses that belong to nothing known."""
        return self._ranges.internet

    def subnet_at(self, vpc: str, family: int, value: int) -> Subnet | None:
        """The subnet of `vpc` that holds the address."""
        subnets = map(self.subnets.__getitem__, self.subnets_of.get(vpc, ()))
        return next((s for s in subnets if s.addresses.contains(family, value)), None)

    @cached_property
    def _endpoint_of(self) -> dict[str, Endpoint]:
        return {id_: e for e in sorted(self.endpoints.values(), key=lambda e: e.id) for id_ in e.interfaces}

    def endpoint_of(self, interface: str) -> Endpoint | None:
        """The endpoint that an interface belongs to, by what the endpoint says."""
        return self._endpoint_of.get(interface)

    def firewall_at(self, endpoint: str) -> Firewall | None:
        """The firewall that an endpoint belongs to, by what the firewall says."""
        found = self.firewall_of_endpoint.get(endpoint)
        return self.firewalls.get(found) if found else None

    # What applies to whom.

    def acl_for(self, subnet: Subnet) -> RuleList | None:
        """The subnet's network ACL, or None where the data has none for it."""
        found = self.acl_of_subnet.get(subnet.id) or self.default_acl.get(subnet.vpc)
        return self.acls.get(found) if found else None

    def table_for(self, subnet: Subnet) -> RouteTable | None:
        """The subnet's route table: its own, else its VPC's main one, else None."""
        found = self.table_of_subnet.get(subnet.id) or self.main_table.get(subnet.vpc)
        return self.tables.get(found) if found else None

    def edge_table(self, gateway: str) -> RouteTable | None:
        """The route table associated with a gateway, if there is one."""
        found = self.table_of_gateway.get(gateway)
        return self.tables.get(found) if found else None

    def unknown_gateway(self, vpc: str) -> str | None:
        """An internet gateway that a route or association in `vpc` names, and that is not in the data."""
        for id_ in sorted(self.tables_of_vpc.get(vpc, ())):
            for route in self.tables[id_].routes:
                if route.via is Via.INTERNET_GATEWAY and not route.dead and route.target not in self.internet_gateways:
                    return route.target
        own = set(self.tables_of_vpc.get(vpc, ()))
        named = (g for g, table in sorted(self.table_of_gateway.items()) if table in own and _internet(g))
        return next((g for g in named if g not in self.internet_gateways), None)

    def members(self, group: str, vpc: str) -> AddressSet:
        """Private and IPv6 addresses of the interfaces in `vpc` that have `group`."""
        key = (group, vpc)
        found = self._members.get(key)
        if found is None:
            interfaces = map(self.interfaces.__getitem__, self.with_group.get(group, ()))
            found = AddressSet.union_all([i.owned() for i in interfaces if i.vpc == vpc])
            self._members[key] = found
        return found

    @cached_property
    def _members(self) -> dict[tuple[str, str], AddressSet]:
        return {}

    @cached_property
    def _peerings_of(self) -> dict[str, tuple[Peering, ...]]:
        found: dict[str, list[Peering]] = defaultdict(list)
        for peering in sorted(self.peerings.values(), key=lambda p: p.id):
            found[peering.left.vpc].append(peering)
            found[peering.right.vpc].append(peering)
        return {key: tuple(value) for key, value in found.items()}

    def peerings_between(self, one: str, other: str) -> tuple[Peering, ...]:
        """Peerings that join two VPCs, active ones first."""
        between = [p for p in self._peerings_of.get(one, ()) if (side := p.other(one)) and side.vpc == other]
        return tuple(sorted(between, key=lambda p: (not p.active, p.id)))

    def nats_in(self, vpc: str) -> tuple[NatGateway, ...]:
        """The usable NAT gateways of a VPC."""
        return tuple(sorted((n for n in self.nats.values() if n.vpc == vpc and n.usable), key=lambda n: n.id))

    # Others.

    @cached_property
    def balancers(self) -> Balancers:
        """Load balancers with their pools, read when somebody first asks for them."""
        return self._balancers()

    def with_edits(self, edits: Iterable[Edit]) -> Network:
        """The network as it would be after `edits`."""
        from sgcheck.model.edit import applied

        return applied(self, tuple(edits))

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """Topology, references and grants as a networkx graph."""
        from sgcheck.model.graph import network_graph

        return network_graph(self)
