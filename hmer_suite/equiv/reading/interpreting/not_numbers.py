r"""What is written like sums, products and sets, but not computed so: ``\mathbb Z+\mathbb Z``, ``\{q,p\}=1``.

In the general reading such terms are signs of which nothing is known; the special readings compute with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.terms import MINUS_ONE, Term, const, mul, name, op, rewrite

Change = Callable[[Term], Term]


def with_objects_apart(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with what may not be computed as numbers as signs of which nothing is known."""
    parts = [*left.walk(), *right.walk()]
    for find in (
        _sets_of_numbers,
        _sumsets,
        _quotients,
        _brackets,
        _asymmetric,
        _determinants,
        _crosses,
        _counts,
    ):
        change = find(parts)
        if change is not None:
            left, right = rewrite(left, change), rewrite(right, change)
    return left, right


# --- sets and groups -----------------------------------------------------------------------------------------------


def _sets_of_numbers(parts: list[Term]) -> Change | None:
    r"""Sums and products of sets of numbers: ``2\mathbb Z+3\mathbb Z``."""
    return _combined if any(map(_is_set_of_numbers, parts)) else None


def _combined(term: Term) -> Term:
    if term.op not in ("add", "mul") or not any(map(_is_set_of_numbers, term.args)):
        return term
    if term.op == "add":
        return _sum_of_sets(term)
    sets = [arg for arg in term.args if _is_set_of_numbers(arg)]
    numbers = [arg for arg in term.args if not _is_set_of_numbers(arg)]
    if not numbers and len(set(sets)) == 1:
        return term  # R x R
    return op(_PRODUCT_OF_SETS, *([mul(*numbers)] if numbers else []), *sets)


def _sum_of_sets(term: Term) -> Term:
    return op(_SUM_OF_SETS, *sorted(term.args, key=repr))


_SUM_OF_SETS, _PRODUCT_OF_SETS = "sum of sets", "product of sets"
_NUMBER_SETS = frozenset(rf"\mathbb{{{letter}}}" for letter in "NZQRCFKH")


def _is_set_of_numbers(term: Term) -> bool:
    if term.op in ("pow", "sub"):
        return _is_set_of_numbers(term.args[0])
    return (term.op == "name" and term.data in _NUMBER_SETS) or (
        term.op == "op" and term.data in (_SUM_OF_SETS, _PRODUCT_OF_SETS)
    )


def _sumsets(parts: list[Term]) -> Change | None:
    r"""Sums with a capital twice, as sides beside sets or in bars: ``A+A=\{a+b:a,b\in A\}``, ``|A+A|``."""
    beside = [
        arg for part in parts if part.op == "chain" and any(map(_is_set, part.args)) for arg in part.args
    ]
    barred = [part.args[0] for part in parts if part.op == "fn" and part.data == "abs"]
    found = {term for term in (*beside, *barred) if term.op == "add" and _repeats_capital(term.args)}
    return (lambda term: _sum_of_sets(term) if term in found else term) if found else None


def _is_set(term: Term) -> bool:
    return term.op == "set" or term == name(r"\emptyset")


def _repeats_capital(summands: tuple[Term, ...]) -> bool:
    bare = [arg.args[1] if arg.op == "mul" and arg.args[0] == MINUS_ONE else arg for arg in summands]
    return max(Counter(filter(is_capital, bare)).values(), default=0) > 1


def _quotients(parts: list[Term]) -> Change | None:
    r"""Products with a capital twice, as sides of an isomorphism: ``HN/N\cong H/(H\cap N)``."""
    sides = [arg for part in parts if part.op == "chain" and r"\cong" in part.relations for arg in part.args]
    found = {
        part
        for side in sides
        if max(Counter(filter(is_capital, side.walk())).values(), default=0) > 1
        for part in side.walk()
        if part.op == "mul" and any(_divides(factor) for factor in part.args)
    }
    return (lambda term: op("quotient", *term.args) if term in found else term) if found else None


def _divides(factor: Term) -> bool:
    return factor.op == "pow" and factor.args[1] == MINUS_ONE


# --- brackets and bars ---------------------------------------------------------------------------------------------


def _brackets(parts: list[Term]) -> Change | None:
    r"""Braces around two expressions as brackets of which nothing is known, if they have a value: ``\{q,p\}=1``."""
    if not any(_has_bracket(part) for part in parts):
        return None
    return lambda term: op("bracket", *term.args) if _may_be_bracket(term) else term


def _has_bracket(term: Term) -> bool:
    if term.op == "chain" and "=" in term.relations:
        return any(map(_may_be_bracket, term.args)) and any(map(_is_value, term.args))
    if term.op == "add":
        return any(map(_may_be_bracket, term.args)) and not all(
            _is_set(arg) or is_capital(arg) for arg in term.args
        )
    if term.op == "sub":
        return _may_be_bracket(term.args[0]) and term.args[1].op in ("juxt", "text")
    return _may_be_bracket(term) and any(map(_may_be_bracket, term.args)) and len(set(_letters(term))) == 3


def _may_be_bracket(term: Term) -> bool:
    return term.op == "set" and len(term.args) == 2 and all(arg.op in _OPERANDS for arg in term.args)


_OPERANDS = frozenset(("name", "sub", "mul", "add", "pow", "set", "op", "app", "fn"))
"""Ops of what may be in a bracket: no numbers."""


def _is_value(term: Term) -> bool:
    if term.op == "sub":
        return term.args[0] == name(r"\delta")
    if term.op == "op":
        return term.data in (r"\dot", r"\ddot")
    if term.op in ("add", "mul"):
        return not all(map(is_capital, term.args))
    return term.op in ("num", "deriv")


def _letters(term: Term) -> Iterator[Term]:
    return (part for part in term.walk() if part.op == "name")


def _asymmetric(parts: list[Term]) -> Change | None:
    r"""Double bars as a sign with an order, in arguments and beside powers: ``D(P\|Q)``, ``p^k\|n``."""
    found = {arg for part in parts if part.op == "app" for arg in part.args if _is_barred(arg)}
    found |= {
        part for part in parts if _is_barred(part) and any(arg.op in ("pow", "num") for arg in part.args)
    }
    return (lambda term: Term("chain", (r"\Vert",), term.args) if term in found else term) if found else None


def _is_barred(term: Term) -> bool:
    return term.op == "chain" and term.data == (r"\parallel",)


def _determinants(parts: list[Term]) -> Change | None:
    """Bars around a number times a capital, perhaps inverse, which may be a determinant: ``|2A|``."""
    return _bars if any(_bars(part) is not part for part in parts) else None


def _bars(term: Term) -> Term:
    product = term.args[0] if term.op == "fn" and term.data == "abs" else term
    if product is term or product.op != "mul" or len(product.args) != 2:
        return term
    number, matrix = product.args
    matrix = matrix.args[0] if _divides(matrix) else matrix
    if number.op != "num" or number == MINUS_ONE or not is_capital(matrix) or matrix in _VARIABLES:
        return term
    return op("bars", product)


_VARIABLES = frozenset(map(name, "XYZ"))
"""Capitals that by custom are numbers."""


# --- other things than products ------------------------------------------------------------------------------------


def _crosses(parts: list[Term]) -> Change | None:
    r"""Crosses of genotypes: ``Aa\times aa``."""
    found = {part for part in parts if _is_cross(part)}
    return (lambda term: _as_cross(term) if term in found else term) if found else None


def _is_cross(term: Term) -> bool:
    if term.op != "mul" or len(term.args) != 2 or not all(map(_is_genotype, term.args)):
        return False
    spelt = "".join(letter.label for letter in _letters(term))
    return spelt.lower() != spelt != spelt.upper()


def _is_genotype(term: Term) -> bool:
    """Whether a product is of pairs of the same letter, capital or small: ``AaBb``."""
    if term.op != "mul" or not all(arg.op == "name" and len(arg.label) == 1 for arg in term.args):
        return False
    spelt = "".join(arg.label.lower() for arg in term.args)
    return spelt[::2] == spelt[1::2]


def _as_cross(term: Term) -> Term:
    return op("cross", *sorted((op("genotype", *arg.args) for arg in term.args), key=repr))


def _counts(parts: list[Term]) -> Change | None:
    r"""A pi before a number as a function, where the pair gives it a number for a value: ``\pi(10)=4``."""
    sides = [part.args for part in parts if part.op == "chain" and part.data == ("=",)]
    if not any(_is_of_pi(a) and b.op == "num" for a, b in sides):
        return None
    return lambda term: Term("app", "sure", (name(r"\pi"), term.args[1])) if _is_of_pi(term) else term


def _is_of_pi(term: Term) -> bool:
    is_product = term.op == "mul" and len(term.args) == 2
    return is_product and term.args[0] == const("pi") and term.args[1].op == "num"
