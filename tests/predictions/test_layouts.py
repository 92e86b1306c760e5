"""sclite's transcripts, Parquet, and the shapes of JSON that language models and data frames write."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hmer_suite.errors import InputError, UsageError
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.predictions.names import Columns
from tests.predictions import whole_document
from tests.predictions.whole_document import read_document


def test_transcripts_of_sclite(put) -> None:
    content = ";; of a test\nx ^ 2 (UN_2019_1)\n(UN_2019_2)\nf ( x ) (UN_2019_3)\n"
    for name in ("p.trn", "p"):
        file = read_predictions(put(name, content))
        assert (file.format, file.ids) == ("trn", ("UN_2019_1", "UN_2019_2", "UN_2019_3"))
        assert (file.predictions, file.origin.lines) == (("x ^ 2", "", "f ( x )"), [2, 3, 4])
    document = read_document("p.trn")
    assert document.rewritten(document.formulas) == content
    assert document.rewritten(["y", "", "z"]) == ";; of a test\ny (UN_2019_1)\n(UN_2019_2)\nz (UN_2019_3)\n"
    references = read_references(put("r.trn", "y (a)\n"))
    assert pair(read_predictions(put("p.trn", "x (a)\n")), references).predictions == ("x",)


def test_formulas_that_end_in_parentheses_are_no_transcripts(put) -> None:
    assert read_predictions(put("p", "f(x)\ng(y)\n")).format == "plain"
    with pytest.raises(InputError, match=r"p\.trn:2: no id in parentheses at the end: 'y'"):
        read_predictions(put("p.trn", "x (a)\ny\n"))


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        ({"predictions": [{"id": "a", "pred": "x"}, {"id": "b", "pred": "y"}], "n": 2}, ("a", "b")),
        (
            {"test2014": [{"img": "a", "latex_pred": "x"}, {"img": "b", "latex_pred": "y"}], "rate": 0.5},
            ("a", "b"),
        ),
        ({"id": ["a", "b"], "pred": ["x", "y"], "gt": ["u", "v"]}, ("a", "b")),
        ({"img_id": {"0": "a", "1": "b"}, "prediction": {"0": "x", "1": "y"}}, ("a", "b")),
        (
            {"columns": ["id", "pred", "gt"], "index": [0, 1], "data": [["a", "x", "u"], ["b", "y", "v"]]},
            ("a", "b"),
        ),
        ({"pred": ["x", "y"], "label": ["u", "v"]}, None),
        ({"predictions": ["x", "y"]}, None),
        (["x", "y"], None),
        ([{"output": ["x"]}, {"output": ["y"]}], None),
    ],
)
def test_shapes_of_json(put, document: object, ids: tuple[str, ...] | None) -> None:
    file = read_predictions(put("p.json", json.dumps(document)))
    assert (file.ids, file.numbered) == ((("1", "2"), True) if ids is None else (ids, False))
    assert file.predictions == ("x", "y")
    if "gt" in json.dumps(document) or "label" in json.dumps(document):
        assert file.references == ("u", "v")
    read = read_document("p.json")
    assert json.loads(read.rewritten(["n", "m"])) == json.loads(
        json.dumps(document).replace('"x"', '"n"').replace('"y"', '"m"')
    )


def test_columns_must_hold_the_same_samples(put) -> None:
    with pytest.raises(InputError, match=r"p\.json: columns 'pred' and 'gt' have other samples"):
        read_predictions(put("p.json", '{"pred": ["x", "y"], "gt": ["z"]}'))


def test_predictions_alone_in_json_lines(put) -> None:
    file = read_predictions(put("p.jsonl", '"x"\n"y"\n'))
    assert (file.predictions, file.numbered) == (("x", "y"), True)


RESPONSES = [
    ("response", {"body": {"output": [{"type": "reasoning", "content": [{"text": "no"}]},
                                      {"content": [{"type": "output_text", "text": "x"}]}]}}),
    ("result", {"type": "succeeded", "message": {"content": [{"type": "text", "text": "x"}]}}),
    ("response", {"candidates": [{"content": {"role": "model", "parts": [{"text": "x"}]}}]}),
    ("choices", [{"index": 0, "message": {"role": "assistant", "content": "x"}}]),
    ("choices", [{"text": "x"}]),
    ("messages", [{"role": "user", "content": "Read."}, {"role": "assistant", "content": "x"}]),
    ("conversations", [{"from": "human", "value": "Read."}, {"from": "gpt", "value": "x"}]),
    ("output", [{"generated_text": "x"}]),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), RESPONSES)
def test_answers_of_interfaces_to_language_models(put, key: str, value: object) -> None:
    line = json.dumps({"custom_id": "s", key: value}) + "\n"
    file = read_predictions(put("p.jsonl", line))
    assert (file.ids, file.predictions) == (("s",), ("x",))
    assert read_document("p.jsonl").rewritten(["n"]) == line.replace('"x"', '"n"')


def test_a_request_that_failed_is_empty_and_said(put) -> None:
    good = {
        "custom_id": "a",
        "response": {"body": {"choices": [{"message": {"content": "x"}}]}},
        "error": None,
    }
    for bad in (
        {"custom_id": "b", "response": None, "error": {"code": "server_error"}},
        {
            "custom_id": "b",
            "response": {"status_code": 400, "body": {"error": {"message": "bad"}}},
            "error": None,
        },
        {"custom_id": "b", "result": {"type": "errored"}},
    ):
        file = read_predictions(put("p.jsonl", "\n".join(map(json.dumps, [good, bad]))))
        assert file.predictions == ("x", "")
        assert file.origin.warnings == ("p.jsonl:2: the request of 'b' failed: read as empty",)


@pytest.mark.parametrize("prediction", ["pred_latex", "latex_pred", "model_output", "predicted_text"])
@pytest.mark.parametrize("reference", ["gt_latex", "latex_gt", "ground_truth_text", "answer"])
def test_names_of_several_words(put, prediction: str, reference: str) -> None:
    for name, content in [
        ("p.jsonl", json.dumps({"id": "a", prediction: "x", reference: "y"})),
        ("p.csv", f"id,{prediction},{reference}\na,x,y\n"),
    ]:
        file = read_predictions(put(name, content))
        assert (file.predictions, file.references, file.origin.warnings) == (("x",), ("y",), ())


def test_confidences_follow_their_predictions(put) -> None:
    put("r.tsv", "b\tx\nc\tx\na\tx\n")
    for name, content in [
        ("p.csv", "id,pred,confidence\na,x,0.5\nb,y,\n"),
        ("p.jsonl", '{"id": "a", "pred": "x", "confidence": 0.5}\n{"id": "b", "pred": "y"}\n'),
    ]:
        file = read_predictions(put(name, content))
        assert file.confidences == (0.5, None)
        assert pair(file, read_references("r.tsv")).confidences == (None, None, 0.5)


# ---------------------------------------------------------------- Parquet


def write(path: str, /, **columns: object) -> str:
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet(put) -> None:
    put("old", "")
    image = pa.array([b"1", b"2"])
    path = write("p.parquet", image_id=[7, 8], prediction=["x ^ 2", ""], label=["x", "y"], picture=image)
    file = read_predictions(path)
    assert (file.format, file.ids, file.predictions, file.references) == (
        "parquet", ("7", "8"), ("x ^ 2", ""), ("x", "y")
    )  # fmt: skip
    document = read_document(path)
    with pytest.raises(InputError, match=r"p\.parquet: a parquet is no text: say -o"):
        document.rewritten(document.formulas)
    whole_document.write(document, "out.parquet", ["n", "m"])
    assert pq.read_table("out.parquet").to_pydict() == {
        "image_id": [7, 8], "prediction": ["n", "m"], "label": ["x", "y"], "picture": [b"1", b"2"]
    }  # fmt: skip


def test_parquet_without_ids_and_of_labels_alone(put) -> None:
    put("old", "")
    assert read_predictions(write("p.parquet", text=["x", "y"])).numbered
    assert read_references(write("r.parquet", name=["a"], latex=["x"])).references == ("x",)
    spelled = pa.array(["x", "x"]).dictionary_encode()
    assert read_predictions(write("d.parquet", pred=spelled)).predictions == ("x", "x")


def test_what_is_wrong_with_parquet(put) -> None:
    put("damaged.parquet", b"PAR1 and no more")
    for path, columns, error, message in [
        ("damaged.parquet", Columns(), InputError, "damaged.parquet: damaged Parquet file: "),
        (write("n.parquet", a=["x"]), Columns(), InputError, "n.parquet: no column of predictions among a"),
        (write("k.parquet", pred=[1.5]), Columns(), InputError, "column 'pred' holds double, expected text"),
        (
            write("i.parquet", id=["a", None], pred=["x", "y"]),
            Columns(),
            InputError,
            "i.parquet: row 2: no id",
        ),
        (write("m.parquet", id=["a", "b"], pred=["x", None]), Columns(), InputError, "no \"pred\" for 'b'"),
        (
            write("c.parquet", pred=["x"]),
            Columns(pred="model"),
            UsageError,
            "no column 'model', there are pred",
        ),
    ]:
        with pytest.raises(error, match=message):
            read_predictions(path, columns=columns)
