"""The report on post-processing: its steps, how weights are chosen, and what is kept of a gathering."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from hmer_suite.errors import InputError
from hmer_suite.predict.joining import Joining
from hmer_suite.specs.recogniser import Hypothesis, Likelihood
from tools.reports import joined
from tools.reports.common import SPLITS
from tools.reports.joined import Gathered, gathered_splits
from tools.reports.postprocess import (
    _confusions_section,
    choose,
    cross_validated,
    measure,
    out_of_fold,
    report,
    right,
)
from tools.reports.reranking import (
    DROPPED,
    GRAMMAR,
    LOOK_ALIKES,
    MEANING,
    REPAIR,
    Confusions,
    Formula,
    grammatical,
    holds,
    look_alikes,
    meaningful,
    repaired,
)

BRACED = r"\frac { 1 } { 2 }"


def ranked(label: str, *proposed: tuple[str, float], bests: Sequence[str] = ()) -> Formula:
    """A formula with texts and scores."""
    texts = tuple(tuple(text.split()) for text, _ in proposed)
    scores = np.array([score for _, score in proposed])
    return Formula(tuple(label.split()), tuple(tuple(text.split()) for text in bests), texts, scores)


def texts_of(formula: Formula) -> dict[str, float]:
    """Texts with their scores."""
    return {" ".join(text): score for text, score in zip(formula.texts, formula.scores.tolist(), strict=True)}


# --- steps -----------------------------------------------------------------------------------------------------


def test_invalid_texts_are_repaired_and_equal_ones_merged():
    before = ranked(BRACED, (r"\frac { 1 } { 2", -1.0), ("x", -1.4), (BRACED, -2.0), ("x", -3.0))
    assert texts_of(repaired(before, 0.0)) == {BRACED: -1.0, "x": -1.4}
    assert texts_of(repaired(before, 0.5)) == {BRACED: -1.5, "x": -1.4}
    assert texts_of(repaired(before, 9.0)) == {BRACED: -2.0, "x": -1.4}


def test_invalid_texts_lose_the_penalty():
    before = ranked(BRACED, (r"\frac { 1 } { 2", -1.0), (BRACED, -2.0))
    assert grammatical(before, 0.5).reading == before.reading
    assert grammatical(before, 1.5).reading == before.label
    alone = ranked(BRACED, (r"\frac { 1 } { 2", -1.0))
    assert grammatical(alone, DROPPED).reading == alone.reading


def test_confusions_are_counted_in_each_best_text():
    counts = Confusions.of([ranked("a + a", bests=["o + a", "o + o"]), ranked("o", bests=["o"])]).counts
    assert counts == {("o", "a"): 3, ("a", "a"): 1, ("+", "+"): 2, ("o", "o"): 1}


def test_log_odds_compare_the_label_with_what_was_written():
    confusions = Confusions({("o", "0"): 30, ("o", "o"): 3, ("x", "x"): 67})
    chance = (30 / 70) / 2
    assert confusions.log_odds("o", "0") == pytest.approx(math.log((30 + chance) / 4))
    assert confusions.log_odds("x", "y") == pytest.approx(math.log(chance / 68))
    assert Confusions({}).log_odds("x", "y") == 0


def test_a_likely_confusion_lifts_the_text_that_undoes_it():
    known = [ranked("0 + x", bests=["o + x"])] * 9
    before = ranked("0 - x", ("o - x", -1.0), ("0 - x", -1.5), ("o - y", -1.1), ("0 -", -1.2))
    after = texts_of(look_alikes(known)(before, 1.0))
    assert look_alikes(known)(before, 1.0).reading == before.label
    assert after["o - x"] == -1.0 and after["0 -"] == -1.2  # no substitutions alone
    assert after["o - y"] < -1.1


def test_confusions_against_the_average_favour_those_above_it():
    known = [ranked("a + b + 0", bests=["a + b + o"])] * 4 + [ranked("o + o", bests=["o + o"])] * 4
    before = ranked("0", ("o", -1.0), ("0", -1.1))
    odds = look_alikes(known)(before, 0.5).scores[1] + 1.1
    above = look_alikes(known, above_mean=True)(before, 0.5).scores[1] + 1.1
    assert odds < 0 < above


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3 = 5", True), ("2 + 3 = 6", False), ("1 + 1 = 2 = 2", True), ("1 + 1 = 2 = 3", False),
        ("x = 2", False), ("( x + 1 ) ^ { 2 } = x ^ { 2 } + 2 x + 1", True), ("x + 1", None), ("", None),
        (r"\sum _ { i = 1 } ^ { 3 } i = 6", True), ("1 < 2", None), ("1 = 1 < 2", None), ("2 =", None),
        (r"\frac { 1 = 1", None),
    ],
)  # fmt: skip
def test_equations_that_hold(text, expected):
    assert holds(tuple(text.split())) is expected


def test_a_false_equation_gives_way_to_a_true_one_within_the_margin():
    before = ranked(
        "2 + 3 = 5", ("2 + 3 = 6", -1.0), ("2 + 8 = 6", -1.1), ("2 + 3 = 5", -1.4), ("1 = 1", -1.5)
    )
    assert meaningful(before, 0.3).reading == before.reading
    assert meaningful(before, 0.5).reading == before.label


@pytest.mark.parametrize("first", ["2 + 4 = 6", "x + 3", "2 + 3 <"])
def test_what_is_not_false_stays(first):
    before = ranked("2 + 3 = 5", (first, -1.0), ("2 + 3 = 5", -1.1))
    assert meaningful(before, 1.0) is before


def test_nothing_proposed_stays_nothing():
    for change in (repaired, grammatical, look_alikes([]), meaningful):
        assert change(ranked("x"), 1.0).reading == ()


# --- choosing --------------------------------------------------------------------------------------------------


def right_and_wrong(wrong: int, count: int = 20) -> list[Formula]:
    """Formulas of which some are read with an unclosed brace, the label next."""
    broken = ranked(BRACED, (r"\frac { 1 } { 2", -1.0), (BRACED, -1.4))
    return [broken if place < wrong else ranked("x", ("x", -1.0)) for place in range(count)]


def test_the_weakest_of_the_best_weights_is_chosen():
    assert choose(GRAMMAR, right_and_wrong(5)) == 1.0
    assert choose(REPAIR, right_and_wrong(5)) == 2.0  # the repaired text is the label, which is proposed too
    assert choose(GRAMMAR, right_and_wrong(0)) is None


def test_a_step_that_does_harm_is_left_out():
    known = [ranked("1 = 2", ("1 = 2", -1.0), ("1 = 1", -1.05))] * 10
    assert choose(MEANING, known) is None
    assert cross_validated([MEANING], known).all()


def test_no_formula_is_read_with_its_own_confusions():
    """Each confusion is met once: whoever counts it in the formula itself sees all of them undone."""
    pairs = [(chr(ord("a") + n), chr(ord("A") + n)) for n in range(20)]
    known = [ranked(b, (a, -1.0), (b, -1.2), bests=[a]) for a, b in pairs]
    after = out_of_fold(LOOK_ALIKES, 0.5, known)
    assert not right(after).any()
    assert right(map(lambda one: look_alikes(known)(one, 5.0), known)).all()
    assert choose(LOOK_ALIKES, known) is None


def test_a_step_that_pays_is_among_those_together():
    known, test = right_and_wrong(10), right_and_wrong(3)
    results = {one.name.partition(":")[0]: one for one in measure(known, test)}
    assert results["as shipped"].validation.sum() == 10 and results["as shipped"].test.sum() == 17
    assert results["grammar"].validation.all() and results["grammar"].test.all()
    assert results["meaning"].weights == (None,)
    together = results["together"]
    assert together.validation.all() and together.test.all()
    assert together.weights == (2.0, None)  # after repair, grammar has nothing left to do


# --- gathering -------------------------------------------------------------------------------------------------


class FakeReader:
    """Reads three formulas of each split the same way."""

    preprocessing = SimpleNamespace(input="ink")

    def __init__(self, digest: str):
        self.digests = (digest,)

    def samples(self, inputs: Sequence[str]) -> SimpleNamespace:
        return SimpleNamespace(labels=("x", BRACED, "0"))

    def propose(self, samples: SimpleNamespace, how: object, batch: int) -> list[tuple[Hypothesis, ...]]:
        return [
            (Hypothesis(("x",), -0.5), Hypothesis(("X",), -1.5)),
            (Hypothesis(tuple(BRACED.split()), -1.0),),
            (),
        ]

    def judge(
        self, samples: object, texts: Sequence[Sequence[tuple[str, ...]]], batch: int
    ) -> list[list[Likelihood]]:
        return [[Likelihood(-len(text) / 3, (-0.1,) * len(text)) for text in row] for row in texts]


def test_what_is_gathered_is_kept(tmp_path, monkeypatch):
    members = {"a": FakeReader("1"), "b": FakeReader("2")}
    keep = tmp_path / "kept.json"
    first = gathered_splits(members, tmp_path, keep=keep)
    monkeypatch.setattr(joined, "gather", None)
    again = gathered_splits(members, tmp_path, keep=keep)
    assert list(again) == list(SPLITS)
    for split, one in again.items():
        for name in ("labels", "texts", "proposed", "said"):
            assert getattr(one, name) == getattr(first[split], name)
    assert isinstance(again["test"], Gathered) and len(again["test"].candidates([0, 1])) == 3


def test_what_was_kept_of_other_weights_is_refused(tmp_path):
    keep = tmp_path / "kept.json"
    gathered_splits({"a": FakeReader("1")}, tmp_path, keep=keep)
    before = keep.read_bytes()
    with pytest.raises(InputError, match=r"kept\.json: gathered with weights \{'a': \['1'\]\}, not .*'2'"):
        gathered_splits({"a": FakeReader("2")}, tmp_path, keep=keep)
    with pytest.raises(InputError, match=r"kept\.json: gathered with search"):
        gathered_splits({"a": FakeReader("1")}, tmp_path, keep=keep, pictures=True)
    assert keep.read_bytes() == before


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"weights": {}, "search": {}, "splits": {"validation": 1}}']
)
def test_files_that_were_not_kept_by_a_report_are_refused(tmp_path, text):
    keep = tmp_path / "other.json"
    keep.write_text(text)
    with pytest.raises(InputError, match=r"other\.json: not a file of gathered texts"):
        gathered_splits({"a": FakeReader("1")}, tmp_path, keep=keep)


def test_the_report_has_every_step_and_weight(tmp_path):
    gathered = gathered_splits({name: FakeReader(name) for name in "abc"}, tmp_path)
    text = report(gathered, Joining.plain(3))
    assert "nan" not in text and "66.67" in text
    for step in (REPAIR, LOOK_ALIKES, GRAMMAR, MEANING):
        assert text.count(f"| {step.name} |") == 1 + len(step.weights)


def test_confusions_say_what_labels_never_have(tmp_path):
    one = ranked("a . b", ("a . b", -1.0), bests=[r"a \cdot b"] * 3)
    text = _confusions_section([one] * 2, [ranked(r"x \cdot y")])
    assert r"| `\cdot` | `.` | 6 | 0 | 0 | 1 |" in text
