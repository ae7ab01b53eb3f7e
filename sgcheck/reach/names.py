"""Managed services by name: `rds:orders`, its ARN or its DNS name become claims on network interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sgcheck.errors import AmbiguousNameError, UnknownNameError
from sgcheck.model.ref import Missing
from sgcheck.model.services import Service
from sgcheck.reach.claimer import Claimer
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.offers import offer

if TYPE_CHECKING:
    from sgcheck.model.network import Network

KINDS = ("rds", "lambda", "ecs", "elasticache", "redshift", "opensearch", "efs", "eks")
_MARKS = {"rds": ("rds", "rds-proxy")}
_ARN = re.compile(r"^arn:[^:]+:(?P<service>[a-z0-9-]+):(?P<region>[^:]*):(?P<account>[^:]*):(?P<resource>.+)$")
_KIND_OF_ARN = {"es": "opensearch", "elasticfilesystem": "efs"}
_GLOB = re.compile(r"[*?\[]")


def find_service(network: Network, word: str, option: str) -> End | None:
    """The services that `word` names, None where it is no name of a service.

    word: `rds:orders`, `rds:*`, or an ARN. Raises UnknownNameError (with the nearest names, or what to
    collect) and AmbiguousNameError (with the ARNs) for what looks like a service and is none.
    """
    arn = _ARN.match(word)
    if arn:
        kind = _KIND_OF_ARN.get(arn.group("service"), arn.group("service"))
        return _by_arn(network, word, kind, arn, option) if kind in KINDS else None
    kind, colon, pattern = word.partition(":")
    if colon and kind.lower() in KINDS:
        return _by_name(network, word, kind.lower(), pattern, option)
    return None


def find_by_dns(network: Network, word: str) -> End | None:
    """The services that clients ask for by this DNS name, None where it is nobody's."""
    name = word.rstrip(".").lower()
    if "." not in name:
        return None
    found = [s for s in network.services if name in s.dns]
    near = [s for s in network.services if name in s.zonal]
    return _end(network, word, found or near, zonal=not found) if found or near else None


def dns_names(network: Network) -> list[str]:
    """Every DNS name of a service."""
    return sorted({name for service in network.services for name in (*service.dns, *service.zonal)})


def _by_arn(network: Network, word: str, kind: str, arn: re.Match[str], option: str) -> End:
    """By the name that the record has, else by the last part of the ARN in its account and Region."""
    known = _known(network, kind)
    found = [s for s in known if s.full == word]
    if not found:
        resource = re.sub(r"^function:([^:]+):.+$", r"function:\1", arn.group("resource"))
        name = re.split(r"[:/]", resource, maxsplit=1)[-1]
        place = arn.group("account"), arn.group("region")
        found = [s for s in known if _is(s, name) and s.full is None and _may_lie(s, *place)]
        found = found or [s for s in known if s.full == word.rpartition(":")[0] and kind == "lambda"]
    if not found:
        raise _nobody(network, word, kind, [s.full for s in known if s.full] or [s.title for s in known], option)
    return _end(network, word, found)


def _may_lie(service: Service, account: str, region: str) -> bool:
    return service.account in (None, "", account) and service.region in (None, "", region)


def _by_name(network: Network, word: str, kind: str, pattern: str, option: str) -> End:
    known = _known(network, kind)
    found = [s for s in known if _is(s, pattern)]
    if not found:
        raise _nobody(network, word, kind, [s.title for s in known], option)
    several = sorted({s.full or s.title for s in found})
    if len({s.same for s in found}) > 1 and not _GLOB.search(pattern):
        raise AmbiguousNameError(
            f"{option} {word}: several resources have this name", f"candidates: {', '.join(several)}"
        )
    return _end(network, f"{kind}:{pattern}", found)


def _is(service: Service, pattern: str) -> bool:
    """Whether a pattern means a service, by its whole name or by the part behind the cluster's."""
    short = service.id.rpartition("/")[2]
    return fnmatchcase(service.id, pattern) or ("/" not in pattern and fnmatchcase(short, pattern))


def _nobody(network: Network, word: str, kind: str, names: Iterable[str], option: str) -> UnknownNameError:
    hint = offer(word, names)
    if hint is not None:
        return UnknownNameError(f"{option} {word}: no such resource in the input", hint)
    collect = network.vocabulary.collect(Missing(kind, "", ""))
    return UnknownNameError(
        f"{option} {word}: nothing in the input says which interfaces are its own", f"collect it: {collect}"
    )


def _known(network: Network, kind: str) -> list[Service]:
    """The services of a kind: those with records, else those that descriptions of interfaces name."""
    told = [s for s in network.services if s.kind == kind]
    if told:
        return told
    marks = _MARKS.get(kind, (kind,))
    named = sorted({(mark, name) for mark in marks for name, _id in network.directory.marked.get(mark, ()) if name})
    if kind == "ecs":
        return []  # these name attachments, which nobody knows
    return [Service(kind, name, mark=mark, named=frozenset({name})) for mark, name in named]


def _end(network: Network, text: str, found: list[Service], *, zonal: bool = False) -> End:
    claimer = Claimer(network)
    claims = tuple(claimer.claim(service) for service in found)
    ids = tuple(sorted({id_ for claim in claims for id_ in claim.interfaces}))
    return End(Kind.SERVICE, text, interfaces=ids, claims=claims, zonal=zonal)
