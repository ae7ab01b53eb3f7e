"""The entries of managed prefix lists, by the id of the list: `{"pl-…": [{"Cidr": …}]}` (EC2 API, PrefixListEntry)."""

from collections.abc import Iterable

from sgcheck.aws.kind import Absence, Feed, Kind, Wrapper, ec2
from sgcheck.aws.prefix_list import DESCRIBE_MANAGED
from sgcheck.aws.record import Id, Record


class PrefixListEntry(Record, frozen=True, kw_only=True):
    """One range of a prefix list."""

    cidr: Id
    description: str | None = None


class PrefixListEntriesRecord(Record, frozen=True, kw_only=True):
    """All entries of one prefix list, or those of one page of them."""

    prefix_list_id: Id
    entries: list[PrefixListEntry]


def _unpack(prefix_list_id: str, entries: list[PrefixListEntry] | None) -> Iterable[PrefixListEntriesRecord]:
    yield PrefixListEntriesRecord(prefix_list_id=prefix_list_id, entries=entries or [])


PREFIX_LIST_ENTRY: Kind[PrefixListEntriesRecord] = Kind(
    name="prefix list entry",
    plural="prefix list entries",
    keys=("PrefixListEntries",),
    record=PrefixListEntriesRecord,
    absence=Absence.UNKNOWN,
    absence_note="a prefix list that a rule or route names stands for whatever its entries are",
    calls=(
        ec2(
            "get_managed_prefix_list_entries",
            "GetManagedPrefixListEntries",
            "Entries",
            each=(Feed("PrefixListId", DESCRIBE_MANAGED, ("PrefixListId",)),),
        ),
    ),
    id_of=lambda record: record.prefix_list_id,
    id_members=(),
    telltales=frozenset(),
    wrappers=(Wrapper("PrefixListEntries", list[PrefixListEntry] | None, _unpack, by_name=True),),
)
