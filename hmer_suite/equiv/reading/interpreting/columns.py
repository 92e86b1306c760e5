r"""Binomial coefficients that may be columns of two numbers, ``\vec v=\binom52``, and so are not computed."""

from __future__ import annotations

from hmer_suite.equiv.terms import Grid, Term, rewrite


def with_columns(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with its binomial coefficients as columns, if one of them may be a column."""
    parts = [*left.walk(), *right.walk()]
    if not any(map(_is_binomial, parts)):
        return left, right
    if not any(_is_vector(part) or _names_column(part) or _is_point(part) for part in parts):
        return left, right
    return rewrite(left, _as_column), rewrite(right, _as_column)


def _as_column(term: Term) -> Term:
    return Term("matrix", Grid("((", 1), term.args) if _is_binomial(term) else term


def _is_binomial(term: Term) -> bool:
    return term.op == "fn" and term.data == "binom"


def _is_vector(term: Term) -> bool:
    if term.op == "op":
        return term.data in (r"\vec", r"\overrightarrow")
    return (
        term.op == "name"
        and term.label.startswith((r"\mathbf{", r"\boldsymbol{"))
        and term.label[-2].islower()
    )


def _names_column(term: Term) -> bool:
    r"""Whether a term says what two letters are: ``\binom vw=\binom41``."""
    if term.op != "chain" or term.data != ("=",) or not all(map(_is_binomial, term.args)):
        return False
    kinds = [{part.op for part in side.args} for side in term.args]
    return {"name"} in kinds and {"num"} in kinds


def _is_point(term: Term) -> bool:
    r"""Whether a term is a capital and two numbers: ``P\binom52``."""
    if term.op not in ("mul", "app") or len(term.args) != 2 or not _is_binomial(term.args[1]):
        return False
    letter, binomial = term.args
    is_capital = letter.op == "name" and len(letter.label) == 1 and letter.label.isupper()
    return is_capital and all(part.op == "num" for part in binomial.args)
