"""Causes at the client itself: names, keys, and a machine that has no way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.cause import Cause, Where
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.symptoms import NOT_OF_ICMP, NOT_OF_TCP, NOT_OF_UDP
from sgcheck.diagnose.symptoms import Symptom as Sees
from sgcheck.diagnose.weigh import USUAL, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.diagnose.case import Case


_UNLIKE = tuple(symptom for symptom in Sees if symptom in NOT_OF_TCP | NOT_OF_UDP | NOT_OF_ICMP)


def _resolver_silent(case: Case) -> Iterator[Reason]:
    """Of glibc's errors EAI_AGAIN is about the name server, its EAI_NONAME is about the name."""
    words = ("temporary failure", "eai_again", "i/o timeout", "no servers could be reached", "timed out", "[errno -3]")
    if case.line_has(*words, "server misbehaving"):
        yield Reason(2 * USUAL, "the message is about the name server, not about the name")


def _wrong_user(case: Case) -> Iterator[Reason]:
    if case.line_has("please login as the user"):
        yield Reason(2 * USUAL, "the server itself says which user to log in as")


def _is_foreign(case: Case) -> bool:
    return case.foreign


CLIENT_CAUSES = (
    Cause(
        "SOMETHING_ELSE_WAS_TRIED",
        Where.ASIDE,
        "Something else was tried than was asked for: an unanswered ping says nothing of a port, and a port nothing of "
        "pings.",
        explains=(*_UNLIKE,),
        certain=(*_UNLIKE,),
        only=_is_foreign,
        sign="what was asked, when it is tried itself, does something else",
        next=("{try_it}", "# or ask for what was tried: a ping is --port icmp, a web page --port 443"),
    ),
    Cause(
        "DNS_NAME_NOT_FOUND",
        Where.ANYWHERE,
        "The name does not exist, or not where the client asks: no packet was sent.",
        explains=(Sees.DNS,),
        usual=(Sees.DNS,),
        sign="`dig` says NXDOMAIN, or answers without an address",
        next=(
            "dig +short NAME",
            "{show_names}",
        ),
    ),
    Cause(
        "DNS_SERVER_NOT_REACHED",
        Where.ANYWHERE,
        "The name server does not answer the client.",
        explains=(Sees.DNS,),
        sign="`dig` says that no servers could be reached",
        next=("dig +short NAME", "dig +short NAME @169.254.169.253   # inside a VPC: its own resolver"),
        more=_resolver_silent,
    ),
    Cause(
        "DNS_NAME_IS_PRIVATE",
        Where.ANYWHERE,
        "The name is known inside a VPC only: a private hosted zone, or DNS hostnames are off for the VPC.",
        explains=(Sees.DNS,),
        sign="`dig` finds it on a host inside the VPC, and not from here",
        next=(
            "aws route53 list-hosted-zones-by-vpc --vpc-id VPC --vpc-region REGION",
            "aws ec2 describe-vpc-attribute --vpc-id VPC --attribute enableDnsHostnames",
        ),
    ),
    Cause(
        "CLIENT_HAS_NO_ROUTE",
        Where.ANYWHERE,
        "The client's own system has no route to the address, so that nothing was sent: often an IPv6 address, and no "
        "IPv6 at the client.",
        explains=(Sees.NETWORK_UNREACHABLE,),
        certain=(Sees.NETWORK_UNREACHABLE,),
        names=(Says.NOT_SENT,),
        sign="`ip route get` says that the network is unreachable",
        next=("ip route get {address}", "ip -6 route show default"),
    ),
    Cause(
        "KEY_FILE_MODE",
        Where.ANYWHERE,
        "Others may read the private key file, and ssh refuses to use it.",
        explains=(Sees.UNPROTECTED_KEY,),
        certain=(Sees.UNPROTECTED_KEY,),
        sign="`ls -l` shows more than -r--------",
        next=("chmod 400 KEY.pem",),
    ),
    Cause(
        "WRONG_USER_NAME",
        Where.BEYOND,
        "The user name is not the one of the image: ec2-user (Amazon Linux, RHEL), ubuntu, admin (Debian), fedora.",
        explains=(Sees.PERMISSION_DENIED,),
        usual=(Sees.PERMISSION_DENIED,),
        sign="the same key works for the user of the image",
        next=(
            "aws ec2 describe-images --image-ids AMI --query 'Images[].[Name,Description]'",
            "ssh -v -i KEY.pem ec2-user@{address}",
        ),
        more=_wrong_user,
    ),
    Cause(
        "WRONG_KEY",
        Where.BEYOND,
        "The key is not the one that the instance was launched with.",
        explains=(Sees.PERMISSION_DENIED,),
        sign="`ssh -v` offers a key, and no user of the image takes it",
        next=(
            "aws ec2 describe-instances {instance_ids}--query 'Reservations[].Instances[].KeyName'",
            "ssh-keygen -l -f KEY.pem   # against the fingerprint of the key pair",
        ),
    ),
    Cause(
        "AUTHORIZED_KEYS_DAMAGED",
        Where.BEYOND,
        "The right key is refused on the host: authorized_keys was changed, or its folder can be written by others.",
        explains=(Sees.PERMISSION_DENIED,),
        sign="it worked before, with this user and key",
        next=("aws ssm start-session {target_option}", "ls -ld ~ ~/.ssh ~/.ssh/authorized_keys   # on the host"),
    ),
)
