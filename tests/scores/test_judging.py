"""The block `semantics` of the scores, with an engine that is easily foretold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from hmer_suite.report.comparison_page import compare_page
from hmer_suite.report.html import score_page
from hmer_suite.report.tables import meanings_text, score_text
from hmer_suite.scores.comparison import compare
from hmer_suite.scores.judging import _sources, judged
from hmer_suite.scores.meaning import Semantics
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import count_sample
from hmer_suite.scores.score import score

SAMPLES = {
    "identical": ("x ^ 2", "x ^ 2"),
    "canonical": ("x ^ 2", "x^{2}"),
    "symbolic": ("a + B", "A + b"),
    "numeric": ("a + b", "a + c"),
    "missing": (None, "x"),
    "missing, of nothing": (None, ""),
    "unproven": ("a + b + c", "a + b"),
    "unproven too": ("a + b + d", "a + b"),
    "ambiguous": ("a + b", "a + b + c"),
}


@pytest.fixture(scope="module")
def plain() -> Scores:
    predictions, references = zip(*SAMPLES.values(), strict=True)
    return score(predictions, references, ids=list(SAMPLES), semantics=False)


@pytest.fixture(scope="module")
def scores(plain) -> Scores:
    with Judge(2, decide="tests.equiv.poison:by_case") as judge:
        return judged(plain, judge)


def test_the_block_of_the_interface(scores):
    assert scores.semantics.to_json() == {
        "equal": 3,
        "different": 3,  # a difference and two missing predictions
        "undecided": 3,
        "undecided_reasons": {"unproven": 2, "ambiguous": 1},
        "rate": 33.33,
        "rate_upper": 66.67,
    }
    assert scores.to_json()["semantics"] == scores.semantics.to_json()
    assert scores.semantics.n == scores.n


def test_every_sample_has_its_verdict(scores):
    found = {sample.id: sample.verdict for sample in scores.samples}
    assert found == {
        "identical": Verdict(EQUAL, "identical"),
        "canonical": Verdict(EQUAL, "canonical"),
        "symbolic": Verdict(EQUAL, "symbolic"),
        "numeric": Verdict(DIFFERENT, "numeric", {"x": "3/7"}),
        "missing": None,
        "missing, of nothing": None,
        "unproven": Verdict(UNDECIDED, "unsupported", reason="unproven"),
        "unproven too": Verdict(UNDECIDED, "unsupported", reason="unproven"),
        "ambiguous": Verdict(UNDECIDED, "unsupported", reason="ambiguous"),
    }


def test_without_semantics_nothing_speaks_of_it(plain):
    assert plain.semantics is None
    assert "semantics" not in plain.to_json()
    assert "|sem:" not in str(plain.signature)
    assert "EQUAL" not in score_text(plain)
    assert "Meaning" not in score_page(plain)


def test_nothing_else_changes(plain, scores):
    assert replace(plain.signature, semantics=scores.signature.semantics) == scores.signature
    ours, theirs = scores.to_json(), plain.to_json()
    for key in theirs.keys() - {"signature"}:
        assert ours[key] == theirs[key]


def test_the_signature_names_engine_and_limits(plain):
    words = []
    for seconds, memory in ((1.0, 1 << 30), (2.5, 1 << 30), (1.0, 1 << 29)):
        with Judge(1, seconds=seconds, memory=memory, decide="tests.equiv.poison:by_case") as judge:
            words.append(str(judged(plain, judge).signature).partition("|sem:")[2].split("|")[0])
    engine = words[0].partition("@")[0]
    assert words == [f"{engine}@1s-1024M", f"{engine}@2.5s-1024M", f"{engine}@1s-512M"]
    assert len(engine) == 8


def test_every_sample_moves_the_bar(plain):
    moved = []
    with Judge(1, decide="tests.equiv.poison:by_case") as judge:
        judged(plain, judge, lambda: moved.append(1))
    assert len(moved) == plain.n


def test_counts_of_no_sample():
    assert Semantics.of([]).to_json() == {
        "equal": 0, "different": 0, "undecided": 0, "undecided_reasons": {}, "rate": 0.0, "rate_upper": 0.0
    }  # fmt: skip


def test_only_pairs_that_need_it_are_handed_to_the_engine():
    with Judge(1, decide="no.such:module") as judge:
        found = judged(score(["x^2", None], ["x ^ { 2 }", "y"], semantics=False), judge)
    assert (found.semantics.equal, found.semantics.different) == (1, 1)


def test_the_table_for_people(scores):
    text = score_text(scores)
    assert "means the same as its reference: 33.33 to 66.67 %" in text
    assert "undecided: 2 unproven (neither a proof nor a difference was found)\n" in text
    assert "undecided: 1 ambiguous (the notation has several plausible readings)\n" in text


def test_the_page(scores):
    page = score_page(scores)
    section = page[page.index('id="meaning"') : page.index('id="worst"')]
    assert "33.33 %" in section and "66.67 %" in section
    assert "The same meaning, spelt differently: 1" in section
    assert "symbolic <small>2 token edits; means the same: shown by algebra</small>" in section
    assert "Undecided: 3" in section
    assert "at x = 3/7" in page[page.index('id="worst"') :]


def test_several_systems_beside_each_other(plain, scores):
    counts = {name: found.counts("canonical") for name, found in (("one", scores), ("other", scores))}
    page = compare_page(compare(list(SAMPLES), counts), {"one": scores, "other": scores})
    assert page.count("<td>33.33 – 66.67</td>") == 2
    without = compare_page(compare(list(SAMPLES), counts), {"one": plain, "other": plain})
    assert "UNDECIDED" not in without
    lines = meanings_text({"one": scores.semantics, "other": scores.semantics}).splitlines()
    assert [line.split()[-3:] for line in lines[2:]] == [["33.33", "to", "66.67"]] * 2


def test_the_digest_takes_in_the_whole_engine(tmp_path):
    (tmp_path / "inner").mkdir()
    for name in ("b.py", "a.py", "inner/c.py", "inner/data.txt"):
        (tmp_path / name).write_text(name, "utf-8")
    assert list(_sources(tmp_path)) == ["a.py", "b.py", "inner/c.py"]


def test_an_invalid_reference_makes_nothing_different():
    found = Verdict(DIFFERENT, "unparsed", {"x": "3"})
    for reference, verdict in (("x ^ { 2", UNDECIDED), ("x ^ 2", DIFFERENT)):
        sample = count_sample("a", "x ^ 3", reference, repair=False)
        assert sample.certain(found).verdict == verdict
