"""Which traces of InkML are ink: groups, views, definitions, continuations, the pen in the air."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hmer_suite.errors import InputError
from hmer_suite.ink import document
from hmer_suite.ink.inkml import TraceGroup, read_inkml
from tests.ink.inkml_text import channel, parse, trace_format, traces

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "formats" / "inkml"

A, B, C = "1 1, 2 2, 3 3, 4 4", "5 5, 6 6", "7 7, 8 8"
POINTS = {"A": [[1, 1], [2, 2], [3, 3], [4, 4]], "B": [[5, 5], [6, 6]], "C": [[7, 7], [8, 8]]}
DEFINED = (
    f'<definitions><trace xml:id="a">{A}</trace><traceGroup xml:id="g"><trace xml:id="b">{B}</trace>'
    f'<trace xml:id="c">{C}</trace></traceGroup></definitions>'
)


def test_traces_in_groups_are_ink_in_the_order_of_the_file() -> None:
    body = f"<traceGroup><trace>{B}</trace><traceGroup><trace>{C}</trace></traceGroup></traceGroup><trace>{A}</trace>"
    assert traces(body) == [POINTS["B"], POINTS["C"], POINTS["A"]]


@pytest.mark.parametrize(
    ("views", "found"),
    [
        pytest.param("", [], id="definitions are not ink"),
        pytest.param('<traceView traceDataRef="#a"/>', [POINTS["A"]], id="a view shows one"),
        pytest.param(
            '<traceView traceDataRef="#a" from="2" to="3"/>', [[[2, 2], [3, 3]]], id="a range of points"
        ),
        pytest.param('<traceView traceDataRef="#a" from="3"/>', [[[3, 3], [4, 4]]], id="an open range"),
        pytest.param('<traceView traceDataRef="#a" to="1"/>', [[[1, 1]]], id="one point"),
        pytest.param('<traceView traceDataRef="#g"/>', [POINTS["B"], POINTS["C"]], id="a group"),
        pytest.param('<traceView traceDataRef="#g" from="2"/>', [POINTS["C"]], id="traces of a group"),
        pytest.param(
            '<traceView traceDataRef="#g" from="1:2" to="2:1"/>', [[[6, 6]], [[7, 7]]], id="points of a group"
        ),
        pytest.param(
            '<traceView><traceView traceDataRef="#c"/><traceView traceDataRef="#a" to="2"/></traceView>',
            [POINTS["C"], [[1, 1], [2, 2]]],
            id="views in a view",
        ),
        pytest.param(
            '<traceView xml:id="v" traceDataRef="#a" from="2"/><traceGroup>'
            '<traceView traceDataRef="#v" from="2" to="2"/></traceGroup>',
            [[[2, 2], [3, 3], [4, 4]], [[3, 3]]],
            id="a range of a range",
        ),
        pytest.param(
            '<traceView traceDataRef="#a"/><traceGroup><traceView traceDataRef="#a"/></traceGroup>',
            [POINTS["A"]],
            id="shown twice, written once",
        ),
        pytest.param(
            '<traceView traceDataRef="other.inkml#a"/>', [], id="another file's trace is not this one's"
        ),
    ],
)
def test_traces_in_definitions_are_ink_where_a_view_shows_them(
    views: str, found: list[list[list[float]]]
) -> None:
    assert traces(DEFINED + views) == found


def test_a_view_of_a_trace_that_is_ink_adds_nothing() -> None:
    assert traces(f'<trace xml:id="t">{A}</trace><traceView traceDataRef="#t" from="2" to="3"/>') == [
        POINTS["A"]
    ]


def test_a_view_brings_the_context_of_a_trace_without_one() -> None:
    definitions = (
        f'<definitions><context xml:id="c">{trace_format("Y", "X")}</context><trace xml:id="t">1 2</trace>'
    )
    body = f'{definitions}</definitions><traceView traceDataRef="#t" contextRef="#c"/>'
    assert traces(body) == [[[2, 1]]]


def test_groups_name_what_is_in_them_and_what_they_show() -> None:
    ink = parse(
        f'{DEFINED}<trace xml:id="t">{A}</trace>'
        f'<traceGroup><annotation type="truth">x</annotation><trace>{B}</trace></traceGroup>'
        '<traceGroup><annotation type="truth">y</annotation><traceView traceDataRef="#g"/></traceGroup>'
        '<traceGroup><annotation type="truth">z</annotation><traceView traceDataRef="#t"/></traceGroup>'
        '<traceGroup><annotation type="truth">?</annotation><traceView traceDataRef="o.inkml#t"/></traceGroup>'
    )
    assert ink.groups == (TraceGroup("x", (1,)), TraceGroup("y", (2, 3)), TraceGroup("z", (0,)))
    assert ink.notes == ("symbols name traces that do not exist: o.inkml#t",)


def test_the_pen_in_the_air_does_not_write() -> None:
    body = f'<trace id="0">{B}</trace><trace id="1" type="penUp">{A}</trace><trace id="2" type="penDown">{C}</trace>'
    assert traces(body) == [POINTS["B"], POINTS["C"]]
    views = '<traceView traceDataRef="1"/><traceView traceDataRef="2"/>'
    ink = parse(f"{body}<traceGroup><annotation>x</annotation>{views}</traceGroup>")
    assert (ink.groups, ink.notes) == ((TraceGroup("x", (1,)),), ())


def test_an_indeterminate_trace_is_cut_where_the_tip_is_up() -> None:
    head = trace_format("X", "Y", channel("S", type="boolean"))
    body = f'{head}<trace type="indeterminate">1 1 T, 2 2 T, 9 9 F, 5 5 T, 6 6 *, 9 9 F</trace>'
    assert traces(body) == [[[1, 1], [2, 2]], POINTS["B"]]


def test_continuations_are_joined_to_what_they_continue() -> None:
    body = (
        '<trace xml:id="p" continuation="begin">1 1, 2 2</trace><trace xml:id="q" continuation="begin">5 5</trace>'
        '<trace xml:id="r" continuation="middle" priorRef="#p">3 3</trace>'
        '<trace continuation="end" priorRef="#q">6 6</trace><trace continuation="end" priorRef="#r">4 4</trace>'
    )
    assert traces(body) == [POINTS["A"], POINTS["B"]]


def test_the_continuation_of_the_pen_in_the_air_is_in_the_air() -> None:
    first = '<trace id="1" type="penUp" continuation="begin">1 1</trace>'
    last = '<trace continuation="end" priorRef="#1">2 2</trace>'
    assert traces(f"{first}{last}<trace>{B}</trace>") == [POINTS["B"]]


DOUBLED = "".join(
    f'<traceView xml:id="v{n + 1}"><traceView traceDataRef="#v{n}"/><traceView traceDataRef="#v{n}"/></traceView>'
    for n in range(60)
)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<trace continuation="end" priorRef="#t">1 1</trace>', "continues trace 't', which is not before it"),
        ('<trace continuation="more">1 1</trace>', "the continuation 'more', expected begin, middle, end"),
        ('<trace type="pen">1 1</trace>', "the type 'pen', expected penDown, penUp or indeterminate"),
        (f'{DEFINED}<traceView traceDataRef="#a" from="5"/>', "a view of points 5 to 4 of 4"),
        (f'{DEFINED}<traceView traceDataRef="#a" to="9"/>', "a view of points 1 to 9 of 4"),
        (f'{DEFINED}<traceView traceDataRef="#a" from="3" to="2"/>', "traceView: from point 3 to point 2"),
        (f'{DEFINED}<traceView traceDataRef="#a" from="0"/>', "traceView: from='0' is not a place"),
        (f'{DEFINED}<traceView traceDataRef="#a" from="x"/>', "traceView: from='x' is not a place"),
        (f'{DEFINED}<traceView traceDataRef="#a" from="1:1"/>', "traceView: a place inside of a point"),
        (f'{DEFINED}<traceView traceDataRef="#g" from="3"/>', "a place outside of the 2 traces of a group"),
        (f'{DEFINED}<traceView xml:id="v" traceDataRef="#v"/>', "nested too deeply, or show themselves"),
        (f'{DEFINED}<traceView xml:id="v0" traceDataRef="#a"/>{DOUBLED}', "views of too many traces"),
        ("<traceGroup>" * 300 + "</traceGroup>" * 300, "elements nested more than 200 deep"),
    ],
)  # fmt: skip
def test_structures_that_make_no_sense_are_refused(body: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(body)
    assert str(caught.value).startswith("f.inkml: ") and message in str(caught.value)


def test_files_with_too_many_points_or_traces_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_POINTS", 5)
    assert len(traces(f"<trace>{A}</trace>")) == 1
    with pytest.raises(InputError, match=r"f\.inkml: more than the 5 points that are read"):
        parse(f"<trace>{A}</trace><trace>{B}</trace>")
    monkeypatch.setattr(document, "MAX_TRACES", 2)
    with pytest.raises(InputError, match=r"f\.inkml: more than the 2 traces that are read"):
        parse("<trace>1 1</trace>" * 3)


def test_the_labels_of_mathwriting() -> None:
    raw, normal = (
        '<annotation type="label">x {+} y</annotation>',
        '<annotation type="normalizedLabel">x+y</annotation>',
    )
    assert parse(raw + normal).truth == "x+y" and parse(raw).truth == "x {+} y"


@pytest.mark.skipif(not CASES.is_dir(), reason="needs the cases in ../shared")
def test_the_cases_of_one_feature_each() -> None:
    expected = json.loads((CASES / "expected.json").read_text("utf-8"))
    found = {
        name: [trace.tolist() for trace in read_inkml(CASES / f"{name}.inkml").traces] for name in expected
    }
    assert found == {name: case["traces"] for name, case in expected.items()}
