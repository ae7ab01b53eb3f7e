"""VPC endpoints of every type (EC2 API, VpcEndpoint)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import GroupId, Id, Record, Tag


class VpcEndpointRecord(Record, frozen=True, kw_only=True):
    """An endpoint; only state `available` works, in capitals or not.

    vpc_endpoint_type: `Interface`, `Gateway`, `GatewayLoadBalancer`, `Resource`, `ServiceNetwork`.
    policy_document: JSON.
    """

    vpc_endpoint_id: Id
    vpc_endpoint_type: str | None = None
    vpc_id: str | None = None
    owner_id: str | None = None
    service_name: str | None = None
    state: str | None = None
    policy_document: str | None = None
    route_table_ids: list[str] | None = None
    subnet_ids: list[str] | None = None
    groups: list[GroupId] | None = None
    network_interface_ids: list[str] | None = None
    private_dns_enabled: bool | None = None
    requester_managed: bool | None = None
    tags: list[Tag] | None = None


VPC_ENDPOINT: Kind[VpcEndpointRecord] = Kind(
    name="VPC endpoint",
    plural="VPC endpoints",
    keys=("VpcEndpoints",),
    record=VpcEndpointRecord,
    absence=Absence.OFF,
    absence_note="without endpoints services are reached over the internet; one that a route names is unknown",
    calls=(ec2("describe_vpc_endpoints", "DescribeVpcEndpoints", "VpcEndpoints"),),
    id_of=lambda record: record.vpc_endpoint_id,
    id_members=("VpcEndpointId",),
    telltales=frozenset({"VpcEndpointType", "ServiceName"}),
)
