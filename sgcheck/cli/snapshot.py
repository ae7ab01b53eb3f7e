"""`sgcheck snapshot`: read the account and keep what it said; what is in a snapshot, and one that can be shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sgcheck.cli.account import account_options, refuse_account
from sgcheck.cli.collect import collect
from sgcheck.cli.guard import note
from sgcheck.cli.options import CONTEXT, color_option, format_option, input_option, output_option
from sgcheck.cli.output import Destination, deliver, deliver_data, destination
from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sgcheck.sources.summary import Summary

KEY = "SGCHECK_REDACT_KEY"

_SHORT = "Read the account and keep what it said; show a snapshot, or make it safe to share."
_HELP = """
Read everything that decides about reachability, and write it to a file that -i takes.

Only calls that read are made, and secrets are never kept. What AWS refuses to show stands in the file as a gap, with
the permission that is missing; the rest is read all the same. FILE appears when everything has been read; until then
what was read stands in the folder FILE.parts, and the same command goes on where it was interrupted.

--show says from when a FILE is, who collected it, its accounts and Regions, how many records of each kind it has, and
what is missing, with the IAM action that would allow it.

--redact gives accounts, names, tag values and public addresses others. Every answer stays the same but for them. The
result is one file, or with a name that ends in .zip as many as there were.

--index writes an index beside each FILE, or beside the one that -o makes: FILE.sgindex. A question about a large file
then reads only what it needs. It is checked whenever it is used, made anew where FILE has changed, and can be deleted.

\b
Examples:
  sgcheck snapshot -o snap.json.gz
  sgcheck snapshot -o snap.json.gz --profile audit --region eu-central-1 --region eu-west-1
  sgcheck snapshot --show snapshot.json.gz
  sgcheck snapshot --show -f json snapshot.json.gz network.json
  sgcheck snapshot -i network.json --redact -o clean.json.gz
  sgcheck snapshot -i snapshot/ --redact -o clean.zip
  sgcheck snapshot --index snap.json.gz

Two snapshots that are redacted with the same key can be compared; without a key it is a random one for each run.
"""


@click.command("snapshot", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(allow_dash=True))
@click.option("--show", is_flag=True, help="Show what is in each FILE.")
@click.option("--redact", is_flag=True, help="Write the input with other accounts, names and public addresses.")
@click.option(
    "--redact-key",
    metavar="TEXT",
    envvar=KEY,
    show_envvar=True,
    help="What the others are chosen by: long, and kept secret. [default: random]",
)
@click.option("--index", is_flag=True, help="Write an index beside each FILE, or beside what is collected.")
@input_option
@format_option("text", "json")
@output_option
@click.option("--resume/--no-resume", default=True, help="Go on where a collection into FILE stopped, or begin anew.")
@color_option
@account_options
def command(
    *,
    files: tuple[str, ...],
    show: bool,
    redact: bool,
    redact_key: str | None,
    index: bool,
    inputs: tuple[str, ...],
    format_: str,
    output: str | None,
    resume: bool,
    color: bool | None,
    **account: Any,
) -> None:
    """Collect, show, redact or index."""
    if show + redact + index > 1:
        raise UsageError("say only one of --show, --redact and --index")
    named = bool(files) or (
        bool(inputs) and click.get_current_context().get_parameter_source("inputs") is ParameterSource.COMMANDLINE
    )
    if not show and not redact and not (index and (named or not output)):
        if named:
            raise UsageError("say --show, --redact or --index", "without them the live account is read, and no FILE")
        collect(output, account, resume=resume)
        if index:
            _index([output or ""])
        return
    refuse_account(account)
    paths = [path for path in (*files, *inputs) if path]
    if not paths:
        raise UsageError("no input: name a FILE, or say -i PATH")
    if paths.count("-") > 1:
        raise UsageError("standard input can be read only once")
    if index:
        if output:
            raise UsageError("-o says where to collect to, and --index has a FILE", "an index stands beside its FILE")
        _index(paths)
        return
    to = destination(output, color)
    if redact:
        _redact(paths, redact_key, to)
        return
    from sgcheck.sources.summary import summaries

    deliver(_rendered(summaries(paths), format_, to), to, machine=format_ != "text")


def _index(paths: Sequence[str]) -> None:
    from sgcheck.render.escape import visible
    from sgcheck.sources.index.building import build_index

    for path in paths:
        note(f"wrote {visible(build_index(path))}")


def _redact(paths: Sequence[str], redact_key: str | None, to: Destination) -> None:
    if redact_key == "":
        raise UsageError("--redact-key is empty", "leave it out for a random key")
    from sgcheck.sources.redact import redacted_files
    from sgcheck.sources.redaction.key import Key

    deliver_data(redacted_files(paths, Key(redact_key), to.path or ""), to)


def _rendered(shown: Sequence[Summary], format_: str, to: Destination) -> str:
    if format_ == "json":
        from sgcheck.render import summary_json

        return summary_json.render(shown)
    from sgcheck.render import summary_text

    return summary_text.render(shown, width=to.width, color=to.color, ascii_only=to.ascii_only)
