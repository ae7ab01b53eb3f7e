"""VPC endpoints whose policy lets everybody do everything."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.vpc_endpoint import VPC_ENDPOINT
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.endpoints import EndpointKind
from sgcheck.model.ref import Ref


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the policies of endpoints of services (PrivateLink guide, vpc-endpoints-access)."""
    for id_, (record, _home) in task.scene.records(VPC_ENDPOINT).items():
        endpoint = task.scene.network.endpoints[id_]
        if endpoint.kind not in (EndpointKind.SERVICE, EndpointKind.GATEWAY):
            continue
        ref = Ref("vpc-endpoint", id_, endpoint.name)
        if record.policy_document is None:
            yield Doubt(ref, "its policy is not in the data")
        elif not endpoint.restricted:
            yield Hit(ref, f"its policy lets everybody do everything with {endpoint.service or 'its service'}")


CHECK = Check(Parameters, run)
