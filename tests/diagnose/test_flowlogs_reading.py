"""Flow logs in all the ways they are delivered; what can't be read is refused by file and line."""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.flowlogs import read, scan
from sgcheck.errors import InputError, UsageError
from tests.diagnose.flowlog_fates import fates_of
from tests.diagnose.lab_flowlogs import (
    FORMS,
    OF_VERSION,
    OTHERS,
    V2,
    V3,
    asked,
    back,
    clues,
    idle,
    line,
    notes,
    says,
    text,
    there,
    write,
)

pytest.importorskip("duckdb")

SAMPLE = [
    there(),
    back(),
    there("REJECT", srcport=40001),
    there(srcport=40002),
    back(flags=4, dstport=40002, bytes=40),
    there(srcport=40003),
    back("REJECT", dstport=40003),
    there("REJECT", flags=1),
    there(srcport=40004, pkt_dstaddr="10.0.1.10", pkt_srcaddr="203.0.113.99"),
    idle(),
    idle("SKIPDATA"),
    *OTHERS,
]


def found(path, order=None, **more):
    return read([str(path)], asked(), log_format=order, **more)


@pytest.mark.parametrize("version", sorted(OF_VERSION))
@pytest.mark.parametrize("form", FORMS)
def test_every_version_in_every_form(tmp_path, version, form):
    fields = list(OF_VERSION[version])
    expected = clues(tmp_path, SAMPLE, fields=tuple(fields))
    assert len(says(expected)) >= 4
    random.Random(version).shuffle(fields)
    path, order = write(tmp_path, SAMPLE, tuple(fields), form)
    assert found(path, order) == expected


def test_the_default_format_needs_no_header(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(text(SAMPLE, V2, header=False).replace("\n10 ", "\n2 ").replace("10 ", "2 ", 1), encoding="utf-8")
    assert found(path) == clues(tmp_path, SAMPLE, fields=V2)


RECORD = st.builds(
    lambda turn, action, flags, port, big: (back if turn else there)(
        action, flags, **({"dstport" if turn else "srcport": port} | ({"packets": 2, "bytes": 900} if big else {}))
    ),
    turn=st.booleans(),
    action=st.sampled_from(["ACCEPT", "REJECT"]),
    flags=st.sampled_from([None, 0, 1, 2, 3, 4, 6, 18, 19, 22]),
    port=st.sampled_from([40000, 40001, 40002]),
    big=st.booleans(),
)
ICMP = st.builds(lambda turn: (back if turn else there)(protocol=1, srcport=0, dstport=0, flags=0), st.booleans())


@given(records=st.lists(RECORD | ICMP, min_size=1, max_size=12), parts=st.integers(1, 3))
@settings(max_examples=60)
def test_fates_agree_with_plain_python(tmp_path_factory, records, parts):
    folder = tmp_path_factory.mktemp("logs")
    for part in range(parts):
        fields = V3 if part % 2 else tuple(reversed(V3))
        (folder / f"{part}.log").write_text(text(records[part::parts], fields), encoding="utf-8")
    result = scan([str(folder)], asked())
    assert {(row.fate, row.flows, row.records) for row in _without_blind(result.fates)} == fates_of(records)


def _without_blind(rows):
    merged = {}
    for row in rows:
        key = row.fate
        other = merged.get(key)
        merged[key] = (
            row
            if other is None
            else type(row)(
                row.site,
                row.protocol,
                row.fate,
                False,
                row.flows + other.flows,
                row.records + other.records,
                None,
                None,
                "",
            )
        )
    return merged.values()


class TestLines:
    def test_headers_in_between(self, tmp_path):
        path = tmp_path / "a.log"
        path.write_text(text(SAMPLE[:5]) + text(SAMPLE[5:]) + text([]), encoding="utf-8")
        result = scan([str(path)], asked())
        assert (result.records, result.headers, result.refusals) == (len(SAMPLE), 2, 0)
        assert found(path) == clues(tmp_path, SAMPLE)

    def test_a_header_that_changes_the_order(self, tmp_path):
        path = tmp_path / "a.log.gz"
        other = tuple(reversed(V3))
        lines = text(SAMPLE[:5]) + text(SAMPLE[5:], other) + "broken\n" + text(SAMPLE[:1])
        path.write_bytes(gzip.compress(lines.encode()))
        result = scan([str(path)], asked())
        assert (result.records, result.refusals) == (len(SAMPLE) + 1, 1)
        assert result.refused[0].first == ((len(SAMPLE) + 3, "1 fields where 21 are expected"),)
        assert says(found(path)) == says(clues(tmp_path, SAMPLE))

    def test_spaces_and_comments_are_no_hindrance(self, tmp_path):
        path = tmp_path / "a.log"
        lines = text(SAMPLE).replace(" 443 ", "  443 ", 3).replace("OK\n", "OK #the first\n", 1)
        path.write_text("\n" + lines.replace("\n", "\n\n", 4), encoding="utf-8")
        assert found(path) == clues(tmp_path, SAMPLE)

    @pytest.mark.parametrize("packed", [False, True])
    def test_what_cannot_be_read_is_refused_by_number(self, tmp_path, packed):
        lines = text(SAMPLE).splitlines()
        lines[2] = "..."
        lines[4] = lines[4].replace(" 443 ", " https ")
        lines[5] = lines[5].replace("ACCEPT", "ACEPT")
        lines[6] = ""
        lines[7] += " more"
        path = tmp_path / "a.log"
        data = "\n".join(lines).encode()
        path.write_bytes(gzip.compress(data) if packed else data)
        result = scan([str(path)], asked())
        (refused,) = result.refused
        assert refused.total == 4
        assert refused.first == (
            (3, "1 fields where 21 are expected"),
            (5, "dstport is 'https'"),
            (6, "action is 'ACEPT'"),
            (8, "22 fields where 21 are expected"),
        )
        assert result.records == len(SAMPLE) - 5
        assert f"{path}: 4 lines can't be read: line 3 (1 fields where 21 are expected), line 5" in notes(found(path))

    def test_only_the_first_are_shown_and_all_are_counted(self, tmp_path):
        path = tmp_path / "a.log"
        path.write_text(text(SAMPLE) + "broken line\n" * 1000, encoding="utf-8")
        (refused,) = scan([str(path)], asked()).refused
        assert (refused.total, len(refused.first)) == (1000, 5)
        assert ", …" in notes(found(path))

    def test_numbers_hold_far_into_a_large_file(self, tmp_path):
        path = tmp_path / "a.log"
        good = line(there()) + "\n"
        path.write_text(
            " ".join(V3) + "\n" + good * 30_000 + "broken\n" + good * 30_000 + "broken too", encoding="utf-8"
        )
        (refused,) = scan([str(path)], asked()).refused
        assert [number for number, _why in refused.first] == [30_002, 60_003]

    def test_line_breaks_that_differ(self, tmp_path):
        path = tmp_path / "a.log"
        lines = text(SAMPLE).splitlines()
        path.write_bytes("".join(one + ("\r\n" if n % 2 else "\n") for n, one in enumerate(lines)).encode())
        assert found(path) == clues(tmp_path, SAMPLE)

    def test_bytes_that_are_no_text(self, tmp_path):
        path = tmp_path / "a.log"
        path.write_bytes(text(SAMPLE).encode() + b"\xff\xfe\xfd\n" + line(there(srcport=40009)).encode())
        result = scan([str(path)], asked())
        assert result.refusals == 1
        assert result.refused[0].first[0][0] == len(SAMPLE) + 2

    def test_a_mark_at_the_beginning(self, tmp_path):
        path = tmp_path / "a.log"
        path.write_bytes(b"\xef\xbb\xbf" + text(SAMPLE).encode())
        assert found(path) == clues(tmp_path, SAMPLE)

    def test_fields_of_later_versions_are_ignored_and_counted(self, tmp_path):
        fields = (*V3, "quantum-state", "colour")
        path, _order = write(tmp_path, SAMPLE, fields)
        told = found(path)
        assert says(told) == says(clues(tmp_path, SAMPLE))
        path, _order = write(tmp_path, SAMPLE, fields)
        assert "2 fields that sgcheck does not know, ignored: colour, quantum-state" in notes(told)

    def test_rows_of_parquet_are_refused_by_number(self, tmp_path):
        records = [*SAMPLE, there() | {"srcport": "x"}, there("MAYBE")]
        path, _order = write(tmp_path, records, V3, "parquet of text")
        (refused,) = scan([str(path)], asked()).refused
        assert (refused.unit, refused.total) == ("row", 2)
        assert refused.first == ((len(SAMPLE) + 1, "srcport is x"), (len(SAMPLE) + 2, "action is MAYBE"))


class TestWrappers:
    def test_events_of_firehose(self, tmp_path):
        path = tmp_path / "event.json"
        data = [base64.b64encode(f"{line(record, V2)}".replace("10 ", "2 ", 1).encode()).decode() for record in SAMPLE]
        path.write_text(json.dumps({"invocationId": "x", "records": [{"data": one} for one in data]}), encoding="utf-8")
        assert found(path) == clues(tmp_path, SAMPLE, fields=V2)

    def test_a_subscription_in_an_event(self, tmp_path):
        path = tmp_path / "event.json"
        events = [{"id": "1", "timestamp": 1, "message": line(record)} for record in SAMPLE]
        inner = json.dumps({"messageType": "DATA_MESSAGE", "logEvents": events}).encode()
        path.write_text(json.dumps({"records": [{"data": base64.b64encode(inner).decode()}]}), encoding="utf-8")
        assert found(path, " ".join(V3)) == clues(tmp_path, SAMPLE)

    def test_a_record_that_cannot_be_read_is_told_by_its_number(self, tmp_path):
        path = tmp_path / "a.json"
        events = [{"message": line(record)} for record in SAMPLE]
        path.write_text(json.dumps({"events": [*events, {"message": "lost"}]}), encoding="utf-8")
        (refused,) = scan([str(path)], asked(), log_format=" ".join(V3)).refused
        assert (refused.unit, refused.first[0][0]) == ("record", len(SAMPLE) + 1)

    @pytest.mark.parametrize(
        "content, why",
        [
            ("{", "line 1: is broken JSON"),
            ('{"Vpcs": []}', "is JSON without flow log records"),
            ("[1, 2]", "is JSON without flow log records"),
            ('{"records": [{"data": "%%%"}]}', "is not base64 of a flow log record"),
        ],
    )
    def test_other_json_is_refused(self, tmp_path, content, why):
        path = tmp_path / "a.json"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=why) as raised:
            found(path)
        assert raised.value.message.startswith(f"{path}: ")


class TestFiles:
    def test_folders_by_date(self, tmp_path):
        """Amazon S3: AWSLogs/ACCOUNT/vpcflowlogs/REGION/YYYY/MM/DD, or Hive-style."""
        for part, folder in enumerate(
            ["AWSLogs/1/vpcflowlogs/eu-west-1/2023/11/14", "aws-account-id=1/year=2023/month=11"]
        ):
            place = tmp_path / "logs" / folder
            place.mkdir(parents=True)
            write(place, SAMPLE[part::2], V3, ("gzip", "parquet")[part])
        assert found(tmp_path / "logs") == clues(tmp_path, SAMPLE)

    def test_a_folder_with_odd_things_in_it(self, tmp_path):
        logs = tmp_path / "logs"
        logs.mkdir()
        write(logs, SAMPLE)
        (logs / "again").symlink_to(logs, target_is_directory=True)
        (logs / "gone").symlink_to(tmp_path / "nowhere")
        (logs / ".hidden").write_text("nothing", encoding="utf-8")
        (logs / "aws-logs-write-test").write_text("Permission Check Successful", encoding="utf-8")
        (logs / "empty.log").write_text("", encoding="utf-8")
        (logs / "cut.log.gz").write_bytes(gzip.compress(text(SAMPLE * 500).encode())[:900])
        os.mkfifo(logs / "pipe")
        result = scan([str(logs)], asked())
        assert result.records == len(SAMPLE)
        assert {skipped.file.rpartition("/")[2] for skipped in result.skipped} == {
            "gone",
            "aws-logs-write-test",
            "cut.log.gz",
            "pipe",
        }
        told = found(logs)
        assert says(told) == says(clues(tmp_path, SAMPLE))
        assert "gone: left out: No such file or directory" in notes(told)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
    def test_a_file_without_permission(self, tmp_path):
        path, _order = write(tmp_path, SAMPLE)
        (tmp_path / "b.log").write_text(text(SAMPLE), encoding="utf-8")
        path.chmod(0)
        assert [skipped.why for skipped in scan([str(tmp_path)], asked()).skipped] == ["Permission denied"]

    def test_names_are_no_patterns(self, tmp_path):
        folder = tmp_path / "it's [2023] *"
        folder.mkdir()
        path, _order = write(folder, SAMPLE)
        assert found(path) == clues(tmp_path, SAMPLE)

    def test_a_broken_file_does_not_take_others_with_it(self, tmp_path):
        logs = tmp_path / "logs"
        logs.mkdir()
        data = gzip.compress(text(SAMPLE * 2000).encode())
        (logs / "a.log.gz").write_bytes(data)
        (logs / "b.log.gz").write_bytes(data[: len(data) // 2] + b"broken" + data[len(data) // 2 + 6 :])
        result = scan([str(logs)], asked())
        assert (result.records, len(result.skipped)) == (2000 * len(SAMPLE), 1)

    @pytest.mark.parametrize(
        "content, why",
        [
            (b"Permission Check Successful\n", "has no header, and its lines are not in the default format"),
            (b"\x00\x01\x02\x03" * 99, "is no flow log: neither lines of text nor Parquet nor JSON"),
            (b"PK\x03\x04rest", "is a zip archive: unpack it first"),
            (b"PAR1 and nothing more", "is broken Parquet: .*magic bytes"),
            (gzip.compress(b"hello " * 99, mtime=0)[:20], "is broken gzip"),
            (b"\x1f\x8b\x08\x00", "is broken gzip"),
        ],
    )
    def test_a_file_that_is_none_is_one_line(self, tmp_path, content, why):
        path = tmp_path / "a"
        path.write_bytes(content)
        with pytest.raises(InputError, match=why) as raised:
            found(path)
        assert raised.value.message.startswith(f"{path}: ")
        assert "\n" not in raised.value.message
        assert raised.value.exit_code == 2

    def test_a_name_that_is_not_there(self, tmp_path):
        with pytest.raises(InputError, match="nowhere: No such file or directory"):
            found(tmp_path / "nowhere")

    def test_a_folder_without_any(self, tmp_path):
        (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
        with pytest.raises(InputError, match=r"no flow log was found: .*notes\.txt: has no header"):
            found(tmp_path)

    def test_an_empty_folder(self, tmp_path):
        with pytest.raises(InputError, match="no flow log was found"):
            found(tmp_path)


class TestLogFormat:
    def test_names_nothing(self, tmp_path):
        path, _order = write(tmp_path, SAMPLE)
        with pytest.raises(UsageError, match="names no field of a flow log"):
            found(path, "${hello}")

    def test_names_a_field_twice(self, tmp_path):
        path, _order = write(tmp_path, SAMPLE)
        with pytest.raises(UsageError, match="srcaddr is there twice"):
            found(path, "${srcaddr} ${srcaddr}")

    def test_does_not_fit(self, tmp_path):
        path, _order = write(tmp_path, SAMPLE, V2, "bare text")
        with pytest.raises(InputError, match="its first lines do not have the 21 fields"):
            found(path, " ".join(V3))

    def test_a_header_goes_before_it(self, tmp_path):
        path, _order = write(tmp_path, SAMPLE)
        assert found(path, "default") == clues(tmp_path, SAMPLE)


def test_without_duckdb_it_says_what_to_install(tmp_path):
    path, _order = write(tmp_path, SAMPLE)
    program = f"""
import sys
sys.modules["duckdb"] = None
from sgcheck.errors import UsageError
from tests.diagnose.lab_flowlogs import asked
from sgcheck.diagnose.flowlogs import read
try:
    read([{str(path)!r}], asked())
except UsageError as error:
    print(error.message, "|", error.hint)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "reading flow logs needs DuckDB, which is not installed | pip install 'sgcheck[flowlogs]'\n"


def test_duckdb_is_imported_only_on_use():
    program = "import sys, sgcheck.diagnose.flowlogs as f; print('duckdb' in sys.modules, f.read.__name__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False read\n"


def test_zip_is_not_silently_skipped(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.log", text(SAMPLE))
    write(tmp_path, [there(), back()])
    told = found(tmp_path)
    assert says(told) == [Says.ANSWERED]
    assert "a.zip: left out: is a zip archive: unpack it first" in notes(told)
