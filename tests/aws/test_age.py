"""How old a snapshot is, by a clock that the tests set."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sgcheck.aws import age


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(age, "now", lambda: datetime(2026, 11, 2, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    "text, hours",
    [
        ("2026-11-02T11:59:00Z", 0),
        ("2026-11-01T12:00:00Z", 24),
        ("2026-11-01T12:00:01Z", 23),
        ("2026-11-01T14:00:00+02:00", 24),
        ("2026-11-01T12:00:00", 24),
        ("2026-11-03T12:00:00Z", 0),
        ("yesterday", None),
        (None, None),
    ],
)
def test_hours(text, hours):
    assert age.hours(text) == hours


def test_a_day_is_old_and_less_is_not():
    assert age.staleness("2026-11-01T12:00:01Z") == []
    assert age.staleness("yesterday") == age.staleness(None) == []
    (warning,) = age.staleness("2026-11-01T12:00:00Z")
    assert warning == "the snapshot is of 2026-11-01T12:00:00Z, more than 24 hours ago: what changed since is not in it"


def test_the_warning_does_not_change_from_run_to_run(monkeypatch):
    before = age.staleness("2026-10-01T12:00:00Z")
    monkeypatch.setattr(age, "now", lambda: datetime(2027, 1, 1, tzinfo=UTC))
    assert age.staleness("2026-10-01T12:00:00Z") == before


@pytest.mark.parametrize(
    "texts, oldest",
    [
        ([], None),
        ([None, None], None),
        ([None, "then"], "then"),
        (["2026-11-01T12:00:00Z", "2026-11-01T13:00:00+02:00"], "2026-11-01T13:00:00+02:00"),
        (["2026-11-01T12:00:00Z", None, "2026-11-02T12:00:00Z"], "2026-11-01T12:00:00Z"),
        (["then", "2026-11-02T12:00:00Z"], "2026-11-02T12:00:00Z"),
        (["then", "now"], "then"),
    ],
)
def test_of_several_times_the_oldest_counts(texts, oldest):
    assert age.oldest(texts) == oldest


def test_the_clock_is_that_of_the_machine(monkeypatch):
    monkeypatch.undo()
    assert abs((datetime.now(UTC) - age.now()).total_seconds()) < 5
