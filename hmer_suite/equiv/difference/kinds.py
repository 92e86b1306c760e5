"""Two things of different kinds, and what fits two of the same kind."""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.difference.dispatch import Proof
from hmer_suite.equiv.difference.expressions import different_parts
from hmer_suite.equiv.difference.search import INFINITY, STATEMENTS, STRUCTURE, Witness, searched
from hmer_suite.equiv.difference.statements import different_chain
from hmer_suite.equiv.difference.structures import (
    different_ac,
    different_cases,
    different_list,
    different_matrix,
    different_set,
    different_tuple,
    truths_compared,
)
from hmer_suite.equiv.equality import truth_tables
from hmer_suite.equiv.terms import Term, num


def different_kinds(left: Term, right: Term) -> Witness | None:
    """A list against a tuple, a statement against a number: different unless one may be a way to write the other."""
    kinds = {left.op, right.op}
    if "text" in kinds and (single := left if right.op == "text" else right).op not in STATEMENTS:
        return STRUCTURE if not _is_word(left if left.op == "text" else right) or single.op == "num" else None
    if "chain" in kinds and any(side.op == "op" and side.data == r"\neg" for side in (left, right)):
        return searched(lambda point: truths_compared(point, left, right), left, right)
    if kinds & {"empty", "text", "chain"} and "ac" not in kinds:
        return STRUCTURE
    if kinds == {"tuple", "set"}:
        return STRUCTURE
    if kinds <= {"list", "tuple", "set", "cases", "matrix"}:  # the same things in other brackets, perhaps
        return STRUCTURE if len(left.args) != len(right.args) else different_parts(left, right)
    if "ac" in kinds and any(part.op == "chain" for side in (left, right) for part in side.walk()):
        return searched(lambda point: truths_compared(point, left, right), left, right)
    if "ac" in kinds:
        tables = truth_tables(left, right)
        return None if tables is None or tables[0] == tables[1] else STRUCTURE
    if kinds == {"tuple", "name"}:
        interval, letter = (left, right) if left.op == "tuple" else (right, left)
        if letter.label.startswith(r"\mathbb") or any(part == INFINITY for part in interval.walk()):
            return None  # an interval may have a name
    if "list" in kinds and (left if left.op == "list" else right).data == "quad":
        return None  # a wide space parts statements, or nothing
    if any(
        part.op == "matrix" for side in (left, right) if side.op not in STATEMENTS for part in side.walk()
    ):
        return None  # a number times a matrix
    several, single = (left, right) if left.op in STATEMENTS else (right, left)
    if several.op == "list" and _with_decimal_comma(several) == single:
        return None
    if several.op == "set" and any(arg.op == "op" and arg.data == "builder" for arg in several.args):
        return STRUCTURE if single not in several.walk() else None
    return STRUCTURE if len(several.args) > 1 else None


def _with_decimal_comma(term: Term) -> Term | None:
    """What ``3,14`` is where a comma parts the decimals."""
    if len(term.args) != 2 or any(arg.op != "num" or arg.value.denominator != 1 for arg in term.args):
        return None
    whole, decimals = (arg.value for arg in term.args)
    return num(whole + Fraction(decimals, 10 ** len(str(decimals))))


def _is_word(term: Term) -> bool:
    """Whether a text is short enough to be a name in upright letters."""
    return str(term.data).isalnum()


RULES: dict[str, Proof] = {
    "chain": different_chain,
    "list": different_list,
    "tuple": different_tuple,
    "set": different_set,
    "matrix": different_matrix,
    "cases": different_cases,
    "ac": different_ac,
    "text": lambda left, right: STRUCTURE,
    "empty": lambda left, right: None,
}
