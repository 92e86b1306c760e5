"""Draw the pictures of docs/pictures in Chromium: a formula written and read, a row of a report, a comparison.

python -m tools.pictures.app --out docs/pictures
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from hmer_suite.files import write_whole
from hmer_suite.handwriting.writers import sampled_writer, write
from hmer_suite.predict.contents import drawn
from hmer_suite.report.comparison_page import compare_page
from hmer_suite.report.html import score_page
from hmer_suite.report.pictures import picture_uri
from hmer_suite.report.sample_data import Known
from hmer_suite.scores.comparison import compare
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Preprocessing
from tools.command import run_tool
from tools.serving import serving, wait_until_ready

FORMULAS = (
    r"\frac { - b + \sqrt { b ^ { 2 } - 4 a c } } { 2 a }",
    r"x ^ { 2 } + y ^ { 2 } = z ^ { 2 }",
    r"\sum _ { i = 1 } ^ { n } i = \frac { n ( n + 1 ) } { 2 }",
    r"\int _ { 0 } ^ { 1 } x d x = \frac { 1 } { 2 }",
    r"\sqrt { a + b } < c",
    r"\alpha + \beta = \pi",
)
WRITERS = range(2 << 20, (2 << 20) + 6)
"""Formulas that synthetic writers write; the first of them is the one of the picture of the page."""

SYSTEMS = ("stroke", "wap")
"""Recognisers that are compared; the first one reads on the page."""

SCALE, COLOURS = 2, 96
"""Pixels of a picture for each of the page, and colours that are kept."""

LONG = 120_000
"""Milliseconds that a reading may take."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A formula as it was written, what each of `SYSTEMS` read, and the confidence of the first."""

    formula: str
    traces: Sequence[np.ndarray]
    readings: dict[str, str]
    confidence: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of the pictures")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    offered = [word for name in SYSTEMS for word in ("--recogniser", name)]
    with serving(Path.cwd(), *offered) as (address, _), sync_playwright() as driver:
        wait_until_ready(address)
        written = list(_written(address))
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        right = [one for one in written if one.formula == FORMULAS[0] == one.readings[SYSTEMS[0]]]
        _draw_page(browser, address, max(right, key=lambda one: one.confidence), given.out / "write.png")
        _draw_reports(browser, written, given.out)
        browser.close()


def _written(address: str) -> Iterator[Written]:
    """All formulas by all writers, read by the server."""
    with httpx.Client(base_url=address, timeout=LONG / 1000) as client:
        for number in WRITERS:
            for place, formula in enumerate(FORMULAS):
                traces = write(formula, sampled_writer(0, number), (number, place))
                axes = {"x": [t[:, 0].tolist() for t in traces], "y": [t[:, 1].tolist() for t in traces]}
                found = {}
                for name in SYSTEMS:
                    body = {"strokes": {"strokes": axes}, "recogniser": name}
                    found[name] = client.post("/v1/strokes", json=body).raise_for_status().json()
                readings = {name: answer["latex_styled"] for name, answer in found.items()}
                yield Written(formula, traces, readings, found[SYSTEMS[0]]["confidence"])


def _draw_page(browser: Browser, address: str, one: Written, out: Path) -> None:
    """The page with a formula written on it and read."""
    page = browser.new_page(viewport={"width": 760, "height": 900}, device_scale_factor=SCALE)
    page.goto(address)
    page.wait_for_selector("#recogniser option", state="attached")
    _write(page, one.traces)
    expect(page.locator("#latex")).to_have_value(one.formula, timeout=LONG)
    expect(page.locator("#state")).to_have_text("Read", timeout=LONG)
    page.mouse.move(0, 0)
    bottom = page.locator("#tokens").bounding_box()
    assert bottom is not None
    clip = {"x": 0, "y": 0, "width": 760, "height": bottom["y"] + bottom["height"] + 10}
    _save(page.screenshot(clip=clip), out)  # type: ignore[arg-type]  # a clip is a typed dictionary
    page.close()


def _write(page: Page, traces: Sequence[np.ndarray]) -> None:
    """Write ink on the sheet with the mouse, as large as fits."""
    points = np.concatenate(traces)
    low, extent = points.min(0), np.ptp(points, axis=0)
    box = page.locator("#ink").bounding_box()
    assert box is not None
    scale = min((box["width"] - 80) / extent[0], (box["height"] - 80) / extent[1])
    for trace in traces:
        places = (trace - low) * scale + (box["x"] + 40, box["y"] + 40)
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()


def _draw_reports(browser: Browser, written: Sequence[Written], out: Path) -> None:
    """The row of a wrong sample with its ink, and the table of a comparison."""
    references = [one.formula for one in written]
    ids = [f"formula {number}" for number in range(1, len(written) + 1)]
    systems = {
        name: score([one.readings[name] for one in written], references, ids=ids, semantics=False)
        for name in SYSTEMS
    }
    inks = (drawn(one.traces, Preprocessing()) for one in written)
    known = Known(dict(zip(ids, map(picture_uri, inks), strict=True)))
    compared = compare(ids, {name: found.counts("canonical") for name, found in systems.items()})
    with TemporaryDirectory() as name:
        page = browser.new_page(viewport={"width": 900, "height": 1000}, device_scale_factor=SCALE)
        file = Path(name) / "report.html"
        file.write_text(score_page(systems[SYSTEMS[0]], known=known), "utf-8")
        page.goto(file.as_uri())
        page.wait_for_selector("#feed article math")
        page.select_option("#tag", "only look-alikes")
        _save_part(page.locator("#feed article").first, out / "report.png")
        file.write_text(compare_page(compared, systems), "utf-8")
        page.goto(file.as_uri())
        page.wait_for_selector("#feed")
        _save_part(page.locator("#groups .scroll").nth(2).locator("table"), out / "compare.png")
        page.close()


def _save_part(part: Locator, out: Path) -> None:
    part.scroll_into_view_if_needed()
    part.page.wait_for_timeout(500)  # the sample's drawing arrives a moment after its frame
    _save(part.screenshot(), out)


def _save(content: bytes, out: Path) -> None:
    """Write a screenshot as a small PNG file."""
    buffer = BytesIO()
    Image.open(BytesIO(content)).convert("RGB").quantize(COLOURS).save(buffer, "PNG", optimize=True)
    write_whole(out, buffer.getvalue())


if __name__ == "__main__":
    run_tool(main)
