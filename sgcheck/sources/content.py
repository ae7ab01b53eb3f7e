"""What one file holds, or standard input: read as it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from sgcheck.errors import InputError


def read_bytes(path: str, stdin: BinaryIO | None = None) -> bytes:
    """The content of the file at `path`; `-` is standard input. Raises InputError in one line."""
    try:
        return (stdin or sys.stdin.buffer).read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise InputError(f"{path!r}: {error}") from None
