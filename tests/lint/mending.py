"""The commands of `lint --fix`, carried out on what the AWS CLI printed; the rest is in plain.commands."""

from __future__ import annotations

import copy
import shlex

from plain.commands import PROTOCOL_NAMES, SOURCES, apply_command, get, listed, parameters, rules_of

KEYS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}


def single(permission):
    """A permission as one for each of its sources, protocols by name as AWS answers."""
    protocol = PROTOCOL_NAMES.get(permission["IpProtocol"], permission["IpProtocol"])
    ports = {key: permission[key] for key in ("FromPort", "ToPort") if key in permission and protocol != "-1"}
    for name, key in SOURCES.items():
        for each in listed(permission, name):
            yield {"IpProtocol": protocol, **ports, name: [{key: each[key]}]}


def revoke(way):
    def carry(network, given):
        group = get(network, "SecurityGroups", "GroupId", given["GroupId"])
        if "SecurityGroupRuleIds" in given:
            for id_ in given["SecurityGroupRuleIds"]:
                rule = get(network, "SecurityGroupRules", "SecurityGroupRuleId", id_)
                if rule["GroupId"] != group["GroupId"] or rule["IsEgress"] is not (way == "egress"):
                    raise ValueError(f"{id_} is no {way} rule of {group['GroupId']}")
                network["SecurityGroupRules"].remove(rule)
            return
        left = [one for permission in listed(group, KEYS[way]) for one in single(permission)]
        for permission in given["IpPermissions"]:
            for gone in (key for one in single(permission) for key in rules_of(one)):
                kept = [one for one in left if rules_of(one) != [gone]]
                if len(kept) == len(left):
                    raise ValueError(f"{group['GroupId']} has no rule {gone}")
                left = kept
        group[KEYS[way]] = left

    return carry


def delete(kind, key):
    return lambda network, given: network[kind].remove(get(network, kind, key, given[key]))


def change(kind, key, member, value):
    return lambda network, given: get(network, kind, key, given[key]).update({member: value})


def release(network, given):
    network["Addresses"].remove(get(network, "Addresses", "AllocationId", given["AllocationId"]))


COMMANDS = {
    "revoke-security-group-ingress": ("RevokeSecurityGroupIngress", revoke("ingress")),
    "revoke-security-group-egress": ("RevokeSecurityGroupEgress", revoke("egress")),
    "delete-security-group": ("DeleteSecurityGroup", delete("SecurityGroups", "GroupId")),
    "delete-network-acl": ("DeleteNetworkAcl", delete("NetworkAcls", "NetworkAclId")),
    "delete-internet-gateway": ("DeleteInternetGateway", delete("InternetGateways", "InternetGatewayId")),
    "release-address": ("ReleaseAddress", release),
    "modify-subnet-attribute": ("ModifySubnetAttribute", change("Subnets", "SubnetId", "MapPublicIpOnLaunch", False)),
    "modify-network-interface-attribute": (
        "ModifyNetworkInterfaceAttribute",
        change("NetworkInterfaces", "NetworkInterfaceId", "SourceDestCheck", True),
    ),
}
FLAGS = {"--no-map-public-ip-on-launch", "--source-dest-check"}
"""Options of the CLI for a structure that holds one flag."""


def carried_out(network, command):
    """The network after a command, as a copy; ValueError for whatever the CLI or the API would refuse."""
    words = shlex.split(command)
    if words[2] not in COMMANDS:
        return apply_command(network, command)
    changed = copy.deepcopy(network)
    operation, carry = COMMANDS[words[2]]
    carry(changed, parameters(operation, words[2], [word for word in words[3:] if word not in FLAGS]))
    return changed
