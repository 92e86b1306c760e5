"""Proofs that two expressions differ: by a point, by the remainder after cancelling, by their operands."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.calculus import NotDerivable, derivative
from hmer_suite.equiv.difference.equations import PIVOTS
from hmer_suite.equiv.difference.proof_of_difference import difference
from hmer_suite.equiv.difference.search import (
    DOTS,
    INFINITY,
    STRUCTURE,
    Witness,
    apart_at_some_point,
    has_unknowns,
    letters,
    nonzero_somewhere,
    points,
    witness_at,
)
from hmer_suite.equiv.difference.unlike_figures import are_unlike_figures
from hmer_suite.equiv.equality import equality, is_constant
from hmer_suite.equiv.forms import Forms, Intractable, Ratio, Undefined
from hmer_suite.equiv.reading.factors.events import is_order
from hmer_suite.equiv.reading.factors.factor_row import CHOICES
from hmer_suite.equiv.reading.operators import ANGLES, GEOMETRY, KNOWN, LEVEL, MAYBE_UNBOUND, QUANTIFIERS
from hmer_suite.equiv.terms import (
    BINDERS,
    EMPTY,
    NON_EXPRESSIONS,
    Derivation,
    Term,
    binds,
    mul,
    negative,
    replace,
)
from hmer_suite.equiv.values import Outside, Singular, Unknown, apart
from hmer_suite.equiv.values.unknowns import is_named, is_word


def different_values(left: Term, right: Term) -> Witness | None:
    """A witness that two expressions differ, from the cheapest proof that applies; None if no proof does."""
    if _infinite_sign(left) is not None:
        return _different_from_infinity(left, right)
    if _infinite_sign(right) is not None:
        return _different_from_infinity(right, left)
    if is_broken(left) != is_broken(right) or is_nowhere_defined(left) != is_nowhere_defined(right):
        return STRUCTURE
    if are_unlike_figures(left, right):
        return STRUCTURE
    witness = apart_at_some_point(left, right)
    if witness is None:
        witness = _apart_after_cancelling(left, right)
    if witness is None:
        witness = _different_operands(left, right)
    if witness is None:
        witness = _varies_against_constant(left, right)
    if witness is None and is_broken(left) and is_broken(right) and left.op == right.op:
        witness = _different_notation(left, right)
    return witness


def _different_notation(left: Term, right: Term) -> Witness | None:
    """Notation that cannot be computed: the same but for one operand."""
    if left.data != right.data or len(left.args) != len(right.args):
        return None
    return different_entry(left.args, right.args)


def _varies_against_constant(left: Term, right: Term) -> Witness | None:
    """One side is a number, perhaps too large to compute; the other takes two values."""
    if is_constant(left) == is_constant(right):
        return None
    varying = right if is_constant(left) else left
    values = []
    for point in points(varying)[:PIVOTS]:
        try:
            values.append(point.value(varying))
        except (Unknown, Singular, Outside):
            continue
        if apart(values[0], values[-1]):
            return witness_at(point)
    return None


def is_broken(term: Term) -> bool:
    """Whether a term has no value because an operand is missing or infinite."""
    if term == INFINITY or (term.op in BINDERS and term.args[0].op == "empty"):
        return True
    if term.op == "op" and not term.args:
        return term.data in _FUNCTION_NAMES
    if term.op == "op":
        return term.args[0].op == "empty" or (
            term.data in LEVEL and any(arg.op == "empty" for arg in term.args)
        )
    if term.op == "sub" and term.args[0].op == "empty":
        return False  # a prescript
    if term.op == "mul" and _has_prescript(*term.args[:2]):
        return any(map(is_broken, term.args[1:]))
    if term.op in ("add", "mul", "pow", "sub") or (term.op == "fn" and term.data not in ("max", "min")):
        return any(
            arg.op in NON_EXPRESSIONS - {"matrix", "cases", "ac", "set"} or is_broken(arg)
            for arg in term.args
        )
    return False


def _has_prescript(first: Term, second: Term) -> bool:
    """Whether a raised prescript stands before an indexed capital: ``{}^nC_r``."""
    raised = first.op == "pow" and first.args[0].op == "empty"
    return raised and second.op == "sub" and second.args[0].data in CHOICES


_FUNCTION_NAMES = frozenset(KNOWN.values())
"""Functions; without an argument they are no numbers."""


def _infinite_sign(term: Term) -> int | None:
    """1 for infinity, -1 for minus infinity, None for any other term."""
    return 1 if term == INFINITY else -1 if term == negative(INFINITY) else None


def _different_from_infinity(infinity: Term, other: Term) -> Witness | None:
    """Infinity differs from minus infinity and from every number; a limit or the like may be infinite."""
    sign = _infinite_sign(other)
    if sign is not None:
        return STRUCTURE if sign != _infinite_sign(infinity) else None
    return None if is_formal(other) or is_broken(other) else STRUCTURE


def is_nowhere_defined(*terms: Term) -> bool:
    """Whether one of some terms divides by an expression that is always zero."""
    try:
        for term in terms:
            Forms().form(term)
    except Undefined:
        return True
    except Intractable:
        pass
    return False


def _apart_after_cancelling(left: Term, right: Term) -> Witness | None:
    """Parts that cannot be evaluated may cancel: a point at which the normal form of the difference is not zero."""
    forms = Forms()
    try:
        first, second = forms.form(left), forms.form(right)
        remainder = forms.add(first, forms.negative(second))
        if remainder.num.is_zero():
            return None
        if (value := forms.constant(remainder)) is not None and value:
            return STRUCTURE
        term = forms.term(remainder)
        for test in (nonzero_somewhere, _not_constant):
            if (witness := test(term)) is not None:
                return witness
        if _has_own_letter(forms, first, right) or _has_own_letter(forms, second, left):
            return STRUCTURE
        pair = _two_kernels(forms, remainder)
        return None if pair is None or set(pair) == {left, right} else difference(*pair)
    except (Intractable, Undefined):
        return None


def _has_own_letter(forms: Forms, ratio: Ratio, other: Term) -> bool:
    """Whether a form depends on a letter that the other side does not have."""
    theirs = letters(other)
    if any(
        part.op == "empty" or part == DOTS  # which stand for any number of summands
        for term in (*map(forms.terms.__getitem__, forms.occurring(ratio)), other)
        for part in term.walk()
    ):
        return False
    for index in forms.occurring(ratio):
        term = forms.terms[index]
        if term.op != "name" or term.label.startswith("#") or term.label in theirs:
            continue
        if any(term.label in letters(forms.terms[i]) for i in forms.occurring(ratio) if i != index):
            continue
        degree = max(ratio.num.degrees()[index], ratio.den.degrees()[index])
        polynomial = ratio.num if ratio.num.degrees()[index] == degree else ratio.den
        if sum(exponents[index] == degree for exponents in polynomial.monoms()) == 1:
            return True
    return False


def _two_kernels(forms: Forms, remainder: Ratio) -> tuple[Term, Term] | None:
    """K and L, if what remains is c (K - L)."""
    summands = remainder.num.to_dict()
    if len(summands) != 2 or sum(summands.values()) != 0 or remainder.num.total_degree() != 1:
        return None
    kernels = [forms.terms[exponents.index(1)] for exponents in summands if 1 in exponents]
    return (kernels[0], kernels[1]) if len(kernels) == 2 else None


def _not_constant(term: Term) -> Witness | None:
    """A difference of antiderivatives that is not constant, as its derivative is not zero."""
    variables = {
        part.args[1]
        for part in term.walk()
        if part.op == "int" and part.args[1].op == "name" and not binds(part)
    }
    if len(variables) != 1:
        return None
    (variable,) = variables
    try:
        return nonzero_somewhere(derivative(term, variable, Derivation("d", ())))
    except NotDerivable:
        return None


def _region(integral: Term) -> Term | None:
    """What an integral goes over, where that stands below its sign alone."""
    lower, upper = integral.args[2:]
    return lower if upper == EMPTY and lower != EMPTY else None


_INJECTIVE = frozenset(("op", "app", "sub", "juxt", "ordered"))


def _different_operands(left: Term, right: Term) -> Witness | None:
    """The same unknown operation on operands of which two differ."""
    if left.op == right.op == "pow" and left.args[0] == right.args[0] and _exceeds_one(left.args[0]):
        return difference(left.args[1], right.args[1])
    if left.op == right.op == "op" and not left.args and not right.args:
        return STRUCTURE if {left.data, right.data} <= _FUNCTION_NAMES else None
    if {left.op, right.op} == {"int", "op"}:
        return _different_integrands(left, right)
    if left.op != right.op or left.op not in _INJECTIVE | {"int", "deriv", "lim", "sum", "prod"}:
        return None
    if left.op in _INJECTIVE:
        if left.op == "op" and {left.data, right.data} & _DOTTED:
            return _different_patterns(left, right)
        if (
            left.data in MAYBE_UNBOUND
            and left.op == "op"
            and (left.args[1].op, left.args[2].op) != ("empty", "empty")
        ):
            return None  # a condition binds letters, but not visibly which
        if {left.data, right.data} <= QUANTIFIERS and left.data != right.data:
            return STRUCTURE
        if left.data != right.data or len(left.args) != len(right.args):
            return None
        if left.data in GEOMETRY and _same_letters(left, right):
            return None
        if left.op == "app" and _may_have_equal_values(left, right):
            return None
        return different_parts(left, right)
    if left.op == "int":
        if left.data == right.data:
            return _different_antiderivatives(left, right)
        # Over one region, a sign may stand for two or for a closed one.
        return None if _region(left) is not None and _region(left) == _region(right) else STRUCTURE
    return _different_limits(left, right) if left.op == "lim" else None


def _may_have_equal_values(left: Term, right: Term) -> bool:
    r"""Whether a function with a name of its own has arguments at which its values may be the same.

    Such are numbers, ``\gcd(20, 30)`` and ``\gcd(30, 40)``, and two expressions in the same letters, as the ranks of a
    matrix and of its transpose are equal.
    """
    ours, theirs = letters(*left.args[1:]), letters(*right.args[1:])
    if is_order(left):
        grown, other = (_without_numbers(side.args[-1]) for side in (left, right))
        return grown == other or "add" in (grown.op, other.op)
    if is_word(left.args[0]):
        compound = any(_is_computed(arg) for side in (left, right) for arg in side.args[1:])
        return ours == theirs or (compound and (ours <= theirs or theirs <= ours))
    return is_named(left.args[0]) and not (ours or theirs)


def _is_computed(term: Term) -> bool:
    return term.op in ("add", "mul", "ordered", "pow")


def _without_numbers(term: Term) -> Term:
    """A product without its constant factors."""
    if term.op != "mul":
        return term
    return mul(*(factor for factor in term.args if not is_constant(factor)))


def _exceeds_one(base: Term) -> bool:
    """Whether powers of a base differ whenever their exponents do."""
    return base.op == "num" and base.value > 1


def _different_limits(left: Term, right: Term) -> Witness | None:
    """Limits of the same unknown function at different places, or from different sides."""
    renamed = replace(right.args[0], right.args[1], left.args[1])
    if not has_unknowns(left) or equality(left.args[0], renamed) is None:
        return None
    return difference(left.args[2], right.args[2])


def _different_integrands(left: Term, right: Term) -> Witness | None:
    """An integral with its differential and one without."""
    if left.data != right.data or left.args[-2:] != right.args[-2:]:
        return None
    return difference(left.args[0], right.args[0])


_DOTTED = frozenset(("+...", "product...", "juxt...", "juxt."))


def _different_patterns(left: Term, right: Term) -> Witness | None:
    """Sums and products with dots: the same pattern with another entry."""
    if left.data != right.data:
        return STRUCTURE if {left.data, right.data} <= _DOTTED else None
    dots = [[i for i, arg in enumerate(side.args) if arg == DOTS] for side in (left, right)]
    if len(left.args) != len(right.args) or dots[0] != dots[1]:
        return None
    if all(any(equality(a, b) for b in right.args) for a in left.args):
        return None  # perhaps the same summands from the other end
    return different_parts(left, right)


def _same_letters(left: Term, right: Term) -> bool:
    """Whether two figures may be the same: named in another order, or an angle by its vertex alone."""
    corners = [sorted(map(repr, side.args[0].args)) for side in (left, right)]
    if left.args[0].op != "juxt" or right.args[0].op != "juxt":
        return False
    ours, theirs = sorted((left.args[0].args, right.args[0].args), key=len)
    if left.data in ANGLES and (len(ours), len(theirs)) == (1, 3):
        return ours[0] == theirs[1]
    return corners[0] == corners[1] and (left.data not in ANGLES or len(ours) != 3)


def _different_antiderivatives(left: Term, right: Term) -> Witness | None:
    """Integrals without bounds: their derivatives by the variable of one of them differ."""
    if binds(left) or binds(right) or left.data != right.data:
        return None
    if left.args[1] == right.args[1]:
        return difference(left.args[0], right.args[0])
    for ours, theirs in ((left, right), (right, left)):
        if ours.args[1] not in theirs.walk():
            return nonzero_somewhere(ours.args[0])
    return None


def different_parts(left: Term, right: Term) -> Witness | None:
    """The first witness among the operands, pair by pair."""
    for a, b in zip(left.args, right.args, strict=True):
        if (witness := difference(a, b)) is not None:
            return witness
    return None


def different_entry(ours: Sequence[Term], theirs: Sequence[Term]) -> Witness | None:
    """The witness of the only entry that differs, if all others are equal."""
    found = None
    for a, b in zip(ours, theirs, strict=True):
        if equality(a, b) is not None:
            continue
        if found is not None or (found := difference(a, b)) is None:
            return None
    return found


def is_formal(term: Term) -> bool:
    """Whether a term has parts that are not always computed: integrals, limits, sums, dots, infinity, geometry."""
    return any(
        part.op in ("int", "lim", "sum", "prod", "deriv")
        or part in (INFINITY, DOTS)
        or (part.op == "op" and part.data in GEOMETRY)
        for part in term.walk()
    )
