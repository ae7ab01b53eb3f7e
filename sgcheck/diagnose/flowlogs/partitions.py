"""Which partitions of an Athena table may hold records of the asked time, account and Region.

A partition that is left out is never read, so that a condition is only made where the meaning of the column's values is
known. Athena user guide, "Partition your data" and "Set up partition projection" (`projection.COLUMN.format`); VPC user
guide, "Flow log files": files are put in folders by account, Region, and the day and hour that they are published in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from sgcheck.diagnose.flowlogs.columns import identifier, is_text, is_whole, plain
from sgcheck.diagnose.flowlogs.predicates import any_of, quoted

if TYPE_CHECKING:
    from sgcheck.sources.live.athena import Column, Table

MARGIN: Final = timedelta(hours=1)
"""How far the folder of a record may be from its times: an aggregation interval is 10 minutes at most, and delivery to
S3 takes about 10, on a best effort basis (VPC user guide, "Flow log records": aggregation interval)."""
_DATES = frozenset({"date", "day", "dt", "ds", "datehour"})
_CLOCK = ("year", "month", "day", "hour")
_ACCOUNTS = frozenset({"accountid", "accid", "awsaccountid", "account"})
_REGIONS = frozenset({"region", "awsregion"})
_SERVICE, _VPC = "awsservice", "vpcflowlogs"
_FORMATS = ("%Y/%m/%d", "%Y-%m-%d", "%Y%m%d")
_DATED = "^[0-9]{4}(/[0-9]{2}/|-[0-9]{2}-|[0-9]{2})[0-9]{2}"
_TOKEN = re.compile(r"yyyy|uuuu|MM|dd|HH|[A-Za-z]+")
_PRINTED = {"yyyy": "%Y", "uuuu": "%Y", "MM": "%m", "dd": "%d", "HH": "%H"}
_UNITS = {"hours": 1, "days": 24, "weeks": 7 * 24, "months": 31 * 24, "years": 366 * 24}


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for. since, until: Unix seconds. accounts, regions: none where they are not known."""

    since: int | None
    until: int | None
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


class Pruned(msgspec.Struct, frozen=True):
    """Conditions on partition columns, and the names of those columns and of the others."""

    conditions: tuple[str, ...]
    by: tuple[str, ...]
    others: tuple[str, ...]


def pruned(table: Table, wanted: Wanted) -> Pruned:
    """The conditions that leave out partitions which can't hold what is wanted."""
    conditions: list[str] = []
    by: set[str] = set()
    for names, condition in (*_timed(table, wanted), *_placed(table, wanted)):
        conditions.append(condition)
        by.update(names)
    names_of_all = [one.name for one in table.partitions]
    return Pruned(
        tuple(conditions),
        tuple(name for name in names_of_all if name in by),
        tuple(name for name in names_of_all if name not in by),
    )


_Condition = tuple[tuple[str, ...], str]


def _placed(table: Table, wanted: Wanted) -> Iterator[_Condition]:
    for one in table.partitions:
        name = plain(one.name)
        values: tuple[str, ...] = ()
        if name in _ACCOUNTS:
            values = wanted.accounts
        elif name in _REGIONS:
            values = wanted.regions
        elif name == _SERVICE:
            values = (_VPC,)
        if values and is_text(one):
            yield (one.name,), _among(one, map(quoted, values))
        elif values and is_whole(one) and all(value.isdecimal() for value in values):
            yield (one.name,), _among(one, (str(int(value)) for value in values))


def _timed(table: Table, wanted: Wanted) -> Iterator[_Condition]:
    if wanted.since is None or wanted.until is None:
        return
    try:
        first = datetime.fromtimestamp(wanted.since, UTC) - MARGIN
        last = datetime.fromtimestamp(wanted.until, UTC) + MARGIN
    except (OverflowError, ValueError, OSError):
        return
    columns = {plain(one.name): one for one in table.partitions}
    if "year" in columns:
        yield from _by_clock([columns[name] for name in _CLOCK if name in columns], first, last)
        return
    dated = next((columns[name] for name in columns if name in _DATES), None)
    condition = _dated(table, dated, first, last) if dated is not None else None
    if dated is not None and condition is not None:
        yield (dated.name,), condition
    hour = columns.get("hour")
    if condition is not None and hour is not None and last - first < timedelta(hours=23):
        found = _listed(hour, {moment.hour for moment in _hours(first, last)})
        if found:
            yield (hour.name,), found


def _by_clock(columns: list[Column], first: datetime, last: datetime) -> Iterator[_Condition]:
    """Years, months, days and hours in columns of their own, as far as each of them has those before it.

    A list for each column, by which Athena finds the partitions, and one condition on all for what the lists let pass.
    """
    names = [plain(one.name) for one in columns]
    depth = next((n for n, name in enumerate(names) if name != _CLOCK[n]), len(names))
    columns = columns[:depth]
    if not all(is_text(one) or is_whole(one) for one in columns):
        return
    moments = list(_hours(first, last)) if last - first < timedelta(days=2) else list(_days(first, last))
    for one, name in zip(columns, _CLOCK, strict=False):
        values = {int(getattr(moment, name)) for moment in moments}
        complete = {"year": 10_000, "month": 12, "day": 31, "hour": 24}[name]
        whole_days = name == "hour" and last - first >= timedelta(days=2)
        if len(values) < complete and not whole_days:
            yield (one.name,), _listed(one, values)
    parts = [
        f"lpad(CAST({identifier(one.name)} AS VARCHAR), {4 if n == 0 else 2}, '0')" for n, one in enumerate(columns)
    ]
    key = f"concat({', '.join(parts)})" if len(parts) > 1 else parts[0]
    form = "".join(("%Y", "%m", "%d", "%H")[: len(columns)])
    names_of = tuple(one.name for one in columns)
    yield names_of, f"{key} BETWEEN {quoted(first.strftime(form))} AND {quoted(last.strftime(form))}"


def _dated(table: Table, one: Column, first: datetime, last: datetime) -> str | None:
    """A condition on a column of dates, each of which stands for a day unless projection says otherwise."""
    name = identifier(one.name)
    if one.type == "date":
        return f"{name} BETWEEN DATE {quoted(first.strftime('%Y-%m-%d'))} AND DATE {quoted(last.strftime('%Y-%m-%d'))}"
    if is_whole(one):
        low, high = first.strftime("%Y%m%d"), last.strftime("%Y%m%d")
        return f"({name} BETWEEN {low} AND {high} OR {name} NOT BETWEEN 19700101 AND 99991231)"
    if not is_text(one):
        return None
    told = {key.lower(): value for key, value in table.properties.items()}
    form = told.get(f"projection.{one.name.lower()}.format")
    if form is not None:
        return _projected(name, form, first - _step(told, one), last)
    day = timedelta(days=1)
    known = [
        f"({name} >= {quoted(first.strftime(form))} AND {name} < {quoted((last + day).strftime(form))})"
        for form in _FORMATS
    ]
    return any_of([*known, f"NOT regexp_like({name}, {quoted(_DATED)})"])


def _projected(name: str, form: str, first: datetime, last: datetime) -> str | None:
    """A condition on dates in a Java format, where their texts are in the order of time."""
    tokens = _TOKEN.findall(form)
    printed = [_PRINTED.get(token) for token in tokens]
    if printed != ["%Y", "%m", "%d", "%H"][: len(printed)] or not printed or "'" in form or "%" in form:
        return None
    layout = _TOKEN.sub(lambda match: _PRINTED[match.group()], form)
    return f"{name} BETWEEN {quoted(first.strftime(layout))} AND {quoted(last.strftime(layout))}"


def _step(told: dict[str, str], one: Column) -> timedelta:
    """How long before a time the projected value may be that stands for it, beyond what the format leaves out."""
    prefix = f"projection.{one.name.lower()}.interval"
    number, unit = told.get(prefix, "1"), told.get(f"{prefix}.unit", "").lower()
    if number == "1" and unit in ("", "hours", "days"):
        return timedelta(0)
    return timedelta(hours=_UNITS.get(unit, 24) * (int(number) if number.isdecimal() else 1))


def _listed(one: Column, values: set[int]) -> str:
    """That a column has one of some numbers, as numbers or as text with and without leading zeros."""
    if is_whole(one):
        return _among(one, map(str, sorted(values)))
    texts = dict.fromkeys(text for value in sorted(values) for text in (f"{value:02d}", str(value)))
    return _among(one, map(quoted, texts)) if is_text(one) else ""


def _among(one: Column, values: Iterable[str]) -> str:
    return f"{identifier(one.name)} IN ({', '.join(values)})"


def _hours(first: datetime, last: datetime) -> Iterator[datetime]:
    moment = first.replace(minute=0, second=0)
    while moment <= last:
        yield moment
        moment += timedelta(hours=1)


def _days(first: datetime, last: datetime) -> Iterator[datetime]:
    moment = first.replace(hour=0, minute=0, second=0)
    while moment <= last:
        yield moment
        moment += timedelta(days=1)
