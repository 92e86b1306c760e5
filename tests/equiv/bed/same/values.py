r"""Named functions of numbers beside their values, and notations of numbers: a name that is known is no arbitrary one.

Values are computed here with Python's own whole numbers and fractions.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction

from tests.equiv.bed.formula import Rule, Sides, Tokens, rule_of

RULES: list[Rule] = []
GROUP = "named functions and numbers"

Drawn = Callable[[random.Random], tuple[str, str]]


def _rule(drawn: Drawn) -> Drawn:
    """Makes a rule of a function that draws two texts that mean the same."""

    def rewriting(tokens: Tokens, rng: random.Random) -> Sides | None:
        left, right = drawn(rng)
        return (left,), (right,)

    rewriting.__doc__ = drawn.__doc__
    RULES.append(Rule(rule_of(drawn), GROUP, rewriting, about_labels=False))
    return drawn


def _named(rng: random.Random, name: str) -> str:
    r"""A name in one of the ways that people write it."""
    ways = [rf"\operatorname{{{name}}}", rf"\mathrm{{{name}}}", rf"\text{{{name}}}"]
    return rng.choice(ways + [rf"\{name}", name] * (name in ("gcd", "max", "min")))


@_rule
def _greatest_common_divisor(rng: random.Random) -> tuple[str, str]:
    """The greatest common divisor and the least common multiple of numbers are numbers."""
    a, b = rng.randint(2, 60), rng.randint(2, 60)
    name, value = rng.choice((("gcd", math.gcd(a, b)), ("lcm", math.lcm(a, b)), ("GCD", math.gcd(a, b))))
    return f"{_named(rng, name)}({a},{b})", str(value)


@_rule
def _greatest_and_least(rng: random.Random) -> tuple[str, str]:
    """The greatest and the least of numbers are among them."""
    numbers = [rng.randint(-20, 40) for _ in range(rng.randint(2, 4))]
    name, value = rng.choice((("max", max(numbers)), ("min", min(numbers))))
    left, right = rng.choice((("(", ")"), (r"\{", r"\}"), (r"\left\{", r"\right\}")))
    return f"{_named(rng, name)}{left}{','.join(map(str, numbers))}{right}", str(value)


@_rule
def _rounding(rng: random.Random) -> tuple[str, str]:
    """Floor and ceiling of a number are whole numbers."""
    number = Fraction(rng.randint(-400, 900), 10)
    decimal = str(float(number))
    down = rng.random() < 0.5
    value = math.floor(number) if down else math.ceil(number)
    name, left, right = ("floor", r"\lfloor ", r"\rfloor") if down else ("ceil", r"\lceil ", r"\rceil")
    sized = rf"\left{left}{decimal}\right{right}"
    return rng.choice((f"{left}{decimal}{right}", sized, f"{_named(rng, name)}({decimal})")), str(value)


@_rule
def _remainders(rng: random.Random) -> tuple[str, str]:
    """The remainder of a division is a number."""
    a, b = rng.randint(5, 90), rng.randint(2, 12)
    sign = rng.choice((r"\bmod ", r"\mod ", r"\operatorname{mod}", r"\text{ mod }"))
    return f"{a}{sign}{b}", str(a % b)


@_rule
def _congruences(rng: random.Random) -> tuple[str, str]:
    """A congruence is symmetric, and its modulus is written in several ways."""
    a, c, m = rng.choice("abnxp"), rng.choice("ckry"), rng.choice(("7", "12", "m", "p"))
    ways = (
        rf"\pmod{{{m}}}",
        rf"\pmod {m}",
        rf"(\bmod {m})",
        rf"\quad(\operatorname{{mod}} {m})",
        rf"(\mathrm{{mod}}\ {m})",
        rf"\ (\text{{mod }}{m})",
        rf"\mod {m}",
    )
    return rf"{a}\equiv {c}{rng.choice(ways)}", rf"{c}\equiv {a}{rng.choice(ways)}"


@_rule
def _gamma(rng: random.Random) -> tuple[str, str]:
    """The gamma function at a whole number is the factorial of the one before."""
    n = rng.randint(1, 9)
    return rf"\Gamma({n})", rng.choice((str(math.factorial(n - 1)), f"{n - 1}!"))


@_rule
def _choices(rng: random.Random) -> tuple[str, str]:
    """Numbers of combinations and arrangements are written with C, A and P in many countries."""
    n = rng.randint(3, 12)
    k = rng.randint(1, n - 1)
    letter = rng.choice("CAP")
    value = math.comb(n, k) if letter == "C" else math.perm(n, k)
    ways = [
        f"{letter}_{{{n}}}^{{{k}}}",
        rf"\mathrm {letter}_{{{n}}}^{{{k}}}",
        f"{{}}_{{{n}}}{letter}_{{{k}}}",
        f"{letter}^{{{k}}}_{{{n}}}",
    ]
    other = [str(value), *([rf"\binom{{{n}}}{{{k}}}", rf"\dbinom{{{n}}}{{{k}}}"] if letter == "C" else [])]
    return rng.choice(ways), rng.choice(other)


@_rule
def _choices_of_letters(rng: random.Random) -> tuple[str, str]:
    """A binomial coefficient of letters has the same notations."""
    n, k = rng.sample("nkmrpq", 2)
    return rng.choice((f"C_{n}^{k}", rf"\mathrm C_{n}^{k}", f"{{}}_{n}C_{k}")), rf"\binom {n}{k}"


@_rule
def _double_factorial(rng: random.Random) -> tuple[str, str]:
    """The double factorial of n is the product of every other number up to n."""
    n = rng.randint(3, 9)
    return f"{n}!!", str(math.prod(range(n, 0, -2)))


def _complex(rng: random.Random, a: int, b: int) -> str:
    unit = rng.choice((r"\mathrm i", "i"))
    return f"{a}{'+' if b > 0 else '-'}{abs(b) if abs(b) != 1 else ''}{unit}"


@_rule
def _complex_numbers(rng: random.Random) -> tuple[str, str]:
    """Conjugate, parts and modulus of a complex number are numbers."""
    a, b = rng.randint(1, 9), rng.choice((-1, 1)) * rng.randint(1, 9)
    number = _complex(rng, a, b)
    return rng.choice(
        (
            (rf"\overline{{{number}}}", _complex(rng, a, -b)),
            (rf"\bar{{{number}}}", _complex(rng, a, -b)),
            (rf"\Im({number})", str(b)),
            (rf"\Re({number})", str(a)),
            (rf"\operatorname{{Im}}({number})", str(b)),
            (rf"\mathrm{{Re}}({number})", str(a)),
            (rf"|{number}|", rf"\sqrt{{{a * a + b * b}}}"),
            (rf"({number})^2", _complex(rng, a * a - b * b, 2 * a * b)),
            (rf"({number})^*", _complex(rng, a, -b)),
        )
    )


@_rule
def _complex_exponentials(rng: random.Random) -> tuple[str, str]:
    """Euler's formula at multiples of a right angle."""
    e, i = rng.choice((r"\mathrm e", "e", r"\exp")), rng.choice((r"\mathrm i", "i"))
    angle, value = rng.choice(((r"\pi", "-1"), (r"2\pi", "1"), (r"\frac{\pi}{2}", i), (r"3\pi", "-1")))
    inside = f"{i}{angle}"
    return (f"{e}({inside})" if e == r"\exp" else f"{e}^{{{inside}}}"), value


@_rule
def _arc_minutes(rng: random.Random) -> tuple[str, str]:
    """A sixtieth of a degree is a minute."""
    degrees, minutes = rng.randint(1, 89), rng.choice((6, 12, 15, 30, 45))
    decimal = f"{degrees + minutes / 60:g}"
    ways = (
        f"{degrees}^\\circ{minutes}'",
        f"{degrees}^{{\\circ}}{minutes}^{{\\prime}}",
        f"{degrees}°{minutes}′",
    )
    return rng.choice(ways), rf"{decimal}^\circ"


@_rule
def _bases(rng: random.Random) -> tuple[str, str]:
    """A number with its base as an index."""
    number = rng.randint(3, 40)
    base, digits = rng.choice(((2, f"{number:b}"), (8, f"{number:o}")))
    return rng.choice((f"{digits}_{{{base}}}", f"({digits})_{base}", f"{digits}_{base}")), str(number)


@_rule
def _scientific_notation(rng: random.Random) -> tuple[str, str]:
    """An e between digits, as programs print it, is a power of ten."""
    head, exponent = rng.choice(("1.5", "2", "6.25", "3.1")), rng.randint(2, 5)
    value = Fraction(head) * 10**exponent
    return f"{head}e{exponent}", rng.choice((str(value), rf"{head}\times10^{{{exponent}}}"))


@_rule
def _decimal_comma(rng: random.Random) -> tuple[str, str]:
    """A comma is a decimal sign in most of the world."""
    whole, part = rng.randint(0, 30), rng.choice((25, 5, 75, 7, 125, 3))
    value = Fraction(f"{whole}.{part}")
    comma = rng.choice((",", "{,}")) if part < 100 else ","  # "{,}" before three digits groups thousands
    return f"{whole}{comma}{part}", rng.choice(
        (f"{whole}.{part}", rf"\frac{{{value.numerator}}}{{{value.denominator}}}")
    )


@_rule
def _thousands(rng: random.Random) -> tuple[str, str]:
    """Thousands are grouped by commas, thin spaces or apostrophes."""
    head, tail = rng.randint(1, 999), rng.randint(0, 999)
    return f"{head}{rng.choice((',', '{,}', chr(92) + ',', chr(39), '~'))}{tail:03d}", f"{head}{tail:03d}"


@_rule
def _logarithms_by_base(rng: random.Random) -> tuple[str, str]:
    """The logarithm of a power of its base is the exponent."""
    base, exponent = rng.choice((2, 3, 5, 10)), rng.randint(1, 5)
    power = base**exponent
    ways = [rf"\log_{{{base}}}{power}", rf"\log_{{{base}}}({power})", rf"\frac{{\ln {power}}}{{\ln {base}}}"]
    return rng.choice(
        ways
        + ([rf"\lg {power}", rf"\log {power}"] if base == 10 else [rf"\operatorname{{log}}_{base}{power}"])
    ), str(exponent)


@_rule
def _known_functions(rng: random.Random) -> tuple[str, str]:
    """Names that are used for one function only have its value."""
    return rng.choice(
        (
            (r"\operatorname{sgn}(-3)", "-1"),
            (r"\operatorname{sign}(8)", "1"),
            (r"\operatorname{arcsin}1", r"\frac\pi2"),
            (r"\operatorname{arctg}1", r"\frac\pi4"),
            (r"\operatorname{tg}0", "0"),
            (r"\zeta(2)", r"\frac{\pi^2}{6}"),
            (r"\operatorname{erf}(0)", "0"),
            (r"\operatorname{sinc}(0)", "1"),
            (r"\deg(x^3+1)", "3"),
            (r"\dim\mathbb R^3", "3"),
            (r"|\{1,4,9\}|", "3"),
            (r"\#\{2,5\}", "2"),
            (r"\operatorname{card}\{2,5\}", "2"),
            (r"\operatorname{sech}0", "1"),
            (r"\operatorname{abs}(-4)", "4"),
            (r"\operatorname{sqrt}(9)", "3"),
            (r"\operatorname{frac}(2.5)", "0.5"),
            (r"\{2.5\}", "0.5"),
        )
    )


@_rule
def _second_derivatives(rng: random.Random) -> tuple[str, str]:
    """Partial derivatives of a smooth function are taken in either order."""
    u, v = rng.sample("uvxyst", 2)
    g = rng.choice("fghw")
    return rng.choice(
        (
            (rf"\partial_{u}\partial_{v} {g}", rf"\partial_{v}\partial_{u} {g}"),
            (
                rf"\frac{{\partial^2 {g}}}{{\partial {u}\partial {v}}}",
                rf"\frac{{\partial^2 {g}}}{{\partial {v}\partial {u}}}",
            ),
        )
    )


@_rule
def _vector_analysis(rng: random.Random) -> tuple[str, str]:
    """Identities of vector analysis, in which the sign of a product is none of numbers."""
    g, w = rng.choice(("g", "f", r"\varphi")), rng.choice((r"\mathbf F", r"\vec A"))
    return rng.choice(
        (
            (rf"\nabla\times(\nabla {g})", rng.choice(("0", r"\mathbf 0", r"\vec 0"))),
            (rf"\nabla\cdot(\nabla\times {w})", "0"),
            (rf"\nabla\cdot\nabla {g}", rng.choice((rf"\nabla^2{g}", rf"\Delta {g}"))),
            (r"\vec a\times\vec a", r"\vec 0"),
            (r"\vec a\times\vec b", r"-\vec b\times\vec a"),
            (r"\vec a\cdot\vec b", r"\vec b\cdot\vec a"),
            (r"\overrightarrow{AB}+\overrightarrow{BC}", r"\overrightarrow{AC}"),
            (r"\overrightarrow{AB}", r"-\overrightarrow{BA}"),
        )
    )


@_rule
def _matrices(rng: random.Random) -> tuple[str, str]:
    """Matrices are added, multiplied and transposed entry by entry, in round or square brackets."""
    a, b, c, d, e, f = (rng.randint(-3, 6) for _ in range(6))

    def column(*entries: int) -> str:
        name = rng.choice(("pmatrix", "bmatrix"))
        return rf"\begin{{{name}}}" + r"\\".join(map(str, entries)) + rf"\end{{{name}}}"

    square = rf"\begin{{pmatrix}}{a}&{b}\\{c}&{d}\end{{pmatrix}}"
    return rng.choice(
        (
            (column(a, b) + "+" + column(c, d), column(a + c, b + d)),
            (f"2{column(a, b)}", column(2 * a, 2 * b)),
            (square + column(e, f), column(a * e + b * f, c * e + d * f)),
            (column(a, b), column(a, b)),
            (rf"\det{square}", str(a * d - b * c)),
            (rf"\left|\begin{{array}}{{cc}}{a}&{b}\\{c}&{d}\end{{array}}\right|", str(a * d - b * c)),
            (rf"{square}^T", rf"\begin{{pmatrix}}{a}&{c}\\{b}&{d}\end{{pmatrix}}"),
            (rf"\operatorname{{tr}}{square}", str(a + d)),
            (rf"\begin{{pmatrix}}{a}&{b}\end{{pmatrix}}^T", column(a, b)),
            (rf"\operatorname{{rank}}{column(a, 1)}", "1"),
        )
    )


@_rule
def _integrals(rng: random.Random) -> tuple[str, str]:
    """A differential may stand in a numerator, in brackets, or first; an evaluated bracket is a difference."""
    a, b, n = rng.randint(0, 2), rng.randint(3, 6), rng.randint(2, 4)
    value = Fraction(b ** (n + 1) - a ** (n + 1), n + 1)
    fraction = rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
    x, f = rng.choice("xtu"), rng.choice("fgh")
    return rng.choice(
        (
            (rf"\int\frac{{{n}\cdot d{x}}}{{{x}}}", rf"\int\frac{{{n}}}{{{x}}}d{x}"),
            (rf"\int({x}^{n}\,d{x})", rf"\int {x}^{n}\,d{x}"),
            (rf"\int d{x}\,{f}({x})", rf"\int {f}({x})\,d{x}"),
            (rf"\left.\frac{{{x}^{n + 1}}}{{{n + 1}}}\right|_{a}^{b}", fraction),
            (rf"\left[\frac{{{x}^{n + 1}}}{{{n + 1}}}\right]_{a}^{b}", fraction),
            (rf"\int_{a}^{b}{x}^{n}d{x}", fraction),
            (rf"\int_a^b{f}(t)dt+\int_b^c{f}(t)dt", rf"\int_a^c{f}(t)dt"),
            (rf"\int_{a}^{b}{f}({x})\mathrm d{x}", rf"\int_{{[{a},{b}]}}{f}({x})\mathrm d{x}"),
        )
    )


@_rule
def _ratios_and_percent(rng: random.Random) -> tuple[str, str]:
    """Ratios in lowest terms, mixed numbers, per cent and per mille."""
    a, b, k = rng.randint(1, 9), rng.randint(2, 9), rng.randint(2, 5)
    whole = rng.randint(1, 6)
    return rng.choice(
        (
            (f"{a}:{b}", f"{a * k}:{b * k}"),
            (rf"{whole}\frac{{{a}}}{{{a + b}}}", rf"\frac{{{whole * (a + b) + a}}}{{{a + b}}}"),
            (rf"{a}\%", rf"\frac{{{a}}}{{100}}"),
            (rf"{a * 10}‰", rf"{a}\%"),
            (rf"{a}\div{b}", rf"\frac{{{a}}}{{{b}}}"),
            (f"0.{a}{a}{a}\\ldots", rf"\frac{{{a}}}{{9}}"),
            (rf"0.\dot{a}", rf"\frac{{{a}}}{{9}}"),
            (rf"0.\overline{{{a}}}", rf"\frac{{{a}}}{{9}}"),
        )
    )


@_rule
def _surds(rng: random.Random) -> tuple[str, str]:
    """A root of a sum with a root may be a difference of roots."""
    a, b = rng.sample(range(2, 9), 2)
    big, small = max(a, b), min(a, b)
    return rng.choice(
        (
            (rf"\sqrt{{{a + b}+2\sqrt{{{a * b}}}}}", rf"\sqrt{{{a}}}+\sqrt{{{b}}}"),
            (rf"\sqrt{{{a + b}-2\sqrt{{{a * b}}}}}", rf"\sqrt{{{big}}}-\sqrt{{{small}}}"),
            (
                rf"\frac1{{\sqrt{{{big}}}-\sqrt{{{small}}}}}",
                rf"\frac{{\sqrt{{{big}}}+\sqrt{{{small}}}}}{{{big - small}}}",
            ),
            (rf"\sqrt[3]{{{a**3 * b}}}", rf"{a}\sqrt[3]{{{b}}}"),
            (rf"√{a}", rf"\sqrt{{{a}}}"),
        )
    )
