"""The rule book as Markdown: an index, and a page for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.lint.rule import Rule


def render_index(rules: Sequence[Rule]) -> str:
    """Return a table of all rules that links to their pages, ending with a newline."""
    return "\n".join(_index(rules)) + "\n"


def render(rule: Rule) -> str:
    """Return the page of one rule as people read it, ending with a newline."""
    return "\n".join(_page(rule)) + "\n"


def file_name(rule: Rule) -> str:
    """What the page is called."""
    return f"{rule.id}-{rule.name}.md"


def _index(rules: Sequence[Rule]) -> Iterator[str]:
    yield "# The rules of `sgcheck lint`\n"
    yield "Made from the pages in `rules/`; `sgcheck rules` shows the same in the terminal.\n"
    yield "| id | rule | severity | others call it |"
    yield "|---|---|---|---|"
    for rule in rules:
        known = ", ".join(rule.equivalents)
        severity = f"{rule.severity.word}, optional" if rule.optional else rule.severity.word
        yield f"| {rule.id} | [{rule.name}]({file_name(rule)}) | {severity} | {known} |"


def _page(rule: Rule) -> Iterator[str]:
    yield f"# {rule.name} ({rule.id})\n"
    yield f"Severity: **{rule.severity.word}**. Tags: {', '.join(f'`{tag}`' for tag in rule.tags)}."
    if rule.optional:
        yield "\nIt is optional: `lint` looks at it where `--select` means it."
    for heading, text in (("What it does", rule.what), ("Why is this bad", rule.why), ("Fix", rule.fix)):
        yield f"\n## {heading}\n\n{text}"
    if rule.examples:
        yield "\n## Examples"
    for bad, words in ((True, "It finds fault with:"), (False, "This is fine:")):
        for example in rule.examples:
            if example.bad is bad:
                yield f"\n{words}\n\n```yaml\n{example.text.rstrip()}\n```"
    if rule.equivalents:
        yield f"\n## Others call it\n\n{', '.join(rule.equivalents)}"
    if rule.references:
        yield "\n## Read more\n"
        yield from (f"* <{address}>" for address in rule.references)
