"""Application, Network and Gateway Load Balancers (Elastic Load Balancing v2 API, LoadBalancer)."""

import msgspec

from sgcheck.aws.kind import Absence, Feed, Kind, elbv2
from sgcheck.aws.record import Id, Record


class LoadBalancerState(Record, frozen=True, kw_only=True):
    """The state of a balancer: `active`, `active_impaired`, `provisioning` or `failed`."""

    code: str | None = None


class LoadBalancerAddress(Record, frozen=True, kw_only=True):
    """A fixed address of a Network Load Balancer's node: public, or private in an internal one."""

    ip_address: str | None = None
    private_ipv4_address: str | None = msgspec.field(default=None, name="PrivateIPv4Address")
    ipv6_address: str | None = msgspec.field(default=None, name="IPv6Address")


class LoadBalancerZone(Record, frozen=True, kw_only=True):
    """An Availability Zone that a balancer is enabled in, and the subnet of its node there."""

    zone_name: str | None = None
    subnet_id: str | None = None
    load_balancer_addresses: list[LoadBalancerAddress] | None = None


class LoadBalancerRecord(Record, frozen=True, kw_only=True):
    """A load balancer; `type` is `application`, `network` or `gateway`, `scheme` `internet-facing` or `internal`.

    security_groups: a Network Load Balancer may have none, and then filters nothing.
    """

    load_balancer_arn: Id
    dns_name: str | None = msgspec.field(default=None, name="DNSName")
    load_balancer_name: str | None = None
    scheme: str | None = None
    vpc_id: str | None = None
    state: LoadBalancerState | None = None
    type: str | None = None
    availability_zones: list[LoadBalancerZone] | None = None
    security_groups: list[str] | None = None


_DESCRIBE = elbv2("describe_load_balancers", "DescribeLoadBalancers", "LoadBalancers")
EACH_BALANCER = (Feed("LoadBalancerArn", _DESCRIBE, ("LoadBalancerArn",)),)
"""What has to be asked balancer by balancer."""

LOAD_BALANCER: Kind[LoadBalancerRecord] = Kind(
    name="load balancer",
    plural="load balancers",
    keys=("LoadBalancers",),
    record=LoadBalancerRecord,
    absence=Absence.OFF,
    absence_note="there are none unless an interface says that it belongs to one, which then decides",
    calls=(_DESCRIBE,),
    id_of=lambda record: record.load_balancer_arn,
    id_members=("LoadBalancerArn",),
    telltales=frozenset({"DNSName", "Scheme", "VpcId", "AvailabilityZones", "SecurityGroups"}),
)
