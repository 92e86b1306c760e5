r"""Beginnings and ends of environments that are cut off or misspelt.

\begin{cases} a \end{ca    ->  \begin{cases} a \end{cases}
\begn{cases} a \end{cases} ->  \begin{cases} a \end{cases}
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.braces import match_tokens
from hmer_suite.latex.token_classes import ENVIRONMENTS, UNKNOWN
from hmer_suite.repairs.slips.change import Change, changed, open_environments

_CUT_OFF = "the formula is cut off within this name"
_MISSPELT = "an environment's name follows: this was meant to begin or end it"


def changes(tokens: Sequence[str]) -> list[Change]:
    """Changes that complete or drop the delimiters of environments."""
    found = _misspelt(tokens)
    start = _cut_off(tokens)
    if start is None:
        return found
    names = open_environments(changed(tokens[:start], found))
    completed = (f"\\end{{{names[-1]}}}",) if names and tokens[start] != "\\begin" else ()
    return [*found, Change(start, len(tokens), completed, _CUT_OFF)]


def _cut_off(tokens: Sequence[str]) -> int | None:
    r"""Where a last ``\begin`` or ``\end`` stands whose name does not end; None if there is none."""
    start = len(tokens)
    while start and len(tokens[start - 1]) == 1 and (tokens[start - 1].isalpha() or tokens[start - 1] == "*"):
        start -= 1
    if start == len(tokens) and start and tokens[start - 1] in ("\\begin", "\\end"):
        return start - 1
    ends = start > 1 and tokens[start - 1] == "{" and tokens[start - 2] in ("\\begin", "\\end")
    return start - 2 if ends else None


def _misspelt(tokens: Sequence[str]) -> list[Change]:
    r"""Changes of unknown commands whose argument is the name of an environment."""
    found: list[Change] = []
    groups = match_tokens(tokens).pairs
    for index, token in enumerate(tokens[:-1]):
        if CLASS_OF[token] != UNKNOWN or tokens[index + 1] != "{" or not token[1:].isalpha():
            continue
        name = "".join(tokens[index + 2 : groups.get(index + 1, 0)])
        if name in ENVIRONMENTS and (side := _side(token)):
            found.append(Change(index, groups[index + 1] + 1, (f"{side}{{{name}}}",), _MISSPELT))
    return found


def _side(token: str) -> str:
    from rapidfuzz.distance import OSA

    sides = {side: OSA.distance(token, side) for side in ("\\begin", "\\end")}
    best = min(sides, key=sides.__getitem__)
    return best if sides[best] <= 2 else ""
