from __future__ import annotations

from sgcheck.aws.snapshot import Batch, Counts, Gap, Snapshot
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.vpc import VPC, VpcRecord

ONE = Batch(VPC, "111111111111", "us-east-1", "a.json", [VpcRecord(vpc_id="vpc-1"), VpcRecord(vpc_id="vpc-2")])
ANYWHERE = Batch(VPC, None, None, "b.json", [VpcRecord(vpc_id="vpc-3")])
TOLD = Counts({"VPC": 1, "subnet": 4}, {}, {"Entries": 2}, {"E": 1}, files=2, files_skipped=3)
NONE_THERE = Batch(SUBNET, "111111111111", "eu-west-1", "c.json", [])


def test_records_come_in_the_order_of_the_input_with_their_batch():
    found = list(Snapshot((ONE, NONE_THERE, ANYWHERE)).records(VPC))
    assert [(record.vpc_id, batch) for record, batch in found] == [("vpc-1", ONE), ("vpc-2", ONE), ("vpc-3", ANYWHERE)]


def test_an_empty_list_is_there_and_a_kind_without_a_list_is_not():
    snapshot = Snapshot((ONE, NONE_THERE))
    assert snapshot.has(SUBNET)
    assert list(snapshot.records(SUBNET)) == []
    assert not Snapshot((ONE,)).has(SUBNET)


def test_a_kind_is_looked_for_by_account_and_region():
    snapshot = Snapshot((ONE,))
    assert snapshot.has(VPC, "111111111111", "us-east-1")
    assert not snapshot.has(VPC, "222222222222")
    assert not snapshot.has(VPC, region="eu-west-1")
    assert not snapshot.has(VPC, "111111111111", "eu-west-1")


def test_a_batch_that_does_not_say_where_it_belongs_counts_everywhere():
    assert Snapshot((ANYWHERE,)).has(VPC, "222222222222", "eu-west-1")


def test_merging_keeps_everything_and_the_first_time_and_caller():
    gap = Gap("subnet", None, None, "AccessDenied")
    first = Snapshot((ONE,), (), Counts({"VPC": 2}, {"Foos": 1}, files=1))
    second = Snapshot(
        (ANYWHERE,), (gap,), Counts({"VPC": 1, "subnet": 4}, {}, {"Entries": 2}, {"E": 1}, 2, 3), "then", "me"
    )
    third = Snapshot((NONE_THERE,), (), Counts(), "later", "you")
    merged = first.merged(second, third)
    assert merged.batches == (ONE, ANYWHERE, NONE_THERE)
    assert merged.gaps == (gap,)
    assert (merged.collected_at, merged.caller) == ("then", "me")
    assert merged.counts == Counts({"VPC": 3, "subnet": 4}, {"Foos": 1}, {"Entries": 2}, {"E": 1}, 3, 3)


def test_merging_nothing_changes_nothing():
    snapshot = Snapshot((ONE,), (), Counts({"VPC": 2}))
    assert snapshot.merged() == snapshot
    assert Snapshot().merged(snapshot) == snapshot
