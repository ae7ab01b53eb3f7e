"""The walk: one packet set from one vantage to one target, hop by hop, and its replies back.

It follows the routes; where they end early it notes why and goes on behind the denial, so that every independent blocker is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.filters import GroupReference, Way
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.model.edit import SetRoute, StartInstance
from sgcheck.model.routing import Route, Via
from sgcheck.model.things import PublicAccess, Role
from sgcheck.packets import INTERNET, AddressSet, IntervalSet, PacketSet, Services
from sgcheck.reach.answer import Decision
from sgcheck.reach.branch import Branch, Identity, Leg, Place
from sgcheck.reach.gates import contested, missing_finding, pass_acl, pass_groups
from sgcheck.reach.joints import Joint, joining, route_for
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.view import NAT_PORTS, View

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Gateway, Instance, Interface, NatGateway, Subnet
    from sgcheck.reach.words import Words

IPV4 = 4
IPV6 = 6
NAT_PROTOCOLS = (1, 6, 17)
START_STATES = ("stopped", "stopping", "pending")


class SplitNeeded(Exception):
    """The vantage holds several addresses that a translation on the way would tell apart: walk them one by one."""


class Forward:
    """Walks the packets of one vantage to one target; `branches` are the ways it found, one for each part of the routes."""

    def __init__(self, network: Network, words: Words, vantage: Vantage, target: Target, asked: PacketSet) -> None:
        """Prepare to push `asked` from `vantage` to `target`."""
        self.network = network
        self.words = words
        self.vantage = vantage
        self.target = target
        self.branches: list[Branch] = []
        self._start(Branch(asked))

    # -- starts ---------------------------------------------------------------------------------------------------------

    def _start(self, branch: Branch) -> None:
        match self.vantage.start:
            case From.INTERNET:
                branch.station(Ref("internet", "internet"), Decision.PASS)
                self._enter_from_internet(branch)
            case From.ELSEWHERE:
                self._start_elsewhere(branch)
            case From.HOST | From.SUBNET:
                self._start_inside(branch)

    def _start_elsewhere(self, branch: Branch) -> None:
        beyond = self.vantage.beyond or "outside of the known network"
        branch.station(Ref("outside", beyond), Decision.UNKNOWN)
        facts = {"why": f"{self.words.addresses(self.vantage.addresses)} lies behind {beyond}, which is not in the input"}
        branch.block(Finding(Cause.UNMODELLED, Ref("outside", beyond), False, branch.asked, facts=facts))
        self._leap(branch, Place(""), hidden=False)

    def _start_inside(self, branch: Branch) -> None:
        interface, subnet = self.vantage.interface, self.vantage.subnet
        if subnet is None:
            message = "the subnet of the source is not in the input"
            missing = self.network.missing("subnet", interface.subnet if interface else "?", message)
            branch.block(missing_finding(branch, missing, branch.asked))
            self._leap(branch, Place(interface.vpc if interface else ""), hidden=True)
            return
        if interface is None:
            branch.station(Ref("subnet", subnet.id, subnet.name), Decision.PASS)
            self._route(branch, Place(subnet.vpc, subnet))
            return
        self._host(branch, interface)
        branch.identity = Identity(interface.vpc, groups_known=interface.groups is not None)
        branch.sender = interface
        wanted = self.target.interface
        if wanted is not None and wanted.id == interface.id and not self.target.public:
            branch.note(f"{wanted.id} asks itself: such packets never leave the host")
            self.branches.append(branch)
            return
        peer, reference = self._peer_of_egress(interface)
        pass_groups(self.network, self.words, branch, interface, Way.EGRESS, peer, reference)
        self._route(branch, Place(subnet.vpc, subnet))

    def _peer_of_egress(self, source: Interface) -> tuple[Identity | None, GroupReference | None]:
        """Who the target is to the source's egress rules: they match its private addresses, and only inside or over a peering."""
        wanted = self.target.interface
        if wanted is None or self.target.public or wanted.vpc == "":
            return None, None
        if wanted.vpc == source.vpc:
            identity = Identity(wanted.vpc, groups_known=wanted.groups is not None)
            return identity, _reference(self.network, wanted)
        active = [p for p in self.network.peerings_between(source.vpc, wanted.vpc) if p.active]
        if not active:
            return None, None
        crosses = all(p.crosses_regions for p in active)
        identity = Identity(wanted.vpc, crosses_regions=crosses, groups_known=wanted.groups is not None)
        return identity, None if crosses else _reference(self.network, wanted)

    # -- hosts ----------------------------------------------------------------------------------------------------------

    def _host(self, branch: Branch, interface: Interface) -> None:
        """Pass a host: it must be there and running."""
        instance = self.network.instances.get(interface.instance) if interface.instance else None
        ref = Ref("instance", instance.id, instance.name) if instance else Ref("network-interface", interface.id, interface.name)
        finding = self._unusable(branch, interface, instance)
        detail = interface.id if instance else None
        branch.station(ref, Decision.DENY if finding else Decision.PASS, detail=detail)
        if finding:
            branch.block(finding)
        elif interface.instance is not None and instance is None:
            branch.note(f"{interface.instance} is not in the input: assumed to be running, since {interface.id} is in use")

    def _unusable(self, branch: Branch, interface: Interface, instance: Instance | None) -> Finding | None:
        if instance is not None and instance.state != "running":
            edits = (StartInstance(instance.id, instance.state),) if instance.state in START_STATES else ()
            ref = Ref("instance", instance.id, instance.name)
            facts = {"state": instance.state}
            return Finding(Cause.NOT_RUNNING, ref, branch.replying, branch.asked, facts=facts, edits=edits)
        if not interface.in_use:
            ref = Ref("network-interface", interface.id, interface.name)
            return Finding(Cause.NOT_IN_USE, ref, branch.replying, branch.asked)
        return None

    # -- routing --------------------------------------------------------------------------------------------------------

    def _route(self, branch: Branch, place: Place) -> None:
        """Route the packets on from `place`: inside its subnet directly, else by the table."""
        destinations = branch.seen().destinations()
        if place.subnet is not None:
            inside = destinations & place.subnet.addresses
            if inside:
                near = self._part(branch, inside)
                self._deliver(near, place, place.vpc, "same")
                destinations -= inside
                if not destinations:
                    return
                branch = self._part(branch, destinations)
            pass_acl(self.network, self.words, branch, place.subnet, Way.EGRESS)
        table = self.network.tables.get(place.table) if place.table else None
        if table is None and place.subnet is not None and not place.table:
            table = self.network.table_for(place.subnet)
        if table is None:
            where = place.table or (place.subnet.id if place.subnet else place.vpc)
            missing = self.network.missing("route table", where, f"the route table of {where} is not in the input", vpc=place.vpc)
            branch.block(missing_finding(branch, missing, branch.asked))
            self._leap(branch, place, hidden=True)
            return
        for route, part in table.lookup(destinations):
            taken = self._part(branch, part)
            open_route = next((o for o in table.open_routes if o.may_win(route, part)), None)
            if open_route is not None:
                message = f"whether {self.words.addresses(part)} is in {open_route.list}, which {table.id} routes to {open_route.target}, is not in the input"
                missing = self.network.missing("prefix list", open_route.list, message, vpc=place.vpc)
                taken.station(Ref("route-table", table.id, table.name), Decision.UNKNOWN, open_route.text)
                taken.block(missing_finding(taken, missing, taken.asked))
                self._leap(taken, place, hidden=True)
                continue
            if route is not None and route.rivals:
                taken.block(contested(taken, table, route))
                self._leap(taken, place, hidden=True)
                continue
            self._follow(taken, route, place, Ref("route-table", table.id, table.name))

    def _part(self, branch: Branch, destinations: AddressSet) -> Branch:
        """The branch's packets that look as if they went to `destinations`."""
        if branch.view.destination is not None or branch.asked.destinations() <= destinations:
            return branch.fork(branch.asked)
        return branch.fork(branch.asked.where(destinations=destinations))

    def _follow(self, branch: Branch, route: Route | None, place: Place, table: Ref) -> None:
        if route is None or route.dead:
            self._no_route(branch, route, place, table)
            return
        if route.via in _TO_INTERNET and self._is_private(branch):
            self._private_to_internet(branch, route, place, table)
            return
        branch.station(table, Decision.PASS, route.text)
        match route.via:
            case Via.LOCAL:
                self._deliver(branch, place, place.vpc, "local")
            case Via.INTERNET_GATEWAY:
                self._leave(branch, place, route.target)
            case Via.EGRESS_ONLY_GATEWAY:
                self._leave_egress_only(branch, place, route.target)
            case Via.NAT_GATEWAY:
                self._nat(branch, place, route.target)
            case Via.PEERING:
                self._peer(branch, place, route.target)
            case Via.INTERFACE:
                self._through_interface(branch, place, route.target)
            case _:
                self._unmodelled(branch, place, route.via.value, route.target)

    def _is_private(self, branch: Branch) -> bool:
        return not branch.seen().destinations() & INTERNET

    def _private_to_internet(self, branch: Branch, route: Route, place: Place, table: Ref) -> None:
        """A private destination on a route towards the internet: an internet gateway drops it."""
        if route.via is Via.NAT_GATEWAY and route.target not in branch.visited and self._nat_leads(branch, route.target):
            branch.station(table, Decision.PASS, route.text)
            self._nat(branch, place, route.target)
            return
        if route.via is Via.NAT_GATEWAY and route.target not in self.network.nats:
            branch.station(table, Decision.PASS, route.text)
            self._nat(branch, place, route.target)
            return
        self._no_route(branch, route, place, table)

    def _nat_leads(self, branch: Branch, id_: str) -> bool:
        """Whether the NAT gateway's own table routes the private destination to anything but the internet."""
        nat = self.network.nats.get(id_)
        if nat is None:
            return False
        subnet = self.network.subnets.get(nat.subnet) if nat.subnet else None
        table = self.network.table_for(subnet) if subnet else self.network.tables.get(nat.table or "")
        if table is None:
            return True
        routes = [route for route, _part in table.lookup(branch.seen().destinations())]
        return any(r is not None and not r.dead and r.via not in _TO_INTERNET for r in routes)

    def _no_route(self, branch: Branch, route: Route | None, place: Place, table: Ref) -> None:
        """Nothing leads on (or only a dead route, or the internet for a private address): note it, go on over what joins both sides."""
        joint = joining(self.network, place, self.vantage, self.target, branch.seen().destinations())
        destinations = branch.seen().destinations()
        edits = route_for(self.network, self.words, table.id, destinations, route, joint) if joint else ()
        cause = Cause.NO_ROUTE if route is None else Cause.DEAD_ROUTE if route.dead else Cause.ROUTE_TO_INTERNET
        if joint is None and self._apart(place):
            cause = Cause.NOT_JOINED
        facts = {"destination": self.words.addresses(destinations), "route": route.text if route else ""}
        facts |= {"joint": joint.target if joint else "", "vpc": place.vpc, "far": self.target.interface.vpc if self.target.interface else ""}
        by = route.text if route else None
        branch.station(table, Decision.DENY, by)
        branch.block(Finding(cause, table, branch.replying, branch.asked, by, facts=facts, edits=edits))
        self._go_on(branch, place, joint)

    def _apart(self, place: Place) -> bool:
        wanted = self.target.interface
        return wanted is not None and not self.target.public and wanted.vpc != place.vpc

    def _go_on(self, branch: Branch, place: Place, joint: Joint | None) -> None:
        if joint is None:
            self._leap(branch, place, hidden=False)
            return
        match joint.via:
            case Via.PEERING:
                self._peer(branch, place, joint.target)
            case Via.INTERNET_GATEWAY:
                self._leave(branch, place, joint.target)
            case Via.EGRESS_ONLY_GATEWAY:
                self._leave_egress_only(branch, place, joint.target)
            case Via.NAT_GATEWAY:
                self._nat(branch, place, joint.target)
            case _:
                self._leap(branch, place, hidden=False)

    # -- arrivals -------------------------------------------------------------------------------------------------------

    def _deliver(self, branch: Branch, place: Place, vpc: str, kind: str, *, nat: bool = False) -> None:
        """Hand the packets to whoever has their destination in `vpc`."""
        destination = branch.seen().destinations().sole
        if destination is None:
            self._deliver_each(branch, place, vpc, kind, nat=nat)
            return
        subnet = self.network.subnet_at(vpc, *destination)
        if subnet is None:
            self._no_subnet(branch, vpc)
            return
        end = Place(vpc, subnet)
        nat = nat or (branch.view.source is not None and branch.view.ports is not None)
        if kind != "same":
            branch.legs.append(Leg(kind, place, end, branch.view, nat=nat))
            pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        self._arrive(branch, subnet, self.network.owner_in(vpc, *destination))

    def _deliver_each(self, branch: Branch, place: Place, vpc: str, kind: str, *, nat: bool) -> None:
        for box in list(branch.seen().destinations().family(self.target.family).spans):
            for value in range(box[0], min(box[1], box[0] + 4096) + 1):
                part = self._part(branch, AddressSet.address(self.target.family, value))
                self._deliver(part, place, vpc, kind, nat=nat)

    def _no_subnet(self, branch: Branch, vpc: str) -> None:
        addresses = self.words.addresses(branch.seen().destinations())
        if not self.network.subnets_of.get(vpc):
            missing = self.network.missing("subnet", vpc, f"the subnets of {vpc} are not in the input", vpc=vpc)
            branch.block(missing_finding(branch, missing, branch.asked))
        else:
            facts = {"destination": addresses, "vpc": vpc}
            branch.block(Finding(Cause.NO_SUBNET, Ref("vpc", vpc), branch.replying, branch.asked, facts=facts))
        self.branches.append(branch)

    def _arrive(self, branch: Branch, subnet: Subnet, interface: Interface | None) -> None:
        if interface is None:
            facts = {"destination": self.words.addresses(branch.seen().destinations()), "subnet": subnet.id}
            ref = Ref("subnet", subnet.id, subnet.name)
            branch.station(ref, Decision.DENY)
            branch.block(Finding(Cause.ADDRESS_NOT_IN_USE, ref, branch.replying, branch.asked, facts=facts))
            self.branches.append(branch)
            return
        wanted = self.target.interface
        if wanted is not None and interface.id != wanted.id:
            ref = Ref("network-interface", interface.id, interface.name)
            facts = {"owner": self.words.interface(interface), "wanted": self.words.interface(wanted)}
            branch.block(Finding(Cause.OTHER_OWNER, ref, branch.replying, branch.asked, facts=facts))
            self.branches.append(branch)
            return
        self._ingress(branch, interface)
        self.branches.append(branch)

    def _ingress(self, branch: Branch, interface: Interface) -> None:
        """Everything at the target itself."""
        ref = Ref("network-interface", interface.id, interface.name)
        reference = _reference(self.network, self.vantage.interface) if self._knows_sender(branch, interface) else None
        if interface.role is Role.NAT:
            branch.block(Finding(Cause.NAT_TAKES_NO_CONNECTIONS, ref, branch.replying, branch.asked))
        elif interface.role is Role.SILENT:
            facts = {"what": interface.what or "managed"}
            branch.block(Finding(Cause.NEVER_ANSWERS, ref, branch.replying, branch.asked, facts=facts))
        pass_groups(self.network, self.words, branch, interface, Way.INGRESS, branch.identity, reference)
        self._host(branch, interface)
        if interface.role is Role.OPAQUE:
            facts = {"why": f"{interface.id} belongs to a {interface.what}, which decides more than its groups do", "what": interface.what or ""}
            branch.block(Finding(Cause.UNMODELLED, ref, branch.replying, branch.asked, facts=facts))

    def _knows_sender(self, branch: Branch, target: Interface) -> bool:
        identity = branch.identity
        if identity is None or identity.crosses_regions or branch.view.hidden or len(self.vantage.interfaces) > 1:
            return False
        if identity.vpc == target.vpc:
            return True
        return any(p.active and not p.crosses_regions for p in self.network.peerings_between(identity.vpc, target.vpc))

    # -- gateways -------------------------------------------------------------------------------------------------------

    def _gateway(self, branch: Branch, gateways: object, kind: str, id_: str, vpc: str) -> bool:
        """Pass an internet or egress-only gateway: it must be known, and attached to `vpc`."""
        gateway: Gateway | None = gateways.get(id_)  # type: ignore[attr-defined]
        if gateway is None:
            missing = self.network.missing(kind.replace("-", " "), id_, f"{id_} is not in the input", vpc=vpc)
            branch.station(Ref(kind, id_), Decision.UNKNOWN)
            branch.block(missing_finding(branch, missing, branch.asked))
            return False
        if gateway.vpc != vpc:
            branch.station(Ref(kind, id_, gateway.name), Decision.DENY)
            facts = {"vpc": vpc, "gateway": id_}
            branch.block(Finding(Cause.GATEWAY_NOT_ATTACHED, Ref(kind, id_, gateway.name), branch.replying, branch.asked, facts=facts))
        return True

    def _leave(self, branch: Branch, place: Place, id_: str) -> None:
        """Out through an internet gateway: 1:1 translation for IPv4, none for IPv6."""
        self._gateway(branch, self.network.internet_gateways, "internet-gateway", id_, place.vpc)
        behind_nat = branch.view.ports is not None
        self._public_access(branch, place, allow_outbound=behind_nat)
        branch.legs.append(Leg("out", place, None, branch.view, gateway=id_, nat=behind_nat))
        if self.target.family == IPV4:
            self._translate_source(branch, id_)
        elif not branch.seen().sources() & INTERNET:
            self._no_public_source(branch, id_)
        else:
            branch.station(Ref("internet-gateway", id_), Decision.PASS)
        branch.identity = None
        self._from_outside(branch)

    def _translate_source(self, branch: Branch, gateway: str) -> None:
        view = branch.view
        private = branch.seen().sources()
        nat = branch.nat
        if nat is not None and nat.public is not None and branch.view.ports is not None:
            becomes = self.words.addresses(AddressSet.address(IPV4, nat.public))
            branch.station(Ref("internet-gateway", gateway), Decision.PASS, detail=f"the source becomes {becomes}")
            branch.view = View((IPV4, nat.public), view.destination, view.ports)
            return
        mapped = {} if nat is not None else self._public_of()
        sole = private.sole
        if sole is not None and sole[1] in mapped:
            value = mapped[sole[1]]
            text = f"{self.words.addresses(private)} becomes {self.words.addresses(AddressSet.address(IPV4, value))}"
            branch.station(Ref("internet-gateway", gateway), Decision.PASS, detail=text)
            branch.view = View((IPV4, value), view.destination, view.ports, view.hidden)
            return
        if len(self.vantage.interfaces) > 1 or (sole is None and mapped):
            raise SplitNeeded
        self._no_public_source(branch, gateway)

    def _public_of(self) -> dict[int, int]:
        """Public IPv4 by private address of the source's interface."""
        interface = self.vantage.interface
        return {a.value: a.public for a in interface.addresses if a.public is not None} if interface else {}

    def _no_public_source(self, branch: Branch, gateway: str) -> None:
        branch.station(Ref("internet-gateway", gateway), Decision.DENY)
        interface = self.vantage.interface
        ref = Ref("network-interface", interface.id, interface.name) if interface else Ref("internet-gateway", gateway)
        facts = {"source": self.words.addresses(branch.seen().sources()), "gateway": gateway}
        branch.block(Finding(Cause.NO_PUBLIC_SOURCE, ref, branch.replying, branch.asked, facts=facts))

    def _leave_egress_only(self, branch: Branch, place: Place, id_: str) -> None:
        self._gateway(branch, self.network.egress_only_gateways, "egress-only-internet-gateway", id_, place.vpc)
        self._public_access(branch, place, allow_outbound=True)
        branch.station(Ref("egress-only-internet-gateway", id_), Decision.PASS)
        branch.legs.append(Leg("out", place, None, branch.view, gateway=id_))
        branch.identity = None
        self._from_outside(branch)

    def _public_access(self, branch: Branch, place: Place, *, allow_outbound: bool) -> None:
        vpc = self.network.vpcs.get(place.vpc)
        modes = {place.subnet.public_access if place.subnet else PublicAccess.OPEN}
        modes.add(vpc.public_access if vpc and place.subnet is None else PublicAccess.OPEN)
        blocked = PublicAccess.BLOCK_BOTH in modes or (PublicAccess.BLOCK_INGRESS in modes and not allow_outbound)
        if not blocked:
            return
        ref = Ref("subnet", place.subnet.id, place.subnet.name) if place.subnet else Ref("vpc", place.vpc)
        facts = {"mode": next(m.value for m in sorted(modes) if m is not PublicAccess.OPEN)}
        branch.block(Finding(Cause.PUBLIC_ACCESS_BLOCKED, ref, branch.replying, branch.asked, facts=facts))

    def _from_outside(self, branch: Branch) -> None:
        """The packets are in the internet now: they stay there, or come back in to a known public address."""
        if self.target.interface is not None:
            self._enter_from_internet(branch)
            return
        nat = self._nat_at(branch)
        if nat is not None:
            ref = Ref("nat-gateway", nat.id, nat.name)
            branch.block(Finding(Cause.NAT_TAKES_NO_CONNECTIONS, ref, branch.replying, branch.asked))
        branch.station(Ref("internet", "internet"), Decision.PASS)
        self.branches.append(branch)

    def _nat_at(self, branch: Branch) -> NatGateway | None:
        sole = branch.seen().destinations().sole
        return next((n for n in self.network.nats.values() if sole == (IPV4, n.public)), None) if sole else None

    def _enter_from_internet(self, branch: Branch) -> None:
        """In through the internet gateway of the target's VPC."""
        interface = self.target.interface
        if interface is None or self.target.private is None:
            self._from_nowhere(branch)
            return
        subnet = self.network.subnets.get(interface.subnet)
        gateway = self.network.gateway_of_vpc.get(interface.vpc)
        family, value = self.target.private
        self._attached(branch, interface.vpc, gateway)
        place = Place(interface.vpc, subnet)
        self._public_access(branch, place, allow_outbound=False)
        self._publicly_addressed(branch, interface)
        if family == IPV4 and self.target.public:
            public = self.words.addresses(branch.seen().destinations())
            branch.view = View(branch.view.source, (family, value), branch.view.ports, branch.view.hidden)
            text = f"{public} becomes {self.words.addresses(AddressSet.address(family, value))}"
        else:
            text = None
        if gateway is not None:
            branch.station(Ref("internet-gateway", gateway.id, gateway.name), Decision.PASS, detail=text)
            if self._redirected(branch, gateway, place):
                return
        branch.identity = None
        if subnet is None:
            missing = self.network.missing("subnet", interface.subnet, f"{interface.subnet} is not in the input", vpc=interface.vpc)
            branch.block(missing_finding(branch, missing, branch.asked))
        else:
            branch.legs.append(Leg("in", None, place, branch.view, gateway=gateway.id if gateway else None))
            pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        self._ingress(branch, interface)
        self.branches.append(branch)

    def _attached(self, branch: Branch, vpc: str, gateway: Gateway | None) -> None:
        if gateway is not None:
            return
        missing = self.network.missing("internet gateway", vpc, f"the internet gateway of {vpc} is not in the input", vpc=vpc)
        absent = self.network.absent("internet gateway", missing.account, missing.region)
        if absent is not None or self.network.unknown_gateway(vpc) is not None:
            branch.block(missing_finding(branch, missing, branch.asked))
            return
        facts = {"vpc": vpc, "gateway": ""}
        branch.block(Finding(Cause.GATEWAY_NOT_ATTACHED, Ref("vpc", vpc), branch.replying, branch.asked, facts=facts))

    def _publicly_addressed(self, branch: Branch, interface: Interface) -> None:
        ref = Ref("network-interface", interface.id, interface.name)
        if interface.instance is not None:
            instance = self.network.instances.get(interface.instance)
            ref = Ref("instance", interface.instance, instance.name if instance else None)
        family, value = self.target.private or (0, 0)
        if family == IPV4 and not self.target.public:
            instance = self.network.instances.get(interface.instance) if interface.instance else None
            state = instance.state if instance else ""
            facts = {"private": self.words.addresses(AddressSet.address(family, value)), "state": state}
            branch.block(Finding(Cause.NO_PUBLIC_ADDRESS, ref, branch.replying, branch.asked, facts=facts))
        elif family == IPV6 and interface.blocks_internet_ipv6:
            branch.block(Finding(Cause.IPV6_NOT_FROM_INTERNET, ref, branch.replying, branch.asked))
        elif family == IPV6 and not INTERNET.contains(family, value):
            facts = {"private": self.words.addresses(AddressSet.address(family, value)), "state": ""}
            branch.block(Finding(Cause.NO_PUBLIC_ADDRESS, ref, branch.replying, branch.asked, facts=facts))

    def _redirected(self, branch: Branch, gateway: Gateway, place: Place) -> bool:
        """Follow the gateway's own route table, if it has one; True where it leads to something that decides by itself."""
        table = self.network.edge_table(gateway.id)
        if table is None:
            missing = self.network.missing("route table", gateway.id, "", vpc=place.vpc)
            if missing.why:
                branch.block(missing_finding(branch, missing, branch.asked))
            return False
        if self.target.private is None:
            return False
        route = table.lookup(AddressSet.address(*self.target.private))[0][0]
        if route is None or route.via is Via.LOCAL:
            return False
        ref = Ref("route-table", table.id, table.name)
        if route.dead:
            branch.station(ref, Decision.DENY, route.text)
            destination = self.words.addresses(AddressSet.address(*self.target.private))
            facts = {"destination": destination, "route": route.text, "joint": ""}
            branch.block(Finding(Cause.DEAD_ROUTE, ref, branch.replying, branch.asked, route.text, facts=facts))
            return False
        branch.station(ref, Decision.PASS, route.text)
        if route.via is Via.INTERFACE and route.target == (self.target.interface.id if self.target.interface else None):
            return False
        edge = Place(place.vpc)
        if route.via is Via.INTERFACE:
            self._through_interface(branch, edge, route.target)
        else:
            self._unmodelled(branch, edge, route.via.value, route.target)
        return True

    def _from_nowhere(self, branch: Branch) -> None:
        nat = self._nat_at(branch)
        ref = Ref("nat-gateway", nat.id, nat.name) if nat else Ref("internet", "internet")
        cause = Cause.NAT_TAKES_NO_CONNECTIONS if nat else Cause.UNMODELLED
        facts = {"why": f"{self.words.addresses(self.target.asked)} belongs to nothing in the input"}
        branch.block(Finding(cause, ref, branch.replying, branch.asked, facts=facts))
        self.branches.append(branch)

    # -- NAT, peering, and what is not modelled -------------------------------------------------------------------------

    def _nat(self, branch: Branch, place: Place, id_: str) -> None:
        nat = self.network.nats.get(id_)
        if nat is None:
            missing = self.network.missing("NAT gateway", id_, f"{id_} is not in the input", vpc=place.vpc)
            branch.station(Ref("nat-gateway", id_), Decision.UNKNOWN)
            branch.block(missing_finding(branch, missing, branch.asked))
            self._leap(branch, place, hidden=True)
            return
        ref = Ref("nat-gateway", nat.id, nat.name)
        if id_ in branch.visited:
            branch.station(ref, Decision.DENY)
            branch.block(Finding(Cause.ROUTE_LOOP, ref, branch.replying, branch.asked))
            self._leap(branch, place, hidden=False)
            return
        branch.visited |= {id_}
        subnet = self.network.subnets.get(nat.subnet) if nat.subnet else None
        if nat.subnet and subnet is None:
            missing = self.network.missing("subnet", nat.subnet, f"{nat.subnet} of {id_} is not in the input", vpc=place.vpc)
            branch.block(missing_finding(branch, missing, branch.asked))
            self._leap(branch, place, hidden=True)
            return
        inner = Place(nat.vpc, subnet, nat.table if subnet is None else None)
        if not (place.subnet and subnet and place.subnet.id == subnet.id):
            branch.legs.append(Leg("local", place, inner, branch.view))
            if subnet is not None:
                pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        self._nat_state(branch, nat, ref)
        source = (IPV4, nat.private) if nat.private is not None else None
        branch.view = View(source, branch.view.destination, NAT_PORTS, source is None)
        branch.identity = None
        branch.nat = nat
        if source is None and self._is_private(branch):
            missing = self.network.missing("NAT gateway", id_, f"the private address of {id_} is not in the input", vpc=nat.vpc)
            branch.block(missing_finding(branch, missing, branch.asked))
        self._route(branch, inner)

    def _nat_state(self, branch: Branch, nat: NatGateway, ref: Ref) -> None:
        before = len(branch.findings)
        if not nat.usable:
            facts = {"state": nat.state}
            branch.block(Finding(Cause.GATEWAY_IN_BAD_STATE, ref, branch.replying, branch.asked, facts=facts))
        carried = Services.EMPTY
        for protocol in NAT_PROTOCOLS:
            carried |= Services.of(protocol)
        outside = branch.asked - branch.asked.where(services=carried) if self.target.family == IPV4 else branch.asked
        if outside:
            facts = {"services": self.words.services(outside), "family": str(self.target.family)}
            branch.block(Finding(Cause.GATEWAY_PROTOCOL, ref, branch.replying, outside, facts=facts))
        becomes = f"the source becomes {self.words.addresses(AddressSet.address(IPV4, nat.private))}" if nat.private is not None else None
        clean = len(branch.findings) == before
        branch.station(ref, Decision.PASS if clean else Decision.DENY, detail=becomes)

    def _peer(self, branch: Branch, place: Place, id_: str) -> None:
        peering = self.network.peerings.get(id_)
        if peering is None:
            missing = self.network.missing("VPC peering connection", id_, f"{id_} is not in the input", vpc=place.vpc)
            branch.station(Ref("vpc-peering-connection", id_), Decision.UNKNOWN)
            branch.block(missing_finding(branch, missing, branch.asked))
            self._leap(branch, place, hidden=True)
            return
        ref = Ref("vpc-peering-connection", id_, peering.name)
        other = peering.other(place.vpc)
        if other is None:
            facts = {"vpc": place.vpc, "gateway": id_}
            branch.block(Finding(Cause.GATEWAY_NOT_ATTACHED, ref, branch.replying, branch.asked, facts=facts))
            self._leap(branch, place, hidden=False)
            return
        before = len(branch.findings)
        if not peering.active:
            facts = {"state": peering.state}
            branch.block(Finding(Cause.GATEWAY_IN_BAD_STATE, ref, branch.replying, branch.asked, facts=facts))
        far = self.network.vpcs.get(other.vpc)
        reach = other.addresses | (far.addresses if far else AddressSet.EMPTY)
        destinations = branch.seen().destinations()
        if not destinations <= reach:
            facts = {"destination": self.words.addresses(destinations - reach), "far": other.vpc}
            branch.block(Finding(Cause.NOT_IN_PEER, ref, branch.replying, branch.asked, facts=facts))
            branch.station(ref, Decision.DENY)
            self._leap(branch, place, hidden=False)
            return
        branch.station(ref, Decision.PASS if len(branch.findings) == before else Decision.DENY)
        if far is None:
            missing = self.network.missing("VPC", other.vpc, f"{other.vpc} on the other side of {id_} is not in the input")
            branch.block(missing_finding(branch, missing, branch.asked))
            self.branches.append(branch)
            return
        if branch.identity is not None and peering.crosses_regions:
            branch.identity = Identity(branch.identity.vpc, crosses_regions=True, groups_known=branch.identity.groups_known)
        self._deliver(branch, place, other.vpc, "peering")

    def _through_interface(self, branch: Branch, place: Place, id_: str) -> None:
        interface = self.network.interfaces.get(id_)
        ref = Ref("network-interface", id_, interface.name if interface else None)
        if interface is None:
            missing = self.network.missing("network interface", id_, f"{id_} is not in the input", vpc=place.vpc)
            branch.station(ref, Decision.UNKNOWN)
            branch.block(missing_finding(branch, missing, branch.asked))
            self._leap(branch, place, hidden=True)
            return
        wanted = self.target.interface
        if wanted is not None and wanted.id == id_ and branch.seen().destinations() <= wanted.owned():
            self._deliver(branch, place, interface.vpc, "local")
            return
        instance = self.network.instances.get(interface.instance) if interface.instance else None
        dead = self._unusable(branch, interface, instance)
        if dead is not None:
            branch.station(ref, Decision.DENY)
            branch.block(dead)
        if not interface.forwards:
            branch.station(ref, Decision.DENY)
            branch.block(Finding(Cause.NOT_FOR_ITS_ADDRESS, ref, branch.replying, branch.asked))
        self._filters_of(branch, place, interface)
        if dead is None and interface.forwards:
            branch.station(ref, Decision.UNKNOWN)
            facts = {"why": f"{self.words.interface(interface)} forwards these packets as it likes", "what": "appliance"}
            branch.block(Finding(Cause.APPLIANCE, ref, branch.replying, branch.asked, facts=facts))
        self._leap(branch, place, hidden=True)

    def _filters_of(self, branch: Branch, place: Place, interface: Interface) -> None:
        """What guards a host that forwards: its subnet's ACL, and its groups, as for any interface."""
        subnet = self.network.subnets.get(interface.subnet)
        if subnet is not None and not (place.subnet and place.subnet.id == subnet.id):
            pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        pass_groups(self.network, self.words, branch, interface, Way.INGRESS, branch.identity, None)

    def _unmodelled(self, branch: Branch, place: Place, kind: str, id_: str) -> None:
        ref = Ref(kind, id_)
        branch.station(ref, Decision.UNKNOWN)
        facts = {"why": f"what {id_} does with these packets is not modelled", "what": kind}
        branch.block(Finding(Cause.UNMODELLED, ref, branch.replying, branch.asked, facts=facts))
        self._leap(branch, place, hidden=True)

    def _leap(self, branch: Branch, place: Place, *, hidden: bool) -> None:
        """Go on straight at the target's end, to find what holds whatever happened in between."""
        wanted = self.target.interface
        if hidden and place.subnet is not None:
            branch.legs.append(Leg("leap", place, None, branch.view))
        if wanted is None or self.target.private is None:
            self.branches.append(branch)
            return
        destination = self.target.private if self.target.public else branch.view.destination
        branch.view = View(branch.view.source, destination, branch.view.ports, hidden or branch.view.hidden)
        if place.vpc != wanted.vpc and not self._knows_sender(branch, wanted):
            branch.identity = None
        subnet = self.network.subnets.get(wanted.subnet)
        if subnet is not None:
            end = Place(wanted.vpc, subnet)
            branch.legs.append(Leg("leap", None if hidden else place, end, branch.view))
            pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        self._ingress(branch, wanted)
        self.branches.append(branch)


_TO_INTERNET = (Via.INTERNET_GATEWAY, Via.EGRESS_ONLY_GATEWAY, Via.NAT_GATEWAY)


def _reference(network: Network, interface: Interface | None) -> GroupReference | None:
    """The group that a rule for this interface would name."""
    if interface is None or not interface.groups or not interface.filtered:
        return None
    known = [g for g in interface.groups if g in network.groups and network.groups[g].vpc in (None, interface.vpc)]
    named = sorted(known, key=lambda id_: (network.group_names.get(id_) == "default", id_))
    return GroupReference(named[0], network.groups[named[0]].account) if named else None
