"""An account made of records: answers the calls that kinds declare, with the filters that they declare, from memory."""

from __future__ import annotations

import threading
from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

from sgcheck.aws.kind import Call
from sgcheck.sources.live.reading import at

Record = dict[str, Any]

# Where the value of an EC2 filter stands in a record.
FILTERS = {
    ("describe_network_interfaces", "network-interface-id"): "NetworkInterfaceId",
    ("describe_network_interfaces", "attachment.instance-id"): "Attachment.InstanceId",
    ("describe_network_interfaces", "group-id"): "Groups.GroupId",
    ("describe_network_interfaces", "subnet-id"): "SubnetId",
    ("describe_network_interfaces", "vpc-id"): "VpcId",
    ("describe_network_interfaces", "addresses.private-ip-address"): "PrivateIpAddresses.PrivateIpAddress",
    ("describe_network_interfaces", "ipv6-addresses.ipv6-address"): "Ipv6Addresses.Ipv6Address",
    ("describe_network_interfaces", "association.public-ip"): "Association.PublicIp",
    ("describe_network_interfaces", "addresses.association.public-ip"): "PrivateIpAddresses.Association.PublicIp",
    ("describe_network_interfaces", "description"): "Description",
    ("describe_network_interfaces", "interface-type"): "InterfaceType",
    ("describe_network_interfaces", "source-dest-check"): "SourceDestCheck",
    ("describe_instances", "instance-id"): "InstanceId",
    ("describe_instances", "dns-name"): "PublicDnsName",
    ("describe_instances", "private-dns-name"): "PrivateDnsName",
    ("describe_security_groups", "group-id"): "GroupId",
    ("describe_security_group_rules", "group-id"): "GroupId",
    ("describe_subnets", "subnet-id"): "SubnetId",
    ("describe_subnets", "vpc-id"): "VpcId",
    ("describe_route_tables", "vpc-id"): "VpcId",
    ("describe_network_acls", "vpc-id"): "VpcId",
    ("describe_internet_gateways", "internet-gateway-id"): "InternetGatewayId",
    ("describe_nat_gateways", "nat-gateway-id"): "NatGatewayId",
    ("describe_managed_prefix_lists", "prefix-list-id"): "PrefixListId",
    ("describe_prefix_lists", "prefix-list-id"): "PrefixListId",
    ("describe_transit_gateways", "transit-gateway-id"): "TransitGatewayId",
    ("describe_transit_gateway_attachments", "transit-gateway-id"): "TransitGatewayId",
    ("describe_transit_gateway_route_tables", "transit-gateway-id"): "TransitGatewayId",
    ("describe_transit_gateway_peering_attachments", "transit-gateway-id"): "*.TransitGatewayId",
}

# Where a snapshot keeps the answers that do not say what they are about, and the member that says it.
WRAPPED = {
    "search_transit_gateway_routes": ("TransitGatewayStaticRoutes", "TransitGatewayRouteTableId"),
    "get_transit_gateway_route_table_propagations": ("TransitGatewayPropagations", "TransitGatewayRouteTableId"),
    "describe_listeners": ("LoadBalancerListeners", "LoadBalancerArn"),
    "describe_load_balancer_attributes": ("LoadBalancerAttributes", "LoadBalancerArn"),
    "describe_target_group_attributes": ("TargetGroupAttributes", "TargetGroupArn"),
    "describe_target_health": ("LoadBalancerTargetHealth", "TargetGroupArn"),
}


class Described:
    """Stands in for `Asker`; `asked` counts the calls, `answered` the records that went out, by operation."""

    def __init__(self, network: Record) -> None:
        """Answer from a network in AWS's records under AWS's keys."""
        self._network = network
        self._lock = threading.Lock()
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()

    def sensitive(self, call: Call) -> frozenset[str]:
        """Nothing in these records is."""
        del call
        return frozenset()

    def ask(self, call: Call, parameters: Record) -> list[Record]:
        """The answer in one page."""
        answer = self._answer(call, parameters)
        with self._lock:
            self.asked[call.operation] += 1
            self.answered[call.operation] += len(answer[call.result_key])
        return [answer]

    def _answer(self, call: Call, parameters: Record) -> Record:
        if call.each:
            return self._answer_about(call, parameters[call.each[-1].parameter])
        records = self._records(call)
        if call.ids in parameters:
            # AWS refuses all of them where one is not there.
            assert set(parameters[call.ids]) <= set(
                at(self._network.get("Reservations", []), ("Instances", "InstanceId"))
            )
            records = [record for record in records if record["InstanceId"] in parameters[call.ids]]
        for wanted in parameters.get(call.filters, ()):
            records = [record for record in records if matches(call, record, wanted["Name"], wanted["Values"])]
        if call.operation == "describe_instances":
            return {"Reservations": [{"ReservationId": f"r-{r['InstanceId']}", "Instances": [r]} for r in records]}
        return {call.result_key: records}

    def _records(self, call: Call) -> list[Record]:
        if call.operation == "describe_instances":
            told = self._network.get("Reservations", ())
            return [*self._network.get("Instances", ()), *(i for r in told for i in r["Instances"])]
        if call.operation == "describe_prefix_lists":
            return []
        keys = ("PrefixLists", "ManagedPrefixLists") if call.result_key == "PrefixLists" else (call.result_key,)
        return [record for key in keys for record in self._network.get(key, ())]

    def _answer_about(self, call: Call, id_: str) -> Record:
        if call.result_key == "Entries":
            return {"Entries": self._network.get("PrefixListEntries", {}).get(id_, [])}
        if call.operation in WRAPPED:
            key, member = WRAPPED[call.operation]
            told = next((told for told in self._network.get(key, ()) if told[member] == id_), {})
            return {call.result_key: [], **{name: value for name, value in told.items() if name != member}}
        parameter = call.each[-1].parameter
        return {call.result_key: [r for r in self._network.get(call.result_key, ()) if r.get(parameter) == id_]}


def matches(call: Call, record: Record, name: str, values: list[str]) -> bool:
    """Whether an EC2 filter lets a record pass; `*` and `?` are wildcards (EC2 user guide, filtering)."""
    if name == "tag-key":
        found = [tag["Key"] for tag in record.get("Tags") or record.get("TagSet") or ()]
    elif name.startswith("tag:"):
        found = [t["Value"] for t in record.get("Tags") or record.get("TagSet") or () if t["Key"] == name[4:]]
    else:
        path = FILTERS[call.operation, name]
        if path.startswith("*."):
            found = [text for part in record.values() for text in at(part, [path[2:]])]
        elif name == "source-dest-check":
            found = [str(record.get(path, True)).lower()]
        else:
            found = list(at(record, path.split(".")))
    return any(fnmatchcase(text, value) for text in found for value in values)
