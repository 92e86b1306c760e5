r"""Steps that keep the meaning, each by construction; `oracle.agree` checks them in the bed's own tests.

A rule takes a node and a `Scene` and returns the node rewritten, or None where it does not apply.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from tests.equiv.bed.oracle import is_nonzero, is_numeric, varies
from tests.equiv.bed.terms import (
    BINDS,
    Name,
    Path,
    Term,
    add,
    at,
    binder,
    div,
    fn,
    free,
    may_depend,
    mul,
    neg,
    num,
    open_places,
    power,
    rel,
    renamed,
    replaced,
    size,
    sub,
    sym,
    walk,
    with_binder,
    written,
)

LARGEST = 70
"""Rewrites that make a term of more nodes than this are not taken."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a rule may need to know: chance, and the term all of which the node is a part."""

    rng: random.Random
    whole: Term
    bound: frozenset

    @property
    def in_statement(self) -> bool:
        return any(node.op == "rel" for _, node, _ in walk(self.whole))


Rule = Callable[[Term, Scene], Term | None]
RULES: dict[str, Rule] = {}
"""Rules by name."""


def _rule(function: Rule) -> Rule:
    RULES[function.__name__.strip("_").replace("_", " ")] = function
    return function


# --- sums and products ----------------------------------------------------------------------------------------


@_rule
def _commute(term: Term, scene: Scene) -> Term | None:
    if term.op not in ("add", "mul", "set") and not (
        term.op in ("setop", "logic") and term.data in COMMUTING
    ):
        return None
    args = list(term.args)
    scene.rng.shuffle(args)
    return Term(term.op, tuple(args), term.data)


COMMUTING = ("\\cup", "\\cap", "\\land", "\\lor")


@_rule
def _associate(term: Term, scene: Scene) -> Term | None:
    if term.op not in ("add", "mul") or len(term.args) < 3:
        return None
    start = scene.rng.randrange(len(term.args) - 1)
    group = Term(term.op, term.args[start : start + 2])
    return Term(term.op, (*term.args[:start], group, *term.args[start + 2 :]))


@_rule
def _flatten(term: Term, scene: Scene) -> Term | None:
    if term.op not in ("add", "mul") or all(arg.op != term.op for arg in term.args):
        return None
    args = [inner for arg in term.args for inner in (arg.args if arg.op == term.op else (arg,))]
    return Term(term.op, tuple(args))


@_rule
def _expand(term: Term, scene: Scene) -> Term | None:
    if term.op == "neg" and term.args[0].op == "add":
        return add(*map(_negated, term.args[0].args))
    if term.op == "pow" and term.args[0].op == "add" and term.args[1] in (num(2), num(3)):
        return mul(*[term.args[0]] * term.args[1].data)
    places = [k for k, arg in enumerate(term.args) if arg.op == "add"] if term.op == "mul" else []
    if not places:
        return None
    place = scene.rng.choice(places)
    before, behind = term.args[:place], term.args[place + 1 :]
    return add(*(_with_sign_in_front(before, addend, behind) for addend in term.args[place].args))


def _negated(term: Term) -> Term:
    return term.args[0] if term.op == "neg" else neg(term)


def _with_sign_in_front(before: tuple, addend: Term, behind: tuple) -> Term:
    if addend.op == "neg":
        return neg(mul(*before, addend.args[0], *behind))
    return mul(*before, addend, *behind)


@_rule
def _factor(term: Term, scene: Scene) -> Term | None:
    """A factor that all terms of a sum share goes in front."""
    if term.op != "add":
        return None
    parts = [_factors(arg) for arg in term.args]
    common = [f for f in parts[0][1] if f != num(1) and all(f in factors for _, factors in parts)]
    if common:
        chosen = scene.rng.choice(common)
        rest = [_signed(sign, _without(factors, chosen)) for sign, factors in parts]
        return mul(chosen, add(*rest))
    return _numeric_factor(parts)


def _factors(term: Term) -> tuple[bool, list[Term]]:
    """Whether a sign stands in front, and the factors."""
    sign = term.op == "neg"
    inner = term.args[0] if sign else term
    return sign, list(inner.args) if inner.op == "mul" else [inner]


def _without(factors: list[Term], factor: Term) -> list[Term]:
    rest = list(factors)
    rest.remove(factor)
    return rest


def _signed(sign: bool, factors: list[Term]) -> Term:
    product = mul(*factors) if factors else num(1)
    return neg(product) if sign else product


def _numeric_factor(parts: list[tuple[bool, list[Term]]]) -> Term | None:
    coefficients = [next((f.data for f in factors if f.op == "num"), 1) for _, factors in parts]
    common = gcd(*coefficients)
    if common < 2:
        return None
    rest = []
    for (sign, factors), coefficient in zip(parts, coefficients, strict=True):
        others = _without(factors, num(coefficient))
        quotient = [num(coefficient // common)] if coefficient != common or not others else []
        rest.append(_signed(sign, quotient + others))
    return mul(num(common), add(*rest))


@_rule
def _double_negation(term: Term, scene: Scene) -> Term | None:
    if term.op == "neg" and term.args[0].op == "neg":
        return term.args[0].args[0]
    return neg(neg(term)) if _is_number(term) and scene.rng.random() < 0.5 else None


NUMBERS = frozenset(
    "num dec sym const idx add mul neg div pow sqrt root fact abs binom percent fn log app".split()
)
"""Ops of plain numbers, which algebra may touch."""


def _is_number(term: Term) -> bool:
    return term.op in NUMBERS


@_rule
def _sign_as_factor(term: Term, scene: Scene) -> Term | None:
    if term.op == "neg":
        return mul(neg(num(1)), term.args[0])
    if term.op == "mul" and any(arg.op == "neg" for arg in term.args):
        place = next(k for k, arg in enumerate(term.args) if arg.op == "neg")
        return neg(mul(*term.args[:place], term.args[place].args[0], *term.args[place + 1 :]))
    return None


@_rule
def _neutral(term: Term, scene: Scene) -> Term | None:
    """Plus zero, times one, over one."""
    if not _is_number(term) or scene.rng.random() < 0.7:
        return None
    return scene.rng.choice((add(term, num(0)), mul(num(1), term), div(term, num(1))))


@_rule
def _split_number(term: Term, scene: Scene) -> Term | None:
    if term.op != "num" or term.data < 4:
        return None
    divisors = [k for k in range(2, min(term.data, 50)) if term.data % k == 0]
    if divisors and scene.rng.random() < 0.5:
        k = scene.rng.choice(divisors)
        return mul(num(k), num(term.data // k))
    k = scene.rng.randrange(1, term.data)
    return add(num(k), num(term.data - k))


# --- fractions ------------------------------------------------------------------------------------------------


@_rule
def _add_fractions(term: Term, scene: Scene) -> Term | None:
    if term.op != "add" or len(term.args) < 2:
        return None
    (left_sign, left), (right_sign, right) = map(_fraction_parts, term.args[:2])
    if left[1] is None and right[1] is None:
        return None
    over_left, over_right = _cross(left[0], right[1]), _cross(right[0], left[1])
    over = add(neg(over_left) if left_sign else over_left, neg(over_right) if right_sign else over_right)
    under = _cross(left[1] or num(1), right[1]) if left[1] is not None else right[1]
    return add(div(over, under), *term.args[2:])


def _fraction_parts(term: Term) -> tuple[bool, tuple[Term, Term | None]]:
    sign = term.op == "neg"
    inner = term.args[0] if sign else term
    return sign, inner.args if inner.op == "div" else (inner, None)


def _cross(term: Term, other: Term | None) -> Term:
    return term if other is None else mul(term, other)


@_rule
def _split_fraction(term: Term, scene: Scene) -> Term | None:
    if term.op != "div" or term.args[0].op != "add":
        return None
    under = term.args[1]
    return add(*(neg(div(a.args[0], under)) if a.op == "neg" else div(a, under) for a in term.args[0].args))


@_rule
def _fraction_as_product(term: Term, scene: Scene) -> Term | None:
    if term.op != "div":
        return None
    over, under = term.args
    if over == num(1):
        return power(under, neg(num(1)))
    return scene.rng.choice((mul(over, div(num(1), under)), mul(div(num(1), under), over)))


@_rule
def _negative_power(term: Term, scene: Scene) -> Term | None:
    if term.op != "pow":
        return None
    base, exponent = term.args
    if exponent.op == "neg":
        return div(num(1), base if exponent.args[0] == num(1) else power(base, exponent.args[0]))
    if exponent.op != "num" or exponent.data == 0 or scene.in_statement:
        return None
    if not is_nonzero(base):  # as tan(b - b): its reciprocal is defined nowhere
        return None
    return div(num(1), power(base, neg(exponent)))


@_rule
def _cancel(term: Term, scene: Scene) -> Term | None:
    """The same factor above and below; in statements only a number, since a letter takes a point away."""
    if term.op != "div":
        return None
    over, under = term.args
    above, below = _factors(over)[1], _factors(under)[1]
    if over.op == "mul" and under.op == "mul" and not scene.in_statement:
        common = [f for f in above if f in below]
        if common:
            above, below = _without(above, common[0]), _without(below, common[0])
            return div(mul(*above), mul(*below))
    factor = num(scene.rng.randint(2, 6))
    if not scene.in_statement and not scene.bound and scene.rng.random() < 0.5:
        name = sym(scene.rng.choice("abxy"))
        factor = scene.rng.choice((name, add(name, num(1))))
    return div(mul(factor, over), mul(factor, under))


@_rule
def _nested_fraction(term: Term, scene: Scene) -> Term | None:
    if term.op != "div" or term.args[1].op == "num":
        return None
    over, under = term.args
    if over.op == "div":
        return div(over.args[0], mul(over.args[1], under))
    return div(num(1), div(under, over)) if _is_nonzero(over) else None


def _is_nonzero(term: Term) -> bool:
    return term.op == "num" and term.data > 0


@_rule
def _fraction_of_numbers(term: Term, scene: Scene) -> Term | None:
    """Lowest terms, or terms a few times as large."""
    if term.op != "div" or any(arg.op != "num" for arg in term.args):
        return None
    value = Fraction(term.args[0].data, term.args[1].data) if term.args[1].data else None
    if value is None:
        return None
    times = scene.rng.choice((1, 2, 3))
    return div(num(value.numerator * times), num(value.denominator * times))


@_rule
def _decimal(term: Term, scene: Scene) -> Term | None:
    if term.op == "dec":
        value = Fraction(term.data)
        return div(num(value.numerator), num(value.denominator))
    if (
        term.op == "div"
        and all(arg.op == "num" for arg in term.args)
        and term.args[1].data in (2, 4, 5, 8, 10)
    ):
        digits = Fraction(term.args[0].data, term.args[1].data)
        return Term("dec", (), f"{float(digits)}") if term.args[0].data < 10000 else None
    return None


@_rule
def _percent(term: Term, scene: Scene) -> Term | None:
    return div(term.args[0], num(100)) if term.op == "percent" else None


# --- powers and roots -----------------------------------------------------------------------------------------


@_rule
def _split_power(term: Term, scene: Scene) -> Term | None:
    if term.op != "pow" or term.args[1].op != "num" or term.args[1].data < 2:
        return None
    base, exponent = term.args[0], term.args[1].data
    first = scene.rng.randrange(1, exponent)
    return mul(*(base if k == 1 else power(base, k) for k in (first, exponent - first)))


@_rule
def _join_powers(term: Term, scene: Scene) -> Term | None:
    if term.op != "mul":
        return None
    for i, left in enumerate(term.args):
        for j in range(i + 1, len(term.args)):
            joined = _joined(left, term.args[j])
            if joined is not None:
                return mul(*term.args[:i], joined, *term.args[i + 1 : j], *term.args[j + 1 :])
    return None


def _joined(left: Term, right: Term) -> Term | None:
    (base, first), (other, second) = map(_base_and_exponent, (left, right))
    return power(base, first + second) if base == other and base.op != "num" and first and second else None


def _base_and_exponent(term: Term) -> tuple[Term, int]:
    if term.op == "pow":
        return term.args[0], term.args[1].data if term.args[1].op == "num" else 0
    return term, 1


@_rule
def _power_of_product(term: Term, scene: Scene) -> Term | None:
    if term.op != "pow" or term.args[1].op != "num" or term.args[0].op not in ("mul", "div", "neg"):
        return None
    base, exponent = term.args
    if base.op == "neg":
        return power(base.args[0], exponent) if exponent.data % 2 == 0 else neg(power(base.args[0], exponent))
    return Term(base.op, tuple(power(factor, exponent) for factor in base.args))


@_rule
def _root_as_power(term: Term, scene: Scene) -> Term | None:
    half = div(num(1), num(2))
    if term.op == "sqrt":
        return power(term.args[0], half)
    return Term("sqrt", term.args[:1]) if term.op == "pow" and term.args[1] == half else None


# --- functions ------------------------------------------------------------------------------------------------


@_rule
def _tangent(term: Term, scene: Scene) -> Term | None:
    if term.op != "fn" or term.data != "\\tan":
        return None
    return div(fn("sin", term.args[0]), fn("cos", term.args[0]))


@_rule
def _pythagoras(term: Term, scene: Scene) -> Term | None:
    angle = sym(scene.rng.choice((r"\theta", "x", "t")))
    one = add(power(fn("sin", angle), 2), power(fn("cos", angle), 2))
    if angle.data in scene.bound or not _is_number(term):
        return None
    if term == num(1):
        return one
    if term.op == "pow" and term.args[1] == num(2) and term.args[0].op == "fn":
        other = {"\\sin": "cos", "\\cos": "sin"}.get(term.args[0].data)
        return sub(num(1), power(fn(other, term.args[0].args[0]), 2)) if other else None
    return mul(one, term) if scene.rng.random() < 0.05 else None


@_rule
def _logarithm_of_constants(term: Term, scene: Scene) -> Term | None:
    if term.op != "fn" or term.data != "\\ln" or term.args[0].op not in ("mul", "div"):
        return None
    over, under = term.args[0].args[0], mul(*term.args[0].args[1:])
    if not all(_is_nonzero(part) for part in (over, under)):
        return None
    logs = fn("ln", over), fn("ln", under)
    return add(*logs) if term.args[0].op == "mul" else sub(*logs)


@_rule
def _change_of_base(term: Term, scene: Scene) -> Term | None:
    return div(fn("ln", term.args[1]), fn("ln", term.args[0])) if term.op == "log" else None


EULER = Term("const", (), "\\mathrm{e}")


@_rule
def _exponential(term: Term, scene: Scene) -> Term | None:
    if term.op == "fn" and term.data == "\\exp":
        (argument,) = term.args
        if argument.op == "add" and scene.rng.random() < 0.5:
            return mul(*(fn("exp", arg) for arg in argument.args))
        return power(EULER, argument)
    return fn("exp", term.args[1]) if term.op == "pow" and term.args[0] == EULER else None


@_rule
def _absolute_sign(term: Term, scene: Scene) -> Term | None:
    return Term("abs", (neg(term.args[0]),)) if term.op == "abs" else None


# --- bound letters --------------------------------------------------------------------------------------------


@_rule
def _rename_bound(term: Term, scene: Scene) -> Term | None:
    name = binder(term)
    if name is None:
        return None
    pool = "kmnjpq" if term.op in ("sum", "prod") else "nm" if name.base in "nm" else "xtsuvw"
    taken = written(scene.whole)
    choices = [Name(base) for base in pool if Name(base) not in taken]
    if not choices:
        return None
    new = scene.rng.choice(choices)
    place = BINDS[term.op]
    args = tuple(renamed(arg, name, new) if k == place else arg for k, arg in enumerate(term.args))
    return Term(term.op, args, with_binder(term, new))


LINEAR = {"sum": 2, "int": 2, "indef": 0, "deriv": 0}


@_rule
def _pull_constant(term: Term, scene: Scene) -> Term | None:
    if term.op not in LINEAR or term.args[LINEAR[term.op]].op != "mul":
        return None
    place = LINEAR[term.op]
    name = term.data[0] if term.op == "deriv" else term.data
    constants = [f for f in term.args[place].args if not may_depend(f, name) and f.op != "app"]
    rest = [f for f in term.args[place].args if f not in constants]
    if not constants or not rest:
        return None
    args = (*term.args[:place], mul(*rest), *term.args[place + 1 :])
    return mul(*constants, Term(term.op, args, term.data))


@_rule
def _push_constant(term: Term, scene: Scene) -> Term | None:
    if term.op != "mul" or term.args[-1].op not in LINEAR or len(term.args) > 3:
        return None
    *constants, inner = term.args
    place = LINEAR[inner.op]
    name = inner.data[0] if inner.op == "deriv" else inner.data
    if any(may_depend(factor, name) or not _is_number(factor) for factor in constants):
        return None
    args = (*inner.args[:place], mul(*constants, inner.args[place]), *inner.args[place + 1 :])
    return Term(inner.op, args, inner.data)


@_rule
def _split_sum(term: Term, scene: Scene) -> Term | None:
    if term.op not in LINEAR or term.args[LINEAR[term.op]].op != "add":
        return None
    if any(node == Term("const", (), "\\infty") for _, node, _ in walk(term)):
        return None
    place = LINEAR[term.op]
    parts = []
    for addend in term.args[place].args:
        body = addend.args[0] if addend.op == "neg" else addend
        part = Term(term.op, (*term.args[:place], body, *term.args[place + 1 :]), term.data)
        parts.append(neg(part) if addend.op == "neg" else part)
    return add(*parts)


# --- statements -----------------------------------------------------------------------------------------------

TURNED = {"=": "=", "\\neq": "\\neq", "<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le"}


@_rule
def _swap_sides(term: Term, scene: Scene) -> Term | None:
    if term.op != "rel" or len(term.data) > 1 or term.data[0] not in TURNED or term.args[1].op == "list":
        return None
    return rel(term.args[1], TURNED[term.data[0]], term.args[0])


def _may_be_moved(term: Term) -> bool:
    """A single relation between numbers whose difference varies: moving terms makes no ``0 = 0`` of it."""
    if term.op != "rel" or len(term.data) > 1 or not is_numeric(term) or not free(term):
        return False
    return all(_is_number(side) for side in term.args) and varies(sub(*term.args))


@_rule
def _move_term(term: Term, scene: Scene) -> Term | None:
    if not _may_be_moved(term):
        return None
    place = scene.rng.randrange(2)
    here, there = term.args[place], term.args[1 - place]
    if here.op == "add" and scene.rng.random() < 0.7:
        k = scene.rng.randrange(len(here.args))
        moved, here = here.args[k], add(*here.args[:k], *here.args[k + 1 :])
    else:
        moved, here = here, num(0)
    if there == num(0):
        there = _negated(moved)
    else:
        there = add(*(there.args if there.op == "add" else (there,)), _negated(moved))
    sides = (here, there) if place == 0 else (there, here)
    return rel(sides[0], term.data[0], sides[1])


@_rule
def _multiply_relation(term: Term, scene: Scene) -> Term | None:
    if not _may_be_moved(term):
        return None
    times = scene.rng.choice((2, 3, 5))
    factor = scene.rng.choice((num(times), num(times), neg(num(1)), neg(num(times)), div(num(1), num(times))))
    relation = TURNED[term.data[0]] if factor.op == "neg" else term.data[0]
    return rel(*(_times(term.args[0], factor),), relation, _times(term.args[1], factor))


def _times(term: Term, factor: Term) -> Term:
    if term == num(0):
        return term
    if factor == neg(num(1)):
        return neg(term)
    return neg(mul(factor.args[0], term)) if factor.op == "neg" else mul(factor, term)


# --- k steps --------------------------------------------------------------------------------------------------


TRIVIAL = ["double negation", "neutral", "split number", "commute", "pythagoras", "sign as factor"]
"""Rules that apply nearly everywhere and would crowd out the others."""
TELLING = [name for name in RULES if name not in TRIVIAL]


def one_step(term: Term, rng: random.Random) -> tuple[str, Term] | None:
    """A random rule at a random place where it applies; its name and the term rewritten."""
    names = rng.sample(TELLING, len(TELLING)) + rng.sample(TRIVIAL, len(TRIVIAL))
    if rng.random() < 0.25:
        names.reverse()
    for name in names:
        result = apply(name, term, rng)
        if result is not None:
            return name, result
    return None


def apply(name: str, term: Term, rng: random.Random) -> Term | None:
    """The named rule at a random place; None where it applies nowhere or changes nothing."""
    places: list[tuple[Path, frozenset]] = [(path, bound) for path, _, bound in open_places(term)]
    rng.shuffle(places)
    for path, bound in places:
        new = RULES[name](at(term, path), Scene(rng, term, bound))
        if new is not None:
            result = replaced(term, path, new)
            if result != term and size(result) <= LARGEST:
                return result
    return None


def rewrite(term: Term, steps: int, rng: random.Random) -> tuple[tuple[str, ...], Term]:
    """*steps* random steps; the names of those that could be taken, and the term."""
    taken = []
    for _ in range(steps):
        step = one_step(term, rng)
        if step is not None:
            taken.append(step[0])
            term = step[1]
    return tuple(taken), term
