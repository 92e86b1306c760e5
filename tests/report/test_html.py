from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hmer_suite.errors import InputError
from hmer_suite.report.comparison_page import WINS, compare_page, write_compare_report
from hmer_suite.report.html import score_page, write_score_report
from hmer_suite.scores.comparison import compare
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score

VOID = frozenset("meta br hr img link input".split())
NASTY = "<script>alert(1)</script>"


class Page(HTMLParser):
    """Checks that every element is closed in its place, and keeps elements, texts and ids."""

    def __init__(self, source: str):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts = ""
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            self.scripts += data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def count(self, name: str, **wanted: str) -> int:
        return sum(tag == name and wanted.items() <= given.items() for tag, given in self.elements)


def scored(predictions: list[str | None], references: list[str], ids: list[str] | None = None) -> Scores:
    return score(predictions, references, ids=ids)


@pytest.fixture
def scores() -> Scores:
    return scored(
        ["x ^ { 2 }", "a + b", r"\frac { 1 } { 2", None, r"\le 1"],
        ["x ^ { 2 }", "a - b c", r"\frac { 1 } { 2 }", "z", r"\leq 1"],
        ["right", "wrong", "broken", "absent", "spelt"],
    )


def test_a_score_page_is_well_formed_and_complete_in_itself(scores: Scores):
    source = score_page(scores, title="preds.tsv")
    page = Page(source)
    assert page.count("link") == page.count("img") == page.count("iframe") == 0
    assert page.count("script") == 1 + page.count("script", type="text/plain")
    assert not any(
        value and "//" in value
        for _, given in page.elements
        for key, value in given.items()
        if key != "xmlns"
    )
    assert "@import" not in source and source.count("url(") == source.count("url(data:font/")
    assert page.count("h1") == 1 and page.count("main") == 1
    assert {"lang": "en"}.items() <= page.elements[0][1].items()
    assert all(given.get("scope") in ("row", "col") for tag, given in page.elements if tag == "th")


def test_links_lead_to_sections(scores: Scores):
    page = Page(score_page(scores))
    targets = {given["id"] for _, given in page.elements if "id" in given}
    links = {given["href"] for tag, given in page.elements if tag == "a"}
    sections = {given["id"] for tag, given in page.elements if tag == "section" and "id" in given}
    assert links == {f"#{section}" for section in sections} and sections <= targets


def test_a_score_page_says_what_the_scores_say(scores: Scores):
    page = Page(score_page(scores, title="preds.tsv"))
    assert str(scores.signature) in page.text
    assert f"{scores.raw.exprate:.2f} " in page.text and f"{scores.canonical.exprate:.2f} " in page.text
    assert "5 references, 1 without a prediction" in page.text
    low, high = scores.confidence["canonical.wer"]
    assert f"{low:.2f} – {high:.2f}" in page.text
    assert "predictions repaired first" in page.text


def test_wrong_samples_are_drawn_and_aligned(scores: Scores):
    source = score_page(scores)
    page = Page(source)
    section = source[source.index('id="worst"') : source.index('id="invalid"')]
    drawn = Page(f"<div><section {section}".rpartition("<section")[0] + "</div>")
    assert drawn.count("article") == 2  # neither the right, nor the missing, nor the one only spelt otherwise
    assert drawn.count("math") == 4
    assert drawn.count("del") == 5 and drawn.count("ins") == 3  # three and two of them in the legend
    assert "<del>-</del><ins>+</ins>" in section and "<del>c</del>" in section
    assert "drawn after repair" in drawn.text
    assert "absent" in page.text[page.text.index("Missing predictions") :]


def test_invalid_predictions_are_explained(scores: Scores):
    page = Page(score_page(scores))
    explained = page.text[page.text.index("Invalid predictions", 300) :]
    assert "broken unclosed group" in explained
    assert page.count("code") > 0 and "`" not in explained
    assert "^" in explained and "is never closed" in explained and "after repair, 1 edit" in explained


@pytest.mark.parametrize("repair", [True, False])
def test_a_page_without_a_mistake(repair: bool):
    page = Page(score_page(score(["x"], ["x"], repair=repair)))
    assert "No prediction is wrong." in page.text and "Every prediction is valid LaTeX." in page.text
    assert ("predictions repaired first" in page.text) == repair


def test_markup_in_ids_titles_and_formulas_is_text():
    spaced = " ".join(NASTY)
    scores = scored([spaced, rf"\text{{{NASTY}}}", "{ " + spaced], ["x", "y", "z"], [NASTY, '"><b>', "&amp;"])
    page = Page(score_page(scores, title=NASTY))
    assert page.count("b") == 0 and "alert(1)" not in scripts_of(page)
    assert f"Scores of {NASTY}" in page.text and '"><b>' in page.text and "&amp;" in page.text
    other = scored(["x", "y", "q"], ["x", "y", "z"], [NASTY, '"><b>', "&amp;"])
    page = Page(_compared({NASTY: scores, "other": other}))
    assert page.count("b") == 0 and "alert(1)" not in scripts_of(page)


def scripts_of(page: Page) -> str:
    assert page.count("script") == 1 + page.count("script", type="text/plain")
    return page.scripts


def test_a_runaway_is_named_and_does_not_fill_the_page():
    runaway = " ".join(["x"] * 5000)
    scores = scored([runaway, *["a"] * 20], ["x y", *["a"] * 20], ["loop", *map(str, range(20))])
    source = score_page(scores)
    page = Page(source)
    assert "1 of 21 predictions is a runaway" in page.text
    assert "not drawn: 5,000 tokens" in page.text and "more added" in page.text
    assert len(source) < 100_000


def test_odd_samples_get_a_page():
    scores = scored(["", "x", "", "} } {", "\\foo"], ["", "", "x", "y", "z"])
    Page(score_page(scores))
    Page(score_page(scored([None], ["x"])))


def _compared(systems: dict[str, Scores]) -> str:
    ids = [sample.id for sample in next(iter(systems.values())).samples]
    counts = {name: scores.counts("canonical") for name, scores in systems.items()}
    return compare_page(compare(ids, counts), systems)


def test_a_compare_page_says_who_wins_where():
    references = [f"x ^ {{ {number} }}" for number in range(40)]
    good = scored(list(references), references)
    bad = scored(["y", *["z"] * 30, *references[31:]], references)
    page = Page(_compared({"good": good, "bad": bad}))
    assert "good is better in ExpRate" in page.text
    assert "Right in good, wrong in bad: 31" in page.text
    assert "Right in bad, wrong in good: 0" in page.text
    assert page.count("article") == WINS
    assert str(replace(good, repairs=False).signature) in page.text  # repair is no part of what is compared
    same = Page(_compared({"one": good, "two": good}))
    assert "no difference in ExpRate is established" in same.text and same.count("article") == 0


def test_reports_are_written_whole_or_not_at_all(scores: Scores, tmp_path: Path):
    path = write_score_report(scores, tmp_path / "deep" / "out", title="t")
    assert path.read_text(encoding="utf-8") == score_page(scores, title="t")
    assert [entry.name for entry in path.parent.iterdir()] == ["index.html"]
    occupied = tmp_path / "file"
    occupied.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="file: cannot write"):
        write_score_report(scores, occupied)
    assert occupied.read_text(encoding="utf-8") == "mine"


def test_a_compare_report_is_written(scores: Scores, tmp_path: Path):
    ids = [sample.id for sample in scores.samples]
    result = compare(ids, {"a": scores.counts("raw"), "b": scores.counts("raw")})
    path = write_compare_report(result, {"a": scores, "b": scores}, tmp_path, spelling="raw")
    assert "raw spelling" in Page(path.read_text(encoding="utf-8")).text


def test_the_real_report_shows_the_runaway(shared: Path):
    from hmer_suite.predictions.files import pair, read_predictions

    read = read_predictions(shared / "predictions/unimumer-3b-crohme2014.json")
    paired = pair(read)
    page = Page(score_page(score(paired.predictions, paired.references, ids=paired.ids)))
    assert "1 of 986 predictions is a runaway and makes 1,001 of the 1,505 token edits" in page.text


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
PROBE = """<pre id="probe"></pre><script>
const height = e => e.getBoundingClientRect().height, all = [...document.querySelectorAll("math")];
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
document.getElementById("probe").textContent = "formulas " + all.length + " empty " +
  all.filter(e => height(e) < 4).length + " fraction " + (height(document.querySelector("mfrac")) >
  1.5 * height(document.querySelector("mfrac mn"))) + " overflow " + wide;
</script></body>"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium to draw the page")
def test_a_browser_draws_the_page(scores: Scores, tmp_path: Path):
    page = tmp_path / "page.html"
    source = score_page(scores).replace("Content-Security-Policy", "no-policy")
    page.write_text(
        re.sub("<script>.*</script>", "", source, flags=re.DOTALL).replace("</body>", PROBE), "utf-8"
    )
    options = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --window-size=1200,900 --dump-dom"
    ).split()
    drawn = subprocess.run(
        [CHROMIUM, *options, f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if "</html>" not in drawn.stdout:
        pytest.skip(f"Chromium does not start here: {drawn.stderr.strip()[-200:]}")
    assert "formulas 5 empty 0 fraction true overflow 0" in drawn.stdout
