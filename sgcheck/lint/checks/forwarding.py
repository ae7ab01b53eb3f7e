"""Instances whose interfaces pass on packets that are not for them."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref
from sgcheck.model.things import Role


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for interfaces of instances with the source/destination check off, that no route leads to."""
    network = task.scene.network
    routed = {route.target for id_ in network.tables for route in network.tables[id_].routes}
    for id_ in sorted(network.interfaces):
        interface = network.interfaces[id_]
        if interface.forwards and interface.role is Role.HOST and interface.instance and id_ not in routed:
            message = f"the source/destination check of {id_} is off, and no route in the data leads to it"
            known = network.instances.get(interface.instance)
            command = f"aws ec2 modify-network-interface-attribute --network-interface-id {id_} --source-dest-check"
            ref = Ref("instance", interface.instance, known.name if known else None)
            yield Hit(ref, message, id_, related=(id_,), commands=(task.scene.command(command, id_),))


CHECK = Check(Parameters, run)
