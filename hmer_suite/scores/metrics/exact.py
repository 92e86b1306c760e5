r"""Exact match of tokens as given, with white space and without.

White space means spacing commands: ``\,``, ``~``, ``\quad``, ``\hspace { 1 c m }`` and the like. `exact` counts
predictions with the same tokens as their reference, `exact-without-spaces` those that are the same after such
commands are removed from both sides, since an image hardly shows their widths.
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.hookspecs import hookimpl
from hmer_suite.latex.token_classes import token_class
from hmer_suite.specs.metric import MetricSpec


def exact(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Percentage of predictions with the same tokens as their reference; a missing one is wrong."""
    same = [
        prediction is not None and prediction.split() == reference.split()
        for prediction, reference in zip(predictions, references, strict=True)
    ]
    return 100.0 * sum(same) / len(same)


def exact_without_spaces(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Percentage of predictions with the same tokens as their reference, white space removed."""
    shown = [None if prediction is None else without_spaces(prediction) for prediction in predictions]
    return exact(shown, [without_spaces(reference) for reference in references])


def without_spaces(text: str) -> str:
    """Spaced tokens without spacing commands and their arguments."""
    kept: list[str] = []
    tokens = text.split()
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token in _WITH_LENGTH:
            place = _after_group(tokens, place)
        elif token_class(token) != "SPACE":
            kept.append(token)
    return " ".join(kept)


_WITH_LENGTH = frozenset(("\\hspace", "\\hspace*", "\\vspace", "\\vspace*"))


def _after_group(tokens: Sequence[str], start: int) -> int:
    """Position after the group that begins at `start`; `start` itself if none begins there."""
    if start >= len(tokens) or tokens[start] != "{":
        return start
    depth = 0
    for place in range(start, len(tokens)):
        depth += (tokens[place] == "{") - (tokens[place] == "}")
        if not depth:
            return place + 1
    return len(tokens)


METRICS = [
    MetricSpec("exact", "exact match of tokens as given", exact, spelling="given"),
    MetricSpec(
        "exact-without-spaces",
        "exact match of tokens as given, spacing commands removed",
        exact_without_spaces,
        spelling="given",
    ),
]


@hookimpl
def hmer_metrics() -> list[MetricSpec]:
    """Register the metrics."""
    return METRICS
