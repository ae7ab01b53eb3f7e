"""Elastic IP addresses that nothing has."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.record import name_of
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the records of addresses (EC2 API, Address: an associated one says what with)."""
    for id_, (record, _home) in task.scene.records(ADDRESS).items():
        if record.association_id or record.instance_id or record.network_interface_id:
            continue
        ref = Ref("elastic-ip", id_, name_of(record.tags))
        message = (
            f"{record.public_ip or record.carrier_ip or id_} is associated with nothing, and costs money all the same"
        )
        release = f"aws ec2 release-address --allocation-id {record.allocation_id}"
        commands = (task.scene.command(release, id_),) if record.allocation_id else ()
        yield Hit(ref, message, commands=commands)


CHECK = Check(Parameters, run)
