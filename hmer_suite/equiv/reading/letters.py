"""Letters: names, the values of unknown functions, differentials, operators on all that follows."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms import Atom
from hmer_suite.equiv.reading.factor_row import FactorRow, is_bracketed
from hmer_suite.equiv.reading.operators import (
    ANGLES,
    DOTS,
    FUNCTION_LETTERS,
    ITERATED_LETTERS,
    LEVEL,
    SUM,
    WIDE_LETTERS,
)
from hmer_suite.equiv.reading.shapes import argument_bracket, is_letter, is_single
from hmer_suite.equiv.terms import Term, const, name, op
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node

_DRAWN_ALIKE = {
    r"\widehat": r"\hat",
    r"\widetilde": r"\tilde",
    r"\overline": r"\bar",
    r"\overrightarrow": r"\vec",
}
"""Wide accents and those that look the same over one letter."""
_LETTER_CLASSES = ("SYMBOL", "CHAR", "UNKNOWN")


def letter_of(token: str) -> Term:
    """The term of a token that is no operator: a letter, a constant, or a sign of which nothing is known."""
    if token == r"\pi":
        return const("pi")
    if token == r"\infty":
        return const("inf")
    if token in DOTS:
        return const("dots")
    if token.isalpha() or (
        token[0] == "\\" and token[1:].isalpha() and CLASSES.get(token) in _LETTER_CLASSES
    ):
        return name(token)
    return op(token)


def letter_or_function(factors: FactorRow, letter: Term, atom: Atom) -> Term:
    """A letter with its scripts; before brackets perhaps a function."""
    argument = factors.peek()
    bracket = argument_bracket(argument)
    if argument is None or bracket is None or letter.op != "name":
        return factors.scripted(letter, atom)
    head = factors.scripted(letter, Atom(atom.kind, atom.value, atom.sub, None, atom.primes))
    inner = bracket.parts[0]
    values = factors.reader.statement(list(inner))
    several = values.op == "list"
    structured = values.op in ("chain", "ac", "set", "tuple")
    if not (several or structured or _may_be_function(letter.label, atom, inner)):
        return factors.scripted(letter, atom)
    factors.at += 1
    args = values.args if several else (values,)
    at_number = letter.data in FUNCTION_LETTERS and values.op == "num"
    how = "sure" if several or structured or at_number or bracket.open == "[" else "maybe"
    if atom.sup is not None:
        label = "^()" if is_bracketed(atom.sup) else "iterate"
        head = op(label, head, factors.reader.group(atom.sup))
    value = Term("app", how, (head, *args))
    if how == "maybe" and argument.sup is not None and not argument.primes and argument.sub is None:
        return op("maybe^", value, factors.exponent(argument.sup))
    return factors.scripted(value, argument)


def _may_be_function(spelling: str, atom: Atom, inner: Sequence[Atom]) -> bool:
    """Whether one value in brackets may be the argument of a letter."""
    if atom.primes or spelling in (FUNCTION_LETTERS if atom.sup is None else ITERATED_LETTERS):
        return True
    undivided = spelling in WIDE_LETTERS and not any(LEVEL.get(part.token) == SUM for part in inner[1:])
    return atom.sup is None and (undivided or is_single(inner))


def accented(factors: FactorRow, command: Node, content: Term, atom: Atom) -> Term:
    """A letter with an accent; before brackets with a single thing in them perhaps a function."""
    wide = command.name if content.op != "name" and command.name != r"\overrightarrow" else ""
    letter = op(wide or _DRAWN_ALIKE.get(command.name, command.name), content)
    argument = factors.peek()
    bracket = argument_bracket(argument)
    if argument is not None and bracket is not None and atom.sup is None and is_single(bracket.parts[0]):
        factors.at += 1
        inner = factors.reader.statement(bracket.parts[0])
        return factors.scripted(Term("app", "maybe", (factors.scripted(letter, atom), inner)), argument)
    return factors.scripted(letter, atom)


def differential(factors: FactorRow, token: str, atom: Atom) -> Term:
    """``dx``, ``\\Delta x``: a name of its own, or a product."""
    if not atom.plain:
        return letter_or_function(factors, name(token), atom)
    following = factors.row[factors.at]
    factors.at += 1
    return op(token, factors.alone(following))


def corners(factors: FactorRow, token: str) -> list[Term]:
    """The operands of a sign of geometry: letters side by side, or one factor; an angle has no first side."""
    if not is_letter(factors.row[factors.at]):
        return [factors.factor()]
    letters = []
    while (following := factors.peek()) is not None and is_letter(following) and following.kind != "cmd":
        factors.at += 1
        letters.append(factors.alone(following))
    if token in ANGLES and len(letters) == 3 and repr(letters[2]) < repr(letters[0]):
        letters.reverse()
    return [Term("juxt", None, tuple(letters))] if letters else [factors.factor()]


def prefix_operator(factors: FactorRow, token: str, atom: Atom) -> Term:
    """``\\partial_x f``, ``\\nabla f``: an operator on everything that follows."""
    operator = factors.scripted(name(token), atom)
    return operator if factors.peek() is None else op("apply", operator, factors.rest())
