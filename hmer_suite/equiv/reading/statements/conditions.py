r"""Side conditions: a statement or expression and what follows it in brackets, ``y=ax+b(a\ne0)``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.atoms.levels import level_of
from hmer_suite.equiv.reading.atoms.shapes import argument_bracket, is_text
from hmer_suite.equiv.reading.operators import FUNCTION_LETTERS, LEVEL, RELATION, SUM
from hmer_suite.equiv.terms import Term
from hmer_suite.latex.nodes import Environment
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node, unparse

_OF_EVENTS = FUNCTION_LETTERS | frozenset("p E I V D".split())
"""Letters whose brackets may hold an event or a place: ``P(X=2)``."""


def with_condition(row: list[Atom], loosest: int) -> tuple[list[Atom], list[Atom]] | None:
    """What a row says, and the condition in the brackets at its end; None if it ends in no condition.

    *loosest* is the level of its loosest operators: what is neither a statement nor a sum ends in no letter.
    """
    if len(row) < 2 or row[-1].kind != "br" or not row[-1].plain:
        return None
    bracket = argument_bracket(row[-1])
    if bracket is None or bracket.open != "(" or not _relates(bracket.parts[0]):
        return None
    before = row[:-1]
    condition = set(_letters(bracket.parts[0]))
    if not _may_end(before, condition) or (loosest > SUM and not _is_closed(before[-1])):
        return None
    return None if condition.isdisjoint(_letters(before)) else (before, bracket.parts[0])


def _is_closed(atom: Atom) -> bool:
    """Whether an atom is a number, in brackets, or an environment, and so no function of what follows."""
    return atom.kind in ("num", "br") or isinstance(atom.value, Environment)


def is_doubtful_condition(row: Sequence[Atom]) -> bool:
    """Whether brackets that hold a relation may be a condition or what the last letter of a sum or side takes."""
    if len(row) < 2 or row[-1].kind != "br" or not row[-1].plain or row[-2].token in _PROBABILITIES:
        return False
    bracket = argument_bracket(row[-1])
    if bracket is None or bracket.open != "(" or not _relates(bracket.parts[0]):
        return False
    if isinstance(row[-2].value, Node) and not {"P", "E"}.isdisjoint(unparse(row[-2].value)):
        return False
    joined = any(level_of(atom) in (RELATION, SUM) for atom in row[:-1])
    return joined and not _ends_in_probability(row[:-1])


_PROBABILITIES = frozenset(("P", "p", r"\Pr"))


def _relates(inner: Sequence[Atom]) -> bool:
    """Whether brackets hold a relation with both its sides."""
    levels = [level_of(atom) for atom in inner]
    return RELATION in levels[1:-1] and levels[0] != RELATION != levels[-1]


def _may_end(row: Sequence[Atom], condition: set[str]) -> bool:
    """Whether a row can end before brackets that are not the argument of its last letter."""
    last = row[-1]
    if last.token in _OF_EVENTS and last.token not in condition:
        return False
    if last.token in LEVEL or CLASSES.get(last.token) in ("NAMEDOP", "LARGEOP"):
        return False
    if isinstance(last.value, Node) and (is_text(last) or CLASSES.get(last.value.name) in _NAMES):
        return False
    return not _ends_in_probability(row)


def _ends_in_probability(row: Sequence[Atom]) -> bool:
    """Whether the letters at the end of a row spell a name that begins with P: ``Pr``, ``Prob``."""
    for atom in reversed(row):
        if not (len(atom.token) == 1 and atom.token.isalpha()):
            return False
        if atom.token == "P":
            return True
    return False


_NAMES = frozenset(("FONT", "OPERATORNAME"))


def _letters(row: Iterable[Atom]) -> Iterator[str]:
    """The letters in a row, those in scripts included."""
    for atom in row:
        if atom.token:
            yield from _spelt((atom.token,))
        elif isinstance(atom.value, Node):
            yield from _spelt(unparse(atom.value))
        elif isinstance(atom.value, Bracket):
            for part in atom.value.parts:
                yield from _letters(part)
        for script in (atom.sub, atom.sup):
            if script is not None:
                yield from _spelt(unparse(script))


def _spelt(tokens: Iterable[str]) -> Iterator[str]:
    return (
        token
        for token in tokens
        if token.isalpha() or (CLASSES.get(token) == "SYMBOL" and token not in LEVEL)
    )


def conditions(term: Term) -> tuple[Term, ...]:
    """The parts of a condition that is a list, perhaps in brackets; else the condition."""
    listed = term.op == "list" or (term.op == "tuple" and term.data == ("(", "("))
    return term.args if listed and any(arg.op == "chain" for arg in term.args) else (term,)
