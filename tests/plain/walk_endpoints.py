"""To AWS's services by VPC endpoints: interfaces of theirs in a subnet, and gateways that prefix lists lead to.

PrivateLink guide, privatelink-access-aws-services and create-interface-endpoint (interfaces), gateway-endpoints.
"""

from __future__ import annotations

from .records import ICMP, ICMPV6, TCP, BlockedError, Packet, Place, Record, UndocumentedError, listed
from .routing import Routing

ENDPOINT_TYPE = "vpc_endpoint"
ECHOES = ((ICMP, 8), (ICMPV6, 128))


class Endpoints(Routing):
    """Hops that end at one of AWS's own services."""

    def endpoint_of(self, interface: Record) -> Record | None:
        """The endpoint that an interface belongs to."""
        for record in self.all("VpcEndpoints"):
            if interface["NetworkInterfaceId"] in listed(record, "NetworkInterfaceIds"):
                return record
        return None

    def gateway_endpoint(self, name: str) -> Record | None:
        """The endpoint of this id if it is known to be a gateway one."""
        record = self.find("VpcEndpoints", "VpcEndpointId", name)
        return record if record is not None and record.get("VpcEndpointType") == "Gateway" else None

    def endpoint_refuses(self, interface: Record, packet: Packet) -> str:
        """Why an endpoint's interface takes no such packet whoever sends it; empty where it may."""
        name, endpoint = interface["NetworkInterfaceId"], self.endpoint_of(interface)
        if endpoint is not None and not is_available(endpoint):
            return f"{endpoint['VpcEndpointId']} is {endpoint.get('State')}"
        if (packet.protocol, packet.icmp_type) in ECHOES:
            return f"{name} answers no ping"
        return ""

    def endpoint_is_silent_on(self, interface: Record, packet: Packet) -> bool:
        """Whether AWS does not say what becomes of the packet at an endpoint, if it is one."""
        return interface.get("InterfaceType") == ENDPOINT_TYPE and packet.protocol != TCP

    def at_endpoint(self, interface: Record, packet: Packet) -> None:
        """A packet that an endpoint's groups admitted."""
        refusal = self.endpoint_refuses(interface, packet)
        if refusal:
            raise BlockedError(refusal)
        if packet.protocol != TCP:
            raise UndocumentedError(f"protocol {packet.protocol} to {interface['NetworkInterfaceId']}")
        # An endpoint that is not in the data may be available or not.
        if self.endpoint_of(interface) is None and not self.picks.any("endpoint", [True, False]):
            raise BlockedError(f"the endpoint of {interface['NetworkInterfaceId']} is not available")

    def through_endpoint(self, place: Place, endpoint: Record, packet: Packet) -> None:
        """By a gateway endpoint to the service behind it, from interfaces of its own VPC only; the replies come past
        the subnet's ACL.
        """
        name = endpoint["VpcEndpointId"]
        if endpoint.get("VpcId") != place.vpc or place.origin is not None:
            raise BlockedError(f"{name} serves its own VPC only")
        if not is_available(endpoint):
            raise BlockedError(f"{name} is {endpoint.get('State')}")
        if packet.protocol != TCP and (packet.protocol, packet.icmp_type) not in ECHOES:
            raise BlockedError(f"{name} does not carry protocol {packet.protocol}")
        if self.receiver is not None:
            raise BlockedError(f"{packet.destination} is a service of AWS")
        if place.nat is not None:
            raise UndocumentedError(f"{place.name} by {name}")
        reply = packet.reply()
        if reply is not None:
            self.network_acl(place, reply, egress=False)


def is_available(endpoint: Record) -> bool:
    """Whether an endpoint works; AWS writes its states in capitals and in small letters."""
    return str(endpoint.get("State", "available")).lower() == "available"
