"""Pairs of braces and the groups that are arguments, for several rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.braces import match_tokens
from hmer_suite.latex.token_classes import UNKNOWN, WITH_OPTION

_ONE = (
    "SUB",
    "SUP",
    "SQRT",
    "OF",
    "XARROW",
    "ACCENT",
    "SMASH",
    "FONT",
    "OPERATORNAME",
    "PRIMITIVE",
    "TEXT",
    "RAW",
    "COLOR",
    "BIG",
    "AT",
)
_TWO = ("FRAC", "CFRAC", "STACK", "RAWMATH", "RAWTEXT", "COLORBOX", "RULE")
_WITH_COLUMNS = ("ARRAY", "DARRAY", "TABULAR", "SUBARRAY", "ALIGNAT", "ALIGNAT_STAR", "ALIGNEDAT")
ARITY: dict[str, int] = {
    **dict.fromkeys(_ONE, 1),
    **dict.fromkeys(_TWO, 2),
    "FCOLORBOX": 3,
    "GENFRAC": 6,
    "PRESCRIPT": 3,
    "SIDESET": 3,
    **{f"BEGIN_{name}": 1 for name in _WITH_COLUMNS},
}
"""Arguments that a token of this class takes; classes that are not listed take none."""

OPTIONAL = WITH_OPTION | {f"BEGIN_{name}" for name in _WITH_COLUMNS}
"""Classes after which `[` begins an optional argument."""

CLOSERS = frozenset("]}")


def partners(tokens: Sequence[str]) -> dict[int, int] | None:
    """Index of the opening brace to that of its closing brace, or None unless every brace has a partner.

    With a brace too many or too few, any pairing is a guess, and a rule that trusted it would delete the
    wrong group: `x ^ { } 2 }` has one brace too many, not an empty script.
    """
    pairs, closings, openings = match_tokens(tokens)
    return None if closings or openings else pairs


def arguments(tokens: Sequence[str]) -> set[int]:
    """Indices of the opening braces of groups that some command or script takes as its argument.

    Groups right after an unknown command all count, since nobody knows how many it takes.
    """
    found: set[int] = set()
    outside: list[tuple[str, float]] = []
    wanted: float = 0
    for index, token in enumerate(tokens):
        arity = ARITY.get(CLASS_OF[token], 0)
        if token == "{":
            if wanted:
                found.add(index)
            outside.append(("}", max(wanted - 1, 0)))
            wanted = 0
        elif token == "[" and index and CLASS_OF[tokens[index - 1]] in OPTIONAL:
            outside.append(("]", wanted))
            wanted = 0
        elif token in CLOSERS and (token == "}" or (outside[-1:] and outside[-1][0] == "]")):
            wanted = _close(outside, token)
        elif CLASS_OF[token] == UNKNOWN:
            wanted = inf
        else:
            wanted = arity + (0 if wanted == inf else max(wanted - 1, 0))
    return found


def _close(outside: list[tuple[str, float]], closer: str) -> float:
    """Leave the innermost group that *closer* ends; how many arguments are wanted outside it."""
    while outside:
        expected, wanted = outside.pop()
        if expected == closer:
            return wanted
    return 0


def hollow(tokens: Sequence[str], first: Callable[[int, int], int | None]) -> list[int]:
    """Indices of groups that hold nothing, or nothing but such groups.

    ``first(opening, closing)`` is where to delete from (the brace, or a script before it), None to keep.
    """
    gone: dict[int, int] = {}
    for opening, closing in (partners(tokens) or {}).items():
        at = closing - 1
        while at in gone:
            at = gone[at] - 1
        if at == opening:
            start = first(opening, closing)
            if start is not None:
                gone[closing] = start
    indices: list[int] = []
    covered = len(tokens)
    for closing in sorted(gone, reverse=True):
        if closing < covered:
            covered = gone[closing]
            indices += range(covered, closing + 1)
    return indices
