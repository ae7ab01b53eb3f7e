"""`exposure` in every format: what a person reads, what a program parses, and names that would rather be something else."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcheck.packets import INTERNET, AddressSet, IntervalSet, Services
from sgcheck.reach.answer import Gap, TargetEnd
from sgcheck.reach.classes import ExposedClass
from sgcheck.reach.exposure import Exposed, Exposure
from sgcheck.reach.openings import Opening
from sgcheck.render import exposure_csv, exposure_json, exposure_markdown, exposure_text
from sgcheck.render.escape import visible
from sgcheck.render.exposure_words import port_title, senders, sentence, service
from sgcheck.render.layout import ASCII_MARKS, columns

WHOLE = INTERNET.only(4)
ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/0a1b2c3d4e5f6a7b"
ANY_TEXT = st.text(max_size=30) | st.sampled_from(
    [
        "=1+1",
        "+x",
        "-x",
        "@SUM(A1)",
        "\t=1",
        "\r\n=1",
        'a";=1',
        "\x1b[31mred",
        "a|b`c`",
        "<b>",
        "\u202eevil",
        "\udcff",
        "",
    ]
)


def opening(ports="22", protocol="tcp", sources=("0.0.0.0/0",), addresses=WHOLE, tier=1):
    number = {"tcp": 6, "udp": 17}.get(protocol, 1)
    rank = (tier > 1, tier, -addresses.size, protocol, 22, ports)
    return Opening(protocol, ports, sources, tier, addresses, Services.of(number, IntervalSet.single(22)), rank)


def instance(number=1, name=None, address=None):
    return TargetEnd("instance", f"i-{number}", f"eni-{number}", address or f"198.51.100.{number}", name)


def exposure(rows=(), undecided=(), gaps=(), warnings=(), asked=3, reached=1, **more):
    return Exposure("internet", tuple(rows), tuple(undecided), tuple(gaps), tuple(warnings), asked, reached, **more)


GAP = Gap(
    "network ACL",
    "acl-1",
    None,
    "us-east-1",
    "the network ACL acl-1 is not in the input",
    "aws ec2 describe-network-acls",
)
SAMPLE = exposure(
    [
        Exposed(instance(1, "bastion"), opening(), ("igw-1",)),
        Exposed(instance(2, "web-1", "10.0.0.2"), opening("8080", tier=4), ("igw-1", ARN), behind=ARN),
        Exposed(
            TargetEnd("load-balancer", ARN, "eni-9", "198.51.100.9", "web"), opening("80", tier=5), ("igw-1", ARN), True
        ),
    ],
    [Exposed(instance(3), opening("443", tier=5), ("igw-1",))],
    [GAP],
    ["the snapshot is 3 days old"],
    reached=2,
    behind=1,
    known=4,
)
RENDERERS = [exposure_text.render, exposure_json.render, exposure_csv.render, exposure_markdown.render]
each_renderer = pytest.mark.parametrize("render", RENDERERS, ids=["text", "json", "csv", "markdown"])


def test_text_says_the_worst_first_and_what_is_not_known_last():
    assert exposure_text.render(SAMPLE) == (
        "The internet reaches 2 of 3 public interfaces on 3 port ranges, and 1 more\n"
        "behind load balancers; 1 target is undecided.\n"
        "\n"
        "22/tcp ssh  from anyone on the internet by igw-1\n"
        "    i-1 (bastion)  198.51.100.1\n"
        "\n"
        "8080/tcp http-alt\n"
        "  from anyone on the internet by igw-1, behind load balancer web\n"
        "    i-2 (web-1)  10.0.0.2\n"
        "\n"
        "80/tcp http\n"
        "  from anyone on the internet by igw-1, only for some of the client's own ports\n"
        "    load balancer web  198.51.100.9\n"
        "\n"
        "Not decided: these may be reached\n"
        "443/tcp https  from anyone on the internet by igw-1\n"
        "    i-3  198.51.100.3\n"
        "\n"
        "What is not known\n"
        "?  network ACL acl-1 (us-east-1): the network ACL acl-1 is not in the input\n"
        "     aws ec2 describe-network-acls\n"
        "\n"
        "Warnings\n"
        "!  the snapshot is 3 days old\n"
    )


def test_ports_with_the_same_targets_are_said_once():
    rows = [
        Exposed(instance(n), opening(ports, tier=tier), ("igw-1",))
        for ports, tier in (("22", 1), ("80", 5))
        for n in (1, 2)
    ]
    text = exposure_text.render(exposure(rows))
    assert "22/tcp ssh, 80/tcp http  from anyone on the internet by igw-1\n" in text
    assert text.count("i-1") == text.count("i-2") == 1


def test_a_long_list_is_cut_and_says_so():
    rows = [Exposed(instance(n), opening(), ("igw-1",)) for n in range(1, 200)]
    text = exposure_text.render(exposure(rows))
    assert "… and 189 more targets (-f csv and -f json list them all)" in text
    assert text.count("\n") < 20
    rows = [Exposed(instance(n), opening(str(n)), ("igw-1",)) for n in range(1, 200)]
    assert "… and 174 more kinds of openings, at 174 targets" in exposure_text.render(exposure(rows))


def test_many_sources_are_cut_and_most_of_the_internet_is_said():
    parts = tuple(f"{n}.0.0.0/8" for n in range(1, 9))
    few = opening(sources=parts, addresses=AddressSet.parse(*parts))
    assert senders(few, ASCII_MARKS) == "1.0.0.0/8, 2.0.0.0/8, 3.0.0.0/8, 4.0.0.0/8 ... and 4 more"
    assert senders(opening(sources=parts), ASCII_MARKS).startswith("most of the internet (1.0.0.0/8, ")
    assert senders(opening(sources=("203.0.113.9/32",)), ASCII_MARKS) == "203.0.113.9"
    assert senders(opening(sources=("::/0",)), ASCII_MARKS) == "anyone on the internet over IPv6"


@pytest.mark.parametrize(
    "protocol, ports, title",
    [
        ("tcp", "443", "443/tcp https"),
        ("udp", "53", "53/udp dns"),
        ("udp", "22", "22/udp"),
        ("tcp", "20-80", "20-80/tcp (ssh, telnet)"),
        ("tcp", "1-10000", "1-10000/tcp (ssh, telnet, smb and more)"),
        ("tcp", "all", "every tcp port"),
        ("all", "all", "everything (every protocol and port)"),
        ("icmp", "8/0", "ping"),
        ("icmpv6", "128/0", "ping over IPv6"),
        ("icmp", "3", "icmp type 3"),
        ("icmp", "all", "icmp"),
        ("gre", "all", "gre"),
        ("99", "all", "protocol 99"),
        ("18-57", "all", "protocols 18-57"),
    ],
)
def test_ports_are_called_by_their_names(protocol, ports, title):
    assert port_title(opening(ports, protocol)) == title


def test_only_a_single_port_is_a_service():
    assert service(opening("22")) == "ssh"
    assert service(opening("22-23")) is None
    assert service(opening("8/0", "icmp")) is None


@pytest.mark.parametrize(
    "found, said",
    [
        (
            exposure(known=5),
            "Nothing is reachable from the internet: 3 public interfaces asked, and none lets packets in",
        ),
        (exposure(asked=0, known=5), "none of the 5 interfaces in the input has a public address"),
        (exposure(asked=0, known=1), "the only interface in the input has no public address"),
        (exposure(asked=0, lacking=True), "can't be decided: the input has no network interfaces"),
        (
            exposure(undecided=SAMPLE.undecided, known=5),
            "Nothing is known to be reachable from the internet, but 1 target is",
        ),
    ],
)
def test_nothing_is_said_with_what_was_asked(found, said):
    assert said in sentence(found)
    assert said in " ".join(exposure_text.render(found).split())


def test_text_is_coloured_and_ascii_only_where_that_is_wanted():
    assert "\x1b[" not in exposure_text.render(SAMPLE)
    assert "\x1b[1;31m22/tcp ssh\x1b[0m" in exposure_text.render(SAMPLE, color=True)
    assert exposure_text.render(SAMPLE, ascii_only=True).isascii()


def test_json_has_the_fields_of_the_contract():
    got = json.loads(exposure_json.render(SAMPLE))
    assert list(got) == ["schema", "from", "exposed", "undecided", "summary", "gaps", "warnings"]
    assert (got["schema"], got["from"]) == ("sgcheck.exposure/1", "internet")
    assert got["exposed"][0] == {
        "target": "i-1",
        "kind": "instance",
        "name": "bastion",
        "interface": "eni-1",
        "address": "198.51.100.1",
        "protocol": "tcp",
        "ports": "22",
        "service": "ssh",
        "tier": 1,
        "sources": ["0.0.0.0/0"],
        "via": ["igw-1"],
        "behind": None,
        "flaky": False,
    }
    assert [row["behind"] for row in got["exposed"]] == [None, ARN, None]
    assert [row["flaky"] for row in got["exposed"]] == [False, False, True]
    assert got["undecided"][0]["target"] == "i-3"
    assert got["summary"]["reached"] == 2
    assert got["gaps"][0]["collect"] == GAP.collect


GROUPED = (ExposedClass((instance(1, "a"), instance(2, "b")), ("sg-1",), opening(), ("igw-1",)),)


def test_classes_list_and_count_their_targets():
    found = exposure([Exposed(instance(n), opening(), ("igw-1",)) for n in (1, 2)])
    (row,) = json.loads(exposure_json.render(found, GROUPED))["exposed"]
    assert (row["count"], [t["target"] for t in row["targets"]], row["security_groups"]) == (
        2,
        ["i-1", "i-2"],
        ["sg-1"],
    )
    assert "2 targets in sg-1  i-1 (a), i-2 (b)\n" in exposure_text.render(found, GROUPED)
    (parsed,) = csv.DictReader(io.StringIO(exposure_csv.render(found, GROUPED)))
    assert (parsed["count"], parsed["target"], parsed["security_groups"]) == ("2", "i-1 i-2", "sg-1")


def test_csv_is_rfc_4180_and_parses_back():
    raw = exposure_csv.render(SAMPLE)
    assert raw.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(raw, newline="")))
    assert [row["target"] for row in rows] == ["i-1", "i-2", ARN, "i-3"]
    assert [row["decided"] for row in rows] == ["yes", "yes", "yes", "no"]
    assert rows[1]["via"].split() == ["igw-1", ARN]
    assert tuple(rows[0]) == exposure_csv.COLUMNS


@given(ANY_TEXT)
def test_no_cell_is_a_formula_and_every_name_comes_back(name):
    raw = exposure_csv.render(exposure([Exposed(instance(1, name), opening(), ())]))
    _header, row = csv.reader(io.StringIO(raw, newline=""))
    cell = row[exposure_csv.COLUMNS.index("name")]
    assert not cell or cell[0] not in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
    assert cell.removeprefix("'") == visible(name).removeprefix("'")
    assert cell.isprintable()


@given(ANY_TEXT, st.booleans(), st.sampled_from([40, 80, 100]))
def test_hostile_names_stay_in_their_place(name, grouped, width):
    found = exposure(
        [Exposed(instance(1, name, name or None), opening(), (name,))],
        [Exposed(instance(2, name), opening(), ())],
        [Gap(name, name, name, name, name, name)],
        [name],
    )
    classes = (ExposedClass((instance(1, name), instance(2, name)), (name,), opening(), (name,)),) if grouped else None
    text = exposure_text.render(found, classes, width=width)
    assert all(line.isprintable() for line in text.split("\n"))
    command = visible(name).strip()
    assert all(columns(line) <= width or (command and command in line) for line in text.split("\n"))
    assert all(line.isprintable() for line in exposure_markdown.render(found, classes).split("\n"))
    parsed = json.loads(exposure_json.render(found, classes))
    kept = name.encode("utf-8", "backslashreplace").decode()
    assert parsed["undecided"][0]["name"] == kept


@each_renderer
def test_every_format_ends_with_a_newline_and_is_utf_8(render):
    assert render(SAMPLE).endswith("\n")
    assert render(SAMPLE).encode()


def test_fifty_thousand_rows_are_short_as_text_and_whole_as_json():
    rows = [Exposed(instance(n % 250, f"host-{n}"), opening(str(n % 40)), ("igw-1",)) for n in range(50_000)]
    found = exposure(rows)
    assert exposure_text.render(found).count("\n") < 600
    assert len(json.loads(exposure_json.render(found))["exposed"]) == 50_000
    assert exposure_csv.render(found).count("\r\n") == 50_001
    assert len(exposure_markdown.render(found)) < 65_536
