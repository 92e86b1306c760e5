r"""Solutions written in different kinds of notation: sets, intervals, lists, cases, equations, inequalities.

What kind a formula is proves nothing: ``\{x\mid x>0\}`` and ``(0,\infty)`` are one set. Values are drawn so that both
sides hold of the same numbers by construction.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.equiv.bed.formula import Rule, Sides, Tokens, expression, rule_of

RULES: list[Rule] = []
GROUP = "sets and solutions of other kinds"

Drawn = Callable[[random.Random], tuple[str, str]]


def _rule(drawn: Drawn) -> Drawn:
    """Makes a rule of a function that draws two texts that mean the same."""

    def rewriting(tokens: Tokens, rng: random.Random) -> Sides | None:
        left, right = drawn(rng)
        return ((left,), (right,)) if rng.random() < 0.5 else ((right,), (left,))

    rewriting.__doc__ = drawn.__doc__
    RULES.append(Rule(rule_of(drawn), GROUP, rewriting, about_labels=False))
    return drawn


def _letter(rng: random.Random) -> str:
    return rng.choice("xtyzuw")


def _two(rng: random.Random) -> tuple[int, int]:
    low, high = sorted(rng.sample(range(-9, 15), 2))
    return low, high


def _or(rng: random.Random) -> str:
    return rng.choice((r"\text{ or }", r"\lor ", r"\vee ", r"\quad\text{or}\quad "))


def _braces(rng: random.Random, inside: str) -> str:
    return rng.choice((rf"\{{{inside}\}}", rf"\left\{{{inside}\right\}}", rf"\lbrace {inside}\rbrace"))


@_rule
def _rays(rng: random.Random) -> tuple[str, str]:
    """Numbers above or below a bound: as a set, an interval, a statement of belonging."""
    x, a = _letter(rng), rng.randint(-5, 9)
    mid = rng.choice((r"\mid ", "|", ":", r"\,|\,"))
    relation, interval = rng.choice(
        (
            (">", rf"({a},\infty)"),
            (r"\ge", rf"[{a},+\infty)"),
            ("<", rf"(-\infty,{a})"),
            (r"\le", rf"(-\infty,{a}]"),
        )
    )
    domain = rng.choice(("", r"\in\mathbb R"))
    ways = (
        _braces(rng, f"{x}{domain}{mid}{x}{relation} {a}"),
        interval,
        _braces(rng, f"t{mid}t{relation} {a}"),
    )
    statements = (
        f"{x}{relation} {a}",
        rf"{x}\in{interval}",
        rf"{x}\in{_braces(rng, f't{mid}t{relation} {a}')}",
    )
    first, second = rng.sample(rng.choice((ways, statements)), 2)
    return first, second


@_rule
def _a_statement_and_its_solutions(rng: random.Random) -> tuple[str, str]:
    """An inequality, and the interval of its solutions, are the answer to one question."""
    x, a = _letter(rng), rng.randint(-5, 9)
    return f"{x}>{a}", rng.choice((rf"({a},\infty)", rf"({a},+\infty)", rf"\{{{x}\mid {x}>{a}\}}"))


@_rule
def _bounded_intervals(rng: random.Random) -> tuple[str, str]:
    """Numbers between two bounds, as a set, an interval, a chain or two inequalities."""
    (a, b), x = _two(rng), _letter(rng)
    left, right, low, high = rng.choice(
        (
            ("(", ")", "<", "<"),
            ("[", "]", r"\le ", r"\le "),
            ("[", ")", r"\le ", "<"),
            ("(", "]", "<", r"\le "),
        )
    )
    turned = {"<": ">", r"\le ": r"\ge "}
    interval = f"{left}{a},{b}{right}"
    ways = (
        f"{a}{low}{x}{high}{b}",
        rf"{x}\in{interval}",
        f"{x}{turned[low]}{a}\\text{{ and }}{x}{high}{b}",
        f"{b}{turned[high]}{x}{turned[low]}{a}",
        f"{x}{high}{b},{x}{turned[low]}{a}",
        rf"\begin{{cases}}{x}{turned[low]}{a}\\{x}{high}{b}\end{{cases}}",
    )
    sets = (
        interval,
        _braces(rng, rf"{x}\mid {a}{low}{x}{high}{b}"),
        _braces(rng, rf"{x}\in\mathbb R:{a}{low}{x}{high}{b}"),
    )
    first, second = rng.sample(rng.choice((ways, sets)), 2)
    return first, second


@_rule
def _national_intervals(rng: random.Random) -> tuple[str, str]:
    """Open ends are round brackets or outward square ones, ends are parted by a comma or a semicolon."""
    a, b = _two(rng)
    return rng.choice(
        (
            (f"({a},{b})", f"]{a},{b}["),
            (f"({a},{b}]", f"]{a},{b}]"),
            (f"[{a},{b})", f"[{a};{b})"),
            (f"({a};{b})", f"({a},{b})"),
        )
    )


@_rule
def _absolute_values(rng: random.Random) -> tuple[str, str]:
    """A bound on an absolute value is one on both sides."""
    x, a = _letter(rng), rng.randint(1, 12)
    bars = rng.choice((f"|{x}|", rf"\left|{x}\right|", rf"\lvert {x}\rvert"))
    return rng.choice(
        (
            (f"{bars}<{a}", f"-{a}<{x}<{a}"),
            (rf"{bars}\le {a}", rf"-{a}\le {x}\le {a}"),
            (rf"{bars}\le {a}", rf"{x}\in[-{a},{a}]"),
            (f"{bars}>{a}", f"{x}<-{a}{_or(rng)}{x}>{a}"),
            (f"{bars}={a}", rf"{x}=\pm {a}"),
            (f"{bars}={a}", f"{x}={a}{_or(rng)}{x}=-{a}"),
            (f"{bars}<{a}", f"{x}^2<{a * a}"),
            (rf"{bars}\ge {a}", rf"{x}^2\ge {a * a}"),
        )
    )


@_rule
def _plus_minus(rng: random.Random) -> tuple[str, str]:
    """Plus-minus stands for two numbers: as a set, as two equations, as a square."""
    x, a = _letter(rng), rng.randint(1, 12)
    ways = (
        rf"{x}=\pm {a}",
        f"{x}={a}{_or(rng)}{x}=-{a}",
        f"{x}^2={a * a}",
        f"{x}={a},{x}=-{a}",
        f"{x}={a},-{a}",
        rf"{x}\in\{{{a},-{a}\}}",
        rf"{x}={a}\text{{ or }}-{a}",
    )
    sets = (
        rf"\{{\pm {a}\}}",
        rf"\{{{a},-{a}\}}",
        rf"\{{-{a},{a}\}}",
        rf"\left\{{\pm {a}\right\}}",
        rf"\{{x\mid x^2={a * a}\}}",
    )
    first, second = rng.sample(rng.choice((ways, sets)), 2)
    return first, second


@_rule
def _roots_of_a_quadratic(rng: random.Random) -> tuple[str, str]:
    """A product is zero where a factor is."""
    (a, b), x = sorted(rng.sample(range(1, 12), 2)), _letter(rng)
    ways = (
        f"({x}-{a})({x}-{b})=0",
        f"{x}^2-{a + b}{x}+{a * b}=0",
        f"{x}={a}{_or(rng)}{x}={b}",
        rf"{x}\in\{{{a},{b}\}}",
        f"{x}={a},{b}",
        f"{x}={a},{x}={b}",
        f"{x}={b}{_or(rng)}{x}={a}",
        rf"\{{{a},{b}\}}",
    )
    first, second = rng.sample(ways, 2)
    return first, second


@_rule
def _signs_of_a_quadratic(rng: random.Random) -> tuple[str, str]:
    """A product of two factors is positive outside, negative between its zeros."""
    (a, b), x = sorted(rng.sample(range(1, 12), 2)), _letter(rng)
    product = rng.choice((f"({x}-{a})({x}-{b})", f"{x}^2-{a + b}{x}+{a * b}"))
    return rng.choice(
        (
            (f"{product}<0", f"{a}<{x}<{b}"),
            (f"{product}>0", f"{x}<{a}{_or(rng)}{x}>{b}"),
            (rf"{product}\le 0", rf"{x}\in[{a},{b}]"),
            (rf"{product}\ne 0", rf"{x}\ne {a}\text{{ and }}{x}\ne {b}"),
            (f"{product}>0", rf"{x}\in(-\infty,{a})\cup({b},\infty)"),
        )
    )


@_rule
def _other_than(rng: random.Random) -> tuple[str, str]:
    """A number that is not a is below or above it."""
    x, a = _letter(rng), rng.randint(-5, 9)
    ways = (
        rf"{x}\ne {a}",
        f"{x}<{a}{_or(rng)}{x}>{a}",
        f"{x}>{a}{_or(rng)}{x}<{a}",
        rf"{x}\in\mathbb R\setminus\{{{a}\}}",
        rf"{x}\in(-\infty,{a})\cup({a},\infty)",
        rf"{x}\notin\{{{a}\}}",
        rf"\neg({x}={a})",
    )
    sets = (
        rf"\mathbb R\setminus\{{{a}\}}",
        rf"(-\infty,{a})\cup({a},\infty)",
        rf"({a},\infty)\cup(-\infty,{a})",
        rf"\{{x\mid x\ne {a}\}}",
    )
    first, second = rng.sample(rng.choice((ways, sets)), 2)
    return first, second


@_rule
def _alternatives(rng: random.Random) -> tuple[str, str]:
    """Alternatives in another order."""
    (a, b), x = _two(rng), _letter(rng)
    word = _or(rng)
    r, s = rng.choice((("<", ">"), (r"\le ", r"\ge "), ("=", "=")))
    return f"{x}{r}{a}{word}{x}{s}{b}", f"{x}{s}{b}{word}{x}{r}{a}"


@_rule
def _unions_of_intervals(rng: random.Random) -> tuple[str, str]:
    """Intervals that meet are one; the order of a union says nothing."""
    a, b, c = sorted(rng.sample(range(-9, 15), 3))
    return rng.choice(
        (
            (rf"[{a},{b}]\cup({b},{c}]", f"[{a},{c}]"),
            (rf"[{a},{b}]\cup[{b},{c})", f"[{a},{c})"),
            (rf"({a},{c})\cap({b},{c + 3})", f"({b},{c})"),
            (rf"(-\infty,{a})\cup({b},\infty)", rf"({b},\infty)\cup(-\infty,{a})"),
            (rf"[{a},{c}]\setminus({b},{c}]", f"[{a},{b}]"),
            (rf"[{a},{c}]\cap[{c},{c + 2}]", rf"\{{{c}\}}"),
            (rf"[{a},{a}]", rf"\{{{a}\}}"),
            (rf"({a},{b}]\cup\{{{a}\}}", f"[{a},{b}]"),
        )
    )


@_rule
def _finite_sets(rng: random.Random) -> tuple[str, str]:
    """Unions, intersections and differences of finite sets are finite sets."""
    a, b, c, d = rng.sample(range(1, 30), 4)
    return rng.choice(
        (
            (rf"\{{{a},{b}\}}\cup\{{{c}\}}", rf"\{{{c},{a},{b}\}}"),
            (rf"\{{{a},{b},{c}\}}\cap\{{{b},{d}\}}", rf"\{{{b}\}}"),
            (rf"\{{{a},{b},{c}\}}\setminus\{{{b},{d}\}}", rf"\{{{a},{c}\}}"),
            (rf"\{{{a},{b}\}}\cap\{{{c},{d}\}}", r"\emptyset"),
            (r"\varnothing", r"\{\}"),
            (rf"\{{{a},{b},{a}\}}", rf"\{{{b},{a}\}}"),
            (rf"\{{{a},{b}\}}\cup\emptyset", rf"\{{{a},{b}\}}"),
            (rf"\{{{a}\}}\times\{{{b}\}}", rf"\{{({a},{b})\}}"),
            (r"\{1,2,3\}", r"\{n\in\mathbb N\mid 1\le n\le3\}"),
        )
    )


@_rule
def _lists_of_solutions(rng: random.Random) -> tuple[str, str]:
    """Several values of a letter: one list, several equations, a word between them, indices."""
    (a, b), x = _two(rng), _letter(rng)
    ways = (
        f"{x}={a},{b}",
        f"{x}={a},{x}={b}",
        rf"{x}={a}\text{{ or }}{b}",
        rf"{x}={a}\text{{ or }}{x}={b}",
        rf"{x}={a}\quad {x}={b}",
        rf"{x}={b},{a}",
    )
    first, second = rng.sample(ways, 2)
    return first, second


@_rule
def _points(rng: random.Random) -> tuple[str, str]:
    """A point or a pair of values, as a tuple, as equations or as a system."""
    (a, b), (x, y) = _two(rng), rng.choice(("xy", "uv", "ab"))
    ways = (
        f"({x},{y})=({a},{b})",
        f"{x}={a},{y}={b}",
        rf"\begin{{cases}}{x}={a}\\{y}={b}\end{{cases}}",
        rf"{x}={a}\text{{ and }}{y}={b}",
        rf"\left\{{\begin{{array}}{{l}}{y}={b}\\{x}={a}\end{{array}}\right.",
        rf"{y}={b},{x}={a}",
        rf"{x}={a}\land {y}={b}",
    )
    first, second = rng.sample(ways, 2)
    return first, second


@_rule
def _cases_for_absolute_value(rng: random.Random) -> tuple[str, str]:
    """A definition by cases of the absolute value, the larger of two numbers, the sign."""
    t, a = _letter(rng), rng.randint(1, 9)
    return rng.choice(
        (
            (rf"\begin{{cases}}{t}&{t}\ge0\\-{t}&{t}<0\end{{cases}}", f"|{t}|"),
            (rf"\begin{{cases}}{t},&{t}>0\\-{t},&{t}\le0\end{{cases}}", f"|{t}|"),
            (rf"\begin{{cases}}{t}-{a}&{t}\ge {a}\\{a}-{t}&\text{{otherwise}}\end{{cases}}", f"|{t}-{a}|"),
            (rf"\begin{{cases}}{t},&{t}\ge {a}\\{a},&{t}<{a}\end{{cases}}", rf"\max({t},{a})"),
            (
                rf"\begin{{cases}}1&{t}>0\\-1&{t}<0\end{{cases}}",
                rf"\begin{{cases}}-1&{t}<0\\1&{t}>0\end{{cases}}",
            ),
            (
                rf"\begin{{cases}}{t}&\text{{if }}{t}>{a}\\0&\text{{otherwise}}\end{{cases}}",
                rf"\begin{{cases}}0&{t}\le {a}\\{t}&{t}>{a}\end{{cases}}",
            ),
        )
    )


@_rule
def _empty_and_whole(rng: random.Random) -> tuple[str, str]:
    """The set of all real numbers has several names, and so has the empty set."""
    return rng.choice(
        (
            (r"\mathbb R", r"(-\infty,\infty)"),
            (r"\R", r"\mathbb R"),
            (r"x\in\mathbb R", r"-\infty<x<\infty"),
            (r"\emptyset", r"\{x\mid x\ne x\}"),
            (r"\text{no solution}", r"\emptyset"),
            (r"\mathbb N", r"\{1,2,3,\ldots\}"),
            (r"\mathbb R^+", r"(0,\infty)"),
            (r"\mathbb Z", r"\{\ldots,-1,0,1,\ldots\}"),
            (r"\mathbb R_{>0}", r"(0,\infty)"),
        )
    )


def _about_labels() -> list[Rule]:
    """Rules about a label's own expression as an element of sets."""

    def membership(tokens: Tokens, rng: random.Random) -> Sides | None:
        """An expression belongs to a finite set if it equals one of its elements."""
        a, b = rng.sample(range(1, 30), 2)
        if not expression(tokens) or len(tokens) > 12:
            return None
        first = (*tokens, r"\in", r"\{", *str(a), ",", *str(b), r"\}")
        return first, (*tokens, "=", *str(a), r"\text{ or }", *tokens, "=", *str(b))

    def order(tokens: Tokens, rng: random.Random) -> Sides | None:
        """The order of a set's elements says nothing, nor do repeated ones."""
        a = str(rng.randint(2, 99))
        if not expression(tokens) or len(tokens) > 20:
            return None
        return (r"\{", *tokens, ",", *a, r"\}"), (r"\{", *a, ",", *tokens, r"\}")

    return [Rule(f"{rule_of(made)} of a label", GROUP, made) for made in (membership, order)]


RULES += _about_labels()
