"""What a ladder is made of: rungs in the order that finds the cause fastest, and myths put right."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """Whether a ladder begins at what the client sees, or at what one works with."""

    SYMPTOM = "symptom"
    TOPIC = "topic"


class Way(StrEnum):
    """How a rung is climbed; the values are the words that a page has in front of each step."""

    SGCHECK = "sgcheck"
    CONSOLE = "Console"
    CLI = "AWS CLI"
    HOST = "On the host"
    HERE = "Here"
    FIX = "Fix"


class Step(msgspec.Struct, frozen=True):
    """One thing to do. text: Markdown, in which commands stand between backticks."""

    way: Way
    text: str


class Rung(msgspec.Struct, frozen=True):
    """One thing to check. why: paragraphs of Markdown. sources: addresses of the pages that have the facts."""

    title: str
    why: tuple[str, ...]
    steps: tuple[Step, ...]
    sources: tuple[str, ...]


class Myth(msgspec.Struct, frozen=True):
    """What people say, and what is the case."""

    said: str
    truth: tuple[str, ...]
    sources: tuple[str, ...]


class Ladder(msgspec.Struct, frozen=True):
    """A page. also: other words that people have for it, in lower case. see: ids of ladders that go on from here."""

    id: str
    kind: Kind
    title: str
    also: tuple[str, ...]
    see: tuple[str, ...]
    intro: tuple[str, ...]
    rungs: tuple[Rung, ...]
    myths: tuple[Myth, ...]
