r"""What may be left out of an answer: units, words around it, a sign in front: ``x=3\text{ m}``, ``\therefore x=3``.

Where only one side of a pair has such a thing, a difference must not rest on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from hmer_suite.equiv.reading.units import is_unit
from hmer_suite.equiv.terms import EMPTY, ONE, Term, is_fixed

_FRONT = frozenset(r"\therefore \because \Rightarrow \Leftrightarrow \rightarrow =".split())
"""Relations that may stand in front of a line, as a sign of its connexion with the line before."""

KEPT_WORDS = frozenset(
    "or and not no more less least most than about approximately if for when where is are all any none undefined "
    "hundred thousand million billion trillion dozen half quarter third times base remainder mod approx squared cubed "
    "negative minus plus over under above below only each other exactly nearly almost".split()
)
"""Words that change an answer, and are not left out."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """The signs in front or at the end, the units, and the words of one side."""

    signs: frozenset[str]
    units: frozenset[str]
    words: frozenset[str]


def may_be_left_out(left: Term, right: Term) -> bool:
    """Whether one side has signs, units or words that the other lacks, and none of another name."""
    ours, theirs = _marks(left), _marks(right)
    if left.op == right.op == "chain" and "=" in _sign_names(ours) | _sign_names(theirs):
        return False  # two chains, one with another side
    if ours == theirs or (ours.units != theirs.units and ours.units and theirs.units):
        return False
    return all(
        one <= other or other <= one
        for one, other in ((ours.signs, theirs.signs), (ours.words, theirs.words))
    )


def _marks(term: Term) -> _Marks:
    signs = (
        {f"{term.relations[0 if term.args[0] == EMPTY else -1]} {term.args[0].op}"}
        if _is_unfinished(term)
        else set()
    )
    parts = list(term.walk())
    units = {
        part.label
        for product in parts
        if product.op == "mul"
        for factor in product.args
        if _is_unit(factor)
        for part in factor.walk()
        if part.op == "name"
    }
    words = {part.label for part in parts if _is_free(part)}
    return _Marks(frozenset(signs), frozenset(units), frozenset(words))


def _sign_names(marks: _Marks) -> set[str]:
    return {sign.split()[0] for sign in marks.signs}


_CURRENCIES = frozenset((r"\yen", r"\pounds", r"\euro", "\u00a5", "\u20ac", "\u00a3"))


def _is_unfinished(term: Term) -> bool:
    """Whether a line begins with a relation, or ends with an equals sign."""
    if term.op != "chain" or not term.data:
        return False
    return (term.args[0] == EMPTY and term.relations[0] in _FRONT) or (
        term.args[-1] == EMPTY and term.relations[-1] == "="
    )


def _is_unit(term: Term) -> bool:
    """Whether a term is made of names in an upright font alone, and not of words and letters."""
    if term.op in ("mul", "pow"):
        names = term.args if term.op == "mul" else term.args[:1]
        return all(map(_is_unit, names)) and (term.op == "mul" or is_fixed(term.args[1]))
    if term.op != "name":
        return False
    word = term.label.removeprefix(r"\mathrm{").removesuffix("}")
    named = (
        term.label.startswith(r"\mathrm{")
        or term.label in _CURRENCIES
        or (len(word) == 1 and word > "\u2e7f")
    )
    return named and word not in KEPT_WORDS


def _is_named_unit(term: Term) -> bool:
    """Whether a term is a unit of several letters, which stands behind letters, too: ``x\\text{ cm}``."""
    word = term.label.removeprefix(r"\mathrm{").removesuffix("}") if term.op == "name" else ""
    return len(word) > 1 and word != term.label and is_unit(word)


def _is_free(term: Term) -> bool:
    """Whether a term is words that change nothing."""
    return term.op == "text" and KEPT_WORDS.isdisjoint(term.label.lower().split())


def without_words(term: Term) -> Term:
    """A term without the signs in front, the units after its numbers, and the words."""
    while _is_unfinished(term):
        front = term.args[0] == EMPTY
        args, signs = (term.args[1:], term.relations[1:]) if front else (term.args[:-1], term.relations[:-1])
        term = Term("chain", signs, args) if signs else args[0]
    return _without(term)


def _without(term: Term) -> Term:
    args = tuple(map(_without, term.args))
    if term.op == "mul" and (any(map(is_fixed, args)) or _is_named_unit(args[-1])):
        return _of([arg for arg in args if not _is_unit(arg)], term)
    if term.op in ("list", "juxt"):
        kept = [arg for arg in args if not _is_free(arg)]
        if len(kept) < len(args):
            return _of(kept, Term("mul") if term.op == "juxt" else term)
    return term.with_args(args)


def _of(args: list[Term], term: Term) -> Term:
    """The term with other arguments; one alone is itself."""
    if len(args) > 1:
        return term.with_args(tuple(args))
    return args[0] if args else ONE
