"""From the text of a template to values: JSON, or YAML with the short forms of functions (`!Ref`).

Plain scalars of YAML stay the texts that stand in the file, but for true, false and null: that 012345678901 is a number
in base 8 is nobody's wish. Aliases are taken, and bounded by what they make of the document.
"""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from sgcheck.errors import InputError
from sgcheck.sources.jsontext import Buffer

LARGEST: Final = 10 * 1024 * 1024
"""Bytes; CloudFormation itself takes a tenth of it (CloudFormation guide, limits: template body size)."""
MOST: Final = 300_000
"""Values that a document may have once its aliases are resolved."""
_DEEPEST = 100
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_ENDS = ("SequenceEndEvent", "MappingEndEvent")
_BARE = ("Ref", "Condition")
_SPACE = re.compile(r"[ \t\r\n]*")


class Lined(dict[str, Any]):
    """A mapping that knows the line of each of its keys; `lines` is empty where nothing told them."""

    __slots__ = ("lines",)

    def __init__(self, pairs: Any = (), lines: dict[str, int] | None = None) -> None:
        """Have `pairs`, whose keys stand in `lines`."""
        super().__init__(pairs)
        self.lines = lines or {}


def read_json(data: Buffer, file: str) -> Any:
    """The value of a JSON text that is known to be one, or nearly. Raises InputError."""
    _bounded(data, file)
    try:
        text = bytes(data).decode()
        found = json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, file))
    except RecursionError:
        raise InputError(f"{file}: is nested too deep") from None
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise InputError(f"{file}:{line}: not valid JSON: {error}" if line else f"{file}: not valid JSON") from None
    _tell_lines(text, found)
    return found


def _tell_lines(text: str, found: Any) -> None:
    """Tell the sections of a template, and the mapping of their names in each, the lines of their keys."""
    if not isinstance(found, Lined):
        return
    ends = [at for at, letter in enumerate(text) if letter == "\n"]
    for name, at, value in _keys(text, _past_space(text, 0)):
        found.lines[name] = bisect(ends, at) + 1
        inside = found[name]
        if isinstance(inside, Lined) and inside:
            inside.lines.update({inner: bisect(ends, place) + 1 for inner, place, _value in _keys(text, value)})


def _keys(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """The keys of the valid JSON object that begins at `start`: each with its place and that of its value."""
    decode = json.JSONDecoder().raw_decode
    at = _past_space(text, start + 1)
    while text[at] != "}":
        name, end = decode(text, at)
        value = _past_space(text, _past_space(text, end) + 1)
        yield name, at, value
        _skipped, end = decode(text, value)
        at = _past_space(text, end)
        if text[at] == ",":
            at = _past_space(text, at + 1)


def _past_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _once(pairs: list[tuple[str, Any]], file: str) -> Lined:
    found = Lined(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f'{file}: the key "{twice}" stands there twice')
    return found


def read_yaml(data: Buffer, file: str) -> Any:
    """The value of a YAML text, None where it is empty. Raises InputError with the line."""
    _bounded(data, file)
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(file).document(yaml.parse(bytes(data), Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{file}:{mark.line + 1}" if mark else file
        raise InputError(f"{place}: not valid YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: not valid YAML: {' '.join(str(error).split())}") from None


def _bounded(data: Buffer, file: str) -> None:
    if len(data) > LARGEST:
        raise InputError(f"{file}: a template of {len(data) // 1024 // 1024} MB; CloudFormation takes up to 1 MB")


class _Composer:
    """Builds values from the parser's events: the parser's own composer recurses without a limit."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._made = 0

    def document(self, events: Iterator[Any]) -> Any:
        """The value of the one document in `events`."""
        found, seen = None, False
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                if seen:
                    self._fail(event, "a second document; expected one template")
                seen = True
            elif kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent", "AliasEvent"):
                found = self._value(event, events, 0)
        return found

    def _fail(self, event: Any, message: str) -> NoReturn:
        raise InputError(f"{self._file}:{event.start_mark.line + 1}: {message}")

    def _count(self, event: Any, values: int) -> None:
        self._made += values
        if self._made > MOST:
            self._fail(event, f"more than {MOST} values, those of aliases included")

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> Any:
        if depth > _DEEPEST:
            self._fail(event, "nested too deeply")
        kind = type(event).__name__
        if kind == "AliasEvent":
            if event.anchor not in self._anchors:
                self._fail(event, f"*{event.anchor} refers to nothing before it")
            found, size = self._anchors[event.anchor]
            self._count(event, size)
            return found
        before = self._made
        self._count(event, 1)
        if kind == "ScalarEvent":
            made = _scalar(event)
        elif kind == "SequenceStartEvent":
            made = [self._value(inner, events, depth + 1) for inner in _inside(events)]
        else:
            made = self._mapping(event, events, depth + 1)
        made = self._tagged(event, made)
        if event.anchor:
            self._anchors[event.anchor] = made, self._made - before
        return made

    def _mapping(self, event: Any, events: Iterator[Any], depth: int) -> Lined:
        found, lines = {}, {}
        merged: list[Any] = []
        for name_event in _inside(events):
            name = self._value(name_event, events, depth)
            value = self._value(next(events), events, depth)
            if isinstance(name, (dict, list)):
                self._fail(name_event, "a key must be a plain word")
            text = "null" if name is None else str(name).lower() if isinstance(name, bool) else name
            if text == "<<" and isinstance(value, (dict, list)):
                merged += value if isinstance(value, list) else [value]
                continue
            if text in found:
                self._fail(name_event, f'the key "{text}" stands there twice')
            found[text] = value
            lines[text] = name_event.start_mark.line + 1
        for other in merged:
            if not isinstance(other, dict):
                self._fail(event, "<< takes a mapping or a list of mappings")
            for text, value in other.items():
                found.setdefault(text, value)
        return Lined(found, lines)

    def _tagged(self, event: Any, made: Any) -> Any:
        """The function that a short form stands for; an unknown one stays, for whoever meets it to leave open."""
        tag = event.tag
        if not tag or not tag.startswith("!") or tag == "!":
            return made
        name = tag[1:]
        if name == "GetAtt" and isinstance(made, str):
            made = made.split(".", 1)
        return Lined({name if name in _BARE else f"Fn::{name}": made}, {})


def _scalar(event: Any) -> Any:
    """A scalar: the text of the file, but for the words of JSON where they stand plain."""
    lowered = event.value.lower() if len(event.value) < 6 else event.value
    if event.implicit[0] and lowered in _WORDS and event.value in (lowered, lowered.title(), lowered.upper()):
        return _WORDS[lowered]
    return event.value


def _inside(events: Iterator[Any]) -> Iterator[Any]:
    """The events that begin what is in a collection, up to its end."""
    for event in events:
        if type(event).__name__ in _ENDS:
            return
        yield event
