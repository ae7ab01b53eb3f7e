"""What AWS calls what a walk finds: Reachability Analyzer's explanation codes, sentences, fixes and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.aws import balancer_words
from sgcheck.aws.commands import commands_for, runnable
from sgcheck.aws.sentences import FIX, WHY
from sgcheck.model.edit import (
    AllowInAcl,
    AllowInGroup,
    RemoveFromAcl,
    RemoveFromGroup,
    RemoveRoute,
    SetRoute,
    StartInstance,
    StartService,
)
from sgcheck.model.filters import Way
from sgcheck.model.finding import Cause
from sgcheck.packets import Services

if TYPE_CHECKING:
    from sgcheck.model.edit import Edit
    from sgcheck.model.finding import Finding
    from sgcheck.model.network import Network
    from sgcheck.model.ref import Missing

CODES = {
    Cause.GROUP_HAS_NO_RULES: "SG_HAS_NO_RULES",
    Cause.GROUP_HAS_NO_MATCH: "ENI_SG_RULES_MISMATCH",
    Cause.GROUP_IDENTITY_LOST: "SG_REFERENCES_NOT_PRESERVED",
    Cause.GROUP_REFERENCE_STALE: "SG_REFERENCE_STALE",
    Cause.GROUP_REFERENCE_CROSSES_REGIONS: "SG_REFERENCE_NOT_SAME_REGION",
    Cause.ACL_DENIES: "SUBNET_ACL_RESTRICTION",
    Cause.ACL_HOLDS_BACK_CLIENT_PORTS: "RETURN_EPHEMERAL_PORTS_RESTRICTED",
    Cause.NO_ROUTE: "NO_ROUTE_TO_DESTINATION",
    Cause.DEAD_ROUTE: "BAD_STATE_ROUTE",
    Cause.ROUTE_TO_INTERNET: "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
    Cause.NOT_JOINED: "DISCONNECTED_VPCS",
    Cause.ROUTE_LOOP: "BAD_STATE",
    Cause.GATEWAY_NOT_ATTACHED: "BAD_STATE_ATTACHMENT",
    Cause.GATEWAY_IN_BAD_STATE: "BAD_STATE",
    Cause.GATEWAY_PROTOCOL: "PROTOCOL_RESTRICTION",
    Cause.NOT_IN_PEER: "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
    Cause.NO_PUBLIC_ADDRESS: "INSTANCE_HAS_NO_PUBLIC_IP",
    Cause.NO_PUBLIC_SOURCE: "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    Cause.PUBLIC_ACCESS_BLOCKED: "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
    Cause.IPV6_NOT_FROM_INTERNET: "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
    Cause.REPLY_LEAVES_ELSEWHERE: "RETURN_PATH_ASYMMETRIC",
    Cause.NOT_RUNNING: "INSTANCE_NOT_RUNNING",
    Cause.NOT_IN_USE: "ENI_NOT_ATTACHED",
    Cause.ADDRESS_NOT_IN_USE: "ADDRESS_NOT_IN_USE",
    Cause.NO_SUBNET: "NO_POSSIBLE_DESTINATION",
    Cause.OTHER_OWNER: "NO_POSSIBLE_DESTINATION",
    Cause.NEVER_ANSWERS: "NO_POSSIBLE_DESTINATION",
    Cause.NAT_TAKES_NO_CONNECTIONS: "NGW_DEST_ADDRESS_PRESERVATION",
    Cause.NOT_FOR_ITS_ADDRESS: "ENI_SOURCE_DEST_CHECK_RESTRICTION",
    Cause.ENDPOINT_ASKS_NOBODY: "VPCE_INTRA_VPC_TRAFFIC",
    Cause.ENDPOINT_PROTOCOL: "PROTOCOL_RESTRICTION",
    Cause.SERVICE_PROTOCOL: "VPCE_GATEWAY_PROTOCOL_RESTRICTION",
    Cause.SERVICE_SOURCE: "VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC",
    Cause.FIREWALL_DROPS: "FIREWALL_RULES_RESTRICTION",
    Cause.FIREWALL_REJECTS: "FIREWALL_RULES_RESTRICTION",
    Cause.FIREWALL_STALLS: "FIREWALL_RULES_RESTRICTION",
    Cause.FIREWALL_RESETS: "FIREWALL_RULES_RESTRICTION",
    Cause.GROUP_REFERENCES_OFF: "SG_REFERENCING_SUPPORT",
    Cause.NO_ASSOCIATION: "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
    Cause.TRANSIT_NO_ROUTE: "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
    Cause.TRANSIT_DEAD_ROUTE: "TGW_RTB_BAD_STATE_ROUTE",
    Cause.ATTACHMENT_IN_BAD_STATE: "BAD_STATE_ATTACHMENT",
    Cause.ZONE_NOT_ATTACHED: "TGW_ROUTE_AZ_RESTRICTION",
    Cause.TUNNELS_DOWN: "TGW_BAD_STATE_VPN",
    Cause.VPN_SERVES_ITS_VPC: "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS",
    Cause.BEYOND: "UNKNOWN_DESTINATION",
    Cause.MISSING: "NOT_COLLECTED",
    Cause.REFUSED: "ACCESS_DENIED",
    Cause.UNMODELLED: "UNSUPPORTED_COMPONENT",
    Cause.APPLIANCE: "APPLIANCE_OPAQUE",
    Cause.OWNER_UNTOLD: "UNKNOWN_RESOURCE",
    **balancer_words.CODES,
}
"""Blocker codes by cause, AWS's own where the cause is the same (Reachability Analyzer guide, explanation-codes)."""

VARIANTS = {
    Cause.GROUP_ONLY_OTHER_FAMILY: ("IPV6_ONLY_IPV4_RULE", "IPV4_ONLY_IPV6_RULE"),
    Cause.ROUTE_TO_INTERNET: ("IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",),
}
"""Codes that facts of the finding choose."""
EMITTED = frozenset(CODES.values()).union(*VARIANTS.values())
"""Every code there can be; each has its entry in `codes`."""

COLLECT = {
    "VPC": "aws ec2 describe-vpcs",
    "subnet": "aws ec2 describe-subnets",
    "network interface": "aws ec2 describe-network-interfaces",
    "instance": "aws ec2 describe-instances",
    "security group": "aws ec2 describe-security-groups",
    "network ACL": "aws ec2 describe-network-acls",
    "route table": "aws ec2 describe-route-tables",
    "internet gateway": "aws ec2 describe-internet-gateways",
    "egress-only internet gateway": "aws ec2 describe-egress-only-internet-gateways",
    "NAT gateway": "aws ec2 describe-nat-gateways",
    "EC2 Instance Connect endpoint": "aws ec2 describe-instance-connect-endpoints",
    "VPC endpoint": "aws ec2 describe-vpc-endpoints",
    "VPC peering connection": "aws ec2 describe-vpc-peering-connections",
    "transit gateway": "aws ec2 describe-transit-gateways",
    "transit gateway attachment": "aws ec2 describe-transit-gateway-attachments",
    "transit gateway VPC attachment": "aws ec2 describe-transit-gateway-vpc-attachments",
    "virtual private gateway": "aws ec2 describe-vpn-gateways",
    "rds": "aws rds describe-db-instances",
    "lambda": "aws lambda list-functions",
    "ecs": "aws ecs describe-tasks",
    "elasticache": "aws elasticache describe-cache-clusters --show-cache-node-info",
    "redshift": "aws redshift describe-clusters",
    "opensearch": "aws opensearch describe-domains",
    "efs": "aws efs describe-mount-targets",
    "eks": "aws eks describe-cluster",
}

OF_A_TABLE = {
    "transit gateway route": "aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id {} "
    "--filters Name=state,Values=active,blackhole",
    "transit gateway propagation": "aws ec2 get-transit-gateway-route-table-propagations "
    "--transit-gateway-route-table-id {}",
}
"""What is asked for table by table; the answers do not say of which."""

RISKY = {
    22: "SSH",
    3389: "RDP",
    3306: "MySQL",
    5432: "PostgreSQL",
    1433: "SQL Server",
    6379: "Redis",
    27017: "MongoDB",
    23: "Telnet",
}
MANY_PORTS = 1000


class AwsVocabulary:
    """AWS's words. `regions`: commands name their Region, since the network has several."""

    def __init__(self, regions: bool) -> None:
        """Speak for a network in one Region or in several."""
        self._regions = regions

    def code(self, finding: Finding) -> str:
        """The blocker code of a finding."""
        if finding.cause is Cause.GROUP_ONLY_OTHER_FAMILY:
            six = 6 in finding.packets.families
            return "IPV6_ONLY_IPV4_RULE" if six else "IPV4_ONLY_IPV6_RULE"
        if finding.cause is Cause.ROUTE_TO_INTERNET and finding.facts["shared"]:
            return "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"
        return CODES[finding.cause]

    def why(self, finding: Finding) -> str:
        """One sentence: what holds the packets back here."""
        return WHY[finding.cause](finding)

    def fix(self, finding: Finding) -> str:
        """One sentence: how to remove it."""
        return FIX[finding.cause](finding)

    def commands(self, edit: Edit, network: Network) -> tuple[str, ...]:
        """The AWS CLI commands that make an edit; there are none for what only a plan has, which has no id yet."""
        made = runnable(commands_for(edit, network), network)
        region = self._region(edit, network) if self._regions else None
        return tuple(f"{command} --region {region}" for command in made) if region else made

    def _region(self, edit: Edit, network: Network) -> str | None:
        match edit:
            case AllowInGroup() | RemoveFromGroup():
                return network.groups[edit.group].region or self._vpc_region(network, network.groups[edit.group].vpc)
            case AllowInAcl() | RemoveFromAcl():
                return network.acls[edit.acl].region or self._vpc_region(network, network.acls[edit.acl].vpc)
            case SetRoute() | RemoveRoute():
                return network.tables[edit.table].region
            case StartService():
                return next((s.region for s in network.services if (s.kind, s.id) == (edit.kind, edit.id)), None)
            case StartInstance():
                return network.instances[edit.instance].region
            case _:
                gateway = network.transit.gateways.get(edit.gateway)
                return gateway.region if gateway else None

    def _vpc_region(self, network: Network, vpc: str | None) -> str | None:
        home = network.vpcs.get(vpc or "")
        return home.region if home else None

    def also(self, edit: Edit) -> tuple[str, ...]:
        """What else follows from an edit: doors opened to the whole internet, routes that move other traffic."""
        if isinstance(edit, AllowInGroup) and edit.way is Way.INGRESS and edit.cidr in ("0.0.0.0/0", "::/0"):
            return _opened(edit)
        if isinstance(edit, SetRoute) and edit.replace:
            return (f"{edit.table} sends everything for {edit.cidr} to {edit.target} then, for all of its subnets",)
        return ()

    def collect(self, missing: Missing) -> str | None:
        """The AWS CLI command that would bring what is missing."""
        if missing.kind in ("prefix list", "prefix list entry"):
            return f"aws ec2 get-managed-prefix-list-entries --prefix-list-id {missing.id}"
        if missing.kind == "firewall rule group":
            return f"aws network-firewall describe-rule-group --rule-group-arn {missing.id}"
        if missing.kind == "firewall policy":
            return f"aws network-firewall describe-firewall-policy --firewall-policy-arn {missing.id}"
        if missing.kind == "network firewall":
            return f"aws network-firewall describe-firewall --firewall-arn {missing.id}"
        if missing.kind in OF_A_TABLE:
            return OF_A_TABLE[missing.kind].format(missing.id)
        found = COLLECT.get(missing.kind) or balancer_words.collect(missing.kind, missing.id)
        region = f" --region {missing.region}" if missing.region and self._regions else ""
        return f"{found}{region}" if found else None


def _opened(edit: AllowInGroup) -> tuple[str, ...]:
    words = f"{', '.join(edit.services.describe())} of everything with {edit.group}"
    if edit.services == Services.ALL:
        return (f"opens every port of everything with {edit.group} to the whole internet",)
    ports = edit.services.values(6)
    for port, name in RISKY.items():
        if port in ports:
            return (f"opens {name} ({words}) to the whole internet: prefer your own address (--cidr ADDRESS/32)",)
    if ports.size > MANY_PORTS:
        return (f"opens {words} to the whole internet",)
    return ()
