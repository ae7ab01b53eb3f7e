"""Making text from AWS harmless: whatever a Name tag holds, it can neither move the cursor nor forge a line or a link.

Everything here keeps what can be read as it is and spells the rest out, so that nothing disappears in silence.
"""

from __future__ import annotations

import re

_IDEOGRAPHIC_SPACE = "\u3000"

# Printable by Unicode's book, and yet nothing is to be seen: fillers, and variation selectors save the one of emoji.
_INVISIBLE_RUNS = (
    *((0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800)),
    *((0x3164, 0x3164), (0xFE00, 0xFE0E), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF)),
)
_INVISIBLE = frozenset(point for first, last in _INVISIBLE_RUNS for point in range(first, last + 1))

# What a GitHub runner obeys when a line of the log begins with it ("##[" even anywhere in the line).
_RUNNER_COMMAND = re.compile(
    r"::(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|save-state|set-env"
    r"|set-output|stop-commands|warning)\b)|##(?=\[)",
    re.IGNORECASE,
)


def _spelled(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _shown(char: str) -> str:
    fine = (char.isprintable() and ord(char) not in _INVISIBLE) or char == _IDEOGRAPHIC_SPACE
    return char if fine else _spelled(char)


def _spell_first(match: re.Match[str]) -> str:
    return f"\\x{ord(match[0][0]):02x}{match[0][1:]}"


def visible(text: str) -> str:
    r"""Return `text` as one line, with control, bidirectional and invisible characters spelled (`\x1b`, `\u202e`)."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_shown, text))
    return _RUNNER_COMMAND.sub(_spell_first, text) if "::" in text or "##" in text else text


def encodable(text: str) -> str:
    r"""Return `text` with lone surrogates spelled (`\udcff`), so that UTF-8 can carry it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
