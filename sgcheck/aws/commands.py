"""AWS CLI commands for edits (AWS CLI command reference, ec2)."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from sgcheck.model.edit import (
    AllowInAcl,
    AllowInGroup,
    AssociateAttachment,
    Edit,
    Propagate,
    RemoveFromAcl,
    RemoveFromGroup,
    RemoveRoute,
    SetRoute,
    StartInstance,
    StartService,
)
from sgcheck.model.filters import FilterLine, Way
from sgcheck.model.ref import OPEN
from sgcheck.model.routing import Via
from sgcheck.packets import EVERY_VALUE, ICMP, ICMPV6, AddressSet, Services, protocol_name

if TYPE_CHECKING:
    from sgcheck.model.network import Network

_TARGET_OPTION = {
    Via.INTERNET_GATEWAY: "--gateway-id",
    Via.EGRESS_ONLY_GATEWAY: "--egress-only-internet-gateway-id",
    Via.NAT_GATEWAY: "--nat-gateway-id",
    Via.PEERING: "--vpc-peering-connection-id",
    Via.INTERFACE: "--network-interface-id",
    Via.TRANSIT_GATEWAY: "--transit-gateway-id",
}


def commands_for(edit: Edit, network: Network) -> tuple[str, ...]:
    """The commands that make `edit`, in the order in which they must run."""
    match edit:
        case AllowInGroup():
            return (_allow_in_group(edit),)
        case AllowInAcl():
            return _allow_in_acl(edit, network)
        case SetRoute():
            return (_set_route(edit),)
        case StartInstance():
            return _start(edit)
        case Propagate():
            return (_transit("enable-transit-gateway-route-table-propagation", edit),)
        case AssociateAttachment():
            return (_transit("associate-transit-gateway-route-table", edit),)
        case StartService():
            return _start_service(edit)
        case RemoveFromGroup():
            return (_revoke(edit),)
        case RemoveFromAcl():
            verb = f"aws ec2 delete-network-acl-entry --network-acl-id {edit.acl}"
            return (f"{verb} --{edit.way.value} --rule-number {edit.line.number}",)
        case RemoveRoute():
            return (_delete_route(edit),)


def runnable(commands: tuple[str, ...], network: Network) -> tuple[str, ...]:
    """`commands`, or none where they name what only a plan or a template has, which has no id yet."""
    unborn = [re.escape(id_) for name, id_ in network.names.items() if id_ == name]
    if not commands or not unborn:
        return commands
    named = re.compile(rf"(?<![\w.-])(?:{'|'.join(unborn)})(?![\w-])")
    there = any(word in command for word in OPEN for command in commands)
    return () if there or any(map(named.search, commands)) else commands


def _revoke(edit: RemoveFromGroup) -> str:
    """By its id where it is told, else by its content (AWS CLI command reference, revoke-security-group-ingress)."""
    line = edit.line
    verb = f"aws ec2 revoke-security-group-{edit.way.value} --group-id {edit.group}"
    if line.label.startswith("sgr-"):
        return f"{verb} --security-group-rule-ids {line.label}"
    listed = line.label.rpartition(" ")[2]
    if listed.startswith("pl-"):
        protocol, first, last = rule_ports(line.services)
        ports = "" if first is None else f",FromPort={first},ToPort={last}"
        permission = f"IpProtocol={protocol}{ports},PrefixListIds=[{{PrefixListId={listed}}}]"
        return f"{verb} --ip-permissions {shlex.quote(permission)}"
    group, account = (line.reference.group, line.reference.account) if line.reference else (None, None)
    cidr = None if line.reference else line.peer.cidrs()[0]
    same = AllowInGroup(edit.group, edit.way, line.services, cidr, group, account)
    return _allow_in_group(same).replace(" authorize-", " revoke-", 1)


def _delete_route(edit: RemoveRoute) -> str:
    route = edit.route
    option = "--destination-ipv6-cidr-block" if route.family == 6 else "--destination-cidr-block"
    what = f"--destination-prefix-list-id {route.list}" if route.list else f"{option} {route.label}"
    return f"aws ec2 delete-route --route-table-id {edit.table} {what}"


def _allow_in_group(edit: AllowInGroup) -> str:
    verb = f"aws ec2 authorize-security-group-{edit.way.value} --group-id {edit.group}"
    protocol, first, last = rule_ports(edit.services)
    simple = edit.way is Way.INGRESS and protocol in ("tcp", "udp")
    if simple and edit.cidr is not None and ":" not in edit.cidr:
        return f"{verb} --protocol {protocol} --port {_dashed(first, last)} --cidr {edit.cidr}"
    if simple and edit.reference is not None and edit.reference_account is None:
        return f"{verb} --protocol {protocol} --port {_dashed(first, last)} --source-group {edit.reference}"
    ports = "" if first is None else f",FromPort={first},ToPort={last}"
    permission = f"IpProtocol={protocol}{ports},{_peer(edit)}"
    return f"{verb} --ip-permissions {shlex.quote(permission)}"


def _peer(edit: AllowInGroup) -> str:
    if edit.reference is not None:
        owner = f",UserId={edit.reference_account}" if edit.reference_account else ""
        return f"UserIdGroupPairs=[{{GroupId={edit.reference}{owner}}}]"
    if edit.cidr is not None and ":" in edit.cidr:
        return f"Ipv6Ranges=[{{CidrIpv6={edit.cidr}}}]"
    return f"IpRanges=[{{CidrIp={edit.cidr}}}]"


def rule_ports(services: Services) -> tuple[str, int | None, int | None]:
    """One rule's protocol and ports (ICMP: type and code) as the API takes them; None where it takes none."""
    first_protocol, last_protocol, values = services.segments[0]
    if first_protocol != last_protocol:
        return "-1", None, None
    name = protocol_name(first_protocol)
    if first_protocol in (ICMP, ICMPV6):
        kind, code = icmp_of(services, first_protocol)
        return name, kind, code
    if first_protocol not in (6, 17):
        return str(first_protocol), None, None
    low, high = (0, 65535) if values == EVERY_VALUE else values.spans[0]
    return name, low, high


def icmp_of(services: Services, protocol: int) -> tuple[int, int]:
    """ICMP type and code of one rule, -1 for any."""
    values = services.values(protocol)
    if values == EVERY_VALUE:
        return -1, -1
    low, high = values.spans[0]
    return low // 256, -1 if high - low == 255 and low % 256 == 0 else low % 256


def _dashed(first: int | None, last: int | None) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _allow_in_acl(edit: AllowInAcl, network: Network) -> tuple[str, ...]:
    """Entries that make room move first, from the highest number down, so that none is overwritten."""
    lines = {line.number: line for line in network.acls[edit.acl].lines(edit.way) or ()}
    made: list[str] = []
    for old, new in edit.shifted:
        made.append(_entry(edit.acl, edit.way, new, lines[old], replace=new in lines))
    wanted = FilterLine("", edit.services, AddressSet.parse(edit.cidr), number=edit.number)
    made.append(_entry(edit.acl, edit.way, edit.number, wanted, replace=edit.number in lines))
    return tuple(made)


def _entry(acl: str, way: Way, number: int, line: FilterLine, *, replace: bool) -> str:
    verb = "replace" if replace else "create"
    cidr = line.peer.cidrs()[0]
    option = "--ipv6-cidr-block" if ":" in cidr else "--cidr-block"
    action = "allow" if line.allow else "deny"
    return (
        f"aws ec2 {verb}-network-acl-entry --network-acl-id {acl} --{way.value} --rule-number {number}"
        f"{_acl_ports(line.services)} {option} {cidr} --rule-action {action}"
    )


def _acl_ports(services: Services) -> str:
    first, last, values = services.segments[0]
    if first != last:
        return " --protocol all"
    if first in (ICMP, ICMPV6):
        kind, code = icmp_of(services, first)
        return f" --protocol {first} --icmp-type-code Code={code},Type={kind}"
    if first not in (6, 17):
        return f" --protocol {first}"
    low, high = (0, 65535) if values == EVERY_VALUE else values.spans[0]
    return f" --protocol {protocol_name(first)} --port-range From={low},To={high}"


def _set_route(edit: SetRoute) -> str:
    verb = "replace" if edit.replace else "create"
    option = "--destination-ipv6-cidr-block" if ":" in edit.cidr else "--destination-cidr-block"
    target = f"{_TARGET_OPTION[edit.via]} {edit.target}"
    return f"aws ec2 {verb}-route --route-table-id {edit.table} {option} {edit.cidr} {target}"


def _transit(verb: str, edit: Propagate | AssociateAttachment) -> str:
    return (
        f"aws ec2 {verb} --transit-gateway-route-table-id {edit.table} "
        f"--transit-gateway-attachment-id {edit.attachment}"
    )


def _start(edit: StartInstance) -> tuple[str, ...]:
    """What starts is `pending` until it runs, what stops can't be started (EC2 guide, ec2-instance-lifecycle)."""
    stopped, start, running = (
        f"aws ec2 {verb} --instance-ids {edit.instance}"
        for verb in ("wait instance-stopped", "start-instances", "wait instance-running")
    )
    if edit.state == "pending":
        return (running,)
    return (stopped, start, running) if edit.state == "stopping" else (start, running)


def _start_service(edit: StartService) -> tuple[str, ...]:
    """Only a DB instance starts by itself (AWS CLI command reference, rds start-db-instance); stopping comes first."""
    name = f"--db-instance-identifier {edit.id}"
    stopped, start, running = (
        f"aws rds {verb} {name}"
        for verb in ("wait db-instance-stopped", "start-db-instance", "wait db-instance-available")
    )
    return (stopped, start, running) if edit.state == "stopping" else (start, running)
