"""Subnets that have the network ACL which their VPC came with."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import acl_ref
from sgcheck.lint.words import some


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for subnets of default ACLs, by association or for lack of another."""
    network = task.scene.network
    for vpc, id_ in sorted(network.default_acl.items()):
        subnets = [s for s in network.subnets_of.get(vpc, ()) if network.acl_of_subnet.get(s, id_) == id_]
        if subnets and id_ in network.acls:
            message = f"the default network ACL of {vpc} is that of {some(subnets)}"
            yield Hit(acl_ref(network.acls[id_]), message, related=tuple(subnets))


CHECK = Check(Parameters, run)
