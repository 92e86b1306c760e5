r"""Indices: ``a_ib_i`` and ``a_jb_j``, ``\epsilon_{jki}``, ``\delta^i_j``, forms, and ``I(X;Y)``."""

from __future__ import annotations

from collections import Counter

from hmer_suite.equiv.reading.factors.arguments import PARAMETER
from hmer_suite.equiv.reading.factors.products import is_capital
from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.reading.notations.derivatives import DERIVED
from hmer_suite.equiv.terms import MINUS_ONE, Term, mul, name, op, rewrite

_DUMMIES = frozenset(map(name, (*"ijkl", *r"\mu \nu \rho \sigma \alpha \beta \gamma \lambda \kappa".split())))


def _indices(term: Term) -> list[Term]:
    """The letters in the indices of the factors of a product, not of its divisors; those above may be exponents."""
    found: list[Term] = []
    for factor in term.args:
        if factor.op == "pow" and factor.args[1] == MINUS_ONE:
            continue
        while factor.op in ("sub", "pow"):
            index = factor.args[1]
            found += index.args if index.op == "juxt" else (index,)
            factor = factor.args[0]
        found += _indices(factor) if factor.op == "mul" else []
        found += factor.args if factor.op == "op" and factor.data == "by" else []
    return found


def _summed(term: Term) -> list[Term]:
    """The letters over which a product or derivative is summed without a sign: the indices of two of its parts."""
    if term.op != "mul" and not (term.op == "op" and term.data in ("apply", DERIVED)):
        return []
    counts = Counter(_indices(term))
    inside = Counter(part for part in term.walk() if part.op == "name")
    return [letter for letter, times in counts.items() if times == 2 == inside[letter] and letter in _DUMMIES]


def _dummies(parts: list[Term]) -> Change | None:
    r"""Letters over which products are summed without a sign by their place, and such sums without their sign."""
    under_signs = sum(
        bool(_summed(part)) for term in parts if term.op == "sum" for part in term.args[0].walk()
    )
    if sum(bool(_summed(part)) for part in parts) <= under_signs:
        return None

    def change(term: Term) -> Term:
        if term.op == "sum" and any(
            part.label.startswith(_DUMMY) for part in term.args[0].walk() if part.op == "name"
        ):
            return term.args[0] if term.args[1] not in term.args[0].walk() else term
        letters = {letter: name(f"{_DUMMY}{place}") for place, letter in enumerate(_summed(term))}
        if not letters:
            return term
        return _contracted(rewrite(term, lambda part: letters.get(part, part)), set(letters.values()))

    return change


_DUMMY = "#dummy"


def _contracted(term: Term, letters: set[Term]) -> Term:
    r"""A sum over indices of which one is above and one below, in whatever order: ``A_\mu B^\mu=A^\mu B_\mu``."""
    places = {(part.args[1], part.op) for part in term.walk() if part.op in ("sub", "pow")}
    derived = {
        letter for part in term.walk() if part.op == "op" and part.data == "by" for letter in part.args
    }
    both = {letter for letter in letters if {(letter, "sub"), (letter, "pow")} <= places or letter in derived}

    def change(part: Term) -> Term:
        is_index = part.op in ("sub", "pow") and part.args[1] in both
        return op("contracted", *part.args) if is_index else part

    return rewrite(term, change) if both else term


def _permuted(parts: list[Term]) -> Change | None:
    r"""Indices of the antisymmetric symbol in the order of the alphabet: ``\epsilon_{kji}=-\epsilon_{ijk}``."""

    def change(term: Term) -> Term:
        if term.op != "sub" or term.args[0] not in _EPSILONS or term.args[1].op != "juxt":
            return term
        index = term.args[1].args
        odd = sum(repr(a) > repr(b) for i, a in enumerate(index) for b in index[i + 1 :])
        ordered = term.with_args((term.args[0], Term("juxt", None, tuple(sorted(index, key=repr)))))
        return mul(*[MINUS_ONE] * (odd % 2), ordered)

    return change if any(part.op == "sub" and part.args[0] in _EPSILONS for part in parts) else None


_EPSILONS = frozenset(map(name, (r"\epsilon", r"\varepsilon")))


def _forms(parts: list[Term]) -> Change | None:
    r"""Products of differential forms in the order of the alphabet: ``dy\wedge dx=-dx\wedge dy``."""

    def change(term: Term) -> Term:
        if term.op not in ("op", "ac") or term.data != r"\wedge":
            return term
        signs = [arg.args[0] for arg in term.args if arg.op == "mul" and arg.args[0] == MINUS_ONE]
        forms = [arg.args[1] if arg.op == "mul" and arg.args[0] == MINUS_ONE else arg for arg in term.args]
        if not all(form.op == "op" and form.data == "d" for form in forms):
            return term
        odd = sum(repr(a) > repr(b) for i, a in enumerate(forms) for b in forms[i + 1 :]) + len(signs)
        return mul(*[MINUS_ONE] * (odd % 2), op("form", *sorted(forms, key=repr)))

    return change if any(part.op in ("op", "ac") and part.data == r"\wedge" for part in parts) else None


def _symmetric(parts: list[Term]) -> Change | None:
    """Quantities of two random variables, and distances of two points, with these in any order."""

    def change(term: Term) -> Term:
        if term.op != "app" or term.args[0] not in _SYMMETRIC:
            return term
        head, *args = term.args
        between = [arg.args[0] if arg.op == "op" and arg.data == PARAMETER else arg for arg in args]
        return term.with_args((head, *sorted(between, key=repr))) if all(map(is_capital, between)) else term

    return change if any(part.op == "app" and part.args[0] in _SYMMETRIC for part in parts) else None


_SYMMETRIC = frozenset(
    map(name, ("I", "H", "P", "d", r"\rho", r"\operatorname{dist}", r"\operatorname{corr}"))
)


def _symmetric_tensors(parts: list[Term]) -> Change | None:
    r"""The two indices of Kronecker's delta or a metric in any order, and one above as both below: ``\delta^i_j``."""
    if not any(map(_has_two_indices, parts)):
        return None

    def change(term: Term) -> Term:
        if term.op == "pow" and term.args[0].op == "sub" and term.args[0].args[0] == _DELTA:
            return _with_two_indices(_DELTA, term.args[0].args[1], term.args[1])
        return _with_two_indices(term.args[0], *term.args[1].args) if _has_two_indices(term) else term

    return change


def _has_two_indices(term: Term) -> bool:
    tensors = {"sub": _METRICS | {_DELTA}, "pow": {_DELTA}}.get(term.op, ())
    return (
        bool(tensors)
        and term.args[0] in tensors
        and term.args[1].op == "juxt"
        and len(term.args[1].args) == 2
    )


def _with_two_indices(tensor: Term, *indices: Term) -> Term:
    return Term("sub", None, (tensor, Term("juxt", None, tuple(sorted(indices, key=repr)))))


_DELTA = name(r"\delta")
_METRICS = frozenset((name("g"), name(r"\eta")))


def _layers(parts: list[Term]) -> Change | None:
    """``W^{[l]}`` as ``W^{(l)}``."""
    return lambda term: (
        op("^()", term.args[0], *term.args[1].args)
        if term.op == "pow" and term.args[1].op == "op" and term.args[1].data == "[]"
        else term
    )


CHANGES = (
    _dummies,
    _permuted,
    _forms,
    _symmetric,
    _symmetric_tensors,
    _layers,
)
"""What is looked for in the parts of a pair, in this order."""
