"""How things are called in front of people: ends, hops, questions. Shared by text, Markdown, JUnit and annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.reach.answer import Decision, Verdict

if TYPE_CHECKING:
    from sgcheck.reach.answer import Answer, Checked, CheckReport, Gap, Hop, Query, SourceEnd, TargetEnd
    from sgcheck.render.layout import Marks

VERDICT_COLORS = {
    Verdict.REACHABLE: "green",
    Verdict.PARTIAL: "yellow",
    Verdict.BLOCKED: "red",
    Verdict.UNKNOWN: "cyan",
}
DECISION_COLORS = {Decision.PASS: "green", Decision.PARTIAL: "yellow", Decision.DENY: "red", Decision.UNKNOWN: "cyan"}

_SPELLINGS = {"tgw": "TGW", "vpc": "VPC", "vpn": "VPN", "nat": "NAT", "acl": "ACL", "lb": "LB", "dns": "DNS"}
_PORT_PROTOCOLS = {"tcp", "udp"}


def mark(decision: Decision, marks: Marks) -> str:
    """Return the sign of one hop's decision."""
    return {
        Decision.PASS: marks.passes,
        Decision.DENY: marks.denied,
        Decision.PARTIAL: marks.partial,
        Decision.UNKNOWN: marks.unknown,
    }[decision]


def kind_name(kind: str) -> str:
    """Return a resource kind for people: `nat-gateway` is a "NAT gateway"."""
    short = kind.replace("transit-gateway-route-table", "tgw-route-table").replace(
        "transit-gateway-attachment", "tgw-attachment"
    )
    return " ".join(_SPELLINGS.get(word, word) for word in short.split("-"))


def named(id_: str, name: str | None) -> str:
    """Return an id and, where it has one of its own, its Name tag; of an ARN only what people know it by."""
    if id_.startswith("arn:"):
        return name or id_.rpartition(":loadbalancer/")[2].rpartition(":")[2]
    return f"{id_} ({name})" if name and name != id_ else id_


def source_parts(end: SourceEnd) -> tuple[str, tuple[str, ...]]:
    """Return what the packets come from, and its addresses unless they say the same."""
    label = named(end.id, end.name) if end.id else end.name or kind_name(end.kind)
    if end.kind == "cidr" and end.id is None:
        return ", ".join(end.addresses), ()
    return label, tuple(address for address in end.addresses if address != end.id)


def target_parts(end: TargetEnd) -> tuple[str, tuple[str, ...]]:
    """Return what the packets go to, and the interface and address that were chosen there."""
    label = named(end.id, end.name) if end.id else end.name or end.address or kind_name(end.kind)
    return label, tuple(part for part in (end.interface, end.address) if part and part not in {end.id, label})


def departure(answer: Answer) -> tuple[str, tuple[str, ...]]:
    """Return what `source_parts` does, and with it what the path says of the source: the interface it leaves by."""
    label, addresses = source_parts(answer.source)
    detail = answer.forward[0].detail if _repeats_source(answer) else None
    return label, (detail, *addresses) if detail and detail not in addresses else addresses


def drawn(answer: Answer) -> tuple[Hop, ...]:
    """Return the forward hops without those that only repeat the ends, which stand above and below them anyway."""
    hops = answer.forward[1:] if _repeats_source(answer) else answer.forward
    return hops[:-1] if hops and _repeats_target(answer) else hops


def _repeats_source(answer: Answer) -> bool:
    hop, end = next(iter(answer.forward), None), answer.source
    return hop is not None and hop.hop in {end.id, end.kind} and hop.decision is Decision.PASS and hop.by is None


def _repeats_target(answer: Answer) -> bool:
    hop, end = answer.forward[-1], answer.target
    return (
        hop.hop == end.id
        and hop.decision is Decision.PASS
        and hop.by is None
        and hop.detail in {None, end.interface, end.address}
    )


def reason(hop: Hop) -> str:
    """Return the deciding rule and the detail of a hop, unless one says the other."""
    by, detail = hop.by or "", hop.detail or ""
    return by if detail in by else detail if by in detail else f"{by}; {detail}"


def port_text(query: Query) -> str:
    """Return the asked port as a person writes it: `80/tcp`, `icmp`, `all`."""
    if query.protocol in _PORT_PROTOCOLS:
        return f"{query.port}/{query.protocol}"
    if query.protocol == "mixed" or query.protocol in query.port:
        return query.port
    return f"{query.protocol} {query.port}".strip()


def gap_subject(gap: Gap) -> str:
    """Return what a gap is about: kind, resource, and whose it is."""
    where = " ".join(part for part in (gap.account, gap.region) if part)
    what = f"{kind_name(gap.kind)} {gap.resource}" if gap.resource else kind_name(gap.kind)
    return f"{what} ({where})" if where else what


def title(checked: Checked) -> str:
    """Return an expectation's name, or what it asks where it has none."""
    expected = checked.expectation
    return expected.name or f"{expected.source} to {expected.target}, {expected.port}"


def outcome(checked: Checked) -> str:
    """Return in a few words what was expected and what is."""
    wanted = " or ".join(verdict.value for verdict in checked.expectation.verdicts)
    got = checked.explanation.verdict.value
    text = f"expected {wanted}, is {got}"
    if checked.explanation.verdict is Verdict.BLOCKED:
        text += f" (the client sees: {checked.explanation.client_sees.value})"
    return text


def details(checked: Checked) -> list[str]:
    """Return the sentences that tell why an expectation does not hold or can't be decided."""
    lines = [outcome(checked)]
    if checked.reason:
        lines.append(checked.reason)
    if checked.explanation.summary and checked.explanation.summary != checked.reason:
        lines.append(checked.explanation.summary)
    return lines


def tally(report: CheckReport) -> str:
    """Return the counts of a report as one line."""
    parts = [f"{report.passed:,} passed", f"{report.failed:,} failed", f"{report.undecided:,} undecided"]
    return ", ".join(part for part in parts if not part.startswith("0 ")) or "nothing was asked"


def place(checked: Checked) -> tuple[str, int | None]:
    """Return the file and line an expectation stands in (the file is empty where it came from standard input)."""
    path, _, line = checked.expectation.place.rpartition(":")
    if not line.isdigit():
        return checked.expectation.place, None
    return ("" if path == "<stdin>" else path), int(line)
