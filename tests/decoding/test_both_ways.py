"""Texts of a beam are judged by the parsers of both directions; models whose every log-probability is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from hmer_suite.decoding.search import score  # noqa: E402
from hmer_suite.decoding.stepwise import search, teacher_forced  # noqa: E402
from hmer_suite.specs.recogniser import Decoding  # noqa: E402
from hmer_suite.specs.vocabulary import Vocabulary  # noqa: E402
from tests.decoding.exhaustive import TableModel, images  # noqa: E402

VOCABULARY = Vocabulary.of(["a b c"])
WIDE = Decoding(beam=8, nbest=8, max_length=4)


class FromTable:
    """A table model that starts from what another one keeps of a batch."""

    def __init__(self, table: TableModel):
        self.table, self.step, self.begun = table, table.step, 0

    def start(self, memory):
        self.begun += 1
        image = memory["image"]
        return memory, {"place": image * 37, "of": image}


class TwoWays(TableModel):
    """A table for each direction."""

    def __init__(self, seed: int = 0):
        super().__init__(VOCABULARY, seed)
        self.back = FromTable(TableModel(VOCABULARY, seed + 1))

    def right_to_left(self):
        return self.back

    def mean(self, image: int, numbers: tuple[int, ...]) -> float:
        """Mean log-probability of a text by both tables."""
        return (self.logprob(image, numbers) + self.back.table.logprob(image, numbers[::-1])) / 2


def numbers(tokens: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(map(VOCABULARY.number, tokens))


def test_greedy_search_is_that_of_the_forward_parser():
    found = search(TwoWays(), images(0, 1, 2), Decoding(max_length=4))
    assert found == search(TableModel(VOCABULARY, 0), images(0, 1, 2), Decoding(max_length=4))


@pytest.mark.parametrize("penalty", [0.0, 0.7])
def test_a_beam_is_ranked_by_the_mean_of_both_directions(penalty):
    how = replace(WIDE, length_penalty=penalty)
    changed = 0
    for seed in range(6):
        model = TwoWays(seed)
        found = search(model, images(0, 1, 2), how)
        alone = search(TableModel(VOCABULARY, seed), images(0, 1, 2), how)
        for image, (row, forward) in enumerate(zip(found, alone, strict=True)):
            assert {one.tokens for one in row} == {one.tokens for one in forward}
            means = [model.mean(image, numbers(one.tokens)) for one in row]
            assert [one.logprob for one in row] == pytest.approx(means, abs=1e-4)
            scores = [score(one.logprob, len(one.tokens), penalty) for one in row]
            assert [one.score for one in row] == pytest.approx(scores)
            assert scores == sorted(scores, reverse=True)
            changed += row[0].tokens != forward[0].tokens
    assert changed


def test_the_better_half_of_the_beam_is_judged_before_the_best_are_kept():
    changed = 0
    for seed in range(6):
        model = TwoWays(seed)
        half = search(model, images(0, 1), replace(WIDE, nbest=4))
        best = search(model, images(0, 1), replace(WIDE, nbest=1))
        assert best == [row[:1] for row in half]
        forward = search(TableModel(VOCABULARY, seed), images(0, 1), replace(WIDE, nbest=4))
        for row, alone in zip(half, forward, strict=True):
            assert {one.tokens for one in row} == {one.tokens for one in alone}
            changed += row[0].tokens != alone[0].tokens
    assert changed


def test_likelihoods_are_the_means_token_by_token():
    model = TwoWays()
    texts = [[("a", "b", "c"), ()], [("c",)]]
    said = teacher_forced(model, images(0, 1), [[numbers(text) for text in row] for row in texts])
    for image, (row, judged) in enumerate(zip(texts, said, strict=True)):
        for text, one in zip(row, judged, strict=True):
            assert one.logprob == pytest.approx(model.mean(image, numbers(text)), abs=1e-4)
            assert len(one.tokens) == len(text) + 1
    first, begin = said[0][0], numbers(("a", "b", "c"))
    ahead = model.behind(0, ())[begin[0]]
    back = model.back.table.behind(0, begin[:0:-1])[begin[0]]
    assert first.tokens[0] == pytest.approx((ahead + back) / 2, abs=1e-4)


def test_a_batch_is_encoded_once():
    model = TwoWays()
    search(model, images(0, 1), WIDE)
    assert (model.begun, model.back.begun) == (1, 1)
    assert search(model, images(), WIDE) == []
