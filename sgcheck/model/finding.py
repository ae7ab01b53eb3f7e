"""What a walk finds: why packets are held back, or what is missing to know, as facts without any vocabulary."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sgcheck.model.edit import Edit
from sgcheck.model.filters import GroupReference, Way
from sgcheck.model.ref import Missing, Ref
from sgcheck.packets import PacketSet


class Cause(StrEnum):
    """Every cause a finding can have; a vocabulary has a code, a sentence and a fix for each."""

    GROUP_HAS_NO_RULES = "group-has-no-rules"
    GROUP_HAS_NO_MATCH = "group-has-no-match"
    GROUP_ONLY_OTHER_FAMILY = "group-only-other-family"
    GROUP_IDENTITY_LOST = "group-identity-lost"
    GROUP_REFERENCE_STALE = "group-reference-stale"
    GROUP_REFERENCE_CROSSES_REGIONS = "group-reference-crosses-regions"
    ACL_DENIES = "acl-denies"
    ACL_HOLDS_BACK_CLIENT_PORTS = "acl-holds-back-client-ports"
    NO_ROUTE = "no-route"
    DEAD_ROUTE = "dead-route"
    ROUTE_TO_INTERNET = "route-to-internet"
    NOT_JOINED = "not-joined"
    ROUTE_LOOP = "route-loop"
    GATEWAY_NOT_ATTACHED = "gateway-not-attached"
    GATEWAY_IN_BAD_STATE = "gateway-in-bad-state"
    GATEWAY_PROTOCOL = "gateway-protocol"
    NOT_IN_PEER = "not-in-peer"
    NO_PUBLIC_ADDRESS = "no-public-address"
    NO_PUBLIC_SOURCE = "no-public-source"
    PUBLIC_ACCESS_BLOCKED = "public-access-blocked"
    IPV6_NOT_FROM_INTERNET = "ipv6-not-from-internet"
    REPLY_LEAVES_ELSEWHERE = "reply-leaves-elsewhere"
    NOT_RUNNING = "not-running"
    NOT_IN_USE = "not-in-use"
    ADDRESS_NOT_IN_USE = "address-not-in-use"
    NO_SUBNET = "no-subnet"
    OTHER_OWNER = "other-owner"
    NEVER_ANSWERS = "never-answers"
    NAT_TAKES_NO_CONNECTIONS = "nat-takes-no-connections"
    NOT_FOR_ITS_ADDRESS = "not-for-its-address"
    ENDPOINT_ASKS_NOBODY = "endpoint-asks-nobody"
    ENDPOINT_PROTOCOL = "endpoint-protocol"
    SERVICE_PROTOCOL = "service-protocol"
    SERVICE_SOURCE = "service-source"
    FIREWALL_DROPS = "firewall-drops"
    FIREWALL_REJECTS = "firewall-rejects"
    FIREWALL_STALLS = "firewall-stalls"
    FIREWALL_RESETS = "firewall-resets"
    GROUP_REFERENCES_OFF = "group-references-off"
    NO_ASSOCIATION = "no-association"
    TRANSIT_NO_ROUTE = "transit-no-route"
    TRANSIT_DEAD_ROUTE = "transit-dead-route"
    ATTACHMENT_IN_BAD_STATE = "attachment-in-bad-state"
    ZONE_NOT_ATTACHED = "zone-not-attached"
    TUNNELS_DOWN = "tunnels-down"
    VPN_SERVES_ITS_VPC = "vpn-serves-its-vpc"
    BEYOND = "beyond"
    LISTENER_MISSING = "listener-missing"
    POOL_EMPTY = "pool-empty"
    POOL_NOT_IN_ZONE = "pool-not-in-zone"
    ZONE_NOT_ENABLED = "zone-not-enabled"
    ZONE_NOT_CROSSED = "zone-not-crossed"
    TARGET_UNHEALTHY = "target-unhealthy"
    TARGET_ASKS_ITSELF = "target-asks-itself"
    BALANCER_ACL = "balancer-acl"
    BALANCER_LOOP = "balancer-loop"
    MISSING = "missing"
    REFUSED = "refused"
    UNMODELLED = "unmodelled"
    APPLIANCE = "appliance"
    OWNER_UNTOLD = "owner-untold"


UNDECIDED = frozenset(
    {Cause.BEYOND, Cause.MISSING, Cause.REFUSED, Cause.UNMODELLED, Cause.APPLIANCE, Cause.OWNER_UNTOLD}
)


class Symptom(StrEnum):
    """What the client sees of a finding where that is not silence."""

    REFUSED = "refused"
    CONNECTED = "connected"
    UNTOLD = "unknown"


class Finding(msgspec.Struct, frozen=True):
    """One cause at one resource.

    reply: whether it concerns the way back. packets: the asked packets it holds back (or leaves undecided), as they
    were sent.
    by: the rule or route that decided, None when none did. sees: the packets as they look here ("203.0.113.0/24 to
    10.0.1.10, 80/tcp").
    facts: names for the sentence. edits: what would remove it. allow: the packets, as they look here, that a filter
    would have to let pass; whole: all that was asked there; reference: the group that a rule for them may name. All
    empty where something must be built. near: what almost allowed it.
    partly: it holds back only some of the ports that a translator may pick, so that the packets sometimes pass.
    symptom: what the client sees of it, None for silence.
    """

    cause: Cause
    resource: Ref
    reply: bool
    packets: PacketSet
    by: str | None = None
    way: Way | None = None
    sees: str = ""
    facts: dict[str, str] = {}
    edits: tuple[Edit, ...] = ()
    allow: PacketSet | None = None
    whole: PacketSet | None = None
    reference: GroupReference | None = None
    near: tuple[str, ...] = ()
    missing: Missing | None = None
    partly: bool = False
    symptom: Symptom | None = None

    @property
    def undecided(self) -> bool:
        """Whether it says what is not known instead of what is denied."""
        return self.cause in UNDECIDED
