"""`--listeners`: whether a process on the host waits on the asked port, where the asked packets come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address

from sgcheck.diagnose.asked import Asked
from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.hostfile import as_text
from sgcheck.diagnose.socket_tables import ANY, Listener, parse_tables
from sgcheck.sources.content import read_bytes

MOST_TOLD = 5
"""Servers on other ports that are named."""
_EVERYDAY = frozenset({22, 25, 53, 67, 68, 111, 123, 135, 139, 323, 445, 546, 631, 3389, 5353, 5355, 5985, 47001})
"""Ports of what runs on every host (SSH, mail to itself, DNS, DHCP, clocks, Windows' own): no server gone astray."""
_HANDED_OUT = 32768
"""UDP ports from here on are those that a kernel hands out to clients, which look like servers in a table."""
_NICS = ("eth", "ens", "enp", "enx", "eno", "en")


def read(path: str, asked: Asked) -> list[Clue]:
    """What the socket tables in the file at `path` say of what was asked.

    Raises InputError, naming file and line, where it can't be read.
    """
    text = as_text(read_bytes(path))
    return judge(parse_tables(text, path), asked)


def judge(listeners: Sequence[Listener], asked: Asked) -> list[Clue]:
    """What the listeners of a host say of what was asked."""
    ours = [one for one in listeners if one.protocol == asked.protocol]
    if not ours:
        return [_clue(asked, Says.NOTHING, f"no {asked.protocol.upper()} socket is shown: {_TOLD_BY[asked.protocol]}")]
    on_port = [(one, *_of(one, asked)) for one in ours if one.port == asked.port]
    serving = [found for found in on_port if found[1] is Says.LISTENS]
    serving = [found for found in serving if not _may_leave_out(found[0], asked)] or serving
    if on_port:
        told = [_clue(asked, says, f"{_who([one])} {text}") for one, says, text in _merged(serving or on_port)]
        return [*told, *_full([one for one, _says, _text in serving], asked)]
    return [_clue(asked, Says.NOTHING_LISTENS, _nothing(listeners, asked)), *_astray(ours, asked)]


_TOLD_BY = {
    "tcp": "ss shows them with -t, netstat with -t or -a",
    "udp": "ss shows them with -u, netstat with -u or -a",
}


def _of(one: Listener, asked: Asked) -> tuple[Says, str]:
    """What a listener on the asked port means for the asked address and family, and its clause."""
    where = f"listens on {one.place}"
    if one.device == "lo" or _is(one.address, "is_loopback"):
        return Says.LISTENS_ON_LOOPBACK, f"{where}, for the host itself only"
    if asked.family is not None and not _serves(one, asked.family):
        other = 4 if asked.family == 6 else 6
        return Says.LISTENS_OTHER_FAMILY, f"{where}, for IPv{other} only; IPv{asked.family} was asked for"
    if one.address != ANY and _is_elsewhere(one, asked):
        return Says.LISTENS_ELSEWHERE, f"{where} only; {_asked_addresses(asked)}"
    if one.device and not one.device.startswith(_NICS):
        return Says.LISTENS_ELSEWHERE, f"{where}, on the device {one.device} only"
    return Says.LISTENS, where + _reserve(one, asked)


def _serves(one: Listener, family: int) -> bool:
    """Whether it takes clients of a family; a socket for any IPv6 address takes IPv4 unless it is known not to."""
    return one.family == family or (one.family == 6 and one.address == ANY and one.v6only is not True)


def _is_elsewhere(one: Listener, asked: Asked) -> bool:
    if _is(one.address, "is_link_local"):
        return True
    return bool(asked.addresses) and one.address not in asked.addresses


def _asked_addresses(asked: Asked) -> str:
    return (
        f"what was asked for comes to {' or '.join(asked.addresses)}" if asked.addresses else "not beyond its own link"
    )


def _may_leave_out(one: Listener, asked: Asked) -> bool:
    """Whether it is a socket for every IPv6 address that may serve IPv4, which was asked for, or not."""
    return one.family == 6 and asked.family == 4 and one.v6only is None


def _reserve(one: Listener, asked: Asked) -> str:
    """What the table does not tell, and would matter."""
    if _may_leave_out(one, asked):
        return (
            ", which takes IPv4, too, unless the socket or the host (net.ipv6.bindv6only) says IPv6 only; this table"
            " does not tell (ss -ltne does)"
        )
    if one.address != ANY and not asked.addresses:
        return ", on that address only"
    return f", on the device {one.device} only" if one.device else ""


def _nothing(listeners: Iterable[Listener], asked: Asked) -> str:
    other = "udp" if asked.protocol == "tcp" else "tcp"
    same = [one for one in listeners if one.protocol == other and one.port == asked.port]
    only = f"; {_who(same)} listens there on {other.upper()} only" if same else ""
    return f"nothing listens on port {asked.port}/{asked.protocol}{only}"


def _full(serving: Iterable[Listener], asked: Asked) -> Iterator[Clue]:
    for one in serving:
        if one.waiting and one.room is not None and one.waiting >= one.room:
            queue = f"{one.waiting} clients wait to be accepted on {one.place}, and there is room for {one.room}"
            yield _clue(asked, Says.QUEUE_FULL, queue)


def _astray(ours: Sequence[Listener], asked: Asked) -> Iterator[Clue]:
    """Servers on other ports, of which one may be the one that was meant."""
    others: dict[tuple[str | None, int], Listener] = {}
    for one in ours:
        if one.port not in _EVERYDAY and (one.port < _HANDED_OUT or one.protocol == "tcp"):
            others.setdefault((one.process, one.port), one)
    for one in list(others.values())[:MOST_TOLD]:
        yield _clue(asked, Says.LISTENS_ELSEWHERE, f"{_who([one])} listens on another port, {one.place}")


def _merged(found: Sequence[tuple[Listener, Says, str]]) -> Iterator[tuple[Listener, Says, str]]:
    """Each thing once: a server's workers share its socket."""
    seen: dict[tuple[Says, str, str | None], tuple[Listener, Says, str]] = {}
    for one, says, text in found:
        seen.setdefault((says, text, one.process), (one, says, text))
    yield from seen.values()


def _who(listeners: Sequence[Listener]) -> str:
    names = sorted({one.process for one in listeners if one.process})
    return " and ".join(names) or "a process (its name is not shown: run it with sudo)"


def _is(text: str, quality: str) -> bool:
    """Whether an address has a quality of `ipaddress`; ANY, and one that a table cut off, have none."""
    try:
        return bool(getattr(ip_address(text), quality))
    except ValueError:
        return False


def _clue(asked: Asked, says: Says, text: str) -> Clue:
    return Clue(says, f"listeners on {asked.host}" if asked.host else "listeners", text, at=asked.host)
