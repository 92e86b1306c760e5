r"""Logic: ``\neg p``, ``\bar p`` and ``p'``, ``\overline{AB}`` and ``\bar A+\bar B``, ``\veebar`` and ``\oplus``."""

from __future__ import annotations

from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import ONE, ZERO, Term, name, op

_NEGATING = frozenset((r"\bar", "'", r"\tilde"))


def _negations(parts: list[Term]) -> Change | None:
    r"""Bars and primes as negations, if the pair has a ``\neg``, or both of them on one letter."""
    barred, primed = (
        {part.args for part in parts if part.op == "op" and part.data == sign} for sign in (r"\bar", "'")
    )
    if barred.isdisjoint(primed) and not any(part.op == "op" and part.data == r"\neg" for part in parts):
        return None
    return lambda term: op(r"\neg", *term.args) if term.op == "op" and term.data in _NEGATING else term


def _de_morgan(parts: list[Term]) -> Change | None:
    r"""A negated product as a sum of negations, if the pair has one, and the reverse: ``\overline{AB}`` in logic."""
    barred = {
        part.op for part in parts if part.op in ("add", "mul") and all(map(_is_barred_letter, part.args))
    }
    if not barred:
        return None

    def change(term: Term) -> Term:
        dual = _DUALS.get(term.args[0].op, "") if _is_barred(term) else ""
        return (
            Term(dual, None, tuple(op(r"\bar", arg) for arg in term.args[0].args)) if dual in barred else term
        )

    return change


def _is_barred_letter(term: Term) -> bool:
    return _is_barred(term) and term.args[0].op in ("name", "sub")


_DUALS = {"add": "mul", "mul": "add", "juxt": "add"}


def _is_barred(term: Term) -> bool:
    return term.op == "op" and term.data == r"\bar" and bool(term.args)


def _exclusive_disjunctions(parts: list[Term]) -> Change | None:
    r"""``\veebar`` as ``\oplus``, if the pair has both."""
    signs = {part.data for part in parts if part.op == "op"}
    if not signs >= {r"\veebar", r"\oplus"}:
        return None
    return lambda term: op(r"\oplus", *term.args) if term.op == "op" and term.data == r"\veebar" else term


def _horseshoes(parts: list[Term]) -> Change | None:
    r"""``p\supset q`` as an implication, if the pair has an arrow."""
    arrows = {part.data for part in parts if part.op == "chain"} & _ARROWS
    if not arrows:
        return None
    (arrow, *_) = sorted(arrows, key=str)
    return lambda term: (
        Term("chain", arrow, term.args) if term.op == "chain" and term.data == (r"\supset",) else term
    )


_ARROWS = frozenset(((r"\Rightarrow",), (r"\rightarrow",)))


def _truth_values(parts: list[Term]) -> Change | None:
    r"""``\top`` and ``\bot`` as 1 and 0, and as T and F, if the pair has these."""
    pairs = [(sign, value) for sign, values in _TRUTH_VALUES.items() for value in values if value in parts]
    signs = {sign: value for sign, value in pairs if sign in parts}
    return (lambda term: signs.get(term, term)) if signs else None


_TRUTH_VALUES = {name(r"\top"): (ONE, name("T")), name(r"\bot"): (ZERO, name("F"))}


def _exclusive_words(parts: list[Term]) -> Change | None:
    r"""``a\text{ XOR }b`` as ``a\oplus b``."""
    if _EXCLUSIVE.isdisjoint(parts):
        return None
    return lambda term: (
        op(r"\oplus", term.args[0], term.args[2])
        if term.op == "juxt" and len(term.args) == 3 and term.args[1] in _EXCLUSIVE
        else term
    )


_EXCLUSIVE = frozenset(Term("text", word) for word in ("XOR", "xor"))


CHANGES = (
    _exclusive_words,
    _horseshoes,
    _truth_values,
    _negations,
    _de_morgan,
    _exclusive_disjunctions,
)
"""What is looked for in the parts of a pair, in this order."""
