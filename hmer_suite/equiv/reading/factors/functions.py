"""Functions, and operators with bounds: ``\\sin^2 x``, ``\\log_2 x``, ``\\det A``, ``\\max_x f``, ``\\sum_k a_k``."""

from __future__ import annotations

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.atoms.shapes import HEADS, argument_bracket, starts_function
from hmer_suite.equiv.reading.factors.arguments import arguments
from hmer_suite.equiv.reading.factors.factor_row import FactorRow, is_bracketed
from hmer_suite.equiv.reading.factors.kept_brackets import in_brackets, kept, square_argument
from hmer_suite.equiv.reading.factors.products import juxtaposed
from hmer_suite.equiv.reading.letter_kinds import is_whole
from hmer_suite.equiv.reading.operators import INVERSES, LARGE, SUMS
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    ZERO,
    Term,
    const,
    fn,
    inverse,
    mul,
    name,
    negative,
    num,
    op,
    power,
)
from hmer_suite.latex.tree import Node

_OVER_FAMILIES = frozenset(r"\max \min \sup \inf \limsup \liminf \varlimsup \varliminf".split())
_WITHOUT_ORDER = {r"\gcd": "gcd", r"\operatorname{gcd}": "gcd", r"\operatorname{lcm}": "lcm"}


def function(factors: FactorRow, which: str, atom: Atom) -> Term:
    """A known function with its arguments."""
    reader = factors.reader
    exponent = reader.group(atom.sup) if atom.sup is not None else None
    if exponent == MINUS_ONE and which in INVERSES:
        reader.used.add("inverse")
        if reader.choices.inverse == "function":
            which, exponent = INVERSES[which], None
    if which in ("max", "min") and atom.sub is not None:
        return head(factors, rf"\{which}", atom)
    base = reader.group(atom.sub) if atom.sub is not None and which == "log" else None
    if atom.sub is not None and which != "log":
        return head(factors, rf"\{which}", atom)
    args, outer = _argument(factors)
    if not args:
        return factors.scripted(op(which), atom)
    value = _value(factors, which, base, args)
    if atom.primes:
        reader.doubts.add("derivative of a known function")
        value = op("'" * atom.primes, value)
    if atom.sup is not None and exponent is not None:
        value = power(value, exponent)
        value = kept("^()", value) if is_bracketed(atom.sup) else value
    return value if outer is None else factors.raised(value, outer)


def _value(factors: FactorRow, which: str, base: Term | None, args: tuple[Term, ...]) -> Term:
    if which in ("max", "min"):
        return fn(which, *args)
    if len(args) > 1:
        return Term("app", "sure", (name(which), *args))
    (argument,) = args
    if which == "exp":
        return power(const("e"), argument)
    if which == "lg":
        base = num(10)
    elif which == "log" and base is None:
        factors.reader.used.add("log")
        base = num(10) if factors.reader.choices.log == "10" else const("e")
    if base is None:
        return fn(which, argument)
    logarithm = fn("ln", argument)
    return logarithm if base == const("e") else mul(logarithm, inverse(fn("ln", base)))


FUNCTION_NAMES = frozenset(
    """tr Tr rank rk diag lcm gcd det dim ker arg deg hom Hom End Aut Re Im Var Cov var cov span sgn grad div curl rot
    dist supp conv vol erf sinc Ker Res res ord char adj cond Pr""".split()
)
"""Names of functions that have no command of their own in every package, or stand in an upright font instead."""


def command_of(name: str) -> str:
    r"""The command for a function of that name: ``\gcd``, ``\operatorname{tr}``."""
    return rf"\{name}" if rf"\{name}" in HEADS else rf"\operatorname{{{name}}}"


def named_function(factors: FactorRow, word: str) -> str | None:
    """The command for a word in an upright font that is a function, known by its name or its brackets; else None."""
    following = factors.peek()
    if following is None or len(word) < 2 or not (word.isalpha() and word.isascii()):
        return None
    bracket = argument_bracket(following)
    called = bracket is not None and bracket.open == "("
    return command_of(word) if word in FUNCTION_NAMES or called else None


def head(factors: FactorRow, token: str, atom: Atom) -> Term:
    """A function or operator that is known by its name alone: ``\\det A``, ``\\max_x f``, ``\\bigcup_i A_i``."""
    if atom.sub is not None and factors.peek() is not None and (token in LARGE or token in _OVER_FAMILIES):
        return _family(factors, token, atom)
    head = factors.scripted(name(token), atom)
    if token in LARGE or atom.sub is not None:
        return head if factors.peek() is None else Term("app", "sure", (head, factors.rest()))
    bracket = argument_bracket(factors.peek())
    args, outer = _argument(factors)
    if not args:
        return head
    if head.op == "name" and head.label in _WITHOUT_ORDER and len(args) > 1:
        value = fn(_WITHOUT_ORDER[head.label], *args)
    else:
        value = Term("app", "sure", (head, *args))
        if bracket is not None and len(args) > 1:
            value = square_argument(value, bracket)
    return value if outer is None else factors.raised(value, outer)


def _family(factors: FactorRow, token: str, atom: Atom) -> Term:
    """``\\bigcup_{i \\in I} A_i``, ``\\max_x f(x)``: its letter is bound."""
    under = factors.reader.group(atom.sub)
    above = factors.reader.group(atom.sup) if atom.sup is not None else EMPTY
    body = factors.rest()
    variable = under.args[0] if under.op == "chain" and len(under.args) == 2 else under
    if not _is_variable(variable):
        return op(token, body, under, above)
    low = EMPTY if under == variable else op(under.relations[0], under.args[1])
    return Term("big", token, (body, variable, low, above))


def _argument(factors: FactorRow) -> tuple[tuple[Term, ...], Node | None]:
    """The arguments of a function, and the exponent of its closing bracket."""
    first = factors.peek()
    if first is None:
        return (), None
    if (bracket := argument_bracket(first)) is not None:
        return _bracketed_argument(factors, first, bracket)
    taken: list[Term] = []
    wide = factors.reader.choices.argument == "wide"
    settled = False
    while (atom := factors.peek()) is not None and not (taken and starts_function(atom)):
        if settled:
            factors.reader.used.add("argument")
            if not wide:
                break
        term = factors.factor()
        taken.append(term)
        settled = settled or not _is_coefficient(term)
    return (juxtaposed(taken),), None


def _bracketed_argument(
    factors: FactorRow, first: Atom, bracket: Bracket
) -> tuple[tuple[Term, ...], Node | None]:
    factors.at += 1
    inner = factors.reader.statement(list(bracket.parts[0]))
    outer = first.sup
    if outer is not None and first.sub is None and not first.primes:
        factors.reader.used.add("power")
        if factors.reader.choices.power == "inside":
            return (factors.raised(inner, outer),), None
        return arguments(inner, bracket.parts[0]), outer
    if not first.plain:
        return (factors.scripted(in_brackets(inner, first), first),), None
    return arguments(inner, bracket.parts[0]), None


def bounded(factors: FactorRow, token: str, atom: Atom) -> Term:
    """Sums, products and limits: body, variable, bounds."""
    under = factors.reader.group(atom.sub) if atom.sub is not None else EMPTY
    above = factors.reader.group(atom.sup) if atom.sup is not None else EMPTY
    body = _body(factors, atom) if token == r"\prod" else factors.rest()
    if atom.primes:  # a sum without some of its summands
        return op(token + "'" * atom.primes, body, under, above)
    kind = SUMS.get(token, "lim")
    relation = r"\rightarrow" if kind == "lim" else "="
    if under.op == "chain" and under.data == (relation,) and _is_variable(under.args[0]):
        above = without_variable(above, under.args[0])
        place = one_sided(under.args[1]) if kind == "lim" else under.args[1]
        return Term(kind, None, (body, under.args[0], place, above))
    if _is_variable(under) and kind != "lim" and (under in body.walk() or is_whole(under)):
        return Term(kind, None, (body, under, EMPTY, above))
    if under.op == "chain" and under.data == (r"\in",) and _is_variable(under.args[0]):
        return Term(kind, None, (body, under.args[0], op(r"\in", under.args[1]), above))
    return op(token, body, under, above)


def _body(factors: FactorRow, atom: Atom) -> Term:
    """What a product is over: up to the next product with the same letter, which it can not contain."""
    end = next(
        (
            place
            for place in range(factors.at + 1, len(factors.row))
            if factors.row[place].token == atom.token and factors.row[place].sub == atom.sub is not None
        ),
        len(factors.row),
    )
    row = factors.row[factors.at : end]
    factors.at = end
    return factors.reader.statement(list(row)) if row else EMPTY


def without_variable(bound: Term, variable: Term) -> Term:
    """A bound of a sum or integral without the letter that it is the value of: ``i=3``."""
    named = bound.op == "chain" and bound.data == ("=",) and bound.args[0] == variable
    return bound.args[1] if named else bound


def one_sided(place: Term) -> Term:
    """``0+`` and ``0+0`` as the place ``0^+``, from which side a limit is taken."""
    if place.op != "add" or len(place.args) != 2:
        return place
    at, sign = place.args
    if sign in (EMPTY, ZERO):
        return op("^+", at)
    return op("^-", at) if sign in (negative(EMPTY), mul(MINUS_ONE, ZERO)) else place


def with_side_behind(row: list[Atom]) -> list[Atom]:
    """``+0``, the place of a limit with its side in front, as ``0+``; any other row as it is."""
    is_zero = len(row) == 2 and row[0].token in ("+", "-") and row[1].value == "0"
    return row[::-1] if is_zero and row[1].plain else row


def _is_coefficient(term: Term) -> bool:
    return term.op == "num" or term == const("pi")


def _is_variable(term: Term) -> bool:
    return term.op in ("name", "sub") or (
        term.op == "op" and len(term.args) == 1 and term.args[0].op == "name"
    )
