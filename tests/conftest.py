"""Test profiles, and where the tests find the checkout and the corpus of real inputs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

CHECKOUT = Path(__file__).resolve().parents[1]

# A shared machine stalls now and then: no deadline, and slow generation is not a failure.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
settings.register_profile("ci", derandomize=True, database=None, **_PATIENT)
settings.register_profile("nightly", max_examples=5_000, **_PATIENT)
settings.load_profile(os.environ.get("SGCHECK_PROFILE", "ci"))

# These ask the engine about many random networks, over and over the same lines: traced for coverage they take three
# times as long, and what covers a line should be a test that is about it.
_UNTRACED = tuple(CHECKOUT / "tests" / place for place in ("agreement", "plain", "sources/index/test_index_answers.py"))


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of pytest-cov where that is not loaded."""
    config.addinivalue_line("markers", "no_cover: coverage is not measured while this test runs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave comparisons on random networks out of what coverage is measured of."""
    for item in items:
        if any(item.path.is_relative_to(place) for place in _UNTRACED):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the top of the checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real inputs, or skip where there is none."""
    place = Path(os.environ.get("SGCHECK_CORPUS", CHECKOUT.parent / "shared" / "corpus"))
    if not place.is_dir():
        pytest.skip(f"no corpus of real inputs at {place} (SGCHECK_CORPUS names another place)")
    return place
