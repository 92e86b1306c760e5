r"""The generator of pairs: its rewrites keep the meaning, its mutants differ, its output is LaTeX."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.tokens import split
from tests.equiv.bed import double_life
from tests.equiv.bed.generate import CONSTRUCTS, PI, random_term
from tests.equiv.bed.latex import write
from tests.equiv.bed.mutate import MUTATIONS, candidates
from tests.equiv.bed.oracle import INFINITY, agree, is_defined, is_nonzero
from tests.equiv.bed.pairs import MUTATION, REWRITE, mutant, mutated, pair, rewritten
from tests.equiv.bed.rewrite import RULES, Scene, apply, rewrite
from tests.equiv.bed.terms import (
    Name,
    Term,
    add,
    captures,
    div,
    fn,
    may_depend,
    mul,
    neg,
    num,
    power,
    rel,
    sub,
    sym,
    written,
)

X, Y, N, K = sym("x"), sym("y"), sym("n"), sym("k")
TWO = num(2)


def abs_(term):
    return Term("abs", (term,))


def root(term):
    return Term("sqrt", (term,))


def app(letter, *args):
    return Term("app", args, Name(letter))


def series(letter, low, high, body):
    return Term("sum", (low, high, body), Name(letter))


def at(letter, index):
    return Term("idx", (index,), Name(letter))


def integral(letter, low, high, body):
    return Term("int", (low, high, body), Name(letter))


def limit(letter, to, body):
    return Term("lim", (to, body), Name(letter))


def derivative(body):
    return Term("deriv", (body,), (Name("x"), 1, "d"))


def entries(op, *args, data=None):
    return Term(op, args, data)


SAME = {
    "expansion": (power(add(X, Y), 2), add(power(X, 2), mul(TWO, X, Y), power(Y, 2))),
    "cancelled letter": (div(power(X, 2), X), X),
    "root of a reciprocal": (root(div(num(1), X)), div(num(1), root(X))),
    "root of a square": (root(power(X, 2)), abs_(X)),
    "trigonometry": (sub(num(1), power(fn("sin", X), 2)), power(fn("cos", X), 2)),
    "decimal": (Term("dec", (), "0.125"), div(num(1), num(8))),
    "finite sum": (series("k", num(1), num(4), power(K, 2)), num(30)),
    "renamed index": (series("k", num(1), N, at("a", K)), series("m", num(1), N, at("a", sym("m")))),
    "integral": (integral("x", num(0), num(1), X), div(num(1), TWO)),
    "derivative": (derivative(power(X, 3)), mul(num(3), power(X, 2))),
    "limit at a gap": (limit("x", num(0), div(fn("sin", X), X)), num(1)),
    "limit far out": (limit("n", INFINITY, div(add(N, num(3)), add(mul(TWO, N), num(1)))), div(num(1), TWO)),
    "equation": (rel(mul(TWO, X), "=", mul(num(4), Y)), rel(X, "=", mul(TWO, Y))),
    "turned inequality": (rel(neg(X), "<", num(3)), rel(X, ">", neg(num(3)))),
    "set": (entries("set", X, Y), entries("set", Y, X)),
    "plus-minus": (Term("pm", (X, Y)), Term("pm", (X, neg(Y)))),
    "alternatives, one within the other": (
        entries("logic", rel(X, "\\le", num(4)), rel(X, "<", num(3)), data="\\lor"),
        entries("logic", rel(X, "\\le", num(4)), rel(num(3), "\\ge", X), data="\\lor"),
    ),
}
APART = {
    "root of a square": (root(power(X, 2)), X),
    "logarithm of a square": (fn("ln", power(X, 2)), mul(TWO, fn("ln", X))),
    "product of roots": (root(mul(X, Y)), mul(root(X), root(Y))),
    "case": (sym("x"), sym("X")),
    "index": (sym("x", sub="1"), sym("x", sub="2")),
    "tiny": (power(TWO, neg(num(20))), power(TWO, neg(num(21)))),
    "arguments": (app("f", X, Y), app("f", Y, X)),
    "additivity": (app("f", add(X, Y)), add(app("f", X), app("f", Y))),
    "index of a summand": (
        series("k", num(1), N, at("a", K)),
        series("k", num(1), N, at("a", add(K, num(1)))),
    ),
    "differential": (integral("x", num(0), num(1), X), integral("t", num(0), num(1), X)),
    "strictness": (rel(X, "<", num(3)), rel(X, "\\le", num(3))),
    "equations": (rel(X, "=", Y), rel(X, "=", mul(TWO, Y))),
    "true statements": (rel(add(num(1), num(1)), "=", TWO), rel(add(TWO, TWO), "=", num(4))),
    "tuple": (entries("tuple", X, Y), entries("tuple", Y, X)),
    "interval": (entries("interval", X, Y, data="[)"), entries("interval", X, Y, data="[]")),
    "matrix": (entries("matrix", X, Y, data=("pmatrix", 2)), entries("matrix", X, Y, data=("pmatrix", 1))),
    "plus-minus": (Term("pm", (X, Y)), add(X, Y)),
    "alternatives": (
        entries("logic", rel(X, ">", num(4)), rel(X, "<", num(3)), data="\\lor"),
        entries("logic", rel(X, ">", num(4)), rel(X, "\\le", num(3)), data="\\lor"),
    ),
}
UNTOLD = {
    "power of one third": (power(X, div(num(1), num(3))), Term("root", (X,), 3)),
    "beyond reach": (
        power(num(10), power(num(10), num(10))),
        add(power(num(10), power(num(10), num(10))), num(1)),
    ),
    "false statements": (rel(num(1), "=", TWO), rel(num(1), "=", num(3))),
}


@pytest.mark.parametrize("name", SAME)
def test_oracle_finds_no_difference(name):
    assert agree(*SAME[name]) is True


@pytest.mark.parametrize("name", APART)
def test_oracle_proves_the_difference(name):
    assert agree(*APART[name]) is False


@pytest.mark.parametrize("name", UNTOLD)
def test_oracle_admits_what_it_cannot_tell(name):
    assert agree(*UNTOLD[name]) is not False


def test_determinants_are_numbers():
    rows = (X, Y, TWO, num(3))
    transposed = (X, TWO, Y, num(3))
    assert agree(
        entries("matrix", *rows, data=("vmatrix", 2)), entries("matrix", *transposed, data=("vmatrix", 2))
    )
    assert (
        agree(
            entries("matrix", *rows, data=("pmatrix", 2)), entries("matrix", *transposed, data=("pmatrix", 2))
        )
        is False
    )


# --- what is defined nowhere ----------------------------------------------------------------------------------

ZERO = {
    "difference": sub(X, X),
    "factored difference": mul(X, sub(num(1), num(1))),
    "of thirds, zero but for rounding": sub(div(X, num(3)), mul(X, div(num(1), num(3)))),
    "by Pythagoras, zero but for rounding": sub(add(power(fn("sin", X), 2), power(fn("cos", X), 2)), num(1)),
    "tangent": fn("tan", sub(X, X)),
    "whole waves": integral("t", num(0), PI, fn("cos", mul(TWO, sym("t")))),
}
NOWHERE = {
    "root": root(neg(add(num(1), power(X, 2)))),
    "logarithm": fn("ln", neg(power(X, 2))),
    "arcus": fn("arcsin", add(TWO, power(X, 2))),
    "side of an equation": rel(Y, "=", div(Y, sub(X, X))),
    "entry": entries("tuple", Y, div(num(1), sub(X, X))),
    "body of a sum": series("k", num(1), INFINITY, div(at("a", K), sub(X, X))),
    "body of an integral": integral("t", num(0), INFINITY, div(app("f", sym("t")), sub(X, X))),
    "divergent limit": limit("n", INFINITY, N),
}
SOMEWHERE = {
    "fraction": div(num(1), sub(X, Y)),
    "tiny fraction": div(num(1), power(div(X, num(1000)), 8)),
    "root": root(sub(X, num(3))),
    "tower": fn("exp", mul(num(8), power(X, 4))),
    "series": series("k", num(0), INFINITY, neg(add(div(at("a", K), num(1)), num(0)))),
    "improper integral": integral("t", num(0), INFINITY, mul(TWO, mul(X, app("f", neg(neg(sym("t"))))))),
    "limit at a place": limit("x", num(0), power(X, 4)),
    "limit at a gap": limit("x", num(0), div(X, fn("sin", X))),
    "integral that is zero": integral("t", num(0), PI, fn("cos", mul(TWO, sym("t")))),
}


@pytest.mark.parametrize("name", ZERO)
def test_nothing_is_divided_by_what_is_zero_everywhere(name):
    zero = ZERO[name]
    assert not is_nonzero(zero)
    square = power(zero, 2)
    scene = Scene(random.Random(0), square, frozenset())
    assert RULES["negative power"](square, scene) is None
    for none in (div(Y, zero), power(zero, neg(TWO)), fn("ln", zero), fn("cot", zero)):
        assert not is_defined(none)


@pytest.mark.parametrize("name", NOWHERE)
def test_what_is_defined_nowhere_is_seen(name):
    assert not is_defined(NOWHERE[name])


@pytest.mark.parametrize("name", SOMEWHERE)
def test_what_is_defined_is_kept(name):
    assert is_defined(SOMEWHERE[name])


def test_a_number_that_is_zero_at_a_point_only_may_be_divided_by():
    square = power(sub(X, Y), 2)
    assert is_nonzero(sub(X, Y))
    assert RULES["negative power"](square, Scene(random.Random(0), square, frozenset())) is not None


# --- names with a subscript that is written with letters --------------------------------------------------------

M_IJ = sym("m", sub="ij")
SERIES = series("n", num(1), num(6), mul(at("v", N), power(sym("\\lambda"), N)))
SUBSCRIPTS = {
    "": "m", "ij": "mij", "12": "m", "k+1": "mk", r"\text{max}": "m", r"\alpha_i": ["m", "\\alpha", "i"],
}  # fmt: skip


@pytest.mark.parametrize("subscript", SUBSCRIPTS)
def test_letters_of_a_subscript_are_seen(subscript):
    name = sym("m", sub=subscript)
    assert written(name) == {name.data, *map(Name, SUBSCRIPTS[subscript])}


def test_a_name_depends_on_the_letters_of_its_subscript():
    assert may_depend(M_IJ, Name("j")) and may_depend(M_IJ, M_IJ.data) and not may_depend(M_IJ, Name("k"))
    assert may_depend(at("a", K), Name("a"))  # a function of its index
    assert not may_depend(SERIES, Name("n"))  # bound inside


def test_captured_names_are_seen():
    assert captures(series("j", num(1), N, mul(M_IJ, at("v", sym("j")))))
    assert captures(series("a", num(1), N, at("a", K)))
    assert captures(integral("x", num(0), num(1), sym("x", sub="0")))
    assert not captures(div(SERIES, M_IJ))
    assert not captures(series("j", num(1), N, sym("j")))


def test_bound_letters_are_not_renamed_to_letters_of_subscripts():
    whole = div(SERIES, add(M_IJ, at("k", num(1))))
    names = {
        RULES["rename bound"](SERIES, Scene(random.Random(k), whole, frozenset())).data for k in range(60)
    }
    assert names == {Name(base) for base in "pq"}  # of k m n j p q; k is a sequence, m_ij a name


def test_constants_cross_no_binder_that_their_subscripts_name():
    for letter, crosses in (("j", False), ("m", False), ("k", True)):
        index = sym(letter)
        inside = series(letter, num(1), num(6), mul(M_IJ, at("v", index)))
        outside = mul(M_IJ, series(letter, num(1), num(6), at("v", index)))
        for rule, term in (("pull constant", inside), ("push constant", outside)):
            found = RULES[rule](term, Scene(random.Random(0), term, frozenset()))
            assert (found is not None) == crosses, (rule, letter)


def test_mutants_capture_nothing():
    """With any other summation letter, one of the names in the sum would seem to vary."""
    term = series("n", num(1), num(4), add(*(sym("m", sub=sub) for sub in "kmxtu"), N))
    assert any(
        captures(other) for name, other in candidates(term, random.Random(0)) if name == "bound letter"
    )
    for seed in range(60):
        found = mutant(term, term, random.Random(seed))
        assert found is None or not captures(found[1])


def test_pairs_are_what_they_say():
    for seed in range(2 * len(CONSTRUCTS)):
        for make in (rewritten, mutated):
            made = make(seed, random.Random(f"says:{seed}"))
            for term in (made.left, made.right) if made else ():
                assert is_defined(term) and not captures(term), write(term, random.Random(0))


def instances(rule: str, count: int):
    """Terms to which *rule* applies, freshly drawn and after some other steps, each with its result."""
    found = 0
    for seed in range(4000):
        rng = random.Random(f"{rule}:{seed}")
        term = random_term(list(CONSTRUCTS)[seed % len(CONSTRUCTS)], rng)
        _, term = rewrite(term, seed % 3, rng)
        after = apply(rule, term, rng)
        if after is not None:
            yield seed, term, after
            found += 1
            if found == count:
                return


@pytest.mark.parametrize("rule", RULES)
def test_rewrites_keep_the_meaning(rule):
    told = Counter()
    for seed, before, after in instances(rule, 12):
        answer = agree(before, after, seed)
        assert answer is not False, (seed, write(before, random.Random(0)), write(after, random.Random(0)))
        told[answer] += 1
    assert told[True] >= 7


def test_many_steps_keep_the_meaning():
    told = Counter()
    for seed in range(150):
        rng = random.Random(seed)
        before = random_term(list(CONSTRUCTS)[seed % len(CONSTRUCTS)], rng)
        steps, after = rewrite(before, 6, rng)
        answer = agree(before, after, seed)
        assert answer is not False, (seed, steps)
        told[answer] += 1
    assert told[True] > 135


@pytest.mark.parametrize("kind", MUTATIONS)
def test_mutations_can_be_proved(kind):
    proved = 0
    for seed in range(3000):
        rng = random.Random(f"{kind}:{seed}")
        term = random_term(list(CONSTRUCTS)[seed % len(CONSTRUCTS)], rng)
        mutants = [mutant for name, mutant in candidates(term, rng) if name == kind]
        proved += any(agree(term, mutant, seed) is False for mutant in mutants)
        if proved == 3:
            return
    pytest.fail(f"only {proved} proved")


def test_few_mutants_are_given_up():
    made = [pair(MUTATION, seed) for seed in range(400)]
    assert sum(each is None for each in made) < 12
    assert {each.construct for each in made if each} == set(CONSTRUCTS)
    assert len({each.steps[-1] for each in made if each}) > 20


def test_pairs_are_latex():
    for seed in range(400):
        for kind in (REWRITE, MUTATION):
            made = pair(kind, seed)
            for text in (made.left, made.right) if made else ():
                assert is_valid(split(text)), text
    for double in double_life.TEMPLATES:
        assert is_valid(split(double.left)) and is_valid(split(double.right)), double


def test_pairs_can_be_made_again():
    assert [pair(MUTATION, seed) for seed in range(40)] == [pair(MUTATION, seed) for seed in range(40)]
    assert [pair(REWRITE, seed) for seed in range(40)] == [pair(REWRITE, seed) for seed in range(40)]


def test_respelling_changes_nothing_but_the_spelling():
    spellings = {
        write(rel(div(X, TWO), "\\le", root(sub(X, num(3)))), random.Random(seed)) for seed in range(800)
    }
    assert len(spellings) > 50
    assert {r"\frac x2\le\sqrt{x-3}", r"\dfrac{x}{2}\leq\sqrt{x-3}"} <= spellings
