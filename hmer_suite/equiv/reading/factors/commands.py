"""Commands and environments: fractions, derivatives, roots, fonts, accents, named operators, matrices, cases."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.atoms import atoms
from hmer_suite.equiv.reading.atoms.node_shapes import COLOURED
from hmer_suite.equiv.reading.atoms.shapes import (
    FONTS,
    FRACTIONS,
    argument_of,
    derivation,
    is_letter,
    items_of,
    words_of,
)
from hmer_suite.equiv.reading.factors.brackets import determinant
from hmer_suite.equiv.reading.factors.cases import cases
from hmer_suite.equiv.reading.factors.continued_lines import continued, with_continued_lines
from hmer_suite.equiv.reading.factors.factor_row import FactorRow, RowReader
from hmer_suite.equiv.reading.factors.functions import bounded, command_of, function, head, named_function
from hmer_suite.equiv.reading.factors.kept_brackets import is_kept
from hmer_suite.equiv.reading.factors.letters import accented, differential, letter_or_function
from hmer_suite.equiv.reading.factors.numbers import number
from hmer_suite.equiv.reading.factors.orders import differentiated
from hmer_suite.equiv.reading.factors.words import extreme_as_word, text_term
from hmer_suite.equiv.reading.operators import FACTOR, OPERATOR_NAMES, PRODUCT
from hmer_suite.equiv.reading.units import units_in
from hmer_suite.equiv.terms import EMPTY, ONE, TWO, Grid, Term, const, fn, inverse, mul, name, op, power
from hmer_suite.latex.constructs import BRACES_ABOVE, BRACES_BELOW
from hmer_suite.latex.nodes import Command, Symbol
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node, unparse

_MATRICES = {"matrix": "", "pmatrix": "((", "bmatrix": "[[", "Bmatrix": "{{", "vmatrix": "||", "Vmatrix": "||||",
             "smallmatrix": "", "array": "", "tabular": "", "subarray": ""}  # fmt: skip
_CASES = frozenset(("cases", "dcases", "rcases", "drcases"))
_OF_DIGITS = frozenset((r"\mathrm", r"\mathsf", r"\mathbf", r"\mathtt", r"\boldsymbol", r"\bm", r"\pmb"))
"""Fonts in which digits are still a number, and the name of a function is still one."""
_SPACES = frozenset(token for token, cls in CLASSES.items() if cls == "SPACE")
BRACED = "braced"
"""The sign of a formula with a brace over or under it, and what stands at the tips."""
_BINOMIALS = frozenset((r"\binom", r"\dbinom", r"\tbinom"))
_BRACES = BRACES_ABOVE | BRACES_BELOW
_STRUCK = frozenset((r"\cancel", r"\bcancel", r"\xcancel"))
"""Commands that strike out their argument, which may be gone then, or is still there in a fraction."""
_STATEMENT_ACCENTS = frozenset((r"\pmod", r"\pod", r"\boxed", r"\underline", r"\fbox"))


def command(factors: FactorRow, node: Node, atom: Atom) -> Term:
    """The term of a command or environment, the value of *atom*, with its scripts."""
    if node.kind == "environment":
        return factors.scripted(_environment(factors.reader, node), atom)
    if node.kind in ("text", "math"):
        return factors.scripted(Term("text", words_of(node)), atom)
    if node.kind == "infix":
        return factors.scripted(factors.reader.row((node,)), atom)
    if node.name in FRACTIONS or node.name == r"\cfrac":
        return _fraction(factors, node, atom)
    if node.name in _BINOMIALS:
        return factors.scripted(fn("binom", *map(factors.reader.group, node.children[1:])), atom)
    if node.name == r"\sqrt":
        return factors.scripted(_root(factors.reader, node), atom)
    if node.name in FONTS:
        return _font(factors, node, atom)
    if node.name in COLOURED:
        return factors.scripted(factors.reader.group(node.children[-1]), atom)  # words
    if node.name == r"\substack" and (row := factors.reader.group(argument_of(node))).op != "list":
        return factors.scripted(row, atom)
    if node.name in _BRACES:
        braced = op(BRACED, factors.reader.group(node.children[1]), *_labels(factors.reader, atom))
        return factors.scripted(braced, Atom("none", None, primes=atom.primes))
    if node.name in (r"\overset", r"\stackrel"):
        return _set_over(factors, node, atom)
    kind = CLASSES.get(node.name)
    if kind == "TEXT":
        return _words(factors, words_of(argument_of(node)), atom)
    if kind == "OPERATORNAME":
        return _named_operator(factors, node, atom)
    if kind == "ACCENT":
        return _accent(factors, node, atom)
    return factors.scripted(op(node.name, *map(factors.reader.group, node.children[1:])), atom)


def _labels(reader: RowReader, atom: Atom) -> tuple[Term, ...]:
    """What stands at the tip of a brace over or under a formula."""
    return tuple(reader.group(script) for script in (atom.sub, atom.sup) if script is not None)


_SET_OVER = {
    "-": r"\bar", r"\rightarrow": r"\vec", r"\to": r"\vec", r"\leftarrow": r"\overleftarrow",
    r"\gets": r"\overleftarrow", r"\leftrightarrow": r"\overleftrightarrow", r"\wedge": r"\hat", r"\land": r"\hat",
    r"\sim": r"\tilde", ".": r"\dot", r"\cdot": r"\dot", "..": r"\ddot", r"\circ": r"\mathring",
    r"\smile": r"\breve", r"\vee": r"\check", r"\frown": r"\wideparen",
}  # fmt: skip
"""Signs that set over a letter are drawn as an accent is."""


def _set_over(factors: FactorRow, node: Node, atom: Atom) -> Term:
    r"""A sign over another, ``\overset{\to}{v}``: an accent, or nothing that is known."""
    sign, base = argument_of(node), argument_of(node, 1)
    accent = _SET_OVER.get("".join(token for token in unparse(sign) if token not in _SPACES | {"{", "}"}))
    if accent is not None:
        return _accent(factors, Command(accent, (base,)), atom)
    return factors.scripted(op(r"\overset", *map(factors.reader.group, (sign, base))), atom)


def _words(factors: FactorRow, words: str, atom: Atom) -> Term:
    r"""Words in ``\\text``: the name of a function, a unit, or words."""
    before, after = factors.row[: factors.at - 1], factors.row[factors.at :]
    if words == "lim" and after:
        return bounded(factors, r"\lim", atom)
    if after and not (before and before[-1].kind == "num" and units_in(words) is not None):
        if words in OPERATOR_NAMES:
            return function(factors, OPERATOR_NAMES[words], atom)
        if (named := named_function(factors, words)) is not None:
            return head(factors, named, atom)
    if _ends_in_unit(words) and atom.sub is None and atom.sup is not None and _is_whole(atom.sup):
        words, atom = f"{words}^{''.join(unparse(atom.sup)).strip('{}')}", atom.bare()  # m/s^2
    return factors.scripted(text_term(words, before, after), atom)


def _ends_in_unit(words: str) -> bool:
    """Whether an exponent of words is that of their last unit."""
    return "/" in words or (" " in words and units_in(words) is not None)


def _is_whole(exponent: Node) -> bool:
    """Whether an exponent is digits, perhaps with a minus."""
    return "".join(unparse(exponent)).strip("{}").removeprefix("-").isdecimal()


ROOTS_OF_UNITY = "roots of unity"
"""The sign of a root of 1 whose order is a letter, which may be any of its roots."""


def _root(reader: RowReader, node: Node) -> Term:
    degree, radicand = node.children
    index = TWO if degree is None or not degree.children else reader.group(degree)
    base = reader.group(radicand)
    if base == ONE and index.op != "num":
        return op(ROOTS_OF_UNITY, index)
    return power(base, inverse(index))


def _fraction(factors: FactorRow, node: Node, atom: Atom) -> Term:
    if (derivative := _derivative(factors, node)) is not None and atom.plain:
        return derivative
    above, below = map(factors.reader.group, node.children[1:])
    return factors.scripted(mul(above, inverse(below)), atom)


def _derivative(factors: FactorRow, node: Node) -> Term | None:
    above, below = (atoms(items_of(argument_of(node, index))) for index in (0, 1))
    variables = _variables(below, above)
    if variables is None or (len(above) == 1 and factors.peek() is None):
        return None
    operand = factors.reader.statement(above[1:]) if len(above) > 1 else factors.rest()
    return _differentiated(factors, above[0], operand, variables)


def slash_derivative(factors: FactorRow, above: list[Atom], below: list[Atom]) -> Term | None:
    r"""A derivative with a slash, ``dy/dx`` or ``d/dx(y)``; None for any other quotient."""
    ends = (len(below),) if len(above) > 1 else range(2, len(below), 2)
    for end in ends:
        if (variables := _variables(below[:end], above)) is not None:
            operand = factors.reader.statement(above[1:] if len(above) > 1 else below[end:])
            return _differentiated(factors, above[0], operand, variables)
    return None


def outside_operands(reader: RowReader, row: list[Atom], levels: list[int]) -> list[int]:
    r"""The levels, without those of product signs in what is derived: ``\frac d{dx}v\cdot w``, perhaps v alone."""
    place = _operator_before_product(row, levels)
    if place is None:
        return levels
    reader.used.add("operand")
    if reader.choices.operand == "first":
        return levels
    return levels[:place] + [FACTOR] * (len(levels) - place)


def _operator_before_product(row: list[Atom], levels: list[int]) -> int | None:
    for index, atom in enumerate(row[:-1]):
        if _is_derivative_operator(atom) and levels[index + 1] == FACTOR:
            later = [row[place].token for place in range(index, len(row)) if levels[place] == PRODUCT]
            return None if not later or "/" in later else index
    return None


def _is_derivative_operator(atom: Atom) -> bool:
    if atom.token == r"\partial":
        return atom.sub is not None
    if not atom.plain or not isinstance(atom.value, Command) or atom.value.name not in FRACTIONS:
        return False
    above, below = (atoms(items_of(argument_of(atom.value, index))) for index in (0, 1))
    return len(above) == 1 and _variables(below, above) is not None


_Variables = list[tuple[Atom, Node | None]]


def _variables(below: list[Atom], above: list[Atom]) -> _Variables | None:
    """The variables of a denominator such as ``dx^2`` or ``\\partial x \\partial y``, with their orders."""
    sign = derivation(above[0]) if above else None
    if sign is None or not below or len(below) % 2:
        return None
    found = []
    for prefix, variable in zip(below[::2], below[1::2], strict=True):
        if derivation(prefix) != sign or not prefix.plain or not is_letter(variable):
            return None
        found.append((Atom(variable.kind, variable.value, variable.sub, None, variable.primes), variable.sup))
    return found


def _differentiated(factors: FactorRow, sign: Atom, operand: Term, variables: _Variables) -> Term:
    """The derivative of a term by its variables."""
    total = ONE if sign.sup is None else factors.reader.group(sign.sup)
    pairs = []
    for variable, sup in variables:
        letter, order = factors.alone(variable), ONE if sup is None else factors.reader.group(sup)
        pairs.append((power(letter, ONE), ONE) if sup is not None and order == ONE else (letter, order))
    return differentiated(derivation(sign) or "d", total, operand, pairs)


def _font(factors: FactorRow, node: Node, atom: Atom) -> Term:
    font, content = node.name, argument_of(node)
    text = "".join(token for token in unparse(content) if token not in _SPACES)
    text = text.removeprefix("{").removesuffix("}")
    upright = font in _OF_DIGITS
    if font == r"\mathrm" and text.isdecimal():
        return factors.scripted(number(text), atom)
    if text.isdecimal() and (upright or font == r"\mathit"):
        return factors.scripted(op("digits", number(text)), atom)
    if upright and text == "lim" and factors.peek() is not None:
        return bounded(factors, r"\lim", atom)
    if upright and atom.plain and (word := extreme_as_word(factors, command_of(text))) is not None:
        return word
    if upright and text in OPERATOR_NAMES:
        return function(factors, OPERATOR_NAMES[text], atom)
    if font == r"\mathrm" and (named := named_function(factors, text)) is not None:
        return head(factors, named, atom)
    if font == r"\mathrm" and text in ("e", "i", "j"):
        return factors.scripted(const("e" if text == "e" else "i"), atom)
    if font == r"\mathrm" and text == "d" and factors.is_before_letter():
        return differential(factors, "d", atom)
    if text.isalnum() or (text.startswith("\\") and text[1:].isalpha()):
        return letter_or_function(factors, name(f"{font}{{{text}}}"), atom)
    return factors.scripted(op(font, factors.reader.index(content)), atom)


def _named_operator(factors: FactorRow, node: Node, atom: Atom) -> Term:
    words = "".join(t for t in unparse(argument_of(node)) if t not in ("{", "}", "~", r"\,", r"\ "))
    if node.name.startswith(r"\operatorname"):
        if words == "lim" and factors.peek() is not None:
            return bounded(factors, r"\lim", atom)
        if atom.plain and (word := extreme_as_word(factors, command_of(words))) is not None:
            return word
        if words in OPERATOR_NAMES:
            return function(factors, OPERATOR_NAMES[words], atom)
        return head(factors, command_of(words), atom)
    return factors.scripted(op(node.name, factors.reader.group(argument_of(node))), atom)


def _accent(factors: FactorRow, node: Node, atom: Atom) -> Term:
    content = factors.reader.index(argument_of(node))
    if node.name in _STRUCK:
        factors.reader.doubts.add("struck out")
    if content.op == "op" and (content.data in ("index", "dotted") or is_kept(content)):
        content = content.args[-1]  # no index
    if node.name == r"\boxed" and len(factors.row) == 1 and content != EMPTY:
        return factors.scripted(factors.reader.group(argument_of(node)), atom)  # the result, in a frame
    if node.name in _STATEMENT_ACCENTS:
        return factors.scripted(op(node.name, factors.reader.group(argument_of(node))), atom)
    return accented(factors, node, content, atom)


def _environment(reader: RowReader, node: Node) -> Term:
    columns, *others = node.children
    bars = _bars_between(columns)
    lines = [[cell for cell in line.children[1:] if cell is not None] for line in others if line is not None]
    kind = node.name.rstrip("*")
    rows = [[reader.row(cell.children) for cell in line] for line in lines]
    if kind != node.name and kind in _MATRICES:  # as of mathtools, with an alignment
        rows[0][0] = reader.row(_without_alignment(lines[0][0].children))
    if kind in _MATRICES and _are_aligned(rows):
        rows = [[reader.row([item for cell in line for item in cell.children])] for line in lines]
    if _MATRICES.get(kind) == "" and all(len(row) == 1 for row in rows):
        rows = [[row] for row in continued([row[0] for row in rows])]
    width = max(len(row) for row in rows)
    if width == 1 and kind in _MATRICES and any(map(_begins_with_plus, lines[1:])):
        reader.doubts.add("addition in a column")
    if kind in _MATRICES or kind in _CASES:
        cells = tuple(cell for row in rows for cell in [*row, *[EMPTY] * (width - len(row))])
        return cases(cells, width) if kind in _CASES else _matrix(kind, cells, width, bars)
    joined = with_continued_lines([[item for cell in line for item in cell.children] for line in lines])
    terms = continued([reader.row(line) for line in joined])
    return terms[0] if len(terms) == 1 else Term("list", None, terms)


def _begins_with_plus(line: list[Node]) -> bool:
    """Whether the first cell of a row begins with a plus, that of a sum written in a column."""
    return bool(line) and unparse(line[0])[:1] == ["+"]


def _bars_between(columns: Node | None) -> str:
    """The bars of the columns of an array, each with the number of columns before it."""
    signs = [sign for sign in unparse(columns) if sign in "lcr|"] if columns is not None else []
    places = (index for index, sign in enumerate(signs) if sign == "|")
    return "".join(f" |{place - count}" for count, place in enumerate(places))


def _without_alignment(items: Sequence[Node | None]) -> list[Node | None]:
    """The first cell of a matrix without the alignment in front of it: ``\\begin{pmatrix*}[r]``."""
    spelt = [item.name if isinstance(item, Symbol) else "" for item in items[:3]]
    aligned = spelt[:1] == ["["] and spelt[1:2] in (["l"], ["c"], ["r"]) and spelt[2:] == ["]"]
    return list(items[3:] if aligned else items)


def _are_aligned(rows: list[list[Term]]) -> bool:
    """Whether every row of an array is one statement, its relation the second of three cells or the start of it."""
    return all(len(row) in (2, 3) and row[1].op == "chain" for row in rows) and all(
        row[1].args[0] == EMPTY and (len(row) == 2) == (row[1].args[-1] != EMPTY) for row in rows
    )


def _matrix(kind: str, cells: tuple[Term, ...], width: int, bars: str) -> Term:
    filled = [cell for cell in cells if cell is not EMPTY]
    if _MATRICES[kind] == "" and len(filled) == 1:
        return filled[0]  # a frame around a single cell
    if _MATRICES[kind] == "||":
        return determinant(cells, width)
    brackets = "((" if _MATRICES[kind] == "[[" else _MATRICES[kind]
    return Term("matrix", Grid(brackets + bars, width), cells)
