"""Prefix lists (EC2 API, ManagedPrefixList and the older PrefixList), without the entries of managed ones."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class PrefixListRecord(Record, frozen=True, kw_only=True):
    """A prefix list; `cidrs` is told by describe-prefix-lists only, the rest by describe-managed-prefix-lists.

    address_family: `IPv4` or `IPv6`. max_entries: what the list counts for against the quota of rules.
    """

    prefix_list_id: Id
    prefix_list_name: str | None = None
    prefix_list_arn: str | None = None
    address_family: str | None = None
    max_entries: int | None = None
    version: int | None = None
    owner_id: str | None = None
    state: str | None = None
    cidrs: list[str] | None = None
    tags: list[Tag] | None = None


DESCRIBE_MANAGED = ec2(
    "describe_managed_prefix_lists",
    "DescribeManagedPrefixLists",
    "PrefixLists",
    key="ManagedPrefixLists",
    by={"id": "prefix-list-id"},
)

PREFIX_LIST: Kind[PrefixListRecord] = Kind(
    name="prefix list",
    plural="prefix lists",
    keys=("PrefixLists", "ManagedPrefixLists"),
    record=PrefixListRecord,
    absence=Absence.OFF,
    absence_note="a list that is not described is named by its id; its entries decide",
    calls=(
        DESCRIBE_MANAGED,
        ec2("describe_prefix_lists", "DescribePrefixLists", "PrefixLists", by={"id": "prefix-list-id"}),
    ),
    id_of=lambda record: record.prefix_list_id,
    id_members=("PrefixListId",),
    telltales=frozenset({"PrefixListName", "PrefixListArn", "Cidrs", "AddressFamily"}),
)
