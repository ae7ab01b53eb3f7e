"""Endpoint services, which providers offer to the endpoints of others (EC2 API, ServiceConfiguration)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class EndpointServiceRecord(Record, frozen=True, kw_only=True):
    """A service; only state `Available` works, and its load balancers take what endpoints bring."""

    service_id: Id
    service_name: str | None = None
    service_state: str | None = None
    network_load_balancer_arns: list[str] | None = None
    gateway_load_balancer_arns: list[str] | None = None
    tags: list[Tag] | None = None


ENDPOINT_SERVICE: Kind[EndpointServiceRecord] = Kind(
    name="endpoint service",
    plural="endpoint services",
    keys=("ServiceConfigurations",),
    record=EndpointServiceRecord,
    absence=Absence.OFF,
    absence_note="an endpoint answers for a service of its provider, mostly another account's",
    calls=(
        ec2(
            "describe_vpc_endpoint_service_configurations",
            "DescribeVpcEndpointServiceConfigurations",
            "ServiceConfigurations",
        ),
    ),
    id_of=lambda record: record.service_id,
    id_members=("ServiceId",),
    telltales=frozenset({"NetworkLoadBalancerArns", "GatewayLoadBalancerArns", "AcceptanceRequired"}),
)
