"""Managed services by name: what each of them says of its interfaces."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft
    from sgcheck.model.services import Service


def add_services(draft: Draft, snapshot: Snapshot) -> None:
    """Add what makes the services when somebody asks for one by its name."""
    draft.services = partial(_services, snapshot)


def _services(snapshot: Snapshot) -> tuple[Service, ...]:
    from sgcheck.aws.conversion.caches import caches  # most questions name no service, and start-up is part of each
    from sgcheck.aws.conversion.containers import containers
    from sgcheck.aws.conversion.databases import databases
    from sgcheck.aws.conversion.functions import functions
    from sgcheck.aws.conversion.stores import stores

    every = [s for convert in (databases, functions, containers, caches, stores) for s in convert(snapshot)]
    return tuple(sorted(every, key=lambda s: (s.kind, s.id, s.full or "", s.account or "", s.region or "", s.dns)))
