"""Services that a group opens to the internet, to a wide public range, or to all private addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.commands import places, revoke
from sgcheck.lint.effective import FAMILIES, PRIVATE_V4, Measure, Told, far, is_internet, is_private, open_to, ports
from sgcheck.lint.exposed import Grade
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import labels, services, some
from sgcheck.model.filters import FilterLine, RuleSet, Way
from sgcheck.model.ref import OPEN
from sgcheck.packets import INTERNET, PRIVATE, IntervalSet, PacketSet, Services, parse_port

_LATENT = 2
_MOST = 32768
_FAMILY = {4: "IPv4", 6: "IPv6"}


class OpenTo(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to look for.

    services: as --port takes them; any of them that is open counts. but: services that don't count. sources: who they
    are open to: the internet; a public range wider than /`prefix` (IPv4) or /`prefix6` that is less than the internet;
    a whole private range. way: which rules are looked at. least: how many ports of TCP or UDP must be open at once.
    unless_all: stay silent where half of all ports are open, which another rule says.
    """

    services: tuple[str, ...]
    but: tuple[str, ...] = ()
    sources: Literal["internet", "wide", "private"] = "internet"
    way: Way = Way.INGRESS
    least: int = 0
    prefix: int = 16
    prefix6: int = 32
    unless_all: bool = False


class _Looking(msgspec.Struct, frozen=True):
    """What is looked for, read once. wide: what `measure` takes, and all that has it in it."""

    asked: OpenTo
    services: Services
    measure: Measure
    wide: Measure

    def perhaps(self, sums: Told) -> bool:
        """Whether something may be open, as far as it takes so many peers."""
        if self.asked.sources == "internet":
            return any(sums.internet.values())
        return any(self.wide(family, sums.peers.family(family)) for family in FAMILIES)

    def found(self, packets: PacketSet, internet: dict[int, Services]) -> dict[int, Services]:
        """By family, the services that are open; `internet`: those that are to the internet."""
        opened = internet if self.asked.sources == "internet" else open_to(packets, self.measure)
        kept = {family: every & self.services for family, every in opened.items() if not self._silent(every)}
        if self.asked.sources == "private":
            kept = {family: every - internet[family] for family, every in kept.items()}
        return {family: every for family, every in kept.items() if every and self._is_enough(every)}

    def _is_enough(self, every: Services) -> bool:
        return not self.asked.least or ports(every) >= self.asked.least

    def _silent(self, every: Services) -> bool:
        return self.asked.unless_all and ports(every) >= _MOST


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at what every group amounts to."""
    looking = _looking(task.parameters)
    for group in task.scene.groups():
        lines = group.lines(looking.asked.way)
        if lines is None:
            yield Doubt(group_ref(group), f"its {looking.asked.way.value} rules are not in the data")
            continue
        yield from _judged(task, looking, group, lines)


def _looking(asked: OpenTo) -> _Looking:
    chosen = Services.union_all([parse_port(word) for word in asked.services])
    spared = Services.union_all([parse_port(word) for word in asked.but])
    measure: Measure
    wide: Measure
    match asked.sources:
        case "internet":
            measure = wide = is_internet
        case "private":
            measure = wide = is_private
        case "wide":
            least = {4: 1 << (32 - asked.prefix), 6: 1 << (128 - asked.prefix6)}

            def wide(family: int, addresses: IntervalSet) -> bool:
                return (addresses & INTERNET.family(family)).size >= least[family]

            def measure(family: int, addresses: IntervalSet) -> bool:
                return wide(family, addresses) and not is_internet(family, addresses)

    return _Looking(asked, chosen - spared, measure, wide)


def _judged(task: Task, looking: _Looking, group: RuleSet, lines: tuple[FilterLine, ...]) -> Iterator[Hit | Doubt]:
    sums = task.scene.told(group, looking.asked.way)
    found = looking.found(sums.packets, sums.internet) if looking.perhaps(sums) else {}
    if found:
        yield _hit(task, looking, group, lines, found)
    if sums.unresolved:
        most = PacketSet.union_all([sums.packets, *map(far, sums.unresolved)])
        perhaps = looking.found(most, open_to(most, is_internet))
        if perhaps != found:
            unresolved = sorted({line.unresolved for line in sums.unresolved if line.unresolved})
            lists = [one for one in unresolved if not one.endswith(OPEN)]
            why = f"the entries of {some(lists)} are not in the data" if lists else f"{some(unresolved)} decides"
            yield Doubt(group_ref(group), why)


def _hit(
    task: Task, looking: _Looking, group: RuleSet, lines: tuple[FilterLine, ...], found: dict[int, Services]
) -> Hit:
    asked = looking.asked
    every = Services.union_all(found.values())
    doing = [line for line in lines if _adds(line, found, asked.sources)]
    whom = _whom(asked.sources, found, doing)
    verb = "open to" if asked.way is Way.INGRESS else "allowed towards"
    message = f"{services(every)} {_is(every)} {verb} {whom} by {some(labels(doing))}"
    severity = task.severity
    related = list(labels(doing))
    if asked.sources == "internet" and asked.way is Way.INGRESS:
        having = task.scene.network.with_group.get(group.id, ())
        used = group.id in task.scene.snapshot.mentions
        if task.scene.without_interfaces(group.vpc) or (used and not having):
            message += "; what has the group is not in the data"
        else:
            standing = task.scene.exposed.standing(having, every)
            if standing.grade is Grade.LATENT and used:
                message += "; what else has the group is not in the data"
            else:
                message += f"; {standing.why}"
                severity = severity.lowered(_LATENT) if standing.grade is Grade.LATENT else severity
            related += standing.hosts
    commands = revoke(task.scene, group.id, asked.way, doing)
    return Hit(
        group_ref(group),
        message,
        severity=severity,
        related=tuple(related),
        commands=commands,
        takes=places(group.id, asked.way, doing),
    )


def _whom(sources: str, found: dict[int, Services], doing: list[FilterLine]) -> str:
    match sources:
        case "internet":
            return f"the {' and '.join(_FAMILY[family] for family in FAMILIES if family in found)} internet"
        case "wide":
            return f"a wide public range ({some(_ranges(doing))})"
        case _:
            return "a whole private range (RFC 1918)"


def _adds(line: FilterLine, found: dict[int, Services], sources: str) -> bool:
    whose = PRIVATE_V4 if sources == "private" else INTERNET
    peers = line.peer & (whose if sources != "internet" else INTERNET)
    return line.unresolved is None and any(peers.family(f) and line.services & every for f, every in found.items())


def _ranges(lines: list[FilterLine]) -> list[str]:
    return sorted({cidr for line in lines for cidr in (line.peer - PRIVATE).cidrs()})


def _is(every: Services) -> str:
    return "is" if len(every.describe()) == 1 else "are"


CHECK = Check(OpenTo, run)
