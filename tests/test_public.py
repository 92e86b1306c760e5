"""The public names, as a user types them."""

from __future__ import annotations

import importlib
from importlib.metadata import version

import pytest

import hmer_suite as hs


def test_the_public_names_are_functions_whatever_was_imported_before():
    for module in ("hmer_suite.scores.rates", "hmer_suite.repairs.cheapest", "hmer_suite.latex.tokens"):
        importlib.import_module(module)
    assert hs.score(["x^2"], ["x ^ { 2 }"]).canonical.exprate == 100.0
    assert hs.repair(r"\frac { 1 } { 2").output == r"\frac { 1 } { 2 }"
    assert hs.validate("x ^ { 2").problems[0].code == "unclosed-group"
    assert hs.canonical("x^2_1") == "x _ { 1 } ^ { 2 }"
    assert [token.text for token in hs.tokens("x^2")] == ["x", "^", "2"]
    assert str(hs.score(["x"], ["x"]).signature).startswith("hmer-suite|v:")


def test_the_version_is_that_of_the_distribution():
    assert hs.__version__ == version("hmer-suite")


def test_every_public_name_loads():
    for name in hs.__all__:
        assert getattr(hs, name)


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = hs.nonsense
