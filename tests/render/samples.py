"""Answers to render, made by hand: one of each kind that a reader meets."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from sgcheck.reach.answer import (
    Answer,
    Blocker,
    Checked,
    CheckReport,
    ClientSees,
    Decision,
    Direction,
    Expectation,
    Explanation,
    Fix,
    Gap,
    Hop,
    Ports,
    Query,
    SourceEnd,
    TargetEnd,
    Verdict,
)

change = msgspec.structs.replace

ADD_RULE = (
    "aws ec2 authorize-security-group-ingress --group-id sg-0a1b2c3d4e5f60718"
    " --ip-permissions 'IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{CidrIp=0.0.0.0/0}]'"
)
ADD_ENTRY = "aws ec2 create-network-acl-entry --network-acl-id acl-0d4e5f60718a1b2c3 --egress --rule-number 89"
COLLECT = "aws ec2 describe-route-tables --region us-east-1 --filters Name=vpc-id,Values=vpc-0123456789abcdef0"
COMMANDS = (ADD_RULE, ADD_ENTRY, COLLECT)

GROUP = Blocker(
    code="ENI_SG_RULES_MISMATCH",
    resource="sg-0a1b2c3d4e5f60718",
    name="web",
    direction=Direction.FORWARD,
    by=None,
    denied=("0.0.0.0/0",),
    why="No inbound rule of sg-0a1b2c3d4e5f60718 (web) allows 80/tcp from 0.0.0.0/0.",
    fix=Fix("Add an inbound rule for 80/tcp.", (ADD_RULE,)),
    near_misses=("rule sgr-0443 allows 443/tcp from 0.0.0.0/0; you asked 80/tcp",),
    also=("this opens 80/tcp to the whole internet",),
)
ACL = Blocker(
    code="SUBNET_ACL_RESTRICTION",
    resource="acl-0d4e5f60718a1b2c3",
    direction=Direction.RETURN,
    by="rule 90",
    denied=("0.0.0.0/0",),
    why="Outbound rule 90 denies 1024-65535/tcp to 0.0.0.0/0.",
    fix=Fix("Let the client's ephemeral ports out.", (ADD_ENTRY,)),
)
NOT_COLLECTED = Blocker(
    code="NOT_COLLECTED",
    resource="rtb-0123456789abcdef0",
    direction=Direction.FORWARD,
    by=None,
    denied=(),
    why="The route table of the subnet is not in the input.",
    fix=Fix("Collect it.", (COLLECT,)),
    undecided=True,
)

FORWARD = (
    Hop("igw-0a1b2c3d4e5f60718", "internet-gateway", Decision.PASS, detail="198.51.100.7 becomes 10.0.1.10"),
    Hop("acl-0d4e5f60718a1b2c3", "network-acl", Decision.PASS, by="rule 100", name="web-acl"),
    Hop("sg-0a1b2c3d4e5f60718", "security-group", Decision.DENY, name="web", detail="no inbound rule allows it"),
    Hop("eni-0a1b2c3d4e5f60718", "network-interface", Decision.PASS),
)
RETURN = (
    Hop("sg-0a1b2c3d4e5f60718", "security-group", Decision.PASS, by="stateful", name="web"),
    Hop("acl-0d4e5f60718a1b2c3", "network-acl", Decision.DENY, by="rule 90", name="web-acl"),
    Hop("rtb-01", "route-table", Decision.PASS, by="0.0.0.0/0 via igw-0a1b2c3d4e5f60718"),
)

BLOCKED_ANSWER = Answer(
    source=SourceEnd("internet", None, ("0.0.0.0/0",)),
    target=TargetEnd("instance", "i-0a1b2c3d4e5f60718", "eni-0a1b2c3d4e5f60718", "198.51.100.7", "web-1"),
    verdict=Verdict.BLOCKED,
    client_sees=ClientSees.TIMEOUT,
    allowed=(),
    denied=("0.0.0.0/0",),
    ports=Ports((), ("80",)),
    forward=FORWARD,
    return_=RETURN,
    blockers=(GROUP, ACL),
)


def passing(hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
    """The same hops, all of them letting everything through."""
    return tuple(change(hop, decision=Decision.PASS) for hop in hops)


REACHABLE_ANSWER = change(
    BLOCKED_ANSWER,
    verdict=Verdict.REACHABLE,
    client_sees=ClientSees.CONNECTED_OR_REFUSED,
    allowed=("0.0.0.0/0",),
    denied=(),
    ports=Ports(("80",), ()),
    forward=passing(FORWARD),
    return_=passing(RETURN),
    blockers=(),
)
PARTIAL_ANSWER = change(
    BLOCKED_ANSWER,
    source=SourceEnd("cidr", None, ("10.0.0.0/16",)),
    verdict=Verdict.PARTIAL,
    client_sees=ClientSees.MIXED,
    allowed=tuple(f"10.0.{third}.0/24" for third in range(0, 40, 2)),
    denied=tuple(f"10.0.{third}.0/24" for third in range(1, 40, 2)),
    ports=Ports(("443",), ("80", "8000-8100")),
    client_ports=("1024-32767",),
    blockers=(GROUP,),
)
UNKNOWN_ANSWER = change(
    BLOCKED_ANSWER,
    verdict=Verdict.UNKNOWN,
    client_sees=ClientSees.UNKNOWN,
    denied=(),
    undecided=("0.0.0.0/0",),
    forward=(*passing(FORWARD), Hop("rtb-0123456789abcdef0", "route-table", Decision.UNKNOWN)),
    return_=(),
    blockers=(NOT_COLLECTED,),
)

GAP = Gap("route-table", "rtb-0123456789abcdef0", "123456789012", "us-east-1", "Its routes are not here.", COLLECT)

BLOCKED = Explanation(
    query=Query("internet", "i-0a1b2c3d4e5f60718", "tcp", "80"),
    verdict=Verdict.BLOCKED,
    client_sees=ClientSees.TIMEOUT,
    summary="The internet can't reach web-1 (i-0a1b2c3d4e5f60718) on 80/tcp: security group web has no rule for it,"
    " and network ACL web-acl holds back the replies.",
    answers=(BLOCKED_ANSWER,),
    evidence=("security group web allows only 443/tcp",),
    next_steps=("Fix both; the path then works.", "Ask the load balancer instead: --to lb:web"),
    warnings=("i-0a1b2c3d4e5f60718 counts as a NAT instance",),
)
REACHABLE = change(
    BLOCKED,
    verdict=Verdict.REACHABLE,
    client_sees=ClientSees.CONNECTED_OR_REFUSED,
    summary="The internet reaches web-1 on 80/tcp.",
    answers=(REACHABLE_ANSWER,),
    evidence=(),
    next_steps=(),
    warnings=(),
)
PARTIAL = change(BLOCKED, verdict=Verdict.PARTIAL, client_sees=ClientSees.MIXED, answers=(PARTIAL_ANSWER,))
UNKNOWN = change(
    BLOCKED, verdict=Verdict.UNKNOWN, client_sees=ClientSees.UNKNOWN, answers=(UNKNOWN_ANSWER,), gaps=(GAP,)
)
SEVERAL = change(PARTIAL, answers=(REACHABLE_ANSWER, PARTIAL_ANSWER, UNKNOWN_ANSWER), gaps=(GAP,))
MANY = change(
    PARTIAL,
    answers=tuple(
        change(answer, source=SourceEnd("instance", f"i-{number:017x}", (f"10.0.9.{number}",), f"app-{number}"))
        for number in range(14)
        for answer in (REACHABLE_ANSWER, BLOCKED_ANSWER, PARTIAL_ANSWER)
    ),
)
NOTHING = change(REACHABLE, answers=())

EXPLANATIONS = {
    "blocked": BLOCKED,
    "reachable": REACHABLE,
    "partial": PARTIAL,
    "unknown": UNKNOWN,
    "several": SEVERAL,
    "many": MANY,
    "nothing": NOTHING,
}


def expectation(name: str | None, verdict: Verdict, line: int, allowed: tuple[str, ...] | None = None) -> Expectation:
    """One entry of a file of expectations."""
    return Expectation(name, "internet", "tag:tier=web", "80", (verdict,), allowed, f"net/expectations.yaml:{line}")


HOLDS = Checked(expectation("the internet reaches web", Verdict.REACHABLE, 3), REACHABLE, True, ("0.0.0.0/0",))
FAILS = Checked(
    expectation(None, Verdict.REACHABLE, 8, ("0.0.0.0/0",)), BLOCKED, False, (), "0.0.0.0/0 must pass and does not"
)
OPEN = Checked(
    change(expectation("open question", Verdict.BLOCKED, 12), verdicts=(Verdict.BLOCKED, Verdict.PARTIAL)),
    UNKNOWN,
    None,
    (),
)
REPORT = CheckReport((HOLDS, FAILS, OPEN))


@dataclass(frozen=True, slots=True)
class Hostile:
    """A text that somebody put into a Name tag, and what must never come out of any renderer."""

    text: str
    never: tuple[str, ...]


HOSTILE = {
    "ansi": Hostile("web\x1b[2J\x1b[31mred", ("\x1b[2J", "\x1b[31mred")),
    "osc": Hostile("web\x1b]8;;https://evil.example\x07link", ("\x1b]", "\x07")),
    "c1": Hostile("web\x9b2Jx", ("\x9b",)),
    "newline": Hostile("web\n::error::owned\r\nREACHABLE", ("\n::error", "\r")),
    "line separator": Hostile("web\u2028x\u2029y\x85z", ("\u2028", "\u2029", "\x85")),
    "right to left": Hostile("web\u202egnp.exe\u2066x", ("\u202e", "\u2066")),
    "zero width": Hostile("w\u200be\u200db\ufeff\u2060\xad", ("\u200b", "\u200d", "\ufeff", "\u2060", "\xad")),
    "filler": Hostile("web\u3164\u115f\ufe00x", ("\u3164", "\u115f", "\ufe00")),
    "null": Hostile("web\x00\x0b\x0c\x7f\ufffe", ("\x00", "\x0b", "\x0c", "\x7f", "\ufffe")),
    "surrogate": Hostile("web\udcff", ("\udcff",)),
    "runner": Hostile("x ::stop-commands::t ::ERROR::x ##[error]x", ("::stop-commands", "::ERROR", "##[")),
}


def poisoned(text: str) -> Explanation:
    """An answer in which every place that AWS or the user fills holds `text`."""
    hop = Hop(text, text, Decision.DENY, text, text, text)
    blocker = Blocker(
        text, text, Direction.FORWARD, text, (text,), text, Fix(text, (text,)), (text,), (text,), name=text
    )
    answer = Answer(
        source=SourceEnd(text, text, (text,), text),
        target=TargetEnd(text, text, text, text, text),
        verdict=Verdict.PARTIAL,
        client_sees=ClientSees.MIXED,
        allowed=(text,),
        denied=(text,),
        ports=Ports((text,), (text,)),
        forward=(hop, hop),
        return_=(hop, change(hop, decision=Decision.PASS)),
        blockers=(blocker, change(blocker, undecided=True)),
        undecided=(text,),
        client_ports=(text,),
    )
    return Explanation(
        query=Query(text, text, text, text),
        verdict=Verdict.PARTIAL,
        client_sees=ClientSees.MIXED,
        summary=text,
        answers=(answer, change(answer, verdict=Verdict.REACHABLE)),
        evidence=(text,),
        next_steps=(text,),
        gaps=(Gap(text, text, text, text, text, text),),
        warnings=(text,),
    )


def poisoned_report(text: str) -> CheckReport:
    """Results in which every place that a file or AWS fills holds `text`."""
    asked = Expectation(text, text, text, text, (Verdict.REACHABLE,), (text,), f"{text}:7")
    explanation = poisoned(text)
    return CheckReport(tuple(Checked(asked, explanation, passed, ("10.0.0.0/8",), text) for passed in (False, None)))
