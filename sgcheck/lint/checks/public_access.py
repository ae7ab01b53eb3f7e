"""VPCs that block public access does not cover."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.block_public_access_options import BLOCK_PUBLIC_ACCESS_OPTIONS
from sgcheck.aws.vpc import VPC
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref
from sgcheck.model.things import PublicAccess


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at VPCs with an internet gateway, or an egress-only one (VPC guide, security-vpc-bpa)."""
    network = task.scene.network
    gateways = (*network.internet_gateways.values(), *network.egress_only_gateways.values())
    joined = {gateway.vpc for gateway in gateways if gateway.vpc}
    told = task.scene.snapshot.has(BLOCK_PUBLIC_ACCESS_OPTIONS)
    for id_, (record, _home) in task.scene.records(VPC).items():
        vpc = network.vpcs[id_]
        if id_ not in joined or vpc.public_access is not PublicAccess.OPEN:
            continue
        ref = Ref("vpc", id_, vpc.name)
        if told or record.block_public_access_states is not None:
            yield Hit(ref, "nothing blocks public access to it above routes, ACLs and groups")
        else:
            yield Doubt(ref, "the VPC block public access options are not in the data")


CHECK = Check(Parameters, run)
