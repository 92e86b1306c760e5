r"""Letters that are bound, and so may have any name: ``t\mapsto t^2``, ``\{k^2\mid k\in\mathbb N\}``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.terms import Term, name, replace, rewrite

BOUND = "#bound"
_EXTREMAL = frozenset(map(name, (r"\argmax", r"\argmin")))
_EXPECTATIONS = frozenset(map(name, ("E", r"\mathbb{E}", r"\mathbf{E}", r"\mathrm{E}", r"\operatorname{E}")))
_RANGES = frozenset(("=", r"\in", r"\geq", ">"))


def with_bound_letters(term: Term) -> Term:
    """The term with its bound letters, but for those of sums, integrals and limits, named by their depth."""
    return rewrite(term, _renamed)


def _renamed(term: Term) -> Term:
    letters = _bound(term)
    if not letters:
        return term
    depth = len({part for part in term.walk() if part.op == "name" and part.label.startswith(BOUND)})
    for place, letter in enumerate(letters):
        term = replace(term, letter, name(f"{BOUND}{depth + place}"))
    return term


def _bound(term: Term) -> Sequence[Term]:
    """The letters that a term itself binds, in an order that does not depend on their names."""
    if term.op == "chain" and term.data == (r"\mapsto",):
        letters = _letters_of(term.args[0].args[-1] if term.args[0].data == ":" else term.args[0])
        return _shown(letters, term.args[1])  # C\mapsto D may be a point and its image
    if term.op == "op" and term.data == "builder":
        return _of_builder(*term.args)
    if term.op == "app" and len(term.args) == 2 and term.args[0].op == "sub":
        operator, letter = term.args[0].args
        if operator in _EXTREMAL:
            letter = letter.args[0] if letter.op == "chain" and letter.data == (r"\in",) else letter
            return _shown((letter,), term.args[1])
        drawn = operator in _EXPECTATIONS and letter.op == "chain" and letter.data == (r"\sim",)
        return _shown(letter.args[:1], term.args[1]) if drawn else ()
    if term.op == "sub" and term.args[1].op == "chain" and term.args[1].relations[0] in _RANGES:
        return _shown(term.args[1].args[:1], term.args[0])  # the members of a sequence
    return ()


def _letters_of(term: Term) -> Sequence[Term]:
    """A letter, or the letters between brackets; none for any other term."""
    letters = term.args if term.op == "tuple" else (term,)
    is_plain = all(letter.op == "name" for letter in letters) and len(set(letters)) == len(letters)
    return letters if is_plain else ()


def _shown(letters: Sequence[Term], body: Term) -> Sequence[Term]:
    return [letter for letter in letters if letter.op == "name" and letter in body.walk()]


def _of_builder(members: Term, statement: Term) -> Sequence[Term]:
    """The letters of a pair, or the one letter whose range the condition of a set gives."""
    if members.op == "chain" and members.data == (r"\in",):
        return _letters_of(members.args[0])
    if members.op == "tuple" and (letters := _letters_of(members)):
        return _shown(letters, statement)
    parts = statement.args if statement.op == "list" else (statement,)
    declared = [
        part.args[0]
        for part in parts
        if part.op == "chain" and part.relations[0] == r"\in" and part.args[0].op == "name"
    ]
    bare = any(part.op == "name" for part in parts)  # a letter before a comma, declared with the next one
    return _shown(declared, members) if len(declared) == 1 and not bare else ()
