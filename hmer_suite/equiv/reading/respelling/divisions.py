r"""Signs ``:`` as those of divisions."""

from __future__ import annotations

from hmer_suite.equiv.reading.respelling.changed_tokens import with_tokens
from hmer_suite.latex.tree import Node, unparse


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
