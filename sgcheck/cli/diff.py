"""`sgcheck diff`: what a plan or another configuration makes reachable, and what stops being reachable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sgcheck.cli.guard import note
from sgcheck.cli.options import (
    CONTEXT,
    color_option,
    format_option,
    onto_option,
    output_option,
    parameters_option,
    read_parameters,
)
from sgcheck.cli.output import Destination, deliver, destination
from sgcheck.cli.progress import counted
from sgcheck.errors import Exit, UsageError

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.packets import Services
    from sgcheck.reach.difference import Difference

# As literals: the shell completes them without loading the engine.
GATES = ("opened-from-internet", "opened", "closed", "any")

_SHORT = "What a plan, or one snapshot after another, makes reachable, and what no longer is."
_HELP = """
Tell which flows become possible from one configuration to another and which stop being possible, from whom to whom, as
exact sets, each with the change that did it; and what changed without changing any flow.

A single PLAN, as `terraform show -json` or `tofu show -json` prints it, holds both sides. Else BEFORE and AFTER are
files, folders or zips as -i of other commands takes them. One of them may be - for standard input.

\b
Examples:
  sgcheck diff plan.json --onto deployed.json.gz --fail-on opened-from-internet
  sgcheck diff before.json.gz after.json.gz
  sgcheck diff main/ branch/ -f markdown --fail-on opened-from-internet
  sgcheck diff before/ after/ --to tag:tier=db --port postgres --fail-on any

The exit code is 0 whatever differs. With --fail-on it is 1 where such a difference is found, and 3 where none is found
but something that is not in the input may hide one.
"""


def _gates(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    words = [word.strip().lower() for value in values for word in value.split(",")]
    choice = click.Choice(GATES)
    return tuple(dict.fromkeys(choice.convert(word, param, ctx) for word in words))


@click.command("diff", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.argument("before", metavar="PLAN | BEFORE", type=click.Path(allow_dash=True))
@click.argument("after", metavar="[AFTER]", required=False, type=click.Path(allow_dash=True))
@click.option("--from", "source", metavar="END", help="Compare only what comes from here, as explain takes it.")
@click.option("--to", "target", metavar="END", help="Compare only what goes here.")
@click.option("--port", metavar="PORT", help="Compare only these ports: 443, 53/udp, 8000-8100, ssh. [default: all]")
@click.option(
    "--fail-on",
    "gates",
    metavar="WHAT",
    multiple=True,
    callback=_gates,
    help=f"Exit 1 where such a flow differs ({', '.join(GATES)}). Repeatable, or a list with commas.",
)
@onto_option
@parameters_option
@format_option("text", "json", "markdown")
@output_option
@color_option
def command(
    *,
    before: str,
    after: str | None,
    onto: str | None,
    source: str | None,
    target: str | None,
    port: str | None,
    gates: tuple[str, ...],
    parameters: tuple[str, ...],
    format_: str,
    output: str | None,
    color: bool | None,
) -> int:
    """Compare two configurations."""
    if [before, after, onto].count("-") > 1:
        raise UsageError("standard input can be read only once")
    services = _services(port)
    networks = _networks(before, after, onto, read_parameters(parameters))
    from sgcheck.reach.diff import diff
    from sgcheck.reach.selection import select

    with counted():
        difference = diff(*networks, select(*networks, services, source, target))
    to = destination(output, color)
    deliver(_rendered(difference, format_, to), to, machine=format_ != "text")
    return _exit_code(difference, gates)


def _services(port: str | None) -> Services:
    from sgcheck.packets import parse_port

    try:
        return parse_port("all" if port is None else port)
    except ValueError as wrong:
        raise UsageError(str(wrong)) from None


def _networks(before: str, after: str | None, onto: str | None, parameters: dict[str, str]) -> tuple[Network, Network]:
    """Both sides: of a plan its own, else those that are named."""
    from sgcheck.aws.build import build
    from sgcheck.sources.files import load_snapshot
    from sgcheck.sources.pair import load_pair

    deployed = load_snapshot([onto]) if onto else None
    one, other = load_pair(before, after, deployed=deployed, parameters=parameters)
    return build(one), build(other)


def _rendered(difference: Difference, format_: str, to: Destination) -> str:
    if format_ == "json":
        from sgcheck.render import diff_json

        return diff_json.render(difference)
    if format_ == "markdown":
        from sgcheck.render import diff_markdown

        return diff_markdown.render(difference)
    from sgcheck.render import diff_text

    return diff_text.render(difference, width=to.width, color=to.color, ascii_only=to.ascii_only)


def _exit_code(difference: Difference, gates: tuple[str, ...]) -> Exit:
    from sgcheck.reach.gate import tripped, undecided

    found = [gate for gate in gates if tripped(difference, gate)]
    if found:
        note(f"found what --fail-on {','.join(found)} asks for")
        return Exit.FOUND
    hanging = [gate for gate in gates if undecided(difference, gate)]
    if hanging:
        note(f"undecided: what --fail-on {','.join(hanging)} asks for")
        return Exit.UNDECIDED
    return Exit.OK
