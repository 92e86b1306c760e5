"""Separators that a CTC decoder leaves between the symbols.

    | x | ^ | { | 2 | } |  ->  x ^ { 2 }

`|` is the default silence token of the usual CTC beam decoders. It is a bar as well, so that it goes only
where it cannot be one: it stands in nearly every gap between two tokens, and at least once in a place that
no absolute value has, between `^`, `_`, `\\frac` or `\\sqrt` and the brace behind it, or on both sides of a
lone operator. `| x | + | y |` therefore stays. Bars of the formula itself survive: of `| | |` the middle one.
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.grammar import CLASS_OF
from hmer_suite.repair.rules.base import Rule

SEPARATOR = "|"
COVERAGE = 0.9
"""Share of the gaps between neighbouring symbols that must hold a separator."""

OPERATORS = frozenset(r"+ - = < > \times \cdot \div \pm \leq \geq \neq \rightarrow \in".split())
OPENERS = frozenset({"SUB", "SUP", "FRAC", "SQRT"})


def removals(tokens: Sequence[str]) -> list[int]:
    """Indices of the separators; of k bars in a row about half are separators, the others were written."""
    symbols = [index for index, token in enumerate(tokens) if token != SEPARATOR]
    filled = sum(after - before > 1 for before, after in zip(symbols, symbols[1:], strict=False))
    if len(symbols) < 2 or filled < COVERAGE * (len(symbols) - 1) or not _proved(tokens):
        return []
    doomed: list[int] = []
    for before, after in zip([-1, *symbols], [*symbols, len(tokens)], strict=True):
        doomed += range(before + 1, after, 2)
    return doomed


def _proved(tokens: Sequence[str]) -> bool:
    """Whether some bar stands where none can be written."""
    inside = False
    for index, token in enumerate(tokens):
        if token != SEPARATOR:
            continue
        inside = not inside
        before, after = tokens[index - 1 : index], tokens[index + 1 : index + 2]
        if before and after == ["{"] and CLASS_OF[before[0]] in OPENERS:
            return True
        if inside and after and after[0] in OPERATORS and tokens[index + 2 : index + 3] == [SEPARATOR]:
            return True
    return False


RULE = Rule("separators", "a separator that the CTC decoder put between symbols", removals)
