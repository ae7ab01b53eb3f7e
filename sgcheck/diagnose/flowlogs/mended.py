"""Lines with all their fields, and more than one space between them or a comment behind: written anew, to be read."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, NamedTuple

from sgcheck.diagnose.flowlogs.layout import Layout, Shape
from sgcheck.diagnose.flowlogs.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Origin(NamedTuple):
    """Where a line stands: in which file, gzip or not, and the offset of its first byte."""

    source: Source
    packed: bool
    offset: int


class Mended:
    """One temporary file for each order of fields."""

    def __init__(self, folder: Path) -> None:
        """Write into `folder`."""
        self._folder = folder
        self._files: dict[tuple[str, ...], IO[bytes]] = {}
        self._origins: dict[str, dict[int, Origin]] = {}

    def add(self, fields: tuple[str, ...], words: list[str], origin: Origin) -> bool:
        """Mend a line, if the fields are all there."""
        width = len(fields)
        if len(words) < width or not (len(words) == width or words[width].startswith("#")):
            return False
        if fields not in self._files:
            self._files[fields] = (self._folder / f"mended-{len(self._files)}.log").open("wb")
        file = self._files[fields]
        self._origins.setdefault(file.name, {})[file.tell()] = origin
        file.write(" ".join(words[:width]).encode() + b"\n")
        return True

    def groups(self) -> Iterator[tuple[Layout, Source]]:
        """The files, to be read once all others are."""
        for fields, file in self._files.items():
            file.close()
            yield Layout(Shape.TEXT, fields=fields), Source(file.name, "mended lines", named=True)

    def origin(self, source: Source, offset: int) -> Origin | None:
        """Where a line of these files comes from; None for a line of any other file."""
        return self._origins.get(source.path, {}).get(offset)
