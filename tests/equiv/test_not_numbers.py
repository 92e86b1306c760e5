r"""Sums, products, braces and bars that need not be about numbers: ``\mathbb Z+\mathbb Z``, ``\{q,p\}=1``, ``|2K|``."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    (r"t\in4\mathbb Z+1", r"t\in1+4\mathbb Z"),
    (r"\mathbb R\times\mathbb R", r"\mathbb R^2"),
    (r"\mathbb R^{u+v}", r"\mathbb R^{v+u}"),
    (r"\mathbb EU+\mathbb EV", r"\mathbb EV+\mathbb EU"),
    ("K+K", "2K"),
    (r"K/L\cong M", r"M\cong K/L"),
    (r"S=\{u,v\}", r"S=\{v,u\}"),
    (r"S_1\cup K=\{u,v\}", r"S_1\cup K=\{v,u\}"),
    (r"\max\{u,v\}=\frac{u+v+|u-v|}2", r"\frac{u+v+|u-v|}2=\max\{v,u\}"),
    (r"t\in\{u,v\}", r"t\in\{v,u\}"),
    (r"KL\|MN", r"MN\|KL"),
    (r"l_1\parallel l_2", r"l_2\parallel l_1"),
    ("|4t|", "4|t|"),
    ("|3X|", "3|X|"),
    ("|-K|", "|K|"),
    (r"Mm\cdot G", "GmM"),
    (r"Dd\times dd", r"dd\times Dd"),
    (r"C=\pi(8)", r"C=8\pi"),
    (r"u=\pi(v+1)", r"u=\pi v+\pi"),
]
UNDECIDED_PAIRS = [
    (r"4\mathbb Z+6\mathbb Z=2\mathbb Z", r"10\mathbb Z=2\mathbb Z"),
    (r"\mathbb N+\mathbb N", r"2\mathbb N"),
    (r"\mathbb C^3/\mathbb C", r"\mathbb C^2"),
    (r"K+K=\{u+v:u,v\in K\}", r"2K=\{u+v:u,v\in K\}"),
    (r"K-K=\emptyset", r"0=\emptyset"),
    (r"|K+K|\le3|K|", r"2|K|\le3|K|"),
    (r"KL/L\cong K/(K\cap L)", r"K\cong K/(K\cap L)"),
    (r"K/K\cong\{1\}", r"1\cong\{1\}"),
    (r"\dot u=\{u,K\}", r"\dot u=\{K,u\}"),
    (r"\{u,w\}=1", r"\{w,u\}=1"),
    (r"\{u_k,w_l\}=\delta_{kl}", r"\{w_l,u_k\}=\delta_{kl}"),
    (
        r"\frac{du}{dt}=\{u,K\}+\frac{\partial u}{\partial t}",
        r"\frac{du}{dt}=\{K,u\}+\frac{\partial u}{\partial t}",
    ),
    (r"\{K,L\}_{PB}", r"\{L,K\}_{PB}"),
    (r"\{u,\{v,K\}\}", r"\{\{v,K\},u\}"),
    (r"D_{KL}(U\|V)", r"D_{KL}(V\|U)"),
    (r"D(u||v)", r"D(v||u)"),
    (r"u^3\|m", r"m\|u^3"),
    ("|3K|", "3|K|"),
    ("|2K^{-1}|", "2|K^{-1}|"),
    (r"DD\times dd", r"Dd\times Dd"),
    (r"\pi(12)=5", r"12\pi=5"),
    (r"\pi(1)=2,\pi(2)=1", r"\pi=2,2\pi=1"),
]
DIFFERENT_PAIRS = [
    (r"4\mathbb Z+6\mathbb Z", r"4\mathbb Z+5\mathbb Z"),
    (r"\dot u=\{u,K\}", r"\dot u=\{u,L\}"),
    (r"\{u,w\}=1", r"\{u,w\}=2"),
    (r"D(u\|v)", r"D(u\|w)"),
    ("|3K|", "3|L|"),
    (r"|K+K|\le3|K|", r"|K+K|\ge3|L|"),
    (r"\pi(12)=5", r"\pi(12)=6"),
    (r"Dd\times dd", r"Dd\times ee"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL_PAIRS)
def test_numbers_and_sets_as_ever(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), UNDECIDED_PAIRS)
def test_perhaps_no_numbers(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == UNDECIDED


@pytest.mark.parametrize(("one", "other"), DIFFERENT_PAIRS)
def test_another_sign_stays_different(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == DIFFERENT
