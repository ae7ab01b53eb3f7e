"""`explain` for a person: the verdict first, then the path, what blocks it, how to fix it, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.digest import concerns, outcomes
from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, columns, hang, pad
from sgcheck.render.text_blockers import bullets, concern, gap, heading
from sgcheck.render.text_path import ends, path
from sgcheck.render.words import VERDICT_COLORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.reach.answer import Answer, Explanation
    from sgcheck.render.digest import Concern, Outcome

# Up to here each answer is drawn; beyond, answers that end alike are counted and one of them is drawn.
_DRAWN = 5
_LISTED = 3
_OUTCOMES = 8
_EXAMPLES = 2
_LINES = 12


def render(explanation: Explanation, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the answer as text, ending with a newline.

    width: columns that no line exceeds, save commands, which stay whole. color: whether ANSI colours may be used.
    ascii_only: whether the drawing must do with ASCII signs (names keep their own letters).
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in _lines(explanation, style)) + "\n"


def _lines(explanation: Explanation, style: Style) -> Iterator[str]:
    known = concerns(explanation.answers)
    yield from headline(explanation, style)
    yield ""
    yield from hang(style, "", visible(explanation.summary))
    yield from _answers(explanation.answers, known, style)
    yield from _blockers("What blocks it", [one for one in known if not one.undecided], explanation, style)
    yield from _unknown(explanation, [one for one in known if one.undecided], style)
    for title, items, sign, paint in (
        ("Warnings", explanation.warnings, "!", "yellow"),
        ("Evidence", explanation.evidence, "-", "dim"),
        ("Next steps", explanation.next_steps, "-", "dim"),
    ):
        if items:
            yield from heading(title, style)
            yield from bullets(items[:_LINES], sign, paint, style)
            yield from _more(len(items) - _LINES, "warnings" if sign == "!" else "lines", style)


def headline(explanation: Explanation, style: Style) -> Iterator[str]:
    """Yield the verdict and what the client sees, as one bold line."""
    word = explanation.verdict.value.upper()
    paint = VERDICT_COLORS[explanation.verdict]
    first, *rest = hang(style, f"{word}  ", f"the client sees: {explanation.client_sees.value}", "bold")
    yield style.paint(word, "bold", paint) + first[len(word) :]
    yield from rest


def _answers(answers: Sequence[Answer], known: Sequence[Concern], style: Style) -> Iterator[str]:
    if len(answers) > _DRAWN:
        yield from _counted(answers, known, style)
        return
    for number, answer in enumerate(answers, 1):
        yield ""
        if len(answers) > 1:
            word = answer.verdict.value
            yield from hang(style, f"Answer {number}: ", f"{word}, the client sees: {answer.client_sees.value}", "bold")
        yield from path(answer, style)


def _counted(answers: Sequence[Answer], known: Sequence[Concern], style: Style) -> Iterator[str]:
    groups = outcomes(answers, known)
    yield from heading(f"{len(answers):,} answers", style)
    for group in groups[:_OUTCOMES]:
        yield from _outcome(group, answers, style)
    yield from _more(len(groups) - _OUTCOMES, "outcomes", style)
    for group in groups[:_EXAMPLES]:
        number = group.answers[0]
        yield ""
        yield from hang(style, "", f"For example answer {number}, {group.verdict.value}:", "bold")
        yield from path(answers[number - 1], style)


def _outcome(group: Outcome, answers: Sequence[Answer], style: Style) -> Iterator[str]:
    word = group.verdict.value
    told = [f"{len(group.answers):,} of {len(answers):,}", f"the client sees: {group.client_sees.value}"]
    if group.concerns:
        told.append(f"because of {', '.join(map(str, group.concerns))} below")
    first, *rest = hang(style, word, ", ".join(told), indent=2, hold=columns("unreachable"))
    lead = pad(word, columns(word))
    yield first.replace(lead, style.paint(lead, "bold", VERDICT_COLORS[group.verdict]), 1)
    yield from rest
    for number in group.answers[:_LISTED]:
        yield from hang(style, f"{number}  ", ends(answers[number - 1], style, style.width - 12), indent=4)
    if len(group.answers) > _LISTED:
        yield f"    {style.marks.more} and {len(group.answers) - _LISTED:,} more"


def _blockers(title: str, known: Sequence[Concern], explanation: Explanation, style: Style) -> Iterator[str]:
    if not known:
        return
    yield from heading(title, style)
    for number, one in enumerate(known[:_LINES]):
        if number:
            yield ""
        yield from concern(one, len(explanation.answers), style)
    yield from _more(len(known) - _LINES, "causes", style)


def _unknown(explanation: Explanation, known: Sequence[Concern], style: Style) -> Iterator[str]:
    yield from _blockers("What is not known", known, explanation, style)
    told = {why for one in known for why in one.whys}
    gaps = [one for one in explanation.gaps if one.collect or one.why not in told]
    if not gaps:
        return
    if not known:
        yield from heading("What is not known", style)
    else:
        yield ""
    for one in gaps[:_LINES]:
        yield from gap(one, style)
    yield from _more(len(gaps) - _LINES, "gaps", style)


def _more(left: int, what: str, style: Style) -> Iterator[str]:
    """Yield, where something was left out, how much of it."""
    if left > 0:
        text = f"{style.marks.more} and {left:,} more {what} (-f json lists them all)"
        yield from hang(style, "", text, "dim", indent=3)
