"""Values of unknown functions, indexed letters and signs: pseudorandom, but the same for equal arguments."""

from __future__ import annotations

from flint import fmpq

from hmer_suite.equiv.reading.atoms.shapes import HEADS
from hmer_suite.equiv.reading.factors.events import obeys_rules
from hmer_suite.equiv.reading.factors.factor_row import CHOICES
from hmer_suite.equiv.reading.operators import (
    FLIPPED,
    GEOMETRY,
    INTEGRALS,
    MAYBE_UNBOUND,
    QUANTIFIERS,
    SYMMETRIC,
)
from hmer_suite.equiv.terms import Term, const
from hmer_suite.equiv.values.balls import Unknown, Value
from hmer_suite.equiv.values.point import MEMBERS, Point, Rule
from hmer_suite.equiv.values.spelling import numbers_in, spelling

_NO_FUNCTIONS = frozenset(
    r"""+... product... juxt... juxt. juxt0 !! !!! [] inner orders at builder conjugate derived size || measures
    complement dotted braced \times \setminus \bmod \mod \pmod \int \sum \prod \lim""".split()
)
"""Signs whose meaning is not computed here; they must not be taken for arbitrary functions."""


def _unknown(point: Point, term: Term) -> Value:
    """An unknown function or sign at the values of its arguments."""
    if term.data in MAYBE_UNBOUND and len(term.args) == 3:
        return _unbound(point, term)
    if term.data in GEOMETRY and term.args[0].op == "juxt":
        raise Unknown(str(term.data))  # corners, which may be named in another order
    if _is_vector_between_points(term):
        start, end = term.args[0].args
        return point.letter("#" + end.label) - point.letter("#" + start.label)
    if term.data in _CONJUGATIONS and not _is_plain(term.args[0]):
        return _conjugate(point, str(term.data), term.args[0])
    if not _may_be_any_function(term):
        raise Unknown(str(term.data))
    label = [term.op, str(term.data)]
    values: list[Value] = []
    for arg in term.args:
        _argument(point, arg, label, values)
    return point.generic("|".join(label), values)


def _argument(point: Point, arg: Term, label: list[str], values: list[Value]) -> None:
    if arg.op in ("text", "empty"):
        label.append(f"{arg.op}:{arg.data}")
    elif arg.op == "const" and arg.data in ("inf", "dots"):
        label.append(arg.label)
    elif arg.op == "chain" and all(map(_is_simple, arg.args)):
        _proposition(point, arg, label, values)
    elif arg.op in ("list", "tuple", "juxt", "matrix"):
        label.append(f"{arg.op}{arg.data}{len(arg.args)}")
        for inner in arg.args:
            _argument(point, inner, label, values)
    else:
        label.append("value")
        values.append(point.value(arg))


def _unbound(point: Point, term: Term) -> Value:
    """A sum or integral without a variable, as if all summands were the same."""
    body, low, high = term.args
    value = point.value(body)
    if term.data in INTEGRALS and low.op != "empty" and high.op != "empty":
        return value * (point.value(high) - point.value(low))
    if low.op != "empty" or high.op != "empty":
        raise Unknown(str(term.data))
    return value**MEMBERS if term.data == r"\prod" else value * MEMBERS


def _proposition(point: Point, arg: Term, label: list[str], values: list[Value]) -> None:
    """A relation between letters and numbers, as in ``P(X = 2)``: the same with its sides exchanged."""
    sides = [point.value(side) for side in arg.args]
    first = arg.relations[0]
    if len(sides) == 2 and first in FLIPPED and first > FLIPPED[first]:
        arg, sides = Term("chain", (FLIPPED[first],), arg.args), sides[::-1]
    elif len(sides) == 2 and first in SYMMETRIC:
        sides = [sides[0] + sides[1], sides[0] * sides[1]]
    label.append(f"chain{arg.data}")
    values.extend(sides)


def _application(point: Point, term: Term) -> Value:
    """f(x): a function identified by its name, which is not the number that its letter is elsewhere."""
    head, *args = term.args
    if is_word(head) and not (len(args) == 1 and _is_plain_or_number(args[0])):
        raise Unknown(head.label)  # the rank of a transpose is the rank, a span is that of multiples
    numbers = not any(map(_has_letter, args))
    if len(args) == 2 and head.data in CHOICES:
        raise Unknown(head.label)  # a number of choices
    if numbers and is_named(head):
        raise Unknown(head.label)  # of numbers it has one value, which is not known here
    if obeys_rules(term):
        raise Unknown(repr(head))
    if any(part.op == "op" and part.data == "derived" for part in head.walk()):
        raise Unknown("derived")
    label = ["app", spelling(head)]
    values: list[Value] = []
    for inner in numbers_in(head):
        _argument(point, inner, label, values)
    if point.constant_functions:  # constants, but f_1 and f_2 are two of them
        return point.generic("|".join(label), values)
    for arg in args:
        _argument(point, arg, label, values)
    return point.generic("|".join(label), values)


_CONJUGATIONS = frozenset((r"\bar", "^*", "^T", r"^\dagger"))
"""Marks of conjugates and transposes: sums and products of letters keep them."""
_OPERATORS = frozenset((r"\nabla\cdot", r"\nabla\times", "apply"))


def _conjugate(point: Point, mark: str, term: Term) -> Value:
    """The value of a marked expression: numbers stay, sums and products are those of their marked parts.

    A bar over capitals may be a complement, over a barred letter a mean of a mean; for these there is no value.
    """
    if term.op == "num" and mark != "^*":
        return point.value(term)
    if term.op in ("add", "mul"):
        values = [_conjugate(point, mark, arg) for arg in term.args]
        result = values[0]
        for value in values[1:]:
            result = result + value if term.op == "add" else result * value
        return result
    lower = all(not part.label.isupper() for part in term.walk() if part.op == "name")
    if term.op in ("name", "sub") and (lower or mark != r"\bar"):
        return point.value(Term("op", mark, (term,)))
    raise Unknown(mark)


def _is_plain(term: Term) -> bool:
    """Whether a term is a letter with its indices and accents, a value of a function, or letters side by side."""
    if term.op == "op":
        return len(term.args) == 1 and str(term.data).startswith(_ACCENTS) and _is_plain(term.args[0])
    if term.op == "juxt":
        return all(arg.op == "name" and arg.label.isupper() for arg in term.args)  # a segment
    return term.op in ("name", "sub", "app") or term == const("pi")


def _is_plain_or_number(term: Term) -> bool:
    return _is_plain(term) or term.op == "num"


_ACCENTS = (r"\hat", r"\vec", r"\tilde", r"\dot", r"\ddot", "'")


def _is_vector_between_points(term: Term) -> bool:
    r"""Whether a term is ``\vec{AB}``, the end of which less its start is a model of all vectors."""
    if term.data not in (r"\vec", r"\overrightarrow") or term.args[0].op != "juxt":
        return False
    ends = term.args[0].args
    return len(ends) == 2 and all(
        end.op == "name" and len(end.label) == 1 and end.label.isupper() for end in ends
    )


def _has_letter(term: Term) -> bool:
    return any(part.op == "name" for part in term.walk())


def _in_base(digits: Term, base: Term) -> Value | None:
    """A number whose index is its base, ``52_8``; None if that is none."""
    if base.op != "num" or base.value.denominator > 1 or not 2 <= base.value <= 36:
        return None
    try:
        return fmpq(int(str(digits.value), int(base.value)))
    except ValueError:
        return None


def is_named(head: Term) -> bool:
    """Whether a function has a name of its own, ``\\operatorname{gcd}`` or ``\\Gamma``, and is not any function."""
    if head.op != "name":
        return False
    return head.data in _NAMED or head.label.startswith(r"\operatorname")


def is_word(head: Term) -> bool:
    """Whether the name of a function is a word: ``\\operatorname{rank}``, ``\\dim``."""
    return is_named(head) and head.data not in _OF_NUMBER_THEORY


_OF_NUMBER_THEORY = frozenset(r"\Gamma \zeta \phi \varphi \Phi \sigma \mu \tau \omega \Omega \lambda".split())
"""Letters that are functions of their own before a number."""
_NAMED = _OF_NUMBER_THEORY | HEADS


def _indexed(point: Point, term: Term) -> Value:
    base, index = term.args
    if base.op == "empty":  # {}_n C_k
        raise Unknown("prescript")
    if base.op == "num" and (value := _in_base(base, index)) is not None:
        return value
    if point.constant_functions and any(value is None for value in point.bound.values()):
        return point.coefficient("sub|" + spelling(base), "")
    label = ["sub", spelling(base)]
    values: list[Value] = []
    for inner in numbers_in(base):
        _argument(point, inner, label, values)
    _argument(point, index, label, values)
    return point.generic("|".join(label), values)


def _is_simple(term: Term) -> bool:
    """A letter or a number, with indices and accents."""
    return all(part.op in ("name", "sub", "num", "text", "op") for part in term.walk()) and term.op != "text"


def _may_be_any_function(term: Term) -> bool:
    """Whether a sign may be taken for an arbitrary function of its operands.

    That excludes a lone sign such as a bracket without a partner, a prime or a dot on more than a letter (a derivative,
    which obeys rules), and the signs whose meaning is known but not computed here.
    """
    if not term.args or term.data in _NO_FUNCTIONS:
        return False
    if term.data in QUANTIFIERS and term.args[0].op == "name":
        return term.args[0].label.startswith("\u2200")
    if term.data == r"\neg":
        return _is_plain(term.args[0]) or term.args[0].op == "pow"
    if term.data in _OPERATORS:
        return _is_plain(term.args[-1])
    if str(term.data).startswith(("'", r"\dot", r"\ddot")):
        return all(part.op in ("name", "sub", "app", "op", "num") for part in term.args[0].walk())
    return True


RULES: dict[str, Rule] = {
    "app": _application,
    "sub": _indexed,
    "op": _unknown,
    "juxt": _unknown,
}
