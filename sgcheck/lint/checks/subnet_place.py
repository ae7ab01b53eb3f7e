"""Subnets that overlap, or lie outside of their VPC."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.words import some
from sgcheck.model.ref import Ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare the ranges of the subnets of a VPC, and those with the VPC's own."""
    network = task.scene.network
    for vpc, ids in sorted(network.subnets_of.items()):
        subnets = [network.subnets[id_] for id_ in ids]
        home = network.vpcs.get(vpc)
        for number, subnet in enumerate(subnets):
            ref = Ref("subnet", subnet.id, subnet.name)
            for other in subnets[:number]:
                both = subnet.addresses & other.addresses
                if both:
                    message = f"it shares {some(both.cidrs())} with {other.id}"
                    yield Hit(ref, message, other.id, related=(other.id,))
            outside = subnet.addresses - home.addresses if home and home.addresses else None
            if outside:
                yield Hit(ref, f"{some(outside.cidrs())} lies outside of {vpc}", vpc, related=(vpc,))


CHECK = Check(Parameters, run)
