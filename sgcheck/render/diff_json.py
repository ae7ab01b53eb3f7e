"""`diff --format json`: schema `sgcheck.diff/1`, spelled field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.render.encode import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.reach.answer import Gap
    from sgcheck.reach.difference import Difference, FlowChange, Named, Party

SCHEMA = "sgcheck.diff/1"


def render(difference: Difference) -> str:
    """Return everything as JSON, ending with a newline."""
    return document(
        {
            "schema": SCHEMA,
            "summary": {
                "opened": len(difference.opened),
                "opened_from_internet": len(difference.from_internet),
                "closed": len(difference.closed),
                "undecided": len(difference.undecided),
                "config": len(difference.config),
                "changes": difference.changed,
            },
            "opened": [_row(row) for row in difference.opened],
            "closed": [_row(row) for row in difference.closed],
            "undecided": [
                {**_row(row), "may": row.may, "gaps": [_gap(gap) for gap in row.gaps]} for row in difference.undecided
            ],
            "config": _named(difference.config),
            "gaps": [_gap(gap) for gap in difference.gaps],
            "warnings": difference.warnings,
        }
    )


def _row(row: FlowChange) -> dict[str, Any]:
    return {
        "from": _party(row.source),
        "to": _party(row.target),
        "protocol": row.protocol,
        "ports": row.ports,
        "sources": row.sources,
        "destinations": row.destinations,
        "client_ports": row.client_ports,
        "changes": _named(row.changes),
        "along": _named(row.along),
    }


def _party(end: Party) -> dict[str, Any]:
    return {
        "kind": end.kind,
        "behind": end.behind,
        "members": [
            {
                "kind": m.kind,
                "id": m.id,
                "name": m.name,
                "interface": m.interface,
                "addresses": m.addresses,
                "written": m.written,
            }
            for m in end.members
        ],
    }


def _named(changes: Iterable[Named]) -> list[dict[str, Any]]:
    return [
        {"resource": c.resource, "kind": c.kind, "name": c.name, "change": c.change, "written": c.written}
        for c in changes
    ]


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "kind": gap.kind,
        "resource": gap.resource,
        "account": gap.account,
        "region": gap.region,
        "why": gap.why,
    }
