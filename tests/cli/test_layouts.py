"""`validate`, `fix`, `canon`, `score` and `compare` on files of every layout, several files and standard input."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from hmer_suite.cli import main


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command in this process, in a fresh folder; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hmer-suite", *arguments])
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return call


def test_a_prediction_file_is_fixed_to_a_prediction_file(run):
    Path("p.tsv").write_text("RIT_2014_29\t\\frac { 1 } { 2\t\\frac 1 2\nb\tx\tx\n")
    assert run("fix", "p.tsv", "-o", "fixed.tsv") == (0, "", "")
    assert Path("fixed.tsv").read_text() == "RIT_2014_29\t\\frac { 1 } { 2 }\t\\frac 1 2\nb\tx\tx\n"
    document = json.loads(run("score", "fixed.tsv", "--json", "--no-semantics")[1])
    assert (document["canonical"]["exprate"], document["raw"]["valid"]) == (100.0, 100.0)


def test_canon_keeps_ids(run):
    for name, content, expected in [
        ("p.tsv", "RIT_2014_29\tx^2\ny\tz\n", "RIT_2014_29\tx ^ { 2 }\ny\tz\n"),
        ("p.txt", "18_em_0 x^2\n18_em_1 y\n", "18_em_0 x ^ { 2 }\n18_em_1 y\n"),
        ("p.json", '{"a": {"pred": "x^2", "n": 1}}', '{"a": {"pred": "x ^ { 2 }", "n": 1}}'),
        ("p.csv", 'id,pred\na,"x,y^2"\n', 'id,pred\na,"x , y ^ { 2 }"\n'),
    ]:
        Path(name).write_text(content)
        assert run("canon", name) == (0, expected, "")
        assert run("canon", "-", stdin=content)[:2] == (0, expected)


def test_places_are_those_of_the_file(run):
    Path("p.tsv").write_text("a\tx\nbc\tx ^ { 2\n")
    code, out, _ = run("validate", "p.tsv")
    assert code == 1
    assert out.splitlines()[0].startswith("p.tsv:2:8: unclosed-group")
    found = json.loads(run("validate", "p.tsv", "--json")[1].splitlines()[1])
    problem = found["problems"][0]
    assert (found["line"], found["id"]) == (2, "bc")
    assert "bc\tx ^ { 2"[problem["start"] : problem["end"]] == "{"
    Path("p.csv").write_text("id,pred\na,x\nb,x ^ { 2\nc,x^2\n")
    assert run("fix", "p.csv", "--explain")[2].startswith("p.csv:3:")
    assert run("canon", "p.csv", "--check")[1].startswith("p.csv:4: ")


def test_several_files(run, tmp_path):
    Path("a.txt").write_text("x^2\n")
    Path("b.tsv").write_text("i\ty^2\n")
    assert run("canon", "a.txt", "b.tsv")[1] == "x ^ { 2 }\ni\ty ^ { 2 }\n"
    found = [json.loads(line) for line in run("validate", "a.txt", "b.tsv", "--json")[1].splitlines()]
    assert [(row["file"], row["line"], row.get("id")) for row in found] == [
        ("a.txt", 1, None),
        ("b.tsv", 1, "i"),
    ]
    assert "2 of 2 lines are valid" in run("validate", "a.txt", "b.tsv")[1]
    (tmp_path / "out").mkdir()
    assert run("canon", "a.txt", "b.tsv", "-o", "out")[0] == 0
    assert (Path("out/a.txt").read_text(), Path("out/b.tsv").read_text()) == ("x ^ { 2 }\n", "i\ty ^ { 2 }\n")
    assert run("canon", "a.txt", "b.tsv", "-o", "absent")[0] == 2
    assert run("canon", "-", "-", stdin="x\n")[0] == 2


def test_the_layout_can_be_named(run):
    Path("p").write_text("a 1 + 1\nb x^2\n")
    code, out, err = run("canon", "p")
    assert (code, out) == (0, "a 1 + 1\nb x ^ { 2 }\n")
    assert "p:1: 'a' is read as part of a formula" in err
    assert run("canon", "p", "--format", "spaced") == (0, "a 1 + 1\nb x ^ { 2 }\n", "")
    assert run("canon", "p", "--format", "plain")[2] == ""
    assert run("canon", "p", "--format", "nonsense")[0] == 2


def test_standard_input_is_scored(run):
    Path("r.tsv").write_text("a\tx\nb\ty\n")
    code, out, _ = run("score", "-", "--refs", "r.tsv", "--json", "--no-semantics", stdin="a\tx\nb\tz\n")
    assert (code, json.loads(out)["canonical"]["exprate"]) == (0, 50.0)
    Path("other.tsv").write_text("a\tx\nb\ty\n")
    _, out, _ = run("compare", "r.tsv", "other.tsv", "-", "--json", stdin="a\tx\nb\tz\n")
    assert [system["exprate"] for system in json.loads(out)["systems"]] == [100.0, 50.0]
    assert run("score", "-", "--refs", "-", stdin="")[0] == 2


def test_what_is_no_latex_is_warned_of_with_its_line(run):
    Path("r.tsv").write_text("a\tx\nb\ty\n")
    Path("p.tsv").write_text("a\tx\nb\ty <eos>\n")
    code, _, err = run("score", "p.tsv", "--refs", "r.tsv", "--no-semantics")
    assert code == 0
    assert "hmer-suite: warning: p.tsv:2: '<eos>' is a special token of a decoder" in err
    for text in ("<sos> y", "```latex x ```", "<math><mi>x</mi></math>"):
        for command in ("validate", "fix", "canon"):
            assert "warning: standard input:1: " in run(command, "-", stdin=text + "\n")[2]


def test_columns_and_ids_that_differ_by_suffix(run):
    Path("r.csv").write_text("filename,label\na.jpg,x\nb.jpg,y\n")
    Path("p.csv").write_text("name,ours,theirs\nout/a.png,x,x\nout/b.png,z,y\n")
    words = ("score", "p.csv", "--refs", "r.csv", "--json", "--no-semantics", "--columns")
    assert json.loads(run(*words, "pred=ours")[1])["canonical"]["exprate"] == 50.0
    _, out, err = run(*words, "pred=theirs")
    assert json.loads(out)["canonical"]["exprate"] == 100.0
    assert "ids matched without folder and suffix: 'out/a.png' with 'a.jpg', and 1 more" in err
    assert run(*words, "nonsense")[0] == 2


def test_ids_of_references_beside_a_file_settle_its_layout(run):
    Path("p.txt").write_text("a 1 + 1\nb x\n")
    Path("p.refs.tsv").write_text("a\t1 + 1\nb\ty\n")
    document = json.loads(run("score", "p.txt", "--json", "--no-semantics")[1])
    assert (document["n"], document["canonical"]["exprate"]) == (2, 50.0)


def test_shuffled_lines_give_the_same_document(run):
    lines = [f"s{i}\t{'x' * (i % 4)} y\t{'x' * (i % 3)} y\n" for i in range(30)]
    documents = []
    for order in (lines, lines[::-1]):
        Path("p.tsv").write_text("".join(order))
        documents.append(json.loads(run("score", "p.tsv", "--json", "--no-semantics")[1]))
    assert documents[0]["signature"] == documents[1]["signature"]
    assert documents[0]["confidence"] == documents[1]["confidence"]
