r"""What certainly has a value: functions with a name of whole numbers, complex numbers, matrices of expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd, lcm

from hmer_suite.equiv.reading.factors.products import TRANSPOSITIONS
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    NON_EXPRESSIONS,
    ZERO,
    Grid,
    Term,
    add,
    const,
    fn,
    is_fixed,
    mul,
    num,
    power,
    replace,
)

MAX_CELLS = 64
"""Larger matrices are not computed."""
MAX_POWER = 4
"""Higher powers of matrices are not computed."""

Complex = tuple[Fraction, Fraction]


def with_value(term: Term) -> Term:
    """The value of a term whose operands have theirs; the term itself if it has none that is certain."""
    rule = _RULES.get(term.op)
    if rule is None:
        return term
    value = rule(term)
    return term if value is None else value


# --- numbers -----------------------------------------------------------------------------------------------------


def _numbers(args: Sequence[Term]) -> list[Fraction] | None:
    return [arg.value for arg in args] if all(arg.op == "num" for arg in args) else None


def _whole_numbers(args: Sequence[Term]) -> list[int] | None:
    numbers = _numbers(args)
    if numbers is None or any(number.denominator > 1 for number in numbers):
        return None
    return [int(number) for number in numbers]


def _function(term: Term) -> Term | None:
    if term.data in ("max", "min"):
        args = term.args[0].args if len(term.args) == 1 and term.args[0].op == "set" else term.args
        numbers = _numbers(args)
        if numbers:
            return num(max(numbers) if term.data == "max" else min(numbers))
        return None if args == term.args else fn(term.label, *args)
    if term.data in ("gcd", "lcm") and (whole := _whole_numbers(term.args)):
        return num(gcd(*whole) if term.data == "gcd" else lcm(*whole))
    if term.data == "abs" and (parts := _complex(term.args[0])) is not None and parts[1]:
        return power(num(parts[0] ** 2 + parts[1] ** 2), num(Fraction(1, 2)))
    return None


def _application(term: Term) -> Term | None:
    head, *args = term.args
    if head.op == "name" and head.data == r"\operatorname{diag}" and len(args) > 1:
        return _diagonal(args)
    if head.op != "name" or len(args) != 1:
        return None
    if args[0].op == "matrix":
        return _of_matrix(head.label, args[0])
    if head.data == r"\Gamma" and args[0].op in ("num", "add", "name", "mul"):
        return fn("factorial", _one_less(args[0]))
    if head.data in (_REAL, _IMAGINARY) and (parts := _complex(args[0])) is not None:
        return num(parts[head.data == _IMAGINARY])
    return None


def _one_less(term: Term) -> Term:
    if term.op == "num":
        return num(term.value - 1)
    if term.op == "add" and term.args[-1].op == "num":
        rest = term.args[-1].value - 1
        return add(*term.args[:-1], num(rest)) if rest else add(*term.args[:-1])
    return add(term, MINUS_ONE)


_REAL, _IMAGINARY = r"\operatorname{Re}", r"\operatorname{Im}"


def _sign(term: Term) -> Term | None:
    if term.data in (r"\bmod", r"\mod") and len(term.args) == 2 and (whole := _whole_numbers(term.args)):
        return num(whole[0] % whole[1]) if whole[1] > 0 else None
    if term.data == "at":
        return _between(*term.args)
    if term.data in _CONJUGATIONS and (parts := _complex(term.args[0])) is not None and parts[1]:
        return add(num(parts[0]), mul(num(-parts[1]), const("i")))
    return None


def _between(body: Term, low: Term, high: Term) -> Term | None:
    r"""``\left.F\right|_a^b`` as F(b) - F(a), and ``\left.F\right|_{x=a}`` as F(a), if F has one letter."""
    letters = {part for part in body.walk() if part.op == "name"}
    if any(part.op not in _CLOSED for part in body.walk()):
        return None
    if low.op == "chain" and low.relations == ("=",) and high.op == "empty" and low.args[0] in letters:
        return replace(body, low.args[0], low.args[1])
    if len(letters) != 1 or "empty" in (low.op, high.op) or NON_EXPRESSIONS & {low.op, high.op}:
        return None
    (letter,) = letters
    return add(replace(body, letter, high), mul(MINUS_ONE, replace(body, letter, low)))


_CLOSED = frozenset(("num", "name", "const", "add", "mul", "pow", "fn"))
"""Ops of expressions in which every letter shows."""
_CONJUGATIONS = frozenset((r"\bar", r"\overline", "^*"))


def _complex(term: Term) -> Complex | None:
    """Real and imaginary part of a term of rational numbers and the imaginary unit."""
    if term.op == "num":
        return term.value, Fraction(0)
    if term == const("i"):
        return Fraction(0), Fraction(1)
    if term.op not in ("add", "mul"):
        return None
    parts = [_complex(arg) for arg in term.args]
    result = (Fraction(0), Fraction(0)) if term.op == "add" else (Fraction(1), Fraction(0))
    for part in parts:
        if part is None:
            return None
        (a, b), (c, d) = result, part
        result = (a + c, b + d) if term.op == "add" else (a * c - b * d, a * d + b * c)
    return result


def _power(term: Term) -> Term | None:
    base, exponent = term.args
    if base == const("e") and (turns := _multiple_of_pi_i(exponent)) is not None:
        return _on_unit_circle(turns)
    return _matrix_power(base, exponent) if base.op == "matrix" else None


def _multiple_of_pi_i(exponent: Term) -> Fraction | None:
    r"""q, if an exponent is ``q \pi i`` for a rational number q."""
    q, letters = Fraction(1), []
    waiting = [exponent]
    while waiting:
        factor = waiting.pop()
        if factor.op == "mul":
            waiting.extend(factor.args)
        elif factor.op == "num":
            q *= factor.value
        elif (
            factor.op == "pow"
            and factor.args[1] == MINUS_ONE
            and (below := _numbers(factor.args[:1]))
            and below[0]
        ):
            q /= below[0]
        else:
            letters.append(factor)
    return q if letters in ([const("i"), const("pi")], [const("pi"), const("i")]) else None


def _on_unit_circle(turns: Fraction) -> Term | None:
    """The value of e to the power of a multiple of pi i, if its real and imaginary part are known."""
    if 12 % turns.denominator:
        return None
    if turns.denominator == 1:
        return num(-1 if turns.numerator % 2 else 1)
    if turns.denominator == 2:
        return mul(num(1 if turns.numerator % 4 == 1 else -1), const("i"))
    angle = mul(num(turns), const("pi"))
    return add(fn("cos", angle), mul(const("i"), fn("sin", angle)))


# --- matrices ----------------------------------------------------------------------------------------------------


def _is_matrix(term: Term) -> bool:
    """Whether a term is a matrix between brackets that can be computed with."""
    return term.op == "matrix" and term.grid.brackets == "((" and len(term.args) <= MAX_CELLS


def _matrix(width: int, cells: Sequence[Term]) -> Term:
    return Term("matrix", Grid("((", width), tuple(cells))


def _diagonal(cells: Sequence[Term]) -> Term | None:
    """The diagonal matrix with these cells; None if they may be blocks, or are not all shown."""
    if (
        any(cell.op in NON_EXPRESSIONS or cell == const("dots") for cell in cells)
        or len(cells) ** 2 > MAX_CELLS
    ):
        return None
    places = range(len(cells))
    return _matrix(len(cells), [cells[i] if i == j else ZERO for i in places for j in places])


def _of_matrix(function: str, matrix: Term) -> Term | None:
    """The determinant or the trace of a square matrix between brackets."""
    if not _is_matrix(matrix) or matrix.width**2 != len(matrix.args) or EMPTY in matrix.args:
        return None
    if function == r"\det":
        return Term("det", matrix.width, matrix.args)
    return add(*matrix.args[:: matrix.width + 1]) if function in _TRACES else None


_TRACES = frozenset((r"\operatorname{tr}", r"\operatorname{Tr}", r"\operatorname{trace}"))


def _sum(term: Term) -> Term | None:
    first = term.args[0]
    if not all(map(_is_matrix, term.args)):
        return None
    if any(arg.width != first.width or len(arg.args) != len(first.args) for arg in term.args):
        return None
    return _matrix(first.width, [add(*cells) for cells in zip(*(arg.args for arg in term.args), strict=True)])


def _product(term: Term) -> Term | None:
    factors = [part for arg in term.args for part in (arg.args if arg.op == "ordered" else (arg,))]
    matrices = [factor for factor in factors if factor.op == "matrix"]
    scalars = [factor for factor in factors if factor.op != "matrix"]
    if not matrices or not all(map(_is_matrix, matrices)) or not all(map(is_fixed, scalars)):
        return None
    result = matrices[0]
    for matrix in matrices[1:]:
        product = _multiplied(result, matrix)
        if product is None:
            return None
        result = product
    return _matrix(result.width, [mul(*scalars, cell) for cell in result.args]) if scalars else result


def _multiplied(left: Term, right: Term) -> Term | None:
    height = len(left.args) // left.width
    if left.width * right.width != len(right.args) or height * right.width > MAX_CELLS:
        return None
    rows = [left.args[i * left.width : (i + 1) * left.width] for i in range(height)]
    columns = [right.args[j :: right.width] for j in range(right.width)]
    cells = [
        add(*(mul(a, b) for a, b in zip(row, column, strict=True))) for row in rows for column in columns
    ]
    return _matrix(right.width, cells)


def _matrix_power(base: Term, exponent: Term) -> Term | None:
    if not _is_matrix(base):
        return None
    if exponent.op == "name" and exponent.data in TRANSPOSITIONS:
        columns = [base.args[j :: base.width] for j in range(base.width)]
        return _matrix(len(base.args) // base.width, [cell for column in columns for cell in column])
    if exponent == MINUS_ONE:
        return _inverted(base)
    if exponent.op != "num" or exponent.value.denominator > 1 or not 1 < exponent.value <= MAX_POWER:
        return None
    result: Term | None = base
    for _ in range(int(exponent.value) - 1):
        result = None if result is None else _multiplied(result, base)
    return result


def _inverted(base: Term) -> Term | None:
    """The inverse of a matrix of two rows and columns of numbers."""
    numbers = _numbers(base.args)
    if numbers is None or base.width != 2 or len(numbers) != 4:
        return None
    a, b, c, d = numbers
    determinant = a * d - b * c
    return _matrix(2, [num(cell / determinant) for cell in (d, -b, -c, a)]) if determinant else None


_RULES: dict[str, Callable[[Term], Term | None]] = {
    "fn": _function,
    "app": _application,
    "op": _sign,
    "pow": _power,
    "add": _sum,
    "mul": _product,
    "ordered": _product,
}
