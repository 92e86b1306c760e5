r"""Statements that are not the same: relations without sides, poles that cancel, factors that are not proportional."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

from tests.equiv.bed.formula import Rule, Sides, Tokens, expression, free_places, is_bare, is_letter, rule_of

RULES: list[Rule] = []

Made = Callable[[Tokens, random.Random], Sides | None]


def _rule(group: str, *needed: str, about_labels: bool = True) -> Callable[[Made], Made]:
    def register(made: Made) -> Made:
        RULES.append(Rule(rule_of(made), group, made, needed, about_labels))
        return made

    return register


# --- relations without sides --------------------------------------------------------------------------------------

EMPTY = "relations without sides"
TURNED = (
    ("<", ">"),
    (r"\le", r"\ge"),
    (r"\leq", r"\geq"),
    (r"\in", r"\ni"),
    (r"\subset", r"\supset"),
    (r"\subseteq", r"\supseteq"),
    (r"\Rightarrow", r"\Leftarrow"),
    (r"\to", r"\gets"),
    (r"\ll", r"\gg"),
    (r"\prec", r"\succ"),
    (r"\leqslant", r"\geqslant"),
    (r"\rightarrow", r"\leftarrow"),
    (r"\sqsubset", r"\sqsupset"),
    (r"\lesssim", r"\gtrsim"),
    (r"\mapsto", r"\gets"),
)


def _turned(rng: random.Random) -> tuple[str, str]:
    pair = rng.choice(TURNED)
    return pair if rng.random() < 0.5 else pair[::-1]


@_rule(EMPTY, about_labels=False)
def _a_relation_alone(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A sign alone is that sign: there is nothing to turn it with."""
    one, other = _turned(rng)
    frame = rng.choice(
        (
            "{}",
            "{}",
            r"\boxed {{ {} }}",
            r"\textcircled {{ {} }}",
            "( {} )",
            r"\text{{(2) }} {}",
            r"\mathbf {{ {} }}",
            r"\textcolor{{red}}{{ {} }}",
            r"{{ {} }}",
            r"\quad {} \quad",
        )
    )
    return tuple(frame.format(one).split()), tuple(frame.format(other).split())


@_rule(EMPTY)
def _a_relation_in_a_circle(tokens: Tokens, rng: random.Random) -> Sides | None:
    """The answer filled in between two formulas."""
    one, other = _turned(rng)
    number = tuple(str(rng.randint(2, 99)))
    if not expression(tokens) or len(tokens) > 16:
        return None
    frame = rng.choice((r"\textcircled", r"\boxed", r"\bigcirc"))
    if frame == r"\bigcirc":
        return (*tokens, "(", one, ")", *number), (*tokens, "(", other, ")", *number)
    return (*tokens, frame, "{", one, "}", *number), (*tokens, frame, "{", other, "}", *number)


@_rule(EMPTY)
def _a_relation_as_a_script(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A relation in an index or an exponent is part of a name."""
    one, other = _turned(rng)
    places = [p for p in free_places(tokens) if is_letter(tokens[p]) and is_bare(tokens, p)]
    if not places or not expression(tokens) or len(tokens) > 24 or _may_be_constant(tokens):
        return None
    place, sign = rng.choice(places), rng.choice("_^")
    if tokens[place + 1 : place + 2] in (("_",), ("^",), ("'",)):
        return None
    head, tail = tokens[: place + 1], tokens[place + 1 :]
    return (*head, sign, "{", one, "}", *tail), (*head, sign, "{", other, "}", *tail)


@_rule(EMPTY, about_labels=False)
def _an_arrow_over_a_letter(tokens: Tokens, rng: random.Random) -> Sides | None:
    """An arrow over a letter points where it points."""
    letter = rng.choice("uvwabF")
    one, other = rng.choice(
        ((r"\to", r"\gets"), (r"\rightarrow", r"\leftarrow"), (">", "<"), (r"\Rightarrow", r"\Leftarrow"))
    )
    frame = rng.choice((r"\overset", r"\underset", r"\stackrel"))
    return (frame, "{", one, "}", "{", letter, "}"), (frame, "{", other, "}", "{", letter, "}")


@_rule(EMPTY, "<", ">", "\\leq", "\\geq")
def _one_side_of_a_label(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Below a bound is not above it."""
    signs = {"<": ">", ">": "<", "\\leq": "\\geq", "\\geq": "\\leq"}
    places = [p for p, token in enumerate(tokens) if token in signs]
    if len(places) != 1 or not expression(tokens[places[0] + 1 :]) or not tokens[places[0] + 1 :]:
        return None
    rest = tokens[places[0] + 1 :]
    return (tokens[places[0]], *rest), (signs[tokens[places[0]]], *rest)


# --- poles --------------------------------------------------------------------------------------------------------

POLES = "poles that cancel"


def _minus(letter: str, value: int) -> str:
    return letter if not value else f"{letter} {'-' if value > 0 else '+'} {abs(value)}"


@_rule(POLES, about_labels=False)
def _an_extraneous_root(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A zero of the denominator solves the equation only after the factor has been cancelled."""
    t, a, b = rng.choice("txyzsu"), rng.randint(-9, 9), rng.randint(-9, 9)
    scale = rng.choice((1, 1, 2, 3))
    square = f"{t} ^ 2" if a + b == 0 else f"{t} ^ 2 {'-' if a + b > 0 else '+'} {abs(a + b)} {t}"
    constant = "" if a * b == 0 else f"{'+' if a * b > 0 else '-'} {abs(a * b)}"
    product = rng.choice((f"( {_minus(t, a)} ) ( {_minus(t, b)} )", f"{square} {constant}"))
    head = f"{scale}" if scale > 1 else ""
    left = f"{head} \\frac {{ {product} }} {{ {_minus(t, a)} }} = {scale * (a - b)}"
    right = rng.choice((f"{t} = {a}", f"{_minus(t, a)} = 0", f"{_minus(t, b)} = {a - b}", f"2 {t} = {2 * a}"))
    return tuple(left.split()), tuple(right.split())


@_rule(POLES, about_labels=False)
def _a_factor_over_itself(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A quotient of equals is one only where it is defined, and the root is where it is not."""
    t, a = rng.choice("txyzsu"), rng.randint(-9, 9)
    factor, value = rng.choice(
        (
            (_minus(t, a), f"{_minus(t, a - 1)}"),
            (rf"\sin ( {_minus(t, a)} )", rf"\cos ( {_minus(t, a)} )"),
            (rf"| {_minus(t, a)} |", rf"e ^ {{ {_minus(t, a)} }}"),
            (rf"\ln ( {_minus(t, a - 1)} )", rf"{_minus(t, a - 1)}"),
        )
    )
    left = f"\\frac {{ {factor} }} {{ {factor} }} = {value}"
    return tuple(left.split()), tuple(rng.choice((f"{value} = 1", f"1 = {value}")).split())


@_rule(POLES, about_labels=False)
def _an_inequality_at_a_pole(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A weak inequality holds at zero only where nothing is divided by zero."""
    t, a = rng.choice("txyzsu"), rng.randint(-6, 6)
    base = t if not a else f"( {_minus(t, a)} )"
    low, more = rng.randint(1, 3), rng.randint(1, 3)
    relation = rng.choice((r"\ge", r"\le", r"\leq", r"\geq", "="))

    def power(n: int) -> str:
        return base if n == 1 else f"{base} ^ {n}"

    left = f"\\frac {{ {power(low + more)} }} {{ {power(low)} }} {relation} 0"
    return tuple(left.split()), tuple(f"{power(more)} {relation} 0".split())


@_rule(POLES)
def _a_label_over_a_pole(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A product with a square, divided by its base, is not zero at the base's zero but undefined."""
    fresh = next(letter for letter in "txzuwpq" if letter not in tokens or letter == "q")
    if (
        not expression(tokens)
        or len(tokens) > 16
        or fresh in tokens
        or any(token in UNSURE for token in tokens)
    ):
        return None
    a = rng.randint(1, 9)
    factor = (fresh, "-", str(a))
    brackets = ("(", *factor, ")")
    left = ("\\frac", "{", *brackets, "^", "2", "(", *tokens, ")", "}", "{", *factor, "}", "=", "0")
    return left, (*brackets, "(", *tokens, ")", "=", "0")


UNSURE = frozenset(
    r"\int \sum \lim \prod d \partial \infty \triangle \angle / \bot \square \% ! \circ".split()
)
"""Signs with which a label may be no number, or undefined everywhere."""


def _may_be_constant(tokens: Tokens) -> bool:
    """Whether a label may have no letters that matter, as ``0 x`` and ``1 ^ x``, or be no number."""
    vanishes = "0" in tokens or any(pair == ("1", "^") for pair in pairwise(tokens))
    return vanishes or any(token in UNSURE for token in tokens) or not any(map(is_letter, tokens))


# --- constant factors -----------------------------------------------------------------------------------------------

FACTORS = "constant factors"
CONSTANTS = (
    r"\pi",
    r"\sqrt { 2 }",
    r"\sqrt { 3 }",
    r"\sqrt 5",
    r"\sqrt 7",
    r"\ln 2",
    r"( 1 + \sqrt 2 )",
    r"( \pi + 1 )",
    r"\mathrm { e }",
    r"\sin 1",
    r"\sqrt [ 3 ] { 2 }",
    r"\frac { \pi } { 2 }",
)


@_rule(FACTORS)
def _multiples_of_one_term(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Two equations between multiples of one term are not proportional, though both hold where the term is zero."""
    if not expression(tokens) or len(tokens) > 14 or _may_be_constant(tokens):
        return None
    body = ("(", *tokens, ")") if len(tokens) > 1 else tokens
    relation = rng.choice(("=", "=", "<", r"\ge"))
    constant = tuple(rng.choice(CONSTANTS).split())
    a, b = rng.sample(range(2, 12), 2)
    return (*constant, *body, relation, *str(a), *body), (*constant, *body, relation, *str(b), *body)


@_rule(FACTORS, about_labels=False)
def _other_constants_on_one_side(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Two irrational constants make two equations."""
    letter = rng.choice("BkxyCRv")
    one, other = (tuple(constant.split()) for constant in rng.sample(CONSTANTS[:6], 2))
    right = rng.choice(((letter,), ("2", letter), ("3", letter)))
    return (*one, letter, "=", *right), (*other, letter, "=", *right)


@_rule(FACTORS, about_labels=False)
def _factors_that_are_sums(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Multiples of a sum, a power or a function of letters are not proportional either."""
    a, b, c = rng.sample(range(2, 12), 3)
    body = rng.choice(
        ("( p + q )", r"( x ^ 2 + y )", r"\sin x", r"\sqrt { r }", "a b", r"\frac { u } { v }", "| z |")
    )
    relation = rng.choice(("=", "<", r"\le"))
    return tuple(f"{a} {body} {relation} {b} {body}".split()), tuple(
        f"{a} {body} {relation} {c} {body}".split()
    )
