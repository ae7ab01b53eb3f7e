"""Which findings somebody wants to see: how bad, at which resources, of which accounts."""

from __future__ import annotations

from collections import defaultdict
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from sgcheck.aws.record import name_of
from sgcheck.errors import UnknownNameError
from sgcheck.lint.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sgcheck.lint.scene import Scene
    from sgcheck.model.ref import Ref


class Scope(msgspec.Struct, frozen=True):
    """What a run is to tell of.

    least: the mildest severity. resources: ids, names, and what the configuration calls them, with * and ?; accounts:
    ids, with * and ?; all where none is named.
    """

    least: Severity = Severity.INFO
    resources: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    def seen(self, scene: Scene, told: Iterable[Ref]) -> Callable[[Severity, Ref, str | None], bool]:
        """What tells whether something so bad, at this resource of this account, is told.

        Raises UnknownNameError for a word that means nothing in the data, nor anything that `told` names.
        """
        names: dict[str, set[str]] = defaultdict(set)
        if self.resources:
            for ref in told:
                names[ref.id].update(filter(None, (ref.id, ref.name)))
            for id_, name in _named(scene):
                names[id_].update((id_, name))
            _known("--resource", self.resources, set().union(*names.values()))
        if self.accounts:
            _known("--account", self.accounts, set(_accounts(scene)))

        def seen(severity: Severity, resource: Ref, account: str | None) -> bool:
            return (
                severity >= self.least
                and (not self.resources or _any(self.resources, names[resource.id]))
                and (not self.accounts or _any(self.accounts, (account,)))
            )

        return seen


def _any(patterns: Iterable[str], names: Iterable[str | None]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names if name for pattern in patterns)


def _named(scene: Scene) -> Iterable[tuple[str, str]]:
    """Ids with each of their names, themselves among them."""
    for batch in scene.snapshot.batches:
        for record in batch.records:
            id_ = batch.kind.id_of(record)
            yield id_, name_of(getattr(record, "tags", None)) or id_
    yield from scene.network.group_names.items()
    yield from ((id_, writing.name) for (id_, part), writing in scene.snapshot.written.items() if not part)


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
