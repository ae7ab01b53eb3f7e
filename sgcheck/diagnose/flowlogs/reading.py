"""Files into sums: those that are laid out alike are read in one query; what is out of line is looked at one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from sgcheck.diagnose.flowlogs.engine import Engine, EngineError
from sgcheck.diagnose.flowlogs.fields import KNOWN, NEEDED
from sgcheck.diagnose.flowlogs.files import Found, Unreadable, reason
from sgcheck.diagnose.flowlogs.layout import Layout, Shape, layout_of
from sgcheck.diagnose.flowlogs.rejects import OtherHeaderError, Rejects
from sgcheck.diagnose.flowlogs.result import Result, Skipped
from sgcheck.diagnose.flowlogs.rewrite import by_header, cleaned, messages
from sgcheck.diagnose.flowlogs.source import Source
from sgcheck.diagnose.flowlogs.sqltext import parquet_relation, parquet_whole, text_relation
from sgcheck.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE = 2_000
"""Files in one query."""


class Reading:
    """All files of one reading."""

    def __init__(self, engine: Engine, folder: Path, log_format: tuple[str, ...] | None) -> None:
        """Read into `engine`, with `folder` for temporary files."""
        self._engine = engine
        self._folder = folder
        self._log_format = log_format
        self._rejects = Rejects(engine, folder)
        self._groups: dict[Layout, list[Source]] = {}
        self._skipped: list[Skipped] = []
        self._cleaned: set[str] = set()
        self._files = 0

    def read(self, found: Iterable[Found | Unreadable]) -> Result:
        """Read everything.

        Raises InputError for a named file that is no flow log, and where there is none at all.
        """
        for file in found:
            if isinstance(file, Unreadable):
                self._skipped.append(Skipped(str(file.path), file.why))
            else:
                self._sort_in(Source(str(file.path), str(file.path), file.named))
        fields: set[str] = set()
        lacking: set[str] = set()
        while self._groups:
            layout, sources = self._groups.popitem()
            present = self._fields(layout)
            fields.update(present)
            lacking.update(set(NEEDED).difference(present))
            for first in range(0, len(sources), _AT_ONCE):
                self._read_group(layout, sources[first : first + _AT_ONCE])
        for layout, source in list(self._rejects.mended.groups()):
            self._read_group(layout, [source])
        return self._result(fields, lacking)

    def _fields(self, layout: Layout) -> tuple[str, ...]:
        return tuple(name.replace("_", "-") for name in layout.fields)

    def _result(self, fields: set[str], lacking: set[str]) -> Result:
        if not self._files:
            first = "".join(f": {skipped.file}: {skipped.why}" for skipped in self._skipped[:1])
            raise InputError(f"no flow log was found{first}")
        return Result(
            fates=tuple(self._engine.fates()),
            coverage=tuple(self._engine.coverage()),
            refused=self._rejects.refused(),
            skipped=tuple(self._skipped),
            files=self._files,
            headers=self._rejects.headers,
            lacking=tuple(name for name in NEEDED if name in lacking),
            without_real=bool(fields) and not {"pkt-srcaddr", "pkt-dstaddr"} <= fields,
            unknown=tuple(sorted(fields - KNOWN)),
        )

    def _sort_in(self, source: Source) -> None:
        """Put a file with those that are laid out alike; JSON becomes lines of text first."""
        try:
            layout = layout_of(source.place, self._log_format)
            if layout:
                source.check(packed=layout.packed)
            if layout and layout.shape is Shape.JSON:
                source = messages(source, layout.packed, self._folder)
                layout = layout_of(source.place, self._log_format)
            if layout and layout.shape is Shape.PARQUET:
                layout = msgspec.structs.replace(layout, fields=self._parquet_fields(source))
        except InputError as error:
            self._leave_out(source, str(error))
            return
        self._files += 1
        if layout:
            self._groups.setdefault(layout, []).append(source)

    def _parquet_fields(self, source: Source) -> tuple[str, ...]:
        try:
            described = self._engine.rows(f"DESCRIBE {parquet_whole([source.path])}")
        except EngineError as error:
            raise InputError(f"is broken Parquet: {error}") from error
        return tuple(name for name, *_rest in described)

    def _leave_out(self, source: Source, why: str) -> None:
        if source.named:
            raise InputError(f"{source.shown}: {why}")
        self._skipped.append(Skipped(source.shown, why))

    def _read_group(self, layout: Layout, sources: list[Source]) -> None:
        """Read files with one layout; where one of them can't be, each for itself."""
        self._engine.begin()
        try:
            self._scan(layout, sources)
        except OtherHeaderError as other:
            self._engine.rollback()
            self._split(other.sources, layout)
            rest = [source for source in sources if source not in other.sources]
            if rest:
                self._read_group(layout, rest)
        except EngineError as error:
            self._engine.rollback()
            self._one_by_one(layout, sources, str(error))
        else:
            self._engine.commit()

    def _one_by_one(self, layout: Layout, sources: list[Source], error: str) -> None:
        """After a query failed: each file for itself, and a text once more with its line breaks put right."""
        if len(sources) > 1:
            for source in sources:
                self._read_group(layout, [source])
            return
        source = sources[0]
        if layout.shape is Shape.PARQUET or source.path in self._cleaned:
            self._drop(source, f"can't be read: {error}")
            return
        try:
            source = cleaned(source, layout, self._folder)
        except OSError as broken:
            self._drop(source, reason(broken))
            return
        self._cleaned.add(source.path)
        self._read_group(msgspec.structs.replace(layout, packed=False), [source])

    def _drop(self, source: Source, why: str) -> None:
        self._files -= 1
        self._leave_out(source, why)

    def _scan(self, layout: Layout, sources: list[Source]) -> None:
        paths = [source.path for source in sources]
        if layout.shape is Shape.PARQUET:
            self._engine.add(parquet_relation(layout.fields, paths))
            self._rejects.look_into_parquet(layout, sources)
        else:
            self._rejects.forget()
            self._engine.add(text_relation(layout, paths))
            self._rejects.take(layout, sources)

    def _split(self, sources: Iterable[Source], layout: Layout) -> None:
        """Files whose header changes on the way become one file for each header, with the lines where they were."""
        for source in sources:
            for part, fields in by_header(source, layout, self._folder):
                self._groups.setdefault(Layout(Shape.TEXT, fields=fields, before=layout.before), []).append(part)
