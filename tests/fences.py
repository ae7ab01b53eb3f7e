"""The fenced blocks of a Markdown page: `fences.py PAGE INFO N` prints the Nth one of a kind.

The tests and .ci/run both read the README through this, so that what is documented is what is run.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^(?P<marks>`{3,})(?P<info>[^`]*)$")


class Fence(NamedTuple):
    """One block: its info string (`sh`, `text`, …) and its lines, each with its newline."""

    info: str
    body: str


def fences(page: str) -> list[Fence]:
    """Return the page's blocks in order; one is closed by at least as many marks as opened it."""
    found: list[Fence] = []
    marks, info, body = "", "", ""
    for line in page.splitlines():
        match = _FENCE.match(line.rstrip())
        if not marks:
            if match:
                marks, info, body = match["marks"], match["info"].strip(), ""
        elif match and not match["info"] and len(match["marks"]) >= len(marks):
            found.append(Fence(info, body))
            marks = ""
        else:
            body += line + "\n"
    if marks:
        raise ValueError(f"the ```{info} block is never closed")
    return found


def main(page: str, info: str, number: str) -> int:
    """Print the block; return 1 when there are not that many."""
    bodies = [fence.body for fence in fences(Path(page).read_text(encoding="utf-8")) if fence.info == info]
    if len(bodies) < int(number):
        sys.stderr.write(f"{page}: {len(bodies)} {info} blocks, not {number}\n")
        return 1
    sys.stdout.write(bodies[int(number) - 1])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
