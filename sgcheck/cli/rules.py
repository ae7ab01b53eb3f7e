"""`sgcheck rules`: the rule book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sgcheck.cli.options import CONTEXT, color_option, format_option, output_option
from sgcheck.cli.output import Destination, deliver, destination

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from sgcheck.lint.rule import Rule

_SHORT = "The rule book of lint."
_HELP = """
Show the rules that `sgcheck lint` looks by, or the page of one: what it does, why that is bad, how to fix it, what
others call it, and examples.

\b
Examples:
  sgcheck rules
  sgcheck rules open-ssh
  sgcheck rules SG101 -f markdown
  sgcheck rules --select CIS -f json
"""


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from sgcheck.lint.rule import load_rules

    del ctx, param
    words = [(word, rule) for rule in load_rules() for word in (rule.id, rule.name)]
    return [CompletionItem(word, help=rule.severity.word) for word, rule in words if word.startswith(incomplete)]


@click.command("rules", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.argument("rule", metavar="[ID]", required=False, shell_complete=_names)
@click.option("--select", metavar="WHAT", multiple=True, help="Only these rules, as lint takes it; repeatable.")
@click.option("--rules", "folders", metavar="DIR", multiple=True, help="Pages of your own rules, too; repeatable.")
@format_option("text", "json", "markdown")
@output_option
@color_option
def command(
    *,
    rule: str | None,
    select: tuple[str, ...],
    folders: tuple[str, ...],
    format_: str,
    output: str | None,
    color: bool | None,
) -> None:
    """Show the book or a page."""
    from sgcheck.lint.rule import load_rules
    from sgcheck.lint.select import chosen, find_rule

    known = load_rules(folders)
    rules = chosen(known, select, ()) if select else known
    only = find_rule(rules, rule) if rule is not None else None
    to = destination(output, color)
    deliver(_rendered(rules, only, format_, to), to, machine=format_ != "text")


def _rendered(rules: tuple[Rule, ...], only: Rule | None, format_: str, to: Destination) -> str:
    if format_ == "json":
        from sgcheck.render import rules_json

        return rules_json.render(rules if only is None else (only,))
    if format_ == "markdown":
        from sgcheck.render import rules_markdown

        return rules_markdown.render_index(rules) if only is None else rules_markdown.render(only)
    from sgcheck.render import rules_text

    drawing: dict[str, Any] = {"width": to.width, "color": to.color, "ascii_only": to.ascii_only}
    return rules_text.render_list(rules, **drawing) if only is None else rules_text.render(only, **drawing)
