"""Causes that reconcile a configuration and a sight that contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.cause import Cause, Where
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.symptoms import ANSWERED, PAST_THE_NETWORK, SILENCE
from sgcheck.diagnose.symptoms import Symptom as Sees
from sgcheck.diagnose.weigh import EXCLUDES, EXPLAINS, NAMES, USUAL, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.diagnose.case import Case

_ANSWERED = tuple(symptom for symptom in Sees if symptom in ANSWERED)
_ANY = (*_ANSWERED, *(symptom for symptom in Sees if symptom in SILENCE), Sees.NO_ROUTE_TO_HOST)
_OR_SOMETIMES = (*_ANY, Sees.INTERMITTENT)
_REJECTED = (
    Says.REJECTED_AT_TARGET,
    Says.REJECTED_AT_SOURCE,
    Says.REPLY_REJECTED_AT_TARGET,
    Says.REPLY_REJECTED_AT_SOURCE,
    Says.BLOCKED_PUBLIC_ACCESS,
)
_THERE = (Says.ARRIVED, Says.ANSWERED, Says.REFUSED, Says.REFUSED_BY_ICMP)

_WHO_CHANGED = (
    "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=ec2.amazonaws.com "
    "--max-results 20"
)
_NO_PUBLIC = "INSTANCE_HAS_NO_PUBLIC_IP"
_UNUSED = frozenset({"ADDRESS_NOT_IN_USE", "ENI_NOT_ATTACHED", "NO_POSSIBLE_DESTINATION"})
# How near misses say that a rule would do for another source (reach/near.py).
OTHER_SOURCE = ("these packets come from", "is no member of it", "these packets show")


def _beside_logs(case: Case) -> Iterator[Reason]:
    """What a log shows of the filters is what they were; a configuration that says otherwise is of another time."""
    let_in, held_back = case.says(*_THERE, Says.SILENT), case.says(*_REJECTED)
    if (case.delivers and held_back) or (case.blocks and let_in):
        yield Reason(NAMES, "what was logged is not what the configuration would do")
    elif (case.delivers and let_in) or (case.blocks and held_back):
        yield Reason(EXCLUDES, "what was logged is what the configuration would do")


def _rule_for_others(case: Case) -> Iterator[Reason]:
    for _answer, blocker in () if case.proxied else case.blockers:
        miss = next((m for m in blocker.near_misses if any(word in m for word in OTHER_SOURCE)), None)
        if miss is not None:
            points = USUAL if case.sees_only(PAST_THE_NETWORK - {Sees.CONNECTED}) else EXPLAINS
            yield Reason(points, f"another source is let in: {miss}")
            return


def _seen_by_logs(case: Case) -> Iterator[Reason]:
    if case.delivers and case.says(*_THERE, *_REJECTED, Says.SILENT):
        yield Reason(EXCLUDES, "the logs have the packets with the asked source")


def _address_gone(case: Case) -> Iterator[Reason]:
    if _NO_PUBLIC in case.codes:
        yield Reason(EXPLAINS, "the target has no such address now, so that whoever answers is somebody else")


def _may_be_stranger(case: Case) -> bool:
    if any(answer.target.kind == "load-balancer" for answer in case.answers):
        return False
    return _NO_PUBLIC in case.codes or case.public


def _answers_instead(case: Case) -> bool:
    """Whether somebody answered, and not the target, as far as configuration and logs tell."""
    return (
        case.blocks or bool(case.says(Says.NEVER_ARRIVED, *_REJECTED)) or (case.proxied and case.sees({Sees.REFUSED}))
    )


def _nobody_has_it(case: Case) -> Iterator[Reason]:
    if case.codes & _UNUSED:
        yield Reason(EXPLAINS, "no known interface has this address")


def _rejected_before_aws(case: Case) -> Iterator[Reason]:
    if case.blocks and case.sees_only({Sees.NO_ROUTE_TO_HOST}):
        yield Reason(USUAL, "what AWS blocks it drops without a word: somebody else says this")


DOUBT_CAUSES = (
    Cause(
        "BALANCER_ADDRESS_CHANGED",
        Where.DOUBT,
        "The client uses an address that the balancer had before: they change, and only its DNS name does not.",
        explains=_ANY,
        goes_with=(Says.NEVER_ARRIVED,),
        excludes=(*_THERE, *_REJECTED, Says.SILENT),
        only=lambda case: case.proxied,
        sign="the address that the client uses is none of those that `dig` gives for the balancer's DNS name",
        next=("{show_names}", "dig +short NAME   # against the address that the client uses"),
    ),
    Cause(
        "STRANGER_HAS_THE_ADDRESS",
        Where.DOUBT,
        "The address that the client uses is not the target's any more: a public address is given back at every stop, "
        "and somebody else may have it now.",
        explains=_ANY,
        goes_with=(Says.NEVER_ARRIVED,),
        excludes=(*_THERE, *_REJECTED, Says.SILENT),
        only=_may_be_stranger,
        sign="the address that the client uses is not the one that describe-instances shows",
        next=(
            "aws ec2 describe-instances {instance_ids}--query 'Reservations[].Instances[].PublicIpAddress'",
            "dig +short NAME   # against the address that this shows",
        ),
        more=_address_gone,
    ),
    Cause(
        "SNAPSHOT_OLDER_THAN_CHANGE",
        Where.DOUBT,
        "The configuration that was read is not the one that was at work: something was changed before or after.",
        explains=_OR_SOMETIMES,
        sign="collected anew, the configuration agrees with what is seen",
        next=("# collect the configuration again, and ask again", _WHO_CHANGED),
        more=lambda case: (*_beside_logs(case), *_usual_when_answered(case)),
    ),
    Cause(
        "SOURCE_IS_ANOTHER",
        Where.DOUBT,
        "The client is not where --from says: behind NAT, a VPN or a proxy it has another address.",
        explains=_OR_SOMETIMES,
        usual=(Sees.INTERMITTENT,),
        sign="the server sees another address than was asked",
        next=("curl -s https://checkip.amazonaws.com   # the address that the internet sees", "ip route get {address}"),
        more=lambda case: (*_rule_for_others(case), *_seen_by_logs(case)),
    ),
    Cause(
        "PROXY_ANSWERS",
        Where.DOUBT,
        "A proxy, VPN client or security product between answers in the target's place.",
        explains=_ANSWERED,
        only=_answers_instead,
        sign="without the proxy, or from another machine, it is silent",
        next=("env | grep -i _proxy", "curl -sv -m 5 --noproxy '*' http://{address}{colon_port}/"),
    ),
    Cause(
        "ANOTHER_HOST_ANSWERS",
        Where.DOUBT,
        "Another host answers at this address: one that took it over, or one of a network with the same addresses.",
        explains=_ANSWERED,
        excludes=_THERE,
        only=_answers_instead,
        more=_nobody_has_it,
        sign="what answers has another host key, certificate or page",
        next=("ssh-keyscan -T 5 {address}", "ip route get {address}"),
    ),
    Cause(
        "TRACKED_CONNECTION",
        Where.DOUBT,
        "The connection is older than the rule's removal: what is tracked goes on until it ends.",
        explains=(Sees.CONNECTED,),
        goes_with=(Says.ANSWERED,),
        only=lambda case: case.blocks,
        sign="a new connection fails, while the old one goes on",
        next=("nc -vz -w 5 {address} {port_or}   # a new connection",),
    ),
    Cause(
        "CLIENT_NETWORK_BLOCKS",
        Where.ANYWHERE,
        "The network that the client is in does not let these packets out: a company's or provider's firewall, a VPN.",
        explains=(Sees.TIMEOUT, Sees.NO_REPLY, Sees.NO_ROUTE_TO_HOST),
        names=(Says.REJECTED_ON_THE_WAY,),
        goes_with=(Says.NEVER_ARRIVED,),
        excludes=(
            Says.ARRIVED,
            Says.SILENT,
            Says.REFUSED,
            Says.REFUSED_BY_ICMP,
            Says.REJECTED_AT_TARGET,
            Says.REPLY_REJECTED_AT_TARGET,
        ),
        only=lambda case: case.outside and (case.delivers or case.sees_only({Sees.NO_ROUTE_TO_HOST})),
        more=_rejected_before_aws,
        sign="from another network (a phone's, AWS CloudShell) the same address answers",
        next=("nc -vz -w 5 {address} {port_or}   # the same from another network: a phone's, AWS CloudShell",),
    ),
)


def _usual_when_answered(case: Case) -> Iterator[Reason]:
    if case.blocks and case.sees(ANSWERED - PAST_THE_NETWORK | {Sees.CONNECTED}):
        yield Reason(USUAL, "it is the usual cause where the configuration blocks what works")


# A host that was built anew has other keys, and so has another host: no contradiction is needed for it.
REPLACED = Cause(
    "HOST_REPLACED",
    Where.BEYOND,
    "The host was built anew, or another one has its address: its keys are not those that the client remembers.",
    explains=(Sees.HOST_KEY_CHANGED,),
    usual=(Sees.HOST_KEY_CHANGED,),
    sign="the fingerprint that the instance's console output shows is the one that ssh shows",
    next=(
        "aws ec2 get-console-output {instance_option}--latest --output text | grep -A 8 'SSH HOST KEY'",
        "ssh-keygen -R {address}   # once the new key is known to be right",
    ),
)
