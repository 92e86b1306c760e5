"""Integrals: which factors belong to the integrand."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms import Atom
from hmer_suite.equiv.reading.factors import derivation, is_letter
from hmer_suite.equiv.reading.operators import INTEGRALS


def fold_integrals(row: list[Atom]) -> list[Atom]:
    """Each integral sign and its differential with what stands between, made one atom.

    A differential closes the innermost open sign: ``\\int \\int f dx dy`` integrates over x first.
    """
    if not any(atom.token in INTEGRALS for atom in row):
        return row
    out: list[Atom] = []
    waiting: list[int] = []
    index = 0
    while index < len(row):
        atom = row[index]
        if atom.token in INTEGRALS:
            waiting += [len(out)] * _fold(atom.token)
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


def _is_differential(row: Sequence[Atom], index: int) -> bool:
    """Whether a d and the letter behind it stand at *index*."""
    atom = row[index]
    return derivation(atom) == "d" and atom.plain and index + 1 < len(row) and is_letter(row[index + 1])


_ENDS = frozenset("= < > , ;".split()) | frozenset(r"\leq \geq \neq \approx \Rightarrow \\ \equiv \rightarrow".split())


def _fold(sign: str) -> int:
    """How many differentials an integral sign waits for."""
    return {r"\iint": 2, r"\oiint": 2, r"\iiint": 3, r"\oiiint": 3, r"\iiiint": 4}.get(sign, 1)


def _close(out: list[Atom], start: int, variable: Atom) -> None:
    sign = out[start]
    body = out[start + 1 :]
    del out[start:]
    if sign.kind == "int":  # the second differential of a double integral
        body = [sign, *body]
        out.append(Atom("int", (sign.value[0] + "+", body, variable)))
    else:
        out.append(Atom("int", (sign.value, body, variable), sign.sub, sign.sup))
