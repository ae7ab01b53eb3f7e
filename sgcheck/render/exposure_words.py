"""What an exposure is called in front of people: ports, senders, ways, and the sentence that sums it up."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sgcheck.packets.protocols import PROTOCOL_NUMBERS, SERVICE_NAMES
from sgcheck.reach.openings import DATA, EVERY, REMOTE
from sgcheck.render.words import named

if TYPE_CHECKING:
    from sgcheck.reach.answer import TargetEnd
    from sgcheck.reach.exposure import Exposure
    from sgcheck.reach.openings import Opening
    from sgcheck.render.exposure_digest import Way
    from sgcheck.render.layout import Marks

INTERNET = frozenset({"internet", "0.0.0.0/0", "::/0"})
_PINGS = {("icmp", "8/0"): "ping", ("icmpv6", "128/0"): "ping over IPv6"}
_HALF = {4: 1 << 31, 6: 1 << 123}
_NAMED = 3
_CIDRS = 4
_WORST = {port: rank for rank, port in enumerate((*REMOTE, *DATA))}
# Where a port has several names: the one that people write.
_USUAL = ("http", "https", "postgres", "mongodb", "dns", "elasticsearch", "amqp")


@cache
def service_of(protocol: str, port: int) -> str | None:
    """The well-known name of a port, if it has one."""
    number = PROTOCOL_NUMBERS.get(protocol)
    names = [name for name, (numbers, known) in SERVICE_NAMES.items() if known == port and number in numbers]
    return next((name for name in _USUAL if name in names), names[0] if names else None)


def service(opening: Opening) -> str | None:
    """The well-known name of an opening that is one port."""
    return service_of(opening.protocol, int(opening.ports)) if opening.ports.isdigit() else None


def port_title(opening: Opening) -> str:
    """An opening for people: "22/tcp ssh", "8000-8100/tcp", "ping", "everything"."""
    return _port_title(opening.protocol, opening.ports)


@cache
def _port_title(protocol: str, ports: str) -> str:
    if protocol == EVERY:
        return "everything (every protocol and port)"
    if (protocol, ports) in _PINGS:
        return _PINGS[protocol, ports]
    if protocol in ("icmp", "icmpv6"):
        return protocol if ports == EVERY else f"{protocol} type {ports}"
    if protocol not in ("tcp", "udp"):
        return (
            f"protocol {protocol}" if protocol.isdigit() else f"protocols {protocol}" if "-" in protocol else protocol
        )
    if ports == EVERY:
        return f"every {protocol} port"
    known = _known(protocol, ports)
    return f"{ports}/{protocol} {known}" if known else f"{ports}/{protocol}"


def _known(protocol: str, ports: str) -> str:
    """The name of a port; of a range the names of the worst that are in it."""
    if ports.isdigit():
        return service_of(protocol, int(ports)) or ""
    first, _dash, last = ports.partition("-")
    inside = [port for port in _WORST if int(first) <= port <= int(last) and service_of(protocol, port)]
    names = [str(service_of(protocol, port)) for port in inside[:_NAMED]]
    return f"({', '.join(names)}{' and more' if len(inside) > _NAMED else ''})" if names else ""


def senders(opening: Opening, marks: Marks) -> str:
    """Who may send, for people: "anyone on the internet", or the addresses."""
    match opening.sources:
        case ("0.0.0.0/0",):
            return "anyone on the internet"
        case ("::/0",):
            return "anyone on the internet over IPv6"
        case ("0.0.0.0/0", "::/0"):
            return "anyone on the internet, over IPv4 and IPv6"
    bare = [cidr.removesuffix("/32").removesuffix("/128") for cidr in opening.sources[:_CIDRS]]
    words = ["anyone on the internet" if cidr == "0.0.0.0/0" else cidr for cidr in bare]
    left = len(opening.sources) - _CIDRS
    listed = ", ".join(words) + (f" {marks.more} and {left:,} more" if left > 0 else "")
    most = left > 0 and any(opening.addresses.family(family).size >= half for family, half in _HALF.items())
    return f"most of the internet ({listed})" if most else listed


def target_title(target: TargetEnd) -> str:
    """A target for people: its id and name."""
    if target.kind == "load-balancer" and target.id:
        return f"load balancer {_balancer(target.id, target.name)}"
    if target.id is None:
        return "the internet" if target.kind == "internet" else target.name or target.kind
    return named(target.id, target.name)


def _balancer(id_: str, name: str | None = None) -> str:
    """What people know a balancer by: of arn:…:loadbalancer/app/web/0a1b2c the name."""
    tail = id_.rpartition(":loadbalancer/")[2]
    return name or (tail.split("/")[1] if tail.count("/") > 1 else tail)


def way_title(way: Way, targets: tuple[TargetEnd, ...]) -> str:
    """How packets come: "by nat-1, igw-1", "by igw-0a1, behind load balancer web"; nothing where nothing carries them.

    No order is said: where several ask, each may come by some of these.
    """
    own = {way.behind, *(target.id for target in targets)}
    carried = ", ".join(_balancer_title(id_) for id_ in way.via if id_ not in own)
    parts = [f"by {carried}" if carried else "", f"behind {_balancer_title(way.behind)}" if way.behind else ""]
    parts.append("only for some of the client's own ports" if way.flaky else "")
    return ", ".join(filter(None, parts))


def _balancer_title(id_: str) -> str:
    return f"load balancer {_balancer(id_)}" if ":loadbalancer/" in id_ else id_


def plural(count: int, word: str) -> str:
    """A number of things."""
    return f"{count:,} {word}{'s' * (count != 1)}"


def sentence(exposure: Exposure) -> str:
    """What was found, in one sentence."""
    public = "public " if exposure.source.lower() in INTERNET else ""
    source = "the internet" if exposure.source.lower() == "internet" else exposure.source
    if not exposure.exposed:
        return _nothing(exposure, source, public)
    ranges = len({(row.opening.protocol, row.opening.ports) for row in exposure.exposed})
    reached = f"{exposure.reached:,} of {plural(exposure.asked, f'{public}interface')}"
    told = f"{source[:1].upper()}{source[1:]}" if source == "the internet" else source
    handed = bool(exposure.behind) and not exposure.asked  # Only what stands behind balancers was asked about.
    if handed:
        reached = plural(exposure.behind, "interface")
    text = f"{told} reaches {reached} on {plural(ranges, 'port range')}"
    if handed:
        text += ", behind load balancers only"
    elif exposure.behind:
        text += f", and {exposure.behind:,} more behind load balancers"
    if any(row.target.kind == "internet" for row in exposure.exposed):
        text += "; it reaches out to the internet"
    if exposure.undecided:
        text += f"; {_open(exposure)} undecided"
    return f"{text}."


def _nothing(exposure: Exposure, source: str, public: str) -> str:
    if exposure.lacking and not exposure.known:
        return f"Whether anything is reachable from {source} can't be decided: the input has no network interfaces."
    if exposure.undecided:
        asked = f" of {plural(exposure.asked, f'{public}interface')} asked" if exposure.asked else ""
        return f"Nothing is known to be reachable from {source}, but {_open(exposure)} undecided{asked}."
    if exposure.asked:
        asked = plural(exposure.asked, f"{public}interface")
        return f"Nothing is reachable from {source}: {asked} asked, and none lets packets in and replies out."
    known = f"none of the {exposure.known:,} interfaces" if exposure.known != 1 else "the only interface"
    if not public:
        return f"Nothing is reachable from {source}: {known} in the input could be asked for."
    has = "has a" if exposure.known != 1 else "has no"
    return f"Nothing is reachable from {source}: {known} in the input {has} public address that takes connections."


def _open(exposure: Exposure) -> str:
    count = len({(row.target.kind, row.target.interface) for row in exposure.undecided})
    return f"{plural(count, 'target')} {'is' if count == 1 else 'are'}"
