"""Flow logs in a table of Amazon Athena, which one query classifies there: what comes back is counts.

Athena user guide, "Query Amazon VPC flow logs".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.flowlogs.classes import SUMMARY, summary
from sgcheck.diagnose.flowlogs.columns import UNREADABLE, held, in_time, records, unknown
from sgcheck.diagnose.flowlogs.grouping import FLOW, grouping, places_of
from sgcheck.diagnose.flowlogs.partitions import Pruned, Wanted, pruned
from sgcheck.diagnose.flowlogs.result import Coverage, Refused, Result, coverage, fates
from sgcheck.diagnose.flowlogs.window import RECENT
from sgcheck.diagnose.flowlogs.words import SOURCE, iso

if TYPE_CHECKING:
    from sgcheck.diagnose.flowlogs.asked import Asked
    from sgcheck.model.network import Network
    from sgcheck.reach.answer import Explanation
    from sgcheck.sources.live.athena import Athena, Column, Rows, Table

_FLOWS = slice(SUMMARY.index("accepted_since"), SUMMARY.index("peer"))
_WRONG = "a column holds what its field can't have, as where the table's columns are not in the order of the log format"


class Query(NamedTuple):
    """A query, and what of the table it leaves out. columns: which of them holds which field."""

    sql: str
    pruned: Pruned
    columns: dict[str, Column]


class Found(NamedTuple):
    """What a table says, and how it was asked."""

    result: Result
    query: Query
    rows: Rows
    asked: Asked


def read(
    name: str,
    asked: Asked,
    network: Network,
    *,
    connect: Callable[[], Athena],
    explanation: Explanation | None = None,
) -> list[Clue]:
    """What the flow logs in the table `name` (DATABASE.TABLE) say of the question.

    Where no time is asked it is the last three hours, since Athena is paid by what it reads. connect: opens Athena,
    which is not asked where there is no interface to look at. explanation: what the configuration says.
    Raises UsageError for a table that is not there or has no flow logs, AwsError where Athena can't be asked or fails.
    """
    from sgcheck.diagnose.flowlogs.clues import told
    from sgcheck.diagnose.flowlogs.notes import notes
    from sgcheck.diagnose.flowlogs.silence import nowhere, outlook, unseen

    if not asked.targets and not asked.origins:
        return [nowhere()]
    found = scan(name, asked, network, connect=connect)
    result, about = found.result, found.asked
    clues = [*told(result, about, explanation), *unseen(result, about), *notes(result, about)]
    return [*clues, *(Clue(Says.NOTHING, SOURCE, text) for text in _costs(name, found)), outlook()]


def scan(name: str, asked: Asked, network: Network, *, connect: Callable[[], Athena], now: int | None = None) -> Found:
    """What `read` finds, before it is put into words. now: Unix seconds, for a time without an end."""
    from sgcheck.sources.live.athena import parse_name

    parsed = parse_name(name)
    until = asked.until if asked.until is not None else int(time.time() if now is None else now)
    if asked.since is None:
        asked = msgspec.structs.replace(asked, since=until - RECENT)
    athena = connect()
    table = athena.table(parsed)
    made = query(table, asked, wanted(network, asked, until))
    rows = athena.query(made.sql, parsed)
    return Found(result(rows, table, made.columns), made, rows, asked)


def wanted(network: Network, asked: Asked, until: int) -> Wanted:
    """Where the folders of the interfaces' flow logs may be: none of what is not known of all of them.

    Its account has made the flow log for the interface, its subnet or its VPC, and is taken to be the owner of one of
    these, who are different where a VPC is shared (VPC user guide, "Flow log files", for the folders).
    """
    accounts: set[str | None] = set()
    regions: set[str | None] = set()
    for place in places_of(asked):
        interface = network.interfaces.get(place.interface)
        if interface is None:
            return Wanted(asked.since, until)
        homes = (interface, network.subnets.get(interface.subnet), network.vpcs.get(interface.vpc))
        accounts.update(home.account if home else None for home in homes)
        regions.add(interface.region)
    numbered = accounts if all(name and name.isdecimal() for name in accounts) else set()
    return Wanted(asked.since, until, _all(numbered), _all(regions))


def _all(names: set[str | None]) -> tuple[str, ...]:
    known = {name for name in names if name}
    return tuple(sorted(known)) if len(known) == len(names) else ()


def query(table: Table, asked: Asked, wanted: Wanted) -> Query:
    """The one query for a question. Raises UsageError where the table has no flow logs."""
    columns = held(table)
    left = pruned(table, wanted)
    interfaces = [place.interface for place in places_of(asked)]
    relation = records(table, columns, interfaces, [*left.conditions, *in_time(columns, asked.since, asked.until)])
    return Query(summary(grouping(asked, relation)), left, columns)


def result(rows: Rows, table: Table, columns: dict[str, Column]) -> Result:
    """What the rows of the query say."""
    named = [dict(zip(SUMMARY, row, strict=True)) for row in rows.rows]
    flows = [
        (*(one[key] for key in ("site", "protocol", "held", "admitted", "blind", "flows", "accepted", "rejected")),
         *row[_FLOWS], one["peer"])
        for one, row in zip(named, rows.rows, strict=True)
        if one["kind"] == FLOW and (one["held"] is not None or one["admitted"] is not None)
    ]  # fmt: skip
    keys = ("site", "kind", "status", "records", "accepted", "rejected", "since", "until")
    parts = coverage(msgspec.convert({key: one[key] for key in keys}, Coverage) for one in named)
    odd = sum(part.records for part in parts if part.status == UNREADABLE)
    return Result(
        fates=tuple(fates(flows)),
        coverage=tuple(part for part in parts if part.status != UNREADABLE),
        refused=(Refused(str(table.name), odd, (), "row", _WRONG),) if odd else (),
        without_real=not {"pkt-srcaddr", "pkt-dstaddr"} <= columns.keys(),
        unknown=unknown(table),
    )


def _costs(name: str, found: Found) -> Iterator[str]:
    """What Athena read, and what it did not."""
    left = found.query.pruned
    since = iso(found.asked.since)
    by = (
        f"partitions chosen by {', '.join(left.by)}"
        if left.by
        else "the whole table, as no partition could be left out"
    )
    others = f"; not by {', '.join(left.others)}" if left.others and left.by else ""
    yield f"{name}: Athena read {size(found.rows.scanned)} ({by}{others}), for records since {since}"
    if not found.rows.scanned:
        yield (
            f"{name}: there was nothing to read for this time, account and Region: are the partitions in the table "
            "(MSCK REPAIR TABLE, ALTER TABLE ADD PARTITION)?"
        )


def size(number: int) -> str:
    """Bytes for a person, in steps of 1,000: `12.3 MB`."""
    amount = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
