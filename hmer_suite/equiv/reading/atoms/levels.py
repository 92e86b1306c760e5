"""Operators between the atoms of a row: their levels, the parts between them, the ends of sentences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hmer_suite.equiv.reading.atoms.atom_types import BARS, Atom
from hmer_suite.equiv.reading.atoms.node_shapes import DEGREES
from hmer_suite.equiv.reading.atoms.shapes import argument_of, items_of, words_of
from hmer_suite.equiv.reading.operators import (
    BREAK,
    DOTS,
    FACTOR,
    FOREIGN_CONNECTIVES,
    IMPLY,
    INTEGRALS,
    KNOWN,
    LARGE,
    LEVEL,
    OPERATOR_NAMES,
    RELATION,
    SUM,
    SUMS,
    SYNONYMS,
)
from hmer_suite.latex.nodes import Command, Scripts, Symbol
from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES
from hmer_suite.latex.tree import Node, unparse


def level_of(atom: Atom) -> int:
    """The level of an atom as an operator between others; `FACTOR` for an operand."""
    if atom.kind == "sym":
        return RELATION if atom.token in BARS else LEVEL.get(atom.token, FACTOR)
    if isinstance(atom.value, Node):
        if _relation_of(atom.value) is not None:
            return RELATION
        if is_connective(atom.value):
            return BREAK
    return FACTOR


_CONNECTIVES = frozenset(
    "where if for when and or with then otherwise else iff such since because so as all s.t.".split()
)


def is_connective(node: Node) -> bool:
    """Whether a text joins statements: ``\\text{ where }``, ``\\text{ if and only if }``."""
    if node.kind != "command" or not (CLASSES.get(node.name) == "TEXT" or node.name == r"\mathrm"):
        return False
    if node.name == r"\mathrm":
        return "".join(unparse(argument_of(node))).strip("{}") in _CONNECTIVES - {"as", "so", "for"}
    words = "".join(" " if t in ("~", r"\ ") else t for t in unparse(argument_of(node))[1:-1]).split()
    first = words[0].lower().strip(",") if words else ""
    return first in _CONNECTIVES or first in FOREIGN_CONNECTIVES


_FRAMES = frozenset((r"\boxed", r"\fbox", r"\textcircled", r"\underline", r"\overline"))
"""Commands that draw a frame or a line around a sign."""


def _relation_of(node: Node) -> str | None:
    """The name of a relation that is a command: ``\\stackrel{def}{=}``, ``\\xrightarrow{f}``."""
    if node.kind != "command":
        return None
    if CLASSES.get(node.name) == "XARROW":
        return _long_arrow(node)
    if node.name in _FRAMES:
        items = [item for item in items_of(argument_of(node)) if CLASSES.get(item.name) != "SPACE"]
        sign = items[0].name if len(items) == 1 and items[0].kind == "symbol" else ""
        if LEVEL.get(sign, FACTOR) in (RELATION, IMPLY):
            return " ".join(_label(unparse(node)))
    if node.name in (r"\overset", r"\underset", r"\stackrel"):
        items = items_of(argument_of(node, 1))
        if len(items) == 1 and items[0].kind == "symbol" and SPACING_CLASSES.get(items[0].name) == "rel":
            _, *label, sign, end = _label(unparse(node))
            kind = r"\underset" if node.name == r"\underset" else r"\overset"
            return " ".join([kind, *label, SYNONYMS.get(sign, sign), end])
    return None


def _long_arrow(node: Node) -> str:
    r"""``\xrightarrow{f}`` as ``\overset{f}{\rightarrow}``, and as an arrow without a label if it has none."""
    command, *label = _label(unparse(node))
    arrow = "=" if command == r"\xlongequal" else "\\" + command.removeprefix(r"\x")
    if arrow not in LEVEL or "[" in label[:1]:
        return " ".join([command, *label])
    return arrow if label == ["{", "}"] else " ".join([r"\overset", *label, "{", arrow, "}"])


def _label(tokens: Sequence[str]) -> list[str]:
    """The tokens of an arrow with its label, without white space and colours; a degree sign is a raised circle."""
    label: list[str] = []
    coming = iter(tokens)
    for token in coming:
        if token in DEGREES:
            label += ["^", "{", r"\circ", "}"]
        elif token == r"\color":
            next((after for after in coming if after == "}"), None)  # its name or model
        elif CLASSES.get(token) != "SPACE":
            label.append(token)
            if label[-2:] == ["{", "}"] and label[-3:-2] in (["^"], ["_"]):  # an empty script
                del label[-3:]
    return label


def is_dots(part: Sequence[Atom]) -> bool:
    """Whether a part is an ellipsis."""
    return len(part) == 1 and SYNONYMS.get(part[0].token, part[0].token) in DOTS


_LONE_BARS = {"|": r"\mid", "||": r"\parallel"}
"""The relations that bars without a partner are."""


def sign_of(atom: Atom) -> str:
    """The sign of an operator, for synonyms the same; with scripts it is a sign of its own."""
    sign = (
        (_relation_of(atom.value) or "")
        if isinstance(atom.value, Node)
        else SYNONYMS.get(atom.token, atom.token)
    )
    sign = _LONE_BARS.get(BARS.get(sign, ""), sign)
    scripts = [" ".join(_label(unparse(node))) for node in (atom.sub, atom.sup) if node is not None]
    return " ".join([sign, *scripts, *["'"] * atom.primes])


def is_sign_of_operand(row: Sequence[Atom], index: int) -> bool:
    r"""Whether a sign belongs to what follows it, as an operand is due before it: ``\sin -x``.

    Nobody writes a plus there: ``\sin + \cos`` is a sum of functions.
    """
    before = row[index - 1]
    if before.token in SUMS or before.token in (r"\lim", "(", "["):
        return True
    return is_bare_function(before) and row[index].token != "+"


def is_doubtful_sign(row: Sequence[Atom], index: int) -> bool:
    r"""Whether a sign after a function may belong to its argument as well as join it to a term: ``\max - \min``."""
    before = row[index - 1] if index else None
    if before is None or level_of(row[index]) != SUM or not is_bare_function(before):
        return False
    if row[index].token == "+":
        return True
    if function_in(before) in ("max", "min"):
        return before.plain
    return index + 1 == len(row) or is_bare_function(row[index + 1])


def is_bare_function(atom: Atom) -> bool:
    """Whether an atom is a known function, however it is spelt, without an exponent."""
    return atom.sup is None and function_in(atom) is not None


def function_in(atom: Atom) -> str | None:
    r"""The known function that an atom is, ``\sin`` or ``\operatorname{sin}``; None for any other atom."""
    if atom.kind == "sym":
        return KNOWN.get(atom.token)
    node = atom.value
    if not isinstance(node, Command) or CLASSES.get(node.name) not in ("OPERATORNAME", "FONT", "TEXT"):
        return None
    return OPERATOR_NAMES.get(words_of(argument_of(node)).replace(" ", ""))


def outside_bodies(row: list[Atom], levels: list[int]) -> list[int]:
    """The levels, without those of product signs after a sum or a limit: all of that is its body."""
    for index, atom in enumerate(row):
        if atom.token in SUMS or atom.token in LARGE or atom.token in INTEGRALS or atom.token == r"\lim":
            return levels[:index] + [FACTOR] * (len(levels) - index)
    return levels


def split_at(row: list[Atom], levels: list[int], level: int) -> tuple[list[list[Atom]], list[Atom]]:
    """The parts of a row between the operators of a level, and those operators: one fewer."""
    parts: list[list[Atom]] = []
    signs: list[Atom] = []
    start = 0
    for index, here in enumerate(levels):
        if here == level:
            parts.append(row[start:index])
            signs.append(row[index])
            start = index + 1
    parts.append(row[start:])
    return parts, signs


_PUNCTUATION = frozenset((".", ",", ";", "。", "，", r"\quad", r"\qquad", r"\\"))


def unpunctuated(row: list[Atom]) -> list[Atom]:
    """The row without punctuation at its end, which belongs to the sentence around the formula, and outer spaces."""
    end = len(row)
    while end > 1 and row[end - 1].plain and row[end - 1].token in _PUNCTUATION:
        end -= 1
    start = 0
    while start < end - 1 and row[start].token in (r"\quad", r"\qquad", r"\\"):
        start += 1
    return row[start:end]


_WIDE = frozenset((r"\quad", r"\qquad"))


def without_wide_spaces(row: list[Atom]) -> list[Atom]:
    r"""The row without wide spaces beside an operator, which separate nothing: ``x\quad=3``, ``s\quad+2``.

    One before a minus may separate: ``1\quad-2``.
    """
    if not any(atom.token in _WIDE for atom in row):
        return row
    return [
        atom
        for index, atom in enumerate(row)
        if not (atom.token in _WIDE and atom.plain and _is_beside_operator(row, index))
    ]


def _is_beside_operator(row: Sequence[Atom], index: int) -> bool:
    before, after = index - 1, index + 1
    while before >= 0 and row[before].token in _WIDE:
        before -= 1
    while after < len(row) and row[after].token in _WIDE:
        after += 1
    if before >= 0 and RELATION <= _joining_level(row[before]) < FACTOR:
        return True
    if before < 0 or after == len(row) or row[after].token in ("-", r"\pm", r"\mp", *_SIGNS_ALONE):
        return False
    return RELATION <= _joining_level(row[after]) < FACTOR


_SIGNS_ALONE = frozenset((r"\downarrow", r"\uparrow", r"\rightarrow", r"\leftarrow", r"\to"))
"""Relations that also stand alone, between or before statements."""


def _joining_level(atom: Atom) -> int:
    return FACTOR if atom.token in BARS or atom.token in _SIGNS_ALONE else level_of(atom)


def without_full_stop(items: Sequence[Node | None]) -> Sequence[Node | None]:
    """The items of a formula without a full stop before it, which ends the sentence before; not that of ``.5``."""
    if len(items) < 2 or not (isinstance(items[0], Symbol) and items[0].name in (".", "。")):
        return items
    following = items[1].base if isinstance(items[1], Scripts) else items[1]
    digit = isinstance(following, Symbol) and following.name.isdecimal()
    return items if digit else items[1:]


def decimal_comma(row: Sequence[Atom]) -> list[str]:
    """The doubt whether a list is a formula with decimals, ``r = 0,4 + 0,3 t``; empty if it does not look like one."""
    threes = zip(row, row[1:], row[2:], strict=False)
    found = any(a.value == "0" and b.token == "," and c.kind == "num" for a, b, c in threes)
    if not found or len(row) <= 2 * sum(atom.token == "," for atom in row) + 1:
        return []
    negative = any(sign.token == "-" and zero.value == "0" for sign, zero in pairwise(row))
    return ["decimal comma of a negative number" if negative else "decimal comma"]


def ends_in_function(part: Sequence[Atom]) -> bool:
    """Whether a function without brackets takes the end of a part, so that a slash may belong to its argument."""
    after = [index + 1 for index, atom in enumerate(part) if atom.token in KNOWN]
    return bool(after) and after[-1] < len(part) and part[after[-1]].kind != "br"
