"""The expectations file: what should reach what, asserted with `sgcheck check`."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from sgcheck.errors import InputError, UsageError
from sgcheck.reach.answer import Expectation, Verdict
from sgcheck.sources.content import read_bytes
from sgcheck.sources.marked import Listing, Mapping, Node, Scalar, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOP = ("version", "expect")
_ENTRY = ("name", "from", "to", "port", "verdict", "allowed")
_REQUIRED = ("from", "to", "port", "verdict")
_EXAMPLES = {"from": "internet", "to": "tag:tier=web", "port": "443", "verdict": "reachable"}
_VERDICTS = tuple(verdict.value for verdict in Verdict)


def load_expectations(path: str, stdin: BinaryIO | None = None) -> tuple[Expectation, ...]:
    """Return the expectations in the file at `path`, in its order, each one known to be a question that can be asked.

    path: YAML or JSON; `-` is standard input. stdin: what to read there (default: the process's own).
    Raises InputError naming file and line at the first entry that is not right.
    """
    where = "<stdin>" if path == "-" else path
    document = _document(read_bytes(path, stdin), where)
    top = _fields(document, _TOP, where)
    _check_version(top.get("version"), document, where)
    expect = top.get("expect")
    if expect is None:
        _fail(where, document, "expect is missing: it lists what should hold")
    if not isinstance(expect, Listing):
        _fail(where, expect, f"expect must be a list of expectations, not {_told(expect)}")
    if not expect.items:
        _fail(where, expect, "expect is empty: nothing would be checked")
    return tuple(_expectation(node, where) for node in expect.items)


def _document(data: bytes, where: str) -> Mapping:
    document = parse(data, where)
    if document is None or (isinstance(document, Scalar) and document.null):
        raise InputError(f"{where}: empty; expected version: 1 and a list under expect")
    if not isinstance(document, Mapping):
        _fail(where, document, f"expected a mapping with version and expect, not {_told(document)}")
    return document


def _check_version(node: Node | None, document: Mapping, where: str) -> None:
    if node is None:
        _fail(where, document, "version is missing; expected version: 1")
    if not isinstance(node, Scalar) or node.text != "1":
        _fail(where, node, f"version must be 1, not {_told(node)}")


def _expectation(node: Node, where: str) -> Expectation:
    if not isinstance(node, Mapping):
        _fail(where, node, f"an expectation must be a mapping with {', '.join(_REQUIRED)}, not {_told(node)}")
    fields = _fields(node, _ENTRY, where)
    for key in _REQUIRED:
        if key not in fields:
            _fail(where, node, f"{key} is missing (as in {key}: {_EXAMPLES[key]})")
    expectation = Expectation(
        name=_text(fields["name"], "name", where) if not _empty(fields.get("name")) else None,
        source=_text(fields["from"], "from", where),
        target=_text(fields["to"], "to", where),
        port=_text(fields["port"], "port", where),
        verdicts=_verdicts(fields["verdict"], where),
        allowed=_allowed(fields["allowed"], where) if "allowed" in fields else None,
        place=f"{where}:{node.line}",
    )
    _ask(expectation, fields, where)
    return expectation


def _fields(node: Mapping, known: Sequence[str], where: str) -> dict[str, Node]:
    fields: dict[str, Node] = {}
    for key, value in node.pairs:
        if key.text not in known:
            _fail(where, key, f"unknown key {key.text!r}", _nearest(key.text, known))
        if key.text in fields:
            _fail(where, key, f"{key.text} stands here twice")
        fields[key.text] = value
    return fields


def _empty(node: Node | None) -> bool:
    return node is None or (isinstance(node, Scalar) and node.null)


def _text(node: Node, key: str, where: str) -> str:
    if not isinstance(node, Scalar):
        _fail(where, node, f"{key} must be one value, not {_told(node)}")
    if node.null or not node.text.strip():
        _fail(where, node, f"{key} is empty")
    return node.text


def _texts(node: Node, key: str, where: str) -> tuple[tuple[str, Node], ...]:
    if not isinstance(node, Listing):
        _fail(where, node, f"{key} must be a list, not {_told(node)}")
    return tuple((_text(item, key, where), item) for item in node.items)


def _verdicts(node: Node, where: str) -> tuple[Verdict, ...]:
    if isinstance(node, Scalar):
        texts: tuple[tuple[str, Node], ...] = ((_text(node, "verdict", where), node),)
    else:
        texts = _texts(node, "verdict", where)
        if not texts:
            _fail(where, node, f"verdict is empty; expected {_choices()}")
    for text, place in texts:
        if text not in _VERDICTS:
            _fail(where, place, f"verdict must be {_choices()}, not {text!r}", _nearest(text, _VERDICTS))
    return tuple(dict.fromkeys(Verdict(text) for text, _ in texts))


def _choices() -> str:
    return f"{', '.join(_VERDICTS[:-1])} or {_VERDICTS[-1]}"


def _allowed(node: Node, where: str) -> tuple[str, ...]:
    return tuple(_cidr(text, place, where) for text, place in _texts(node, "allowed", where))


def _cidr(text: str, place: Node, where: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        _fail(where, place, f"allowed takes CIDRs: {error}")


def _ask(expectation: Expectation, fields: dict[str, Node], where: str) -> None:
    """Let the question be parsed now, so that a file with a bad entry fails before anything is analysed."""
    from sgcheck.reach.question import Question

    try:
        Question.parse(expectation.source, expectation.target, expectation.port, None)
    except UsageError as error:
        wrong = next((key for key in ("from", "to") if f"--{key}" in error.message), "port")
        raise InputError(f"{where}:{fields[wrong].line}: {error.message}", error.hint) from None


def _told(node: Node) -> str:
    match node:
        case Scalar(null=True):
            return "nothing"
        case Scalar(text=text):
            return repr(text)
        case Listing():
            return "a list"
        case Mapping():
            return "a mapping"


def _nearest(text: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(text, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"


def _fail(where: str, node: Node, message: str, hint: str | None = None) -> NoReturn:
    raise InputError(f"{where}:{node.line}: {message}", hint)
