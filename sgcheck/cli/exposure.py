"""`sgcheck exposure`: everything that a source can reach."""

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
    from sgcheck.reach.classes import ExposedClass
    from sgcheck.reach.exposure import Exposure

FORMATS = ("text", "json", "csv", "markdown")
GATES = ("any",)

_SHORT = "Everything that a source can reach, on all ports, the worst first."
_HELP = """
Show everything that a source can reach: who, on which ports, from which addresses and by which way, the worst first.

An END is what `sgcheck explain` takes: `internet`, an address or CIDR, an id, `tag:Key=Value`, `name:web-*`, `onprem`,
or `account:123456789012` for all interfaces of an account. What passes is judged as explain judges it, there and back.

\b
Examples:
  sgcheck exposure -i snapshot/
  sgcheck exposure -i snapshot/ --port ssh,rdp --fail-on any
  sgcheck exposure -i snapshot/ --from sg-0123456789abcdef0 --to tag:tier=db -f csv -o reach.csv

Without -i everything in the live account is read, since anything may be exposed.

The exit code is 0 whatever is found. With --fail-on any it is 1 where anything is reached, and 3 where nothing is
known to be but the input does not decide it all.
"""


@click.command("exposure", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.option(
    "--from", "source", metavar="END", default="internet", show_default=True, help="Where the packets come from."
)
@click.option("--to", "target", metavar="END", help="Ask about these targets only.")
@click.option(
    "--port",
    metavar="PORT",
    default="all",
    show_default=True,
    help="Ask about these only: 443, 53/udp, 8000-8100, https, icmp, proto:47.",
)
@click.option(
    "--source-port",
    "--ephemeral",
    "source_port",
    metavar="PORTS",
    help="The client's own ports: a port, a range, linux, windows or nat. [default: 1024-65535]",
)
@click.option("--group", is_flag=True, help="Put targets with the same security groups and ways into one row.")
@input_options
@format_option(*FORMATS)
@output_option
@click.option("--fail-on", metavar="WHAT", type=click.Choice(GATES), help="Exit 1 where anything is reached: any.")
@color_option
@account_options
def command(
    *,
    source: str,
    target: str | None,
    port: str,
    source_port: str | None,
    group: bool,
    inputs: tuple[str, ...],
    onto: str | None,
    parameters: tuple[str, ...],
    format_: str,
    output: str | None,
    fail_on: str | None,
    color: bool | None,
    **account: Any,
) -> int:
    """Ask what one source reaches."""
    if target is not None and not target.strip():
        raise UsageError("--to is empty: expected an address, an id or a name")
    from sgcheck.reach.question import Question

    question = Question.parse(source, target or "everything", port, source_port)
    network = load_network(inputs, account=account, onto=onto, parameters=parameters)
    from sgcheck.reach.exposure import Exposing

    to_ = target.strip() if target else None
    with counted():
        exposure = Exposing(network, question.services, question.source_ports).of(question.source, to_)
    grouped = None
    if group:
        from sgcheck.reach.classes import classes

        grouped = classes(network, exposure.exposed)
    to = destination(output, color)
    deliver(_rendered(exposure, grouped, format_, to), to, machine=format_ != "text")
    return _exit_code(exposure, fail_on)


def _rendered(exposure: Exposure, grouped: tuple[ExposedClass, ...] | None, format_: str, to: Destination) -> str:
    match format_:
        case "json":
            from sgcheck.render.exposure_json import render
        case "csv":
            from sgcheck.render.exposure_csv import render
        case "markdown":
            from sgcheck.render.exposure_markdown import render
        case _:
            from sgcheck.render import exposure_text

            return exposure_text.render(exposure, grouped, width=to.width, color=to.color, ascii_only=to.ascii_only)
    return render(exposure, grouped)


def _exit_code(exposure: Exposure, fail_on: str | None) -> Exit:
    if fail_on is None:
        return Exit.OK
    if exposure.exposed:
        from sgcheck.render.escape import visible

        note(f"{visible(exposure.source)} reaches something: {len(exposure.exposed):,} rows")
        return Exit.FOUND
    if exposure.undecided or exposure.lacking:
        note("nothing is known to be reached, but the input does not decide it all")
        return Exit.UNDECIDED
    return Exit.OK
