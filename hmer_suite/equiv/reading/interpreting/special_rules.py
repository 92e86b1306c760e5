r"""Rules of the special readings: the terms that ambiguous notation may stand for, one rule for each kind of term."""

from __future__ import annotations

from collections.abc import Callable

from hmer_suite.equiv.reading.factors.events import is_of_events, with_complements
from hmer_suite.equiv.reading.factors.products import BESIDE_WORD, TRANSPOSITIONS, is_capital
from hmer_suite.equiv.reading.interpreting.evaluation import with_value
from hmer_suite.equiv.reading.interpreting.interpretation import Interpretation
from hmer_suite.equiv.reading.interpreting.script_rules import (
    is_primed,
    separated_by_slash,
    side_by_side,
    without_font,
)
from hmer_suite.equiv.reading.interpreting.special_signs import FIELDS, NABLA, laplacian, of_last, of_sign
from hmer_suite.equiv.reading.interpreting.special_words import of_name, of_text
from hmer_suite.equiv.reading.notations.matrices import determinant_of, of_columns, transposed
from hmer_suite.equiv.terms import (
    ONE,
    Grid,
    Term,
    const,
    inverse,
    mul,
    num,
    op,
    power,
)


def _application(term: Term, interpretation: Interpretation) -> Term:
    head = term.args[0]
    if head.op == "name" and head.label.startswith(r"\operatorname{") and len(term.args) == 2:
        word = head.label[14:-1]
        if word in FIELDS:
            return laplacian(op(FIELDS[word], term.args[1]))
        if word == "grad":
            return op("apply", NABLA, term.args[1])
    if head.op == "pow" and head.args[0].op == "name" and _is_positive(head.args[1]):
        return power(term.with_args((head.args[0], *term.args[1:])), head.args[1])
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


def _juxtaposed(term: Term, interpretation: Interpretation) -> Term:
    if interpretation.transposed and (number := of_columns(term.args)) is not None:
        return number
    return term if any(arg.op in ("text", "empty") for arg in term.args) else mul(*term.args)


def _index(term: Term, interpretation: Interpretation) -> Term:
    """Letters side by side in an index are names in a fixed order; anything else may be a product."""
    beside_word = term.data == BESIDE_WORD
    if not beside_word and all(map(_is_sign_of_index, term.args)):
        return term
    return _juxtaposed(term, interpretation)


def _subscript(term: Term, interpretation: Interpretation) -> Term:
    if interpretation.words and (found := of_last(term)) is not None:
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
        return transposed(base)
    return power(base, mul(*exponent.args)) if exponent.op == "juxt" else term


def is_transposed(term: Term) -> bool:
    """Whether a term is a power that may be a transpose: that of letters, or of numbers and a capital letter."""
    if term.op != "pow" or term.args[1].op != "name" or term.args[1].data not in TRANSPOSITIONS:
        return False
    base = term.args[0]
    while base.op == "sub":
        base = base.args[0]  # a number in an index is none of the base
    return any(map(is_capital, base.walk())) or all(part.op != "num" for part in base.walk())


def derived(term: Term, interpretation: Interpretation) -> Term:
    return (
        mul(term.args[0], inverse(term.args[1]))
        if interpretation.products and is_plain_quotient(term)
        else term
    )


def _set(term: Term, interpretation: Interpretation) -> Term:
    """Braces around a single sum or product may be brackets."""
    return (
        term.args[0]
        if len(term.args) == 1
        and const("sign") not in term.walk()
        and term.args[0].op in ("add", "mul", "pow", "fn", "app")
        else term
    )


def _function(term: Term, interpretation: Interpretation) -> Term:
    return determinant_of(term) if interpretation.transposed else term


RULES: dict[str, Callable[[Term, Interpretation], Term]] = {
    "mul": lambda term, interpretation: side_by_side(term),
    "name": of_name,
    "app": _application,
    "fn": _function,
    "juxt": _index,
    "pow": _exponent,
    "sub": _subscript,
    "text": of_text,
    "ordered": _juxtaposed,
    "op": of_sign,
    "set": _set,
}
