"""Flow logs in Athena: the same records say the same there as in files, and partitions out of question are not read."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.flowlogs import Place, athena
from sgcheck.diagnose.flowlogs import read as read_files
from sgcheck.diagnose.flowlogs import scan as scan_files
from sgcheck.diagnose.flowlogs.partitions import Wanted, pruned
from sgcheck.diagnose.flowlogs.window import window
from sgcheck.errors import AwsError, UsageError
from sgcheck.packets import AddressSet
from sgcheck.sources.live.athena import Column, Name, Table
from tests.diagnose.lab_flowlogs import (
    BEGAN,
    CLIENT,
    FROM_INSIDE,
    OF_VERSION,
    OTHERS,
    SECOND,
    SERVER,
    V2,
    V3,
    V5,
    V10,
    asked,
    back,
    idle,
    leaving,
    notes,
    returning,
    says,
    there,
    write,
)
from tests.diagnose.stub_athena import NAME, StubAthena, client_of, documented, duckdb, rows_of, serving
from tests.reach.lab import lab, load

NETWORK = load(lab())
ICMP = {"protocol": 1, "srcport": 0, "dstport": 0, "flags": 0}
TIME = {"since": BEGAN - 7200, "until": BEGAN + 7200}
SAMPLE = [
    there(),
    back(),
    there("REJECT", srcport=40001),
    there(srcport=40002),
    back(flags=4, dstport=40002, bytes=40),
    there(srcport=40003),
    back("REJECT", dstport=40003),
    there("REJECT", flags=1),
    there(srcport=40004, pkt_dstaddr=SERVER, pkt_srcaddr="203.0.113.99"),
    there(srcport=40005, srcaddr="198.51.100.9"),
    back(dstaddr="198.51.100.9", **ICMP),
    there(srcaddr="198.51.100.9", **ICMP),
    there(interface_id="eni-0bb"),
    there(srcaddr="nonsense"),
    there("REJECT", reject_reason="BPA", srcport=40006),
    there(start=BEGAN - 90_000, end=BEGAN - 89_000, srcport=40007),
    leaving(srcport=40008),
    returning(dstport=40008),
    idle(),
    idle("SKIPDATA"),
    *OTHERS,
]
QUESTIONS = {
    "internet": asked(**TIME),
    "udp": asked("443/udp", **TIME),
    "ping": asked("icmp", **TIME),
    "everything": asked("all", **TIME),
    "a block": asked(sources="203.0.112.0/22", **TIME),
    "inside": asked(**FROM_INSIDE, **TIME),
    "a secondary address": asked(targets=(Place("eni-0aa", AddressSet.parse(SECOND), SERVER),), **TIME),
}


def in_athena(records, question, columns, **more):
    """What Athena says of records that are in a table with these columns: what was found, and what was asked."""
    with serving(StubAthena(columns, **more)) as stub:
        stub.create(rows_of(records, columns))
        return athena.scan(NAME, question, NETWORK, connect=lambda: client_of(stub)), stub


def in_files(folder, records, question, fields):
    path, order = write(folder, records, fields)
    return scan_files([str(path)], question, log_format=order)


def sited(result):
    """What there is of the interfaces that are looked at: files are counted whole, tables are asked for these only."""
    return [part for part in result.coverage if part.site is not None]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("version", sorted(OF_VERSION))
def test_the_same_records_say_the_same_as_in_files(tmp_path, version, question):
    fields = list(OF_VERSION[version])
    random.Random(version).shuffle(fields)
    expected = in_files(tmp_path, SAMPLE, question, tuple(fields))
    found, stub = in_athena(SAMPLE, question, documented(fields))
    assert found.result.fates == expected.fates
    assert sited(found.result) == sited(expected)
    assert sited(expected), "the sample has records of the interfaces"
    assert (found.result.without_real, found.result.lacking) == (expected.without_real, expected.lacking)
    assert len(stub.asked) > 4, "the result came in pages"


RECORD = st.builds(
    lambda make, action, flags, port, more, at: make(
        action,
        flags,
        start=BEGAN + at,
        end=BEGAN + at + 60,
        **({"srcport" if make in (there, leaving) else "dstport": port} | more),
    ),
    make=st.sampled_from([there, back, leaving, returning]),
    action=st.sampled_from(["ACCEPT", "REJECT"]),
    flags=st.sampled_from([None, 0, 1, 2, 3, 4, 6, 18, 19, 22]),
    port=st.sampled_from([40000, 40001, 40002]),
    more=st.sampled_from(
        [
            {},
            {"packets": 2, "bytes": 900},
            ICMP | {"flags": None},
            {"reject_reason": "BPA"},
            {"reject_reason": "EC"},
            {"pkt_srcaddr": CLIENT, "pkt_dstaddr": SECOND},
            {"interface_id": "eni-0bb"},
        ]
    ).map(lambda more: {key: value for key, value in more.items() if key not in ("flags", "srcport", "dstport")}),
    at=st.sampled_from([-9000, -100, 0, 500, 9000]),
)


@given(
    records=st.lists(RECORD | st.sampled_from([idle(), idle("SKIPDATA")]), min_size=1, max_size=14),
    fields=st.sampled_from([V2, V3, V5, V10, tuple(reversed(V10))]),
    question=st.sampled_from(list(QUESTIONS.values())),
)
@settings(max_examples=40)
def test_any_records_say_the_same_as_in_files(tmp_path_factory, records, fields, question):
    expected = in_files(tmp_path_factory.mktemp("logs"), records, question, fields)
    found, _stub = in_athena(records, question, documented(fields), page=100)
    assert found.result.fates == expected.fates
    assert sited(found.result) == sited(expected)


def test_the_same_clues_and_what_it_took(tmp_path):
    path, order = write(tmp_path, SAMPLE, V5)
    expected = read_files([str(path)], QUESTIONS["internet"], log_format=order)
    with serving(StubAthena(documented(V5))) as stub:
        stub.create(rows_of(SAMPLE, stub.columns))
        found = athena.read(NAME, QUESTIONS["internet"], NETWORK, connect=lambda: client_of(stub))
    (cost,) = [clue for clue in found if clue not in expected]
    assert [clue for clue in found if clue != cost] == expected
    assert "Athena read 12.3 MB (the whole table, as no partition could be left out)" in cost.text
    assert len(says(found)) >= 5


OLD_NAMES = {
    "account": "account-id",
    "interfaceid": "interface-id",
    "sourceaddress": "srcaddr",
    "destinationaddress": "dstaddr",
    "sourceport": "srcport",
    "destinationport": "dstport",
    "numpackets": "packets",
    "numbytes": "bytes",
    "starttime": "start",
    "endtime": "end",
    "logstatus": "log-status",
}


class TestColumns:
    def test_the_names_of_the_first_edition(self, tmp_path):
        """Athena user guide of 2018, "Querying Amazon VPC Flow Logs"."""
        expected = in_files(tmp_path, SAMPLE, QUESTIONS["internet"], V2)
        new = {value: key for key, value in OLD_NAMES.items()}
        columns = {new.get(field, field.replace("-", "_")): kind for field, kind in zip(V2, documented(V2).values())}  # noqa: B905
        renamed = [{new.get(key, key): value for key, value in record.items()} for record in SAMPLE]
        found, _stub = in_athena(renamed, QUESTIONS["internet"], columns)
        assert found.result.fates == expected.fates

    def test_columns_of_text_alone(self, tmp_path):
        expected = in_files(tmp_path, SAMPLE, QUESTIONS["internet"], V5)
        found, _stub = in_athena(SAMPLE, QUESTIONS["internet"], dict.fromkeys(documented(V5), "string"))
        assert found.result.fates == expected.fates
        assert sited(found.result) == sited(expected)

    def test_columns_that_are_no_fields_are_told(self):
        found, _stub = in_athena(SAMPLE, QUESTIONS["internet"], documented(V3) | {"colour": "string"})
        assert found.result.unknown == ("colour",)

    @pytest.mark.parametrize("kind", ["string", "bigint"])
    def test_rows_that_are_out_of_line_are_counted_and_prove_nothing(self, kind):
        """A header that was not skipped, and columns in another order than the log's."""
        columns = documented(V3) | dict.fromkeys(("start", "end"), kind)
        wrong = [
            there() | {"action": "OK"},
            there() | {"log-status": "6"},
            dict(zip(V3, V3, strict=True)) | dict.fromkeys(("start", "end"), None),
        ]
        wrong[2] |= {name: None for name in V3 if columns[name.replace("-", "_")] != "string"}
        with serving(StubAthena(columns)) as stub:
            stub.create(rows_of([*OTHERS, *wrong], columns))
            found = athena.read(NAME, asked(**TIME), NETWORK, connect=lambda: client_of(stub))
        assert says(found) == []
        assert "logs.vpc: 2 rows can't be read" in notes(found)
        assert "2 rows can't be read: a column holds what its field can't have" in notes(found)

    @pytest.mark.parametrize(
        "columns, said",
        [
            ({"name": "string"}, "logs.vpc is no table of flow logs: it has no interface-id, srcaddr"),
            ({"srcport": "double"}, "column srcport is a double, expected a whole number or a string"),
            ({"action": "int"}, "column action is a int, expected a string"),
        ],
    )
    def test_a_table_that_is_none_is_refused(self, columns, said):
        table = Table(Name("logs", "vpc"), tuple(Column(*one) for one in columns.items()))
        if "name" not in columns:
            every = documented(V2) | columns
            table = Table(Name("logs", "vpc"), tuple(Column(*one) for one in every.items()))
        with pytest.raises(UsageError, match=r"logs\.vpc") as refused:
            athena.query(table, asked(), Wanted(None, None))
        assert said in refused.value.message

    def test_two_columns_for_one_field_are_refused(self):
        every = {name: kind for name, kind in documented(V2).items() if name != "start"}
        columns = every | {"start_time": "bigint", "starttime": "bigint"}
        table = Table(Name("logs", "vpc"), tuple(Column(*one) for one in columns.items()))
        with pytest.raises(UsageError, match="both start_time and starttime may be start"):
            athena.query(table, asked(), Wanted(None, None))

    def test_hostile_names_are_quoted(self):
        columns = documented(V2) | {'x" OR 1=1 --': "string"}
        table = Table(Name('lo"gs', "v'pc"), tuple(Column(*one) for one in columns.items()))
        sql = athena.query(table, asked(), Wanted(None, None)).sql
        assert '"lo""gs"."v\'pc"' in sql
        assert "OR 1=1" not in sql


DAY = "2023/11/14"  # of BEGAN, 22:13 UTC
LAYOUTS = {
    "year, month, day": ({"year": "string", "month": "string", "day": "string"}, {}, ["2023", "11", "14"]),
    "hours as well": (
        {"year": "string", "month": "string", "day": "string", "hour": "string"},
        {},
        ["2023", "11", "14", "22"],
    ),
    "as numbers": ({"year": "int", "month": "int", "day": "int", "hour": "int"}, {}, [2023, 11, 14, 22]),
    "hive-compatible": (
        {"aws_account_id": "string", "aws_service": "string", "aws_region": "string", "year": "string"},
        {},
        ["111122223333", "vpcflowlogs", "eu-central-1", "2023"],
    ),
    "projected day": (
        {"accid": "string", "region": "string", "day": "string"},
        {"projection.enabled": "true", "projection.day.type": "date", "projection.day.format": "yyyy/MM/dd"},
        ["111122223333", "eu-central-1", DAY],
    ),
    "date and hour": (
        {"region": "string", "date": "string", "hour": "string"},
        {"projection.date.format": "yyyy/MM/dd", "projection.hour.type": "integer"},
        ["eu-central-1", DAY, "22"],
    ),
    "projected hours": ({"datehour": "string"}, {"projection.datehour.format": "yyyy/MM/dd/HH"}, [f"{DAY}/22"]),
    "weeks": (
        {"date": "string"},
        {
            "projection.date.format": "yyyy-MM-dd",
            "projection.date.interval": "1",
            "projection.date.interval.unit": "WEEKS",
        },
        ["2023-11-08"],
    ),
    "a real date": ({"date": "date"}, {}, ["2023-11-14"]),
    "text with dashes": ({"dt": "string"}, {}, ["2023-11-14"]),
    "text with slashes": ({"day": "string"}, {}, [DAY]),
    "text without": ({"date": "string"}, {}, ["20231114"]),
    "text of another kind": ({"date": "string"}, {}, ["Tuesday"]),
    "a number": ({"dt": "int"}, {}, [20231114]),
    "one that is not known": ({"partition_0": "string"}, {}, ["x"]),
}
ELSEWHERE = {
    "year": "2022", "month": "10", "day": "13", "hour": "09", "date": "2023-10-13", "dt": "2023-10-13",
    "accid": "999999999999", "aws_account_id": "999999999999", "region": "us-east-1", "aws_region": "us-east-1",
    "datehour": "2023/10/13/09",
}  # fmt: skip
PLACED = Wanted(BEGAN - 3600, BEGAN + 3600, ("111122223333",), ("eu-central-1",))


def table_of(partitions, properties, fields=V3):
    columns = tuple(Column(*one) for one in documented(fields).items())
    return Table(Name("logs", "vpc"), columns, tuple(Column(*one) for one in partitions.items()), properties)


@pytest.mark.parametrize("partitions, properties, values", LAYOUTS.values(), ids=LAYOUTS)
def test_the_partition_of_the_time_is_read_and_tells_the_same(partitions, properties, values, tmp_path):
    question = asked(since=BEGAN - 3600, until=BEGAN + 3600)
    expected = in_files(tmp_path, SAMPLE, question, V3)
    columns = documented(V3)
    with serving(StubAthena(columns, partitions, properties)) as stub:
        stub.create(rows_of(SAMPLE, columns, **dict(zip(partitions, values, strict=True))))
        made = athena.query(table_of(partitions, properties), question, PLACED)
        rows = client_of(stub).query(made.sql, Name("logs", "vpc"))
    found = athena.result(rows, table_of(partitions, properties), made.columns)
    assert found.fates == expected.fates
    assert sited(found) == sited(expected)
    assert found.fates


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "one that is not known"])
def test_every_column_that_is_known_chooses(layout):
    partitions, properties, values = LAYOUTS[layout]
    found = pruned(table_of(partitions, properties), PLACED)
    assert found.by == tuple(partitions)
    assert found.others == ()
    where = " AND ".join(found.conditions)
    assert all(f'"{name}"' in where for name in partitions)
    # Each of them by itself leaves out what lies elsewhere.
    with serving(StubAthena(documented(V3), partitions, properties)) as stub:
        for name in partitions:
            if name in ELSEWHERE and layout != "a number":
                other = dict(zip(partitions, values, strict=True)) | {name: _like(values, partitions, name)}
                stub.create(rows_of(SAMPLE, stub.columns, **other))
                rows = client_of(stub).query(
                    athena.query(table_of(partitions, properties), asked(), PLACED).sql, Name("logs", "vpc")
                )
                assert rows.rows == (), name


def _like(values, partitions, name):
    """A value for another time or place, written as the column has it."""
    here = dict(zip(partitions, values, strict=True))[name]
    if "year" not in partitions and name in ("day", "date", "dt"):
        slashed = "/" in str(here)
        plain = str(here).isdecimal()
        return "2023/10/13" if slashed else "20231013" if plain else "2023-10-13"
    other = ELSEWHERE[name]
    return int(other) if partitions[name] == "int" else other


@pytest.mark.parametrize("form", ["dd/MM/yyyy", "MM-yyyy", "yyyy'T'MM", "EEE", "yyyy-DDD"])
def test_dates_that_are_not_in_the_order_of_time_choose_nothing(form):
    found = pruned(table_of({"day": "string"}, {"projection.day.format": form}), PLACED)
    assert (found.conditions, found.others) == ((), ("day",))


def test_without_a_time_or_a_place_nothing_is_left_out_by_it():
    partitions = {"accid": "string", "region": "string", "day": "string"}
    assert pruned(table_of(partitions, {}), Wanted(None, None)).conditions == ()
    assert pruned(table_of(partitions, {}), Wanted(None, BEGAN)).by == ()


def test_the_edge_of_a_day_reaches_into_the_one_before():
    """2024-01-01 00:30 UTC, with an hour for delivery."""
    new_year = 1_704_069_000
    found = pruned(table_of(LAYOUTS["hours as well"][0], {}), Wanted(new_year, new_year))
    *lists, whole = found.conditions
    assert lists == [
        "\"year\" IN ('2023', '2024')",
        "\"month\" IN ('01', '1', '12')",
        "\"day\" IN ('01', '1', '31')",
        "\"hour\" IN ('00', '0', '01', '1', '23')",
    ]
    assert whole == (
        "concat(lpad(CAST(\"year\" AS VARCHAR), 4, '0'), lpad(CAST(\"month\" AS VARCHAR), 2, '0'), "
        "lpad(CAST(\"day\" AS VARCHAR), 2, '0'), lpad(CAST(\"hour\" AS VARCHAR), 2, '0')) "
        "BETWEEN '2023123123' AND '2024010101'"
    )


@settings(max_examples=60)
@given(since=st.integers(1_600_000_000, 1_800_000_000), length=st.integers(0, 400 * 86_400), into=st.floats(0, 1))
def test_no_layout_leaves_out_the_folder_of_the_time(since, length, into):
    """Whatever moment of the asked time a file is put away at, its partition is among those that are read."""
    moment = datetime.fromtimestamp(since + int(length * into), UTC)
    wanted = Wanted(since, since + length)
    with duckdb.connect() as base:
        base.execute("CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)")
        for partitions, properties, form in (
            (LAYOUTS["hours as well"][0], {}, ("%Y", "%m", "%d", "%H")),
            (LAYOUTS["as numbers"][0], {}, ("%Y", "%m", "%d", "%H")),
            ({"date": "string", "hour": "string"}, {"projection.date.format": "yyyy/MM/dd"}, ("%Y/%m/%d", "%H")),
            ({"datehour": "string"}, {"projection.datehour.format": "yyyy-MM-dd-HH"}, ("%Y-%m-%d-%H",)),
            ({"dt": "string"}, {}, ("%Y-%m-%d",)),
            ({"date": "date"}, {}, ("%Y-%m-%d",)),
        ):
            kinds = {"string": "VARCHAR", "int": "INTEGER", "date": "DATE"}
            values = ", ".join(
                f"CAST('{moment.strftime(one)}' AS {kinds[kind]}) AS \"{name}\""
                for (name, kind), one in zip(partitions.items(), form, strict=True)
            )
            where = " AND ".join(pruned(table_of(partitions, properties), wanted).conditions)
            assert base.execute(f"SELECT count(*) FROM (SELECT {values}) WHERE {where}").fetchone() == (1,)


def test_other_partitions_are_never_touched(tmp_path):
    """Folders as flow logs make them, with files in all others that break whoever opens them."""
    columns = documented(V3)
    partitions = {"region": "string", "year": "string", "month": "string", "day": "string"}
    here = tmp_path / "region=eu-central-1/year=2023/month=11/day=14"
    for folder in (
        here,
        here.parent / "day=12",
        here.parent / "day=16",
        tmp_path / "region=eu-central-1/year=2022/month=11/day=14",
        tmp_path / "region=us-east-1/year=2023/month=11/day=14",
    ):
        folder.mkdir(parents=True)
        (folder / "a.log").write_text("poison\npoison\n", encoding="utf-8")
    write(here, SAMPLE, V3)
    kinds = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT"}
    listed = ", ".join(f"'{name}': '{kinds[kind]}'" for name, kind in columns.items())
    source = (
        f"read_csv('{tmp_path}/*/*/*/*/*.log', delim=' ', quote='', escape='', auto_detect=false, header=true, "
        f"columns={{{listed}}}, nullstr='-', hive_partitioning=true, hive_types_autocast=false)"
    )
    question = asked(since=BEGAN - 3600, until=BEGAN + 3600)
    with serving(StubAthena(columns, partitions)) as stub:
        stub.create_over(source)
        table = table_of(partitions, {})
        made = athena.query(table, question, PLACED)
        found = athena.result(client_of(stub).query(made.sql, table.name), table, made.columns)
        assert found.fates == in_files(tmp_path, SAMPLE, question, V3).fates
        everything = athena.query(table, question, Wanted(None, None))
        with pytest.raises(AwsError, match=r"failed: .*Original Line: poison"):
            client_of(stub).query(everything.sql, table.name)


class TestPlaces:
    def test_are_those_of_the_interfaces(self):
        record = lab()
        for one in [*record["Vpcs"], *record["Subnets"]]:
            one["OwnerId"] = "444455556666"
        network = load(record)
        place = Place("eni-web", AddressSet.parse("10.0.1.10"), "10.0.1.10")
        found = athena.wanted(network, asked(targets=(place,), since=5), 9)
        interface = network.interfaces["eni-web"]
        assert found == Wanted(
            5, 9, (interface.account, "444455556666"), (interface.region,) if interface.region else ()
        )

    def test_an_owner_that_is_not_known_leaves_out_no_account(self):
        place = Place("eni-web", AddressSet.parse("10.0.1.10"), "10.0.1.10")
        record = lab()
        for one in record["Vpcs"]:
            one.pop("OwnerId", None)
        assert athena.wanted(load(record), asked(targets=(place,)), 9).accounts == ()

    def test_are_unknown_where_one_interface_is(self):
        assert athena.wanted(NETWORK, asked(), 9) == Wanted(None, 9)


class TestTime:
    def test_the_last_three_hours_where_nothing_is_said(self):
        columns = documented(V3)
        with serving(StubAthena(columns)) as stub:
            stub.create(rows_of([there(), there(start=BEGAN - 20_000, end=BEGAN - 19_000, srcport=1)], columns))
            found = athena.scan(NAME, asked(), NETWORK, connect=lambda: client_of(stub), now=BEGAN + 600)
        assert found.asked.since == BEGAN + 600 - 3 * 3600
        assert [row.flows for row in found.result.fates] == [1]

    def test_nothing_to_read_is_told(self):
        with serving(StubAthena(documented(V3), {"day": "string"})) as stub:
            stub.create([])
            stub.scanned = 0
            found = athena.read(NAME, asked(**TIME), NETWORK, connect=lambda: client_of(stub))
        assert says(found) == []
        assert "no record of eni-0aa at all" in notes(found)
        assert "there was nothing to read for this time" in notes(found)
        assert "Athena read 0 bytes (partitions chosen by day)" in notes(found)

    def test_without_any_interface_nothing_is_asked(self):
        def never():
            raise AssertionError("Athena was opened")

        (clue,) = athena.read(NAME, asked(targets=()), NETWORK, connect=never)
        assert clue.says is Says.NOTHING

    @pytest.mark.parametrize(
        "text, seconds",
        [
            ("3h", 1_000_000 - 10_800),
            ("2D", 1_000_000 - 172_800),
            ("90s", 1_000_000 - 90),
            ("1970-01-02", 86_400),
            ("1970-01-02T00:00:00Z", 86_400),
            ("1970-01-02T02:00:00+02:00", 86_400),
        ],
    )
    def test_is_a_time_or_how_long_ago(self, text, seconds):
        assert window(text, None, 1_000_000).since == seconds
        assert window(None, text, 1_000_000).until == seconds

    @pytest.mark.parametrize(
        "since, until, said",
        [
            ("yesterday", None, "--since: 'yesterday' is no time"),
            (None, "3 hours", "--until: '3 hours' is no time"),
            ("1h", "2h", "--since 1h is later than --until 2h"),
            ("2999-01-01", None, "--since 2999-01-01 is in the future"),
            ("", None, "--since: '' is no time"),
        ],
    )
    def test_is_refused_in_a_line(self, since, until, said):
        with pytest.raises(UsageError) as refused:
            window(since, until, 1_000_000)
        assert refused.value.message.startswith(said)


@pytest.mark.parametrize(
    "layout, question",
    [*((layout, QUESTIONS["a block"]) for layout in LAYOUTS), *(("weeks", q) for q in QUESTIONS.values())],
)
def test_the_query_is_one_statement_of_trino(layout, question):
    sqlglot = pytest.importorskip("sqlglot")
    partitions, properties, _values = LAYOUTS[layout]
    sql = athena.query(table_of(partitions, properties, V10), question, PLACED).sql
    for dialect in ("trino", "athena"):
        (statement,) = sqlglot.parse(sql, dialect=dialect)
        assert statement.key == "select"
        tables = [table.name for table in statement.find_all(sqlglot.exp.Table)]
        assert tables == ["vpc"], "the table is read once, and paid once"
