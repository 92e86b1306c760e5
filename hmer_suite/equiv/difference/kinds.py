"""The proof for two statements or structures of one kind, and for two terms of different kinds."""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.difference.expressions import different_parts
from hmer_suite.equiv.difference.proof_of_difference import Proof, difference
from hmer_suite.equiv.difference.search import INFINITY, STRUCTURE, Witness, first_witness, witness_if_apart
from hmer_suite.equiv.difference.solutions import different_solutions, witness_on_line
from hmer_suite.equiv.difference.statements import different_chain
from hmer_suite.equiv.difference.structures import (
    different_ac,
    different_cases,
    different_list,
    different_matrix,
    different_set,
    different_tables,
    different_tuple,
    has_collections,
)
from hmer_suite.equiv.difference.truths import witness_if_truths_differ
from hmer_suite.equiv.equality import equality, structure
from hmer_suite.equiv.solutions import EMPTY_SETS, is_collection, is_piecewise, joined_statement
from hmer_suite.equiv.terms import NON_EXPRESSIONS, Term, const, fn, num, op


def different_kinds(left: Term, right: Term) -> Witness | None:
    """Terms of different kinds differ, unless one may be another way to write the other."""
    kinds = {left.op, right.op}
    if is_piecewise(left) or is_piecewise(right):
        return first_witness(lambda point: witness_if_apart(point, left, right), left, right)
    for statement, collection in ((left, right), (right, left)):
        if is_collection(collection) and (stated := joined_statement(statement)) is not None:
            return _different_from_collection(stated, collection)
    if _may_say_the_same(left, right) or _may_say_the_same(right, left):
        return None
    if "text" in kinds and (single := left if right.op == "text" else right).op not in NON_EXPRESSIONS:
        text = left if left.op == "text" else right
        return STRUCTURE if not _is_word(text) or single.op == "num" else None
    if _is_side_of(left, right) or _is_side_of(right, left):
        return None  # x = 5, and 5
    if "chain" in kinds and any(side.op == "op" and side.data == r"\neg" for side in (left, right)):
        return first_witness(lambda point: witness_if_truths_differ(point, left, right), left, right)
    if kinds & {"empty", "text", "chain"} and "ac" not in kinds:
        return STRUCTURE
    if kinds == {"tuple", "set"}:
        return STRUCTURE
    if kinds <= {"list", "tuple", "set", "cases", "matrix"}:  # perhaps the same parts in other brackets
        return STRUCTURE if len(left.args) != len(right.args) else different_parts(left, right)
    if "ac" in kinds and any(part.op == "chain" for side in (left, right) for part in side.walk()):
        return first_witness(lambda point: witness_if_truths_differ(point, left, right), left, right)
    if "ac" in kinds:
        return different_tables(left, right)
    if kinds == {"tuple", "name"} and any(INFINITY in side.walk() for side in (left, right)):
        return None  # an interval may have a name
    if "list" in kinds and (left if left.op == "list" else right).data == "quad":
        return None  # a wide space separates statements, or means nothing
    if any(
        part.op == "matrix"
        for side in (left, right)
        if side.op not in NON_EXPRESSIONS
        for part in side.walk()
    ):
        return None  # a number times a matrix
    several, single = (left, right) if left.op in NON_EXPRESSIONS else (right, left)
    if several.op == "matrix" and several.width == 1 and len(several.args) == 2 and single.op == "num":
        return difference(fn("binom", *several.args), single)
    if several.op in ("tuple", "matrix") and any(map(_is_vector, single.walk())):
        return None  # by its components, and by unit vectors, or a name
    decimal = _with_decimal_comma(several) if several.op == "list" else None
    if decimal is not None and equality(decimal, single) is not None:
        return None
    if several.op == "list" and _has_recurring_decimals(several):
        return None
    if several.op == "set" and any(arg.op == "op" and arg.data == "builder" for arg in several.args):
        return STRUCTURE if single not in several.walk() else None
    return STRUCTURE if len(several.args) > 1 else None


def _is_side_of(term: Term, chain: Term) -> bool:
    """Whether an expression is the last side of an equation, so that both may give one result."""
    if chain.op != "chain" or set(chain.relations) != {"="} or term.op in (*NON_EXPRESSIONS, "name"):
        return False
    if structure(term) == structure(chain.args[0]):
        return False  # the result is missing
    return equality(term, chain.args[-1]) is not None


def _different_from_collection(statement: Term, collection: Term) -> Witness | None:
    """A number that solves a statement and is not in a set, or is in the set and does not solve the statement.

    A statement and the set of its solutions are two kinds, and may be two ways to give one answer.
    """
    letters = {
        part for part in statement.walk() if part.op == "name" and not part.label.startswith(r"\mathbb")
    }
    if len(letters) != 1 or any(part.op == "sub" for part in statement.walk()):
        return None
    solutions = Term("set", None, (op("builder", letters.pop(), statement),))
    if collection.op == "list":
        collection = Term("set", None, collection.args)
    return witness_on_line(solutions, collection)


def _is_named_set(term: Term) -> bool:
    r"""Whether a term may be the name of a set that can also be spelt out: ``\mathbb{R}^+``, ``\emptyset``."""
    if term.op in ("sub", "pow", "op") and term.args:
        return _is_named_set(term.args[0])
    return term.op == "name" and (term.label.startswith(r"\mathbb") or term.data in EMPTY_SETS)


def _may_say_the_same(one: Term, other: Term) -> bool:
    """Whether terms of two kinds may be two ways to write the same: builders and intervals, cases and ``|t|``."""
    if _is_named_set(one) and (
        other.op in ("set", "tuple") or (other.op == "text" and one.data in EMPTY_SETS)
    ):
        return True
    if one.op == "text" and other.op not in NON_EXPRESSIONS:
        return set(one.label) - set(" ~") == {part.label for part in other.walk() if part.op == "name"}
    if one.op == "set" and other.op in ("tuple", "name", "set"):
        return any(arg.op == "op" and arg.data == "builder" for arg in one.args)
    if one.op == "chain" and other.op == "tuple":
        return len(other.args) == 2  # x > 0 and an interval
    if one.op == "list" and other.op == "chain":
        joined = any(arg.op in ("text", "juxt") for arg in one.args)  # t < 1 or t > 2
        return joined or const("sign") in other.walk()  # t = 2, -2
    if one.op == "cases":
        return (other.op == "op" and str(other.data).startswith("{|")) or other.op == "fn"
    return one.op == "ac" and other.op in ("set", "tuple") and has_collections(one)


_UNITS = frozenset("IEO")


def _is_vector(term: Term) -> bool:
    """Whether a term is a vector by its font or mark, or the letter of a unit or zero matrix."""
    if term.op == "op":
        return term.data in (r"\vec", r"\hat", r"\overrightarrow")
    return term.op == "name" and (
        term.data in _UNITS or term.label.startswith((r"\mathbf", r"\boldsymbol", r"\bm"))
    )


def _with_decimal_comma(term: Term) -> Term | None:
    """``3,14`` read with a decimal comma; None if the list cannot be read so."""
    if len(term.args) != 2 or any(arg.op != "num" or arg.value.denominator != 1 for arg in term.args):
        return None
    whole, decimals = (arg.value for arg in term.args)
    return num(whole + Fraction(decimals, 10 ** len(str(decimals))))


def _has_recurring_decimals(term: Term) -> bool:
    r"""Whether a list may be a number with a decimal comma and decimals that recur: ``0,\overline{3}``."""
    whole, *decimals = term.args
    recurring = len(decimals) == 1 and any(part.op == "op" for part in decimals[0].walk())
    return (
        whole.op == "num"
        and recurring
        and all(part.op in ("op", "num", "mul", "juxt") for part in decimals[0].walk())
    )


def _is_word(term: Term) -> bool:
    """Whether a text is short enough to be a name in upright letters."""
    return str(term.data).isalnum()


def _different_relations(left: Term, right: Term) -> Witness | None:
    """Chains that differ in a link, or of which only one holds for some value of their only letter."""
    witness = different_chain(left, right)
    if witness is None:
        witness = witness_on_line(left, right)
    return different_solutions(left, right) if witness is None else witness


def _different_sets(left: Term, right: Term) -> Witness | None:
    """Sets of which one has an element that the other lacks."""
    witness = different_set(left, right)
    return witness_on_line(left, right) if witness is None else witness


RULES: dict[str, Proof] = {
    "chain": _different_relations,
    "list": different_list,
    "tuple": different_tuple,
    "set": _different_sets,
    "matrix": different_matrix,
    "cases": different_cases,
    "ac": different_ac,
    "text": lambda left, right: STRUCTURE,
    "empty": lambda left, right: None,
}
