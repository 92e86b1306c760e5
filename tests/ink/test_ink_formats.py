"""The table of ink formats: every file is read by what it holds, and by its suffix where that does not tell."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

import hmer_suite as hs
from hmer_suite.errors import InputError
from hmer_suite.ink import formats
from hmer_suite.ink.formats import FOLDER_SUFFIXES, INK_FORMATS, looks_like_ink, parse_ink
from hmer_suite.predict.inputs import read_inputs, read_single
from hmer_suite.registry import data_source
from hmer_suite.specs.recogniser import Preprocessing

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "formats" / "09-ink-apps"

PLUS = [[[0, 10], [20, 10]], [[10, 0], [10, 20]]]
"""Two strokes, which every file below holds."""

EXCALIDRAW = {
    "type": "excalidraw",
    "elements": [
        {"type": "freedraw", "x": 0, "y": 10, "points": [[0, 0], [20, 0]]},
        {"type": "freedraw", "x": 10, "y": 0, "points": [[0, 0], [0, 20]]},
    ],
}
JIIX = {"type": "Math", "items": [{"X": [0, 20], "Y": [10, 10]}, {"X": [10, 10], "Y": [0, 20]}]}
XOURNAL = (
    b'<?xml version="1.0" standalone="no"?><xournal><page width="9" height="9"><layer><stroke tool="pen">0 10 20 10'
    b'</stroke><stroke tool="pen">10 0 10 20</stroke></layer></page></xournal>'
)
INKML = (
    b'<n:ink xmlns:n="http://www.w3.org/2003/InkML"><n:trace>0 10,20 10</n:trace>'
    b"<n:trace>10 0,10 20</n:trace></n:ink>"
)
SVG = (
    b'<?xml version="1.0"?><!-- drawn --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">'
    b'<svg xmlns="http://www.w3.org/2000/svg" stroke="black"><path d="M0 10H20"/><path d="M10 0V20"/></svg>'
)

FILES = {
    "InkML": (".inkml", INKML),
    "Xournal++": (".xopp", gzip.compress(XOURNAL, mtime=0)),
    "SVG": (".svg", SVG),
    "Excalidraw": (".excalidraw", json.dumps(EXCALIDRAW).encode()),
    "JIIX": (".jiix", json.dumps(JIIX).encode()),
    "JSON strokes": (".json", json.dumps(PLUS).encode()),
}
INK = Preprocessing(input="ink", points=16)


def test_every_format_of_the_table_has_a_file_here():
    assert [one.name for one in INK_FORMATS] == list(FILES)
    assert all(FILES[one.name][0] in one.suffixes for one in INK_FORMATS)


@pytest.mark.parametrize("suffix", ["", ".txt", ".inkml", ".svg", ".json", ".xopp"])
@pytest.mark.parametrize("name", FILES)
def test_the_content_decides_whatever_the_suffix(tmp_path: Path, name: str, suffix: str) -> None:
    path = tmp_path / f"plus{suffix}"
    path.write_bytes(FILES[name][1])
    ink = hs.read_ink(path)
    assert ink.id == "plus" and [trace.tolist() for trace in ink.traces] == PLUS
    assert all(trace.dtype == np.float32 and trace.shape == (2, 2) for trace in ink.traces)


@pytest.mark.parametrize("name", FILES)
def test_predict_reads_files_and_bytes_as_ink_and_as_pictures(tmp_path: Path, name: str) -> None:
    suffix, data = FILES[name]
    for path in (tmp_path / f"plus{suffix}", tmp_path / "plus"):
        path.write_bytes(data)
        found = read_inputs([path], INK, data_source)
        assert [trace.tolist() for trace in found.inks[0].traces] == PLUS
    assert [trace.tolist() for trace in read_single(data, INK).inks[0].traces] == PLUS
    assert read_inputs([path], Preprocessing(symbol_height=24), data_source).images[0].max() > 200


def test_a_folder_gives_the_ink_of_every_suffix_that_only_ink_has(tmp_path: Path) -> None:
    for name, (suffix, data) in FILES.items():
        (tmp_path / f"{name.split('+')[0]}{suffix}").write_bytes(data)
    assert ".json" not in FOLDER_SUFFIXES
    found = read_inputs([tmp_path], INK, data_source)
    assert found.ids == ("Excalidraw", "InkML", "JIIX", "SVG", "Xournal")
    assert all([trace.tolist() for trace in ink.traces] == PLUS for ink in found.inks)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_with_a_byte_order_mark(encoding: str) -> None:
    for data in (json.dumps(PLUS), SVG.decode(), json.dumps(EXCALIDRAW)):
        encoded = data.encode(encoding)
        assert looks_like_ink(encoded[:64])
        assert [trace.tolist() for trace in parse_ink(encoded, "a").traces] == PLUS


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.inkml", b"", "a.inkml: the file is empty"),
        ("a.inkml", b"<html/>", "a.inkml: not InkML: the root element is html"),
        ("a", b"<html/>", "a: not InkML: the root element is html"),
        ("a.svg", b"<html/>", "a.svg: not SVG: the root element is html"),
        ("a.xopp", b"<html/>", "a.xopp: not Xournal++: the root element is html"),
        ("a.xopp", b"PK\3\4", "a.xopp: not well-formed XML: "),
        ("a.xopp", gzip.compress(XOURNAL, mtime=0)[:-9], "a.xopp: damaged gzip file: it ends too early"),
        ("a.xopp", b"\x1f\x8bnot gzip at all", "a.xopp: damaged gzip file: "),
        ("a.xopp", b"<xournal", "a.xopp: not well-formed XML: "),
        ("a.svg", b"<svg>&e;</svg>", "a.svg: not well-formed XML: "),
        ("a.svg", b'<!DOCTYPE svg [<!ENTITY e "x">]><svg>&e;</svg>', "a.svg: a document type declaration or entity"),
        ("a.jiix", b"{", "a.jiix: not JSON: Expecting property name"),
        ("a.jiix", b"{}", "a.jiix: no strokes with X and Y"),
        ("a.jiix", b"<a/>", "a.jiix: no strokes: expected JSON"),
        ("a.excalidraw", b"{}", "a.excalidraw: not an Excalidraw scene"),
        ("a.json", b"[" * 100_000, "a.json: not JSON: maximum recursion depth"),
        ("a.json", b"3", "a.json: no strokes: expected JSON"),
        ("a.ndjson", b'{"drawing": []}\n{"drawing": []}\n', "a.ndjson: not JSON: 2 lines of JSON; a file of ink holds"),
        ("a.bin", b"\x89PNG", "a.bin: not a file of ink: neither InkML, Xournal++, SVG, Excalidraw"),
    ],
)  # fmt: skip
def test_malformed_files_are_refused_in_one_line(name: str, data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_ink(data, "a", name)
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


def test_what_is_unpacked_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MAX_BYTES", 1000)
    with pytest.raises(InputError, match="a: more than the 1,000 bytes that are read, once unpacked"):
        parse_ink(gzip.compress(b"<" + b" " * 5000), "a")


def test_a_file_without_traces_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<svg/>")
    with pytest.raises(InputError, match=r"a\.svg: no traces"):
        hs.read_ink(tmp_path / "a.svg")
    with pytest.raises(InputError, match=r"b\.svg: no such file"):
        hs.read_ink(tmp_path / "b.svg")


@pytest.mark.skipif(not CASES.is_dir(), reason="needs the cases in ../shared")
def test_the_cases_of_applications() -> None:
    expected = json.loads((CASES / "EXPECTED.json").read_text("utf-8"))["traces"]
    for path in CASES.iterdir():
        if path.name != "EXPECTED.json":
            assert [trace.tolist() for trace in hs.read_ink(path).traces] == expected, path.name
