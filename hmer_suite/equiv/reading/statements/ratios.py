r"""Signs ``:`` of a ratio, which is looser than a sum, or of a division: ``a+b:c``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.factors.factor_row import RowReader
from hmer_suite.equiv.reading.operators import PRODUCT, RATIO, SUM
from hmer_suite.equiv.reading.respelling.changed_tokens import with_tokens
from hmer_suite.equiv.reading.statements.levels import split_at
from hmer_suite.equiv.terms import Term, op
from hmer_suite.latex.tree import Node, unparse


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
                Atom("sym", r"\div", atom.sub, atom.sup) if level == RATIO else atom
                for atom, level in zip(row, levels, strict=True)
            ]
            return reader.statement(divided)
    return op(":", *map(reader.statement, parts))


def with_division(tree: Node) -> Node:
    r"""The tree with ``\div`` for each ``:``, unless that is part of a sign, ``:=``, or may introduce a statement."""
    tokens = unparse(tree)
    if not _OF_STATEMENTS.isdisjoint(tokens):
        return tree
    around = zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False)
    return with_tokens(
        tree,
        [
            r"\div" if here == ":" and {before, after}.isdisjoint((":", "=", "")) else here
            for before, here, after in around
        ],
    )


_OF_STATEMENTS = frozenset(
    (r"\forall", r"\exists", r"\nexists", r"\in", r"\{", r"\rightarrow", r"\to", r"\mapsto")
)


def _may_be_name(row: Sequence[Atom], parts: Sequence[Sequence[Atom]]) -> bool:
    r"""Whether a letter may stand before what it names: ``f:A\times B``, but not ``x:2+1``."""
    return len(parts) == 2 and len(parts[0]) == 1 and row[0].kind != "num" and parts[1][0].kind != "num"
