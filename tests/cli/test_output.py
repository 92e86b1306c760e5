"""What `score` and `compare` write: tables, rows of samples, label graphs; and how they are told to read."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from hmer_suite.schemas import schema
from tests.cli.test_layouts import run  # noqa: F401

WORDS = ("--no-semantics", "--no-repair")


@pytest.fixture
def files(tmp_path: Path) -> None:
    (tmp_path / "p.tsv").write_text("a\tx ^ 2\nb\ty\n")
    (tmp_path / "q.tsv").write_text("a\tx ^ 3\nb\tz\n")
    (tmp_path / "r.tsv").write_text("a\tx ^ { 2 }\nb\tz\n")


@pytest.mark.parametrize(
    ("format", "beginning"),
    [
        ("text", "2 references"),
        ("md", "2 references"),
        ("markdown", "2 references"),
        ("latex", "% needs"),
        ("tex", "% needs"),
        ("csv", "table,row,column,value"),
        ("json", '{"schema": "score-1"'),
    ],
)
def test_formats_of_score(run, files, format: str, beginning: str):  # noqa: F811
    code, out, err = run("score", "p.tsv", "--refs", "r.tsv", "--format", format, *WORDS)
    assert (code, err) == (0, "")
    assert out.startswith(beginning) and "50.0" in out


def test_one_table(run, files):  # noqa: F811
    _, out, _ = run("score", "p.tsv", "--refs", "r.tsv", "--format", "csv", "--table", "rates", *WORDS)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["token scores, %"], row["ExpRate"]) for row in rows] == [
        ("raw", "0.00"),
        ("canonical", "50.00"),
    ]
    assert run("score", "p.tsv", "--refs", "r.tsv", "--table", "rate", *WORDS)[0] == 2
    assert run("score", "p.tsv", "--refs", "r.tsv", "--table", "rates", "--json", *WORDS)[0] == 2


def test_format_may_still_name_a_layout(run, files):  # noqa: F811
    Path("plain.txt").write_text("1 + 1\n2 + 2\n")
    for words in (("--layout", "spaced"), ("--format", "spaced")):
        code, out, _ = run("score", "plain.txt", *words, "--format", "csv")
        assert (code, out) == (
            0,
            'table,row,column,value\nvalidity,predictions,,2\nvalidity,"valid, %",,100.00\n',
        )
    for words in (
        ("--format", "html"), ("--layout", "html"), ("--format", "md", "--format", "csv"), ("--format", "md", "--json"),
        ("--layout", "tsv", "--format", "plain"),
    ):  # fmt: skip
        code, _, err = run("score", "plain.txt", *words)
        assert (code, err.count("\n")) == (2, 1)
    assert run("validate", "plain.txt", "--layout", "spaced")[:2] == (0, "2 of 2 lines are valid\n")


def test_rows_of_samples(run, files):  # noqa: F811
    Path("p.jsonl").write_text('{"id": "b", "pred": "z", "confidence": 0.5}\n{"id": "a", "pred": "x ^ {"}\n')
    code, _, err = run("score", "p.jsonl", "--refs", "r.tsv", "--samples", "s.jsonl", "--no-semantics")
    assert (code, err) == (0, "")
    rows = [json.loads(line) for line in Path("s.jsonl").read_text().splitlines()]
    assert [(row["id"], row["exact"], row["valid"], row["confidence"]) for row in rows] == [
        ("a", False, False, None), ("b", True, True, 0.5),
    ]  # fmt: skip
    for name, expected in (("s.xlsx", 2), ("absent/s.csv", 3)):
        code, _, err = run("score", "p.jsonl", "--refs", "r.tsv", "--samples", name, "--no-semantics")
        assert (code, err.count("\n")) == (expected, 1)
    assert run("score", "p.jsonl", "--samples", "s.csv")[0] == 2


def test_label_graphs_are_written_and_scored(run, files):  # noqa: F811
    first = json.loads(run("score", "p.tsv", "--refs", "r.tsv", "--lg", "lg", "--json", *WORDS)[1])
    assert sorted(path.name for path in Path("lg/references").iterdir()) == ["a.lg", "b.lg"]
    assert "R, x_1, 2_1, Sup, 1.0" in Path("lg/predictions/a.lg").read_text()
    code, out, err = run("score", "lg/predictions", "--refs", "lg/references", "--json", *WORDS)
    assert (code, err) == (0, "")
    assert json.loads(out)["structure"] == first["structure"]


def test_extraction_is_asked_for_and_named(run):  # noqa: F811
    lines = [
        {"id": "a", "pred": "It reads $x^2$.", "gt": "x ^ { 2 }"},
        {"id": "b", "pred": "I am sorry", "gt": "y"},
    ]
    Path("p.jsonl").write_text("\n".join(map(json.dumps, lines)))
    plain = json.loads(run("score", "p.jsonl", "--json", *WORDS)[1])
    code, out, err = run("score", "p.jsonl", "--json", "--extract", *WORDS)
    found = json.loads(out)
    assert (code, plain["canonical"]["exprate"], found["canonical"]["exprate"]) == (0, 0.0, 50.0)
    assert "|extract:1|" in found["signature"] and "extract" not in plain["signature"]
    assert err == (
        "hmer-suite: warning: p.jsonl:2: 'b': no formula found in 'I am sorry', which stays as it is\n"
    )


def test_two_systems_with_names(run, files):  # noqa: F811
    words = ("compare", "--refs", "r.tsv", "ours=p.tsv", "theirs=q.tsv")
    document = json.loads(run(*words, "--json")[1])
    jsonschema.validate(document, schema("compare-1"))
    assert [system["name"] for system in document["systems"]] == ["ours", "theirs"]
    assert (document["labels"], document["schema"]) == ("r.tsv", "compare-1")
    code, out, err = run(*words, "--format", "latex")
    assert (code, err) == (0, "")
    assert out.count(r"\toprule") == 2 and r"theirs - ours & exprate & $+0.00$" in out
    assert "|refs:" in run(*words)[1]
    Path("x=y.tsv").write_text("a\tx\nb\tz\n")
    names = [
        row["name"] for row in json.loads(run("compare", "r.tsv", "p.tsv", "x=y.tsv", "--json")[1])["systems"]
    ]
    assert names == ["p.tsv", "x=y.tsv"]


def test_what_compare_refuses(run, files):  # noqa: F811
    for words, message in [
        (("--refs", "r.tsv", "p.tsv"), "at least two systems"),
        (("--refs", "r.tsv", "a=p.tsv", "a=q.tsv"), "the name a is given twice"),
        (("--refs", "-", "p.tsv", "-"), "can be read only once"),
    ]:
        code, _, err = run("compare", *words)
        assert (code, message in err) == (2, True)


def test_compare_extracts(run, files):  # noqa: F811
    Path("m.tsv").write_text("a\tIt reads $x ^ 2$.\nb\tz\n")
    out = run("compare", "--refs", "r.tsv", "m.tsv", "p.tsv", "--extract", "--format", "csv")[1]
    assert "systems,m.tsv,ExpRate,100.00" in out
