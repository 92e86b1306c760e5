r"""Lines, arcs and figures: ``\overleftrightarrow{KL}``, ``\overset{\frown}{KL}``, ``|KL|``, ``S_{\Delta KLM}``."""

from __future__ import annotations

from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.notations.angles import named_angle
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.reading.notations.segments import SEGMENT, as_power
from hmer_suite.equiv.terms import EMPTY, Term, mul, name, op

_ARCS = frozenset((r"\wideparen", r"\overparen", r"\widearc", r"\overarc"))
_TRIANGLES = frozenset((name(r"\triangle"), name(r"\Delta")))


def _capitals(term: Term) -> tuple[Term, ...]:
    """The capitals side by side that a term is; empty for any other term."""
    return term.args if term.op in ("juxt", "mul") and all(map(is_capital, term.args)) else ()


def _arcs(parts: list[Term]) -> Change | None:
    r"""Arcs, which have no first end, by one sign, if the pair has one; a wide hat may be such a sign."""
    if not any(part.op == "op" and part.data in _ARCS for part in parts):
        return None

    def change(term: Term) -> Term:
        is_arc = term.op == "op" and term.data in (*_ARCS, r"\hat")
        ends = _capitals(term.args[0]) if is_arc else ()
        return op("arc", *sorted(ends, key=repr)) if len(ends) == 2 else term

    return change


def _lines(parts: list[Term]) -> Change | None:
    r"""Lines through two points, which have no first point, with and without their sign, if the pair has that."""
    if not any(map(_is_line, parts)):
        return None

    def change(term: Term) -> Term:
        if _is_line(term):
            return op("line", *sorted(term.args[0].args, key=repr))
        ends = _capitals(term) if term.op == "mul" else ()
        return op("line", *sorted(ends, key=repr)) if len(ends) == 2 else term

    return change


def _is_line(term: Term) -> bool:
    return term.op == "op" and term.data == r"\overleftrightarrow" and len(_capitals(term.args[0])) == 2


def _congruences(parts: list[Term]) -> Change | None:
    """Angles and segments that are congruent as equal, if the pair has one relation and the other."""
    relations = {sign for part in parts if part.op == "chain" for sign in part.relations}
    if not relations >= {"=", r"\cong"}:
        return None

    def change(term: Term) -> Term:
        if term.op != "chain" or set(term.relations) != {r"\cong"} or not all(map(_is_measured, term.args)):
            return term
        return Term("chain", ("=",) * len(term.relations), term.args)

    return change


def _is_measured(term: Term) -> bool:
    """Whether a term is an angle, or a segment, perhaps under a bar."""
    if named_angle(term) or (term.op == "op" and term.data == r"\hat"):
        return True
    return len(_capitals(term.args[0] if term.op == "op" and term.args else term)) == 2


def _measured_segments(parts: list[Term]) -> Change | None:
    r"""The m in front of a segment, which says that its length is meant, as nothing: ``m\overline{KL}``."""
    if not any(map(_is_measured_segment, parts)):
        return None
    return lambda term: mul(*term.args[1:]) if _is_measured_segment(term) else term


def _is_measured_segment(term: Term) -> bool:
    if term.op != "mul" or term.args[0] != name("m"):
        return False
    sign = term.args[1]
    return sign.op == "op" and sign.data in (r"\bar", *_ARCS) and len(_capitals(sign.args[0])) == 2


def _similarities(parts: list[Term]) -> Change | None:
    r"""Three strokes between triangles as ``\sim``: ``///`` and ``|||``."""

    def change(term: Term) -> Term:
        if term.op != "chain" or term.relations[0] != r"\parallel":
            return term
        first, *others = term.args
        last = others[-1].args[0] if others[-1].op == "op" and others[-1].data == "/" else others[-1]
        strokes = last is not others[-1] or (term.relations[1:] == (r"\mid",) and others[0] == EMPTY)
        triangles = all(part.op == "op" and part.data == r"\triangle" for part in (first, last))
        return Term("chain", (r"\sim",), (first, last)) if strokes and triangles else term

    return change if any(part.op == "chain" and r"\parallel" in part.relations for part in parts) else None


def _transitive_chains(parts: list[Term]) -> Change | None:
    """Chains of one relation that all their sides have with each other, as a set of sides; so are linked lists."""

    def change(term: Term) -> Term:
        chains = term.args if term.op == "list" else (term,)
        if any(chain.op != "chain" for chain in chains):
            return term
        signs = {sign for chain in chains for sign in chain.relations}
        sides = [set(chain.args) for chain in chains]
        joined = sides.pop(0)
        while linked := [others for others in sides if not joined.isdisjoint(others)]:
            joined |= linked[0]
            sides.remove(linked[0])
        if sides or len(signs) != 1 or not signs <= _TRANSITIVE or len(joined) < 3 or EMPTY in joined:
            return term
        return op("related", name(*signs), *sorted(joined, key=repr))

    relations = {sign for part in parts if part.op == "chain" for sign in part.relations}
    return None if relations.isdisjoint(_TRANSITIVE) else change


_TRANSITIVE = frozenset((r"\parallel", r"\sim", r"\cong", r"\simeq"))
"""Relations of which a chain relates any two of its sides."""


def _areas(parts: list[Term]) -> Change | None:
    r"""The area of a triangle in one form: ``S_{\triangle KLM}``, ``S_\triangle KLM``, ``S_{KLM}`` and ``[KLM]``."""
    bracketed = any(
        part.op == "op" and part.data == "[]" and len(_capitals(part.args[0])) == 3 for part in parts
    )
    if not bracketed and not any(part.op == "juxt" and part.args[0] in _TRIANGLES for part in parts):
        return None
    areas = {part.args[0] for part in parts if part.op == "sub" and _corners(part.args[1])}

    def change(term: Term) -> Term:
        if term.op == "sub" and (corners := _corners(term.args[1])):
            return op("area", term.args[0], *corners)
        if term.op == "mul" and (area := _beside_sign(term)) is not None:
            return area
        if len(areas) == 1 and term.op == "mul" and len(_capitals(term)) == 3:
            return op("area", *areas, *sorted(term.args, key=repr))
        bracketed_area = term.op == "op" and term.data == "[]" and term.args[0].data == "area"
        return term.args[0] if bracketed_area else term

    return change


def _beside_sign(product: Term) -> Term | None:
    r"""The area of a triangle whose corners stand behind the index with its sign, ``S_\triangle KLM``; else None."""
    first, *corners = product.args
    if first.op != "sub" or first.args[1] not in _TRIANGLES or len(corners) != 3:
        return None
    return op("area", first.args[0], *sorted(corners, key=repr)) if all(map(is_capital, corners)) else None


def _corners(index: Term) -> list[Term]:
    """The three corners of a triangle in an index, with or without its sign, in the order of the alphabet."""
    corners = index.args[1:] if index.op == "juxt" and index.args[0] in _TRIANGLES else index.args
    is_triangle = index.op == "juxt" and len(corners) == 3 and all(map(is_capital, corners))
    return sorted(corners, key=repr) if is_triangle else []


def _figures_in_words(parts: list[Term]) -> Change | None:
    r"""Words for a figure in front of its points as its sign: ``\text{circle }M``."""
    if not any(part.op == "op" and part.data in _FIGURES.values() for part in parts):
        return None

    def change(term: Term) -> Term:
        sign = _FIGURES.get(str(term.args[0].data).lower()) if term.op == "juxt" else None
        points = term.args[1:]
        if sign is None or not points or not all(map(is_capital, points)):
            return term
        return op(sign, *points) if sign == r"\odot" else op(sign, Term("juxt", None, points), EMPTY)

    return change


_FIGURES = {"circle": r"\odot", "triangle": r"\triangle", "angle": r"\angle"}


def _triangles(parts: list[Term]) -> Change | None:
    r"""A ``\Delta`` as the sign of a triangle, if the pair has that: ``S_{\Delta ABC}``."""
    if _TRIANGLE not in parts:
        return None

    def change(term: Term) -> Term:
        if term.op == "juxt" and term.args[0] == _TRIANGLE:
            return term.with_args((_TRIANGLE, *sorted(term.args[1:], key=repr)))
        return _TRIANGLE if term == _DELTA else term

    return change


_TRIANGLE = name(r"\triangle")
_DELTA = name(r"\Delta")


def _circles(parts: list[Term]) -> Change | None:
    r"""Signs of a circle as ``\odot``, if the pair has two of them: ``\bigodot O``."""
    if len({sign for part in parts if (sign := _sign_of_circle(part))}) < 2:
        return None
    return lambda term: op(r"\odot", term.args[-1]) if _sign_of_circle(term) else term


def _sign_of_circle(term: Term) -> str:
    if term.op == "op" and len(term.args) == 1 and term.data in (r"\odot", r"\circledcirc"):
        return term.label
    return r"\bigodot" if term.op == "app" and term.args[0] == name(r"\bigodot") else ""


def _segments(parts: list[Term]) -> Change | None:
    """Segments and their lengths written alike, if the pair has a line or bars over two capitals, or a distance."""
    if not any(_is_marked_segment(part) for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "op" and term.data == SEGMENT:
            return term
        if _is_marked_segment(term):
            inner = term.args[0]
            return inner if inner.data == SEGMENT else _segment(_marked_ends(term))
        return as_power(term)

    return change


def _is_marked_segment(term: Term) -> bool:
    inner = term.args[0] if term.args else term
    barred = (term.op, term.data) in _BARS and inner.op == "op" and inner.data == SEGMENT
    return barred or bool(_marked_ends(term))


_BARS = (("op", r"\bar"), ("op", r"\overline"), ("fn", "abs"))


def _marked_ends(term: Term) -> tuple[Term, ...]:
    """The two points under a line or between bars, or with the distance d; empty for any other term."""
    if term.op == "app" and term.args[0] == name("d"):
        ends = term.args[1:]
    elif (term.op, term.data) in _BARS:
        inner = term.args[0]
        if term.op == "fn" and inner.op == "op" and inner.data in (r"\vec", r"\overrightarrow"):
            inner = inner.args[0]
        ends = inner.args if inner.op in ("mul", "juxt") else ()
    else:
        return ()
    are_points = len(ends) == 2 and all(end.op == "name" and len(end.label) == 1 for end in ends)
    return ends if are_points and all(end.label.isupper() for end in ends) else ()


def _segment(ends: tuple[Term, ...]) -> Term:
    return op(SEGMENT, *sorted(ends, key=lambda end: end.label))


CHANGES = (
    _figures_in_words,
    _arcs,
    _similarities,
    _congruences,
    _transitive_chains,
    _measured_segments,
    _lines,
    _areas,
    _triangles,
    _circles,
    _segments,
)
"""What is looked for in the parts of a pair, in this order."""
