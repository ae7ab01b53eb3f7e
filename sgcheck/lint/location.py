"""Where a finding points: the line of the template or Terraform source that says it, as closely as that can be told.

A rule, route or entry with a resource of its own stands there; one in a block of Terraform stands where the only block
begins that it may be of, since a plan does not keep the order of blocks.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from sgcheck.aws.snapshot import Writing
from sgcheck.lint.finding import Location

if TYPE_CHECKING:
    from sgcheck.lint.finding import Hit
    from sgcheck.lint.scene import Scene
    from sgcheck.sources.terraform.blocks import Block
    from sgcheck.sources.terraform.lines import Lines, Spot

_RULE = re.compile(r"(?P<way>ingress|egress) (?P<said>.+) (?:from|to) (?P<peer>\S+)")
_PORTS = re.compile(r"(?P<first>\d+)(?:-(?P<last>\d+))?/(?P<protocol>\w+)")
_WRITTEN = re.compile(r"(?P<protocol>\S+) (?P<first>\d+)-(?P<last>\d+)")
_ENTRY = re.compile(r"(?:(?P<way>ingress|egress) )?rule (?P<number>\d+)")
_WAYS = ("ingress", "egress")
_EVERY = frozenset({"-1", "all"})


def located(scene: Scene, hit: Hit, read_from: Location | None) -> Location | None:
    """The closest place that a finding has, else `read_from`, the file that the resource was read from."""
    written = scene.snapshot.written
    if not written:
        return read_from
    sources = _Sources(scene, read_from)
    whole = written.get((hit.resource.id, ""))
    # What comes along with a resource of Terraform has its address with an attribute behind it.
    owner = whole or Writing(hit.resource.id.rpartition(".")[0])
    places = (*_parts(sources, written, hit, whole), sources.place(owner), read_from)
    return next((one for one in places if one is not None), None)


class _Sources:
    """Where things are written: templates say their lines, and those of Terraform are looked up in the `.tf` files."""

    def __init__(self, scene: Scene, read_from: Location | None) -> None:
        """Look beside the file that a resource was read from; without one nowhere."""
        self._scene = scene
        # A path within an archive is one, too.
        self._folder = None if read_from is None else os.path.dirname(read_from.file)  # noqa: PTH120

    def place(self, writing: Writing) -> Location | None:
        """Where something stands."""
        if writing.file is not None:
            return Location(writing.file, writing.line)
        return _at(self._lines.spot(writing.name)) if self._folder is not None else None

    def block(self, writing: Writing, kind: str, fits: partial[bool]) -> Location | None:
        """Where the only block of a resource of Terraform begins that fits."""
        if writing.file is not None or self._folder is None:
            return None
        return _at(self._lines.inner(writing.name, kind, fits))

    @property
    def _lines(self) -> Lines:
        return self._scene.once(f"lines of {self._folder}", self._read)

    def _read(self) -> Lines:
        from sgcheck.sources.terraform.lines import Lines

        return Lines(self._folder or ".")


def _at(spot: Spot | None) -> Location | None:
    return None if spot is None else Location(spot.file, spot.line)


def _parts(
    sources: _Sources, written: Mapping[tuple[str, str], Writing], hit: Hit, whole: Writing | None
) -> Iterator[Location | None]:
    """The places of the rules, entries and routes that a finding is about."""
    id_ = hit.resource.id
    if hit.resource.kind == "route-table":
        destination = hit.key.partition(" ")[0]
        own = written.get((id_, f"route {destination}"))
        yield _place(sources, own, whole, "route", partial(_leads, destination))
    for label in hit.related:
        own = written.get((id_, label))
        rule, entry = _RULE.fullmatch(label), _ENTRY.fullmatch(label)
        if own is not None:
            yield sources.place(own)
        elif rule is not None and whole is not None:
            yield sources.block(whole, rule["way"], partial(_allows, rule["said"], rule["peer"]))
        elif entry is not None and hit.resource.kind == "network-acl":
            yield _entry(sources, written, hit, whole, entry)


def _entry(
    sources: _Sources,
    written: Mapping[tuple[str, str], Writing],
    hit: Hit,
    whole: Writing | None,
    entry: re.Match[str],
) -> Location | None:
    """The only entry of a number; the same one may be there for each way."""
    number, ways = entry["number"], [entry["way"]] if entry["way"] else _WAYS
    found = [
        _place(sources, written.get((hit.resource.id, f"{way} {number}")), whole, way, _numbered(number))
        for way in ways
    ]
    told = [place for place in found if place is not None]
    return told[0] if len(told) == 1 else None


def _place(
    sources: _Sources, own: Writing | None, whole: Writing | None, kind: str, fits: partial[bool]
) -> Location | None:
    """The resource that says it, else the block in that of the whole."""
    if own is not None:
        return sources.place(own)
    return sources.block(whole, kind, fits) if whole is not None else None


def _numbered(number: str) -> partial[bool]:
    return partial(_is, {"rule_no": number})


def _is(wanted: dict[str, str], block: Block) -> bool:
    """Whether a block may say all of this: what is no plain value may turn out to be anything."""
    return all(block.word(name) in (value, None) for name, value in wanted.items() if name in block.attributes)


def _leads(destination: str, block: Block) -> bool:
    named = [block.word(name) for name in ("cidr_block", "ipv6_cidr_block") if name in block.attributes]
    return not named or None in named or destination in named


def _allows(said: str, peer: str, block: Block) -> bool:
    """Whether a block may be the one of a rule that says this of its ports and its peer."""
    ports = _PORTS.fullmatch(said) or _WRITTEN.fullmatch(said)
    if ports is not None:
        low, high = ports["first"], ports["last"] or ports["first"]
        if not _is({"from_port": low, "to_port": high}, block):
            return False
        if block.word("protocol") in _EVERY:
            return False
    elif said in _EVERY and (block.word("protocol") or "-1").lower() not in _EVERY:
        return False
    if "." not in peer and ":" not in peer:
        return True
    lists = [block.words(name) for name in ("cidr_blocks", "ipv6_cidr_blocks")]
    return any(one is None or peer in one for one in lists)
