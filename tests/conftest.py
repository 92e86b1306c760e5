"""Fixtures that several test folders share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the real data sets; skips the test, saying so, where it does not exist."""
    if not SHARED.is_dir():
        pytest.skip("needs the real data in ../shared/data, which is not distributed with the project")
    return SHARED
