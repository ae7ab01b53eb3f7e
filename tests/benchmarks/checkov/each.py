"""Run a tool over files one by one, each in a process of its own, and print what it says as one line of JSON per file.

    python each.py sgcheck < names-of-files
    python each.py checkov FRAMEWORK IDS < names-of-files

The tool is imported once; a fork per file keeps what it remembers of one file away from the next (checkov's runners
are shared, and would tell the findings of the file before again). This file is run by the interpreter of either
environment, and so imports nothing of ours but the tool itself.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

Tool = Callable[[str], Any]
_SOURCES = ("sources.cloudformation.translate", "sources.terraform.translate")


def sgcheck() -> Tool:
    """Every rule of the book, opinions too."""
    from sgcheck.cli.main import cli
    from sgcheck.lint.rule import load_rules

    # checkov imports everything at once; what is imported late here is imported now, so that no fork pays for it.
    for late in ("cli.lint", "lint.run", "lint.settings", "render.lint_json", "sources.files", *_SOURCES):
        import_module(f"sgcheck.{late}")
    load_rules()

    def run(file: str) -> Any:
        options = ["-f", "json", "--fail-on", "never", "--select", "SG*,NA*,VPC*"]
        cli(["lint", file, *options], prog_name="sgcheck", standalone_mode=True)

    return run


def checkov(framework: str, ids: str) -> Tool:
    """The rules `ids` (with commas) of a framework (`terraform_plan`, `cloudformation`)."""
    from checkov.main import Checkov  # type: ignore[import-not-found]

    def run(file: str) -> Any:
        asked = ["--framework", framework, "--check", ids, "--skip-download", "--quiet", "--compact", "--soft-fail"]
        Checkov(argv=["-f", file, *asked, "-o", "json"]).run()

    return run


def _told(tool: Tool, file: str) -> dict[str, Any]:
    out, wrong = io.StringIO(), io.StringIO()
    code: object = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(wrong):
        try:
            tool(file)
        except SystemExit as end:
            code = end.code or 0
    try:
        data = json.loads(out.getvalue() or "null")
    except ValueError:  # checkov says in words that it has found nothing to look at
        data = None
    return {"file": file, "code": code, "data": data, "wrong": wrong.getvalue()[-500:] if data is None else ""}


def main() -> None:
    """Run the tool that is named over the files that standard input names."""
    name, *told = sys.argv[1:]
    tool = {"sgcheck": sgcheck, "checkov": checkov}[name](*told)
    for file in sys.stdin.read().splitlines():
        sys.stdout.flush()
        child = os.fork()
        if not child:
            print(json.dumps(_told(tool, file), ensure_ascii=True), flush=True)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
