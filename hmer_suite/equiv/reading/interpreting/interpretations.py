r"""The general and the special readings of terms with ambiguous notation.

A verdict DIFFERENT requires a difference in every plausible reading. It suffices to look at the special readings, in
which most terms agree: ``f(x)`` as a product, ``e`` as Euler's number, juxtaposed letters of an index as a product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from hmer_suite.equiv.reading.factors.orders import with_orders_below
from hmer_suite.equiv.reading.factors.superscripts import with_marks
from hmer_suite.equiv.reading.interpreting.columns import with_columns
from hmer_suite.equiv.reading.interpreting.complex_numbers import with_complex_functions
from hmer_suite.equiv.reading.interpreting.definitions import defined_alike
from hmer_suite.equiv.reading.interpreting.dependence import perhaps_depending
from hmer_suite.equiv.reading.interpreting.evaluation import with_value
from hmer_suite.equiv.reading.interpreting.interpretation import Interpretation
from hmer_suite.equiv.reading.interpreting.left_out import may_be_left_out, without_words
from hmer_suite.equiv.reading.interpreting.letter_forms import with_letters_apart, with_one_form
from hmer_suite.equiv.reading.interpreting.not_numbers import with_objects_apart
from hmer_suite.equiv.reading.interpreting.order_of_factors import with_order_kept
from hmer_suite.equiv.reading.interpreting.plus_minus import is_spread, with_one_sign
from hmer_suite.equiv.reading.interpreting.special_rules import (
    RULES,
    derived,
    is_plain_quotient,
    is_transposed,
)
from hmer_suite.equiv.reading.interpreting.special_signs import is_choices
from hmer_suite.equiv.reading.interpreting.special_words import font_and_word, is_unit
from hmer_suite.equiv.reading.notations.coordinates import with_vectors
from hmer_suite.equiv.reading.notations.derivatives import with_derivatives_alike
from hmer_suite.equiv.reading.notations.matrices import with_unit_matrices
from hmer_suite.equiv.reading.notations.segments import with_segments
from hmer_suite.equiv.reading.notations.written_alike import written_alike
from hmer_suite.equiv.reading.operators import ORDER_RELATIONS
from hmer_suite.equiv.reading.statements.congruences import with_modulus
from hmer_suite.equiv.terms import (
    BINDERS,
    MINUS_ONE,
    Derivation,
    Term,
    binds,
    const,
    mul,
    name,
    op,
    power,
    rewrite,
)


def interpretations(left: Term, right: Term) -> Iterator[Interpretation]:
    """The interpretations that can matter for a pair."""
    parts = [*left.walk(), *right.walk()]
    products = (False, True) if any(map(_may_be_product, parts)) else (False,)
    imaginary = (
        (False, True) if any(is_unit(part) for part in parts) and not _counts(left, right) else (False,)
    )
    opposite = (False, True) if const("sign") in parts else (False,)
    inside = (False, True) if any(part.op == "op" and part.data == "maybe^" for part in parts) else (False,)
    choices = (0, 1, 2) if any(map(is_choices, parts)) else (0,)
    transposed = (False, True) if any(map(is_transposed, parts)) else (False,)
    words = (False, True) if _words(left) != _words(right) else (False,)
    independent = (False, True) if any(map(is_spread, parts)) else (False,)
    for choice in product(products, imaginary, inside, opposite, choices, words, transposed, independent):
        yield Interpretation(*choice)


def special_readings(left: Term, right: Term) -> Iterator[tuple[Term, Term]]:
    """The pair in every special reading."""
    depending = _depending(left, right)
    bare = (without_words(left), without_words(right)) if may_be_left_out(left, right) else None
    left, right = with_one_form(with_letters_apart(left), with_letters_apart(right))
    left, right = with_derivatives_alike(*_applied(*defined_alike(left, right)))
    left, right = written_alike(*_without_primes(left, right))
    for interpretation in interpretations(left, right):
        change = _change(interpretation, depending)
        other = rewrite(right, change)
        if interpretation.opposite:
            other = rewrite(other, lambda term: mul(MINUS_ONE, term) if term == const("sign") else term)
        yield rewrite(left, change), other
    for pair in (with_unit_matrices(left, right), with_vectors(left, right)):
        if pair is not None:
            change = _change(Interpretation(), depending)
            yield rewrite(pair[0], change), rewrite(pair[1], change)
    if bare is not None:
        change = _change(Interpretation(), depending)
        ours, theirs = written_alike(*_without_primes(*with_derivatives_alike(*_applied(*bare))))
        yield rewrite(ours, change), rewrite(theirs, change)


def _applied(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with letters as functions if the variable of an operator is their argument: ``\\int f(t) dt``."""
    running = {
        part.args[1]
        for part in (*left.walk(), *right.walk())
        if part.op in (*BINDERS, "deriv") and part.args[1].op == "name"
    }
    bare = _bare_letters(left) | _bare_letters(right)
    if not running:
        return left, right

    def change(term: Term) -> Term:
        if term.op != "app" or term.data != "maybe" or term.args[0] in bare:
            return term
        if not running.isdisjoint(term.args[1].walk()):
            return Term("app", "sure", term.args)
        return term

    return rewrite(left, change), rewrite(right, change)


def _bare_letters(term: Term) -> set[Term]:
    """Letters that occur somewhere without an argument."""
    if term.op == "name":
        return {term}
    args = term.args[1:] if term.op == "app" and term.args[0].op == "name" else term.args
    return {letter for arg in args for letter in _bare_letters(arg)}


def _without_primes(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with ``f'`` and ``\\dot f`` as unknown derivatives, and not names, if it has others or a limit of f."""
    parts = [*left.walk(), *right.walk()]
    is_derived = any(part.op == "deriv" for part in parts)
    in_limits = {letter for part in parts if part.op == "lim" for letter in part.args[0].walk()}

    def change(term: Term) -> Term:
        primed = term.op == "op" and str(term.data).startswith(("'", r"\dot", r"\ddot"))
        derived = primed and (is_derived or term.args[0] in in_limits)
        return Term("op", "derived", term.args) if derived else term

    return rewrite(left, change), rewrite(right, change)


def _may_be_product(term: Term) -> bool:
    return (term.op == "app" and term.data == "maybe") or is_plain_quotient(term)


def _words(term: Term) -> tuple[bool, bool]:
    """Whether a term has words, the letters of which may be a product, and single upright letters, perhaps units."""
    word = upright = False
    for part in term.walk():
        if part.op == "text":
            word = True
        elif part.op == "name" and part.label[-1:] == "}":
            font, letters = font_and_word(part.label)
            word = word or len(letters) > 1
            upright = upright or (font == r"\mathrm" and len(letters) == 1)
    return word, upright


def _counts(left: Term, right: Term) -> bool:
    """Whether i or j count something in a sum, product or index, and so are not the imaginary unit."""
    return any(
        (
            part.op == "chain"
            and not ORDER_RELATIONS.isdisjoint(part.relations)
            and any(map(is_unit, part.walk()))
        )
        or (binds(part) and is_unit(part.args[1]))
        or (part.op == "sub" and any(map(is_unit, part.args[1].walk())))
        for side in (left, right)
        for part in side.walk()
    )


def _change(interpretation: Interpretation, depending: tuple[str, ...]) -> Callable[[Term], Term]:
    def change(term: Term) -> Term:
        term = with_orders_below(term, depending)
        if term.op == "deriv":
            return derived(_with_dependents(term, depending), interpretation)
        if interpretation.independent and is_spread(term):
            return with_one_sign(term)
        rule = RULES.get(term.op)
        return with_value(term if rule is None else rule(term, interpretation))

    return change


def general_reading(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair in the general reading, without marks; e is Euler's number if it has an exponent with letters."""
    left, right = with_columns(left, right)
    euler = any(map(_is_exponential, (*left.walk(), *right.walk())))
    left, right = with_marks(left, right), with_marks(right, left)
    left, right = with_objects_apart(*with_order_kept(left, right))
    depending = tuple(sorted({*_depending(left, right), *_OFTEN_DEPENDING, *perhaps_depending(left, right)}))

    def change(term: Term) -> Term:
        if term.op == "deriv":
            return _with_dependents(term, depending)
        return const("e") if euler and term == _E else with_value(_general(term))

    read = with_complex_functions(rewrite(left, change), rewrite(right, change), _counts(left, right))
    return with_segments(*read)


def _depending(left: Term, right: Term) -> tuple[str, ...]:
    """Letters that are differentiated somewhere, as in ``\\frac{dy}{dx}``: these alone depend on others."""
    found: set[str] = set()
    for part in (*left.walk(), *right.walk()):
        if part.op == "deriv" and part.args[0].op in ("name", "sub", "app"):
            head = part.args[0]
            while head.op in ("sub", "app"):
                head = head.args[0]
            found.add(head.label if head.op == "name" else "")
    return tuple(sorted(found))


_OFTEN_DEPENDING = ("f", "g", "h", "u", "v", "y")
"""Letters that by custom are functions of the variable: constants only in the special reading."""


def _with_dependents(term: Term, depending: tuple[str, ...]) -> Term:
    return Term("deriv", Derivation(term.data, depending), term.args) if isinstance(term.data, str) else term


_E = name("e")


def _is_exponential(term: Term) -> bool:
    """Whether a term makes e Euler's number: e with an exponent that is no number, a logarithm of e and numbers."""
    if term.op == "fn" and term.data == "ln":
        return {part for part in term.args[0].walk() if part.op == "name"} == {_E}
    return term.op == "pow" and term.args[0] == _E and term.args[1].op != "num"


def _general(term: Term) -> Term:
    if term.op == "chain":
        return with_modulus(term)
    if term.op == "app" and term.data == "maybe":
        return Term("app", "sure", term.args)
    if term.op == "op" and term.data == "maybe^":
        value, exponent = term.args
        marked = exponent.op == "op" and exponent.data == "mark"
        return op("^" + exponent.args[0].label, value) if marked else power(value, exponent)
    return term
