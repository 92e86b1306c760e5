r"""Two notations of one thing in a pair: bars and ``\det``, ``\angle A`` and ``\angle BAC``, ``\bar z`` beside ``|z|``.

They are written alike before a difference is looked for, so that it does not rest on the notation.
"""

from __future__ import annotations

from hmer_suite.equiv.reading.notations import (
    algebra,
    analysis,
    angles,
    cases,
    coordinates,
    derivative_signs,
    differentials,
    functions,
    indices,
    lines,
    logic,
    matrices,
    measurements,
    numbers,
    physics,
    probability,
    relations,
    sets,
)
from hmer_suite.equiv.reading.notations.change import Change, FindChange
from hmer_suite.equiv.terms import Term, op, rewrite


def written_alike(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with notations that may mean the same written alike."""
    parts = [*left.walk(), *right.walk()]
    changes = [change for find in _NOTATIONS if (change := find(parts)) is not None]
    for change in changes:
        left, right = rewrite(left, change), rewrite(right, change)
    if _has_inner_product(left) != _has_inner_product(right):
        return rewrite(left, _not_computed), rewrite(right, _not_computed)
    return left, right


def _has_inner_product(term: Term) -> bool:
    return any(map(_is_inner_product, term.walk()))


def _is_inner_product(term: Term) -> bool:
    """Whether a term is two expressions in angle brackets, not both numbers."""
    return (
        term.op == "op"
        and term.data == "<|<"
        and len(term.args) == 2
        and any(arg.op != "num" for arg in term.args)
    )


def _not_computed(term: Term) -> Term:
    """An inner product as a number that is not known, as it may be spelt as a product."""
    return op("inner", *term.args) if _is_inner_product(term) else term


def _texts(parts: list[Term]) -> Change | None:
    """Words without case, brackets and punctuation, if two texts of the pair differ in these alone."""
    texts = {part.label for part in parts if part.op == "text"}
    if len({_bare_words(text) for text in texts}) == len(texts):
        return None
    return lambda term: Term("text", _bare_words(term.label)) if term.op == "text" else term


def _bare_words(words: str) -> str:
    """Words in small letters, without brackets and punctuation; a single letter as it is."""
    kept = " ".join("".join(sign if sign.isalnum() else " " for sign in words).split())
    return kept.lower() if len(kept) > 1 else kept


_NOTATIONS: tuple[FindChange, ...] = (
    *angles.CHANGES,
    *lines.CHANGES,
    *coordinates.CHANGES,
    *indices.CHANGES,
    *numbers.CHANGES,
    *algebra.CHANGES,
    *probability.CHANGES,
    *sets.CHANGES,
    *cases.CHANGES,
    *logic.CHANGES,
    *analysis.CHANGES,
    *functions.CHANGES,
    *differentials.CHANGES,
    *physics.CHANGES,
    *relations.CHANGES,
    *measurements.CHANGES,
    *derivative_signs.CHANGES,
    *matrices.CHANGES,
    _texts,
)
