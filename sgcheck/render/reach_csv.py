"""`reach --by … --format csv`: the table for a spreadsheet, one column per label."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from sgcheck.render.escape import visible
from sgcheck.render.reach_words import port

if TYPE_CHECKING:
    from sgcheck.reach.matrix import Cell, Matrix

_FORMULA = ("=", "+", "-", "@")


def render_matrix(matrix: Matrix) -> str:
    """Return the table as CSV (RFC 4180, with newlines): the first column has the sources, the first row the targets.

    A cell is its verdict, and after a colon the runs of ports that pass, and after a question mark those that may.
    Nobody to ask about leaves it empty.
    """
    cells = {(cell.source, cell.target): cell for cell in matrix.cells}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["", *map(_safe, matrix.columns)])
    for row in matrix.rows:
        writer.writerow([_safe(row), *(_cell(cells.get((row, column))) for column in matrix.columns)])
    return out.getvalue()


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    passes = f": {', '.join(map(port, cell.openings))}" if cell.openings else ""
    perhaps = f" ? {', '.join(map(port, cell.undecided))}" if cell.undecided else ""
    return f"{cell.verdict.value}{passes}{perhaps}"


def _safe(label: str) -> str:
    """A label that no spreadsheet takes for a formula."""
    shown = visible(label)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
