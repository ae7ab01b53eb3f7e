"""What docs/ci.md tells people to put into their CI: it is understood, and it runs."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli.runs import EXAMPLES, run
from fences import fences

CHECKOUT = Path(__file__).resolve().parents[1]
BLOCKS = fences((CHECKOUT / "docs/ci.md").read_text(encoding="utf-8"))
CONFIGURATIONS = [yaml.safe_load(block.body) for block in BLOCKS if block.info == "yaml"]
MAKEFILES = [block.body for block in BLOCKS if block.info == "make"]
INLINE = re.compile(r"`(sgcheck \w+ [^`]+)`")


def within(told: Any) -> Iterator[Any]:
    """Everything that is in a parsed document, itself first, but for what only names a part of it."""
    yield told
    if isinstance(told, dict | list):
        for key, one in told.items() if isinstance(told, dict) else enumerate(told):
            if key != "name":
                yield from within(one)


def calls(script: str) -> list[tuple[str, ...]]:
    """The words after each `sgcheck` that begins a command of a shell script."""
    found: list[tuple[str, ...]] = []
    for line in script.splitlines():
        words: list[str] = []
        for word in [*shlex.shlex(line, posix=True, punctuation_chars=True), ";"]:
            if set(word) <= set(";&|()<>"):
                found += [tuple(words[1:])] if words[:1] == ["sgcheck"] else []
                words = []
            else:
                words.append(word)
    return found


def asked() -> list[tuple[str, ...]]:
    """Each different command line of the page."""
    scripts = [text for told in CONFIGURATIONS for text in within(told) if isinstance(text, str)]
    scripts = [text for text in scripts if "sgcheck " in text]
    scripts += MAKEFILES + INLINE.findall((CHECKOUT / "docs/ci.md").read_text(encoding="utf-8"))
    return list(dict.fromkeys(words for script in scripts for words in calls(script)))


@pytest.fixture
def repository(tmp_path):
    """A repository with the files that the page speaks of."""
    (tmp_path / "network").mkdir()
    shutil.copy(EXAMPLES / "diff-opens-ssh/after.json", tmp_path / "network")
    shutil.copy(EXAMPLES / "plan-opens-ssh/plan.json", tmp_path)
    shutil.copy(EXAMPLES / "expectations.yaml", tmp_path)
    return tmp_path


def test_every_command_of_the_page_runs(repository):
    lines = asked()
    assert {words[0] for words in lines} == {"lint", "diff", "check"}
    for words in lines:
        done = run(*words, cwd=repository)
        assert done.returncode in {0, 1, 3}, (words, done.stderr)
        if "-o" in words:
            assert (repository / words[words.index("-o") + 1]).stat().st_size


def test_the_action_is_given_what_it_takes():
    inputs = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    steps = [one for told in CONFIGURATIONS for one in within(told) if isinstance(one, dict)]
    given = [step["with"] for step in steps if str(step.get("uses", "")).startswith("OWNER/sgcheck@")]
    assert len(given) == 2
    needed = {name for name, one in inputs.items() if one.get("required")}
    assert all(needed <= one.keys() <= inputs.keys() for one in given)


def test_the_hook_is_one_that_there_is():
    ids = {hook["id"] for hook in yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    repos = [repo for told in CONFIGURATIONS for repo in told.get("repos", [])]
    theirs = [hook for repo in repos if repo["repo"].endswith("/sgcheck") for hook in repo["hooks"]]
    assert {hook["id"] for hook in theirs} == ids
    # What the hook adds to its command, with the files of a commit.
    for hook in theirs:
        done = run("lint", *hook["args"], EXAMPLES / "web-server-timeout/network.json")
        assert done.returncode == 1, done.stderr


def test_commands_are_found_wherever_they_stand():
    script = "make it && sgcheck diff 'a b' > out\nsgcheck lint x || [ $? -eq 3 ]\necho sgcheck lint y\n"
    assert calls(script) == [("diff", "a b"), ("lint", "x")]
