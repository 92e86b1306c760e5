"""Proofs by sympy: closed forms are found, terms that need none are left alone, and sizes are limited."""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.sympy_proof import MAX_NODES, proved_equal
from hmer_suite.equiv.terms import ONE, TWO, Term, add, const, fn, mul, name, num, power

X, N = name("x"), name("n")
BASEL = Term("sum", None, (power(N, num(-2)), N, ONE, const("inf")))
PI_SQUARED = power(const("pi"), TWO)
SIXTH = mul(PI_SQUARED, num(Fraction(1, 6)))


def size(*terms: Term) -> int:
    return sum(1 for term in terms for _ in term.walk())


def test_a_closed_form_is_proved_and_a_wrong_one_is_not():
    assert proved_equal(BASEL, SIXTH)
    assert not proved_equal(BASEL, mul(PI_SQUARED, num(Fraction(1, 7))))


def test_terms_without_anything_for_sympy_are_not_tried(monkeypatch):
    monkeypatch.setattr("hmer_suite.equiv.sympy_proof._Translator", None)
    assert not proved_equal(add(X, ONE), add(X, TWO))


def test_other_domains_are_never_equal():
    inverse_pair = power(const("e"), fn("ln", X))
    assert not proved_equal(add(BASEL, inverse_pair), add(SIXTH, X))


def test_pairs_of_more_than_120_nodes_are_not_tried():
    left, right = add(BASEL, *[X] * 53), add(SIXTH, *[X] * 53)
    assert size(left, right) == MAX_NODES == 120
    assert proved_equal(left, right)
    longer = add(SIXTH, *[X] * 52, Term("add", None, (X,)))
    assert size(left, longer) == 121
    assert not proved_equal(left, longer)


def test_what_sympy_refuses_to_build_is_not_proved():
    moving = add(mul(const("inf"), X), ONE)  # a limit at a point that moves
    assert not proved_equal(
        Term("lim", None, (X, X, moving, ONE)), Term("lim", None, (X, X, const("inf"), ONE))
    )


def test_a_number_of_millions_of_digits_is_not_computed():
    tower = power(num(9), Term("pow", None, (num(9), num(9))))
    for large in (tower, fn("factorial", num(10**8)), fn("binom", num(10**9), num(10**8))):
        assert not proved_equal(add(BASEL, large), add(SIXTH, large, ONE))
