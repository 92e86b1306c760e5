"""Rules of the special readings for scripts on nothing beside a factor, and for indices of indexed letters."""

from __future__ import annotations

from hmer_suite.equiv.terms import EMPTY, MINUS_ONE, Term, add, const, inverse, mul, name, num, power


def side_by_side(term: Term) -> Term:
    """Factors, scripts on nothing as those of the factor before, and degrees with minutes as a sum."""
    factors: list[Term] = []
    for factor in term.args:
        on_nothing = factor.op in ("sub", "pow") and factor.args[0] == EMPTY
        if on_nothing and factors and factors[-1].op in ("name", "sub", "pow"):
            factors[-1] = _with_script(factors[-1], factor)
        elif factors and (root := _root_of_order(factors[-1], factor)) is not None:
            factors[-1] = root
        else:
            factors.append(factor)
    return _minutes(mul(*factors) if len(factors) < len(term.args) else term)


def _with_script(base: Term, script: Term) -> Term:
    if script.op == "sub" and base.op == "pow":
        return power(script.with_args((base.args[0], script.args[1])), base.args[1])
    return script.with_args((base, script.args[1]))


def _root_of_order(order: Term, root: Term) -> Term | None:
    r"""A square root with an exponent in front as one of that order: ``^3\sqrt x``; None for all else."""
    if order.op != "pow" or order.args[0] != EMPTY or root.op != "pow" or root.args[1] != inverse(num(2)):
        return None
    return power(root.args[0], inverse(order.args[1]))


def _minutes(term: Term) -> Term:
    """Degrees and minutes side by side are a sum."""
    if term.op != "mul" or len(term.args) != 2 or term.args[1].op != "op" or term.args[1].data != "'":
        return term
    degrees, (minutes,) = term.args[0], term.args[1].args
    if minutes.op != "num" or const("deg") not in degrees.args:
        return term
    return add(degrees, mul(num(minutes.value / 60), const("deg")))


def without_font(index: Term, letter: Term) -> Term | None:
    r"""An index without the font that its letter has, too: ``\mathbf{x_i}``; None for any other."""
    font, _, letters = letter.label.removesuffix("}").partition("{")
    if not letters or index.op != "name" or not index.label.startswith(f"{font}{{"):
        return None
    return name(index.label.removeprefix(f"{font}{{").removesuffix("}"))


def separated_by_slash(index: Term) -> Term | None:
    """The digits of ``x_{1/2}``, which may be x1 and x2, side by side as those of ``x_{1,2}``; None for all else."""
    if index.op != "mul" or len(index.args) != 2 or index.args[1].op != "pow":
        return None
    first, (second, exponent) = index.args[0], index.args[1].args
    if exponent != MINUS_ONE or not all(
        digit.op == "num" and digit.value in range(10) for digit in (first, second)
    ):
        return None
    return num(int(f"{first.value}{second.value}"))


def is_primed(term: Term) -> bool:
    return term.op == "op" and bool(term.args) and term.label.strip("'") == ""
