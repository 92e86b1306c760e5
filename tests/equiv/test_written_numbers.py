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

GROUPS = r"""
UNDECIDED | 3,00,000 | 300000
UNDECIDED | 23{,}45{,}678 | 2345678
UNDECIDED | 3\,0000\,0000 | 3\cdot10^8
UNDECIDED | 0.432\,1 | 0.4321
UNDECIDED | 23\,456{,}789\,1 | 23456.7891
DIFFERENT | 23{,}45{,}678 | 2345679
DIFFERENT | 3\,0000\,0000 | 3\cdot10^9
DIFFERENT | 0.432\,1 | 0.4322
"""

POINTS = r"""
UNDECIDED | 3^2.5 | 3^2\times5
UNDECIDED | 2.3.4 | 24
UNDECIDED | 2z . 5y | 10yz
UNDECIDED | 1{,}6.10^{19} | 1.6\times10^{19}
UNDECIDED | 2·72 | 2.72
UNDECIDED | 3.4=12 | 3\cdot4=12
DIFFERENT | 2.3.4 | 25
DIFFERENT | y=3.4 | y=12
DIFFERENT | 3\cdot4 | 3.5
"""

PERCENT = r"""
UNDECIDED | 3\frac12\% | 3.5\%
UNDECIDED | 37\frac12\% | \frac38
DIFFERENT | 3\frac12\% | 4.5\%
"""

DEGREES = r"""
UNDECIDED | \angle B=45 | \angle B=45^\circ
UNDECIDED | \alpha=45 | \alpha=45^\circ
DIFFERENT | 45^0 | 45^\circ
UNDECIDED | \angle B=45^0 | \angle B=45^\circ
UNDECIDED | \cos60^0 | \frac12
EQUAL | 45º | 45^\circ
UNDECIDED | 45^\circ | 45\text{ deg}
UNDECIDED | 180^\circ | \frac12\text{ turn}
DIFFERENT | \alpha=45 | \alpha=46^\circ
UNDECIDED | \cos 60 | \frac12
"""

LOGARITHMS = r"""
UNDECIDED | \log m | \log_2m
UNDECIDED | \lg m | \log_2m
UNDECIDED | \log 16 | 4
DIFFERENT | \log m | \log_2k
DIFFERENT | \ln m | \log_2m
DIFFERENT | \log_5m | \log_2m
"""

UNITS = r"""
UNDECIDED | 2\text{ kWh} | 7.2\text{ MJ}
UNDECIDED | 2\text{ d} | 48\text{ h}
UNDECIDED | 3\text{ t} | 3000\text{ kg}
UNDECIDED | 2\text{ lb} | 32\text{ oz}
UNDECIDED | 3\text{ k}\Omega | 3000\,\Omega
UNDECIDED | 10^\circ\mathrm C | 50^\circ\mathrm F
UNDECIDED | \Delta T=3^\circ\mathrm C | \Delta T=3\,\mathrm K
UNDECIDED | 7\text{ million} | 7\times10^6
UNDECIDED | 7\operatorname{kg} | 7\text{ kg}
UNDECIDED | 6\text{ ft} | 6'
UNDECIDED | 30^\circ\mathrm C | 30\text{ degrees Celsius}
EQUAL | 7\text{ per cent} | 7\%
EQUAL | 2\text{ kg/m}^3 | 2\text{ kg m}^{-3}
EQUAL | £7 | \pounds7
UNDECIDED | U_\mathrm{in} | U_{in}
UNDECIDED | p_\mathrm{atm} | p_{atm}
DIFFERENT | 7\text{ cm} | 7\text{ mm}
DIFFERENT | 2\text{ d} | 49\text{ h}
DIFFERENT | 10^\circ\mathrm C | 51^\circ\mathrm F
DIFFERENT | 7\text{ million} | 7\times10^5
DIFFERENT | 7\operatorname{kg} | 7\text{ g}
DIFFERENT | 2\text{ kg m}^{-3} | 2\text{ kg m}^{-2}
"""

RECURRING = r"""
EQUAL | v=0.\bigl(6\bigr) | v=0.(6)
EQUAL | 0.\left(6\right) | \frac23
EQUAL | 0.(6) | \frac23
EQUAL | 2{,}(6) | \frac83
EQUAL | 0.\overset{\frown}6 | \frac23
EQUAL | 0.1\widehat6 | \frac16
EQUAL | 0.\overset{.}6 | 0.\dot6
EQUAL | 0.\dot4\dot5\dot6 | 0.\overline{456}
UNDECIDED | 0.8(3) | \frac56
UNDECIDED | 0,(6) | \frac23
UNDECIDED | 0,(6) | 0.\overline6
UNDECIDED | 0,8(3) | \frac56
DIFFERENT | 0,(6) | \frac34
DIFFERENT | 0.(6) | 0.6
DIFFERENT | 0.8(3) | \frac57
DIFFERENT | 0.\dot4\dot5\dot6 | 0.\overline{457}
"""

NOTATIONS = r"""
UNDECIDED | v=0,-7 | v=-7\text{ or }0
DIFFERENT | \text{XIV} | 15
UNDECIDED | 110_2 | 6_{10}
UNDECIDED | \text{XVI} | 16
UNDECIDED | 9\div4=2\cdots1 | 9\div4=2\text{ R }1
UNDECIDED | 9\div4=2\text{ rem }1 | 9\div4=2\text{ Rest }1
UNDECIDED | 3\overline{)12} | 12\div3
UNDECIDED | \lfloor3.5\rceil | 4
UNDECIDED | 3.2\pm0.1\text{ kg} | (3.2\pm0.1)\text{ kg}
UNDECIDED | 3.25(12) | 3.25\pm0.12
UNDECIDED | 300+10\% | 330
UNDECIDED | x=300-10\% | x=270
EQUAL | {}^-4 | -4
EQUAL | 6-{}^-4 | 10
DIFFERENT | 110_2 | 7_{10}
DIFFERENT | \text{XVI} | 17
DIFFERENT | 9\div4=2\cdots1 | 9\div4=2\text{ R }2
DIFFERENT | 3\overline{)12} | 12\div2
DIFFERENT | \lfloor3.5\rceil | 5
DIFFERENT | 3.25(12) | 3.25\pm0.13
DIFFERENT | 300+10\% | 340
DIFFERENT | {}^-4 | 4
"""


def _rows(table: str) -> list[list[str]]:
    return [row.split(" | ") for row in table.strip().splitlines()]


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(DECIMAL_COMMAS))
def test_decimal_commas(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(DIVISIONS))
def test_divisions(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(GROUPS))
def test_groups_of_digits(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(POINTS))
def test_points_as_products(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(PERCENT))
def test_percentages(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(DEGREES))
def test_degrees(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(LOGARITHMS))
def test_bases_of_logarithms(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(UNITS))
def test_units(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(RECURRING))
def test_recurring_decimals(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict


@pytest.mark.parametrize(("verdict", "a", "b"), _rows(NOTATIONS))
def test_notations_of_numbers(verdict: str, a: str, b: str) -> None:
    assert decide(a, b).verdict == verdict
