"""EC2 Instance Connect endpoints as sources (EC2 guide, connect-with-ec2-instance-connect-endpoint)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sgcheck.model.filters import Way, judge_list, line_packets
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.packets import INTERNET, TCP, IntervalSet, PacketSet, Services
from sgcheck.reach.at_endpoint import endpoint_at, named_endpoint, working
from sgcheck.reach.gates import missing_finding

if TYPE_CHECKING:
    from sgcheck.model.endpoints import Endpoint
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface, Subnet
    from sgcheck.reach.branch import Branch
    from sgcheck.reach.vantage import Target
    from sgcheck.reach.words import Words

MEANT = IntervalSet.of((22, 22), (3389, 3389))
"""Ports that the endpoint is for: SSH and RDP."""
TUNNELLED = Services.of(TCP)
CONNECT = "EC2 Instance Connect endpoint"


def connect(network: Network, words: Words, branch: Branch, interface: Interface, target: Target) -> None:
    """Let an endpoint open connections: it must work, and carries TCP; its ingress rules count for nothing."""
    endpoint = endpoint_at(network, interface)
    if endpoint is None:
        id_ = named_endpoint(interface) or interface.id
        why = f"the {CONNECT} that {interface.id} belongs to is not in the input"
        branch.block(missing_finding(branch, network.missing(CONNECT, id_, why, vpc=interface.vpc), branch.asked))
        return
    working(branch, endpoint)
    other = branch.asked - branch.asked.where(services=TUNNELLED)
    if other:
        ref = Ref("vpc-endpoint", endpoint.id, endpoint.name)
        facts = {"services": words.services(other), "what": endpoint.what, "takes": "TCP"}
        branch.block(Finding(Cause.ENDPOINT_PROTOCOL, ref, branch.replying, other, facts=facts))
    if branch.asked.services().values(TCP) - MEANT:
        branch.note(f"{endpoint.id} is made for SSH and RDP (22 and 3389): it may refuse to open other ports")
    if endpoint.preserves:
        _preserve(network, branch, interface, endpoint, target)


def _preserve(network: Network, branch: Branch, interface: Interface, endpoint: Endpoint, target: Target) -> None:
    """With the client's own address kept, hosts see that; rules that name the endpoint's group match all the same.

    (EC2 guide, eice-security-groups.)
    """
    wanted = target.interface
    if wanted is not None and wanted.vpc == interface.vpc and branch.asked <= _by_group(network, interface, wanted):
        home = network.subnets.get(wanted.subnet)
        if home is not None and (home.id == interface.subnet or _open_to_all(network, home, branch.asked)):
            branch.note(f"{endpoint.id} preserves client addresses: {wanted.id} sees who connects, not the endpoint")
            return
    ref = Ref("vpc-endpoint", endpoint.id, endpoint.name)
    groups = ", ".join(interface.groups or ()) or "its group"
    why = (
        f"{endpoint.id} preserves client addresses, and whose address the target sees is not in the question: only "
        f"rules that name {groups} let everybody in who may use it"
    )
    branch.block(Finding(Cause.UNMODELLED, ref, branch.replying, branch.asked, facts={"why": why}))
    branch.view = replace(branch.view, hidden=True)


def _by_group(network: Network, interface: Interface, wanted: Interface) -> PacketSet:
    """What rules of the target allow by naming a group of the endpoint."""
    groups = [network.groups[g] for g in wanted.groups or () if g in network.groups]
    named = [
        line_packets(line, Way.INGRESS, INTERNET | interface.owned())
        for group in groups
        for line in group.ingress or ()
        if line.reference and line.reference.stale is None and line.reference.group in (interface.groups or ())
    ]
    return PacketSet.union_all(named)


def _open_to_all(network: Network, subnet: Subnet, asked: PacketSet) -> bool:
    """Whether the network ACL lets the packets in from any client, and the replies out."""
    acl = network.acl_for(subnet)
    if acl is None or acl.ingress is None or acl.egress is None:
        return False
    anybody = PacketSet.union_all(
        [PacketSet.box(INTERNET.only(family), asked.destinations(), asked.services()) for family in asked.families]
    )
    answered = anybody.where(source_ports=asked.source_ports())
    into = judge_list(acl.ingress, Way.INGRESS, answered).permit
    return answered <= into and answered.reversed() <= judge_list(acl.egress, Way.EGRESS, answered.reversed()).permit
