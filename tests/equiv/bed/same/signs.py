r"""Rewritings of labels with Unicode or ASCII signs for commands, as people type and programs copy them.

The signs are those of pylatexenc's table, as far as one command is given for each; the letters are those that Unicode
itself declares compatible with plain ones.
"""

from __future__ import annotations

import contextlib
import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache

from pylatexenc.latexencode import get_builtin_conversion_rules

from tests.equiv.bed.formula import (
    Rule,
    Tokens,
    end_of_argument,
    exchanged,
    free_places,
    is_bare,
    is_digit,
    is_letter,
    rule_of,
)
from tests.equiv.bed.same.drawn import Respelling, sided, spellings

RULES: list[Rule] = []
GROUP = "signs"

SEVERAL = frozenset(
    r"\epsilon \phi \varepsilon \varphi \mid \bot \perp \Delta \triangle \sum \prod \cdot \bullet".split()
)
"""Commands with more than one sign, or signs of which a reader may think as others: checked apart, or left out."""


def _rule(*needed: str) -> Callable[[Respelling], Respelling]:
    def register(respelling: Respelling) -> Respelling:
        RULES.append(Rule(rule_of(respelling), GROUP, sided(respelling), needed))
        return respelling

    return register


@cache
def unicode_signs() -> dict[str, list[Tokens]]:
    """Unicode's sign for a command, where pylatexenc knows one."""
    found: dict[str, list[Tokens]] = {}
    (table,) = (rule.rule for rule in get_builtin_conversion_rules("defaults"))
    for code, latex in table.items():
        command = re.fullmatch(r"\\ensuremath\{(\\[A-Za-z]+)\}", latex)
        if (
            command
            and command[1] not in SEVERAL
            and unicodedata.category(chr(code)) in ("Sm", "Ll", "Lu", "So", "Lo")
        ):
            found.setdefault(command[1], []).append((chr(code),))
    return {command: signs for command, signs in found.items() if len(signs) == 1} | {
        command: [(sign,)] for command, sign in OTHER_SIGNS.items()
    }


OTHER_SIGNS = {
    "\\rightarrow": "→",
    "\\leftarrow": "←",
    "\\in": "∈",
    "\\div": "÷",
    "\\ldots": "…",
    "\\sum": "∑",
}
"""Signs for which the table has a command of text, or several."""


GREEK_AND_SIGNS = (
    r"\pi \alpha \beta \gamma \theta \lambda \mu \omega \sigma \Omega \infty \leq \geq \neq \rightarrow \times \div "
    r"\in \pm \int \partial \nabla \Rightarrow \approx \cup \cap \forall \exists \angle \equiv \cong \subset"
).split()
"""Tokens among which a label is sought: with any of them."""


@_rule(*GREEK_AND_SIGNS)
def _unicode_signs(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A Greek letter, relation or operator of Unicode is the sign that the command draws."""
    return exchanged(tokens, unicode_signs(), rng)


@_rule("\\leq", "\\geq", "\\neq")
def _unicode_comparisons(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Comparisons of Unicode, with a horizontal or a slanted bar."""
    table = spellings(
        r"\leq / ≤ / ⩽ / \leqslant", r"\geq / ≥ / ⩾ / \geqslant", r"\neq / ≠", r"\le / ≤", r"\ge / ≥"
    )
    return exchanged(tokens, {t: ways for t, ways in table.items() if t.startswith("\\")}, rng)


@_rule()
def _unicode_letters(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """The mathematical italic letters of Unicode are those of a formula."""
    first = {"a": 0x1D44E, "A": 0x1D434}
    table = {
        letter: [(chr(first[start] + ord(letter) - ord(start)),)]
        for start in first
        for letter in map(chr, range(ord(start), ord(start) + 26))
        if letter != "h"
    } | {"h": [("ℎ",)]}
    return exchanged(tokens, table, rng)


@_rule()
def _full_width_signs(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Full-width forms, as East Asian keyboards have them, are the same digits and signs."""
    table = {sign: [(chr(ord(sign) + 0xFEE0),)] for sign in "0123456789=+-<>(),"}
    if any(token in ("\\left", "\\right", "\\sqrt") for token in tokens):
        table = {sign: ways for sign, ways in table.items() if sign not in "()"}
    return exchanged(tokens, table, rng)


@_rule("-")
def _minus_signs(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """The minus sign and the dash of Unicode are minuses."""
    return exchanged(tokens, {"-": [("−",), ("–",)]}, rng)


@_rule("^", "_")
def _unicode_scripts(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A raised or lowered digit of Unicode is a script."""
    scripts = {"^": "⁰¹²³⁴⁵⁶⁷⁸⁹", "_": "₀₁₂₃₄₅₆₇₈₉"}
    for place in free_places(tokens):
        end = end_of_argument(tokens, place + 1) if tokens[place] in scripts else None
        inside = () if end is None else tuple(token for token in tokens[place + 1 : end] if token not in "{}")
        if (
            inside
            and all(map(is_digit, inside))
            and place
            and is_letter(tokens[place - 1])
            and is_bare(tokens, place - 1)
        ):
            return (*tokens[:place], *(scripts[tokens[place]][int(digit)] for digit in inside), *tokens[end:])
    return None


@_rule("\\mathbb", "\\mathfrak")
def _unicode_fonts(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """The double-struck and black-letter capitals of Unicode are those of the fonts."""
    names = {"\\mathbb": "DOUBLE-STRUCK", "\\mathfrak": "FRAKTUR"}
    for place, token in enumerate(tokens):
        letter = (tokens[place + 2 : place + 3] or ("",))[0]
        if token in names and tokens[place + 1 : place + 4] == ("{", letter, "}") and letter.isupper():
            return (*tokens[:place], _in_font(letter, names[token]), *tokens[place + 4 :])
    return None


def _in_font(letter: str, font: str) -> str:
    old = {"FRAKTUR": "BLACK-LETTER"}.get(font, font)
    with contextlib.suppress(KeyError):
        return unicodedata.lookup(f"MATHEMATICAL {font} CAPITAL {letter}")
    return unicodedata.lookup(f"{old} CAPITAL {letter}")


@_rule("\\leq", "\\geq", "\\rightarrow", "\\Rightarrow", "\\cdots", "\\ldots")
def _ascii_signs(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """Signs as they are typed where there are no others."""
    return exchanged(
        tokens,
        {
            "\\leq": [("<=",)],
            "\\geq": [(">=",)],
            "\\rightarrow": [("->",)],
            "\\Rightarrow": [("=>",)],
            "\\cdots": [("...",)],
            "\\ldots": [("...",)],
        },
        rng,
    )


@_rule("\\times", "\\cdot")
def _signs_of_products(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A cross or a dot between two digits, or a digit and a letter, is the sign of a product, and so is an asterisk."""
    places = [
        p
        for p in range(1, len(tokens) - 1)
        if tokens[p] in ("\\times", "\\cdot")
        and is_digit(tokens[p - 1])
        and is_digit(tokens[p + 1])
        and not _in_script(tokens, p)
    ]
    if not places:
        return None
    place = rng.choice(places)
    other = [sign for sign in ("\\times", "\\cdot", "*", "×", "·", "⋅") if sign != tokens[place]]
    return (*tokens[:place], rng.choice(other), *tokens[place + 1 :])


def _in_script(tokens: Tokens, place: int) -> bool:
    """Whether a brace is open at *place*, in which a product might be the sizes of a matrix."""
    return tokens[:place].count("{") != tokens[:place].count("}")


@_rule("\\circ")
def _degree_signs(tokens: Tokens, rng: random.Random) -> Tokens | None:
    """A raised circle after a number is the sign of degrees, however it is spelt, and a thin space may stand before."""
    for place in range(1, len(tokens)):
        if tokens[place : place + 4] == ("^", "{", "\\circ", "}") and is_digit(tokens[place - 1]):
            ways = (
                ("^", "\\circ"),
                ("°",),
                ("\\degree",),
                ("\\,", "^", "{", "\\circ", "}"),
                ("{", "}", "^", "\\circ"),
            )
            return (*tokens[:place], *rng.choice(ways), *tokens[place + 4 :])
    return None
