"""Rows of the table of causes, and the cases that several of them share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import sgcheck
from sgcheck.diagnose.context import Context
from sgcheck.diagnose.diagnose import diagnose
from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.recognise import recognise
from sgcheck.diagnose.result import Diagnosis
from tests.reach.lab import (
    ANY4,
    ANY6,
    Record,
    cidr,
    entries,
    entry,
    find,
    ingress,
    interface,
    lab,
    load,
    pair,
    permission,
    ports,
    reroute,
    route,
)
from tests.reach.lab_balancers import alb, nlb
from tests.reach.lab_balancers import target as member


class Row(NamedTuple):
    """configuration x observed x evidence -> the first cause, and how far it is to be believed."""

    id: str
    make: Callable[[], Record]
    ends: tuple[str, str, str]
    observed: str | None
    clues: tuple[str | Clue, ...]
    code: str
    confidence: str


def told(says: str | Clue, source: str = "flow logs") -> Clue:
    """A clue that says this."""
    return says if isinstance(says, Clue) else Clue(Says(says), source, f"it {says}")


def context_of(record: Record, ends: tuple[str, str, str]) -> Context:
    """A question on a network, and what the configuration answers."""
    network = load(record)
    question = sgcheck.Question.parse(*ends)
    return Context(network, question, sgcheck.explain(network, question))


def judge(record: Record, ends: tuple[str, str, str], observed: str | None = None, *clues: str | Clue) -> Diagnosis:
    """Diagnose one question on a network."""
    return diagnose(context_of(record, ends), recognise(observed) if observed else None, [told(clue) for clue in clues])


def change(record: Record, key: str, id_: str, **members: Any) -> Record:
    """The record with other members of one thing."""
    find(record, key, id_).update(members)
    return record


def open_web() -> Record:
    """i-web lets everything in."""
    return ingress(lab(), "sg-web", permission("-1", **ANY4, **ANY6))


def elastic() -> Record:
    """i-web with SSH for the office only."""
    return ingress(lab(), "sg-web", permission("tcp", 22, **cidr("203.0.113.0/24")))


def acl_denies() -> Record:
    """The ACL of i-web's subnet denies 443 on the way in."""
    return entries(lab(), "acl-pub", entry(100, True), entry(90, False, "deny", **ports(443)), entry(100, False))


def acl_forgets_replies() -> Record:
    """The ACL of i-web's subnet lets requests in and no replies out."""
    return entries(lab(), "acl-pub", entry(100, False), entry(100, True, **ports(443)))


def acl_some_replies() -> Record:
    """The ACL of i-web's subnet lets out replies to Linux clients only."""
    return entries(lab(), "acl-pub", entry(100, False), entry(100, True, **ports(32768, 65535)))


def no_route_back() -> Record:
    """The public subnet has no route to the internet."""
    return reroute(lab(), "rtb-pub")


def replies_by_nat() -> Record:
    """In by the internet gateway, out by the NAT gateway."""
    return reroute(lab(), "rtb-pub", route("0.0.0.0/0", "nat-1"))


def blackhole() -> Record:
    """The private subnet's default route is dead."""
    return reroute(lab(), "rtb-main", route("0.0.0.0/0", "nat-2", State="blackhole"))


def gateway_detached() -> Record:
    """The internet gateway is attached to no VPC."""
    return change(lab(), "InternetGateways", "igw-1", Attachments=[])


def public_access_blocked() -> Record:
    """Block public access is on for i-web's subnet."""
    states = {"InternetGatewayBlockMode": "block-bidirectional"}
    return change(lab(), "Subnets", "subnet-pub", BlockPublicAccessStates=states)


def stopped(state: str = "stopped", id_: str = "i-db") -> Record:
    """An instance that does not run."""
    return change(lab(), "Instances", id_, State={"Name": state})


def impaired(id_: str, system: str = "ok", own: str = "impaired") -> Record:
    """An instance whose status checks fail."""
    record = lab()
    checks = {"SystemStatus": {"Status": system}, "InstanceStatus": {"Status": own}}
    record["InstanceStatuses"] = [{"InstanceId": id_, "InstanceState": {"Name": "running"}, **checks}]
    return record


def stopped_web() -> Record:
    """i-web stopped, and its public address given back."""
    record = stopped("stopped", "i-web")
    found = find(record, "NetworkInterfaces", "eni-web")
    found["PrivateIpAddresses"] = [{"PrivateIpAddress": "10.0.1.10", "Primary": True}]
    return record


def without_public() -> Record:
    """i-web runs, and has no public address."""
    record = lab()
    found = find(record, "NetworkInterfaces", "eni-web")
    found["PrivateIpAddresses"] = [{"PrivateIpAddress": "10.0.1.10", "Primary": True}]
    return record


def peering_gone() -> Record:
    """The peering connection is deleted, its routes are dead."""
    record = change(lab(), "VpcPeeringConnections", "pcx-1", Status={"Code": "deleted"})
    return reroute(record, "rtb-main", route("10.9.0.0/16", "pcx-1", State="blackhole"))


def second_interface() -> Record:
    """i-db has a second interface, which is open for the VPC."""
    record = ingress(lab(), "sg-db", permission("tcp", 5432, **cidr("10.0.0.0/16")))
    attached = {"InstanceId": "i-db", "DeviceIndex": 1, "Status": "attached"}
    record["NetworkInterfaces"].append(interface("eni-two", "subnet-priv", "10.0.2.21", ["sg-db"], Attachment=attached))
    return record


def alb_with(state: str | None, reason: str | None = None) -> Record:
    """The ALB with i-app in this state."""
    return alb(member("i-app", 8080, state, reason))


def alb_empty() -> Record:
    """The ALB without any target."""
    record = alb()
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = []
    return record


def alb_cut_off() -> Record:
    """The ALB, whose target's group does not let it in."""
    return ingress(alb(), "sg-app", permission("tcp", 8080, **pair("sg-web")))


def nlb_cut_off() -> Record:
    """The NLB, whose target's group lets nobody in."""
    return ingress(nlb(), "sg-app")


def alb_port_without_listener() -> Record:
    """The ALB's group allows port 80, which no listener has."""
    return ingress(alb(), "sg-alb", permission("tcp", 80, **ANY4), permission("tcp", 443, **ANY4))
