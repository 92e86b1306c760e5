r"""The general and the special readings of terms with ambiguous notation.

A verdict DIFFERENT requires a difference in every plausible reading. It suffices to look at the special readings, in
which most terms agree: ``f(x)`` as a product, ``e`` as Euler's number, juxtaposed letters of an index as a product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from hmer_suite.equiv.reading.operators import DIFFERENCES, OPERATOR_NAMES, ORDER_RELATIONS
from hmer_suite.equiv.reading.products import BESIDE_WORD
from hmer_suite.equiv.reading.segments import with_segments
from hmer_suite.equiv.terms import (
    BINDERS,
    MINUS_ONE,
    ONE,
    Derivation,
    Term,
    add,
    binds,
    const,
    fn,
    inverse,
    mul,
    name,
    num,
    op,
    power,
    rewrite,
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
        choices: ``C_7^3``, ``A_7^3`` and ``P_7^3`` are numbers of choices or arrangements.
        words: letters of a word in ``\text`` or an upright font are a product.
        opposite: the upper sign of ``\pm`` on one side is the lower one on the other.
    """

    products: bool = False
    imaginary: bool = False
    inside: bool = False
    opposite: bool = False
    choices: bool = False
    words: bool = False


def interpretations(left: Term, right: Term) -> Iterator[Interpretation]:
    """The interpretations that can matter for a pair."""
    parts = [*left.walk(), *right.walk()]
    products = (False, True) if any(map(_may_be_product, parts)) else (False,)
    imaginary = (
        (False, True) if any(_is_unit(part) for part in parts) and not _counts(left, right) else (False,)
    )
    opposite = (False, True) if const("sign") in parts else (False,)
    inside = (False, True) if any(part.op == "op" and part.data == "maybe^" for part in parts) else (False,)
    choices = (False, True) if any(part.op == "op" and part.data == "choices" for part in parts) else (False,)
    words = (False, True) if _has_word(left) != _has_word(right) else (False,)
    for choice in product(products, imaginary, inside, opposite, choices, words):
        yield Interpretation(*choice)


def special_readings(left: Term, right: Term) -> Iterator[tuple[Term, Term]]:
    """The pair in every special reading."""
    depending = _depending(left, right)
    left, right = _without_primes(*_applied(left, right))
    for interpretation in interpretations(left, right):
        change = _change(interpretation, depending)
        other = rewrite(right, change)
        if interpretation.opposite:
            other = rewrite(other, lambda term: mul(MINUS_ONE, term) if term == const("sign") else term)
        yield rewrite(left, change), other


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
    """The pair with ``f'`` and ``\\dot f`` as unknown derivatives, and not names, if there is a ``\\frac{df}{dx}``."""
    if not any(part.op in ("deriv", "lim") for part in (*left.walk(), *right.walk())):
        return left, right

    def change(term: Term) -> Term:
        primed = term.op == "op" and str(term.data).startswith(("'", r"\dot", r"\ddot"))
        return Term("op", "derived", term.args) if primed else term

    return rewrite(left, change), rewrite(right, change)


def _may_be_product(term: Term) -> bool:
    return (term.op == "app" and term.data == "maybe") or _is_plain_quotient(term)


def _has_word(term: Term) -> bool:
    return any(
        part.op == "text" or (part.op == "name" and part.label.startswith((r"\mathrm", r"\mathit")))
        for part in term.walk()
    )


def _is_plain_quotient(term: Term) -> bool:
    """``\\frac{dy}{dx}``, in which the d may cancel."""
    if term.op != "deriv" or term.derivation.sign != "d":
        return False
    what, _, order = term.args
    return order == ONE and what.op in ("name", "sub")


def _is_unit(term: Term) -> bool:
    return term.op == "name" and term.data in ("i", "j")


def _counts(left: Term, right: Term) -> bool:
    """Whether i or j count something in a sum, product or index, and so are not the imaginary unit."""
    return any(
        (
            part.op == "chain"
            and not ORDER_RELATIONS.isdisjoint(part.relations)
            and any(map(_is_unit, part.walk()))
        )
        or (binds(part) and _is_unit(part.args[1]))
        or (part.op == "sub" and any(map(_is_unit, part.args[1].walk())))
        for side in (left, right)
        for part in side.walk()
    )


def _change(interpretation: Interpretation, depending: tuple[str, ...]) -> Callable[[Term], Term]:
    def change(term: Term) -> Term:
        if term.op == "deriv":
            return _derived(_with_dependents(term, depending), interpretation)
        rule = _RULES.get(term.op)
        return term if rule is None else rule(term, interpretation)

    return change


def _name(term: Term, interpretation: Interpretation) -> Term:
    spelling = term.label
    if spelling.isdecimal() and len(spelling) < 20:
        return num(int(spelling))
    if spelling == "e":
        return const("e")
    word = spelling.removeprefix(r"\mathrm{").removeprefix(r"\mathit{").removesuffix("}")
    if len(word) > 1 and word != spelling and word.isalpha() and word.isascii():
        return _spelt(word, interpretation)
    return const("i") if interpretation.imaginary and _is_unit(term) else term


def _application(term: Term, interpretation: Interpretation) -> Term:
    if term.data != "maybe":
        return term
    head, *args = term.args
    if interpretation.products:
        return mul(_as_factor(head), *args)
    if head.op == "op" and head.data == "iterate" and _is_positive(head.args[1]):
        return power(Term("app", "sure", (head.args[0], *args)), head.args[1])
    return Term("app", "sure", term.args)


def general_reading(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair in the general reading, without marks; e is Euler's number if it has an exponent with letters."""
    euler = any(map(_is_exponential, (*left.walk(), *right.walk())))

    depending = tuple(sorted({*_depending(left, right), *_OFTEN_DEPENDING}))

    def change(term: Term) -> Term:
        if term.op == "deriv":
            return _with_dependents(term, depending)
        return const("e") if euler and term == _E else _general(term)

    return with_segments(rewrite(left, change), rewrite(right, change))


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
    return term.op == "pow" and term.args[0] == _E and term.args[1].op != "num"


def _general(term: Term) -> Term:
    if term.op == "app" and term.data == "maybe":
        return Term("app", "sure", term.args)
    if term.op == "op" and term.data == "maybe^":
        value, exponent = term.args
        marked = exponent.op == "op" and exponent.data == "mark"
        return op("^" + exponent.args[0].label, value) if marked else power(value, exponent)
    return term


def _as_factor(head: Term) -> Term:
    return power(*head.args) if head.op == "op" and head.data == "iterate" else head


def _is_positive(term: Term) -> bool:
    return term.op == "num" and term.value > 0


def _juxtaposed(term: Term, interpretation: Interpretation) -> Term:
    return term if any(arg.op in ("text", "empty") for arg in term.args) else mul(*term.args)


def _index(term: Term, interpretation: Interpretation) -> Term:
    """Letters side by side in an index are names in a fixed order; anything else may be a product."""
    beside_word = term.data == BESIDE_WORD
    if not beside_word and all(arg.op in ("name", "num") for arg in term.args):
        return term
    return _juxtaposed(term, interpretation)


def _exponent(term: Term, interpretation: Interpretation) -> Term:
    """Letters side by side in an exponent may be a product."""
    base, exponent = term.args
    return power(base, mul(*exponent.args)) if exponent.op == "juxt" else term


def _derived(term: Term, interpretation: Interpretation) -> Term:
    return (
        mul(term.args[0], inverse(term.args[1]))
        if interpretation.products and _is_plain_quotient(term)
        else term
    )


_CONNECTIVES = frozenset(("and", "or", "if", "when", "for", "otherwise"))
"""Words between statements, which nobody writes for a product."""


def _words(term: Term, interpretation: Interpretation) -> Term:
    """A short word may be letters: ``x_{\\text{max}}`` and ``x_{max}``."""
    word = term.label
    if word in _CONNECTIVES:
        return term
    if word in OPERATOR_NAMES:
        return op(OPERATOR_NAMES[word])
    if word.isdecimal():
        return num(int(word)) if len(word) < 20 else term
    if word.isalpha() and word.isascii() and len(word) < 8:
        return name(word) if len(word) == 1 and not interpretation.words else _spelt(word, interpretation)
    return term


def _spelt(word: str, interpretation: Interpretation) -> Term:
    """The letters of a word: signs in a fixed order, or a product."""
    if interpretation.words:
        return mul(*(const("e") if letter == "e" else name(letter) for letter in word))
    return Term("juxt", None, tuple(map(name, word)))


def _sign(term: Term, interpretation: Interpretation) -> Term:
    label, args = term.data, term.args
    if label == "maybe^":
        value, exponent = args
        if exponent.op == "op" and exponent.data == "mark":
            return op("^" + exponent.args[0].label, value)
        if interpretation.products and interpretation.inside and value.op == "mul":
            return mul(value.args[0], power(mul(*value.args[1:]), exponent))
        return power(value, exponent)
    if label == "choices" and interpretation.choices:
        number = fn("binom", args[1], args[2])
        return number if args[0].data == "C" else mul(number, fn("factorial", args[2]))
    if label == "choices":
        return power(Term("sub", None, (args[0], args[1])), args[2])
    if label == "index":
        return args[1]
    if label in ("[]", "digits"):
        return args[0]
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
    if label in _TRANSPARENT and len(args) == 1:
        return args[0]
    if label in DIFFERENCES and len(args) == 1:
        return mul(name(label), args[0])
    if label == ":" and len(args) == 2:
        return mul(args[0], inverse(args[1]))
    return term


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


def _minutes(term: Term, interpretation: Interpretation) -> Term:
    """Degrees and minutes side by side are a sum."""
    if len(term.args) != 2 or term.args[1].op != "op" or term.args[1].data != "'":
        return term
    degrees, (minutes,) = term.args[0], term.args[1].args
    if minutes.op != "num" or const("deg") not in degrees.args:
        return term
    return add(degrees, mul(num(minutes.value / 60), const("deg")))


_RULES: dict[str, Callable[[Term, Interpretation], Term]] = {
    "mul": _minutes,
    "name": _name,
    "app": _application,
    "juxt": _index,
    "pow": _exponent,
    "text": _words,
    "ordered": _juxtaposed,
    "op": _sign,
    "set": _set,
}
