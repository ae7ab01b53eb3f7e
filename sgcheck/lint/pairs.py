"""What services of rules are to each other: there are many rules, and few services in them, so each is asked once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgcheck.packets import Services

_MANY = 1 << 16


@lru_cache(maxsize=_MANY)
def families(services: Services) -> tuple[int, ...]:
    """The families in which there are any."""
    return tuple(family for family in (4, 6) if services.layer(family))


@lru_cache(maxsize=_MANY)
def meet(one: Services, other: Services) -> bool:
    """Whether they have any in common."""
    return one is other or bool(one & other)


@lru_cache(maxsize=_MANY)
def without(one: Services, other: Services) -> Services:
    """Those of `one` that are not in `other`."""
    return one - other


@lru_cache(maxsize=_MANY)
def within(one: Services, other: Services) -> bool:
    """Whether `other` has every one of `one`."""
    return one is other or one <= other
