"""The base of all AWS records, and the few shapes that several kinds share.

A record keeps only the members that matter for reachability, under AWS's own names in snake case; members that are not
listed are never decoded. A list that is missing or null is None, which is not the same as an empty one: groups without
`IpPermissionsEgress` say nothing about egress, groups with `[]` deny it.

The modules of records do without `from __future__ import annotations`: a decoder that has to evaluate the text of every
annotation takes several times as long to make, in every run.
"""

from typing import Annotated

import msgspec

Id = Annotated[str, msgspec.Meta(min_length=1)]
"""An identifier that a record can't do without."""


class Record(msgspec.Struct, frozen=True, gc=False, kw_only=True, rename="pascal"):
    """A part of an AWS answer; records form trees, so the cycle collector need not look at them."""


class Tag(Record, frozen=True, kw_only=True):
    """One tag of a resource (EC2 API, Tag)."""

    key: str = ""
    value: str | None = None


class GroupId(Record, frozen=True, kw_only=True):
    """A security group that an interface or instance has (EC2 API, GroupIdentifier)."""

    group_id: Id


class CodedState(Record, frozen=True, kw_only=True):
    """A state in the form `{"State": "associated"}` (EC2 API, VpcCidrBlockState and its like)."""

    state: str | None = None


class CidrAssociation(Record, frozen=True, kw_only=True):
    """An IPv4 range of a VPC (EC2 API, VpcCidrBlockAssociation)."""

    cidr_block: str | None = None
    cidr_block_state: CodedState | None = None


class Ipv6CidrAssociation(Record, frozen=True, kw_only=True):
    """An IPv6 range of a VPC or subnet (EC2 API, VpcIpv6CidrBlockAssociation, SubnetIpv6CidrBlockAssociation)."""

    ipv6_cidr_block: str | None = None
    ipv6_cidr_block_state: CodedState | None = None
    ipv6_address_attribute: str | None = None


class BlockPublicAccessStates(Record, frozen=True, kw_only=True):
    """What block public access makes of a VPC or subnet: `off`, `block-bidirectional` or `block-ingress`."""

    internet_gateway_block_mode: str | None = None


class GatewayAttachment(Record, frozen=True, kw_only=True):
    """A VPC that an internet gateway is attached to; the state of a working one reads `available`."""

    vpc_id: str | None = None
    state: str | None = None


class Association(Record, frozen=True, kw_only=True):
    """A public address of a private one (EC2 API, NetworkInterfaceAssociation, InstanceNetworkInterfaceAssociation)."""

    public_ip: str | None = None


class PrivateIpAddress(Record, frozen=True, kw_only=True):
    """One private IPv4 address of an interface, and the public address it has, if any."""

    private_ip_address: str | None = None
    primary: bool | None = None
    association: Association | None = None


class Ipv6Address(Record, frozen=True, kw_only=True):
    """One IPv6 address of an interface."""

    ipv6_address: str | None = None


class Ipv4Prefix(Record, frozen=True, kw_only=True):
    """A range of IPv4 addresses that is delegated to an interface."""

    ipv4_prefix: str | None = None


class Ipv6Prefix(Record, frozen=True, kw_only=True):
    """A range of IPv6 addresses that is delegated to an interface."""

    ipv6_prefix: str | None = None


def name_of(tags: list[Tag] | None) -> str | None:
    """The value of the Name tag, None where there is no such tag or it is empty."""
    for tag in tags or ():
        if tag.key == "Name":
            return tag.value or None
    return None
