"""Fail when the tests cover too little of a package: `coverage_floor.py COVERAGE_JSON PERCENT PACKAGE...`.

Lines and branches are judged apart, since their sum would let many covered lines hide branches that no test takes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_KINDS = (("covered_lines", "num_statements"), ("covered_branches", "num_branches"))


def measure(files: dict[str, dict[str, dict[str, int]]], package: str) -> list[float]:
    """Return the covered percentages of the package's lines and of its branches; of nothing, all is covered."""
    inside = [f["summary"] for name, f in files.items() if name.replace("\\", "/").startswith(f"sgcheck/{package}/")]
    if not inside:
        raise SystemExit(f"coverage: nothing was measured in sgcheck/{package}")
    totals = [(sum(s[done] for s in inside), sum(s[all_] for s in inside)) for done, all_ in _KINDS]
    return [100 * done / all_ if all_ else 100.0 for done, all_ in totals]


def main(report: str, percent: str, *packages: str) -> int:
    """Print one line per package and return 1 when any is below `percent`."""
    files = json.loads(Path(report).read_text(encoding="utf-8"))["files"]
    code = 0
    for package in packages:
        lines, branches = measure(files, package)
        low = min(lines, branches) < float(percent)
        code |= low
        print(f"{package:10} lines {lines:6.2f} %  branches {branches:6.2f} %  {'BELOW ' + percent if low else 'ok'}")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
