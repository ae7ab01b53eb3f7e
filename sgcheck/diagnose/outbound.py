"""Whether an instance could get from the network what its user data needs: packages, images, downloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.servers import Deed
from sgcheck.errors import UsageError
from sgcheck.model.endpoints import EndpointKind
from sgcheck.packets import AddressSet
from sgcheck.reach.answer import Explanation, Verdict
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question

if TYPE_CHECKING:
    from sgcheck.model.network import Network

MOST_BLOCKS = 100
"""Blocks that the internet is asked about in, where only a part of it is reached."""
_AMAZON_LINUX = "Amazon Linux"
_MIRRORS = frozenset(
    {"the image's package mirror", *(f"the package mirror of {m}" for m in ("dnf", "yum", "microdnf"))}
)
_EXTRAS = "the package mirror of amazon-linux-extras"


def cut_off(network: Network, instance: str, deeds: Iterable[Deed], system: str | None) -> Iterator[tuple[Says, str]]:
    """What user data needs and the instance has no way to, and what can't be decided.

    system: the image's, as far as it is known. Amazon Linux has its mirrors in S3, which a gateway endpoint leads to
    without the internet (VPC user guide, vpc-endpoints-s3).
    """
    needs = dict.fromkeys(deed.needs for deed in deeds if deed.needs)
    answers = {
        port: _asked(network, instance, "internet", port) for port in dict.fromkeys(port for _what, port in needs)
    }
    for what, port in needs:
        answer = answers[port]
        verdict = _way_out(network, instance, port, answer) if answer else Verdict.REACHABLE
        if answer is None or verdict is Verdict.REACHABLE:
            continue
        of_amazon = what == _EXTRAS or (what in _MIRRORS and (system is None or system.startswith(_AMAZON_LINUX)))
        s3 = _over_s3(network, instance) if of_amazon else None
        if s3 is not None and (what == _EXTRAS or system is not None):
            continue
        yield _told(what, port, verdict, answer.summary, s3)


def _way_out(network: Network, instance: str, port: int, answer: Explanation) -> Verdict:
    """Whether an instance gets to the internet beyond the services that endpoints lead to.

    A part of the internet decides nothing, unless it is only those services.
    """
    if answer.verdict is not Verdict.PARTIAL:
        return answer.verdict
    if any(a.verdict is not Verdict.BLOCKED for a in answer.answers if ":" in (a.target.address or "")):
        return Verdict.UNKNOWN
    blocks = (network.internet.only(4) - _services(network, instance)).cidrs()
    asked = {_verdict(network, instance, block, port) for block in blocks[:MOST_BLOCKS]}
    return asked.pop() if len(asked) == 1 and len(blocks) <= MOST_BLOCKS else Verdict.UNKNOWN


def _services(network: Network, instance: str) -> AddressSet:
    """The addresses of services that the instance's route tables lead to endpoints."""
    host = network.instances.get(instance)
    found = AddressSet.EMPTY
    for id_ in host.interfaces if host else ():
        interface = network.interfaces.get(id_)
        subnet = network.subnets.get(interface.subnet) if interface else None
        table = network.table_for(subnet) if subnet else None
        found |= AddressSet.union_all([r.addresses for r in table.routes if r.service] if table else [])
    return found


def _verdict(network: Network, instance: str, target: str, port: int) -> Verdict:
    answer = _asked(network, instance, target, port)
    return answer.verdict if answer else Verdict.UNKNOWN


def _told(what: str, port: int, verdict: Verdict, summary: str, s3: str | None) -> tuple[Says, str]:
    needs = f"user data needs {what} (port {port}/tcp)"
    if s3 is not None:
        return Says.NOTHING, f"{needs}: {s3} leads there if the image is Amazon Linux, and nothing does otherwise"
    if verdict is not Verdict.BLOCKED:
        return Says.NOTHING, f"{needs}: whether it gets there can't be decided. {summary}"
    return Says.USER_DATA_CUT_OFF, f"{needs}, and has no way there. {summary}"


def _over_s3(network: Network, instance: str) -> str | None:
    """The gateway endpoint that leads an instance to S3, if one does."""
    host = network.instances.get(instance)
    vpcs = {network.interfaces[i].vpc for i in host.interfaces if i in network.interfaces} if host else set()
    for endpoint in network.endpoints.values():
        service = endpoint.service or ""
        if endpoint.kind is EndpointKind.GATEWAY and endpoint.vpc in vpcs and service.endswith(".s3"):
            answer = _asked(network, instance, endpoint.id, 443)
            if answer is not None and answer.verdict is Verdict.REACHABLE:
                return endpoint.id
    return None


def _asked(network: Network, instance: str, target: str, port: int) -> Explanation | None:
    """The answer to one question, None where it can't be asked of this network."""
    try:
        return explain(network, Question.parse(instance, target, str(port)), verify=False)
    except UsageError:
        return None
