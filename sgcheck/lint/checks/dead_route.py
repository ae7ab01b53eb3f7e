"""Routes that lead nowhere."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for routes whose target is gone (EC2 API, Route: the state blackhole)."""
    network = task.scene.network
    for id_ in sorted(network.tables):
        table = network.tables[id_]
        for label, target in sorted(
            {(r.list or r.label, r.target) for r in table.routes if r.dead}
            | {(o.list, o.target) for o in table.open_routes if o.dead}
        ):
            option = "--destination-ipv6-cidr-block" if ":" in label else "--destination-cidr-block"
            option = "--destination-prefix-list-id" if label.startswith("pl-") else option
            command = f"aws ec2 delete-route --route-table-id {id_} {option} {shlex.quote(label)}"
            message = f"its route for {label} leads to {target}, which is gone: what takes it is dropped"
            commands = (task.scene.command(command, id_),)
            yield Hit(
                Ref("route-table", id_, table.name), message, f"{label} {target}", related=(target,), commands=commands
            )


CHECK = Check(Parameters, run)
