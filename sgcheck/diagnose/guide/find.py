"""Which ladder is meant: by its id, or by the words that people have for it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sgcheck.diagnose.guide.pages import ladders
from sgcheck.diagnose.recognise import recognise
from sgcheck.diagnose.symptoms import Symptom
from sgcheck.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.diagnose.guide.ladder import Ladder


def find(words: str) -> Ladder:
    """The ladder that `words` name: an id, a plain word for it, or a message that has one in it.

    What a program printed is read as `diagnose` reads it. Of several names in other words, the longest counts: "ssh
    times out" is a timeout. Raises UnknownNameError with the nearest names.
    """
    asked = _plain(words)
    phrases = _phrases()
    printed = [] if asked in phrases else list(_printed(words))
    if len(printed) == 1:
        return printed[0]
    within = [phrase for phrase in phrases if f" {phrase} " in f" {asked} "]
    if within:
        return phrases[max(within, key=len)]
    begun = {phrases[phrase].id: phrases[phrase] for phrase in phrases if asked and phrase.startswith(f"{asked} ")}
    if len(begun) == 1:
        return next(iter(begun.values()))
    if printed:
        return printed[0]
    near = get_close_matches(asked, phrases, n=5, cutoff=0.6)
    offered = list(dict.fromkeys([*begun, *(phrases[phrase].id for phrase in near)]))
    offer = f"did you mean {' or '.join(offered)}? " if offered else ""
    raise UnknownNameError(f"no ladder for {words!r}", f"{offer}`sgcheck guide` lists them all")


_INSTEAD = {
    Symptom.CLOSED: "reset",
    Symptom.TLS: "https",
    Symptom.LOGIN_FAILED: "databases",
    Symptom.HOST_KEY_CHANGED: "permission-denied",
}
"""The ladders of symptoms that have none of their own name."""


def _printed(words: str) -> Iterator[Ladder]:
    """The ladders of what a program's message may mean."""
    try:
        seen = recognise(words)
    except UsageError:
        return
    by_id = {one.id: one for one in ladders()}
    ids = dict.fromkeys(_INSTEAD.get(symptom, symptom.value) for symptom in seen.symptoms if seen.line is not None)
    yield from (by_id[id_] for id_ in ids if id_ in by_id)


def _phrases() -> dict[str, Ladder]:
    """Every name of a ladder; where two ladders have the same, it is the first one's."""
    found: dict[str, Ladder] = {}
    for one in ladders():
        for name in (one.id, one.title, *one.also):
            found.setdefault(_plain(name), one)
    return found


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))
