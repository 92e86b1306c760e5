"""Prediction files that are written are read again, in every layout."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hmer_suite as hs
from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.predictions.files import PredictionRow, read_predictions
from hmer_suite.predictions.writing import LAYOUTS, write_predictions

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\t\n\r\0"), max_size=12)
IDS = st.from_regex(r"[a-z]{2,5}_[0-9]{4}", fullmatch=True)
ROWS = st.dictionaries(IDS, st.tuples(TEXT, TEXT), min_size=1, max_size=5)


@settings(max_examples=30)
@given(rows=ROWS)
@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS.values() if layout != "trn"])
def test_every_character_comes_back(tmp_path_factory, layout: str, rows: dict[str, tuple[str, str]]) -> None:
    path = tmp_path_factory.getbasetemp() / f"written.{layout}"
    write_predictions(path, [(name, *texts) for name, texts in rows.items()])
    file = read_predictions(path, layout)
    assert [(row.id, row.prediction, row.reference) for row in file] == [
        (name, *texts) for name, texts in rows.items()
    ]


@pytest.mark.parametrize("name", ["p.tsv", "p.csv", "p.jsonl", "p.json", "p.parquet", "p.trn", "p.tsv.gz"])
def test_the_layout_follows_from_the_name(put, name: str) -> None:
    put(name, "")
    hs.write_predictions(name, {"UN_2019_1": "x ^ { 2 }", "UN_2019_2": "", "UN_2019_3": "f ( x )"})
    file = hs.read_predictions(name)
    assert file.format == name.split(".")[1]
    assert [(row.id, row.prediction) for row in file] == [
        ("UN_2019_1", "x ^ { 2 }"), ("UN_2019_2", ""), ("UN_2019_3", "f ( x )"),
    ]  # fmt: skip
    if name.endswith(".gz"):
        assert gzip.decompress(Path(name).read_bytes()).startswith(b"UN_2019_1\tx")


def test_candidates_and_confidences_are_kept(put) -> None:
    put("p.jsonl", "")
    row = PredictionRow("a", "x", "y", (("x", -0.5), ("z", -1.0)), 0.75)
    write_predictions("p.jsonl", [row, PredictionRow("b", "y")])
    assert list(read_predictions("p.jsonl")) == [row, PredictionRow("b", "y")]
    write_predictions("again.jsonl", read_predictions("p.jsonl"))
    assert Path("again.jsonl").read_text() == Path("p.jsonl").read_text()
    write_predictions("p.parquet", read_predictions("p.jsonl"))
    assert [(one.reference, one.confidence) for one in read_predictions("p.parquet")] == [
        ("y", 0.75),
        (None, None),
    ]


def test_rows_may_be_mappings_with_usual_names(put) -> None:
    put("p.tsv", "")
    write_predictions("p.tsv", [{"img_id": "a", "latex": "x", "label": "y"}, ("b", "z")])
    assert Path("p.tsv").read_text() == "a\tx\ty\nb\tz\n"


@pytest.mark.parametrize(
    ("name", "rows", "error", "message"),
    [
        ("p.csv", [("a", "x", "y"), ("b", "z")], InputError, "sample 'b' has no reference"),
        ("p.csv", [("a", "x\r")], InputError, r"holds '\\r', which no csv line can hold"),
        ("p.trn", [("a b", "x")], InputError, "sample 'a b' cannot be written as a line of a trn file"),
        ("p.json", [("a", "x"), ("a", "y")], PairingError, "p.json:2: duplicate id 'a', first on line 1"),
        ("p.json", [("a",)], UsageError, "p.json: row 1: expected an id, a prediction"),
        ("p.json", [{"id": "a"}], UsageError, 'p.json: row 1: expected an "id" and a "pred", got id'),
    ],
)
def test_what_cannot_be_written_is_said(put, name: str, rows, error: type[Exception], message: str) -> None:
    put("old", "")
    with pytest.raises(error, match=message):
        write_predictions(name, rows)
    assert not Path(name).exists()


def test_unknown_layouts_are_named(put) -> None:
    put("old", "")
    with pytest.raises(UsageError, match="cannot write the layout 'xlsx', expected one of tsv, csv"):
        write_predictions("p", {"a": "x"}, "xlsx")
