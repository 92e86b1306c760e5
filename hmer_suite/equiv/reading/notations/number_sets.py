r"""Sets of numbers with marks: ``\mathbb R^+``, ``\mathbb N_0``, ``\mathbb Z\setminus\{0\}``, ``\mathbb R_{\ge0}``."""

from __future__ import annotations

from hmer_suite.equiv.terms import EMPTY, MINUS_ONE, ZERO, Term, mul

_SETS = {rf"\mathbb{{{letter}}}": letter for letter in "ZQR"}
_NATURALS = r"\mathbb{N}"
_POSITIVE, _NONNEGATIVE, _NEGATIVE, _NONPOSITIVE, _NONZERO, _ALL = ">", r"\geq", "<", r"\leq", r"\neq", ""
_WITHOUT_ZERO = {_NONNEGATIVE: _POSITIVE, _NONPOSITIVE: _NEGATIVE, _ALL: _NONZERO}
_WITH_ZERO = {without: with_zero for with_zero, without in _WITHOUT_ZERO.items()}
_MARKS = {
    "^+": frozenset((_POSITIVE, _NONNEGATIVE)),
    "^-": frozenset((_NEGATIVE, _NONPOSITIVE)),
}
_ZERO_SET = Term("set", None, (ZERO,))

NumberSet = tuple[str, frozenset[str]]
"""The letter of all numbers of a kind, and the signs that those of the set may have, one for each reading."""


def may_be_one_set(left: Term, right: Term) -> bool:
    """Whether two terms are sets of numbers with marks that may mean the same set."""
    ours, theirs = number_set(left), number_set(right)
    if ours is None or theirs is None:
        return False
    return ours[0] == theirs[0] and not ours[1].isdisjoint(theirs[1])


def number_set(term: Term) -> NumberSet | None:
    """What a term may mean as a set of numbers; None for all else."""
    if term.op == "name":
        if term.data == _NATURALS:
            return "Z", frozenset((_POSITIVE, _NONNEGATIVE))
        return (_SETS[term.label], frozenset((_ALL,))) if term.data in _SETS else None
    if term.op in ("sub", "pow") and len(term.args) == 2:
        return _with_index(number_set(term.args[0]), term.args[1])
    if term.op == "op" and term.data == r"\setminus" and term.args[1] == _ZERO_SET:
        return _changed(number_set(term.args[0]), _WITHOUT_ZERO)
    if term.op == "op" and term.data == "^*":
        return _changed(number_set(term.args[0]), _WITHOUT_ZERO)
    if term.op == "op" and term.data in _MARKS:
        return _marked(number_set(term.args[0]), _MARKS[term.label])
    if term.op == "ac" and term.data == r"\cup" and len(term.args) == 2 and _ZERO_SET in term.args:
        first, second = term.args
        return _changed(number_set(first if second == _ZERO_SET else second), _WITH_ZERO)
    return None


def _with_index(found: NumberSet | None, index: Term) -> NumberSet | None:
    if found is None:
        return None
    if index == EMPTY:
        return _marked(found, _MARKS["^+"])
    if index == mul(MINUS_ONE, EMPTY):
        return _marked(found, _MARKS["^-"])
    if index == ZERO:
        return found[0], frozenset(_WITH_ZERO.get(sign, sign) for sign in found[1])
    if index.op == "chain" and len(index.args) == 2 and index.args == (EMPTY, ZERO):
        return found[0], frozenset(index.relations)
    return None


def _marked(found: NumberSet | None, signs: frozenset[str]) -> NumberSet | None:
    if found is None:
        return None
    if found[1] == {_NONNEGATIVE}:  # \mathbb R_0^+
        return found if _NONNEGATIVE in signs else None
    if found[0] == "Z" and _POSITIVE in signs:
        return found[0], frozenset((_POSITIVE,))
    return found[0], signs


def _changed(found: NumberSet | None, changes: dict[str, str]) -> NumberSet | None:
    return None if found is None else (found[0], frozenset(changes.get(sign, sign) for sign in found[1]))
