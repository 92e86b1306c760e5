r"""One way to resolve the ambiguous notation of a pair."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interpretation:
    r"""One way to resolve ambiguous notation.

    Attributes:
        products: ``f(x)`` is a product.
        imaginary: the letters ``i`` and ``j`` are the imaginary unit.
        inside: an exponent after the brackets of such a product belongs to their content alone.
        choices: ``C_7^3``, ``A_7^3`` and ``P_7^3`` are numbers of choices; if 2, out of the upper number.
        words: letters of a word in ``\text`` or an upright font are a product.
        transposed: the exponent T transposes a matrix or a column.
        independent: signs ``\pm`` before both sides of an equation are one, before a tuple one for each part.
        opposite: the upper sign of ``\pm`` on one side is the lower one on the other.
    """

    products: bool = False
    imaginary: bool = False
    inside: bool = False
    opposite: bool = False
    choices: int = 0
    words: bool = False
    transposed: bool = False
    independent: bool = False
