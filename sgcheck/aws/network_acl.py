"""Network ACLs with their entries and subnets (EC2 API, NetworkAcl)."""

import msgspec

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class PortRange(Record, frozen=True, kw_only=True):
    """The ports of a TCP or UDP entry, both ends included."""

    # "from" is a keyword of Python, so both names carry what they are names of.
    from_port: int | None = msgspec.field(default=None, name="From")
    to_port: int | None = msgspec.field(default=None, name="To")


class IcmpTypeCode(Record, frozen=True, kw_only=True):
    """The type and code of an ICMP entry; -1 means any."""

    type: int | None = None
    code: int | None = None


class NetworkAclEntry(Record, frozen=True, kw_only=True):
    """One numbered entry; 32767 (IPv4) and 32768 (IPv6) are the closing denials that the console shows as `*`.

    protocol: a number as text, `-1` for all. rule_action: `allow` or `deny` (EC2 API, NetworkAclEntry). unknown: no
    member of AWS's, but of plans: what of the entry nobody knows yet.
    """

    rule_number: int
    rule_action: str
    egress: bool
    protocol: str
    cidr_block: str | None = None
    ipv6_cidr_block: str | None = None
    port_range: PortRange | None = None
    icmp_type_code: IcmpTypeCode | None = None
    unknown: str | None = msgspec.field(default=None, name="(unknown)")


class NetworkAclAssociation(Record, frozen=True, kw_only=True):
    """A subnet that the network ACL guards."""

    subnet_id: str | None = None
    network_acl_id: str | None = None


class NetworkAclRecord(Record, frozen=True, kw_only=True):
    """A network ACL; its entries come in any order."""

    network_acl_id: Id
    vpc_id: str | None = None
    owner_id: str | None = None
    is_default: bool | None = None
    entries: list[NetworkAclEntry] | None = None
    associations: list[NetworkAclAssociation] | None = None
    tags: list[Tag] | None = None


NETWORK_ACL: Kind[NetworkAclRecord] = Kind(
    name="network ACL",
    plural="network ACLs",
    keys=("NetworkAcls",),
    record=NetworkAclRecord,
    absence=Absence.UNKNOWN,
    absence_note="every subnet has a network ACL, and it may deny anything that crosses the subnet's border",
    calls=(ec2("describe_network_acls", "DescribeNetworkAcls", "NetworkAcls", by={"vpc": "vpc-id"}),),
    id_of=lambda record: record.network_acl_id,
    id_members=("NetworkAclId",),
    telltales=frozenset({"Entries", "Associations", "IsDefault"}),
)
