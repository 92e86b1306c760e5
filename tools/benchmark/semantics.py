"""Other tools that decide whether two formulas mean the same, as functions for `hmer_suite.equiv.sandbox.judge.Judge`.

Each is used as its documentation shows. An error, whatever its class, means that a formula was not read or the pair not
decided: UNDECIDED. They need the extra `semantics-bench`.
"""

from __future__ import annotations

from collections.abc import Callable

from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict

UNREAD = Verdict(UNDECIDED, "unparsed", reason="unparsed")
UNDECIDABLE = Verdict(UNDECIDED, "unsupported", reason="raised")


def math_verify(a: str, b: str) -> Verdict:
    """Math-Verify: `parse` both and `verify`, with `b` as the gold answer."""
    from math_verify import parse, verify
    from sympy import Basic, MatrixBase

    read = [parse(f"${text.strip()}$") for text in (a, b)]
    if not all(any(isinstance(value, Basic | MatrixBase) for value in values) for values in read):
        return UNREAD
    return _said(verify(read[1], read[0]))


def latex2sympy2_extended(a: str, b: str) -> Verdict:
    """latex2sympy2_extended, then sympy's `simplify` on the difference."""
    from latex2sympy2_extended import latex2sympy

    return _simplified(latex2sympy, a, b)


def sympy_parse_latex(a: str, b: str) -> Verdict:
    """sympy's `parse_latex` in strict mode, then `simplify` on the difference."""
    from sympy.parsing.latex import parse_latex

    return _simplified(lambda text: parse_latex(text, strict=True), a, b)


def _simplified(read: Callable[[str], object], a: str, b: str) -> Verdict:
    from sympy import Expr, simplify

    try:
        left, right = read(a.strip()), read(b.strip())
    except Exception:  # code of others, which may raise anything
        return UNREAD
    try:
        if left == right:
            return _said(True)
        if isinstance(left, Expr) and isinstance(right, Expr):
            return _said(simplify(left - right) == 0)
        return _said(simplify(left) == simplify(right))
    except Exception:
        return UNDECIDABLE


def _said(same: bool) -> Verdict:
    return Verdict(EQUAL if same else DIFFERENT, "symbolic")
