"""The pages in a real Chromium: pointer, keyboard, phone."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest

from tests.browser import CHROMIUM, axe, violations
from tests.web.ink import EQUATION
from tools.serving import serving, wait_until_ready

pytest.importorskip("fastapi", reason="needs the extra serve")
has_mathlive = pytest.importorskip("hmer_suite.web.static_files", reason="needs the extra serve").has_mathlive
playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
expect = playwright.expect
expect.set_options(timeout=60_000)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt install chromium)")


LOG = [
    *({"step": step, "seconds": step, "loss": 5 / step, "lr": 1e-3} for step in range(20, 201, 20)),
    {"step": 100, "validation": {"exprate": 20.0, "wer": 60.0, "loss": 0.4}},
    {"step": 200, "validation": {"exprate": 40.0, "wer": 30.0, "loss": 0.2}},
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "runs/first").mkdir(parents=True)
    (folder / "runs/first/log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LOG))
    with serving(folder, "--recogniser", "stroke", "--runs", "runs") as (address, _):
        wait_until_ready(address)
        yield address


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, address):
    """A page at the sheet; nothing may go wrong in its scripts or be refused by its policy."""
    context = browser.new_context(viewport={"width": 900, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.wait_for_selector("#recogniser option", state="attached")
    yield page
    assert wrong == []
    context.close()


def write(page, strokes, at: float = 60) -> None:
    page.locator("#ink").scroll_into_view_if_needed()
    box = page.locator("#ink").bounding_box()
    axes = strokes["strokes"]
    for xs, ys in zip(axes["x"], axes["y"], strict=True):
        for place, (x, y) in enumerate(zip(xs, ys, strict=True)):
            page.mouse.move(box["x"] + at + x, box["y"] + at + y, steps=4)
            if not place:
                page.mouse.down()
        page.mouse.up()


def read(page, latex: str) -> None:
    expect(page.locator("#latex")).to_have_value(latex)


def settled(page) -> None:
    """Wait until all that was written is read."""
    expect(page.locator("#state")).to_have_text("Read")


def stop_clock(page) -> None:
    """Stop the page's clock, so that a replay waits for `page.clock.run_for`."""
    page.clock.install()
    page.clock.pause_at(datetime.now() + timedelta(minutes=1))


def late_reading(page):
    """A stroke more is written on a sheet with 1 = 1; what sends the answer to it."""
    write(page, EQUATION)
    read(page, "1 = 1")
    settled(page)
    held: list = []
    page.route("**/v1/strokes", lambda route: held.append(route))
    write(page, {"strokes": {"x": [[100, 100]], "y": [[0, 40]]}})
    expect(page.locator("#state")).to_have_text("Reading…")

    def arrive() -> None:
        held[-1].continue_()
        page.unroute("**/v1/strokes")
        expect(page.locator("#state")).to_have_text(re.compile("^Read(;|$)"))
        expect(page.locator("#tokens button")).to_have_count(4)

    return arrive


def test_formula_is_written_read_undone_and_scratched_out(page):
    write(page, EQUATION)
    read(page, "1 = 1")
    expect(page.locator("#drawn math mo")).to_have_text("=")
    for button, latex in (("#undo", ""), ("#redo", "1 = 1")):
        for _ in range(4):
            page.click(button)
        read(page, latex)
    scratch = {"strokes": {"x": [[-5, 80] * 4], "y": [[0, 6, 12, 18, 24, 30, 36, 42]]}}
    write(page, scratch)
    read(page, "")
    assert page.locator("#hint").is_visible()


def test_correction_stays_while_the_rest_is_read_anew(page):
    write(page, EQUATION)
    read(page, "1 = 1")
    page.locator("#tokens button").nth(0).click()
    page.fill("#right", "l")
    page.keyboard.press("Enter")
    expect(page.locator("#latex")).to_have_value(re.compile("^l "))
    assert page.locator("#tokens button.kept").all_inner_texts() == ["l"]
    page.click("#forget")
    read(page, "1 = 1")
    assert page.locator("#kept").is_hidden()
    page.locator("#tokens button").nth(1).click()
    page.keyboard.press("Escape")
    assert page.locator("#correct").is_hidden()
    expect(page.locator("#tokens button").nth(1)).to_be_focused()


def test_a_correction_outlives_a_late_reading(page):
    arrive = late_reading(page)
    page.locator("#tokens button").nth(2).click()
    page.fill("#right", "l")
    arrive()
    assert page.locator("#correct").is_visible()
    expect(page.locator("#right")).to_be_focused()
    expect(page.locator("#right")).to_have_value("l")
    page.keyboard.press("Enter")
    expect(page.locator("#latex")).to_have_value(re.compile("^1 = l ."))
    assert page.locator("#tokens button.kept").all_inner_texts() == ["1", "=", "l"]
    assert page.locator("#correct").is_hidden()


def test_edited_latex_and_the_focus_outlive_a_late_reading(page):
    arrive = late_reading(page)
    page.fill("#latex", "1=2")
    page.locator("#tokens button").nth(1).focus()
    arrive()
    read(page, "1=2")
    expect(page.locator("#state")).to_have_text("Read; your LaTeX stays")
    expect(page.locator("#tokens button").nth(1)).to_be_focused()
    page.locator("#nbest button").first.click()
    read(page, " ".join(page.locator("#tokens button").all_inner_texts()))


def test_a_correction_that_is_refused_stays_to_be_mended(browser, address):
    page = browser.new_page()
    page.goto(address)
    write(page, EQUATION)
    read(page, "1 = 1")
    page.locator("#tokens button").first.click()
    page.fill("#right", r"\aleph")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text(re.compile(r"does not write \\aleph"))
    assert page.locator("#correct").is_visible()
    write(page, {"strokes": {"x": [[100, 100]], "y": [[0, 40]]}})
    expect(page.locator("#state")).to_have_text("Read")
    expect(page.locator("#right")).to_have_value(r"\aleph")
    page.click("#clear")
    assert page.locator("#correct").is_hidden()
    page.close()


def test_another_reading_is_chosen_and_corrected(page):
    write(page, EQUATION)
    read(page, "1 = 1")
    settled(page)
    page.locator("#nbest button").first.click()
    other = page.locator("#latex").input_value()
    assert other != "1 = 1" and " ".join(page.locator("#tokens button").all_inner_texts()) == other
    assert page.locator("#nbest button math").first.text_content() == "1=1"
    assert page.locator("#replay").is_disabled()


def test_attention_is_replayed_and_stopped(page):
    write(page, EQUATION)
    read(page, "1 = 1")
    settled(page)
    stop_clock(page)
    page.click("#replay")
    expect(page.locator("#tokens button.now")).to_have_text("1")
    expect(page.locator("#replay")).to_have_text("Stop")
    page.click("#replay")
    expect(page.locator("#tokens button.now")).to_have_count(0)
    expect(page.locator("#replay")).to_have_text("Replay attention")


def test_a_finger_writes(browser, address):
    context = browser.new_context(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address)
    box = page.locator("#ink").bounding_box()
    touch = context.new_cdp_session(page)
    axes = EQUATION["strokes"]
    for xs, ys in zip(axes["x"], axes["y"], strict=True):
        for kind, x, y in (("touchStart", xs[0], ys[0]), ("touchMove", xs[-1], ys[-1])):
            point = {"x": box["x"] + 60 + x, "y": box["y"] + 60 + y}
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    read(page, "1 = 1")
    assert page.evaluate("scrollY") == 0
    context.close()


def test_latex_is_checked_and_copied(page):
    page.fill("#latex", r"\frac{1}{2")
    page.wait_for_selector("#verdict.bad")
    page.fill("#latex", r"\frac{1}{2}")
    page.wait_for_selector("#verdict.good")
    page.wait_for_selector("#drawn mfrac")
    page.click("[data-copy=dollars]")
    expect(page.locator("#state")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == r"$\frac{1}{2}$"
    for kind, begins in (("svg", b"<svg"), ("png", b"\x89PNG")):
        with page.expect_download() as download:
            page.click(f"[data-save={kind}]")
        with open(download.value.path(), "rb") as file:
            assert file.read(4) == begins[:4]


@pytest.mark.skipif(not has_mathlive(), reason="needs MathLive: make web")
def test_formula_editor_and_latex_follow_each_other(page):
    field = page.locator("math-field")
    field.wait_for()
    page.fill("#latex", r"\frac{1}{2}")
    page.wait_for_selector("#drawn mfrac")
    expect(field).to_have_js_property("value", r"\frac{1}{2}")
    field.focus()
    page.keyboard.press("End")
    page.keyboard.type("+x")
    expect(page.locator("#latex")).to_have_value(re.compile(r"\+x$"))
    expect(page.locator("#drawn mi")).to_have_text("x")


def test_ink_is_saved_as_inkml_that_is_read_again(page, tmp_path):
    from hmer_suite import read_ink

    write(page, EQUATION)
    read(page, "1 = 1")
    settled(page)
    with page.expect_download() as download:
        page.click("[data-save=inkml]")
    download.value.save_as(tmp_path / "a.inkml")
    assert len(read_ink(tmp_path / "a.inkml").traces) == 4
    assert "$1 = 1$" in (tmp_path / "a.inkml").read_text()


TINTED = """() => {
    const shade = document.getElementById("shade"), sheet = shade.getBoundingClientRect();
    const picture = document.getElementById("picture").getBoundingClientRect();
    const pixels = shade.getContext("2d").getImageData(0, 0, shade.width, shade.height);
    const tints = pixels.data.filter((_, place) => place % 4 === 3), strongest = Math.max(...new Set(tints));
    const x = tints.indexOf(strongest) % pixels.width * sheet.width / shade.width;
    return (x + sheet.left - picture.left) / picture.width;
}"""
"""The place with the strongest tint, as a share of the picture's width."""


def test_picture_is_dropped_read_and_its_attention_replayed(page):
    page.evaluate("""async () => {
        const canvas = document.createElement("canvas"); canvas.width = 160; canvas.height = 90;
        const pen = canvas.getContext("2d"); pen.fillStyle = "#fff"; pen.fillRect(0, 0, 160, 90); pen.lineWidth = 4;
        for (const [x1, y1, x2, y2] of [[30, 20, 30, 70], [55, 37, 95, 37], [55, 53, 95, 53], [120, 20, 120, 70]]) {
          pen.beginPath(); pen.moveTo(x1, y1); pen.lineTo(x2, y2); pen.stroke();
        }
        const blob = await new Promise((resolve) => canvas.toBlob(resolve));
        const moved = new DataTransfer(); moved.items.add(new File([blob], "a.png", { type: "image/png" }));
        document.getElementById("sheet").dispatchEvent(new DragEvent("drop", { dataTransfer: moved }));
    }""")
    expect(page.locator("#latex")).to_have_value("1 = 1")
    stop_clock(page)
    page.click("#replay")
    for token, place in (("1", 0.19), ("=", 0.47), ("1", 0.75)):
        expect(page.locator("#tokens button.now")).to_have_text(token)
        assert abs(page.evaluate(TINTED) - place) < 0.15
        page.clock.run_for(450)
    expect(page.locator("#replay")).to_have_text("Replay attention")
    assert page.locator("#shade").is_hidden()
    page.click("#clear")
    assert page.locator("#ink").is_visible() and not page.locator("#picture").is_visible()


def test_page_is_used_by_keyboard_and_on_a_phone(page):
    seen = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert {"recogniser", "ink", "file", "latex"} <= seen
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_prediction_file_is_scored_on_its_page(page, address, tmp_path):
    (tmp_path / "preds.tsv").write_text("a\tx+1\tx+1\nb\ty\tz\n")
    page.goto(f"{address}/score")
    page.set_input_files("#predictions", tmp_path / "preds.tsv")
    page.click("button.main")
    page.wait_for_selector("#result:not([hidden])")
    assert page.locator("#rates tr", has_text="canonical").locator("td").nth(1).inner_text() == "50.00"
    assert "hmer-suite|" in page.locator("#signature").inner_text()
    page.frame_locator("#report").locator("h1").wait_for()


def test_files_are_dropped_on_the_page_of_scores(page, address):
    page.goto(f"{address}/score")
    page.evaluate("""() => {
        const moved = new DataTransfer();
        for (const [name, text] of [["captions.tsv", "a\\tx\\nb\\ty\\n"], ["ours.tsv", "a\\tx\\nb\\tz\\n"]])
          moved.items.add(new File([text], name));
        document.getElementById("form").dispatchEvent(new DragEvent("drop", { dataTransfer: moved }));
    }""")
    page.click("button.main")
    page.wait_for_selector("#result:not([hidden])")
    assert page.locator("#rates tr", has_text="canonical").locator("td").nth(1).inner_text() == "50.00"


def test_run_is_shown_with_its_curves(page, address):
    page.goto(f"{address}/runs")
    expect(page.locator("#runs a")).to_have_text("first")
    expect(page.locator("#loss path.line")).to_have_count(2)
    expect(page.locator("#rate circle")).to_have_count(2)
    expect(page.locator("#wer")).to_have_attribute("aria-label", "Token error rate against steps, last 30.0")


def test_description_of_the_api_loads(page, address):
    page.goto(f"{address}/docs")
    page.wait_for_selector("#routes h2")
    assert "`" not in page.locator("#routes").inner_text()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [375, 1200])
def test_axe_finds_nothing(browser, address, width: int, scheme: str):
    script = axe()
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    for path, ready in (
        ("", "#tokens button"),
        ("score", "#form"),
        ("runs", "#loss path"),
        ("docs", "#routes h2"),
    ):
        page.goto(f"{address}/{path}")
        if not path:
            write(page, EQUATION)
        page.wait_for_selector(ready)
        assert violations(page, script) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
