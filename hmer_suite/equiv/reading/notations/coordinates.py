r"""Coordinates: ``\vec v(1;2)``, ``P(1|2)``, ``P=(1,2)``, ``\langle1,2\rangle``; sums of tuples as those of vectors."""

from __future__ import annotations

from hmer_suite.equiv.reading.factors.brackets import NORM
from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import (
    MINUS_ONE,
    NON_EXPRESSIONS,
    ZERO,
    Term,
    add,
    is_fixed,
    mul,
    name,
    op,
    rewrite,
)

_ROUND = ("(", "(")


def _tuple(parts: tuple[Term, ...]) -> Term:
    return Term("tuple", _ROUND, parts)


def is_vector(term: Term) -> bool:
    """Whether a term is a vector by its mark or font."""
    if term.op == "op":
        return term.data in (r"\vec", r"\overrightarrow")
    return term.op == "name" and term.label.startswith((r"\mathbf", r"\boldsymbol", r"\bm"))


def _coordinates(term: Term) -> tuple[Term, ...]:
    """The components of a tuple, of a set of numbers, of a row or a column; empty for any other term."""
    if term.op == "matrix":
        return term.args if term.width in (1, len(term.args)) else ()
    return term.args if term.op in ("tuple", "set") and len(term.args) > 1 else ()


def _points(parts: list[Term]) -> Change | None:
    """A point or a vector and its coordinates as an equation; without the point, if the pair has these alone."""
    named = {
        part.args[0]
        for part in parts
        if part.op == "chain"
        and part.data == ("=",)
        and part.args[1].op == "tuple"
        and is_capital(part.args[0])
    }
    bare = {part.args for part in parts if part.op == "tuple" and not named}

    def change(term: Term) -> Term:
        barred = term.op == "mul" and len(term.args) == 2 and bool(_between_bars(term.args[1]))
        if term.op in ("mul", "ordered", "chain") and not barred:
            return _vector_with_coordinates(term)
        if not (term.op == "app" or barred) or not is_capital(term.args[0]):
            return term
        point, *args = term.args
        components = _between_bars(args[0]) if len(args) == 1 else tuple(args)
        if len(components) < 2:
            return term
        if point in named:
            return Term("chain", ("=",), (point, _tuple(components)))
        if components in bare:
            return _tuple(components)
        return Term("app", "sure", (point, *components))

    return change


def _between_bars(term: Term) -> tuple[Term, ...]:
    """The numbers in ``1|2`` and ``1|2|3``; empty for any other term."""
    if term.op == "chain" and set(term.relations) == {r"\mid"}:
        numbers = term.args
    elif term.op == "mul" and len(term.args) == 3 and term.args[1].data == "abs":
        numbers = (term.args[0], *term.args[1].args, term.args[2])
    else:
        return ()
    return numbers if all(map(is_fixed, numbers)) else ()


def _vector_with_coordinates(term: Term) -> Term:
    """``\\vec v(1;2)`` and ``\\vec v=[1,2]`` as ``\\vec v=(1,2)``; all other terms as they are."""
    stated = term.op != "chain" or term.data == ("=",)
    if not stated or len(term.args) != 2 or not is_vector(term.args[0]):
        return term
    components = _coordinates(term.args[1])
    return Term("chain", ("=",), (term.args[0], _tuple(components))) if components else term


def with_vectors(left: Term, right: Term) -> tuple[Term, Term] | None:
    """The pair with sums, multiples and one inner product of tuples by their components; None if it has none.

    Round brackets may have other meanings, such as a greatest common divisor.
    """
    parts = [*left.walk(), *right.walk()]
    computed = [part for part in parts if part.op in _COMPUTED and any(map(_is_tuple, part.args))]
    inner = {part for part in computed if part.op != "add" and all(map(_is_tuple, part.args))}

    def change(term: Term) -> Term:
        if term.op == "add":
            return _sum(term)
        return _product(term, len(inner) == 1) if term.op in _COMPUTED else term

    return (rewrite(left, change), rewrite(right, change)) if computed else None


_COMPUTED = frozenset(("add", "mul", "ordered"))


def _is_tuple(term: Term) -> bool:
    return term.op == "tuple" and term.data == _ROUND


def _sum(term: Term) -> Term:
    summands = [_multiple(arg) for arg in term.args] if any(map(_is_tuple, term.args)) else [term]
    if not all(map(_is_tuple, summands)) or len({len(summand.args) for summand in summands}) != 1:
        return term
    return _tuple(tuple(add(*cells) for cells in zip(*(summand.args for summand in summands), strict=True)))


def _multiple(term: Term) -> Term:
    """A letter before brackets with several parts as a factor: ``t(1,2)``."""
    if term.op != "app" or term.args[0].op != "name" or len(term.args) < 3:
        return term
    return _tuple(tuple(mul(term.args[0], arg) for arg in term.args[1:]))


def _product(term: Term, is_inner: bool) -> Term:
    vectors = [arg for arg in term.args if _is_tuple(arg)]
    scalars = [arg for arg in term.args if not _is_tuple(arg)]
    if any(scalar.op in NON_EXPRESSIONS for scalar in scalars):
        return term
    if len(vectors) == 1:
        return _tuple(tuple(mul(*scalars, cell) for cell in vectors[0].args))
    if len(vectors) != 2 or not is_inner or len(vectors[0].args) != len(vectors[1].args):
        return term
    products = [mul(*cells) for cells in zip(vectors[0].args, vectors[1].args, strict=True)]
    return mul(*scalars, add(*products))


def _angled(parts: list[Term]) -> Change | None:
    """Angle brackets as those of a pair, if the pair has a tuple."""
    if not any(part.op == "op" and part.data == "<|<" and len(part.args) > 1 for part in parts):
        return None
    if not any(part.op == "tuple" for part in parts):
        return None

    def change(term: Term) -> Term:
        angled = term.op == "op" and term.data == "<|<" and len(term.args) > 1
        return Term("tuple", ("(", "("), term.args) if angled else term

    return change


def _differences_of_points(parts: list[Term]) -> Change | None:
    r"""``\overrightarrow{AB}`` as ``B-A``, also in position vectors, if the pair has a sum: ``\vec b-\vec a``.

    Not in statements, which would become identities.
    """
    points = {point for part in parts for point in _joined_points(part)}
    ops = {part.op for part in parts}
    if not points or "add" not in ops or "chain" in ops:
        return None

    def change(term: Term) -> Term:
        if ends := _joined_points(term):
            return add(ends[1], mul(MINUS_ONE, ends[0]))
        if term == op(r"\vec", ZERO):
            return ZERO
        position = name(_letter_of(term).upper()) if is_vector(term) else term
        return position if position in points else term

    return change


def _letter_of(vector: Term) -> str:
    """The letter under the mark or in the font of a vector; empty if there are several."""
    letter = vector.args[0] if vector.args else vector
    return letter.label.rpartition("{")[2].rstrip("}") if letter.op == "name" else ""


def _joined_points(term: Term) -> tuple[Term, ...]:
    """The two points that an arrow joins; none for any other term."""
    if not is_vector(term) or not term.args:
        return ()
    letters = term.args[0].label[8:-1] if term.args[0].op == "name" else ""
    points = tuple(map(name, letters)) if letters else term.args[0].args
    return points if len(points) == 2 and all(map(is_capital, points)) else ()


def _magnitudes(parts: list[Term]) -> Change | None:
    r"""The absolute value of a vector as its letter, if the pair has that by itself: ``|\vec a|`` and ``a``."""
    marked = [part.args[0] for part in parts if is_vector(part) and part.args]
    bare = {letter for letter in marked if parts.count(letter) > marked.count(letter)}
    if not bare:
        return None

    def change(term: Term) -> Term:
        is_size = (term.op == "fn" and term.data == "abs") or (term.op == "op" and term.data == NORM)
        vector = term.args[0] if is_size else term
        return (
            vector.args[0]
            if is_size and is_vector(vector) and vector.args and vector.args[0] in bare
            else term
        )

    return change


def _by_component(parts: list[Term]) -> Change | None:
    """An equation of tuples or columns as those of their components, if the pair has such: ``x=1+2t,y=3t``."""
    systems = [part for part in parts if part.op in ("list", "cases") and all(map(_is_equation, part.args))]
    if not systems:
        return None

    def change(term: Term) -> Term:
        sides = [_computed_coordinates(side) for side in term.args] if _is_equation(term) else []
        if len(sides) != 2 or not sides[0] or len(sides[0]) != len(sides[1]):
            return term
        equations = (Term("chain", ("=",), pair) for pair in zip(*sides, strict=True))
        return systems[0].with_args(tuple(equations))

    return change


def _computed_coordinates(side: Term) -> tuple[Term, ...]:
    """The components of a sum of multiples of tuples or columns; empty for any other term."""
    tuples = rewrite(
        side, lambda part: _tuple(part.args) if part.op == "matrix" and part.width == 1 else part
    )
    return _coordinates(
        rewrite(
            tuples,
            lambda part: (
                _sum(part) if part.op == "add" else _product(part, False) if part.op in _COMPUTED else part
            ),
        )
    )


def _is_equation(term: Term) -> bool:
    return term.op == "chain" and term.data == ("=",)


CHANGES = (
    _by_component,
    _magnitudes,
    _differences_of_points,
    _points,
    _angled,
)
"""What is looked for in the parts of a pair, in this order."""
