"""How InkML writes the values of points: prefixes, wildcards, number formats, channels that come and go."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from hmer_suite.errors import InputError
from tests.ink.inkml_text import channel, parse, trace_format, traces

XYF = trace_format("X", "Y", "F")
OCCASIONAL = (
    '<traceFormat><channel name="X"/><channel name="Y"/><intermittentChannels><channel name="F"/>'
    '<channel name="B1" type="boolean"/></intermittentChannels></traceFormat>'
)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        pytest.param("7 8", [[7, 8]], id="one point needs no comma"),
        pytest.param("5 6, 8 9,", [[5, 6], [8, 9]], id="a comma at the end"),
        pytest.param(" 1\n2 ,\t3   4 ", [[1, 2], [3, 4]], id="white space of any kind"),
        pytest.param("1-2,3-4", [[1, -2], [3, -4]], id="a sign separates"),
        pytest.param("+.5 2.,1e1 -2.5E-1", [[0.5, 2], [10, -0.25]], id="decimals and exponents"),
        pytest.param("#ff#10, -#2 #0a", [[255, 16], [-2, 10]], id="hexadecimal"),
        pytest.param("10 10,'2'-3,4 5", [[10, 10], [12, 7], [16, 12]], id="first differences stay in force"),
        pytest.param("10 10,'2 '3,!50 '1,60 1", [[10, 10], [12, 13], [50, 14], [60, 15]], id="explicit again"),
        pytest.param(
            "100 200,'5'-5,\"1\"2,1 2,-3-4",
            [[100, 200], [105, 195], [111, 192], [118, 191], [122, 186]],
            id="second differences add up to first ones",
        ),
        pytest.param("0 0,'1'1,\"1\"1,'5'0", [[0, 0], [1, 1], [3, 3], [8, 3]], id="first after second"),
        pytest.param("3 4, * 6, 9 *, * *", [[3, 4], [3, 6], [9, 6], [9, 6]], id="* is the value before"),
        pytest.param("0 0,'2'1,* *,5*", [[0, 0], [2, 1], [4, 2], [9, 3]], id="* is the difference before"),
        pytest.param(
            "0 0,'2'0,\"1\"0,* *,**", [[0, 0], [2, 0], [5, 0], [9, 0], [14, 0]], id="* goes on accelerating"
        ),
        pytest.param("1 2,' 3 ' 4", [[1, 2], [4, 6]], id="space after a prefix"),
        pytest.param("1 2,'3 4,5 6", [[1, 2], [4, 6], [9, 12]], id="a prefix is for the rest of its point"),
        pytest.param("1 2,3'4,9 1", [[1, 2], [3, 6], [9, 7]], id="but not for a channel before it"),
    ],
)  # fmt: skip
def test_values(text: str, points: list[list[float]]) -> None:
    assert traces(f"<trace>{text.replace('<', '&lt;')}</trace>") == [points]


def test_a_pressure_in_differences_does_not_touch_x_and_y() -> None:
    assert traces(f"{XYF}<trace>10 20 900,'1'2'-50,3 4 0,5 6*</trace>") == [
        [[10, 20], [11, 22], [14, 26], [19, 32]]
    ]


def test_differences_add_up_to_what_was_written() -> None:
    numbers = random.Random(5)
    points = [(numbers.randint(-999, 999), numbers.randint(-999, 999)) for _ in range(60)]
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points)]
    text = "{} {}".format(*points[0]) + "".join(f",'{dx}'{dy}" for dx, dy in steps)
    assert traces(f"<trace>{text}</trace>") == [[[x, y] for x, y in points]]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("1 2:7, 3 4", [[1, 2], [3, 4]]),
        ("1 2, 3 4:'7, 5 6:* T", [[1, 2], [3, 4], [5, 6]]),
        ("1 2:? F, 3 4:", [[1, 2], [3, 4]]),
    ],
)
def test_intermittent_channels_are_after_a_colon(text: str, points: list[list[float]]) -> None:
    assert traces(f"{OCCASIONAL}<trace>{text}</trace>") == [points]


def test_booleans_are_values_of_their_channels() -> None:
    head = trace_format("X", "Y", channel("B1", type="boolean"), "Z")
    assert traces(f"{head}<trace>1 2 T 5, 3 4F6, 5 6*7, 7 8 ?-1</trace>") == [
        [[1, 2], [3, 4], [5, 6], [7, 8]]
    ]


def test_the_default_of_a_channel_is_for_values_that_were_not_reported() -> None:
    head = trace_format(channel("X", default="5"), "Y", "F")
    assert traces(f"{head}<trace>? 1 ?, 2 3 ?, ? 4 1</trace>") == [[[5, 1], [2, 3], [5, 4]]]


def test_a_channel_with_a_default_may_be_missing_from_every_point() -> None:
    head = trace_format("X", channel("Y", default="-2"))
    assert (
        traces(f"{head}<trace>1, 3</trace>") == traces(f"{head}<trace>1,'2</trace>") == [[[1, -2], [3, -2]]]
    )


def test_points_without_a_position_are_left_out_and_noted() -> None:
    ink = parse("<trace>1 2, ? 3, 5 6, 7 ?</trace>")
    assert [trace.tolist() for trace in ink.traces] == [[[1, 2], [5, 6]]]
    assert ink.notes == ("points without a position left out: 2",)


def test_channel_names_in_any_case_and_order() -> None:
    assert traces(f"{trace_format('t', 'y', 'x')}<trace>0 8 9, 1 6 7</trace>") == [[[9, 8], [7, 6]]]


def test_without_a_format_a_third_value_is_left_out() -> None:
    assert traces("<trace>1 2 50, 3 4 60</trace><trace>5 6 70</trace>") == [[[1, 2], [3, 4]], [[5, 6]]]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<trace>0 0 10 10 20 20</trace>", "6 values in a point, expected 2 (X Y); are commas between points missing?"),
        ("<trace>0 0 5</trace>", "3 values in a point, expected 2 (X Y); are commas between points missing?"),
        (f"{XYF}<trace>0 0 5 1 1 5</trace>", "6 values in a point, expected 3 (X Y F); are commas"),
        (f"{trace_format('X', 'Y')}<trace>0 0 5, 1 1 5</trace>", "3 values in a point, expected 2 (X Y)"),
        ("<trace>0 0 1 1, 2 2 3 3</trace>", "4 values in a point, expected 2 (X Y)"),
        (f"{trace_format('T', 'X', 'Y')}<trace>0 1, 2 3</trace>", "2 values in a point, expected 3 (T X Y)"),
        ("<trace>1 2,'3'4,5</trace>", "points with unequal numbers of coordinates, 1 to 2"),
        ("<trace>1 2,,3 4</trace>", "point 2: no values"),
        ("<trace>1 2, 3 4:5:6</trace>", "point 2: more than one colon"),
        ("<trace>1.5.5 2</trace>", "point 1: not a value: '1.5.5 2'"),
        ("<trace>1 - 2</trace>", "point 1: not a value: '- 2'"),
        ("<trace>1 2, 1_0 3</trace>", "point 2: not a value: '_0 3'"),
        ("<trace>'1'2</trace>", "point 1: channel X: a difference without a value before it"),
        ("<trace>* 2</trace>", "point 1: channel X: * without a value before it"),
        ("<trace>1 2,\"3\"4</trace>", "point 2: channel X: a second difference without a first one before it"),
        ("<trace>1 2,'3'4,!5 '*,'* 6</trace>", "point 4: channel X: * without a difference before it"),
        ("<trace>1 2,?'4,'3 5</trace>", "point 3: channel X: a difference without a value before it"),
        ("<trace>1 T</trace>", "point 1: channel Y: T is not of type decimal"),
        ("<trace>1 2,'1e300 0</trace>", "a coordinate that is not finite, or beyond 1e+15"),
        (f"{trace_format('X', 'F')}<trace>1 2</trace>", "the trace format has no channel Y"),
        (f"{trace_format(channel('X', default='no'), 'Y')}<trace>1 2</trace>", "the default 'no' is not a number"),
    ],
)  # fmt: skip
def test_points_that_cannot_be_read_for_certain_are_refused(body: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(body)
    assert str(caught.value).startswith("f.inkml: ") and message in str(caught.value)
    assert "\n" not in str(caught.value)
