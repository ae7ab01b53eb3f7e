"""Lines that did not read: mended where only their spaces or a comment are in the way, else refused by number."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.diagnose.flowlogs.fields import NUMBERS, WORDS, header
from sgcheck.diagnose.flowlogs.mended import Mended, Origin
from sgcheck.diagnose.flowlogs.result import Refused
from sgcheck.diagnose.flowlogs.source import Source
from sgcheck.diagnose.flowlogs.sqltext import REJECTS, SCANS, parquet_oddities

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sgcheck.diagnose.flowlogs.engine import Engine
    from sgcheck.diagnose.flowlogs.layout import Layout

_SHOWN = 5
"""Lines of a file that are told with their numbers."""


class OtherHeaderError(Exception):
    """The header of some files changes on the way, so that they have to be read anew."""

    def __init__(self, sources: list[Source]) -> None:
        """Keep the files."""
        super().__init__()
        self.sources = sources


class _Line(NamedTuple):
    origin: Origin
    words: list[str]
    reason: str


class Rejects:
    """What did not read in all files of one reading. headers: how many header lines stood among the records."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        """Ask `engine` what it rejected; `folder` is for temporary files."""
        self._engine = engine
        self._refused: dict[tuple[Source, bool], list[tuple[int, str]]] = defaultdict(list)
        self._rows: list[Refused] = []
        self.mended = Mended(folder)
        self.headers = 0

    def forget(self) -> None:
        """Before a scan: what the one before it rejected was taken."""
        self._engine.rows(f"DROP TABLE IF EXISTS {REJECTS}")
        self._engine.rows(f"DROP TABLE IF EXISTS {SCANS}")

    def take(self, layout: Layout, sources: list[Source]) -> None:
        """After a scan: sort what it rejected. Raises OtherHeaderError before anything of it is kept."""
        records: list[_Line] = []
        others: dict[Source, None] = {}
        headers = 0
        for line in self._rejected(layout, {source.path: source for source in sources}):
            named = header(" ".join(line.words))
            if named is None:
                records.append(line)
            elif named == layout.fields:
                headers += 1
            else:
                others[line.origin.source] = None
        if others:
            raise OtherHeaderError(list(others))
        self.headers += headers
        for line in records:
            self._sort_in(layout, line)

    def _rejected(self, layout: Layout, sources: dict[str, Source]) -> Iterator[_Line]:
        """Each rejected line once, whatever is wrong with it; DuckDB counts bytes from 1, empty lines to the next."""
        found = self._engine.rows(
            f"SELECT file_path, line_byte_position, any_value(csv_line), "
            f"min(CAST(error_type AS VARCHAR)) FROM {REJECTS} JOIN {SCANS} USING (scan_id, file_id) "
            f"GROUP BY 1, 2 ORDER BY 1, 2"
        )
        for path, offset, text, kind in found:
            begun = offset - 1 + len(text) - len(text.lstrip("\r\n"))
            words = text.split()[layout.before :]
            yield _Line(Origin(sources[path], layout.packed, begun), words, _reason(layout, words, kind))

    def _sort_in(self, layout: Layout, line: _Line) -> None:
        origin = self.mended.origin(line.origin.source, line.origin.offset)
        if origin is None and self.mended.add(layout.fields, line.words, line.origin):
            return
        source, packed, offset = origin or line.origin
        self._refused[source, packed].append((offset, line.reason))

    def look_into_parquet(self, layout: Layout, sources: list[Source]) -> None:
        """Refuse the rows of Parquet files that hold what their fields can't."""
        for source in sources:
            rows = self._engine.rows(parquet_oddities(layout.fields, source.path))
            if rows:
                self._rows.append(Refused(source.shown, len(rows), tuple(rows[:_SHOWN]), "row"))

    def refused(self) -> tuple[Refused, ...]:
        """What was refused, file by file."""
        lines = []
        for (source, packed), refused in self._refused.items():
            first = sorted(refused)[:_SHOWN]
            numbers = source.line_numbers([offset for offset, _reason in first], packed=packed)
            reasons = [reason for _offset, reason in first]
            lines.append(Refused(source.shown, len(refused), tuple(zip(numbers, reasons, strict=True)), source.unit))
        return tuple(sorted([*lines, *self._rows], key=lambda refused: refused.file))


def _reason(layout: Layout, words: list[str], kind: str) -> str:
    """What is wrong with a line: the number of its fields, or the first of them that does not hold what it should."""
    if len(words) != len(layout.fields):
        return f"{len(words)} fields where {len(layout.fields)} are expected"
    for name, word in zip(layout.fields, words, strict=True):
        number = name in NUMBERS and not word.isdecimal()
        if word != "-" and (number or word not in WORDS.get(name, (word,))):
            return f"{name} is {word!r}"
    return kind.lower().replace("_", " ")
