"""`sgcheck diagnose`: a symptom, the configuration and evidence become ranked causes."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from sgcheck.cli.account import account_options, who
from sgcheck.cli.options import CONTEXT, color_option, format_option, input_options, load_network, output_option
from sgcheck.cli.output import Destination, deliver, destination
from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sgcheck.diagnose.context import Context
    from sgcheck.diagnose.evidence import Clue
    from sgcheck.diagnose.readers import Given
    from sgcheck.diagnose.recognise import Recognised
    from sgcheck.diagnose.result import Diagnosis

_SHORT = "Why a connection fails: symptom and evidence become ranked causes."
_HELP = """
Rank what may be the cause of what a client sees, by the configuration, the symptom and the evidence at hand.

SYMPTOM is a name (timeout, refused, reset, stall, no-route-to-host, no-reply, dns, permission-denied, http-504, ...),
or the whole message that ssh, curl, psql, a browser or another program printed; - reads it from standard input.

\b
Examples:
  sgcheck diagnose --to i-0123456789abcdef0 --port 80 --observed timeout -i network.json
  sgcheck diagnose --from i-0a1 --to rds:orders --port postgres --observed - -i snapshot/ -f json
  sgcheck diagnose --to lb:web --port 443 --observed "502 Bad Gateway" -i network.json
  sgcheck diagnose --to i-0123456789abcdef0 --port 80 --observed timeout --athena logs.vpc --since 3h

Each cause says what speaks for it and against it, what would tell it apart, and what to type next.
"""


@click.command("diagnose", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.option("--to", "target", metavar="END", required=True, help="What is not reached, as explain has it.")
@click.option("--port", metavar="PORT", required=True, help="443, 53/udp, https, icmp, ...; tcp when unsaid.")
@click.option("--from", "source", metavar="END", help="Where the client is. [default: internet]")
@click.option("--observed", metavar="SYMPTOM", help="What the client sees: a name, a pasted message, or -.")
@click.option("--probe", is_flag=True, help="Try it once from this machine; what comes of it is what is observed.")
@click.option("--tries", metavar="N", type=int, help="How often to try with --probe. [default: 1]")
@click.option("--source-ip", metavar="ADDRESS", help="The address that this machine has there; it stands for --from.")
@click.option("--flow-logs", metavar="PATH", multiple=True, help="VPC flow logs: a file or folder. Repeatable.")
@click.option("--log-format", metavar="FORMAT", help="The fields of the flow logs, where the files do not name them.")
@click.option(
    "--athena", metavar="DATABASE.TABLE", help="VPC flow logs in a table of Amazon Athena, which bills the query."
)
@click.option("--athena-workgroup", metavar="NAME", help="The workgroup to ask in. [default: primary]")
@click.option("--athena-output", metavar="S3-URI", help="Where Athena puts results, unless the workgroup says it.")
@click.option("--since", metavar="TIME", help="Look at flow logs from then on: 3h, 2d, 2026-05-31T14:00. Athena: 3h.")
@click.option("--until", metavar="TIME", help="Look at flow logs up to then.")
@click.option("--listeners", metavar="FILE", multiple=True, help="What ss -ltnup, netstat or lsof print on the target.")
@click.option("--user-data", metavar="FILE", multiple=True, help="The instance's user data.")
@click.option("--console", metavar="FILE", multiple=True, help="What aws ec2 get-console-output prints.")
@click.option("--compare-with", metavar="END", help="A target that works: what is different between both?")
@click.option(
    "--evidence-free",
    is_flag=True,
    help="Judge by the configuration and the symptom alone, not by target health and instance states either.",
)
@input_options
@account_options
@format_option("text", "json", "markdown")
@output_option
@color_option
def command(
    *,
    target: str,
    port: str,
    source: str | None,
    observed: str | None,
    probe: bool,
    tries: int | None,
    source_ip: str | None,
    flow_logs: tuple[str, ...],
    log_format: str | None,
    athena: str | None,
    athena_workgroup: str | None,
    athena_output: str | None,
    since: str | None,
    until: str | None,
    listeners: tuple[str, ...],
    user_data: tuple[str, ...],
    console: tuple[str, ...],
    compare_with: str | None,
    evidence_free: bool,
    inputs: tuple[str, ...],
    onto: str | None,
    parameters: tuple[str, ...],
    format_: str,
    output: str | None,
    color: bool | None,
    **account: Any,
) -> None:
    """Rank the causes."""
    if source and source_ip:
        raise UsageError("--from and --source-ip both say where the client is", "give one of them")
    if source_ip:
        _refuse_other_than_address(source_ip)
    if tries is not None and not probe:
        raise UsageError("--tries is for --probe")
    if log_format and not flow_logs and athena is None:
        raise UsageError("--log-format is for --flow-logs")
    from sgcheck.diagnose.readers import Given, clues_of
    from sgcheck.reach.question import Question

    given = (
        *_flow_logs(flow_logs, log_format, since, until, athena, athena_workgroup, athena_output, account),
        Given("--listeners", listeners),
        Given("--user-data", user_data),
        Given("--console", console),
    )
    if evidence_free and (probe or any(one.values for one in given)):
        raise UsageError("--evidence-free judges without evidence, and evidence is given", "leave one of them out")
    question = Question.parse(source or source_ip or "internet", target, port)
    # First of all, since it says so where both would be read from standard input.
    ends = [question.source, question.target, *([compare_with] if compare_with else ())]
    if user_data:
        ends.append("internet")  # where it gets packages from
    from_stdin = [observed] if observed == "-" else []
    # Athena is asked with the account's options, also where the network is read from files.
    told = {key: account[key] for key in ("accounts", "org")} if athena and any(inputs) else account
    network = load_network(
        inputs, from_stdin, ends=ends, account=told, checks=not evidence_free, onto=onto, parameters=parameters
    )
    seen = _observed(observed)
    from sgcheck.diagnose.context import Context
    from sgcheck.diagnose.diagnose import diagnose
    from sgcheck.reach.explain import explain

    context = Context(network, question, explain(network, question), source_assumed=not (source or source_ip))
    clues = clues_of(given, context)
    if probe:
        tried, more = _probed(context, 1 if tries is None else tries, source_known=source_ip is not None)
        seen, clues = seen or tried, [*more, *clues]
    if compare_with:
        clues += _compared(context, compare_with)
    diagnosis = diagnose(context, seen, clues, own=not evidence_free)
    to = destination(output, color)
    deliver(_rendered(diagnosis, format_, to), to, machine=format_ != "text")


def _flow_logs(
    paths: tuple[str, ...],
    log_format: str | None,
    since: str | None,
    until: str | None,
    athena: str | None,
    workgroup: str | None,
    output: str | None,
    account: Mapping[str, Any],
) -> tuple[Given, ...]:
    """Where the flow logs are: in files or in Athena. Raises UsageError for what does not go together."""
    _refuse_alone({"--athena-workgroup": workgroup, "--athena-output": output}, athena, "--athena")
    _refuse_alone({"--since": since, "--until": until}, athena or paths, "--flow-logs and --athena")
    if paths and athena is not None:
        raise UsageError("--flow-logs and --athena both say where the flow logs are", "give one of them")
    if athena is not None and log_format:
        raise UsageError("--log-format is for files: a table of Athena names its columns itself")
    if not paths and athena is None:
        return ()
    from time import time

    from sgcheck.diagnose.flowlogs.window import window
    from sgcheck.diagnose.readers import Given

    asked = window(since, until, int(time()))
    if athena is None:
        return (Given("--flow-logs", paths, log_format, asked.since, asked.until),)

    from sgcheck.sources.live.athena import connect, parse_name

    parse_name(athena)
    ask = partial(connect, who(**account), workgroup=workgroup, output=output)
    return (Given("--athena", (athena,), None, asked.since, asked.until, ask),)


def _refuse_alone(options: Mapping[str, str | None], with_: object, names: str) -> None:
    for option, value in options.items():
        if value and not with_:
            raise UsageError(f"{option} is for {names}")


def _refuse_other_than_address(text: str) -> None:
    from ipaddress import ip_address

    try:
        ip_address(text.strip())
    except ValueError:
        raise UsageError(f"--source-ip {text}: not an address", "give the one that the target sees") from None


def _observed(text: str | None) -> Recognised | None:
    if text is None:
        return None
    from sgcheck.diagnose.recognise import recognise

    return recognise(sys.stdin.read() if text == "-" else text)


def _probed(context: Context, tries: int, *, source_known: bool) -> tuple[Recognised | None, list[Clue]]:
    from sgcheck.diagnose.probing import probed

    return probed(context, tries=tries, source_known=source_known)


def _compared(context: Context, good: str) -> list[Clue]:
    from sgcheck.diagnose.comparing import compared

    return compared(context, good)


def _rendered(diagnosis: Diagnosis, format_: str, to: Destination) -> str:
    if format_ == "json":
        from sgcheck.render import diagnose_json

        return diagnose_json.render(diagnosis)
    if format_ == "markdown":
        from sgcheck.render import diagnose_markdown

        return diagnose_markdown.render(diagnosis)
    from sgcheck.render import diagnose_text

    return diagnose_text.render(diagnosis, width=to.width, color=to.color, ascii_only=to.ascii_only)
