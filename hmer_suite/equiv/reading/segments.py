r"""Segments: two capitals side by side may be the ends of a line, so that no letter of ``\\frac{MN}{MP}`` cancels."""

from __future__ import annotations

from hmer_suite.equiv.terms import MINUS_ONE, Term, op, rewrite

SEGMENT = "segment"
"""The sign of a segment, its ends in alphabetical order."""


def with_segments(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with segments in place of products of two capitals, if one side relates such products only."""
    if not (_relates_segments(left) or _relates_segments(right)):
        return left, right
    return rewrite(left, _as_segment), rewrite(right, _as_segment)


def _relates_segments(term: Term) -> bool:
    """Whether products of two capitals are multiplied or divided, and none of these capitals is alone anywhere."""
    if not any(_is_ratio(part) for part in term.walk()):
        return False
    paired = {end for part in term.walk() for end in _ends(part)}
    return paired.isdisjoint(_alone(term))


def _is_ratio(term: Term) -> bool:
    """Whether a product has two different products of two capitals as factors or divisors."""
    if term.op != "mul":
        return False
    found = set()
    for factor in term.args:
        if factor.op == "pow" and factor.args[1] == MINUS_ONE:
            factor = factor.args[0]
        if ends := _ends(factor):
            found.add(frozenset(ends))
    return len(found) > 1


def _ends(term: Term) -> tuple[Term, ...]:
    """The two capitals of a product that has no other letters; empty for any other term."""
    if term.op != "mul":
        return ()
    letters = tuple(arg for arg in term.args if arg.op != "num")
    is_pair = len(letters) == 2 and letters[0] != letters[1] and all(map(_is_point, letters))
    return letters if is_pair else ()


def _is_point(term: Term) -> bool:
    return term.op == "name" and len(term.label) == 1 and term.label.isupper()


def _alone(term: Term) -> set[Term]:
    """The capitals that occur outside products of two of them; signs of geometry name points, too."""
    if _ends(term) or (term.op == "op" and term.args and term.args[0].op == "juxt"):
        return set()
    if _is_point(term):
        return {term}
    return {letter for arg in term.args for letter in _alone(arg)}


def _as_segment(term: Term) -> Term:
    ends = _ends(term)
    if not ends:
        return term
    segment = op(SEGMENT, *sorted(ends, key=lambda end: end.label))
    numbers = tuple(arg for arg in term.args if arg.op == "num")
    return Term("mul", None, (*numbers, segment)) if numbers else segment
