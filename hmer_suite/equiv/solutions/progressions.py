r"""Arithmetic progressions: ``x=\frac\pi3+2k\pi,k\in\mathbb Z``, ``n\equiv1\pmod3``, ``\{2k+1\mid k\in\mathbb Z\}``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from hmer_suite.equiv.solutions.common_form import SIGN, with_sign
from hmer_suite.equiv.terms import MINUS_ONE, ONE, Term, add, const, mul, name, num, replace

MAX_RESIDUES = 360
"""Unions of more progressions are not compared."""

_INTEGERS = name(r"\mathbb{Z}")
_COUNTERS = frozenset(map(name, "klmn"))
_PI, _DEGREE = const("pi"), const("deg")
_Powers = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Progressions:
    """The numbers of some arithmetic progressions in both directions.

    Attributes:
        letter: what is said to be one of these numbers; None for a set.
        unit: the power of pi that all numbers are multiples of.
        members: the offset and the step of each progression, in these units.
        declared: whether the text says that the parameter is a whole number.
    """

    letter: Term | None
    unit: int
    members: frozenset[tuple[Fraction, Fraction]]
    declared: bool

    def residues(self) -> tuple[Fraction, frozenset[Fraction]] | None:
        """The smallest period that all steps divide and the numbers in it; None if there are too many."""
        steps = [step for _, step in self.members]
        bottom = lcm(*(step.denominator for step in steps))
        period = Fraction(lcm(*(int(step * bottom) for step in steps)), bottom)
        if sum(period / step for step in steps) > MAX_RESIDUES:
            return None
        found = {
            (offset + count * step) % period
            for offset, step in self.members
            for count in range(int(period / step))
        }
        return period, frozenset(found)


def same_members(left: Term, right: Term) -> bool | None:
    """Whether two statements or sets are the same progressions; None if that is not known."""
    first, second = progressions(left), progressions(right)
    if first is None or second is None:
        return None
    same = _have_same_members(first, second)
    return None if same and not (first.declared and second.declared) else same


def may_have_same_members(left: Term, right: Term) -> bool:
    """Whether two statements are the same progressions if their parameters are whole numbers."""
    first, second = progressions(left), progressions(right)
    return first is not None and second is not None and bool(_have_same_members(first, second))


def _have_same_members(first: Progressions, second: Progressions) -> bool | None:
    ours, theirs = first.residues(), second.residues()
    if ours is None or theirs is None or (first.letter, first.unit) != (second.letter, second.unit):
        return None
    period = _common(ours[0], theirs[0])
    if period / min(ours[0], theirs[0]) * max(len(ours[1]), len(theirs[1])) > MAX_RESIDUES:
        return None
    return _spread(ours, period) == _spread(theirs, period)


def _common(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(
        lcm(one.numerator, other.numerator), gcd(one.denominator, other.denominator)
    )  # the least common multiple of two fractions


def _spread(found: tuple[Fraction, frozenset[Fraction]], period: Fraction) -> set[Fraction]:
    own, residues = found
    return {residue + count * own for residue in residues for count in range(int(period / own))}


def progressions(term: Term) -> Progressions | None:
    """The progressions that a statement or a set consists of; None for any other term."""
    if term.op == "mul" and len(term.args) == 2 and term.args[1] == _INTEGERS:
        return _of_values(None, [term.args[0]], _ONE_STEP)
    if term.op == "set" and len(term.args) == 1 and term.args[0].data == "builder":
        return _of_builder(*term.args[0].args)
    parts = term.args if term.op == "list" else (term,)
    if len(parts) == 2 and parts[0].data == (r"\equiv",) and parts[1].data == r"\pmod":
        return _of_congruence(parts[0].args[0], mul(parts[0].args[1], parts[1]))
    statements = [part for part in parts if part.op == "chain" and part.data != (r"\in",)]
    others = [part for part in parts if part not in statements]
    declared = [part.args[0] for part in others if part.data == (r"\in",) and part.args[1] == _INTEGERS]
    words = {str(part.data).lower() for part in others if part.op == "text"}
    if (
        not statements
        or len(declared) > 1
        or len(declared) + sum(p.op == "text" for p in others) < len(others)
    ):
        return None
    if words - {"or"} or (len(statements) > 1 and not words):
        return None
    return _joined([_of_statement(part, declared) for part in statements])


def _of_builder(members: Term, statement: Term) -> Progressions | None:
    found: Progressions | None
    if statement.op == "chain" and statement.data == (r"\in",) and statement.args[1] == _INTEGERS:
        found = _of_values(None, [members], statement.args[0])
    elif members.op == "name" and (found := progressions(statement)) is not None and found.letter == members:
        found = Progressions(None, found.unit, found.members, found.declared)
    else:
        found = None
    return found if found is not None and found.declared else None


def _of_statement(chain: Term, declared: Sequence[Term]) -> Progressions | None:
    if len(chain.args) != 2 or chain.args[0].op != "name":
        return None
    letter, value = chain.args
    if chain.data == (r"\equiv",):
        return _of_congruence(letter, value)
    if chain.data != ("=",) or letter in declared:
        return None
    if declared:
        return _of_values(letter, _without_signs(value), declared[0])
    counters = list(_COUNTERS.intersection(value.walk()))
    found = _of_values(letter, _without_signs(value), counters[0]) if len(counters) == 1 else None
    if found is None or found.unit == 0:
        return None
    return Progressions(letter, found.unit, found.members, declared=False)


def _of_congruence(letter: Term, value: Term) -> Progressions | None:
    """The progression of a congruence whose modulus is the last factor of its right side."""
    if letter.op != "name" or value.op != "mul" or value.args[-1].data not in (r"\pmod", r"\pod"):
        return None
    offset, (modulus,) = mul(*value.args[:-1]), value.args[-1].args
    return _of_values(letter, [add(part, mul(modulus, _STEP)) for part in _without_signs(offset)], _STEP)


_STEP = name("#step")
_ONE_STEP = ONE
"""In place of a parameter: the value is the step itself."""


def _without_signs(value: Term) -> list[Term]:
    return [with_sign(value, sign) for sign in (1, -1)] if SIGN in value.walk() else [value]


def _of_values(letter: Term | None, values: Iterable[Term], parameter: Term) -> Progressions | None:
    if parameter == _ONE_STEP:
        parameter, values = _STEP, [mul(value, _STEP) for value in values]
    members: set[tuple[Fraction, Fraction]] = set()
    units: set[int] = set()
    for value in values:
        for part in _by_parity(value, parameter):
            powers = _expanded(part, parameter)
            if powers is None or any(degree > 1 for _, degree in powers):
                return None
            units.update(unit for (unit, _), factor in powers.items() if factor)
            offset, step = (
                sum((f for (_, d), f in powers.items() if d == degree), Fraction(0)) for degree in (0, 1)
            )
            if not step:
                return None
            members.add((offset % abs(step), abs(step)))
    return Progressions(letter, units.pop(), frozenset(members), declared=True) if len(units) == 1 else None


def _by_parity(value: Term, parameter: Term) -> Iterator[Term]:
    r"""A value for even and for odd parameters, if it has the sign ``(-1)^k``."""
    sign = Term("pow", None, (MINUS_ONE, parameter))
    if sign not in value.walk():
        yield value
        return
    for odd in (0, 1):
        signed = replace(value, sign, num((-1) ** odd))
        yield replace(signed, parameter, add(mul(num(2), parameter), num(odd)))


def _expanded(term: Term, parameter: Term) -> dict[_Powers, Fraction] | None:
    """The factors of the powers of pi and of the parameter in a polynomial of these; None for anything else."""
    if term == parameter:
        return {(0, 1): Fraction(1)}
    if term.op == "num":
        return {(0, 0): term.value}
    if term in (_PI, _DEGREE):
        return {(1, 0): Fraction(1, 180 if term == _DEGREE else 1)}
    if term.op == "pow" and term.args[1] == MINUS_ONE:
        below = _expanded(term.args[0], parameter)
        if below is None or len(below) != 1:
            return None
        ((pi, degree), factor), *_ = below.items()
        return None if degree or not factor else {(-pi, 0): 1 / factor}
    if term.op not in ("add", "mul"):
        return None
    parts = [_expanded(arg, parameter) for arg in term.args]
    total: dict[_Powers, Fraction] = {} if term.op == "add" else {(0, 0): Fraction(1)}
    for part in parts:
        if part is None:
            return None
        total = _sum(total, part) if term.op == "add" else _product(total, part)
    return total


def _sum(one: dict[_Powers, Fraction], other: dict[_Powers, Fraction]) -> dict[_Powers, Fraction]:
    return {key: one.get(key, Fraction(0)) + other.get(key, Fraction(0)) for key in {**one, **other}}


def _product(one: dict[_Powers, Fraction], other: dict[_Powers, Fraction]) -> dict[_Powers, Fraction]:
    total: dict[_Powers, Fraction] = {}
    for (pi, degree), factor in one.items():
        for (more, higher), times in other.items():
            total = _sum(total, {(pi + more, degree + higher): factor * times})
    return total


def _joined(parts: Sequence[Progressions | None]) -> Progressions | None:
    found = [part for part in parts if part is not None]
    if len(found) < len(parts) or len({(part.letter, part.unit) for part in found}) != 1:
        return None
    members = frozenset().union(*(part.members for part in found))
    return Progressions(
        found[0].letter, found[0].unit, members, declared=all(part.declared for part in found)
    )


def is_periodic(term: Term) -> bool:
    """Whether a term has a modulus, or gives a letter by a parameter that it declares as a whole number."""
    if any(part.op == "op" and part.data in (r"\pmod", r"\pod") for part in term.walk()):
        return True
    if term.op != "list":
        return False
    declared = {part.args[0] for part in term.args if part.data == (r"\in",) and part.args[1] == _INTEGERS}
    return any(
        part.op == "chain"
        and part.data == ("=",)
        and part.args[0].op in ("name", "sub")
        and part.args[0] not in declared
        and not declared.isdisjoint(part.args[1].walk())
        for part in term.args
    )
