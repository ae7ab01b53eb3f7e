"""EC2 Instance Connect endpoints (EC2 API, Ec2InstanceConnectEndpoint)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class InstanceConnectEndpointRecord(Record, frozen=True, kw_only=True):
    """An endpoint that opens SSH and RDP connections from a subnet; only state `create-complete` works.

    preserve_client_ip: whether hosts see the address of whoever connects instead of the endpoint's own.
    """

    instance_connect_endpoint_id: Id
    state: str | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    owner_id: str | None = None
    network_interface_ids: list[str] | None = None
    security_group_ids: list[str] | None = None
    preserve_client_ip: bool | None = None
    tags: list[Tag] | None = None


INSTANCE_CONNECT_ENDPOINT: Kind[InstanceConnectEndpointRecord] = Kind(
    name="EC2 Instance Connect endpoint",
    plural="EC2 Instance Connect endpoints",
    keys=("InstanceConnectEndpoints",),
    record=InstanceConnectEndpointRecord,
    absence=Absence.OFF,
    absence_note="nobody can connect through an endpoint that is not there",
    calls=(ec2("describe_instance_connect_endpoints", "DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints"),),
    id_of=lambda record: record.instance_connect_endpoint_id,
    id_members=("InstanceConnectEndpointId",),
    telltales=frozenset({"InstanceConnectEndpointArn", "SubnetId", "State"}),
)
