"""A file comes back as it was but for its formulas."""

from __future__ import annotations

import gzip
import io
import json
import os
from pathlib import Path

import pytest

from hmer_suite.errors import InputError
from hmer_suite.predictions import content as content_module
from hmer_suite.predictions.files import read_predictions
from tests.predictions.whole_document import read_document, write

FILES = {
    "p.tsv": "a\tx ^ 2\tx\nb\t\ty\n",
    "refs.tsv": "a\tx\nb\ty\n",
    "p.csv": 'id,pred,note\na,"x , y",\nb,z,"1,2"\n',
    "semicolons.csv": "id;pred;gt\na;x , y;1\nb;z;2\n",
    "quoted.tsv": '"id"\t"pred"\n"a"\t"x"\n"b"\t"y"\n',
    "results.txt": "a.png\tx\ty\t-1.5\t-2.5\nb.png\tu\tv\t-1.5\t-2.5\n",
    "wap.txt": "18_em_0 x ^ 2\n18_em_1\n",
    "p.json": '{"a": {"pred": "x", "gt": "y", "dist": 1.5}, "b": {"pred": "é"}}',
    "indented.json": '[\n  {\n    "img_id": "a",\n    "pred": "x"\n  }\n]\n',
    "texts.json": '{"a": "x", "b": "y"}\n',
    "labels.jsonl": '{"id": "a", "gt": "x"}\n{"id": "b", "gt": "y"}\n',
    "chat.jsonl": '{"custom_id": "a", "response": {"body": {"choices": [{"message": {"content": "x"}}]}}}\n',
    "plain.txt": "x ^ 2\n\ny\n",
    "tab.txt": "x \t y\na + b\n1\n",
}


@pytest.mark.parametrize(("name", "content"), FILES.items(), ids=list(FILES))
def test_the_same_formulas_give_the_same_file(put, name: str, content: str) -> None:
    document = read_document(put(name, content))
    assert document.rewritten(document.formulas) == content


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("plain.txt", "tab.txt")])
def test_other_formulas_are_what_changes(put, name: str) -> None:
    document = read_document(put(name, FILES[name]))
    new = [f"n + {number} , 1" for number in range(len(document.formulas))]
    write(document, "out" + Path(name).suffix, new)
    again = read_document("out" + Path(name).suffix)
    assert (list(again.formulas), again.ids) == (new, document.ids)
    assert again.rewritten(document.formulas) == FILES[name]


def test_references_beside_predictions_stay(put) -> None:
    document = read_document(put("p.tsv", "a\tx\ty\n"))
    write(document, "out.tsv", ["z"])
    file = read_predictions("out.tsv")
    assert (file.ids, file.predictions, file.references) == (("a",), ("z",), ("y",))


def test_offsets_lead_to_the_formula_in_its_line(put) -> None:
    for content in (
        "a\tx ^ 2\ty\nbcd\tz\ty\n",
        "18_em_0 x ^ 2\n18_em_11  y\n",
        "a.png\tu\tv\t-1\t-2\n",
        "x\ny\n",
    ):
        document = read_document(put("p", content))
        lines = content.splitlines()
        for line, offset, formula in zip(document.lines, document.offsets, document.formulas, strict=True):
            assert lines[line - 1][offset:].startswith(formula)


def test_encoding_and_packing_stay(put) -> None:
    table = "id\tpred\r\na\tα\r\n"
    document = read_document(put("p.txt", table.encode("utf-16")))
    write(document, "out.txt", ["β"])
    assert Path("out.txt").read_bytes().decode("utf-16") == "id\tpred\r\na\tβ\r\n"
    document = read_document(put("p.csv", b"\xef\xbb\xbfid,pred\r\na,x\r\n"))
    write(document, "out.csv", ["y"])
    assert Path("out.csv").read_bytes() == b"\xef\xbb\xbfid,pred\r\na,y\r\n"
    document = read_document(put("p.tsv.gz", gzip.compress(b"a\tx\n")))
    write(document, "out.tsv.gz", ["y"])
    assert gzip.decompress(Path("out.tsv.gz").read_bytes()) == b"a\ty\n"


def test_folders_and_archives_come_back_as_such(put) -> None:
    os.mkdir("result")
    put("result/a.txt", "%a\n$x$\n")
    put("result/b.txt", "y")
    document = read_document("result")
    write(document, "fixed", ["u", "v"])
    assert (Path("fixed/a.txt").read_text(), Path("fixed/b.txt").read_text()) == ("%a\n$u$\n", "v")
    with pytest.raises(InputError, match="result: a folder is no text: say -o"):
        document.rewritten(["u", "v"])


@pytest.mark.parametrize(
    "line", ["x_1234 + y", "10.5000 m", "2014-1932", "RIT_2014_29", "sin x", "1 + 1", "a,b", "{x}"]
)
def test_a_formula_on_its_own_is_a_formula(put, line: str) -> None:
    assert read_document(put("p", line + "\n")).formulas == (line,)


def test_nothing_is_no_formula(put) -> None:
    document = read_document(put("p", ""))
    assert (document.formulas, document.rewritten([])) == ((), "")


def test_a_prediction_file_without_ids_is_not_joined_to_its_references(put) -> None:
    with pytest.raises(InputError, match="the first column holds formulas"):
        read_document(put("p", "x ^ { 2 }\tx ^ { 3 }\n"))


def test_a_document_of_real_predictions(shared: Path) -> None:
    path = shared / "predictions/unimumer-3b-crohme2014.json"
    document = read_document(path)
    assert json.loads(document.rewritten(document.formulas)) == json.loads(path.read_text("utf-8"))


def test_a_document_larger_than_memory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    """A sparse file of a terabyte takes no room, and reading it would end the process."""
    path = tmp_path / "huge.json"
    with open(path, "wb") as file:
        file.write(b'{"a": [')
        file.truncate(2**40)
    with pytest.raises(
        InputError, match=r"huge\.json: more than .* GB, the largest file that fits into the memory"
    ):
        read_document(path)


def test_a_document_on_standard_input_larger_than_memory_is_refused(monkeypatch):
    monkeypatch.setattr(content_module, "HEAD", 10)
    monkeypatch.setattr(content_module, "PIECE", 10)
    monkeypatch.setattr(content_module, "largest_file", lambda: 20)
    text = b'{"a": "x + y + z + w", "b": "c"}\n'
    monkeypatch.setattr(content_module.sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    with pytest.raises(InputError, match="standard input: more than"):
        read_document("-")
