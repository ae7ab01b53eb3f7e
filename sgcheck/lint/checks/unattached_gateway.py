"""Internet gateways that are attached to no VPC."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for gateways without a VPC."""
    for id_, gateway in sorted(task.scene.network.internet_gateways.items()):
        if gateway.vpc is None:
            command = f"aws ec2 delete-internet-gateway --internet-gateway-id {id_}"
            ref = Ref("internet-gateway", id_, gateway.name)
            yield Hit(ref, "it is attached to no VPC", commands=(task.scene.command(command, id_),))


CHECK = Check(Parameters, run)
