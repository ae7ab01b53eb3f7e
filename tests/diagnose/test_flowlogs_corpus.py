"""The samples of AWS's own documentation: each is read, or refused by line."""

from __future__ import annotations

import pytest

from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.flowlogs import Asked, Place, read, scan
from sgcheck.errors import InputError
from sgcheck.packets import AddressSet, parse_port
from tests.diagnose.lab_flowlogs import notes, says

pytest.importorskip("duckdb")

GUIDE = "flowlogs/awsdocs+amazon-vpc-user-guide"
APPENDER = "flowlogs/aws-samples+aws-vpc-flow-log-appender/decorator"
ENI = "eni-1235b8ca123456789"


def asked(interface, address, port, sources="0.0.0.0/0", **more):
    place = Place(interface, AddressSet.parse(address), address)
    return Asked(AddressSet.parse(sources), parse_port(port), (place,), **more)


ANY = asked(ENI, "172.31.16.139", "22")

# file: records, refused lines
FILES = {
    f"{GUIDE}/extracted/format1_14fields.log": (7, ()),
    f"{GUIDE}/extracted/format2_21fields.log": (8, ()),
    f"{GUIDE}/extracted/format3_6fields.log": (6, ()),
    f"{GUIDE}/extracted/format4_17fields.log": (4, ((3, "1 fields where 17 are expected"),)),
    f"{GUIDE}/extracted/format5_29fields.log": (2, ()),
    f"{APPENDER}/decoded.txt": (2, ()),
    f"{APPENDER}/event.json": (2, ()),
}


@pytest.mark.parametrize("file", FILES)
def test_each_sample_is_read_or_refused_by_line(corpus, file):
    result = scan([str(corpus / file)], ANY)
    assert (result.records, tuple(one for refused in result.refused for one in refused.first)) == FILES[file]


def test_there_are_no_other_samples(corpus):
    found = {str(path.relative_to(corpus)) for path in (corpus / "flowlogs").rglob("*") if path.is_file()}
    assert {file for file in found if not file.endswith(".md")} == set(FILES)


def test_pages_are_no_logs(corpus):
    pages = sorted((corpus / GUIDE / "doc_source").iterdir())
    for page in pages:
        with pytest.raises(InputError, match="has no header, and its lines are not in the default format"):
            scan([str(page)], ANY)
    result = scan([str(corpus / "flowlogs")], ANY)
    assert (result.records, result.refusals, len(result.skipped)) == (31, 1, len(pages))


LOG = f"{GUIDE}/extracted/format{{}}fields.log"


@pytest.mark.parametrize(
    "file, question, expected",
    [
        (LOG.format("1_14"), asked(ENI, "172.31.9.12", "3389"), [Says.REJECTED_AT_TARGET]),
        (LOG.format("1_14"), asked(ENI, "172.31.16.139", "icmp"), [Says.REPLY_REJECTED_AT_TARGET]),
        (LOG.format("1_14"), asked(ENI, "172.31.16.21", "22"), [Says.ARRIVED]),
        (LOG.format("2_21"), asked(ENI, "10.0.0.62", "5001"), [Says.ANSWERED]),
        (LOG.format("4_17"), asked("eni-33333333333333333", "10.40.2.236", "80"), [Says.ANSWERED]),
        (f"{APPENDER}/event.json", asked("eni-1854f949", "172.31.16.21", "22", "72.21.192.0/20"), [Says.ARRIVED]),
    ],
)
def test_what_the_documentation_says_of_them(corpus, file, question, expected):
    assert says(read([str(corpus / file)], question)) == expected


def test_skipped_records_are_told(corpus):
    question = asked("eni-11111111aaaaaaaaa", "10.0.0.1", "22")
    assert "SKIPDATA" in notes(read([str(corpus / LOG.format("1_14"))], question))
