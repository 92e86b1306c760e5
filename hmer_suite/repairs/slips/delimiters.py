r"""Delimiters that lack a backslash, and unseen ones whose fence is gone.

\left { x \right }  ->  \left \{ x \right \}
x \right .          ->  x
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.braces import match_brackets, match_tokens
from hmer_suite.latex.constructs import BARS, BRACKETS, NO_DELIMITER, OPENING_OF
from hmer_suite.repairs.slips.change import LONGEST_LOOK, Change

_FENCES = frozenset(("LEFT", "MIDDLE", "RIGHT", "BIG"))
_UNESCAPED = "a brace that is drawn has a backslash"
_PARTNERLESS = "this delimiter draws nothing, and its fence has no other side"
_FENCED = "the other side of the fence belongs here"
_SCRIPTS = frozenset("_^")


def braces_as_delimiters(tokens: Sequence[str]) -> list[Change]:
    """Changes of braces behind commands that take a delimiter, unless they are needed as braces."""
    found = [
        Change(index, index + 1, (f"\\{token}",), _UNESCAPED)
        for index, token in enumerate(tokens)
        if token in ("{", "}") and index and _wants_delimiter(tokens, index)
    ]
    if not found:
        return []
    escaped = list(tokens)
    for change in found:
        escaped[change.start] = change.tokens[0]
    return found if _unmatched(escaped) <= _unmatched(tokens) else []


def _wants_delimiter(tokens: Sequence[str], index: int) -> bool:
    cls = CLASS_OF[tokens[index - 1]]
    braced = cls == "BIG" and tokens[index + 2 : index + 3] == ["}"] and tokens[index] == "{"
    return cls in _FENCES and not braced


def _unmatched(tokens: Sequence[str]) -> int:
    _pairs, closings, openings = match_tokens(tokens)
    return len(closings) + len(openings)


def unseen_delimiters(tokens: Sequence[str]) -> list[Change]:
    r"""Changes of each ``\left .`` without ``\right`` and the reverse."""
    steps = [(token == "\\left") - (token == "\\right") for token in tokens]
    _pairs, closings, openings = match_brackets(steps)
    found: list[Change] = []
    for index in sorted((*closings, *openings)):
        if tokens[index + 1 : index + 2] != [NO_DELIMITER]:
            continue
        left = tokens[index] == "\\left"
        place = _bar_after(tokens, index) if left else _bracket_before(tokens, index)
        if place is None:
            found.append(Change(index, index + 2, (), _PARTNERLESS))
        else:
            found.append(Change(place, place, ("\\right" if left else "\\left",), _FENCED))
    return sorted(found, key=lambda change: change.start)


def _bar_after(tokens: Sequence[str], index: int) -> int | None:
    """The next bar with a script, as a value is taken there, in the group of *index*."""
    depth = 0
    for place in range(index + 2, min(len(tokens) - 1, index + LONGEST_LOOK)):
        depth += (tokens[place] == "{") - (tokens[place] == "}")
        if depth < 0:
            return None
        if depth == 0 and tokens[place] in BARS and tokens[place + 1] in _SCRIPTS:
            return place
    return None


def _bracket_before(tokens: Sequence[str], index: int) -> int | None:
    """The last opening bracket in front of *index* that nothing closes."""
    first = max(0, index - LONGEST_LOOK)
    steps = [(token in BRACKETS) - (token in OPENING_OF) for token in tokens[first:index]]
    openings = match_brackets(steps).unmatched_openings
    places = [first + place for place in openings]
    free = [place for place in places if not place or CLASS_OF[tokens[place - 1]] not in _FENCES]
    return free[-1] if free else None
