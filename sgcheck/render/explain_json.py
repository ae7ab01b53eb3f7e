"""`explain --format json`: schema `sgcheck.explain/1`, spelled field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.render.encode import document

if TYPE_CHECKING:
    from sgcheck.reach.answer import Answer, Blocker, Explanation, Gap, Hop, Query, SourceEnd, TargetEnd

SCHEMA = "sgcheck.explain/1"


def render(explanation: Explanation) -> str:
    """Return the whole answer as JSON, ending with a newline."""
    return document(
        {
            "schema": SCHEMA,
            "query": query_object(explanation.query),
            "verdict": explanation.verdict,
            "client_sees": explanation.client_sees,
            "summary": explanation.summary,
            "answers": [_answer(answer) for answer in explanation.answers],
            "evidence": explanation.evidence,
            "next_steps": explanation.next_steps,
            "gaps": [gap_object(gap) for gap in explanation.gaps],
            "warnings": explanation.warnings,
        }
    )


def query_object(query: Query) -> dict[str, Any]:
    """Return the question as every command's JSON repeats it."""
    return {"from": query.source, "to": query.target, "protocol": query.protocol, "port": query.port}


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "source": _source(answer.source),
        "target": _target(answer.target),
        "verdict": answer.verdict,
        "client_sees": answer.client_sees,
        "allowed": answer.allowed,
        "denied": answer.denied,
        "undecided": answer.undecided,
        "ports": {"allowed": answer.ports.allowed, "denied": answer.ports.denied},
        "client_ports": answer.client_ports,
        "forward": [_hop(hop) for hop in answer.forward],
        "return": [_hop(hop) for hop in answer.return_],
        "blockers": [_blocker(blocker) for blocker in answer.blockers],
    }


def _source(end: SourceEnd) -> dict[str, Any]:
    return {"kind": end.kind, "id": end.id, "name": end.name, "addresses": end.addresses}


def _target(end: TargetEnd) -> dict[str, Any]:
    return {"kind": end.kind, "id": end.id, "name": end.name, "interface": end.interface, "address": end.address}


def _hop(hop: Hop) -> dict[str, Any]:
    return {
        "hop": hop.hop,
        "kind": hop.kind,
        "name": hop.name,
        "decision": hop.decision,
        "by": hop.by,
        "detail": hop.detail,
    }


def _blocker(blocker: Blocker) -> dict[str, Any]:
    return {
        "code": blocker.code,
        "resource": blocker.resource,
        "name": blocker.name,
        "direction": blocker.direction,
        "by": blocker.by,
        "denied": blocker.denied,
        "undecided": blocker.undecided,
        "why": blocker.why,
        "near_misses": blocker.near_misses,
        "fix": {"why": blocker.fix.why, "commands": blocker.fix.commands},
        "also": blocker.also,
    }


def gap_object(gap: Gap) -> dict[str, Any]:
    """Return one thing that is not in the input, as every command's JSON has it."""
    return {
        "kind": gap.kind,
        "resource": gap.resource,
        "account": gap.account,
        "region": gap.region,
        "why": gap.why,
        "collect": gap.collect,
    }
