"""How ends, openings, steps and rules of `reach` are called, for text and Markdown; nothing here is escaped yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.reach.answer import Verdict
from sgcheck.render.words import kind_name, named, target_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.reach.attack import Reach
    from sgcheck.reach.chokes import Cut
    from sgcheck.reach.lateral import Lateral
    from sgcheck.reach.matrix import Cell, Span
    from sgcheck.reach.openings import Opening
    from sgcheck.reach.rows import Row
    from sgcheck.reach.rules import Rule
    from sgcheck.reach.who import Who

_SHOWN = 4


def some(items: tuple[str, ...], limit: int = _SHOWN) -> str:
    """Return items joined by commas, and how many more there are than `limit`."""
    left = len(items) - limit
    return ", ".join(items) if left <= 0 else f"{', '.join(items[:limit])} and {left:,} more"


def port(opening: Opening | Span) -> str:
    """Return a run of ports as people write it: `443/tcp`, `all tcp`, `icmp 8/0`, `everything`."""
    if opening.protocol == "all":
        return "everything"
    if opening.protocol in ("tcp", "udp") and opening.ports != "all":
        return f"{opening.ports}/{opening.protocol}"
    return f"{opening.protocol} {opening.ports}" if opening.ports != "all" else f"all {opening.protocol}"


def ports(spans: tuple[Span, ...]) -> str:
    """Return runs of ports, some of them."""
    return some(tuple(map(port, spans)))


def who(one: Who) -> str:
    """Return who asks: an id and name, or how many hosts, some of them by id, and their subnet."""
    if one.kind == "hosts":
        where = f" in {named(one.id, one.name)}" if one.id else ""
        return f"{len(one.hosts):,} hosts{where}: {some(one.hosts)}"
    if one.kind in ("internet", "onprem"):
        return f"{one.kind} ({one.id})" if one.id else one.kind
    return named(one.id, one.name) if one.id else kind_name(one.kind)


def target(row: Row) -> str:
    """Return what a row reaches, and at which address."""
    if row.target.kind == "internet":
        return f"internet ({row.target.address})"
    label, details = target_parts(row.target)
    return ", ".join((label, *details))


def row_details(row: Row) -> str:
    """Return what else a row says: who sends, by what, and whether always."""
    parts = [f"from {some(row.opening.sources)}"]
    if row.via:
        parts.append(f"via {some(row.via)}")
    if row.flaky:
        parts.append("not for every port that a translator may pick")
    return "; ".join(parts)


def headline(reach: Reach) -> str:
    """Return one sentence on the rows."""
    if reach.source is not None and reach.target is not None:
        if not reach.rows:
            return f"{reach.source} does not reach {reach.target} on any asked port"
        return f"{reach.source} reaches {reach.target} on {_count(len(reach.rows), 'run')} of ports"
    if reach.source is not None:
        if not reach.rows:
            return f"{reach.source} reaches nobody"
        return f"{reach.source} reaches {_count(reach.found, 'target')} of {reach.asked:,} asked"
    inside = f"{_count(reach.found, 'interface')} of {reach.asked:,} inside"
    everybody = [*_outside(row.source for row in reach.rows if row.source), *([inside] if reach.found else [])]
    if not everybody:
        return f"nobody reaches {reach.target}"
    verb = "reaches" if len(everybody) == 1 and reach.found < 2 else "reach"
    return f"{' and '.join(everybody)} {verb} {reach.target}"


def _outside(sources: Iterable[Who]) -> list[str]:
    return sorted({one.kind for one in sources if one.kind in ("internet", "onprem")})


def lateral_headline(lateral: Lateral, reach: Reach) -> str:
    """Return one sentence on the paths."""
    steps = _count(lateral.hops, "step")
    if reach.source is not None and reach.target is not None:
        word = "leads" if lateral.paths else "does not lead"
        return f"{reach.source} {word} to {reach.target} within {steps}"
    if reach.source is not None:
        return f"{reach.source} leads to {_count(lateral.hosts, 'host')} within {steps}"
    first = "".join(f"{kind} and " for kind in _outside(path.steps[0].source for path in lateral.paths))
    return f"{first}{_count(lateral.hosts, 'host')} can lead to {reach.target} within {steps}"


def cut_headline(cut: Cut, reach: Reach) -> str:
    """Return one sentence on what cuts the ends from each other."""
    within = "by any number of steps" if cut.hops is None else f"within {_count(cut.hops, 'step')}"
    if not cut.connected:
        return f"{reach.source} does not lead to {reach.target} {within}: nothing has to be closed"
    if not cut.rules:
        return f"no rule of a group or network ACL that could be closed cuts {reach.source} from {reach.target}"
    least = "no smaller set does" if cut.minimum else "none of them can be left out"
    these = "this rule" if len(cut.rules) == 1 else f"these {len(cut.rules)} rules"
    return f"close {these}, and {reach.source} does not lead to {reach.target} {within} any more ({least})"


def rule(one: Rule) -> str:
    """Return a rule: where it is, which one, and what it allows."""
    way = f" {one.way}" if one.way else ""
    label = one.label.removeprefix(f"{one.way} ") if one.way else one.label
    says = "" if label == one.allows else f": {one.allows}"
    return f"{named(one.resource, one.name)}{way} {label}{says}"


def cell(one: Cell) -> str:
    """Return a cell in a few words."""
    if one.verdict is Verdict.BLOCKED:
        return "-"
    told = ports(one.openings) if one.openings else ""
    asks = f"? {ports(one.undecided)}" if one.undecided else ""
    return " ".join(part for part in (told, asks) if part)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
