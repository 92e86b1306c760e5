r"""Congruences: a relation and its modulus, ``a\equiv b\pmod n``, ``a\equiv b\;(\bmod n)``, ``a\equiv b\mod n``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.factors.factor_row import RowReader
from hmer_suite.equiv.terms import Term, mul, op

_MODULI = frozenset((r"\pmod", r"\pod", r"\bmod", r"\mod"))


def with_modulus(chain: Term) -> Term:
    """A relation whose last side ends in a modulus as the relation and, apart from it, the modulus."""
    found = _modulus(chain.args[-1], chain.relations[-1] == r"\equiv")
    if found is None:
        return chain
    side, modulus = found
    return Term("list", None, (chain.with_args((*chain.args[:-1], side)), op(r"\pmod", modulus)))


def with_modulus_behind(reader: RowReader, signs: Sequence[str], sides: tuple[Term, ...]) -> tuple[Term, ...]:
    r"""The sides of a relation, the last with a modulus if it is written as a remainder: ``n\equiv1\mod3``.

    After an equals sign a number that is its own remainder is in doubt: ``n=1\mod3``.
    """
    last = sides[-1]
    if last.op != "op" or last.data not in (r"\bmod", r"\mod") or len(last.args) != 2:
        return sides
    value, modulus = last.args
    if signs[-1] == "=" and value.op == modulus.op == "num" and 0 <= value.value < modulus.value:
        reader.doubts.add("remainder or congruence")
    elif signs[-1] != r"\equiv":
        return sides
    return (*sides[:-1], mul(value, op(r"\pmod", modulus)))


def with_modulus_apart(relation: Term, modulus: Term) -> Term | None:
    """A relation and the modulus after a wide space as a relation that ends in its modulus; None for other pairs."""
    if relation.op != "chain" or modulus.op != "op" or modulus.data not in _MODULI or len(modulus.args) != 1:
        return None
    return relation.with_args((*relation.args[:-1], mul(relation.args[-1], op(r"\pmod", *modulus.args))))


def _modulus(side: Term, congruent: bool) -> tuple[Term, Term] | None:
    """The last side without its modulus, and the modulus."""
    if congruent and side.op == "op" and side.data in (r"\bmod", r"\mod") and len(side.args) == 2:
        return side.args[0], side.args[1]
    if side.op not in ("add", "mul", "juxt") or len(side.args) < 2:
        return None
    *others, last = side.args
    if last.op in ("add", "mul", "juxt") and (inner := _modulus(last, congruent=False)) is not None:
        return side.with_args((*others, inner[0])), inner[1]
    if side.op == "add" or last.op != "op" or last.data not in _MODULI or len(last.args) != 1:
        return None
    return mul(*others), last.args[0]
