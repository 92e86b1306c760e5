from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.errors import InputError
from hmer_suite.scores.errors_by_kind import (
    by_length,
    by_structure,
    concentration,
    confusions,
    edits_of,
    error_kinds,
    kind_of,
    script_depth,
    structures,
)
from hmer_suite.scores.rates import count, total


def counted(*pairs: tuple[str, str]):
    return [count(prediction.split(), reference.split()) for prediction, reference in pairs]


def test_length_buckets():
    sizes = [0, 1, 5, 6, 10, 11, 81, 400]
    groups = by_length([count(["x"] * size, ["x"] * size) for size in sizes])
    assert [(group.label, group.counts.samples) for group in groups] == [
        ("0", 1),
        ("1-5", 2),
        ("6-10", 2),
        ("11-20", 1),
        ("81+", 2),
    ]
    assert all(group.rates.exprate == 100 for group in groups)


def test_length_buckets_of_ones_own():
    groups = by_length([count(["x"] * size, ["x"] * size) for size in (1, 2, 3)], edges=(1, 2))
    assert [group.label for group in groups] == ["1", "2", "3+"]


def test_length_groups_are_a_partition(real):
    _, predictions, references = real("wap")
    counts = list(map(count, predictions, references))
    assert total(group.counts for group in by_length(counts)) == total(counts)


@pytest.mark.parametrize(
    ("formula", "labels"),
    [
        ("", ("plain",)),
        ("x + 1", ("plain",)),
        (r"\frac { 1 } { \sqrt { x } }", ("fraction", "root")),
        (r"\sum _ { i } ^ { n } \hat { x }", ("big operator", "accent", "scripts, depth 1")),
        (r"\begin{matrix} a & b \end{matrix}", ("environment",)),
        (r"\begin { array } { c } x _ i \end { array }", ("environment", "scripts, depth 1")),
        (r"x ^ { y ^ { z } }", ("scripts, depth 2",)),
        (r"x ^ { y ^ { z ^ { a ^ 2 } } }", ("scripts, depth 3+",)),
    ],
)
def test_structures(formula, labels):
    assert structures(formula.split()) == labels


@pytest.mark.parametrize(
    ("formula", "depth"),
    [
        ("x", 0),
        ("x ^ 2 _ i", 1),
        ("{ x ^ { 2 } } ^ { 3 }", 1),
        ("x ^ { 2 } y ^ { 3 }", 1),
        (r"x ^ { \frac { a _ 1 } { 2 } }", 2),
        ("} } x ^ { 2", 1),
        ("x ^", 1),
    ],
)
def test_script_depth(formula, depth):
    assert script_depth(formula.split()) == depth


@given(st.lists(st.sampled_from(["{", "}", "^", "_", "x"])))
def test_script_depth_of_anything(tokens):
    depth = script_depth(tokens)
    assert (depth > 0) == ("^" in tokens or "_" in tokens)
    assert depth <= sum(token in "^_" for token in tokens)


def test_by_structure_counts_a_sample_in_each_of_its_groups():
    pairs = [("x", "x"), ("y", r"\frac { 1 } { x ^ 2 }"), (r"\frac 1 2", r"\frac 1 2")]
    groups = {g.label: g for g in by_structure(counted(*pairs), [b.split() for _, b in pairs])}
    assert {label: group.counts.samples for label, group in groups.items()} == {
        "plain": 1,
        "fraction": 2,
        "scripts, depth 1": 1,
    }
    assert groups["fraction"].rates.exprate == 50
    assert groups["fraction"].to_json()["n"] == 2


def test_confusions_rank_by_samples_before_occurrences():
    predictions = [["Q"] * 50, ["x"], ["x"], ["a", "c"], None, []]
    references = [["X"], ["X"], ["X"], ["a", "b", "c"], ["z"], ["b"]]
    edits = edits_of(predictions, references)
    found = confusions(edits)
    assert [(c.reference, c.prediction, c.count, c.samples) for c in found.substitutions] == [
        ("X", "x", 2, 2),
        ("X", "Q", 1, 1),
    ]
    assert [(c.reference, c.prediction, c.count, c.samples) for c in found.deletions] == [("b", None, 2, 2)]
    assert [(c.reference, c.prediction, c.count, c.samples) for c in found.insertions] == [(None, "Q", 49, 1)]
    assert confusions(edits, top=1).substitutions == found.substitutions[:1]
    assert json.loads(json.dumps(found.to_json()))["insertions"][0]["count"] == 49


def test_confusions_of_a_real_system(real):
    _, predictions, references = real("wap")
    first = confusions(edits_of(predictions, references)).substitutions[0]
    assert (first.reference, first.prediction, first.samples) == ("2", "z", 19)


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (("S", "x", r"\times"), "lookalike"),
        (("S", "1", "|"), "lookalike"),
        (("S", "c", "C"), "lookalike"),
        (("S", "x", "8"), "symbol"),
        (("S", r"\sum", r"\int"), "symbol"),
        (("S", r"\foo", "1"), "structure"),  # nobody knows what it would draw
        (("D", "x", None), "missing"),
        (("I", None, r"\sin"), "added"),
        (("I", None, "}"), "structure"),
        (("D", r"\sqrt", None), "structure"),
        (("S", r"\frac", "-"), "structure"),  # alike, but it takes braces with it
        (("S", "^", "_"), "structure"),
    ],
)
def test_kinds_of_edits(edit, kind):
    assert kind_of(edit) == kind


def test_error_kinds_of_samples():
    rows = [("x", "x"), ("1 + X", "l + x"), ("8", "x"), ("x ^ { 2", "x"), ("| 8", "1 x"), (None, "x")]
    predictions, references = zip(*rows, strict=True)
    edits = edits_of([p and p.split() for p in predictions], [r.split() for r in references])
    found = error_kinds(edits)
    assert (found.lookalike, found.symbol, found.missing, found.added, found.structure) == (3, 2, 0, 1, 2)
    assert (found.wrong, found.only_lookalikes, found.edits) == (4, 1, 8)


def test_kinds_of_a_real_system_add_up(real):
    _, predictions, references = real("wap")
    found = error_kinds(edits_of(predictions, references))
    assert found.edits == sum(
        count(p, r).edits for p, r in zip(predictions, references, strict=True) if p is not None
    )
    assert 0.05 < found.lookalike / found.edits < 0.5 and 0 < found.only_lookalikes < found.wrong


def test_one_runaway_explains_why_two_sizes_of_a_system_lie_apart(real):
    found = {}
    for name in ("3b", "7b"):
        ids, predictions, references = real(name)
        found[name] = concentration(ids, list(map(count, predictions, references)))
    small, large = found["3b"], found["7b"]
    assert small.runaways == ("34_em_244",)
    assert (small.edits, small.runaway_edits) == (1505, 1001)
    assert small.worst[0].id == "34_em_244"
    assert (small.worst[0].reference_tokens, small.worst[0].predicted_tokens) == (27, 1027)
    assert round(small.wer, 2) == 9.41
    assert round(small.wer_without_runaways, 2) == 3.16
    assert round(small.wer_capped, 2) == 3.27
    assert round(small.worst_share, 1) == 77.4
    assert small.remark == (
        "1 of 986 predictions is a runaway and makes 1,001 of the 1,505 token edits: "
        "WER 9.41, without it 3.16"
    )
    assert (large.runaways, large.remark) == ((), None)
    assert large.wer_without_runaways == large.wer == large.wer_capped


def test_concentration_of_hand_made_counts():
    counts = counted(("x", "x"), ("y", "x"), (" ".join(["x"] * 30), "x"), (" ".join(["x"] * 28), "x y"))
    found = concentration("abcd", counts, top=2)
    assert found.runaways == ("c", "d")
    assert found.worst_n == 1
    assert found.worst_share == pytest.approx(100 * 29 / (1 + 29 + 27 - 1 + 1))
    assert found.wer_capped == pytest.approx(100 * (1 + 1 + 2) / 5)
    assert found.wer_without_runaways == 50
    assert [sample.id for sample in found.worst] == ["c", "d"]
    assert "are runaways" in found.remark and "without them 50.00" in found.remark
    assert json.loads(json.dumps(found.to_json()))["worst"][0]["id"] == "c"


def test_concentration_when_everything_is_right_or_everything_runs_away():
    right = concentration("a", counted(("x", "x")))
    assert (right.worst_share, right.worst, right.remark) == (0.0, (), None)
    looped = concentration("a", counted((" ".join(["x"] * 30), "x")))
    assert looped.wer_without_runaways is None
    assert looped.remark == "1 of 1 predictions is a runaway and makes 29 of the 29 token edits"


def test_concentration_of_nothing():
    with pytest.raises(InputError):
        concentration([], [])
