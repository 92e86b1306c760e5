r"""Rules of the special readings: the terms that ambiguous notation may stand for, one rule for each kind of term."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hmer_suite.equiv.reading.arguments import PARAMETER
from hmer_suite.equiv.reading.brackets import NORM
from hmer_suite.equiv.reading.commands import BRACED, ROOTS_OF_UNITY
from hmer_suite.equiv.reading.evaluation import with_value
from hmer_suite.equiv.reading.events import is_of_events, with_complements
from hmer_suite.equiv.reading.left_out import CONNECTIVES
from hmer_suite.equiv.reading.operators import DIFFERENCES, OPERATOR_NAMES
from hmer_suite.equiv.reading.products import BESIDE_WORD, TRANSPOSITIONS, is_capital
from hmer_suite.equiv.reading.script_rules import is_primed, separated_by_slash, side_by_side, without_font
from hmer_suite.equiv.reading.shapes import FONTS
from hmer_suite.equiv.reading.superscripts import APART, AROUND
from hmer_suite.equiv.reading.units import size_of
from hmer_suite.equiv.reading.words import MEASURES
from hmer_suite.equiv.terms import (
    EMPTY,
    NON_EXPRESSIONS,
    ONE,
    ZERO,
    Grid,
    Term,
    add,
    const,
    fn,
    inverse,
    mul,
    name,
    num,
    op,
    power,
)

_PRODUCTS = frozenset(
    (r"\otimes", r"\odot", "*", r"\star", r"\circ", r"\bullet", r"\cdot", r"\circledast", ".")
)
_SUMS = frozenset((r"\oplus", r"\uplus", r"\boxplus", r"\dotplus"))
_TRANSPARENT = frozenset((r"\boxed", r"\fbox", r"\underline", r"\bigcirc"))


@dataclass(frozen=True, slots=True)
class Interpretation:
    r"""One way to resolve ambiguous notation.

    Attributes:
        products: ``f(x)`` is a product.
        imaginary: the letters ``i`` and ``j`` are the imaginary unit.
        inside: an exponent after the brackets of such a product belongs to their content alone.
        choices: ``C_7^3``, ``A_7^3`` and ``P_7^3`` are numbers of choices; if 2, out of the upper number.
        words: letters of a word in ``\text`` or an upright font are a product.
        transposed: the exponent T transposes a matrix or a column.
        opposite: the upper sign of ``\pm`` on one side is the lower one on the other.
    """

    products: bool = False
    imaginary: bool = False
    inside: bool = False
    opposite: bool = False
    choices: int = 0
    words: bool = False
    transposed: bool = False


def _name(term: Term, interpretation: Interpretation) -> Term:
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
        return _spelt(word, interpretation, font)
    return const("i") if interpretation.imaginary and is_unit(term) else term


_NABLA = name(r"\nabla")
_FIELDS = {"div": r"\nabla\cdot", "curl": r"\nabla\times", "rot": r"\nabla\times"}


def _laplacian(term: Term) -> Term:
    r"""``\nabla^2u`` and ``\nabla\cdot\nabla u`` as ``\Delta u``."""
    operator, operand = (term.args[0], term.args[1]) if term.data == "apply" else (_NABLA, term.args[0])
    if term.data == "apply" and operator == power(_NABLA, num(2)):
        return mul(name(r"\Delta"), operand)
    if term.data != "apply" and operand.op == "op" and operand.data == "apply" and operand.args[0] == _NABLA:
        return mul(name(r"\Delta"), operand.args[1])
    return term


def _application(term: Term, interpretation: Interpretation) -> Term:
    head = term.args[0]
    if head.op == "name" and head.label.startswith(r"\operatorname{") and len(term.args) == 2:
        word = head.label[14:-1]
        if word in _FIELDS:
            return op(_FIELDS[word], term.args[1])
        if word == "grad":
            return op("apply", _NABLA, term.args[1])
    if is_of_events(term):
        term = term.with_args((term.args[0], *map(with_complements, term.args[1:])))
    if term.data != "maybe":
        return term
    head, *args = term.args
    if interpretation.products:
        return mul(_as_factor(head), *args)
    if head.op == "op" and head.data == "iterate" and _is_positive(head.args[1]):
        return power(with_value(Term("app", "sure", (head.args[0], *args))), head.args[1])
    return Term("app", "sure", term.args)


def _as_factor(head: Term) -> Term:
    return power(*head.args) if head.op == "op" and head.data == "iterate" else head


def _is_positive(term: Term) -> bool:
    return term.op == "num" and term.value > 0


def is_plain_quotient(term: Term) -> bool:
    """``\\frac{dy}{dx}``, in which the d may cancel."""
    if term.op != "deriv" or term.derivation.sign != "d":
        return False
    what, _, order = term.args
    return order == ONE and what.op in ("name", "sub")


def is_unit(term: Term) -> bool:
    return term.op == "name" and term.data in ("i", "j")


def _juxtaposed(term: Term, interpretation: Interpretation) -> Term:
    return term if any(arg.op in ("text", "empty") for arg in term.args) else mul(*term.args)


def _index(term: Term, interpretation: Interpretation) -> Term:
    """Letters side by side in an index are names in a fixed order; anything else may be a product."""
    beside_word = term.data == BESIDE_WORD
    if not beside_word and all(map(_is_sign_of_index, term.args)):
        return term
    return _juxtaposed(term, interpretation)


def _of_last(term: Term) -> Term | None:
    """A script on the letters of a word as one on the last of them: ``CO_2``; None for all else."""
    word = term.args[0]
    if word.op not in ("mul", "juxt") or not all(letter.op in ("name", "sub") for letter in word.args):
        return None
    *letters, last = word.args
    return mul(*letters, term.with_args((last, *term.args[1:])))


def _subscript(term: Term, interpretation: Interpretation) -> Term:
    if interpretation.words and (found := _of_last(term)) is not None:
        return found
    letter, index = term.args
    if (
        letter.op == "op" and letter.data == r"\bar" and len(letter.args) == 1
    ):  # over the letter, or over its index too
        return op(r"\bar", _subscript(term.with_args((letter.args[0], index)), interpretation))
    if letter.op == "pow" or is_primed(letter):  # an index after an exponent
        inner = _subscript(term.with_args((letter.args[0], index)), interpretation)
        return letter.with_args((inner, *letter.args[1:]))
    if letter.op == "name" and (plain := without_font(index, letter)) is not None:
        return term.with_args((letter, plain))
    if index.op == "juxt" and all(letter.data in _DERIVED_BY for letter in index.args):  # f_{yx}
        return term.with_args((term.args[0], index.with_args(tuple(sorted(index.args, key=repr)))))
    if index.op == "list":
        return term.with_args((term.args[0], _without_commas(index)))
    if (digits := separated_by_slash(index)) is not None:
        return term.with_args((term.args[0], digits))
    return term


def _is_sign_of_index(term: Term) -> bool:
    return term.op in ("name", "num") or term == const("e")


def _without_commas(index: Term) -> Term:
    """Letters and digits of an index side by side, as they are without the commas between them."""
    if all(arg.op == "num" and arg.value.denominator == 1 and arg.value >= 0 for arg in index.args):
        return num(int("".join(str(arg.value) for arg in index.args)))
    if all(map(_is_sign_of_index, index.args)):
        return Term("juxt", None, index.args)
    return index


_DERIVED_BY = frozenset("xyzt")
"""Letters of an index that may be those of a mixed derivative, in any order."""


def _exponent(term: Term, interpretation: Interpretation) -> Term:
    """Letters side by side in an exponent may be a product."""
    base, exponent = term.args
    if base.op == "tuple" and exponent.op == "name" and exponent.data in TRANSPOSITIONS:
        return Term("matrix", Grid("((", 1), base.args)
    if interpretation.transposed and is_transposed(term):
        return op("^T", base)
    return power(base, mul(*exponent.args)) if exponent.op == "juxt" else term


def is_transposed(term: Term) -> bool:
    """Whether a term is a power that may be a transpose: that of a letter, or of what has a capital or bold letter."""
    if term.op != "pow" or term.args[1].op != "name" or term.args[1].data not in TRANSPOSITIONS:
        return False
    return all(part.op != "num" for part in term.args[0].walk())


def derived(term: Term, interpretation: Interpretation) -> Term:
    return (
        mul(term.args[0], inverse(term.args[1]))
        if interpretation.products and is_plain_quotient(term)
        else term
    )


def _words(term: Term, interpretation: Interpretation) -> Term:
    """A short word may be letters: ``x_{\\text{max}}`` and ``x_{max}``."""
    word = term.label
    if word in CONNECTIVES:
        return term
    if (value := _VALUES.get(word.lower())) is not None:
        return value
    if word in OPERATOR_NAMES:
        return op(OPERATOR_NAMES[word])
    if word.isdecimal():
        return num(int(word)) if len(word) < 20 else term
    if word.isalpha() and word.isascii() and len(word) < 8:
        return name(word) if len(word) == 1 and not interpretation.words else _spelt(word, interpretation)
    return term


_NUMBERS_IN_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_VALUES = {
    **{word: num(value) for value, word in enumerate(_NUMBERS_IN_WORDS)},
    "half": num(Fraction(1, 2)),
    "infinity": const("inf"),
    "none": name(r"\emptyset"),
}
"""Words for values that may also be written in signs."""


def _spelt(word: str, interpretation: Interpretation, font: str = "") -> Term:
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


def _sign(term: Term, interpretation: Interpretation) -> Term:
    label, args = term.data, term.args
    if label == "maybe^":
        value, exponent = args
        if exponent.op == "op" and exponent.data == "mark":
            return op("^" + exponent.args[0].label, value)
        if interpretation.products and interpretation.inside and value.op == "mul":
            return mul(value.args[0], power(mul(*value.args[1:]), exponent))
        return power(value, exponent)
    if label in (r"\vec", r"\overrightarrow") and args[0] == ZERO:
        return ZERO
    if label == "<|<" and len(args) > 1 and all(arg.op == "num" for arg in args):
        return Term("tuple", ("(", "("), args)
    if label == "<|<" and len(args) == 2:
        return term.with_args(tuple(sorted(args, key=repr)))  # an inner product
    if is_choices(term):
        return _choices(term, interpretation)
    if label == "index":
        return args[1]
    if label in ("'", "''") and args[0].op == "num":  # minutes or seconds of arc
        return mul(num(args[0].value / 60 ** len(str(label))), const("deg"))
    if label == MEASURES:
        return add(*args)
    if label == "apply" or label == r"\nabla\cdot":
        return _laplacian(term)
    if label == "^+" and args[0].op == "name" and args[0].label.startswith(r"\mathbb"):
        return Term("sub", None, (args[0], EMPTY))
    if label == "^*" and is_capital(args[0]):
        return op(r"^\dagger", *args)
    if label == r"\triangle" and args and args[0].op == "juxt":
        corners = sorted(args[0].args, key=repr)
        return term.with_args((Term("juxt", None, tuple(corners)), *args[1:]))
    if label == "[]" and args[0].op == "num" and args[0].value.denominator > 1:
        return term  # a number, or the whole part of it
    if label == NORM and args[0].op not in NON_EXPRESSIONS:
        return fn("abs", args[0])  # the norm of a number
    if interpretation.words and str(label).startswith("^") and len(args) == 1:
        return _of_last(term) or term  # the charge of an ion
    if label in ("[]", "digits", APART, PARAMETER):
        return args[0]
    if label == ROOTS_OF_UNITY:
        return ONE
    if label == AROUND + "(":
        return mul(*args[0].args)
    if label == "iterate" and args[1].op == "juxt":
        return op("iterate", args[0], mul(*args[1].args))
    if label == "^()" and args[1].op == "num" and args[1].data == 0:
        return args[0]
    if label == "^()" and args[1].op == "num" and args[1].data in (1, 2, 3, 4):
        return op("'" * int(args[1].value), args[0])
    if label == "juxt." and any(arg == _STOP for arg in args):  # a full stop may be the sign of a product
        factors = tuple(arg for arg in args if arg != _STOP)
        return mul(*factors) if factors else term
    if label == "juxt0" or (label in _PRODUCTS and len(args) > 1):
        return mul(*args)
    if label == r"\times" and len(args) > 1 and all(_is_letter(arg) or arg.op in _NUMBERS for arg in args):
        return mul(*args)
    if label in _SUMS and len(args) > 1:
        return add(*args)
    if label == BRACED or (label in _TRANSPARENT and len(args) == 1):
        return args[0]
    if label in DIFFERENCES and len(args) == 1:
        return mul(name(label), args[0])
    if label == ":" and len(args) > 1:
        return _ratio(args)
    return term


def _ratio(parts: Sequence[Term]) -> Term:
    """A quotient; of more than two parts the quotients by the first, as ``a:b:c`` is ``2a:2b:2c``."""
    first, *others = parts
    if len(others) == 1:
        return mul(first, inverse(others[0]))
    return op("ratios", *(mul(other, inverse(first)) for other in others))


def is_choices(term: Term) -> bool:
    """Whether a term may be a number of choices, ``C_n^k``."""
    return term.op == "op" and term.label.startswith("choices ")


def _choices(term: Term, interpretation: Interpretation) -> Term:
    letter, (of, taken) = term.label.removeprefix("choices "), term.args
    if not interpretation.choices:
        return power(Term("sub", None, (_name(name(letter), interpretation), of)), taken)
    if interpretation.choices == 2 and not of.op == taken.op == "num":
        of, taken = taken, of
    number = fn("binom", of, taken)
    return number if "C" in letter else mul(number, fn("factorial", taken))


_STOP = op(".")
_NUMBERS = frozenset(("num", "add", "mul", "pow", "fn", "app"))
"""Ops of what braces may hold that are read as brackets."""


def _is_letter(term: Term) -> bool:
    return term.op == "name" and len(term.label) == 1


def _set(term: Term, interpretation: Interpretation) -> Term:
    """Braces around a single sum or product may be brackets."""
    return (
        term.args[0]
        if len(term.args) == 1
        and const("sign") not in term.walk()
        and term.args[0].op in ("add", "mul", "pow", "fn", "app")
        else term
    )


RULES: dict[str, Callable[[Term, Interpretation], Term]] = {
    "mul": lambda term, interpretation: side_by_side(term),
    "name": _name,
    "app": _application,
    "juxt": _index,
    "pow": _exponent,
    "sub": _subscript,
    "text": _words,
    "ordered": _juxtaposed,
    "op": _sign,
    "set": _set,
}
