r"""What names and words may stand for in a special reading: numbers, values, letters side by side, units."""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.reading.atoms.shapes import FONTS
from hmer_suite.equiv.reading.interpreting.interpretation import Interpretation
from hmer_suite.equiv.reading.letter_kinds import without_kind
from hmer_suite.equiv.reading.operators import CONNECTIVES, FOREIGN_CONNECTIVES, OPERATOR_NAMES
from hmer_suite.equiv.reading.units import size_of
from hmer_suite.equiv.terms import (
    Term,
    const,
    mul,
    name,
    num,
    op,
)


def of_text(term: Term, interpretation: Interpretation) -> Term:
    """A short word may be letters: ``x_{\\text{max}}`` and ``x_{max}``."""
    word = FOREIGN_CONNECTIVES.get(term.label, term.label)
    if word in CONNECTIVES:
        return Term("text", word)
    if (value := _VALUES.get(word.lower())) is not None:
        return value
    if word in OPERATOR_NAMES:
        return op(OPERATOR_NAMES[word])
    if word.isdecimal():
        return num(int(word)) if len(word) < 20 else term
    if word.isalpha() and word.isascii() and len(word) < 8:
        return name(word) if len(word) == 1 and not interpretation.words else spelt(word, interpretation)
    return term


_NUMBERS_IN_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_VALUES = {
    **{word: num(value) for value, word in enumerate(_NUMBERS_IN_WORDS)},
    "half": num(Fraction(1, 2)),
    "infinity": const("inf"),
    "none": name(r"\emptyset"),
}
"""Words for values that may also be written in signs."""


def spelt(word: str, interpretation: Interpretation, font: str = "") -> Term:
    """The letters of a word: signs in a fixed order, or a product."""
    kept = font not in ("", r"\mathrm", r"\mathit")
    letters = [name(rf"{font}{{{letter}}}" if kept else letter) for letter in word]
    if interpretation.words:
        return mul(*(const("e") if letter == name("e") else letter for letter in letters))
    return Term("juxt", None, tuple(letters))


def font_and_word(spelling: str) -> tuple[str, str]:
    """The font and the word of a name such as ``\\mathrm{max}``; empty if it is no word in a font."""
    font, _, rest = spelling.partition("{")
    word = rest[:-1]
    return (font, word) if rest and font in FONTS and word.isalpha() else ("", "")


def of_name(term: Term, interpretation: Interpretation) -> Term:
    if (plain := without_kind(term)) != term:
        return plain
    spelling = term.label
    if spelling.isdecimal() and len(spelling) < 20:
        return num(int(spelling))
    if spelling == "e":
        return const("e")
    font, word = font_and_word(spelling) if spelling[-1] == "}" else ("", "")
    if interpretation.words and font == r"\mathrm" and len(word) == 1:
        return name(word)
    if font == r"\mathrm" and not interpretation.words and (size := size_of(word)) is not None:
        return size
    if len(word) > 1 and font:
        return spelt(word, interpretation, font)
    return const("i") if interpretation.imaginary and is_unit(term) else term


def is_unit(term: Term) -> bool:
    return term.op == "name" and term.data in ("i", "j")
