"""Proofs of difference, in a special reading: a point at which the two sides certainly differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain as joined

from flint import arb, fmpq

from hmer_suite.equiv.atoms import BARS, CLOSING, OPENING
from hmer_suite.equiv.calculus import NotDerivable, derivative
from hmer_suite.equiv.equality import ORDER_RELATIONS, equality, is_constant, truth_tables, turned
from hmer_suite.equiv.forms import MAX_DEGREE, Forms, Intractable, Ratio, Undefined
from hmer_suite.equiv.signs import ALIKE, GEOMETRY, LEVEL, LOOSE, QUANTIFIERS, SYMMETRIC
from hmer_suite.equiv.terms import BINDERS, Term, binds, const, negative, num, replace, rewrite
from hmer_suite.equiv.values import (
    CONSTANT_FROM,
    SEEDS,
    Outside,
    Point,
    Singular,
    Unknown,
    Value,
    apart,
    at_growing_precision,
    certainly_nonzero,
    show,
    spelling,
)

Witness = Mapping[str, str]

STRUCTURE: Witness = {}
"""The witness of a difference that needs no point: another kind of thing, another number of parts."""

PIVOTS = 4
_NEAR = [fmpq(2 * step - 24, 3) + fmpq(1, 7) for step in range(24)]
_FAR = [fmpq(10 * 3**step) for step in range(8)]
PLACES = [*(-place for place in reversed(_FAR)), *_NEAR, *_FAR]
"""The places of a line that are looked at for a change of sign."""

_EQUATIONS = frozenset(("=", r"\neq"))
_STATEMENTS = frozenset(("chain", "list", "tuple", "set", "matrix", "cases", "ac", "text", "empty"))


def difference(left: Term, right: Term) -> Witness | None:
    """A witness that the two are different, or None if none was found."""
    if left == right:
        return None
    if _is_torn(left) != _is_torn(right):
        return STRUCTURE
    if left.op in _STATEMENTS or right.op in _STATEMENTS:
        if left.op != right.op:
            return _different_kinds(left, right)
        return _RULES[left.op](left, right)
    return _different_values(left, right)


def _is_torn(term: Term) -> bool:
    """Whether a bracket has no partner."""
    return any(part.op == "op" and not part.args and part.data in _BRACKETS for part in term.walk())


_BRACKETS = OPENING.keys() | CLOSING.keys() | BARS.keys()


def _different_kinds(left: Term, right: Term) -> Witness | None:
    kinds = {left.op, right.op}
    if "text" in kinds and (single := left if right.op == "text" else right).op not in _STATEMENTS:
        return STRUCTURE if not _is_word(left if left.op == "text" else right) or single.op == "num" else None
    if kinds & {"empty", "text", "chain"} and "ac" not in kinds:
        return STRUCTURE
    if kinds == {"tuple", "set"}:
        return STRUCTURE
    if kinds <= {"list", "tuple", "set", "cases", "matrix"}:  # the same things in other brackets, perhaps
        return STRUCTURE if len(left.args) != len(right.args) else _different_parts(left, right)
    if "ac" in kinds and any(part.op == "chain" for side in (left, right) for part in side.walk()):
        return _searched(lambda point: _truths_compared(point, left, right), left, right)
    if "ac" in kinds:
        tables = truth_tables(left, right)
        return None if tables is None or tables[0] == tables[1] else STRUCTURE
    if kinds == {"tuple", "name"}:
        interval, letter = (left, right) if left.op == "tuple" else (right, left)
        if letter.data.startswith(r"\mathbb") or any(part == _INFINITY for part in interval.walk()):
            return None  # an interval may have a name
    if "list" in kinds and (left if left.op == "list" else right).data == "quad":
        return None  # a wide space parts statements, or nothing
    if any(part.op == "matrix" for side in (left, right) if side.op not in _STATEMENTS for part in side.walk()):
        return None  # a number times a matrix
    several, single = (left, right) if left.op in _STATEMENTS else (right, left)
    if several.op == "list" and _with_decimal_comma(several) == single:
        return None
    if several.op == "set" and any(arg.op == "op" and arg.data == "builder" for arg in several.args):
        return STRUCTURE if single not in several.walk() else None
    return STRUCTURE if len(several.args) > 1 else None


def _with_decimal_comma(term: Term) -> Term | None:
    """What ``3,14`` is where a comma parts the decimals."""
    if len(term.args) != 2 or any(arg.op != "num" or arg.data.denominator != 1 for arg in term.args):
        return None
    whole, decimals = (arg.data for arg in term.args)
    return num(whole + Fraction(decimals, 10 ** len(str(decimals))))


def _is_word(term: Term) -> bool:
    """Whether a text is short enough to be a name in upright letters."""
    return str(term.data).isalnum()


# --- expressions -------------------------------------------------------------------------------------------------


def whole_letters(*terms: Term) -> frozenset[str]:
    """Letters that stand for whole numbers: in bounds, exponents, factorials, indices."""
    found: set[str] = set()
    for part in joined.from_iterable(term.walk() for term in terms):
        if part.op == "fn" and part.data in ("factorial", "binom"):
            found |= _letters(*part.args)
        elif part.op in ("sum", "prod"):
            found |= _letters(*part.args[2:])
        elif part.op == "pow":
            if part.args[0].op != "const":
                found |= _letters(part.args[1])
        elif part.op == "sub":
            found |= _letters(part.args[1])
    return frozenset(found)


def _letters(*terms: Term) -> set[str]:
    return {part.data for term in terms for part in term.walk() if part.op == "name"}


def _complex(*terms: Term) -> bool:
    """Whether the imaginary unit takes part."""
    return any(
        (part.op == "const" and part.data == "i") or (part.op == "pow" and _is_imaginary_root(part))
        for term in terms
        for part in term.walk()
    )


def _is_imaginary_root(term: Term) -> bool:
    base, exponent = term.args
    if not (is_constant(base) and is_constant(exponent)):
        return False
    try:
        value = Point(0).value(base)
        power = Point(0).value(exponent)
    except (Unknown, Outside, Singular):
        return False
    return not isinstance(value, arb | fmpq) or bool(value < 0 and isinstance(power, fmpq) and power.q % 2 == 0)


def _different_values(left: Term, right: Term) -> Witness | None:
    signs = _infinite_sign(left), _infinite_sign(right)
    if None not in signs and signs[0] != signs[1]:
        return STRUCTURE
    if _infinite_sign(left) is not None or _infinite_sign(right) is not None:
        other = right if _infinite_sign(left) is not None else left
        return None if _is_formal(other) and _infinite_sign(other) is None else STRUCTURE if not _is_broken(other) else None
    if _is_broken(left) != _is_broken(right) or _is_nowhere_defined(left) != _is_nowhere_defined(right):
        return STRUCTURE
    witness = _apart_at_some_point(left, right)
    if witness is None:
        witness = _apart_after_cancelling(left, right)
    if witness is None:
        witness = _different_operands(left, right)
    if witness is None:
        witness = _varies_against_constant(left, right)
    if witness is None and _is_broken(left) and _is_broken(right) and left.op == right.op:
        witness = _different_notation(left, right)
    return witness


def _different_notation(left: Term, right: Term) -> Witness | None:
    """Signs with which nothing can be computed: the same but for one part."""
    if left.data != right.data or len(left.args) != len(right.args):
        return None
    return _different_entry(left.args, right.args)


def _varies_against_constant(left: Term, right: Term) -> Witness | None:
    """One side is a number, perhaps too large to compute, the other takes two values."""
    if is_constant(left) == is_constant(right):
        return None
    varying = right if is_constant(left) else left
    values = []
    for point in _points(varying)[:PIVOTS]:
        try:
            values.append(point.value(varying))
        except (Unknown, Singular, Outside):
            continue
        if apart(values[0], values[-1]):
            return _shown(point)
    return None


def _is_broken(term: Term) -> bool:
    """Whether arithmetic is done with nothing, or with the infinite: then there is no number."""
    if term == _INFINITY or (term.op in BINDERS and term.args[0].op == "empty"):
        return True
    if term.op == "op" and term.args:
        return term.args[0].op == "empty" or (term.data in LEVEL and any(arg.op == "empty" for arg in term.args))
    if term.op == "sub" and term.args[0].op == "empty":
        return False  # a script in front
    if term.op in ("add", "mul", "pow", "sub") or (term.op == "fn" and term.data not in ("max", "min")):
        return any(arg.op in _STATEMENTS - {"matrix", "cases", "ac", "set"} or _is_broken(arg) for arg in term.args)
    return False


def _infinite_sign(term: Term) -> int | None:
    """1 for the infinite, -1 for minus the infinite, None for anything else."""
    return 1 if term == _INFINITY else -1 if term == negative(_INFINITY) else None


_INFINITY = const("inf")


def _is_nowhere_defined(term: Term) -> bool:
    """Whether it divides by what is always zero."""
    try:
        Forms().form(term)
    except Undefined:
        return True
    except Intractable:
        pass
    return False


def _points(*terms: Term) -> list[Point]:
    whole, functions, imaginary = whole_letters(*terms), _whole_functions(*terms), _complex(*terms)
    unknown = any(part.op in ("app", "sub") for term in terms for part in term.walk())
    seeds = SEEDS if unknown else CONSTANT_FROM
    return [Point(seed, whole, imaginary, functions) for seed in range(seeds)]


def _whole_functions(*terms: Term) -> frozenset[str]:
    """Unknown functions whose values are bounds of sums."""
    return frozenset(
        f"{bound.op}|{bound.data if bound.op == 'op' else spelling(bound.args[0])}"
        for term in terms
        for part in term.walk()
        if part.op in ("sum", "prod")
        for bound in part.args[2:]
        if bound.op in ("sub", "app", "op")
    )


def _searched(compute: Callable[[Point], Witness | None], *terms: Term) -> Witness | None:
    """The first witness that *compute* finds at any of the points for *terms*.

    Where a kind of interpretation gives a term no value (`Unknown`), the others of its kind are left out.
    """
    unknown: set[str] = set()
    for point in _points(*terms):
        if point.kind in unknown:
            continue
        try:
            witness = at_growing_precision(lambda point=point: compute(point))
        except Unknown:
            unknown.add(point.kind)
            continue
        if witness is not None:
            return witness
    return None


def _apart_at_some_point(left: Term, right: Term) -> Witness | None:
    return _searched(lambda point: _compared(point, left, right), left, right)


def _compared(point: Point, left: Term, right: Term) -> Witness | None:
    values = []
    outside = 0
    for term in (left, right):
        try:
            values.append(point.value(term))
        except Outside:
            outside += 1
        except Singular:
            return None
    if outside == 1 or (outside == 0 and apart(*values)):
        return _shown(point)
    return None


def _shown(point: Point, **more: str) -> Witness:
    return {**{spelling: show(value) for spelling, value in sorted(point.used.items())}, **more}


def _apart_after_cancelling(left: Term, right: Term) -> Witness | None:
    """What cannot be evaluated may cancel: the normal form of the difference, at some point."""
    forms = Forms()
    try:
        first, second = forms.form(left), forms.form(right)
        remainder = forms.add(first, forms.negative(second))
        if remainder.num.is_zero():
            return None
        if (value := forms.constant(remainder)) is not None and value:
            return STRUCTURE
        term = forms.term(remainder)
        for test in (_nonzero_somewhere, _not_constant):
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
    letters = _letters(other)
    if any(part.op == "empty" for term in (*map(forms.terms.__getitem__, forms.occurring(ratio)), other) for part in term.walk()):
        return False
    for index in forms.occurring(ratio):
        term = forms.terms[index]
        if term.op != "name" or term.data.startswith("#") or term.data in letters:
            continue
        if any(term.data in _letters(forms.terms[i]) for i in forms.occurring(ratio) if i != index):
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
    """A difference of antiderivatives that is no constant: its derivative is not zero."""
    variables = {part.args[1] for part in term.walk() if part.op == "int" and part.args[1].op == "name" and not binds(part)}
    if len(variables) != 1:
        return None
    (variable,) = variables
    try:
        return _nonzero_somewhere(derivative(term, variable, ("d", ())))
    except NotDerivable:
        return None


def _nonzero_somewhere(term: Term) -> Witness | None:
    def compute(point: Point) -> Witness | None:
        try:
            return _shown(point) if certainly_nonzero(point.value(term)) else None
        except (Singular, Outside):
            return None

    return _searched(compute, term)


_INJECTIVE = frozenset(("op", "app", "sub", "juxt", "ordered"))


def _different_operands(left: Term, right: Term) -> Witness | None:
    """The same unknown sign on operands of which two differ."""
    if left.op == right.op == "pow" and left.args[0] == right.args[0] and _exceeds_one(left.args[0]):
        return difference(left.args[1], right.args[1])
    if {left.op, right.op} == {"int", "op"}:
        return _different_integrands(left, right)
    if left.op != right.op or left.op not in _INJECTIVE | {"int", "deriv", "lim", "sum", "prod"}:
        return None
    if left.op in _INJECTIVE:
        if left.op == "op" and {left.data, right.data} & _DOTTED:
            return _different_patterns(left, right)
        if left.data in LOOSE and left.op == "op" and (left.args[1].op, left.args[2].op) != ("empty", "empty"):
            return None  # a condition binds letters: which, cannot be seen
        if {left.data, right.data} <= QUANTIFIERS and left.data != right.data:
            return STRUCTURE
        if left.data != right.data or len(left.args) != len(right.args):
            return None
        if left.data in GEOMETRY and _same_letters(left, right):
            return None
        return _different_parts(left, right)
    if left.op == "int":
        return STRUCTURE if left.data != right.data else _different_antiderivatives(left, right)
    return _different_limits(left, right) if left.op == "lim" else None


def _exceeds_one(base: Term) -> bool:
    """Whether powers of a number are different whenever their exponents are."""
    return base.op == "num" and base.data > 1


def _different_limits(left: Term, right: Term) -> Witness | None:
    """Limits of the same unknown function at different places, or from different sides."""
    renamed = replace(right.args[0], right.args[1], left.args[1])
    if not _has_unknowns(left) or equality(left.args[0], renamed) is None:
        return None
    return difference(left.args[2], right.args[2])


def _different_integrands(left: Term, right: Term) -> Witness | None:
    """An integral with a differential and one without."""
    if left.data != right.data or left.args[-2:] != right.args[-2:]:
        return None
    return difference(left.args[0], right.args[0])


_DOTTED = frozenset(("+...", "product...", "juxt...", "juxt."))


def _different_patterns(left: Term, right: Term) -> Witness | None:
    """Sums and products with dots: the same pattern with another entry is another sum."""
    if left.data != right.data:
        return STRUCTURE if {left.data, right.data} <= _DOTTED else None
    dots = [[i for i, arg in enumerate(side.args) if arg == _DOTS] for side in (left, right)]
    if len(left.args) != len(right.args) or dots[0] != dots[1]:
        return None
    if all(any(equality(a, b) for b in right.args) for a in left.args):
        return None  # perhaps the same summands from the other end
    return _different_parts(left, right)


_DOTS = const("dots")


def _same_letters(left: Term, right: Term) -> bool:
    """Whether two figures have the same corners: named in another order they may be the same."""
    corners = [sorted(map(repr, side.args[0].args)) for side in (left, right)]
    if left.args[0].op != "juxt" or right.args[0].op != "juxt" or corners[0] != corners[1]:
        return False
    ours, theirs = left.args[0].args, right.args[0].args
    return "angle" not in left.data or ours == theirs[::-1] or len(ours) != 3


def _different_antiderivatives(left: Term, right: Term) -> Witness | None:
    """Integrals without bounds: the derivative of the one by its variable differs from that of the other."""
    if binds(left) or binds(right) or left.data != right.data:
        return None
    if left.args[1] == right.args[1]:
        return difference(left.args[0], right.args[0])
    for ours, theirs in ((left, right), (right, left)):
        if ours.args[1] not in theirs.walk():
            return _nonzero_somewhere(ours.args[0])
    return None


def _different_parts(left: Term, right: Term) -> Witness | None:
    for a, b in zip(left.args, right.args, strict=True):
        if (witness := difference(a, b)) is not None:
            return witness
    return None


# --- collections -------------------------------------------------------------------------------------------------


def _different_list(left: Term, right: Term) -> Witness | None:
    """Lists, whose order may not matter: a part of one that differs from every part of the other."""
    if len(left.args) != len(right.args):
        return STRUCTURE
    if all(arg.op == "chain" for arg in (*left.args, *right.args)):
        return _different_systems(left.args, right.args)
    witness = _odd_one_out(left.args, right.args)
    return _different_entry(left.args, right.args) if witness is None else witness


def _different_entry(ours: Sequence[Term], theirs: Sequence[Term]) -> Witness | None:
    """One entry differs, all others are equal."""
    found = None
    for a, b in zip(ours, theirs, strict=True):
        if equality(a, b) is not None:
            continue
        if found is not None or (found := difference(a, b)) is None:
            return None
    return found


def _different_cases(left: Term, right: Term) -> Witness | None:
    if left.data == 1 == right.data:
        return _different_list(left, right)
    if left.data == 2 == right.data and not any(arg.op in ("text", "empty") for arg in left.args[1::2] + right.args[1::2]):
        return _searched(lambda point: _compared(point, left, right), left, right)
    if len(left.args) != len(right.args) or left.data != right.data:
        return STRUCTURE
    return _different_list(_rows(left), _rows(right))


def _rows(term: Term) -> Term:
    width = term.data
    rows = [Term("tuple", ("", ""), term.args[i : i + width]) for i in range(0, len(term.args), width)]
    return Term("list", None, tuple(rows))


def _odd_one_out(ours: Sequence[Term], theirs: Sequence[Term]) -> Witness | None:
    for first, second in ((ours, theirs), (theirs, ours)):
        for a in first:
            witnesses = [difference(a, b) for b in second]
            if all(witness is not None for witness in witnesses):
                return witnesses[0] if len(witnesses) == 1 else STRUCTURE
    return None


def _different_tuple(left: Term, right: Term) -> Witness | None:
    if len(left.args) != len(right.args):
        return STRUCTURE
    witness = _different_parts(left, right)
    if witness is None and left.data != right.data and len(left.args) == 2:
        return STRUCTURE  # an interval that holds its end, and one that does not
    return witness


def _different_set(left: Term, right: Term) -> Witness | None:
    if not left.args or not right.args:
        return STRUCTURE if left.args or right.args else None
    if any(arg.op == "chain" for arg in (*left.args, *right.args)):
        return STRUCTURE if len(left.args) != len(right.args) else _odd_one_out(left.args, right.args)
    return _odd_one_out(left.args, right.args)


def _different_matrix(left: Term, right: Term) -> Witness | None:
    if left.data[1] != right.data[1] or len(left.args) != len(right.args):
        return STRUCTURE
    if left.data[0] == "{" and left.data[1] == 1:
        return _different_list(left, right)
    if "||" in (left.data[0], right.data[0]) and left.data[0] == right.data[0]:
        return None  # determinants of different matrices may be equal
    return _different_parts(left, right)


def _different_ac(left: Term, right: Term) -> Witness | None:
    """Unions, conjunctions: their truth at a point; over letters a Boolean algebra, compared by its truth table."""
    if any(part.op == "chain" for side in (left, right) for part in side.walk()):
        return _searched(lambda point: _truths_compared(point, left, right), left, right)
    tables = truth_tables(left, right)
    return None if tables is None or tables[0] == tables[1] else STRUCTURE


def _truths_compared(point: Point, left: Term, right: Term) -> Witness | None:
    try:
        first, second = _statement_truth(point, left), _statement_truth(point, right)
    except Singular:
        return None
    return _shown(point) if None not in (first, second) and first != second else None


def _statement_truth(point: Point, term: Term) -> bool | None:
    """Whether a statement made of relations by "and", "or" and "not" holds at a point; None if that is uncertain."""
    if term.op == "chain":
        links = zip(term.data, term.args, term.args[1:], strict=False)
        return _all_true([_truth(point, sign, (a, b)) for sign, a, b in links])
    if term.op == "ac" and term.data == r"\wedge":
        return _all_true([_statement_truth(point, arg) for arg in term.args])
    if term.op == "ac" and term.data == r"\vee":
        return _negated(_all_true([_negated(_statement_truth(point, arg)) for arg in term.args]))
    if term.op == "op" and term.data == r"\neg":
        return _negated(_statement_truth(point, term.args[0]))
    raise Unknown(term.op)


def _negated(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _all_true(truths: Sequence[bool | None]) -> bool | None:
    return False if False in truths else None if None in truths else True


def _different_systems(ours: Sequence[Term], theirs: Sequence[Term]) -> Witness | None:
    """Several statements that hold together: a point where all of one list hold and one of the other does not."""
    if (witness := _odd_one_out(ours, theirs)) is None:
        quantified = any(part.op == "op" and part.data in QUANTIFIERS for term in ours for part in term.walk())
        return _different_entry(ours, theirs) if quantified else None
    equations = [_only_equation(term) for term in (*ours, *theirs)]
    if None in equations:
        return witness
    half = len(ours)
    return _separated_system(equations[:half], equations[half:]) or _separated_system(equations[half:], equations[:half])


def _only_equation(term: Term) -> tuple[Term, Term] | None:
    if term.data == ("=",) and not any(arg.op in _STATEMENTS for arg in term.args):
        return term.args[0], term.args[1]
    return None


def _separated_system(holding: Sequence[tuple[Term, Term]], broken: Sequence[tuple[Term, Term]]) -> Witness | None:
    forms = Forms()
    try:
        zeros = [forms.add(forms.form(a), forms.negative(forms.form(b))) for a, b in holding]
        others = [forms.add(forms.form(a), forms.negative(forms.form(b))) for a, b in broken]
        return _solved_system(forms, zeros, others)
    except (Intractable, Undefined):
        return None


def _solved_system(forms: Forms, zeros: list[Ratio], others: list[Ratio]) -> Witness | None:
    """Solve one equation after the other for a letter in it, then look whether another equation is broken."""
    while zeros:
        ratio, *zeros = zeros
        if ratio.num.is_zero():
            continue
        pivots = _pivots(forms, ratio, [*zeros, *others])
        if not pivots:
            return None
        index, solution = pivots[0]
        zeros = [_composed(forms, other, index, solution) for other in zeros]
        others = [_composed(forms, other, index, solution) for other in others]
    for other in others:
        if not other.num.is_zero() and (witness := _nonzero_somewhere(forms.term(other))) is not None:
            return witness
    return None


# --- statements --------------------------------------------------------------------------------------------------


def _different_chain(left: Term, right: Term) -> Witness | None:
    if _is_modular(left) or _is_modular(right):
        return _different_congruences(left, right)
    if _is_range(left) != _is_range(right):
        return None  # c in (0, 1), and 0 < c < 1
    if ORDER_RELATIONS & {*left.data, *right.data} and (len(left.args) != len(right.args) or len(left.args) > 2):
        witness = _searched(lambda point: _truths_compared(point, left, right), left, right)
        if witness is None and len(left.args) != len(right.args) and _letters(left) != _letters(right):
            return STRUCTURE
        if witness is not None or len(left.args) != len(right.args):
            return witness
    if len(left.args) != len(right.args):
        return STRUCTURE
    ends = [right] if (other := turned(right)) is None else [right, other]
    witnesses = [_different_links(left, end) for end in ends]
    if None in witnesses or _permuted(left, right):
        return None
    return witnesses[0]


def _is_modular(term: Term) -> bool:
    return any(part.op == "op" and part.data in (r"\pmod", r"\pod", r"\bmod", r"\mod") for part in term.walk())


def _different_congruences(left: Term, right: Term) -> Witness | None:
    """Congruences of the same letters by different moduli."""
    sides = [_without_modulus(term) for term in (left, right)]
    if None in sides or not _letters(left) or sides[0][0] != sides[1][0]:
        return None
    return difference(sides[0][1], sides[1][1])


def _without_modulus(term: Term) -> tuple[Term, Term] | None:
    """The congruent numbers, and the modulus."""
    if len(term.args) != 2 or term.args[1].op != "mul":
        return None
    *factors, last = term.args[1].args
    if last.op != "op" or last.data not in (r"\pmod", r"\pod"):
        return None
    return Term("tuple", None, (term.args[0], *factors)), last.args[0]


def _is_range(term: Term) -> bool:
    """Whether a chain states membership, which inequalities can state too."""
    return bool({r"\in", r"\ni", r"\notin"} & set(term.data))


def _permuted(left: Term, right: Term) -> bool:
    """Whether a chain of equations has the same sides in another order."""
    if set(left.data) != {"="} or set(right.data) != {"="} or len(left.args) < 3:
        return False
    return all(any(equality(a, b) for b in right.args) for a in left.args)


def _different_links(left: Term, right: Term) -> Witness | None:
    for ours, theirs, *sides in zip(
        left.data, right.data, left.args, left.args[1:], right.args, right.args[1:], strict=False
    ):
        witness = _different_link(ours, theirs, (sides[0], sides[1]), (sides[2], sides[3]))
        if witness is not None:
            return witness
    return None


Sides = tuple[Term, Term]


def _different_link(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    if _has_sign(*left) != _has_sign(*right):
        return _one_sign(left, right) if ours == theirs == "=" else None
    algebraic = _EQUATIONS | ORDER_RELATIONS
    if ours in algebraic and theirs in algebraic and not any(side.op in _STATEMENTS for side in (*left, *right)):
        return _different_relation(ours, theirs, left, right)
    if ours != theirs:
        figures = any(part.op == "op" and part.data in GEOMETRY for side in left for part in side.walk())
        alike = not figures and any(ours in family and theirs in family for family in ALIKE)
        return None if alike and _different_sides(ours, left, right) is None else STRUCTURE
    witness = _different_sides(ours, left, right)
    if witness is not None and ours in (r"\equiv", r"\approx", r"\simeq", r"\sim", r"\propto", r"\triangleq"):
        if any(side.op in _STATEMENTS for side in (*left, *right)):
            return witness
        return witness if _different_relation("=", "=", left, right) is not None else None
    return witness


def _has_sign(*sides: Term) -> bool:
    return any(part == _SIGN for side in sides for part in side.walk())


_SIGN = const("sign")


def _one_sign(left: Sides, right: Sides) -> Witness | None:
    """x = +-a says x = a or x = -a: a solution of one of the two at which the other equation is broken."""
    both, single = (left, right) if _has_sign(*left) else (right, left)
    for sign in (1, -1):
        chosen = tuple(rewrite(side, lambda term, sign=sign: num(sign) if term == _SIGN else term) for side in both)
        if any(side.op in _STATEMENTS for side in (*chosen, *single)):
            return None
        forms = Forms()
        try:
            holding, broken = (forms.add(forms.form(a), forms.negative(forms.form(b))) for a, b in (chosen, single))
            if (witness := _solved(forms, holding, broken)) is not None:
                return witness
        except (Intractable, Undefined):
            return None
    return None


def _different_sides(sign: str, left: Sides, right: Sides) -> Witness | None:
    """A relation of which nothing is known: one of its sides differs, whichever way round."""
    straight = difference(left[0], right[0])
    straight = straight if straight is not None else difference(left[1], right[1])
    if straight is None or sign not in SYMMETRIC:
        return straight
    crossed = difference(left[0], right[1])
    crossed = crossed if crossed is not None else difference(left[1], right[0])
    return None if crossed is None else straight


def _different_relation(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    """A point at which one relation holds and the other does not."""
    if all(is_constant(side) for side in (*left, *right)):
        return _different_facts(ours, theirs, left, right)
    if sum(map(_is_broken, left)) != sum(map(_is_broken, right)):
        return STRUCTURE
    witness = _different_solutions(ours, theirs, left, right)
    if witness is None and ours == theirs and any(map(_is_formal, (*left, *right))):
        return _different_sides(ours, left, right)
    return witness


def _is_formal(term: Term) -> bool:
    """Whether a value is not computed here: integrals, limits, infinite sums, dots, the infinite."""
    return any(part.op in ("int", "lim", "sum", "prod", "deriv") or part in (_INFINITY, _DOTS) for part in term.walk())


def _different_solutions(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    if (witness := _solved_for_letter(ours, theirs, left, right)) is not None:
        return witness
    if ours != theirs and equality(left[0], left[1]) is not None and equality(right[0], right[1]) is not None:
        holds = {sign in ("=", r"\leq", r"\geq") for sign in (ours, theirs)}
        return STRUCTURE if len(holds) == 2 else None
    if ours in ORDER_RELATIONS or theirs in ORDER_RELATIONS:
        witness = _truth_differs(ours, theirs, left, right)
        witness = _truth_differs_near_zero(ours, theirs, left, right) if witness is None else witness
        if witness is not None:
            return witness
        if ours == theirs or ({ours, theirs} <= ORDER_RELATIONS and not _boundary_matters(ours, theirs)):
            return None
    elif ours != theirs:
        return _truth_differs(ours, theirs, left, right)
    return _zeros_differ(left, right, ours != theirs)


def _solved_for_letter(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    """S = A and S = B for a letter S that is in neither: different if A and B are."""
    if ours != theirs:
        return None
    for i in (0, 1):
        for j in (0, 1) if ours in SYMMETRIC else (i,):
            letter, a, b = left[i], left[1 - i], right[1 - j]
            if letter == right[j] and letter.op == "name" and letter not in a.walk() and letter not in b.walk():
                return difference(a, b)
    return None


def _boundary_matters(ours: str, theirs: str) -> bool:
    """Whether one relation includes equality and the other does not."""
    strict = {"<", ">", r"\neq"}
    return (ours in strict) != (theirs in strict)


def _different_facts(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    """Statements about numbers say the same only if they are about the same numbers."""
    if ours != theirs:
        return STRUCTURE
    return _different_sides(ours, left, right)


def _truth_differs(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    terms = (*left, *right)
    if _complex(*terms):
        return None

    def compute(point: Point) -> Witness | None:
        try:
            first, second = _truth(point, ours, left), _truth(point, theirs, right)
        except Singular:
            return None
        return _shown(point) if None not in (first, second) and first != second else None

    return _searched(compute, *terms)


def _truth_differs_near_zero(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    """Where the sides of one relation meet, or close by."""
    forms = Forms()
    try:
        gaps = [forms.add(forms.form(a), forms.negative(forms.form(b))) for a, b in (left, right)]
        pivots = [pivot for gap in gaps for pivot in _pivots(forms, gap, gaps)]
    except (Intractable, Undefined):
        return None
    for index, solution in pivots[: 2 * PIVOTS]:
        letter, value = forms.terms[index], forms.term(solution)
        if letter.op == "name":

            def compute(point: Point, letter: Term = letter, value: Term = value) -> Witness | None:
                return _truth_around(point, letter.data, value, (ours, theirs), (left, right))

            if (witness := _searched(compute, value, *left, *right)) is not None:
                return witness
    return None


_STEPS = tuple(fmpq(sign, size) for size in (1000, 7, 1) for sign in (1, -1))


def _truth_around(point: Point, letter: str, value: Term, signs: Sequence[str], both: Sequence[Sides]) -> Witness | None:
    try:
        meeting = point.value(value)
    except (Singular, Outside):
        return None
    if not isinstance(meeting, fmpq):
        return None
    for step in (fmpq(0), *_STEPS):
        point.letters[letter] = meeting + step
        try:
            first, second = (_truth(point, sign, sides) for sign, sides in zip(signs, both, strict=True))
        except (Singular, Outside):
            continue
        if None not in (first, second) and first != second:
            return _shown(point)
    return None


def _truth(point: Point, sign: str, sides: Sides) -> bool | None:
    if sign not in _EQUATIONS | ORDER_RELATIONS:
        raise Unknown(sign)
    try:
        a, b = (point.value(side) for side in sides)
    except Outside:
        return False
    gap = a - b
    if not isinstance(gap, fmpq | arb):
        raise Unknown("complex")
    if gap == 0:
        return sign in ("=", r"\leq", r"\geq")
    if gap > 0:
        return sign in (">", r"\geq", r"\neq")
    if gap < 0:
        return sign in ("<", r"\leq", r"\neq")
    return None


# --- equations ---------------------------------------------------------------------------------------------------


def _zeros_differ(left: Sides, right: Sides, opposite: bool = False) -> Witness | None:
    """A point at which one equation holds and the other does not; with *opposite* any point at which one holds."""
    forms = Forms()
    try:
        first, second = (forms.add(forms.form(a), forms.negative(forms.form(b))) for a, b in (left, right))
        first, second = forms.settled(first), forms.settled(second)
        if not opposite and _independent(forms, first, second):
            return STRUCTURE
        if first.num.is_zero() and second.num.is_zero():  # both always hold: then they are about their sides
            return None if opposite else _different_sides("=", left, right)
        for holding, broken in ((first, second), (second, first)):
            witness = _solved(forms, holding, forms.one if opposite else broken)
            if witness is not None:
                return witness
    except (Intractable, Undefined):
        return None
    for holding, broken in ((left, right), (right, left)):
        witness = _holding_at_a_point(holding, broken) if not opposite else None
        if witness is not None:
            return witness
    for holding, broken in ((left, right), (right, left)):
        witness = _crossing(holding, broken, opposite)
        if witness is not None:
            return witness
    return None


def _independent(forms: Forms, first: Ratio, second: Ratio) -> bool:
    """Whether one equation can be broken by a letter that the other does not have, while the other holds."""
    for ours, theirs in ((first, second), (second, first)):
        others = [forms.terms[i] for i in forms.occurring(theirs)]
        if not _pivots(forms, theirs, [ours]):
            continue
        for index, _ in _pivots(forms, ours, [theirs]):
            pivot = forms.terms[index]
            if pivot.op in ("name", "sub", "app") and not any(_occurs(pivot, other) for other in others):
                return True
    return False


def _occurs(pivot: Term, term: Term) -> bool:
    """Whether a letter, or a value of the same unknown function, is part of a term."""
    head = pivot
    while head.op in ("sub", "app"):
        head = head.args[0]
    return any(part == head for part in term.walk())


def _solved(forms: Forms, holding: Ratio, broken: Ratio) -> Witness | None:
    """Solve one equation for a letter in which it is linear; the other is not zero there."""
    if broken.num.is_zero():
        return None
    if holding.num.is_zero():  # it always holds
        return _nonzero_somewhere(forms.term(broken))
    for index, solution in _pivots(forms, holding, [broken])[:PIVOTS]:
        rest = _composed(forms, broken, index, solution)
        if rest.num.is_zero():
            continue
        pivot, remainder = forms.terms[index], forms.term(rest)
        if pivot.op in ("int", "lim", "sum", "prod") and not (_has_unknowns(pivot) or is_constant(remainder)):
            continue
        witness = _defined_and_nonzero(pivot, forms.term(solution), remainder)
        if witness is not None:
            return witness
    return None


def _defined_and_nonzero(pivot: Term, solution: Term, rest: Term) -> Witness | None:
    """A point at which the solution has a value, the pivot is free to take it, and the other equation is broken."""
    def compute(point: Point) -> Witness | None:
        point.trace.clear()
        try:
            value = point.value(solution)
            broken = certainly_nonzero(point.value(rest))
            return _shown(point, **{spelled(pivot): show(value)}) if broken and _takes_any(point, pivot) else None
        except (Singular, Outside):
            return None

    return _searched(compute, pivot, solution, rest)


def _takes_any(point: Point, pivot: Term) -> bool:
    """Whether the value of an unknown function at the pivot's arguments was not needed for anything else."""
    if pivot.op in ("name", "int", "lim", "sum", "prod"):
        return True
    needed = list(point.trace)
    point.trace.clear()
    try:
        point.value(pivot)
    except Unknown:  # dots, say: nothing else has their value
        return pivot.op == "op"
    if not point.trace:
        return False
    label, args = point.trace[-1]
    return all(
        other != label or len(values) != len(args) or any(map(apart, values, args)) for other, values in needed
    )


def spelled(term: Term) -> str:
    """A letter or a value of an unknown function, for people."""
    if term.op == "num":
        return str(term.data)
    if term.op == "sub":
        return f"{spelled(term.args[0])}_{{{spelled(term.args[1])}}}"
    if term.op == "app":
        return f"{spelled(term.args[0])}({', '.join(map(spelled, term.args[1:]))})"
    if term.op in ("add", "mul", "pow"):
        sign = {"add": "+", "mul": " ", "pow": "^"}[term.op]
        return sign.join(map(spelled, term.args))
    if term.op == "op" and len(term.args) == 1:
        return f"{spelled(term.args[0])}{term.data}" if str(term.data).startswith("'") else f"{term.data}{{{spelled(term.args[0])}}}"
    return str(term.data) if term.data is not None else term.op


def _composed(forms: Forms, ratio: Ratio, index: int, solution: Ratio) -> Ratio:
    top = forms.compose(ratio.num, index, solution)
    return forms.multiply(top, forms.inverse(forms.compose(ratio.den, index, solution)))


def _pivots(forms: Forms, ratio: Ratio, others: Sequence[Ratio]) -> list[tuple[int, Ratio]]:
    """Kernels that can take any value and in which a factor of *ratio* is linear, with the value that makes it zero."""
    occurring = sorted({i for r in (ratio, *others) for i in forms.occurring(r)})
    free = [index for index in occurring if _is_free(forms, index, occurring)]
    found = []
    for factor in _factors(ratio):
        degrees = factor.degrees()
        for index in free:
            if degrees[index] == 1:
                slope = Ratio(factor.derivative(index), forms.one.den)
                rest = forms.compose(factor, index, forms.zero)
                found.append((index, forms.multiply(forms.negative(rest), forms.inverse(slope))))
    return found


def _factors(ratio: Ratio) -> list:
    """The factors of a numerator: where one of them is zero, the ratio is."""
    if len(ratio.num) > 60 or ratio.num.total_degree() > MAX_DEGREE:
        return [ratio.num]
    return [factor for factor, _ in ratio.num.factor()[1]]


def _is_free(forms: Forms, index: int, occurring: Sequence[int]) -> bool:
    """Whether a kernel takes any value independently of the others: a letter, or an unknown function's value.

    The value of an integral or a limit that unknown functions decide is as free; one that only numbers decide has
    one value, and two equations that give it different ones cannot both hold.
    """
    term = forms.terms[index]
    others = [forms.terms[i] for i in occurring if i != index]
    if term.op == "name":
        if term.data.startswith("#"):
            return False
        conditions = [forms.term(ratio) for ratio in forms.condition_forms.values()]
        return not any(term.data in _letters(other) for other in (*others, *conditions))
    if term.op in ("app", "sub", "op"):
        if term.op == "op" and any(part.op == "op" and part.data == term.data for other in others for part in other.walk()):
            return False
        return not any(part.op in ("sum", "prod", "int", "lim") for part in term.walk())
    if term.op not in ("int", "lim", "sum", "prod"):
        return False
    return not any(part == term for other in others for part in other.walk())


def _has_unknowns(term: Term) -> bool:
    """Whether unknown functions take part."""
    return any(part.op in ("app", "sub") for part in term.walk())


def _holding_at_a_point(holding: Sides, broken: Sides) -> Witness | None:
    """Small whole numbers at which one equation is proved to hold, and the other certainly does not."""
    letters = sorted(_letters(*holding, *broken))
    if not letters or len(letters) > 6:
        return None
    for start in range(3):
        values = {letter: num(_SMALL[(start + 2 * i) % len(_SMALL)]) for i, letter in enumerate(letters)}
        ours, theirs = (tuple(_put(side, values) for side in sides) for sides in (holding, broken))
        if not _proved(ours):
            continue
        point = {letter: str(value.data) for letter, value in values.items()}
        if (witness := _apart_at_some_point(*theirs)) is not None:
            return {**point, **witness}
    return None


_SMALL = (2, 3, 5, 7, 4, 6)


def _put(term: Term, values: Mapping[str, Term]) -> Term:
    for part in {part for part in term.walk() if part.op == "name" and part.data in values}:
        term = replace(term, part, values[part.data])
    return term


def _proved(sides: Sides) -> bool:
    forms = Forms()
    try:
        return forms.settled(forms.add(forms.form(sides[0]), forms.negative(forms.form(sides[1])))).num.is_zero() and not (
            forms.conditions
        )
    except (Intractable, Undefined):
        return False


def _crossing(holding: Sides, broken: Sides, opposite: bool) -> Witness | None:
    """A stretch of a line on which one equation has a solution, its sides changing places, and the other has none."""
    terms = (*holding, *broken)
    if _complex(*terms):
        return None
    letters = sorted(_letters(*holding))
    for seed in range(3):
        for letter in letters[:PIVOTS]:
            point = Point(seed, whole_letters(*terms) - {letter})
            try:
                witness = _scanned(point, letter, holding, broken, opposite)
            except Unknown:
                return None
            if witness is not None:
                return witness
    return None


def _scanned(point: Point, letter: str, holding: Sides, broken: Sides, opposite: bool) -> Witness | None:
    def gap(sides: Sides, at: Value) -> fmpq | arb | None:
        point.bound[letter] = at
        try:
            value = point.value(sides[0]) - point.value(sides[1])
        except (Singular, Outside):
            return None
        finally:
            del point.bound[letter]
        return value if isinstance(value, fmpq | arb) else None

    values = [gap(holding, place) for place in PLACES]
    for low, high, a, b in zip(PLACES, PLACES[1:], values, values[1:], strict=False):
        if a is None or b is None or not ((a > 0 and b < 0) or (a < 0 and b > 0)):
            continue
        low, high = _narrowed(lambda at: gap(holding, at), low, high, bool(a > 0))
        stretch = arb((low + high) / 2, (high - low) / 2)
        if gap(holding, stretch) is None:  # perhaps a pole, not a solution
            continue
        other = None if opposite else gap(broken, stretch)
        if opposite or (other is not None and certainly_nonzero(other)):
            return _shown(point, **{letter: f"between {show(arb(low))} and {show(arb(high))}"})
    return None


def _narrowed(gap: Callable[[Value], fmpq | arb | None], low: fmpq, high: fmpq, falling: bool) -> tuple[fmpq, fmpq]:
    for _ in range(30):
        middle = (low + high) / 2
        value = gap(middle)
        if value is None or not (value > 0 or value < 0):
            break
        if (value > 0) == falling:
            low = middle
        else:
            high = middle
    return low, high


_RULES: dict[str, Callable[[Term, Term], Witness | None]] = {
    "chain": _different_chain,
    "list": _different_list,
    "tuple": _different_tuple,
    "set": _different_set,
    "matrix": _different_matrix,
    "cases": _different_cases,
    "ac": _different_ac,
    "text": lambda left, right: STRUCTURE,
    "empty": lambda left, right: None,
}
