"""Rules that stay as they are and no longer decide of an address, since it is not known any more: one change each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sgcheck.model.ref import AFTER_APPLY
from sgcheck.reach.change_words import WAYS, line_words

if TYPE_CHECKING:
    from sgcheck.reach.changes import Change


def doubtful(changes: list[Change]) -> list[Change]:
    """The changes of one list of rules, those that only come from an open address as parts of one that says so.

    A rule of a part of the range that an address may be of is split in the network: what it decides without this
    address, and what is open of it.
    """
    left = changes
    for change in changes:
        if change not in left or not _opens(change):
            continue
        was = next((c for c in left if c.before and not c.after and _of(c.before[0], change.after[0])), None)
        if was is None:
            continue
        rest = [c for c in left if c is not change and not c.before and _of(was.before[0], c.after[0])]
        said = f"{line_words(str(change.field), was.before[0])} may no longer hold: {change.after[0].unresolved}"
        text = f"{WAYS[str(change.field)][0]} rule {said}"
        left = [c for c in left if c not in (was, change, *rest)]
        left = [*left, replace(change, text=text, also=(was, *rest))]
    return left


def _opens(change: Change) -> bool:
    if change.table != "groups" or change.before:
        return False
    line = change.after[0]
    return line.unresolved is not None and line.unresolved.endswith(AFTER_APPLY) and line.peer.sole is not None


def _of(whole: Any, part: Any) -> bool:
    """Whether a rule is a part of what another one was."""
    if whole.reference is not None or whole.unresolved is not None or part.reference is not None:
        return False
    return bool(whole.services == part.services and part.peer <= whole.peer)
