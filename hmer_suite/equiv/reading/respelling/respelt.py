r"""Unusual spellings of what is drawn alike: limits in ``\underset``, ``\mathrm{dx}``, ``½``, ``f\rvert_a``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import category

from hmer_suite.equiv.reading.operators import VECTOR_MARKS
from hmer_suite.equiv.reading.respelling.recurring_decimals import with_periods_lined
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse


def with_usual_spellings(tree: Node) -> Node:
    """The tree with unusual spellings in the usual one; the tree itself if it has none."""
    tokens = unparse(tree)
    usual = list(_respelt(with_periods_lined(tokens)))
    if usual == tokens:
        return tree
    try:
        return canonical_tree(parse(usual))
    except LatexSyntaxError:
        return tree


def _respelt(tokens: Sequence[str]) -> Iterator[str]:
    has_differentials = any(token in _WITH_DIFFERENTIALS for token in tokens)
    place = 0
    while place < len(tokens):
        for rule in _RULES:
            if (found := rule(tokens, place)) is not None:
                break
        else:
            found = (has_differentials and _differential(tokens, place)) or _words(tokens, place)
        spelt, place = ([tokens[place]], place + 1) if found is None else found
        yield from spelt


_WITH_DIFFERENTIALS = frozenset((r"\int", r"\iint", r"\iiint", r"\oint", r"\frac", r"\dfrac", r"\tfrac"))
_Respelt = tuple[list[str], int]
"""A spelling, and the place after what it replaces."""


def _limits_below(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""``\underset{t\to0}{\lim}`` as ``\lim_{t\to0}``."""
    if tokens[place] != r"\underset" or (below := _group(tokens, place + 1)) is None:
        return None
    base = _group(tokens, place + 1 + len(below))
    if base is None:
        return None
    inner = base[1:-1]
    if inner[:2] == [r"\mathop", "{"] and _group(inner, 1) == inner[1:]:
        inner = inner[2:-1]
    is_operator = (len(inner) == 1 and inner[0] in _WITH_LIMITS) or (
        inner[:1] in ([r"\operatorname"], [r"\operatorname*"]) and _group(inner, 1) == inner[1:]
    )
    return ([*inner, "_", *below], place + 1 + len(below) + len(base)) if is_operator else None


_WITH_LIMITS = frozenset(
    r"\lim \max \min \sup \inf \limsup \liminf \sum \prod \bigcup \bigcap \argmax \argmin".split()
)


def _named_operator(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""``\mathop{\mathrm{word}}`` as ``\operatorname{word}``."""
    if list(tokens[place : place + 4]) != [r"\mathop", "{", r"\mathrm", "{"]:
        return None
    word = _group(tokens, place + 3)
    if word is None or len(word) < 4 or not all(letter.isalpha() for letter in word[1:-1]):
        return None
    end = place + 3 + len(word)
    return ([r"\operatorname", *word], end + 1) if tokens[end : end + 1] == ["}"] else None


def _empty_operator(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""``\mathop{}``, which draws a space alone, as nothing."""
    return ([], place + 3) if list(tokens[place : place + 3]) == [r"\mathop", "{", "}"] else None


def _lined_limit(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""``\overline{\lim}`` and ``\underline{\lim}`` as the upper and the lower limit."""
    limit = _LINED.get(tokens[place])
    return (
        ([limit], place + 4) if limit and list(tokens[place + 1 : place + 4]) == ["{", r"\lim", "}"] else None
    )


_LINED = {r"\overline": r"\limsup", r"\bar": r"\limsup", r"\underline": r"\liminf"}


def _bar(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""``\rvert_{t=0}`` as ``|_{t=0}``."""
    is_bar = tokens[place] == r"\rvert" and tokens[place + 1 : place + 2] == ["_"]
    return (
        (["|"], place + 1) if is_bar and r"\lvert" not in tokens and tokens[place - 1] != r"\right" else None
    )


def _typed(tokens: Sequence[str], place: int) -> _Respelt | None:
    """Fractions and roots in single characters as commands, where what they reach over is certain."""
    if tokens[place] in _FRACTIONS and not any(
        beside.isdecimal() for beside in (*tokens[max(place - 1, 0) : place], *tokens[place + 1 : place + 2])
    ):
        return [
            r"\frac",
            *(part for digit in _FRACTIONS[tokens[place]] for part in ("{", digit, "}")),
        ], place + 1
    if tokens[place] != "√":
        return None
    end = place + 1
    while end < len(tokens) and tokens[end].isdecimal():
        end += 1
    if end > place + 1 and (end == len(tokens) or tokens[end] in _AFTER_ROOTS):
        return [r"\sqrt", "{", *tokens[place + 1 : end], "}"], end
    return None


def _ordinal(tokens: Sequence[str], place: int) -> _Respelt | None:
    """A raised o or ring behind a number as a degree sign: ``30º``."""
    is_degree = place and tokens[place] in ("º", "˚") and tokens[place - 1].isdecimal()
    return (["^", "{", r"\circ", "}"], place + 1) if is_degree else None


def _raised_sign(tokens: Sequence[str], place: int) -> _Respelt | None:
    """A raised sign of a number as a sign in brackets: ``{}^-3``."""
    if list(tokens[place : place + 4]) != ["{", "}", "^", "{"] or list(tokens[place + 5 : place + 6]) != [
        "}"
    ]:
        return None
    end = place + 6
    while end < len(tokens) and (tokens[end] == "." or tokens[end].isdecimal()):
        end += 1
    if tokens[place + 4] not in ("-", "+") or end == place + 6:
        return None
    return ["(", tokens[place + 4], *tokens[place + 6 : end], ")"], end


def _vector_operator(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""A nabla with an arrow or in bold as it is without: ``\vec\nabla f``."""
    is_nabla = tokens[place] in VECTOR_MARKS and list(tokens[place + 1 : place + 4]) == ["{", r"\nabla", "}"]
    return ([r"\nabla"], place + 4) if is_nabla else None


def _one_sided(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""A sign behind the zero of an argument as one above it: ``f(0+)``."""
    if list(tokens[place : place + 2]) != ["(", "0"] or list(tokens[place + 3 : place + 4]) != [")"]:
        return None
    sign = tokens[place + 2]
    return (["(", "0", "^", "{", sign, "}", ")"], place + 4) if sign in ("+", "-") else None


def _lined_range(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""A line over the ends of a range as dots between them: ``i=\overline{1,n}``."""
    if list(tokens[place : place + 2]) != ["=", r"\overline"] or (ends := _group(tokens, place + 2)) is None:
        return None
    is_range = ends.count(",") == 1 and ends[1] != "," != ends[-2]
    return (["=", *_with_dots(ends[1:-1])], place + 2 + len(ends)) if is_range else None


def _with_dots(ends: Sequence[str]) -> list[str]:
    comma = ends.index(",")
    return [*ends[:comma], ",", r"\ldots", ",", *ends[comma + 1 :]]


_RULES = (
    _vector_operator,
    _one_sided,
    _lined_range,
    _limits_below,
    _named_operator,
    _empty_operator,
    _lined_limit,
    _bar,
    _typed,
    _ordinal,
    _raised_sign,
)
"""Rules that are tried at each place, in this order."""

_AFTER_ROOTS = frozenset(("+", "-", "=", "<", ">", ",", ")", "]", "}", "&"))
_FRACTIONS = {
    "½": "12",
    "⅓": "13",
    "⅔": "23",
    "¼": "14",
    "¾": "34",
    "⅕": "15",
    "⅙": "16",
    "⅛": "18",
    "⅜": "38",
}


def _differential(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""``\mathrm{dt}``, ``\text dt`` and ``\operatorname dt`` as ``\mathrm dt``."""
    if tokens[place] not in _UPRIGHT or (word := _group(tokens, place + 1)) is None:
        return None
    end = place + 1 + len(word)
    if word[1:2] != ["d"] or len(word) > 4 or not all(letter.isalpha() for letter in word[2:-1]):
        return None
    if len(word) == 3 and not (end < len(tokens) and _is_letter(tokens[end])):
        return None
    return [r"\mathrm", "{", "d", "}", *word[2:-1]], end


_UPRIGHT = frozenset((r"\mathrm", r"\text", r"\operatorname", r"\textrm"))


def _words(tokens: Sequence[str], place: int) -> _Respelt | None:
    r"""Words of a script without capitals beside a formula as text, ``x=1或x=2``; formulas in text beside it."""
    if CLASSES.get(tokens[place]) == "TEXT" and (text := _group(tokens, place + 1)) is not None:
        if (script := _SCRIPTS_IN_TEXT.get(tokens[place])) is not None:
            return ["{", "}", script, "{", r"\text", *text, "}"], place + 1 + len(text)
        return _without_formulas(tokens[place], text), place + 1 + len(text)
    end = place
    while end < len(tokens) and _is_script(tokens[end]):
        end += 1
    is_beside = end > place and not all(map(_is_script, tokens))
    return ([r"\text", "{", *tokens[place:end], "}"], end) if is_beside else None


_SCRIPTS_IN_TEXT = {r"\textsuperscript": "^", r"\textsubscript": "_"}


def _without_formulas(command: str, text: Sequence[str]) -> list[str]:
    r"""A text with its formulas beside it, ``\text{so $x=1$}``; a formula in a box of its own: ``\fbox{$x=1$}``."""
    if text.count("$") % 2 or "$" not in text:
        return [command, *text]
    if command == r"\fbox":
        alone = text.count("$") == 2 and text[1] == text[-2] == "$"
        return [r"\boxed", "{", *text[2:-2], "}"] if alone else [command, *text]
    parts: list[list[str]] = [[]]
    for token in text[1:-1]:
        if token == "$":
            parts.append([])
        else:
            parts[-1].append(token)
    spelt: list[str] = []
    for words, formula in zip(parts[::2], [*parts[1::2], []], strict=True):
        if words == [r"\boldmath"]:
            spelt += (r"\boldsymbol", "{", *formula, "}")
        else:
            spelt += ([command, "{", *words, "}"] if words else []) + formula
    return spelt


def _is_script(token: str) -> bool:
    """Whether a token is a letter of a script without capitals."""
    return len(token) == 1 and category(token) == "Lo"


def _is_letter(token: str) -> bool:
    return token.isalpha() or CLASSES.get(token) == "SYMBOL"


def _group(tokens: Sequence[str], start: int) -> list[str] | None:
    """The group that begins at a place, with its braces; None if none does."""
    if tokens[start : start + 1] != ["{"]:
        return None
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index] == "{") - (tokens[index] == "}")
        if not depth:
            return list(tokens[start : index + 1])
    return None
