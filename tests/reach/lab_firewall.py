"""A firewall between the subnets of `lab` and the internet: subnet-fw (10.0.3.0/24) with vpce-fw of the firewall `fw`.

Packets of i-web to the internet go to vpce-fw, then to igw-1, whose own route table leads replies back to it.
"""

from __future__ import annotations

from typing import Any

from tests.reach.lab import ACCOUNT, acl, find, lab, reroute, route, subnet, table
from tests.reach.lab_endpoints import endpoint
from tests.reach.lab_transit import (
    ATTACHMENTS,
    BOTH,
    OF_VPCS,
    PROPAGATIONS,
    ROUTES,
    attachment,
    led,
    of_vpc,
    propagations,
    routes,
    transit,
)

Record = dict[str, Any]
ARN = f"arn:aws:network-firewall:us-east-1:{ACCOUNT}"
PASS_443 = 'pass tcp $HOME_NET any -> $EXTERNAL_NET 443 (msg:"https; (all)"; sid:1; rev:1;)'
SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-fw"


def policy(
    stateful: list[str] | None = None,
    stateless: list[str] | None = None,
    order: str = "STRICT_ORDER",
    default: list[str] | None = None,
    stateless_default: str = "aws:forward_to_sfe",
    **more: Any,
) -> Record:
    """The policy `own` with these rule groups, in this order."""
    body = {
        "StatelessDefaultActions": [stateless_default],
        "StatelessFragmentDefaultActions": ["aws:drop"],
        "StatelessRuleGroupReferences": [
            {"ResourceArn": f"{ARN}:stateless-rulegroup/{name}", "Priority": n}
            for n, name in enumerate(stateless or [])
        ],
        "StatefulRuleGroupReferences": [
            {"ResourceArn": f"{ARN}:stateful-rulegroup/{name}", "Priority": n + 1}
            for n, name in enumerate(stateful or [])
        ],
        "StatefulEngineOptions": {"RuleOrder": order},
        "StatefulDefaultActions": default or [],
        **more,
    }
    named = {"FirewallPolicyArn": f"{ARN}:firewall-policy/own", "FirewallPolicyName": "own"}
    return {"UpdateToken": "t", "FirewallPolicy": body, "FirewallPolicyResponse": named}


def rule_group(name: str, source: Record, kind: str = "stateful", **more: Any) -> Record:
    """A rule group with this RulesSource."""
    named = {"RuleGroupArn": f"{ARN}:{kind}-rulegroup/{name}", "RuleGroupName": name, "Type": kind.upper()}
    return {"UpdateToken": "t", "RuleGroup": {"RulesSource": source, **more}, "RuleGroupResponse": named}


def suricata(name: str, *rules: str, **more: Any) -> Record:
    """A rule group of Suricata rules."""
    return rule_group(name, {"RulesString": "\n".join(rules)}, **more)


def five_tuple(name: str, *rules: tuple[str, str, str, str], **more: Any) -> Record:
    """A rule group of (action, protocol, destination, port)."""
    listed = [
        {
            "Action": action,
            "Header": {
                "Protocol": protocol,
                "Source": "ANY",
                "SourcePort": "ANY",
                "Direction": "FORWARD",
                "Destination": destination,
                "DestinationPort": port,
            },
            "RuleOptions": [{"Keyword": "sid", "Settings": [str(number + 1)]}],
        }
        for number, (action, protocol, destination, port) in enumerate(rules)
    ]
    return rule_group(name, {"StatefulRules": listed}, **more)


def stateless(name: str, *rules: tuple[str, Record]) -> Record:
    """A stateless rule group of (action, MatchAttributes)."""
    listed = [
        {"Priority": number + 1, "RuleDefinition": {"Actions": [action], "MatchAttributes": match}}
        for number, (action, match) in enumerate(rules)
    ]
    source = {"StatelessRulesAndCustomActions": {"StatelessRules": listed, "CustomActions": []}}
    return rule_group(name, source, "stateless")


def firewall(status: str = "READY") -> Record:
    """The firewall `fw`, as describe-firewall answers."""
    body = {
        "FirewallName": "fw",
        "FirewallArn": f"{ARN}:firewall/fw",
        "FirewallPolicyArn": f"{ARN}:firewall-policy/own",
        "VpcId": "vpc-1",
        "SubnetMappings": [{"SubnetId": "subnet-fw"}],
    }
    attachment = {"SubnetId": "subnet-fw", "EndpointId": "vpce-fw", "Status": status}
    states = {"us-east-1a": {"Attachment": attachment, "Config": {}}}
    return {"Firewall": body, "FirewallStatus": {"Status": "READY", "SyncStates": states}}


def inspected(*groups: Record, **policy_options: Any) -> Record:
    """i-web behind the firewall, both ways; the policy has `groups` in this order."""
    record = lab()
    record["Subnets"].append(subnet("subnet-fw", "10.0.3.0/24"))
    record["NetworkAcls"].append(acl("acl-fw", "subnet-fw"))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "vpce-fw"))
    edge = table("rtb-edge", routes=[route("10.0.1.0/24", "vpce-fw")])
    edge["Associations"] = [{"GatewayId": "igw-1", "Main": False}]
    record["RouteTables"] += [table("rtb-fw", "subnet-fw", routes=[route("0.0.0.0/0", "igw-1")]), edge]
    tags = [{"Key": "AWSNetworkFirewallManaged", "Value": "true"}, {"Key": "Firewall", "Value": f"{ARN}:firewall/fw"}]
    own = {"SubnetIds": ["subnet-fw"], "RequesterManaged": True, "Tags": tags}
    record["VpcEndpoints"] = [endpoint("vpce-fw", "GatewayLoadBalancer", SERVICE, **own)]
    named = {kind: [] for kind in ("stateful", "stateless")}
    for found in groups:
        response = found["RuleGroupResponse"]
        named[response["Type"].lower()].append(response["RuleGroupName"])
    record["NetworkFirewalls"] = [firewall()]
    record["NetworkFirewallPolicies"] = [policy(named["stateful"], named["stateless"], **policy_options)]
    record["NetworkFirewallRuleGroups"] = list(groups)
    return record


def appliance() -> Record:
    """The same way, through an appliance that nothing tells of."""
    record = inspected()
    for key in ("NetworkFirewalls", "NetworkFirewallPolicies", "NetworkFirewallRuleGroups"):
        del record[key]
    record["VpcEndpoints"][0]["Tags"] = []
    return record


def between(*groups: Record, **policy_options: Any) -> Record:
    """i-web and i-db with the firewall between their subnets, by routes more specific than the local one."""
    record = inspected(*groups, **policy_options)
    reroute(record, "rtb-pub", route("10.0.2.0/24", "vpce-fw"), route("0.0.0.0/0", "igw-1"))
    record["RouteTables"].append(table("rtb-priv", "subnet-priv", routes=[route("10.0.1.0/24", "vpce-fw")]))
    record["RouteTables"] = [t for t in record["RouteTables"] if t["RouteTableId"] != "rtb-edge"]
    find(record, "SecurityGroups", "sg-db")["IpPermissions"].append(
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.0.1.0/24"}]}
    )
    return record


def inspection_vpc(*groups: Record, **policy_options: Any) -> Record:
    """vpc-1 and vpc-9 joined by a transit gateway that leads everything through vpc-5, whose firewall stands there.

    Spokes are associated with rtb-t, which leads to att-5; att-5 with rtb-back, into which the spokes propagate. In vpc-5 the attachment's
    subnet leads to vpce-fw, and the firewall's subnet back to the gateway.
    """
    record = inspected(*groups, **policy_options)
    spokes = transit()
    for key in ("Vpcs", "Subnets", "NetworkAcls", "RouteTables"):
        record[key] = [r for r in record[key] if "fw" in str(r.get("SubnetId", r.get("NetworkAclId", "")))] + spokes[
            key
        ]
    for key, value in spokes.items():
        record[key] = record[key] if key in ("Vpcs", "Subnets", "NetworkAcls", "RouteTables") else value
    record["Vpcs"].append({"VpcId": "vpc-5", "OwnerId": ACCOUNT, "CidrBlock": "10.5.0.0/16"})
    for found in record["Subnets"]:
        if found["SubnetId"] == "subnet-fw":
            found.update({"CidrBlock": "10.5.3.0/24", "VpcId": "vpc-5"})
    record["Subnets"].append(subnet("subnet-att5", "10.5.50.0/28", vpc="vpc-5"))
    record["NetworkAcls"].append(acl("acl-att5", "subnet-att5", vpc="vpc-5"))
    record["RouteTables"] += [
        table("rtb-att5", "subnet-att5", vpc="vpc-5", routes=[route("0.0.0.0/0", "vpce-fw")]),
        table("rtb-fw5", "subnet-fw", vpc="vpc-5", routes=[route("0.0.0.0/0", "tgw-1")]),
    ]
    record["VpcEndpoints"][0]["VpcId"] = "vpc-5"
    record["NetworkFirewalls"][0]["Firewall"]["VpcId"] = "vpc-5"
    record[ATTACHMENTS].append(attachment("att-5", "vpc", "vpc-5", "rtb-back"))
    record[OF_VPCS].append(of_vpc("att-5", "vpc-5", "subnet-att5", ApplianceModeSupport="enable"))
    record["TransitGatewayRouteTables"].append({"TransitGatewayRouteTableId": "rtb-back", "TransitGatewayId": "tgw-1"})
    record[ROUTES] = [routes("rtb-t", led("0.0.0.0/0", "att-5")), routes("rtb-back")]
    record[PROPAGATIONS] = [propagations("rtb-t"), propagations("rtb-back", *BOTH)]
    return record
