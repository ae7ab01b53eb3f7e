from __future__ import annotations

import io
import json
import time

import pytest

from sgcheck.errors import InputError
from sgcheck.reach.answer import Expectation, Verdict
from sgcheck.sources.expectations import load_expectations

GOOD = """\
version: 1
expect:
  - name: the internet reaches the web tier        # optional
    from: internet
    to: tag:tier=web
    port: 443                                       # as in --port
    verdict: reachable                              # or blocked, partial, unknown; a list means any of them
  - {from: i-0web, to: rds:orders, port: 5432, verdict: [reachable, partial]}
  - {from: internet, to: "rds:*", port: all, verdict: blocked, allowed: []}
"""


@pytest.fixture
def load(tmp_path):
    """Write a text to a file and load it; error messages then speak of `e.yaml`."""

    def write_and_load(text):
        path = tmp_path / "e.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_expectations(str(path))

    return write_and_load


@pytest.fixture
def complaint(load, tmp_path):
    """Load a text that is wrong, and return the message without the folder of the file."""

    def failing(text):
        with pytest.raises(InputError) as caught:
            load(text)
        message = caught.value.message
        assert "\n" not in message
        assert "Traceback" not in message
        return message.replace(f"{tmp_path}/", "")

    return failing


def entry(**fields):
    """A file with one entry; a field set to None is left out."""
    whole = {"from": "internet", "to": "i-0123456789abcdef0", "port": "443", "verdict": "reachable", **fields}
    body = ", ".join(f"{key}: {value}" for key, value in whole.items() if value is not None)
    return f"version: 1\nexpect:\n  - {{{body}}}\n"


def test_the_documented_file(load, tmp_path):
    first, second, third = load(GOOD)
    assert first == Expectation(
        name="the internet reaches the web tier",
        source="internet",
        target="tag:tier=web",
        port="443",
        verdicts=(Verdict.REACHABLE,),
        allowed=None,
        place=f"{tmp_path}/e.yaml:3",
    )
    assert second.verdicts == (Verdict.REACHABLE, Verdict.PARTIAL)
    assert (third.allowed, third.name) == ((), None)
    assert [one.place.rpartition(":")[2] for one in (second, third)] == ["8", "9"]


def test_json_is_the_same(load):
    content = {
        "version": 1,
        "expect": [
            {"from": "internet", "to": "i-0123456789abcdef0", "port": 443, "verdict": "blocked", "allowed": []},
            {"name": None, "from": "internet", "to": "tag:a=b", "port": "53/udp", "verdict": ["blocked", "unknown"]},
        ],
    }
    for indent in (None, 1, 2):
        first, second = load(json.dumps(content, indent=indent))
        assert (first.port, first.verdicts, first.allowed) == ("443", (Verdict.BLOCKED,), ())
        assert (second.port, second.name) == ("53/udp", None)
    assert [one.place.rpartition(":")[2] for one in (first, second)] == ["4", "11"]


def test_lines_of_equal_json_entries(load):
    one = '{"from": "internet", "to": "i-0123456789abcdef0", "port": 1, "verdict": "blocked"}'
    text = f'{{"version": 1,\n"expect": [\n{one},\n\n{one}, {one},\n{one}]}}'
    assert [found.place.rpartition(":")[2] for found in load(text)] == ["3", "5", "5", "6"]


def test_byte_order_marks_are_no_content(load):
    assert len(load(b"\xef\xbb\xbf" + GOOD.encode())) == 3
    assert len(load(GOOD.encode("utf-16"))) == 3
    assert (
        len(
            load(
                b"\xef\xbb\xbf"
                + json.dumps(
                    {
                        "version": 1,
                        "expect": [{"from": "internet", "to": "i-0123456789abcdef0", "port": 1, "verdict": "blocked"}],
                    }
                ).encode()
            )
        )
        == 1
    )


def test_standard_input():
    (one, *_) = load_expectations("-", stdin=io.BytesIO(GOOD.encode()))
    assert one.place == "<stdin>:3"


def test_anchors_and_merge_keys(load):
    first, second, third = load(
        "version: 1\n"
        "expect:\n"
        "  - &web {from: internet, to: tag:tier=web, port: 443, verdict: reachable}\n"
        "  - <<: *web\n"
        "    port: 80\n"
        "  - *web\n"
    )
    assert (first.port, second.port, second.target) == ("443", "80", "tag:tier=web")
    assert third == first


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", "e.yaml: empty; expected version: 1 and a list under expect"),
        ("# nothing\n", "e.yaml: empty; expected version: 1 and a list under expect"),
        ("null\n", "e.yaml: empty; expected version: 1 and a list under expect"),
        ("[]", "e.yaml:1: expected a mapping with version and expect, not a list"),
        ("hello", "e.yaml:1: expected a mapping with version and expect, not 'hello'"),
        ("expect: []", "e.yaml:1: version is missing; expected version: 1"),
        ("expect: []\nversion: 2", "e.yaml:2: version must be 1, not '2'"),
        ("version: 1\n", "e.yaml:1: expect is missing: it lists what should hold"),
        ("version: 1\nexpect: []\n", "e.yaml:2: expect is empty: nothing would be checked"),
        ("version: 1\nexpect:\n", "e.yaml:2: expect must be a list of expectations, not nothing"),
        ("version: 1\nexpect: {a: b}\n", "e.yaml:2: expect must be a list of expectations, not a mapping"),
        ("version: 1\nexpects: []\n", "e.yaml:2: unknown key 'expects'"),
        ("version: 1\nversion: 1\nexpect: []\n", "e.yaml:2: version stands here twice"),
        (
            "version: 1\nexpect:\n - hello\n",
            "e.yaml:3: an expectation must be a mapping with from, to, port, verdict, not 'hello'",
        ),
        ("version: 1\n---\nversion: 1\n", "e.yaml:2: a second document; expected one"),
        ("a: &a [*a]\n", "e.yaml:1: *a refers to nothing before it"),
        ("a: *b\n", "e.yaml:1: *b refers to nothing before it"),
        ("<<: 3\n", "e.yaml:1: << takes a mapping or a list of mappings"),
        ("? [a]\n: b\n", "e.yaml:1: a key must be a plain word"),
        ('{"version": 1, "expect": [], "expect": []}', "e.yaml:1: expect stands here twice"),
    ],
)
def test_a_broken_file_is_one_line_with_its_place(complaint, text, expected):
    assert complaint(text) == expected


@pytest.mark.parametrize(
    "text, line",
    [
        ("version: 1\nexpect: [\n", 3),
        ("version: 1\n\texpect: 1\n", 2),
        ("version: 1\nexpect:\n  - name: web: tier\n", 3),
        ('{"version": 1,\n "expect": [{"from": "a"}],\n', 3),
    ],
)
def test_text_that_is_neither_yaml_nor_json_is_named_with_its_line(complaint, text, line):
    assert complaint(text).startswith(f"e.yaml:{line}: not valid YAML: ")


@pytest.mark.parametrize(
    "fields, expected",
    [
        ({"from": None}, "from is missing (as in from: internet)"),
        ({"to": None}, "to is missing (as in to: tag:tier=web)"),
        ({"port": None}, "port is missing (as in port: 443)"),
        ({"verdict": None}, "verdict is missing (as in verdict: reachable)"),
        ({"from": "''"}, "from is empty"),
        ({"from": "~"}, "from is empty"),
        ({"to": "[a]"}, "to must be one value, not a list"),
        ({"protocol": "tcp"}, "unknown key 'protocol'"),
        ({"verdict": "reachble"}, "verdict must be reachable, partial, blocked or unknown, not 'reachble'"),
        ({"verdict": "yes"}, "verdict must be reachable, partial, blocked or unknown, not 'yes'"),
        ({"verdict": "Reachable"}, "verdict must be reachable, partial, blocked or unknown, not 'Reachable'"),
        ({"verdict": "[]"}, "verdict is empty; expected reachable, partial, blocked or unknown"),
        ({"verdict": "{a: b}"}, "verdict must be a list, not a mapping"),
        ({"allowed": "10.0.0.0/8"}, "allowed must be a list, not '10.0.0.0/8'"),
        ({"allowed": "[10.0.0.1/8]"}, "allowed takes CIDRs: 10.0.0.1/8 has host bits set"),
        ({"allowed": "[internet]"}, "allowed takes CIDRs: 'internet' does not appear to be an IPv4 or IPv6 network"),
    ],
)
def test_a_bad_entry_is_named_with_its_line(complaint, fields, expected):
    assert complaint(entry(**fields)) == f"e.yaml:3: {expected}"


@pytest.mark.parametrize("port", ["22:22", "on", "443/tpc", "99999", "2024-01-01", "1_000", "443.0", "0x1bb"])
def test_ports_are_read_as_they_stand(complaint, port):
    message = complaint(entry(port=port))
    assert message.startswith("e.yaml:3: ")
    assert port in message


@pytest.mark.parametrize("port", ["443", "443/tcp", "'53/udp'", "8000-8100", "icmp", "all", "https"])
def test_ports_need_no_quotes(load, port):
    (one,) = load(entry(port=port))
    assert one.port == port.strip("'")


def test_a_line_is_that_of_the_key_not_of_the_entry(complaint):
    text = "version: 1\nexpect:\n  - from: internet\n    to: i-0123456789abcdef0\n    port: 443\n    verdict: blokced\n"
    assert complaint(text).startswith("e.yaml:6: verdict must be")
    assert complaint(text.replace("blokced", "blocked").replace("443", "htpps")).startswith("e.yaml:5: ")


def test_the_last_of_many_bad_entries_is_found_too(complaint):
    good = "  - {from: internet, to: i-0123456789abcdef0, port: 443, verdict: reachable}\n"
    assert complaint("version: 1\nexpect:\n" + good * 50 + "  - {from: internet}\n").startswith(
        "e.yaml:53: to is missing"
    )


def test_near_names_are_offered(load):
    with pytest.raises(InputError) as caught:
        load(entry(verdcit="blocked"))
    assert caught.value.hint == "did you mean verdict?"


def test_names_are_text_whatever_yaml_makes_of_them(load):
    assert [load(entry(name=name))[0].name for name in ("no", "12", "2024-01-01", "'~'")] == [
        "no",
        "12",
        "2024-01-01",
        "~",
    ]


def test_allowed_is_written_in_one_way(load):
    (one,) = load(entry(allowed="[10.0.0.1, '2001:DB8::/32']"))
    assert one.allowed == ("10.0.0.1/32", "2001:db8::/32")


@pytest.mark.parametrize("bomb", ["[" * 100_000, "{a: " * 50_000, '{"a":' * 100_000])
def test_deep_nesting_is_an_error_and_not_a_crash(complaint, bomb):
    assert complaint(bomb).startswith("e.yaml:")


def test_a_bomb_of_aliases_is_defused(complaint):
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert complaint("\n".join(rows)) == "e.yaml:1: unknown key 'a0'"


def test_bytes_that_are_no_text(complaint):
    assert complaint(b"\x80\x81\xff").startswith("e.yaml: not valid YAML:")
    assert complaint(b"version: 1\nexpect: \x01\n").startswith("e.yaml: not valid YAML:")


def test_files_that_can_not_be_read(tmp_path):
    for path, word in ((tmp_path / "nowhere.yaml", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(InputError, match=word):
            load_expectations(str(path))


def test_two_thousand_entries_take_well_under_a_second(load):
    text = "version: 1\nexpect:\n" + "".join(
        f"  - name: entry {n}\n    from: internet\n    to: i-{n:017x}\n    port: {n + 1}\n    verdict: blocked\n"
        for n in range(2000)
    )
    start = time.process_time()
    assert len(load(text)) == 2000
    assert time.process_time() - start < 2  # about 0.4 s; the bound leaves room for a slow machine
