r"""Pairs of terms of which each may be another way to write the other, so that their form decides nothing."""

from __future__ import annotations

from collections.abc import Callable

from hmer_suite.equiv.difference.sequences import (
    are_dotted_alike,
    are_sequences,
    are_shifted,
    are_sums_of_one_body,
    is_family,
    is_range,
)
from hmer_suite.equiv.equality import equality
from hmer_suite.equiv.reading.interpreting.bound_letters import BOUND
from hmer_suite.equiv.reading.interpreting.quantifiers import is_quantifier
from hmer_suite.equiv.reading.notations.number_sets import may_be_one_set, number_set
from hmer_suite.equiv.reading.statements.labels import LABELLED
from hmer_suite.equiv.solutions import may_have_same_members
from hmer_suite.equiv.solutions.progressions import progressions
from hmer_suite.equiv.terms import Term, const, name, num, op


def may_be_one(left: Term, right: Term) -> bool:
    """Whether two terms may be two ways to write the same, by one of the customs in this module."""
    return any(test(left, right) or test(right, left) for test in _CUSTOMS)


_EMPTY_SET = name(r"\emptyset")
_REALS = name(r"\mathbb{R}")


def _is_domain(statement: Term, other: Term) -> bool:
    r"""Whether one says where a letter is, and the other is that set: ``t\ne2``, ``\mathbb R\setminus\{2\}``."""
    if statement.op != "chain" or len(statement.args) != 2 or other.op in ("chain", "list"):
        return False
    letter, members = statement.args
    if letter.op not in ("name", "sub"):
        return False
    if statement.data == (r"\neq",):
        members = op(r"\setminus", _REALS, Term("set", None, (members,)))
    elif statement.data != (r"\in",):
        return False
    if members == _EMPTY_SET and other.op == "text":
        return True
    return equality(members, other) is not None or may_be_one_set(members, other)


def _counts(statement: Term, listed: Term) -> bool:
    r"""Whether one says that a letter is a natural number, and the other lists these: ``n=1,2,\\ldots``."""
    if statement.op != "chain" or statement.data != (r"\in",) or listed.op != "list":
        return False
    letter, members = statement.args
    first, *others = listed.args
    starts = tuple(Term("chain", ("=",), (letter, num(start))) for start in (0, 1))
    return number_set(members) in _COUNTED and first in starts and others[-1:] == [const("dots")]


_COUNTED = tuple(map(number_set, (name(r"\mathbb{N}"), Term("sub", None, (name(r"\mathbb{N}"), num(0))))))


def _is_labelled(labelled: Term, other: Term) -> bool:
    """Whether one is a statement with a label, and the other that statement, or one about the label."""
    if labelled.op != "list" or labelled.data != LABELLED or other.op != "chain":
        return False
    label, statement = labelled.args
    return label in other.walk() or equality(statement, other) is not None


def _is_negated(negated: Term, other: Term) -> bool:
    """Whether one is the negation of a quantified statement, which the other may have inside its quantifier."""
    if negated.op != "op" or negated.data != r"\neg":
        return False
    return all(any(map(is_quantifier, side.walk())) for side in (negated, other))


_CHOICES = frozenset("ABCDEFGH")


def _are_choices(left: Term, right: Term) -> bool:
    """Whether both are the same letters of answers to choose from: ``A,B,D``, ``ABD``, ``\\text{A and B}``."""
    chosen = _chosen(left)
    return len(chosen) > 1 and chosen == _chosen(right)


def _chosen(term: Term) -> list[str]:
    """The letters of the answers that a term names, in order; none for any other term."""
    letters: list[str] = []
    if term.op == "text":
        letters = "".join(sign if sign.isalnum() else " " for sign in term.label).split()
        letters = [letter for word in letters if word != "and" for letter in word]
    elif term.op in ("list", "mul", "juxt"):
        for arg in term.args:
            if arg == Term("text", "and"):
                continue
            letters.append(arg.label if arg.op in ("name", "text") else "")
    return sorted(letters) if _CHOICES.issuperset(letters) else []


def _are_builders(left: Term, right: Term) -> bool:
    """Whether both are sets of the values of an expression, which other expressions may have as well."""
    if not left.op == right.op == "set" or not left.args or not right.args:
        return False
    if not _gives_values(left) or right.args[0].data != "builder" or _is_of_integers(left, right):
        return False
    ours, theirs = _letters(left), _letters(right)
    return ours <= theirs or theirs <= ours


def _gives_values(term: Term) -> bool:
    builder = term.args[0]
    if builder.data != "builder" or builder.args[0].op in ("name", "chain"):
        return False
    return builder.args[0].op != "tuple" or not all(map(_is_bound, builder.args[0].args))


def _is_bound(term: Term) -> bool:
    return term.op == "name" and term.label.startswith(BOUND)


def _is_image(image: Term, other: Term) -> bool:
    r"""Whether one is the set of values of an expression, and the other may be its name: ``f(M)``, ``2\mathbb Z``."""
    if image.op != "set" or not image.args or not _gives_values(image):
        return False
    return other.op in ("app", "mul", "name", "sub") and not _letters(other).isdisjoint(_letters(image))


def _is_of_integers(*terms: Term) -> bool:
    return all(progressions(term) is not None for term in terms)


def _letters(term: Term) -> set[Term]:
    return {part for part in term.walk() if part.op == "name" and not _is_bound(part)}


_CUSTOMS: tuple[Callable[[Term, Term], bool], ...] = (
    _is_domain,
    _is_labelled,
    _is_negated,
    _counts,
    _are_choices,
    may_be_one_set,
    may_have_same_members,
    _are_builders,
    _is_image,
    are_dotted_alike,
    is_range,
    is_family,
    are_sequences,
    are_sums_of_one_body,
    are_shifted,
)
