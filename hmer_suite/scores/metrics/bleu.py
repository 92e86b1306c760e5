"""Corpus BLEU-4, equal to sacrebleu's with ``tokenize="none"`` to the last digit.

K. Papineni, S. Roukos, T. Ward, W.-J. Zhu, "BLEU: a method for automatic evaluation of machine translation", ACL 2002;
M. Post, "A call for clarity in reporting BLEU scores", WMT 2018. Tokens are compared as given, which
reproduces the numbers of papers on im2latex-100k. A missing prediction counts as empty.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.metric import MetricSpec

ORDER = 4
"""Length of the longest n-grams."""


def corpus_bleu(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Corpus BLEU-4 of spaced tokens, in percent; prediction i belongs to reference i.

    The geometric mean of the clipped precisions of 1- to 4-grams, pooled over the corpus, times the brevity penalty.
    An order without a match counts as half a match, the next one as a quarter, and so on (NIST's mteval-v13a, "exp").
    """
    matched, possible = [0] * ORDER, [0] * ORDER
    written = wanted = 0
    for prediction, reference in zip(predictions, references, strict=True):
        ours, theirs = (prediction or "").split(), reference.split()
        written, wanted = written + len(ours), wanted + len(theirs)
        for order in range(ORDER):
            found = _ngrams(ours, order + 1)
            matched[order] += (found & _ngrams(theirs, order + 1)).total()
            possible[order] += found.total()
    # Without any 4-gram the score is 0, however well shorter n-grams match.
    if not any(matched) or not all(possible):
        return 0.0
    mean = sum(map(math.log, _precisions(matched, possible))) / ORDER
    return _brevity(written, wanted) * math.exp(mean)


def _ngrams(tokens: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[start : start + order]) for start in range(len(tokens) - order + 1))


def _precisions(matched: Sequence[int], possible: Sequence[int]) -> Iterable[float]:
    """Precisions in percent; orders without a match count 1/2, 1/4, ... of a match (NIST "exp" smoothing)."""
    smooth = 1.0
    for hits, all_ in zip(matched, possible, strict=True):
        if not hits:
            smooth *= 2
        yield 100.0 * hits / all_ if hits else 100.0 / (smooth * all_)


def _brevity(written: int, wanted: int) -> float:
    return 1.0 if written >= wanted else math.exp(1 - wanted / written)


METRIC = MetricSpec(
    "bleu", "corpus BLEU-4 of tokens as given, equal to sacrebleu's", corpus_bleu, spelling="given"
)


@hookimpl
def hmer_metrics() -> list[MetricSpec]:
    """Register the metric."""
    return [METRIC]
