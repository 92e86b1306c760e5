"""Data of all samples inside the page, the policy of its script, its font."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode, b64encode
from hashlib import sha256
from html import unescape

import pytest

from hmer_suite.equiv.verdict import Verdict, reason_in_words
from hmer_suite.report import font
from hmer_suite.report.html import score_page
from hmer_suite.report.page import SAMPLES_SCRIPT, policy, read_script
from hmer_suite.report.sample_data import BLOCK, Known, System, sample_data
from hmer_suite.report.wording import verdict_sentence
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score

PREDICTIONS = ["x ^ { 2 }", "a + b", r"\frac { 1 } { 2", None, r"\le 1", " ".join("y" * 900), "z + 1"]
REFERENCES = ["x ^ { 2 }", "a - b c", r"\frac { 1 } { 2 }", "z", r"\leq 1", "y", "z + 1 - c"]
IDS = ["right", "wrong", "broken", "absent", "spelt", "loop", "short"]


@pytest.fixture(scope="module")
def scores() -> Scores:
    return score(PREDICTIONS, REFERENCES, ids=IDS, semantics=False)


def unpacked(markup: str, kind: str) -> list:
    packed = re.findall(rf'<script type="text/plain" class="samples-{kind}">([^<]*)</script>', markup)
    return [json.loads(zlib.decompress(b64decode(text), -15)) for text in packed]


def test_index_holds_every_sample_in_order(scores: Scores):
    (index,) = unpacked(sample_data([System("s", scores.samples)]).markup, "index")
    assert index["ids"] == IDS
    assert index["references"][4] == r"\leq 1" and index["answers"][0][4] == 0
    assert index["answers"][0][3] is None and index["answers"][0][1] == "a + b"
    assert index["steps"][0][1] == "=S=D" and index["steps"][0][0] == ""
    assert index["edits"][0] == [sample.canonical.edits for sample in scores.samples]
    assert index["confidences"] == [None]


def test_tags_say_what_went_wrong(scores: Scores):
    (index,) = unpacked(sample_data([System("s", scores.samples)]).markup, "index")
    tags = {name: [IDS[row] for row in rows] for name, rows in index["tags"]}
    assert tags["missing"] == ["absent"] and tags["invalid"] == ["broken"]
    assert tags["only spelling"] == ["spelt"] and tags["runaway"] == ["loop"]
    assert tags["truncated"] == ["broken", "short"]
    assert sorted(tags["right"] + tags["wrong"]) == sorted(IDS)


def test_every_sample_is_drawn_with_its_marks(scores: Scores):
    (drawn,) = unpacked(sample_data([System("s", scores.samples)]).markup, "block")
    assert len(drawn) == len(IDS)
    assert 'data-token="1"' in drawn[1]["drawing"] and 'data-token="1"' in drawn[1]["answers"][0]["drawing"]
    assert "drawing" not in drawn[0]["answers"][0] and "mark" not in drawn[0]["drawing"]
    assert drawn[2]["answers"][0]["problem"]["name"] == "unclosed group"
    assert drawn[3]["answers"] == [{"remark": "missing"}]
    assert "not drawn: 900 tokens" in drawn[5]["answers"][0]["remark"]


def test_many_samples_are_several_blocks():
    number = 2 * BLOCK + 1
    many = score(["x"] * number, ["x"] * number, semantics=False)
    markup = sample_data([System("s", many.samples)]).markup
    assert [len(block) for block in unpacked(markup, "block")] == [BLOCK, BLOCK, 1]
    assert len(markup) < 20_000


def test_pictures_and_confidences_are_on_the_page(scores: Scores):
    known = Known({"wrong": "data:image/png;base64,AAAA"}, {"right": 0.9, "wrong": 0.4})
    page = score_page(scores, known=known)
    (drawn,) = unpacked(page, "block")
    assert drawn[1]["picture"].endswith("AAAA") and "picture" not in drawn[0]
    assert 'src="data:image/png;base64,AAAA"' in page
    (index,) = unpacked(page, "index")
    assert index["confidences"][0][:3] == [0.9, 0.4, None]
    assert "Calibration error" in page and "Reliability" in page


def test_page_names_the_hash_of_its_one_script(scores: Scores):
    page = score_page(scores)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert script == read_script(SAMPLES_SCRIPT)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found is not None
    assert f"script-src 'sha256-{digest}'" in unescape(found[1])
    assert "default-src 'none'" in found[1].replace("&#39;", "'")
    assert "script-src 'none'" in policy("")


def test_words_of_the_code_are_not_on_the_page(scores: Scores):
    page = re.sub("<script.*?</script>|<style.*?</style>", "", score_page(scores), flags=re.DOTALL)
    assert not re.search(r"\ble[123]\b|unparsed|exprate(?!\+)", re.sub("hmer-suite[|][^<]*", "", page))
    assert reason_in_words("unparsed") == "one side is not valid LaTeX"
    different = Verdict("DIFFERENT", "numeric", {"x": "3/7"})
    assert verdict_sentence(different) == "means something else: shown by values, at x = 3/7"


# --- the font -----------------------------------------------------------------------------------------------------


def test_font_has_what_the_page_shows_and_little_else():
    pytest.importorskip("ziamath", reason="needs the extra serve")
    ttlib = pytest.importorskip("fontTools.ttLib")
    from io import BytesIO

    rule = font.font_face("zα+")
    found = re.search(r"base64,([^)]*)\)", rule)
    assert found is not None
    content = b64decode(found[1])
    assert len(content) < 60_000
    points = ttlib.TTFont(BytesIO(content)).getBestCmap()
    assert {ord("z"), ord("α"), ord("𝑧"), ord("𝛼")} <= points.keys()
    assert ord("k") not in points


def test_page_without_a_font_is_written_all_the_same(scores: Scores, monkeypatch):
    monkeypatch.setattr(font, "_font_file", lambda: None)
    font._subset.cache_clear()
    page = score_page(scores)
    font._subset.cache_clear()
    assert "@font-face" not in page and "<math" in page
