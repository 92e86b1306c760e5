"""Every layout of the page on formats is read by the command beside it, and the page is what the examples say."""

from __future__ import annotations

import io
import json
import shlex
import sys
from pathlib import Path

import pytest

from hmer_suite.cli import main
from hmer_suite.predictions.names import NO_COLUMNS, parse_columns
from tests.formats_page import PAGE, page
from tests.predictions.layout_examples import EXAMPLES, IDS, REFS, Example
from tests.predictions.whole_document import read_document, write


def test_the_page_is_made_of_the_examples():
    assert PAGE.read_text("utf-8") == page(), "run `make formats`"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "refs.tsv").write_text(REFS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(example: Example) -> None:
    for name, content in example.files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_command_scores_the_example(example: Example, folder: Path, monkeypatch, capsys):
    put(example)
    words = shlex.split(example.command)
    monkeypatch.setattr(sys, "argv", [*words, "--json", "--no-semantics", "--no-repair"])
    with pytest.raises(SystemExit) as stopped:
        main()
    captured = capsys.readouterr()
    assert not stopped.value.code, captured.err
    document = json.loads(captured.out)
    assert (document["n"], document["missing"], document["canonical"]["exprate"]) == (3, [], 66.67)


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one.name != "label graphs"], ids=lambda example: example.name
)
def test_the_layout_is_written_again(example: Example, folder: Path):
    put(example)
    words = shlex.split(example.command)
    columns = parse_columns(words[words.index("--columns") + 1]) if "--columns" in words else NO_COLUMNS
    document = read_document(example.path, columns=columns)
    out = f"out/{example.path}"
    Path("out").mkdir()
    write(document, out, [f"{text} + n" for text in document.formulas])
    again = read_document(out, columns=columns)
    assert again.formulas == tuple(f"{text} + n" for text in document.formulas)
    assert (again.ids, again.source.layout) == (document.ids, document.source.layout)
    if document.ids is not None:
        assert all(known in found for known, found in zip(IDS, document.ids, strict=True))


def test_standard_input(folder: Path, monkeypatch, capsys):
    (example,) = [one for one in EXAMPLES if one.name == "CSV"]
    content = str(example.files["preds.csv"]).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    monkeypatch.setattr(sys, "argv", ["hmer-suite", "score", "-", "--json", "--no-semantics", "--no-repair"])
    with pytest.raises(SystemExit):
        main()
    assert json.loads(capsys.readouterr().out)["canonical"]["exprate"] == 66.67
