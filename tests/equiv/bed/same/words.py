r"""Rewritings with text, units, colours, fonts and names of functions, whose letters do not multiply."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.equiv.bed.formula import (
    SEPARATORS,
    Rule,
    Sides,
    Tokens,
    equation,
    exchanged,
    expression,
    free_places,
    is_balanced,
    is_bare,
    is_digit,
    is_letter,
    rule_of,
)

RULES: list[Rule] = []
GROUP = "words, units, colours, fonts"

Made = Callable[[Tokens, random.Random], Sides | None]


def _rule(*needed: str, about_labels: bool = True) -> Callable[[Made], Made]:
    def register(made: Made) -> Made:
        RULES.append(Rule(rule_of(made), GROUP, made, needed, about_labels))
        return made

    return register


WORDS = (
    "\\text{解：}",
    "\\text{Thus }",
    "\\text{So, }",
    "\\text{hence }",
    "\\text{Answer: }",
    "\\textbf{Solution:}",
    "\\mathrm{Thus}~",
    "\\text{由题意，}",
    "\\therefore",
    "\\text{(a) }",
)


@_rule("=")
def _words_before_an_equation(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Words before an equation are apart from it, so its sides may be exchanged behind them."""
    sides = equation(tokens)
    if sides is None or any(token in ("\\therefore", "\\because") for token in tokens):
        return None
    word, (left, right) = rng.choice(WORDS), sides
    return (word, *tokens), (word, *right, "=", *left)


@_rule("=")
def _words_after_an_equation(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Words after an equation are apart from it."""
    sides = equation(tokens)
    if sides is None:
        return None
    word, (left, right) = rng.choice(("\\text{ holds}", "\\text{（答案）}", "\\text{ as required}")), sides
    return (*tokens, word), (*right, "=", *left, word)


COLOURS = ("red", "blue", "green", "orange", "teal", "darkred")


@_rule()
def _colour_of_a_part(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A colour is no part of the meaning, nor are the letters of its name factors."""
    places = [
        p for p in free_places(tokens) if (is_letter(tokens[p]) or is_digit(tokens[p])) and is_bare(tokens, p)
    ]
    if not places:
        return None
    place, colour = rng.choice(places), rng.choice(COLOURS)
    coloured = rng.choice(
        (
            (f"\\textcolor{{{colour}}}", "{", tokens[place], "}"),
            ("{", f"\\color{{{colour}}}", tokens[place], "}"),
        )
    )
    around = tokens[max(place - 1, 0) : place] + tokens[place + 1 : place + 2]
    if _beside_a_digit(tokens, place) or any(map(is_letter, around)) or tokens[place - 1 : place] in _NAMED:
        return None  # a part of a longer number, or of a name in letters
    return tokens, (*tokens[:place], *coloured, *tokens[place + 1 :])


_NAMED = (("\\angle",), ("\\triangle",), ("\\Delta",), ("\\odot",))
"""Signs before the letters of a figure's name."""


def _beside_a_digit(tokens: Tokens, place: int) -> bool:
    """Whether a digit belongs to a longer number."""
    around = tokens[max(place - 1, 0) : place] + tokens[place + 1 : place + 2]
    return is_digit(tokens[place]) and any(is_digit(token) or token in ".," for token in around)


@_rule()
def _colour_of_the_whole(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A formula in a colour or in a box is the formula; a frame marks an answer."""
    if not is_balanced(tokens):
        return None
    head = rng.choice(
        (f"\\textcolor{{{rng.choice(COLOURS)}}}", "\\boxed", f"\\color{{{rng.choice(COLOURS)}}}")
    )
    return tokens, (head, "{", *tokens, "}")


@_rule("=")
def _number_of_an_equation(tokens: Tokens, rng: random.Random) -> Sides | None:
    """The number of an equation is no part of it."""
    place = rng.choice((0, len(tokens)))
    mark = rng.choice(("\\tag{3}", "\\tag{*}", "\\tag{1.2}", "\\label{eq:a}"))
    return (tokens, (*tokens[:place], mark, *tokens[place:])) if "\\tag" not in tokens else None


UNITS = "cm m mm km kg g s min h N J W Pa Hz mol L mL V".split()


def _unit(rng: random.Random, name: str) -> Tokens:
    """A unit after a number, in one of the ways of writing it."""
    return rng.choice(
        (
            ("\\mathrm{~" + name + "}",),
            ("\\,", "\\mathrm{" + name + "}"),
            ("\\text{ " + name + "}",),
            ("\\ ", "\\mathrm{" + name + "}"),
            ("~", "\\text{" + name + "}"),
            ("\\text{" + name + "}",),
            ("\\,", "\\mathrm", "{", *name, "}"),
            ("\\;", "\\text{" + name + "}"),
        )
    )


def _number(rng: random.Random) -> Tokens:
    whole = tuple(str(rng.randint(1, 400)))
    return (*whole, ".", *str(rng.randint(1, 99)).rstrip("0")) if rng.random() < 0.3 else whole


@_rule(about_labels=False)
def _spellings_of_a_unit(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A unit is a unit with a space before it or none, in roman or in text."""
    number, name, power = (
        _number(rng),
        rng.choice(UNITS),
        rng.choice(((), (), ("^", "2"), ("^", "{", "3", "}"))),
    )
    return (*number, *_unit(rng, name), *power), (*number, *_unit(rng, name), *power)


@_rule(about_labels=False)
def _quotients_of_units(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A quotient of units is one, in one font command or in two."""
    number, above, below = (
        _number(rng),
        rng.choice(("km", "m", "g", "kg")),
        rng.choice(("h", "s", "L", "mol")),
    )
    ways = (
        ("\\mathrm{~" + above + "}", "/", "\\mathrm{" + below + "}"),
        ("\\text{ " + above + "/" + below + "}",),
        ("\\,", "\\mathrm{" + above + "/" + below + "}"),
    )
    first, second = rng.sample(ways, 2)
    return (*number, *first), (*number, *second)


@_rule(about_labels=False)
def _sums_of_quantities(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Quantities in one unit are added and multiplied by their numbers."""
    a, b, name = rng.randint(2, 40), rng.randint(2, 40), rng.choice(UNITS)
    unit = _unit(rng, name)
    if rng.random() < 0.5:
        return (*str(a), *unit, "+", *str(b), *unit), (*str(a + b), *unit)
    return (*str(a), "\\times", *str(b), *unit), (*str(a * b), *unit)


@_rule(about_labels=False)
def _units_as_letters(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A unit in italics may well be the unit, so a word and its letters are not surely apart."""
    number, name = rng.choice((_number(rng), ("2", "\\pi"))), rng.choice(UNITS)
    return (*number, *_unit(rng, name)), (*number, *name)


@_rule(about_labels=False)
def _words_as_letters(tokens: Tokens, rng: random.Random) -> Sides | None:
    r"""A word written as letters, as recognisers do, may be the word: ``\text{True}`` and ``True``."""
    word = rng.choice(
        ("True", "False", "yes", "no", "None", "e", "x", "No solution", "even", "Sunday", "and", "or")
    )
    return ("\\text{" + word + "}",), tuple(word.replace(" ", "~"))


@_rule(about_labels=False)
def _words_in_a_list(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A list has the same entries with its last word in text, as letters, or left out."""
    first, second, third = (tuple(str(n)) for n in sorted(rng.sample(range(2, 99), 3)))
    word = rng.choice(("and", "or"))
    ends = (
        (",", *third),
        (",", "\\text{ " + word + " }", *third),
        ("\\text{ " + word + " }", *third),
        (",", *word, *third),
    )
    one, other = rng.sample(ends, 2)
    return (*first, ",", *second, *one), (*first, ",", *second, *other)


@_rule()
def _fonts_of_numbers(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A number in bold, roman or text is the number, at least to some readers."""
    places = [p for p in free_places(tokens) if is_digit(tokens[p]) and is_bare(tokens, p)]
    places = [p for p in places if not _beside_a_digit(tokens, p)]
    if not places:
        return None
    place = rng.choice(places)
    font = rng.choice(("\\mathbf", "\\mathrm", "\\text", "\\boldsymbol", "\\mathsf", "\\textbf", "\\mathtt"))
    return tokens, (*tokens[:place], font + "{" + tokens[place] + "}", *tokens[place + 1 :])


@_rule(about_labels=False)
def _fonts_by_letter(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A font over several signs draws what it draws over each of them."""
    elements = [
        rng.choice(("H", "O", "N", "C", "S", "Na", "Cl", "Fe", "Ca")) for _ in range(rng.randint(2, 3))
    ]
    counts = [rng.choice(("", "", "2", "3", "4")) for _ in elements]
    whole = [part for e, n in zip(elements, counts, strict=True) for part in (*e, *(("_", n) if n else ()))]
    apart = [
        part
        for e, n in zip(elements, counts, strict=True)
        for part in ("\\mathrm", "{", *e, "}", *(("_", "{", n, "}") if n else ()))
    ]
    return ("\\mathrm", "{", *whole, "}"), tuple(apart)


FUNCTIONS = (
    "\\sin",
    "\\cos",
    "\\tan",
    "\\log",
    "\\ln",
    "\\max",
    "\\min",
    "\\lim",
    "\\arctan",
    "\\cot",
    "\\arcsin",
)


@_rule(*FUNCTIONS)
def _spellings_of_a_function(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A function's name is its name as a command, as an operator's name, in roman, in text or in letters."""
    table = {
        name: [
            ("\\operatorname", "{", *name[1:], "}"),
            ("\\mathrm", "{", *name[1:], "}"),
            ("\\text{" + name[1:] + "}",),
            tuple(name[1:]),
        ]
        for name in FUNCTIONS
    }
    places = [p for p in free_places(tokens) if tokens[p] in table and is_bare(tokens, p)]
    if not places:
        return None
    place = rng.choice(places)
    spelt = rng.choice(table[tokens[place]])
    return tokens, (*tokens[:place], *spelt, *tokens[place + 1 :])


@_rule("\\angle")
def _names_of_angles(tokens: Tokens, rng: random.Random) -> Sides | None:
    """An angle is named from either side, a triangle from any corner."""
    for place, token in enumerate(tokens):
        corners = tokens[place + 1 : place + 4]
        if token == "\\angle" and len(corners) == 3 and all(c.isupper() and len(c) == 1 for c in corners):
            if tokens[place + 4 : place + 5] in (("'",), ("_",), ("^",)) or is_letter(
                (tokens[place + 4 :] or ("",))[0]
            ):
                continue
            return tokens, (*tokens[: place + 1], *corners[::-1], *tokens[place + 4 :])
    return None


@_rule("\\emptyset", "\\varnothing", "\\dots", "\\Rightarrow", "\\rightarrow")
def _variants_of_a_sign(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Signs that differ in length or style only."""
    other = exchanged(
        tokens,
        {
            "\\emptyset": [("\\varnothing",)],
            "\\varnothing": [("\\emptyset",)],
            "\\Rightarrow": [("\\Longrightarrow",)],
            "\\rightarrow": [("\\longrightarrow",)],
            "\\dots": [("\\ldots",)],
        },
        rng,
    )
    return None if other is None else (tokens, other)


@_rule()
def _names_of_functions_by_operatorname(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A name that LaTeX has no command for is the same by any of the usual definitions."""
    if not expression(tokens) or any(token in SEPARATORS for token in tokens) or len(tokens) > 12:
        return None
    name = rng.choice(
        ("arsinh", "arcosh", "Tr", "rank", "sgn", "diag", "lcm", "erf", "Var", "sech", "grad", "rot")
    )
    return (f"\\{name}", "(", *tokens, ")"), ("\\operatorname", "{", *name, "}", "(", *tokens, ")")
