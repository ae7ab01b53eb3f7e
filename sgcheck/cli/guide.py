"""`sgcheck guide`: what to check, in the order that finds the cause fastest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sgcheck.cli.options import CONTEXT, color_option, format_option, output_option
from sgcheck.cli.output import Destination, deliver, destination

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_SHORT = "What to check when something does not answer."
_HELP = """
Show what to check, in the order that finds the cause fastest: with sgcheck, in the AWS console, with the AWS CLI and on
the host, each with its fix.

SYMPTOM is a name from the list that `sgcheck guide` alone shows, a plain word for it, or what a program printed. With
-f markdown and no SYMPTOM the whole guide is one page.

\b
Examples:
  sgcheck guide
  sgcheck guide timeout
  sgcheck guide connection refused
  sgcheck guide "ssh: connect to host 198.51.100.7 port 22: Connection timed out"
  sgcheck guide ssh -f markdown
"""


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from sgcheck.diagnose.guide.pages import ladders

    del ctx, param
    return [CompletionItem(one.id, help=one.title) for one in ladders() if one.id.startswith(incomplete)]


@click.command("guide", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.argument("symptom", metavar="[SYMPTOM]...", nargs=-1, shell_complete=_names)
@format_option("text", "markdown")
@output_option
@color_option
def command(*, symptom: tuple[str, ...], format_: str, output: str | None, color: bool | None) -> None:
    """Show a ladder, or which there are."""
    to = destination(output, color)
    deliver(_rendered(" ".join(symptom), format_, to), to, machine=format_ != "text")


def _rendered(words: str, format_: str, to: Destination) -> str:
    from sgcheck.diagnose.guide.find import find
    from sgcheck.diagnose.guide.pages import ladders

    if format_ == "markdown":
        from sgcheck.render import guide_markdown

        return guide_markdown.render(find(words)) if words else guide_markdown.render_all(ladders())
    from sgcheck.render import guide_text

    if not words:
        return guide_text.render_list(ladders(), width=to.width, color=to.color, ascii_only=to.ascii_only)
    return guide_text.render(find(words), width=to.width, color=to.color, ascii_only=to.ascii_only)
