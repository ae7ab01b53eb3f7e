"""Interfaces that have groups of another VPC."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.security_group_vpc_association import SECURITY_GROUP_VPC_ASSOCIATION
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.words import some
from sgcheck.model.ref import Ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare the VPC of every interface with those of its groups, associated ones included."""
    network = task.scene.network
    joined = {
        (record.group_id, record.vpc_id)
        for record, _home in task.scene.records(SECURITY_GROUP_VPC_ASSOCIATION).values()
        if record.state in (None, "associated")
    }
    for id_ in sorted(network.interfaces):
        interface = network.interfaces[id_]
        homes = {group: network.groups[group].vpc for group in interface.groups or () if group in network.groups}
        wrong = sorted(
            group
            for group, vpc in homes.items()
            if vpc in network.vpcs and interface.vpc in network.vpcs and vpc != interface.vpc
            if (group, interface.vpc) not in joined
        )
        if wrong:
            whose = some(sorted({str(homes[group]) for group in wrong}))
            verb = "belongs" if len(wrong) == 1 else "belong"
            message = f"it lies in {interface.vpc}, and {some(wrong)} {verb} to {whose}"
            yield Hit(Ref("network-interface", id_, interface.name), message, related=tuple(wrong))


CHECK = Check(Parameters, run)
