r"""Spaces of functions on an interval without round brackets around it: ``C[0,1]``, ``L^2[a,b]``, ``C^\infty[0,1)``."""

from __future__ import annotations

import re

from hmer_suite.equiv.reading.respelling.changed_tokens import lines_of, with_lines
from hmer_suite.latex.tree import Node, unparse

_SCRIPT = r"[\^_]\n\{\n(?:[^{}\n]+\n){1,3}\}\n"
_SIZE = r"(?:\\(?:left|right)\n)?"
_END = r"[^\[\](){},;\n]+\n"
_SPACE = re.compile(
    rf"(?m)(?P<space>^(?:C|L|H|W|\\ell)\n(?:{_SCRIPT}){{0,2}})"
    rf"(?P<interval>{_SIZE}\[\n(?:{_END}){{1,4}}[,;]\n(?:{_END}){{1,4}}{_SIZE}[\])])(?=\n|$)"
)


def with_bracketed_intervals(tree: Node) -> Node:
    """The tree with round brackets around the interval of a space of functions."""
    return with_lines(tree, _SPACE.sub("\\g<space>(\n\\g<interval>\n)", lines_of(unparse(tree))))
