"""Statements, sets and definitions by cases that say the same, or not, in two ways."""

from fractions import Fraction

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

SAME = {
    "solutions": [
        (r"v=\pm5", r"v=5\text{ or }v=-5"),
        (r"v^2=5", r"v=\pm\sqrt5"),
        (r"v^2-v-6=0", r"v=3\text{ or }v=-2"),
        (r"|v-1|=2", r"v=3\vee v=-1"),
        (r"v\ne\pm1", r"v\ne1\text{ and }v\ne-1"),
        ("v=3,7", "v=3,v=7"),
        ("v=3,w=7", "w=7,v=3"),
    ],
    "inequalities": [
        (r"v\ne3", r"v<3\text{ or }v>3"),
        ("|v|<4", "-4<v<4"),
        (r"v^2\ge2", r"v\le-\sqrt2\text{ or }v\ge\sqrt2"),
        (r"\frac1v<0", "v<0"),
        (r"v\in[1,2)", r"1\le v<2"),
        (r"v\notin[1,2)", r"v<1\text{ or }v\geq2"),
        (r"v\in\mathbb R\setminus\{7\}", r"v\neq7"),
    ],
    "sets": [
        (r"\{v\mid v\le2\}", r"(-\infty,2]"),
        (r"\{v\in\mathbb R:v^2<9\}", "(-3,3)"),
        (r"\{v\mid v^2=9\}", r"\{\pm3\}"),
        (r"\{2,4\}\cup\{6\}", r"\{6,4,2\}"),
        (r"\{a,b\}\cup\{c\}", r"\{a\}\cup\{b,c\}"),
        (r"\{2,4\}\cap\{4,6\}", r"\{4\}"),
        (r"[1,3]\setminus\{3\}", "[1,3)"),
        (r"(0,1]\cup(1,2)", "(0,2)"),
    ],
    "logic": [
        (r"q\Rightarrow r", r"\neg r\Rightarrow\neg q"),
        (r"q\Rightarrow r", r"\neg q\vee r"),
        (r"q\Leftrightarrow r", r"(q\Rightarrow r)\wedge(r\Rightarrow q)"),
    ],
    "systems": [
        (r"\begin{cases}v+w=4\\v-w=2\end{cases}", r"\left\{\begin{array}{l}v-w=2\\v+w=4\end{array}\right."),
        (r"\begin{cases}v=1\\w=2\end{cases}", r"\left\{\begin{aligned}v&=1\\w&=2\end{aligned}\right."),
    ],
    "cases": [
        (r"\begin{cases}v&v\ge0\\-v&v<0\end{cases}", "|v|"),
        (r"\begin{cases}v-2,&\text{if }v>2\\0,&\text{otherwise}\end{cases}", r"\max(0,v-2)"),
        (r"\begin{cases}1&v>0\\2&v\le0\end{cases}", r"\begin{cases}2&v\le0\\1&v>0\end{cases}"),
    ],
    "figures": [(r"\angle PQR+\angle QRP", r"\angle RQP+\angle PRQ")],
}
OTHER = {
    "solutions": [
        (r"v=\pm5", "v=5"),
        (r"v^2=5", r"v=\sqrt5"),
        (r"v=\pm5", r"v=5\text{ or }v=-6"),
        ("v=3,v=7", "v=3,v=8"),
        (r"v=\pm a", r"v=a\text{ or }v=b"),
    ],
    "inequalities": [("|v|<4", r"-4\le v<4"), (r"v\in(1,2)", "1<v<3"), (r"v^2<2", "-1<v<1")],
    "sets": [
        (r"\{v\mid v<2\}", r"(-\infty,2]"),
        (r"\{2,4\}\cup\{6\}", r"\{2\}\cup\{4,8\}"),
        (r"[0,1)\cup(1,2]", "[0,2]"),
    ],
    "logic": [(r"q\Rightarrow r", r"\neg q\Rightarrow\neg r"), (r"\neg(q\wedge r)", r"\neg q\wedge\neg r")],
    "systems": [
        (r"\begin{cases}v=1\\w=2\end{cases}", r"\left\{\begin{array}{l}v=1\\w=3\end{array}\right."),
        (r"\begin{cases}v+w=4\\v-w=2\end{cases}", r"\begin{cases}v+w=4\\v-w=1\end{cases}"),
    ],
    "cases": [(r"\begin{cases}v&v\ge0\\-2v&v<0\end{cases}", "|v|")],
    "figures": [(r"\angle PQR=\angle PRQ=1", r"\angle PQR=\angle PRS=1"), (r"\times4-1=0", r"4\times4-1=0")],
    "division by zero": [(r"\frac1v=\frac1{0\times2}", r"\frac1v=\frac12")],
}
NEITHER = [
    ("v^2=0", "v=0"),  # a double root
    ("v^3=27", "v=3"),  # two roots are not real
    (r"D\sqrt3=D", r"D\sqrt{11}=D"),  # neither is solved
    (r"\begin{cases}v=3\\w=7\end{cases}", "w=7,v=3"),
    ("v>3", r"(3,\infty)"),  # a statement and a set
    (r"v=\pm6", "v=6,-6"),
    (r"v=3\text{ or }v=7", "v=3,v=7"),
    ("(1,2)", r"(1,2)\cup\emptyset"),
    (r"(\{a\}\cap\{a,b\})\cup B", r"\{a\}\cup B"),
    (r"\angle Q=1", r"\angle PQR=1"),
    (r"\{v\in\mathbb Z\mid v>0\}", r"(0,\infty)"),
    (r"\begin{cases}v&v>0\\-v&v<0\end{cases}", "|v|"),
]


def flat(kinds):
    return [pair for pairs in kinds.values() for pair in pairs]


def verdicts(one, other):
    return {decide(one, other).verdict, decide(other, one).verdict}


@pytest.mark.parametrize(("one", "other"), flat(SAME))
def test_two_ways_to_say_the_same_are_equal(one, other):
    assert verdicts(one, other) == {EQUAL}


@pytest.mark.parametrize(("one", "other"), flat(OTHER))
def test_other_solutions_are_different(one, other):
    assert verdicts(one, other) == {DIFFERENT}


@pytest.mark.parametrize(("one", "other"), NEITHER)
def test_what_is_not_certain_is_undecided(one, other):
    assert verdicts(one, other) == {UNDECIDED}


def test_witness_solves_only_one_statement():
    witness = decide("p^2<9", "-3<p<4").witness
    assert 3 <= Fraction(witness["p"]) < 4
    assert decide(r"p=\pm2", "p^2=9").witness["p"].lstrip("-") in ("2", "3")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\lnot p\Rightarrow q", r"q\Rightarrow\lnot p"),
        (r"p\wedge q", r"q\vee\lnot p"),
        (r"\{x\mid p\Rightarrow x=1\}", r"\{x\mid x=1\}"),
    ],
)
def test_letters_that_are_statements_are_no_numbers(one, other):
    assert decide(one, other).verdict != EQUAL
