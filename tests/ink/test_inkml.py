"""InkML as CROHME has it, and InkML that nobody should have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hmer_suite.errors import InputError
from hmer_suite.ink import document as module
from hmer_suite.ink.inkml import TraceGroup, parse_inkml, read_inkml
from tests.data.inkml_files import inkml


def channels(*names: str) -> str:
    return "<traceFormat>" + "".join(f'<channel name="{name}"/>' for name in names) + "</traceFormat>"


@pytest.mark.parametrize("namespace", ['xmlns="http://www.w3.org/2003/InkML"', ""])
def test_a_file_with_and_without_namespace(tmp_path: Path, namespace: str) -> None:
    path = tmp_path / "formula1.inkml"
    writer = '<annotation type="writer">w7</annotation>'
    path.write_bytes(
        inkml(mathml="<mi>x</mi>", groups=[("1", [0]), ("x", [1, 2])], head=writer, namespace=namespace)
    )
    ink = read_inkml(path)
    assert (ink.id, ink.truth, ink.writer, ink.notes) == ("formula1", "$1x$", "w7", ())
    assert [trace.tolist() for trace in ink.traces] == [
        [[0, 0], [0, 10]],
        [[5, 0], [9, 10]],
        [[9, 0], [5, 10]],
    ]
    assert ink.groups == (TraceGroup("1", (0,)), TraceGroup("x", (1, 2)))
    assert ink.mathml is not None and len(ink.mathml) == 1


@pytest.mark.parametrize(
    ("head", "trace"),
    [
        ("", "1 -2, 3 4.5"),
        (channels("X", "Y"), "1 -2, 3 4.5"),
        (channels("X", "Y", "T"), "1 -2 900, 3 4.5 901"),
        (channels("T", "Y", "X"), "900 -2 1, 901 4.5 3"),
        # The format names a force that the traces do not have.
        (channels("X", "Y", "F"), "1 -2, 3 4.5"),
        # No format, and a third column.
        ("", "1 -2 0.5,3 4.5 0.5,"),
    ],
)
def test_x_and_y_are_found_among_the_channels(head: str, trace: str) -> None:
    (found,) = parse_inkml(inkml([trace], head=head), "a").traces
    assert found.dtype == np.float32
    assert found.tolist() == [[1, -2], [3, 4.5]]


def test_single_points_stay_and_empty_traces_go() -> None:
    ink = parse_inkml(inkml(["3 4", " ", "1 1, 2 2"], groups=[(".", [0]), ("/", [2])]), "a")
    assert [len(trace) for trace in ink.traces] == [1, 2]
    assert ink.groups == (TraceGroup(".", (0,)), TraceGroup("/", (1,)))


def test_what_is_missing_is_none() -> None:
    ink = parse_inkml(inkml(truth=None), "a")
    assert (ink.truth, ink.mathml, ink.groups, ink.writer) == (None, None, (), "")


def test_references_to_traces_that_are_not_there_are_noted() -> None:
    ink = parse_inkml(inkml(groups=[("1", [0, 99])]), "a")
    assert ink.groups == (TraceGroup("1", (0,)),)
    assert ink.notes == ("symbols name traces that do not exist: 99",)


def test_latin_1_without_a_declaration_is_read_and_noted() -> None:
    data = inkml(truth="caf\xe9").decode().encode("latin-1")
    ink = parse_inkml(data, "a")
    assert ink.truth == "caf\xe9"
    assert ink.notes == ("not UTF-8, and no encoding declared: read as Latin-1",)


def test_a_declared_encoding_is_obeyed() -> None:
    declared = b'<?xml version="1.0" encoding="iso-8859-1"?>\n'
    data = declared + inkml(truth="caf\xe9").decode().encode("latin-1")
    assert parse_inkml(data, "a").truth == "caf\xe9"
    assert parse_inkml(inkml(truth="caf\xe9"), "a").truth == "caf\xe9"


BOMB = (
    b'<!DOCTYPE ink [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<ink><annotation>&b;</annotation></ink>"
)
OUTSIDE = b'<!DOCTYPE ink [<!ENTITY a SYSTEM "file:///etc/hostname">]><ink><annotation>&a;</annotation></ink>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "f.inkml: the file is empty"),
        (b" \n", "f.inkml: the file is empty"),
        (BOMB, "f.inkml: a document type declaration or entity"),
        (OUTSIDE, "f.inkml: a document type declaration or entity"),
        (b"<!DOCTYPE ink><ink/>", "f.inkml: a document type declaration or entity"),
        (b"<ink><trace>1 2</ink>", "f.inkml: not well-formed XML: "),
        (b"<ink>\x00</ink>", "f.inkml: not well-formed XML: "),
        (b'<?xml version="1.0" encoding="no-such"?><ink/>', "f.inkml: not well-formed XML: "),
        (b"<svg/>", "f.inkml: not InkML: the root element is svg"),
        (inkml(["1 2, 3"]), "f.inkml: trace 0: points with unequal numbers of coordinates"),
        (inkml(["1 2, 3 4 5, 6"]), "f.inkml: trace 0: points with unequal numbers of coordinates"),
        (inkml(["1, 2"]), "f.inkml: trace 0: 1 values in a point, expected 2 (X Y)"),
        (inkml(["1 2", "1 two"]), "f.inkml: trace 1: point 1: not a value: 'two'"),
        (inkml(["nan 1"]), "f.inkml: trace 0: point 1: not a value: 'nan 1'"),
        (inkml(["1e99 1"]), "f.inkml: trace 0: a coordinate that is not finite"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_inkml(data, "f", "f.inkml")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_huge_files_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="more than the 100 that are read"):
        parse_inkml(inkml(), "a")
