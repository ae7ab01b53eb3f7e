"""Crossings: NAT gateways, peering connections, hosts that forward, and hops that are not modelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.model.things import Address, NatGateway
from sgcheck.packets import AddressSet, Services
from sgcheck.reach.answer import Decision
from sgcheck.reach.arrival import Arrival
from sgcheck.reach.branch import Branch, Identity, Leg, Place
from sgcheck.reach.gates import missing_finding, pass_acl, pass_groups
from sgcheck.reach.view import NAT_PORTS, View
from sgcheck.reach.walker import IPV4

if TYPE_CHECKING:
    from sgcheck.model.things import Interface

NAT_PROTOCOLS = (1, 6, 17)


class Crossing(Arrival):
    """Carries packets over what stands between subnets and VPCs."""

    def _nat(self, branch: Branch, place: Place, id_: str) -> None:
        nat = self.network.nats.get(id_)
        if nat is None:
            branch.station(Ref("nat-gateway", id_), Decision.UNKNOWN)
            self._unknown(branch, "NAT gateway", id_, f"{id_} is not in the input", place.vpc)
            self._leap(branch, place, hidden=True)
            return
        ref = Ref("nat-gateway", nat.id, nat.name)
        if id_ in branch.visited:
            self._circle(branch, place, ref)
            return
        branch.visited |= {id_}
        subnet = self.network.subnets.get(nat.subnet) if nat.subnet else None
        if nat.subnet and subnet is None:
            self._unknown(branch, "subnet", nat.subnet, f"{nat.subnet} of {id_} is not in the input", place.vpc)
            self._leap(branch, place, hidden=True)
            return
        inner = Place(nat.vpc, subnet, nat.table if subnet is None else None)
        same = bool(place.subnet and subnet and place.subnet.id == subnet.id)
        if place.origin is not None:
            branch.legs.append(Leg("transit", place.origin, inner, branch.view, gateway=place.entered))
        elif not same or place.behind:
            branch.legs.append(Leg("local", place, inner, branch.view))
        if not same and subnet is not None:
            pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        self._nat_state(branch, nat, ref)
        source = (IPV4, nat.private) if nat.private is not None else None
        branch.view = View(source, branch.view.destination, NAT_PORTS, source is None)
        branch.identity = None
        branch.nat = nat
        if source is None and self._is_private(branch):
            self._unknown(branch, "NAT gateway", id_, f"the private address of {id_} is not in the input", nat.vpc)
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
        becomes = (
            f"the source becomes {self.words.addresses(AddressSet.address(IPV4, nat.private))}"
            if nat.private is not None
            else None
        )
        clean = len(branch.findings) == before
        branch.station(ref, Decision.PASS if clean else Decision.DENY, detail=becomes)

    def _peer(self, branch: Branch, place: Place, id_: str) -> None:
        peering = self.network.peerings.get(id_)
        if peering is None:
            branch.station(Ref("vpc-peering-connection", id_), Decision.UNKNOWN)
            self._unknown(branch, "VPC peering connection", id_, f"{id_} is not in the input", place.vpc)
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
            missing = self.network.missing(
                "VPC", other.vpc, f"{other.vpc} on the other side of {id_} is not in the input"
            )
            branch.block(missing_finding(branch, missing, branch.asked))
            self.branches.append(branch)
            return
        if branch.identity is not None and peering.crosses_regions:
            branch.identity = Identity(
                branch.identity.vpc, crosses_regions=True, groups_known=branch.identity.groups_known
            )
        self._deliver(branch, place, other.vpc, "peering", over=id_)

    def _through_interface(self, branch: Branch, place: Place, id_: str) -> None:
        interface = self.network.interfaces.get(id_)
        ref = Ref("network-interface", id_, interface.name if interface else None)
        if interface is None:
            branch.station(ref, Decision.UNKNOWN)
            self._unknown(branch, "network interface", id_, f"{id_} is not in the input", place.vpc)
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
        translated = self._translates(branch, interface)
        if translated is not None:
            self._nat_instance(branch, place, interface, translated)
            return
        self._filters_of(branch, place, interface)
        if dead is None and interface.forwards:
            branch.station(ref, Decision.UNKNOWN)
            facts = {
                "why": f"{self.words.interface(interface)} forwards these packets as it likes",
                "what": "appliance",
            }
            branch.block(Finding(Cause.APPLIANCE, ref, branch.replying, branch.asked, facts=facts))
        self._leap(branch, place, hidden=True)

    def _translates(self, branch: Branch, interface: Interface) -> Address | None:
        """The address that a NAT instance translates to, where a host that forwards counts as one.

        That is one with a public address on a route towards the internet (VPC user guide, VPC_NAT_Instance).
        """
        if not interface.forwards or self.target.family != IPV4 or self._is_private(branch):
            return None
        first = next((a for a in interface.addresses if a.family == IPV4 and a.primary), None)
        return first if first is not None and first.public is not None else None

    def _nat_instance(self, branch: Branch, place: Place, interface: Interface, first: Address) -> None:
        """Through a NAT instance: unlike a gateway it has groups, which see both legs."""
        ref = Ref("network-interface", interface.id, interface.name)
        subnet = self.network.subnets.get(interface.subnet)
        if interface.id in branch.visited or interface == self.vantage.interface:
            self._circle(branch, place, ref)
            return
        branch.visited |= {interface.id}
        if subnet is None:
            self._unknown(branch, "subnet", interface.subnet, f"{interface.subnet} is not in the input", interface.vpc)
            self._leap(branch, place, hidden=True)
            return
        branch.note(
            f"{self.words.interface(interface)} is taken for a NAT instance: it forwards, and has a public address"
        )
        inner = Place(interface.vpc, subnet)
        if place.origin is not None:
            branch.legs.append(Leg("transit", place.origin, inner, branch.view, gateway=place.entered))
        elif place.behind or not (place.subnet and place.subnet.id == subnet.id):
            branch.legs.append(Leg("local", place, inner, branch.view))
        self._filters_of(branch, place, interface)
        branch.station(ref, Decision.PASS, detail="NAT instance")
        branch.view = View((IPV4, first.value), branch.view.destination, NAT_PORTS)
        branch.identity = None
        branch.nat = NatGateway(
            interface.id, interface.vpc, subnet.id, None, first.value, first.public, usable=True, state="available"
        )
        pass_groups(self.network, self.words, branch, interface, Way.EGRESS, None, None)
        self._route(branch, inner)

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
