"""The beginning of a construct at the end of the line: the output was cut off before it had any content.

    x + \\frac {  ->  x +          x ^  ->  x          x = \\left (  ->  x =

A construct that has some content already (`\\frac { 1 } {`) stays, and so does an operator (`x +`): what was
cut off did contain them.
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.repairs.rules.braces import ARITY, arguments
from hmer_suite.specs.repair_rule import Rule

FENCES = frozenset({"LEFT", "MIDDLE"})
COMMANDS = frozenset(ARITY) - {"AT"}


def removals(tokens: Sequence[str]) -> list[int]:
    """Indices of the trailing tokens that only begin something."""
    end = len(tokens)
    needed = arguments(tokens) if end and tokens[-1] == "{" else set()
    while step := _dangling(tokens, end, needed):
        end -= step
    return list(range(end, len(tokens)))


def _dangling(tokens: Sequence[str], end: int, needed: set[int]) -> int:
    """Number of tokens just before *end* that begin something without content."""
    last = CLASS_OF[tokens[end - 1]] if end else ""
    before = CLASS_OF[tokens[end - 2]] if end > 1 else ""
    if before in FENCES:
        return 2
    if last == "LBRACE":
        return 1 if before in COMMANDS or end - 1 not in needed else 0
    return 1 if last in COMMANDS or last in FENCES or last.startswith("BEGIN_") else 0


RULE = Rule("cut-off", "begins something at the end of the line, cut off there", removals, by_default=False)
