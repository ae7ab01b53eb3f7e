"""Exceptions in comments of Terraform files and CloudFormation templates: `# sgcheck:ignore SG101 until=… reason`.

A comment counts for the resource in whose block it stands, or right above which it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.lint.tags import TAG, read_exception

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.lint.suppress import Ignore

TEMPLATES = (".yaml", ".yml", ".template")
_COMMENT = re.compile(rf"(?:#|//)\s*{re.escape(TAG)}\b[ \t]*(?P<value>.*?)\s*(?:\*/)?$")
_BLOCK = re.compile(r'^resource\s+"(?P<type>[^"]+)"\s+"(?P<name>[^"]+)"\s*\{')
_SECTION = re.compile(r"^(?P<name>[A-Za-z]+)\s*:")
_KEY = re.compile(r"""^(?P<indent>\s+)["']?(?P<name>[A-Za-z0-9]+)["']?\s*:""")
_ADDRESS = re.compile(r"^aws_[a-z0-9_]+\.[^.\[]+")


class Comment(NamedTuple):
    """What a comment says; resource: the address or logical id of what it is for, None where there is none."""

    line: int
    resource: str | None
    value: str


def commented(snapshot: Snapshot) -> Iterator[Ignore | str]:
    """Every exception in files that were read or lie beside a plan; a text where one is not in the form.

    Only what the root module has is found beside a plan.
    """
    files = sorted({Path(batch.source.split(": ", 1)[0]) for batch in snapshot.batches})
    templates = [file for file in files if file.suffix.lower() in TEMPLATES]
    folders = {file.parent for file in files if file.suffix == ".json"}
    beside = sorted(file for folder in folders for file in folder.glob("*.tf"))
    if not templates and not beside:
        return
    ids = {batch.kind.id_of(record) for batch in snapshot.batches for record in batch.records}
    ids |= {writing.name for (_id, part), writing in snapshot.written.items() if not part}
    for file in templates:
        yield from _exceptions(file, in_template(_text(file)), ids)
    for file in beside if any(_ADDRESS.match(id_) for id_ in ids) else ():
        yield from _exceptions(file, in_terraform(_text(file)), ids)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _exceptions(file: Path, comments: Iterator[Comment], ids: set[str]) -> Iterator[Ignore | str]:
    for comment in comments:
        by = f"{file}:{comment.line}"
        if comment.resource is None:
            yield f"{by}: {TAG} stands in no resource; it counts for nothing"
            continue
        # A resource with count or for_each is several.
        several = sorted(id_ for id_ in ids if id_.partition("[")[0].rpartition("/")[2] == comment.resource)
        for id_ in several or [comment.resource]:
            yield from read_exception(by, id_, comment.value)


def in_terraform(text: str) -> Iterator[Comment]:
    """The comments of a Terraform file; blocks begin and end in the first column, as `terraform fmt` writes them."""
    waiting: list[tuple[int, str]] = []
    resource: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        block = _BLOCK.match(line)
        if block:
            resource = f"{block['type']}.{block['name']}"
            yield from (Comment(before, resource, value) for before, value in waiting)
            waiting = []
        found = _COMMENT.search(line)
        if found and resource is None:
            waiting.append((number, found["value"]))
        elif found:
            yield Comment(number, resource, found["value"])
        elif resource is None and not line.lstrip().startswith(("#", "//")):
            yield from (Comment(before, None, value) for before, value in waiting)
            waiting = []
        if line.startswith("}") or (block and line.count("{") == line.count("}")):
            resource = None
    yield from (Comment(before, None, value) for before, value in waiting)


def in_template(text: str) -> Iterator[Comment]:
    """The comments of a template in YAML."""
    waiting: list[tuple[int, str]] = []
    section: str | None = None
    resource: str | None = None
    depth: int | None = None
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        top, key = _SECTION.match(line), _KEY.match(line)
        if top:
            section, resource, depth = top["name"], None, None
        elif key and section == "Resources" and len(key["indent"]) <= (len(key["indent"]) if depth is None else depth):
            depth, resource = len(key["indent"]), key["name"]
        found = _COMMENT.search(line)
        if found and bare.startswith("#") and _outside(line, depth):
            waiting.append((number, found["value"]))
            continue
        if found:
            yield Comment(number, resource, found["value"])
        if bare and not bare.startswith("#") and waiting:
            yield from (Comment(before, resource, value) for before, value in waiting)
            waiting = []
    yield from (Comment(before, None, value) for before, value in waiting)


def _outside(line: str, depth: int | None) -> bool:
    """Whether a line of its own is no deeper than the names of resources, and so belongs to the next one."""
    return depth is None or len(line) - len(line.lstrip()) <= depth
