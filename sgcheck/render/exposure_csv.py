"""`exposure --format csv`: RFC 4180, one row per target and port range, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from sgcheck.render.escape import visible
from sgcheck.render.exposure_words import service

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.reach.answer import TargetEnd
    from sgcheck.reach.classes import ExposedClass
    from sgcheck.reach.exposure import Exposed, Exposure

COLUMNS = (
    *("target", "kind", "name", "interface", "address", "protocol", "ports", "service"),
    *("sources", "via", "behind", "flaky", "tier", "decided"),
)
GROUPED = ("count", "security_groups", *COLUMNS)
FORMULAS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""What a cell must not begin with: a spreadsheet would take it for a formula (OWASP, CSV injection)."""


def render(exposure: Exposure, grouped: Sequence[ExposedClass] | None = None) -> str:
    """Return a header and the rows, undecided ones last; several values in a cell are parted by a space.

    With `grouped` there is a row for each class, and what its targets have is listed in theirs.
    """
    out = io.StringIO()
    # Everything is quoted: where lists are parted by semicolons, a name with one would else begin a cell of its own.
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    if grouped is None:
        writer.writerow(COLUMNS)
        writer.writerows(_row(row, "yes") for row in exposure.exposed)
        writer.writerows(_row(row, "no") for row in exposure.undecided)
    else:
        writer.writerow(GROUPED)
        writer.writerows(_class(one) for one in grouped)
        writer.writerows(("1", "", *_row(row, "no")) for row in exposure.undecided)
    return out.getvalue()


def cell(text: str) -> str:
    """Return `text` as one line that is no formula: an apostrophe in front makes it a text to a spreadsheet."""
    text = visible(text)
    return f"'{text}" if text[:1] in FORMULAS else text


def _row(row: Exposed, decided: str) -> Iterator[str]:
    yield from _targets((row.target,))
    yield from _opening(row, decided)


def _class(one: ExposedClass) -> Iterator[str]:
    yield str(len(one.targets))
    yield cell(" ".join(one.groups))
    yield from _targets(one.targets)
    yield from _opening(one, "yes")


def _targets(targets: Sequence[TargetEnd]) -> Iterator[str]:
    yield cell(" ".join(dict.fromkeys(t.id or t.kind for t in targets)))
    yield cell(targets[0].kind)
    yield cell(", ".join(dict.fromkeys(t.name for t in targets if t.name)))
    yield cell(" ".join(t.interface for t in targets if t.interface))
    yield cell(" ".join(t.address for t in targets if t.address))


def _opening(row: Exposed | ExposedClass, decided: str) -> Iterator[str]:
    opening = row.opening
    yield opening.protocol
    yield opening.ports
    yield service(opening) or ""
    yield " ".join(opening.sources)
    yield cell(" ".join(row.via))
    yield cell(row.behind or "")
    yield "yes" if row.flaky else "no"
    yield str(opening.tier)
    yield decided
