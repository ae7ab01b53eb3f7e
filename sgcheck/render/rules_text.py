"""The rule book for a terminal: the list of rules, or the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, columns, hang

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.lint.rule import Rule


def render_list(rules: Sequence[Rule], *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return a line for each rule, by id: its severity, its name and what others call it; ends with a newline."""
    return _text(_list(rules, _style(width, color, ascii_only)))


def render(rule: Rule, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the page of a rule; the arguments are as for `render_list`."""
    return _text(_page(rule, _style(width, color, ascii_only)))


def _style(width: int, color: bool, ascii_only: bool) -> Style:
    return Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)


def _text(lines: Iterator[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _list(rules: Sequence[Rule], style: Style) -> Iterator[str]:
    ids = max((columns(rule.id) for rule in rules), default=0)
    for rule in rules:
        lead = f"{rule.id:{ids}}  {rule.severity.word:8}  "
        known = f"  ({', '.join(rule.equivalents[:2])})" if rule.equivalents else ""
        off = "  optional" if rule.optional else ""
        yield from hang(style, lead, visible(rule.name + known + off))
    yield ""
    yield from hang(style, "", f"{len(rules)} rules; `sgcheck rules NAME` shows one.", "dim")


def _page(rule: Rule, style: Style) -> Iterator[str]:
    yield (
        style.paint(visible(f"{rule.name}  {rule.id}"), "bold")
        + f"  {rule.severity.word}"
        + ("  optional: looked at where --select means it" if rule.optional else "")
    )
    for heading, text in (("What it does", rule.what), ("Why is this bad", rule.why), ("Fix", rule.fix)):
        yield ""
        yield style.paint(heading, "bold")
        for paragraph in text.split("\n\n"):
            yield from hang(style, "", visible(" ".join(paragraph.split())), indent=2)
    for heading, words in (("Others call it", rule.equivalents), ("Tags", rule.tags)):
        if words:
            yield ""
            yield style.paint(heading, "bold")
            yield from hang(style, "", visible(", ".join(words)), indent=2)
    if rule.references:
        yield ""
        yield style.paint("Read more", "bold")
        yield from (f"  {visible(address)}" for address in rule.references)
    for heading, bad in (("Found fault with", True), ("Fine", False)):
        example = next((one for one in rule.examples if one.bad is bad), None)
        if example is not None:
            yield ""
            yield style.paint(heading, "bold")
            yield from (f"  {visible(line)}" for line in example.text.splitlines())
