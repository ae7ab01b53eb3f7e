"""Which findings somebody wants to see: how bad, at which resources, of which accounts."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from sgcheck.aws.record import name_of
from sgcheck.errors import UnknownNameError
from sgcheck.lint.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.lint.scene import Scene
    from sgcheck.model.ref import Ref


class Scope(msgspec.Struct, frozen=True):
    """What a run is to tell of.

    least: the mildest severity. resources: ids or names, with * and ?; accounts: ids, with * and ?; all where none is
    named.
    """

    least: Severity = Severity.INFO
    resources: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    def has(self, severity: Severity, resource: Ref, account: str | None) -> bool:
        """Whether what is so bad, at this resource of this account, is told."""
        return (
            severity >= self.least
            and (not self.resources or _any(self.resources, (resource.id, resource.name)))
            and (not self.accounts or _any(self.accounts, (account,)))
        )

    def check(self, scene: Scene, told: Iterable[Ref]) -> None:
        """Raise UnknownNameError for a word that means nothing in the data, nor anything that `told` names."""
        if self.resources:
            names = {name for ref in told for name in (ref.id, ref.name) if name}
            _known("--resource", self.resources, names | set(_names(scene)))
        if self.accounts:
            _known("--account", self.accounts, set(_accounts(scene)))


def _any(patterns: Iterable[str], names: Iterable[str | None]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names if name for pattern in patterns)


def _names(scene: Scene) -> Iterable[str]:
    for batch in scene.snapshot.batches:
        for record in batch.records:
            yield batch.kind.id_of(record)
            name = name_of(getattr(record, "tags", None))
            if name:
                yield name
    yield from scene.network.group_names.values()


def _accounts(scene: Scene) -> Iterable[str]:
    for batch in scene.snapshot.batches:
        owners = {getattr(record, "owner_id", None) for record in batch.records}
        yield from (account for account in (batch.account, *owners) if account)


def _known(option: str, patterns: Iterable[str], names: set[str]) -> None:
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            near = get_close_matches(pattern, sorted(names))
            hint = f"Did you mean {' or '.join(near)}?" if near else ""
            raise UnknownNameError(f"{option} {pattern}: nothing in the input is called so", hint)
