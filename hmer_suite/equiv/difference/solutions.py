"""Proofs that statements or sets which are written in two ways differ: a value that only one of them admits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from hmer_suite.equiv.difference.equations import has_one_value, pivots, takes_any, truth, with_solution
from hmer_suite.equiv.difference.search import STRUCTURE, Witness, first_witness, is_complex, witness_at
from hmer_suite.equiv.difference.truths import witness_if_truths_differ
from hmer_suite.equiv.equality import truth_tables
from hmer_suite.equiv.forms import Forms, Intractable, Ratio, Undefined
from hmer_suite.equiv.reading.operators import ORDER_RELATIONS
from hmer_suite.equiv.solutions import (
    distinguishing_value,
    is_comparable_set,
    is_statement,
    listed_statements,
    logical_form,
)
from hmer_suite.equiv.terms import ZERO, Term
from hmer_suite.equiv.values import Outside, Point, Singular, value_text

MAX_ALTERNATIVES = 6
"""Statements with more alternatives are not solved."""

Gap = tuple[str, Ratio]
"""A relation and the difference of its sides."""


def are_two_ways(left: Term, right: Term) -> bool:
    """Whether two terms are compared by what they state, as each may be another way to write the other."""
    if is_comparable_set(left, right):
        return True
    return not (left.op == right.op == "chain") and is_statement(left) and is_statement(right)


def is_statement_beside_list(left: Term, right: Term) -> tuple[Term, Sequence[Term]] | None:
    """A statement, and the statements of a list with commas beside it; None for any other pair."""
    if left.op == right.op == "chain":
        return None
    for statement, listed in ((left, right), (right, left)):
        if listed.op == "list" and (parts := listed_statements(listed)) and is_statement(statement):
            return statement, parts
    return None


def different_from_list(statement: Term, parts: Sequence[Term]) -> Witness | None:
    """A witness against a list of statements, whether its commas mean "and" or "or"."""
    witnesses = [
        different_solutions(statement, Term("ac", join, tuple(parts))) for join in (r"\wedge", r"\vee")
    ]
    return None if None in witnesses else witnesses[0]


def different_solutions(left: Term, right: Term) -> Witness | None:
    """A value that solves one statement and not the other, or is in one set and not in the other."""
    if (witness := witness_on_line(left, right)) is not None:
        return witness
    first, second = logical_form(left), logical_form(right)
    if first is None or second is None or is_complex(left, right):
        return None
    if not any(part.op == "chain" for form in (first, second) for part in form.walk()):
        tables = truth_tables(first, second)
        return None if tables is None or tables[0] == tables[1] else STRUCTURE
    witness = first_witness(lambda point: witness_if_truths_differ(point, first, second), first, second)
    if witness is None:
        witness = witness_by_elimination(first, second)
    return witness_by_elimination(second, first) if witness is None else witness


def witness_on_line(left: Term, right: Term) -> Witness | None:
    """A value of the only letter of two statements that solves one of them, or a number in one of two sets."""
    found = distinguishing_value(left, right)
    if found is None:
        return None
    letter, value = found
    return (
        {letter.label: value_text(Point(0).value(value))}
        if letter.op == "name" and letter.label[0] != "#"
        else {}
    )


def witness_by_elimination(holding: Term, broken: Term) -> Witness | None:
    """A solution of an alternative of one statement at which no alternative of the other holds."""
    ours, theirs = list(_alternatives(holding)), list(_alternatives(broken))
    if None in (*ours, *theirs) or max(len(ours), len(theirs)) > MAX_ALTERNATIVES:
        return None
    for system in ours:
        for chosen in product(*(relations for relations in theirs if relations)):
            if system and (witness := _solved_apart(system, chosen)) is not None:
                return witness
    return None


def _alternatives(form: Term) -> Iterator[tuple[Term, ...] | None]:
    """The systems of relations of which one must hold; None for anything that is not such."""
    if form.op == "chain" and form.relations[0] in ("=", r"\neq", *ORDER_RELATIONS):
        yield (form,)
    elif form.op == "ac" and form.data == r"\vee":
        for arg in form.args:
            yield from _alternatives(arg)
    elif form.op == "ac" and form.data == r"\wedge":
        for systems in product(*(list(_alternatives(arg)) for arg in form.args)):
            known = [system for system in systems if system is not None]
            complete = len(known) == len(systems)
            yield tuple(relation for system in known for relation in system) if complete else None
    else:
        yield None


def _solved_apart(system: Sequence[Term], broken: Sequence[Term]) -> Witness | None:
    """A solution of a system at which certain relations all fail."""
    forms = Forms()
    try:
        holding, failing = _gaps(forms, system), _gaps(forms, broken)
        return _on_solutions(forms, [*holding, *_domain(forms)], failing)
    except (Intractable, Undefined):
        return None


def _gaps(forms: Forms, relations: Sequence[Term]) -> list[Gap]:
    return [
        (sign, forms.add(forms.form(first), forms.negative(forms.form(second))))
        for relation in relations
        for sign, (first, second) in ((relation.relations[0], relation.args),)
    ]


def _domain(forms: Forms) -> Iterator[Gap]:
    """The conditions under which all sides have values."""
    for (kind, _), ratio in forms.condition_forms.items():
        if kind == "unit":
            yield r"\leq", forms.add(ratio, forms.negative(forms.one))
        else:
            yield (">" if kind == "base" else r"\geq"), ratio


def _on_solutions(forms: Forms, holding: list[Gap], failing: list[Gap]) -> Witness | None:
    """A point at which relations hold, their equations solved one by one, and others fail."""
    others = [gap for gap in holding if gap[0] != "="]
    zeros = [ratio for sign, ratio in holding if sign == "="]
    solved: list[Term] = []
    while zeros:
        ratio, *zeros = zeros
        if ratio.num.is_zero():
            continue
        rest = [*zeros, *(gap for _, gap in (*others, *failing))]
        found = [pivot for pivot in pivots(forms, ratio, rest) if not has_one_value(forms.terms[pivot[0]])]
        if not found:
            return None
        index, solution = found[0]
        solved.append(forms.terms[index])
        zeros = [with_solution(forms, zero, index, solution) for zero in zeros]
        others = [(sign, with_solution(forms, gap, index, solution)) for sign, gap in others]
        failing = [(sign, with_solution(forms, gap, index, solution)) for sign, gap in failing]
    kept = [(sign, forms.term(gap)) for sign, gap in others]
    lost = [(sign, forms.term(gap)) for sign, gap in failing]

    def compute(point: Point) -> Witness | None:
        point.calls.clear()
        try:
            right = all(truth(point, sign, (gap, ZERO)) is True for sign, gap in kept)
            right = right and all(truth(point, sign, (gap, ZERO)) is False for sign, gap in lost)
            return witness_at(point) if right and all(takes_any(point, term) for term in solved) else None
        except (Singular, Outside):
            return None

    return first_witness(compute, *(gap for _, gap in (*kept, *lost)))
