"""Records as AWS describes what a configuration makes, whatever language that is written in."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

_NODE_TYPES = {"network": "network_load_balancer", "gateway": "gateway_load_balancer"}


def plain(value: Any) -> Any:
    """A value without the members that are null."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if one is not None}
    return [plain(one) for one in value] if isinstance(value, list) else value


def without_nothing(record: Record) -> Record:
    """A record without the members that are None."""
    return {name: value for name, value in record.items() if value is not None}


def balancer_node(
    id_: str, subnet: str, vpc: str, description: str, groups: list[str], kind: str, private: str, public: str | None
) -> Record:
    """The interface that a load balancer of a `kind` (application, network, gateway, classic) has in a subnet."""
    address: Record = {"PrivateIpAddress": private}
    if public is not None:
        address["Association"] = {"PublicIp": public}
    return {
        "NetworkInterfaceId": id_,
        "SubnetId": subnet,
        "VpcId": vpc,
        "InterfaceType": _NODE_TYPES.get(kind, "interface"),
        "RequesterManaged": True,
        "Description": description,
        "Status": "in-use",
        "Groups": [{"GroupId": one} for one in groups],
        "PrivateIpAddress": private,
        "PrivateIpAddresses": [{**address, "Primary": True}],
    }


def nat_gateway(id_: str, subnet: str | None, vpc: str, private: str, public: str | None, tags: Any) -> Record:
    """A NAT gateway; private, where it has no public address."""
    address: Record = {"PrivateIp": private, "PublicIp": public, "IsPrimary": True}
    record: Record = {
        "NatGatewayId": id_,
        "SubnetId": subnet,
        "VpcId": vpc,
        "State": "available",
        "ConnectivityType": "private" if public is None else "public",
        "NatGatewayAddresses": [without_nothing(address)],
        "Tags": tags,
    }
    return without_nothing(record)
