r"""Signs ``:`` of a ratio, which is looser than a sum, or of a division: ``a+b:c``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.levels import split_at
from hmer_suite.equiv.reading.factors.factor_row import RowReader
from hmer_suite.equiv.reading.operators import PRODUCT, RATIO, SUM
from hmer_suite.equiv.terms import Term, op


def ratio(reader: RowReader, row: list[Atom], levels: list[int]) -> Term:
    """A row with ``:`` as a ratio; with other operators beside it as a division, if that is the reading."""
    parts, _ = split_at(row, levels, RATIO)
    if [] in parts[2:-2]:  # a:b::c:d
        middle = parts.index([])
        ratios = [op(":", *map(reader.statement, side)) for side in (parts[:middle], parts[middle + 1 :])]
        return Term("chain", ("=",), tuple(ratios))
    if all(parts) and not {SUM, PRODUCT}.isdisjoint(levels) and not _may_be_name(row, parts):
        reader.used.add("colon")
        if reader.choices.colon == "division":
            divided = [
                atom.as_sign(r"\div") if level == RATIO else atom
                for atom, level in zip(row, levels, strict=True)
            ]
            return reader.statement(divided)
    return op(":", *map(reader.statement, parts))


def _may_be_name(row: Sequence[Atom], parts: Sequence[Sequence[Atom]]) -> bool:
    r"""Whether a letter may stand before what it names: ``f:A\times B``, but not ``x:2+1``."""
    return len(parts) == 2 and len(parts[0]) == 1 and row[0].kind != "num" and parts[1][0].kind != "num"
