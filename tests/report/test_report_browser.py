"""The report in a real Chromium: samples drawn on demand, searched, filtered, linked, used by keyboard, printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmer_suite.report.comparison_page import compare_page
from hmer_suite.report.html import score_page
from hmer_suite.report.runs import read_runs, run_page
from hmer_suite.report.sample_data import Known
from hmer_suite.scores.comparison import compare
from hmer_suite.scores.score import score
from tests.browser import CHROMIUM, axe, violations
from tests.report.test_training import write_log

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
expect = playwright.expect
expect.set_options(timeout=30_000)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt install chromium)")

REFERENCES = [rf"\frac {{ {n} }} {{ z }} + x ^ {{ 2 }}" for n in range(60)]
PREDICTIONS: list[str | None] = [
    *(rf"\frac {{ {n} }} {{ 2 }} + x ^ {{ 2 }}" for n in range(20)),
    *(rf"\frac {{ {n} }} {{ z }} - y" for n in range(20, 30)),
    *REFERENCES[30:58],
    None,
    r"\frac { 59 } { z } + x ^ { 2",
]
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkwBADs="
IDS = [f"sample {n}" for n in range(60)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    confidences = {name: n / 60 for n, name in enumerate(IDS)}
    found = score(PREDICTIONS, REFERENCES, ids=IDS, semantics=False)
    (folder / "score.html").write_text(
        score_page(found, known=Known(confidences=confidences, attention={"sample 3": DOT})), "utf-8"
    )
    other = score(REFERENCES, REFERENCES, ids=IDS, semantics=False)
    systems = {"ours": found, "theirs": other}
    counts = {name: scores.counts("canonical") for name, scores in systems.items()}
    (folder / "compare.html").write_text(compare_page(compare(IDS, counts), systems), "utf-8")
    (folder / "runs.html").write_text(run_page(read_runs(_trained(folder / "trained"))), "utf-8")
    return folder


def _trained(folder: Path) -> list[Path]:
    """Two runs with logs, settings that differ, and validation samples over time."""
    runs = [folder / name for name in ("seed-1", "seed-2")]
    for number, run in enumerate(runs):
        write_log(run / "log.jsonl")
        (run / "settings.toml").write_text(f"seed = {number}\n")
        lines = [
            {"step": step, "samples": [{"id": "a", "label": REFERENCES[0], "prediction": read}]}
            for step, read in ((10, ""), (20, "x"), (30, "{ x"), (40, REFERENCES[0]))
        ]
        (run / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return runs


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, folder) -> Iterator:
    """The report on one file; nothing may go wrong in its script or be refused by its policy."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto((folder / "score.html").as_uri())
    page.wait_for_selector("html[data-samples='60']")
    yield page
    assert wrong == []
    context.close()


def shown(page) -> str:
    return page.locator("#count").inner_text()


def test_wrong_samples_come_first_and_few_are_drawn(page):
    assert shown(page) == "32 of 60 samples"
    page.wait_for_selector("#feed article math")
    assert page.locator("#feed article").count() < 20
    assert page.locator("#worst").is_hidden()
    page.locator("#scroller").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    page.locator("#feed article[aria-posinset='32']").wait_for()


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("sample 59", 1),
        ("z → 2", 20),
        ("→ z", 0),
        (r"\frac{7}{z}", 1),
        ("x^2", 60),
        ("-y", 10),
        ("no such", 0),
    ],
)
def test_search_by_id_by_symbols_and_by_confusion(page, query: str, number: int):
    page.select_option("#tag", "")
    page.fill("#search", query)
    expect(page.locator("#count")).to_have_text(f"{number} of 60 samples")
    assert page.locator("#nothing").is_visible() == (not number)


@pytest.mark.parametrize(
    ("tag", "number"),
    [("missing", 1), ("invalid", 1), ("only look-alikes", 20), ("structure", 11), ("right", 28)],
)
def test_filter_by_tag(page, tag: str, number: int):
    page.select_option("#tag", tag)
    assert shown(page) == f"{number} of 60 samples"


def test_samples_are_sorted(page):
    page.select_option("#tag", "")
    for order, first in (
        ("unsure", "sample 0"),
        ("sure", "sample 59"),
        ("id", "sample 0"),
        ("file", "sample 0"),
    ):
        page.select_option("#sort", order)
        assert page.locator("#feed article").first.get_attribute("aria-label") == first


def test_a_confusion_leads_to_its_samples_and_a_link_to_one(page):
    page.locator("#confusions a", has_text="20").first.click()
    expect(page.locator("#count")).to_have_text("20 of 60 samples")
    page.goto(page.url.partition("#")[0] + "#sample=sample%2041")
    expect(page.locator("article[aria-label='sample 41']")).to_be_focused()
    assert shown(page) == "60 of 60 samples"


@pytest.mark.parametrize(
    ("section", "row", "named", "number"),
    [
        ("groups", "11-20", "11-20 tokens", 60),
        ("kinds", "a symbol for one that looks like it", "a symbol for one that looks like it", 20),
        ("pairs", "fraction bar with z below", "fraction bar with z below read otherwise", 20),
        ("steps", "repair of invalid predictions", "repair: now right", 1),
    ],
)
def test_every_count_leads_to_its_samples(page, section: str, row: str, named: str, number: int):
    link = page.locator(f"#{section} tr", has_text=row).first.locator("a").first
    link.click()
    expect(page.locator("#only strong")).to_have_text(named)
    expect(page.locator("#count")).to_have_text(f"{number} of 60 samples")
    page.click("#every")
    expect(page.locator("#count")).to_have_text("60 of 60 samples")
    assert page.locator("#only").is_hidden()


def test_attention_is_shown_on_demand(page):
    page.fill("#search", "sample 3")
    card = page.locator("#feed article[aria-label='sample 3']")
    card.locator("summary").click()
    expect(card.locator("details img")).to_have_attribute("alt", "Attention of the reading of sample 3")


def test_a_token_and_its_drawing_are_shown_together(page):
    card = page.locator("#feed article[aria-label='sample 3']")
    page.fill("#search", "sample 3")
    card.locator("math").first.wait_for()
    card.locator("ins").first.hover()
    assert card.locator("math .linked").all_text_contents() == ["2"]
    card.locator("del").first.focus()
    assert card.locator("math .linked").all_text_contents() == ["z"]


def test_keyboard_alone(page):
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.locator("#scroller").focus()
    for key, place in (("j", 1), ("j", 2), ("k", 1), ("End", 32), ("Home", 1)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('aria-posinset')") == str(place)


def test_only_one_system_right(browser, folder):
    page = browser.new_page()
    page.goto((folder / "compare.html").as_uri())
    page.wait_for_selector("html[data-samples='60']")
    page.select_option("#tag", "only theirs right")
    assert shown(page) == "32 of 60 samples"
    page.close()


def test_page_without_script_and_on_paper(browser, folder):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "score.html").as_uri())
    assert page.locator("#worst article").count() == 31 and page.locator("#worst").is_visible()
    assert not page.locator("#filters").is_visible() and page.locator("#samples .without-script").is_visible()
    context.close()
    page = browser.new_page()
    page.goto((folder / "score.html").as_uri())
    page.wait_for_selector("html[data-samples='60']")
    page.emulate_media(media="print")
    assert page.locator("#worst").is_visible() and not page.locator("#samples").is_visible()
    page.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [375, 1200])
def test_axe_finds_nothing(browser, folder, width: int, scheme: str):
    script = axe()
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    for name in ("score", "compare"):
        page.goto((folder / f"{name}.html").as_uri())
        page.wait_for_selector("#feed article math")
        page.locator("#pairs a").first.click()
        page.wait_for_selector("#only:not([hidden])")
        assert violations(page, script) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto((folder / "runs.html").as_uri())
    assert page.locator("svg[role=img]").count() == 4
    assert violations(page, script) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
