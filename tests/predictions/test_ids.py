"""Ids that differ by folder or by the suffix of a file's name."""

from __future__ import annotations

import pytest

from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.predictions.ids import match


@pytest.mark.parametrize(
    ("ids", "known", "found"),
    [
        (["a"], ["a"], {}),
        (["a"], ["a.jpg", "b.jpg"], {"a": "a.jpg"}),
        (["in/a.PNG", "b"], ["a", "b"], {"in/a.PNG": "a"}),
        (["x/a.png", "y/a.png"], ["x/a", "y/a"], {"x/a.png": "x/a", "y/a.png": "y/a"}),
        (["img\\a.png"], ["a"], {"img\\a.png": "a"}),
        (["a"], ["a.jpg", "a.png"], None),
        (["a.jpg", "a.png"], ["a"], None),
        (["a", "a.jpg"], ["a", "b"], None),
        (["x/a", "y/a"], ["a"], None),
        (["c"], ["a", "b"], None),
        (["v1.2"], ["v1"], None),
    ],
)
def test_an_unambiguous_match_is_found_and_no_other(ids, known, found) -> None:
    assert match(ids, known) == found


def test_pairing_says_what_it_matched(put) -> None:
    references = read_references(put("r", "a.jpg\tx\nb.jpg\ty\n"))
    predictions = read_predictions(put("p", "out/b.png 1 + 1\nout/a.png 2\n"), references=references)
    paired = pair(predictions, references)
    assert (predictions.format, paired.ids, paired.predictions) == (
        "spaced",
        ("a.jpg", "b.jpg"),
        ("2", "1 + 1"),
    )
    assert paired.renamed == (("out/b.png", "b.jpg"), ("out/a.png", "a.jpg"))
