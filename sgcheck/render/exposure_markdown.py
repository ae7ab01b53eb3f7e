"""`exposure --format markdown`: a table for a pull request or a job summary, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.exposure_digest import blocks
from sgcheck.render.exposure_words import port_title, senders, sentence, target_title, way_title
from sgcheck.render.layout import UNICODE_MARKS
from sgcheck.render.markup import markdown, markdown_block, markdown_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.reach.answer import Gap, TargetEnd
    from sgcheck.reach.classes import ExposedClass
    from sgcheck.reach.exposure import Exposure
    from sgcheck.render.exposure_digest import Block

# GitHub refuses comments over 65,536 characters.
_ROWS = 60
_TARGETS = 6
_PORTS = 8
_SECTION = 20


def render(exposure: Exposure, grouped: Sequence[ExposedClass] | None = None) -> str:
    """Return what is exposed as GitHub-flavoured Markdown, ending with a newline."""
    return "\n".join(_lines(exposure, grouped)) + "\n"


def _lines(exposure: Exposure, grouped: Sequence[ExposedClass] | None) -> Iterator[str]:
    sign = "❗" if exposure.exposed else "❔" if exposure.undecided or exposure.lacking else "✅"
    yield f"### {sign} sgcheck: {markdown(sentence(exposure))}"
    yield from _table(blocks(exposure.exposed, grouped))
    if exposure.undecided:
        yield "\n**Not decided: these may be reached**"
        yield from _table(blocks(exposure.undecided))
    if exposure.gaps:
        yield "\n**What is not known**\n"
        for gap in exposure.gaps[:_SECTION]:
            yield from _gap(gap)
        yield from _more(len(exposure.gaps) - _SECTION, "gaps")
    if exposure.warnings:
        yield "\n**Warnings**\n"
        yield from (f"- {markdown(text)}" for text in exposure.warnings[:_SECTION])
        yield from _more(len(exposure.warnings) - _SECTION, "warnings")


def _table(found: list[Block]) -> Iterator[str]:
    if not found:
        return
    yield "\n| open | from | who | how |"
    yield "|---|---|---|---|"
    yield from map(_row, found[:_ROWS])
    yield from _more(len(found) - _ROWS, "rows")


def _row(block: Block) -> str:
    ports = [port_title(opening) for opening in block.openings[:_PORTS]]
    targets = [target for line in block.lines for target in line.targets]
    ways = dict.fromkeys(way_title(line.way, line.targets) for line in block.lines)
    cells = (
        _listed(list(map(markdown, ports)), len(block.openings)),
        markdown(senders(block.worst, UNICODE_MARKS)),
        _listed([_target(target) for target in targets[:_TARGETS]], len(targets)),
        _listed([markdown(way) for way in list(ways)[:_TARGETS] if way], len(ways)),
    )
    return f"| {' | '.join(cells)} |"


def _target(target: TargetEnd) -> str:
    title = markdown_code(target_title(target))
    return f"{title} {markdown_code(target.address)}" if target.address else title


def _listed(shown: list[str], total: int) -> str:
    left = total - len(shown)
    return "<br>".join([*shown, f"… and {left:,} more"] if left > 0 and shown else shown)


def _gap(gap: Gap) -> Iterator[str]:
    yield f"- {markdown(gap.why)}"
    if gap.collect:
        yield from (f"  {line}" for line in markdown_block((gap.collect,)))


def _more(left: int, what: str) -> Iterator[str]:
    if left > 0:
        yield f"\n… and {left:,} more {what} (`-f json` lists them all)"
