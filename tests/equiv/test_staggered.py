r"""Staggered indices of tensors: which of an upper and a lower index is the first."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    (r"S^\alpha_{\ \beta}", r"S^\alpha_{~\beta}"),
    (r"S^\alpha{}_\beta=0", r"S^\alpha_{\ \beta}=0"),
    (r"S^p{}_qw^q", r"w^qS^p{}_q"),
    ("t_{~3}^2", "t_3^2"),
    ("t_{~m}^2", "t_m^2"),
    ("t_{~m}", "t_m"),
    ("t_3{}^2", "t_3^2"),
    ("{}_mC_rp^rq^{m-r}", "{}_mC_rq^{m-r}p^r"),
]
UNDECIDED_PAIRS = [
    (r"S^\alpha_{\ \beta}", r"S_\beta^{\ \alpha}"),
    (r"S^\alpha_{\quad\beta}", r"S_\beta^{\quad\alpha}"),
    (r"S^\alpha_{\phantom\alpha\beta}", r"S_\beta^{\phantom\beta\alpha}"),
    (r"S^p{}_q", r"S_q{}^p"),
    (r"R^p{}_{qrs}", "R^p_{qrs}"),
    (r"R^p_{\ qrs}", r"R_{qrs}^{\quad p}"),
]
DIFFERENT_PAIRS = [
    ("S^p{}_qT^r{}_s", "S^p{}_sT^r{}_q"),
    (r"S^\alpha_{\ \beta}", r"S^\alpha_{\ \gamma}"),
    (r"S^\alpha_{\ \beta}", r"S^\gamma_{\ \beta}"),
    ("S^p{}_q", "S^p{}_r"),
    (r"S^\alpha_{\ \beta}", r"T_\beta^{\ \alpha}"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL_PAIRS)
def test_equal(left: str, right: str) -> None:
    assert decide(left, right).verdict == EQUAL


@pytest.mark.parametrize(("left", "right"), UNDECIDED_PAIRS)
def test_undecided(left: str, right: str) -> None:
    assert decide(left, right).verdict == UNDECIDED


@pytest.mark.parametrize(("left", "right"), DIFFERENT_PAIRS)
def test_different(left: str, right: str) -> None:
    assert decide(left, right).verdict == DIFFERENT
