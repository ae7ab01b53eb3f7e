"""`diagnose --format markdown`: for a ticket, a chat, a post-mortem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.markup import markdown, markdown_block, markdown_code
from sgcheck.render.words import gap_subject, port_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.diagnose.result import Diagnosis, RankedCause

_LINES = 20


def render(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as GitHub-flavoured Markdown, ending with a newline."""
    return "\n".join(_lines(diagnosis)) + "\n"


def _lines(diagnosis: Diagnosis) -> Iterator[str]:
    explanation = diagnosis.explanation
    query = explanation.query
    yield f"### {markdown(diagnosis.summary)}"
    asked = f"{markdown_code(query.source)} → {markdown_code(query.target)}, {markdown_code(port_text(query))}"
    yield f"\n- asked: {asked}"
    yield f"- observed: {_observed(diagnosis)}"
    yield f"- predicted: {explanation.verdict}, the client sees {explanation.client_sees}"
    for number, cause in enumerate(diagnosis.causes, 1):
        yield from _cause(number, cause)
    contradictions = [
        f"the configuration says: {one.configuration}. Seen: {one.seen}. Explained by {', '.join(one.explained_by)}."
        for one in diagnosis.contradictions
    ]
    yield from _section("What does not fit together", contradictions)
    yield from _section("Evidence", [clue.told for clue in diagnosis.clues])
    yield from _section("Not in the input", [f"{gap_subject(gap)}: {gap.why}" for gap in explanation.gaps])
    yield from _section("Notes", diagnosis.notes)


def _observed(diagnosis: Diagnosis) -> str:
    observed = diagnosis.observed
    if observed is None:
        return "not told"
    line = f", {markdown_code(observed.line)}" if observed.line else ""
    return f"**{' or '.join(observed.symptoms)}**{line}"


def _cause(number: int, cause: RankedCause) -> Iterator[str]:
    where = f" {markdown_code(cause.resource)}" if cause.resource else ""
    yield f"\n#### {number}. {markdown_code(cause.code)}{where}: {cause.confidence}\n"
    yield f"{markdown(cause.what)}\n"
    yield from (f"- for: {markdown(text)}" for text in cause.for_)
    yield from (f"- against: {markdown(text)}" for text in cause.against)
    yield from (f"- {markdown(text)}" for text in cause.tell_apart)
    if cause.next:
        yield ""
        yield from markdown_block(cause.next[:_LINES])


def _section(title: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        return
    yield f"\n#### {title}\n"
    yield from (f"- {markdown(item)}" for item in items[:_LINES])
    if len(items) > _LINES:
        yield f"\n… and {len(items) - _LINES:,} more (`-f json` lists them all)"
