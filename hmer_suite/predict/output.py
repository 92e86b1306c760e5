"""Files of readings: ``tsv`` and ``jsonl``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from hmer_suite.errors import InputError, PairingError
from hmer_suite.files import write_whole
from hmer_suite.predict.joint_reader import JoinedSamples
from hmer_suite.predictions.files import read_predictions
from hmer_suite.predictions.layouts import show
from hmer_suite.predictions.writing import write_tsv
from hmer_suite.scores.label_graphs import write_label_graphs
from hmer_suite.specs.recogniser import Hypothesis
from hmer_suite.specs.samples import SampleSet


def write_readings(
    path: Path, samples: SampleSet | JoinedSamples, readings: Sequence[tuple[Hypothesis, ...]]
) -> None:
    """Write a prediction file: ``tsv``, or ``jsonl`` with all hypotheses where the suffix says so.

    Labels of the samples are included, so that ``score`` needs no other file.
    """
    rows = [to_json(*row) for row in zip(samples.ids, samples.labels, readings, strict=True)]
    write_rows(path, lambda: iter(rows))


def write_rows(path: Path, rows: Callable[[], Iterator[Mapping[str, object]]]) -> None:
    """Write the prediction file of rows as `to_json` makes them; `rows` is called for each pass over them.

    A ``tsv`` file has labels if all samples have one.
    """
    if path.suffix == ".jsonl":
        write_whole(path, ((json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8") for row in rows()))
        return
    table = [(str(row["id"]), str(row["pred"]), str(row.get("gt", ""))) for row in rows()]
    if not table:
        return write_whole(path, "")
    ids, predictions, labels = zip(*table, strict=True)
    write_tsv(path, ids, predictions, labels if all(labels) else None)


def write_graphs(folder: Path, rows: Iterator[Mapping[str, object]]) -> None:
    """Write label graphs of the predictions of rows, and of the labels if all rows have one."""
    table = [(str(row["id"]), str(row["pred"]), str(row.get("gt", ""))) for row in rows]
    if table:
        ids, predictions, labels = map(list, zip(*table, strict=True))
        write_label_graphs(folder, ids, predictions, labels if all(labels) else None)


def check_ids(path: Path, ids: Sequence[str]) -> None:
    """Raise what writing the prediction file would raise for these ids, before anything is read.

    `PairingError` for a duplicate id, `InputError` for one that the file cannot hold.
    """
    if doubled := next((id for id, number in Counter(ids).items() if number > 1), None):
        raise PairingError(f"{path}: two samples have the id {show(doubled)}")
    for id in ids if path.suffix != ".jsonl" else ():
        if not id or id.startswith("\ufeff") or any(char in id for char in "\t\n\r\0"):
            raise InputError(f"{path}: no tsv line can hold the id {show(id)}; write a .jsonl file")


def is_complete(path: Path, ids: Sequence[str]) -> bool:
    """Whether a prediction file is there and has these ids, in this order."""
    if not path.is_file():
        return False
    if not ids:
        return path.stat().st_size == 0
    layout = path.suffix[1:] if path.suffix == ".jsonl" else "tsv"
    try:
        return list(read_predictions(path, layout).ids) == list(ids)
    except InputError:
        return False


def to_json(name: str, label: str, found: tuple[Hypothesis, ...], problem: str = "") -> dict[str, object]:
    """One object of ``jsonl``: the best reading, the label if there is one, all hypotheses.

    `problem` is the reason why the sample could not be read, if it could not.
    """
    values: dict[str, object] = {"id": name, "pred": found[0].latex if found else ""}
    if label:
        values["gt"] = label
    if problem:
        values["error"] = problem
    if found and found[0].confidence is not None:
        values["confidence"] = round(found[0].confidence, 4)
    if found and found[0].token_confidences:
        pairs = zip(found[0].tokens, found[0].token_confidences, strict=True)
        values["tokens"] = [{"token": token, "confidence": round(value, 4)} for token, value in pairs]
    return values | {"nbest": [[hypothesis.latex, round(hypothesis.logprob, 4)] for hypothesis in found]}
