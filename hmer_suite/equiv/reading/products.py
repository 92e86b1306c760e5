"""Factors side by side: a product, or a list of signs where multiplication is not certain."""

from __future__ import annotations

from hmer_suite.equiv.terms import EMPTY, Term, const, op


def juxtaposed(factors: list[Term]) -> Term:
    """Factors side by side as one term."""
    if len(factors) == 1:
        return factors[0]
    if not factors:
        return EMPTY
    if any(factor.op == "text" or factor is EMPTY for factor in factors):
        return Term("juxt", None, tuple(factors))
    if const("dots") in factors:
        return op("juxt...", *factors)
    if any(
        factor.op == "op" and not factor.args for factor in factors
    ):  # a sign, with which nothing is computed
        return op("juxt.", *factors)
    if sum(map(_may_not_commute, factors)) > 1 or _has_operator(factors):
        return Term("ordered", None, tuple(factors))
    return Term("mul", None, tuple(factors))


def _has_operator(factors: list[Term]) -> bool:
    """Whether a matrix or an operator such as ``\\hat H`` is beside more than numbers."""
    others = sum(factor.op not in ("num", "const") for factor in factors)
    return others > 1 and any(map(_is_operator, factors))


def _is_operator(term: Term) -> bool:
    if term.op == "op" and term.data in (r"\hat", r"\widehat"):
        return term.args[0].op == "name" and term.args[0].label.isupper()
    return term.op == "matrix" or (term.op in ("sub", "pow") and _is_operator(term.args[0]))


def _may_not_commute(term: Term) -> bool:
    if term.op == "name":
        return term.label.startswith((r"\mathbf", r"\boldsymbol", r"\bm"))
    if term.op == "op":
        return term.data in (r"\vec", r"\overrightarrow", r"^\dagger", "apply", "^T", r"^\top")
    if term.op in ("sub", "pow", "app"):
        return _may_not_commute(term.args[0])
    if term.op in ("add", "mul"):
        return any(map(_may_not_commute, term.args))
    return term.op == "matrix"
