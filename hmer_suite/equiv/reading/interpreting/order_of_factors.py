r"""The order of factors, where a formula shows that it matters: ``ab=ba``, ``xp-px``, ``ghg^{-1}``, ``\{HT,TH\}``.

Letters side by side are numbers, and commute, unless a side of the pair has one of these signs that they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, pairwise

from hmer_suite.equiv.reading.factors.brackets import NORM
from hmer_suite.equiv.reading.factors.products import (
    LETTERS_OF_MATRICES,
    base_and_exponent,
    is_capital,
    is_conjugate,
    is_letter,
)
from hmer_suite.equiv.reading.operators import QUANTIFIERS
from hmer_suite.equiv.terms import MINUS_ONE, ONE, Term, const, is_fixed, mul, name, num, op, power, rewrite


def with_order_kept(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with its products in order as far as they have letters that do not commute on one of the sides."""
    letters = {letter for side in (left, right) for part in side.walk() for letter in _not_commuting(part)}
    letters |= _reflected(left) | _reflected(right) | _of_cosets(left, right)
    if not letters or (len(letters) == 1 and all(map(_is_operator, letters))):
        return left, right
    heads = {letter.args[0] for letter in letters if letter.op in ("sub", "pow")}

    def has_letter(term: Term) -> bool:
        if term in letters or (term.op in ("sub", "pow") and term.args[0] in heads):
            return True
        return not _is_number(term) and any(map(has_letter, term.args))

    def change(term: Term) -> Term:
        if term.op in ("mul", "ordered"):
            return _in_order(term, has_letter)
        if term.op == "app" and term.args[0] in _TRACES and len(term.args) == 2:
            return term.with_args((term.args[0], _rotated(term.args[1])))
        return _function_of_sum(term) if has_letter(term) else term

    return rewrite(left, change), rewrite(right, change)


def _in_order(term: Term, has_letter: Callable[[Term], bool]) -> Term:
    """A product with the factors that have such a letter in order, behind all others."""
    factors = list(_factors(term))
    if not any(map(has_letter, factors)):
        return term
    kept = _merged([factor for factor in factors if has_letter(factor)])
    others = [factor for factor in factors if not has_letter(factor)]
    if len(kept) < 2:
        return mul(*others, *kept)
    ordered = Term("ordered", None, tuple(kept))
    return mul(*others, ordered) if others else ordered


def _is_number(term: Term) -> bool:
    """Whether a term is a number whatever is in it: a trace, a determinant, a norm."""
    if term.op == "app":
        return term.args[0] in _NUMBERS
    return (term.op == "op" and term.data == NORM) or (term.op == "fn" and term.data == "abs")


def _factors(term: Term) -> Iterator[Term]:
    for arg in term.args if term.op in ("mul", "ordered") else ():
        if arg.op in ("mul", "ordered"):
            yield from _factors(arg)
        else:
            yield arg


def _merged(factors: list[Term]) -> list[Term]:
    """Factors with neighbours that are powers of the same as one power; nothing cancels."""
    out: list[Term] = []
    for factor in factors:
        base, exponent = base_and_exponent(factor)
        before, times = base_and_exponent(out[-1]) if out else (None, ONE)
        if before == base and _are_whole(exponent, times) and exponent.value * times.value > 0:
            out[-1] = power(base, num(times.value + exponent.value))
        else:
            out.append(factor)
    return out


def _are_whole(*exponents: Term) -> bool:
    return all(exponent.value.denominator == 1 for exponent in exponents)


def _rotated(term: Term) -> Term:
    """The product in a trace, with its factors rotated to a fixed beginning."""
    *numbers, product = term.args if term.op == "mul" else (term,)
    if product.op != "ordered":
        return term
    factors = product.args
    turns = [(*factors[start:], *factors[:start]) for start in range(len(factors))]
    return mul(*numbers, product.with_args(min(turns, key=repr)))


_TRACES = frozenset(map(name, (r"\operatorname{tr}", r"\operatorname{Tr}")))
_RANKS = frozenset(map(name, (r"\operatorname{rank}", r"\operatorname{rk}")))
_NUMBERS = _TRACES | _RANKS | {name(r"\det")}


def _function_of_sum(term: Term) -> Term:
    """A function or an exponential of a sum of operators as one of which nothing is known."""
    if term.op == "pow" and len(_operators_in(term.args[1])) > 1:
        return op("exponential", *term.args)
    if term.op == "fn" and term.data != "abs" and len(_operators_in(term.args[0])) > 1:
        return op(f"function {term.data}", *term.args)
    return term


# --- signs that letters do not commute -----------------------------------------------------------------------------


def _not_commuting(term: Term) -> set[Term]:
    """The letters that do not commute, as a term shows by itself."""
    rule = _SIGNS.get(term.op)
    return rule(term) if rule is not None else set()


def _stated(term: Term) -> set[Term]:
    """Letters of sides that would be the same, but for their sign, if the letters commuted: ``ab=ba``."""
    found: set[Term] = set()
    for first, second in combinations(term.args, 2):
        inverses = sum(map(_is_inverse, (*first.walk(), *second.walk())))
        inverted = _is_inverse(first) or _is_inverse(second)  # of a product: (ab)^{-1}
        if (inverted or inverses < 2) and _sorted(first) == _sorted(second):  # no quotient and its reciprocal
            found |= _in_two_orders([*first.walk(), *second.walk()])
    if term.data == (r"\in",) and is_capital(term.args[1]) and term.args[0].op == "mul":
        bases = _bases(term.args[0])
        if any(map(_is_inverse, term.args[0].args)):
            found |= set(bases)  # the quotient of two elements of a group, in a subgroup
    return found | _of_units(term) if term.data == ("=",) and len(term.args) == 2 else found


def _of_units(equation: Term) -> set[Term]:
    r"""Quaternions of which two make the third, ``ij=k``, and matrices that do so with a unit: ``S_xS_y=iS_z``."""
    for product, other in (equation.args, equation.args[::-1]):
        pair, third = _bases(product), _bases(mul(ONE, other))
        if len(pair) == 2 and len(third) == 1 and {*pair, *third} == _QUATERNIONS:
            return {*pair, *third}
        units = {unit for unit in (*pair, *third) if unit.op == "sub"}
        indices = {unit.args[1] for unit in units}
        imaginary = name("i") in third or const("i") in other.walk()
        if len(pair) == 2 and imaginary and indices in _AXES and len({unit.args[0] for unit in units}) == 1:
            return units
    return set()


_QUATERNIONS = set(map(name, "ijk"))
_AXES = (set(map(name, "xyz")), {num(axis) for axis in (1, 2, 3)})


def _is_inverse(term: Term) -> bool:
    return term.op == "pow" and term.args[1] == MINUS_ONE


def _sorted(term: Term) -> Term:
    """A side with the factors of its products sorted and without exponents and factors -1, those of inverses."""

    def change(part: Term) -> Term:
        if _is_inverse(part):
            return part.args[0]
        if part.op == "mul":
            factors = sorted(
                (arg for arg in _factors(part) if arg != MINUS_ONE and not _is_quantifier(arg)), key=repr
            )
            return mul(*factors) if factors else ONE
        return part.with_args(tuple(sorted(part.args, key=repr))) if part.op == "add" else part

    return rewrite(term, change)


def _subtracted(term: Term) -> set[Term]:
    """Letters of products in two orders: of a difference of two, and of any sum if they are capitals."""
    signed = [_signed(summand) for summand in term.args]
    letters = _in_two_orders([product for _, product in signed])
    if all(is_capital(letter) or _is_matrix(letter) for letter in letters):
        return letters
    is_commutator = len(signed) == 2 and signed[0][0] != signed[1][0]
    counted = any(factor.op == "num" for _, product in signed for factor in product.args)
    return letters if is_commutator and not counted else set()


def _is_matrix(letter: Term) -> bool:
    return letter.op in ("sub", "pow") and letter.args[0] in LETTERS_OF_MATRICES


def _signed(summand: Term) -> tuple[bool, Term]:
    if summand.op == "mul" and len(summand.args) == 2 and summand.args[0] == MINUS_ONE:
        return True, summand.args[1]
    return False, summand


def _in_two_orders(terms: list[Term]) -> set[Term]:
    """The letters of products of the same letters in two orders."""
    orders: dict[tuple[Term, ...], set[tuple[Term, ...]]] = {}
    for term in terms:
        if len(bases := _bases(term)) > 1:
            orders.setdefault(tuple(sorted(bases, key=repr)), set()).add(bases)
    return {letter for letters, found in orders.items() if len(found) > 1 for letter in letters}


def _bases(term: Term) -> tuple[Term, ...]:
    """The letters of a product in order, without numbers; empty if it has other factors."""
    bases = tuple(base_and_exponent(factor)[0] for factor in _factors(term) if not _is_aside(factor))
    return bases if all(map(is_letter, bases)) else ()


def _is_aside(factor: Term) -> bool:
    return is_fixed(factor) or _is_quantifier(factor)


def _is_quantifier(factor: Term) -> bool:
    r"""Whether a factor is a quantifier behind a statement: ``uv=vu\ \forall v``."""
    return factor.op == "op" and factor.data in QUANTIFIERS


def _words(term: Term) -> set[Term]:
    """Letters of elements that are words of the same letters in several orders."""
    return _in_two_orders([element for element in term.args if element.op == "mul"])


def _related(term: Term) -> set[Term]:
    r"""Those of elements, and capitals of products in two orders as sides of statements: ``AB=0, BA\ne0``."""
    sides = [side for statement in term.args if statement.op == "chain" for side in statement.args]
    letters = _in_two_orders(sides)
    return _words(term) | (letters if all(map(is_capital, letters)) else set())


def _multiplied(term: Term) -> set[Term]:
    """Letters of a product that shows by itself that they do not commute."""
    if is_conjugate(term):
        return set(_bases(term))
    return _transposed(term) or _acting(term) or _solving(term)


def _acting(term: Term) -> set[Term]:
    r"""Letters of a product with a vector beside what acts on it: an inverse matrix, a function of operators."""
    operators = {
        letter
        for factor in term.args
        for letter in (_of_operators(factor) if factor.op in ("fn", "pow") else ())
    } | {factor.args[0] for factor in term.args if _is_inverse(factor) and is_capital(factor.args[0])}
    vectors = {part for factor in term.args for part in factor.walk() if _is_vector(part)}
    return operators | vectors if operators and vectors else set()


def _solving(term: Term) -> set[Term]:
    r"""Letters of a product with an inverse or primed capital before a letter: ``A^{-1}b``, ``A'B``."""
    for first, second in pairwise(term.args):
        marked = _is_inverse(first) or (first.op == "op" and first.data == "'")
        if marked and is_capital(first.args[0]) and second.op in ("name", "sub") and second not in _SCALARS:
            return {first.args[0], second}
    return set()


def _is_vector(term: Term) -> bool:
    if term.op == "op":
        return term.data == r"\vec"
    return term.op == "name" and term.label.startswith((r"\mathbf{", r"\boldsymbol{"))


def _transposed(term: Term) -> set[Term]:
    """Letters of a product that has a capital, and it with a prime beside it, or is a form: ``X'X``, ``x'Ax``."""
    factors = tuple(_factors(term))
    names = {part for factor in factors for part in factor.walk() if part.op == "name"} - _SCALARS
    for first, second in pairwise(factors):
        if any(is_capital(b) and a == op("'", b) for a, b in ((first, second), (second, first))):
            return names
    if len(factors) > 2 and factors[0] == op("'", factors[-1]) and any(map(is_capital, factors[1:-1])):
        return names
    return set()


_SCALARS = frozenset(map(name, ("n", "N", "k", "m", "c", "t", r"\alpha", r"\lambda", r"\mu", r"\sigma")))
"""Letters that beside matrices are numbers."""


def _of_matrices(term: Term) -> set[Term]:
    """Letters with a capital among them in the argument of a function of matrices, but those of numbers."""
    of_matrices = (term.op == "app" and term.args[0] in _OF_MATRICES) or (
        term.op == "op" and term.data == NORM
    )
    letters = {part for part in term.args[-1].walk() if part.op in ("name", "sub")} if of_matrices else set()
    return letters - _SCALARS if any(map(is_capital, letters)) else set()


_IMAGES = frozenset(map(name, (r"\ker", *(rf"\operatorname{{{word}}}" for word in ("im", "ker", "Ker")))))
_OF_MATRICES = _TRACES | _RANKS | _IMAGES


def _of_operators(term: Term) -> set[Term]:
    """Operators in the exponent or the argument of a function."""
    if term.op == "pow":
        return _operators_in(term.args[1])
    return _operators_in(term.args[0]) if term.data != "abs" else set()


def _operators_in(term: Term) -> set[Term]:
    """Hats over capitals, and bold capitals; none where vectors are multiplied to numbers."""
    found = {part for part in term.walk() if _is_operator(part)}
    return found if all(part.op != "op" or part in found for part in term.walk()) else set()


def _is_operator(term: Term) -> bool:
    if term.op == "op" and term.data in (r"\hat", r"\widehat"):
        return is_capital(term.args[0])
    return (
        term.op == "name"
        and term.label.startswith((r"\mathbf{", r"\boldsymbol{"))
        and term.label[-2].isupper()
    )


def _reflected(side: Term) -> set[Term]:
    """Letters of a product with one of them twice, not side by side, and elsewhere an inverse: ``srs=r^{-1}``."""
    found: set[Term] = set()
    inverted = {part.args[0] for part in side.walk() if _is_inverse(part)}
    for part in side.walk() if inverted else ():
        bases = _bases(part) if part.op == "mul" and all(is_letter(arg) for arg in part.args) else ()
        twice = any(a == b != c for a, c, b in zip(bases, bases[1:], bases[2:], strict=False))
        if twice and not inverted.isdisjoint(bases):
            found |= set(bases)
    return found


def _of_cosets(left: Term, right: Term) -> set[Term]:
    """Letters of a left coset of one side and a right coset of the other, by the same element: ``gH`` and ``Hg``."""
    ours, theirs = _cosets(left), _cosets(right)
    return {letter for coset in ours if coset[::-1] in theirs for letter in coset}


def _cosets(term: Term) -> set[tuple[Term, ...]]:
    """Products of an element and a subgroup, if they are the whole term, or all sides of a statement or of a set."""
    sides = term.args if term.op in ("chain", "set") else (term,)
    return {side.args for side in sides} if all(map(_is_coset, sides)) else set()


def _is_coset(term: Term) -> bool:
    return term.op == "mul" and sorted(map(_kind_in_coset, term.args)) == ["element", "subgroup"]


def _kind_in_coset(factor: Term) -> str:
    letter = factor.args[0] if factor.op == "sub" else factor
    if letter.op != "name":
        return ""
    return (
        "subgroup"
        if letter.label in ("H", "K", "N")
        else "element"
        if letter.label in tuple("ghabxy")
        else ""
    )


_SIGNS: dict[str, Callable[[Term], set[Term]]] = {
    "chain": _stated,
    "add": _subtracted,
    "set": _words,
    "list": _related,
    "tuple": _words,
    "mul": _multiplied,
    "ordered": _multiplied,
    "app": _of_matrices,
    "op": _of_matrices,
    "pow": _of_operators,
    "fn": _of_operators,
}
"""The letters that do not commute, for each kind of term that can show it."""
