"""JSON and JSON lines under the names that people use."""

from __future__ import annotations

import json

import pytest

from hmer_suite.errors import InputError
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.predictions.names import IDS, PREDICTIONS, REFERENCES, TEXTS, Columns, roles_of
from hmer_suite.predictions.reading import Question, read_samples


@pytest.mark.parametrize("prediction", [*PREDICTIONS, *TEXTS])
@pytest.mark.parametrize("identifier", ["img_id", "image", "custom_id", None])
def test_a_record_is_read_under_usual_names(put, prediction: str, identifier: str | None) -> None:
    record = {prediction: "x", "label": "y", "prompt": "Read."} | ({identifier: "s"} if identifier else {})
    file = read_predictions(put("p.jsonl", json.dumps(record) + "\n"))
    assert (file.predictions, file.references) == (("x",), ("y",))
    assert (file.ids, file.numbered) == ((("s",), False) if identifier else (("1",), True))


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_beside_a_prediction_is_never_ignored(put, reference: str) -> None:
    for document in ([{"id": "s", "pred": "x", reference: "y"}], {"s": {"pred": "x", reference: "y"}}):
        assert pair(read_predictions(put("p.json", json.dumps(document)))).references == ("y",)


def test_what_is_not_read_is_said(put) -> None:
    records = [
        {"id": "a", "pred": "x"},
        {"id": "b", "pred": "y", "latex": "z"},
        {"id": "c", "pred": "y", "latex": "z"},
    ]
    file = read_predictions(put("p.jsonl", "\n".join(map(json.dumps, records))))
    assert file.origin.warnings == (
        "p.jsonl:2: 'latex' beside 'pred' is not read: say --columns if it should be",
    )
    file = read_predictions("p.jsonl", columns=Columns(pred="pred", ref="latex"))
    assert (file.references, file.origin.warnings) == ((None, "z", "z"), ())


def test_a_response_of_a_chat(put) -> None:
    body = {"choices": [{"message": {"role": "assistant", "content": "x ^ 2"}}]}
    records = [{"id": "batch_1", "custom_id": "s", "response": {"status_code": 200, "body": body}}]
    file = read_predictions(put("p.jsonl", "\n".join(map(json.dumps, records))))
    assert (file.ids, file.predictions) == (("s",), ("x ^ 2",))
    with pytest.raises(InputError, match=r'p.jsonl:1: "response" of \'s\' is null, expected a string'):
        read_predictions(put("p.jsonl", '{"custom_id": "s", "response": null}\n'))


def test_samples_of_an_evaluation_harness(put) -> None:
    record = {"doc_id": 7, "target": "y", "resps": [["so x"]], "filtered_resps": ["x"], "exact_match": 0.0}
    file = read_predictions(put("samples.jsonl", json.dumps(record) + "\n"))
    assert (file.ids, file.predictions, file.references) == (("7",), ("x",), ("y",))
    del record["filtered_resps"]
    assert read_predictions(put("samples.jsonl", json.dumps(record) + "\n")).predictions == ("so x",)


def test_records_without_ids_pair_by_number(put) -> None:
    predictions = read_predictions(put("p.json", '[{"output": "x"}, {"output": "y"}]'))
    assert pair(predictions, read_references(put("r", "u\nv\n"))).predictions == ("x", "y")
    with pytest.raises(InputError, match=r"p.json \(json\) has no ids, but r \(tsv\) has ids"):
        pair(predictions, read_references(put("r", "a\tx\nb\ty\n")))


@pytest.mark.parametrize("head", [[], [["id", "pred", "gt"]]])
def test_a_list_of_rows(put, head: list[list[str]]) -> None:
    rows = [*head, ["a", "x", "y"], ["b", "z", "z"]]
    file = read_predictions(put("p.json", json.dumps(rows)))
    assert (file.ids, file.predictions, file.references) == (("a", "b"), ("x", "z"), ("y", "z"))
    reading = read_samples("p.json", Question()).reading
    assert json.loads(reading.rewrite(["u", "v"])) == [*head, ["a", "u", "y"], ["b", "v", "z"]]
    with pytest.raises(
        InputError, match=r"p.json: row 1 has 4 values, expected id, prediction and reference"
    ):
        read_predictions(put("p.json", '[["a", "x", "y", "z"]]'))


def test_no_name_has_two_roles() -> None:
    names = [*IDS, *PREDICTIONS, *TEXTS, *REFERENCES]
    assert len(set(names)) == len(names)
    roles = roles_of(("Image", "Latex", "Label"))
    assert (roles.id, roles.pred, roles.ref, roles.ignored) == ("Image", "Latex", "Label", ())
