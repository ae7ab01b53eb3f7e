"""Things that are made one by one: what makes each, by id, without anything per thing before it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

from sgcheck.model.network import LazyTable

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot

T = TypeVar("T")


class Makers(Mapping[str, Callable[[], T]], Generic[T]):
    """What makes each thing, by id."""

    def __init__(self, ids: Collection[str], make: Callable[[str], T]) -> None:
        """Make the things that `ids` names by `make`."""
        self._ids = ids
        self._make = make

    def __getitem__(self, id_: str) -> Callable[[], T]:
        """What makes the thing of this id; KeyError where there is none."""
        if id_ not in self._ids:
            raise KeyError(id_)
        return partial(self._make, id_)

    def __iter__(self) -> Iterator[str]:
        """Every id."""
        return iter(self._ids)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._ids)

    def __contains__(self, id_: object) -> bool:
        """Whether there is such an id."""
        return id_ in self._ids


class Either(Collection[str]):
    """Ids of things with a record of their own, then of the others, which are looked for only when it matters."""

    def __init__(self, own: Collection[str], others: Callable[[], Collection[str]]) -> None:
        """Have the ids of `own`, and those that `others` returns."""
        self._own = own
        self._others = others

    def __contains__(self, id_: object) -> bool:
        return id_ in self._own or id_ in self._others()

    def __iter__(self) -> Iterator[str]:
        return chain(self._own, (id_ for id_ in self._others() if id_ not in self._own))

    def __len__(self) -> int:
        return len(self._own) + sum(id_ not in self._own for id_ in self._others())


def things(snapshot: Snapshot, ids: Collection[str], make: Callable[[str], T]) -> Mapping[str, T]:
    """The things of these ids: made now, so that what is wrong with one is said; when asked for where that is known."""
    if snapshot.keeper is not None and snapshot.keeper.lazy:
        return LazyTable(Makers(ids, make))
    return {id_: make(id_) for id_ in ids}
