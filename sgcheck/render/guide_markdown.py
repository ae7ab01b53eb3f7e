"""The guide as Markdown: one ladder, or all of them as the page `docs/troubleshooting.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.guide.ladder import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sgcheck.diagnose.guide.ladder import Ladder, Myth, Rung

_HEADINGS = {Kind.SYMPTOM: "What the client sees", Kind.TOPIC: "What you work with"}
_INTRODUCTION = """\
# Troubleshooting

Each ladder begins with the check that finds the cause fastest, and says what to do with what it finds: with sgcheck,
in the AWS console, with the AWS CLI, or on the host. In the terminal `sgcheck guide` shows the same, and `sgcheck guide
connection refused` finds a ladder by what a program printed.

The ids and addresses stand for yours: `i-0web` is the instance that you want to reach, `198.51.100.7` its public
address, and `203.0.113.7` your own. sgcheck asks [your account](live.md), or with `-i` a snapshot or [files](files.md).
This page is made from those in `sgcheck/diagnose/guide/pages`.
"""


def render(ladder: Ladder) -> str:
    """Return one ladder as a page of its own, ending with a newline."""
    return "\n".join(_ladder(ladder, 1, _command)) + "\n"


def render_all(ladders: Sequence[Ladder]) -> str:
    """Return all ladders as one page with a table of contents, ending with a newline."""
    lines = [_INTRODUCTION]
    for kind, heading in _HEADINGS.items():
        lines += [f"**{heading}**", ""]
        lines += [f"* [{one.title}](#{one.id})" for one in ladders if one.kind is kind]
        lines.append("")
    for one in ladders:
        lines += [f'<a id="{one.id}"></a>', "", *_ladder(one, 2, _link), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _command(id_: str) -> str:
    return f"`sgcheck guide {id_}`"


def _link(id_: str) -> str:
    return f"[{id_}](#{id_})"


def _ladder(ladder: Ladder, level: int, refer: Callable[[str], str]) -> Iterator[str]:
    yield f"{'#' * level} {ladder.title}"
    yield from _paragraphs(ladder.intro)
    for number, rung in enumerate(ladder.rungs, 1):
        yield ""
        yield f"{'#' * (level + 1)} {number}. {rung.title}"
        yield from _rung(rung)
    if ladder.myths:
        yield ""
        yield f"{'#' * (level + 1)} Not so"
    for myth in ladder.myths:
        yield from _myth(myth)
    if ladder.see:
        yield ""
        yield f"See also: {', '.join(refer(id_) for id_ in ladder.see)}."


def _rung(rung: Rung) -> Iterator[str]:
    yield from _paragraphs(rung.why)
    yield ""
    for step in rung.steps:
        yield f"* **{step.way}:** {step.text}"
    yield from _sources(rung.sources)


def _myth(myth: Myth) -> Iterator[str]:
    yield ""
    yield f'**"{myth.said}"**'
    yield from _paragraphs(myth.truth)
    yield ""
    yield from _sources(myth.sources)


def _paragraphs(paragraphs: Iterable[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield ""
        yield paragraph


def _sources(sources: Iterable[str]) -> Iterator[str]:
    for source in sources:
        yield f"* <{source}>"
