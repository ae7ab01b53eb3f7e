"""Causes of answers: the connection is there, and what comes over it is an error, an end, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.cause import Cause, Where
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.symptoms import Symptom as Sees
from sgcheck.diagnose.weigh import USUAL, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.diagnose.case import Case

_TIMED = frozenset({"nat-gateway", "load-balancer"})


def _balanced(case: Case) -> bool:
    return case.proxied


def _unbalanced(case: Case) -> bool:
    return not case.proxied


def _endpoint(case: Case) -> bool:
    return any("endpoint" in kind for kind in case.kinds())


def _idles(case: Case) -> Iterator[Reason]:
    on_the_way = case.kinds() & _TIMED
    if on_the_way:
        yield Reason(
            USUAL + 1, f"a {' and a '.join(sorted(on_the_way))} on the way forgets what is idle for 350 seconds"
        )


def _encrypted(case: Case) -> Iterator[Reason]:
    if case.line_has("ssl", "tls", "handshake"):
        yield Reason(2 * USUAL, "it hangs at the first large packets, those of the TLS handshake")
    elif case.port in {443, 8443, 22}:
        yield Reason(USUAL, "the first large packets are those of the key exchange")


ANSWER_CAUSES = (
    Cause(
        "BACKEND_OF_SERVER",
        Where.BEYOND,
        "A proxy on the host answers, and what stands behind it does not: the application server is down or slow.",
        explains=(Sees.HTTP_502, Sees.HTTP_504),
        usual=(Sees.HTTP_502, Sees.HTTP_504),
        only=_unbalanced,
        sign="the proxy's error log names its upstream",
        next=("sudo tail -n 50 /var/log/nginx/error.log   # on the host", "sudo ss -ltnp"),
    ),
    Cause(
        "APPLICATION_SLOW",
        Where.BEYOND,
        "The server has the connection and does not answer in time: it is busy, hangs, or waits for something itself.",
        explains=(Sees.STALL, Sees.HTTP_504),
        usual=(Sees.STALL, Sees.HTTP_504),
        names=(Says.STALLED,),
        goes_with=(Says.ANSWERED, Says.LISTENS, Says.TARGET_TIMES_OUT),
        excludes=(Says.NOTHING_LISTENS, Says.TARGET_REFUSES),
        sign="the same request is slow on the host itself",
        next=("time curl -sS -o /dev/null http://127.0.0.1{colon_port}/   # on the host", "top -b -n 1 | head -20"),
    ),
    Cause(
        "MTU_BLACKHOLE",
        Where.BEYOND,
        "Large packets are lost: the connection opens, and hangs at the first big one (a certificate, a key exchange).",
        explains=(Sees.STALL,),
        sign="small pings pass, and ones of 1472 bytes that must not be fragmented do not",
        next=("ping -M do -s 1472 -c 3 {address}", "tracepath -n {address}"),
        more=_encrypted,
    ),
    Cause(
        "TLS_MISMATCH",
        Where.BEYOND,
        "One side speaks TLS and the other does not, or they share no version, cipher or trusted certificate.",
        explains=(Sees.TLS, Sees.RESET, Sees.CLOSED, Sees.STALL, Sees.HTTP_502),
        usual=(Sees.TLS,),
        goes_with=(Says.TARGET_WRONG_ANSWER,),
        sign="`openssl s_client` shows no certificate, while plain http answers, or the other way round",
        next=(
            "openssl s_client -connect {address}{colon_port} </dev/null",
            "curl -sv -m 5 -o /dev/null http://{address}{colon_port}/",
        ),
    ),
    Cause(
        "IDLE_TIMEOUT",
        Where.BEYOND,
        "The connection was idle for too long, and what stood on its way has forgotten it.",
        explains=(Sees.RESET,),
        only=lambda case: bool(case.kinds() & _TIMED),
        sign="it happens after a pause of some minutes, never at the beginning",
        next=("ssh -o ServerAliveInterval=60 …   # or TCP keepalive in the client",),
        more=_idles,
    ),
    Cause(
        "APPLICATION_CUTS_OFF",
        Where.BEYOND,
        "The server takes the connection and ends it: it crashes, is not ready, refuses this client or this many.",
        explains=(Sees.RESET, Sees.CLOSED, Sees.INTERMITTENT),
        usual=(Sees.RESET, Sees.CLOSED),
        names=(Says.RESET,),
        goes_with=(Says.ANSWERED, Says.LISTENS),
        excludes=(Says.NOTHING_LISTENS,),
        only=_unbalanced,
        sign="the server's own log has an entry for the connection",
        next=("sudo journalctl -n 100 --no-pager   # on the host", "sudo ss -tnp{port_filter}"),
    ),
    Cause(
        "TARGET_CUTS_OFF",
        Where.BEYOND,
        "The balancer's target refuses the connection, ends it, or answers something that is no HTTP.",
        explains=(Sees.HTTP_502, Sees.RESET, Sees.CLOSED),
        usual=(Sees.HTTP_502,),
        names=(Says.TARGET_REFUSES,),
        goes_with=(Says.TARGET_WRONG_ANSWER, Says.NOTHING_LISTENS, Says.REFUSED, Says.RESET),
        only=_balanced,
        sign="a health check fails with Target.FailedHealthChecks, and the target itself refuses",
        next=(
            "aws elbv2 describe-target-health --target-group-arn ARN",
            "curl -sv -m 5 http://TARGET:PORT/   # from a host in the balancer's subnets",
        ),
    ),
    Cause(
        "TARGET_SILENT",
        Where.BEYOND,
        "The balancer gets no connection to its target: something on the target's side drops it.",
        explains=(Sees.HTTP_504, Sees.TIMEOUT),
        names=(Says.TARGET_TIMES_OUT,),
        goes_with=(Says.SILENT, Says.REJECTED_AT_TARGET),
        excludes=(Says.TARGET_HEALTHY, Says.TARGET_REFUSES),
        only=_balanced,
        sign="a health check fails with Target.Timeout",
        next=(
            "aws elbv2 describe-target-health --target-group-arn ARN",
            "sudo nft list ruleset   # on the target",
        ),
    ),
    Cause(
        "NO_TARGETS_IN_USE",
        Where.BEYOND,
        "The balancer has nobody to hand the request to: no target is registered, or none is in use.",
        explains=(Sees.HTTP_503,),
        usual=(Sees.HTTP_503,),
        names=(Says.TARGET_UNUSED,),
        excludes=(Says.TARGET_HEALTHY,),
        only=_balanced,
        sign="describe-target-health lists nothing, or only `unused`",
        next=("aws elbv2 describe-target-health --target-group-arn ARN",),
    ),
    Cause(
        "SERVER_OVERLOADED",
        Where.BEYOND,
        "The server itself says that it can't serve: too busy, in maintenance, or without its own backend.",
        explains=(Sees.HTTP_503, Sees.INTERMITTENT),
        usual=(Sees.HTTP_503,),
        goes_with=(Says.TARGET_HEALTHY, Says.LISTENS),
        sign="the server's access log has the 503",
        next=("sudo tail -n 50 /var/log/nginx/error.log   # or the log of the server that answers",),
    ),
    Cause(
        "ENDPOINT_POLICY_DENIES",
        Where.BEYOND,
        "The endpoint's policy, or the caller's permissions, deny the request: the network has delivered it.",
        explains=(Sees.HTTP_403,),
        usual=(Sees.HTTP_403,),
        only=_endpoint,
        sign="the same request passes with another policy of the endpoint",
        next=("aws ec2 describe-vpc-endpoints --query 'VpcEndpoints[].PolicyDocument'", "aws sts get-caller-identity"),
        more=lambda _case: (Reason(USUAL, "the packets pass a VPC endpoint, which has a policy of its own"),),
    ),
    Cause(
        "SERVER_FORBIDS",
        Where.BEYOND,
        "The server answers and forbids: permissions, a web application firewall, or a missing index page.",
        explains=(Sees.HTTP_403,),
        usual=(Sees.HTTP_403,),
        sign="the server's access log has the 403",
        next=("sudo tail -n 50 /var/log/nginx/error.log   # or the log of the server that answers",),
    ),
    Cause(
        "LOGIN_REFUSED",
        Where.BEYOND,
        "The service answers and does not let this user, password or address in: its own rules, not the network's.",
        explains=(Sees.LOGIN_FAILED,),
        certain=(Sees.LOGIN_FAILED,),
        sign="the message is the service's own",
        next=("# see the service's own access rules: pg_hba.conf, GRANT, requirepass",),
    ),
)
