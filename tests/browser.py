"""Chromium for tests of pages, and the checks of accessibility that they share."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = "axe-core@4.11.0"
ROOT = Path(__file__).resolve().parents[1]
_FOUND = ROOT / "node_modules/axe-core/axe.min.js"


def axe() -> str:
    """The script of axe-core, which npm fetches where it is not there; skips the test, saying why, if it cannot."""
    reason = _fetch()
    if reason:
        pytest.skip(f"needs {AXE}: {reason}")
    return _FOUND.read_text("utf-8")


@cache
def _fetch() -> str:
    """Why there is no axe-core, or nothing."""
    if _FOUND.is_file():
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    quiet = [
        "--no-save",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=0",
        "--fetch-timeout=20000",
    ]
    done = subprocess.run(
        [npm, "install", *quiet, "--prefix", str(ROOT), AXE],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    return "" if _FOUND.is_file() else f"npm cannot fetch it: {done.stderr.strip()[-200:]}"


def violations(page, script: str) -> list[str]:
    """What axe finds on a page, one line each; the page's context has ``bypass_csp``."""
    page.evaluate(script)
    found = page.evaluate("axe.run().then(found => found.violations)")
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
