"""Pasted text becomes a symptom: a name of one, or a program's own message."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from sgcheck.diagnose.message import Message
from sgcheck.diagnose.messages import MESSAGES
from sgcheck.diagnose.symptoms import Symptom
from sgcheck.errors import UsageError

MOST = 65_536
"""Characters of a text that are looked at: the rest of a long log is its beginning, so the end counts."""


class Recognised(msgspec.Struct, frozen=True):
    """What text says was observed.

    symptoms: one where the text is clear, else all that it may mean. program: who printed it, where that is told. line:
    the line that says so, None where a symptom was named. told: what a person should know of the reading.
    """

    symptoms: tuple[Symptom, ...]
    program: str | None = None
    line: str | None = None
    told: str | None = None

    @property
    def sure(self) -> bool:
        """Whether it means one symptom only."""
        return len(self.symptoms) == 1


_NAMES = {symptom.value: symptom for symptom in Symptom}
# One of these explains the others that a program prints behind it.
_OVERRULES = (Symptom.UNPROTECTED_KEY, Symptom.HOST_KEY_CHANGED, Symptom.PERMISSION_DENIED)
# Each of these yields to what another line says: curl -v connects before it fails, ping counts what it has told the
# reason of, and a client without IPv6 tries that all the same.
_YIELDS = (Symptom.CONNECTED, Symptom.NO_REPLY, Symptom.NETWORK_UNREACHABLE)


def recognise(text: str) -> Recognised:
    """Return what `text`, a symptom's name or pasted output, says was observed.

    Raises UsageError where nothing in it is known.
    """
    name = "-".join(text.lower().replace("_", " ").split())
    if name in _NAMES:
        return Recognised((_NAMES[name],))
    found = list(_read(text[-MOST:]))
    if not found:
        raise UsageError(
            "--observed: no symptom is recognised in this text",
            f"name one ({', '.join(Symptom)}), or paste the whole line that the program printed",
        )
    return _settled(found)


def _read(text: str) -> list[tuple[Message, str]]:
    """Every line that says something, with the first row that knows it."""
    lines = (line.strip() for line in text.splitlines())
    known = ((message_of(line), line) for line in lines if line)
    return [(message, line) for message, line in known if message is not None]


def message_of(line: str) -> Message | None:
    """Return the first row of the table that knows `line`."""
    return next((message for message, pattern in _patterns() if pattern.search(line)), None)


@cache
def _patterns() -> tuple[tuple[Message, re.Pattern[str]], ...]:
    return tuple((message, re.compile(message.pattern, re.IGNORECASE)) for message in MESSAGES)


def _settled(found: list[tuple[Message, str]]) -> Recognised:
    """One symptom where the lines agree on one; all of them where they do not."""
    left = [set(message.symptoms) for message, _line in found]
    shared = set.intersection(*left) or _without_yielding(left)
    overruling = next((one for one in _OVERRULES if {one} in left), None)
    if overruling is not None:
        shared = {overruling}
    order = list(dict.fromkeys(s for message, _line in found for s in message.symptoms if s in shared))
    message, line = next((m, line) for m, line in reversed(found) if set(m.symptoms) & shared)
    program = message.program or next((m.program for m, _line in found if m.program), None)
    return Recognised(tuple(order), program or None, line, _told(order, program))


def _without_yielding(left: list[set[Symptom]]) -> set[Symptom]:
    """What several lines say that do not agree, without what another line makes unimportant."""
    every = set().union(*left)
    for one in _YIELDS:
        rest = [symptoms for symptoms in left if symptoms != {one}]
        if rest and (agreed := set.intersection(*rest)):
            return agreed
        every = set().union(*rest) if rest else every
        left = rest or left
    sure = [symptoms for symptoms in left if len(symptoms) == 1]
    return set().union(*sure) if sure else every


def _told(symptoms: list[Symptom], program: str | None) -> str | None:
    if len(symptoms) == 1:
        return None
    return f"{program or 'the text'} says the same of {', '.join(symptoms[:-1])} and {symptoms[-1]}"
