"""Chains of relations, link by link."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from hmer_suite.equiv.difference.divisions import witness_at_pole
from hmer_suite.equiv.difference.equations import (
    EQUATIONS,
    PIVOTS,
    Sides,
    has_one_value,
    independent,
    pivots,
    truth,
    witness_at_whole_numbers,
    witness_by_sign_change,
    witness_by_solving,
)
from hmer_suite.equiv.difference.expressions import is_broken, is_formal, is_nowhere_defined
from hmer_suite.equiv.difference.proof_of_difference import difference
from hmer_suite.equiv.difference.relations import (
    REACTIONS,
    are_of_one_kind,
    has_elements,
    may_be_turned,
    without_frame,
    without_label,
)
from hmer_suite.equiv.difference.search import (
    STRUCTURE,
    Witness,
    first_witness,
    is_complex,
    letters,
    witness_at,
)
from hmer_suite.equiv.difference.truths import witness_if_truths_differ
from hmer_suite.equiv.equality import equality, is_constant, reversed_chain
from hmer_suite.equiv.forms import Forms, Intractable, Undefined
from hmer_suite.equiv.reading.operators import (
    GEOMETRY,
    INTERCHANGEABLE,
    INTERCHANGEABLE_OF_FIGURES,
    ORDER_RELATIONS,
    SYMMETRIC,
)
from hmer_suite.equiv.solutions import is_statement
from hmer_suite.equiv.terms import NON_EXPRESSIONS, Term, const, num, op, rewrite
from hmer_suite.equiv.values import Outside, Point, Singular


def different_chain(left: Term, right: Term) -> Witness | None:
    """Two chains: their numbers of links differ, or a link does, read from either end."""
    if _is_modular(left) or _is_modular(right):
        return _different_congruences(left, right)
    if _is_range(left) != _is_range(right):
        return None  # c in (0, 1), and 0 < c < 1
    if ORDER_RELATIONS & {*left.relations, *right.relations} and (
        len(left.args) != len(right.args) or len(left.args) > 2
    ):
        witness = first_witness(lambda point: witness_if_truths_differ(point, left, right), left, right)
        if witness is None and len(left.args) != len(right.args) and letters(left) != letters(right):
            return STRUCTURE
        if witness is not None or len(left.args) != len(right.args):
            return witness
    if len(left.args) != len(right.args):
        return STRUCTURE
    ends = [right]
    symmetric = (
        len(right.relations) == 1 and right.relations[0] in SYMMETRIC
    )  # compared both ways in any case
    other = None if symmetric else reversed_chain(right)
    if other is not None and may_be_turned(left.relations, right.relations, other.relations):
        ends.append(other)
    witnesses = [_different_links(left, end) for end in ends]
    if None in witnesses or _permuted(left, right):
        return None
    return witnesses[0]


def _is_modular(term: Term) -> bool:
    return any(
        part.op == "op" and part.data in (r"\pmod", r"\pod", r"\bmod", r"\mod") for part in term.walk()
    )


def _different_congruences(left: Term, right: Term) -> Witness | None:
    """Congruences of the same letters by different moduli."""
    ours, theirs = _without_modulus(left), _without_modulus(right)
    if ours is None or theirs is None or not letters(left) or ours[0] != theirs[0]:
        return None
    return difference(ours[1], theirs[1])


def _without_modulus(term: Term) -> tuple[Term, Term] | None:
    """The congruent numbers and the modulus; None if this is no congruence."""
    if len(term.args) != 2 or term.args[1].op != "mul":
        return None
    *factors, last = term.args[1].args
    if last.op != "op" or last.data not in (r"\pmod", r"\pod"):
        return None
    return Term("tuple", None, (term.args[0], *factors)), last.args[0]


_MEMBERSHIP = frozenset((r"\in", r"\ni", r"\notin"))


def _is_range(term: Term) -> bool:
    """Whether a chain states membership, which may be another way to write inequalities."""
    return not _MEMBERSHIP.isdisjoint(term.relations)


def _permuted(left: Term, right: Term) -> bool:
    """Whether a chain of equations has the same sides in another order."""
    if {*left.relations, *right.relations} != {"="} or len(left.args) < 3:
        return False
    pairs = ((left, right), (right, left))
    return all(any(equality(a, b) for b in theirs.args) for ours, theirs in pairs for a in ours.args)


def _different_links(left: Term, right: Term) -> Witness | None:
    links = (zip(side.relations, side.args, side.args[1:], strict=False) for side in (left, right))
    for (ours, a, b), (theirs, c, d) in zip(*links, strict=False):
        if (witness := _different_link(ours, theirs, (a, b), (c, d))) is not None:
            return witness
    return None


def _different_link(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    if _has_sign(*left) != _has_sign(*right):
        return _one_sign(left, right) if ours == theirs == "=" else None
    algebraic = EQUATIONS | ORDER_RELATIONS
    if (
        ours in algebraic
        and theirs in algebraic
        and not any(side.op in NON_EXPRESSIONS for side in (*left, *right))
    ):
        return _different_relation(ours, theirs, left, right)
    ours, theirs = without_frame(ours), without_frame(theirs)
    if ours != theirs and (without_label(ours) == ours) != (without_label(theirs) == theirs):
        ours, theirs = without_label(ours), without_label(theirs)  # it may be left out
        if ours == theirs:
            return None if _different_sides(ours, left, right) is None else STRUCTURE
    if {ours, theirs} == {"=", r"\propto"}:
        return None  # the letter that one side has more is the constant
    if ours != theirs and {ours, theirs} <= REACTIONS and any(map(has_elements, (*left, *right))):
        witness = _different_sides(ours, left, right)
        return witness if equality(left[0], right[0]) is None or equality(left[1], right[1]) is None else None
    if ours != theirs and not are_of_one_kind(ours, theirs) and not _are_interchangeable(ours, theirs):
        if all(equality(a, b) is not None for a, b in zip(left, right, strict=True)):
            return STRUCTURE
        mentioned = letters(*left), letters(*right)
        return None if mentioned[0] <= mentioned[1] or mentioned[1] <= mentioned[0] else STRUCTURE
    if ours != theirs:
        figures = any(part.op == "op" and part.data in GEOMETRY for side in left for part in side.walk())
        alike = _are_interchangeable(ours, theirs, INTERCHANGEABLE_OF_FIGURES if figures else INTERCHANGEABLE)
        return None if alike and _different_sides(ours, left, right) is None else STRUCTURE
    witness = _different_sides(ours, left, right)
    if ours == r"\Rightarrow" and all(map(is_statement, (*left, *right))):
        negated = op(r"\neg", right[1]), op(r"\neg", right[0])
        return None if _different_sides(ours, left, negated) is None else witness
    if witness is not None and ours in (r"\equiv", r"\approx", r"\simeq", r"\sim", r"\propto", r"\triangleq"):
        if any(side.op in NON_EXPRESSIONS for side in (*left, *right)):
            return witness
        return witness if _different_relation("=", "=", left, right) is not None else None
    return witness


def _are_interchangeable(
    ours: str, theirs: str, families: Sequence[frozenset[str]] = INTERCHANGEABLE
) -> bool:
    return any(ours in family and theirs in family for family in families)


def _has_sign(*sides: Term) -> bool:
    return any(part == _SIGN for side in sides for part in side.walk())


_SIGN = const("sign")


def _with_sign(side: Term, sign: int) -> Term:
    """A side with one of its two signs."""
    return rewrite(side, lambda term: num(sign) if term == _SIGN else term)


def _one_sign(left: Sides, right: Sides) -> Witness | None:
    """``x = \\pm a`` means x = a or x = -a: a solution of one of these at which the other side's equation is broken."""
    both, single = (left, right) if _has_sign(*left) else (right, left)
    for sign in (1, -1):
        chosen = _with_sign(both[0], sign), _with_sign(both[1], sign)
        if any(side.op in NON_EXPRESSIONS for side in (*chosen, *single)):
            return None
        forms = Forms()
        try:
            holding, broken = (
                forms.add(forms.form(a), forms.negative(forms.form(b))) for a, b in (chosen, single)
            )
            if (witness := witness_by_solving(forms, holding, broken)) is not None:
                return witness
        except (Intractable, Undefined):
            return None
    return None


def _different_sides(sign: str, left: Sides, right: Sides) -> Witness | None:
    """An unknown relation: one of its sides differs, for a symmetric relation also with its sides exchanged."""
    straight = difference(left[0], right[0])
    straight = straight if straight is not None else difference(left[1], right[1])
    if straight is None or without_label(sign) not in SYMMETRIC:
        return straight
    if equality(left[0], right[0]) is not None or equality(left[1], right[1]) is not None:
        return straight  # with one side the same, the others would have to be
    crossed = difference(left[0], right[1])
    crossed = crossed if crossed is not None else difference(left[1], right[0])
    return None if crossed is None else straight


def _different_relation(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    """A point at which one relation holds and the other does not."""
    if all(is_constant(side) for side in (*left, *right)):
        return _different_facts(ours, theirs, left, right)
    if sum(map(is_broken, left)) != sum(map(is_broken, right)):
        return STRUCTURE
    witness = _different_solutions(ours, theirs, left, right)
    formal = ours == theirs and any(map(is_formal, (*left, *right)))
    if witness is None and formal and is_complex(*left, *right) and not _share_a_side(left, right):
        return None  # perhaps one of them is the other times the imaginary unit
    if witness is None and formal and (ours != "=" or _has_single_value(left) == _has_single_value(right)):
        return _different_sides(ours, left, right)
    return witness_at_pole((ours, theirs), left, right) if witness is None else witness


def _share_a_side(left: Sides, right: Sides) -> bool:
    return any(equality(ours, theirs) is not None for ours in left for theirs in right)


def _has_single_value(sides: Sides) -> bool:
    """Whether there are integrals, limits, sums or products whose one value the other statement may have instead."""
    return any(has_one_value(part) for side in sides for part in side.walk())


def _different_solutions(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    solved = _solved_for_letter(ours, theirs, left, right)
    if solved == STRUCTURE:
        solved = (
            _zeros_differ(left, right) or STRUCTURE
        )  # numbers differ without a witness, their equations with one
    if solved is not None:
        return solved
    if ours != theirs and equality(left[0], left[1]) is not None and equality(right[0], right[1]) is not None:
        holds = {sign in ("=", r"\leq", r"\geq") for sign in (ours, theirs)}
        return STRUCTURE if len(holds) == 2 else None
    if ours == theirs and ours in ORDER_RELATIONS:
        witness = _truth_differs(ours, theirs, left, right)
        return _truth_differs_near_zero(ours, theirs, left, right) if witness is None else witness
    if ours != theirs:
        witness = _truth_differs(ours, theirs, left, right)
        return _truth_differs_near_zero(ours, theirs, left, right) if witness is None else witness
    return _zeros_differ(left, right)


def _solved_for_letter(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    """S = A and S = B for a letter S in neither A nor B: different if A and B are."""
    if ours != theirs:
        return None
    for i in (0, 1):
        for j in (0, 1) if ours in SYMMETRIC else (i,):
            letter, a, b = left[i], left[1 - i], right[1 - j]
            if (
                letter == right[j]
                and (head := _free_head(letter)) is not None
                and head not in a.walk()
                and head not in b.walk()
            ):
                witness = difference(a, b)
                return witness if witness or letter.op == "name" else None  # two numbers: solved below
    return None


def _free_head(side: Term) -> Term | None:
    """The letter of a side that is a letter, perhaps with an index, an accent or primes, and so can be anything."""
    while side.op == "sub" or (side.op == "op" and len(side.args) == 1 and str(side.data)[0] in "'^"):
        side = side.args[0]
    return side if side.op == "name" else None


def _different_facts(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    """Statements about numbers are the same only if they are about the same numbers."""
    if ours != theirs:
        return STRUCTURE
    return _different_sides(ours, left, right)


def _truth_differs(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    terms = (*left, *right)
    if is_complex(*terms):
        return None

    def compute(point: Point) -> Witness | None:
        try:
            first, second = truth(point, ours, left), truth(point, theirs, right)
        except Singular:
            return None
        return witness_at(point) if None not in (first, second) and first != second else None

    return first_witness(compute, *terms)


def _truth_differs_near_zero(ours: str, theirs: str, left: Sides, right: Sides) -> Witness | None:
    """The same, at points where the sides of one relation meet, and close to them."""
    forms = Forms()
    try:
        gaps = [forms.add(forms.form(a), forms.negative(forms.form(b))) for a, b in (left, right)]
        found = [pivot for gap in gaps for pivot in pivots(forms, gap, gaps)]
    except (Intractable, Undefined):
        return None
    for index, solution in found[: 2 * PIVOTS]:
        letter, value = forms.terms[index], forms.term(solution)
        if letter.op == "name":

            def compute(point: Point, letter: Term = letter, value: Term = value) -> Witness | None:
                return _truth_around(point, letter.label, value, (ours, theirs), (left, right))

            if (witness := first_witness(compute, value, *left, *right)) is not None:
                return witness
    return None


_STEPS = tuple(fmpq(sign, size) for size in (1000, 7, 1) for sign in (1, -1))


def _truth_around(
    point: Point, letter: str, value: Term, signs: Sequence[str], both: Sequence[Sides]
) -> Witness | None:
    try:
        meeting = point.value(value)
    except (Singular, Outside):
        return None
    if not isinstance(meeting, fmpq):
        return None
    for step in (fmpq(0), *_STEPS):
        point.letters[letter] = meeting + step
        try:
            first, second = (truth(point, sign, sides) for sign, sides in zip(signs, both, strict=True))
        except (Singular, Outside):
            continue
        if None not in (first, second) and first != second:
            return witness_at(point)
    return None


def _never_holds_or_does(left: Sides, right: Sides) -> Witness | None:
    """A solution of the one equation that does not divide by zero everywhere."""
    for ours, theirs in ((left, right), (right, left)):
        forms = Forms()
        try:
            holding = forms.add(forms.form(ours[0]), forms.negative(forms.form(ours[1])))
        except (Intractable, Undefined):
            continue
        if not is_nowhere_defined(*theirs):
            return None
        try:
            return witness_by_solving(forms, holding, forms.one)
        except (Intractable, Undefined):
            return None
    return None


def _zeros_differ(left: Sides, right: Sides) -> Witness | None:
    """A point at which one equation holds and the other does not."""
    forms = Forms()
    try:
        first, second = (forms.add(forms.form(a), forms.negative(forms.form(b))) for a, b in (left, right))
        first, second = forms.on_domain(first), forms.on_domain(second)
        if independent(forms, first, second):
            return STRUCTURE
        if (
            first.num.is_zero() and second.num.is_zero()
        ):  # both are identities, which are compared by their sides
            return _different_sides("=", left, right)
        for holding, broken in ((first, second), (second, first)):
            witness = witness_by_solving(forms, holding, broken)
            if witness is not None:
                return witness
    except Undefined:
        return _never_holds_or_does(left, right)
    except Intractable:
        return None
    for search in (witness_at_whole_numbers, witness_by_sign_change):
        for ours, theirs in ((left, right), (right, left)):
            if (witness := search(ours, theirs)) is not None:
                return witness
    return None
