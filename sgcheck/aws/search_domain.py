"""OpenSearch domains (OpenSearch API, DomainStatus); those of Elasticsearch have the same shape."""

import msgspec

from sgcheck.aws.kind import Absence, Call, Feed, Kind
from sgcheck.aws.record import Record


class VpcOptions(Record, frozen=True, kw_only=True):
    """Where a domain stands; absent where it has a public endpoint (OpenSearch API, VPCDerivedInfo)."""

    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None


class SearchDomainRecord(Record, frozen=True, kw_only=True):
    """A domain; `endpoints` has the name of one in a VPC under `vpc`."""

    domain_name: str
    arn: str | None = msgspec.field(default=None, name="ARN")
    deleted: bool | None = None
    endpoint: str | None = None
    endpoints: dict[str, str] | None = None
    vpc_options: VpcOptions | None = msgspec.field(default=None, name="VPCOptions")


_NAMES = Call("opensearch", "list_domain_names", "es:ListDomainNames", "DomainNames")

SEARCH_DOMAIN: Kind[SearchDomainRecord] = Kind(
    name="OpenSearch domain",
    plural="OpenSearch domains",
    keys=("DomainStatusList",),
    record=SearchDomainRecord,
    absence=Absence.OFF,
    absence_note="a domain is reached by interfaces whose descriptions name it",
    calls=(
        Call(
            "opensearch",
            "describe_domains",
            "es:DescribeDomains",
            "DomainStatusList",
            each=(Feed("DomainNames", _NAMES, ("DomainName",), batch=5),),
        ),
    ),
    id_of=lambda record: record.arn or record.domain_name,
    id_members=("DomainName",),
    telltales=frozenset({"DomainId", "EBSOptions"}),
)
