"""What ping and port scans between the hosts of real networks saw on AWS, asked of the engine: all of it must agree."""

from __future__ import annotations

import json

import pytest

from sgcheck.aws.build import build
from sgcheck.reach.explain import verdict
from sgcheck.reach.question import Question
from sgcheck.sources.files import load_snapshot

OBSERVED = {
    "aws_demo": 552,
    "aws_instance_multiple_interface": 108,
    "aws_nlb_targets_instance": 164,
    "aws_shared_vpc": 196,
    "aws_tgw_multi_az_intra_region": 172,
    "aws_traffic_in_igw_out_ngw": 26,
}


@pytest.mark.parametrize("name, count", OBSERVED.items())
def test_every_observation_of_live_aws_agrees(corpus, name, count):
    lab = corpus / "aws-lab" / name
    network = build(load_snapshot([str(lab / "aws_configs")]))
    seen = json.loads((lab / "observations.json").read_text())["observations"]
    wrong = [
        (one["from"], one["to"], one["port"], one["verdict"], found.value)
        for one in seen
        if (found := verdict(network, Question.parse(one["from"], one["to"], one["port"]))).value != one["verdict"]
    ]
    assert wrong == []
    assert len(seen) == count
