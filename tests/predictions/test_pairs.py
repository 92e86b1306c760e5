"""Pairs of formulas, a line at a time."""

from __future__ import annotations

import pytest

from hmer_suite.predictions.pairs import PairLine, read_pairs

GOOD = [
    ("x\ty", ("x", "y"), None),
    ("\t", ("", ""), None),
    ("{x}\t{y}", ("{x}", "{y}"), None),
    ("[1,2]\t[2,1]", ("[1,2]", "[2,1]"), None),
    ('["x", "y"]', ("x", "y"), None),
    ('{"id": 4, "first": "x", "second": "y"}', ("x", "y"), 4),
    ('{"img_id": "p", "pred": "x", "gt": "y"}', ("x", "y"), "p"),
    ('{"a": "x", "b": "y"}', ("x", "y"), None),
    ('{"Prediction": "x", "Ground Truth": "y", "answer": "z"}', ("x", "y"), None),
    ('{"answer": "x", "gold": "y"}', ("x", "y"), None),
    ('{"response": "x", "answer": "y"}', ("x", "y"), None),
]


@pytest.mark.parametrize(("line", "pair", "name"), GOOD)
def test_a_pair(line: str, pair: tuple[str, str], name: object):
    (found,) = read_pairs([line + "\r\n"], "f")
    assert ((found.first, found.second), found.id, found.error) == (pair, name, None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x", "f:1: expected two formulas separated by one tab, found 0 tabs"),
        ('{"first": "x"', "f:1: not a JSON object: "),
        ('{"first": "x"}', "f:1: no second formula (such as 'second') among the keys first"),
        ('{"first": "x", "second": [1]}', "f:1: second: expected a string, got [1]"),
        (b"x\t\xff\n", "f:1: not UTF-8: 0xff at byte 2 of the line"),
        ("x\0\ty", "f:1: NUL byte at character 2: not a text file"),
        ('{"x":' * 9999, "f:1: not a JSON object: "),
    ],
)
def test_what_is_no_pair_is_said_and_the_next_is_read(line: str | bytes, said: str):
    wrong, blank, right = read_pairs([line, " \n", "x\ty\n"], "f")
    assert wrong.error.startswith(said)
    assert blank == PairLine(2, blank=True)
    assert (right.line, right.first) == (3, "x")


def test_a_byte_order_mark_is_no_sign():
    assert next(read_pairs([b"\xef\xbb\xbfx\ty"], "f")).first == "x"
