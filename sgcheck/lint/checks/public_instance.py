"""Instances with a public address."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.words import some
from sgcheck.model.ref import AFTER_APPLY, Ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the public IPv4 addresses of interfaces that instances have."""
    network = task.scene.network
    found: dict[str, list[str]] = {}
    for value, (id_, _private) in sorted(network.directory.publics.items()):
        instance = network.interfaces[id_].instance
        if instance:
            found.setdefault(instance, []).append(network.address_text(4, value))
    for id_, addresses in sorted(found.items()):
        known = network.instances.get(id_)
        open_ = all(address.endswith(AFTER_APPLY) for address in addresses)
        told = f"it gets a public address {AFTER_APPLY}" if open_ else f"it has the public address {some(addresses)}"
        yield Hit(Ref("instance", id_, known.name if known else None), told)


CHECK = Check(Parameters, run)
