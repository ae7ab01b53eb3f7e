"""`sgcheck reach`: blast radius, attack surface, paths over several hosts, and what to close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sgcheck.cli.account import account_options
from sgcheck.cli.guard import note
from sgcheck.cli.options import CONTEXT, color_option, format_option, input_options, load_network, output_option
from sgcheck.cli.output import Destination, deliver, destination
from sgcheck.cli.progress import counted
from sgcheck.errors import Exit, UsageError

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.packets import Services
    from sgcheck.reach.answers import Reached
    from sgcheck.reach.matrix import Matrix

_SHORT = "What X reaches, who reaches Y, over how many hosts, and what to close."
_HELP = """
List what an end reaches (its blast radius) or who reaches it (its attack surface), as exact sets, the worst first.

With --hops whoever reaches a host goes on from there. --cut finds the fewest rules to close so that one end leads to
the other no more. --by makes a table of who reaches whom.

\b
Examples:
  sgcheck reach --from i-0123456789abcdef0 -i network.json
  sgcheck reach --to rds:orders --port postgres -i snapshot/ -f json
  sgcheck reach --from internet --hops 3 -i network.json
  sgcheck reach --from internet --to tag:tier=db --cut -i network.json
  sgcheck reach --by tag:tier --port ssh -i network.json -f csv

The exit code is 0 whatever is reached. With --cut it is 3 where something that is not in the input may still lead
there.
"""


@click.command("reach", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.option("--from", "source", metavar="END", help="List what this end reaches.")
@click.option("--to", "target", metavar="END", help="List who reaches this end. With --from: only this pair.")
@click.option(
    "--port", metavar="PORT", default="all", show_default=True, help="Only these ports, as explain takes them."
)
@click.option("--hops", metavar="N", type=click.IntRange(1), help="Go on over up to N steps from host to host.")
@click.option("--cut", is_flag=True, help="Find which rules to close so that --from leads to --to no more.")
@click.option("--by", metavar="LABEL", help="A table instead: tag:KEY, sg, subnet, vpc or account.")
@input_options
@format_option("text", "json", "csv", "markdown")
@output_option
@color_option
@account_options
def command(
    *,
    source: str | None,
    target: str | None,
    port: str,
    hops: int | None,
    cut: bool,
    by: str | None,
    inputs: tuple[str, ...],
    onto: str | None,
    parameters: tuple[str, ...],
    format_: str,
    output: str | None,
    color: bool | None,
    **account: Any,
) -> int:
    """Answer one question."""
    _refuse(source, target, hops, by, cut=cut, format_=format_)
    from sgcheck.reach.question import Question

    services = Question.parse("a", "b", port).services
    network = load_network(inputs, account=account, onto=onto, parameters=parameters)
    to = destination(output, color)
    if by is not None:
        from sgcheck.reach.matrix import matrix

        with counted():
            table = matrix(network, by, services)
        deliver(_matrix(table, format_, to), to, machine=format_ != "text")
        return Exit.OK
    with counted():
        reached = _reached(network, source, target, port, services, hops, cut=cut)
    deliver(_rendered(reached, format_, to), to, machine=format_ != "text")
    return _exit_code(reached)


def _reached(
    network: Network,
    source: str | None,
    target: str | None,
    port: str,
    services: Services,
    hops: int | None,
    *,
    cut: bool,
) -> Reached:
    from sgcheck.reach.answers import Reached
    from sgcheck.reach.attack import blast, surface

    reach = surface(network, target or "", services) if source is None else blast(network, source, services, target)
    steps = None if port.strip().lower() == "all" else services
    if cut and source is not None and target is not None:
        from sgcheck.reach.chokes import cut as cutting

        return Reached(reach, cut=cutting(network, source, target, steps, hops))
    if hops is not None and hops > 1:
        from sgcheck.reach.lateral import lateral

        return Reached(reach, lateral(network, source, target, hops, steps))
    return Reached(reach)


def _refuse(
    source: str | None, target: str | None, hops: int | None, by: str | None, *, cut: bool, format_: str
) -> None:
    """Raise UsageError for options that make no question together."""
    if by is not None and (source is not None or target is not None or hops is not None or cut):
        raise UsageError("--by asks everybody about everybody: it takes no --from, --to, --hops or --cut")
    if by is None and source is None and target is None:
        raise UsageError("who? give --from END, --to END or both", "or --by tag:KEY for a table of everybody")
    if cut and (source is None or target is None):
        raise UsageError("--cut needs both ends: give --from END and --to END")
    if format_ == "csv" and by is None:
        raise UsageError("-f csv is for the table of --by", "use -f json for everything else")
    for end, option in ((source, "--from"), (target, "--to")):
        if end is not None and not end.strip():
            raise UsageError(f"{option} is empty: expected an address, an id or a name")


def _rendered(reached: Reached, format_: str, to: Destination) -> str:
    if format_ == "json":
        from sgcheck.render import reach_json

        return reach_json.render(reached)
    if format_ == "markdown":
        from sgcheck.render import reach_markdown

        return reach_markdown.render(reached)
    from sgcheck.render import reach_text

    return reach_text.render(reached, width=to.width, color=to.color, ascii_only=to.ascii_only)


def _matrix(matrix: Matrix, format_: str, to: Destination) -> str:
    if format_ == "json":
        from sgcheck.render import reach_json

        return reach_json.render_matrix(matrix)
    if format_ == "csv":
        from sgcheck.render import reach_csv

        return reach_csv.render_matrix(matrix)
    if format_ == "markdown":
        from sgcheck.render import reach_markdown

        return reach_markdown.render_matrix(matrix)
    from sgcheck.render import reach_text

    return reach_text.render_matrix(matrix, width=to.width, color=to.color, ascii_only=to.ascii_only)


def _exit_code(reached: Reached) -> Exit:
    if reached.cut is not None and reached.cut.undecided:
        note("undecided: something that is not in the input may lead there")
        return Exit.UNDECIDED
    return Exit.OK
