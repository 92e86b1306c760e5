"""The n-gram model: its probabilities against a slow oracle, its table, and what ships."""

from __future__ import annotations

from collections import Counter
from math import exp, log

import pytest

from hmer_suite.latex import ngram_model
from hmer_suite.latex.ngram_model import END, LEAST, ORDER, SMOOTHING, START, NgramModel, shipped, table

FORMULAS = [text.split() for text in ("x + 1", "x + 2", "x + y = 2", "x ^ { 2 } + 1", r"\sin x + 1")]


@pytest.fixture(scope="module")
def model() -> NgramModel:
    return NgramModel(table(FORMULAS))


def oracle(history: tuple[str, ...], token: str) -> float:
    """The probability of a token after a history, by counting all formulas anew."""
    padded = [[START] * (ORDER - 1) + text + [END] for text in FORMULAS]
    followed = [
        (tuple(text[i - len(history) : i]), text[i]) for text in padded for i in range(ORDER - 1, len(text))
    ]
    seen = Counter(after for before, after in followed if before == history)
    kept = {after: n for after, n in seen.items() if n >= (LEAST if len(history) > 1 else 1)}
    types = len(seen)
    if not history:
        shorter = 1 / (types + 1)
        return (kept.get(token, 0) + SMOOTHING * types * shorter) / (sum(kept.values()) + SMOOTHING * types)
    shorter = oracle(history[1:], token)
    if not kept:
        return shorter
    return (kept.get(token, 0) + SMOOTHING * types * shorter) / (sum(kept.values()) + SMOOTHING * types)


@pytest.mark.parametrize("text", ["x + 1", "x + 2 = y", "", "1 x x", "unseen + 1", "+ + + + + +"])
def test_log_probabilities_are_those_of_a_count(model: NgramModel, text: str):
    padded = (*[START] * (ORDER - 1), *text.split(), END)
    places = range(ORDER - 1, len(padded))
    wanted = sum(log(_backed_off(padded[place - ORDER + 1 : place], padded[place])) for place in places)
    assert model.logprob(text.split()) == pytest.approx(wanted)


def _backed_off(history: tuple[str, ...], token: str) -> float:
    """With the longest history of which every shorter one is known."""
    known = NgramModel(table(FORMULAS))._following
    length = 0
    while length < ORDER - 1 and history[ORDER - 2 - length :] in known:
        length += 1
    return oracle(history[ORDER - 1 - length :], token)


def test_probabilities_after_a_history_sum_to_one_with_the_unseen(model: NgramModel):
    tokens = {token for text in FORMULAS for token in text} | {END}
    for history in [(START, START, START), (START, "x", "+"), ("y", "y", "y")]:
        total = sum(model._probability(history, token) for token in tokens)
        assert total + model._probability(history, "unseen") == pytest.approx(1)


def test_the_table_does_not_depend_on_order_or_repetition():
    assert table(FORMULAS) == table([*FORMULAS[::-1], FORMULAS[0]])


def test_rare_long_ngrams_are_left_out_and_counted():
    lines = dict(line.split("\t", 1) for line in table(FORMULAS))
    assert lines["x +"].startswith("3\t1 ") and "y" not in lines["x +"].split("\t")[1]
    assert "+ y" not in lines


def test_main_writes_the_table(tmp_path, capsys):
    source, target = tmp_path / "train.txt", tmp_path / "table.tsv"
    source.write_text("".join(f"id{i}\t{' '.join(text)}\n" for i, text in enumerate(FORMULAS)), "utf-8")
    assert ngram_model.main([str(source), str(target)]) == 0
    assert target.read_text("utf-8").splitlines() == table(FORMULAS)
    assert ngram_model.main([]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("usual", "unusual"),
    [
        ("x + y = 1", r"x + y = \times"),
        (r"\sin x", r"\sin \geq"),
        ("a ^ { 2 } + b ^ { 2 }", "a ^ { 2 } + 6 ^ { z }"),
        ("x _ { 1 } + x _ { 2 }", "x _ { 1 } + x _ { z }"),
    ],
)
def test_what_ships_prefers_usual_formulas(usual: str, unusual: str):
    assert shipped().logprob(usual.split()) > shipped().logprob(unusual.split())


def test_what_ships_is_a_good_model_of_other_formulas(shared):
    lines = (shared / "crohme/captions-test2014.txt").read_text("utf-8").splitlines()
    texts = [line.split("\t")[1].split() for line in lines]
    perplexity = exp(-sum(map(shipped().logprob, texts)) / sum(len(text) + 1 for text in texts))
    assert 10 < perplexity < 14


def test_the_shipped_table_is_the_one_of_the_training_captions(shared, tmp_path):
    target = tmp_path / "table.tsv"
    ngram_model.main([str(shared / "crohme/captions-train.txt"), str(target)])
    assert (
        ngram_model.resources.files("hmer_suite.latex").joinpath(ngram_model.TABLE).read_bytes()
        == target.read_bytes()
    )
