"""The table of look-alikes says what everybody knows, and nothing silly."""

from __future__ import annotations

import pytest

from hmer_suite.latex.token_classes import CLASSES, token_class
from hmer_suite.scores.lookalikes import LEAST, alike, rates


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1", "|"),
        ("x", r"\times"),
        ("x", "X"),
        ("0", "o"),
        ("c", "C"),
        ("s", "S"),
        ("z", "2"),
        (",", r"\prime"),
    ],
)
def test_known_lookalikes(first, second):
    assert alike(first, second) and alike(second, first)


@pytest.mark.parametrize(
    ("first", "second"), [("x", "8"), ("=", r"\sum"), ("a", r"\int"), ("x", "nonsense"), ("", "1")]
)
def test_symbols_that_are_not(first, second):
    assert not alike(first, second)


def test_the_table_is_sound():
    found = rates()
    assert len(found) > 50
    given: dict[str, float] = {}
    for (written, read), rate in found.items():
        assert written != read and LEAST <= rate <= 100
        assert all(
            token in CLASSES or token_class(token) == "CHAR" or token.isalnum() for token in (written, read)
        )
        given[written] = given.get(written, 0.0) + rate
    assert max(given.values()) <= 100
