r"""Rival notations of single fields: indices of subgroups, restrictions, indicators, deltas, charges, times of day."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, UNDECIDED

UNDECIDED_PAIRS = [
    ("14:25", "14.25"),
    ("[K:L]=3", "|K:L|=3"),
    (r"h\restriction_M", "h|_M"),
    (r"\chi_M(t)", r"\mathbf1_M(t)"),
    (r"I_M", r"\mathbb1_M"),
    (r"\delta_{kl}", r"\delta_k^l"),
    (r"\delta_{kl}", r"\delta^l_k"),
    (r"\mathrm{Mg}^{2+}", r"\mathrm{Mg}^{+2}"),
    (r"S^{2-}", r"S^{-2}"),
    ("dh=2", "h'(t)dt=2"),
]
DIFFERENT_PAIRS = [
    ("14:25", "14.35"),
    ("[K:L]=3", "|K:L|=4"),
    (r"h\restriction_M", "g|_M"),
    (r"\chi_M(t)", r"\mathbf1_K(t)"),
    ("I_1", "1_1"),
    (r"\delta_{kl}", r"\delta_k^m"),
    (r"S^{2-}", r"S^{-3}"),
    ("dh=2", "h'(t)dt=3"),
]


@pytest.mark.parametrize(("left", "right"), UNDECIDED_PAIRS)
def test_rival_notations_are_no_certain_difference(left: str, right: str):
    assert decide(left, right).verdict == UNDECIDED


@pytest.mark.parametrize(("left", "right"), DIFFERENT_PAIRS)
def test_other_objects_in_rival_notations_are_different(left: str, right: str):
    assert decide(left, right).verdict == DIFFERENT
