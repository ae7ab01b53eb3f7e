"""Everything that can be wrong with a file, and the one line that says so."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import zipfile
from pathlib import Path

import pytest

from sgcheck.errors import Exit, InputError
from sgcheck.sources.files import EXPECTED, load_snapshot

NOBODY = 65_534
NOTHING = f"x.json: holds nothing that is understood: {EXPECTED}"


def message(path, stdin=None):
    with pytest.raises(InputError) as caught:
        load_snapshot([str(path)], stdin)
    assert caught.value.exit_code == Exit.BAD_INPUT
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.fixture
def said(tmp_path, monkeypatch):
    """What is said of a file `x.json` with the given content."""
    monkeypatch.chdir(tmp_path)

    def write_and_read(content, name="x.json"):
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
        return message(name)

    return write_and_read


@pytest.mark.parametrize(
    "content, expected",
    [
        ("", "is empty, expected JSON"),
        (" \n\t ", "is empty, expected JSON"),
        ("\ufeff", "is empty, expected JSON"),
        ("{", "line 1, column 2: not valid JSON: it ends too early"),
        ('{"Vpcs": [', "line 1, column 11: not valid JSON: it ends too early"),
        ('{\n "Vpcs": [\n  {"VpcId": vpc-1}]}', "line 3, column 13: not valid JSON: invalid character"),
        ('{"Vpcs": [{"VpcId": "ü", }]}', "line 1, column 26: not valid JSON: trailing comma in object"),
        ('{"Vpcs": []} {"Subnets": []}', "line 1, column 14: not valid JSON: trailing characters"),
        ('{"Vpcs": [NaN]}', "line 1, column 11: not valid JSON: invalid character"),
        ('{"Vpcs": [{"VpcId": "vpc-1", "Foo": Infinity}]}', "line 1, column 37: not valid JSON: invalid character"),
        ('{"Vpcs": [{"VpcId": "a\tb"}]}', "line 1, column 23: not valid JSON: invalid character"),
        ("Vpcs: []", "line 1, column 1: not valid JSON: invalid character"),
        ("<?xml version='1.0'?>", "line 1, column 1: not valid JSON: invalid character"),
        ('"Vpcs"', "expected a JSON object or list"),
        ("3", "expected a JSON object or list"),
        ("null", "expected a JSON object or list"),
        ('{"a": ' + "[" * 100_000, "is nested too deep"),
        ("[" * 100_000, "is nested too deep"),
        ('{"Vpcs": ' + '{"a":' * 100_000, "is nested too deep"),
        (b'{"Vpcs\xff": []}', "has a text that is not UTF-8"),
        (b"\xff\xfe{\x00}\x00\x00", "expected UTF-16, as its byte order mark says"),
        (b"\xef\xbb\xbf{\xff}", "expected UTF-8, as its byte order mark says"),
    ],
)
def test_what_is_not_json(said, content, expected):
    assert said(content) == f"x.json: {expected}"


@pytest.mark.parametrize(
    "content, expected",
    [
        ('{"SecurityGroups": {}}', "SecurityGroups: expected array, got object"),
        ('{"SecurityGroups": "sg-1"}', "SecurityGroups: expected array, got str"),
        ('{"SecurityGroups": 7}', "SecurityGroups: expected array, got int"),
        ('{"SecurityGroups": [null]}', "SecurityGroups[0]: expected object, got null"),
        ('{"SecurityGroups": ["sg-1"]}', "SecurityGroups[0]: expected object, got str"),
        ('{"SecurityGroups": [{"GroupId": "sg-1"}, []]}', "SecurityGroups[1]: expected object, got array"),
        ('{"SecurityGroups": [{}]}', "SecurityGroups[0]: GroupId: is missing"),
        ('{"SecurityGroups": [{"GroupId": 7}]}', "SecurityGroups[0]: GroupId: expected str, got int"),
        ('{"SecurityGroups": [{"GroupId": null}]}', "SecurityGroups[0]: GroupId: expected str, got null"),
        ('{"SecurityGroups": [{"GroupId": ""}]}', "SecurityGroups[0]: GroupId: expected str of length >= 1"),
        (
            '{"SecurityGroups": [{"GroupId": "sg-1"}, {"GroupId": "sg-0abc", "IpPermissions": [{"FromPort": "ssh"}]}]}',
            "SecurityGroups[1] (sg-0abc): IpPermissions[0].FromPort: expected int, got str",
        ),
        (
            '{"SecurityGroups": [{"GroupId": "sg-0abc", "IpPermissions": [{"FromPort": 22.5}]}]}',
            "SecurityGroups[0] (sg-0abc): IpPermissions[0].FromPort: expected int, got float",
        ),
        (
            '{"SecurityGroups": [{"GroupId": "sg-0abc", "IpPermissionsEgress": [{"IpRanges": [{"CidrIp": 10}]}]}]}',
            "SecurityGroups[0] (sg-0abc): IpPermissionsEgress[0].IpRanges[0].CidrIp: expected str, got int",
        ),
        (
            '{"SecurityGroups": [{"GroupId": "sg-0abc", "OwnerId": 123456789012}]}',
            "SecurityGroups[0] (sg-0abc): OwnerId: expected str, got int",
        ),
        (
            '{"NetworkAcls": [{"NetworkAclId": "acl-1", "Entries": [{"RuleNumber": 100, "Egress": true}]}]}',
            "NetworkAcls[0] (acl-1): Entries[0].RuleAction: is missing",
        ),
        (
            '{"Reservations": [{"ReservationId": "r-1", "Instances": [{"InstanceId": "i-1"}, {}]}]}',
            "Reservations[0] (r-1): Instances[1].InstanceId: is missing",
        ),
        (
            '{"Addresses": [{"PublicIp": "1.2.3.4", "Tags": 1}]}',
            "Addresses[0] (1.2.3.4): Tags: expected array, got int",
        ),
        ('{"PrefixListEntries": []}', "PrefixListEntries: expected object, got array"),
        (
            '{"PrefixListEntries": {"pl-1": [{"Cidr": ""}]}}',
            "PrefixListEntries.pl-1: [0].Cidr: expected str of length >= 1",
        ),
        ('{"PrefixListEntries": {"pl-1": [{}]}}', "PrefixListEntries.pl-1: [0].Cidr: is missing"),
        (b'{"Vpcs": [{"VpcId": "vpc-\xff"}]}', "Vpcs[0]: a text is not UTF-8"),
        (r'{"Vpcs": [{"VpcId": "vpc-\ud800"}]}', "has a text with half a surrogate pair"),
        ('[{"GroupId": "sg-1", "IpPermissions": 5}]', "[0] (sg-1): IpPermissions: expected array, got int"),
        ('{"GroupId": "sg-1", "IpPermissions": 5}', "(sg-1): IpPermissions: expected array, got int"),
        (
            '[{"GroupId": "sg-1", "IpPermissions": []}, null]',
            "[1]: expected an AWS resource or answer, as the rest of the list has",
        ),
        (
            '[{"GroupId": "sg-1", "IpPermissions": []}, {"Foo": 1}]',
            "[1]: expected an AWS resource or answer, as the rest of the list has",
        ),
        ('[{"Vpcs": [{"VpcId": 1}]}]', "[0].Vpcs[0]: VpcId: expected str, got int"),
        ('{"status_code": 200, "data": {"Vpcs": [{}]}}', "data.Vpcs[0]: VpcId: is missing"),
        ('{"status_code": 200, "data": []}', "data: expected object, got array"),
    ],
)
def test_what_is_known_and_broken(said, content, expected):
    assert said(content) == f"x.json: {expected}"


@pytest.mark.parametrize(
    "content",
    [
        '{"Vpcs": [], "Subnets": [], "Vpcs": []}',
        '{"Vpcs": [{"VpcId": "vpc-1"}], "Vpcs": []}',
        '{"Vpcs" : [ ]\n,\n"Vpcs" :[{"VpcId": "vpc-1"} ] } ',
        r'{"Vpcs": [], "Vpc\u0073": []}',
    ],
)
def test_a_key_that_stands_twice(said, content):
    assert said(content) == 'x.json: the key "Vpcs" stands there twice'


def test_a_prefix_list_that_stands_twice(said):
    content = '{"PrefixListEntries": {"pl-1": [{"Cidr": "10.0.0.0/8"}], "pl-1": []}}'
    assert said(content) == 'x.json: PrefixListEntries: the key "pl-1" stands there twice'


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "[]",
        "[[]]",
        "[1, 2]",
        '{"Foo": []}',
        '{"ResponseMetadata": {}, "NextToken": "x"}',
        '{"VpcId": "vpc-1", "EnableDnsSupport": {"Value": true}}',
        '{"NetworkInterfaceId": "eni-1", "SourceDestCheck": {"Value": true}}',
        '{"InstanceId": "i-1", "InstanceType": {"Value": "t3.micro"}}',
        '[{"VpcId": "vpc-1"}]',
        '{"VpcId": ["vpc-1"], "CidrBlock": "10.0.0.0/16"}',
        '{"status_code": 200, "data": {}}',
        '{"ClusterIdentifier": "redshift", "Tags": []}',
    ],
)
def test_what_is_nothing_that_is_understood(said, content):
    assert said(content) == NOTHING


@pytest.mark.parametrize(
    "content, expected",
    [
        ('{"schema": "sgcheck.snapshot/2"}', "schema: expected sgcheck.snapshot/1, got sgcheck.snapshot/2"),
        ('{"schema": "sgcheck.explain/1"}', "schema: expected sgcheck.snapshot/1, got sgcheck.explain/1"),
        ("{}", "accounts is missing"),
        ('{"accounts": []}', "accounts: expected object, got array"),
        ('{"accounts": null}', "accounts: expected object, got null"),
        ('{"accounts": {"12345": {}}}', "accounts: expected an account of 12 digits, got '12345'"),
        ('{"accounts": {"123456789012": []}}', "accounts.123456789012: expected object, got array"),
        (
            '{"accounts": {"123456789012": {"us-east-1": 3}}}',
            "accounts.123456789012.us-east-1: expected object, got int",
        ),
        (
            '{"accounts": {"123456789012": {"us-east-1": {"Vpcs": [{"VpcId": 3}]}}}}',
            "accounts.123456789012.us-east-1.Vpcs[0]: VpcId: expected str, got int",
        ),
        (
            '{"accounts": {"123456789012": {"us-east-1": {"Vpcs": [], "Vpcs": []}}}}',
            'accounts.123456789012.us-east-1: the key "Vpcs" stands there twice',
        ),
        (
            '{"accounts": {"123456789012": {"us-east-1": {}, "us-east-1": {}}}}',
            'accounts.123456789012: the key "us-east-1" stands there twice',
        ),
        (
            '{"accounts": {"123456789012": {}, "123456789012": {}}}',
            'accounts: the key "123456789012" stands there twice',
        ),
        ('{"accounts": {}, "collected_at": 5}', "collected_at: expected str, got int"),
        ('{"accounts": {}, "caller": "me"}', "caller: expected object, got str"),
        ('{"accounts": {}, "caller": {"Arn": 5}}', "caller.Arn: expected str, got int"),
        ('{"accounts": {}, "gaps": {}}', "gaps: expected array, got object"),
        ('{"accounts": {}, "gaps": [{"kind": "VPC"}]}', "gaps[0].reason: is missing"),
        ('{"accounts": {}, "gaps": [null]}', "gaps[0]: expected object, got null"),
    ],
)
def test_a_broken_snapshot(said, content, expected):
    head = '{"schema": "sgcheck.snapshot/1"' + (", " if len(content) > 2 else "")
    content = content if '"schema"' in content else head + content[1:]
    assert said(content) == f"x.json: {expected}"


def test_archives_that_are_broken(said, tmp_path):
    packed = gzip.compress(b'{"Vpcs": []}')
    assert said(packed[:-9]) == "x.json: is a gzip file that ends too early"
    assert said(packed[:10] + b"\xff" * 20) == "x.json: is a broken gzip file"
    assert said(b"PK\x03\x04 and no more") == "x.json: is a broken zip archive"
    assert said(b"PK\x05\x06" + bytes(18)) == "x.json: is an empty archive"
    data = gzip.compress(b"{}")
    for _ in range(5):
        data = gzip.compress(data)
    assert said(data) == "x.json: archives are nested too deep"


def test_a_member_of_an_archive_that_is_broken(said):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("us-east-1/Vpcs.json", '{"Vpcs": [{}]}')
    assert said(content.getvalue()) == "x.json/us-east-1/Vpcs.json: Vpcs[0]: VpcId: is missing"
    damaged = content.getvalue().replace(b'"Vpcs": [{}]', b'"Vpcs": [[]]')
    assert said(damaged).startswith("x.json/us-east-1/Vpcs.json: can't be unpacked: Bad CRC-32")


def test_the_last_byte_of_a_gzip_file_counts(said):
    packed = bytearray(gzip.compress(b'{"Vpcs": []}'))
    packed[-5] ^= 1
    assert said(bytes(packed)) == "x.json: is a broken gzip file"


def test_a_path_that_can_not_be_read(tmp_path):
    assert message(tmp_path / "none") == f"{tmp_path}/none: can't be read: no such file or directory"
    assert message("a\0b") == "a\0b: can't be read: embedded null byte"
    (tmp_path / "empty").mkdir()
    assert message(tmp_path / "empty") == f"{tmp_path}/empty: is an empty folder"


@pytest.fixture
def unprivileged():
    """A folder of somebody whom permissions stop, as they do not stop root."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if root:
            os.chown(name, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield folder
            for path in folder.rglob("*"):
                path.chmod(0o700)
        finally:
            if root:
                os.seteuid(0)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("is_folder", [False, True])
def test_a_path_that_may_not_be_read(unprivileged, is_folder, inside):
    path = unprivileged / "x.json"
    (path.mkdir if is_folder else path.touch)()
    path.chmod(0)
    assert message(unprivileged if inside else path) == f"{path}: can't be read: permission denied"


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens and then does not read: Linux")
def test_a_file_that_fails_when_it_is_read():
    assert message("/proc/self/mem") == "/proc/self/mem: can't be read: input/output error"


def test_a_link_to_nowhere(tmp_path):
    (tmp_path / "x.json").symlink_to("nowhere")
    assert message(tmp_path) == f"{tmp_path}/x.json: can't be read: no such file or directory"


def test_standard_input_is_named(tmp_path):
    assert message("-", io.BytesIO(b"")) == "standard input: is empty, expected JSON"
    assert message("-", io.BytesIO(b'{"Vpcs": 1}')) == "standard input: Vpcs: expected array, got int"


def test_a_folder_in_which_nothing_is_understood(tmp_path):
    (tmp_path / "README").write_text("# nothing")
    (tmp_path / "other.json").write_text('{"version": 1}')
    assert message(tmp_path) == f"{tmp_path}: holds nothing that is understood: {EXPECTED}"


@pytest.mark.parametrize(
    "name, content",
    [
        ("Vpcs.json", ""),
        ("Vpcs.json", '{"Vpcs": ['),
        ("Vpcs.JSON", '{"Vpcs": ['),
        ("answer", '{"Vpcs": [}'),
        ("answer.txt", ' {"Vpcs": [{"VpcId": 3}]}'),
        ("x.json", "not JSON"),
    ],
)
def test_a_file_of_a_folder_that_was_meant_to_be_read(tmp_path, name, content):
    (tmp_path / "good.json").write_text('{"Subnets": []}')
    (tmp_path / name).write_text(content)
    assert message(tmp_path).startswith(f"{tmp_path}/{name}: ")
