r"""Ways to write numbers, percentages and units: decimal commas, ``:`` for division, recurring decimals."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide

DECIMAL_COMMAS = r"""
EQUAL | 0{,}750 | \frac34
EQUAL | 0{,}125 | 0.125
EQUAL | 2{,}000 | 2000
DIFFERENT | 0{,}700 | 700
UNDECIDED | y=-2,5 | y=-2.5
UNDECIDED | 2,5z | \frac52z
UNDECIDED | 3,5+1,5 | 5
UNDECIDED | \left(2,5\right)^2 | 6.25
UNDECIDED | g(2,5) | g(2.5)
UNDECIDED | F_{0,05} | F_{0.05}
UNDECIDED | 7,5\text{ kg} | 7.5\text{ kg}
UNDECIDED | x=2,5;y=4 | x=2.5;y=4
UNDECIDED | 2{,}400 | 2{,}4
UNDECIDED | y=2{,}750 | y=2.75
DIFFERENT | y=-2,5 | y=-2.6
DIFFERENT | 2,5z | 2.5x
DIFFERENT | (3,2) | (2,3)
DIFFERENT | (0,3) | [0,3]
DIFFERENT | \{1,4\} | \{1,5\}
DIFFERENT | x=2,4 | x=2,5
DIFFERENT | \max(2,3) | 4
DIFFERENT | g(2,3) | g(2,4)
DIFFERENT | b_{2,3} | b_{2,4}
DIFFERENT | 2{,}400 | 2401
"""

DIVISIONS = r"""
UNDECIDED | 8+6:2 | 11
UNDECIDED | 8+6:2 | (8+6):2
UNDECIDED | z=x:3-1 | z=\frac x3-1
UNDECIDED | 30:5\cdot2 | 12
UNDECIDED | 36:6:2 | 3
DIFFERENT | 8+6:2 | 8+2:6
DIFFERENT | 36:6:2 | 4
DIFFERENT | g:A\times D\to B | h:A\times D\to B
"""


def _rows(table: str) -> list[list[str]]:
    return [row.split(" | ") for row in table.strip().splitlines()]


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(DECIMAL_COMMAS))
def test_decimal_commas(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(DIVISIONS))
def test_divisions(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict
