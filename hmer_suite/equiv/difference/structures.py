"""Proofs that lists, sets, tuples, matrices, cases, systems of statements or logical statements differ."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.difference.expressions import different_entry, different_parts
from hmer_suite.equiv.difference.proof_of_difference import difference
from hmer_suite.equiv.difference.search import (
    STRUCTURE,
    Witness,
    first_witness,
    witness_if_apart,
)
from hmer_suite.equiv.difference.solutions import witness_by_elimination
from hmer_suite.equiv.difference.truths import witness_if_truths_differ
from hmer_suite.equiv.equality import equality, is_constant, truth_tables
from hmer_suite.equiv.reading.operators import QUANTIFIERS
from hmer_suite.equiv.solutions import listed_statements
from hmer_suite.equiv.terms import NON_EXPRESSIONS, Term, const


def different_list(left: Term, right: Term) -> Witness | None:
    """Lists, whose order may not matter: a part of one differs from every part of the other."""
    bare = _without_words(left), _without_words(right)
    if bare != (left, right) and all(map(listed_statements, bare)):
        left, right = bare  # x = 1 and 2, and x = 1, 2
    if len(left.args) != len(right.args):
        return STRUCTURE
    if all(arg.op == "chain" for arg in (*left.args, *right.args)):
        return _different_systems(left.args, right.args)
    ours, theirs = _solutions(left), _solutions(right)
    if (ours is None) != (theirs is None) and all(
        arg.op == "chain" for arg in (right if ours else left).args
    ):
        return None  # x = 1, 2 and x = 1, x = 2
    if ours and theirs and equality(left.args[0].args[0], right.args[0].args[0]) is not None:
        return _odd_one_out(ours, theirs)  # x = 1, 2: solutions have no order
    witness = _odd_one_out(left.args, right.args)
    return different_entry(left.args, right.args) if witness is None else witness


def _without_words(term: Term) -> Term:
    """A list without "and" and "or" between its parts."""
    parts = tuple(arg for arg in term.args if arg.op != "text" or arg.data not in ("and", "or"))
    return Term(term.op, term.data, parts)


def different_cases(left: Term, right: Term) -> Witness | None:
    """Definitions by cases: their values differ, or their rows, in any order."""
    if left.data == 1 == right.data:
        return different_list(left, right)
    if left.data == 2 == right.data and not any(
        arg.op in ("text", "empty") for arg in left.args[1::2] + right.args[1::2]
    ):
        return first_witness(lambda point: witness_if_apart(point, left, right), left, right)
    if len(left.args) != len(right.args) or left.data != right.data:
        return STRUCTURE
    return different_list(_rows(left), _rows(right))


def _solutions(term: Term) -> tuple[Term, ...] | None:
    """The values in ``x = 1, 2, 3``; None for any other list."""
    first, *others = term.args
    if first.op != "chain" or first.data != ("=",) or any(other.op == "chain" for other in others):
        return None
    return (first.args[1], *others)


def _rows(term: Term) -> Term:
    width = term.width
    rows = [Term("tuple", ("", ""), term.args[i : i + width]) for i in range(0, len(term.args), width)]
    return Term("list", None, tuple(rows))


def _odd_one_out(ours: Sequence[Term], theirs: Sequence[Term]) -> Witness | None:
    for first, second in ((ours, theirs), (theirs, ours)):
        for a in first:
            witnesses = [difference(a, b) for b in second]
            if all(witness is not None for witness in witnesses):
                return witnesses[0] if len(witnesses) == 1 else STRUCTURE
    return None


def different_tuple(left: Term, right: Term) -> Witness | None:
    """Tuples or intervals: a component differs, or, of an interval, a bracket."""
    if len(left.args) != len(right.args):
        return STRUCTURE
    witness = different_parts(left, right)
    if witness is None and left.data != right.data and len(left.args) == 2:
        return STRUCTURE  # an interval with its end, and one without
    return witness


def different_set(left: Term, right: Term) -> Witness | None:
    """Sets: an element of one is not in the other."""
    if not left.args or not right.args:
        return STRUCTURE if left.args or right.args else None
    if any(arg.op == "chain" for arg in (*left.args, *right.args)):
        return STRUCTURE if len(left.args) != len(right.args) else _odd_one_out(left.args, right.args)
    if _has_sign(left) != _has_sign(right):
        return None  # plus and minus two
    if len({_builds_of_letter(left), _builds_of_letter(right)} - {None}) > 1:
        return None  # all 2k, and all t that are 2k for some k
    return _odd_one_out(left.args, right.args)


def _builds_of_letter(term: Term) -> bool | None:
    """Whether the members that a condition selects are given by a letter alone; None for sets without a condition."""
    builder = term.args[0]
    if builder.op != "op" or builder.data != "builder":
        return None
    return builder.args[0].op == "name"


def _has_sign(term: Term) -> bool:
    return const("sign") in term.walk()


def has_collections(term: Term) -> bool:
    """Whether a union or the like has sets or intervals that are spelt out, which are no arbitrary sets."""
    return any(part.op in ("set", "tuple") for part in term.walk())


def different_matrix(left: Term, right: Term) -> Witness | None:
    """Matrices: their sizes or cells differ."""
    if left.width != right.width or len(left.args) != len(right.args):
        return STRUCTURE
    if left.grid.brackets == "{" and left.width == 1:
        return different_list(left, right)
    if left.grid.brackets == right.grid.brackets == "||":
        return None  # determinants of different matrices may be equal
    return different_parts(left, right)


def different_ac(left: Term, right: Term) -> Witness | None:
    """Unions and conjunctions: their truth differs at a point, or, over letters alone, in the truth table."""
    if any(part.op == "chain" for side in (left, right) for part in side.walk()):
        return first_witness(lambda point: witness_if_truths_differ(point, left, right), left, right)
    if has_collections(left) and has_collections(right) and len(left.args) != len(right.args):
        return None
    return different_tables(left, right)


def different_tables(left: Term, right: Term) -> Witness | None:
    """Set operations or logic: other truth tables, if the sets in them are independent of each other."""
    ours, theirs = ({part for part in side.walk() if part.op in ("set", "tuple")} for side in (left, right))
    if len(ours) > 1 or len(theirs) > 1:
        return None  # {a} is a part of {a, b}
    if ours and theirs and ours != theirs and difference(*ours, *theirs) is None:
        return None
    tables = truth_tables(left, right)
    return None if tables is None or tables[0] == tables[1] else STRUCTURE


def _different_systems(ours: Sequence[Term], theirs: Sequence[Term]) -> Witness | None:
    """Lists of statements: a point at which all of one hold and one of the other does not."""
    if (witness := _odd_one_out(ours, theirs)) is None:
        quantified = any(
            part.op == "op" and part.data in QUANTIFIERS for term in ours for part in term.walk()
        )
        return different_entry(ours, theirs) if quantified else None
    first, second = (Term("ac", r"\wedge", tuple(statements)) for statements in (ours, theirs))
    if not all(map(is_equation, (*ours, *theirs))) or _is_list_of_values((*ours, *theirs)):
        return witness
    return witness_by_elimination(first, second) or witness_by_elimination(second, first)


def _is_list_of_values(statements: Sequence[Term]) -> bool:
    """Whether all statements give a number for one and the same letter, so that they are alternatives."""
    letters = {statement.args[0] for statement in statements}
    return len(letters) == 1 and all(
        statement.args[0].op in ("name", "sub") and is_constant(statement.args[1]) for statement in statements
    )


def is_equation(statement: Term) -> bool:
    """Whether a statement is a single equation between expressions."""
    return statement.data == ("=",) and not any(arg.op in NON_EXPRESSIONS for arg in statement.args)
