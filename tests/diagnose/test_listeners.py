"""Socket tables: those of ss 6.1, netstat (net-tools 2.10) and lsof 4.95 are outputs of one host with known sockets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reach.lab import ask, lab, load

from sgcheck.diagnose.asked import Asked, single_port
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.listeners import MOST_TOLD, judge, read
from sgcheck.diagnose.socket_tables import ANY, Listener, parse_tables
from sgcheck.errors import InputError, UsageError

TABLES = Path(__file__).with_name("tables")
OWN = ("10.0.1.10",)


def table(name: str) -> tuple[Listener, ...]:
    return parse_tables((TABLES / f"{name}.txt").read_text(), name)


def plain(name: str, protocol: str) -> set[tuple[int, str, int]]:
    return {(one.family, one.address, one.port) for one in table(name) if one.protocol == protocol}


def said(name: str, port: int, family: int | None = 4, protocol: str = "tcp", addresses=OWN) -> list[Says]:
    asked = Asked(protocol, port, family, addresses)
    return [clue.says for clue in read(str(TABLES / f"{name}.txt"), asked)]


def text(name: str, port: int, family: int | None = 4, addresses=OWN) -> str:
    return read(str(TABLES / f"{name}.txt"), Asked("tcp", port, family, addresses, "i-web"))[0].text


HOST = ["ss-ltnup", "ss-ltnup-H", "ss-ltn", "ss-ltnpe", "ss-ltu", "netstat-ltnup", "netstat-an", "lsof"]


@pytest.mark.parametrize("name", HOST)
def test_all_tools_tell_the_same_sockets(name):
    assert plain(name, "tcp") == {
        (4, ANY, 22), (6, ANY, 22), (4, ANY, 80), (6, ANY, 3000), (4, "127.0.0.1", 8005), (6, ANY, 8080), (4, "127.0.0.1", 5432),
        (6, "::1", 5432), (4, "10.0.1.11", 8000), (6, ANY, 9000), (6, "2001:db8:1:1::10", 9001), (4, "127.0.0.53", 53),
        (4, "172.17.0.1", 5000), (4, ANY, 8443),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["ss-ltnup", "ss-ltnup-H", "ss-lun", "ss-ltu", "netstat-ltnup", "netstat-an", "lsof"])
def test_udp_sockets(name):
    assert plain(name, "udp") == {
        (4, "127.0.0.53", 53), (4, ANY, 67), (4, "127.0.0.1", 323), (6, "::1", 323), (6, ANY, 5300)
    }  # fmt: skip


@pytest.mark.parametrize("name", ["ss-ltnup", "ss-ltnup-H", "ss-ltnpe", "netstat-ltnup", "lsof"])
def test_processes_are_named(name):
    named = {one.port: one.process for one in table(name) if one.protocol == "tcp"}
    assert (named[80], named[3000], named[5432]) == ("nginx", "node", "postgres")
    assert named[9000] in {"six only", "six on"}
    assert {one.process for one in table("ss-ltn")} == {None}


@pytest.mark.parametrize("name", ["ss-ltnup", "ss-ltnup-H", "ss-ltn", "ss-ltnpe", "ss-ltu"])
def test_ss_tells_dual_stack_sockets_and_devices(name):
    found = {one.port: one for one in table(name) if one.protocol == "tcp" and one.family == 6}
    assert (found[3000].v6only, found[9000].v6only) == (False, True)
    assert {one.device for one in table(name) if one.port == 8443} == {"eth0"}


def test_netstat_and_lsof_do_not_tell_dual_stack_sockets():
    assert {one.v6only for name in ("netstat-an", "lsof") for one in table(name)} == {None}


CASES = [
    ("ss-ltnup", 80, 4, [Says.LISTENS]),
    ("ss-ltnup", 80, 6, [Says.LISTENS_OTHER_FAMILY]),
    ("ss-ltnup", 22, 6, [Says.LISTENS]),
    ("ss-ltnup", 3000, 4, [Says.LISTENS]),
    ("ss-ltnup", 3000, 6, [Says.LISTENS]),
    ("ss-ltnup", 9000, 4, [Says.LISTENS_OTHER_FAMILY]),
    ("ss-ltnup", 9000, None, [Says.LISTENS]),
    ("ss-ltnup", 8005, 4, [Says.LISTENS_ON_LOOPBACK]),
    ("ss-ltnup", 5432, 4, [Says.LISTENS_ON_LOOPBACK, Says.LISTENS_ON_LOOPBACK]),
    ("ss-ltnup", 53, 4, [Says.LISTENS_ON_LOOPBACK]),
    ("ss-ltnup", 8000, 4, [Says.LISTENS_ELSEWHERE]),
    ("ss-ltnup", 8443, 4, [Says.LISTENS]),
    ("ss-ltnup", 443, 4, [Says.NOTHING_LISTENS] + [Says.LISTENS_ELSEWHERE] * MOST_TOLD),
    ("netstat-ltnup", 8080, 4, [Says.LISTENS]),
    ("lsof", 8080, 6, [Says.LISTENS]),
    ("ss-lun", 80, 4, [Says.NOTHING]),
    ("ss-centos7", 22, 4, [Says.LISTENS]),
    ("ss-centos7", 22, 6, [Says.LISTENS]),
    ("ss-centos7", 80, 4, [Says.LISTENS]),
    ("ss-centos7", 443, 4, [Says.NOTHING_LISTENS, Says.LISTENS_ELSEWHERE]),
    ("ss-amazon-linux-1", 8080, 4, [Says.LISTENS]),
    ("netstat-macos", 8080, 4, [Says.LISTENS]),
    ("netstat-macos", 8080, 6, [Says.LISTENS]),
    ("netstat-macos", 9000, 4, [Says.LISTENS_OTHER_FAMILY]),
    ("netstat-macos", 5432, 4, [Says.LISTENS_ON_LOOPBACK, Says.LISTENS_ON_LOOPBACK]),
    ("netstat-macos", 631, 6, [Says.LISTENS_ELSEWHERE]),
    ("netstat-windows", 80, 4, [Says.LISTENS]),
    ("netstat-windows", 8080, 4, [Says.LISTENS_ON_LOOPBACK]),
    ("netstat-windows", 3389, 4, [Says.NOTHING_LISTENS, *[Says.LISTENS_ELSEWHERE] * 3]),
    ("netstat-windows-b", 8080, 4, [Says.LISTENS]),
    ("lsof-macos", 3000, 4, [Says.LISTENS]),
    ("lsof-macos", 443, 4, [Says.NOTHING_LISTENS, *[Says.LISTENS_ELSEWHERE] * 3]),
]


@pytest.mark.parametrize("name, port, family, says", CASES)
def test_what_a_table_says_of_a_port(name, port, family, says):
    assert said(name, port, family) == says


@pytest.mark.parametrize(
    "name, port, family, expected",
    [
        ("ss-ltnup", 80, 4, "nginx listens on 0.0.0.0:80"),
        ("ss-ltnup", 80, 6, "nginx listens on 0.0.0.0:80, for IPv4 only; IPv6 was asked for"),
        ("ss-ltnup", 5432, 4, "postgres listens on 127.0.0.1:5432, for the host itself only"),
        ("ss-ltnup", 8000, 4, "gunicorn: maste listens on 10.0.1.11:8000 only; what was asked for comes to 10.0.1.10"),
        ("ss-ltnup", 8443, 4, "bound listens on 0.0.0.0%eth0:8443, on the device eth0 only"),
        ("ss-ltnup", 5300, 4, "nothing listens on port 5300/tcp; coredns listens there on UDP only"),
        ("ss-ltn", 80, 4, "a process (its name is not shown: run it with sudo) listens on 0.0.0.0:80"),
        ("netstat-windows-b", 8080, 4, "node.exe listens on 0.0.0.0:8080"),
        ("lsof", 9000, 6, "six on listens on [::]:9000"),
    ],
)
def test_the_sentence_names_the_process_and_the_place(name, port, family, expected):
    assert text(name, port, family) == expected


def test_a_table_that_does_not_tell_whether_ipv4_is_served_says_so():
    assert "unless the socket or the host (net.ipv6.bindv6only) says IPv6 only" in text("netstat-ltnup", 9000)
    assert "bindv6only" not in text("ss-ltnup", 3000)


def test_another_port_names_its_process_and_what_runs_everywhere_is_none():
    clues = read(str(TABLES / "ss-centos7.txt"), Asked("tcp", 443, 4, OWN, "i-web"))
    assert [clue.text for clue in clues] == [
        "nothing listens on port 443/tcp",
        "httpd listens on another port, [::]:80",
    ]
    assert (clues[1].at, clues[1].source) == ("i-web", "listeners on i-web")


def test_an_address_is_elsewhere_only_where_the_hosts_own_are_known():
    assert said("ss-ltnup", 8000, addresses=()) == [Says.LISTENS]
    assert text("ss-ltnup", 8000, addresses=()).endswith("10.0.1.11:8000, on that address only")
    assert said("ss-ltnup", 8000, addresses=("10.0.1.11",)) == [Says.LISTENS]
    assert said("ss-ltnup", 5000, addresses=()) == [Says.LISTENS]


def test_a_device_of_the_hosts_own_making_is_elsewhere():
    docker = Listener("tcp", 4, ANY, 80, "docker0", None, "proxy")
    assert [clue.says for clue in judge([docker], Asked("tcp", 80, 4, OWN))] == [Says.LISTENS_ELSEWHERE]


def test_workers_that_share_a_socket_are_one_clue():
    worker = Listener("tcp", 4, ANY, 80, process="nginx")
    assert len(judge([worker, worker], Asked("tcp", 80))) == 1


def test_udp_ports_of_clients_are_no_servers():
    client = Listener("udp", 4, ANY, 51820, process="dhclient")
    assert [clue.says for clue in judge([client], Asked("udp", 53))] == [Says.NOTHING_LISTENS]


def test_long_addresses_that_netstat_cuts_off_are_addresses_still():
    row = "tcp6       0      0 2600:1f18:1:1:a:b:8080  :::*      LISTEN      77/java\n"
    (one,) = parse_tables(row, "t")
    assert (one.address, one.port, one.process) == ("2600:1f18:1:1:a:b", 8080, "java")


@pytest.mark.parametrize(
    "content, message",
    [
        ("", r"t: no table of sockets"),
        ("\n\n", r"t: no table of sockets"),
        ("hello\n", r"t: no table of sockets"),
        ("hello 2\n", r"t:1: no line of a table"),
        ("State Recv-Q Send-Q Local Address:Port\nLISTEN 0 128\n", r"t:2: no line of a table"),
        ("tcp LISTEN 0 128 0.0.0.0:nosuchport 0.0.0.0:*\n", r"t:1: port 'nosuchport' is not known by this name; -n"),
        ("tcp LISTEN 0 128 web.internal:80 0.0.0.0:*\n", r"t:1: 'web.internal' is no address"),
        ("tcp LISTEN 0 128 0.0.0.0 0.0.0.0:*\n", r"t:1: '0.0.0.0' is no address and port"),
        ("tcp 0 0 0.0.0.0:99999 0.0.0.0:* LISTEN\n", r"t:1: port '99999'"),
    ],
)
def test_what_is_unreadable_is_told_by_line(content, message):
    with pytest.raises(InputError, match=message):
        parse_tables(content, "t")


def test_a_table_with_a_head_only_is_a_table():
    assert parse_tables("State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n", "t") == ()


@pytest.mark.parametrize("path", ["/nonexistent/table", "a\0b"])
def test_a_file_that_can_not_be_read_is_one_line(path):
    with pytest.raises(InputError, match=r"No such file|null"):
        read(path, Asked("tcp", 80))


def test_powershell_writes_its_files_in_utf_16(tmp_path):
    (tmp_path / "t").write_bytes((TABLES / "netstat-windows.txt").read_text().encode("utf-16"))
    assert [c.says for c in read(str(tmp_path / "t"), Asked("tcp", 80, 4))] == [Says.LISTENS]


@given(
    st.text(max_size=120)
    | st.sampled_from(["tcp LISTEN 0 1 ", "tcp6 0 0 ", "tcp4 0 0 ", "  TCP ", "x 1 IPv4 1 0 TCP "]).flatmap(
        lambda head: st.text(st.sampled_from("0123456789.:*[]%abc ()LISTEN"), max_size=60).map(head.__add__)
    )
)
def test_whatever_stands_there_is_a_table_or_one_line(content):
    message, found = "", ()
    try:
        found = parse_tables(content, "t")
    except InputError as error:
        message = error.message
    assert "\n" not in message
    assert all(0 <= one.port < 65536 for one in found)


# What was asked, as the host sees it.


def test_a_public_address_is_asked_of_the_private_one_behind_it():
    network, answer = load(lab()), ask(lab(), "internet", "i-web", "443")
    four, six = (Asked.of(network, answer.query, one) for one in answer.answers)
    assert four == Asked("tcp", 443, 4, ("10.0.1.10",), "i-web")
    assert six == Asked("tcp", 443, 6, ("2600:1f18:1:1::10",), "i-web")


def test_a_target_without_an_interface_has_no_addresses_of_its_own():
    network, answer = load(lab()), ask(lab(), "i-web", "52.0.0.9", "53/udp")
    assert Asked.of(network, answer.query, answer.answers[0]) == Asked("udp", 53, 4)
    whole = ask(lab(), "i-web", "internet", "443")
    assert Asked.of(network, whole.query, whole.answers[0]) == Asked("tcp", 443)


def test_one_port_has_to_be_asked_for():
    with pytest.raises(UsageError, match="one TCP or UDP port has to be asked for, not icmp"):
        single_port(ask(lab(), "internet", "i-web", "icmp").query)


SS = "State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n"


@pytest.mark.parametrize(
    "waiting, room, says",
    [
        (0, 128, [Says.LISTENS]),
        (127, 128, [Says.LISTENS]),
        (128, 128, [Says.LISTENS, Says.QUEUE_FULL]),
        (129, 128, [Says.LISTENS, Says.QUEUE_FULL]),
        (0, 0, [Says.LISTENS]),
        ("9" * 5000, 128, [Says.LISTENS]),
    ],
)
def test_a_full_queue_is_told(waiting, room, says):
    row = f'LISTEN {waiting} {room} 0.0.0.0:80 0.0.0.0:* users:(("gunicorn",pid=1,fd=6))\n'
    told = judge(parse_tables(SS + row, "ss"), Asked("tcp", 80, 4, OWN, "i-web"))
    assert [clue.says for clue in told] == says
    if len(says) > 1:
        assert told[1].text == f"{waiting} clients wait to be accepted on 0.0.0.0:80, and there is room for {room}"


def test_a_queue_of_the_hosts_own_server_is_none_of_the_asked_one():
    row = "LISTEN 129 128 127.0.0.1:80 0.0.0.0:*\n"
    told = judge(parse_tables(SS + row, "ss"), Asked("tcp", 80, 4, OWN))
    assert [clue.says for clue in told] == [Says.LISTENS_ON_LOOPBACK]


def test_a_port_of_any_length_is_a_line_at_most():
    with pytest.raises(InputError, match="ss:2: port"):
        parse_tables(f"{SS}LISTEN 0 128 0.0.0.0:{'9' * 5000} 0.0.0.0:*\n", "ss")
