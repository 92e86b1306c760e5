r"""Notation that must not be read too freely: operators, sets, names, spaces, segments, temperatures."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.equiv.bed.formula import Rule, Sides, Tokens, free_places, is_bare, is_digit, is_letter, rule_of

RULES: list[Rule] = []

Drawn = Callable[[random.Random], tuple[str, str]]
Made = Callable[[Tokens, random.Random], Sides | None]


def _rule(group: str) -> Callable[[Drawn], Drawn]:
    """Makes a rule of a function that draws two texts which must not be EQUAL."""

    def register(drawn: Drawn) -> Drawn:
        def rewriting(tokens: Tokens, rng: random.Random) -> Sides | None:
            left, right = drawn(rng)
            return None if left == right else ((left,), (right,))

        rewriting.__doc__ = drawn.__doc__
        RULES.append(Rule(rule_of(drawn), group, rewriting, about_labels=False))
        return drawn

    return register


def _label_rule(group: str, *needed: str) -> Callable[[Made], Made]:
    def register(made: Made) -> Made:
        RULES.append(Rule(rule_of(made), group, made, needed))
        return made

    return register


# --- what need not commute ------------------------------------------------------------------------------------------

ORDER = "what need not commute"


def _operator(rng: random.Random, letters: str) -> list[str]:
    """Two operators in one notation."""
    a, b = rng.sample(letters, 2)
    frame = rng.choice(
        (
            r"\hat {}",
            r"\hat{{{}}}",
            r"\widehat {}",
            r"\mathbf {}",
            r"\boldsymbol {}",
            r"\hat{{\mathbf {}}}",
            r"\mathbf{{{}}}",
        )
    )
    return [frame.format(a), frame.format(b)]


@_rule(ORDER)
def _operators(rng: random.Random) -> tuple[str, str]:
    """Operators and matrices do not commute in general."""
    a, b = _operator(rng, "xpabqHLA")
    middle = rng.choice(("", " ", r"\cdot ", r"\,"))
    tail = rng.choice(("", "", r"\psi", "|u\\rangle", "=0", "+1"))
    return f"{a}{middle}{b}{tail}", f"{b}{middle}{a}{tail}"


@_rule(ORDER)
def _commutators(rng: random.Random) -> tuple[str, str]:
    """A commutator changes its sign with its order, and is not zero in general."""
    a, b = _operator(rng, "xpabqHLA")
    return rng.choice(
        (
            (f"[{a},{b}]", f"[{b},{a}]"),
            (f"{a}{b}-{b}{a}", "0"),
            (f"{a}{b}+{b}{a}", f"2{a}{b}"),
            (f"({a}+{b})^2", f"{a}^2+2{a}{b}+{b}^2"),
        )
    )


@_rule(ORDER)
def _adjoints(rng: random.Random) -> tuple[str, str]:
    """An operator does not commute with its adjoint, its transpose, its conjugate transpose."""
    a = rng.choice("abcAUXM")
    mark = rng.choice(
        (r"^\dagger ", r"^{\dagger}", "^T", r"^{T}", r"^{\mathrm T}", r"^\top ", r"^{\intercal}")
    )
    base = rng.choice((a, rf"\hat {a}", rf"\mathbf {a}"))
    return rng.choice(
        (
            (f"{base}{mark}{base}", f"{base}{base}{mark}"),
            (rf"{base}{mark}\cdot {base}", rf"{base}\cdot {base}{mark}"),
        )
    )


@_rule(ORDER)
def _row_and_column(rng: random.Random) -> tuple[str, str]:
    """A row times a column is a number, a column times a row a matrix."""
    u, v = rng.sample("uvwxyz", 2)
    mark = rng.choice(("^T", r"^{\mathrm T}", r"^\top ", r"^\dagger "))
    return rng.choice(
        (
            (f"{u}{mark}{v}", f"{v}{u}{mark}"),
            (f"{u}{mark}A{v}", f"A{u}{mark}{v}"),
            (rf"\vec {u}{mark}\vec {v}", rf"\vec {v}\vec {u}{mark}"),
        )
    )


@_rule(ORDER)
def _similarity(rng: random.Random) -> tuple[str, str]:
    """A matrix changes under a change of basis."""
    p, a = rng.choice(("PA", "VD", "QR", "SM", "UB", "TJ"))
    core = rng.choice((a, r"\Lambda", r"\Sigma"))
    inverse = rng.choice(("^{-1}", "^T", r"^{\dagger}", r"^{\mathrm T}"))
    whole = f"{p}{core} {p}{inverse}"
    return whole, rng.choice((core, f"{p}{p}{inverse}{core}", f"{p}{inverse}{core} {p}"))


@_rule(ORDER)
def _differentials_before_letters(rng: random.Random) -> tuple[str, str]:
    """An operator acts on what stands after it."""
    sign, y = rng.choice((r"\delta", r"\nabla", r"\partial", r"\Delta", r"\partial_x")), rng.choice("yfgqu")
    return f"{sign} {y}", f"{y}{sign}"


@_rule(ORDER)
def _vector_products(rng: random.Random) -> tuple[str, str]:
    """A cross product changes its sign with its order; a dot is no cross."""
    a, b = rng.sample("abuvFr", 2)
    accent = rng.choice((r"\vec {}", r"\mathbf {}", r"\overrightarrow{{{}}}"))
    first, second = accent.format(a), accent.format(b)
    return rng.choice(
        (
            (rf"{first}\times {second}", rf"{second}\times {first}"),
            (rf"{first}\times {second}", rf"{first}\cdot {second}"),
            (rf"{first}\otimes {second}", rf"{second}\otimes {first}"),
            (rf"({first}\cdot {second}){first}", rf"{first}\cdot({second}{first})"),
        )
    )


@_label_rule(ORDER)
def _neighbours_in_a_label(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Two neighbouring letters of a label, made operators, exchanged."""
    free = set(free_places(tokens))
    places = [
        p
        for p in range(len(tokens) - 1)
        if {p, p + 1} <= free
        and is_letter(tokens[p])
        and is_letter(tokens[p + 1])
        and tokens[p] != tokens[p + 1]
        and is_bare(tokens, p)
        and tokens[p + 2 : p + 3] not in (("^",), ("_",), ("'",))
    ]
    if not places or any(token in ("d", "\\int") for token in tokens):
        return None
    place, mark = rng.choice(places), rng.choice(("\\hat", "\\widehat", "\\mathbf", "\\boldsymbol"))
    first, second = ((mark, "{", letter, "}") for letter in tokens[place : place + 2])
    head, tail = tokens[:place], tokens[place + 2 :]
    return (*head, *first, *second, *tail), (*head, *second, *first, *tail)


# --- products of sets ---------------------------------------------------------------------------------------------

SETS = "products of sets"


@_rule(SETS)
def _cartesian_products(rng: random.Random) -> tuple[str, str]:
    """Pairs have an order."""
    kind = rng.randrange(4)
    if kind == 0:
        a, b = (rf"\mathbb {letter}" for letter in rng.sample("RNZQC", 2))
    elif kind == 1:
        a, b = (f"[{low},{low + step}]" for low, step in zip(rng.sample(range(9), 2), (1, 2), strict=True))
    elif kind == 2:
        a, b = (rf"\{{{value}\}}" for value in rng.sample(range(1, 30), 2))
    else:
        a, b = rf"\mathbb {rng.choice('RNZ')}", f"[0,{rng.randint(1, 9)}]"
    head = rng.choice(("", "", r"f:", r"(x,y)\in "))
    return rf"{head}{a}\times {b}", rf"{head}{b}\times {a}"


@_rule(SETS)
def _sizes_of_matrices(rng: random.Random) -> tuple[str, str]:
    """Rows and columns are not exchanged."""
    m, n = rng.choice((rng.sample("mnkpq", 2), [str(k) for k in rng.sample(range(2, 9), 2)]))
    space = rng.choice(
        (
            r"\mathbb R^{{{}\times {}}}",
            r"A\in\mathbb R^{{{}\times {}}}",
            r"M_{{{}\times {}}}",
            r"\mathbb C^{{{}\times {}}}",
            r"M_{{{},{}}}(\mathbb R)",
        )
    )
    return space.format(m, n), space.format(n, m)


@_rule(SETS)
def _products_and_other_operations(rng: random.Random) -> tuple[str, str]:
    """A product of sets is no union, and a power of a set no multiple."""
    a, b = (rf"\mathbb {letter}" for letter in rng.sample("RNZQC", 2))
    return rng.choice(
        (
            (rf"{a}\times {b}", rf"{a}\cup {b}"),
            (rf"{a}\setminus {b}", rf"{b}\setminus {a}"),
            (rf"{a}\times {a}", rf"{a}^3"),
            (f"{a}^2", f"{a}^3"),
        )
    )


# --- names --------------------------------------------------------------------------------------------------------

NAMES = "names in a font"
WORDS = (
    "on no act cat tea eat in ni rate tear sin nis of fo area gain bus sub stop spot ab ba max xam".split()
)


@_rule(NAMES)
def _letters_of_a_name(rng: random.Random) -> tuple[str, str]:
    """A word in a font is one name, and its letters do not multiply."""
    word = rng.choice(WORDS)
    letters = list(word)
    while "".join(letters) == word:
        rng.shuffle(letters)
    font = rng.choice(
        (
            r"\mathit",
            r"\mathrm",
            r"\text",
            r"\operatorname",
            r"\mathsf",
            r"\mathtt",
            r"\textit",
            r"\mathbf",
            r"\textbf",
        )
    )
    frame = rng.choice(("{}", "{}=5", "x_{{{}}}", "2{}", "{}(x)", "{}+1"))
    return frame.format(f"{font}{{{word}}}"), frame.format(f"{font}{{{''.join(letters)}}}")


@_rule(NAMES)
def _names_and_products(rng: random.Random) -> tuple[str, str]:
    """A word is not the product of its letters."""
    word = rng.choice(("on", "act", "cat", "tea", "rate", "area", "gain", "cost", "No"))
    font = rng.choice((r"\mathit", r"\text", r"\operatorname", r"\mathsf", r"\mathtt"))
    return f"{font}{{{word}}}", "".join(sorted(word)) if sorted(word) != list(word) else word[::-1]


# --- spaces between digits ------------------------------------------------------------------------------------------

SPACED = "spaces between digits"
WIDE = ("\\ ", "\\;", "\\quad ", "\\qquad ", "~", r"\:", r"\hspace{1cm}", r"\text{ }")


@_rule(SPACED)
def _two_numbers(rng: random.Random) -> tuple[str, str]:
    """Two numbers are not one."""
    a, b = rng.randint(1, 999), rng.randint(1, 99)
    space = rng.choice(WIDE)
    return f"{a}{space}{b}", rng.choice((f"{a}{b}", f"{a * b}", f"{a + b}"))


@_label_rule(SPACED)
def _a_number_of_a_label(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A wide space within a number makes two of it."""
    places = [
        p
        for p in free_places(tokens)
        if is_digit(tokens[p]) and is_digit((tokens[p + 1 :] or ("",))[0]) and is_bare(tokens, p)
    ]
    if not places:
        return None
    place = rng.choice(places) + 1
    end = place
    while end < len(tokens) and is_digit(tokens[end]):
        end += 1
    if end - place == 3:
        return None  # a group of thousands
    return tokens, (*tokens[:place], rng.choice(("\\quad", "\\qquad")), *tokens[place:])


# --- segments -----------------------------------------------------------------------------------------------------

SEGMENTS = "segments"


@_rule(SEGMENTS)
def _ratios_of_segments(rng: random.Random) -> tuple[str, str]:
    """A common end of two segments is no common factor of their lengths."""
    a, b, c, d = rng.sample("ABCDEFGHKMNPQRST", 4)
    fraction = rng.choice(
        (r"\frac{{{}{}}}{{{}{}}}", r"\dfrac{{{}{}}}{{{}{}}}", r"{}{}:{}{}", r"{}{}\div {}{}")
    )
    one, other = fraction.format(a, b, a, c), fraction.format(d, b, d, c)
    tail = rng.choice(("", "", "=2", r"=\frac12", rf"=\frac{{{c}{d}}}{{{b}{d}}}"))
    return one + tail, other + tail


@_rule(SEGMENTS)
def _proportions_of_segments(rng: random.Random) -> tuple[str, str]:
    """A proportion with another point in it is another proportion."""
    a, b, c, d, e, f = rng.sample("ABCDEFGHKMNPQRST", 6)
    return (
        rf"\frac{{{a}{b}}}{{{a}{c}}}=\frac{{{d}{e}}}{{{d}{f}}}",
        rng.choice(
            (
                rf"\frac{{{d}{b}}}{{{d}{c}}}=\frac{{{a}{e}}}{{{a}{f}}}",
                rf"\frac{{{f}{b}}}{{{f}{c}}}=\frac{{{d}{e}}}{{{d}{f}}}",
            )
        ),
    )


@_rule(SEGMENTS)
def _products_of_segments(rng: random.Random) -> tuple[str, str]:
    """Points do not change places between the segments of a product."""
    a, b, c, d = rng.sample("ABCDEFGHKMNPQRST", 4)
    dot = rng.choice((r"\cdot ", r"\times "))
    return rf"{a}{b}{dot}{c}{d}={a}{c}^2", rf"{a}{c}{dot}{b}{d}={a}{c}^2"


# --- temperatures -------------------------------------------------------------------------------------------------

TEMPERATURES = "degrees with a unit"


@_rule(TEMPERATURES)
def _temperatures_and_angles(rng: random.Random) -> tuple[str, str]:
    """Degrees of temperature are no angles."""
    degrees, over, under = rng.choice(
        ((30, 1, 6), (45, 1, 4), (60, 1, 3), (90, 1, 2), (180, 1, 1), (25, 5, 36), (20, 1, 9), (36, 1, 5))
    )
    unit = rng.choice((r"\mathrm C", r"\text{C}", "C", r"\mathrm{F}", "F", r"\rm C"))
    circle = rng.choice((r"^\circ", r"^{\circ}", r"\degree ", r"\,^{\circ}", "°"))
    angle = r"\pi" if over == under else rf"\frac{{{over if over > 1 else ''}\pi}}{{{under}}}"
    return f"{degrees}{circle}{unit}", f"{angle}{unit}"


@_rule(TEMPERATURES)
def _scales_of_temperature(rng: random.Random) -> tuple[str, str]:
    """A temperature has a scale, and an angle has none."""
    degrees = rng.randint(1, 400)
    one, other = rng.sample((r"\mathrm C", r"\mathrm F", r"\mathrm R", ""), 2)
    return rf"{degrees}^\circ{one}", rf"{degrees}^\circ{other}"


@_rule(TEMPERATURES)
def _turned_scales(rng: random.Random) -> tuple[str, str]:
    """A degree sign does not change places with the letter of its scale."""
    degrees = rng.randint(1, 99)
    unit = rng.choice((r"\mathrm C", "C", r"\mathrm F"))
    return rf"{degrees}^\circ {unit}", rf"{unit}{degrees}^\circ"
