"""`reach --format json`: schema `sgcheck.reach/1`, spelled field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.render.encode import document
from sgcheck.render.explain_json import gap_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.reach.answers import Reached
    from sgcheck.reach.chokes import Cut
    from sgcheck.reach.lateral import Lateral, Path, Step
    from sgcheck.reach.matrix import Cell, Matrix, Span
    from sgcheck.reach.rows import Row
    from sgcheck.reach.rules import Rule
    from sgcheck.reach.who import Who

SCHEMA = "sgcheck.reach/1"


def render(reached: Reached) -> str:
    """Return the whole answer as JSON, ending with a newline."""
    reach = reached.reach
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "from": reach.source,
        "to": reach.target,
        "asked": reach.asked,
        "reached": reach.found,
        "exposed": [_row(row) for row in reach.rows],
        "undecided": [_row(row) for row in reach.undecided],
    }
    if reached.lateral is not None:
        content |= _lateral(reached.lateral)
    if reached.cut is not None:
        content["cut"] = _cut(reached.cut)
    content |= {"gaps": [gap_object(gap) for gap in reach.gaps], "warnings": reach.warnings}
    return document(content)


def render_matrix(matrix: Matrix) -> str:
    """Return the table as JSON, ending with a newline."""
    return document(
        {
            "schema": SCHEMA,
            "by": matrix.by,
            "rows": matrix.rows,
            "columns": matrix.columns,
            "cells": [_cell(cell) for cell in matrix.cells],
            "gaps": [gap_object(gap) for gap in matrix.gaps],
            "warnings": matrix.warnings,
        }
    )


def _row(row: Row) -> dict[str, Any]:
    target, opening = row.target, row.opening
    return {
        **({} if row.source is None else {"source": _who(row.source)}),
        "target": target.id,
        "kind": target.kind,
        "name": target.name,
        "interface": target.interface,
        "address": target.address,
        "protocol": opening.protocol,
        "ports": opening.ports,
        "sources": opening.sources,
        "via": row.via,
        "flaky": row.flaky,
    }


def _who(one: Who) -> dict[str, Any]:
    return {"kind": one.kind, "id": one.id, "name": one.name, "hosts": one.hosts, "interfaces": one.interfaces}


def _lateral(lateral: Lateral) -> dict[str, Any]:
    return {
        "steps": lateral.hops,
        "hosts": lateral.hosts,
        "hops": _paths(lateral.paths),
        "plausible": _paths(lateral.plausible),
        "undecided_hops": _paths(lateral.undecided),
        "undecided_gaps": [gap_object(gap) for gap in lateral.gaps],
        "groups": [_who(one) for one in lateral.groups],
    }


def _paths(paths: Iterable[Path]) -> list[list[dict[str, Any]]]:
    return [[_step(step) for step in path.steps] for path in paths]


def _step(step: Step) -> dict[str, Any]:
    return {
        "from": _who(step.source),
        "to": _who(step.target),
        "openings": [_span(span) for span in step.openings],
        "via": step.via,
        "decided": step.sure,
        "cost": step.cost,
    }


def _span(span: Span) -> dict[str, Any]:
    return {"protocol": span.protocol, "ports": span.ports}


def _cut(cut: Cut) -> dict[str, Any]:
    return {
        "steps": cut.hops,
        "connected": cut.connected,
        "possible": cut.possible,
        "rules": [_rule(rule) for rule in cut.rules],
        "minimum": cut.minimum,
        "alone": [_rule(rule) for rule in cut.alone],
        "hosts": [_who(one) for one in cut.hosts],
        "edges": [_step(step) for step in cut.steps],
        "undecided": cut.undecided,
        "gaps": [gap_object(gap) for gap in cut.gaps],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "resource": rule.resource,
        "name": rule.name,
        "direction": rule.way,
        "rule": rule.label,
        "allows": rule.allows,
        "commands": rule.commands,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "from": cell.source,
        "to": cell.target,
        "verdict": cell.verdict,
        "openings": [_span(span) for span in cell.openings],
        "undecided": [_span(span) for span in cell.undecided],
        "pairs": cell.pairs,
        "reached": cell.reached,
    }
