"""Spellings that identify unknown functions."""

from __future__ import annotations

from collections.abc import Iterable

from hmer_suite.equiv.terms import Term


def spelling(head: Term) -> str:
    """The identity of an unknown function: its name with its marks, without the values in it."""
    if head.op == "name":
        return head.label
    if head.op == "sub":
        return f"sub({spelling(head.args[0])})"
    return f"{head.op}:{head.data}({','.join(spelling(arg) for arg in head.args[:1])})"


def numbers_in(head: Term) -> Iterable[Term]:
    """The values in the name of a function: the index of ``f_n``, the exponent of ``f^{-1}``."""
    if head.op == "sub":
        yield from numbers_in(head.args[0])
        yield head.args[1]
    elif head.args:
        yield from numbers_in(head.args[0])
        yield from head.args[1:]
