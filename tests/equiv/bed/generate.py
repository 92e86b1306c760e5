r"""Random terms: one generator a construct, so that every construct of the notation is met as often.

Letters with a double life (``e``, ``i``, ``d``, ``f`` as a factor ...) are left to `tests.equiv.bed.pairs`.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.equiv.bed.terms import Name, Term, add, div, fn, mul, neg, num, power, rel, sub, sym


class Rng(random.Random):
    """Chance, and the letters of one formula: often few, so that terms meet their like."""

    def __init__(self, seed: str):
        super().__init__(seed)
        pool = LETTERS + GREEK
        few = self.sample(pool, self.randint(2, 3))
        alike = [*few[:1], few[0].swapcase() if len(few[0]) == 1 else few[0], "x"]
        self.letters = self.choice((few, few, alike, LETTERS * 4 + GREEK, LETTERS * 4 + GREEK))


LETTERS = "a b c m n p q r s t u v w x y z A B C R T X Y".split()
GREEK = r"\alpha \beta \gamma \lambda \mu \theta \omega \varphi \Omega".split()
CONSTANTS = list("abcmn")
"""Letters that nobody takes for functions of the letter of integration."""
INDICES = "k n m j i".split()
FUNCTIONS = ["f", "g", "h", "F", r"\psi"]
ELEMENTARY = r"sin cos tan exp ln sinh cosh arctan".split()

PI, INFINITY = Term("const", (), r"\pi"), Term("const", (), r"\infty")

CONSTRUCTS: dict[str, Callable[[Rng], Term]] = {}
"""Generators by construct."""


def _construct(function: Callable[[Rng], Term]) -> Callable[[Rng], Term]:
    CONSTRUCTS[function.__name__.strip("_").replace("_", " ")] = function
    return function


# --- building blocks ------------------------------------------------------------------------------------------


def letter(rng: Rng) -> Term:
    return sym(rng.choice(rng.letters))


def small(rng: Rng) -> Term:
    return num(rng.randint(2, 9))


def number(rng: Rng) -> Term:
    return num(rng.choice((rng.randint(2, 9), rng.randint(10, 99), rng.randint(100, 2500))))


def atom(rng: Rng) -> Term:
    return letter(rng) if rng.random() < 0.7 else small(rng)


def monomial(rng: Rng) -> Term:
    factors = [small(rng)] if rng.random() < 0.5 else []
    for _ in range(rng.randint(1, 2)):
        base = letter(rng)
        factors.append(power(base, rng.randint(2, 4)) if rng.random() < 0.35 else base)
    return mul(*factors)


def signed(rng: Rng, term: Term) -> Term:
    return neg(term) if rng.random() < 0.35 else term


def sum_of(rng: Rng, terms: list[Term]) -> Term:
    return add(terms[0], *(signed(rng, term) for term in terms[1:]))


def linear(rng: Rng) -> Term:
    return sum_of(rng, [monomial(rng) if rng.random() < 0.3 else letter(rng), atom(rng)])


def polynomial(rng: Rng) -> Term:
    terms = [monomial(rng) for _ in range(rng.randint(1, 2))]
    return sum_of(rng, [*terms, number(rng)] if rng.random() < 0.6 else [*terms, letter(rng)])


def simple(rng: Rng) -> Term:
    """A term to stand as an argument."""
    return rng.choice((letter, letter, monomial, linear))(rng)


def any_term(rng: Rng) -> Term:
    """A term of any plain kind, to stand inside others."""
    return rng.choice((simple, polynomial, _fraction, _root, _function))(rng)


def somewhere(rng: Rng, term: Term) -> Term:
    """*term* alone, in a sum, in a product, in a fraction, or in an equation."""
    chance = rng.random()
    if chance < 0.35:
        return term
    if chance < 0.6:
        return add(monomial(rng), signed(rng, term))
    if chance < 0.75:
        return mul(small(rng), term) if rng.random() < 0.5 else mul(letter(rng), term)
    if chance < 0.85:
        return div(term, linear(rng))
    return rel(letter(rng), "=", term)


# --- numbers and algebra --------------------------------------------------------------------------------------


@_construct
def _number(rng: Rng) -> Term:
    whole = num(rng.choice((rng.randint(10, 99), rng.randint(1000, 9999), rng.randint(10000, 2000000))))
    decimal = Term("dec", (), f"{rng.randint(0, 20)}.{rng.randint(1, 999):03d}".rstrip("0"))
    return somewhere(rng, rng.choice((whole, decimal)))


@_construct
def _polynomial(rng: Rng) -> Term:
    return polynomial(rng)


@_construct
def _implicit_product(rng: Rng) -> Term:
    first = mul(small(rng), linear(rng)) if rng.random() < 0.5 else mul(letter(rng), linear(rng))
    return rng.choice((first, mul(linear(rng), linear(rng)), add(mul(letter(rng), letter(rng)), first)))


@_construct
def _fraction(rng: Rng) -> Term:
    return div(rng.choice((small, letter, linear, polynomial))(rng), rng.choice((small, letter, linear))(rng))


@_construct
def _sum_of_fractions(rng: Rng) -> Term:
    return sum_of(rng, [div(atom(rng), simple(rng)), div(simple(rng), atom(rng))])


@_construct
def _root(rng: Rng) -> Term:
    inside = rng.choice((small, letter, linear, polynomial))(rng)
    root = Term("sqrt", (inside,)) if rng.random() < 0.7 else Term("root", (inside,), rng.choice((3, 4, 5)))
    return somewhere(rng, root) if rng.random() < 0.5 else root


@_construct
def _power(rng: Rng) -> Term:
    base = rng.choice(
        (letter, small, linear, monomial, lambda r: neg(letter(r)), lambda r: div(letter(r), small(r)))
    )(rng)
    exponent = rng.choice((small, letter, lambda r: add(letter(r), num(1)), lambda r: neg(small(r))))(rng)
    return somewhere(rng, power(base, exponent))


@_construct
def _factorial(rng: Rng) -> Term:
    inside = rng.choice((lambda r: sym("n"), lambda r: num(r.randint(3, 9)), lambda r: add(sym("n"), num(1))))
    term = Term("fact", (inside(rng),))
    return somewhere(rng, rng.choice((term, div(num(1), term), div(power(letter(rng), sym("n")), term))))


@_construct
def _binomial(rng: Rng) -> Term:
    term = Term("binom", (sym("n"), rng.choice((sym("k"), num(2)))))
    return somewhere(rng, rng.choice((term, mul(term, power(letter(rng), sym("k"))))))


PLAIN = (
    "polynomial", "implicit product", "fraction", "root", "power", "function", "trigonometry", "logarithm",
    "exponential", "absolute value", "application", "sum", "integral", "factorial", "binomial", "subscript",
)  # fmt: skip


def _plain(rng: Rng) -> Term:
    """A term of some construct that is a number, not a statement."""
    term = CONSTRUCTS[rng.choice(PLAIN)](rng)
    return term.args[1] if term.op == "rel" else term


@_construct
def _nested(rng: Rng) -> Term:
    left, right = _plain(rng), _plain(rng)
    return rng.choice(
        (
            add(left, right),
            sub(left, right),
            mul(left, right),
            div(left, right),
            Term("sqrt", (add(left, right),)),
            fn(rng.choice(ELEMENTARY), div(left, small(rng))),
            power(add(left, letter(rng)), 2),
            rel(left, "=", right),
        )
    )


@_construct
def _trap(rng: Rng) -> Term:
    """Terms about which rules that are false are often believed."""
    x, y, z = letter(rng), letter(rng), atom(rng)
    traps = (
        fn("ln", mul(x, y)),
        fn("ln", power(x, 2)),
        fn("ln", add(x, z)),
        Term("sqrt", (power(x, 2),)),
        Term("sqrt", (mul(x, y),)),
        Term("sqrt", (add(power(x, 2), power(y, 2)),)),
        Term("abs", (mul(x, y),)),
        Term("abs", (add(x, y),)),
        neg(add(x, z)),
        sub(z, add(x, y)),
        power(neg(x), 2),
        power(x, neg(num(2))),
        div(div(x, y), z),
        div(x, div(y, z)),
        div(num(1), add(x, z)),
        fn(rng.choice(("sin", "cos", "tan", "exp")), mul(small(rng), x)),
        fn(rng.choice(("sin", "cos", "exp")), add(x, z)),
        Term("app", (add(x, z),), Name("f")),
        Term("app", (mul(small(rng), x),), Name("f")),
    )
    return somewhere(rng, rng.choice(traps))


@_construct
def _domain(rng: Rng) -> Term:
    """Terms that look simpler than they are, because a letter may be negative or too large."""
    x, y, half = letter(rng), rng.choice((letter, linear))(rng), div(num(1), num(2))
    root, other = Term("sqrt", (x,)), Term("sqrt", (y,))
    bars = Term("abs", (x,))
    terms = (
        power(power(x, 2), half),
        power(power(x, half), 2),
        power(x, div(num(3), num(2))),
        mul(root, root),
        mul(root, other),
        div(root, other),
        div(x, root),
        fn("exp", fn("ln", x)),
        fn("ln", fn("exp", x)),
        add(fn("ln", x), fn("ln", y)),
        sub(fn("ln", x), fn("ln", y)),
        mul(num(2), fn("ln", x)),
        div(fn("ln", x), fn("ln", y)),
        mul(bars, Term("abs", (y,))),
        div(bars, x),
        mul(x, bars),
        power(bars, 3),
        Term("root", (power(x, 4),), 4),
        fn("arcsin", fn("sin", x)),
        fn("arctan", fn("tan", x)),
        fn("sin", fn("arcsin", x)),
        mul(num(0), root),
    )
    return somewhere(rng, rng.choice(terms))


# --- functions ------------------------------------------------------------------------------------------------


@_construct
def _function(rng: Rng) -> Term:
    return somewhere(rng, fn(rng.choice(ELEMENTARY), simple(rng)))


@_construct
def _trigonometry(rng: Rng) -> Term:
    squared = power(fn(rng.choice(("sin", "cos", "tan")), simple(rng)), rng.randint(2, 3))
    return rng.choice(
        (
            somewhere(rng, squared),
            mul(fn("sin", simple(rng)), fn("cos", simple(rng))),
            add(squared, mul(letter(rng), fn("cos", simple(rng)))),
        )
    )


@_construct
def _logarithm(rng: Rng) -> Term:
    log = Term("log", (rng.choice((small(rng), sym("a"), sym("b"))), simple(rng)))
    return somewhere(
        rng, rng.choice((log, fn("ln", mul(small(rng), num(rng.randint(10, 40)))), fn("ln", linear(rng))))
    )


@_construct
def _exponential(rng: Rng) -> Term:
    base = Term("const", (), "\\mathrm{e}")
    return somewhere(
        rng, rng.choice((power(base, simple(rng)), fn("exp", simple(rng)), power(base, neg(letter(rng)))))
    )


@_construct
def _absolute_value(rng: Rng) -> Term:
    return somewhere(rng, Term("abs", (rng.choice((letter, linear, polynomial))(rng),)))


@_construct
def _application(rng: Rng) -> Term:
    name = Name(rng.choice(FUNCTIONS))
    arguments = [rng.choice((letter, linear))(rng) for _ in range(rng.choice((1, 1, 2)))]
    return somewhere(rng, Term("app", tuple(arguments), name))


# --- names ----------------------------------------------------------------------------------------------------


def _decorated(rng: Rng, **decoration) -> Term:
    name = Term("sym", (), Name(rng.choice(LETTERS), **decoration))
    other = Term("sym", (), name.data._replace(base=rng.choice(LETTERS)))
    if name.data.is_vector:  # products of vectors are none of numbers
        return rng.choice((add(name, other), rel(name, "=", sub(other, name)), sub(other, name)))
    return rng.choice(
        (add(name, letter(rng)), mul(name, other), div(name, other), rel(name, "=", add(other, letter(rng))))
    )


@_construct
def _subscript(rng: Rng) -> Term:
    return _decorated(
        rng, sub=rng.choice(("0", "1", "2", "12", "n", "i", "ij", "k+1", r"\text{max}", r"\alpha"))
    )


@_construct
def _prime(rng: Rng) -> Term:
    return _decorated(rng, primes=rng.choice((1, 1, 2)))


@_construct
def _accent(rng: Rng) -> Term:
    return _decorated(rng, accent=rng.choice(("bar", "hat", "tilde", "vec", "dot", "ddot", "overline")))


@_construct
def _font(rng: Rng) -> Term:
    return _decorated(
        rng, font=rng.choice(("mathbf", "mathcal", "mathbb", "mathrm", "mathfrak", "boldsymbol"))
    )


# --- sums, products, integrals, limits, derivatives -----------------------------------------------------------


def _index(rng: Rng) -> Term:
    return sym(rng.choice(INDICES))


def _upper(rng: Rng, index: Term) -> Term:
    return rng.choice((num(rng.randint(3, 9)), sym("N"), sub(sym("N"), num(1))))


def _sequence(rng: Rng, index: Term) -> Term:
    at = rng.choice((index, index, add(index, num(1))))
    return Term("idx", (at,), Name(rng.choice("abcuvx")))


def _summand(rng: Rng, index: Term) -> Term:
    return rng.choice(
        (
            lambda: _sequence(rng, index),
            lambda: mul(_sequence(rng, index), power(letter(rng), index)),
            lambda: mul(small(rng), power(index, 2)),
            lambda: mul(letter(rng), _sequence(rng, index)),
            lambda: div(num(1), mul(index, add(index, num(1)))),
            lambda: add(index, letter(rng)),
            lambda: mul(letter(rng), add(index, small(rng))),
        )
    )()


@_construct
def _sum(rng: Rng) -> Term:
    index = _index(rng)
    body = _summand(rng, index)
    return somewhere(rng, Term("sum", (num(1), _upper(rng, index), body), index.data))


@_construct
def _infinite_sum(rng: Rng) -> Term:
    index = _index(rng)
    body = rng.choice((_sequence(rng, index), mul(_sequence(rng, index), power(letter(rng), index))))
    return somewhere(rng, Term("sum", (num(rng.randint(0, 1)), INFINITY, body), index.data))


@_construct
def _product(rng: Rng) -> Term:
    index = _index(rng)
    body = rng.choice((_sequence(rng, index), add(index, letter(rng)), add(num(1), _sequence(rng, index))))
    return somewhere(rng, Term("prod", (num(1), _upper(rng, index), body), index.data))


def _integrand(rng: Rng, x: Term) -> Term:
    return rng.choice(
        (
            lambda: power(x, rng.randint(2, 4)),
            lambda: mul(small(rng), x),
            lambda: mul(letter(rng), power(x, 2)),
            lambda: fn(rng.choice(("sin", "cos", "exp")), mul(small(rng), x)),
            lambda: mul(x, fn("sin", x)),
            lambda: add(power(x, 2), letter(rng)),
            lambda: Term("app", (x,), Name(rng.choice(FUNCTIONS))),
            lambda: mul(x, Term("app", (x,), Name("f"))),
        )
    )()


@_construct
def _integral(rng: Rng) -> Term:
    x = sym(rng.choice("xtus"))
    rng.letters = CONSTANTS
    ends = ((num(0), num(1)), (num(0), PI), (sym("a"), sym("b")), (num(1), num(3)))
    low, high = rng.choice(ends)
    return somewhere(rng, Term("int", (low, high, _integrand(rng, x)), x.data))


@_construct
def _improper_integral(rng: Rng) -> Term:
    x, infinity = sym(rng.choice("xtus")), INFINITY
    body = mul(
        rng.choice((x, power(x, 2), fn("exp", neg(x)))), Term("app", (x,), Name(rng.choice(FUNCTIONS)))
    )
    return somewhere(rng, Term("int", (rng.choice((num(0), neg(infinity))), infinity, body), x.data))


@_construct
def _antiderivative(rng: Rng) -> Term:
    x = sym(rng.choice("xt"))
    rng.letters = CONSTANTS
    return Term("indef", (_integrand(rng, x),), x.data)


@_construct
def _limit(rng: Rng) -> Term:
    if rng.random() < 0.5:
        x, to = sym(rng.choice("xth")), num(0)
        quotient = div(add(mul(letter(rng), x), num(1)), add(x, small(rng)))
        body = rng.choice((div(fn("sin", x), x), quotient, _integrand(rng, x)))
    else:
        x, to = sym(rng.choice("nm")), INFINITY
        quotient = div(add(x, small(rng)), add(mul(small(rng), x), num(1)))
        body = rng.choice((quotient, div(mul(letter(rng), x), add(x, num(1)))))
    return somewhere(rng, Term("lim", (to, body), x.data))


@_construct
def _derivative(rng: Rng) -> Term:
    x = sym(rng.choice("xt"))
    rng.letters = CONSTANTS
    body = _integrand(rng, x)
    order, sign = rng.choice(((1, "d"), (1, r"\partial"), (2, "d")))
    return somewhere(rng, Term("deriv", (body,), (x.data, order, sign)))


# --- decorations of numbers -----------------------------------------------------------------------------------


@_construct
def _plus_minus(rng: Rng) -> Term:
    term = Term("pm", (simple(rng), rng.choice((small, letter, _root_only))(rng)))
    return rng.choice(
        (term, rel(letter(rng), "=", term), rel(letter(rng), "=", div(term, mul(num(2), sym("a")))))
    )


def _root_only(rng: Rng) -> Term:
    return Term("sqrt", (linear(rng),))


@_construct
def _percent(rng: Rng) -> Term:
    return somewhere(rng, Term("percent", (num(rng.randint(1, 150)),)))


@_construct
def _degrees(rng: Rng) -> Term:
    angle = Term("degree", (num(rng.choice((15, 30, 45, 60, 75, 120, 135))),))
    sine = fn(rng.choice(("sin", "cos", "tan")), angle)
    return rng.choice((angle, rel(sym(r"\theta"), "=", angle), sine, add(angle, sym(r"\alpha"))))


# --- statements -----------------------------------------------------------------------------------------------


@_construct
def _equation(rng: Rng) -> Term:
    left = rng.choice((linear, polynomial, letter, _fraction))(rng)
    return rel(left, "=", rng.choice((polynomial, linear, _fraction, small, lambda r: num(0)))(rng))


@_construct
def _inequality(rng: Rng) -> Term:
    relation = rng.choice(("<", "\\le", ">", "\\ge"))
    return rel(
        rng.choice((linear, polynomial, letter))(rng), relation, rng.choice((linear, small, letter))(rng)
    )


@_construct
def _unequal(rng: Rng) -> Term:
    return rel(rng.choice((letter, linear))(rng), "\\neq", rng.choice((small, letter, lambda r: num(0)))(rng))


@_construct
def _chain(rng: Rng) -> Term:
    first, second = rng.choice((("<", "<"), ("<", "\\le"), ("\\le", "\\le"), ("=", "="), (">", ">")))
    if first == "=":
        return Term(
            "rel", (letter(rng), polynomial(rng), rng.choice((polynomial, _fraction))(rng)), (first, second)
        )
    return Term(
        "rel",
        (rng.choice((small, letter))(rng), rng.choice((letter, linear))(rng), number(rng)),
        (first, second),
    )


@_construct
def _identity(rng: Rng) -> Term:
    a, b = letter(rng), atom(rng)
    return rng.choice(
        (
            rel(power(add(a, b), 2), "=", add(power(a, 2), mul(num(2), a, b), power(b, 2))),
            rel(mul(add(a, b), sub(a, b)), "=", sub(power(a, 2), power(b, 2))),
            rel(add(power(fn("sin", a), 2), power(fn("cos", a), 2)), "=", num(1)),
        )
    )


@_construct
def _numeric_statement(rng: Rng) -> Term:
    a, b = rng.randint(1, 60), rng.randint(1, 60)
    return rng.choice(
        (
            rel(add(num(a), num(b)), "=", num(a + b)),
            rel(mul(num(a), num(b)), "=", num(a * b)),
            rel(num(min(a, b)), "<", num(max(a, b) + 1)),
            rel(div(num(a * b), num(b)), "=", num(a)),
            rel(power(num(2), a % 9 + 2), "=", num(2 ** (a % 9 + 2))),
        )
    )


@_construct
def _list(rng: Rng) -> Term:
    entries = Term("list", tuple(num(k) for k in sorted(rng.sample(range(1, 30), rng.randint(2, 4)))))
    letters = Term("list", tuple(sym(name) for name in rng.sample("abcmnpqr", 3)))
    return rng.choice((rel(letter(rng), "=", entries), letters, entries))


# --- collections ----------------------------------------------------------------------------------------------


def _distinct(rng: Rng, count: int) -> list[Term]:
    """Entries that differ from each other, numbers, letters or sums."""
    numbers = [num(value) for value in rng.sample(range(1, 60), count)]
    names = [sym(value) for value in rng.sample("abcmnpqrxyz", count)]
    return [rng.choice((n, name, add(name, n))) for n, name in zip(numbers, names, strict=True)]


@_construct
def _set(rng: Rng) -> Term:
    term = Term("set", tuple(_distinct(rng, rng.randint(2, 4))))
    return rng.choice((term, rel(sym("A"), "=", term), rel(letter(rng), "\\in", term)))


@_construct
def _tuple(rng: Rng) -> Term:
    term = Term("tuple", tuple(_distinct(rng, rng.randint(3, 4))))
    return rng.choice((term, rel(sym("P"), "=", term)))


@_construct
def _interval(rng: Rng) -> Term:
    kind = rng.choice(("[)", "(]", "[]"))
    term = Term(
        "interval", (rng.choice((num(0), sym("a"), neg(small(rng)))), rng.choice((num(12), sym("b")))), kind
    )
    return rng.choice((rel(letter(rng), "\\in", term), rel(letter(rng), "\\in", term), term))


@_construct
def _matrix(rng: Rng) -> Term:
    rows, columns = rng.choice(((2, 2), (2, 3), (3, 1), (1, 3), (3, 3)))
    kind = rng.choice(("pmatrix", "bmatrix", "vmatrix" if rows == columns else "pmatrix"))
    term = Term("matrix", tuple(atom(rng) for _ in range(rows * columns)), (kind, columns))
    return rng.choice((term, rel(sym("M"), "=", term)))


@_construct
def _cases(rng: Rng) -> Term:
    x, bound = sym("x"), num(rng.randint(0, 5))
    relation = rng.choice(("<", "\\le", ">", "\\ge"))
    against = {"<": "\\ge", "\\le": ">", ">": "\\le", "\\ge": "<"}[relation]
    last = rng.choice((Term("text", (), "otherwise"), rel(x, against, bound)))
    term = Term("cases", (linear(rng), rel(x, relation, bound), polynomial(rng), last), x.data)
    return rel(sym("y"), "=", term) if rng.random() < 0.5 else term


@_construct
def _set_operators(rng: Rng) -> Term:
    a, b, c = (sym(name) for name in rng.sample("ABCMNPS", 3))
    inner = Term("setop", (b, c), rng.choice(("\\cup", "\\cap", "\\setminus")))
    outer = Term("setop", (a, inner), rng.choice(("\\cup", "\\cap", "\\setminus")))
    simple_one = Term("setop", (a, b), rng.choice(("\\cup", "\\cap", "\\setminus", "\\times")))
    relation = rng.choice(("\\subset", "\\subseteq", "="))
    return rng.choice((simple_one, outer, rel(a, relation, inner), rel(sym("x"), "\\in", simple_one)))


@_construct
def _logic(rng: Rng) -> Term:
    p, q = (sym(name) for name in rng.sample("pqrs", 2))
    comparisons = [rel(letter(rng), rng.choice(("<", "\\le", ">")), small(rng)) for _ in range(2)]
    operator = rng.choice(("\\land", "\\lor", "\\Rightarrow", "\\Leftrightarrow"))
    negated = Term("logic", (p,), "\\neg")
    return rng.choice(
        (
            Term("logic", (p, q), operator),
            Term("logic", (negated, q), operator),
            Term("logic", tuple(comparisons), rng.choice(("\\land", "\\lor", "\\Rightarrow"))),
        )
    )


REALS = ("\\mathbb{R}", "\\mathbb{N}", "\\mathbb{Z}")


def _domain(rng: Rng) -> Term:
    letters = {"\\mathbb{R}": "R", "\\mathbb{N}": "N", "\\mathbb{Z}": "Z"}
    return sym(letters[rng.choice(REALS)], font="mathbb")


@_construct
def _set_builder(rng: Rng) -> Term:
    x = sym(rng.choice("xyt"))
    statement = rel(
        rng.choice((x, power(x, 2), add(x, num(1)))),
        rng.choice(("<", ">", "\\le", "\\ge")),
        num(rng.randint(1, 3)),
    )
    term = Term("builder", (_domain(rng), statement), x.data)
    return rng.choice((term, rel(sym("A"), "=", term)))


@_construct
def _quantifier(rng: Rng) -> Term:
    x = sym(rng.choice("xyt"))
    statement = rel(power(x, 2), rng.choice(("<", ">", "\\ge")), num(rng.randint(1, 3)))
    return Term("quant", (_domain(rng), statement), (rng.choice(("\\forall", "\\exists")), x.data))


@_construct
def _ellipsis(rng: Rng) -> Term:
    first, last = rng.randint(1, 3), sym("n")
    numbers = (num(first), num(first + 1), last)
    sequence = tuple(Term("sym", (), Name("x", sub=place)) for place in ("1", "2", "n"))
    term = Term("dots", rng.choice((numbers, sequence)), rng.choice(("+", "\\cdot", ",")))
    if term.data == ",":
        return term
    return rng.choice((term, rel(sym("S"), "=", term)))


# --- what has no algebra --------------------------------------------------------------------------------------


@_construct
def _text(rng: Rng) -> Term:
    condition = rel(letter(rng), rng.choice(("<", ">", "=")), small(rng))
    name = Term("sym", (), Name(rng.choice(LETTERS), sub=r"\text{max}"))
    return Term("worded", (rng.choice((linear(rng), name)), condition), rng.choice(("if", "for", "where")))


@_construct
def _geometry(rng: Rng) -> Term:
    letters = "".join(rng.sample("ABCDEPQ", 3))
    others = "".join(rng.sample("ABCDEPQ", 3))
    angle, triangle = Term("figure", (), ("\\angle", letters)), Term("figure", (), ("\\triangle", letters))
    segment = Term("figure", (), ("\\overline", letters[:2]))
    return rng.choice(
        (
            rel(angle, "=", Term("degree", (num(rng.choice((30, 60, 90))),))),
            rel(triangle, rng.choice(("\\cong", "\\sim")), Term("figure", (), ("\\triangle", others))),
            rel(
                segment, rng.choice(("\\parallel", "\\perp")), Term("figure", (), ("\\overline", others[:2]))
            ),
            triangle,
        )
    )


@_construct
def _arrow(rng: Rng) -> Term:
    a, b = (sym(name) for name in rng.sample("ABCMNXY", 2))
    over = rng.choice(("", "", "f", "g"))
    return Term("arrow", (a, b), (rng.choice(("\\to", "\\mapsto")) if not over else "\\xrightarrow", over))


def random_term(construct: str, rng: random.Random) -> Term:
    """A term of the named construct."""
    return CONSTRUCTS[construct](Rng(str(rng.random())))
