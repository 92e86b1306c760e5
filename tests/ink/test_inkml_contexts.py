"""What the numbers of InkML mean: contexts, directions, units and canvas transforms."""

from __future__ import annotations

import numpy as np
import pytest

from hmer_suite.errors import InputError
from tests.ink.inkml_text import channel, parse, trace_format, traces

TRACE = "<trace{}>1 2, 3 4</trace>"
AS_WRITTEN, SWAPPED = [[1, 2], [3, 4]], [[2, 1], [4, 3]]
YX = trace_format("Y", "X", id="yx")


@pytest.mark.parametrize(
    ("body", "points"),
    [
        pytest.param(YX + TRACE.format(""), SWAPPED, id="a format beside the traces"),
        pytest.param(
            f'<definitions><context xml:id="c">{YX}</context></definitions>'
            + TRACE.format(' contextRef="#c"'),
            SWAPPED,
            id="a context in definitions",
        ),
        pytest.param(
            f'<definitions><context xml:id="c">{YX}</context></definitions>' + TRACE.format(""),
            AS_WRITTEN,
            id="definitions apply only where something refers to them",
        ),
        pytest.param(
            f'<definitions>{YX}<context xml:id="c" traceFormatRef="#yx"/></definitions>'
            + TRACE.format(' contextRef="#c"'),
            SWAPPED,
            id="a format by reference",
        ),
        pytest.param(
            f'<definitions><inkSource xml:id="pen">{YX}</inkSource><context xml:id="c" inkSourceRef="#pen"/>'
            "</definitions>" + TRACE.format(' contextRef="#c"'),
            SWAPPED,
            id="the format of an ink source",
        ),
        pytest.param(
            f'<definitions><context xml:id="c"><inkSource>{trace_format("X", "Y")}</inkSource>{YX}</context>'
            "</definitions>" + TRACE.format(' contextRef="#c"'),
            SWAPPED,
            id="the context's own format before that of its source",
        ),
        pytest.param(
            f'<definitions><context xml:id="a">{YX}</context><context xml:id="b" contextRef="#a"/></definitions>'
            + TRACE.format(' contextRef="#b"'),
            SWAPPED,
            id="a context inherits",
        ),
        pytest.param(f"<context>{YX}</context>" + TRACE.format(""), SWAPPED, id="a context in the stream"),
        pytest.param(
            f'<definitions><context xml:id="c">{YX}</context></definitions><context contextRef="#c"/>'
            + TRACE.format(""),
            SWAPPED,
            id="a context in the stream, by reference",
        ),
        pytest.param(
            f'<context>{YX}</context><trace contextRef="#DefaultContext">1 2, 3 4</trace>',
            AS_WRITTEN,
            id="the default context by its name",
        ),
        pytest.param(
            f'<definitions><context xml:id="c">{YX}</context></definitions><traceGroup contextRef="#c">'
            f"<traceGroup>{TRACE.format('')}</traceGroup></traceGroup>",
            SWAPPED,
            id="a group's context is that of its traces",
        ),
        pytest.param(
            f"<definitions>{YX}{trace_format('X', 'Y')}</definitions><trace>1+2,'2+2</trace>",
            AS_WRITTEN,
            id="of several formats none is in force",
        ),
        pytest.param(
            f"<definitions>{trace_format('T', 'Y', 'X')}</definitions><trace>9 2 1, 9 4 3</trace>",
            AS_WRITTEN,
            id="a lone format that nothing refers to explains three values",
        ),
    ],
)
def test_the_format_that_is_in_force(body: str, points: list[list[float]]) -> None:
    assert traces(body) == [points]


def test_a_context_in_the_stream_is_for_the_traces_after_it() -> None:
    assert traces(TRACE.format("") + f"<context>{YX}</context>" + TRACE.format("")) == [AS_WRITTEN, SWAPPED]


def test_a_group_keeps_its_context_to_itself() -> None:
    group = f'<traceGroup contextRef="#c">{TRACE.format("")}</traceGroup>'
    definitions = f'<definitions><context xml:id="c">{YX}</context></definitions>'
    assert traces(definitions + group + TRACE.format("")) == [SWAPPED, AS_WRITTEN]


@pytest.mark.parametrize(
    ("x", "y", "points"),
    [
        ({"orientation": "-ve"}, {}, [[-1, 2], [-3, 4]]),
        ({}, {"orientation": "-ve"}, [[1, -2], [3, -4]]),
        ({"units": "mm"}, {"units": "mm"}, [[1, 2], [3, 4]]),
        ({"units": "mm"}, {"units": "cm"}, [[1, 20], [3, 40]]),
        ({"units": "in"}, {"units": "pt", "orientation": "-ve"}, [[1, -2 / 72], [3, -4 / 72]]),
        ({"units": "em"}, {"units": "em"}, [[1, 2], [3, 4]]),
        ({"units": "dev"}, {}, [[1, 2], [3, 4]]),
    ],
)
def test_directions_and_units(x: dict[str, str], y: dict[str, str], points: list[list[float]]) -> None:
    found = traces(trace_format(channel("X", **x), channel("Y", **y)) + TRACE.format(""))
    assert np.allclose(found, [points])


def test_resolutions_of_the_ink_source() -> None:
    properties = "".join(
        f'<channelProperty channel="{name}" name="resolution" value="{value}" units="1/{unit}"/>'
        for name, value, unit in (("X", 254, "in"), ("Y", 50, "cm"))
    )
    source = (
        f"<inkSource>{trace_format('X', 'Y')}<channelProperties>{properties}</channelProperties></inkSource>"
    )
    assert np.allclose(traces(f"<context>{source}</context>" + TRACE.format("")), [[[1, 4], [3, 8]]])


def test_traces_of_different_units_come_in_that_of_the_first() -> None:
    contexts = "".join(
        f'<context xml:id="{unit}">{trace_format(channel("X", units=unit), channel("Y", units=unit))}</context>'
        for unit in ("mm", "cm")
    )
    body = f"<definitions>{contexts}</definitions>" + "".join(
        TRACE.format(f' contextRef="#{unit}"') for unit in ("mm", "cm")
    )
    assert np.allclose(traces(body), [[[1, 2], [3, 4]], [[10, 20], [30, 40]]])


def with_transform(mapping: str, head: str = "", trace: str = "1 2, 3 4", canvas: str = "") -> str:
    context = f'<context xml:id="c">{head}{canvas}<canvasTransform>{mapping}</canvasTransform></context>'
    return f'<definitions>{context}</definitions><trace contextRef="#c">{trace}</trace>'


AFFINE = '<mapping type="affine">{}<affine>{}</affine></mapping>'
LOOKUP = (
    '<mapping type="lookup"><bind source="{0}" column="1"/><bind target="{0}" column="2"/>'
    '<table interpolation="{1}" apply="{2}">0 0, 2 10, 4 40</table></mapping>'
)


def formula(*equations: str) -> str:
    """A mapping by these equations of X and Y of the canvas in x and y of the trace."""
    binds = "".join(f'<bind source="{c.upper()}" variable="{c}"/><bind target="{c.upper()}"/>' for c in "xy")
    math = "".join(f"<apply><eq/>{equation}</apply>" for equation in equations)
    return f'<mapping type="mathml">{binds}<math>{math}</math></mapping>'


SAME_X = "<ci>X</ci><ci>x</ci>"
HALF_Y = "<ci>Y</ci><apply><minus/><cn>100</cn><apply><divide/><ci>y</ci><cn>2</cn></apply></apply>"
SUM_Y = "<ci>Y</ci><apply><plus/><ci>x</ci><ci>y</ci><apply><power/><ci>x</ci><cn>2</cn></apply></apply>"
ROOT_Y = "<ci>Y</ci><apply><root/><apply><minus/><ci>y</ci></apply></apply>"


@pytest.mark.parametrize(
    ("body", "points"),
    [
        pytest.param(with_transform(formula(SAME_X, HALF_Y)), [[1, 99], [3, 98]], id="formula"),
        pytest.param(
            with_transform(formula(SAME_X, SUM_Y)), [[1, 4], [3, 16]], id="formula of both channels"
        ),
        pytest.param(
            with_transform(formula(SAME_X, "<ci>Y</ci><cn>7</cn>")), [[1, 7], [3, 7]], id="constant"
        ),
        pytest.param(with_transform(AFFINE.format("", "2 0 5, 0 3 -1")), [[7, 5], [11, 11]], id="affine"),
        pytest.param(
            with_transform('<mapping type="affine"><matrix>0 1 0, 1 0 0</matrix></mapping>'),
            SWAPPED,
            id="matrix",
        ),
        pytest.param(
            with_transform(
                AFFINE.format("", "1 0 0 0, 0 1 0.1 0"), trace_format("X", "Y", "F"), "1 2 10, 3 4 20"
            ),
            [[1, 3], [3, 6]],
            id="every channel of the format is a source",
        ),
        pytest.param(
            with_transform(
                AFFINE.format('<bind source="Y" target="X"/><bind source="X" target="Y"/>', "1 0 0, 0 1 0")
            ),
            SWAPPED,
            id="bound channels",
        ),
        pytest.param(
            with_transform(
                AFFINE.format("", "1 0 0, 0 -1 0"), trace_format("X", channel("Y", orientation="-ve"))
            ),
            [[1, -2], [3, -4]],
            id="what a transform gives is the canvas's, whatever the direction of the channel",
        ),
        pytest.param(
            with_transform(
                AFFINE.format("", "1 0 0, 0 1 0"),
                canvas=f"<canvas>{trace_format('X', channel('Y', orientation='-ve'))}</canvas>",
            ),
            [[1, -2], [3, -4]],
            id="a canvas with Y upwards",
        ),
        pytest.param(
            with_transform('<mapping type="identity"/>', trace_format("X", channel("Y", orientation="-ve"))),
            [[1, -2], [3, -4]],
            id="identity",
        ),
        pytest.param(
            with_transform(LOOKUP.format("X", "linear", "absolute")), [[5, 2], [25, 4]], id="lookup"
        ),
        pytest.param(with_transform(LOOKUP.format("X", "floor", "absolute")), [[0, 2], [10, 4]], id="floor"),
        pytest.param(
            with_transform(LOOKUP.format("X", "ceiling", "absolute")), [[10, 2], [40, 4]], id="ceiling"
        ),
        pytest.param(
            with_transform(LOOKUP.format("X", "linear", "relative")), [[6, 2], [28, 4]], id="relative"
        ),
        pytest.param(
            with_transform(
                f'<mapping type="product">{LOOKUP.format("X", "linear", "absolute")}'
                f"{LOOKUP.format('Y', 'floor', 'absolute')}</mapping>"
            ),
            [[5, 10], [25, 40]],
            id="product",
        ),
        pytest.param(
            '<definitions><mapping xml:id="m" type="affine"><affine>2 0 0, 0 2 0</affine></mapping>'
            '<canvasTransform xml:id="t"><mapping mappingRef="#m"/></canvasTransform>'
            '<context xml:id="c" canvasTransformRef="#t"/></definitions>' + TRACE.format(' contextRef="#c"'),
            [[2, 4], [6, 8]],
            id="by reference",
        ),
    ],
)
def test_canvas_transforms(body: str, points: list[list[float]]) -> None:
    assert np.allclose(traces(body), [points])


LOOP = '<context xml:id="a" contextRef="#b"/><context xml:id="b" contextRef="#a"/>'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (TRACE.format(' contextRef="#c"'), "no context has the id that '#c' refers to"),
        (TRACE.format(' contextRef="other.inkml#c"'), "no context has the id that 'other.inkml#c' refers to"),
        (f"<definitions>{LOOP}</definitions>" + TRACE.format(' contextRef="#a"'), "context that inherits from itself"),
        (
            trace_format(channel("X", units="mm"), "Y") + TRACE.format(""),
            "channel Y is in device units and channel X in mm, which have no common measure",
        ),
        (trace_format(channel("X", orientation="up"), "Y") + TRACE.format(""), "orientation 'up' is neither +ve nor"),
        (
            f"<definitions>{YX}{trace_format('X', 'Y')}</definitions><trace>1 2 3, 4 5 6</trace>",
            "no trace format is in force for points of 3 values",
        ),
        (with_transform('<mapping type="magic"/>'), "a canvas transform of type 'magic', which is not supported"),
        (with_transform('<mapping type="mathml"/>'), "formula: expected bound variables, and an equation"),
        (with_transform(formula(SAME_X)), "formula: expected bound variables, and an equation"),
        (with_transform(formula(SAME_X, ROOT_Y)), "formula: Y: a coordinate that is not finite"),
        (with_transform(formula(SAME_X, "<ci>Y</ci><ci>z</ci>")), "formula: the variable 'z' is bound to no channel"),
        (with_transform(formula(SAME_X, "<ci>Y</ci><cn>a</cn>")), "formula: not a number: 'a'"),
        (with_transform(formula(SAME_X, "<ci>Y</ci><apply><int/></apply>")), "the operator int of 0 arguments"),
        (with_transform(formula(SAME_X, "<ci>Y</ci><pi/>")), "formula: the MathML element pi, which is not supported"),
        (with_transform('<mapping type="affine"/>'), "an affine mapping without a matrix"),
        (with_transform(AFFINE.format("", "1 0, 0")), "affine mapping: rows of unequal length"),
        (with_transform(AFFINE.format("", "1 x 0, 0 1 0")), "affine mapping: could not convert string to float"),
        (with_transform(AFFINE.format("", "1 0 0 0 0, 0 1 0 0 0")), "an affine matrix of 2 rows and 5 columns"),
        (with_transform(LOOKUP.format("X", "cubic", "absolute")), "interpolation 'cubic', which is not supported"),
        (with_transform('<mapping type="lookup"><table>1 2</table></mapping>'), "expected a table, one source and one"),
        (
            '<definitions><mapping xml:id="m" mappingRef="#m"/></definitions>'
            + with_transform('<mapping mappingRef="#m"/>'),
            "a mapping that refers to itself",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_for_certain_is_refused(body: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(body)
    assert str(caught.value).startswith("f.inkml: ") and message in str(caught.value)
