"""Classic Load Balancers (Elastic Load Balancing API of 2012, LoadBalancerDescription)."""

import msgspec

from sgcheck.aws.kind import Absence, Call, Feed, Kind
from sgcheck.aws.record import Id, Record


class ClassicListener(Record, frozen=True, kw_only=True):
    """A port of the balancer, and the instances' port that it leads to."""

    protocol: str | None = None
    load_balancer_port: int | None = None
    instance_port: int | None = None


class ClassicListenerDescription(Record, frozen=True, kw_only=True):
    """A listener, wrapped."""

    listener: ClassicListener | None = None


class ClassicInstance(Record, frozen=True, kw_only=True):
    """A registered instance."""

    instance_id: str | None = None


class ClassicHealthCheck(Record, frozen=True, kw_only=True):
    """The health check; `target` reads `HTTP:8080/path` or `TCP:8080`."""

    target: str | None = None


class ClassicLoadBalancerRecord(Record, frozen=True, kw_only=True):
    """A Classic Load Balancer with its listeners and instances; names are unique per account and Region only."""

    load_balancer_name: Id
    dns_name: str | None = msgspec.field(default=None, name="DNSName")
    scheme: str | None = None
    vpc_id: str | None = msgspec.field(default=None, name="VPCId")
    availability_zones: list[str] | None = None
    subnets: list[str] | None = None
    security_groups: list[str] | None = None
    listener_descriptions: list[ClassicListenerDescription] | None = None
    instances: list[ClassicInstance] | None = None
    health_check: ClassicHealthCheck | None = None


_DESCRIBE = Call(
    "elb", "describe_load_balancers", "elasticloadbalancing:DescribeLoadBalancers", "LoadBalancerDescriptions"
)
EACH_CLASSIC = (Feed("LoadBalancerName", _DESCRIBE, ("LoadBalancerName",)),)
"""What has to be asked balancer by balancer."""

CLASSIC_LOAD_BALANCER: Kind[ClassicLoadBalancerRecord] = Kind(
    name="Classic Load Balancer",
    plural="Classic Load Balancers",
    keys=("LoadBalancerDescriptions",),
    record=ClassicLoadBalancerRecord,
    absence=Absence.OFF,
    absence_note="there are none unless an interface says that it belongs to one, which then decides",
    calls=(_DESCRIBE,),
    id_of=lambda record: record.dns_name or record.load_balancer_name,
    id_members=("LoadBalancerName",),
    telltales=frozenset({"ListenerDescriptions", "VPCId", "Subnets", "Instances"}),
)
