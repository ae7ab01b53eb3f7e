"""Endpoints and endpoint services (AWS PrivateLink guide; EC2 guide, connect-with-ec2-instance-connect-endpoint)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sgcheck.aws.conversion.unique import unique
from sgcheck.aws.endpoint_service import ENDPOINT_SERVICE
from sgcheck.aws.instance_connect_endpoint import INSTANCE_CONNECT_ENDPOINT, InstanceConnectEndpointRecord
from sgcheck.aws.record import name_of
from sgcheck.aws.vpc_endpoint import VPC_ENDPOINT, VpcEndpointRecord
from sgcheck.model.endpoints import Endpoint, EndpointKind, EndpointService

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft

_TYPES = {
    "interface": (EndpointKind.SERVICE, "interface endpoint"),
    "gateway": (EndpointKind.GATEWAY, "gateway endpoint"),
    "gatewayloadbalancer": (EndpointKind.INSPECTION, "Gateway Load Balancer endpoint"),
    "resource": (EndpointKind.OPAQUE, "VPC Lattice resource endpoint"),
    "servicenetwork": (EndpointKind.OPAQUE, "VPC Lattice service network endpoint"),
}
_MANAGED = "AWSNetworkFirewallManaged"
_FIREWALL = "Firewall"
"""Tags of the endpoints that Network Firewall makes (Network Firewall guide, firewall-components)."""


def add_endpoints(draft: Draft, snapshot: Snapshot) -> None:
    """Add every endpoint and endpoint service."""
    for record, _home in unique(snapshot, VPC_ENDPOINT).values():
        draft.endpoints[record.vpc_endpoint_id] = _endpoint(record)
    for connect, _home in unique(snapshot, INSTANCE_CONNECT_ENDPOINT).values():
        draft.endpoints[connect.instance_connect_endpoint_id] = _connect(connect)
    for service, _home in unique(snapshot, ENDPOINT_SERVICE).values():
        state = service.service_state or "Available"
        balancers = (*(service.network_load_balancer_arns or ()), *(service.gateway_load_balancer_arns or ()))
        name = service.service_name or service.service_id
        usable = state.lower() == "available"
        draft.endpoint_services[name] = EndpointService(
            service.service_id, name, state, usable, tuple(sorted(balancers))
        )


def _endpoint(record: VpcEndpointRecord) -> Endpoint:
    written = record.vpc_endpoint_type or "Gateway"
    kind, what = _TYPES.get(written.lower(), (EndpointKind.OPAQUE, f"{written} endpoint"))
    state = record.state or "available"
    return Endpoint(
        id=record.vpc_endpoint_id,
        kind=kind,
        what=what,
        vpc=record.vpc_id or "",
        state=state,
        usable={"available": True, "partial": None}.get(state.lower(), False),
        subnets=tuple(sorted(record.subnet_ids or ())),
        interfaces=tuple(sorted(record.network_interface_ids or ())),
        service=record.service_name,
        restricted=not _allows_everything(record.policy_document),
        private_dns=record.private_dns_enabled,
        managed=_firewall_of(record),
        name=name_of(record.tags),
    )


def _firewall_of(record: VpcEndpointRecord) -> str | None:
    tags = {tag.key: tag.value or "" for tag in record.tags or ()}
    if tags.get(_MANAGED, "").lower() != "true":
        return None
    return tags.get(_FIREWALL) or record.vpc_endpoint_id


def _connect(record: InstanceConnectEndpointRecord) -> Endpoint:
    state = record.state or "create-complete"
    return Endpoint(
        id=record.instance_connect_endpoint_id,
        kind=EndpointKind.CONNECT,
        what="EC2 Instance Connect endpoint",
        vpc=record.vpc_id or "",
        state=state,
        usable=state.lower() in ("create-complete", "update-complete"),
        subnets=(record.subnet_id,) if record.subnet_id else (),
        interfaces=tuple(sorted(record.network_interface_ids or ())),
        preserves=bool(record.preserve_client_ip),
        name=name_of(record.tags),
    )


def _allows_everything(policy: str | None) -> bool:
    """Whether a policy is the default one, which lets everybody do everything.

    (PrivateLink guide, vpc-endpoints-access.) A policy that is not told, or can't be read, is not held against it.
    """
    try:
        statements = json.loads(policy or "{}").get("Statement")
    except (ValueError, AttributeError):
        return True
    listed: list[Any] = statements if isinstance(statements, list) else [statements] if statements else []
    if not listed:
        return True
    return all(isinstance(s, dict) for s in listed) and any(map(_open, listed)) and not any(map(_denies, listed))


def _open(statement: dict[str, Any]) -> bool:
    everybody = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
    everything = all(statement.get(key) in ("*", ["*"]) for key in ("Action", "Resource"))
    return statement.get("Effect") == "Allow" and everybody and everything and not statement.get("Condition")


def _denies(statement: dict[str, Any]) -> bool:
    return statement.get("Effect") == "Deny"
