r"""Rival notations of single fields: ``[G:H]`` and ``|G:H|``, ``\chi_A`` and ``\mathbf 1_A``, ions as ``Ca^{+2}``.

They are written alike before a difference is looked for, so that it does not rest on the notation.
"""

from __future__ import annotations

from hmer_suite.equiv.reading.interpreting.order_of_factors import is_conjugate
from hmer_suite.equiv.reading.notations.marks import Change
from hmer_suite.equiv.reading.units import is_unit, unit
from hmer_suite.equiv.terms import MINUS_ONE, Term, inverse, mul, name, num, op, power


def _indices_of_subgroups(parts: list[Term]) -> Change | None:
    """Bars around the index of a subgroup as brackets: ``|G:H|``."""
    if not any(map(_is_barred_ratio, parts)):
        return None
    return lambda term: term.args[0] if _is_barred_ratio(term) else term


def _is_barred_ratio(term: Term) -> bool:
    return term.op == "fn" and term.data == "abs" and term.args[0].op == "op" and term.args[0].data == ":"


def _restrictions(parts: list[Term]) -> Change | None:
    r"""A function on a part of its domain, without that part, if the pair has two signs of it: ``f\restriction_A``."""
    if not any(map(_is_hooked, parts)):
        return None
    return lambda term: op("restricted", term.args[0]) if _is_hooked(term) or _is_evaluated(term) else term


def _is_hooked(term: Term) -> bool:
    return term.op == "chain" and term.relations[0].startswith(r"\upharpoonright")


def _is_evaluated(term: Term) -> bool:
    return term.op == "op" and term.data == "at"


def _indicators(parts: list[Term]) -> Change | None:
    r"""Indicator functions by one sign, if the pair has two of their signs: ``\chi_A``, ``\mathbf 1_A``, ``I_A``."""
    signs = {part.args[0] for part in parts if _is_indicator(part)}
    if len(signs) < 2 or signs.isdisjoint(_ONES):
        return None
    return lambda term: term.with_args((_INDICATOR, term.args[1])) if _is_indicator(term) else term


def _is_indicator(term: Term) -> bool:
    return term.op == "sub" and term.args[0] in _INDICATORS and term.args[1].op != "num"


_INDICATOR = name(r"\mathbb{1}")
_ONES = frozenset((_INDICATOR, op("digits", num(1))))
_INDICATORS = _ONES | set(map(name, (r"\chi", "I", r"\mathbb{I}", r"\mathbf{I}", r"\mathrm{I}")))


def _deltas(parts: list[Term]) -> Change | None:
    r"""A raised index of Kronecker's delta as a second lowered one, if the pair has both: ``\delta^i_j``."""
    if not any(map(_has_two_indices, parts)):
        return None

    def change(term: Term) -> Term:
        if term.op == "pow" and term.args[0].op == "sub" and term.args[0].args[0] == _DELTA:
            return _delta(term.args[0].args[1], term.args[1])
        return _delta(*term.args[1].args) if _has_two_indices(term) else term

    return change


def _has_two_indices(term: Term) -> bool:
    return (
        term.op in ("sub", "pow")
        and term.args[0] == _DELTA
        and term.args[1].op == "juxt"
        and len(term.args[1].args) == 2
    )


def _delta(*indices: Term) -> Term:
    return Term("sub", None, (_DELTA, Term("juxt", None, tuple(sorted(indices, key=repr)))))


_DELTA = name(r"\delta")


def _charges(parts: list[Term]) -> Change | None:
    """Exponents as charges of ions, if the pair has such a charge: ``Ca^{2+}`` and ``Ca^{+2}``."""
    charged = {part.args[0]: part for part in parts if part.op == "op" and part.label in _CHARGES}
    if not charged:
        return None

    def change(term: Term) -> Term:
        ion = charged.get(term.args[0]) if term.op == "pow" else None
        return ion if ion is not None and term.args[1] == num(_CHARGES[ion.label]) else term

    return change


_CHARGES = {f"^{size} {sign}": int(f"{sign}{size}") for size in range(2, 8) for sign in "+-"}


def _differentials(parts: list[Term]) -> Change | None:
    r"""A derivative times the differential of its variable as that of the function: ``f'(x)\,dx`` and ``df``."""
    functions = {part.args[0] for part in parts if part.op == "op" and part.data == "'"}
    if functions.isdisjoint(part.args[0] for part in parts if _is_differential(part)):
        return None

    def change(term: Term) -> Term:
        if term.op != "mul" or not any(map(_is_differential, term.args)):
            return term
        for factor in term.args:
            prime = factor.args[0] if factor.op == "app" else factor
            if prime.op == "op" and prime.data == "'" and prime.args[0] in functions:
                others = [arg for arg in term.args if arg is not factor and not _is_differential(arg)]
                return mul(*others, op("d", prime.args[0]))
        return term

    return change


def _is_differential(term: Term) -> bool:
    return term.op == "op" and term.data == "d" and len(term.args) == 1


def _proportions(parts: list[Term]) -> Change | None:
    """Ratios of three and more that are equal as a chain of quotients: ``a:b:c=2:3:4``."""
    if not any(map(_is_proportion, parts)):
        return None

    def change(term: Term) -> Term:
        if not _is_proportion(term):
            return term
        pairs = zip(term.args[0].args, term.args[1].args, strict=True)
        quotients = tuple(mul(first, inverse(second)) for first, second in pairs)
        return Term("chain", ("=",) * (len(quotients) - 1), quotients)

    return change


def _is_proportion(term: Term) -> bool:
    return (
        term.op == "chain"
        and term.data == ("=",)
        and all(side.op == "op" and side.data == ":" and len(side.args) > 2 for side in term.args)
        and len(term.args[0].args) == len(term.args[1].args)
    )


def _proportional(parts: list[Term]) -> Change | None:
    r"""What is proportional to something without its numbers: ``s\propto3t``."""
    if not any(part.data == (r"\propto",) for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.data != (r"\propto",) or term.args[1].op != "mul":
            return term
        factors = [factor for factor in term.args[1].args if factor.op != "num"]
        return term.with_args((term.args[0], mul(*factors))) if factors else term

    return change


def _times_of_day(parts: list[Term]) -> Change | None:
    """Hours and minutes with a colon as a decimal number, if the pair has one: ``12:30`` and ``12.30``."""
    if not any(part.op == "num" and part.value.denominator > 1 for part in parts):
        return None
    return lambda term: (
        num(term.args[0].value + term.args[1].value / 100)
        if term.op == "op" and term.data == ":" and all(_is_part_of_a_time(arg) for arg in term.args)
        else term
    )


def _is_part_of_a_time(term: Term) -> bool:
    return term.op == "num" and term.value.denominator == 1 and 0 <= term.value < 60


def _conjugations(parts: list[Term]) -> Change | None:
    """Equations with a conjugate, with its inverse on the other side: ``P^{-1}AP=D`` as ``AP=PD``."""
    if not any(map(is_conjugate, parts)):
        return None

    def change(term: Term) -> Term:
        if term.op != "chain" or len(term.args) != 2:
            return term
        first, second = term.args if is_conjugate(term.args[0]) else term.args[::-1]
        inverses = [factor for factor in first.args if factor.op == "pow" and factor.args[1] == MINUS_ONE]
        if not is_conjugate(first) or len(inverses) != 1:
            return term
        others = (factor for factor in first.args if factor != inverses[0])
        moved = mul(*others), mul(inverses[0].args[0], second)
        return term.with_args(moved if first == term.args[0] else moved[::-1])

    return change


def _units_side_by_side(parts: list[Term]) -> Change | None:
    r"""A unit with a prefix as two units, if the pair has these as well: ``ms^{-1}`` and ``m\,s^{-1}``."""
    words = {part.label[8:-1] for part in parts if part.op == "name" and part.label.startswith(r"\mathrm{")}
    units = [word for word in words if is_unit(word)]
    apart = [
        {*part.args, *(arg.args[0] for arg in part.args if arg.op == "pow")}
        for part in parts
        if part.op == "mul"
    ]
    products = {
        unit(u + v): mul(unit(u), unit(v))
        for u in units
        for v in units
        if u != v and u + v in words and any({unit(u), unit(v)} <= factors for factors in apart)
    }
    if not products:
        return None

    def change(term: Term) -> Term:
        if term.op == "pow" and term.args[0] in products.values():
            first, last = term.args[0].args
            return mul(first, power(last, term.args[1]))
        return products.get(term, term)

    return change


RIVAL_NOTATIONS = (
    _conjugations,
    _units_side_by_side,
    _indices_of_subgroups,
    _restrictions,
    _indicators,
    _deltas,
    _charges,
    _differentials,
    _times_of_day,
    _proportions,
    _proportional,
)
"""The changes that write rival notations alike, each for the parts of both sides."""
