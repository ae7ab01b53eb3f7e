"""Where the resources of a plan are written: the `.tf` files beside it, and those of the modules that they call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from sgcheck.sources.terraform.blocks import Block, blocks
from sgcheck.sources.terraform.document import STEP

_ADDRESS = re.compile(
    r"(?P<module>(?:module\.[\w-]+(?:\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])?\.)*)"
    r"(?P<type>[a-z][a-z0-9]*_\w+)\.(?P<name>[\w-]+)(?:\[.*\])?"
)
_SUFFIXES: Final = (".tf", ".tofu")
_LARGEST: Final = 4 * 1024 * 1024
_MANIFEST: Final = Path(".terraform", "modules", "modules.json")


class Spot(NamedTuple):
    """A file as it is reached from the working directory, and a line in it, from 1."""

    file: str
    line: int


class _Found(NamedTuple):
    file: str
    block: Block


class Lines:
    """Finds resources in the files of one root module."""

    def __init__(self, folder: str) -> None:
        """Look in `folder`, where the plan is."""
        self._folder = Path(folder)
        self._read: dict[Path, dict[tuple[str, ...], _Found]] = {}
        self._folders: dict[str, Path | None] = {"": self._folder}

    def spot(self, address: str) -> Spot | None:
        """Where a resource begins, None where no file beside the plan has it."""
        found = self._resource(address)
        return Spot(found.file, found.block.line) if found else None

    def inner(self, address: str, kind: str, fits: Callable[[Block], bool]) -> Spot | None:
        """Where the only block of a kind begins, in a resource, that fits; None where there is not just one.

        A `dynamic` block makes blocks of its content.
        """
        found = self._resource(address)
        if found is None:
            return None
        spots = [line for line, block in _inner(found.block, kind) if fits(block)]
        return Spot(found.file, spots[0]) if len(spots) == 1 else None

    def _resource(self, address: str) -> _Found | None:
        match = _ADDRESS.fullmatch(address)
        folder = self._module("", "", match["module"]) if match else None
        if match is None or folder is None:
            return None
        return self._blocks(folder).get(("resource", match["type"], match["name"]))

    def _module(self, above: str, key: str, rest: str) -> Path | None:
        """The folder of a module, by the calls that lead to it; `above` leads to who calls the next one."""
        step = STEP.match(rest)
        if step is None:
            return self._folders.get(above)
        here = f"{above}.{step.group(1)}" if above else step.group(1)
        if here not in self._folders:
            self._folders[here] = self._called(above, here, step.group(1))
        if self._folders[here] is None:
            return None
        return self._module(here, key, rest[step.end() :])

    def _called(self, above: str, here: str, name: str) -> Path | None:
        caller = self._folders[above]
        call = self._blocks(caller).get(("module", name)) if caller is not None else None
        source = call.block.word("source") if call else None
        if caller is not None and source is not None and source.startswith(("./", "../")):
            return Path(_plain(caller / source))
        installed = self._installed.get(here)
        return self._folder / installed if installed else None

    @cached_property
    def _installed(self) -> dict[str, str]:
        """The folders of the modules that Terraform has fetched, by the names of the calls with dots between them."""
        try:
            told: Any = msgspec.json.decode((self._folder / _MANIFEST).read_bytes())
        except (OSError, msgspec.DecodeError):
            return {}
        listed = told.get("Modules") if isinstance(told, dict) else None
        return {
            one["Key"]: one["Dir"]
            for one in (listed if isinstance(listed, list) else ())
            if isinstance(one, dict) and isinstance(one.get("Key"), str) and isinstance(one.get("Dir"), str)
        }

    def _blocks(self, folder: Path) -> dict[tuple[str, ...], _Found]:
        found = self._read.get(folder)
        if found is None:
            found = self._read[folder] = {}
            for file, block in _written(folder):
                found.setdefault((block.kind, *block.labels), _Found(file, block))
        return found


def _plain(path: Path) -> str:
    """A path without the steps that lead back (`a/../b` is `b`), so that reports and repositories agree on it."""
    import os.path

    return os.path.normpath(path)


def _written(folder: Path) -> Iterator[tuple[str, Block]]:
    """The blocks of all files of a folder; what can't be read has none."""
    try:
        files = sorted(path for path in folder.iterdir() if path.name.endswith(_SUFFIXES))
    except OSError:
        return
    for path in files:
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        yield from ((_plain(path), block) for block in blocks(text))


def _inner(block: Block, kind: str) -> Iterator[tuple[int, Block]]:
    for one in block.inner:
        if one.kind == kind:
            yield one.line, one
        elif one.kind == "dynamic" and one.labels == (kind,):
            yield from ((one.line, content) for content in one.inner if content.kind == "content")
