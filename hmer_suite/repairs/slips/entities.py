"""Characters that a page of HTML writes as entities.

x & l t ; 2    ->  x < 2
p & a m p ; q  ->  p & q
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.repairs.slips.change import Change

_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&"}
_WHY = "an entity of HTML stands for one character"


def changes(tokens: Sequence[str]) -> list[Change]:
    """Changes of entities to the characters that they stand for."""
    found: list[Change] = []
    for start, token in enumerate(tokens):
        for word, character in _CHARACTERS.items() if token == "&" else ():
            end = start + 1 + len(word)
            if tuple(tokens[start + 1 : end + 1]) == (*word, ";"):
                found.append(Change(start, end + 1, (character,), _WHY))
    return found
