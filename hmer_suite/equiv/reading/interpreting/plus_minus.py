r"""Several signs ``\pm`` in one formula: all plus or all minus, or each by itself, ``x=\pm1\pm\sqrt2``."""

from __future__ import annotations

from hmer_suite.equiv.terms import Term, const, mul
from hmer_suite.latex.tree import Node, unparse

_SIGN = const("sign")
_OPENING = frozenset(("(", "[", "{", r"\{", r"\left"))
_CLOSING = frozenset((")", "]", "}", r"\}", r"\right"))
_BETWEEN = frozenset((",", ";", r"\quad", r"\qquad", r"\\"))
"""Signs between statements, outside brackets."""


def has_independent_signs(tree: Node) -> bool:
    r"""Whether a statement of a formula has two or more ``\pm`` that no ``\mp`` binds together."""
    tokens = unparse(tree)
    if r"\mp" in tokens:
        return False
    depth = signs = 0
    for token in tokens:
        depth += (token in _OPENING) - (token in _CLOSING)
        if token in _BETWEEN and depth == 0:
            signs = 0
        signs += token == r"\pm"
        if signs > 1:
            return True
    return False


def is_spread(term: Term) -> bool:
    r"""Whether signs are before both sides of an equation, or before a tuple: ``\pm v=\pm w``, ``\pm(v,w)``."""
    if term.op == "chain":
        return term.data == ("=",) and all(map(_is_signed, term.args))
    return _is_signed(term) and len(term.args) == 2 and term.args[1].op == "tuple"


def with_one_sign(term: Term) -> Term:
    """An equation with two signs with that of its second side alone, a tuple with the sign before each part."""
    if not is_spread(term):
        return term
    if term.op == "mul":
        return term.args[1].with_args(tuple(mul(_SIGN, value) for value in term.args[1].args))
    first, second = term.args
    return term.with_args((mul(*first.args[1:]), second))


def _is_signed(term: Term) -> bool:
    return term.op == "mul" and len(term.args) > 1 and term.args[0] == _SIGN
