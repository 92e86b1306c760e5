r"""How usual the tokens of a formula are: an n-gram model, to rank readings of one picture.

Probabilities are interpolated by Witten and Bell's method from single tokens up to the longest history that is known
(S. Chen, J. Goodman, "An empirical study of smoothing techniques for language modeling", Computer Speech and Language
1999, section 2.4). `hmer_suite.latex.token_model`, which ranks repairs, knows the structure of formulas but tokens only
by category; this model tells an `x` from a `\times`.

Counts come from training captions (``python -m hmer_suite.latex.ngram_model TRAIN.txt OUT``); formulas that repeat
count once, and n-grams longer than two tokens are kept from their second occurrence.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import log

from hmer_suite.latex.caption_tables import write_table

TABLE = "ngrams.tsv"
"""The shipped table: a history, a tab, the number of different tokens seen after it, a tab, ``token count`` pairs."""

START, END = "START", "END"
"""Marks before the first token and after the last one; no tokens of LaTeX."""

ORDER = 4
"""Tokens of the longest n-grams."""

LEAST = 2
"""Least count of an n-gram of more than two tokens."""

SMOOTHING = 4.0
"""Factor of Witten and Bell's estimate of the unseen; beyond it the perplexity of CROHME 2013 hardly falls."""


@dataclass(frozen=True, slots=True)
class Following:
    """Counts of the tokens seen after a history, and the number of different ones, counts left out included."""

    counts: Mapping[str, int]
    types: int
    total: int

    def probability(self, token: str, shorter: float) -> float:
        """Of a token, given its probability after a shorter history."""
        trust = SMOOTHING * self.types
        return (self.counts.get(token, 0) + trust * shorter) / (self.total + trust)


class NgramModel:
    """An n-gram model from the lines of a table (see `TABLE`)."""

    def __init__(self, lines: Iterable[str]):
        self._following = dict(map(_parsed, lines))
        self._unknown = 1 / (self._following[()].types + 1)

    def logprob(self, tokens: Sequence[str]) -> float:
        """Natural log-probability of a formula's tokens and its end."""
        return sum(log(self._probability(history, token)) for history, token in _places(tokens))

    def _probability(self, history: tuple[str, ...], token: str) -> float:
        probability = self._unknown
        for length in range(ORDER):
            following = self._following.get(history[ORDER - 1 - length :])
            if following is None:
                break
            probability = following.probability(token, probability)
        return probability


def _parsed(line: str) -> tuple[tuple[str, ...], Following]:
    history, types, pairs = line.split("\t")
    words = pairs.split(" ")
    counts = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    return tuple(history.split()), Following(counts, int(types), sum(counts.values()))


def _places(tokens: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each token and the end, with the ``ORDER - 1`` tokens before it."""
    padded = (*(START,) * (ORDER - 1), *tokens, END)
    for place in range(ORDER - 1, len(padded)):
        yield padded[place - ORDER + 1 : place], padded[place]


def table(formulas: Iterable[Sequence[str]]) -> list[str]:
    """Lines of the table that counts token sequences; deterministic."""
    counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for tokens in set(map(tuple, formulas)):
        for history, token in _places(tokens):
            for length in range(ORDER):
                counts[history[ORDER - 1 - length :]][token] += 1
    return sorted(line for history, following in counts.items() for line in _line(history, following))


def _line(history: tuple[str, ...], following: Counter[str]) -> Iterator[str]:
    least = 1 if len(history) < 2 else LEAST
    pairs = " ".join(f"{token} {count}" for token, count in sorted(following.items()) if count >= least)
    if pairs:
        yield f"{' '.join(history)}\t{len(following)}\t{pairs}"


@lru_cache(maxsize=1)
def shipped() -> NgramModel:
    """The model that ships with the package, read on first use."""
    lines = resources.files("hmer_suite.latex").joinpath(TABLE).read_text(encoding="utf-8").splitlines()
    return NgramModel(lines)


def main(arguments: Sequence[str]) -> int:
    """``TRAIN.txt OUT``: write the table OUT of the captions of TRAIN.txt."""
    return write_table(arguments, "hmer_suite.latex.ngram_model", table)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
