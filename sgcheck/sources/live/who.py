"""Who asks, and where: what the options of the command line say, without any of boto3."""

from __future__ import annotations

import msgspec

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


class Who(msgspec.Struct, frozen=True):
    """Credentials and places, each as boto3's default chain has it where nothing is said.

    profile: a profile of the AWS configuration. regions: names of Regions, or `all`. role: assumed with those
    credentials before anything is asked. roles: one for each account to read instead of the one that the credentials
    belong to. organization_role: the name of a role in every account of the organization. endpoint_url: asked instead
    of AWS.
    """

    profile: str | None = None
    regions: tuple[str, ...] = ()
    role: Role | None = None
    roles: tuple[Role, ...] = ()
    organization_role: str | None = None
    endpoint_url: str | None = None
    threads: int = THREADS
