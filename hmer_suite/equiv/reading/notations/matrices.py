r"""Matrices and norms: blank cells, ``[A|b]``, ``|A|`` and ``\det A``, ``A^*`` and ``A^H``, ``\lVert v\rVert_2``."""

from __future__ import annotations

from collections.abc import Iterator

from hmer_suite.equiv.reading.factors.brackets import NORM
from hmer_suite.equiv.reading.factors.products import is_capital, is_conjugate
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.reading.notations.coordinates import is_vector
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    ONE,
    TWO,
    ZERO,
    Grid,
    Term,
    fn,
    mul,
    name,
    op,
    power,
    rewrite,
)


def _blanks(parts: list[Term]) -> Change | None:
    """Blank cells of a matrix as zeros, if the pair has such cells."""
    if not any(part.op == "matrix" and EMPTY in part.args for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op != "matrix":
            return term
        return term.with_args(tuple(ZERO if cell == EMPTY else cell for cell in term.args))

    return change


def _rows(parts: list[Term]) -> Change | None:
    """Numbers with spaces between them, and two blocks with a bar, as a row, if the pair has a row of these."""
    rows = [part for part in parts if part.op == "matrix" and part.width == len(part.args) > 1]

    def change(term: Term) -> Term:
        spaced = term.op == "op" and term.data == "juxt0"
        barred = term.op == "chain" and set(term.relations) == {r"\mid"}
        same = any(len(row.args) == len(term.args) for row in rows)
        return Term("matrix", Grid("((", len(term.args)), term.args) if (spaced or barred) and same else term

    return change if rows else None


def _norms(parts: list[Term]) -> Change | None:
    r"""Norms with an index as multiples of the one without, which that of 2 is; so is any, if the pair has both."""
    indexed = {part for part in parts if part.op == "sub" and _is_norm(part.args[0])}
    indices = {_of_norm(part) for part in indexed}
    bare = sum(map(_is_norm, parts)) > sum(part.op == "sub" and _is_norm(part.args[0]) for part in parts)

    def change(term: Term) -> Term:
        if term.op != "sub" or not _is_norm(term.args[0]):
            return term
        index = _of_norm(term)
        is_usual = index == TWO or (bare and len(indices) == 1)
        return term.args[0] if is_usual else mul(Term("sub", None, (name("norm"), index)), term.args[0])

    return change if indexed else None


def _is_norm(term: Term) -> bool:
    return term.op == "op" and term.data == NORM


def _of_norm(term: Term) -> Term:
    """The index of a norm, that of a space of functions by its exponent: ``L^p``."""
    index = term.args[1]
    return index.args[1] if index.op == "pow" and index.args[0] in _SPACES else index


_SPACES = frozenset(map(name, ("L", r"\ell", "l", r"\mathcal{L}")))


def _units_with_an_order(parts: list[Term]) -> Change | None:
    """``E_n`` as ``I_n``, if the pair has both."""
    orders = {
        letter: {part.args[1] for part in parts if part.op == "sub" and part.args[0] == letter}
        for letter in (_E, _I)
    }
    if orders[_E].isdisjoint(orders[_I]):
        return None
    return lambda term: (
        term.with_args((_I, term.args[1])) if term.op == "sub" and term.args[0] == _E else term
    )


_I, _E = name("I"), name("E")
_UNITS = frozenset(
    map(name, ("I", "E", r"\mathbf{I}", r"\mathbf{E}", r"\mathrm{I}", r"\mathrm{E}", r"\boldsymbol{I}"))
)
_ZEROS = frozenset(map(name, ("O", r"\mathbf{O}", r"\mathbf{0}", r"\mathrm{O}")))


def with_unit_matrices(left: Term, right: Term) -> tuple[Term, Term] | None:
    r"""The pair with 1 and 0 for letters that may be the unit and the zero matrix; None if there are none."""
    parts = [*left.walk(), *right.walk()]
    units = {unit for part in parts for unit in _units_in(part)}
    zeros = {zero for part in parts for zero in _zeros_in(part)}
    if not units | zeros:
        return None

    def change(term: Term) -> Term:
        return ONE if term in units else ZERO if term in zeros else term

    return rewrite(left, change), rewrite(right, change)


def _units_in(term: Term) -> Iterator[Term]:
    """Units that a polynomial of a matrix adds, or that a product of matrices is equal to."""
    if term.op == "chain":
        product = any(sum(map(_is_matrix, _factors(side))) > 1 for side in term.args)
        yield from (side for side in term.args if product and side in _UNITS)
    for part in term.args if term.op in ("mul", "ordered", "pow", "fn", "app", "det") else (term,):
        if part.op != "add" or (part is term and not any(map(_has_power, part.args))):
            continue
        others = [arg for arg in part.args if any(map(_is_matrix, _factors(arg)))]
        units = [factor for arg in part.args for factor in _factors(arg) if factor in _UNITS]
        yield from units if others else ()


def _has_power(term: Term) -> bool:
    return any(factor.op == "pow" and _is_matrix(factor.args[0]) for factor in _factors(term))


def _factors(term: Term) -> list[Term]:
    if term.op in ("mul", "ordered"):
        return [factor for arg in term.args for factor in _factors(arg)]
    return [term]


def _is_matrix(term: Term) -> bool:
    """Whether a term may be a matrix that is no unit or zero: a capital or bold letter, perhaps with an exponent."""
    if term.op == "pow":
        return _is_matrix(term.args[0])
    return term not in _UNITS | _ZEROS and (is_capital(term) or (term.op == "name" and is_vector(term)))


def _zeros_in(term: Term) -> Iterator[Term]:
    """Zeros beside matrices: sides of an equation, summands, blocks."""
    if term.op not in ("chain", "add", "matrix"):
        return
    factors = [
        factor
        for arg in term.args
        for part in (arg.args if arg.op == "add" else (arg,))
        for factor in _factors(part)
    ]
    if any(map(_is_matrix, factors)):
        yield from (arg for arg in term.args if arg in _ZEROS)


_TRANSPOSE = "^T"


def transposed(base: Term) -> Term:
    r"""The transpose of a matrix: summand by summand, without factors that are numbers: ``(\lambda A+I)^T``."""
    if base.op == "add":
        return base.with_args(tuple(map(transposed, base.args)))
    if base in _UNITS:
        return base
    factors = _factors(base)
    numbers = [factor for factor in factors if _is_number(factor)]
    arrays = [factor for factor in factors[::-1] if not _is_number(factor)]
    return mul(*numbers, *map(transposed, arrays)) if numbers and arrays else op(_TRANSPOSE, base)


def _is_number(term: Term) -> bool:
    return term.op == "num" or (term.op == "name" and term.label in _SCALARS)


_SCALARS = frozenset((r"\lambda", r"\mu", r"\alpha", r"\beta", r"\gamma", "k", "c", "t", "s"))


def of_columns(factors: tuple[Term, ...]) -> Term | None:
    r"""``v^TAw`` as a product of numbers, which ``w^TA^Tv`` is too; None for all that is no single number."""
    first, last = factors[0], factors[-1]
    if not _is_transpose(first) or _is_transpose(last) or _may_be_wide(first.args[0]) or _may_be_wide(last):
        return None
    return mul(*(factor.args[0] if _is_transpose(factor) else factor for factor in factors))


def _is_transpose(term: Term) -> bool:
    return term.op == "op" and term.data == _TRANSPOSE


def _may_be_wide(term: Term) -> bool:
    """Whether a term may have more than one column: a capital letter in any font."""
    letters = [part.label.rpartition("{")[2][:1] for part in term.walk() if part.op in ("name", "const")]
    return not letters or any(letter.isupper() for letter in letters)


def determinant_of(term: Term) -> Term:
    """A determinant between bars without the transpose in it."""
    inside = term.args[0]
    return term.with_args(inside.args) if term.data == "abs" and _is_transpose(inside) else term


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


def _stars(parts: list[Term]) -> Change | None:
    r"""``x^\star`` and ``V^\vee`` as ``x^*``, if the pair has both."""
    signs = {part.data for part in parts if part.op == "op"}
    others = signs & _STARS
    if "^*" not in signs or not others:
        return None
    return lambda term: op("^*", *term.args) if term.op == "op" and term.data in others else term


_STARS = frozenset((r"^\star", r"^\vee"))


def _adjoints(parts: list[Term]) -> Change | None:
    """Transposes, adjoints and conjugates written alike, if the pair has two of their signs."""
    marks = {_adjoint_mark(part) for part in parts} - {""}
    if len(marks) < 2 or not marks & {"T", "*", "t", "H"}:
        return None
    return lambda term: op("conjugate", term.args[0]) if _adjoint_mark(term) else term


def _adjoint_mark(term: Term) -> str:
    """The sign of a transpose, an adjoint or a conjugate; empty for any other term."""
    if term.op == "pow" and term.args[1].op == "name" and _is_array(term.args[0]):
        mark = term.args[1].label.removeprefix(r"\mathrm{").removeprefix(r"\mathsf{").strip("{}").lstrip("\\")
        return {"top": "T"}.get(mark, mark) if mark in ("T", "t", "H", "top") else ""
    if term.op == "op" and term.data in _ADJOINT_SIGNS and _is_array(term.args[0]):
        return _ADJOINT_SIGNS[term.label]
    return ""


_ADJOINT_SIGNS = {"^*": "*", "^+": "*", r"^\intercal": "H", r"^\dagger": "dagger", "'": "'", r"\bar": "bar"}


def _is_array(term: Term) -> bool:
    """Whether a term may be a matrix, a column or a complex number: a letter."""
    return term.op == "name" or (term.op in ("mul", "ordered") and all(map(is_capital, term.args)))


_DET = name(r"\det")


def _determinants(parts: list[Term]) -> Change | None:
    """Bars around matrices as determinants, if the pair has a determinant in words."""
    if not any(part.op == "app" and part.args[0] == _DET for part in parts):
        return None

    def change(term: Term) -> Term:
        bars = term.op == "fn" and term.data == "abs" and any(map(_may_be_matrix, term.args[0].walk()))
        return Term("app", "sure", (_DET, *term.args)) if bars else term

    return change


def _may_be_matrix(term: Term) -> bool:
    return is_capital(term) or (term.op == "name" and term.label.startswith((r"\mathbf", r"\boldsymbol")))


def _columns(parts: list[Term]) -> Change | None:
    """Binomial coefficients as columns of two numbers, which are drawn alike, if the pair has such a column."""
    if not any(part.op == "matrix" and part.width == 1 and len(part.args) == 2 for part in parts):
        return None

    def change(term: Term) -> Term:
        binomial = term.op == "fn" and term.data == "binom"
        return Term("matrix", Grid("((", 1), term.args) if binomial else term

    return change


def _unit_matrices(parts: list[Term]) -> Change | None:
    """The letters of a unit matrix as one, if the pair has the inverse of a matrix."""
    if not any(
        part.op == "pow" and part.args[1] == MINUS_ONE and _may_be_matrix(part.args[0]) for part in parts
    ):
        return None
    return lambda term: ONE if term in _UNITS else term


def _zero_matrices(parts: list[Term]) -> Change | None:
    r"""The signs of a zero matrix or column as it is written out, if all others have one shape: ``\mathbf 0``."""
    shapes = {(part.data, len(part.args)) for part in parts if part.op == "matrix"}
    in_cells = any(not _ZERO_VECTORS.isdisjoint(part.args) for part in parts if part.op == "matrix")
    if len(shapes) != 1 or in_cells:
        return None
    ((grid, cells),) = shapes
    return lambda term: Term("matrix", grid, (ZERO,) * cells) if term in _ZERO_VECTORS else term


_ZERO_VECTORS = frozenset((op("digits", ZERO), op(r"\vec", ZERO)))


def _adjugates(parts: list[Term]) -> Change | None:
    r"""``\operatorname{adj}A`` as ``\det(A)A^{-1}``, if the pair has the inverse."""
    inverted = {part.args[0] for part in parts if part.op == "pow" and part.args[1] == MINUS_ONE}
    in_words = any(part.op == "app" and part.args[0] == _DET for part in parts)

    def change(term: Term) -> Term:
        if term.op != "app" or term.args[0] != _ADJ or term.args[1] not in inverted:
            return term
        determinant = term.with_args((_DET, term.args[1])) if in_words else fn("abs", term.args[1])
        return mul(determinant, power(term.args[1], MINUS_ONE))

    return change if any(part.op == "app" and part.args[0] == _ADJ for part in parts) else None


_ADJ = name(r"\operatorname{adj}")


CHANGES = (
    _zero_matrices,
    _adjugates,
    _blanks,
    _rows,
    _norms,
    _units_with_an_order,
    _conjugations,
    _stars,
    _adjoints,
    _columns,
    _determinants,
    _unit_matrices,
)
"""What is looked for in the parts of a pair, in this order."""
