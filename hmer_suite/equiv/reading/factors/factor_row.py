"""A row of factors that is being read: a position in it, what follows, and the scripts of what was read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.atoms.atoms import atoms
from hmer_suite.equiv.reading.atoms.node_shapes import DEGREES
from hmer_suite.equiv.reading.atoms.shapes import argument_of, is_letter, items_of, words_of
from hmer_suite.equiv.reading.atoms.staggered import is_after_gap
from hmer_suite.equiv.reading.choices import ReadingChoices
from hmer_suite.equiv.reading.factors.kept_brackets import counts, grouping, kept
from hmer_suite.equiv.reading.factors.superscripts import may_have_indices, superscript
from hmer_suite.equiv.reading.operators import DECORATIONS, SYNONYMS
from hmer_suite.equiv.terms import EMPTY, Term, const, mul, name, op, power
from hmer_suite.latex.nodes import Command, Symbol
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node, unparse


class RowReader(Protocol):
    """The reader of whole rows, asked for everything inside a factor (`TermReader`)."""

    choices: ReadingChoices
    used: set[str]
    doubts: set[str]
    chemical: bool
    saw_elements: bool

    def row(self, items: Sequence[Node | None]) -> Term:
        """The term of the items of a row or group."""

    def group(self, node: Node | None) -> Term:
        """The term of an argument: a group or a single item."""

    def statement(self, row: list[Atom]) -> Term:
        """The term of a row of atoms."""

    def product(self, row: list[Atom]) -> Term:
        """The term of factors side by side."""

    def index(self, node: Node | None) -> Term:
        """The term of a subscript."""


class FactorRow(ABC):
    """A row of factors, a position in it, and the *reader* of what is inside them."""

    def __init__(self, reader: RowReader, row: Sequence[Atom]):
        self.reader = reader
        self.row = row
        self.at = 0

    @abstractmethod
    def read(self) -> Term:
        """The product of all factors."""

    @abstractmethod
    def factor(self) -> Term:
        """The next factor, with its arguments, factorials and percent signs."""

    def alone(self, atom: Atom) -> Term:
        """An atom as a factor, without its successors."""
        return type(self)(self.reader, [atom]).read()

    def rest(self) -> Term:
        """Everything that is left, as one term."""
        rest = grouping(self.row[self.at :])
        self.at = len(self.row)
        return self.reader.statement(rest) if rest else EMPTY

    def peek(self) -> Atom | None:
        """The next atom."""
        return self.row[self.at] if self.at < len(self.row) else None

    def is_before_letter(self) -> bool:
        """Whether the next atom is a letter."""
        following = self.peek()
        return following is not None and is_letter(following)

    # --- scripts -----------------------------------------------------------------------------------------------

    def scripted(self, base: Term, atom: Atom) -> Term:
        """*base* with the scripts of *atom*."""
        if _counts_choices(base, atom):
            return op(f"choices {base.label}", self.reader.index(atom.sub), self.reader.group(atom.sup))
        if atom.sub is not None:
            size = self.size(atom.sub)
            index = self.reader.index(atom.sub) if size is None else op(SIZE, *size)
            index = kept("gap", index) if is_after_gap(atom.sub) else index
            base = Term("sub", None, (base, index))
        if atom.primes:
            base = op("'" * atom.primes, base)
        return base if atom.sup is None else self.raised(base, atom.sup)

    def exponent(self, sup: Node) -> Term:
        """The term of a superscript: an exponent, or a mark as a word."""
        mark = _mark(sup)
        return self.reader.group(sup) if mark is None else op("mark", name(mark))

    def degrees(self, base: Term) -> Term:
        r"""An angle; a temperature, if a unit follows the degree sign: ``25^\circ\mathrm C``."""
        following = self.peek()
        unit = _temperature(following) if following is not None and following.plain else ""
        if not unit or following is None or (following.token and base.op != "num"):
            return mul(base, const("deg"))
        self.at += 1
        return op(rf"\circ {unit}", base)

    def size(self, script: Node) -> tuple[Term, ...] | None:
        r"""The parts of ``m \times n`` in a script, which are rows and columns and not a product; None for others."""
        row = atoms(items_of(script))
        signs = [atom.token == r"\times" and atom.plain for atom in row]
        if not any(signs[1:-1]) or signs[0] or signs[-1]:
            return None
        starts = [0, *(index + 1 for index, sign in enumerate(signs) if sign)]
        ends = [*(index for index, sign in enumerate(signs) if sign), len(row)]
        return tuple(self.reader.statement(row[a:b]) for a, b in zip(starts, ends, strict=True))

    def raised(self, base: Term, sup: Node) -> Term:
        """*base* with a superscript: a power, degrees, or a marked name."""
        mark = _mark(sup)
        if mark in (r"\circ", r"\circ C", r"\circ F"):
            return self.degrees(base) if mark == r"\circ" else op(mark, base)
        if mark is not None:
            return op("^" + mark, base)
        if _is_space(base) and (size := self.size(sup)) is not None:
            return op(SIZE, base, *size)
        exponent = self.reader.group(sup)
        if base.op in ("num", "const") or base == name("e"):
            return power(base, exponent)
        if is_bracketed(sup) and exponent.op in ("num", "name"):  # a derivative, or an index
            return op("^()", base, exponent)
        if is_bracketed(sup) and counts(exponent):
            return kept("^()", power(base, exponent))
        if may_have_indices(base):
            exponent = self.superscript(sup)
        elif _are_indices(exponent):  # i j k: a string of indices as plausibly as a product
            exponent = Term("juxt", None, exponent.args)
        if is_after_gap(sup):
            exponent = kept("gap", exponent)
        return power(base, exponent)

    def superscript(self, sup: Node) -> Term:
        """The term of a superscript of a letter, which may be indices."""
        return superscript(atoms(items_of(sup)), self.reader.statement)


def _temperature(atom: Atom) -> str:
    """The unit after a degree sign, C, F or K; empty if the atom is none."""
    spelt = atom.token
    if isinstance(atom.value, Command) and CLASSES.get(atom.value.name) in ("TEXT", "FONT"):
        spelt = words_of(argument_of(atom.value))
    return spelt if spelt in ("C", "F", "K") else ""


SIZE = "size"
r"""The sign of rows and columns, ``\mathbb R^{m \times n}``."""


def _is_space(base: Term) -> bool:
    r"""Whether an exponent ``m \times n`` is surely a size: that of a set in a font of sets, ``\mathbb R``."""
    return base.op == "name" and base.label.startswith((r"\mathbb", r"\mathds", r"\mathbf", r"\mathcal"))


def _counts_choices(base: Term, atom: Atom) -> bool:
    """``C_n^k``, ``P_5^2``: a number of choices, and as plausibly a power of an indexed letter."""
    if atom.sub is None or atom.sup is None or base.op != "name" or base.data not in CHOICES:
        return False
    tokens = (token for script in (atom.sub, atom.sup) for token in unparse(script))
    return all(token.isdecimal() or token in _COUNTS for token in tokens)


_COUNTS = frozenset("{}()+-abijklmnpqrstxyzNM")
"""Signs in the numbers of what is chosen, and of what it is chosen from."""


CHOICES = frozenset(("A", "C", "P", r"\mathrm{A}", r"\mathrm{C}", r"\mathrm{P}"))
"""Letters of the numbers of choices, arrangements and permutations."""


_INDICES = frozenset(
    r"i j k l m n p q \alpha \beta \gamma \delta \kappa \lambda \mu \nu \rho \sigma \tau".split()
)


def _are_indices(exponent: Term) -> bool:
    """Whether an exponent is letters side by side that are customary indices."""
    return exponent.op == "mul" and all(arg.op == "name" and arg.data in _INDICES for arg in exponent.args)


def is_bracketed(sup: Node) -> bool:
    """Whether a superscript is all in brackets: ``f^{(n)}``."""
    row = atoms(items_of(sup))
    return len(row) == 1 and isinstance(row[0].value, Bracket) and row[0].plain and row[0].value.open == "("


_DOUBLE_BARS = frozenset(("||", r"\|", r"\Vert", r"\shortparallel"))


def are_double_bars(script: Node) -> bool:
    r"""Whether a script is the sign of what is parallel, however it is spelt: ``F_{||}``, ``F^{\|}``."""
    items = items_of(script)
    return (
        all(isinstance(item, Symbol) for item in items)
        and "".join(item.name for item in items) in _DOUBLE_BARS
    )


def _mark(sup: Node) -> str | None:
    """A superscript that decorates a name instead of raising it to a power: ``x^*``, ``A^\\dagger``, ``30^\\circ``."""
    items = [item for item in items_of(sup) if CLASSES.get(item.name) != "SPACE"]
    if not items or any(item.kind != "symbol" for item in items):
        return None
    if are_double_bars(sup):
        return r"\parallel"
    if len(items) == 1 and items[0].name in DEGREES:
        return r"\circ"
    if all(SYNONYMS.get(item.name, item.name) in DECORATIONS for item in items) or items[0].name == r"\circ":
        return " ".join(SYNONYMS.get(item.name, item.name) for item in items)
    if items[-1].name in ("+", "-"):  # the charge of an ion
        return " ".join(item.name for item in items)
    return None
