"""Integrals: the extent of the integrand, and integrals whose differential is in a numerator or missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.atoms.atoms import atoms
from hmer_suite.equiv.reading.atoms.shapes import FRACTIONS, argument_of, derivation, is_letter, items_of
from hmer_suite.equiv.reading.factors.factor_row import FactorRow
from hmer_suite.equiv.reading.factors.functions import without_variable
from hmer_suite.equiv.reading.factors.kept_brackets import grouping
from hmer_suite.equiv.reading.operators import INTEGRALS, SYNONYMS, VECTOR_MARKS
from hmer_suite.equiv.terms import ONE, Term, inverse, mul, op
from hmer_suite.latex.tree import Node

_ENDS = frozenset("= < > , ;".split()) | frozenset(
    r"\leq \geq \neq \approx \Rightarrow \\ \equiv \rightarrow".split()
)


@dataclass(frozen=True, slots=True)
class Integral:
    """Value of an atom ``int``: the sign, with a ``+`` for each further differential, the integrand, the variable."""

    sign: str
    body: list[Atom]
    variable: Atom


def fold_integrals(row: list[Atom]) -> list[Atom]:
    """The row with each integral, from its sign to its differential, as one atom ``int``.

    A differential closes the innermost open sign: ``\\int \\int f dx dy`` integrates over x first.
    """
    if not any(atom.token in INTEGRALS for atom in row):
        return row
    row = [part for atom in row for part in _without_brackets(atom)]
    out: list[Atom] = []
    waiting: list[int] = []
    index = 0
    while index < len(row):
        atom = row[index]
        if atom.token in INTEGRALS:
            waiting += [len(out)] * _multiplicity(atom.token)
            out.append(atom)
        elif waiting and _is_differential(row, index):
            _close(out, waiting.pop(), row[index + 1])
            index += 1
        elif atom.token in _ENDS:
            waiting.clear()
            out.append(atom)
        else:
            out.append(atom)
        index += 1
    return out


def _without_brackets(atom: Atom) -> list[Atom]:
    """``(f dx)`` beside an integral sign as a bracket and a differential, ``(dx)`` as a differential; else the atom."""
    bracket = atom.value
    if not isinstance(bracket, Bracket) or not atom.plain or len(bracket.parts) > 1:
        return [atom]
    inner = bracket.parts[0]
    if bracket.open not in ("(", "[", "{") or len(inner) < 2 or not _is_differential(inner, len(inner) - 2):
        return [atom]
    before = _without_last_sign(inner[:-2])
    if any(other.token in INTEGRALS for other in inner):
        return [atom]  # an integral of its own
    content = [Atom("br", Bracket("(", "(", (before,)))] if before else []
    return [*content, *inner[-2:]]


def _without_last_sign(row: list[Atom]) -> list[Atom]:
    r"""An integrand without the product sign that joins it to its differential, ``5\cdot dt``."""
    return row[:-1] if len(row) > 1 and row[-1].plain and row[-1].token in _PRODUCT_SIGNS else row


_PRODUCT_SIGNS = frozenset((r"\cdot", r"\times", "*", r"\ast"))


def _is_differential(row: Sequence[Atom], index: int) -> bool:
    """Whether a d and a letter follow from *index* on."""
    atom = row[index]
    return derivation(atom) == "d" and atom.plain and index + 1 < len(row) and is_letter(row[index + 1])


def _multiplicity(sign: str) -> int:
    """The number of differentials of an integral sign."""
    return {r"\iint": 2, r"\oiint": 2, r"\iiint": 3, r"\oiiint": 3, r"\iiiint": 4}.get(sign, 1)


def _close(out: list[Atom], start: int, variable: Atom) -> None:
    sign = out[start]
    token = SYNONYMS.get(sign.token, sign.token)
    body = _without_last_sign(out[start + 1 :])
    is_crossed = out[-1].token == r"\times" and _is_vector(variable)
    del out[start:]
    if isinstance(sign.value, Integral):  # the second differential of a double integral
        out.append(Atom("int", Integral(sign.value.sign + "+", [sign, *body], variable)))
    else:
        primed = token + "'" * sign.primes + r" \times" * is_crossed
        out.append(Atom("int", Integral(primed, body, variable), sign.sub, sign.sup))


def _is_vector(letter: Atom) -> bool:
    """Whether a letter is marked as a vector."""
    return isinstance(letter.value, Node) and letter.value.name in VECTOR_MARKS


def integral(factors: FactorRow, found: Integral, atom: Atom) -> Term:
    """An integral that ends with its differential; without an integrand before that, the rest of the row is it."""
    lower, upper = factors.reader.group(atom.sub), factors.reader.group(atom.sup)
    inner = factors.reader.statement(grouping(found.body)) if found.body else ONE
    if not found.body and factors.peek() is not None:
        inner = factors.rest()
    variable = factors.alone(found.variable)
    bounds = (without_variable(bound, variable) for bound in (lower, upper))
    return Term("int", found.sign, (inner, variable, *bounds))


def open_integral(factors: FactorRow, sign: str, atom: Atom) -> Term:
    """An integral whose differential is in a numerator, or missing."""
    lower, upper = factors.reader.group(atom.sub), factors.reader.group(atom.sup)
    sign += "'" * atom.primes
    rest = list(factors.row[factors.at :])
    for index, other in enumerate(rest):
        if (split := _differential_in(other)) is not None:
            factors.at = len(factors.row)
            above, variable, denominator = split
            before = [*rest[:index], *above]
            body = factors.reader.statement(grouping(before)) if before else ONE
            body = mul(body, inverse(factors.reader.group(denominator)))
            if after := rest[index + 1 :]:
                body = mul(body, factors.reader.statement(after))
            return Term("int", sign, (body, factors.alone(variable), lower, upper))
    return op(sign, factors.rest(), lower, upper)


def _differential_in(atom: Atom) -> tuple[list[Atom], Atom, Node] | None:
    """A fraction with the numerator ``f dx`` as f, x and the denominator."""
    if not isinstance(atom.value, Node) or atom.value.name not in FRACTIONS or not atom.plain:
        return None
    above = atoms(items_of(argument_of(atom.value)))
    if len(above) >= 2 and derivation(above[-2]) == "d" and above[-2].plain and is_letter(above[-1]):
        return _without_last_sign(above[:-2]), above[-1], argument_of(atom.value, 1)
    return None
