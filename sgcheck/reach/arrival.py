"""Arrivals: hosts on the way, delivery inside a VPC, and everything that the target itself decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.edit import StartInstance
from sgcheck.model.filters import GroupReference, Way
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.model.things import Role
from sgcheck.packets import AddressSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.at_endpoint import take
from sgcheck.reach.branch import Branch, Identity, Leg, Place
from sgcheck.reach.claims import service_down
from sgcheck.reach.gates import pass_acl, pass_groups, passed_over
from sgcheck.reach.vantage import From
from sgcheck.reach.view import View
from sgcheck.reach.walker import Walker

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Instance, Interface, Subnet
    from sgcheck.reach.ends import Claim

START_STATES = ("stopped", "stopping", "pending")


class Arrival(Walker):
    """Delivers packets to interfaces."""

    def _end_host(self, branch: Branch, interface: Interface) -> None:
        """Pass the host at an end of the way."""
        self._host(branch, interface)

    def _end_groups(
        self,
        branch: Branch,
        interface: Interface,
        way: Way,
        identity: Identity | None,
        reference: GroupReference | None,
    ) -> None:
        """Pass the groups at an end of the way; `identity` stands on the other side."""
        pass_groups(self.network, self.words, branch, interface, way, identity, reference)

    def _host(self, branch: Branch, interface: Interface) -> None:
        """Pass a host: it must be there and running."""
        instance = self.network.instances.get(interface.instance) if interface.instance else None
        ref = (
            Ref("instance", instance.id, instance.name)
            if instance
            else Ref("network-interface", interface.id, interface.name)
        )
        finding = self._unusable(branch, interface, instance)
        detail = interface.id if instance else None
        branch.station(ref, Decision.DENY if finding else Decision.PASS, detail=detail)
        if finding:
            branch.block(finding)
        elif interface.instance is not None and instance is None:
            branch.note(
                f"{interface.instance} is not in the input: assumed to be running, since {interface.id} is in use"
            )

    def _unusable(self, branch: Branch, interface: Interface, instance: Instance | None) -> Finding | None:
        if instance is not None and instance.state != "running":
            edits = (StartInstance(instance.id, instance.state),) if instance.state in START_STATES else ()
            ref = Ref("instance", instance.id, instance.name)
            facts = {"state": instance.state}
            return Finding(Cause.NOT_RUNNING, ref, branch.replying, branch.asked, facts=facts, edits=edits)
        claim = self._claim_on(interface)
        if claim is not None and claim.service.state is not None:
            return service_down(branch, claim.service)
        if not interface.in_use:
            ref = Ref("network-interface", interface.id, interface.name)
            return Finding(Cause.NOT_IN_USE, ref, branch.replying, branch.asked)
        return None

    def _claim_on(self, interface: Interface) -> Claim | None:
        """The service that was asked by name and stands behind this interface."""
        for end in (self.target, self.vantage):
            if end.interface is not None and end.interface.id == interface.id:
                return end.claim
        return None

    def _deliver(
        self, branch: Branch, place: Place, vpc: str, kind: str, *, nat: bool = False, over: str | None = None
    ) -> None:
        """Hand the packets to whoever has their destination in `vpc`."""
        destination = branch.seen().destinations().sole
        if destination is None:
            self._unknown(branch, "VPC", vpc, f"which of these addresses lie in {vpc} is not in the input", vpc)
            self.branches.append(branch)
            return
        subnet = self.network.subnet_at(vpc, *destination)
        if subnet is None:
            self._no_subnet(branch, vpc)
            return
        end = Place(vpc, subnet)
        nat = branch.view.source is not None and branch.view.ports is not None
        if place.origin is not None:
            branch.legs.append(Leg("transit", place.origin, end, branch.view, gateway=place.entered, nat=nat))
        elif kind == "same" and place.behind:
            branch.legs.append(Leg("local", place, end, branch.view))
        elif kind != "same":
            branch.legs.append(Leg(kind, place, end, branch.view, gateway=over, nat=nat))
        if kind != "same":
            pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        self._arrive(branch, subnet, self.network.owner_in(vpc, *destination))

    def _no_subnet(self, branch: Branch, vpc: str) -> None:
        addresses = self.words.addresses(branch.seen().destinations())
        if not self.network.subnets_of.get(vpc):
            self._unknown(branch, "subnet", vpc, f"the subnets of {vpc} are not in the input", vpc)
        else:
            facts = {"destination": addresses, "vpc": vpc}
            branch.block(Finding(Cause.NO_SUBNET, Ref("vpc", vpc), branch.replying, branch.asked, facts=facts))
        self.branches.append(branch)

    def _arrive(self, branch: Branch, subnet: Subnet, interface: Interface | None) -> None:
        if interface is None and self.network.lacks("network interface", subnet.vpc):
            where = self.words.addresses(branch.seen().destinations())
            self._unknown(branch, "network interface", where, f"who has {where} is not in the input", subnet.vpc)
            self.branches.append(branch)
            return
        nat = self._nat_with(subnet.vpc, branch.seen().destinations()) if interface is None else None
        if nat is not None:
            branch.block(Finding(Cause.NAT_TAKES_NO_CONNECTIONS, nat, branch.replying, branch.asked))
            self.branches.append(branch)
            return
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

    def _nat_with(self, vpc: str, addresses: AddressSet) -> Ref | None:
        """The NAT gateway of `vpc` that has the address, which needs no interface record to be known."""
        sole = addresses.sole
        id_ = self.network.nat_of_interface_address.get((vpc, sole[1])) if sole else None
        return Ref("nat-gateway", id_, self.network.nats[id_].name) if id_ else None

    def _ingress(self, branch: Branch, interface: Interface) -> None:
        """Everything at the target itself."""
        branch.receiver = interface
        ref = Ref("network-interface", interface.id, interface.name)
        reference = (
            reference_to(self.network, self.vantage.interface) if self._knows_sender(branch, interface) else None
        )
        if interface.role is Role.NAT:
            branch.block(Finding(Cause.NAT_TAKES_NO_CONNECTIONS, ref, branch.replying, branch.asked))
        elif interface.role is Role.SILENT:
            facts = {"what": interface.what or "managed"}
            branch.block(Finding(Cause.NEVER_ANSWERS, ref, branch.replying, branch.asked, facts=facts))
        self._end_groups(branch, interface, Way.INGRESS, branch.identity, reference)
        self._end_host(branch, interface)
        if interface.role is Role.ENDPOINT:
            take(self.network, self.words, branch, interface)
        if interface.role is Role.OPAQUE and not self._balanced(branch, interface):
            facts = {
                "why": f"{interface.id} belongs to a {interface.what}, which decides more than its groups do",
                "what": interface.what or "",
            }
            branch.block(Finding(Cause.UNMODELLED, ref, branch.replying, branch.asked, facts=facts))

    def _knows_sender(self, branch: Branch, target: Interface) -> bool:
        identity = branch.identity
        if (
            identity is None
            or identity.lost
            or identity.doubtful
            or branch.view.hidden
            or len(self.vantage.interfaces) > 1
        ):
            return False
        if identity.vpc == target.vpc or identity.over is not None:
            return True
        return any(p.active and not p.crosses_regions for p in self.network.peerings_between(identity.vpc, target.vpc))

    def _circle(self, branch: Branch, place: Place, ref: Ref) -> None:
        """Back at what has carried these packets already: nothing arrives."""
        branch.station(ref, Decision.DENY)
        branch.block(Finding(Cause.ROUTE_LOOP, ref, branch.replying, branch.asked))
        self._leap(branch, place, hidden=False)

    def _leap(self, branch: Branch, place: Place, *, hidden: bool) -> None:
        """Go on straight at the target's end, to find what holds whatever happened in between."""
        wanted = self.target.interface
        if hidden and place.subnet is not None and not passed_over(self.network, place.subnet):
            branch.legs.append(Leg("leap", place.start, None, branch.view))
        if wanted is None or self.target.private is None:
            self.branches.append(branch)
            return
        destination = self.target.private if self.target.public else branch.view.destination
        branch.view = View(branch.view.source, destination, branch.view.ports, hidden or branch.view.hidden)
        elsewhere = self.vantage.start is From.ELSEWHERE
        if place.vpc != wanted.vpc and not elsewhere and not self._knows_sender(branch, wanted):
            branch.identity = None
        subnet = self.network.subnets.get(wanted.subnet)
        if subnet is not None:
            end = Place(wanted.vpc, subnet)
            if not (hidden and passed_over(self.network, subnet)):
                branch.legs.append(Leg("leap", None if hidden else place.start, end, branch.view))
                pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        self._ingress(branch, wanted)
        self.branches.append(branch)


def answers(network: Network, interface: Interface) -> bool:
    """Whether a host is there and running, as far as the input tells; what it does not tell runs."""
    instance = network.instances.get(interface.instance) if interface.instance else None
    return interface.in_use and (instance is None or instance.state == "running")


def reference_to(network: Network, interface: Interface | None) -> GroupReference | None:
    """The group that a rule for this interface would name."""
    if interface is None or not interface.groups or not interface.filtered:
        return None
    known = [g for g in interface.groups if g in network.groups and network.groups[g].vpc in (None, interface.vpc)]
    named = sorted(known, key=lambda id_: (network.group_names.get(id_) == "default", id_))
    return GroupReference(named[0], network.groups[named[0]].account) if named else None
