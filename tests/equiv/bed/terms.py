r"""Expression tree of the bed.

| op | args | data |
|---|---|---|
| ``num``, ``dec`` | | a natural number; a decimal as text |
| ``sym`` | | a `Name` |
| ``const`` | | ``\pi``, ``\mathrm{e}``, ``\infty`` |
| ``idx`` | index | the letter: ``a_k`` with a `k` that may be bound |
| ``add mul neg div pow sqrt fact abs pm percent degree binom`` | operands | |
| ``root`` | radicand | degree |
| ``fn`` | argument | ``\sin`` ... |
| ``log`` | base, argument | |
| ``app`` | arguments | letter of an uninterpreted function |
| ``sum prod int`` | from, to, body | `Name` of the bound letter |
| ``lim`` | target, body | `Name` of the bound letter |
| ``indef`` | body | `Name` of the letter of integration |
| ``deriv`` | body | (`Name`, order, ``d`` or ``\partial``) |
| ``cases`` | value, condition, ..., value otherwise | |
| ``dots`` | entries, the dots before the last | ``+``, ``\cdot`` or ``,`` |
| ``set tuple list`` | entries | |
| ``interval`` | ends | the two brackets |
| ``matrix`` | entries, row by row | (environment, columns) |
| ``setop`` | operands | ``\cup`` ... |
| ``logic`` | statements | ``\land`` ... |
| ``builder`` | domain, statement | `Name` of the bound letter |
| ``quant`` | domain, statement | (quantifier, `Name` of the bound letter) |
| ``rel`` | sides, one more than relations | the relations, canonical spelling |
| ``worded`` | term, condition | the word between them |
| ``figure`` | | (geometry sign, letters) |
| ``arrow`` | the two ends | arrow, text above it |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple


class Name(NamedTuple):
    """A letter with its decoration; two names are the same letter only if all of it agrees."""

    base: str
    sub: str = ""
    primes: int = 0
    accent: str = ""
    font: str = ""

    @property
    def is_vector(self) -> bool:
        """Whether it is dressed as a vector or an operator, of which there are several products."""
        return self.accent in ("vec", "hat") or self.font in ("mathbf", "boldsymbol")


WORD, LETTER = re.compile(r"\\text\s*\{[^}]*\}"), re.compile(r"\\[a-zA-Z]+|[a-zA-Z]")


@lru_cache(maxsize=4096)
def spelt(name: Name) -> frozenset[Name]:
    """The letters that *name* is spelt with: itself, its base, and those of its subscript."""
    inside = LETTER.findall(WORD.sub("", name.sub))
    return frozenset({name, Name(name.base), *map(Name, inside)})


@dataclass(frozen=True, slots=True)
class Term:
    op: str
    args: tuple[Term, ...] = ()
    data: Any = None


Path = tuple[int, ...]

BINDS = {"sum": 2, "prod": 2, "int": 2, "lim": 1, "builder": 1, "quant": 1}
"""Which argument of a binder its letter is bound in."""

CLOSED = {"idx": {0}, "dots": None, "sum": {0, 1}, "prod": {0, 1}, "int": {0, 1}, "lim": {0}, "builder": None,
          "quant": None, "arrow": None, "setop": None, "degree": None, "percent": None}  # fmt: skip
"""Arguments in which no algebra is done: None for all of them."""


def num(value: int) -> Term:
    return Term("num", (), value) if value >= 0 else neg(num(-value))


def sym(base: str, **decoration) -> Term:
    return Term("sym", (), Name(base, **decoration))


def neg(term: Term) -> Term:
    return Term("neg", (term,))


def add(*terms: Term) -> Term:
    return terms[0] if len(terms) == 1 else Term("add", terms)


def sub(left: Term, right: Term) -> Term:
    return add(left, neg(right))


def mul(*factors: Term) -> Term:
    return factors[0] if len(factors) == 1 else Term("mul", factors)


def div(over: Term, under: Term) -> Term:
    return Term("div", (over, under))


def power(base: Term, exponent: Term | int) -> Term:
    return Term("pow", (base, num(exponent) if isinstance(exponent, int) else exponent))


def fn(name: str, argument: Term) -> Term:
    return Term("fn", (argument,), "\\" + name)


def rel(left: Term, relation: str, right: Term) -> Term:
    return Term("rel", (left, right), (relation,))


def binder(term: Term) -> Name | None:
    """The letter that *term* binds."""
    if term.op not in BINDS:
        return None
    return term.data[1] if term.op == "quant" else term.data


def with_binder(term: Term, name: Name) -> Any:
    """Data of *term* with another bound letter."""
    return (term.data[0], name) if term.op == "quant" else name


def walk(
    term: Term, path: Path = (), bound: frozenset = frozenset()
) -> Iterator[tuple[Path, Term, frozenset]]:
    """Every subterm with its path and the letters bound around it."""
    yield path, term, bound
    name = binder(term)
    for index, arg in enumerate(term.args):
        inner = bound | {name} if name is not None and BINDS[term.op] == index else bound
        yield from walk(arg, (*path, index), inner)


def open_places(
    term: Term, path: Path = (), bound: frozenset = frozenset()
) -> Iterator[tuple[Path, Term, frozenset]]:
    """As `walk`, without the places where no algebra is done."""
    yield path, term, bound
    closed = CLOSED.get(term.op, set())
    if closed is None:
        return
    name = binder(term)
    for index, arg in enumerate(term.args):
        if index in closed or _names_no_number(term, index):
            continue
        inner = bound | {name} if name is not None and BINDS[term.op] == index else bound
        yield from open_places(arg, (*path, index), inner)


def _names_no_number(term: Term, index: int) -> bool:
    """Whether an argument is a condition of cases, a proposition or the name of a collection."""
    if term.op == "cases":
        return index % 2 == 1
    if term.op == "logic":
        return term.args[index].op == "sym"
    return (
        term.op == "rel" and term.args[index].op == "sym" and any(arg.op in COLLECTIONS for arg in term.args)
    )


COLLECTIONS = frozenset("set tuple interval matrix setop builder".split())


def at(term: Term, path: Path) -> Term:
    for index in path:
        term = term.args[index]
    return term


def replaced(term: Term, path: Path, new: Term) -> Term:
    """*term* with the subterm at *path* replaced."""
    if not path:
        return new
    index, *rest = path
    args = (*term.args[:index], replaced(term.args[index], tuple(rest), new), *term.args[index + 1 :])
    return Term(term.op, args, term.data)


def size(term: Term) -> int:
    return sum(1 for _ in walk(term))


def free(term: Term) -> set[Name]:
    """Letters that stand for numbers from outside."""
    found = {node.data for _, node, bound in walk(term) if node.op == "sym" and node.data not in bound}
    for _, node, bound in walk(term):
        if node.op in ("indef", "deriv"):
            name = node.data if node.op == "indef" else node.data[0]
            found |= set() if name in bound else {name}
    return found


def letters(term: Term) -> set[Name]:
    """All letters, bound ones too."""
    found = {node.data for _, node, _ in walk(term) if node.op == "sym"}
    return found | free(term) | {binder(node) for _, node, _ in walk(term) if binder(node)}


NAMED = ("sym", "idx", "app")
"""Ops that carry a name which the reader sees."""


def written(term: Term) -> set[Name]:
    """All letters as they stand on paper: in subscripts, and for sequences and functions, too."""
    names = letters(term) | {node.data for _, node, _ in walk(term) if node.op in NAMED}
    return set().union(*map(spelt, names))


def may_depend(term: Term, letter: Name) -> bool:
    """Whether a reader could take *term* for one that varies with *letter*, as ``m_{ij}`` does with j."""
    return letter in free(term) or any(
        node.op in NAMED and letter not in bound and letter in spelt(node.data)
        for _, node, bound in walk(term)
    )


def captures(term: Term) -> bool:
    """Whether a name stands where another letter that it is spelt with is bound: ``m_{ij}`` in a sum over j.

    To a reader it varies with that letter, to the bed it is a constant.
    """
    return any(node.op in NAMED and bound & _alien(node) for _, node, bound in walk(term))


def _alien(node: Term) -> frozenset[Name]:
    """Letters that a name is spelt with and that are none of the bed's own: a letter may well be bound itself."""
    return spelt(node.data) - ({node.data} if node.op == "sym" else set())


def renamed(term: Term, old: Name, new: Name) -> Term:
    """*term* with the free letter *old* called *new*, which must not occur in it."""
    if term.op == "sym":
        return Term("sym", (), new) if term.data == old else term
    data = term.data
    if term.op == "indef" and data == old:
        data = new
    if term.op == "deriv" and data[0] == old:
        data = (new, *data[1:])
    bound = BINDS[term.op] if binder(term) == old else None
    args = tuple(arg if index == bound else renamed(arg, old, new) for index, arg in enumerate(term.args))
    return Term(term.op, args, data)
