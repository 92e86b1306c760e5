"""A group that holds nothing but one other group.

\\sqrt { { x + 1 } }  ->  \\sqrt { x + 1 }
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.repairs.rules.braces import partners
from hmer_suite.specs.repair_rule import Rule


def removals(tokens: Sequence[str]) -> list[int]:
    """Indices of the inner pairs. The outer pair stays: it may be an argument."""
    pairs = partners(tokens) or {}
    doomed: list[int] = []
    for opening, closing in pairs.items():
        if pairs.get(opening + 1) == closing - 1:
            doomed += (opening + 1, closing - 1)
    return doomed


RULE = Rule("doubled-braces", "a second pair of braces around the same group", removals, by_default=False)
