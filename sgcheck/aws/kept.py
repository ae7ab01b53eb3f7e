"""What conversions work out over many records, so that an index can keep it and hand out single entries.

A conversion says what it needs as a mapping with a name; where nobody keeps any, it is simply made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot

V = TypeVar("V")


class Keeper(Protocol):
    """Who keeps mappings of a snapshot."""

    @property
    def lazy(self) -> bool:
        """Whether single things are to be made when somebody asks for them; what is kept has been made once before."""

    def mapping(self, name: str, shape: Any, make: Callable[[], Mapping[str, V]]) -> Mapping[str, V]:
        """The mapping of this name, as `kept` describes it."""


def kept(snapshot: Snapshot, name: str, shape: Any, make: Callable[[], Mapping[str, V]]) -> Mapping[str, V]:
    """The mapping that `make` makes of `snapshot`, from whoever keeps it.

    name: its own among all. shape: the type of a value, as a decoder of JSON takes it.
    """
    keeper = snapshot.keeper
    return make() if keeper is None else keeper.mapping(name, shape, make)
