"""The internet: out through gateways, in through them, and what it takes to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.model.routing import Via
from sgcheck.model.things import Gateway, PublicAccess
from sgcheck.packets import AddressSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.branch import Branch, Leg, Place
from sgcheck.reach.endpoints import Endpoints
from sgcheck.reach.gates import NO_REPLY, pass_acl
from sgcheck.reach.view import View
from sgcheck.reach.walker import IPV4, IPV6, SplitNeededError

if TYPE_CHECKING:
    from sgcheck.model.things import Interface, NatGateway, Subnet


class Internet(Endpoints):
    """Carries packets to the internet and in from it."""

    def _attached_to(
        self, branch: Branch, kind: str, gateway: Gateway | None, id_: str, vpc: str
    ) -> tuple[Ref, Decision]:
        """Judge an internet or egress-only gateway that a route names: it must be known, and attached to `vpc`."""
        ref = Ref(kind, id_, gateway.name if gateway else None)
        if gateway is None:
            words = {"internet-gateway": "internet gateway"}.get(kind, "egress-only internet gateway")
            self._unknown(branch, words, id_, f"{id_} is not in the input", vpc)
            return ref, Decision.UNKNOWN
        if gateway.vpc == vpc:
            return ref, Decision.PASS
        facts = {"vpc": vpc, "gateway": id_}
        branch.block(Finding(Cause.GATEWAY_NOT_ATTACHED, ref, branch.replying, branch.asked, facts=facts))
        return ref, Decision.DENY

    def _leave(self, branch: Branch, place: Place, id_: str) -> None:
        """Out through an internet gateway: 1:1 translation for IPv4, none for IPv6."""
        gateway = self.network.internet_gateways.get(id_)
        ref, decision = self._attached_to(branch, "internet-gateway", gateway, id_, place.vpc)
        behind_nat = branch.view.ports is not None
        by_gateway = branch.nat is not None and branch.nat.id in self.network.nats
        self._public_access(branch, place, allow_outbound=by_gateway)
        branch.legs.append(Leg("out", place, None, branch.view, gateway=id_, nat=behind_nat))
        if self.target.family == IPV4:
            self._translate_source(branch, place, ref, decision)
        elif place.origin is not None or not branch.seen().sources() & self.network.advertised:
            self._no_public_source(branch, ref)
        else:
            branch.station(ref, decision)
        branch.identity = None
        self._from_outside(branch)

    def _translate_source(self, branch: Branch, place: Place, gateway: Ref, decision: Decision) -> None:
        private = branch.seen().sources()
        public = self._public_source(branch, place, private)
        if public is None:
            self._no_public_source(branch, gateway)
            return
        becomes = self.words.addresses(AddressSet.address(IPV4, public))
        what = "the source" if branch.nat else self.words.addresses(private)
        branch.station(gateway, decision, detail=f"{what} becomes {becomes}")
        branch.view = View((IPV4, public), branch.view.destination, branch.view.ports)

    def _public_source(self, branch: Branch, place: Place, private: AddressSet) -> int | None:
        """The public IPv4 that the internet sees: the NAT gateway's, or that of the source's own address."""
        if branch.nat is not None:
            return branch.nat.public
        mapped = self._public_of(place)
        sole = private.sole
        if sole is not None and sole[1] in mapped:
            return mapped[sole[1]]
        if len(self.vantage.interfaces) > 1 or (sole is None and mapped):
            raise SplitNeededError
        return None

    def _public_of(self, place: Place) -> dict[int, int]:
        """Public IPv4 by private address of the source's interface; a gateway knows those of its own VPC only."""
        interface = self.vantage.interface
        if interface is None or interface.vpc != place.vpc:
            return {}
        return {a.value: a.public for a in interface.addresses if a.public is not None}

    def _no_public_source(self, branch: Branch, gateway: Ref) -> None:
        branch.station(gateway, Decision.DENY)
        interface = self.vantage.interface
        ref = Ref("network-interface", interface.id, interface.name) if interface else gateway
        if branch.nat is not None:
            ref = Ref("nat-gateway", branch.nat.id, branch.nat.name)
        facts = {"source": self.words.addresses(branch.seen().sources()), "gateway": gateway.id}
        branch.block(Finding(Cause.NO_PUBLIC_SOURCE, ref, branch.replying, branch.asked, facts=facts))

    def _leave_egress_only(self, branch: Branch, place: Place, id_: str) -> None:
        """Out through an egress-only gateway: IPv6, connections that begin inside."""
        gateway = self.network.egress_only_gateways.get(id_)
        ref, decision = self._attached_to(branch, "egress-only-internet-gateway", gateway, id_, place.vpc)
        self._public_access(branch, place, allow_outbound=True)
        branch.station(ref, decision)
        branch.legs.append(Leg("out", place, None, branch.view, gateway=id_))
        branch.identity = None
        self._from_outside(branch)

    def _public_access(self, branch: Branch, place: Place, *, allow_outbound: bool, outward: bool = True) -> None:
        """Block public access: both ways, or only what comes in; of what goes `outward` then only the replies are lost.

        NAT and egress-only gateways work outward where only ingress is blocked (VPC guide, security-vpc-bpa-basics).
        """
        if place.behind and place.subnet is not None and place.subnet.spared:
            self._spared(branch, place.subnet, place.behind)
        vpc = self.network.vpcs.get(place.vpc)
        modes = {place.subnet.public_access if place.subnet else PublicAccess.OPEN}
        modes.add(vpc.public_access if vpc and place.subnet is None else PublicAccess.OPEN)
        blocked = PublicAccess.BLOCK_BOTH in modes or (PublicAccess.BLOCK_INGRESS in modes and not allow_outbound)
        if not blocked:
            return
        ref = Ref("subnet", place.subnet.id, place.subnet.name) if place.subnet else Ref("vpc", place.vpc)
        facts = {"mode": next(m.value for m in sorted(modes) if m is not PublicAccess.OPEN)}
        held = branch.asked
        if outward and PublicAccess.BLOCK_BOTH not in modes:
            held -= NO_REPLY
        branch.block(Finding(Cause.PUBLIC_ACCESS_BLOCKED, ref, branch.replying, held, facts=facts))

    def _spared(self, branch: Branch, subnet: Subnet, endpoint: str) -> None:
        """Traffic of firewalls stays blocked whatever is excluded; of other endpoints AWS's pages say both.

        (VPC guide, security-vpc-bpa-basics: AWS service impact.)
        """
        ref = Ref("subnet", subnet.id, subnet.name)
        if self.network.firewall_at(endpoint) is not None:
            facts = {"mode": "which spares no firewall"}
            branch.block(Finding(Cause.PUBLIC_ACCESS_BLOCKED, ref, branch.replying, branch.asked, facts=facts))
            return
        why = f"whether block public access spares {endpoint} in the excluded {subnet.id} is documented both ways"
        branch.block(Finding(Cause.UNMODELLED, ref, branch.replying, branch.asked, facts={"why": why}))

    def _from_outside(self, branch: Branch) -> None:
        """The packets are in the internet now: they stay there, or come back in to a known public address."""
        if self.target.interface is not None:
            self._enter_from_internet(branch)
            return
        nat = self._nat_at(branch)
        if nat is not None:
            ref = Ref("nat-gateway", nat.id, nat.name)
            branch.block(Finding(Cause.NAT_TAKES_NO_CONNECTIONS, ref, branch.replying, branch.asked))
        self.branches.append(branch)

    def _nat_at(self, branch: Branch) -> NatGateway | None:
        sole = branch.seen().destinations().sole
        if sole is None:
            return None
        return next((n for n in self.network.nats.values() if sole in ((IPV4, n.public), (IPV4, n.private))), None)

    def _enter_from_internet(self, branch: Branch) -> None:
        """In through the internet gateway of the target's VPC."""
        interface = self.target.interface
        if interface is None or self.target.private is None:
            self._from_nowhere(branch)
            return
        subnet = self.network.subnets.get(interface.subnet)
        gateway = self.network.gateway_of_vpc.get(interface.vpc)
        family, value = self.target.private
        before = len(branch.findings)
        self._attached(branch, interface.vpc, gateway)
        place = Place(interface.vpc, subnet)
        self._public_access(branch, place, allow_outbound=False, outward=False)
        self._publicly_addressed(branch, interface)
        if family == IPV4 and self.target.public:
            public = self.words.addresses(branch.seen().destinations())
            branch.view = View(branch.view.source, (family, value), branch.view.ports, branch.view.hidden)
            text = f"{public} becomes {self.words.addresses(AddressSet.address(family, value))}"
        else:
            text = None
        if gateway is not None:
            decision = Decision.PASS if len(branch.findings) == before else Decision.DENY
            branch.station(Ref("internet-gateway", gateway.id, gateway.name), decision, detail=text)
        elif (named := self.network.unknown_gateway(interface.vpc)) is not None:
            gateway = Gateway(named, interface.vpc)
        if gateway is not None and self._redirected(branch, gateway, place):
            return
        branch.identity = None
        if subnet is None:
            self._unknown(branch, "subnet", interface.subnet, f"{interface.subnet} is not in the input", interface.vpc)
        else:
            branch.legs.append(Leg("in", None, place, branch.view, gateway=gateway.id if gateway else None))
            pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        self._ingress(branch, interface)
        self.branches.append(branch)

    def _attached(self, branch: Branch, vpc: str, gateway: Gateway | None) -> None:
        if gateway is not None:
            return
        if self.network.lacks("internet gateway", vpc) or self.network.unknown_gateway(vpc) is not None:
            self._unknown(branch, "internet gateway", vpc, f"the internet gateway of {vpc} is not in the input", vpc)
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
            public = next((a.public for a in interface.addresses if (a.family, a.value) == (family, value)), None)
            if public is not None:
                facts["public"] = self.words.addresses(AddressSet.address(IPV4, public))
            branch.block(Finding(Cause.NO_PUBLIC_ADDRESS, ref, branch.replying, branch.asked, facts=facts))
        elif family == IPV6 and interface.blocks_internet_ipv6:
            branch.block(Finding(Cause.IPV6_NOT_FROM_INTERNET, ref, branch.replying, branch.asked))
        elif family == IPV6 and not self.network.advertised.contains(family, value):
            facts = {"private": self.words.addresses(AddressSet.address(family, value)), "state": ""}
            branch.block(Finding(Cause.NO_PUBLIC_ADDRESS, ref, branch.replying, branch.asked, facts=facts))

    def _redirected(self, branch: Branch, gateway: Gateway, place: Place) -> bool:
        """Follow the gateway's own route table; True where it leads to something that decides by itself."""
        table = self.network.edge_table(gateway.id)
        if table is None:
            if self.network.lacks("route table", place.vpc):
                why = f"whether {gateway.id} has a route table of its own is not in the input"
                self._unknown(branch, "route table", gateway.id, why, place.vpc)
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
        elif route.via is Via.ENDPOINT:
            self._through_endpoint(branch, edge, route.target, gateway.id)
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
