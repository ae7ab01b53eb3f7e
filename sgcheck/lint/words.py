"""Parts of sentences that several checks write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sgcheck.model.filters import Way

if TYPE_CHECKING:
    from sgcheck.model.filters import FilterLine
    from sgcheck.packets import Services

WAYS = (Way.INGRESS, Way.EGRESS)


def some(words: Sequence[str], limit: int = 4) -> str:
    """The first of the words, and how many more there are."""
    more = f" and {len(words) - limit:,} more" if len(words) > limit else ""
    return ", ".join(words[:limit]) + more


def services(found: Services) -> str:
    """Services as people write them: "22/tcp"; "everything"."""
    words = found.describe()
    return "everything" if words == ("all",) else some(words)


def said(line: FilterLine, way: Way) -> str:
    """What a rule says, whatever its id: "ingress 22/tcp from 0.0.0.0/0"."""
    peer = line.reference.group if line.reference is not None else line.unresolved or some(line.peer.cidrs())
    return f"{way.value} {some(line.services.describe())} {'from' if way is Way.INGRESS else 'to'} {peer}"


def labels(lines: Sequence[FilterLine]) -> tuple[str, ...]:
    """What the lines are called, each once."""
    return tuple(dict.fromkeys(line.label for line in lines))


def verb(count: int, one: str, many: str) -> str:
    """The form of a word that fits a number."""
    return one if count == 1 else many
