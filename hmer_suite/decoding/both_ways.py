"""Texts judged from both ends: by the parser that writes them from left to right, and by one from right to left.

A parser chooses a token without knowing those that follow, so that parsers of opposite directions err in different
places. The texts of a beam are ranked by the mean of both log-likelihoods (L. Liu, A. Finch, M. Utiyama, E. Sumita,
"Agreement on target-bidirectional LSTMs for sequence-to-sequence learning", AAAI 2016; for formulas W. Zhao et al.,
"Handwritten mathematical expression recognition with bidirectionally trained transformer", ICDAR 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hmer_suite.decoding.search import Steps, likelihoods_of_steps, score, search_steps
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood


def search_both_ways(forward: Steps, backward: Steps | None, how: Decoding) -> list[tuple[Hypothesis, ...]]:
    """The `how.nbest` best texts of the forward search, ranked by both parsers.

    Greedy search, and any without a backward parser, is that of `forward` alone. At least the better half of the beam
    is judged; texts below it hardly ever win, and finding them takes time. Raises the errors of `search_steps`.
    """
    if backward is None or how.beam == 1:
        return search_steps(forward, how)
    found = search_steps(forward, replace(how, nbest=max(how.nbest, (how.beam + 1) // 2)))
    number = backward.vocabulary.number
    numbers = [[[number(token) for token in one.tokens] for one in row] for row in found]
    said = _backward_likelihoods(backward, numbers)
    return [_ranked(row, judged, how) for row, judged in zip(found, said, strict=True)]


def likelihoods_both_ways(
    forward: Steps, backward: Steps | None, texts: Sequence[Sequence[Sequence[int]]]
) -> list[list[Likelihood]]:
    """Means of the log-likelihoods by both parsers, token by token; by `forward` alone if there is no other."""
    ahead = likelihoods_of_steps(forward, texts)
    if backward is None:
        return ahead
    back = _backward_likelihoods(backward, texts)
    return [list(map(_mean, *rows)) for rows in zip(ahead, back, strict=True)]


def _backward_likelihoods(
    backward: Steps, texts: Sequence[Sequence[Sequence[int]]]
) -> list[list[Likelihood]]:
    """Log-likelihoods of texts from left to right by a parser that writes them from right to left."""
    turned = [[text[::-1] for text in row] for row in texts]
    return [
        [Likelihood(one.logprob, (*one.tokens[-2::-1], one.tokens[-1])) for one in row]
        for row in likelihoods_of_steps(backward, turned)
    ]


def _ranked(
    row: tuple[Hypothesis, ...], judged: Sequence[Likelihood], how: Decoding
) -> tuple[Hypothesis, ...]:
    means = [(one.logprob + other.logprob) / 2 for one, other in zip(row, judged, strict=True)]
    scores = [score(mean, len(one.tokens), how.length_penalty) for one, mean in zip(row, means, strict=True)]
    order = sorted(range(len(row)), key=lambda place: -scores[place])
    return tuple(
        replace(row[place], logprob=means[place], score=scores[place]) for place in order[: how.nbest]
    )


def _mean(one: Likelihood, other: Likelihood) -> Likelihood:
    tokens = tuple((ahead + back) / 2 for ahead, back in zip(one.tokens, other.tokens, strict=True))
    return Likelihood(sum(tokens), tokens)
