"""`exposure --format json`: schema `sgcheck.exposure/1`, spelled field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.render.encode import document
from sgcheck.render.explain_json import gap_object
from sgcheck.render.exposure_words import service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sgcheck.reach.answer import TargetEnd
    from sgcheck.reach.classes import ExposedClass
    from sgcheck.reach.exposure import Exposed, Exposure

SCHEMA = "sgcheck.exposure/1"


def render(exposure: Exposure, grouped: Sequence[ExposedClass] | None = None) -> str:
    """Return everything as JSON, ending with a newline; `grouped` stands for the rows where it is given."""
    rows = map(_row, exposure.exposed) if grouped is None else map(_class, grouped)
    return document(
        {
            "schema": SCHEMA,
            "from": exposure.source,
            "exposed": list(rows),
            "undecided": [_row(row) for row in exposure.undecided],
            "summary": {
                "interfaces": exposure.known,
                "asked": exposure.asked,
                "reached": exposure.reached,
                "reached_behind_balancers": exposure.behind,
                "interfaces_missing": exposure.lacking,
            },
            "gaps": [gap_object(gap) for gap in exposure.gaps],
            "warnings": exposure.warnings,
        }
    )


def _row(row: Exposed) -> dict[str, Any]:
    return {**_target(row.target), **_opening(row)}


def _class(one: ExposedClass) -> dict[str, Any]:
    return {
        "targets": [_target(target) for target in one.targets],
        "count": len(one.targets),
        "security_groups": one.groups,
        **_opening(one),
    }


def _target(target: TargetEnd) -> dict[str, Any]:
    return {
        "target": target.id or target.kind,
        "kind": target.kind,
        "name": target.name,
        "interface": target.interface,
        "address": target.address,
    }


def _opening(row: Exposed | ExposedClass) -> dict[str, Any]:
    opening = row.opening
    return {
        "protocol": opening.protocol,
        "ports": opening.ports,
        "service": service(opening),
        "tier": opening.tier,
        "sources": opening.sources,
        "via": row.via,
        "behind": row.behind,
        "flaky": row.flaky,
    }
