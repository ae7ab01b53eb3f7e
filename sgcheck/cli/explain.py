"""`sgcheck explain`: can A reach B, and if not, why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sgcheck.cli.account import account_options
from sgcheck.cli.guard import note
from sgcheck.cli.options import (
    CONTEXT,
    color_option,
    format_option,
    input_options,
    load_network,
    output_option,
)
from sgcheck.cli.output import Destination, deliver, destination
from sgcheck.errors import Exit, UsageError

if TYPE_CHECKING:
    from sgcheck.reach.answer import Explanation

# As literals: the shell completes them without loading the engine.
VERDICTS = ("reachable", "partial", "blocked", "unknown")


def _expected(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    words = [word.strip().lower() for value in values for word in value.split(",")]
    choice = click.Choice(VERDICTS)
    return tuple(dict.fromkeys(choice.convert(word, param, ctx) for word in words))


_SHORT = "Can A reach B, what the client sees, what blocks it, how to fix it."
_HELP = """
Tell whether packets get from one end to the other and back, what the client sees, what blocks them, and the fix.

An END is `internet`, an address or CIDR, an instance, interface, security group, subnet or VPC id, `tag:Key=Value`,
`name:web-*`, or a managed service such as `rds:orders` or `lambda:report`.

\b
Examples:
  sgcheck explain --from internet --to i-0123456789abcdef0 --port 443 -i network.json
  sgcheck explain --from 10.0.0.0/16 --to tag:tier=db --port postgres -i snapshot/ -f json
  sgcheck explain --from internet --to name:bastion --port ssh -i network.json --expect blocked

The exit code is 0 whatever the verdict. With --expect it is 1 for another verdict, and 3 where the input does not
decide it.
"""


@click.command("explain", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.option("--from", "source", metavar="END", required=True, help="Where the packets come from.")
@click.option("--to", "target", metavar="END", required=True, help="Where they go.")
@click.option("--port", metavar="PORT", help="443, 53/udp, 8000-8100, https, icmp, proto:47, all; tcp when unsaid.")
@click.option(
    "--source-port",
    "--ephemeral",
    "source_port",
    metavar="PORTS",
    help="The client's own ports: a port, a range, linux, windows or nat. [default: 1024-65535]",
)
@input_options
@format_option("text", "json", "markdown")
@output_option
@click.option(
    "--expect",
    metavar="VERDICT",
    multiple=True,
    callback=_expected,
    help=f"Exit 1 unless the verdict is this one ({', '.join(VERDICTS)}). Repeatable, or a list with commas.",
)
@color_option
@account_options
def command(
    *,
    source: str,
    target: str,
    port: str | None,
    source_port: str | None,
    inputs: tuple[str, ...],
    onto: str | None,
    parameters: tuple[str, ...],
    format_: str,
    output: str | None,
    expect: tuple[str, ...],
    color: bool | None,
    **account: Any,
) -> int:
    """Answer one question."""
    if not port:
        raise UsageError("which port? give --port", "as in --port 443; a ping is --port icmp, everything is --port all")
    from sgcheck.reach.question import Question

    question = Question.parse(source, target, port, source_port)
    network = load_network(
        inputs, ends=(question.source, question.target), account=account, onto=onto, parameters=parameters
    )
    from sgcheck.reach.explain import explain

    explanation = explain(network, question)
    to = destination(output, color)
    deliver(_rendered(explanation, format_, to), to, machine=format_ != "text")
    return _exit_code(explanation, expect)


def _rendered(explanation: Explanation, format_: str, to: Destination) -> str:
    if format_ == "json":
        from sgcheck.render import explain_json

        return explain_json.render(explanation)
    if format_ == "markdown":
        from sgcheck.render import explain_markdown

        return explain_markdown.render(explanation)
    from sgcheck.render import explain_text

    return explain_text.render(explanation, width=to.width, color=to.color, ascii_only=to.ascii_only)


def _exit_code(explanation: Explanation, expect: tuple[str, ...]) -> Exit:
    verdict = explanation.verdict.value
    if not expect or verdict in expect:
        return Exit.OK
    note(f"expected {' or '.join(expect)}, is {verdict}")
    return Exit.UNDECIDED if verdict == "unknown" else Exit.FOUND
