r"""Words beside numbers: units and things counted, ``5\text{ km/h}``, ``3\text{ apples}``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.shapes import FRACTIONS, argument_of, is_text, words_of
from hmer_suite.equiv.reading.factors.factor_row import FactorRow
from hmer_suite.equiv.reading.factors.functions import FUNCTION_NAMES
from hmer_suite.equiv.reading.operators import OPERATOR_NAMES
from hmer_suite.equiv.reading.units import is_unit, unit, units_in
from hmer_suite.equiv.terms import Term, mul, num, power
from hmer_suite.latex.nodes import Command
from hmer_suite.latex.token_classes import CLASSES

MEASURES = "measures"
r"""The sign of a number in several units, ``2\text{ h }30\text{ min}``."""


def text_term(words: str, before: Sequence[Atom], after: Sequence[Atom]) -> Term:
    """The term of words in a row: a unit or what is counted, if a number stands before them; else a text."""
    text = Term("text", words)
    if words in ("%", r"\%", "percent", "per cent") and before:
        return num(Fraction(1, 100))
    if words == "\u2030" and before:
        return num(Fraction(1, 1000))
    if not before and (match := _NUMBER.fullmatch(words)) and (found := units_in(match[2])) is not None:
        return mul(num(Fraction(match[1])), found)
    if not before or any(atom.kind == "num" for atom in after):
        return text
    counted = before[-1].kind == "num" or _is_fraction(before[-1])
    if (found := units_in(words)) is not None and (counted or words not in {*OPERATOR_NAMES, "in"}):
        return found
    return unit(words) if counted and words.isalpha() else text


def words_before(row: Sequence[Atom]) -> int:
    r"""The number of atoms that are words before a statement: a text, or one as in ``\mathrm{Thus}\ x=1``; else 0."""
    value = row[0].value
    if is_text(row[0]):
        words = words_of(argument_of(value)) if isinstance(value, Command) else ""
        return int(words not in FUNCTION_NAMES and words not in OPERATOR_NAMES)
    if not (isinstance(value, Command) and value.name == r"\mathrm" and row[0].plain):
        return 0
    word = words_of(argument_of(value))
    if row[1].kind == "br" and word not in _OPENING_WORDS:
        return 0  # a function and its argument
    return int(len(word) > 2 and word.istitle() and word.isascii() and word not in FUNCTION_NAMES)


_OPENING_WORDS = frozenset(
    """Also And Assume Because But Find For From Given Hence If Let Namely Now Or Show Since So Solve Such Suppose That
    Then Therefore This Thus When Where Which With""".split()
)
"""Words that open a statement and name no function."""


def are_words_after(row: Sequence[Atom]) -> bool:
    """Whether the text at the end of a row is words after a statement, and no unit."""
    if not is_text(row[-1]) or not isinstance(row[-1].value, Command):
        return False
    words = words_of(argument_of(row[-1].value))
    return len(words) > 1 and units_in(words) is None and words not in ("%", r"\%", "percent", "per cent")


_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([^0-9\s].*)")
"""A number with its unit, both as text."""


def _is_fraction(atom: Atom) -> bool:
    return isinstance(atom.value, Command) and atom.value.name in FRACTIONS


def measures(row: Sequence[Atom]) -> list[list[Atom]] | None:
    """Two or more numbers, each with a word after it, apart; None for any other row."""
    if sum(atom.kind == "num" for atom in row) < 2 or row[0].kind != "num":
        return None
    groups: list[list[Atom]] = []
    for atom in row:
        if atom.kind == "num":
            groups.append([])
        elif not _is_word(atom):
            return None
        groups[-1].append(atom)
    return groups if all(len(group) > 1 for group in groups) else None


def _is_word(atom: Atom) -> bool:
    """Whether an atom is one word in ``\\text`` or an upright font."""
    if not isinstance(atom.value, Command):
        return False
    if CLASSES.get(atom.value.name) != "TEXT" and atom.value.name != r"\mathrm":
        return False
    return words_of(argument_of(atom.value)).replace(" ", "").isalpha()


def measured(left: Term, right: Term) -> Term:
    r"""The second factor of a product, as a unit if it is words and the first has a unit: ``\text{ km}/\text{h}``."""
    base = right.args[0] if right.op == "pow" else right
    if base.op != "text" or not any(map(_is_unit_name, left.walk())):
        return right
    found = units_in(base.label)
    if found is None:
        return right
    return power(found, right.args[1]) if right.op == "pow" else found


def _is_unit_name(term: Term) -> bool:
    return term.op == "name" and term.label.startswith(r"\mathrm{") and is_unit(term.label[8:-1])


def extreme_as_word(factors: FactorRow, token: str) -> Term | None:
    r"""The word that a minimum or maximum of nothing is, perhaps a unit: ``6\min``."""
    before, after = factors.row[: factors.at - 1], factors.row[factors.at :]
    if token not in (r"\min", r"\max"):
        return None
    if after and before and before[-1].kind == "num":
        factors.reader.doubts.add("minutes or a minimum")
    return None if after else text_term(token[1:], before, after)
