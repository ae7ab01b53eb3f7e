"""What listens on a host, from the tables that ss, netstat (Linux, macOS, BSD, Windows) and lsof print."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

import msgspec

from sgcheck.errors import InputError
from sgcheck.packets import TCP, UDP, parse_port

ANY = "*"


class Listener(msgspec.Struct, frozen=True):
    """One socket that waits for clients.

    protocol: `tcp` or `udp`. family: 4 or 6, of the socket. address: ANY, or the one that it is bound to. device: the
    network device that it is bound to. v6only: whether a socket for every IPv6 address leaves IPv4 alone; None where
    the table does not tell. process: its name, None where it is not shown. waiting, room: how many TCP clients wait to
    be accepted and how many may, where the table tells (ss does as Recv-Q and Send-Q: net/ipv4/tcp_diag.c of Linux).
    """

    protocol: str
    family: int
    address: str
    port: int
    device: str | None = None
    v6only: bool | None = None
    process: str | None = None
    waiting: int | None = None
    room: int | None = None

    @property
    def place(self) -> str:
        """Where it listens, for people: `0.0.0.0:80`, `[::1]:80%lo`."""
        any_ = "0.0.0.0" if self.family == 4 else "::"  # noqa: S104  (printed, not bound)
        address = any_ if self.address == ANY else self.address
        device = f"%{self.device}" if self.device else ""
        return (f"[{address}]" if ":" in address else address) + f"{device}:{self.port}"


Row = Listener | None
"""A line of a table: what listens, or None for a line that is about something else."""


class _Unreadable(Exception):  # noqa: N818  (turned into an InputError that knows the line)
    """Why a line is none of a table."""


def parse_tables(text: str, where: str) -> tuple[Listener, ...]:
    """Everything that listens, in the order of the tables.

    text: one output or several, with or without the commands that were typed. where: the file's name, for errors.
    Raises InputError, naming file and line, at the first line that is of no table, and where there is no table at all.
    """
    found: list[Listener] = []
    read = named = False
    old = _is_old(text)
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if _OTHER_SOCKETS.match(line):
            break
        if _is_header(line):
            named = named or bool(line.strip())
            _name_last(found, line)
            continue
        if not read and not re.search(r"\d", line):
            continue  # a title, in the user's language
        try:
            row = _row(line, old)
        except _Unreadable as wrong:
            raise InputError(f"{where}:{number}: {wrong}") from None
        read = True
        found += [row] if row is not None else []
    if not read and not named:
        raise InputError(
            f"{where}: no table of sockets: expected what `ss -ltnup`, `netstat -an` or `lsof -i -P -n` prints"
        )
    return tuple(found)


_HEADER = re.compile(
    r"\s*$|Netid\s|State\s+Recv-Q|Active (Internet|LOCAL|Connections|UNIX)|\s*Proto\s|COMMAND\s+PID|\(.*\)\s*$|"
    r"\s*Can not obtain ownership|\s+\w+$|\s*\[[^\]:]+\]\s*$|Cannot open netlink|"
    r".*[$#>] *(sudo +)?(\S*/)?(ss|netstat|lsof)\b"
)
_OTHER_SOCKETS = re.compile(r"Active (LOCAL|UNIX)")


def _is_header(line: str) -> bool:
    """Whether a line is blank, a title, a hint, or the command as it was typed."""
    return _HEADER.match(line) is not None


def _name_last(found: list[Listener], line: str) -> None:
    """Windows names a process in brackets, on the line behind its socket (netstat -b)."""
    name = re.fullmatch(r"\s*\[([^\]:]+)\]\s*", line)
    if name and found and found[-1].process is None:
        found[-1] = msgspec.structs.replace(found[-1], process=name[1])


def _row(line: str, old: bool) -> Row:
    for shape, read in _SHAPES:
        match = shape.match(line)
        if match is not None:
            return read(match, old)
    raise _Unreadable("no line of a table that ss, netstat or lsof prints")


_SS = re.compile(
    r"(?:(?P<net>[a-z][a-z0-9_]*) +)?(?P<state>[A-Z][A-Z0-9-]+) +(?P<waiting>\d+) +(?P<room>\d+) +"
    r"(?P<local>\S+) +(?P<peer>\S+)(?P<rest>.*)"
)
_LINUX = re.compile(
    r"(?P<net>[a-z]+6?) +\d+ +\d+ +(?P<local>\S+:\S+) +(?P<peer>\S+:\S+)(?: +(?P<state>[A-Z][A-Z0-9_]*))?(?P<rest>.*)"
)
_BSD = re.compile(
    r"(?P<net>[a-z]+(?:4|6|46)) +\d+ +\d+ +(?P<local>\S+\.\S+) +(?P<peer>\S+\.\S+)(?: +(?P<state>[A-Z][A-Z0-9_]*))?.*"
)
_WINDOWS = re.compile(r" *(?P<net>TCP|UDP) +(?P<local>\S+:\d+) +(?P<peer>\S+:\S+)(?P<rest>.*)")
_LSOF = re.compile(
    r"(?P<process>\S+) +\d+ .*\bIPv(?P<family>[46]) +\S+ +\S+ +(?P<net>TCP|UDP) +(?P<local>\S+)"
    r"(?: +\((?P<state>\w+)\))? *"
)
_OLD_IPV4 = re.compile(r"(?m)(?:LISTEN|UNCONN) +\d+ +\d+ +(?::::\S+|[\d.]+:\S+ +\*:\*)")
_ANY_PORT = re.compile(r"(?m)(?:LISTEN|UNCONN) +\d+ +\d+ +(\*|\[::\]):(\S+)")
_SS_PROCESS = re.compile(r'users:\(\("(?P<name>[^"]*)"')
_NETSTAT_PROCESS = re.compile(r"\d+/(?P<name>.*\S)")
_V6ONLY = re.compile(r"\bv6only:([01])\b")


def _is_old(text: str) -> bool:
    """Whether ss is one (of iproute2 4 and before) that writes `*` for every IPv4 address.

    Its IPv4 sockets wait for `*:*`, and it has a port both as `*` and as `[::]`, which no two sockets share otherwise.
    """
    ports: dict[str, set[str]] = {"*": set(), "[::]": set()}
    for host, port in _ANY_PORT.findall(text):
        ports[host].add(port)
    return _OLD_IPV4.search(text) is not None or bool(ports["*"] & ports["[::]"])


def _from_ss(match: re.Match[str], old: bool) -> Row:
    """A row of ss; where several protocols are not asked for, only the state tells which one it is.

    A dual-stack socket is `*`, and `[::]` one for IPv6 only (iproute2, misc/ss.c, inet_addr_print); an `old` one
    tells neither.
    """
    net = match["net"] or {"LISTEN": "tcp", "UNCONN": "udp"}.get(match["state"], "")
    if net not in {"tcp", "udp"} or match["state"] != {"tcp": "LISTEN", "udp": "UNCONN"}[net]:
        return None
    process = _SS_PROCESS.search(match["rest"])
    host, port = _split(match["local"], net)
    told = _V6ONLY.search(match["rest"])
    v6only = None if old else host != ANY
    family = 6 if (host == ANY and not old) or ":" in host else 4
    v6only = told[1] == "1" if told else v6only
    found = _listener(net, host, port, family, v6only, process["name"] if process else None)
    if net == "udp":
        return found
    return msgspec.structs.replace(found, waiting=_count(match["waiting"]), room=_count(match["room"]))


def _from_linux(match: re.Match[str], _old: bool) -> Row:
    """A row of Linux's netstat, which does not tell dual-stack sockets from those for IPv6 only."""
    net = match["net"].removesuffix("6")
    if net not in {"tcp", "udp"} or match["state"] != {"tcp": "LISTEN", "udp": None}[net]:
        return None
    process = _NETSTAT_PROCESS.search(match["rest"])
    host, port = _split(match["local"], net)
    family = 6 if match["net"].endswith("6") else 4
    return _listener(net, host, port, family, None, process["name"] if process else None)


def _from_bsd(match: re.Match[str], _old: bool) -> Row:
    """A row of netstat on macOS and BSD: `tcp4`, `tcp6`, and `tcp46` for both; a dot before the port."""
    kind = re.fullmatch(r"(tcp|udp)(4|6|46)", match["net"])
    if kind is None or (kind[1] == "tcp" and match["state"] != "LISTEN") or not match["peer"].endswith("*.*"):
        return None
    host, _dot, port = match["local"].rpartition(".")
    if port == "*":
        return None
    return _listener(kind[1], host, _port(port, kind[1]), 4 if kind[2] == "4" else 6, kind[2] == "6")


def _from_windows(match: re.Match[str], _old: bool) -> Row:
    """A row of Windows' netstat; the state is in the user's language, the peer of what listens is port 0."""
    net = match["net"].lower()
    if match["peer"].rpartition(":")[2] not in {"0", "*"}:
        return None
    host, port = _split(match["local"], net)
    return _listener(net, host, port, 6 if ":" in host else 4, None)


def _from_lsof(match: re.Match[str], _old: bool) -> Row:
    net = match["net"].lower()
    if "->" in match["local"] or (net == "tcp" and match["state"] not in {None, "LISTEN"}) or match["local"] == "*:*":
        return None
    host, port = _split(match["local"], net)
    process = re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), match["process"])
    return _listener(net, host, port, int(match["family"]), None, process)


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], bool], Row]], ...] = (
    (_LSOF, _from_lsof),
    (_WINDOWS, _from_windows),
    (_LINUX, _from_linux),
    (_BSD, _from_bsd),
    (_SS, _from_ss),
)


def _split(local: str, net: str) -> tuple[str, int]:
    host, colon, port = local.rpartition(":")
    if not colon:
        raise _Unreadable(f"{local!r} is no address and port")
    return host.replace("[", "").replace("]", ""), _port(port, net)


def _count(text: str) -> int | None:
    """A number of clients; what is longer than the kernel's own numbers is none."""
    return int(text) if len(text) <= 10 else None


def _port(text: str, net: str) -> int:
    """A port by number, or by the name that the tools print without `-n`."""
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536:
        return int(text)
    try:
        values = parse_port(f"{text}/{net}" if text.isdigit() else text).values(TCP if net == "tcp" else UDP)
    except ValueError:
        values = None
    if values is not None and values.size == 1:
        return values.lowest
    try:
        import socket

        return socket.getservbyname(text, net)
    except OSError:
        raise _Unreadable(f"port {text!r} is not known by this name; -n prints numbers (-P for lsof)") from None


def _listener(net: str, host: str, port: int, family: int, v6only: bool | None, process: str | None = None) -> Listener:
    """One listener in the same words whatever table it is from; an IPv4 address in IPv6's clothes is IPv4."""
    address, _percent, device = host.partition("%")
    if address in {ANY, "0.0.0.0", "::", ""}:  # noqa: S104  (read, not bound)
        return Listener(net, family, ANY, port, device or None, v6only if family == 6 else None, process)
    try:
        found = ip_address(address)
    except ValueError:
        if family == 6 and re.fullmatch(r"[0-9a-f:]+", address):  # netstat cuts long ones off
            return Listener(net, family, address, port, device or None, None, process)
        raise _Unreadable(f"{address!r} is no address") from None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return Listener(net, found.version, str(found), port, device or None, None, process)
