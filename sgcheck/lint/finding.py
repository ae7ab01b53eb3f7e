"""What a run of rules yields, as data; nothing here prints."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from sgcheck.lint.severity import Severity
from sgcheck.model.ref import Ref

if TYPE_CHECKING:
    from sgcheck.reach.answer import Hop


class Location(msgspec.Struct, frozen=True, order=True):
    """Where the resource is written: a file, and the line in it where that is known (from 1)."""

    file: str
    line: int | None = None


class Step(msgspec.Struct, frozen=True):
    """One station on the way of the packets, and where it is written (where it is not known, as the finding)."""

    hop: Hop
    location: Location | None


class Fix(msgspec.Struct, frozen=True):
    """What to change, in words and, where there is one, as commands in the order in which they must run.

    takes: what the commands take away; needs: what must stay, lest they change what passes (`remedy` compares the two).
    """

    words: str
    commands: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Hit(msgspec.Struct, frozen=True):
    """What a check says of one resource.

    message: one sentence, without the name of the resource. key: tells several hits at one resource apart, by content
    and never by position. severity: how bad this one is, None as the rule's page says. related: ids of what else it is
    about, rules of a group among them. commands: what removes it; takes, needs: as for a Fix. way: that of the packets
    that it is about, where the scene tells ways.
    """

    resource: Ref
    message: str
    key: str = ""
    severity: Severity | None = None
    related: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    way: tuple[Hop, ...] = ()


class Doubt(msgspec.Struct, frozen=True, order=True):
    """What a check can't tell of one resource, and why."""

    resource: Ref
    why: str


class Finding(msgspec.Struct, frozen=True):
    """A rule that does not hold of one resource.

    rule, name: the rule's id and name. account, region: None where the input does not tell. fingerprint: the same in
    every run for the same fault at the same resource, whatever else changes. written: what the configuration
    calls it (an address of Terraform, a logical id of CloudFormation), None where none describes it. way: how packets
    get to the resource, from their source on, where the scene tells ways.
    """

    rule: str
    name: str
    severity: Severity
    message: str
    resource: Ref
    account: str | None
    region: str | None
    location: Location | None
    related: tuple[str, ...]
    fix: Fix
    fingerprint: str
    written: str | None = None
    way: tuple[Step, ...] = ()


class Undecided(msgspec.Struct, frozen=True):
    """A rule that can't be judged of one resource, for lack of what `why` names."""

    rule: str
    name: str
    severity: Severity
    resource: Ref
    why: str


class Suppressed(msgspec.Struct, frozen=True):
    """A finding that somebody has accepted. by: what says so (a file, a tag, the baseline); reason: in their words."""

    finding: Finding
    by: str
    reason: str


def fingerprint(rule: str, resource: Ref, key: str, account: str | None, number: int) -> str:
    """What tells a finding from every other, in 32 hexadecimal digits.

    key: as a Hit has it. number: counts hits that are otherwise the same, from 0.
    """
    words = [rule, resource.kind, resource.id, account or "", key, *([str(number)] if number else [])]
    return sha256("\0".join(words).encode("utf-8", "backslashreplace")).hexdigest()[:32]
