"""Subnets that go to the internet by a NAT gateway in another Availability Zone."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref
from sgcheck.model.routing import Via
from sgcheck.model.things import shares_zone


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare the zone of a subnet with that of the NAT gateway that its routes lead to; a regional one is in all."""
    network = task.scene.network
    for id_, subnet in sorted(network.subnets.items()):
        table = network.table_for(subnet)
        targets = {r.target for r in table.routes if r.via is Via.NAT_GATEWAY and not r.dead} if table else set()
        for target in sorted(targets):
            nat = network.nats.get(target)
            home = network.subnets.get(nat.subnet or "") if nat else None
            if home is not None and shares_zone(subnet, home) is False:
                message = (
                    f"its route to {target} crosses from {subnet.zone or subnet.zone_id} to {home.zone or home.zone_id}"
                )
                yield Hit(Ref("subnet", id_, subnet.name), message, target, related=(target,))


CHECK = Check(Parameters, run)
