"""Who has a group, all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from sgcheck.lint.scene import Scene


class Members(NamedTuple):
    """The interfaces that have a group.

    addresses: all of theirs. sets: the groups of each, every combination once; None for interfaces without any filter,
    or with groups that are not told.
    """

    addresses: AddressSet
    sets: frozenset[tuple[str, ...] | None]

    @property
    def groups(self) -> frozenset[str]:
        """Every group that any of them has."""
        return frozenset(group for one in self.sets if one is not None for group in one)


def members(scene: Scene, group: str) -> Members:
    """The members of a group, as far as the data has them."""
    return scene.once(f"members {group}", lambda: _members(scene, group))


def _members(scene: Scene, group: str) -> Members:
    found = [scene.network.interfaces[id_] for id_ in scene.network.with_group.get(group, ())]
    sets = frozenset(one.groups if one.filtered else None for one in found)
    return Members(AddressSet.union_all([one.owned() for one in found]), sets)
