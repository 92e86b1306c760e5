"""Validity and repairability of predictions without references."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.tokens import split
from hmer_suite.repairs import repair
from hmer_suite.repairs.rules import DEFAULT_RULES, Rule

SCHEMA = "validity-1"
"""Version of the JSON document: the name of its schema in ``hmer_suite/schemas``."""


class Validity(TypedDict):
    """JSON that ``score`` prints without references; ``valid`` in percent."""

    schema: str
    n: int
    valid: float
    invalid: int
    repair_edits: dict[str, int]
    """Number of invalid predictions, keyed by the number of edits that make them valid."""


def validity(predictions: Sequence[str], rules: Sequence[Rule] = ()) -> Validity:
    """Count the valid predictions, and the edits that repair the others.

    *rules* are applied by repair after the default ones.
    """
    broken = [text for text in predictions if not is_valid(split(text))]
    edits = [len(repair(text, rules=(*DEFAULT_RULES, *rules)).edits) for text in broken]
    n = len(predictions)
    return {
        "schema": SCHEMA,
        "n": n,
        "valid": round(100 * (n - len(broken)) / n, 2) if n else 0.0,
        "invalid": len(broken),
        "repair_edits": {str(k): edits.count(k) for k in sorted(set(edits))},
    }
