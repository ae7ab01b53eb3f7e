"""Where a finding points: the line of the Terraform source that says it, as closely as that can be told.

A rule, route or entry with a resource of its own stands there; one in a block stands where the only block begins that
it may be of, since a plan does not keep the order of blocks.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

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
    if read_from is None or not written:
        return read_from
    folder = os.path.dirname(read_from.file)  # noqa: PTH120  (a path within an archive is one, too)
    lines = scene.once(f"lines of {folder}", lambda: _lines(folder))
    address = written.get((hit.resource.id, ""))
    spot = next((one for one in _parts(lines, scene, hit, address) if one is not None), None)
    # What comes along with a resource has its address with an attribute behind it.
    owner = address or hit.resource.id.rpartition(".")[0]
    if spot is None:
        spot = lines.spot(owner)
    return read_from if spot is None else Location(spot.file, spot.line)


def _lines(folder: str) -> Lines:
    from sgcheck.sources.terraform.lines import Lines

    return Lines(folder or ".")


def _parts(lines: Lines, scene: Scene, hit: Hit, address: str | None) -> Iterator[Spot | None]:
    """The places of the rules, entries and routes that a finding is about."""
    written, id_ = scene.snapshot.written, hit.resource.id
    if hit.resource.kind == "route-table":
        destination = hit.key.partition(" ")[0]
        yield _spot(lines, written.get((id_, f"route {destination}")), address, "route", partial(_leads, destination))
    for label in hit.related:
        own = written.get((id_, label))
        rule, entry = _RULE.fullmatch(label), _ENTRY.fullmatch(label)
        if own is not None:
            yield lines.spot(own)
        elif rule is not None and address is not None:
            yield lines.inner(address, rule["way"], partial(_allows, rule["said"], rule["peer"]))
        elif entry is not None and hit.resource.kind == "network-acl":
            yield _entry(lines, scene, hit, address, entry)


def _entry(lines: Lines, scene: Scene, hit: Hit, address: str | None, entry: re.Match[str]) -> Spot | None:
    """The only entry of a number; the same one may be there for each way."""
    number, ways = entry["number"], [entry["way"]] if entry["way"] else _WAYS
    found = [
        _spot(lines, scene.snapshot.written.get((hit.resource.id, f"{way} {number}")), address, way, _numbered(number))
        for way in ways
    ]
    told = [spot for spot in found if spot is not None]
    return told[0] if len(told) == 1 else None


def _spot(lines: Lines, own: str | None, address: str | None, kind: str, fits: partial[bool]) -> Spot | None:
    """The resource that says it, else the block in that of the whole."""
    if own is not None:
        return lines.spot(own)
    return lines.inner(address, kind, fits) if address is not None else None


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
