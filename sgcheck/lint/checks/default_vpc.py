"""Default VPCs that something lives in."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.vpc import VPC
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for interfaces in the VPC that an account has in every Region (VPC user guide, default-vpc)."""
    network = task.scene.network
    for id_, (record, _home) in task.scene.records(VPC).items():
        users = [user for subnet in network.subnets_of.get(id_, ()) for user in network.in_subnet.get(subnet, ())]
        if record.is_default and users:
            count = "one network interface" if len(users) == 1 else f"{len(users):,} network interfaces"
            message = f"it is the default VPC, and {count} live{'s' if len(users) == 1 else ''} in it"
            yield Hit(Ref("vpc", id_, network.vpcs[id_].name), message)


CHECK = Check(Parameters, run)
