"""The contract of a metric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A number over a whole test set, asked for with ``score --metric NAME``.

    `score(predictions, references)` takes canonical tokens separated by spaces, pair i being sample i, None for
    a missing prediction; invalid formulas keep their own spelling. With `spelling` "given" tokens are passed as they
    were given, as published metrics count them. The result is a finite number.
    """

    name: str
    summary: str
    score: Callable[[Sequence[str | None], Sequence[str]], float]
    spelling: Literal["canonical", "given"] = "canonical"
