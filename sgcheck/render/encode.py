"""Bytes of JSON that people can read and diff."""

from __future__ import annotations

from typing import Any

import msgspec

from sgcheck.render.escape import encodable


def document(content: dict[str, Any]) -> str:
    """Return `content` as indented JSON that ends with a newline; keys stay in their order."""
    try:
        raw = msgspec.json.encode(content)
    except UnicodeEncodeError:
        raw = msgspec.json.encode(_clean(content))
    return msgspec.json.format(raw, indent=2).decode() + "\n"


def _clean(value: Any) -> Any:
    # An argument or a file name that is not UTF-8 reaches us as lone surrogates, which JSON can't carry.
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    return value
