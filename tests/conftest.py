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
