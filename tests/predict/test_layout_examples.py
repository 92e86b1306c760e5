"""Every layout that the documentation lists is read by the command that stands beside it."""

from __future__ import annotations

import gzip
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from hmer_suite.cli import main
from hmer_suite.data.parquet import write_set
from hmer_suite.ink.raster import draw
from hmer_suite.predict.inputs import read_single
from hmer_suite.specs.recogniser import Preprocessing
from tests.data.test_parquet import sample_set
from tests.predict.instant_reader import open_instantly
from tests.predict.layout_examples import LAYOUTS

LINES = [[(0, 0), (40, 60)], [(40, 0), (0, 60)], [(70, 30), (110, 30)]]
X, Y = ([[point[axis] for point in line] for line in LINES] for axis in (0, 1))


def _picture() -> Image.Image:
    ink = read_single({"x": X, "y": Y}, Preprocessing(input="ink")).inks
    assert ink is not None
    return Image.fromarray(255 - draw(ink[0].traces))


def _image(path: Path, pages: int = 1) -> None:
    image = _picture()
    if path.suffix == ".heic":
        pillow_heif.from_pillow(image.convert("RGB")).save(path, quality=90)
    elif pages > 1:
        image.save(path, save_all=True, append_images=[image] * (pages - 1))
    else:
        image.save(path)


def _points(line: list[tuple[int, int]], between: str = " ", after: str = ", ") -> str:
    return after.join(f"{x}{between}{y}" for x, y in line)


def _inkml(path: Path) -> None:
    traces = "".join(f"<trace>{_points(line)}</trace>" for line in LINES)
    path.write_text(f'<ink xmlns="http://www.w3.org/2003/InkML">{traces}</ink>')


def _xopp(path: Path) -> None:
    strokes = "".join(
        f'<stroke tool="pen" color="#000000ff" width="1.4">{_points(line, after=" ")}</stroke>'
        for line in LINES
    )
    page = f'<page width="595" height="842"><layer>{strokes}</layer></page>'
    path.write_bytes(gzip.compress(f'<xournal creator="test" fileversion="4">{page}</xournal>'.encode()))


def _svg(path: Path) -> None:
    lines = "".join(
        f'<polyline fill="none" stroke="black" points="{_points(line, ",", " ")}"/>' for line in LINES
    )
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 70">{lines}</svg>')


def _excalidraw(path: Path) -> None:
    elements = [
        {"type": "freedraw", "x": line[0][0], "y": line[0][1], "isDeleted": False,
         "points": [[x - line[0][0], y - line[0][1]] for x, y in line]}
        for line in LINES
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "excalidraw", "version": 2, "elements": elements}))


def _jiix(path: Path) -> None:
    items = [{"type": "stroke", "X": x, "Y": y} for x, y in zip(X, Y, strict=True)]
    path.write_text(json.dumps({"type": "Math", "expressions": [{"type": "group", "items": items}]}))


def _folder(path: Path) -> None:
    (path / "page1").mkdir(parents=True)
    _image(path / "a.png")
    _inkml(path / "a.inkml")
    _image(path / "page1" / "b.png")


MAKE: dict[str, Callable[[Path], object]] = {
    ".heic": _image,
    ".inkml": _inkml,
    ".jiix": _jiix,
    ".svg": _svg,
    ".xopp": _xopp,
    ".excalidraw": _excalidraw,
    ".json": lambda path: path.write_text(json.dumps({"x": X, "y": Y})),
    ".pdf": lambda path: _image(path, 2),
    ".tif": lambda path: _image(path, 2),
    ".png": _image,
    ".parquet": lambda path: write_set(path, [sample_set("test", 2)]),
}
"""Writers of a file by its suffix."""

IDS = {
    "PDF": ["pages-p1", "pages-p2"],
    "TIFF": ["pages-p1", "pages-p2"],
    "a folder": ["a.inkml", "a.png"],
    "a folder and its sub-folders": ["a.inkml", "a.png", "page1/b"],
    "files of one name": ["a.png", "a.inkml"],
    "a Parquet file": ["test-0", "test-1"],
}
"""Ids of layouts of several formulas."""


def _make(word: str) -> None:
    path = Path(word.partition("@")[0])
    if word.endswith("/"):
        _folder(path)
    elif path.suffix in MAKE and not path.exists():
        path.parent.mkdir(exist_ok=True)
        MAKE[path.suffix](path)


@pytest.mark.parametrize(("name", "command"), [row[:2] for row in LAYOUTS if ":" not in row[1]])
def test_the_command_reads_the_layout(tmp_path, monkeypatch, capsys, name: str, command: str) -> None:
    monkeypatch.setattr("hmer_suite.predict.open_reader.open_readers", open_instantly)
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    for word in words[3:]:
        _make(word)
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as caught:
        main()
    printed, said = capsys.readouterr()
    assert not caught.value.code, said
    lines = (Path("preds.tsv").read_text() if "-o" in words else printed).splitlines()
    assert all(line.strip() and not line.endswith("\t") for line in lines)
    assert name not in IDS or [line.split("\t")[0] for line in lines] == IDS[name]
    assert len(lines) == len(IDS.get(name, "1"))


def test_all_formats_of_ink_and_images_are_listed() -> None:
    from hmer_suite.images.files import IMAGE_SUFFIXES
    from hmer_suite.ink.formats import INK_FORMATS

    names = " ".join(row[0] for row in LAYOUTS)
    assert [one.name for one in INK_FORMATS if one.name not in names] == []
    known = {".jpg": "JPEG", ".jpeg": "JPEG", ".tif": "TIFF", ".tiff": "TIFF", ".webp": "WebP"}
    assert [one for one in IMAGE_SUFFIXES if known.get(one, one[1:].upper()) not in names] == []
