r"""Degrees of roots whose bracket is never closed.

\sqrt [ 3 { x }    ->  \sqrt [ 3 ] { x }
\sqrt [ n } { x }  ->  \sqrt [ n ] { x }
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.repairs.slips.change import LONGEST_LOOK, Change

_DEGREE = frozenset(("CHAR", "COLUMN", "SYMBOL"))
_WHY = "the bracket around the degree of a root was never closed"


def changes(tokens: Sequence[str]) -> list[Change]:
    """Changes that close the degrees of roots."""
    found: list[Change] = []
    for start, (command, bracket) in enumerate(pairwise(tokens), start=2):
        if CLASS_OF[command] != "SQRT" or bracket != "[":
            continue
        end = start
        while end < len(tokens) and CLASS_OF[tokens[end]] in _DEGREE:
            end += 1
        if end == start or end == len(tokens) or _is_closed(tokens, start):
            continue
        if tokens[end] == "{":
            found.append(Change(end, end, ("]",), _WHY))
        elif tokens[end] == "}" and tokens[end + 1 : end + 2] == ["{"]:
            found.append(Change(end, end + 1, ("]",), _WHY))
    return found


def _is_closed(tokens: Sequence[str], start: int) -> bool:
    """Whether the bracket in front of *start* is closed within its group."""
    groups = brackets = 0
    for token in tokens[start : start + LONGEST_LOOK]:
        groups += (token == "{") - (token == "}")
        if groups < 0:
            return False
        if groups == 0:
            brackets += (token == "[") - (token == "]")
            if brackets < 0:
                return True
    return False
