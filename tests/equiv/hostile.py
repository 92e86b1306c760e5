r"""Seeded pairs of formulas written to hang, overflow or fill the memory of a program that reads them.

A *kind* is a function from a random generator to LaTeX. A pair is such a formula beside another spelling of it (the
truth is EQUAL), itself plus one (the truth is DIFFERENT, where the formula has a value), or something else of its
kind (nobody knows).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Rng = random.Random
LETTERS = "abcdfghkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A pair of *kind*; *same* is whether they mean the same, None if that is not known."""

    kind: str
    a: str
    b: str
    same: bool | None


def pairs(number: int, seed: int = 4) -> Iterator[Hostile]:
    """*number* hostile pairs, all kinds in turn."""
    rng = random.Random(seed)
    kinds = [*KINDS]
    for place in range(number):
        kind = kinds[place % len(kinds)]
        text = KINDS[kind](rng)
        way = rng.choice(("respelt", "plus one", "another"))
        if way == "respelt":
            yield Hostile(kind, text, f"{{ {text} }}", None if kind in UNREADABLE else True)
        elif way == "plus one":
            yield Hostile(kind, text, f"{text} + 1", False if kind in HAVE_VALUES else None)
        else:
            yield Hostile(kind, text, KINDS[kind](rng), None)


def _nest(rng: Rng, depth: int, around: Callable[[str], str], core: str | None = None) -> str:
    text = rng.choice(LETTERS) if core is None else core
    for _ in range(depth):
        text = around(text)
    return text


def _deep(rng: Rng) -> int:
    return rng.choice((5, 12, 30, 60, 300, 3000))


def _few(rng: Rng) -> int:
    return rng.randint(3, 12)


def _number(rng: Rng) -> str:
    return rng.choice(("2", "7", "10", "99", "10^9", "2004", "10^{10}", "5 \\cdot 10^8", "123456789", "0.5"))


def tower(rng: Rng) -> str:
    return _nest(
        rng, rng.randint(2, 40), lambda inner: f"{rng.choice('2357')}^{{{inner}}}", rng.choice("23579")
    )


def letter_tower(rng: Rng) -> str:
    return _nest(rng, _deep(rng), lambda inner: f"{rng.choice(LETTERS)}^{{{inner}}}")


def huge_power(rng: Rng) -> str:
    return f"({_number(rng)})^{{{_number(rng)}}} \\cdot {rng.randint(2, 99)}^{{{_number(rng)}}}"


def binomial(rng: Rng) -> str:
    n = rng.choice(("10^9", "10^{18}", "123456789", "10^{10^{10}}"))
    k = rng.choice(("5 \\cdot 10^8", "10^8", "61728394", "7^{77}"))
    return f"\\binom{{{n}}}{{{k}}}"


def factorial(rng: Rng) -> str:
    return _nest(rng, _few(rng), lambda inner: f"({inner})!", _number(rng))


def factorial_quotient(rng: Rng) -> str:
    n = rng.randint(10**4, 10**9)
    return f"\\frac{{{n}!}}{{{n - rng.randint(1, 9)}!}}"


def sums(rng: Rng) -> str:
    text = "i_1 \\cdot x"
    for level in range(rng.randint(1, 30)):
        text = f"\\{rng.choice(('sum', 'prod'))}_{{i_{{{level}}}=1}}^{{{_number(rng)}}} ( {text} + i_{{{level}}} )"
    return text


def braces(rng: Rng) -> str:
    return _nest(rng, _deep(rng), lambda inner: f"{{{inner}}}")


def parentheses(rng: Rng) -> str:
    return _nest(rng, _deep(rng), lambda inner: f"({inner} + {rng.choice(LETTERS)})")


def delimiters(rng: Rng) -> str:
    return _nest(rng, _deep(rng), lambda inner: f"\\left( {inner} \\right)")


def fractions(rng: Rng) -> str:
    return _nest(rng, _deep(rng), lambda inner: f"\\frac{{1}}{{{rng.randint(1, 9)} + {inner}}}")


def roots(rng: Rng) -> str:
    return _nest(rng, _deep(rng), lambda inner: f"\\sqrt{{{rng.randint(1, 9)} + {inner}}}", "2")


def scripts(rng: Rng) -> str:
    return _nest(rng, _deep(rng), lambda inner: f"{rng.choice(LETTERS)}_{{{inner}}}")


def functions(rng: Rng) -> str:
    names = ("\\sin", "\\cos", "\\tan", "\\log", "\\exp", "\\ln", "\\arctan")
    return _nest(rng, _deep(rng) // 10, lambda inner: f"{rng.choice(names)} ( {inner} )")


def bars(rng: Rng) -> str:
    """Every bar may open or close."""
    return " | ".join(["", *(rng.choice(LETTERS) for _ in range(rng.randint(3, 60))), ""])


def maybe_applied(rng: Rng) -> str:
    """Every bracket may be an argument or a factor."""
    return "".join(f"f({letter})" for letter in rng.choices(LETTERS, k=rng.randint(5, 100)))


def plus_minus(rng: Rng) -> str:
    return " ".join(f"\\pm {letter}" for letter in rng.choices(LETTERS, k=rng.randint(5, 60)))


def primes(rng: Rng) -> str:
    return "f" + "'" * rng.randint(2, 200) + "(x)"


def minuses(rng: Rng) -> str:
    return "- " * _deep(rng) + "x"


def product_of_sums(rng: Rng) -> str:
    return "".join(
        f"({rng.choice(LETTERS)}+{rng.choice(LETTERS)}_{{{n}}})" for n in range(rng.randint(5, 60))
    )


def power_of_sum(rng: Rng) -> str:
    terms = "+".join(rng.sample(LETTERS, rng.randint(2, 12)))
    return f"({terms})^{{{rng.choice(('20', '100', '1000', '10^6', '10^{10}'))}}}"


def rational(rng: Rng) -> str:
    return "+".join(f"\\frac{{{rng.choice(LETTERS)}}}{{x+{n}}}" for n in range(rng.randint(5, 200)))


def radicals(rng: Rng) -> str:
    return "+".join(f"\\sqrt{{{rng.randint(2, 999)}}}" for _ in range(rng.randint(3, 40)))


def nearly_equal(rng: Rng) -> str:
    return rng.choice((
        f"1 + 10^{{-{rng.randint(10, 10**7)}}}",
        f"0.{'9' * rng.randint(10, 5000)}",
        "e^{\\pi \\sqrt{163}}",
        f"\\sqrt{{10^{{{2 * rng.randint(10, 10**5)}}} + 1}}",
        f"\\sin ( 10^{{{rng.randint(10, 10**6)}}} )",
        f"\\frac{{{rng.randint(1, 9)}}}{{{10 ** rng.randint(50, 3000)}}}",
    ))  # fmt: skip


def decimal(rng: Rng) -> str:
    digits = "".join(rng.choices("0123456789", k=rng.choice((100, 5000, 100_000))))
    return f"{rng.randint(0, 9)}.{digits}"


def long_sum(rng: Rng) -> str:
    return " + ".join(rng.choices(LETTERS, k=rng.choice((100, 5000, 50_000))))


def long_product(rng: Rng) -> str:
    return " ".join(rng.choices(LETTERS + "23", k=rng.choice((100, 5000, 100_000))))


def long_list(rng: Rng) -> str:
    return rng.choice((" , ", " < ", " = ")).join(rng.choices(LETTERS, k=rng.choice((100, 3000))))


def matrix(rng: Rng) -> str:
    size, kind = rng.choice((5, 20, 60)), rng.choice(("pmatrix", "vmatrix", "cases"))
    rows = " \\\\ ".join(
        " & ".join(f"{rng.choice(LETTERS)}^{{{rng.randint(1, 99)}}}" for _ in range(size))
        for _ in range(size)
    )
    return f"\\begin{{{kind}}} {rows} \\end{{{kind}}}"


def integrals(rng: Rng) -> str:
    text = "\\frac { \\sin x_0 } { x_0 + e^{x_1} }"
    for level in range(_few(rng)):
        text = f"\\int_{{0}}^{{{_number(rng)}}} {text} d x_{{{level}}}"
    return text


def derivatives(rng: Rng) -> str:
    return "\\frac{d}{dx} " * rng.randint(2, 60) + "x^{x^{x}}"


def limits(rng: Rng) -> str:
    return _nest(rng, _few(rng), lambda inner: f"\\lim_{{n \\to \\infty}} ( 1 + \\frac{{{inner}}}{{n}} )^n")


def undefined(rng: Rng) -> str:
    return rng.choice(UNDEFINED)


UNDEFINED = (
    r"\frac{1}{0}", r"\frac{x}{x-x}", "0^0", r"\log 0", "(-1)!", r"\frac{0}{0}", r"\tan \frac{\pi}{2}", "0^{-1}",
    r"\infty - \infty", r"\sqrt[0]{x}", r"\log_1 2", r"\frac{1}{\sin \pi}",
)  # fmt: skip


def litter(rng: Rng) -> str:
    return " ".join(rng.choices(LITTER, k=rng.choice((5, 50, 500))))


LITTER = (
    "{", "}", "^", "_", r"\frac", r"\sqrt", "[", "]", "(", ")", "|", r"\left", r"\right", "x", "1", "+", "-", "=",
    r"\int", r"\sum", "&", r"\\", "!", "'", r"\begin", r"\foo", "$", "%", "\0", "é", "𝔸",
)  # fmt: skip


def misread(rng: Rng) -> str:
    """What a recogniser writes for a picture of another kind: fonts around white space, scripts on nothing, repeats."""
    return " ".join(_misread_part(rng) for _ in range(rng.randint(1, 12)))


def _misread_part(rng: Rng) -> str:
    inner = " ".join(rng.choices((*SCRAPS, "~", "~", "x", "d"), k=rng.randint(0, 4)))
    font = rng.choice((r"\mathrm", r"\mathbf", r"\mathcal", r"\text", r"\operatorname", r"\boldsymbol"))
    return rng.choice((
        f"{font} {{ {inner} }}",
        f"{font} {{ {'~ ' * rng.randint(1, 60)} }}",
        f"{{ }} ^ {{ {{ }} {inner} }}",
        f"{{ }} _ {{ {font} {{ {inner} }} }}",
        f"\\frac {{ {inner} }} {{ {{ }} {{ 2 }} }}",
        rng.choice((r"\,", "~", r"\;", r"\quad")) * rng.randint(1, 30),
        *rng.choices(SCRAPS, k=4),
    ))  # fmt: skip


SCRAPS = tuple(
    r"\sum \biggl( / ^{*} ' ! , . : | = < + - \pm \cdot \div 1 2.5 a B \pi \infty \partial \nabla \lor \land \neg"
    r" \forall \int_0^1 \lim \max \ldots \circ \angle \hat{} \vec{a} \boxed{} \overline{~} \% \prime"
    r" \bmod \dagger".split()
)
UNREADABLE = ("litter", "misread")
"""Kinds of which nobody knows what they mean."""


KINDS: dict[str, Callable[[Rng], str]] = {
    function.__name__.replace("_", " "): function
    for function in (
        tower, letter_tower, huge_power, binomial, factorial, factorial_quotient, sums, braces, parentheses, delimiters,
        fractions, roots, scripts, functions, bars, maybe_applied, plus_minus, primes, minuses, product_of_sums,
        power_of_sum, rational, radicals, nearly_equal, decimal, long_sum, long_product, long_list, matrix, integrals,
        derivatives, limits, undefined, litter, misread,
    )
}  # fmt: skip

HAVE_VALUES = frozenset((
    "tower", "letter tower", "huge power", "binomial", "factorial", "factorial quotient", "braces", "parentheses",
    "delimiters", "fractions", "roots", "scripts", "minuses", "product of sums", "power of sum", "rational",
    "radicals", "nearly equal", "decimal", "long sum", "long product",
))  # fmt: skip
"""Kinds whose formulas are numbers almost everywhere, so that adding one makes a difference."""
