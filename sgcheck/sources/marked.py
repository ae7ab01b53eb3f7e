"""YAML or JSON as values that know their line, so that whoever reads them can say where something is wrong.

Scalars keep the text that stands in the file: what YAML 1.1 would make of `22:22` (a number in base 60) or of `on`
(true) is nobody's wish here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from sgcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as text; `null` where it is empty or null."""

    text: str
    line: int
    null: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; a key that stands twice is there twice."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int


Node = Scalar | Listing | Mapping

_BEGINS = {"AliasEvent", "ScalarEvent", "SequenceStartEvent", "MappingStartEvent"}
_ENDS = {"SequenceEndEvent", "MappingEndEvent"}
_NULLS = {"", "~", "null", "Null", "NULL"}
_DEEPEST = 50


def parse(data: bytes, where: str) -> Node | None:
    """Return the one document in `data`, or None where it is empty.

    data: JSON or YAML, in UTF-8 (YAML in UTF-16 too). where: the file, as error messages call it.
    Lines of JSON are those of the elements of top-level lists, which is as near as a decoder tells.
    Raises InputError, with the line where the parser knows it.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        try:
            return _from_json(data.removeprefix(b"\xef\xbb\xbf"))
        except (ValueError, RecursionError, msgspec.DecodeError):
            # A YAML flow mapping begins with a brace, too; YAML's parser also has the better words for broken JSON.
            pass
    return _from_yaml(data, where)


class _Pairs(list[tuple[str, Any]]):
    """The pairs of one JSON object, repeated keys included."""


def _from_json(data: bytes) -> Mapping:
    content = json.loads(data, object_pairs_hook=_Pairs)
    lines = _element_lines(data)
    pairs = []
    for key, value in content:
        if isinstance(value, list) and not isinstance(value, _Pairs) and len(lines.get(key, ())) == len(value):
            items = tuple(_json_node(item, line) for item, line in zip(value, lines[key], strict=True))
            node: Node = Listing(items, lines[key][0] if items else 1)
        else:
            node = _json_node(value, 1)
        pairs.append((Scalar(key, node.line), node))
    return Mapping(tuple(pairs), 1)


def _element_lines(data: bytes) -> dict[str, list[int]]:
    """Return the line of each element of each list in the top-level object of `data`."""
    found = {}
    position, line = 0, 1
    for key, raw in msgspec.json.decode(data, type=dict[str, msgspec.Raw]).items():
        if not bytes(raw).startswith(b"["):
            continue
        found[key] = list[int]()
        for element in msgspec.json.decode(raw, type=list[msgspec.Raw]):
            # Between two elements stand only commas and white space, so the next occurrence is the element itself.
            start = data.index(bytes(element), position)
            line += data.count(b"\n", position, start)
            found[key].append(line)
            line += bytes(element).count(b"\n")
            position = start + len(bytes(element))
    return found


def _json_node(value: Any, line: int) -> Node:
    if isinstance(value, _Pairs):
        return Mapping(tuple((Scalar(key, line), _json_node(item, line)) for key, item in value), line)
    if isinstance(value, list):
        return Listing(tuple(_json_node(item, line) for item in value), line)
    if isinstance(value, str):
        return Scalar(value, line)
    return Scalar(json.dumps(value), line, null=value is None)


def _from_yaml(data: bytes, where: str) -> Node | None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(where).document(yaml.parse(data, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{where}:{mark.line + 1}" if mark else where
        raise InputError(f"{place}: not valid YAML: {error.problem or error.context}", _yaml_hint(error)) from None
    except yaml.YAMLError as error:
        raise InputError(f"{where}: not valid YAML: {' '.join(str(error).split())}") from None


def _yaml_hint(error: Any) -> str | None:
    if "mapping values are not allowed" in str(error.problem):
        return "a value with a colon and a space in it needs quotes"
    if "alias" in str(error.problem) or "alias" in str(error.context):
        return "a value that begins with * or & needs quotes"
    return None


class _Composer:
    """Builds a document from the parser's events.

    PyYAML's own composer in C recurses without a limit, and ends the process where somebody nests deeply enough.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._anchors: dict[str, Node] = {}

    def document(self, events: Iterator[Any]) -> Node | None:
        """Return the one document in `events`, or None where there is none."""
        root: Node | None = None
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and root is not None:
                self._fail(event, "a second document; expected one")
            if kind in _BEGINS:
                root = self._node(event, events, 0)
        return root

    def _fail(self, event: Any, message: str) -> NoReturn:
        raise InputError(f"{self._where}:{event.start_mark.line + 1}: {message}")

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        kind = type(event).__name__
        if kind == "AliasEvent":
            if event.anchor not in self._anchors:
                self._fail(event, f"*{event.anchor} refers to nothing before it")
            return self._anchors[event.anchor]
        if depth > _DEEPEST:
            self._fail(event, "nested too deeply")
        node = self._fresh(kind, event, events, depth + 1)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _fresh(self, kind: str, event: Any, events: Iterator[Any], depth: int) -> Node:
        line = event.start_mark.line + 1
        if kind == "ScalarEvent":
            return Scalar(event.value, line, null=event.implicit[0] and event.value in _NULLS)
        if kind == "SequenceStartEvent":
            return Listing(tuple(self._nodes(events, depth)), line)
        inside = self._nodes(events, depth)
        # A mapping's events are its keys and values in turn.
        return Mapping(tuple(self._pairs(list(zip(inside, inside, strict=True)))), line)

    def _nodes(self, events: Iterator[Any], depth: int) -> Iterator[Node]:
        """Yield what follows up to the end of the collection that was begun."""
        for event in events:
            if type(event).__name__ in _ENDS:
                return
            yield self._node(event, events, depth)

    def _pairs(self, pairs: Sequence[tuple[Node, Node]]) -> Iterator[tuple[Scalar, Node]]:
        """Yield the pairs of a mapping; those of a merge key (`<<`) only where the mapping has no such key itself."""
        merged = list[Mapping]()
        taken = set[str]()
        for name, value in pairs:
            if not isinstance(name, Scalar):
                raise InputError(f"{self._where}:{name.line}: a key must be a plain word")
            if name.text == "<<":
                merged.extend(self._merged(value))
            else:
                taken.add(name.text)
                yield name, value
        for mapping in merged:
            yield from (pair for pair in mapping.pairs if pair[0].text not in taken)
            taken |= {name.text for name, _ in mapping.pairs}

    def _merged(self, value: Node) -> Sequence[Mapping]:
        parts = value.items if isinstance(value, Listing) else (value,)
        mappings = [part for part in parts if isinstance(part, Mapping)]
        if len(mappings) != len(parts):
            raise InputError(f"{self._where}:{value.line}: << takes a mapping or a list of mappings")
        return mappings
