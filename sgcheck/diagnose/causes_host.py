"""Causes on the host that packets are delivered to: what listens, what its own firewall does, whether it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.cause import Cause, Where
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.symptoms import Symptom as Sees
from sgcheck.diagnose.weigh import EXPLAINS, UNLIKELY, USUAL, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.diagnose.case import Case

_LISTENS = (Says.LISTENS, Says.ANSWERED)
_NOT_THERE = (
    Says.NEVER_ARRIVED,
    Says.REJECTED_AT_TARGET,
    Says.REJECTED_AT_SOURCE,
    Says.REPLY_REJECTED_AT_TARGET,
    Says.REPLY_REJECTED_AT_SOURCE,
    Says.BLOCKED_PUBLIC_ACCESS,
)
_WORDS = (Says.ANSWERED, Says.REFUSED, Says.REFUSED_BY_ICMP)
_SHOW = "sudo ss -ltnp{port_filter}   # on the host"
_SESSION = "aws ssm start-session {target_option}"


def _host(case: Case) -> bool:
    """Whether a host is asked, and not a balancer, endpoint or managed service in its place."""
    return (
        not case.proxied and not case.managed and not any("endpoint" in answer.target.kind for answer in case.answers)
    )


def _has_other_interfaces(case: Case) -> bool:
    return bool(case.context.instances) and any(not interface.primary for interface in case.context.targets)


def _may_have_no_server(case: Case) -> bool:
    """Whether user data says so, and nothing that was seen says otherwise."""
    doubtful = case.says(Says.STARTS_NO_SERVER, Says.USER_DATA_FAILED, Says.USER_DATA_CUT_OFF)
    return bool(doubtful) and not case.says(*_LISTENS)


def _tcp_only(case: Case) -> bool:
    return case.tcp and _host(case)


def _firewall_hides(case: Case) -> Iterator[Reason]:
    if case.says(Says.LISTENS) and case.silent:
        yield Reason(USUAL, "a process listens for it, so that somebody keeps the packets from it")


def _stalled_at_login(case: Case) -> Iterator[Reason]:
    if case.says(Says.SILENT):
        yield Reason(USUAL, "a host that hangs takes packets and does not answer")


def _just_started(case: Case) -> Iterator[Reason]:
    for clue in case.says(Says.STARTING):
        yield Reason(EXPLAINS, clue.told)


def _listens_elsewhere(case: Case) -> Iterator[Reason]:
    for clue in case.says(Says.LISTENS_ELSEWHERE):
        yield Reason(UNLIKELY, clue.told)


HOST_CAUSES = (
    Cause(
        "STILL_STARTING",
        Where.BEYOND,
        "The instance has just started, and its system or its server is not up yet.",
        explains=(Sees.TIMEOUT, Sees.REFUSED, Sees.NO_REPLY, Sees.NO_ROUTE_TO_HOST, Sees.HTTP_502),
        excludes=(Says.ANSWERED, Says.LISTENS, *_NOT_THERE),
        only=lambda case: bool(case.says(Says.STARTING)),
        sign="a few minutes later it answers",
        next=("aws ec2 wait instance-status-ok {instance_ids}", "sudo cloud-init status --wait   # on the host"),
        more=_just_started,
    ),
    Cause(
        "SERVICE_NOT_READY",
        Where.BEYOND,
        "The managed service is not available (it is created, changed, restarted or fails over), or has another port.",
        explains=(Sees.TIMEOUT, Sees.REFUSED, Sees.NO_ROUTE_TO_HOST, Sees.STALL, Sees.INTERMITTENT),
        usual=(Sees.TIMEOUT, Sees.REFUSED),
        excludes=(Says.ANSWERED, *_NOT_THERE),
        only=lambda case: case.managed is not None,
        sign="its state is not `available` or `active`, or its endpoint has another port",
        next=("{show_service}", "dig +short NAME   # of its endpoint, against the address that the client uses"),
    ),
    Cause(
        "SERVER_NEVER_STARTED",
        Where.BEYOND,
        "The instance's user data does not bring the server up.",
        explains=(Sees.REFUSED, Sees.HTTP_502),
        names=(Says.STARTS_NO_SERVER, Says.USER_DATA_FAILED, Says.USER_DATA_CUT_OFF),
        goes_with=(Says.NOTHING_LISTENS,),
        only=_may_have_no_server,
        sign="/var/log/cloud-init-output.log ends in an error, or says nothing of the server",
        next=(
            "sudo cat /var/log/cloud-init-output.log   # on the host",
            "aws ec2 get-console-output {instance_option}--latest --output text",
        ),
    ),
    Cause(
        "SERVER_STARTED_ONCE",
        Where.BEYOND,
        "User data starts the server at the first boot only, and after a stop and start nobody does.",
        explains=(Sees.REFUSED, Sees.HTTP_502),
        goes_with=(Says.STARTS_ONCE, Says.NOTHING_LISTENS),
        only=lambda case: bool(case.says(Says.STARTS_ONCE)) and not case.says(*_LISTENS),
        sign="`systemctl is-enabled` says disabled, and `uptime` is less than the instance's age",
        next=("sudo systemctl enable --now SERVICE   # on the host", "uptime -s"),
    ),
    Cause(
        "NOTHING_LISTENS",
        Where.BEYOND,
        "No process listens on the port: the server is not installed, not started, or has crashed.",
        explains=(Sees.REFUSED,),
        usual=(Sees.REFUSED,),
        names=(Says.NOTHING_LISTENS,),
        goes_with=(Says.REFUSED, Says.TARGET_REFUSES),
        excludes=(
            *_LISTENS,
            Says.LISTENS_ON_LOOPBACK,
            Says.LISTENS_OTHER_FAMILY,
            Says.REFUSED_BY_ICMP,
            *_NOT_THERE,
        ),
        only=_host,
        more=_listens_elsewhere,
        sign="`ss` shows no line for the port",
        next=(_SHOW, "sudo systemctl --failed   # on the host", "sudo tail -n 50 /var/log/cloud-init-output.log"),
    ),
    Cause(
        "LISTENS_ON_LOOPBACK",
        Where.BEYOND,
        "The server listens for its own host only (127.0.0.1 or ::1), and refuses everybody else.",
        explains=(Sees.REFUSED,),
        names=(Says.LISTENS_ON_LOOPBACK,),
        goes_with=(Says.REFUSED,),
        excludes=(Says.LISTENS, Says.NOTHING_LISTENS, Says.ANSWERED, Says.REFUSED_BY_ICMP, *_NOT_THERE),
        only=_host,
        sign="`ss` shows 127.0.0.1 or [::1] before the port, and not 0.0.0.0, * or [::]",
        next=(_SHOW, "# then let the server bind to 0.0.0.0 (bind, listen, --host in its configuration)"),
    ),
    Cause(
        "WRONG_PORT",
        Where.BEYOND,
        "The server listens on another port or another address of the host.",
        explains=(Sees.REFUSED,),
        names=(Says.LISTENS_ELSEWHERE,),
        goes_with=(Says.REFUSED,),
        excludes=(Says.LISTENS, Says.ANSWERED, Says.REFUSED_BY_ICMP, *_NOT_THERE),
        only=_host,
        sign="`ss` shows the server, with another port or address",
        next=("sudo ss -ltnp   # on the host: which port does the server have?",),
    ),
    Cause(
        "LISTENS_OTHER_FAMILY",
        Where.BEYOND,
        "The server listens for the other address family only: for IPv6, and IPv4 was asked, or the other way round.",
        explains=(Sees.REFUSED,),
        names=(Says.LISTENS_OTHER_FAMILY,),
        goes_with=(Says.REFUSED,),
        excludes=(Says.LISTENS, Says.NOTHING_LISTENS, Says.ANSWERED, Says.REFUSED_BY_ICMP, *_NOT_THERE),
        only=lambda case: _host(case) and bool(case.says(Says.LISTENS_OTHER_FAMILY)),
        sign="`ss` shows the port for one of 0.0.0.0 and [::] only",
        next=(_SHOW,),
    ),
    Cause(
        "HOST_FIREWALL_REJECTS",
        Where.BEYOND,
        "A firewall on the host (iptables, nftables, firewalld, ufw) rejects the packets and says so.",
        explains=(Sees.REFUSED, Sees.NO_ROUTE_TO_HOST),
        usual=(Sees.NO_ROUTE_TO_HOST,),
        names=(Says.REFUSED_BY_ICMP,),
        goes_with=(Says.LISTENS, Says.REFUSED),
        excludes=(Says.ANSWERED, Says.NEIGHBOUR_ABSENT, Says.REJECTED_ON_THE_WAY, Says.NOTHING_LISTENS, *_NOT_THERE),
        only=_host,
        sign="a process listens, and the host's rules have a REJECT",
        next=("sudo nft list ruleset   # or: sudo iptables -S; sudo firewall-cmd --list-all; sudo ufw status",),
    ),
    Cause(
        "INSTANCE_IMPAIRED",
        Where.BEYOND,
        "The instance runs, and its system does not: it has not booted, hangs, or has lost its network.",
        explains=(Sees.TIMEOUT, Sees.STALL, Sees.NO_REPLY, Sees.NO_ROUTE_TO_HOST),
        names=(Says.IMPAIRED,),
        goes_with=(Says.NEIGHBOUR_ABSENT,),
        excludes=(*_WORDS, *_NOT_THERE, Says.LISTENS),
        only=lambda case: bool(case.context.instances) or bool(case.says(Says.IMPAIRED)),
        sign="a status check fails",
        next=(
            "aws ec2 describe-instance-status {instance_ids}",
            "aws ec2 get-console-output {instance_option}--latest --output text",
        ),
        more=_stalled_at_login,
    ),
    Cause(
        "HOST_FIREWALL_DROPS",
        Where.BEYOND,
        "A firewall on the host (iptables, nftables, ufw, Windows Firewall) drops the packets without a word.",
        explains=(Sees.TIMEOUT, Sees.NO_REPLY),
        usual=(Sees.TIMEOUT, Sees.NO_REPLY),
        names=(Says.SILENT,),
        goes_with=(Says.ARRIVED, Says.TARGET_TIMES_OUT),
        excludes=(*_WORDS, *_NOT_THERE, Says.NOT_RUNNING),
        only=lambda case: _host(case) and not case.udp,
        sign="flow logs show the packets admitted, and no answer; the host's rules have a DROP",
        next=(
            _SESSION,
            "sudo nft list ruleset   # or: sudo iptables -S; sudo ufw status",
            "sudo tcpdump -ni any 'port {port_or}'   # do the packets come in?",
        ),
        more=_firewall_hides,
    ),
    Cause(
        "APPLICATION_SILENT",
        Where.BEYOND,
        "The packets are delivered, and the application does not answer them: over UDP that is all that can be seen.",
        explains=(Sees.NO_REPLY, Sees.TIMEOUT),
        usual=(Sees.NO_REPLY, Sees.TIMEOUT),
        names=(),
        goes_with=(Says.ARRIVED, Says.SILENT, Says.LISTENS),
        excludes=(*_WORDS, *_NOT_THERE),
        only=lambda case: _host(case) and case.udp and not case.tcp,
        sign="`tcpdump` on the host shows requests and no replies",
        next=("sudo ss -lunp{port_filter}   # on the host", "sudo tcpdump -ni any udp"),
    ),
    Cause(
        "REPLIES_BY_ANOTHER_INTERFACE",
        Where.BEYOND,
        "The host has several interfaces and answers by another one than was asked, which drops a foreign source.",
        explains=(Sees.TIMEOUT, Sees.NO_REPLY),
        usual=(Sees.TIMEOUT, Sees.NO_REPLY),
        goes_with=(Says.ARRIVED, Says.SILENT),
        excludes=(*_WORDS, *_NOT_THERE),
        only=_has_other_interfaces,
        sign="`ip route get` on the host answers with the other interface",
        next=("ip route get CLIENT from {address}   # on the host", "ip rule show"),
        more=lambda _case: (Reason(USUAL, "the asked interface is not the instance's primary one"),),
    ),
    Cause(
        "ACCEPT_QUEUE_FULL",
        Where.BEYOND,
        "The server does not take new connections fast enough, and the system drops what does not fit its queue.",
        explains=(Sees.TIMEOUT, Sees.INTERMITTENT),
        names=(Says.QUEUE_FULL,),
        goes_with=(Says.LISTENS,),
        excludes=(*_WORDS, *_NOT_THERE, Says.NOTHING_LISTENS),
        only=_tcp_only,
        sign="`ss -ltn` shows Recv-Q at Send-Q, and `nstat` counts ListenOverflows",
        next=("sudo ss -ltn{port_filter}", "nstat -az TcpExtListenOverflows TcpExtListenDrops"),
    ),
    Cause(
        "CONNECTION_TRACKING_FULL",
        Where.BEYOND,
        "The instance tracks more connections than its type allows, and new ones are dropped.",
        explains=(Sees.INTERMITTENT,),
        usual=(Sees.INTERMITTENT,),
        only=_host,
        sign="`ethtool -S` counts conntrack_allowance_exceeded",
        next=("ethtool -S eth0 | grep conntrack_allowance",),
    ),
)
