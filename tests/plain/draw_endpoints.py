"""VPC endpoints: gateways with their prefix list, and interfaces in subnets."""

from __future__ import annotations

from .draft import REGION, Draft
from .draw_balancers import allow
from .draw_hosts import managed_interface
from .draw_routes import add_route
from .records import Record

SERVICE_CIDRS = ("52.218.0.0/17", "3.5.64.0/21", "18.34.0.0/19")


def endpoints(draft: Draft) -> None:
    """A prefix list for one of AWS's services, and endpoints in every VPC."""
    name = draft.new("pl")
    draft.data["PrefixLists"].append(
        {
            "PrefixListId": name,
            "PrefixListName": f"com.amazonaws.{REGION}.s3",
            "AddressFamily": "IPv4",
            "OwnerId": "AWS",
        }
    )
    cidrs = draft.rng.sample(SERVICE_CIDRS, 2)
    draft.data["PrefixListEntries"][name] = [{"Cidr": cidr} for cidr in cidrs]
    for vpc in draft.data["Vpcs"]:
        if draft.chance(0.7):
            draft.data["VpcEndpoints"].append(new_endpoint(draft, vpc, "Gateway", "s3"))
        for _ in range(draft.pick({0: 20, 1: 50, 2: 30})):
            interface_endpoint(draft, vpc)


def new_endpoint(draft: Draft, vpc: Record, kind: str, service: str) -> Record:
    """An endpoint without what belongs to its type; AWS writes the state in both ways."""
    state = draft.pick({"available": 50, "Available": 43, "pending": 2, "Rejected": 2, "failed": 2, "deleting": 1})
    return {
        "VpcEndpointId": draft.new("vpce"),
        "VpcEndpointType": kind,
        "VpcId": vpc["VpcId"],
        "ServiceName": f"com.amazonaws.{REGION}.{service}",
        "State": state,
        "RouteTableIds": [],
        "SubnetIds": [],
        "Groups": [],
        "NetworkInterfaceIds": [],
    }


def interface_endpoint(draft: Draft, vpc: Record) -> None:
    """An endpoint with an interface in one or two subnets, mostly with a group that lets clients in."""
    endpoint = new_endpoint(draft, vpc, "Interface", draft.rng.choice(("ssm", "ec2", "logs")))
    subnets = draft.all("Subnets", VpcId=vpc["VpcId"])
    usable = draft.usable_groups(vpc["VpcId"])
    names = draft.rng.sample(usable, min(len(usable), draft.rng.choice((1, 1, 2))))
    groups = [draft.all("SecurityGroups", GroupId=name)[0] for name in names]
    endpoint["Groups"] = [{"GroupId": each["GroupId"], "GroupName": each["GroupName"]} for each in groups]
    for subnet in draft.rng.sample(subnets, draft.rng.choice((1, 2))):
        interface = managed_interface(draft, subnet, "vpc_endpoint")
        interface |= {
            "Description": f"VPC Endpoint Interface {endpoint['VpcEndpointId']}",
            "Groups": endpoint["Groups"],
            "DenyAllIgwTraffic": True,
        }
        endpoint["SubnetIds"].append(subnet["SubnetId"])
        endpoint["NetworkInterfaceIds"].append(interface["NetworkInterfaceId"])
    if draft.chance(0.75):
        allow(draft, groups[0], "tcp", 443, IpRanges=[{"CidrIp": draft.rng.choice((vpc["CidrBlock"], "10.0.0.0/8"))}])
    draft.data["VpcEndpoints"].append(endpoint)


def endpoint_routes(draft: Draft) -> None:
    """Routes to the gateway endpoints in most tables of their VPC."""
    service = draft.all("PrefixLists", OwnerId="AWS")[0]["PrefixListId"]
    for endpoint in draft.all("VpcEndpoints", VpcEndpointType="Gateway"):
        for table in draft.all("RouteTables", VpcId=endpoint["VpcId"]):
            if any(each.get("GatewayId") for each in table["Associations"]) or draft.chance(0.15):
                continue
            endpoint["RouteTableIds"].append(table["RouteTableId"])
            add_route(draft, table, service, GatewayId=endpoint["VpcEndpointId"])
