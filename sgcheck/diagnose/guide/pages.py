"""Reading the pages: front matter, an introduction, and a `##` heading for each rung or myth.

Under a heading stand paragraphs, and then the steps and sources as a list: `- Fix: …`, `- Source: …`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.diagnose.guide.ladder import Kind, Ladder, Myth, Rung, Step, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

# In the order of the list: what the client sees first, the commonest of it first; then what one works with.
ORDER = (
    "timeout",
    "refused",
    "reset",
    "stall",
    "no-route-to-host",
    "network-unreachable",
    "no-reply",
    "dns",
    "permission-denied",
    "unprotected-key",
    "http-502",
    "http-503",
    "http-504",
    "ssh",
    "instance-connect",
    "session-manager",
    "https",
    "stop-start",
    "metadata",
    "load-balancers",
    "databases",
    "private-subnets",
    "vpc-dns",
    "ipv6",
    "mtu",
)
PAGES = Path(__file__).with_name("pages")
AWS = "https://docs.aws.amazon.com/"
_MYTH = "Myth: "
_SOURCE = "Source"
_ITEM = re.compile(rf"^- ({'|'.join([*Way, _SOURCE])}): (.+)$")


class _Section(NamedTuple):
    heading: str
    paragraphs: tuple[str, ...]
    items: tuple[tuple[str, str], ...]


def ladders() -> tuple[Ladder, ...]:
    """Every ladder, in the order of the list."""
    return tuple(map(ladder, ORDER))


@cache
def ladder(id_: str) -> Ladder:
    """The ladder with this id, which must be one of ORDER."""
    return parse(id_, (PAGES / f"{id_}.md").read_text(encoding="utf-8"))


def parse(id_: str, text: str) -> Ladder:
    """The ladder that a page has; ValueError names what is not in the form of one."""
    _, front, body = text.split("---\n", 2)
    facts = dict(_facts(front))
    head, *rest = _sections(body)
    if head.items:
        raise ValueError(f"{id_}: a step before the first heading")
    myths = [one for one in rest if one.heading.startswith(_MYTH)]
    return Ladder(
        id_,
        Kind(facts["kind"]),
        facts["title"],
        _words(facts.get("also", "")),
        _words(facts.get("see", "")),
        head.paragraphs,
        tuple(_rung(id_, one) for one in rest if one not in myths),
        tuple(_myth(id_, one) for one in myths),
    )


def _facts(front: str) -> Iterator[tuple[str, str]]:
    """The `key: value` lines; they need no YAML, and the reader no YAML parser."""
    for line in front.splitlines():
        key, _, value = line.partition(":")
        yield key.strip(), value.strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _sections(body: str) -> Iterator[_Section]:
    for part in re.split(r"^## ", "\n" + body, flags=re.MULTILINE):
        heading, _, rest = part.partition("\n")
        items: list[tuple[str, str]] = []
        paragraphs: list[str] = []
        for block in re.split(r"\n\s*\n", rest.strip()):
            found = [_ITEM.match(line) for line in _joined(block)]
            if all(found):
                items += [(match[1], match[2]) for match in found if match]
            elif block.strip():
                paragraphs.append(" ".join(block.split()))
        yield _Section(heading.strip(), tuple(paragraphs), tuple(items))


def _joined(block: str) -> list[str]:
    """The lines of a list with those that go on from one joined to it."""
    return re.sub(r"\n +", " ", block).splitlines()


def _rung(id_: str, one: _Section) -> Rung:
    steps = tuple(Step(Way(lead), text) for lead, text in one.items if lead != _SOURCE)
    if not one.paragraphs or not steps:
        raise ValueError(f"{id_}: {one.heading}: a rung says why, and what to do")
    return Rung(one.heading, one.paragraphs, steps, _sources(one))


def _myth(id_: str, one: _Section) -> Myth:
    sources = _sources(one)
    if not one.paragraphs or len(sources) != len(one.items):
        raise ValueError(f"{id_}: {one.heading}: a myth has its truth and sources, and no steps")
    return Myth(one.heading.removeprefix(_MYTH), one.paragraphs, sources)


def _sources(one: _Section) -> tuple[str, ...]:
    """Addresses below docs.aws.amazon.com are written without it."""
    found = (text for lead, text in one.items if lead == _SOURCE)
    return tuple(text if "://" in text else AWS + text for text in found)
