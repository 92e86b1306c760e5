"""Separators that a CTC decoder leaves between the symbols.

    | x | ^ | { | 2 | } |  ->  x ^ { 2 }

`|` is the default silence token of the usual CTC beam decoders. It is a bar as well, so that it goes only
where it cannot be one: it is in nearly every gap between two tokens, and somewhere as no absolute value
can be. That is between `^`, `_`, `\\frac` or `\\sqrt` and the brace after it; or, where bars and other tokens
strictly take turns, on both sides of an operator that would be alone within an absolute value.
`| x | + | y |` and `| | x | - | y | |` therefore stay. Bars of the formula itself survive, of `| | |` the
middle one; if their number is odd, nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.specs.repair_rule import Rule

SEPARATOR = "|"
COVERAGE = 0.9
"""Share of the gaps between neighbouring symbols that must hold a separator."""

OPERATORS = frozenset(
    ("+", "-", "=", "<", ">", r"\times", r"\cdot", r"\div", r"\pm", r"\leq", r"\geq", r"\neq", r"\rightarrow")
)
OPENERS = frozenset({"SUB", "SUP", "FRAC", "CFRAC", "SQRT"})


def removals(tokens: Sequence[str]) -> list[int]:
    """Indices of the separators: of k bars in a row the 1st, 3rd ... separate, the others were written."""
    symbols = [index for index, token in enumerate(tokens) if token != SEPARATOR]
    gaps = [after - before - 1 for before, after in pairwise(symbols)]
    if not _covered(gaps, 1) or _covered(gaps, 2) or not (_parts_argument(tokens) or _rings_operator(tokens)):
        return []
    stretches = [range(before + 1, after) for before, after in pairwise([-1, *symbols, len(tokens)])]
    # Absolute values take two bars. An odd number left over means that one was mistaken for a separator.
    if sum(len(bars) // 2 for bars in stretches) % 2:
        return []
    return [index for bars in stretches for index in bars[::2]]


def _covered(gaps: list[int], bars: int) -> bool:
    """Whether nearly all gaps hold at least *bars* bars."""
    return bool(gaps) and sum(gap >= bars for gap in gaps) >= COVERAGE * len(gaps)


def _parts_argument(tokens: Sequence[str]) -> bool:
    """Whether some bar is between a command or script and the group that it takes."""
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return any(
        bar == SEPARATOR and after == "{" and CLASS_OF[before] in OPENERS for before, bar, after in triples
    )


def _rings_operator(tokens: Sequence[str]) -> bool:
    """Whether bars and others take turns, and reading the bars as pairs puts an operator alone in one."""
    first = 0 if tokens[0] == SEPARATOR else 1
    if any((token == SEPARATOR) != (index % 2 == first) for index, token in enumerate(tokens)):
        return False
    return any(token in OPERATORS for token in tokens[first + 1 : len(tokens) - 1 : 4])


RULE = Rule("separators", "a separator that the CTC decoder put between symbols", removals)
