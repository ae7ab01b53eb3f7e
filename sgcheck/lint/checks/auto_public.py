"""Subnets that give every new host a public address."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.subnet import SUBNET
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the records of subnets (EC2 API, Subnet: MapPublicIpOnLaunch)."""
    for id_, (record, _home) in task.scene.records(SUBNET).items():
        if record.map_public_ip_on_launch:
            command = f"aws ec2 modify-subnet-attribute --subnet-id {id_} --no-map-public-ip-on-launch"
            subnet = task.scene.network.subnets.get(id_)
            ref = Ref("subnet", id_, subnet.name if subnet else None)
            message = "every instance that is launched in it gets a public address unless it asks for none"
            yield Hit(ref, message, commands=(task.scene.command(command, id_),))


CHECK = Check(Parameters, run)
