from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import editdistance
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmer_suite.latex.tokens import raw_tokens
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.scores import edit_distance as distance
from hmer_suite.scores.edit_distance import Alignment, align, edit_counts, edit_distance

few_tokens = st.lists(st.sampled_from("abc"), max_size=12)
latex_tokens = st.lists(st.sampled_from([r"\frac", "{", "}", "x", "^", "2"]), max_size=25)


def distances_of_suffixes(prediction: list[str], reference: list[str]) -> list[list[int]]:
    """table[i][j]: edit distance between reference[i:] and prediction[j:], cell by cell."""
    rows, columns = len(reference), len(prediction)
    table = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows, -1, -1):
        for j in range(columns, -1, -1):
            if i == rows or j == columns:
                table[i][j] = rows - i + columns - j
            else:
                pair = table[i + 1][j + 1] + (reference[i] != prediction[j])
                table[i][j] = min(pair, table[i + 1][j] + 1, table[i][j + 1] + 1)
    return table


def oracle(prediction: list[str], reference: list[str]) -> str:
    """The documented rule, word for word: from the left, pair, else delete, else insert."""
    table = distances_of_suffixes(prediction, reference)
    i = j = 0
    steps = ""
    while i < len(reference) or j < len(prediction):
        both = i < len(reference) and j < len(prediction)
        if both and table[i][j] == table[i + 1][j + 1] + (reference[i] != prediction[j]):
            steps += "=" if reference[i] == prediction[j] else "S"
            i, j = i + 1, j + 1
        elif i < len(reference) and table[i][j] == table[i + 1][j] + 1:
            steps += "D"
            i += 1
        else:
            steps += "I"
            j += 1
    return steps


BOTH_WAYS = pytest.mark.parametrize("table_edits", [distance.TABLE_EDITS, 0], ids=["rapidfuzz", "table"])


@BOTH_WAYS
@settings(max_examples=400)
@given(prediction=few_tokens | latex_tokens, reference=few_tokens | latex_tokens)
def test_alignment_and_counts_follow_the_documented_rule(table_edits, prediction, reference):
    steps = oracle(prediction, reference)
    with patch.object(distance, "TABLE_EDITS", table_edits):
        assert align(prediction, reference).steps == steps
        assert edit_counts(prediction, reference) == (steps.count("S"), steps.count("D"), steps.count("I"))


@given(few_tokens, few_tokens)
def test_distance_is_that_of_the_plain_table(prediction, reference):
    wanted = distances_of_suffixes(prediction, reference)[0][0]
    assert edit_distance(prediction, reference) == wanted
    assert edit_distance("".join(prediction), "".join(reference)) == wanted


def long_pairs(number: int, longest: int) -> Iterator[tuple[list[str], list[str]]]:
    """Pairs of 41 to `longest` tokens: every other one with few edits scattered over it, the rest unrelated."""
    generator = random.Random(number)
    for index in range(number):
        reference = generator.choices("abcd", k=generator.randrange(41, longest))
        prediction = generator.choices("abcd", k=generator.randrange(41, longest))
        if index % 2:
            prediction = list(reference)
            for _ in range(generator.randrange(2, 25)):
                at = generator.randrange(len(prediction))
                prediction[at : at + generator.randrange(2)] = generator.choices(
                    "abcd", k=generator.randrange(3)
                )
        yield prediction, reference


@BOTH_WAYS
def test_alignments_of_long_sequences_follow_the_documented_rule(table_edits):
    for prediction, reference in long_pairs(120, 150):
        steps = oracle(prediction, reference)
        with patch.object(distance, "TABLE_EDITS", table_edits):
            assert align(prediction, reference).steps == steps
            assert edit_counts(prediction, reference) == tuple(steps.count(step) for step in "SDI")


@BOTH_WAYS
@settings(max_examples=200)
@given(before=few_tokens, prediction=few_tokens, reference=few_tokens, after=few_tokens)
def test_common_ends_change_no_count(table_edits, before, prediction, reference, after):
    inner = oracle(prediction, reference)
    with patch.object(distance, "TABLE_EDITS", table_edits):
        outer = align(before + prediction + after, before + reference + after).steps
    assert [outer.count(step) for step in "SDI"] == [inner.count(step) for step in "SDI"]


@pytest.mark.parametrize(
    ("prediction", "reference", "steps"),
    [
        ("", "", ""),
        ("x", "x", "="),
        ("x", "y", "S"),
        ("", "x y", "DD"),
        ("x y", "", "II"),
        ("b c", "a b", "SS"),  # as cheap: delete a, match b, insert c
        ("x", "x x", "=D"),  # a match at the first chance, the deletion after it
        ("x x", "x", "=I"),
        ("b x a", "a b", "SSI"),  # as cheap: delete a, match b, insert x and a
        ("c a b d", "a b e f", "I==SD"),  # as cheap: the deletion before the last substitution
        ("x ^ 2 }", "x ^ { 2 }", "==D=="),
    ],
)
def test_ties(prediction, reference, steps):
    assert align(prediction.split(), reference.split()).steps == steps


@given(latex_tokens, latex_tokens)
def test_an_alignment_holds_both_sequences(prediction, reference):
    alignment = align(prediction, reference)
    pairs = list(alignment.pairs())
    assert [wanted for _, wanted, _ in pairs if wanted is not None] == reference
    assert [read for _, _, read in pairs if read is not None] == prediction
    assert all((wanted == read) == (step == "=") for step, wanted, read in pairs)
    assert alignment.distance == edit_distance(prediction, reference)


def test_alignment_counts():
    alignment = Alignment(("a", "x", "c"), ("a", "b", "c", "d"), "=S=D")
    assert (alignment.substitutions, alignment.deletions, alignment.insertions) == (1, 1, 0)
    assert list(alignment.pairs()) == [("=", "a", "a"), ("S", "b", "x"), ("=", "c", "c"), ("D", "d", None)]


def test_a_long_line_against_a_short_one_equals_the_plain_table():
    generator = random.Random(2)
    prediction, reference = (generator.choices("abcdefgh", k=length) for length in (4105, 40))
    assert align(prediction, reference).steps == oracle(prediction, reference)
    assert align(reference, prediction).steps == oracle(reference, prediction)


def test_distances_of_random_pairs_are_those_of_editdistance():
    generator = random.Random(4)
    for _ in range(1000):
        prediction, reference = (generator.choices("abcdefgh", k=generator.randrange(120)) for _ in range(2))
        assert edit_distance(prediction, reference) == editdistance.eval(prediction, reference)
        assert sum(edit_counts(prediction, reference)) == editdistance.eval(prediction, reference)


PREDICTION_FILES = (
    "tamer-hme100k-a.json",
    "unimumer-3b-crohme2014.json",
    "unimumer-3b-mathwriting-a-normalised.json",
    "unimumer-3b-mathwriting-a.json",
    "unimumer-7b-crohme2014.json",
    "wap-crohme2014.txt",
)


@pytest.mark.parametrize("name", PREDICTION_FILES)
def test_distances_of_real_predictions_are_those_of_editdistance(shared: Path, name: str):
    captions = read_references(shared / "crohme" / "captions-test2014.txt") if name.endswith(".txt") else None
    paired = pair(read_predictions(shared / "predictions" / name, references=captions), captions)
    different = [
        (raw_tokens(prediction), raw_tokens(reference))
        for prediction, reference in zip(paired.predictions, paired.references, strict=True)
        if prediction is not None and prediction != reference
    ]
    assert different
    for prediction, reference in different:
        assert sum(edit_counts(prediction, reference)) == editdistance.eval(prediction, reference)


def test_every_real_prediction_file_is_compared(shared: Path):
    assert {path.name for path in (shared / "predictions").iterdir() if path.is_file()} == {*PREDICTION_FILES}


def peak_megabytes(work: Callable[[], object]) -> float:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def test_a_million_tokens_against_a_short_line():
    prediction, reference = ["1"] * 1_000_000, list("x^{1}+{1}{2}")
    found = []
    peak = peak_megabytes(lambda: found.append(edit_counts(prediction, reference)))
    insertions = len(prediction) - len(reference)
    assert found == [(len(reference) - reference.count("1"), 0, insertions)]
    assert peak < 100


def test_two_long_lines_need_little_memory():
    generator = random.Random(3)
    prediction, reference = ([str(generator.randrange(50)) for _ in range(12_000)] for _ in range(2))
    found = []
    peak = peak_megabytes(lambda: found.append(edit_counts(prediction, reference)))
    assert sum(found[0]) == edit_distance(prediction, reference)
    assert found[0][1] == found[0][2] > 0
    assert peak < 32
