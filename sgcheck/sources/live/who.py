"""Who asks, and where: what the options of the command line say, without any of boto3."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from sgcheck.errors import UsageError

_ROLE = re.compile(r"arn:[a-z0-9-]+:iam::\d{12}:role/\S+")
ALL = "all"
"""The word for every Region that the account has enabled."""
SELF = "self"
"""The word for the account that the credentials belong to."""
THREADS = 16
"""Calls at the same time; more make AWS throttle one account rather than answer faster."""


class Role(msgspec.Struct, frozen=True):
    """A role to assume. arn: its ARN, which names the account. external_id: what its trust policy may ask for."""

    arn: str
    external_id: str | None = None

    @property
    def account(self) -> str:
        """The account of the role."""
        return self.arn.split(":")[4]


def role(arn: str, external_id: str | None = None) -> Role:
    """A role; raises UsageError where `arn` is not the ARN of one (IAM user guide: identifiers)."""
    if not _ROLE.fullmatch(arn):
        raise UsageError(f"{arn}: expected the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME")
    return Role(arn, external_id or None)


class Who(msgspec.Struct, frozen=True):
    """Credentials and places, each as boto3's default chain has it where nothing is said.

    profile: a profile of the AWS configuration. regions: names of Regions, or `all`. role: assumed with those
    credentials before anything is asked. roles: one for each account to read. organization_role: the name of a role in
    the other accounts of the organization, all of which are read. own: whether the account that the credentials belong
    to is read, too. endpoint_url: asked instead of AWS.
    """

    profile: str | None = None
    regions: tuple[str, ...] = ()
    role: Role | None = None
    roles: tuple[Role, ...] = ()
    organization_role: str | None = None
    own: bool = True
    endpoint_url: str | None = None
    threads: int = THREADS


def who(
    *,
    profile: str | None = None,
    regions: Sequence[str] = (),
    role_arn: str | None = None,
    external_id: str | None = None,
    accounts: Sequence[str] = (),
    organization_role: str | None = None,
    endpoint_url: str | None = None,
) -> Who:
    """Who asks, from plain words.

    accounts: a role's ARN for each account to read, its external id after a space if it has one; `self` is the account
    that the credentials belong to, which is read in any case where nothing is listed. Raises UsageError.
    """
    if external_id and not role_arn:
        raise UsageError("an external id goes with the ARN of a role")
    listed = [word.split(None, 1) for word in accounts if word != SELF]
    return Who(
        profile=profile,
        regions=tuple(regions),
        role=role(role_arn, external_id) if role_arn else None,
        roles=tuple(role(*words) for words in listed),
        organization_role=organization_role,
        own=not accounts or SELF in accounts,
        endpoint_url=endpoint_url,
    )
