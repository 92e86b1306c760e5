r"""Definitions by cases whose rows have a comma or a space between value and condition, and no ``&``."""

from __future__ import annotations

from hmer_suite.equiv.terms import NON_EXPRESSIONS, Term


def cases(cells: tuple[Term, ...], width: int) -> Term:
    """The cells after a brace; those of one column in two if each is a value and its condition: ``v,v>0``."""
    if width == 1 and all(map(_is_value_with_condition, cells)):
        return Term("cases", 2, tuple(part for cell in cells for part in _parts(cell)))
    return Term("cases", width, cells)


def _is_value_with_condition(cell: Term) -> bool:
    if cell.op != "list" or cell.args[0].op in NON_EXPRESSIONS:
        return False
    return all(arg.op in ("chain", "text") for arg in cell.args[1:])


def _parts(cell: Term) -> tuple[Term, Term]:
    value, *conditions = cell.args
    return value, conditions[0] if len(conditions) == 1 else Term("list", None, tuple(conditions))
