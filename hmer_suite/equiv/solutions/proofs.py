"""Proofs that two statements, sets or piecewise definitions say the same, and points at which they do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hmer_suite.equiv.equality import equality
from hmer_suite.equiv.forms import Intractable, Undefined
from hmer_suite.equiv.solutions.common_form import (
    ALGEBRAIC,
    AND,
    ARROWS,
    EQUATIONS,
    MEMBERSHIP,
    NOT,
    PLAIN_ARROWS,
    SIGN,
    is_compound,
    listed_statements,
    logical_form,
    single_relations,
)
from hmer_suite.equiv.solutions.piecewise import is_piecewise, same_values
from hmer_suite.equiv.solutions.progressions import same_members
from hmer_suite.equiv.solutions.real_line import (
    INFINITY,
    REALS,
    Place,
    Uncertain,
    cuts_of_form,
    cuts_of_set,
    elements,
    holds,
    is_element,
    places,
    says_more,
)
from hmer_suite.equiv.terms import NON_EXPRESSIONS, Term, name, op

MAX_RELATIONS = 8
"""Truth tables have at most this many relations."""
_SET_OPERATIONS = frozenset((r"\cup", r"\cap", r"\setminus"))
_NUMBER = name("#x")
"""The letter for an element of a set."""


def same_solutions(left: Term, right: Term) -> bool:
    """Whether two statements, sets or piecewise expressions certainly say the same in two ways."""
    if left.op not in NON_EXPRESSIONS and right.op not in NON_EXPRESSIONS and "op" not in (left.op, right.op):
        return False
    for proof in (
        _are_contrapositive,
        _same_statements,
        _same_lists,
        _same_sets,
        _same_piecewise,
        same_members,
    ):
        try:
            if proof(left, right):
                return True
        except (Uncertain, Undefined, Intractable):
            continue
    return False


def is_statement(term: Term) -> bool:
    """Whether a term is relations joined by "and", "or" and "not"."""
    return term.op != "name" and logical_form(term) is not None


def is_comparable_set(left: Term, right: Term) -> bool:
    """Whether both terms are sets of numbers, of which at least one is surely no pair of numbers."""
    if left.op == right.op and left.op in ("tuple", "name", "set"):
        return False
    return is_set(left) and is_set(right) and (is_surely_set(left) or is_surely_set(right))


def distinguishing_value(left: Term, right: Term) -> tuple[Term, Term] | None:
    """The only letter of two statements and a value with which one of them holds, or a number in one of two sets.

    None if there is no such value, or it is not known.
    """
    try:
        if is_comparable_set(left, right) or left.op == right.op == "set":
            found = _first_apart(_on_line_of_sets(left, right))
            return None if found is None else (_NUMBER, found)
        first, second = logical_form(left), logical_form(right)
        if first is None or second is None:
            return None
        letter = _only_letter(first, second)
        found = _first_apart(_on_line(first, second, letter))
        return None if found is None else (letter, found)
    except (Uncertain, Undefined, Intractable):
        return None


@dataclass(frozen=True, slots=True)
class _Line:
    """The places of the line, and two predicates of constants."""

    places: Sequence[Place]
    first: Callable[[Term], bool]
    second: Callable[[Term], bool]


def _first_apart(line: _Line) -> Term | None:
    return next((p.value for p in line.places if line.first(p.value) != line.second(p.value)), None)


def _are_contrapositive(left: Term, right: Term) -> bool:
    """Whether an implication says of the negations what another says of the statements."""
    if not (left.op == right.op == "chain" and left.data == right.data == (r"\Rightarrow",)):
        return False
    (first, second), (third, fourth) = left.args, right.args
    pairs = ((first, op(NOT, fourth)), (second, op(NOT, third)))
    return all(is_statement(ours) and same_solutions(ours, theirs) for ours, theirs in pairs)


# --- statements ------------------------------------------------------------------------------------------------------


def _same_statements(left: Term, right: Term) -> bool:
    if left.op == right.op == "chain" and not _may_be_two_ways(left, right):
        return False
    arrows = [
        {part.data in PLAIN_ARROWS for part in side.walk() if part.data in ARROWS} for side in (left, right)
    ]
    if all(arrows) and arrows[0] != arrows[1]:
        return False
    first, second = logical_form(left), logical_form(right)
    if first is None or second is None:
        return False
    return _same_truth(first, second) or _same_on_line(first, second)


def _may_be_two_ways(left: Term, right: Term) -> bool:
    """Whether two chains are more than the same kind of chain, with one link changed or missing."""
    if EQUATIONS.issuperset((*left.relations, *right.relations)) and SIGN not in (
        *left.walk(),
        *right.walk(),
    ):
        return len(left.args) == len(right.args) == 2 and (_is_solved(left) or _is_solved(right))
    return is_compound(left) or is_compound(right) or _is_solved(left) or _is_solved(right)


def _same_truth(left: Term, right: Term) -> bool:
    """Whether two statements are the same function of the truth of the relations in them."""
    relations = _Relations()
    trees = [relations.read(form) for form in (left, right)]
    count = len(relations.found)
    if count > MAX_RELATIONS:
        return False
    tables = []
    for tree in trees:
        tables.append([tree([bool(row >> i & 1) for i in range(count)]) for row in range(1 << count)])
    return tables[0] == tables[1] and len(set(tables[0])) == 2


_Truth = Callable[[Sequence[bool]], bool]


class _Relations:
    """The relations of statements, each once, and those that are the negation of another as such."""

    def __init__(self) -> None:
        self.found: list[Term] = []

    def read(self, form: Term) -> _Truth:
        """A statement as a function of the truth of the relations."""
        if form.op == "op" and form.data == NOT:
            inner = self.read(form.args[0])
            return lambda truths: not inner(truths)
        if form.op == "ac":
            parts = [self.read(arg) for arg in form.args]
            join = all if form.data == AND else any
            return lambda truths: join([part(truths) for part in parts])
        positive, asserted = _asserted(form)
        index = self._index(positive)
        return lambda truths: truths[index] is asserted

    def _index(self, relation: Term) -> int:
        for index, known in enumerate(self.found):
            if known.op == relation.op and equality(known, relation) is not None:
                return index
        self.found.append(relation)
        return len(self.found) - 1


_NEGATED = {r"\neq": "=", r"\leq": ">", r"\geq": "<", r"\notin": r"\in"}


def _asserted(relation: Term) -> tuple[Term, bool]:
    """A relation, or the one that it negates and False, where both have the same domain: everywhere."""
    if relation.op != "chain" or relation.relations[0] not in _NEGATED or not _is_total(relation):
        return relation, True
    return Term("chain", (_NEGATED[relation.relations[0]],), relation.args), False


def _is_total(term: Term) -> bool:
    """Whether all sides surely have values everywhere."""
    for part in term.walk():
        if part.op == "pow" and not _is_natural(part.args[1]):
            return False
        if part.op == "fn" and part.data not in ("abs", "sin", "cos", "max", "min"):
            return False
        if part.op not in ("chain", "num", "name", "sub", "add", "mul", "pow", "fn", "const", "set", "tuple"):
            return False
    return True


def _is_natural(exponent: Term) -> bool:
    return exponent.op == "num" and exponent.value > 0 and exponent.value.denominator == 1


def _is_solved(chain: Term) -> bool:
    """Whether a relation says what one letter is, by constants."""
    if len(chain.args) != 2:
        return False
    left, right = chain.args
    return (_is_letter(left) and not _letters(right)) or (_is_letter(right) and not _letters(left))


def _is_letter(term: Term) -> bool:
    return term.op == "name" or (term.op == "sub" and term.args[0].op == "name")


def _letters(*terms: Term) -> set[Term]:
    """The letters of terms, indices as part of them."""
    found: set[Term] = set()
    waiting = list(terms)
    while waiting:
        part = waiting.pop()
        if part == REALS:
            continue
        if _is_letter(part):
            found.add(part)
        elif part.op == "set" and any(arg.op == "op" and arg.data == "builder" for arg in part.args):
            found |= {letter for letter in _letters(*part.args[0].args) if not _is_bound(letter)}
        else:
            waiting.extend(part.args)
    return found


def _is_bound(letter: Term) -> bool:
    return letter.op == "name" and letter.label.startswith("#")


def _only_letter(left: Term, right: Term) -> Term:
    letters = _letters(left, right)
    relations = [*single_relations(left), *single_relations(right)]
    if len(letters) != 1 or not all(_letters(relation) == letters for relation in relations):
        raise Uncertain  # statements about numbers alone are compared by their sides
    return letters.pop()


def _on_line(left: Term, right: Term, letter: Term) -> _Line:
    cuts = [cut for form in (left, right) for cut in cuts_of_form(form, letter)]
    return _Line(
        places(cuts), lambda value: holds(left, letter, value), lambda value: holds(right, letter, value)
    )


def _same_on_line(left: Term, right: Term) -> bool:
    """Whether statements about one letter, one of them solved for it, hold for the same real numbers."""
    letter = _only_letter(left, right)
    forms = [list(single_relations(form)) for form in (left, right)]
    if any(relation.op != "chain" for relation in (*forms[0], *forms[1])):
        return False  # letters that are statements themselves
    if not any(all(map(_is_explicit, relations)) for relations in forms):
        return False
    for relation in (*forms[0], *forms[1]):
        if relation.relations[0] in EQUATIONS and says_more(relation.args, letter):
            return False
    line = _on_line(left, right, letter)
    truths = [line.first(place.value) for place in line.places]
    return len(set(truths)) == 2 and truths == [line.second(place.value) for place in line.places]


def _is_explicit(relation: Term) -> bool:
    if relation.relations[0] in MEMBERSHIP:
        return _is_letter(relation.args[0])
    return relation.relations[0] in ALGEBRAIC and _is_solved(relation)


def _same_lists(left: Term, right: Term) -> bool:
    """Whether two lists have the same statements, in any order."""
    ours, theirs = listed_statements(left), listed_statements(right)
    if ours is None or theirs is None or len(ours) != len(theirs):
        return False
    waiting = list(theirs)
    for statement in ours:
        index = next((i for i, other in enumerate(waiting) if equality(statement, other) is not None), None)
        if index is None:
            return False
        del waiting[index]
    return True


# --- sets ------------------------------------------------------------------------------------------------------------


def is_set(term: Term) -> bool:
    """Whether a term may be a set of real numbers: an interval, a set that is spelt out, a union of such."""
    if term.op == "tuple":
        return len(term.args) == 2 and set(term.relations) <= {"(", "["}
    if term.op in ("ac", "op") and term.data in _SET_OPERATIONS:
        return all(map(is_set, term.args))
    return term.op == "set" or term == REALS


def is_surely_set(term: Term) -> bool:
    """Whether a term is a set, and no pair of numbers."""
    if term.op == "tuple":
        return len(set(term.relations)) == 2 or INFINITY in term.walk()
    return True


def _same_sets(left: Term, right: Term) -> bool:
    if not (is_comparable_set(left, right) or left.op == right.op == "set"):
        return False
    if (ours := _spelt_out(left)) and (theirs := _spelt_out(right)):
        return equality(ours, theirs) is not None
    line = _on_line_of_sets(left, right)
    if any(_has_complex_elements(side) for side in (left, right)):
        return False
    return all(line.first(place.value) == line.second(place.value) for place in line.places)


def _on_line_of_sets(left: Term, right: Term) -> _Line:
    cuts = [*cuts_of_set(left), *cuts_of_set(right)]
    return _Line(places(cuts), lambda value: is_element(value, left), lambda value: is_element(value, right))


def _has_complex_elements(term: Term) -> bool:
    """Whether an equation in a set builder has solutions that are not real."""
    for part in term.walk():
        if part.op == "op" and part.data == "builder":
            form = logical_form(part.args[1])
            letter = part.args[0].args[0] if part.args[0].op == "chain" else part.args[0]
            for relation in () if form is None or part.args[0].op == "chain" else single_relations(form):
                if (
                    relation.op == "chain"
                    and relation.relations[0] in EQUATIONS
                    and says_more(relation.args, letter)
                ):
                    return True
    return False


def _spelt_out(term: Term) -> Term | None:
    r"""A set or a union of sets as one set of elements, those with ``\pm`` as two; None for any other."""
    parts = term.args if term.op == "ac" and term.data == r"\cup" else (term,)
    if any(
        part.op != "set" or any(arg.data == "builder" or arg.op == "chain" for arg in part.args)
        for part in parts
    ):
        return None
    return Term("set", None, tuple(element for part in parts for element in elements(part)))


# --- piecewise definitions ----------------------------------------------------------------------------------------


def _same_piecewise(left: Term, right: Term) -> bool:
    return (is_piecewise(left) or is_piecewise(right)) and same_values(left, right)
