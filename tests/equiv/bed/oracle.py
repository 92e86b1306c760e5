r"""Values of terms at random points: what proves that two terms differ, and that a rewrite kept the meaning.

Independent of the engine under test: its own tree, evaluated with mpmath at 50 digits over the reals. An
uninterpreted function is interpreted by a smooth random one, a sequence ``a_k`` likewise (of finite support where it
is summed to infinity); what differs under one interpretation differs.

Three answers: `True`, `False`, or None where neither is certain.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

from mpmath import mp, mpf

from tests.equiv.bed.terms import Name, Term, binder, free, letters, walk

DIGITS, FINE = 50, 120
"""Digits for comparing values, and for telling what is zero from the noise of rounding: see `is_defined`."""
SAME, APART = mpf(10) ** -13, mpf(10) ** -9
"""Closer than `SAME` (times the largest magnitude met) is equal, further than `APART` certainly not."""
LARGEST = mpf(10) ** 40
ZERO = mpf(10) ** -32
"""What is closer to zero may be zero; at `FINE` digits, noise of what is no larger than `LARGEST` always is."""
SUPPORT = 6
"""Sequences vanish beyond this index where they are summed to infinity."""
FAR = mpf(10) ** 20
GRID = 15


class UndefinedError(Exception):
    """The term has no real value at this point."""


class UnknownError(Exception):
    """The oracle cannot tell."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Value of what is no number: a tag and the values of the parts, in order unless *unordered*."""

    tag: Any
    parts: tuple
    unordered: bool = False


@dataclass(slots=True)
class Point:
    """Values of the letters, the sign that plus-minus takes, and the largest magnitude met in evaluation.

    *generic* says that no letter has a value of its own choosing: there, and only there, does a term that is
    undefined differ from one that is not, since it is so on a whole neighbourhood.
    """

    values: dict[Name, mpf]
    sign: int = 1
    largest: mpf = field(default_factory=lambda: mpf(1))
    generic: bool = True

    def with_value(self, name: Name, value: mpf) -> Point:
        return Point({**self.values, name: value}, self.sign, self.largest, generic=False)


# --- evaluation -----------------------------------------------------------------------------------------------


def value(term: Term, point: Point) -> Any:
    """A real number, or a `Structure` of them.

    Raises:
        UndefinedError: it has none.
        UnknownError: it may have one.
    """
    result = _RULES[term.op](term, point)
    if isinstance(result, mpf):
        if not mp.isfinite(result) or abs(result) > LARGEST:
            raise UnknownError
        point.largest = max(point.largest, abs(result))
    return result


def _number(term: Term, point: Point) -> mpf:
    result = value(term, point)
    if not isinstance(result, mpf):
        raise UnknownError
    return result


def _inner(term: Term, point: Point, name: Name, at: mpf) -> mpf:
    inside = point.with_value(name, at)
    result = _number(term, inside)
    point.largest = max(point.largest, inside.largest)
    return result


def _integer(number: mpf) -> int:
    if number != int(number) or abs(number) > 60:
        raise UnknownError
    return int(number)


def real_power(base: mpf, exponent: mpf) -> mpf:
    """The real power; of a negative base only for whole exponents, cube roots written as powers left open."""
    if base == 0:
        if exponent > 0:
            return mpf(0)
        raise UndefinedError if exponent < 0 else UnknownError
    if abs(base) < ZERO and exponent < 0:
        raise UnknownError
    if base < 0 and exponent != int(exponent):
        # (-8)^{1/3} is a matter of convention; a power that is no simple fraction is not.
        raise UndefinedError if exponent * 2 == int(exponent * 2) else UnknownError
    if abs(exponent) * abs(mp.log(abs(base))) > 90:
        raise UnknownError
    return base**exponent


def _divide(over: mpf, under: mpf) -> mpf:
    if under == 0:
        raise UndefinedError
    if abs(under) < ZERO:
        raise UnknownError
    return over / under


def _sqrt(number: mpf) -> mpf:
    if number < 0:
        if number > -ZERO:
            raise UnknownError
        raise UndefinedError
    return mp.sqrt(number)


def _root(number: mpf, degree: int) -> mpf:
    if number < 0 and degree % 2 == 0:
        raise UndefinedError
    return mp.sign(number) * mp.root(abs(number), degree)


def _log(number: mpf) -> mpf:
    if number <= 0:
        raise UndefinedError
    if number < ZERO:
        raise UnknownError
    return mp.log(number)


def _arc(function: Callable) -> Callable:
    def inverse(number: mpf) -> mpf:
        if abs(number) > 1:
            raise UndefinedError
        return mpf(function(number))

    return inverse


def _exp(number: mpf) -> mpf:
    if abs(number) > 90:
        raise UnknownError
    return mp.exp(number)


FUNCTIONS: dict[str, Callable] = {
    "\\sin": mp.sin,
    "\\cos": mp.cos,
    "\\tan": lambda x: _divide(mp.sin(x), mp.cos(x)),
    "\\cot": lambda x: _divide(mp.cos(x), mp.sin(x)),
    "\\sec": lambda x: _divide(mpf(1), mp.cos(x)),
    "\\sinh": lambda x: (_exp(x) - _exp(-x)) / 2,
    "\\cosh": lambda x: (_exp(x) + _exp(-x)) / 2,
    "\\tanh": mp.tanh,
    "\\arcsin": _arc(mp.asin),
    "\\arccos": _arc(mp.acos),
    "\\arctan": mp.atan,
    "\\exp": _exp,
    "\\ln": _log,
}


@lru_cache(maxsize=4096)
def _coefficients(*key: Any) -> tuple[mpf, ...]:
    digest = hashlib.sha256(repr(key).encode()).digest()
    parts = [int.from_bytes(digest[4 * i : 4 * i + 4], "big") for i in range(6)]
    with mp.workdps(DIGITS):  # the same however many digits are asked for first
        return tuple(mpf(part) / 2**32 + mpf(1) / 3 for part in parts)


def _generic(name: Any, numbers: Iterable[mpf]) -> mpf:
    """A smooth function of any number of arguments, drawn by its name."""
    numbers = list(numbers)
    total = _coefficients(name, len(numbers))[0]
    for place, number in enumerate(numbers):
        a, b, c, d, e, _ = _coefficients(name, len(numbers), place)
        total += a * mp.sin(b * number + c + total / 3) + d * mp.sin(e * number)
    return total


def _sequence(term: Term, point: Point) -> mpf:
    index = _number(term.args[0], point)
    if abs(index) > SUPPORT:
        return mpf(0)
    return _generic(("sequence", term.data), [index])


def _factorial(term: Term, point: Point) -> mpf:
    number = _integer(_number(term.args[0], point))
    if number < 0:
        raise UndefinedError
    if number > 30:
        raise UnknownError
    return mpf(mp.factorial(number))


def _binomial(term: Term, point: Point) -> mpf:
    n, k = (_integer(_number(arg, point)) for arg in term.args)
    if not 0 <= k <= n:
        raise UnknownError
    return mpf(mp.binomial(n, k))


def _bounds(term: Term, point: Point) -> list[mpf]:
    return [None if arg == INFINITY else _number(arg, point) for arg in term.args[:2]]


INFINITY = Term("const", (), "\\infty")
MINUS_INFINITY = Term("neg", (INFINITY,))


def _sum(term: Term, point: Point) -> mpf:
    low, high = _bounds(term, point)
    body, name = term.args[2], term.data
    if high is None:
        if not _is_multiple(body, lambda node: _is_sequence_at(node, name)):
            raise UnknownError
        high = mpf(3 * SUPPORT)
    return mp.fsum(_inner(body, point, name, mpf(k)) for k in _range(low, high))


def _is_sequence_at(node: Term, name: Name) -> bool:
    return node.op == "idx" and any(inside.data == name for _, inside, _ in walk(node))


def _is_multiple(term: Term, is_it: Callable[[Term], bool]) -> bool:
    """Whether *term* is a sum of multiples of what *is_it* picks out, and vanishes where that does."""
    if is_it(term) or term == Term("num", (), 0):
        return True
    if term.op == "mul":
        return any(_is_multiple(arg, is_it) for arg in term.args)
    if term.op in ("add", "neg"):
        return all(_is_multiple(arg, is_it) for arg in term.args)
    return term.op == "div" and _is_multiple(term.args[0], is_it)


def _range(low: mpf, high: mpf) -> range:
    low, high = _integer(low), _integer(high)
    if high < low or high - low > 40:
        raise UnknownError
    return range(low, high + 1)


def _product(term: Term, point: Point) -> mpf:
    low, high = _bounds(term, point)
    if high is None:
        raise UnknownError
    result = mpf(1)
    for k in _range(low, high):
        result *= _inner(term.args[2], point, term.data, mpf(k))
    return result


def _slope(count: int, x: mpf) -> mpf:
    """Derivative of the Legendre polynomial."""
    return count * (x * mp.legendre(count, x) - mp.legendre(count - 1, x)) / (x * x - 1)


@lru_cache(maxsize=4)
def _nodes(count: int) -> list[tuple[mpf, mpf]]:
    """Gauss-Legendre nodes and weights on [-1, 1]."""
    with mp.workdps(DIGITS):  # the same however many digits are asked for first
        return [_node(count, k) for k in range(count)]


def _node(count: int, k: int) -> tuple[mpf, mpf]:
    x = mp.cos(mp.pi * (k + mpf(3) / 4) / (count + mpf(1) / 2))
    for _ in range(7):  # Newton's method doubles the digits
        x -= mp.legendre(count, x) / _slope(count, x)
    return x, 2 / ((1 - x * x) * _slope(count, x) ** 2)


def _quadrature(body: Callable[[mpf], mpf], low: mpf, high: mpf) -> mpf:
    middle, half = (low + high) / 2, (high - low) / 2
    if abs(half) > 20:
        raise UnknownError
    rough, fine = (
        half * mp.fsum(w * body(middle + half * x) for x, w in _nodes(count)) for count in (14, 20)
    )
    if abs(rough - fine) > SAME / 100 * (1 + abs(fine)):
        raise UnknownError
    # A whole number of waves sums to zero, and to the error of the quadrature, which is none to divide by.
    return fine if abs(fine) > SAME / 100 else mpf(0)


def _integral(term: Term, point: Point) -> mpf:
    low, high, body = term.args
    if high == INFINITY or low == MINUS_INFINITY:
        return _comb(term, point)
    return _quadrature(lambda x: _inner(body, point, term.data, x), _number(low, point), _number(high, point))


def _comb(term: Term, point: Point) -> mpf:
    """An integral to infinity of an uninterpreted function, interpreted as weights at a few places."""
    low, high, body = term.args
    if not _is_multiple(body, lambda node: _is_applied_to(node, term.data, point)):
        raise UnknownError
    low = -FAR if low == MINUS_INFINITY else _number(low, point)
    high = FAR if high == INFINITY else _number(high, point)
    places = [_coefficients("comb", k)[0] * 3 * (k - 4) + mpf(k) / 7 for k in range(9)]
    inside = [x for x in places if low < x < high]
    return mp.fsum(
        _coefficients("weight", round(x * 1000))[1] * _inner(body, point, term.data, x) for x in inside
    )


def _is_applied_to(node: Term, name: Name, point: Point) -> bool:
    """Whether *node* is an uninterpreted function of the letter, however it is written: ``f(-(-t))``."""
    if node.op != "app" or len(node.args) > 1:
        return False
    place = mpf(17) / 64
    return _inner(node.args[0], point, name, place) == place


def _antiderivative(term: Term, point: Point) -> mpf:
    """The one that vanishes at 1/3."""
    name, (body,) = term.data, term.args
    return _quadrature(lambda x: _inner(body, point, name, x), mpf(1) / 3, point.values[name])


def _limit(term: Term, point: Point) -> mpf:
    to, body = term.args
    if to == INFINITY:
        # Magnitudes far out say nothing about the precision of the limit.
        near, far = (_number(body, point.with_value(term.data, FAR * k)) for k in (1, 3))
        if abs(near - far) > APART:
            raise UnknownError
        return far
    place = _number(to, point)
    try:
        return _inner(
            body, point, term.data, place
        )  # all that the bed writes is continuous where it is defined
    except UndefinedError:
        return _limit_at_gap(term, point, place)


def _limit_at_gap(term: Term, point: Point, place: mpf) -> mpf:
    _, body = term.args
    # So close that sin h / h and h / sin h, which have the same limit, are the same to 50 digits.
    h = mpf(10) ** -30
    left, right = (_inner(body, point, term.data, place + step) for step in (-h, h))
    if abs(left - right) > APART:
        raise UnknownError
    return (left + right) / 2


def _derivative(term: Term, point: Point) -> mpf:
    name, order, _ = term.data
    (body,) = term.args
    here = point.values[name]
    h = mpf(10) ** (-15 if order == 1 else -9)
    left, right = (_inner(body, point, name, here + step) for step in (-h, h))
    if order == 1:
        return (right - left) / (2 * h)
    if order == 2:
        return (right + left - 2 * _inner(body, point, name, here)) / h**2
    raise UnknownError


def _cases(term: Term, point: Point) -> Any:
    """The value of the row that holds; which one, where several do, is not known unless they agree."""
    rows = list(zip(term.args[::2], term.args[1::2], strict=True))
    met = [row for row, condition in rows if condition.op != "text" and truth(condition, point)]
    if not met:
        met = [row for row, condition in rows if condition.op == "text"]
    if not met:
        raise UndefinedError
    first, *others = [value(row, point) for row in met]
    if not all(equal_values(first, other, point.largest) for other in others):
        raise UnknownError
    return first


def _dots(term: Term, point: Point) -> mpf:
    return _generic(("dots", term.data), [_number(arg, point) for arg in term.args])


def _matrix(term: Term, point: Point) -> Any:
    environment, columns = term.data
    parts = tuple(value(arg, point) for arg in term.args)
    if environment == "vmatrix" and len(parts) == columns**2 and all(isinstance(p, mpf) for p in parts):
        rows = [list(parts[k : k + columns]) for k in range(0, len(parts), columns)]
        return _determinant(rows)
    return Structure((environment == "vmatrix", columns), parts)


def _determinant(rows: list[list[mpf]]) -> mpf:
    """By the first column."""
    if not rows:
        return mpf(1)
    minors = [[row[1:] for row in (*rows[:k], *rows[k + 1 :])] for k in range(len(rows))]
    return mp.fsum((-1) ** k * rows[k][0] * _determinant(minor) for k, minor in enumerate(minors))


COMMUTATIVE = frozenset({"\\cup", "\\cap", "\\land", "\\lor", "\\Leftrightarrow"})


def _operation(term: Term, point: Point) -> Structure:
    parts = tuple(value(arg, point) for arg in _flat(term))
    return Structure(term.data, parts, term.data in COMMUTATIVE)


def _flat(term: Term) -> list[Term]:
    """Operands, those of the same commutative operator inside included: such operators associate."""
    found = []
    for arg in term.args:
        inside = arg.op == term.op and arg.data == term.data and term.data in COMMUTATIVE
        found.extend(_flat(arg) if inside else [arg])
    return found


def _over_grid(term: Term, point: Point) -> tuple:
    """The domain, and where on a grid of values of the bound letter the statement holds."""
    domain, statement = term.args
    found = []
    for k in range(GRID):
        try:
            found.append(truth(statement, point.with_value(binder(term), mpf(k - GRID // 2) / 2)))
        except UndefinedError:
            found.append(None)
    return value(domain, point), tuple(found)


def _builder(term: Term, point: Point) -> Structure:
    return Structure("builder", _over_grid(term, point))


def _quantified(term: Term, point: Point) -> Structure:
    """Whether it holds on the grid: of two that both do, or both do not, nothing is certain."""
    _, holds = _over_grid(term, point)
    return Structure("quantified", ((all if term.data[0] == "\\forall" else any)(holds),))


def _relation_value(term: Term, point: Point) -> Any:
    """Of a statement of arithmetic, whether it holds; else the sides, in either order where that is all the same."""
    if is_numeric(term):
        return truth(term, point)
    parts = tuple(value(arg, point) for arg in term.args)
    if term.data == ("=",) or term.data == ("\\neq",):
        return Structure(("relation", term.data), parts, unordered=True)
    return Structure(("relation", term.data), parts)


def _parts(tag: str, unordered: bool = False) -> Callable:
    def evaluate(term: Term, point: Point) -> Structure:
        parts = tuple(value(arg, point) for arg in term.args)
        return Structure((tag, term.data), parts, unordered)

    return evaluate


def _multiplied(term: Term, point: Point) -> mpf:
    result = mpf(1)
    for arg in term.args:
        result *= _number(arg, point)
    return result


def _symbol(term: Term, point: Point) -> mpf:
    return point.values[term.data]


CONSTANTS = {"\\pi": lambda: +mp.pi, "\\mathrm{e}": lambda: mp.exp(1)}


def _constant(term: Term, point: Point) -> mpf:
    if term.data not in CONSTANTS:
        raise UnknownError
    return CONSTANTS[term.data]()


def _applied(function: Callable) -> Callable:
    return lambda term, point: mpf(function(*(_number(arg, point) for arg in term.args)))


_RULES: dict[str, Callable[[Term, Point], Any]] = {
    "num": lambda term, point: mpf(term.data),
    "dec": lambda term, point: mpf(term.data),
    "sym": _symbol,
    "const": _constant,
    "idx": _sequence,
    "add": lambda term, point: mp.fsum(_number(arg, point) for arg in term.args),
    "mul": _multiplied,
    "neg": _applied(lambda x: -x),
    "div": _applied(_divide),
    "pow": _applied(real_power),
    "sqrt": _applied(_sqrt),
    "root": lambda term, point: _root(_number(term.args[0], point), term.data),
    "fact": _factorial,
    "abs": _applied(abs),
    "percent": _applied(lambda x: x / 100),
    "degree": _applied(lambda x: x * mp.pi / 180),
    "pm": lambda term, point: _number(term.args[0], point) + point.sign * _number(term.args[1], point),
    "binom": _binomial,
    "fn": lambda term, point: mpf(FUNCTIONS[term.data](_number(term.args[0], point))),
    "log": _applied(lambda base, x: _divide(_log(x), _log(base))),
    "app": lambda term, point: _generic(("function", term.data), [_number(a, point) for a in term.args]),
    "sum": _sum,
    "prod": _product,
    "int": _integral,
    "indef": _antiderivative,
    "lim": _limit,
    "deriv": _derivative,
    "cases": _cases,
    "dots": _dots,
    "matrix": _matrix,
    "set": _parts("set", unordered=True),
    "tuple": _parts("tuple"),
    "list": _parts("list"),
    "interval": _parts("interval"),
    "setop": _operation,
    "logic": _operation,
    "builder": _builder,
    "quant": _quantified,
    "rel": _relation_value,
    "worded": _parts("worded"),
    "figure": lambda term, point: Structure(term.data, ()),
    "arrow": _parts("arrow"),
}


# --- comparison -----------------------------------------------------------------------------------------------


def equal_values(left: Any, right: Any, scale: mpf) -> bool | None:
    """Whether two values are equal; None if they are too close to tell."""
    if isinstance(left, Structure) and isinstance(right, Structure):
        return _equal_structures(left, right, scale)
    if isinstance(left, mpf) and isinstance(right, mpf):
        gap = abs(left - right)
        return True if gap <= SAME * scale else False if gap >= APART * scale else None
    return left == right if type(left) is type(right) else False


def _equal_structures(left: Structure, right: Structure, scale: mpf) -> bool | None:
    if left.tag != right.tag:
        return False
    if left.unordered:
        return _equal_unordered(left.parts, right.parts, scale)
    if len(left.parts) != len(right.parts):
        return False
    return all_of(equal_values(a, b, scale) for a, b in zip(left.parts, right.parts, strict=True))


def _equal_unordered(left: tuple, right: tuple, scale: mpf) -> bool | None:
    """As sets: each has its like on the other side."""
    here = all_of(any_of(equal_values(a, b, scale) for b in right) for a in left)
    there = all_of(any_of(equal_values(a, b, scale) for a in left) for b in right)
    return all_of([here, there])


def all_of(answers: Iterable[bool | None]) -> bool | None:
    answers = list(answers)
    return False if False in answers else None if None in answers else True


def any_of(answers: Iterable[bool | None]) -> bool | None:
    answers = list(answers)
    return True if True in answers else None if None in answers else False


_ORDERS: dict[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    "\\neq": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    "\\le": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    "\\ge": lambda sign: sign >= 0,
}


def is_numeric(statement: Term) -> bool:
    """Whether *statement* relates numbers by the relations of arithmetic."""
    return (
        statement.op == "rel"
        and all(relation in _ORDERS for relation in statement.data)
        and not any(node.op in STRUCTURES for arg in statement.args for _, node, _ in walk(arg))
    )


STRUCTURES = frozenset(
    "set tuple list interval matrix setop logic builder quant rel worded figure arrow".split()
)


def truth(statement: Term, point: Point) -> bool:
    """Whether a statement of arithmetic holds.

    Raises:
        UndefinedError: a side has no value.
        UnknownError: too close to tell.
    """
    if statement.op == "logic":
        return _LOGIC[statement.data]([truth(arg, point) for arg in statement.args])
    if not is_numeric(statement):
        raise UnknownError
    sides = [_number(arg, point) for arg in statement.args]
    return all(_holds(*link, point.largest) for link in zip(sides, statement.data, sides[1:], strict=False))


_LOGIC: dict[str, Callable[[list[bool]], bool]] = {
    "\\land": all,
    "\\lor": any,
    "\\neg": lambda truths: not truths[0],
    "\\Rightarrow": lambda truths: not truths[0] or truths[1],
    "\\Leftrightarrow": lambda truths: truths[0] == truths[1],
}


def _holds(left: mpf, relation: str, right: mpf, scale: mpf) -> bool:
    equal = equal_values(left, right, scale)
    if equal is None:
        raise UnknownError
    return _ORDERS[relation](0 if equal else 1 if left > right else -1)


# --- points ---------------------------------------------------------------------------------------------------


def whole_letters(*terms: Term) -> set[Name]:
    """Letters that only make sense as natural numbers: in bounds, factorials, binomials and indices."""
    found: set[Name] = set()
    for term in terms:
        for _, node, _ in walk(term):
            inside = {"sum": node.args[:2], "prod": node.args[:2], "fact": node.args, "binom": node.args,
                      "idx": node.args}.get(node.op, ())  # fmt: skip
            for arg in inside:
                found |= letters(arg)
    return found


RANGES = ((1, 400), (-400, 400), (1, 400), (-400, -1), (1, 400), (-400, 400))
"""Where the letters of the points lie, in hundredths or so: often positive, for the sake of roots and logarithms."""
ASIDE = ((1, 60), (-60, 60), (400, 4000))
"""Where towers of powers are of moderate size, and where roots of differences have a value."""


def draw(
    names: Iterable[Name], whole: set[Name], rng: random.Random, low: int = -400, high: int = 400
) -> Point:
    """A random point; letters that count are small natural numbers."""
    values = {}
    for name in sorted(names):
        fraction = mpf(rng.randint(low, high)) / 97 + mpf(rng.randint(1, 90)) / 9973
        values[name] = mpf(rng.randint(2, 6)) if name in whole else fraction
    return Point(values, generic=not whole & set(names))


def critical(term: Term, rng: random.Random) -> list[tuple[Name, mpf]]:
    """Letters and numbers that a relation compares directly, where strictness shows."""
    found = []
    for _, node, _ in walk(term):
        if node.op == "rel":
            for a in node.args:
                for b in node.args:
                    if a.op == "sym" and not free(b):
                        try:
                            found.append((a.data, _number(b, Point({}))))
                        except (UndefinedError, UnknownError, KeyError):
                            continue
    rng.shuffle(found)
    return found[:4]


def points(left: Term, right: Term, rng: random.Random) -> Iterable[Point]:
    """Random points, and some at which letters take the numbers they are compared with."""
    names, whole = free(left) | free(right), whole_letters(left, right)
    for low, high in RANGES:
        yield draw(names, whole, rng, low, high)
    for name, number in critical(left, rng) + critical(right, rng):
        if name in names:
            yield draw(names, whole, rng).with_value(name, number)


def roots(statement: Term, other: Term, rng: random.Random) -> Iterable[Point]:
    """Points at which a link of *statement* holds with equality, by one letter at a time."""
    names, whole = free(statement) | free(other), whole_letters(statement, other)
    movable = sorted(free(statement) - whole)
    for link in zip(statement.args, statement.args[1:], strict=False):
        for name in rng.sample(movable, min(2, len(movable))):
            for _ in range(2):
                base = draw(names, whole, rng)
                root = _root_of(link, name, base)
                if root is not None:
                    yield base.with_value(name, root)


def _root_of(link: tuple[Term, Term], name: Name, base: Point) -> mpf | None:
    def gap(x: mpf) -> mpf:
        inside = base.with_value(name, mpf(x))
        return _number(link[0], inside) - _number(link[1], inside)

    before = None
    for k in range(-10, 11):
        x = mpf(k) / 2 + mpf(1) / 37
        try:
            here = gap(x)
        except (UndefinedError, UnknownError):
            before = None
            continue
        if before is not None and (before[1] < 0) != (here < 0):
            return _refined(gap, before[0], x)
        before = (x, here)
    return None


def _refined(gap: Callable[[mpf], mpf], low: mpf, high: mpf) -> mpf | None:
    try:
        root = mpf(
            mp.findroot(gap, (low, high), solver="anderson", tol=mpf(10) ** -70, verify=False, maxsteps=40)
        )
        if low <= root <= high and abs(gap(root)) < mpf(10) ** -30:
            return root
    except (UndefinedError, UnknownError, ZeroDivisionError, ValueError):
        pass
    return None


# --- the two questions ----------------------------------------------------------------------------------------


def agree(left: Term, right: Term, seed: int = 0) -> bool | None:
    """Whether the terms have the same meaning at every random point; None where no point could tell.

    `False` proves that they differ. `True` proves nothing, and is what a meaning-preserving rewrite must give.
    """
    mp.dps = DIGITS
    if is_numeric(left) and is_numeric(right):
        return _statements_agree(left, right, random.Random(seed))
    if any(map(_joins_comparisons, (left, right))):
        return _hold_alike(left, right)
    if "rel" in (left.op, right.op) and left.op != right.op:
        return False
    told = [_agree_at(left, right, point) for point in points(left, right, random.Random(seed))]
    return False if False in told else True if True in told else None


def _joins_comparisons(term: Term) -> bool:
    """Whether a term is an alternative, a conjunction ... of comparisons of numbers."""
    return term.op == "logic" and all(is_numeric(arg) or _joins_comparisons(arg) for arg in term.args)


HALVES = [mpf(k) / 2 for k in range(-6, 26)]
"""Places at and between the small numbers that comparisons are made with."""


def _hold_alike(left: Term, right: Term) -> bool | None:
    """Whether two statements hold for the same numbers: ``x < 3`` adds nothing to ``x \\le 4`` as an alternative."""
    names = sorted(free(left) | free(right))
    if len(names) > 2 or not all(is_numeric(side) or _joins_comparisons(side) for side in (left, right)):
        return None
    told = False
    for values in product(HALVES, repeat=len(names)):
        point = Point(dict(zip(names, values, strict=True)))
        with contextlib.suppress(UndefinedError, UnknownError):
            if truth(left, point) != truth(right, point):
                return False
            told = True
    return True if told else None


def is_defined(term: Term) -> bool:
    """Whether a term certainly has a value at one of a few random points; what divides by zero has none."""
    return next(_values(term, FINE), None) is not None


def is_nonzero(number: Term) -> bool:
    """Whether a number is certainly not zero everywhere."""
    return any(abs(found) > ZERO for found, _ in _values(number, FINE))


def varies(number: Term) -> bool:
    """Whether a number has certainly not the same value everywhere."""
    found = list(_values(number, DIGITS))
    return any(equal_values(a, b, max(m, n)) is False for a, m in found for b, n in found)


def _values(term: Term, digits: int) -> Iterator[tuple[Any, mpf]]:
    """The values at those of a few random points where it has one, each with the largest magnitude met.

    What is zero but for the noise of rounding is below `ZERO` at `FINE` digits, since no magnitude is above `LARGEST`:
    its reciprocal and its logarithm are refused there, and the noise is not taken for a value.
    """
    mp.dps = DIGITS
    rng = random.Random(0)
    for low, high in RANGES + ASIDE:
        point = draw(free(term), whole_letters(term), rng, low, high)
        with mp.workdps(digits):
            try:
                found = value(term, point)
            except (UndefinedError, UnknownError):
                continue
        yield found, point.largest


def _agree_at(left: Term, right: Term, point: Point) -> bool | None:
    if any(node.op == "pm" for term in (left, right) for _, node, _ in walk(term)):
        return _branches_agree(left, right, point)
    try:
        return _known_agree(left, right, point)
    except UnknownError:
        return None


def _known_agree(left: Term, right: Term, point: Point) -> bool | None:
    found = []
    for term in (left, right):
        try:
            found.append(value(term, point))
        except UndefinedError:
            found.append(None)
    if found[0] is None or found[1] is None:
        if found[0] is found[1]:
            return True
        return False if point.generic else None
    return equal_values(*found, point.largest)


def _branches_agree(left: Term, right: Term, point: Point) -> bool | None:
    """Plus-minus stands for two values, in whichever order."""
    branches = []
    for term in (left, right):
        values = []
        for sign in (1, -1):
            signed = Point(point.values, sign, point.largest)
            try:
                values.append(value(term, signed))
            except UndefinedError:
                values.append("undefined")
            except UnknownError:
                return None
            point.largest = max(point.largest, signed.largest)
        branches.append(Structure("branches", tuple(values), unordered=True))
    return equal_values(*branches, point.largest)


def _statements_agree(left: Term, right: Term, rng: random.Random) -> bool | None:
    if not free(left) and not free(right):
        return _numeric_statements_agree(left, right)
    told = [_truths_agree(left, right, point) for point in points(left, right, rng)]
    if False in told:
        return False
    if len(left.data) == len(right.data):
        told += [_truths_agree(left, right, point) for point in roots(left, right, rng)]
        if False not in told:
            told += [_truths_agree(left, right, point) for point in roots(right, left, rng)]
    return False if False in told else True if True in told else None


def _truths_agree(left: Term, right: Term, point: Point) -> bool | None:
    found = []
    for statement in (left, right):
        try:
            found.append(truth(statement, point))
        except UndefinedError:
            # At a root of the other statement the point is not generic: it may be a removable one.
            return None
        except UnknownError:
            return None
    return found[0] == found[1]


def _numeric_statements_agree(left: Term, right: Term) -> bool | None:
    """A true numeric statement equals only one whose sides have the same values."""
    point = Point({})
    try:
        truths = [truth(statement, point) for statement in (left, right)]
        if truths[0] != truths[1]:
            return False
        if not truths[0]:
            return None
        sides = [
            Structure("sides", tuple(value(a, point) for a in s.args), unordered=True) for s in (left, right)
        ]
        same_sides = equal_values(*sides, point.largest)
    except (UndefinedError, UnknownError):
        return None
    return same_sides if same_sides is not True or left.data == right.data else None
