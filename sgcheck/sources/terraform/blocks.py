"""The blocks of a file in Terraform's language, with the lines that they begin on.

Nothing is evaluated, and nothing is wrong: what is not understood is passed over, so that a file of tomorrow's language
still has its blocks. Comments, texts with templates in them and heredocs hold no blocks.
(Terraform: language/syntax/configuration; HCL native syntax specification.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<skip>[ \t\r\ufeff]+ | \#[^\n]* | //[^\n]* | /\*.*?(?:\*/|\Z))
    | (?P<heredoc><<-?(?P<mark>[A-Za-z_][\w-]*)[ \t\r]*\n)
    | (?P<line>\n)
    | (?P<quote>")
    | (?P<name>[A-Za-z_][\w-]*)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN: Final = {"{": "}", "[": "]", "(": ")"}
_CLOSE: Final = frozenset(_OPEN.values())
_DEEPEST: Final = 60
LISTED: Final = frozenset({"ingress", "egress", "route"})
"""Attributes that may be written instead of blocks: `ingress = [{ … }]`."""


class Block(NamedTuple):
    """A block, or an element of an attribute that stands for blocks.

    kind, labels: `resource "aws_vpc" "main"` has the kind `resource` and two labels. line: where it begins, from 1.
    attributes: what stands behind each `=`, as written. inner: the blocks in it.
    """

    kind: str
    labels: tuple[str, ...]
    line: int
    attributes: dict[str, str]
    inner: list[Block]

    def word(self, name: str) -> str | None:
        """An attribute that is a plain text or number, None where it is anything else or not there."""
        return plain(self.attributes.get(name, ""))

    def words(self, name: str) -> list[str] | None:
        """The elements of a list of plain texts; none where it is not there, None where it is anything else."""
        written = self.attributes.get(name, "[]").strip()
        if not (written.startswith("[") and written.endswith("]")):
            return None
        found = [plain(part) for part in written[1:-1].split(",") if part.strip()]
        return None if None in found else [word for word in found if word is not None]


def plain(written: str) -> str | None:
    """A text without templates, or a number; None for anything else."""
    written = written.strip()
    if re.fullmatch(r"-?\d+", written):
        return written
    text = re.fullmatch(r'"((?:[^"\\$%]|\\.|[$%](?!\{))*)"', written)
    return text.group(1) if text else None


class _Token(NamedTuple):
    kind: str
    text: str
    line: int
    start: int
    end: int


def blocks(text: str) -> list[Block]:
    """The blocks at the top of a file, each with those in it."""
    return _Reader(text).body(0)[1]


def _tokens(text: str) -> Iterator[_Token]:
    place, line = 0, 1
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return
        kind, end = str(match.lastgroup), match.end()
        kind = "heredoc" if match["heredoc"] else kind
        if kind == "quote":
            end = _after_text(text, end)
        elif kind == "heredoc":
            closing = re.compile(rf"^[ \t]*{re.escape(match['mark'])}[ \t\r]*$", re.MULTILINE).search(text, end)
            end = closing.end() if closing else len(text)
        if kind != "skip":
            yield _Token(kind, text[place:end], line, place, end)
        line += text.count("\n", place, end)
        place = end


def _after_text(text: str, place: int) -> int:
    """Where a text ends that begins before `place`; templates in it may hold texts of their own."""
    inside: list[str] = ['"']
    while place < len(text) and inside:
        two, sign = text[place : place + 2], text[place]
        if inside[-1] == '"':
            if sign == "\\":
                place += 1
            elif two in ("${", "%{") and text[place - 1 : place] != two[0]:
                inside.append("}")
                place += 1
            elif sign == '"':
                inside.pop()
            elif sign == "\n":
                return place  # a text ends with its line; whoever forgot the quote loses this line only
        elif sign in ('"', "{"):
            inside.append('"' if sign == '"' else "}")
        elif sign == "}":
            inside.pop()
        place += 1
    return place


class _Reader:
    """Goes through the tokens of a file once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._all = list(_tokens(text))
        self._next = 0

    def _peek(self, ahead: int = 0) -> _Token | None:
        place = self._next + ahead
        return self._all[place] if place < len(self._all) else None

    def body(self, depth: int) -> tuple[dict[str, str], list[Block]]:
        """The attributes and blocks up to the brace that closes the body."""
        attributes: dict[str, str] = {}
        found: list[Block] = []
        while (token := self._peek()) is not None:
            if token.text == "}" and depth:
                self._next += 1
                break
            if token.kind not in ("name", "quote"):
                self._next += 1
                continue
            follower = self._peek(1)
            if token.kind == "name" and (labels := self._header()) is not None and depth < _DEEPEST:
                self._next += len(labels) + 2
                inner = self.body(depth + 1)
                found.append(Block(token.text, labels, token.line, *inner))
            elif follower is not None and follower.text in ("=", ":"):
                self._next += 2
                name = token.text.strip('"')
                attributes[name] = self._expression(name if depth else "", found, depth)
            else:
                self._next += 1
        return attributes, found

    def _header(self) -> tuple[str, ...] | None:
        """The labels of a block that begins here, None where none does."""
        labels: list[str] = []
        ahead = 1
        while (token := self._peek(ahead)) is not None:
            if token.text == "{":
                return tuple(labels)
            if token.kind not in ("name", "quote"):
                return None
            labels.append(token.text.strip('"'))
            ahead += 1
        return None

    def _expression(self, name: str, found: list[Block], depth: int) -> str:
        """What stands behind a `=`, up to the end of its line or to the comma outside of brackets."""
        first = self._peek()
        open_: list[str] = []
        end = first.start if first else 0
        start = end
        while (token := self._peek()) is not None:
            if not open_ and (token.kind == "line" or token.text in ("}", ",")):
                break
            if token.text == "{" and open_ == ["]"] and name in LISTED and depth < _DEEPEST:
                self._next += 1
                found.append(Block(name, (), token.line, *self.body(depth + 1)))
                end = self._all[self._next - 1].end
                continue
            if token.kind == "sign" and token.text in _OPEN:
                open_.append(_OPEN[token.text])
            elif token.kind == "sign" and token.text in _CLOSE and open_:
                open_.pop()
            end = token.end
            self._next += 1
        return self._text[start:end].strip()
