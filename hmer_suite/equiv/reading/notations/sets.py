r"""Sets: complements, ``A\setminus B``, ``A\sqcup B``, ``\#A`` and ``|A|``, ``2^A`` and ``\mathcal P(A)``, ``\phi``."""

from __future__ import annotations

from hmer_suite.equiv.reading.factors.events import is_complement, one_complement
from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import TWO, Term, const, fn, mul, name, op


def _counts(parts: list[Term]) -> Change | None:
    r"""``\#A`` as ``|A|``, if the pair has that."""
    if not any(part.op == "fn" and part.data == "abs" for part in parts):
        return None
    return lambda term: (
        fn("abs", *term.args[1:])
        if term.op == "op" and term.data == "juxt." and term.args[0] == _COUNT and len(term.args) == 2
        else term
    )


_COUNT = op(r"\#")


def _complements_by_sign(parts: list[Term]) -> Change | None:
    r"""``\complement A``, ``\complement_UA`` and ``C_UA`` as complements, if the pair has complements of two kinds."""
    signs = {part for part in parts if part.op == "mul" and _sign_of_complement(part.args[0])}
    others = any(map(is_complement, parts))
    kinds = {_sign_of_complement(part.args[0]) for part in signs}
    if not (others and signs) and len(kinds) < 2:
        return None

    def change(term: Term) -> Term:
        if is_complement(term):
            return op("complement", term.args[0])
        return op("complement", mul(*term.args[1:])) if term in signs else term

    return change


def _sign_of_complement(term: Term) -> str:
    letter = term.args[0] if term.op == "sub" else term
    if letter == name(r"\complement"):
        return letter.label
    return "C" if term.op == "sub" and letter == name("C") and is_capital(term.args[1]) else ""


def _differences(parts: list[Term]) -> Change | None:
    r"""``A\setminus B`` as ``A\cap\bar B``, if the pair has complements."""
    if not any(map(is_complement, parts)):
        return None

    def change(term: Term) -> Term:
        if term.op == "op" and term.data == r"\setminus" and len(term.args) == 2:
            return Term("ac", r"\cap", (term.args[0], op("complement", term.args[1])))
        if is_complement(term):
            return op("complement", term.args[0])
        return term

    return change if any(part.op == "op" and part.data == r"\setminus" for part in parts) else None


def _power_sets(parts: list[Term]) -> Change | None:
    r"""``2^A`` and ``\wp(A)`` as ``\mathcal P(A)``, if the pair has such a sign."""
    if not any(part.op == "app" and part.args[0] in _POWER_SETS for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "pow" and term.args[0] == TWO and is_capital(term.args[1]):
            return Term("app", "maybe", (_POWER_SET, term.args[1]))
        return (
            term.with_args((_POWER_SET, *term.args[1:]))
            if term.op == "app" and term.args[0] in _POWER_SETS
            else term
        )

    return change


_POWER_SET = name(r"\mathcal{P}")
_POWER_SETS = frozenset((_POWER_SET, *map(name, (r"\mathscr{P}", r"\mathfrak{P}", r"\wp"))))
_OPERATIONS = frozenset((r"\cup", r"\cap", r"\setminus"))
_NOT = r"\neg"


def _complements_in_operations(parts: list[Term]) -> Change | None:
    """Complements as negations, if the pair has an operation of sets, or the complement of a complement."""
    marked = [part for part in parts if is_complement(part)]
    doubled = any(is_complement(part.args[0]) for part in marked)
    if not marked or not (
        doubled or any(part.data in _OPERATIONS and part.op in ("ac", "op") for part in parts)
    ):
        return None
    return _as_negation


def _as_negation(term: Term) -> Term:
    if term.op == "op" and term.data == _NOT and term.args[0].op == "op" and term.args[0].data == _NOT:
        return term.args[0].args[0]
    if not is_complement(term):
        return term
    inner = term.args[0]
    return inner.args[0] if inner.op == "op" and inner.data == _NOT else op(_NOT, inner)


def _disjoint_unions(parts: list[Term]) -> Change | None:
    r"""Disjoint unions as unions, if the pair has two of these signs: ``\sqcup``, ``\uplus`` and ``\cup``."""
    signs = {str(part.data) for part in parts if part.op in ("op", "ac")} & _UNIONS
    if len(signs) < 2:
        return None
    return lambda term: Term("ac", r"\cup", term.args) if term.op == "op" and term.data in _UNIONS else term


_UNIONS = frozenset((r"\cup", r"\sqcup", r"\uplus"))


def _complements(parts: list[Term]) -> Change | None:
    """Complements written alike, if the pair has two of their signs."""
    marks = {part.label if part.op == "op" else part.args[1].label for part in parts if is_complement(part)}
    return one_complement if len(marks) > 1 else None


def _cardinalities(parts: list[Term]) -> Change | None:
    """Bars around a set as the number of its elements, if the pair has that number with another sign."""
    if not any(_counts_elements(part) for part in parts):
        return None

    def change(term: Term) -> Term:
        bars = term.op == "fn" and term.data == "abs" and any(map(is_capital, term.args[0].walk()))
        return op("card", term.args[-1]) if bars or _counts_elements(term) else term

    return change


def _counts_elements(term: Term) -> bool:
    if term.op == "app" and len(term.args) == 2:
        return term.args[0].data in ("n", r"\operatorname{card}") and any(
            map(is_capital, term.args[1].walk())
        )
    return False


def _empty_sets(parts: list[Term]) -> Change | None:
    r"""A phi as the empty set, if the pair has the empty set: many write ``\phi`` for it."""
    if _EMPTY_SET not in parts:
        return None
    return lambda term: _EMPTY_SET if term.op == "name" and term.data in _LIKE_THE_EMPTY_SET else term


_EMPTY_SET = name(r"\emptyset")
_LIKE_THE_EMPTY_SET = frozenset((r"\phi", r"\varphi", r"\Phi", r"\O"))


def _whole_numbers(parts: list[Term]) -> Change | None:
    r"""The natural and the positive whole numbers written alike, if the pair has two of their signs."""
    found = {part for part in parts if _is_positive(part)}
    found |= {part for part in parts if part == _NATURALS}
    if len(found) < 2:
        return None
    return lambda term: _NATURALS if _is_positive(term) else term


_NATURALS = name(r"\mathbb{N}")
_INTEGERS = name(r"\mathbb{Z}")


def _is_positive(term: Term) -> bool:
    """Whether a term is the natural or the whole numbers with a mark: without zero, with zero, above zero."""
    if term.op not in ("op", "sub", "pow") or not term.args or term.args[0] not in (_NATURALS, _INTEGERS):
        return False
    if term.op == "op":
        return term.label.startswith("^")
    return term.args[1].op in ("empty", "chain", "num", "op")


def _ranges(parts: list[Term]) -> Change | None:
    r"""``i=1..n`` and ``\{1..n\}`` as with commas, ``[1..n]`` as an interval if the pair has one of two ends."""
    if not any(map(_is_range, parts)):
        return None
    intervals = any(part.op == "tuple" and len(part.args) == 2 for part in parts)

    def change(term: Term) -> Term:
        if not term.args or not _is_range(term.args[-1]):
            return term
        *before, (first, dots, last) = (*term.args[:-1], term.args[-1].args)
        if term.op == "set" and not before:
            return term.with_args((first, dots, last))
        if term.op == "chain" and term.data == ("=",) and before[0].op in ("name", "sub"):
            return Term("list", None, (term.with_args((*before, first)), dots, last))
        if term.op == "op" and term.data == "[]":
            return Term("tuple", ("[", "["), (first, last)) if intervals else op(RANGE, first, last)
        return term

    return change


RANGE = "range"
"""The sign of two ends with an ellipsis between them in square brackets, which may be a set or an interval."""


def _is_range(term: Term) -> bool:
    return (
        term.op == "op" and term.data == "juxt..." and len(term.args) == 3 and term.args[1] == const("dots")
    )


def _products_of_sets(parts: list[Term]) -> Change | None:
    r"""``\{(a,b)\mid a\in A,b\in B\}`` as ``A\times B``."""
    if not any(part.op == "op" and part.data == r"\times" for part in parts):
        return None

    def change(term: Term) -> Term:
        builder = term.args[0] if term.op == "set" and len(term.args) == 1 else term
        if builder.op != "op" or builder.data != "builder" or builder.args[0].op != "tuple":
            return term
        members, conditions = builder.args[0].args, builder.args[-1].args
        memberships = [part for part in conditions if part.op == "chain" and part.data == (r"\in",)]
        sets = {part.args[0]: part.args[1] for part in memberships}
        if len(memberships) != len(conditions) or tuple(sets) != members:
            return term
        return op(r"\times", *sets.values())

    return change


def _interiors(parts: list[Term]) -> Change | None:
    r"""``\mathring A`` as ``A^\circ``, if the pair has that."""
    open_sets = {part.args[0] for part in parts if part.op == "op" and part.data == r"\mathring"}
    raised = {mul(letter, const("deg")) for letter in open_sets}
    if raised.isdisjoint(parts):
        return None
    return lambda term: op(r"\mathring", term.args[0]) if term in raised else term


CHANGES = (
    _products_of_sets,
    _interiors,
    _ranges,
    _counts,
    _complements_by_sign,
    _differences,
    _power_sets,
    _complements_in_operations,
    _disjoint_unions,
    _complements,
    _cardinalities,
    _empty_sets,
    _whole_numbers,
)
"""What is looked for in the parts of a pair, in this order."""
