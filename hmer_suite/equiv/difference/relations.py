"""Relations: which relate the same kind of things, and which are signs of reactions or stand in a frame."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.terms import Term


def may_be_turned(ours: Sequence[str], theirs: Sequence[str], turned: Sequence[str]) -> bool:
    """Whether a chain may be the other read from its end: not if its relations are the same only as they stand."""
    return turned == ours or (theirs != ours and all(map(are_of_one_kind, ours, turned)))


_KINDS = tuple(
    frozenset(kind.split())
    for kind in (
        r"\in \ni \notin \subset \supset \subseteq \supseteq \subsetneq \supsetneq \nsubseteq \nsupseteq"
        r" \subseteqq \supseteqq \subsetneqq \supsetneqq",
        r"\perp \parallel \nparallel",
        r"\mid \nmid | :",
        r"\rightarrow \leftarrow \Rightarrow \Leftarrow \leftrightarrow \Leftrightarrow \mapsto \rightleftharpoons"
        r" \uparrow \downarrow \nearrow \searrow \hookrightarrow \twoheadrightarrow \vdash \models",
    )
)
"""Relations by what they relate: sets, lines, whole numbers, statements; all others compare values."""


def are_of_one_kind(ours: str, theirs: str) -> bool:
    r"""Whether two relations relate the same kind of things: ``a\perp b`` and ``a\cdot b=0`` may say the same."""
    if not _IN_FRONT.isdisjoint((ours, theirs)):
        return True
    ours, theirs = (without_label(sign.removeprefix(r"\not ")) for sign in (ours, theirs))
    return [ours in kind for kind in _KINDS] == [theirs in kind for kind in _KINDS]


REACTIONS = frozenset(("=", r"\rightarrow", r"\rightleftharpoons"))
"""Signs between the two sides of a chemical equation."""


def has_elements(term: Term) -> bool:
    """Whether a term may be a chemical formula: a capital with a number for an index, or a name in upright capitals."""
    return any(part.op == "ordered" or _is_counted(part) or _is_upright(part) for part in term.walk())


def _is_counted(term: Term) -> bool:
    if term.op != "sub" or term.args[1].op != "num":
        return False
    letter = term.args[0]
    return letter.op in ("mul", "juxt") or (
        letter.op == "name" and letter.label[:1].isupper()
    )  # a word, or a letter


def _is_upright(term: Term) -> bool:
    return term.op == "name" and term.label.startswith(r"\mathrm{") and term.label[8:9].isupper()


_IN_FRONT = frozenset((r"\therefore", r"\because"))
"""Signs before a statement, which are no relations of what it is about."""


def without_frame(sign: str) -> str:
    """A relation without the circle or box around it."""
    for frame in (r"\textcircled { ", r"\boxed { ", r"\fbox { "):
        if sign.startswith(frame) and sign.endswith(" }"):
            return sign.removeprefix(frame).removesuffix(" }")
    return sign


def without_label(sign: str) -> str:
    r"""A relation without what is set over or under it: ``\overset { ! } { = }`` may be as symmetric as ``=``."""
    return (
        sign.rpartition("{ ")[2].removesuffix(" }") if sign.startswith((r"\overset", r"\underset")) else sign
    )
