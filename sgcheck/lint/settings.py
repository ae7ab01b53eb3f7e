"""The configuration: `sgcheck.toml`, or `[tool.sgcheck]` in `pyproject.toml`, in the folder or the nearest above it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from sgcheck.errors import InputError
from sgcheck.lint.suppress import Ignore

OWN = "sgcheck.toml"
SHARED = "pyproject.toml"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[ignore]]`: whose findings are accepted, where, why, and up to which day."""

    rule: str
    reason: str
    resource: str = "*"
    until: date | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What the file says; the options of the command line come first. file: its name, empty where there is none."""

    ignore: tuple[Entry, ...] = ()
    select: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    severity: str | None = None
    fail_on: str | None = None
    rules: tuple[str, ...] = ()
    baseline: str | None = None
    fail_on_undecided: bool = False
    file: str = ""

    @property
    def ignores(self) -> tuple[Ignore, ...]:
        """The exceptions."""
        return tuple(Ignore(e.rule, e.resource, e.reason, e.until, self.file) for e in self.ignore)


def load_settings(named: str | None, folder: Path) -> Settings:
    """What `named` says, or the nearest file from `folder` upwards; nothing where there is none.

    Raises InputError where it is not in the form, naming file and place.
    """
    if named is not None:
        path = Path(named)
        return _read(path, named, _table(path, named, path.name))
    for above in (folder, *folder.parents):
        own, shared = above / OWN, above / SHARED
        if own.is_file():
            return _read(own, _short(own, folder), _table(own, _short(own, folder), OWN))
        if shared.is_file():
            table = _table(shared, _short(shared, folder), SHARED)
            if table is not None:
                return _read(shared, _short(shared, folder), table)
    return Settings()


def _short(path: Path, folder: Path) -> str:
    return path.name if path.parent == folder else str(path)


def _table(path: Path, name: str, form: str) -> dict[str, Any] | None:
    import tomllib

    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: can't be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}: not TOML: {error}") from None
    if form != SHARED:
        return told
    tools = told.get("tool")
    table = tools.get("sgcheck") if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else None


def _read(path: Path, name: str, table: dict[str, Any] | None) -> Settings:
    where = f"{name}: [tool.sgcheck]" if path.name == SHARED else name
    try:
        told = msgspec.convert(table or {}, Settings)
    except msgspec.ValidationError as error:
        raise InputError(f"{where}: {error}") from None
    if told.file:
        raise InputError(f"{where}: Object contains unknown field `file`")
    for number, entry in enumerate(told.ignore, 1):
        if not entry.reason.strip():
            raise InputError(f"{where}: ignore entry {number} ({entry.rule}): expected a reason")
    beside = path.parent
    return msgspec.structs.replace(
        told,
        file=name,
        rules=tuple(str(beside / folder) for folder in told.rules),
        baseline=str(beside / told.baseline) if told.baseline else None,
    )
