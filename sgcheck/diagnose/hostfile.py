"""Files that people copy from a host: read as they are, whatever wrote them."""

from __future__ import annotations

import base64
import binascii
import re

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]\s*){16,}(?:=\s*){0,2}")


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
