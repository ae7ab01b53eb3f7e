"""`sgcheck check`: assert many questions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sgcheck.cli.account import account_options
from sgcheck.cli.options import (
    CONTEXT,
    color_option,
    format_option,
    input_options,
    load_network,
    output_option,
)
from sgcheck.cli.output import Destination, deliver, destination
from sgcheck.errors import Exit

if TYPE_CHECKING:
    from sgcheck.reach.answer import CheckReport

FORMATS = ("text", "json", "junit", "markdown", "github")

_SHORT = "Assert many questions at once, from a file (CI)."
_HELP = """
Assert what must reach what and what must not, as a file of expectations says; made for CI.

EXPECTATIONS is YAML or JSON, or - for standard input:

\b
  version: 1
  expect:
    - name: the internet reaches the web tier
      from: internet
      to: tag:tier=web
      port: 443
      verdict: reachable

\b
Examples:
  sgcheck check expectations.yaml -i network.json
  sgcheck check expectations.yaml -i snapshot/ -f junit -o report.xml
  sgcheck check expectations.yaml -i snapshot/ -f github

The exit code is 0 where all hold, 1 where one fails, and 3 where none fails but the input does not decide them all.
"""


@click.command("check", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.argument("expectations", metavar="EXPECTATIONS", type=click.Path(allow_dash=True))
@input_options
@format_option(*FORMATS)
@output_option
@color_option
@account_options
def command(
    *,
    expectations: str,
    inputs: tuple[str, ...],
    onto: str | None,
    parameters: tuple[str, ...],
    format_: str,
    output: str | None,
    color: bool | None,
    **account: Any,
) -> int:
    """Check the expectations."""
    from sgcheck.sources.expectations import load_expectations

    expected = load_expectations(expectations)
    ends = [end for one in expected for end in (one.source, one.target)]
    network = load_network(
        inputs, also_from_stdin=[expectations], ends=ends, account=account, onto=onto, parameters=parameters
    )
    from sgcheck.reach.check import check

    report = check(network, expected)
    to = destination(output, color)
    deliver(_rendered(report, format_, to), to, machine=format_ != "text")
    return _exit_code(report)


def _rendered(report: CheckReport, format_: str, to: Destination) -> str:
    match format_:
        case "json":
            from sgcheck.render.check_json import render
        case "junit":
            from sgcheck.render.check_junit import render
        case "markdown":
            from sgcheck.render.check_markdown import render
        case "github":
            from sgcheck.render.check_github import render
        case _:
            from sgcheck.render import check_text

            return check_text.render(report, width=to.width, color=to.color, ascii_only=to.ascii_only)
    return render(report)


def _exit_code(report: CheckReport) -> Exit:
    if report.failed:
        return Exit.FOUND
    return Exit.UNDECIDED if report.undecided else Exit.OK
