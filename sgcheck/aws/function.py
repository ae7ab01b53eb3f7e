"""Lambda functions (Lambda API, FunctionConfiguration)."""

from sgcheck.aws.kind import Absence, Call, Kind
from sgcheck.aws.record import Record


class VpcConfig(Record, frozen=True, kw_only=True):
    """Which subnets and groups the interfaces of a function have; empty where it runs outside of every VPC."""

    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None


class FunctionRecord(Record, frozen=True, kw_only=True):
    """A function."""

    function_name: str
    function_arn: str | None = None
    vpc_config: VpcConfig | None = None


FUNCTION: Kind[FunctionRecord] = Kind(
    name="Lambda function",
    plural="Lambda functions",
    keys=("Functions",),
    record=FunctionRecord,
    absence=Absence.OFF,
    absence_note="a function sends by interfaces whose descriptions name one of the functions that share them",
    calls=(Call("lambda", "list_functions", "lambda:ListFunctions", "Functions"),),
    id_of=lambda record: record.function_arn or record.function_name,
    id_members=("FunctionName",),
    telltales=frozenset({"FunctionArn", "Runtime", "CodeSha256"}),
)
