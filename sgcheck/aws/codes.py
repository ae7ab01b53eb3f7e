"""What every blocker code means: the words of `docs/blockers.md`, which is made from here.

A code that the vocabulary can emit has its entry here, and one of AWS that it does not emit a reason. Both are tested,
and `SGCHECK_UPDATE=1 python -m pytest tests/aws/test_codes.py` writes the page anew.
"""

from __future__ import annotations

from typing import NamedTuple

GUIDE = "https://docs.aws.amazon.com/"
DROPPED = ("timeout", "no-reply")
"""What a client sees of packets that vanish: TCP times out, anything else gets no reply."""
OPEN = ("unknown",)


class Entry(NamedTuple):
    """One code.

    cause: what is the case. sees: what the client may see (words of `client_sees`). fix: what to do about it. source:
    the page that says so, below docs.aws.amazon.com, empty where it is about the input.
    """

    code: str
    cause: str
    sees: tuple[str, ...]
    fix: str
    source: str = ""


_SG_RULES = "vpc/latest/userguide/security-group-rules.html"
_ACLS = "vpc/latest/userguide/vpc-network-acls.html"
_ROUTES = "vpc/latest/userguide/route-tables-priority.html"
_IGW = "vpc/latest/userguide/VPC_Internet_Gateway.html"
_NAT = "vpc/latest/userguide/nat-gateway-basics.html"
_PEERING = "vpc/latest/peering/vpc-peering-basics.html"
_PEERED_GROUPS = "vpc/latest/peering/vpc-peering-security-groups.html"
_TRANSIT = "vpc/latest/tgw/how-transit-gateways-work.html"
_TRANSIT_VPC = "vpc/latest/tgw/tgw-vpc-attachments.html"
_INTERFACE_ENDPOINTS = "vpc/latest/privatelink/privatelink-access-aws-services.html"
_GATEWAY_ENDPOINTS = "vpc/latest/privatelink/gateway-endpoints.html"
_NLB_LISTENERS = "elasticloadbalancing/latest/network/load-balancer-listeners.html"
_ALB_TROUBLE = "elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"
_ZONES = "elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html"
_ENI = "AWSEC2/latest/UserGuide/using-eni.html"

ENTRIES = (
    # Groups.
    Entry(
        "SG_HAS_NO_RULES",
        "No group of the interface has any rule in this direction, and what no rule allows is dropped.",
        DROPPED,
        "Add a rule for the asked port and peer to one of the groups.",
        _SG_RULES,
    ),
    Entry(
        "ENI_SG_RULES_MISMATCH",
        "The groups of the interface have rules, and none of them allows the asked protocol, port and peer.",
        DROPPED,
        "Add a rule; the near misses of the blocker say which existing rule comes closest.",
        _SG_RULES,
    ),
    Entry(
        "IPV6_ONLY_IPV4_RULE",
        "IPv6 was asked, and the rule that would allow it has an IPv4 range only (`0.0.0.0/0` never matches IPv6).",
        DROPPED,
        "Add its twin for `::/0`.",
        _SG_RULES,
    ),
    Entry(
        "IPV4_ONLY_IPV6_RULE",
        "IPv4 was asked, and the rule that would allow it has an IPv6 range only (`::/0` never matches IPv4).",
        DROPPED,
        "Add its twin for `0.0.0.0/0`.",
        _SG_RULES,
    ),
    Entry(
        "SG_REFERENCES_NOT_PRESERVED",
        "The rule names a group, which matches private addresses of its members, and the packets show another address: "
        "a public or translated one.",
        DROPPED,
        "Name the address that the packets show, or take a way on which it stays private.",
        _SG_RULES,
    ),
    Entry(
        "SG_REFERENCE_STALE",
        "The rule names a group that was deleted, or one behind a peering connection that is gone.",
        DROPPED,
        "Remove the stale rule, and add one for what is meant now.",
        _PEERED_GROUPS,
    ),
    Entry(
        "SG_REFERENCE_NOT_SAME_REGION",
        "The rule names a group of a VPC that is peered across Regions, where references never match.",
        DROPPED,
        "Name the address range of the peer.",
        _PEERED_GROUPS,
    ),
    # Network ACLs.
    Entry(
        "SUBNET_ACL_RESTRICTION",
        "The network ACL of a subnet denies the packets, or the replies to them: its entries are asked by number, the "
        "first that matches decides, and it keeps no state.",
        (*DROPPED, "mixed"),
        "Add an entry that allows them, before the one that denies; replies need the client's own ports.",
        _ACLS,
    ),
    Entry(
        "RETURN_EPHEMERAL_PORTS_RESTRICTED",
        "The network ACL lets back only some of the client's own ports, so that some connections work and some do not.",
        ("mixed", *DROPPED),
        "Allow 1024-65535, or what your clients use (`--ephemeral`).",
        "vpc/latest/userguide/custom-network-acl.html",
    ),
    # Routes.
    Entry(
        "NO_ROUTE_TO_DESTINATION",
        "The route table has no route for the destination, or for the way back.",
        DROPPED,
        "Add a route to what joins both sides; `resource` says in which table.",
        _ROUTES,
    ),
    Entry(
        "BAD_STATE_ROUTE",
        "The most specific route is a blackhole: its target is gone. No other route takes its place.",
        DROPPED,
        "Replace its target, or delete the route.",
        _ROUTES,
    ),
    Entry(
        "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        "A private destination is routed towards the internet, where it is dropped.",
        DROPPED,
        "Route it to the peering connection, transit gateway or gateway that leads there.",
        _IGW,
    ),
    Entry(
        "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
        "A destination of the shared range 100.64.0.0/10 is routed towards the internet, where it is dropped.",
        DROPPED,
        "Route it to what leads there.",
        _IGW,
    ),
    Entry(
        "DISCONNECTED_VPCS",
        "The two ends lie in different VPCs, and nothing active joins them.",
        DROPPED,
        "Build the connection first (peering, transit gateway), then the routes on both sides.",
        _PEERING,
    ),
    Entry(
        "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
        "The packets take a peering connection to a VPC that does not hold the destination, and peering never goes on.",
        DROPPED,
        "Peer with the VPC that has the destination, or use a transit gateway.",
        _PEERING,
    ),
    Entry(
        "RETURN_PATH_ASYMMETRIC",
        "The replies leave by another gateway than the request came in by, with another address: in by an internet "
        "gateway, out by a NAT gateway; or they go past the firewall that saw the request.",
        DROPPED,
        "Route the replies back to the gateway or firewall endpoint that the request came in by.",
        _IGW,
    ),
    # Gateways.
    Entry(
        "BAD_STATE",
        "A gateway, endpoint or connection on the way does not work: it failed, is pending or deleted, or leads back "
        "to itself.",
        DROPPED,
        "Bring it into a working state, or replace it.",
        "vpc/latest/userguide/nat-gateway-troubleshooting.html",
    ),
    Entry(
        "BAD_STATE_ATTACHMENT",
        "The internet gateway is not attached to this VPC.",
        DROPPED,
        "Attach one, and route to it.",
        _IGW,
    ),
    Entry(
        "PROTOCOL_RESTRICTION",
        "The hop carries only some protocols: a NAT gateway takes TCP, UDP and ICMP over IPv4, an interface endpoint "
        "TCP and UDP (it never answers a ping), an EC2 Instance Connect endpoint TCP.",
        DROPPED,
        "Take another way: a public address of its own, or another protocol.",
        _NAT,
    ),
    Entry(
        "NGW_DEST_ADDRESS_PRESERVATION",
        "The destination is the address of a NAT gateway, which takes no connections from outside.",
        DROPPED,
        "Use a load balancer or a public address of the target.",
        _NAT,
    ),
    Entry(
        "INSTANCE_HAS_NO_PUBLIC_IP",
        "The internet was asked to reach something without a public address, or by an address that it does not know.",
        ("no-address",),
        "Associate an Elastic IP address, put a load balancer in front, or ask for the public address. One that was "
        "assigned automatically is lost at every stop.",
        "AWSEC2/latest/UserGuide/using-instance-addressing.html",
    ),
    Entry(
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        "The subnet's route leads to an internet gateway, which drops what comes from an address without a public one.",
        DROPPED,
        "Give the source a public address, or route its subnet to a NAT gateway.",
        _IGW,
    ),
    Entry(
        "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
        "The interface takes no IPv6 traffic from internet gateways (`DenyAllIgwTraffic`).",
        DROPPED,
        "Ask from inside the VPC, or use an interface that takes internet traffic.",
        "AWSEC2/latest/APIReference/API_NetworkInterface.html",
    ),
    Entry(
        "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
        "VPC block public access stops traffic with the internet, above all rules and routes.",
        DROPPED,
        "Exclude the subnet or VPC, or change the mode.",
        "vpc/latest/userguide/security-vpc-bpa-basics.html",
    ),
    # Endpoints and firewalls.
    Entry(
        "VPCE_INTRA_VPC_TRAFFIC",
        "The source is the interface of an endpoint, which answers and opens no connections into the VPC.",
        DROPPED,
        "Ask the other way round: clients open the connections to an endpoint.",
        _INTERFACE_ENDPOINTS,
    ),
    Entry(
        "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
        "A gateway endpoint carries TCP and ICMP echo only.",
        DROPPED,
        "Ask over TCP (443), or route these packets to the internet.",
        _GATEWAY_ENDPOINTS,
    ),
    Entry(
        "VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC",
        "A gateway endpoint serves addresses of its own VPC only, not of what is peered or attached to it.",
        DROPPED,
        "Use an interface endpoint, or a gateway endpoint in the VPC of the source.",
        _GATEWAY_ENDPOINTS,
    ),
    Entry(
        "FIREWALL_RULES_RESTRICTION",
        "A rule or a default action of Network Firewall, named in `by`, stops the packets: a drop is silent, a reject "
        "answers with a reset (TCP only), and what holds for established connections lets them open first.",
        (*DROPPED, "refused", "stall", "connected"),
        "Add a rule that passes them before the one that is named.",
        "network-firewall/latest/developerguide/rule-action.html",
    ),
    # Transit gateways and VPN.
    Entry(
        "SG_REFERENCING_SUPPORT",
        "The rule names a group of a VPC behind a transit gateway, and security group referencing is off on the "
        "gateway (where it is by default) or on an attachment; in outbound rules references never match there.",
        DROPPED,
        "Name the address range, or enable security group referencing on the gateway and both attachments.",
        _TRANSIT_VPC,
    ),
    Entry(
        "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
        "The attachment that the packets enter by is associated with no route table of the transit gateway.",
        DROPPED,
        "Associate it with one.",
        _TRANSIT,
    ),
    Entry(
        "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
        "The transit gateway's table has no route for the destination, neither a propagated nor a static one.",
        DROPPED,
        "Let the attachment that holds it propagate into the table, or add a static route.",
        _TRANSIT,
    ),
    Entry(
        "TGW_RTB_BAD_STATE_ROUTE",
        "The most specific route in the transit gateway's table is a blackhole.",
        DROPPED,
        "Replace it by a route to the attachment that is meant.",
        _TRANSIT,
    ),
    Entry(
        "TGW_ROUTE_AZ_RESTRICTION",
        "The attachment has no subnet in the Availability Zone that the packets come from, and takes none from there.",
        DROPPED,
        "Add a subnet in that zone to the attachment.",
        _TRANSIT_VPC,
    ),
    Entry(
        "TGW_BAD_STATE_VPN",
        "The route leads to a VPN connection none of whose tunnels is up.",
        DROPPED,
        "Bring a tunnel up.",
        "vpn/latest/s2svpn/VPNTunnels.html",
    ),
    Entry(
        "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS",
        "A virtual private gateway carries packets of interfaces in its own VPC, not of what lies behind another hop.",
        DROPPED,
        "Attach the VPN to a transit gateway.",
        "vpc/latest/peering/invalid-peering-configurations.html",
    ),
    # Ends.
    Entry(
        "INSTANCE_NOT_RUNNING",
        "The instance or database at one end is stopped, or in another state in which nothing answers.",
        (*DROPPED, "no-address"),
        "Start it; look its public address up again, which may be another one.",
        "AWSEC2/latest/UserGuide/how-ec2-instance-stop-start-works.html",
    ),
    Entry(
        "ENI_NOT_ATTACHED",
        "The interface is attached to nothing that could answer.",
        DROPPED,
        "Attach it to an instance.",
        _ENI,
    ),
    Entry(
        "ADDRESS_NOT_IN_USE",
        "The address lies in a subnet, and no interface has it.",
        DROPPED,
        "Look up the address that is meant: it may have changed.",
        "vpc/latest/userguide/subnet-sizing.html",
    ),
    Entry(
        "NO_POSSIBLE_DESTINATION",
        "Nothing there can take the packets: no subnet holds the address, it belongs to somebody else where the route "
        "leads, or its owner takes no connections (a Lambda function, a transit gateway attachment).",
        DROPPED,
        "Look up the address that is meant, or ask what is behind it.",
        "lambda/latest/dg/configuration-vpc.html",
    ),
    Entry(
        "ENI_SOURCE_DEST_CHECK_RESTRICTION",
        "A route leads to an interface that drops what is not for its own addresses.",
        DROPPED,
        "Turn its source/destination check off, if it is meant to forward.",
        _ENI,
    ),
    # Load balancers.
    Entry(
        "LISTENER_MISSING",
        "The load balancer has no listener on this port. A Network Load Balancer drops what no listener takes, the"
        " others refuse it.",
        (*DROPPED, "refused"),
        "Add a listener, or ask for a port that has one.",
        _NLB_LISTENERS,
    ),
    Entry(
        "ELBV2_LISTENER_HAS_NO_TG",
        "The listener has nobody to forward to: its target groups have no target that is registered and in use. An"
        " Application Load Balancer answers 503.",
        ("connected", "unknown"),
        "Register targets.",
        _ALB_TROUBLE,
    ),
    Entry(
        "ELBV2_NO_TARGETS_IN_AZ",
        "A node keeps to its own zone, and there is no target in it, nor a usable one elsewhere.",
        (*DROPPED, "connected"),
        "Register targets in the zone.",
        _ZONES,
    ),
    Entry(
        "ELB_NOT_CROSSZONE",
        "A node keeps to its own zone, since cross-zone load balancing is off, and the targets are in others.",
        (*DROPPED, "connected"),
        "Turn cross-zone load balancing on, or register targets in every zone.",
        _ZONES,
    ),
    Entry(
        "ELB_INSTALLED_AZ_RESTRICTION",
        "The targets are in zones that are not enabled for the load balancer, and get nothing.",
        (*DROPPED, "connected"),
        "Enable their zones, or use targets elsewhere.",
        _ZONES,
    ),
    Entry(
        "TARGET_UNHEALTHY",
        "The only targets of a node are unhealthy, and get nothing while another one is healthy. Were all of them"
        " unhealthy, all would be used.",
        (*DROPPED, "connected"),
        "Make the health checks pass; the evidence says what they meet.",
        "elasticloadbalancing/latest/network/target-group-health-checks.html",
    ),
    Entry(
        "ELBV2_SOURCE_ADDRESS_PRESERVATION",
        "The load balancer keeps the client's address, and the client is its own target: it drops packets from its"
        " own address.",
        DROPPED,
        "Turn client IP preservation off for the target group, or have the target ask itself directly.",
        "elasticloadbalancing/latest/network/load-balancer-troubleshooting.html",
    ),
    Entry(
        "ELB_ACL_RESTRICTION",
        "A Classic Load Balancer heeds the network ACL of its subnet for what it sends, also to targets in that "
        "same subnet, and the ACL denies it.",
        ("connected",),
        "Add an outbound entry that allows it, before the one that denies it.",
        "vpc/latest/reachability/explanation-codes.html",
    ),
    # What can't be known.
    Entry(
        "NOT_COLLECTED",
        "What decides is not in the input.",
        OPEN,
        "Collect it with the command that stands with the gap, and ask again.",
    ),
    Entry(
        "ACCESS_DENIED",
        "What decides could not be read: AWS refused to show it to whoever collected the input.",
        OPEN,
        "Allow the caller to read it, and collect again.",
    ),
    Entry(
        "UNSUPPORTED_COMPONENT",
        "A component on the way decides more than is understood of it.",
        OPEN,
        "Look there yourself: its own configuration decides.",
    ),
    Entry(
        "APPLIANCE_OPAQUE",
        "The packets pass through a host that forwards, or an appliance behind a Gateway Load Balancer endpoint, and "
        "what it does with them is its own business.",
        OPEN,
        "Look there yourself: its own configuration decides.",
        _ENI,
    ),
    Entry(
        "UNKNOWN_DESTINATION",
        "The packets leave the known network, over a VPN or Direct Connect: what lies behind is not in the input.",
        OPEN,
        "Look there yourself: routes, firewalls and hosts on the other side decide.",
    ),
    Entry(
        "UNKNOWN_RESOURCE",
        "Several interfaces may be those of the named service, and not the same passes to each: AWS describes the "
        "interfaces of all databases alike.",
        OPEN,
        "Look up the address that the service's name has, and ask for that.",
        "AWSEC2/latest/UserGuide/requester-managed-eni.html",
    ),
)

_SETTLED = "Said by the verdict and by the code of what decided."
_ROUTE = "The route that decides is named in `by`; what no route covers is NO_ROUTE_TO_DESTINATION."
_LISTENER = "What no listener takes is LISTENER_MISSING."
_TARGETS = "Each target is asked by its own address and port, and has the code of what holds packets back there."
_BALANCER = "Gateway Load Balancers are not followed yet: UNSUPPORTED_COMPONENT, and the verdict is `unknown`."
_TRANSIT_ROUTE = "The route that decides is named in `by`; what none covers is TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT."
_FIREWALL = "A rule that can't be read is named by UNSUPPORTED_COMPONENT, where nothing else decides."
_REPLIES = "Replies are always followed; what stops them has the direction `return`."
_EDGE = "What an edge route table sends to an appliance is APPLIANCE_OPAQUE, and the verdict is `unknown`."
_ASSUMED = "Said in the warnings: what the attributes have is assumed to be AWS's default."

NOT_EMITTED = {
    # AWS, path is not reachable.
    "BAD_STATE_VPN": "A VPN connection none of whose tunnels is up is TGW_BAD_STATE_VPN.",
    "CANNOT_ROUTE": _ROUTE,
    "ELB_LISTENER_PORT_RESTRICTION": _LISTENER,
    "ELB_LISTENERS_MISMATCH": _LISTENER,
    "ELBV2_LISTENER_PORT_RESTRICTION": _LISTENER,
    "ELBV2_LISTENER_REQUIRES_TG_ACCEPT": _TARGETS,
    "ELBV2_LISTENERS_MISMATCH": _LISTENER,
    "ENI_ADDRESS_RESTRICTION": "A host is asked by its own addresses; any other is ADDRESS_NOT_IN_USE.",
    "GATEWAY_REJECTS_SPOOFED_TRAFFIC": "Sources are asked with the addresses that they own.",
    "GWLB_DESTINATION_PORT_RESTRICTION": _BALANCER,
    "GWLB_PROTOCOL_RESTRICTION": _BALANCER,
    "HIGHER_PRIORITY_ROUTE": _ROUTE,
    "IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS": "A public address that nothing has is INSTANCE_HAS_NO_PUBLIC_IP.",
    "IGW_NAT_REFLECTION": "Followed: out through the gateway and in again, with the public address as source.",
    "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS": "The internet is asked with public addresses only.",
    "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS": "The internet is asked with public addresses only.",
    "INGRESS_RTB_NO_PUBLIC_IP": _EDGE,
    "INGRESS_RTB_TRAFFIC_REDIRECTION": _EDGE,
    "MORE_SPECIFIC_ROUTE": _ROUTE,
    "NGW_REQUIRES_SOURCE_IN_VPC": "Peering that leads to a NAT gateway is PCX_REQUIRES_ADDRESS_IN_VPC_CIDR.",
    "NGW_SOURCE_ADDRESS_REASSIGN": "Followed: the address that it becomes stands in the path.",
    "REGIONAL_NGW_ROUTE_AZ_RESTRICTION": "A regional NAT gateway is taken to serve every zone of its VPC.",
    "REMAP_EPHEMERAL_PORT": "Followed: the ports that a translator picks decide RETURN_EPHEMERAL_PORTS_RESTRICTED.",
    "TARGET_ADDRESS_RESTRICTION": _TARGETS,
    "TARGET_PORT_RESTRICTION": _TARGETS,
    "TGW_ATTACH_VPC_AZ_RESTRICTION": "A zone without a subnet of the attachment is TGW_ROUTE_AZ_RESTRICTION.",
    "TGW_RTB_CANNOT_ROUTE": _TRANSIT_ROUTE,
    "TGW_RTB_HIGHER_PRIORITY_ROUTE": _TRANSIT_ROUTE,
    "TGW_RTB_MORE_SPECIFIC_ROUTE": _TRANSIT_ROUTE,
    "TGW_RTB_ROUTES_ARE_UNKNOWN": "Said as NOT_COLLECTED or ACCESS_DENIED, with the table whose routes are missing.",
    "UNKNOWN_PEERED_SGS": "Said as NOT_COLLECTED: what an unknown peer's members are is unknown, not a denial.",
    "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS": "An address that no interface has is ADDRESS_NOT_IN_USE.",
    "VPC_LOCAL_ROUTE_CIDR_RESTRICTION": _ROUTE,
    "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION": "The addresses of a service open no connections.",
    "VPCE_SERVICE_NOT_INSTALLED_IN_AZ": "An endpoint that exists has its interface where its service is.",
    # AWS, no path is possible.
    "NO_PATH": _SETTLED,
    "NO_SOURCE_OR_DESTINATION": "An end that names nothing is an error that offers the nearest names.",
    "UNASSOCIATED_COMPONENT": "An end without any interface is an error, or `unknown` where they are not in the input.",
    # AWS, caveats on an otherwise valid answer: warnings here.
    "ASSUMPTION_PRESERVE_CLIENT_IP_IS_DISABLED": _ASSUMED,
    "ASSUMPTION_PRESERVE_CLIENT_IP_IS_ENABLED": _ASSUMED,
    "AVAILABILITY_ZONE_CROSSED": "Crossing zones costs money and blocks nothing.",
    "FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE": _FIREWALL,
    "FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES": _FIREWALL,
    "FIREWALL_UNSUPPORTED_RULE_OPTIONS": _FIREWALL,
    "MISSING_TARGET_GROUP_ATTRIBUTES": _ASSUMED,
    "PATH_THROUGH_GWLB_NOT_CHECKED": "What inspects behind such an endpoint is APPLIANCE_OPAQUE.",
    "RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY": _REPLIES,
    "TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED": "An appliance on the way is APPLIANCE_OPAQUE.",
    "UNIDIRECTIONAL_PATH_ANALYSIS_ONLY": _REPLIES,
    # Ours.
}
"""Codes that are reserved and not emitted, and why."""
