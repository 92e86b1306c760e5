"""How usual a text is as a formula, whatever the picture shows; texts of a beam are ranked by it too.

A text's log-probability by the n-gram model of tokens, and the letters that it has in both cases although these look
alike (``p`` and ``P``): a writer's formula seldom has, a reader's often, as only size tells them apart. The first is
the usual rescoring of an n-best list by a language model (A. Graves, N. Jaitly, ICML 2014, section 5).
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hmer_suite.latex import ngram_model
from hmer_suite.scores.lookalikes import alike


@dataclass(frozen=True, slots=True)
class Prior:
    """Weights of a text's log-probability by the language model, and of each letter in both cases.

    What they weigh is added to the log-likelihood of the text; 0 leaves one out.
    """

    language: float = 0.0
    letter_case: float = 0.0


NO_PRIOR = Prior()
"""All texts are equally usual."""


def usualness(text: Sequence[str]) -> tuple[float, float]:
    """What `Prior` weights: the text's log-probability, and the number of letters in both cases, negated."""
    return ngram_model.shipped().logprob(text), -float(len(letters_in_both_cases(text)))


def letters_in_both_cases(text: Sequence[str]) -> set[str]:
    """Small letters that a text has as capitals too, where a classifier of single symbols confuses the two."""
    tokens = set(text)
    return {letter for letter in _alike_in_both_cases() & tokens if letter.upper() in tokens}


@lru_cache(maxsize=1)
def _alike_in_both_cases() -> frozenset[str]:
    return frozenset(letter for letter in string.ascii_lowercase if alike(letter, letter.upper()))
