r"""Terms: the meaning of a formula, apart from how it is written.

| op | data | args |
|---|---|---|
| ``num`` | a `Fraction` | none |
| ``name`` | the canonical spelling of a letter, ``x`` or ``\mathbf{x}`` | none |
| ``const`` | ``pi``, ``e``, ``i``, ``inf``, ``dots``, ``sign`` (the sign of ``\pm``), ``deg`` | none |
| ``text`` | the words | none |
| ``empty`` | | none; an operand is missing |
| ``add``, ``mul`` | | the summands, the factors |
| ``pow`` | | base, exponent |
| ``fn`` | a known function: ``sin``, ``ln``, ``abs`` ... | its arguments |
| ``app`` | ``sure``, or ``maybe`` if it can also be a product | an unknown function, its arguments |
| ``sub`` | | a name, its index |
| ``sum``, ``prod``, ``lim`` | | body, bound variable, lower bound or point, upper bound |
| ``big`` | any other: ``\bigcup``, ``\max`` | the same |
| ``int`` | the sign: ``\int``, ``\oint`` ... | body, variable, lower bound, upper bound |
| ``deriv`` | ``d`` or ``\partial``; in a settled reading a `Derivation` | operand, variable, order |
| ``juxt`` | ``word`` outside an index | parts side by side in an index, or beside a word: a list, or a product |
| ``ordered`` | | factors that may not commute |
| ``chain`` | the relations | the terms between them |
| ``list`` | ``quad`` if only wide spaces separate | the parts between commas |
| ``tuple`` | both brackets | the components |
| ``set`` | | the elements |
| ``matrix`` | a `Grid`: brackets and columns | the cells, row by row |
| ``cases`` | the number of columns | the cells, row by row |
| ``det`` | the number of columns | the cells, row by row |
| ``ac`` | an associative and commutative operator: ``\cup`` ... | its operands |
| ``op`` | any other sign, of which nothing is known | its operands |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from hmer_suite.equiv.reading.operators import CONSTANT_LETTERS


class Grid(NamedTuple):
    """Data of a matrix: its brackets, with a bar for each line between columns, and its number of columns."""

    brackets: str
    width: int

    def __repr__(self) -> str:
        return tuple.__repr__(self)  # part of sort keys and of random labels, as in every other term


class Derivation(NamedTuple):
    r"""Data of a derivative: ``d`` or ``\partial``, and the letters that depend on the variable."""

    sign: str
    dependents: tuple[str, ...]

    def __repr__(self) -> str:
        return tuple.__repr__(self)


Data = str | int | Fraction | tuple[str, ...] | Grid | Derivation | None


class Term:
    """A node of a term; immutable by convention, compared by content.

    `data` depends on `op` (see the table); compare it directly, and read it as one type through the properties,
    which raise `TypeError` for a term of another kind.
    """

    __slots__ = ("_hash", "args", "data", "op")

    def __init__(self, op: str, data: Data = None, args: tuple[Term, ...] = ()):
        self.op = op
        self.data = data
        self.args = args
        self._hash = hash((op, data, args))

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Term)
            and self._hash == other._hash
            and self.op == other.op
            and self.data == other.data
            and self.args == other.args
        )

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        inner = [repr(self.data)] * (self.data is not None) + [repr(arg) for arg in self.args]
        return f"{self.op}({', '.join(inner)})"

    @property
    def value(self) -> Fraction:
        """The number that a ``num`` is."""
        if isinstance(self.data, Fraction):
            return self.data
        raise self._without("number")

    @property
    def label(self) -> str:
        """The spelling of a letter, the name of a function or constant, an operator sign, the words of a text."""
        if isinstance(self.data, str):
            return self.data
        raise self._without("label")

    @property
    def relations(self) -> tuple[str, ...]:
        """The relations of a ``chain``, one fewer than its args."""
        if isinstance(self.data, tuple) and not isinstance(self.data, Grid | Derivation):
            return self.data
        raise self._without("relations")

    @property
    def width(self) -> int:
        """The number of columns of a ``matrix`` or ``cases``, of rows and columns of a ``det``."""
        if isinstance(self.data, int):
            return self.data
        return self.grid.width

    @property
    def grid(self) -> Grid:
        """The brackets and the width of a ``matrix``."""
        if isinstance(self.data, Grid):
            return self.data
        raise self._without("grid")

    @property
    def derivation(self) -> Derivation:
        """The sign and the dependent letters of a ``deriv``."""
        if isinstance(self.data, Derivation):
            return self.data
        return Derivation(self.label, ())

    def _without(self, kind: str) -> TypeError:
        return TypeError(f"{self.op} has no {kind}: {self.data!r}")

    def with_args(self, args: tuple[Term, ...]) -> Term:
        """The same operation on other arguments."""
        return Term(self.op, self.data, args)

    def walk(self) -> Iterator[Term]:
        """This term and all below it, parents first."""
        waiting: list[Term] = [self]
        while waiting:
            term = waiting.pop()
            yield term
            waiting.extend(term.args)


@lru_cache(maxsize=4096)
def name(spelling: str) -> Term:
    """A letter with a canonical spelling."""
    return Term("name", spelling)


def num(value: int | Fraction) -> Term:
    """An exact number."""
    return Term("num", Fraction(value))


def const(which: str) -> Term:
    """A constant: ``pi``, ``e``, ``i``, ``inf``, ``dots``, ``sign`` or ``deg``."""
    return _CONSTANTS[which]


def op(label: str, *args: Term) -> Term:
    """A sign of which nothing is known, and its operands."""
    return Term("op", label, args)


_CONSTANTS = {which: Term("const", which) for which in ("pi", "e", "i", "inf", "dots", "sign", "deg")}
EMPTY = Term("empty")
ZERO, ONE, TWO, MINUS_ONE = num(0), num(1), num(2), num(-1)


def add(*terms: Term) -> Term:
    """The sum of terms."""
    return terms[0] if len(terms) == 1 else Term("add", None, terms)


def mul(*factors: Term) -> Term:
    """The product of factors."""
    return factors[0] if len(factors) == 1 else Term("mul", None, factors)


def negative(term: Term) -> Term:
    """-term."""
    return num(-term.value) if term.op == "num" else mul(MINUS_ONE, term)


def power(base: Term, exponent: Term) -> Term:
    """base ** exponent."""
    return Term("pow", None, (base, exponent))


def inverse(term: Term) -> Term:
    """1 / term."""
    return power(term, MINUS_ONE)


def fn(which: str, *args: Term) -> Term:
    """A known function of its arguments."""
    return Term("fn", which, args)


STRUCTURES = frozenset(("chain", "list", "tuple", "set", "matrix", "cases", "ac"))
NON_EXPRESSIONS = STRUCTURES | {"text", "empty"}
"""Ops of terms that are not expressions: statements, collections, words."""

BINDERS = frozenset(("sum", "prod", "lim", "int", "big"))
"""Ops whose second argument is a variable that may be bound in the first (see `binds`)."""


def binds(term: Term) -> bool:
    """Whether the second argument is bound in the first, so that its name does not matter.

    An integral without bounds binds nothing; nor does an integral, a limit or ``\\max_x`` whose operand does not show
    the variable, as in ``\\int_a^b f d\\alpha``, where f may depend on it.
    """
    if term.op not in _BINDING_IF_SHOWN:
        return term.op in BINDERS
    body, variable, low, high = term.args
    if term.op == "int" and low.op == high.op == "empty":
        return False
    return variable in body.walk() or all(map(_is_certainly_constant, body.walk()))


_BINDING_IF_SHOWN = frozenset(("int", "lim", "big"))


def _is_certainly_constant(part: Term) -> bool:
    if part.op == "name":
        return part.data in _CONSTANTS_BY_NAME
    return part.op in ("num", "const", "add", "mul", "pow", "fn")


_CONSTANTS_BY_NAME = frozenset("abckmn")


def is_fixed(term: Term) -> bool:
    """Whether a term consists of numbers, known constants and known functions."""
    return all(part.op in ("num", "add", "mul", "pow", "fn", "const") for part in term.walk())


def may_depend(term: Term) -> bool:
    """Whether a term may depend on a variable that it does not show: ``f``, but not ``a``."""
    return term.op in ("sub", "app", "op") or (term.op == "name" and term.data not in CONSTANT_LETTERS)


def rewrite(term: Term, change: Callable[[Term], Term]) -> Term:
    """*term* with *change* applied to every node, the innermost first."""
    args = tuple([rewrite(arg, change) for arg in term.args]) if term.args else ()
    return change(term if args == term.args else term.with_args(args))


def replace(term: Term, old: Term, new: Term) -> Term:
    """*term* with *new* for every *old* that is not bound within it."""
    if term == old:
        return new
    if not term.args or (binds(term) and term.args[1] == old and old not in term.args[2:]):
        return term
    if binds(term) and term.args[1] == old:
        bounds = tuple(replace(arg, old, new) for arg in term.args[2:])
        return term.with_args((*term.args[:2], *bounds))
    return term.with_args(tuple(replace(arg, old, new) for arg in term.args))
