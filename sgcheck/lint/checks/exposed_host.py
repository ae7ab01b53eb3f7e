"""Hosts that the internet reaches on ports it should not, all things considered: groups, addresses, routes, ACLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.commands import places, revoke
from sgcheck.lint.effective import key_of
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import Scene
from sgcheck.lint.words import services, some
from sgcheck.model.filters import Way
from sgcheck.model.ref import Ref
from sgcheck.model.things import Role
from sgcheck.packets import INTERNET, Services, parse_port
from sgcheck.reach.titles import owner


class ExposedHost(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """services: as --port takes them. but: those that don't count. of: instances, or whatever else has an interface."""

    services: tuple[str, ...]
    but: tuple[str, ...] = ()
    of: Literal["instance", "other"] = "instance"


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Ask what the internet reaches of everything that has a public address."""
    asked: ExposedHost = task.parameters
    wanted = Services.union_all(map(parse_port, asked.services)) - Services.union_all(map(parse_port, asked.but))
    network = task.scene.network
    found: dict[Ref, list[tuple[str, Services, Services]]] = {}
    for id_ in sorted(task.scene.exposed.public):
        interface = network.interfaces[id_]
        kind, name_id, name = owner(network, interface)
        if interface.role is Role.NAT or (interface.instance is not None) is not (asked.of == "instance"):
            continue
        reached = task.scene.exposed.reached(id_)
        sure, perhaps = reached.passes & wanted, reached.maybe & wanted
        if sure or perhaps:
            found.setdefault(Ref(kind, name_id or id_, name), []).append((id_, sure, perhaps))
    for ref, parts in sorted(found.items(), key=lambda item: (item[0].kind, item[0].id)):
        every = Services.union_all([sure for _id, sure, _perhaps in parts])
        interfaces = tuple(id_ for id_, _sure, _perhaps in parts)
        groups = sorted({g for id_ in interfaces for g in network.interfaces[id_].groups or ()})
        if every:
            by = f", by {some(groups)}" if groups else ""
            message = f"the internet reaches {services(every)} of it{by}"
            commands, takes = _closing(task.scene, groups, every)
            way = next(task.scene.way(id_, sure) for id_, sure, _perhaps in parts if sure)
            yield Hit(ref, message, related=(*interfaces, *groups), commands=commands, takes=takes, way=way)
        else:
            gaps = [gap.why for id_ in interfaces for gap in task.scene.exposed.reached(id_).gaps]
            yield Doubt(ref, gaps[0] if gaps else "something that decides is not in the data")


def _closing(scene: Scene, groups: list[str], every: Services) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The commands that take away what opens any of `every` to the internet, and what they take."""
    commands: list[str] = []
    takes: list[str] = []
    for id_ in groups:
        lines = (scene.network.groups[id_].ingress or ()) if id_ in scene.network.groups else ()
        doing = [x for x in lines if key_of(x) is None and x.peer & INTERNET and x.services & every]
        commands += revoke(scene, id_, Way.INGRESS, doing)
        takes += places(id_, Way.INGRESS, doing)
    return tuple(commands), tuple(takes)


CHECK = Check(ExposedHost, run)
