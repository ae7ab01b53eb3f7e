"""The IAM permissions that reading an account takes, as the kinds declare them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from sgcheck.aws.kind import Absence, Call, Kind, ec2
from sgcheck.aws.kinds import KINDS

REGIONS: Call = ec2("describe_regions", "DescribeRegions", "Regions")
"""Which Regions an account has enabled; what it answers with is no resource of a network."""


class Permission(msgspec.Struct, frozen=True):
    """One IAM action.

    serves: the plural names of the kinds that it reads. decides: whether verdicts depend on it. without: what it costs
    to refuse it.
    """

    action: str
    serves: tuple[str, ...]
    decides: bool
    without: str


class Statement(msgspec.Struct, frozen=True):
    """The actions of one service, sorted; `sid` is unique in its policy."""

    sid: str
    actions: tuple[str, ...]


class Policy(msgspec.Struct, frozen=True):
    """What a principal needs, sorted by action."""

    permissions: tuple[Permission, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """One statement for each service, sorted.

        None of the actions is limited to resources: most calls that list do not support it (Service Authorization
        Reference, "Actions, resources, and condition keys", for each service).
        """
        services: dict[str, list[str]] = defaultdict(list)
        for permission in self.permissions:
            services[permission.action.partition(":")[0]].append(permission.action)
        return tuple(Statement(_sid(service), tuple(sorted(names))) for service, names in sorted(services.items()))


def policy(kinds: Sequence[Kind[Any]] = KINDS, *, only_deciding: bool = False) -> Policy:
    """The least that reading `kinds` takes.

    only_deciding: leave out actions that read nothing but kinds that are declared to be off where they are absent, and
    that no other kind is asked for by the ids of.
    """
    deciding = _deciding(kinds)
    serving: dict[str, list[Kind[Any]]] = defaultdict(list)
    own = {call.action for kind in kinds for call in kind.calls}
    for kind in kinds:
        for call in (*kind.calls, *(call for call in kind.feeding if call.action not in own)):
            if kind not in serving[call.action]:
                serving[call.action].append(kind)
    every = [_permission(action, served, deciding) for action, served in serving.items()]
    every.append(Permission(REGIONS.action, ("Regions that are enabled",), decides=False, without=_WITHOUT_REGIONS))
    return Policy(tuple(one for one in sorted(every, key=_action) if one.decides or not only_deciding))


def _deciding(kinds: Sequence[Kind[Any]]) -> frozenset[str]:
    """The names of the kinds whose absence changes verdicts, and of those that their calls need the ids of."""
    found = [kind for kind in kinds if kind.absence is not Absence.OFF]
    for kind in found:  # grows on the way
        asked_by = {kind.subject, *(member for wrapper in kind.wrappers for member in wrapper.id_members)}
        found += [
            one
            for one in kinds
            if one not in found and one.subject is None and asked_by.intersection(one.id_members[:1])
        ]
    return frozenset(kind.name for kind in found)


def _permission(action: str, kinds: Sequence[Kind[Any]], deciding: frozenset[str]) -> Permission:
    gravest = min((kind.absence for kind in kinds), key=list(Absence).index)
    decides = any(kind.name in deciding for kind in kinds)
    without = _WITHOUT_IDS if decides and gravest is Absence.OFF else _WITHOUT[gravest]
    return Permission(action, tuple(kind.plural for kind in kinds), decides, without)


def _action(permission: Permission) -> str:
    return permission.action


_WITHOUT = {
    Absence.UNKNOWN: "what depends on it is `unknown`",
    Absence.ASSUMED: "defaults are assumed, with a warning",
    Absence.OFF: "a gap in the answer; counts as not in use unless the path names it",
}
_WITHOUT_IDS = "what is asked for by their ids can't be read"
_WITHOUT_REGIONS = "each Region has to be named"


def _sid(service: str) -> str:
    """A statement's id: letters and digits only (IAM User Guide, IAM JSON policy elements: Sid)."""
    return "Sgcheck" + "".join(part.capitalize() for part in service.split("-"))
