r"""Commands that few formulas have: their canonical spelling, or a reading of their own, is what they are compared by."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL

ALIKE = [
    (r"\cfrac[l]{h}{2}", r"\frac h2"),
    (r"\cfrac[r]{h}{2+\cfrac[r]{k}{3}}", r"\cfrac{h}{2+\cfrac k3}"),
    (r"\frak g+k", r"k+\mathfrak{g}"),
]
APART = [
    (r"\cfrac[l]{h}{2}", r"\cfrac[l]{h}{3}"),
    (r"\frak{ab}c", r"\mathfrak{abc}"),
    (r"{\frak g}+k", "g+k"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike(one: str, other: str):
    assert decide(one, other).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), APART)
def test_apart(one: str, other: str):
    assert decide(one, other).verdict == DIFFERENT
