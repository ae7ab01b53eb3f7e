"""Database proxies (RDS API, DBProxy)."""

import msgspec

from sgcheck.aws.kind import Absence, Call, Kind
from sgcheck.aws.record import Record


class DBProxyRecord(Record, frozen=True, kw_only=True):
    """A proxy; it listens on the usual port of its engine family (`MYSQL`, `POSTGRESQL`, `SQLSERVER`)."""

    db_proxy_name: str = msgspec.field(name="DBProxyName")
    db_proxy_arn: str | None = msgspec.field(default=None, name="DBProxyArn")
    status: str | None = None
    engine_family: str | None = None
    endpoint: str | None = None
    vpc_subnet_ids: list[str] | None = None
    vpc_security_group_ids: list[str] | None = None


DB_PROXY: Kind[DBProxyRecord] = Kind(
    name="DB proxy",
    plural="DB proxies",
    keys=("DBProxies",),
    record=DBProxyRecord,
    absence=Absence.OFF,
    absence_note="a proxy is reached by interfaces whose descriptions name it",
    calls=(Call("rds", "describe_db_proxies", "rds:DescribeDBProxies", "DBProxies"),),
    id_of=lambda record: record.db_proxy_arn or record.db_proxy_name,
    id_members=("DBProxyName",),
    telltales=frozenset({"DBProxyArn", "EngineFamily", "VpcSubnetIds"}),
)
