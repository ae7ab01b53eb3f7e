"""Lines on a terminal: display width, wrapping, marks and colour, with no more than the standard library."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Prose is pleasant to read up to here, however wide the window is.
PROSE_WIDTH = 100

_SGR = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Marks(msgspec.Struct, frozen=True):
    """The few signs of the drawing."""

    passes: str
    denied: str
    unknown: str
    partial: str
    line: str
    gap: str
    arrow: str
    more: str


UNICODE_MARKS = Marks("✓", "✗", "?", "~", "│", "┊", "→", "…")
ASCII_MARKS = Marks("+", "x", "?", "~", "|", ":", "->", "...")


class Style(msgspec.Struct, frozen=True):
    """How text is laid out: width in columns, whether ANSI colours are wanted, and the marks the output can carry."""

    width: int = 80
    color: bool = False
    marks: Marks = UNICODE_MARKS

    def paint(self, text: str, *names: str) -> str:
        """Return `text` in the named colours, or as it is where no colour is wanted or there is nothing to paint."""
        if not self.color or not names or not text:
            return text
        return f"\x1b[{';'.join(_SGR[name] for name in names)}m{text}\x1b[0m"


def columns(text: str) -> int:
    """Return how many terminal columns `text` takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_char_columns(char) for char in text)


def _char_columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def pad(text: str, width: int) -> str:
    """Return `text` filled with spaces up to `width` columns."""
    return text + " " * (width - columns(text))


def _pieces(word: str, width: int) -> Iterator[str]:
    """Yield `word` in pieces of at most `width` columns (one character at least)."""
    piece, used = "", 0
    for char in word:
        wide = _char_columns(char)
        if piece and used + wide > width:
            yield piece
            piece, used = "", 0
        piece, used = piece + char, used + wide
    yield piece


def wrap(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` columns, broken at spaces, and inside a word that alone is longer."""
    width = max(width, 1)
    lines: list[str] = []
    line, used = "", 0
    for word in re.split(" +", text.strip(" ")):
        for piece in _pieces(word, width) if columns(word) > width else (word,):
            size = columns(piece)
            if line and used + 1 + size <= width:
                line, used = f"{line} {piece}", used + 1 + size
            else:
                if line:
                    lines.append(line)
                line, used = piece, size
    return [*lines, line]


def hang(style: Style, lead: str, text: str, *paint: str, indent: int = 0, hold: int | None = None) -> Iterator[str]:
    """Yield `lead` and `text` wrapped beside it.

    style: width, colour and marks. lead: stands on the first line only, unpainted. paint: colours for the text.
    indent: columns in front of both. hold: where the text begins, in columns after the indent (default: after lead).
    """
    hold = columns(lead) if hold is None else hold
    room = min(style.width, PROSE_WIDTH + indent + hold) - indent - hold
    first, *rest = wrap(text, room)
    yield " " * indent + pad(lead, hold) + style.paint(first, *paint)
    for line in rest:
        yield " " * (indent + hold) + style.paint(line, *paint)


def shortened(items: Iterable[str], limit: int, marks: Marks) -> str:
    """Return `items` joined by commas, at most `limit` of them, and how many more there are."""
    shown = list(items)
    left = len(shown) - limit
    if left <= 0:
        return ", ".join(shown)
    return f"{', '.join(shown[:limit])} {marks.more} and {left:,} more"
