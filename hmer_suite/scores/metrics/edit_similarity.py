"""Edit similarity: 1 - (sum of edit distances) / (sum of the longer lengths), in percent.

Pooled over the corpus like the evaluation of im2markup (Deng et al., ICML 2017), so that formulas weigh by length: in
a mean over samples one wrong token of ``x = 1`` would weigh as much as a third of a long formula. Distances are
Levenshtein distances over tokens as given. A missing prediction counts as empty.
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.hookspecs import hookimpl
from hmer_suite.scores.edit_distance import edit_distance
from hmer_suite.specs.metric import MetricSpec


def edit_similarity(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Edit similarity of spaced tokens, in percent; prediction i belongs to reference i. 100 if there are no tokens."""
    pairs = [
        ((prediction or "").split(), reference.split())
        for prediction, reference in zip(predictions, references, strict=True)
    ]
    longest = sum(max(len(ours), len(theirs)) for ours, theirs in pairs)
    distance = sum(edit_distance(ours, theirs) for ours, theirs in pairs)
    return 100.0 * (1 - distance / longest) if longest else 100.0


METRIC = MetricSpec(
    "edit-similarity",
    "1 - token edits / longer length, pooled over the corpus as in im2markup",
    edit_similarity,
    spelling="given",
)


@hookimpl
def hmer_metrics() -> list[MetricSpec]:
    """Register the metric."""
    return [METRIC]
