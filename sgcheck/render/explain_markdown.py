"""`explain --format markdown`: for a pull request, a ticket, a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.reach.answer import Decision, Verdict
from sgcheck.render.digest import concerns, outcomes
from sgcheck.render.layout import UNICODE_MARKS, shortened
from sgcheck.render.markup import markdown, markdown_block, markdown_code
from sgcheck.render.words import departure, drawn, gap_subject, kind_name, mark, named, port_text, reason, target_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.reach.answer import Answer, Explanation, Gap, Hop
    from sgcheck.render.digest import Concern

# GitHub refuses comments over 65,536 characters; a long list says how many more there are.
_ANSWERS = 5
_LINES = 20
_SENTENCES = 3
_CIDRS = 12

_SIGNS = {Verdict.REACHABLE: "✅", Verdict.PARTIAL: "⚠️", Verdict.BLOCKED: "❌", Verdict.UNKNOWN: "❔"}


def render(explanation: Explanation) -> str:
    """Return the answer as GitHub-flavoured Markdown, ending with a newline."""
    return "\n".join(_lines(explanation)) + "\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    query = explanation.query
    asked = f"{markdown_code(query.source)} → {markdown_code(query.target)}, {markdown_code(port_text(query))}"
    yield f"### {_SIGNS[explanation.verdict]} {explanation.verdict.value}: {asked}"
    yield f"\nThe client sees: **{explanation.client_sees.value}**"
    yield f"\n{markdown(explanation.summary)}"
    known = concerns(explanation.answers)
    yield from _answers(explanation.answers, known)
    yield from _concerns("What blocks it", [one for one in known if not one.undecided])
    yield from _concerns("What is not known", [one for one in known if one.undecided])
    yield from _gaps(explanation.gaps)
    yield from _bullets("Warnings", explanation.warnings)
    yield from _bullets("Evidence", explanation.evidence)
    yield from _bullets("Next steps", explanation.next_steps)


def _heading(text: str) -> Iterator[str]:
    yield f"\n#### {text}\n"


def _more(left: int, what: str) -> Iterator[str]:
    if left > 0:
        yield f"\n… and {left:,} more {what} (`-f json` lists them all)"


def _end(label: str, parts: Sequence[str]) -> str:
    return " ".join(markdown_code(part) for part in (label, *parts[:2]))


def _answers(answers: Sequence[Answer], known: Sequence[Concern]) -> Iterator[str]:
    if len(answers) <= _ANSWERS:
        for answer in answers:
            yield from _answer(answer, 1)
        return
    groups = outcomes(answers, known)
    for group in groups[:_ANSWERS]:
        yield from _answer(answers[group.answers[0] - 1], len(group.answers))
    yield from _more(len(groups) - _ANSWERS, "outcomes")


def _answer(answer: Answer, alike: int) -> Iterator[str]:
    """Yield one answer, which stands for `alike` of them."""
    ends = f"{_end(*departure(answer))} → {_end(*target_parts(answer.target))}"
    more = f", and {alike - 1:,} more that end alike" if alike > 1 else ""
    yield f"\n{_SIGNS[answer.verdict]} {answer.verdict.value} ({answer.client_sees.value}): {ends}{more}\n"
    shares = (
        ("passes", answer.allowed),
        ("held back", answer.denied),
        ("undecided", answer.undecided),
        ("ports that pass", answer.ports.allowed),
        ("ports held back", answer.ports.denied),
        ("client's own ports that work", answer.client_ports),
    )
    yield from (f"- {label}: {_codes(items)}" for label, items in shares if items)
    hops = drawn(answer)
    if not hops and not answer.return_:
        return
    yield "\n| | hop | what | decided by |"
    yield "|---|---|---|---|"
    yield from map(_hop, hops)
    if answer.return_:
        yield "| | *reply* | | |"
        yield from map(_hop, answer.return_)


def _codes(items: Sequence[str]) -> str:
    shown = [markdown_code(item) for item in items]
    return shortened(shown, _CIDRS, UNICODE_MARKS)


def _hop(hop: Hop) -> str:
    sign = mark(hop.decision, UNICODE_MARKS)
    sign = f"**{sign}**" if hop.decision is Decision.DENY else sign.replace("~", "\\~")
    what = markdown_code(named(hop.hop, hop.name))
    return f"| {sign} | {what} | {markdown(kind_name(hop.kind))} | {markdown(reason(hop))} |"


def _concerns(title: str, known: Sequence[Concern]) -> Iterator[str]:
    if not known:
        return
    yield from _heading(title)
    for number, one in enumerate(known[:_LINES]):
        if number:
            yield ""
        yield from _concern(one)
    yield from _more(len(known) - _LINES, "causes")


def _concern(one: Concern) -> Iterator[str]:
    way = f"{one.direction.value}, by {markdown(one.by)}" if one.by else one.direction.value
    yield f"**{markdown_code(one.code)}** {markdown_code(named(one.resource, one.name))} ({way})\n"
    for why in one.whys[:_SENTENCES]:
        yield f"- {markdown(why)}"
    if one.denied and not one.undecided:
        yield f"- blocks: {_codes(one.denied)}"
    yield from (f"- almost: {markdown(miss)}" for miss in one.near_misses[:_SENTENCES])
    yield from (f"- ⚠️ {markdown(note)}" for note in one.also[:_SENTENCES])
    for fix in one.fixes[:_SENTENCES]:
        yield f"- fix: {markdown('; '.join(fix.whys[:_SENTENCES]))}"
        if fix.commands:
            yield ""
            yield from (f"  {line}" for line in markdown_block(fix.commands[:_LINES]))
            yield from _more(len(fix.commands) - _LINES, "commands")


def _gaps(gaps: Sequence[Gap]) -> Iterator[str]:
    if not gaps:
        return
    yield from _heading("Not in the input")
    for gap in gaps[:_LINES]:
        yield f"- {markdown(f'{gap_subject(gap)}: {gap.why}')}"
        if gap.collect:
            yield ""
            yield from (f"  {line}" for line in markdown_block((gap.collect,)))
    yield from _more(len(gaps) - _LINES, "gaps")


def _bullets(title: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        return
    yield from _heading(title)
    yield from (f"- {markdown(item)}" for item in items[:_LINES])
    yield from _more(len(items) - _LINES, "lines")
