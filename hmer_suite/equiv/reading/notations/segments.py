r"""Segments: two capitals side by side may be the ends of a line, so that no letter of ``\\frac{MN}{MP}`` cancels."""

from __future__ import annotations

from hmer_suite.equiv.terms import MINUS_ONE, ONE, Term, mul, op, power, rewrite

SEGMENT = "segment"
"""The sign of a segment, its ends in alphabetical order."""


def with_segments(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with segments in place of products of two capitals, if one side relates such products only."""
    if not (_relates_segments(left) or _relates_segments(right)):
        return left, right
    return rewrite(left, _as_segment), rewrite(right, _as_segment)


def raised_segments(left: Term, right: Term) -> tuple[Term, Term] | None:
    """The pair with exponents after two capitals as those of segments; None where no letters may be segments."""
    parts = (part for side in (left, right) for part in side.walk() if part.op == "mul")
    raised = any(_exponent(part) is not None and _ends(part) for part in parts)
    if not raised or not all(map(_has_segments_alone, (left, right))):
        return None
    return rewrite(left, as_power), rewrite(right, as_power)


def multiplied_proportions(left: Term, right: Term) -> tuple[Term, Term] | None:
    r"""Two equations of ratios of segments, whose lengths are no zeros, without divisors; None for other pairs."""
    pair = []
    for side in (left, right):
        ends = {frozenset(found) for part in side.walk() if (found := _ends(part))}
        if side.op != "chain" or side.data != ("=",) or len(ends) < 2 or not _has_segments_alone(side):
            return None
        first, second = map(_numerator_and_divisor, rewrite(side, _as_segment).args)
        pair.append(side.with_args((mul(*first[0], *second[1]), mul(*second[0], *first[1]))))
    return pair[0], pair[1]


def _numerator_and_divisor(side: Term) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """The factors above and below the line of a quotient or a ratio, of which there is at least one above."""
    if side.op == "op" and side.data == ":" and len(side.args) == 2:
        return side.args[:1], side.args[1:]
    above: tuple[Term, ...] = ()
    below: tuple[Term, ...] = ()
    for factor in side.args if side.op == "mul" else (side,):
        if factor.op == "mul":
            more = _numerator_and_divisor(factor)
            above, below = above + more[0], below + more[1]
        elif factor.op == "pow" and factor.args[1] == MINUS_ONE:
            below += (factor.args[0],)
        else:
            above += (factor,)
    return above or (ONE,), below


def _has_segments_alone(term: Term) -> bool:
    """Whether no capital in a product of two is alone anywhere."""
    paired = {end for part in term.walk() for end in _ends(part)}
    return paired.isdisjoint(_alone(term))


def _relates_segments(term: Term) -> bool:
    """Whether products of two capitals are multiplied or divided, and none of these capitals is alone anywhere."""
    return any(_is_ratio(part) for part in term.walk()) and _has_segments_alone(term)


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
    """The two capitals of a product that has no other letters, the last perhaps with an exponent; else empty."""
    if term.op != "mul":
        return ()
    ends = tuple(arg for arg in term.args if arg.op != "num")
    if len(ends) != 2:
        return ()
    first, last = ends
    if last.op == "pow" and last.args[1].op == "num":
        last = last.args[0]
    return (first, last) if first != last and _is_point(first) and _is_point(last) else ()


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
    exponent = _exponent(term)
    if exponent is not None:  # of the segment, or of its last letter
        return _with_numbers(term, op(SEGMENT, *ends, exponent))
    return _with_numbers(term, op(SEGMENT, *sorted(ends, key=lambda end: end.label)))


def as_power(term: Term) -> Term:
    """The same with the exponent that of the segment: ``AB^2`` is the square of AB."""
    ends, exponent = _ends(term), _exponent(term)
    if not ends or exponent is None:
        return _as_segment(term)
    segment = op(SEGMENT, *sorted(ends, key=lambda end: end.label))
    return _with_numbers(term, power(segment, exponent))


def _exponent(term: Term) -> Term | None:
    """The exponent after a product of two capitals."""
    last = term.args[-1] if term.op == "mul" else term
    return last.args[1] if last.op == "pow" else None


def _with_numbers(term: Term, segment: Term) -> Term:
    numbers = tuple(arg for arg in term.args if arg.op == "num")
    return Term("mul", None, (*numbers, segment)) if numbers else segment
