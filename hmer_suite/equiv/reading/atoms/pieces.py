r"""Signs and words written in pieces: digits of a number, ``: =``, ``\\int \\int``, functions spelt in letters."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.fonts import joined_word
from hmer_suite.latex.nodes import Command, Symbol, Text

_ALWAYS = tuple("arcsin arccos arctan sinh cosh tanh sin cos tan log lim exp max min".split())
"""Functions that adjacent letters always spell: nobody multiplies c by o by s."""
_WITH_ARGUMENT = ("inf", "sup", "det", "arg", "gcd", "cot", "sec", "csc", "ln")
"""Functions of which the letters are a product as plausibly, unless a bracket or a limit follows."""
_WITH_BRACKETS = ("Pr",)
"""Functions of which the letters are a product, unless a bracket follows."""
SPELT = (*_WITH_ARGUMENT, *_WITH_BRACKETS)
"""Functions of which the letters may be a product."""
_DOUBTFUL = (*_WITH_ARGUMENT, *_ALWAYS)
"""Functions that letters may spell where they are read as a product."""
_WORDS = (*_ALWAYS, *SPELT)
_BY_FIRST_LETTER = {
    first: tuple(word for word in _WORDS if word[0] == first)
    for first in sorted({word[0] for word in _WORDS})
}
_SIGNS = frozenset(("+", "-", r"\pm", r"\mp"))
_DOTS = {r"\cdot": r"\cdots", ".": r"\ldots"}
"""Dots, and the ellipsis that several of them are."""
_LIMITED = frozenset(("lim", "max", "min", "inf", "sup"))
_DOUBLED = {
    ":=": r"\coloneqq",
    "<=": r"\leq",
    ">=": r"\geq",
    "->": r"\rightarrow",
    ">>": r"\gg",
    "<<": r"\ll",
    "//": r"\parallel",
}
_ARGUMENTS = {r"\max": r"\argmax", r"\min": r"\argmin"}
"""Extrema, and the functions that give their place."""


def composed(flat: list[Atom]) -> list[Atom]:
    """Signs written in pieces: ``: =``, ``> >``; functions spelt in letters, ``s i n (x)``, ``l i m_{x \\to 0}``."""
    out: list[Atom] = []
    index = 0
    while index < len(flat):
        atom = flat[index]
        following = flat[index + 1] if index + 1 < len(flat) else None
        if following is not None and atom.plain and atom.token + following.token in _DOUBLED:
            out.append(following.as_sign(_DOUBLED[atom.token + following.token]))
            index += 2
        elif atom.token in _DOTS and (dots := _count_dots(flat, index)) >= _fewest_dots(flat, index):
            out.append(flat[index + dots - 1].as_sign(_DOTS[atom.token]))
            index += dots
        elif atom.token in _INTEGRALS and (count := _joined_integrals(flat, index)) > 1:
            last = flat[index + count - 1]
            total = sum(_INTEGRALS[sign.token] for sign in flat[index : index + count])
            out.append(last.as_sign(_INTEGRAL_OF[total]))
            index += count
        elif atom.token == "," and (connective := _spelt_connective(flat, index + 1)):
            letters = tuple(map(Symbol, connective))
            out += [atom, Atom("cmd", Command(r"\text", (Text(letters),)))]
            index += 1 + len(connective)
        elif isinstance(atom.value, Command) and (word := joined_word(flat, index)) is not None:
            out.append(word[0])
            index = word[1]
        elif atom.token in _BY_FIRST_LETTER and (spelt := _spelt_function(flat, index)) is not None:
            command, index = spelt
            out.append(flat[index - 1].as_sign(command))
        else:
            out.append(atom)
            index += 1
    return _with_arguments(out)


def _with_arguments(row: list[Atom]) -> list[Atom]:
    r"""A row with ``\arg \max`` as one function."""
    out: list[Atom] = []
    for atom in row:
        if out and out[-1].token == r"\arg" and out[-1].plain and atom.token in _ARGUMENTS:
            out[-1] = atom.as_sign(_ARGUMENTS[atom.token])
        else:
            out.append(atom)
    return out


def _fewest_dots(flat: Sequence[Atom], start: int) -> int:
    """The fewest dots that are an ellipsis: two points on the line, ``1..n``, unless they may end a sentence."""
    if flat[start].token != ".":
        return 3
    goes_on = start + 2 < len(flat) or (start > 0 and flat[start - 1].token == ",")
    return 2 if goes_on else 3


def _count_dots(flat: Sequence[Atom], start: int) -> int:
    """How many equal dots stand side by side from *start* on, three of them at most."""
    row = flat[start : start + 3]
    return next((at for at, dot in enumerate(row) if dot.token != row[0].token or not dot.plain), len(row))


def _spelt_connective(flat: Sequence[Atom], start: int) -> str:
    """The word that letters after a comma spell, as in ``3, 5, and 8``; empty if they are factors."""
    for word in ("and", "or"):
        letters = flat[start : start + len(word)]
        if "".join(atom.token for atom in letters) == word and all(atom.plain for atom in letters):
            return word
    return ""


_INTEGRALS = {r"\int": 1, r"\iint": 2, r"\iiint": 3, r"\iiiint": 4}
"""The number of signs of each multiple integral."""
_INTEGRAL_OF = {count: sign for sign, count in _INTEGRALS.items()}


def _joined_integrals(flat: Sequence[Atom], index: int) -> int:
    """The number of integral signs from *index* on that are one multiple integral, all but the last without bounds."""
    total, count = 0, 0
    while (place := index + count) < len(flat) and flat[place].token in _INTEGRALS:
        total += _INTEGRALS[flat[place].token]
        count += 1
        if not flat[place].plain:
            return 1 if flat[place].sup is not None or total > len(_INTEGRALS) else count
    return count if total <= len(_INTEGRALS) else 1


def _spelt_function(flat: list[Atom], index: int) -> tuple[str, int] | None:
    """The function that letters from *index* on spell, and where it ends."""
    for word in _BY_FIRST_LETTER[flat[index].token]:
        letters = flat[index : index + len(word)]
        if "".join(atom.token for atom in letters) != word or not all(atom.plain for atom in letters[:-1]):
            continue
        end = index + len(word)
        if letters[-1].primes or not _may_be_function(word, flat, end):
            return None
        return rf"\{word}", end
    return None


def _may_be_function(word: str, flat: list[Atom], end: int) -> bool:
    """Whether a word before *end* is a function, and no product; before a plus or minus it may be a name."""
    if word not in _ALWAYS:
        return _takes_argument(word, flat, end)
    return end == len(flat) or flat[end].token not in _SIGNS or not flat[end - 1].plain


def _takes_argument(word: str, flat: list[Atom], end: int) -> bool:
    following = flat[end] if end < len(flat) else None
    opened = following is not None and (following.token in ("(", "[", r"\{") or following.kind == "br")
    return opened or (word in _LIMITED and flat[end - 1].sub is not None)


def spelt_words(row: Sequence[Atom]) -> set[str]:
    """Functions that letters side by side may spell, where it is not certain that they do: ``s i n x``."""
    letters = "".join(
        atom.token if len(atom.token) == 1 and atom.sub is None and not atom.primes else " " for atom in row
    )
    return {word for word in _DOUBTFUL if word in letters} if len(letters) > 1 else set()


def joined_digits(flat: list[Atom]) -> list[Atom]:
    """Adjacent digits are one number: ``1 2 . 5``, ``1 { , } 0 0 0``."""
    out: list[Atom] = []
    index, n = 0, len(flat)
    while index < n:
        atom = flat[index]
        if atom.kind == "space":
            index += 1
            continue
        if not (atom.token.isdecimal() or (atom.token and _point_before_digit(flat, index))):
            out.append(atom)
            index += 1
            continue
        digits = ""
        while index < n and flat[index].kind == "sym" and _continues(flat, index, digits):
            digits += flat[index].token
            index += 1
            if not flat[index - 1].plain:
                break
        last = flat[index - 1]
        out.append(Atom("num", digits, last.sub, last.sup, last.primes))
    return out


def _point_before_digit(flat: list[Atom], index: int) -> bool:
    following = flat[index + 1] if index + 1 < len(flat) else None
    if following is None or flat[index].token != "." or not flat[index].plain:
        return False
    return following.token.isdecimal() or (
        isinstance(following.value, Command)
        and following.value.name in (r"\dot", r"\overline", r"\bar")
        and index > 0
        and flat[index - 1].token.isdecimal()
    )


def _continues(flat: list[Atom], index: int, digits: str) -> bool:
    token = flat[index].token
    if token.isdecimal():
        return True
    if token == ".":
        return "." not in digits and _point_before_digit(flat, index)
    return token == "{,}" and index + 1 < len(flat) and flat[index + 1].token.isdecimal()
