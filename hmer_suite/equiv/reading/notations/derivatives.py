r"""Notations of derivatives: ``f'``, ``\frac{df}{dx}``, ``f_x``, ``\partial_xf``, ``D^2f``, ``f^{(4)}``, ``f^{IV}``.

Where the sides of a pair have different ones, all are written as derivatives of some order without values.
"""

from __future__ import annotations

from hmer_suite.equiv.reading.factors.superscripts import AROUND
from hmer_suite.equiv.terms import MINUS_ONE, ONE, Term, add, mul, name, num, op, rewrite

DERIVED = "derived"
"""The sign of a derivative; its operands are the function, the order, and the variables if all notations show them."""


def with_derivatives_alike(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with derivatives as no more than that, if its sides write them in different notations."""
    ours, theirs = _notations(left), _notations(right)
    if not ours or not theirs or ours == theirs:
        return left, right
    left, right = _alike(left), _alike(right)
    if ours | theirs <= _WITH_VARIABLES:
        return left, right
    return rewrite(left, _without_variables), rewrite(right, _without_variables)


_WITH_VARIABLES = frozenset(("quotient", "sub", "apply", "place"))
"""Notations that show by which variables a function is derived."""


def _alike(term: Term) -> Term:
    return rewrite(rewrite(term, _without_place), _derived)


def _without_variables(term: Term) -> Term:
    return term.with_args(term.args[:2]) if term.op == "op" and term.data == DERIVED else term


def _notations(term: Term) -> set[str]:
    return {notation for part in term.walk() if (notation := _notation(part))}


def _notation(part: Term) -> str:
    """The notation of the derivative that a part is; empty for all else."""
    if part.op == "deriv":
        return "quotient"
    if part.op == "mul":
        if _place_after(part) is not None:
            return "place"
        return "D" if _by_letter(part) is not None else ""
    if part.op == "op" and part.data == "'" and part.args[0].op == "sub":
        return ""  # perhaps the same derivative twice, f'_x
    derivative = _derived(part)
    if derivative is part or derivative.data != DERIVED:
        return ""
    if part.op == "op":
        return "mark" if _order_of_marks(part) else part.label
    return _letters(part.args[1]) if part.op == "pow" else part.op


def _letters(term: Term) -> str:
    """The letters that a product consists of."""
    return "".join(part.label if part.op == "name" else " " for part in term.args)


def _place_after(product: Term) -> int | None:
    r"""The place of the arguments after a derivative, ``\frac{df}{dx}(x)``; None in any other product."""
    for place, (before, after) in enumerate(zip(product.args, product.args[1:], strict=False), 1):
        if before.op == "deriv" and (after == before.args[1] or after.op == "tuple"):
            return place
    return None


def _without_place(term: Term) -> Term:
    """A derivative without the arguments of its function, ``f'_x`` without the prime."""
    if term.op == "op" and term.data == "'" and term.args[0] != _derived(term.args[0]):
        return term.args[0]
    if term.op == "mul" and (place := _place_after(term)) is not None:
        return mul(*term.args[:place], *term.args[place + 1 :])
    if term.op == "deriv" and term.args[0].op == "app":
        return term.with_args((term.args[0].args[0], *term.args[1:]))
    return term


def _derived(term: Term) -> Term:
    """A derivative in any notation as that of its function; any other term as it is."""
    match term.op:
        case "deriv":
            function, variable, order = term.args
            return _of_order(function, order, *[variable] * (int(order.value) if order.op == "num" else 1))
        case "op":
            return _from_sign(term)
        case "sub":
            letter, index = term.args
            letters = index.args if index.op == "juxt" else (index,)
            is_derivative = letter in _FUNCTIONS and all(part in _VARIABLES for part in letters)
            if letter == _PARTIAL and index.op in ("name", "juxt"):
                return _of_order(_OPERATOR, num(len(letters)), *letters)
            return _of_order(letter, num(len(letters)), *letters) if is_derivative else term
        case "pow":
            exponent = term.args[1].args[0] if term.args[1].data == AROUND + "(" else term.args[1]
            times = _ROMAN.get(_letters(exponent).lower()) if term.args[0] in _FUNCTIONS else None
            return term if times is None else _of_order(term.args[0], num(times))
        case "app" if term.args[0].data == DERIVED:
            return term.args[0]
        case "mul":
            found = _by_letter(term)
            return term if found is None else found
    return term


_PARTIAL, _NABLA, _D, _SMALL_D = map(name, (r"\partial", r"\nabla", "D", "d"))
_OPERATOR = name("#operator")
_FUNCTIONS = frozenset(map(name, r"f g h u v w y z F G H \phi \varphi \psi \Phi \Psi".split()))
_VARIABLES = frozenset(map(name, r"x y z t r s \theta \varphi".split()))
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6}


def _of_order(base: Term, order: Term, *variables: Term) -> Term:
    """The derivative of some order; of a derivative, that of both orders together."""
    if base.data == DERIVED and len(base.args) > 2:
        base, first, known = base.args
        both_known = first.op == order.op == "num"
        order = num(first.value + order.value) if both_known else add(first, order)
        variables = (*variables, *known.args)
    return op(DERIVED, base, order, op("by", *sorted(variables, key=repr)))


def _order_of_marks(term: Term) -> int:
    """The order of the derivative that dots or primes stand for; 0 for any other sign."""
    return len(term.label) if term.label.strip("'") == "" else _DOTS.get(term.label, 0)


_DOTS = {r"\dot": 1, r"\ddot": 2, r"\dddot": 3, r"\ddddot": 4}


_INDICES = frozenset(map(name, r"\mu \nu \rho \sigma \lambda \kappa".split()))
"""Letters that are an upper index of a derivative; ``\\alpha`` and others are its order, perhaps of many variables."""


def _from_sign(term: Term) -> Term:
    if order := _order_of_marks(term):
        return _of_order(term.args[0], num(order))
    if term.label == "^()" and term.args[0] in _FUNCTIONS:
        return _of_order(*term.args)
    if term.label == "at" and term.args[0].data == DERIVED:
        return term.args[0]
    if term.label == "apply":
        operator, operand = term.args
        if operator.data == DERIVED and operator.args[0] == _OPERATOR:  # of letters in an index
            return _of_order(operand, operator.args[1], *operator.args[2].args)
        if operator.op == "pow" and operator.args[0] == _PARTIAL:
            raised = operator.args[1]
            return _of_order(operand, *((ONE, raised) if raised in _INDICES else (raised,)))
        if operator.op == "sub" and operator.args[0] in (_NABLA, _PARTIAL):
            return _of_order(operand, ONE, operator.args[1])
    return term


def _by_letter(term: Term) -> Term | None:
    r"""``D^2f``, ``D_xf``, ``(\frac d{dx})^2f`` and ``\frac{d^2f}{(dx)^2}`` as derivatives; None for all else."""
    first, *others = term.args
    if first.op in ("sub", "pow") and (first.args[0] == _D or _is_operator(first.args[0])) and others:
        order = first.args[1] if first.op == "pow" else ONE
        return mul(_of_order(others[0], order), *others[1:])
    if _is_operator(term):
        below = term.args[1].args[0]
        return _of_order(_OPERATOR, ONE, below.args[-1])
    if len(term.args) == 2 and first.op == "mul" and _divides(others[0]):
        letter, *operand = first.args
        if letter.op == "pow" and letter.args[0] in (_SMALL_D, _PARTIAL) and operand:
            return _of_order(mul(*operand), letter.args[1])
    return None


def _is_operator(term: Term) -> bool:
    r"""Whether a term is ``\frac d{dx}``, without an operand."""
    if term.data == DERIVED and term.args[0] == _OPERATOR:
        return True
    if term.op != "mul" or len(term.args) != 2:
        return False
    return term.args[0] in (_SMALL_D, _PARTIAL) and _divides(term.args[1])


def _divides(term: Term) -> bool:
    """Whether a term is the reciprocal of a differential or of a power of one."""
    if term.op != "pow" or term.args[1] != MINUS_ONE:
        return False
    below = term.args[0].args[0] if term.args[0].op == "pow" else term.args[0]
    return below.op == "op" and (below.data == "d" or (below.data == "apply" and below.args[0] == _PARTIAL))
