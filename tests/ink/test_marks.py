"""Which strokes are which symbol, and which token: by the ids of MathML, by count, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from hmer_suite.data.sources import synthetic
from hmer_suite.ink.inkml import parse_inkml
from hmer_suite.ink.labels import label
from hmer_suite.ink.marks import ink_sample, marks_of, shape
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import InkSample, Mark

TRACE = '<trace id="{0}">{0} 0, {0} 5</trace>'
GROUP = '<traceGroup><annotation type="truth">{0}</annotation>{1}{2}</traceGroup>'


def inkml(mathml: str, *groups: tuple[str, str, str]) -> bytes:
    """A file with a trace for each digit of the groups' traces: (truth, traces, id of the MathML element)."""
    traces = sorted({trace for _, traces, _ in groups for trace in traces})
    inner = "".join(
        GROUP.format(
            truth,
            "".join(f'<traceView traceDataRef="{trace}"/>' for trace in traces_),
            f'<annotationXML href="{id}"/>' if id else "",
        )
        for truth, traces_, id in groups
    )
    math = (
        '<annotationXML type="truth"><math xmlns="http://www.w3.org/1998/Math/MathML">' + mathml
        + "</math></annotationXML>"
    ) if mathml else ""  # fmt: skip
    return (
        f'<ink xmlns="http://www.w3.org/2003/InkML">{math}{"".join(map(TRACE.format, traces))}'
        f"<traceGroup>{inner}</traceGroup></ink>"
    ).encode()


def marked(text: str, mathml: str, *groups: tuple[str, str, str]) -> dict[tuple[int, ...], tuple[str, int]]:
    """Class and token of each mark, by its traces."""
    ink = parse_inkml(inkml(mathml, *groups), "a", "a.inkml", "here")
    return {mark.traces: (mark.name, mark.token) for mark in marks_of(ink, text.split())}


def test_the_label_of_such_a_file():
    """What the other tests write by hand is what the reader makes of it."""
    mathml = '<mfrac xml:id="f"><mi xml:id="x">x</mi><mi xml:id="y">y</mi></mfrac>'
    data = inkml(mathml, ("-", "0", "f"), ("x", "1", "x"), ("y", "2", "y"))
    ink = parse_inkml(data, "a", "a.inkml", "here")
    assert label(ink) == r"\frac { x } { y }"
    sample = ink_sample(ink, label(ink))
    assert sample.marks == (Mark("-", (0,), 0), Mark("x", (1,), 2), Mark("y", (2,), 5))
    assert sample.fully_marked and sample.unit > 0


def test_repeated_symbols_are_told_apart_by_their_ids():
    mathml = '<mrow><mi xml:id="a">x</mi><mo xml:id="p">+</mo><mi xml:id="b">x</mi></mrow>'
    found = marked("x + x", mathml, ("x", "0", "b"), ("+", "12", "p"), ("x", "3", "a"))
    assert found == {(0,): ("x", 2), (1, 2): ("+", 1), (3,): ("x", 0)}


def test_repeated_symbols_without_ids_are_of_no_certain_token():
    mathml = "<mrow><mi>x</mi><mo>+</mo><mi>x</mi></mrow>"
    found = marked("x + x", mathml, ("x", "0", ""), ("+", "1", ""), ("x", "2", ""))
    assert found == {(0,): ("x", -1), (1,): ("+", 1), (2,): ("x", -1)}


def test_fraction_bars_and_minus_signs_are_of_one_class():
    mathml = (
        '<mrow><mo xml:id="m">-</mo><mfrac xml:id="f"><mn xml:id="one">1</mn>'
        '<mrow><mi xml:id="x">x</mi><mo xml:id="n">-</mo><mn xml:id="two">2</mn></mrow></mfrac></mrow>'
    )
    text = r"- \frac { 1 } { x - 2 }"
    found = marked(text, mathml, ("-", "0", "f"), ("-", "1", "n"), ("-", "2", "m"), ("1", "3", "one"))
    assert found == {(0,): ("-", 1), (1,): ("-", 7), (2,): ("-", 0), (3,): ("1", 3)}


def test_the_index_of_a_root_comes_before_its_radicand():
    mathml = (
        '<mroot xml:id="r"><mrow><mi xml:id="inner">n</mi><mo xml:id="p">+</mo></mrow>'
        '<mi xml:id="index">n</mi></mroot>'
    )
    text = r"\sqrt [ n ] { n + }"
    found = marked(
        text, mathml, ("\\sqrt", "0", "r"), ("n", "1", "index"), ("n", "2", "inner"), ("+", "3", "p")
    )
    assert found == {(0,): ("\\sqrt", 0), (1,): ("n", 2), (2,): ("n", 5), (3,): ("+", 6)}


def test_a_square_root_holds_its_radicand():
    mathml = '<msqrt xml:id="r"><mi xml:id="a">a</mi></msqrt>'
    assert marked(r"\sqrt { a }", mathml, ("\\sqrt", "0", "r"), ("a", "1", "a")) == {
        (0,): ("\\sqrt", 0),
        (1,): ("a", 2),
    }


def test_where_tree_and_label_differ_in_number_only_single_symbols_are_linked():
    mathml = '<mrow><mi xml:id="a">x</mi><mo xml:id="p">+</mo></mrow>'
    found = marked("x + x", mathml, ("x", "0", "a"), ("+", "1", "p"))
    assert found == {(0,): ("x", -1), (1,): ("+", 1)}


@pytest.mark.parametrize(("mathml", "id"), [("", "a"), ("<mi>x</mi>", "a"), ('<mi xml:id="b">x</mi>', "a")])
def test_a_single_symbol_needs_no_id(mathml: str, id: str):
    """No tree, a tree without ids, ids that do not agree."""
    assert marked("x", mathml, ("x", "01", id)) == {(0, 1): ("x", 0)}


def test_a_symbol_that_the_label_does_not_have():
    assert marked("x", "", ("x", "0", ""), ("y", "1", "")) == {(0,): ("x", 0), (1,): ("y", -1)}


def test_ink_that_nobody_marked():
    ink = parse_inkml(
        b'<ink xmlns="http://www.w3.org/2003/InkML"><trace id="0">0 0, 1 5</trace></ink>',
        "a",
        "a.inkml",
        "here",
    )
    sample = ink_sample(ink, "1")
    assert sample.marks == () and not sample.fully_marked and len(sample.traces) == 1


@pytest.mark.parametrize(
    ("token", "name"),
    [("\\frac", "-"), ("-", "-"), ("\\lt", "<"), ("\\cdot", "."), ("\\cdots", "\\ldots"), ("x", "x")],
)
def test_classes_of_tokens(token: str, name: str):
    assert shape(token) == name


@pytest.mark.parametrize(
    ("traces", "whole"),
    [
        ([(0,), (1, 2)], True),
        ([(0,), (1,)], False),
        ([(0, 1), (1, 2)], False),
        ([], False),
        ([(2, 1, 0)], True),
    ],
)
def test_fully_marked_is_every_trace_in_one_mark(traces: list[tuple[int, ...]], whole: bool):
    ink = InkSample((np.zeros((1, 2)),) * 3, 1.0, tuple(Mark("x", found) for found in traces))
    assert ink.fully_marked is whole


def test_made_up_handwriting_is_marked_as_its_label_says():
    samples = synthetic.load("40,2,20", "train", Preprocessing(input="ink"))
    for ink, text in zip(samples.inks, samples.labels, strict=True):
        assert ink.fully_marked
        tokens = text.split()
        linked = [mark for mark in ink.marks if mark.token >= 0]
        assert all(mark.name == shape(tokens[mark.token]) for mark in linked)
        assert len({mark.token for mark in linked}) == len(linked)
