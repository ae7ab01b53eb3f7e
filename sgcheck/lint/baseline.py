"""A baseline: the findings that were known when somebody wrote it, by fingerprint."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sgcheck.errors import InputError
from sgcheck.lint.finding import Finding

SCHEMA = "sgcheck.baseline/1"


class Known(msgspec.Struct, frozen=True):
    """One finding; only its fingerprint counts, the rest is for who reads the file."""

    fingerprint: str
    rule: str = ""
    resource: str = ""
    message: str = ""


class Baseline(msgspec.Struct, frozen=True):
    """What a file holds."""

    schema: str
    findings: tuple[Known, ...]


def read_baseline(file: str) -> dict[str, Known]:
    """What a file has, by fingerprint. Raises InputError where it is no baseline."""
    from pathlib import Path

    try:
        told = msgspec.json.decode(Path(file).read_bytes(), type=Baseline)
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such baseline", "--update-baseline writes it.") from None
    except OSError as error:
        raise InputError(f"{file}: can't be read: {error.strerror or error}") from None
    except msgspec.DecodeError as error:
        raise InputError(f"{file}: expected a baseline ({SCHEMA}): {error}") from None
    if told.schema != SCHEMA:
        raise InputError(f"{file}: expected a baseline ({SCHEMA}), not {told.schema!r}")
    return {one.fingerprint: one for one in told.findings}


def baseline_of(findings: Iterable[Finding], kept: Iterable[Known] = ()) -> Baseline:
    """What to write for these findings and those `kept` from before, in one order whatever their severities are."""
    made = {*kept, *(Known(f.fingerprint, f.rule, f.resource.id, f.message) for f in findings)}
    return Baseline(SCHEMA, tuple(sorted(made, key=lambda one: (one.rule, one.resource, one.fingerprint))))
