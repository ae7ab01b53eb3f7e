"""Instances with a public address."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.words import some
from sgcheck.model.ref import OPEN, Ref
from sgcheck.packets import parse_address


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the public IPv4 addresses of interfaces that instances have."""
    network = task.scene.network
    found: dict[str, list[str]] = {}
    doubtful = {parse_address(one.address)[1] for one in task.scene.snapshot.pending if one.doubtful}
    open_: set[str] = set()
    for value, (id_, _private) in sorted(network.directory.publics.items()):
        instance = network.interfaces[id_].instance
        if instance and value in doubtful:
            open_.add(instance)
        elif instance:
            found.setdefault(instance, []).append(network.address_text(4, value))
    for id_, addresses in sorted(found.items()):
        known = network.instances.get(id_)
        ending = next((one for one in OPEN if all(address.endswith(one) for address in addresses)), None)
        told = f"it gets a public address {ending}" if ending else f"it has the public address {some(addresses)}"
        yield Hit(Ref("instance", id_, known.name if known else None), told)
    for id_ in sorted(open_ - set(found)):
        yield Doubt(Ref("instance", id_), "whether it gets a public address is not known")


CHECK = Check(Parameters, run)
