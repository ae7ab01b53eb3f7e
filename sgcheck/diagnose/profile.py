"""What the configuration says of one interface, layer by layer, in words that two interfaces can be compared by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sgcheck.diagnose.fact import Fact, Layer, Side
from sgcheck.model.filters import Way
from sgcheck.model.routing import Via
from sgcheck.packets import AddressSet, format_address
from sgcheck.reach.answer import Direction
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.balancers import Listener
    from sgcheck.model.filters import FilterLine
    from sgcheck.model.network import Network
    from sgcheck.model.routing import Route, RouteTable
    from sgcheck.model.things import Interface
    from sgcheck.packets import Services

NONE = "none"
UNTOLD = "not in the input"
IPV4, IPV6 = 4, 6


_NOT_THERE = frozenset({"INSTANCE_NOT_RUNNING", "ENI_NOT_ATTACHED"})
_NO_ADDRESS = frozenset({"INSTANCE_HAS_NO_PUBLIC_IP", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"})
_NO_IPV6 = frozenset({"INSTANCE_HAS_NO_PUBLIC_IP", "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"})
_CHECKED = frozenset({"ENI_SOURCE_DEST_CHECK_RESTRICTION"})
_CLOSED = frozenset({"VPC_BLOCK_PUBLIC_ACCESS_ENABLED"})


class Profile:
    """Everything that is said of `interface` as one end of a question about `services`, as far as it matters to it.

    far: the interfaces at the other end. families: the address families that are asked. same_vpc: whether targets of
    routes are compared by their ids, too, which makes sense inside one VPC.
    """

    def __init__(
        self,
        network: Network,
        interface: Interface,
        services: Services,
        side: Side,
        *,
        far: Iterable[Interface],
        families: Iterable[int],
        same_vpc: bool,
    ) -> None:
        """Say it of `interface`."""
        self.network = network
        self.interface = interface
        self.services = services
        self.side = side
        self.far = tuple(far)
        self.families = frozenset(families)
        self.same_vpc = same_vpc
        self.words = Words(network)
        self.subnet = network.subnets.get(interface.subnet)
        self.table = network.table_for(self.subnet) if self.subnet else None
        self.asked_addresses = AddressSet.union_all([AddressSet.ALL.only(family) for family in self.families])

    def facts(self) -> Iterator[Fact]:
        """Every fact, in the order of the layers; the same ones of every interface."""
        yield from self._state()
        yield from self._addresses()
        yield from self._groups()
        yield from self._acl()
        yield self._routes()
        yield from self._gateways()
        yield from self._balancers()
        yield from self._endpoints()

    def _own(self) -> frozenset[str]:
        return frozenset(filter(None, (self.interface.id, self.interface.instance)))

    def _state(self) -> Iterator[Fact]:
        one = self.interface
        instance = self.network.instances.get(one.instance) if one.instance else None
        state = instance.state if instance else UNTOLD if one.instance else "no instance"
        attached = "attached" if one.in_use else "attached to nothing"
        yield Fact(Layer.STATE, "instance", (state,), self._own(), _NOT_THERE)
        yield Fact(Layer.STATE, "interface", (attached,), self._own(), _NOT_THERE)

    def _addresses(self) -> Iterator[Fact]:
        one = self.interface
        closed = self.subnet.public_access.value if self.subnet else UNTOLD
        yield Fact(Layer.ADDRESSES, "VPC", (one.vpc,))
        yield Fact(Layer.ADDRESSES, "subnet", (one.subnet,))
        if IPV4 in self.families:
            public = tuple(format_address(IPV4, a.public) for a in one.addresses if a.public is not None)
            yield self._present("public IPv4 address", public, _NO_ADDRESS)
        if IPV6 in self.families:
            six = tuple(format_address(IPV6, a.value) for a in one.addresses if a.family == IPV6)
            yield self._present("IPv6 address", six, _NO_IPV6)
        checked = "off" if one.forwards else "on"
        yield Fact(Layer.ADDRESSES, "source/destination check", (checked,), self._own(), _CHECKED)
        yield Fact(Layer.ADDRESSES, "block public access", (closed,), frozenset({one.subnet, one.vpc}), _CLOSED)

    def _present(self, what: str, addresses: tuple[str, ...], codes: frozenset[str]) -> Fact:
        key = ("some",) if addresses else ()
        return Fact(Layer.ADDRESSES, what, addresses or (NONE,), self._own(), codes, key=key)

    def _groups(self) -> Iterator[Fact]:
        groups = self.interface.groups
        way = self.side.asking
        yield Fact(Layer.GROUPS, "groups", (UNTOLD,) if groups is None else groups or (NONE,))
        lines = sorted({self.words.line(line, way) for id_ in groups or () for line in self._lines(id_, way)})
        asked = self.words.some(self.services.describe())
        direction = "inbound" if way is Way.INGRESS else "outbound"
        yield Fact(Layer.GROUPS, f"{direction} rules for {asked}", tuple(lines) or (NONE,), frozenset(groups or ()))
        yield self._named()

    def _lines(self, group: str, way: Way) -> Iterator[FilterLine]:
        """The rules of a group that speak of what is asked."""
        rules = self.network.groups.get(group)
        for line in (rules.lines(way) if rules else None) or ():
            if line.services & self.services and self._of_asked_family(line):
                yield line

    def _of_asked_family(self, line: FilterLine) -> bool:
        return line.reference is not None or line.unresolved is not None or bool(line.peer & self.asked_addresses)

    def _named(self) -> Fact:
        """Rules at the other end that name a group of this one."""
        own = set(self.interface.groups or ())
        way = Way.INGRESS if self.side is Side.SOURCE else Way.EGRESS
        far = sorted({id_ for one in self.far for id_ in one.groups or ()})
        found = [
            f"{id_}: {self.words.line(line, way)}"
            for id_ in far
            for line in self._lines(id_, way)
            if line.reference is not None and line.reference.group in own
        ]
        return Fact(Layer.GROUPS, "rules at the other end that name them", tuple(found) or (NONE,), frozenset(far))

    def _acl(self) -> Iterator[Fact]:
        acl = self.network.acl_for(self.subnet) if self.subnet else None
        for way in Way:
            what = f"{'inbound' if way is Way.INGRESS else 'outbound'} entries"
            direction = Direction.FORWARD if way is self.side.asking else Direction.RETURN
            lines = acl.lines(way) if acl else None
            if acl is None or lines is None:
                yield Fact(Layer.ACL, what, (UNTOLD,))
                continue
            told = tuple(_entry(self.words.line(line, way), line) for line in lines if self._concerns(line, way))
            yield Fact(Layer.ACL, what, told or (NONE,), frozenset({acl.id}), direction=direction)

    def _concerns(self, line: FilterLine, way: Way) -> bool:
        """Whether an entry may judge the asked packets or, the other way, the replies: to any port of the client's."""
        if not self._of_asked_family(line):
            return False
        if way is self.side.asking:
            return bool(line.services & self.services)
        runs = self.services.segments
        return any(line.services.values(number) for first, last, _values in runs for number in range(first, last + 1))

    def _routes(self) -> Fact:
        if self.table is None:
            return Fact(Layer.ROUTES, "routes", (UNTOLD,))
        asked = (route for route in self.table.routes if route.family in self.families)
        routes = [route for route in asked if route.via is not Via.LOCAL]
        told = tuple(_route(route) for route in routes)
        alike = tuple(f"{route.label} -> {route.via.value} {route.dead}" for route in routes)
        key = told if self.same_vpc else alike
        return Fact(Layer.ROUTES, "routes", told or (NONE,), frozenset({self.table.id}), key=key)

    def _gateways(self) -> Iterator[Fact]:
        gateway = self.network.gateway_of_vpc.get(self.interface.vpc)
        key = ("attached",) if gateway else ()
        named = _targets(self.table, Via.INTERNET_GATEWAY) | (frozenset({gateway.id}) if gateway else frozenset())
        attached = (gateway.id,) if gateway else (NONE,)
        yield Fact(Layer.GATEWAYS, "internet gateway", attached, named | {self.interface.vpc}, key=key)
        nats = {id_: self.network.nats.get(id_) for id_ in sorted(_targets(self.table, Via.NAT_GATEWAY))}
        states = [(id_, nat.state if nat else UNTOLD) for id_, nat in nats.items()]
        yield _stateful("NAT gateways on its routes", states)
        peerings = {id_: self.network.peerings.get(id_) for id_ in sorted(_targets(self.table, Via.PEERING))}
        yield _stateful(
            "peering connections on its routes", [(i, p.state if p else UNTOLD) for i, p in peerings.items()]
        )

    def _balancers(self) -> Iterator[Fact]:
        """What leads to it as a target, with its health; and where it is a load balancer's node, what that leads to."""
        ways = self.network.balancers.leading_to(self.interface)
        told = {f"{b.name}:{one.port} -> {t.port}, {t.standing.value}" for b, one, _pool, t in ways}
        yield Fact(Layer.BALANCERS, "membership", tuple(sorted(told)) or (NONE,))
        own = self.network.balancers.of(self.interface)
        listeners = [one for one in (own.listeners if own else None) or () if one.services & self.services]
        known = self.network.balancers.pools
        pools = [known[id_] for one in listeners for id_ in one.pools if id_ in known]
        led = tuple(f"{one.label} -> {', '.join(_pool_words(self.network, one))}" for one in listeners)
        key = tuple(sorted(t.standing.value for pool in pools for t in pool.targets or ()))
        resources = frozenset(id_ for pool in pools for id_ in (pool.id, pool.name)) | {own.id if own else ""}
        asked = self.words.some(self.services.describe())
        yield Fact(
            Layer.BALANCERS, f"listeners for {asked}", led or (NONE,), resources, key=("listener", *key) if led else ()
        )

    def _endpoints(self) -> Iterator[Fact]:
        """An endpoint that it belongs to, and the gateway endpoints on its routes; a policy never drops a packet."""
        own = self.network.endpoint_of(self.interface.id)
        told = (own.state, f"private DNS {'on' if own.private_dns else 'off'}") if own else (NONE,)
        yield Fact(Layer.ENDPOINTS, "endpoint", told, frozenset({own.id} if own else ()))
        routed = map(self.network.endpoints.get, sorted(_targets(self.table, Via.ENDPOINT)))
        found = [*([own] if own else []), *(one for one in routed if one)]
        policies = sorted(
            f"{e.service or e.what}: {'restricted' if e.restricted else 'allows everything'}" for e in found
        )
        yield Fact(Layer.ENDPOINTS, "endpoint policies", tuple(policies) or (NONE,))


def _entry(words: str, line: FilterLine) -> str:
    return f"{'allow' if line.allow else 'deny'} {words}"


def _pool_words(network: Network, listener: Listener) -> Iterator[str]:
    for pool in filter(None, map(network.balancers.pools.get, listener.pools)):
        standings = [target.standing.value for target in pool.targets or ()]
        yield f"{pool.name} ({', '.join(standings) if standings else 'no targets'})"


def _route(route: Route) -> str:
    return f"{route.text} (blackhole)" if route.dead else route.text


def _targets(table: RouteTable | None, via: Via) -> frozenset[str]:
    return frozenset(route.target for route in table.routes if route.via is via) if table else frozenset()


def _stateful(what: str, states: list[tuple[str, str]]) -> Fact:
    """Gateways with their states, compared by these: which ones they are is the routes' difference."""
    told = tuple(f"{id_} ({state})" for id_, state in states)
    key = tuple(sorted(state for _id, state in states))
    return Fact(Layer.GATEWAYS, what, told or (NONE,), frozenset(id_ for id_, _state in states), key=key)
