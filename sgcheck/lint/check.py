"""What a check is: a function over a scene, with the parameters that a page binds it to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from sgcheck.lint.finding import Doubt, Hit

if TYPE_CHECKING:
    from sgcheck.lint.scene import Scene
    from sgcheck.lint.severity import Severity


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of what a page tells its check; one without members is for checks that take none."""


class Task(NamedTuple):
    """What a check is run on: everything that is looked at, and what its page says."""

    scene: Scene
    parameters: Any
    severity: Severity


class Check(NamedTuple):
    """One way of looking; `run` yields what it finds, and what it can't tell, in any order."""

    parameters: type[Parameters]
    run: Callable[[Task], Iterator[Hit | Doubt]]
