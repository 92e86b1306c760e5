r"""Rows of a brace: numbers of equations beside them, and a last row for all that the others leave."""

from __future__ import annotations

from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import Term

_NEGATIONS = {"=": r"\neq", "<": r"\geq", ">": r"\leq", r"\in": r"\notin", r"\mid": r"\nmid"}
_NEGATIONS |= {negation: sign for sign, negation in _NEGATIONS.items()}
_OTHERWISE = Term("text", "otherwise")
_OTHER_WORDS = frozenset(("otherwise", "else", "elsewhere"))


def _row_numbers(parts: list[Term]) -> Change | None:
    """Systems without the numbers of their equations, if the pair has such: ``x+y=3&(1)``."""
    return _without_numbers if any(_without_numbers(part) is not part for part in parts) else None


def _without_numbers(term: Term) -> Term:
    if term.op != "cases":
        return term
    if term.data == 2:
        statements, numbers = term.args[::2], term.args[1::2]
    elif term.data == 1 and all(row.op == "list" and len(row.args) == 2 for row in term.args):
        statements, numbers = (tuple(row.args[place] for row in term.args) for place in (0, 1))
    else:
        return term
    numbered = all(row.op == "chain" for row in statements) and all(map(_is_number_of_row, numbers))
    return Term("cases", 1, statements) if numbered else term


def _is_number_of_row(term: Term) -> bool:
    if term.op == "text":
        return term.label.strip("()").isdecimal()
    return term.op == "num" or (term.op == "op" and term.data == r"\textcircled")


def _last_rows(parts: list[Term]) -> Change | None:
    """The last of two conditions, if it negates the first, as "otherwise", if the pair has that word."""
    if not any(part.op == "text" and part.label.lower() in _OTHER_WORDS for part in parts):
        return None
    return _with_otherwise


def _with_otherwise(term: Term) -> Term:
    if term.op != "cases" or term.data != 2 or len(term.args) != 4:
        return term
    first, condition, second, last = term.args
    is_other = last.op == "text" and last.label.lower() in _OTHER_WORDS
    return (
        term.with_args((first, condition, second, _OTHERWISE))
        if is_other or _negates(condition, last)
        else term
    )


def _negates(one: Term, other: Term) -> bool:
    if not one.op == other.op == "chain" or len(one.args) != 2:
        return False
    return one.args == other.args and (_NEGATIONS.get(one.relations[0]),) == other.data


CHANGES = (
    _row_numbers,
    _last_rows,
)
"""What is looked for in the parts of a pair, in this order."""
