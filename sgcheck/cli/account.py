"""Options that say which account is asked, and with which credentials."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sgcheck.cli.guard import note
from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.sources.live.who import Who

F = TypeVar("F", bound="Callable[..., Any]")

_OPTIONS = (
    click.option("--profile", metavar="NAME", help="The profile of the AWS configuration to ask with."),
    click.option(
        "--region",
        "regions",
        metavar="REGION",
        multiple=True,
        help="The Region to read; repeatable, or all for every Region that the account has enabled.",
    ),
    click.option("--role-arn", metavar="ARN", help="Assume this role first."),
    click.option("--external-id", metavar="ID", help="What the role's trust policy asks for."),
    click.option(
        "--accounts",
        metavar="FILE",
        type=click.Path(),
        help="Read the accounts of FILE: a role's ARN a line, with its external id after it if it has one, or self.",
    ),
    click.option("--org", metavar="ROLE", help="Read every account of the organization, by the role of this name."),
    click.option("--endpoint-url", metavar="URL", help="Ask this endpoint instead of AWS."),
    click.option("-v", "--verbose", is_flag=True, help="Say on standard error how many calls it took."),
)


def account_options(function: F) -> F:
    """Add the options; the function takes them as `**account`, for `who`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def refuse_account(account: Mapping[str, Any]) -> None:
    """Raise UsageError where options for the live account are given together with files."""
    given = [name for name, value in account.items() if value and name != "verbose"]
    if given:
        raise UsageError(f"--{given[0].removesuffix('s').replace('_', '-')} is for the live account, not for files")


def who(*, accounts: str | None = None, org: str | None = None, verbose: bool = False, **told: Any) -> Who:
    """Return what the options say."""
    from sgcheck.sources.live import who as people

    del verbose
    return people.who(accounts=_lines(accounts) if accounts else (), organization_role=org, **told)


def _lines(file: str) -> list[str]:
    """The lines of a file that say something."""
    from pathlib import Path

    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: can't be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    found = [words for line in text.splitlines() if (words := line.partition("#")[0].strip())]
    if not found:
        raise UsageError(f"{file}: lists no account", "expected a role's ARN a line: arn:aws:iam::ACCOUNT:role/NAME")
    return found


@contextmanager
def timed(account: Mapping[str, Any]) -> Iterator[list[int]]:
    """Say how many calls the body made, which it appends; only on a terminal or with `--verbose`."""
    from time import monotonic

    from sgcheck.cli.progress import on_terminal

    began = monotonic()
    calls: list[int] = []
    yield calls
    if account.get("verbose") or on_terminal():
        note(f"asked AWS: {sum(calls)} calls in {monotonic() - began:.1f} s")


def load_account(ends: Sequence[str], account: Mapping[str, Any], *, checks: bool = False) -> Snapshot:
    """Return what the live account says of these ends; `account` is what the options say.

    checks: the status checks of instances belong to it.
    """
    from sgcheck.sources.live.loading import load

    with timed(account) as calls:
        loaded = load(who(**account), ends, checks=checks)
        calls.append(loaded.calls)
    return loaded.snapshot
