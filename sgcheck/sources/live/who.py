"""Who asks, and where: what the options of the command line say, without any of boto3."""

from __future__ import annotations

import re

import msgspec

from sgcheck.errors import UsageError

_ROLE = re.compile(r"arn:[a-z0-9-]+:iam::\d{12}:role/\S+")
ALL = "all"
"""The word for every Region that the account has enabled."""
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


def role_arn(text: str) -> str:
    """The ARN of a role; raises UsageError where it is none (IAM user guide: identifiers)."""
    if not _ROLE.fullmatch(text):
        raise UsageError(f"{text}: expected the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME")
    return text


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
