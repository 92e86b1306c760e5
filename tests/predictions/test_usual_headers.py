"""Headers as people and programs write them: other names, capitals inside, comments, an empty last column."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from hmer_suite.errors import InputError
from hmer_suite.predictions.files import read_predictions

HEADERS = [
    ("#id\tpred\tgt", "\t"),
    ("uid,predicted,expected", ","),
    ("id,prediction,normalizedLabel", ","),
    ("Filename,Predicted LaTeX,True LaTeX", ","),
    ("imageId,generation,groundTruth", ","),
    ("id,y_pred,y_true", ","),
    ("question_id,model_answer,gt_answer", ","),
]


@pytest.mark.parametrize(("header", "delimiter"), HEADERS)
def test_predictions_and_references_are_found(header: str, delimiter: str, tmp_path: Path):
    lines = [header, delimiter.join(("a", "t+1", "t-1")), delimiter.join(("b", "s", "s"))]
    path = tmp_path / ("p.tsv" if delimiter == "\t" else "p.csv")
    path.write_text("\n".join(lines) + "\n")
    found = read_predictions(path)
    assert [one.id for one in found] == ["a", "b"]
    assert [one.prediction for one in found] == ["t+1", "s"]
    assert [one.reference for one in found] == ["t-1", "s"]


def test_an_empty_last_column_is_no_column(tmp_path: Path):
    path = tmp_path / "p.csv"
    path.write_text("id,pred,gt,\na,t,t,\nb,s,t,\n")
    assert [one.reference for one in read_predictions(path)] == ["t", "t"]


def test_formulas_of_an_unknown_column_beside_latex_are_not_ignored(tmp_path: Path):
    path = tmp_path / "p.csv"
    path.write_text("id,somenet,latex\na,\\frac{1}{2},t\nb,t^2,s\n")
    with pytest.raises(InputError, match="formulas in 'somenet' and 'latex': say which are predictions"):
        read_predictions(path)


def test_other_unknown_columns_are_left_alone(tmp_path: Path):
    path = tmp_path / "p.csv"
    path.write_text("id,source,latex\na,phone,t^2\nb,scan,s_1\n")
    assert [one.prediction for one in read_predictions(path)] == ["t^2", "s_1"]


def test_an_archive_of_one_table_names_it(tmp_path: Path):
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("out/preds.tsv", "a\tt\n")
    with pytest.raises(InputError, match=r"a zip archive of 'preds.tsv': give that file itself"):
        read_predictions(path)
