"""A rule: a page that is its metadata, its documentation and its tests, bound to a check."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from sgcheck.errors import InputError
from sgcheck.lint.check import Check
from sgcheck.lint.checks import CHECKS, check_named
from sgcheck.lint.severity import Severity, severity

HEADINGS = ("What it does", "Why is this bad", "Fix")
_EXPECTATIONS = (".yaml", ".yml", ".json")
"""Endings of files of expectations."""
_SERVICES = ("services", "but")
_ID = re.compile(r"[A-Z]{2,5}[0-9]{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


class Example(msgspec.Struct, frozen=True):
    """Configuration in YAML that the rule must find fault with, or must not."""

    text: str
    bad: bool


class Rule(msgspec.Struct, frozen=True):
    """What a page says. parameters: of its check, read. what, why, fix: Markdown, without the headings.

    equivalents: what other tools and standards call it. file: the page. optional: an opinion, looked at only where
    somebody selects it.
    """

    id: str
    name: str
    severity: Severity
    check_name: str
    check: Check
    parameters: Any
    references: tuple[str, ...]
    equivalents: tuple[str, ...]
    tags: tuple[str, ...]
    what: str
    why: str
    fix: str
    examples: tuple[Example, ...]
    file: str
    optional: bool = False

    @property
    def fix_words(self) -> str:
        """The first paragraph on how to fix it, as one line."""
        return " ".join(self.fix.split("\n\n", 1)[0].split())


class _Front(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The front matter, as it is written."""

    id: str
    name: str
    severity: str
    check: str
    parameters: dict[str, Any] = {}
    references: tuple[str, ...] = ()
    equivalents: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    optional: bool = False


def shipped() -> Path:
    """The folder of our own pages: inside of the package, or at the top of a checkout."""
    inside = Path(__file__).parents[1] / "rules"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "rules"


def load_rules(folders: Iterable[str] = ()) -> tuple[Rule, ...]:
    """Every rule of the book and of other folders, files of expectations among them, by id.

    Raises InputError where a page is not in the form of one, naming page and fault, and where two have one id or name.
    """
    found: dict[str, Rule] = {}
    names: dict[str, Rule] = {}
    for folder in (shipped(), *map(Path, folders)):
        for page in _pages(folder):
            rule = _read(page, page.name if folder == shipped() else str(page))
            known = found.get(rule.id) or names.get(rule.name)
            if known is not None:
                raise InputError(f"{page}: {known.file} has the id {known.id} and the name {known.name} already")
            found[rule.id] = names[rule.name] = rule
    return tuple(found[id_] for id_ in sorted(found))


def _pages(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InputError(f"{folder}: expected a folder with pages of rules")
    endings = (".md",) if folder == shipped() else (".md", *_EXPECTATIONS)
    pages = sorted(page for page in folder.iterdir() if page.suffix in endings and page.name != "README.md")
    if not pages:
        raise InputError(f"{folder}: expected pages of rules, such as SG901-no-telnet.md; there are none")
    return pages


def _read(page: Path, name: str) -> Rule:
    if page.suffix == ".md":
        return read_rule(name, _text(page), page.stem)
    from sgcheck.lint.expected import expected

    return expected(page)


def _text(page: Path) -> str:
    try:
        return page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{page}: can't be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None


def read_rule(file: str, text: str, stem: str) -> Rule:
    """The rule that a page has. file: what errors call it; stem: its name without .md. Raises InputError."""
    front, body = _parted(file, text)
    if stem != f"{front.id}-{front.name}":
        raise InputError(f"{file}: a page with the id {front.id} and this name is called {front.id}-{front.name}.md")
    check = check_named(front.check)
    if check is None:
        from difflib import get_close_matches

        near = get_close_matches(front.check, CHECKS) or CHECKS
        raise InputError(f"{file}: check: no check is called {front.check!r}", f"There are: {', '.join(near)}.")
    sections = _sections(file, body)
    return Rule(
        front.id,
        front.name,
        _severity(file, front.severity),
        front.check,
        check,
        _parameters(file, front.parameters, check),
        front.references,
        front.equivalents,
        front.tags,
        *sections,
        _examples(file, body),
        file,
        front.optional,
    )


def _parted(file: str, text: str) -> tuple[_Front, str]:
    parts = re.split(r"^---$\n?", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise InputError(f"{file}: expected front matter between two lines of ---")
    front = _front(file, parts[1])
    if not _ID.fullmatch(front.id):
        raise InputError(f"{file}: id: expected capital letters and three digits, such as SG901, not {front.id!r}")
    if not _NAME.fullmatch(front.name):
        raise InputError(f"{file}: name: expected lower case with hyphens, such as open-ssh, not {front.name!r}")
    return front, parts[2]


def _front(file: str, text: str) -> _Front:
    import yaml

    try:
        told = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (safe, both of them)
        return msgspec.convert(told, _Front)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 2}" if mark else ""
        raise InputError(f"{file}:{where} front matter: {getattr(error, 'problem', None) or 'not YAML'}") from None
    except msgspec.ValidationError as error:
        raise InputError(f"{file}: front matter: {error}") from None


def _severity(file: str, word: str) -> Severity:
    try:
        return severity(word)
    except ValueError as error:
        raise InputError(f"{file}: severity: {error}") from None


def _parameters(file: str, told: dict[str, Any], check: Check) -> Any:
    from sgcheck.packets import parse_port

    try:
        for member in _SERVICES:
            if isinstance(told.get(member), list):
                # A port that YAML has read as a number.
                told = {**told, member: [str(one) if type(one) is int else one for one in told[member]]}
        read = msgspec.convert(told, check.parameters)
        for member in _SERVICES:
            for word in getattr(read, member, ()):
                parse_port(word)
    except (msgspec.ValidationError, ValueError) as error:
        raise InputError(f"{file}: parameters: {error}") from None
    return read


def _sections(file: str, body: str) -> tuple[str, str, str]:
    prose = _FENCE.sub(lambda match: "" if match["info"].startswith("yaml ") else match[0], body)
    parts = _HEADING.split(prose)
    if parts[0].strip() or tuple(parts[1::2]) != HEADINGS:
        expected = ", ".join(f"## {heading}" for heading in HEADINGS)
        raise InputError(f"{file}: expected the headings {expected}, in this order")
    what, why, fix = (part.strip() for part in parts[2::2])
    if not (what and why and fix):
        raise InputError(f"{file}: something must stand under each of its headings")
    return what, why, fix


def _examples(file: str, body: str) -> tuple[Example, ...]:
    blocks = [match for match in _FENCE.finditer(body) if match["info"] in ("yaml bad", "yaml good")]
    found = tuple(Example(match["text"], match["info"] == "yaml bad") for match in blocks)
    if {example.bad for example in found} != {True, False}:
        raise InputError(f"{file}: expected an example of each, in blocks ```yaml bad and ```yaml good")
    return found
