"""What a value of a template can be beside what it says: not known yet, the id of what does not exist yet, nothing."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sgcheck.errors import InputError
from sgcheck.model.ref import NOT_YET

_SHOWN = 40
LONGEST: Final = 1_000_000
"""Characters that a text may grow to; a whole template may have no more (CloudFormation guide, limits)."""


class Unknown(msgspec.Struct, frozen=True):
    """A value that nobody knows yet. why: in a few words. own: ids of resources that it may be, None for any.

    What exists already, as a parameter may name it, is none of what a template creates.
    """

    why: str
    own: tuple[str, ...] | None = ()

    @property
    def id(self) -> str:
        """What stands for the id of a resource; equal for what is unknown for the same reason."""
        return f"{self.why} {NOT_YET}"

    def may_be(self, id_: str) -> bool:
        """Whether it may be the id of something that the input creates."""
        return self.own is None or id_ in self.own


class Handle(str):
    """The id, the name or the ARN of a resource that does not exist yet, as what stands for it."""

    __slots__ = ()


class Nothing:
    """The only one is `NOTHING`, which is what AWS::NoValue makes of a member: that it is not there."""


NOTHING: Final = Nothing()


class WrongError(InputError):
    """Something in a template is not what it has to be; `at` adds where."""

    def at(self, place: str) -> InputError:
        """The same with the place in front."""
        return InputError(f"{place}: {self.message}", self.hint)


def wrong(where: str, expected: str, found: Any) -> WrongError:
    """What is raised where something else was expected at `where`."""
    return WrongError(f"{where}: expected {expected}, got {kind_of(found)}")


def kind_of(found: Any) -> str:
    """What a value is, in a few words."""
    if found is None:
        return "nothing"
    if isinstance(found, dict | list):
        return "a mapping" if isinstance(found, dict) else "a list"
    shown = repr(found)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def plain_text(found: Any, where: str) -> str:
    """A scalar as the text that CloudFormation makes of it. Raises WrongError for anything else."""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, str):
        return found
    if isinstance(found, int | float):
        return str(int(found)) if isinstance(found, float) and found.is_integer() else str(found)
    raise wrong(where, "a text", found)


def first_unknown(found: Any) -> Unknown | None:
    """The first thing in a value, at any depth, that is not known."""
    if isinstance(found, Unknown):
        return found
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return next((one for part in parts if (one := first_unknown(part)) is not None), None)


def handles(found: Any) -> tuple[str, ...]:
    """Every id of what does not exist yet that stands in a value, at any depth."""
    if isinstance(found, Handle):
        return (str(found),)
    if isinstance(found, Unknown):
        return found.own or ()
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return tuple(one for part in parts for one in handles(part))
