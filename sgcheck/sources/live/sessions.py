"""Sessions and clients of boto3: one session for each account, clients when they are first needed."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import msgspec

from sgcheck._version import __version__
from sgcheck.errors import AwsError, UsageError
from sgcheck.sources.live.refusals import Refusal, refusals
from sgcheck.sources.live.who import ALL, Role, Who

if TYPE_CHECKING:
    import boto3

_SESSION_NAME = "sgcheck"
_ATTEMPTS = 6


class Caller(msgspec.Struct, frozen=True):
    """Whom AWS takes us for (STS API, GetCallerIdentity)."""

    account: str
    arn: str


class Clients:
    """The clients of one session; threads may share them."""

    def __init__(self, session: Any, who: Who) -> None:
        """Make clients of `session` as `who` says."""
        self._session = session
        self._who = who
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}
        self._sensitive: dict[tuple[str, str], frozenset[str]] = {}

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a Region."""
        # A session makes one client at a time (boto3 guide, sessions: they are not thread-safe).
        with self._lock:
            found = self._made.get((service, region))
            if found is None:
                found = self._session.client(
                    service, region_name=region, endpoint_url=self._who.endpoint_url, config=_config(self._who)
                )
                self._made[service, region] = found
            return found

    def sensitive(self, service: str, region: str, operation: str) -> frozenset[str]:
        """The members of an operation's answer, at any depth, that the API model calls sensitive."""
        found = self._sensitive.get((service, operation))
        if found is None:
            client = self.client(service, region)
            model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
            found = frozenset(_sensitive_members(model.output_shape, set()))
            self._sensitive[service, operation] = found
        return found


def _sensitive_members(shape: Any, seen: set[str]) -> set[str]:
    if shape is None or shape.name in seen:
        return set()
    seen.add(shape.name)
    if shape.type_name == "list":
        return _sensitive_members(shape.member, seen)
    if shape.type_name == "map":
        return _sensitive_members(shape.value, seen)
    found = set()
    for name, member in getattr(shape, "members", {}).items():
        if member.metadata.get("sensitive"):
            found.add(name)
        else:
            found |= _sensitive_members(member, seen)
    return found


def _config(who: Who) -> Any:
    from botocore.config import Config

    told = os.environ.get("AWS_MAX_ATTEMPTS", "")
    return Config(
        retries={"mode": "adaptive", "total_max_attempts": int(told) if told.isdecimal() else _ATTEMPTS},
        max_pool_connections=max(who.threads, 10),
        connect_timeout=5,
        user_agent_extra=f"sgcheck/{__version__}",
    )


def base_session(who: Who) -> boto3.Session:
    """The session that the default chain and `who.profile` make.

    Raises AwsError where the profile or its configuration can't be used.
    """
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.Session(profile_name=who.profile)
    except BotoCoreError as error:
        raise AwsError(f"AWS can't be asked: {_sentence(error)}") from None


def assumed(base: boto3.Session, role: Role, who: Who, region: str) -> boto3.Session:
    """A session with the credentials of `role`, which are renewed before they expire (STS API, AssumeRole)."""
    import boto3
    import botocore.session
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    def sts(service: str, **told: Any) -> Any:
        named = {"region_name": region, "endpoint_url": who.endpoint_url, "config": _config(who)}
        return base.client(service, **{**told, **named})  # type: ignore[call-overload]

    more = {"RoleSessionName": _SESSION_NAME, **({"ExternalId": role.external_id} if role.external_id else {})}
    credentials = base.get_credentials()
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=sts, source_credentials=credentials, role_arn=role.arn, extra_args=more
    )
    made = botocore.session.Session()
    # The API models are large, and the same for every account.
    made.register_component("data_loader", base._session.get_component("data_loader"))  # noqa: SLF001
    renewed = DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
    made._credentials = renewed  # type: ignore[attr-defined]  # noqa: SLF001
    return boto3.Session(botocore_session=made, region_name=region)


def caller(clients: Clients, region: str) -> Caller:
    """Whom AWS takes us for; raises Refusal."""
    with refusals("sts:GetCallerIdentity"):
        told = clients.client("sts", region).get_caller_identity()
    return Caller(told["Account"], told["Arn"])


def first_region(session: Any, who: Who) -> str:
    """The Region that is asked about the account itself; raises UsageError where none is configured."""
    named = [region for region in who.regions if region != ALL]
    found = (named[0] if named else None) or session.region_name or os.environ.get("AWS_REGION")
    if not found:
        hint = "as in --region eu-central-1, or set AWS_DEFAULT_REGION; files are read with -i PATH"
        raise UsageError("which Region? give --region", hint)
    return str(found)


def regions(clients: Clients, who: Who, first: str) -> tuple[str, ...]:
    """The Regions to read; raises Refusal where the account has to be asked and refuses (EC2 API, DescribeRegions)."""
    if ALL not in who.regions:
        return tuple(dict.fromkeys(who.regions)) or (first,)
    with refusals("ec2:DescribeRegions"):
        told = clients.client("ec2", first).describe_regions()
    return tuple(sorted(region["RegionName"] for region in told["Regions"]))


def unasked(refused: Refusal) -> AwsError:
    """The error to end with where nothing at all can be asked."""
    hint = None
    if refused.reason in {"NoCredentialsError", "PartialCredentialsError"}:
        hint = "configure them as for the AWS CLI (aws configure, AWS_PROFILE, --profile), or give files with -i"
    return AwsError(f"AWS can't be asked: {refused.reason}: {refused.detail}", hint)


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text[:1].lower() + text[1:]
