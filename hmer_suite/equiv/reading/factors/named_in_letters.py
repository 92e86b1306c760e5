"""Functions without a command of their own that letters side by side spell: ``tr(AB)``, ``erf(x)``, ``rot F``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.factors.functions import FUNCTION_NAMES


def names_function(row: Sequence[Atom]) -> bool:
    """Whether letters of a product spell a function before what may be its argument, so that their order counts."""
    letters = "".join(atom.token if len(atom.token) == 1 and atom.plain else " " for atom in row)
    return any(
        _is_argument(row[end], word)
        for word in FUNCTION_NAMES
        for end in _ends(letters, word)
        if end < len(row)
    )


def _ends(letters: str, word: str) -> list[int]:
    """The places after a word that is spelt, not within other small letters."""
    return [
        place + len(word)
        for place in range(len(letters) - len(word))
        if letters.startswith(word, place) and not letters[place - 1 : place].islower()
    ]


def _is_argument(atom: Atom, word: str) -> bool:
    """Whether a factor may be an argument: in brackets or a capital; after two letters a capital alone."""
    if not isinstance(atom.value, Bracket):
        return atom.token.isupper() and len(atom.token) == 1
    first = atom.value.parts[0][0] if atom.value.parts[0] else atom
    return atom.value.open == "(" and (len(word) > 2 or first.token.isupper())
