r"""Functions in letters on one side of a pair and as a command on the other: ``l n x`` beside ``\ln x``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hmer_suite.equiv.reading.atoms.pieces import SPELT
from hmer_suite.equiv.reading.factors.functions import FUNCTION_NAMES
from hmer_suite.equiv.reading.operators import OPERATOR_NAMES
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse


def with_functions_spelt_alike(left: Node, right: Node) -> tuple[Node, Node]:
    """The pair with letters as the function that they spell, if the other side has as many of that function.

    The letters are a product as plausibly only where nothing says what they are.
    """
    ours, theirs = unparse(left), unparse(right)
    for word in SPELT:
        command = rf"\{word}"
        if ours.count(command) != theirs.count(command):
            ours, theirs = _alike(ours, theirs, word, [command]), _alike(theirs, ours, word, [command])
    for word, command in _RUSSIAN:
        ours, theirs = _alike(ours, theirs, word, [command]), _alike(theirs, ours, word, [command])
    for font, word in sorted({*_named(ours), *_named(theirs)}):
        named = [font, "{", *word, "}"]
        ours, theirs = _alike(ours, theirs, word, named), _alike(theirs, ours, word, named)
    return _tree(ours, left), _tree(theirs, right)


_RUSSIAN = tuple(
    (word, command)
    for word, commands in {"arctg": "arctan arctg", "ctg": "cot ctg", "tg": "tan tg"}.items()
    for command in (rf"\{name}" for name in commands.split())
)
"""Names of functions in letters, and the commands with their meaning."""
_FONTS = frozenset((r"\operatorname", r"\mathrm", r"\text"))


def _named(tokens: Sequence[str]) -> Iterator[tuple[str, str]]:
    r"""Functions named in a font, with it: ``\operatorname{Var}``; none of a single letter."""
    for place, token in enumerate(tokens):
        if token in _FONTS and "}" in tokens[place:]:
            word = "".join(tokens[place + 2 : tokens.index("}", place)])
            if len(word) > 1 and (word in FUNCTION_NAMES or word in OPERATOR_NAMES):
                yield token, word


def _count(tokens: Sequence[str], sought: Sequence[str]) -> int:
    return sum(tokens[place : place + len(sought)] == sought for place in range(len(tokens)))


def _alike(tokens: list[str], others: list[str], word: str, command: list[str]) -> list[str]:
    places = _places(tokens, word)
    if (
        not places
        or _places(others, word)
        or len(places) + _count(tokens, command) != _count(others, command)
    ):
        return tokens
    changed = list(tokens)
    for place in reversed(places):
        changed[place : place + len(word)] = command
    return changed


def _places(tokens: Sequence[str], word: str) -> list[int]:
    """The places at which a word is spelt, with an operand after it: not a group that a font makes upright."""
    letters = list(word)
    return [
        place
        for place in range(len(tokens) - len(word))
        if tokens[place : place + len(word)] == letters
        and tokens[place + len(word)] not in ("_", "^", "'", "}")
        and not (tokens[place - 1 : place] == ["{"] and CLASSES.get(tokens[place - 2]) in _CLASSES_OF_WORDS)
    ]


_CLASSES_OF_WORDS = frozenset(("FONT", "OPERATORNAME", "TEXT"))


def _tree(tokens: Sequence[str], tree: Node) -> Node:
    if tokens == unparse(tree):
        return tree
    try:
        return canonical_tree(parse(tokens))
    except LatexSyntaxError:
        return tree
