r"""Steps that change the meaning: candidates by kind, each proved by the oracle before it counts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.equiv.bed.oracle import is_numeric
from tests.equiv.bed.terms import (
    Name,
    Path,
    Term,
    add,
    div,
    free,
    mul,
    neg,
    num,
    power,
    replaced,
    walk,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a mutation strikes: chance, the node above and the letters bound here."""

    rng: random.Random
    parent: Term | None
    index: int
    bound: frozenset


Mutation = Callable[[Term, Setting], Term | None]
MUTATIONS: dict[str, Mutation] = {}
"""Mutations by kind."""


def _mutation(function: Mutation) -> Mutation:
    MUTATIONS[function.__name__.strip("_").replace("_", " ")] = function
    return function


def _in_bounds(here: Setting) -> bool:
    return (
        here.parent is not None
        and here.parent.op in ("sum", "prod", "int", "lim")
        and here.index < len(here.parent.args) - 1
    )


@_mutation
def _digit(term: Term, here: Setting) -> Term | None:
    if term.op not in ("num", "dec") or _in_bounds(here):
        return None
    digits = str(term.data)
    places = [k for k, digit in enumerate(digits) if digit.isdigit()]
    place = here.rng.choice(places)
    # A leading zero would only shorten the number.
    low = 1 if place == 0 and len(places) > 1 else 0
    new = here.rng.choice([str(d) for d in range(low, 10) if str(d) != digits[place]])
    changed = digits[:place] + new + digits[place + 1 :]
    return num(int(changed)) if term.op == "num" else Term("dec", (), changed)


@_mutation
def _digit_lost_or_doubled(term: Term, here: Setting) -> Term | None:
    if term.op != "num" or term.data < 10:
        return None
    digits = str(term.data)
    place = here.rng.randrange(1, len(digits))
    return num(int(digits[:place] + digits[place + here.rng.choice((0, 2)) :][: len(digits) - 1] or "1"))


@_mutation
def _sign(term: Term, here: Setting) -> Term | None:
    if term.op == "neg":
        return term.args[0]
    if here.parent is None or here.parent.op not in (
        "add",
        "rel",
        "fn",
        "app",
        "pow",
        "tuple",
        "list",
        "matrix",
    ):
        return None
    if here.parent.op == "rel" and here.parent.data[0] not in ("=", "<", ">", "\\le", "\\ge"):
        return None
    return neg(term) if term.op in ALGEBRAIC else None


ALGEBRAIC = frozenset("num dec sym mul div pow sqrt fact abs fn log app idx binom sum int".split())


@_mutation
def _case(term: Term, here: Setting) -> Term | None:
    if term.op in ("sym", "idx") and term.data not in here.bound and len(term.data.base) == 1:
        return Term(term.op, term.args, term.data._replace(base=term.data.base.swapcase()))
    return None


@_mutation
def _font(term: Term, here: Setting) -> Term | None:
    if term.op != "sym" or term.data in here.bound:
        return None
    fonts = [font for font in ("", "mathbf", "mathcal", "mathfrak") if font != term.data.font]
    return Term("sym", (), term.data._replace(font=here.rng.choice(fonts)))


@_mutation
def _accent(term: Term, here: Setting) -> Term | None:
    if term.op != "sym" or term.data in here.bound:
        return None
    accents = [accent for accent in ("", "bar", "hat", "tilde", "vec") if accent != term.data.accent]
    return Term("sym", (), term.data._replace(accent="" if term.data.accent else here.rng.choice(accents)))


@_mutation
def _prime(term: Term, here: Setting) -> Term | None:
    if term.op != "sym" or term.data in here.bound:
        return None
    return Term("sym", (), term.data._replace(primes=term.data.primes - 1 if term.data.primes else 1))


@_mutation
def _index(term: Term, here: Setting) -> Term | None:
    if term.op == "idx":
        return Term("idx", (add(term.args[0], num(here.rng.randint(1, 2))),), term.data)
    if term.op != "sym" or term.data in here.bound:
        return None
    subs = [s for s in ("", "1", "2", "n", r"\text{min}") if s != term.data.sub]
    return Term("sym", (), term.data._replace(sub=here.rng.choice(subs)))


@_mutation
def _index_misread(term: Term, here: Setting) -> Term | None:
    """An index with a character too many, one too few, or two exchanged: another name, whatever it could compute to."""
    sub = term.data.sub if term.op == "sym" else ""
    if not sub or "\\" in sub or term.data in here.bound:
        return None
    readings = [f"1{sub}", f"0{sub}", f"{sub}1", f"{sub}'", sub[:-1], sub[1:]]
    readings += [sub[::-1]] if "+" not in sub else []  # k + 1 and 1 + k may well mean the same
    return Term(
        "sym", (), term.data._replace(sub=here.rng.choice([r for r in readings if r not in ("", sub)]))
    )


@_mutation
def _letter(term: Term, here: Setting) -> Term | None:
    """Another letter, also where the bound one stood."""
    if term.op not in ("sym", "app", "idx"):
        return None
    pool = ("f", "g", "h") if term.op == "app" else tuple("abcmnpqrstuvwxyz")
    base = here.rng.choice([name for name in pool if name != term.data.base])
    return Term(term.op, term.args, Name(base, *term.data[1:]))


@_mutation
def _exponent(term: Term, here: Setting) -> Term | None:
    if term.op == "pow":
        base, exponent = term.args
        if exponent.op == "num" and here.rng.random() < 0.8:
            choices = [k for k in (exponent.data - 1, exponent.data + 1, exponent.data + 2) if k > 0]
            return power(base, here.rng.choice(choices))
        return base
    return power(term, 2) if term.op in ("sym", "fn", "idx", "abs") and not _in_bounds(here) else None


@_mutation
def _swapped(term: Term, here: Setting) -> Term | None:
    """Operands of what does not commute change places."""
    if term.op == "div" and "sin" in repr(term):
        return None  # sin x / x and x / sin x have the same limit
    if term.op in ("div", "pow", "log", "binom") or (term.op in ("app", "arrow") and len(term.args) == 2):
        return Term(term.op, term.args[::-1], term.data)
    if (term.op == "setop" and term.data == "\\setminus") or (
        term.op == "logic" and term.data == "\\Rightarrow"
    ):
        return Term(term.op, term.args[::-1], term.data)
    if term.op == "add" and len(term.args) == 2 and term.args[1].op == "neg":
        return add(term.args[1].args[0], neg(term.args[0]))
    return None


@_mutation
def _entries_exchanged(term: Term, here: Setting) -> Term | None:
    # A list may be one of solutions, in any order; what dots stand for may not depend on it.
    if term.op not in ("tuple", "matrix", "interval") or len(term.args) < 2:
        return None
    first, second = here.rng.sample(range(len(term.args)), 2)
    args = list(term.args)
    args[first], args[second] = args[second], args[first]
    return Term(term.op, tuple(args), term.data)


@_mutation
def _transposed(term: Term, here: Setting) -> Term | None:
    if term.op != "matrix":
        return None
    environment, columns = term.data
    rows = [term.args[k : k + columns] for k in range(0, len(term.args), columns)]
    return Term(
        "matrix",
        tuple(cell for column in zip(*rows, strict=True) for cell in column),
        (environment, len(rows)),
    )


@_mutation
def _matrix_or_determinant(term: Term, here: Setting) -> Term | None:
    if term.op != "matrix":
        return None
    environment, columns = term.data
    if len(term.args) != columns**2:
        return None
    return Term("matrix", term.args, ("pmatrix" if environment == "vmatrix" else "vmatrix", columns))


@_mutation
def _bound(term: Term, here: Setting) -> Term | None:
    if not _in_bounds(here) or term == Term("const", (), "\\infty"):
        return None
    if term.op == "num":
        return num(term.data + here.rng.choice((1, 2)))
    return add(term, num(1)) if term.op in ("sym", "add") else None


@_mutation
def _relation(term: Term, here: Setting) -> Term | None:
    """Another relation: turned, strict or not, another sign altogether."""
    if term.op != "rel":
        return None
    place = here.rng.randrange(len(term.data))
    related = RELATED.get(term.data[place], ()) if is_numeric(term) or term.data[place] != "=" else ("\\neq",)
    others = [r for r in related if r != term.data[place]]
    if not others:
        return None
    return Term("rel", term.args, (*term.data[:place], here.rng.choice(others), *term.data[place + 1 :]))


_ORDERS = ("<", ">", "\\le", "\\ge", "=", "\\neq")
RELATED = {order: _ORDERS for order in _ORDERS} | {
    "\\in": ("\\notin",),
    "\\subset": ("\\supset", "="),  # some write it for \\subseteq
    "\\subseteq": ("\\supseteq", "="),
    "\\parallel": ("\\perp", "="),
    "\\perp": ("\\parallel",),
    "\\sim": ("\\cong", "="),
    "\\cong": ("\\sim", "\\neq"),
}


@_mutation
def _brackets_of_interval(term: Term, here: Setting) -> Term | None:
    if term.op != "interval":
        return None
    kinds = [kind for kind in ("[)", "(]", "[]") if kind != term.data]
    return Term("interval", term.args, here.rng.choice(kinds))


@_mutation
def _brackets_of_collection(term: Term, here: Setting) -> Term | None:
    """A set for a tuple, and the other way round."""
    other = {"set": "tuple", "tuple": "set"}.get(term.op)
    return Term(other, term.args) if other else None


@_mutation
def _term_lost(term: Term, here: Setting) -> Term | None:
    if term.op not in ("add", "set", "tuple", "list", "pm") or len(term.args) < 2:
        return None
    if term.op == "pm":
        return term.args[0]
    place = here.rng.randrange(len(term.args))
    rest = (*term.args[:place], *term.args[place + 1 :])
    return (
        rest[0]
        if len(rest) == 1 and term.op in ("add", "list")
        else Term(term.op, rest)
        if len(rest) > 1
        else None
    )


@_mutation
def _factor_lost(term: Term, here: Setting) -> Term | None:
    if term.op != "mul":
        return None
    place = here.rng.randrange(len(term.args))
    return mul(*term.args[:place], *term.args[place + 1 :])


@_mutation
def _function(term: Term, here: Setting) -> Term | None:
    if term.op != "fn" or term.data not in CONFUSED:
        return None
    return Term("fn", term.args, here.rng.choice(CONFUSED[term.data]))


CONFUSED = {
    "\\sin": ("\\cos", "\\sinh", "\\tan", "\\arcsin"),
    "\\cos": ("\\sin", "\\cosh"),
    "\\tan": ("\\sin", "\\cot", "\\arctan"),
    "\\exp": ("\\ln", "\\cos"),
    "\\ln": ("\\exp", "\\sin"),
    "\\sinh": ("\\sin", "\\cosh", "\\tanh"),
    "\\cosh": ("\\cos", "\\sinh"),
    "\\arctan": ("\\tan", "\\arcsin"),
}


@_mutation
def _operation(term: Term, here: Setting) -> Term | None:
    """Plus for times, union for intersection, a sum for a product, a minimum of ink."""
    if term.op == "add" and not any(arg.op == "neg" for arg in term.args):
        return mul(*term.args)
    if term.op == "mul":
        return add(*term.args)
    if term.op in ("sum", "prod"):
        return Term({"sum": "prod", "prod": "sum"}[term.op], term.args, term.data)
    if term.op == "pm":
        return add(*term.args)
    if term.op in ("setop", "logic") and term.data in _OPERATORS:
        return Term(term.op, term.args, here.rng.choice([o for o in _OPERATORS[term.data] if o != term.data]))
    return None


_OPERATORS = {
    operator: group
    for group in (
        ("\\cup", "\\cap", "\\setminus", "\\times"),
        ("\\land", "\\lor", "\\Rightarrow", "\\Leftrightarrow"),
    )
    for operator in group
}


@_mutation
def _sign_of_operation_lost(term: Term, here: Setting) -> Term | None:
    """A root, a bar, an exclamation mark, a percent or degree sign, a negation left out."""
    lost = term.op in ("sqrt", "root", "abs", "fact", "percent", "degree") or (term.op, term.data) == (
        "logic",
        "\\neg",
    )
    return term.args[0] if lost else None


@_mutation
def _degree_of_root(term: Term, here: Setting) -> Term | None:
    if term.op == "root":
        return Term("root", term.args, term.data + 1)
    return Term("root", term.args, 3) if term.op == "sqrt" else None


@_mutation
def _order_of_derivative(term: Term, here: Setting) -> Term | None:
    if term.op != "deriv":
        return None
    name, order, sign = term.data
    return Term("deriv", term.args, (name, 3 - order, sign))


@_mutation
def _word(term: Term, here: Setting) -> Term | None:
    if term.op != "worded":
        return None
    return Term(
        "worded",
        term.args,
        here.rng.choice([w for w in ("if", "for", "where", "and", "or") if w != term.data]),
    )


@_mutation
def _name_in_text(term: Term, here: Setting) -> Term | None:
    if term.op != "sym" or not term.data.sub.startswith("\\text"):
        return None
    return Term(
        "sym", (), term.data._replace(sub=here.rng.choice((r"\text{min}", r"\text{max'}", r"\text{Max}")))
    )


@_mutation
def _figure(term: Term, here: Setting) -> Term | None:
    if term.op != "figure":
        return None
    sign, letters = term.data
    if here.rng.random() < 0.3:
        return Term(
            "figure",
            (),
            ({"\\angle": "\\triangle", "\\triangle": "\\angle"}.get(sign, "\\triangle"), letters),
        )
    other = here.rng.choice([name for name in "ABCDEPQ" if name not in letters])
    place = here.rng.randrange(len(letters))
    return Term("figure", (), (sign, letters[:place] + other + letters[place + 1 :]))


@_mutation
def _arrow(term: Term, here: Setting) -> Term | None:
    if term.op != "arrow":
        return None
    arrow, over = term.data
    if over:
        return Term("arrow", term.args, (arrow, {"f": "g"}.get(over, "f")))
    return Term("arrow", term.args, ({"\\to": "\\mapsto"}.get(arrow, "\\to"), over))


@_mutation
def _separator_of_dots(term: Term, here: Setting) -> Term | None:
    if term.op != "dots" or term.data == ",":
        return None
    return Term("dots", term.args, {"+": "\\cdot", "\\cdot": "+"}[term.data])


@_mutation
def _bound_letter(term: Term, here: Setting) -> Term | None:
    r"""The differential, or the letter under the sum, is another than the body's: ``\int f d\alpha``."""
    if term.op not in ("sum", "prod", "int", "indef", "lim"):
        return None
    base = here.rng.choice([name for name in ("k", "m", "x", "t", "u") if name != term.data.base])
    return Term(term.op, term.args, Name(base))


@_mutation
def _case_values(term: Term, here: Setting) -> Term | None:
    """Two rows of a definition by cases exchange their values."""
    if term.op != "cases":
        return None
    first, condition, second, last = term.args
    return Term("cases", (second, condition, first, last), term.data)


@_mutation
def _quantifier(term: Term, here: Setting) -> Term | None:
    if term.op != "quant":
        return None
    quantifier, name = term.data
    return Term("quant", term.args, ({"\\forall": "\\exists"}.get(quantifier, "\\forall"), name))


# --- false rules of algebra: what a careless simplifier would take for equal -----------------------------------


@_mutation
def _freshmans_dream(term: Term, here: Setting) -> Term | None:
    r"""A power, a root, a function, a reciprocal, taken term by term."""
    inner = term.args[0] if term.op in ("sqrt", "root", "abs", "fn", "pow") else None
    if inner is None or inner.op != "add":
        return _reciprocal_of_sum(term)
    return add(*(Term(term.op, (part, *term.args[1:]), term.data) for part in inner.args))


def _reciprocal_of_sum(term: Term) -> Term | None:
    if term.op != "div" or term.args[1].op != "add":
        return None
    return add(*(div(term.args[0], part) for part in term.args[1].args))


@_mutation
def _logarithm_of_letters(term: Term, here: Setting) -> Term | None:
    r"""``\ln(xy) = \ln x + \ln y`` and ``\ln x^2 = 2 \ln x``, which are false below zero."""
    if term.op != "fn" or term.data != "\\ln":
        return None
    (inner,) = term.args
    if inner.op == "mul":
        return add(*(Term("fn", (factor,), term.data) for factor in inner.args))
    if inner.op == "pow":
        return mul(inner.args[1], Term("fn", inner.args[:1], term.data))
    return None


@_mutation
def _valid_above_zero(term: Term, here: Setting) -> Term | None:
    """Rules that hold for positive letters, or within bounds, only."""
    for rule in (_merged_roots, _merged_logarithms, _merged_powers, _undone, _without_bars):
        found = rule(term)
        if found is not None:
            return found
    return None


def _merged_roots(term: Term) -> Term | None:
    if term.op not in ("mul", "div") or [arg.op for arg in term.args] != ["sqrt", "sqrt"]:
        return None
    left, right = (arg.args[0] for arg in term.args)
    return left if term.op == "mul" and left == right else Term("sqrt", (Term(term.op, (left, right)),))


def _is_logarithm(term: Term) -> bool:
    return term.op == "fn" and term.data == "\\ln"


def _merged_logarithms(term: Term) -> Term | None:
    if len(term.args) != 2:
        return None
    left, right = term.args
    if term.op == "mul" and left.op == "num" and _is_logarithm(right):
        return Term("fn", (power(right.args[0], left),), right.data)
    if term.op == "add" and _is_logarithm(left) and right.op == "neg" and _is_logarithm(right.args[0]):
        return Term("fn", (div(left.args[0], right.args[0].args[0]),), left.data)
    if term.op == "add" and _is_logarithm(left) and _is_logarithm(right):
        return Term("fn", (mul(left.args[0], right.args[0]),), left.data)
    return None


def _merged_powers(term: Term) -> Term | None:
    if term.op == "pow" and term.args[0].op == "pow":
        (base, inner), outer = term.args[0].args, term.args[1]
        return power(base, mul(inner, outer))
    if term.op == "root" and term.args[0].op == "pow" and term.args[0].args[1] == num(term.data):
        return term.args[0].args[0]
    return None


INVERSES = {("\\exp", "\\ln"), ("\\arcsin", "\\sin"), ("\\arctan", "\\tan"), ("\\sin", "\\arcsin")}


def _undone(term: Term) -> Term | None:
    if term.op == "div" and term.args[0] == term.args[1]:
        return num(1)
    if term.op == "mul" and term.args[0] == num(0):
        return num(0)
    inner = term.args[0] if term.op == "fn" else None
    if inner is not None and inner.op == "fn" and (term.data, inner.data) in INVERSES:
        return inner.args[0]
    return None


def _without_bars(term: Term) -> Term | None:
    if term.op not in ("mul", "div", "pow") or all(arg.op != "abs" for arg in term.args):
        return None
    return Term(term.op, tuple(arg.args[0] if arg.op == "abs" else arg for arg in term.args))


@_mutation
def _root_without_bars(term: Term, here: Setting) -> Term | None:
    r"""``\sqrt{x^2} = x``, ``\sqrt{xy} = \sqrt x \sqrt y``, ``|xy| = |x| y``."""
    if term.op not in ("sqrt", "abs"):
        return None
    (inner,) = term.args
    if inner.op == "mul":
        first, *rest = inner.args
        return mul(Term(term.op, (first,)), *(Term(term.op, (x,)) if term.op == "sqrt" else x for x in rest))
    return inner.args[0] if term.op == "sqrt" and inner.op == "pow" and inner.args[1] == num(2) else None


@_mutation
def _sign_of_first_term_only(term: Term, here: Setting) -> Term | None:
    """``-(a + b) = -a + b``."""
    if term.op != "neg" or term.args[0].op != "add":
        return None
    first, *rest = term.args[0].args
    return add(neg(first), *rest)


@_mutation
def _distributed_to_first_term_only(term: Term, here: Setting) -> Term | None:
    """``a(b + c) = ab + c``."""
    if term.op != "mul" or term.args[-1].op != "add":
        return None
    first, *rest = term.args[-1].args
    return add(mul(*term.args[:-1], first), *rest)


@_mutation
def _power_misread(term: Term, here: Setting) -> Term | None:
    r"""``x^{-n} = -x^n``, ``x^n = nx``, ``(-x)^2 = -x^2``, ``x^{1/2} = x/2``."""
    if term.op != "pow":
        return None
    base, exponent = term.args
    if exponent.op == "neg":
        return neg(power(base, exponent.args[0]))
    if base.op == "neg":
        return neg(power(base.args[0], exponent))
    if exponent.op == "div":
        return div(base, exponent.args[1])
    return mul(exponent, base)


@_mutation
def _stacked_fractions(term: Term, here: Setting) -> Term | None:
    """``(a/b)/c = a/(b/c)``."""
    if term.op != "div" or term.args[0].op != "div":
        return None
    (over, middle), under = term.args[0].args, term.args[1]
    return div(over, div(middle, under))


@_mutation
def _factor_out_of_argument(term: Term, here: Setting) -> Term | None:
    r"""``\sin 2x = 2 \sin x``; of ``f(2x) = 2f(x)`` a product would be true."""
    if term.op != "fn" or term.args[0].op != "mul":
        return None
    first, *rest = term.args[0].args
    return mul(first, Term("fn", (mul(*rest),), term.data))


@_mutation
def _bound_letter_pulled_out(term: Term, here: Setting) -> Term | None:
    r"""``\sum k a_k = k \sum a_k``, ``\int x f(x) dx = x \int f(x) dx``."""
    if term.op not in ("sum", "int", "deriv"):
        return None
    place = 0 if term.op == "deriv" else 2
    name = term.data[0] if term.op == "deriv" else term.data
    body = term.args[place]
    if body.op != "mul" or not any(name in free(factor) for factor in body.args):
        return None
    out = next(factor for factor in body.args if name in free(factor))
    rest = tuple(factor for factor in body.args if factor is not out) or (num(1),)
    return mul(out, Term(term.op, (*term.args[:place], mul(*rest), *term.args[place + 1 :]), term.data))


@_mutation
def _product_of_sums(term: Term, here: Setting) -> Term | None:
    r"""A sum, an integral or a derivative of a product, taken factor by factor."""
    place = {"sum": 2, "int": 2, "deriv": 0}.get(term.op)
    if place is None or term.args[place].op != "mul":
        return None
    return mul(
        *(
            Term(term.op, (*term.args[:place], factor, *term.args[place + 1 :]), term.data)
            for factor in term.args[place].args
        )
    )


@_mutation
def _inequality_not_turned(term: Term, here: Setting) -> Term | None:
    """Both sides times minus one, or times a letter."""
    if term.op != "rel" or len(term.data) > 1 or not is_numeric(term):
        return None
    letter = Term("sym", (), Name(here.rng.choice("abx")))
    if term.data[0] in ("=", "\\neq"):
        return Term("rel", tuple(mul(letter, side) for side in term.args), term.data)
    factor = here.rng.choice((neg(num(1)), neg(num(2)), letter))
    return Term("rel", tuple(mul(factor, side) for side in term.args), term.data)


@_mutation
def _squared_sides(term: Term, here: Setting) -> Term | None:
    if term.op != "rel" or len(term.data) > 1 or not is_numeric(term):
        return None
    return Term("rel", tuple(power(side, 2) for side in term.args), term.data)


@_mutation
def _moved_without_sign(term: Term, here: Setting) -> Term | None:
    """A term changes sides and keeps its sign."""
    if term.op != "rel" or len(term.data) > 1 or not is_numeric(term) or term.args[0].op != "add":
        return None
    *rest, last = term.args[0].args
    return Term("rel", (add(*rest), add(term.args[1], last)), term.data)


COMMON = "digit sign case font accent prime index letter exponent operation".split()
"""Kinds that strike nearly everywhere and would crowd out the others."""


def candidates(term: Term, rng: random.Random) -> Iterator[tuple[str, Term]]:
    """Mutants of *term* in random order, kinds that strike rarely as likely as others."""
    places: list[tuple[Path, Term, Setting]] = []
    parents = {path: node for path, node, _ in walk(term)}
    for path, node, bound in walk(term):
        parent = parents[path[:-1]] if path else None
        places.append((path, node, Setting(rng, parent, path[-1] if path else 0, bound)))
    rare = [name for name in MUTATIONS if name not in COMMON]
    names = [*rng.sample(rare, len(rare)), *rng.sample(COMMON, len(COMMON))]
    if rng.random() < 0.6:
        rng.shuffle(names)
    for name in names:
        rng.shuffle(places)
        for path, node, here in places:
            new = MUTATIONS[name](node, here)
            if new is not None and new != node:
                yield name, replaced(term, path, new)
                break
