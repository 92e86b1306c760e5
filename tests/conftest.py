"""Fixtures that several test folders share."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

# Times are measured by `make bench`; a loaded machine must not fail a property.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

# A shell that starts the tests in the background has SIGINT ignored; the processes that tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the real data sets; skips the test, saying so, where it does not exist."""
    if not SHARED.is_dir():
        pytest.skip("needs the real data in ../shared/data, which is not distributed with the project")
    return SHARED
