"""Tasks on LaTeX text: verdicts, repairs, canonical spelling, drawings."""

from __future__ import annotations

import re
from typing import Any

import ziamath

from hmer_suite.errors import InputError
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.problems import validate
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import parse
from hmer_suite.mathml import to_mathml
from hmer_suite.repairs import repair

SVG_SIZE = 32
"""Font size in pixels of SVG drawings."""


def drawn(latex: str) -> str | None:
    """MathML of a formula; None for an empty or an invalid one."""
    if not latex.strip() or not validate(latex).valid:
        return None
    return to_mathml(parse(latex))


def verdict(latex: str) -> dict[str, Any]:
    """Whether a formula is valid and why not, its tokens, and its MathML if it is."""
    diagnosis = validate(latex)
    return {
        **diagnosis.to_json(),
        "tokens": split(latex) if diagnosis.valid else [],
        "mathml": drawn(latex) if diagnosis.valid else None,
    }


def repaired(latex: str) -> dict[str, Any]:
    """The formula repaired, with the edits."""
    found = repair(latex)
    return {**found.to_json(), "mathml": drawn(found.output)}


def canonised(latex: str) -> dict[str, Any]:
    """The canonical spelling of a formula."""
    return {"output": canonical(latex)}


def svg(latex: str) -> str:
    """The drawing of a formula as SVG; InputError for an empty or an invalid one."""
    mathml = drawn(latex)
    if mathml is None:
        raise InputError("latex: only a valid formula can be drawn")
    try:
        return str(ziamath.Math(_PERCENT.sub(_in_em, mathml), size=SVG_SIZE).svg())
    except (ArithmeticError, LookupError, NotImplementedError, RecursionError, ValueError) as error:
        raise InputError(f"latex: cannot be drawn as SVG: {type(error).__name__}") from None


_PERCENT = re.compile(r'mathsize="([0-9.]+)%"')


def _in_em(size: re.Match[str]) -> str:
    """A relative size in a unit that ziamath knows: percentages are 0 to it."""
    return f'mathsize="{float(size[1]) / 100:g}em"'
