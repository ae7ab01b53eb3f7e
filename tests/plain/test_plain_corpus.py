"""The plain evaluator against what live AWS was seen to do: the oracle itself has a judge."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.plain.evaluator import Packet, Walk, evaluate
from tests.plain.records import owns

CORPUS = Path(os.environ.get("SGCHECK_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus") / "aws-lab"
VERDICTS = {"delivered": "reachable", "blocked": "blocked", "flaky": "partial", "unknown": "unknown"}
# How many observations there are: all are decided, so that the test cannot pass by not knowing.
LABS = {
    "aws_demo": 552,
    "aws_instance_multiple_interface": 108,
    "aws_nlb_targets_instance": 164,
    "aws_shared_vpc": 196,
    "aws_tgw_multi_az_intra_region": 172,
    "aws_traffic_in_igw_out_ngw": 26,
}


def snapshot(lab):
    """Every list of every file of a lab as one network."""
    network = {}
    for path in sorted((CORPUS / lab / "aws_configs").rglob("*.json")):
        for kind, records in json.loads(path.read_text(encoding="utf-8")).items():
            if isinstance(records, list):
                network.setdefault(kind, []).extend(records)
    return network


def packet_for(source, destination, port):
    """A packet of an observation's traffic."""
    if port == "icmp":
        return Packet(source, destination, 1, 0, 8 * 256)
    number, _, protocol = port.partition("/")
    return Packet(source, destination, 17 if protocol == "udp" else 6, 40000, int(number))


def verdict(network, observation):
    """What the plain evaluator says about an observation; an address that no interface has is in the internet."""
    ids = {"from": None, "to": None}
    for end in ids:
        for interface in network["NetworkInterfaces"]:
            if owns(interface, observation[end]):
                ids[end] = interface["NetworkInterfaceId"]
    mapped = Walk(network, None, 1024).public_owner(observation["to"])
    if mapped:
        ids["to"] = mapped[0]["NetworkInterfaceId"]
    packet = packet_for(observation["from"], observation["to"], observation["port"])
    return VERDICTS[evaluate(network, packet, ids["from"], ids["to"]).verdict]


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
@pytest.mark.parametrize("lab", LABS)
def test_what_aws_was_seen_to_do(lab):
    network = snapshot(lab)
    observations = json.loads((CORPUS / lab / "observations.json").read_text(encoding="utf-8"))["observations"]
    answers = [(verdict(network, each), each) for each in observations]
    decided = [(answer, each) for answer, each in answers if answer != "unknown"]
    assert [(answer, each) for answer, each in decided if answer != each["verdict"]] == []
    assert len(decided) == len(observations) == LABS[lab]
