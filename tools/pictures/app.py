"""Draw the pictures of the web app in docs/pictures: synthetic ink is written on its page in Chromium.

python -m tools.pictures.app --out docs/pictures
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

import httpx
import numpy as np
from playwright.sync_api import Page, expect, sync_playwright

from hmer_suite.handwriting.writers import sampled_writer, write
from tests.web.server import serving

FORMULA = r"\frac { - b + \sqrt { b ^ { 2 } - 4 a c } } { 2 a }"
WRITERS = range(2 << 20, (2 << 20) + 40)
"""Synthetic writers that are tried until one is read right."""

SHEET = (760, 200)
"""Width and height in pixels that the ink is fitted into."""

LONG = 120_000
"""Milliseconds that a reading may take."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of the pictures")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with serving(Path.cwd(), "--recogniser", "stroke") as (address, _), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 860}, device_scale_factor=1.5)
        page.goto(address)
        page.wait_for_selector("#recogniser option", state="attached")
        while httpx.get(f"{address}/health").json()["status"] != "ok":
            page.wait_for_timeout(500)
        for number in WRITERS:
            if _write(page, number):
                break
        page.screenshot(path=given.out / "write.png")
        browser.close()


def _write(page: Page, number: int) -> bool:
    """Write the formula as a synthetic writer does; returns whether it is read right."""
    page.click("#clear")
    traces = write(FORMULA, sampled_writer(0, number), (number,))
    points = np.concatenate(traces)
    low, extent = points.min(0), np.ptp(points, axis=0)
    scale = min(SHEET[0] / extent[0], SHEET[1] / extent[1])
    box = page.locator("#ink").bounding_box()
    assert box is not None
    for trace in traces:
        places = (trace - low) * scale + (box["x"] + 50, box["y"] + 50)
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()
    expect(page.locator("#state")).to_have_text(re.compile(" ms$"), timeout=LONG)
    return page.locator("#latex").input_value() == FORMULA


if __name__ == "__main__":
    main()
