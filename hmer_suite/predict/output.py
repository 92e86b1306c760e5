"""Files of readings: ``tsv`` and ``jsonl``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from hmer_suite.files import write_whole
from hmer_suite.predict.joint_reader import JoinedSamples
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
    best = _best(readings)
    if path.suffix == ".jsonl":
        write_whole(
            path, "".join(_json_line(*row) for row in zip(samples.ids, samples.labels, readings, strict=True))
        )
    else:
        write_tsv(path, samples.ids, best, samples.labels if all(samples.labels) else None)


def write_graphs(
    folder: Path, samples: SampleSet | JoinedSamples, readings: Sequence[tuple[Hypothesis, ...]]
) -> None:
    """Write label graphs of the best readings, and of the labels if all samples have one."""
    labels = list(samples.labels)
    write_label_graphs(folder, list(samples.ids), _best(readings), labels if all(labels) else None)


def _best(readings: Sequence[tuple[Hypothesis, ...]]) -> list[str]:
    return [found[0].latex if found else "" for found in readings]


def _json_line(name: str, label: str, found: tuple[Hypothesis, ...]) -> str:
    return json.dumps(to_json(name, label, found), ensure_ascii=False) + "\n"


def to_json(name: str, label: str, found: tuple[Hypothesis, ...]) -> dict[str, object]:
    """One object of ``jsonl``: the best reading, the label if there is one, all hypotheses."""
    values: dict[str, object] = {"id": name, "pred": found[0].latex if found else ""}
    if label:
        values["gt"] = label
    if found and found[0].confidence is not None:
        values["confidence"] = round(found[0].confidence, 4)
    if found and found[0].token_confidences:
        pairs = zip(found[0].tokens, found[0].token_confidences, strict=True)
        values["tokens"] = [{"token": token, "confidence": round(value, 4)} for token, value in pairs]
    return values | {"nbest": [[hypothesis.latex, round(hypothesis.logprob, 4)] for hypothesis in found]}
