"""Tests of the shape of atoms and nodes: letters, digits, brackets that may hold arguments, differentials."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.operators import (
    DOTS,
    GEOMETRY,
    INTEGRALS,
    KNOWN,
    LEVEL,
    PREFIX_OPERATORS,
    PRODUCT,
    QUANTIFIERS,
    SUMS,
)
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node, unparse

HEADS = frozenset(token for token, cls in CLASSES.items() if cls == "NAMEDOP") - INTEGRALS
"""Commands that are names of functions: ``\\det``, ``\\arg``."""
FONTS = frozenset(token for token, cls in CLASSES.items() if cls == "FONT") - {
    r"\textcircled",
    r"\ensuremath",
}
FRACTIONS = frozenset((r"\frac", r"\dfrac", r"\tfrac"))
_NO_LETTERS = (
    PREFIX_OPERATORS | QUANTIFIERS | GEOMETRY | DOTS | {r"\ldots", r"\infty", r"\neg", r"\cdots", r"\prime"}
)


def items_of(node: Node) -> list[Node]:
    """The items of a group, or the node itself."""
    return [item for item in node.children if item is not None] if node.kind == "group" else [node]


def argument_of(command: Node, index: int = 0) -> Node:
    """An argument of a command; the optional argument does not count."""
    found = command.children[index + 1]
    if found is None:
        raise ValueError(f"{command.name} has no argument {index + 1}")
    return found


def is_letter(atom: Atom) -> bool:
    """Whether an atom is a letter, perhaps in a font or with an accent."""
    if atom.kind == "sym":
        token = atom.token
        return token.isalpha() or (
            CLASSES.get(token) == "SYMBOL"
            and token[1:].isalpha()
            and token not in _NO_LETTERS
            and LEVEL.get(token) != PRODUCT
        )
    return isinstance(atom.value, Node) and (
        atom.value.name in FONTS or CLASSES.get(atom.value.name) == "ACCENT"
    )


def letter_in(atom: Atom) -> str:
    """The letter that a font command holds; empty for any other atom."""
    if not isinstance(atom.value, Node) or atom.value.name not in FONTS:
        return ""
    items = items_of(argument_of(atom.value))
    return items[0].name if len(items) == 1 and items[0].kind == "symbol" else ""


def argument_bracket(atom: Atom | None) -> Bracket | None:
    """The bracket of an atom that may hold the arguments of a function."""
    if atom is None or not isinstance(atom.value, Bracket):
        return None
    bracket = atom.value
    holds = (bracket.open, bracket.close) in (("(", "("), ("[", "[")) and len(bracket.parts) == 1
    return bracket if holds else None


def is_single(row: Sequence[Atom]) -> bool:
    """Whether a row is one letter, sign or number without scripts."""
    return len(row) == 1 and row[0].plain and row[0].kind in ("sym", "num")


def is_text(atom: Atom) -> bool:
    """Whether an atom is words in ``\\text`` without scripts."""
    return atom.plain and isinstance(atom.value, Node) and CLASSES.get(atom.value.name) == "TEXT"


def is_digits(node: Node | None) -> bool:
    """Whether a group holds digits alone."""
    if node is None:
        return False
    items = items_of(node)
    return bool(items) and all(item.kind == "symbol" and item.name.isdecimal() for item in items)


def is_evaluation(atom: Atom) -> bool:
    """Whether a bracket takes its content between two values: ``\\left. F \\right|_a^b``, ``[F]_a^b``."""
    if not isinstance(atom.value, Bracket):
        return False
    if atom.value.open == "" and atom.value.close in ("|", "["):
        return not atom.plain
    return atom.value.open == "[" and atom.sub is not None and atom.sup is not None


def starts_function(atom: Atom) -> bool:
    """Whether an argument without brackets ends before *atom*."""
    if atom.kind == "int":
        return True
    if isinstance(atom.value, Node):
        return CLASSES.get(atom.value.name) in ("OPERATORNAME", "TEXT")
    token = atom.token
    return token in KNOWN or token in HEADS or token in SUMS or token in INTEGRALS


def derivation(atom: Atom) -> str | None:
    """``d`` or ``\\partial`` if an atom is that sign, whatever its exponent; else None."""
    if atom.sub is not None or atom.primes:
        return None
    if atom.token in ("d", r"\partial"):
        return atom.token
    if isinstance(atom.value, Node) and atom.value.kind == "command" and atom.value.name == r"\mathrm":
        return "d" if "".join(unparse(argument_of(atom.value))) in ("d", "{d}") else None
    return None


def words_of(node: Node) -> str:
    """The words of a text, one space between any two."""
    words = "".join(" " if token in ("~", r"\ ") else token for token in unparse(node))
    return " ".join(words.replace("{", " ").replace("}", " ").split())


def has_number_of_programs(row: Sequence[Atom]) -> bool:
    """Whether a row has a number as programs print it: ``1.5e3``, ``1.5e-3``; ``2e-3`` is a difference."""
    places = (
        place for place, atom in enumerate(row[:-2]) if atom.kind == "num" and _is_letter_e(row[place + 1])
    )
    for place in places:
        number, exponential, exponent, *following = row[place : place + 4]
        if exponent.kind == "num":
            return True
        signed = exponent.token in ("+", "-") and bool(following) and following[0].kind == "num"
        if signed and ("." in str(number.value) or exponential.token == "E"):
            return True
    return False


def _is_letter_e(atom: Atom) -> bool:
    upright = isinstance(atom.value, Node) and atom.value.name == r"\mathrm"
    return atom.plain and (atom.token in ("e", "E") or (upright and letter_in(atom) in ("e", "E")))
