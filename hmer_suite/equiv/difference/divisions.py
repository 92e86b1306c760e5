"""Points at which one statement divides by zero, and so does not hold, while the other does."""

from __future__ import annotations

from flint import fmpq

from hmer_suite.equiv.difference.equations import PIVOTS, Sides, pivots, truth
from hmer_suite.equiv.difference.search import Witness, first_witness, is_complex, letters, witness_at
from hmer_suite.equiv.forms import Forms, Intractable, Ratio, Undefined
from hmer_suite.equiv.poles import divisors, is_solved
from hmer_suite.equiv.terms import ZERO, Term
from hmer_suite.equiv.values import Outside, Point, Singular


def witness_at_pole(signs: tuple[str, str], left: Sides, right: Sides) -> Witness | None:
    """A zero of a denominator of one statement at which the other statement holds."""
    if is_complex(*left, *right) or (signs == ("=", "=") and is_solved(left, right)):
        return None
    ours, theirs = set(divisors(left)), set(divisors(right))
    for own, sign, sides in ((ours - theirs, signs[1], right), (theirs - ours, signs[0], left)):
        for divisor in sorted(own, key=repr):
            if (witness := _holds_at_zero(divisor, sign, sides)) is not None:
                return witness
    return None


def _holds_at_zero(divisor: Term, sign: str, sides: Sides) -> Witness | None:
    for letter, place in _places(divisor):

        def compute(point: Point, letter: str = letter, place: Term = place) -> Witness | None:
            try:
                value = point.value(place)
                if not isinstance(value, fmpq):
                    return None
                point.letters[letter] = point.used[letter] = value
                holds = point.value(divisor) == 0 and truth(point, sign, sides)
            except (Singular, Outside):
                return None
            return witness_at(point) if holds else None

        if (witness := first_witness(compute, divisor, *sides)) is not None:
            return witness
    return None


def _places(divisor: Term) -> list[tuple[str, Term]]:
    """Letters of a denominator with values at which it may be zero: its roots if it is linear, else zero."""
    forms = Forms()
    try:
        ratio = forms.form(divisor)
        numerator = Ratio(ratio.num, forms.one.den)
        roots = [(forms.terms[index], forms.term(root)) for index, root in pivots(forms, numerator, [])]
    except (Intractable, Undefined):
        return []
    found = [(letter.label, root) for letter, root in roots if letter.op == "name"]
    return [*found, *((letter, ZERO) for letter in sorted(letters(divisor)))][: 2 * PIVOTS]
