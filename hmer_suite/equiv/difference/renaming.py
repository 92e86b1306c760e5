"""The same formula with another letter: different, whatever its signs mean, unless the letter is a dummy."""

from __future__ import annotations

from hmer_suite.equiv.equality import structure
from hmer_suite.equiv.reading.interpreting.definitions import defined_alike
from hmer_suite.equiv.reading.notations.coordinates import is_vector
from hmer_suite.equiv.reading.operators import LARGE, MAYBE_UNBOUND, QUANTIFIERS
from hmer_suite.equiv.solutions import may_have_same_members
from hmer_suite.equiv.terms import BINDERS, EMPTY, Term, const, name, rewrite

MAX_RENAMED = 3
"""Pairs with more letters of which one side has none are not compared by their letters."""

_NOT_RENAMED = frozenset("deij")
"""Letters that may be constants or signs."""
_BINDING = LARGE | MAYBE_UNBOUND | QUANTIFIERS | {"builder", r"\max", r"\min", r"\sup", r"\inf"}


def are_renamed(left: Term, right: Term) -> bool:
    """Whether the sides have the same structure but for free letters of which each side lacks those of the other."""
    left, right = defined_alike(left, right)
    ours, theirs = _letters(left), _letters(right)
    lost = [letter for letter in ours if letter not in theirs]
    found = [letter for letter in theirs if letter not in ours]
    if not 0 < len(lost) == len(found) <= MAX_RENAMED:
        return False
    if may_have_same_members(left, right):
        return False  # the multiples of pi by any letter
    if not all(map(_is_free_letter, (*lost, *found))) or _binds_any(left, lost) or _binds_any(right, found):
        return False
    return _same_but_for(left, right, lost, found)


def are_parameters_renamed(left: Term, right: Term) -> bool:
    """Whether the sides are the same but for declared letters, parameters of a line, or constants of integrals."""
    if left.op != right.op or left.op not in ("list", "cases", "chain"):
        return False
    ours, theirs = _letters(left), _letters(right)
    lost = [letter for letter in ours if letter not in theirs]
    found = [letter for letter in theirs if letter not in ours]
    if not 0 < len(lost) == len(found) <= MAX_RENAMED:
        return False
    declared = left.op == "list" and _declares_any(left, lost) and _declares_any(right, found)
    are_lines = _is_line(left, lost) and _is_line(right, found)
    are_constants = _is_added_to_integral(left, lost) and _is_added_to_integral(right, found)
    return (declared or are_lines or are_constants) and _same_but_for(left, right, lost, found)


def _is_added_to_integral(term: Term, letters: list[Term]) -> bool:
    r"""Whether a letter is the constant of an indefinite integral: ``\int2x\,dx=x^2+C``."""
    if term.op != "chain" or set(term.relations) != {"="} or len(letters) != 1:
        return False
    integral, *sides = term.args
    is_indefinite = any(part.op == "int" and part.args[2:] == (EMPTY, EMPTY) for part in integral.walk())
    return is_indefinite and any(side.op == "add" and letters[0] in side.args for side in sides)


def _is_line(term: Term, letters: list[Term]) -> bool:
    r"""Whether letters are parameters of a line: in the values of two or more letters, or beside a vector."""
    if not all(letter.data in _PARAMETERS for letter in letters):
        return False
    if term.op == "chain":
        return term.data == ("=",) and (term.args[0].op == "tuple" or is_vector(term.args[0]))
    return (
        len(term.args) > 1
        and all(part.data == ("=",) and part.args[0].op == "name" for part in term.args)
        and all(part.args[0] not in letters for part in term.args)
        and any(sum(letter in part.walk() for part in term.args) > 1 for letter in letters)
    )


_PARAMETERS = frozenset(("t", "s", "r", "u", "k", r"\lambda", r"\mu", r"\tau", r"\alpha", r"\beta"))
"""Letters that by custom are the parameters of lines and planes."""


def _same_but_for(left: Term, right: Term, lost: list[Term], found: list[Term]) -> bool:
    names = {old: name(f"#renamed{place}") for place, old in enumerate(lost)}
    names |= {new: name(f"#renamed{place}") for place, new in enumerate(found)}
    return structure(_renamed(left, names)) == structure(_renamed(right, names))


def _letters(term: Term) -> list[Term]:
    """The names of a term in the order of their first place."""
    if term.op == "name":
        return [term]
    return list(dict.fromkeys(letter for arg in term.args for letter in _letters(arg)))


def _is_free_letter(letter: Term) -> bool:
    label = letter.label
    if label[0] == "\\":
        return label[1:].isalpha()
    return len(label) == 1 and label.isalpha() and label.isascii() and label not in _NOT_RENAMED


def _binds_any(term: Term, letters: list[Term]) -> bool:
    """Whether one of some letters may be bound, or occurs in indices alone, where it may count."""
    if any(letter not in _outside_indices(term) for letter in letters):
        return True
    if term.op == "list" and _declares_any(term, letters):
        return True
    for part in term.walk():
        if part.op == "pow" and part.args[1] in letters:
            return True  # perhaps the mark of a complement or a transpose
        may_bind = part.op in BINDERS or (part.op in ("op", "app", "set") and _head(part) in _BINDING)
        bound = part.args[1:] if part.op in BINDERS else part.args if may_bind else ()
        if any(letter in inner.walk() for inner in bound for letter in letters):
            return True
    return False


def _declares_any(term: Term, letters: list[Term]) -> bool:
    r"""Whether a list says what a letter runs through: ``x=k\pi,k\in\mathbb Z``, ``k=0,1,\ldots``, ``k`` an integer."""
    parts = list(term.walk())
    words = " ".join(str(part.data) for part in parts if part.op == "text").lower()
    if any(word in words for word in _DECLARING):
        return True
    signs = {r"\in", "="} if const("dots") in parts else {r"\in"}
    return any(
        part.op == "chain" and part.args[0] in letters and part.relations[0] in signs for part in parts
    )


_DECLARING = ("integer", "whole", "natural", "number", "arbitrary", "any ", "every")


def _head(term: Term) -> object:
    head = term.args[0] if term.op in ("app", "set") and term.args else term
    while head.op in ("sub", "pow"):
        head = head.args[0]
    return head.data


def _outside_indices(term: Term) -> set[Term]:
    if term.op == "name":
        return {term}
    args = term.args[:1] if term.op == "sub" else term.args
    return {letter for arg in args for letter in _outside_indices(arg)}


def _renamed(term: Term, names: dict[Term, Term]) -> Term:
    return rewrite(term, lambda part: names.get(part, part))
