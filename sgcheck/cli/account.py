"""Options that say which account is asked, and with which credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    click.option("--endpoint-url", metavar="URL", help="Ask this endpoint instead of AWS."),
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


def who(
    *,
    profile: str | None = None,
    regions: tuple[str, ...] = (),
    role_arn: str | None = None,
    external_id: str | None = None,
    endpoint_url: str | None = None,
) -> Who:
    """Return what the options say."""
    from sgcheck.sources.live.who import Role, Who

    if external_id and not role_arn:
        raise UsageError("--external-id goes with --role-arn")
    if role_arn and role_arn.count(":") < 5:
        raise UsageError(f"--role-arn {role_arn}: expected arn:aws:iam::ACCOUNT:role/NAME")
    role = Role(role_arn, external_id) if role_arn else None
    return Who(profile, tuple(regions), role, endpoint_url=endpoint_url)
