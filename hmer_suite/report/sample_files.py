"""One row for each scored sample, as JSON lines, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import write_whole
from hmer_suite.latex.problems import validate
from hmer_suite.predictions.content import bare_suffix, encoded
from hmer_suite.scores.edit_distance import DELETION, INSERTION, SUBSTITUTION
from hmer_suite.scores.errors_by_kind import edits_of, is_runaway, kind_of, structures
from hmer_suite.scores.rates import Counts
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample

SUFFIXES = (".jsonl", ".csv", ".parquet")
"""Suffixes of the files that can be written."""

SCHEMA = "sample-1"
"""Version of a row: the name of its schema in ``hmer_suite/schemas``."""

SampleRow = dict[str, object]
"""One sample; its keys are those of ``hmer_suite/schemas/sample-1.json``."""

_OPS = {SUBSTITUTION: "substitution", DELETION: "deletion", INSERTION: "insertion"}

_NESTED = ("edits", "problems", "witness", "tags")
"""Keys whose values are JSON text in CSV and Parquet."""


def check_samples_file(path: Path) -> None:
    """Raise before anything is scored: `UsageError` for another suffix, `InputError` for a folder that is not there."""
    if bare_suffix(path.name) not in SUFFIXES or (path.suffix != ".parquet" and ".parquet" in path.suffixes):
        raise UsageError(f"--samples {path}: expected a name that ends in {', '.join(SUFFIXES)}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: cannot write: no folder {path.parent}")


def write_samples(path: Path, scores: Scores, confidences: Sequence[float | None] | None = None) -> None:
    """Write one row for each sample of *scores*, in order, with the recogniser's confidences if there are any.

    Raises:
        InputError: the file cannot be written.
    """
    rows = list(sample_rows(scores, confidences))
    suffix = bare_suffix(path.name)
    if suffix == ".jsonl":
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        write_whole(path, encoded(text, "utf-8", path))
        return
    flat = [
        {key: _text_of(value) if key in _NESTED else value for key, value in row.items() if key != "schema"}
        for row in rows
    ]
    if suffix == ".csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, list(flat[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(flat)
        write_whole(path, encoded(out.getvalue(), "utf-8", path))
    else:
        # It loads pyarrow, which no other format needs.
        from hmer_suite.predictions.parquet_files import packed_records

        write_whole(path, packed_records(flat))


def _text_of(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def sample_rows(scores: Scores, confidences: Sequence[float | None] | None = None) -> Iterator[SampleRow]:
    """The samples as rows: texts as given and in canonical spelling, edits, validity, meaning, tags, confidence."""
    values = confidences or [None] * scores.n
    judged = scores.semantics_word is not None
    for sample, confidence in zip(scores.samples, values, strict=True):
        yield {
            "schema": SCHEMA,
            "id": sample.id,
            "prediction": sample.prediction,
            "reference": sample.reference,
            "canonical_prediction": sample.spelled_prediction,
            "canonical_reference": sample.spelled_reference,
            "raw_exact": bool(sample.raw.exact),
            "raw_edit_distance": sample.raw.edits,
            **_canonical(sample.canonical),
            "repaired_exact": None if sample.repaired is None else bool(sample.repaired.exact),
            "repaired_edit_distance": None if sample.repaired is None else sample.repaired.edits,
            "layout_exact": bool(sample.layout.expression_right),
            "layout_errors": sample.layout.distance,
            "edits": _edits(sample),
            "valid": bool(sample.raw.valid),
            "problems": _problems(sample),
            **(_meaning(sample) if judged else dict.fromkeys(("verdict", "how", "reason", "witness"))),
            "tags": list(_tags(sample)),
            "confidence": confidence,
        }


def _canonical(counts: Counts) -> dict[str, object]:
    return {
        "exact": bool(counts.exact),
        "edit_distance": counts.edits,
        "substitutions": counts.substitutions,
        "deletions": counts.deletions,
        "insertions": counts.insertions,
        "reference_tokens": counts.reference_tokens,
    }


def _aligned(sample: Sample) -> tuple[tuple[str, str | None, str | None], ...]:
    if sample.spelled_prediction is None:
        return ()
    return next(iter(edits_of([sample.spelled_prediction.split()], [sample.spelled_reference.split()])), ())


def _edits(sample: Sample) -> list[dict[str, object]]:
    """Token edits in canonical spelling; of a missing prediction none are listed."""
    return [
        {
            "op": _OPS[step],
            "reference": reference,
            "prediction": prediction,
            "kind": kind_of((step, reference, prediction)),
        }
        for step, reference, prediction in _aligned(sample)
    ]


def _problems(sample: Sample) -> list[dict[str, object]]:
    if sample.prediction is None or sample.raw.valid:
        return []
    found = validate(sample.prediction).problems
    return [{"code": one.code, "message": one.message, "start": one.start, "end": one.end} for one in found]


def _meaning(sample: Sample) -> dict[str, object]:
    """The verdict on meaning; a missing prediction is DIFFERENT, as in the rates."""
    if sample.verdict is None:
        return {"verdict": "DIFFERENT", "how": "missing", "reason": None, "witness": None}
    found = sample.verdict
    witness = None if found.witness is None else dict(found.witness)
    return {"verdict": found.verdict, "how": found.how, "reason": found.reason or None, "witness": witness}


def _tags(sample: Sample) -> Iterator[str]:
    """Structures of the reference, then what is remarkable about the prediction."""
    yield from structures(sample.spelled_reference.split())
    if sample.prediction is None:
        yield "missing"
    elif is_runaway(sample.raw):
        yield "runaway"
    kinds = {kind_of(edit) for edit in _aligned(sample)}
    if kinds == {"lookalike"}:
        yield "only look-alikes"
