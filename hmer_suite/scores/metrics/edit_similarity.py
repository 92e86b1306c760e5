"""Edit similarity: 1 - (sum of edit distances) / (sum of the longer lengths), in percent.

Pooled over the corpus as the evaluation of im2markup does it (Deng et al., ICML 2017), so that a long formula weighs
more than a short one; a mean over samples would let one wrong token of ``x = 1`` weigh as much as thirty of a hundred.
Distances are Levenshtein's over tokens as given. A missing prediction is an empty one.
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.metric import MetricSpec


def edit_similarity(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Edit similarity in percent of spaced tokens, pair i being sample i; 100 where there is no token at all."""
    from rapidfuzz.distance import Levenshtein

    pairs = [
        ((prediction or "").split(), reference.split())
        for prediction, reference in zip(predictions, references, strict=True)
    ]
    longest = sum(max(len(ours), len(theirs)) for ours, theirs in pairs)
    distance = sum(Levenshtein.distance(ours, theirs) for ours, theirs in pairs)
    return 100.0 * (1 - distance / longest) if longest else 100.0


METRIC = MetricSpec(
    "edit-similarity",
    "1 - token edits / longer length, pooled over the corpus, as im2markup has it",
    edit_similarity,
    spelling="given",
)


@hookimpl
def hmer_metrics() -> list[MetricSpec]:
    """The metric."""
    return [METRIC]
