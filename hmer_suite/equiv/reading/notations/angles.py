r"""Angles: ``m\angle KLM``, ``K\hat LM``, ``\hat L``, ``\langle\vec v,\vec w\rangle``, right angles as ``\perp``."""

from __future__ import annotations

from collections.abc import Iterator

from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.reading.operators import ANGLES
from hmer_suite.equiv.terms import EMPTY, Term, const, mul, name, num, op

_SIGN = r"\angle"


def named_angle(term: Term) -> str:
    """The letters of an angle, whether it is a sign before them or one name; empty for any other term."""
    if term.op == "name":
        sign, _, spelt = term.label.partition(" ")
        return spelt if sign in ANGLES else ""
    if term.op != "op" or term.data not in ANGLES or term.args[1:] != (EMPTY,):
        return ""
    corners = term.args[0].args if term.args[0].op == "juxt" else term.args[:1]
    return "".join(map(_letters, corners)) if all(corner.op == "name" for corner in corners) else ""


def _letters(corner: Term) -> str:
    """The letters of a corner; of all three where they are one upright word, or were taken for a form of the angle."""
    return corner.label.rpartition(" ")[2].removeprefix(r"\mathrm{").removesuffix("}")


def _hatted(term: Term) -> str:
    r"""The three capitals of ``\widehat{KLM}`` and ``K\hat LM``; empty for any other term."""
    if term.op == "op" and term.data == r"\hat" and term.args[0].op in ("juxt", "mul"):
        corners = term.args[0].args
    elif term.op == "ordered" and len(term.args) == 3 and term.args[1].data == r"\hat":
        corners = (term.args[0], term.args[1].args[0], term.args[2])
    else:
        return ""
    return "".join(map(_letters, corners)) if len(corners) == 3 and all(map(_is_point, corners)) else ""


def _angles(parts: list[Term]) -> Change | None:
    """All angles between three points by one sign, those at a vertex that also stands alone by the vertex."""
    signed = any(part.op == "op" and part.data in ANGLES for part in parts)
    spelt = {named_angle(part) or _hatted(part) for part in parts} - {""}
    vertices = {angle for angle in spelt if len(angle) == 1}

    def change(term: Term) -> Term:
        if term.op == "mul" and term.args[0] == name("m") and named_angle(term.args[1]):
            return mul(*term.args[1:])  # its measure
        return _at_points(named_angle(term) or _hatted(term), vertices) or _with_one_sign(term)

    return change if spelt or signed else None


def _with_one_sign(term: Term) -> Term:
    r"""Any other angle by one sign: ``\measuredangle K_1``."""
    if term.op == "op" and term.data in ANGLES:
        return op(_SIGN, *term.args)
    return name(f"{_SIGN} {named_angle(term)}") if term.op == "name" and named_angle(term) else term


def _at_points(spelt: str, vertices: set[str]) -> Term | None:
    if len(spelt) == 3 and spelt[1] in vertices:
        spelt = spelt[1]
    if len(spelt) == 3:
        return name(f"{_SIGN} {min(spelt, spelt[::-1])}")
    return op(_SIGN, Term("juxt", None, (name(spelt),)), EMPTY) if len(spelt) == 1 else None


def _vertices(parts: list[Term]) -> Change | None:
    r"""An angle as its vertex, if the pair has that as a number: ``\sin\angle ABC`` and ``\sin B``, ``B=60^\circ``."""
    letters = {letter for part in parts for letter in _numbers_in(part) if is_capital(letter)}

    def change(term: Term) -> Term:
        spelt = named_angle(term)
        vertex = name(spelt[len(spelt) // 2]) if len(spelt) in (1, 3) else None
        return vertex if vertex is not None and vertex in letters else term

    return change if letters else None


def _numbers_in(term: Term) -> Iterator[Term]:
    """The operands of a term that are numbers by themselves, or times a number."""
    if term.op in ("chain", "add", "fn"):
        yield from term.args
    if term.op == "mul" and len(term.args) == 2 and term.args[0].op == "num":
        yield term.args[1]


def _right_angles(parts: list[Term]) -> Change | None:
    r"""``KL\perp LM`` as a right angle, if the pair has an angle between three points."""
    if not any(len(named_angle(part)) == 3 for part in parts):
        return None

    def change(term: Term) -> Term:
        ends = [_letters_of_line(side) for side in term.args] if term.data == (r"\perp",) else []
        common = set(ends[0]) & set(ends[1]) if ends and all(ends) else set()
        if len(common) != 1:
            return term
        (vertex,) = common
        first, last = (line.replace(vertex, "") for line in ends)
        angle = name(f"{_SIGN} {min(first, last)}{vertex}{max(first, last)}")
        return Term("chain", ("=",), (angle, mul(num(90), const("deg"))))

    return change


def _letters_of_line(term: Term) -> str:
    """The two capitals of a line, side by side, perhaps under a mark; empty for any other term."""
    ends = (term.args[0] if term.op == "op" and term.args else term).args
    return "".join(map(_letters, ends)) if len(ends) == 2 and all(map(_is_point, ends)) else ""


def _is_point(term: Term) -> bool:
    return term.op == "name" and is_capital(term)


def _between_vectors(parts: list[Term]) -> Change | None:
    r"""Angles between two vectors or lines, which have no first side, by one sign, if the pair has one."""
    if not any(map(_is_between, parts)):
        return None

    def change(term: Term) -> Term:
        if _is_between(term):
            return op("between", *sorted(term.args[0].args, key=repr))
        brackets = term.op == "op" and term.data == "<|<" and len(term.args) == 2
        return op("between", *sorted(term.args, key=repr)) if brackets else term

    return change


def _is_between(term: Term) -> bool:
    signs = {*ANGLES, r"\hat"}
    return (
        term.op == "op"
        and term.data in signs
        and term.args[0].op in ("tuple", "list")
        and len(term.args[0].args) == 2
    )


def _hats(parts: list[Term]) -> Change | None:
    r"""Hats over a capital as the angle at it, if the pair has the sign of such an angle: ``\hat L``."""
    signed = [part for part in parts if named_angle(part)]
    if not signed:
        return None

    def change(term: Term) -> Term:
        if term.op != "op" or term.data != r"\hat" or not is_capital(term.args[0]):
            return term
        at_vertex = [part for part in signed if _vertex(part) == term.args[0].data]
        return (at_vertex or [term])[0]

    return change


def _vertex(angle: Term) -> str:
    spelt = named_angle(angle)
    return spelt[len(spelt) // 2]


CHANGES = (
    _angles,
    _right_angles,
    _vertices,
    _between_vectors,
    _hats,
)
"""What is looked for in the parts of a pair, in this order."""
