"""Separators that a CTC decoder leaves between the symbols.

    | x | ^ | { | 2 | } |  ->  x ^ { 2 }

`|` is the default silence token of the usual CTC beam decoders. It is a bar as well, so that it goes only
where it cannot be one: it stands in nearly every gap between two tokens, and at least once in a place that
no absolute value has, between `^`, `_`, `\\frac` or `\\sqrt` and the brace behind it, or on both sides of a
lone operator. `| x | + | y |` therefore stays. Bars of the formula itself survive: of `| | |` the middle one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hmer_suite.latex.grammar import CLASS_OF
from hmer_suite.repair.rules.base import Rule

SEPARATOR = "|"
COVERAGE = 0.9
"""Share of the gaps between neighbouring symbols that must hold a separator."""

OPERATORS = frozenset(
    ("+", "-", "=", "<", ">", r"\times", r"\cdot", r"\div", r"\pm", r"\leq", r"\geq", r"\neq", r"\rightarrow")
)
OPENERS = frozenset({"SUB", "SUP", "FRAC", "SQRT"})


def removals(tokens: Sequence[str]) -> list[int]:
    """Indices of the separators; of k bars in a row the 1st, 3rd ... are separators, the others were written."""
    symbols = [index for index, token in enumerate(tokens) if token != SEPARATOR]
    gaps = [after - before - 1 for before, after in pairwise(symbols)]
    if not _covered(gaps, 1) or _covered(gaps, 2) or not _proved(tokens):
        return []
    doomed: list[int] = []
    for before, after in pairwise([-1, *symbols, len(tokens)]):
        doomed += range(before + 1, after, 2)
    return doomed


def _covered(gaps: list[int], bars: int) -> bool:
    """Whether nearly all gaps hold at least so many bars."""
    return bool(gaps) and sum(gap >= bars for gap in gaps) >= COVERAGE * len(gaps)


def _proved(tokens: Sequence[str]) -> bool:
    """Whether some bar stands where none can be written."""
    inside = False
    for index, token in enumerate(tokens[:-1]):
        if token != SEPARATOR:
            continue
        inside = not inside
        after = tokens[index + 1]
        if after == "{" and index and CLASS_OF[tokens[index - 1]] in OPENERS:
            return True
        if inside and after in OPERATORS and tuple(tokens[index + 2 : index + 3]) == (SEPARATOR,):
            return True
    return False


RULE = Rule("separators", "a separator that the CTC decoder put between symbols", removals)
