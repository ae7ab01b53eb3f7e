"""Network ACLs that no subnet has."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import acl_ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for ACLs without an association; a default one stays without any harm."""
    network = task.scene.network
    used = {*network.acl_of_subnet.values(), *network.default_acl.values()}
    for acl in task.scene.acls():
        if acl.id not in used:
            command = task.scene.command(f"aws ec2 delete-network-acl --network-acl-id {acl.id}", acl.id)
            yield Hit(acl_ref(acl), "no subnet has it", commands=(command,))


CHECK = Check(Parameters, run)
