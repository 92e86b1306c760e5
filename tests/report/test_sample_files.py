"""Rows of scored samples, in the three formats, and the schemas of all documents."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pyarrow.parquet as pq
import pytest

from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, Verdict
from hmer_suite.errors import InputError, UsageError
from hmer_suite.report.sample_files import check_samples_file, sample_rows, write_samples
from hmer_suite.schemas import names, schema
from hmer_suite.scores.comparison import compare
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.scores.validity import validity


@pytest.fixture(scope="module")
def scores() -> Scores:
    predictions = ["x^2", "1 |", None, r"\frac { 1", "y"]
    references = ["x ^ { 2 }", "1 1", "y", r"\frac { 1 } { 2 }", "2 y"]
    return score(predictions, references, ids=list("abcde"), semantics=False)


@pytest.fixture(scope="module")
def judged(scores: Scores) -> Scores:
    """Verdicts as the engine would give them."""
    verdicts = {"a": Verdict(EQUAL, "canonical"), "e": Verdict(DIFFERENT, "numeric", {"y": "3/7"})}
    samples = tuple(replace(sample, verdict=verdicts.get(sample.id)) for sample in scores.samples)
    return replace(scores, samples=samples, semantics_word="engine@1s-1M")


def test_rows(judged: Scores) -> None:
    rows = {row["id"]: row for row in sample_rows(judged, [0.9, None, None, None, 0.25])}
    assert list(rows) == list("abcde")
    right, wrong, missing, invalid, meant = rows.values()
    assert (right["canonical_prediction"], right["exact"], right["raw_exact"]) == ("x ^ { 2 }", True, False)
    assert (right["verdict"], right["how"], right["confidence"]) == ("EQUAL", "canonical", 0.9)
    assert right["tags"] == ["scripts, depth 1"]
    assert wrong["edits"] == [
        {"op": "substitution", "reference": "1", "prediction": "|", "kind": "lookalike"}
    ]
    assert (wrong["edit_distance"], wrong["tags"]) == (1, ["plain", "only look-alikes"])
    assert (missing["prediction"], missing["verdict"], missing["how"]) == (None, "DIFFERENT", "missing")
    assert (missing["edits"], missing["tags"]) == ([], ["plain", "missing"])
    assert (invalid["valid"], invalid["problems"][0]["code"]) == (False, "unclosed-group")
    assert invalid["repaired_edit_distance"] < invalid["edit_distance"]
    assert (meant["verdict"], meant["witness"], meant["reason"]) == ("DIFFERENT", {"y": "3/7"}, None)


def test_without_verdicts_there_are_none(scores: Scores) -> None:
    assert {row["verdict"] for row in sample_rows(scores)} == {None}


def test_the_formats_hold_the_same(judged: Scores, tmp_path: Path) -> None:
    for name in ("s.jsonl", "s.csv", "s.parquet", "s.csv.gz"):
        check_samples_file(tmp_path / name)
        write_samples(tmp_path / name, judged, [0.5] * 5)
    rows = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text("utf-8").splitlines()]
    table = pq.read_table(tmp_path / "s.parquet").to_pylist()
    with (tmp_path / "s.csv").open(newline="") as file:
        cells = list(csv.DictReader(file))
    assert [list(row) for row in cells] == [list(row) for row in table]
    assert ["schema", *cells[0]] == list(rows[0])
    for row, packed, flat in zip(rows, table, cells, strict=True):
        assert json.loads(packed["edits"]) == json.loads(flat["edits"]) == row["edits"]
        assert (packed["edit_distance"], flat["edit_distance"]) == (
            row["edit_distance"],
            str(row["edit_distance"]),
        )
        assert packed["prediction"] == row["prediction"] == (flat["prediction"] or None)


def test_what_cannot_be_written_is_said_first(tmp_path: Path) -> None:
    for name in ("s.txt", "s", "s.parquet.gz"):
        with pytest.raises(UsageError, match=r"expected a name that ends in \.jsonl, \.csv, \.parquet"):
            check_samples_file(tmp_path / name)
    with pytest.raises(InputError, match=r"cannot write: no folder .*absent"):
        check_samples_file(tmp_path / "absent/s.csv")


# ---------------------------------------------------------------- schemas


def check(document: object, name: str) -> None:
    jsonschema.Draft202012Validator(schema(name)).validate(json.loads(json.dumps(document)))


def test_schemas_are_schemas() -> None:
    assert set(names()) == {
        "score-1", "compare-1", "validity-1", "validate-1", "fix-1", "canon-1", "sample-1"
    }  # fmt: skip
    for name in names():
        jsonschema.Draft202012Validator.check_schema(schema(name))
        assert schema(name)["$id"] == f"urn:hmer-suite:{name}"
    with pytest.raises(KeyError):
        schema("../schemas/score-1")


def test_documents_follow_their_schemas(scores: Scores, judged: Scores) -> None:
    for found in (scores, judged, score(["x"], ["x"], repair=False, semantics=False)):
        document = found.to_json()
        assert document["schema"] == "score-1"
        check(document, "score-1")
    check(validity(["x", "{"]), "validity-1")
    ids = [sample.id for sample in scores.samples]
    systems = {name: scores.counts(name) for name in ("raw", "canonical")}
    check(compare(ids, systems).to_json(), "compare-1")
    for row in sample_rows(judged):
        check(row, "sample-1")


def test_a_schema_refuses_what_is_not_so(scores: Scores) -> None:
    document = scores.to_json()
    for change in ({"n": "5"}, {"schema": "score-0"}, {"raw": {}}, {"missing": None}):
        with pytest.raises(jsonschema.ValidationError):
            check(document | change, "score-1")
