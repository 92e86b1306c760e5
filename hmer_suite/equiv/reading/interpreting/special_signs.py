r"""What signs may stand for in a special reading: products, sums, marks, choices, brackets that say nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hmer_suite.equiv.reading.factors.arguments import PARAMETER
from hmer_suite.equiv.reading.factors.brackets import NORM
from hmer_suite.equiv.reading.factors.commands import BRACED, ROOTS_OF_UNITY
from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.factors.superscripts import APART, AROUND
from hmer_suite.equiv.reading.factors.words import MEASURES
from hmer_suite.equiv.reading.interpreting.interpretation import Interpretation
from hmer_suite.equiv.reading.interpreting.special_words import of_name
from hmer_suite.equiv.reading.operators import DIFFERENCES
from hmer_suite.equiv.terms import (
    EMPTY,
    NON_EXPRESSIONS,
    ONE,
    ZERO,
    Term,
    add,
    const,
    fn,
    inverse,
    is_fixed,
    mul,
    name,
    num,
    op,
    power,
)


def of_sign(term: Term, interpretation: Interpretation) -> Term:
    """What a sign of which nothing is known otherwise may stand for."""
    found = (rule(term, interpretation) for rule in _RULES)
    return next((meant for meant in found if meant is not None), term)


def _with_exponent(term: Term, interpretation: Interpretation) -> Term | None:
    """An exponent after a bracket that may be an argument."""
    if term.data != "maybe^":
        return None
    value, exponent = term.args
    if exponent.op == "op" and exponent.data == "mark":
        return op("^" + exponent.args[0].label, value)
    if interpretation.products and interpretation.inside and value.op == "mul":
        return mul(value.args[0], power(mul(*value.args[1:]), exponent))
    return power(value, exponent)


def _of_vectors(term: Term, interpretation: Interpretation) -> Term | None:
    """A zero with an arrow, and what stands in angle brackets."""
    label, args = term.data, term.args
    if label in (r"\vec", r"\overrightarrow") and args[0] == ZERO:
        return ZERO
    if label == "<|<" and len(args) > 1 and all(arg.op == "num" for arg in args):
        return Term("tuple", ("(", "("), args)
    if label == "<|<" and len(args) == 2:
        return term.with_args(tuple(sorted(args, key=repr)))  # an inner product
    if label == "apply" or label == r"\nabla\cdot":
        return laplacian(term)
    if label == NORM and args[0].op not in NON_EXPRESSIONS:
        return fn("abs", args[0])  # the norm of a number
    return None


def _number_of_choices(term: Term, interpretation: Interpretation) -> Term | None:
    return _choices(term, interpretation) if is_choices(term) else None


def _of_measures(term: Term, interpretation: Interpretation) -> Term | None:
    """Minutes and seconds of arc, and measures side by side."""
    if term.data in ("'", "''") and term.args[0].op == "num":
        return mul(num(term.args[0].value / 60 ** len(term.label)), const("deg"))
    return add(*term.args) if term.data == MEASURES else None


def _of_marks(term: Term, interpretation: Interpretation) -> Term | None:
    """Signs and orders in a superscript."""
    label, args = term.data, term.args
    if label == "^+" and args[0].op == "name" and args[0].label.startswith(r"\mathbb"):
        return Term("sub", None, (args[0], EMPTY))
    if label == "^*" and is_capital(args[0]):
        return op(r"^\dagger", *args)
    if interpretation.words and term.label.startswith("^") and len(args) == 1:
        return of_last(term) or term  # the charge of an ion
    if label == "iterate" and args[1].op == "juxt":
        return op("iterate", args[0], mul(*args[1].args))
    if label == "^()" and args[1].op == "num" and args[1].data == 0:
        return args[0]
    if label == "^()" and args[1].op == "num" and args[1].data in (1, 2, 3, 4):
        return op("'" * int(args[1].value), args[0])
    return None


def _of_brackets(term: Term, interpretation: Interpretation) -> Term | None:
    """What may stand without its brackets or its mark."""
    label, args = term.data, term.args
    if label == "index":
        return args[1]
    if label == r"\triangle" and args and args[0].op == "juxt":
        corners = sorted(args[0].args, key=repr)
        return term.with_args((Term("juxt", None, tuple(corners)), *args[1:]))
    if label == "[]" and is_fixed(args[0]) and _has_parts(args[0]):
        return term  # a number, or the whole part of it
    if label in ("[]", "digits", APART, PARAMETER):
        return args[0]
    if label == ROOTS_OF_UNITY:
        return ONE
    if label == AROUND + "(":
        return mul(*args[0].args)
    if label == BRACED or (label in _TRANSPARENT and len(args) == 1):
        return args[0]
    return None


def _of_operations(term: Term, interpretation: Interpretation) -> Term | None:
    """Signs that may be products, sums, differences or quotients."""
    label, args = term.data, term.args
    if label == "juxt." and any(arg == _STOP for arg in args):  # a full stop may be the sign of a product
        factors = tuple(arg for arg in args if arg != _STOP)
        return mul(*factors) if factors else term
    if label == "juxt0" or (label in _PRODUCTS and len(args) > 1):
        return mul(*args)
    if label == r"\times" and len(args) > 1 and all(_is_letter(arg) or arg.op in _NUMBERS for arg in args):
        return mul(*args)
    if label in _SUMS and len(args) > 1:
        return add(*args)
    if label in DIFFERENCES and len(args) == 1:
        return mul(name(label), args[0])
    return _ratio(args) if label == ":" and len(args) > 1 else None


_PRODUCTS = frozenset(
    (r"\otimes", r"\odot", "*", r"\star", r"\circ", r"\bullet", r"\cdot", r"\circledast", ".")
)
_SUMS = frozenset((r"\oplus", r"\uplus", r"\boxplus", r"\dotplus"))
_TRANSPARENT = frozenset((r"\boxed", r"\fbox", r"\underline", r"\bigcirc"))

NABLA = name(r"\nabla")
FIELDS = {"div": r"\nabla\cdot", "curl": r"\nabla\times", "rot": r"\nabla\times"}


def laplacian(term: Term) -> Term:
    r"""``\nabla^2u`` and ``\nabla\cdot\nabla u`` as ``\Delta u``."""
    operator, operand = (term.args[0], term.args[1]) if term.data == "apply" else (NABLA, term.args[0])
    if term.data == "apply" and operator == power(NABLA, num(2)):
        return mul(name(r"\Delta"), operand)
    if term.data != "apply" and operand.op == "op" and operand.data == "apply" and operand.args[0] == NABLA:
        return mul(name(r"\Delta"), operand.args[1])
    return term


def of_last(term: Term) -> Term | None:
    """A script on the letters of a word as one on the last of them: ``CO_2``; None for all else."""
    word = term.args[0]
    if word.op not in ("mul", "juxt") or not all(letter.op in ("name", "sub") for letter in word.args):
        return None
    *letters, last = word.args
    return mul(*letters, term.with_args((last, *term.args[1:])))


def _has_parts(number: Term) -> bool:
    """Whether a number need not be whole, as it is computed from more than whole numbers."""
    return any(
        part.op not in ("num", "add", "mul") or (part.op == "num" and part.value.denominator > 1)
        for part in number.walk()
    )


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
        return power(Term("sub", None, (of_name(name(letter), interpretation), of)), taken)
    both_known = of.op == taken.op == "num"
    if interpretation.choices == 2 and not (both_known and of.value >= taken.value):
        of, taken = taken, of
    number = fn("binom", of, taken)
    return number if "C" in letter else mul(number, fn("factorial", taken))


_STOP = op(".")
_NUMBERS = frozenset(("num", "add", "mul", "pow", "fn", "app"))
"""Ops of what braces may hold that are read as brackets."""


def _is_letter(term: Term) -> bool:
    return term.op == "name" and len(term.label) == 1


_RULES: tuple[Callable[[Term, Interpretation], Term | None], ...] = (
    _with_exponent,
    _of_vectors,
    _number_of_choices,
    _of_measures,
    _of_marks,
    _of_brackets,
    _of_operations,
)
