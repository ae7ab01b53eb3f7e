"""The page about blocker codes, made from `sgcheck.aws.codes`."""

from __future__ import annotations

from pathlib import Path

from sgcheck.aws.codes import ENTRIES, GUIDE, NOT_EMITTED, Entry
from tests.aws.analyzer_codes import CAVEATS, NO_PATH, NOT_REACHABLE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "blockers.md"
EXPLAINED = f"{GUIDE}vpc/latest/reachability/explanation-codes.html"
INTRODUCTION = f"""\
# Blocker codes

Every blocker of an answer has a code, the resource that is to blame, the direction, the rule or route that decided, and
a fix. Where AWS Reachability Analyzer has an [explanation code]({EXPLAINED}) for the cause,
it is that one, so that you can look it up there; the others are sgcheck's own.

All independent blockers are reported: with every listed one fixed, the path works. This page is made from
`sgcheck/aws/codes.py`.
"""
OTHERS = """\
## Codes that are not used

The other codes of Reachability Analyzer, and those that are reserved, with what is said instead.

| code | why not |
|---|---|
"""


def render() -> str:
    """The whole page."""
    known = [e for e in ENTRIES if e.sees != ("unknown",)]
    unknown = [e for e in ENTRIES if e.sees == ("unknown",)]
    parts = [INTRODUCTION, "## What blocks\n", *map(entry, known)]
    parts += ["## What can't be known\n\nThese come with the verdict `unknown`, and a gap.\n", *map(entry, unknown)]
    rows = "".join(f"| {code} | {why} |\n" for code, why in NOT_EMITTED.items())
    return "\n".join([*parts, OTHERS + rows])


def entry(one: Entry) -> str:
    """One code."""
    of_aws = one.code in NOT_REACHABLE | NO_PATH | CAVEATS
    whose = f"- A code of [Reachability Analyzer]({EXPLAINED})\n" if of_aws else ""
    sees = ", ".join(f"`{word}`" for word in one.sees)
    source = f"- Source: [{one.source}]({GUIDE}{one.source})\n" if one.source else ""
    return f"### {one.code}\n\n{one.cause}\n\n- The client sees: {sees}\n- Fix: {one.fix}\n{source}{whose}"
