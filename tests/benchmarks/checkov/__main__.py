"""Run checkov and sgcheck over the same plans and templates, and tell what differs.

    python -m tests.benchmarks.checkov CORPUS --checkov ENVIRONMENT/bin/python --keep FOLDER
    python -m tests.benchmarks.checkov CORPUS --kept FOLDER --write docs/comparison-with-checkov.md

CORPUS has the folders `tfplan` and `cfn`. Both tools run `--runs` times over all of it; the best of the seconds are
told. What they say is kept in FOLDER, from where it can be compared again. The exit code is 1 where checkov has a
finding that is none of ours, and nobody has said why.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sgcheck.lint.rule import load_rules
from tests.benchmarks.checkov import answers, page
from tests.benchmarks.checkov.ids import NONE, SUBJECTS
from tests.benchmarks.checkov.join import joined
from tests.benchmarks.checkov.owners import owner

FRAMEWORKS = {"tfplan": "terraform_plan", "cfn": "cloudformation"}
TOOLS = ("checkov", "sgcheck")
_EACH = Path(__file__).with_name("each.py")


def main(argv: Sequence[str] | None = None) -> int:
    """Collect where it is wanted, compare, and print or write the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.checkov", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--checkov", type=Path, metavar="PYTHON", help="the interpreter that has checkov")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where to write what both say")
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="where that was written before")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--only", choices=TOOLS, help="run this one again")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="the page whose tables to write")
    told = parser.parse_args(argv)
    kept = told.kept or told.keep
    if kept is None or (told.keep and told.only != "sgcheck" and not told.checkov):
        parser.error("say --kept FOLDER, or --keep FOLDER with --checkov PYTHON")
    if told.keep:
        _collect(told.corpus, told.checkov, told.keep, told.runs, told.only)
        if any(not (told.keep / f"{name}.{kind}.jsonl").exists() for name in TOOLS for kind in FRAMEWORKS):
            return 0  # the other tool has not run yet
    return _compare(told.corpus, kept, told.write)


def _collect(corpus: Path, checkov: Path | None, folder: Path, runs: int, only: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ids = ",".join([*SUBJECTS, *NONE])
    for kind, framework in FRAMEWORKS.items():
        sides = {"sgcheck": [sys.executable, _EACH, "sgcheck"], "checkov": [checkov, _EACH, "checkov", framework, ids]}
        files = sorted(str(path.relative_to(corpus)) for path in (corpus / kind).rglob("*") if path.is_file())
        for name, command in sides.items():
            if only in (None, name):
                spent = [_run(command, corpus, files, folder / f"{name}.{kind}.jsonl") for _ in range(runs)]
                wall, cpu = (min(each[at] for each in spent) for at in (0, 1))
                print(f"{name} of {len(files)} files of {kind}: {wall:.1f} s, {cpu:.1f} s of processor")


def _run(command: Sequence[object], corpus: Path, files: Sequence[str], to: Path) -> tuple[float, float]:
    """Return the seconds on the clock and of processor, those of forks included."""
    # Installed programs have their bytecode.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with to.open("w") as out:
        begun, before = time.perf_counter(), os.times()
        subprocess.run(
            [str(word) for word in command],
            input="\n".join(files),
            cwd=corpus,
            stdout=out,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
            check=True,
        )
        after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return time.perf_counter() - begun, cpu


def _compare(corpus: Path, kept: Path, write: Path | None) -> int:
    rules = load_rules()
    told, failed = answers.theirs(_lines(kept, "checkov"))
    said = answers.ours(_lines(kept, "sgcheck"))
    found = joined(told, said, rules, lambda each: owner(corpus / each.file, each.resource))
    tables = {
        "findings": page.by_id(told, found),
        "reasons": page.reasons(found),
        "only here": page.only_here(said, found, rules),
    }
    if write is None:
        print("\n".join(tables.values()))
    else:
        tables |= {"equivalents": page.equivalents(rules), "no equivalents": page.without()}
        text = write.read_text(encoding="utf-8")
        for name, table in tables.items():
            text = page.put(text, name, table)
        write.write_text(text, encoding="utf-8")
    refused = [file for file, each in said.items() if each.refused]
    print(f"refused by sgcheck: {len(refused)}; ended in an error of checkov: {len(failed)}; of both: ", end="")
    print(len(set(refused) & set(failed)))
    for each in found.unexplained:
        print(f"unexplained: {each.id} {each.file}:{each.resource}")
    return 1 if found.unexplained else 0


def _lines(folder: Path, name: str) -> list[str]:
    return [line for kind in FRAMEWORKS for line in (folder / f"{name}.{kind}.jsonl").read_text().splitlines()]


if __name__ == "__main__":
    sys.exit(main())
