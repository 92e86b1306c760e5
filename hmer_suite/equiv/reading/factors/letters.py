"""Letters: names, the values of unknown functions, differentials, operators on all that follows."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.shapes import argument_bracket, is_letter, is_single
from hmer_suite.equiv.reading.factors.arguments import arguments
from hmer_suite.equiv.reading.factors.events import BLACKBOARD_HEADS, EXPECTATIONS
from hmer_suite.equiv.reading.factors.factor_row import FactorRow, is_bracketed
from hmer_suite.equiv.reading.factors.functions import one_sided
from hmer_suite.equiv.reading.factors.kept_brackets import square_argument
from hmer_suite.equiv.reading.operators import (
    ANGLES,
    DOTS,
    FUNCTION_LETTERS,
    ITERATED_LETTERS,
    LEVEL,
    SQUARED_LETTERS,
    SUM,
    WIDE_LETTERS,
)
from hmer_suite.equiv.terms import ONE, ZERO, Term, const, mul, name, op
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node

_DRAWN_ALIKE = {
    r"\widehat": r"\hat",
    r"\widetilde": r"\tilde",
    r"\overline": r"\bar",
    r"\overrightarrow": r"\vec",
}
"""Wide accents and those that look the same over one letter."""
BARS_ABOVE = frozenset((r"\bar", r"\overline"))
"""Marks for which it matters what they are over: a mean, a conjugate, a segment."""
_LETTER_CLASSES = ("SYMBOL", "CHAR", "UNKNOWN")


def letter_of(token: str) -> Term:
    """The term of a token that is no operator: a letter, a constant, or a sign of which nothing is known."""
    if token == r"\pi":
        return const("pi")
    if token == r"\infty":
        return const("inf")
    if token in (r"\imath", r"\jmath"):
        return name(token[1])
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
    if inner and inner[0].token in (r"\bmod", r"\mod"):  # a modulus
        return factors.scripted(letter, atom)
    values = factors.reader.statement(list(inner))
    several = values.op == "list"
    structured = values.op in ("chain", "ac", "set", "tuple")
    expected = bracket.open == "[" and letter.label in EXPECTATIONS
    if not (several or structured or expected or _may_be_function(letter.label, atom, inner)):
        return factors.scripted(letter, atom)
    factors.at += 1
    args = arguments(values, inner) if several else (values,)
    if any(arg != one_sided(arg) and arg.args[0] != ZERO for arg in args):
        factors.reader.doubts.add("side")  # f(a+0), a limit
    certain = (letter.data in FUNCTION_LETTERS and values.op == "num") or letter.label in BLACKBOARD_HEADS
    how = "sure" if several or structured or certain or bracket.open == "[" else "maybe"
    if atom.sup is not None:
        label = "^()" if is_bracketed(atom.sup) else "iterate"
        head = op(label, head, factors.superscript(atom.sup))
    value = square_argument(Term("app", how, (head, *args)), bracket)
    if how == "maybe" and argument.sup is not None and not argument.primes and argument.sub is None:
        return op("maybe^", value, factors.exponent(argument.sup))
    return factors.scripted(value, argument)


def _may_be_function(spelling: str, atom: Atom, inner: Sequence[Atom]) -> bool:
    """Whether one value in brackets may be the argument of a letter."""
    if atom.primes or spelling in (FUNCTION_LETTERS if atom.sup is None else ITERATED_LETTERS):
        return True
    if atom.sup is not None and spelling in SQUARED_LETTERS and is_single(inner):
        return True
    if spelling in BLACKBOARD_HEADS:
        return True
    undivided = spelling in WIDE_LETTERS and not any(LEVEL.get(part.token) == SUM for part in inner[1:])
    return atom.sup is None and (undivided or is_single(inner) or _is_indexed_letter(inner))


def _is_indexed_letter(row: Sequence[Atom]) -> bool:
    """Whether a row is one letter with an index, ``x_0``, as the place of an initial value is."""
    return len(row) == 1 and is_letter(row[0]) and row[0].sup is None and not row[0].primes


def accented(factors: FactorRow, command: Node, content: Term, atom: Atom) -> Term:
    """A letter with an accent; before brackets with a single thing in them perhaps a function."""
    label = _DRAWN_ALIKE.get(command.name, command.name)
    if (
        content.op == "sub" and content.args[0].op == "name" and label not in BARS_ABOVE
    ):  # the mark of v_1 is that of v
        letter = content.with_args((op(label, content.args[0]), content.args[1]))
    elif label == content.data == r"\dot" and content.op == "op":
        letter = op(r"\ddot", *content.args)
    else:
        letter = op(label, content)
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
    if token in _UNDIRECTED and len(letters) == 3 and repr(letters[2]) < repr(letters[0]):
        letters.reverse()
    return [Term("juxt", None, tuple(letters))] if letters else [factors.factor()]


_UNDIRECTED = ANGLES - {r"\measuredangle"}
"""Signs of angles without a first side."""

_VARIABLES = frozenset(r"x y z t u v w r s \theta \varphi \phi \rho \xi \eta \tau".split())
"""Letters that are the variable of a derivative, and no number of one, where they are an index."""


def _variable_of(factors: FactorRow, atom: Atom) -> str | None:
    r"""The variable of ``\partial_x``; None if its index is more than a letter, or counts variables."""
    if atom.sub is None or atom.primes:
        return None
    index = factors.reader.group(atom.sub)
    return next((letter for letter in _VARIABLES if index == name(letter)), None)


def prefix_operator(factors: FactorRow, token: str, atom: Atom) -> Term:
    """``\\partial_x f``, ``\\nabla f``: an operator on what follows."""
    variable = _variable_of(factors, atom) if token == r"\partial" else None
    if variable is not None and factors.peek() is not None:
        order = ONE if atom.sup is None else factors.reader.group(atom.sup)
        return Term("deriv", token, (_operand(factors), name(variable), order))
    operator = factors.scripted(name(token), atom)
    if factors.peek() is None:
        return operator
    takes_factor = token == r"\nabla" or atom.sub is not None or atom.sup is not None
    return op("apply", operator, _operand(factors) if takes_factor else factors.rest())


def _operand(factors: FactorRow) -> Term:
    """What a derivative with an index takes: everything that follows, or the next factor with its coefficient."""
    start = factors.at
    taken = [factors.factor()]
    while taken[-1].op == "num" and factors.peek() is not None:
        taken.append(factors.factor())
    if factors.peek() is None:
        factors.at = start
        return factors.rest()
    factors.reader.used.add("operand")
    if factors.reader.choices.operand == "first":
        return mul(*taken)
    factors.at = start
    return factors.rest()
