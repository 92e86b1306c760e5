"""Several predictions for a sample: the first counts, and a remark says so; what is ambiguous is refused."""

from __future__ import annotations

import pytest

from hmer_suite.errors import InputError
from hmer_suite.predictions.documents import read_document
from hmer_suite.predictions.files import read_predictions

FIRST = "several predictions for a sample: the first of each is read"
RANKED = "id\trank\tscore\tlatex\ns\t1\t-0.1\tx\ns\t2\t-0.3\ty\nt\t2\t-1\tz\nt\t1\t-0.5\tw\n"


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("p.json", '{"s": ["x", "y^2"], "t": ["w"]}', "p.json: 's'"),
        ("p.jsonl", '{"id": "s", "nbest": ["x", "y"]}\n{"id": "t", "nbest": ["w", "z"]}\n', "p.jsonl:1"),
        (
            "p.jsonl",
            '{"id": "s", "predictions": ["x", "y"]}\n{"id": "t", "predictions": ["w"]}\n',
            "p.jsonl:1",
        ),
        (
            "p.jsonl",
            '{"id": "s", "hyps": [["x", 0.9], ["y", 0.1]]}\n{"id": "t", "hyps": [["w", 1]]}\n',
            "p.jsonl:1",
        ),
        (
            "p.jsonl",
            '{"id": "s", "beams": [{"latex": "x", "score": -1}, {"latex": "y", "score": -2}]}\n'
            '{"id": "t", "beams": [{"latex": "w", "score": 0}]}\n',
            "p.jsonl:1",
        ),
    ],
)
def test_the_first_candidate_is_the_prediction(put, name: str, content: str, where: str) -> None:
    file = read_predictions(put(name, content))
    assert (file.ids, file.predictions, file.origin.warnings) == (
        ("s", "t"),
        ("x", "w"),
        (f"{where}: {FIRST}",),
    )


def test_a_table_with_ranks_has_the_first_rank_read_and_all_written_again(put) -> None:
    path = put("p.tsv", RANKED)
    file = read_predictions(path)
    assert (file.ids, file.predictions) == (("s", "t"), ("x", "w"))
    assert file.origin.warnings == (
        "p.tsv:1: several predictions for a sample: that of the first rank is read",
    )
    document = next(read_document(path))
    assert document.rewritten(["X", "W"]) == RANKED.replace("\tx\n", "\tX\n").replace("\tw\n", "\tW\n")


def test_a_rank_of_samples_is_no_rank_of_predictions(put) -> None:
    assert read_predictions(put("p.csv", "id,rank,pred\ns,1,x\nt,2,y\n")).predictions == ("x", "y")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "p.jsonl",
            '{"id": "s", "pred": ["x", "^", "2"]}\n',
            "p.jsonl:1: 'x, ^, 2' may be candidates or the tokens",
        ),
        (
            "p.jsonl",
            '{"id": "s", "hyps": [["x", -3], ["y", -2]]}\n',
            "p.jsonl:1: candidates that are not in the order",
        ),
        ("p.tsv", RANKED.replace("t\t1", "t\t3"), "p.tsv:4: no prediction of rank 1 for 't'"),
    ],
)
def test_which_prediction_counts_is_not_guessed(put, name: str, content: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_predictions(put(name, content))
    assert str(error.value).startswith(message)
