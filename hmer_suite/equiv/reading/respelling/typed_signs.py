r"""Relations and signs typed in characters as programs have them: ``a==b``, ``a!=b``, ``t|->2t``, ``a+-b``."""

from __future__ import annotations

import re

from hmer_suite.equiv.reading.respelling.changed_tokens import lines_of, with_lines
from hmer_suite.latex.tree import Node, unparse

_TYPED = {"=\n=": "=", "!\n=": r"\neq", "|\n-\n>": r"\mapsto", "+\n-": r"\pm"}
_SIGN = re.compile(rf"(?m)^(?:{'|'.join(map(re.escape, _TYPED))})$")


def with_typed_signs(tree: Node) -> Node:
    """The tree with one sign for several characters, each of which may also be a sign by itself."""
    return with_lines(tree, _SIGN.sub(lambda found: _TYPED[found[0]], lines_of(unparse(tree))))
