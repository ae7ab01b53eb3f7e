"""Managed services by name: `rds:orders`, its ARN or its DNS name become claims on network interfaces.

A provider describes such an interface as one of the service and does not always say whose: the candidates are those in
the service's subnets with exactly its groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sgcheck.errors import AmbiguousNameError, UnknownNameError
from sgcheck.model.ref import Missing
from sgcheck.model.services import Service
from sgcheck.reach.ends import Claim, End, Kind
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

    word: `rds:orders`, `rds:*`, an ARN, or a DNS name. Raises UnknownNameError (with the nearest names, or what to
    collect) and AmbiguousNameError (with the ARNs) for what looks like a service and is none.
    """
    arn = _ARN.match(word)
    if arn:
        kind = _KIND_OF_ARN.get(arn.group("service"), arn.group("service"))
        return _by_arn(network, word, kind, arn, option) if kind in KINDS else None
    kind, colon, pattern = word.partition(":")
    if colon and kind.lower() in KINDS:
        return _by_name(network, word, kind.lower(), pattern, option)
    name = word.rstrip(".").lower()
    if "." not in name:
        return None
    found = [s for s in network.services if name in s.dns]
    near = [s for s in network.services if name in s.zonal]
    return _end(network, word, found or near, zonal=not found) if found or near else None


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
    claims = tuple(claim_of(network, service) for service in found)
    ids = tuple(sorted({id_ for claim in claims for id_ in claim.interfaces}))
    return End(Kind.SERVICE, text, interfaces=ids, claims=claims, zonal=zonal)


def claim_of(network: Network, service: Service) -> Claim:
    """The interfaces that may be those of a service, and who else may have them."""
    own = candidates(network, service)
    rivals = tuple(sorted(s.title for s in _rivals(network, service) if set(candidates(network, s)) & set(own)))
    several = len(own) > 1 and (service.single or bool(rivals)) and not service.shared
    return Claim(service, own, several, rivals)


def _rivals(network: Network, service: Service) -> Iterable[Service]:
    if service.interfaces is not None or service.shared or not service.mark:
        return
    parts = {service.id, *service.members}
    for other in network.services:
        if other.kind == service.kind and other.mark == service.mark and not other.members and other.id not in parts:
            yield other


def candidates(network: Network, service: Service) -> tuple[str, ...]:
    """The interfaces that a service is known to have, or may have, in the order of their ids."""
    if service.interfaces is not None:
        return tuple(sorted(id_ for id_ in service.interfaces if id_ in network.interfaces))
    if service.members:
        parts = [
            s for s in network.services if s.kind == service.kind and s.id in service.members and _beside(s, service)
        ]
        return tuple(sorted({id_ for part in parts for id_ in candidates(network, part)}))
    found = [id_ for name, id_ in network.directory.marked.get(service.mark, ()) if _fits(network, service, name, id_)]
    asked = [id_ for id_ in found if _has_address(network, service, id_)]
    return tuple(sorted(asked or found))


def _beside(part: Service, whole: Service) -> bool:
    return (part.account, part.region) == (whole.account, whole.region)


def _fits(network: Network, service: Service, name: str, id_: str) -> bool:
    if service.named and name and name not in service.named:
        return False
    interface = network.interfaces[id_]
    if service.subnets is not None and interface.subnet not in service.subnets:
        return False
    return service.groups is None or interface.groups == service.groups


def _has_address(network: Network, service: Service, id_: str) -> bool:
    return any((a.family, a.value) in service.addresses for a in network.interfaces[id_].addresses)
