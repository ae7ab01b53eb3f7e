"""Files that people copy from a host: read as they are, whatever wrote them."""

from __future__ import annotations

import base64
import binascii
import re
import sys
from pathlib import Path
from typing import BinaryIO

from sgcheck.errors import InputError

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]\s*){16,}(?:=\s*){0,2}")


def read_bytes(path: str, stdin: BinaryIO | None = None) -> bytes:
    """The content of the file at `path`; `-` is standard input. Raises InputError in one line."""
    try:
        return (stdin or sys.stdin.buffer).read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise InputError(f"{path!r}: {error}") from None


def as_text(data: bytes) -> str:
    """`data` as text: UTF-8, or UTF-16 as PowerShell's `>` writes it; what is neither is replaced."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def out_of_base64(text: str) -> bytes | None:
    """What base64 holds, as the API gives long texts; None where `text` is none."""
    if not _BASE64.fullmatch(text.strip()):
        return None
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return None
