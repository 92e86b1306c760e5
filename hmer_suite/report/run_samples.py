"""Readings of the same samples at the validations of a training run, one beside the other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.files import read_lines
from hmer_suite.report.score_samples import DrawnFormula, DrawnSample, draw_sample
from hmer_suite.scores.sample import count_sample

FILE = "samples.jsonl"
"""A line for each validation: ``{"step": 20, "samples": [{"id", "label", "prediction"}, ...]}``."""

SHOWN = 6
"""Most validations that are shown, evenly spread, the first and the last among them."""


@dataclass(frozen=True, slots=True)
class SampleOverTime:
    """A sample: its label, and its reading at each of the validations that are shown."""

    id: str
    label: DrawnFormula
    readings: tuple[DrawnSample, ...]


@dataclass(frozen=True, slots=True)
class SamplesOverTime:
    """The samples of a run, and the steps of the validations that are shown."""

    steps: tuple[int, ...]
    samples: tuple[SampleOverTime, ...]


def samples_over_time(folder: Path) -> SamplesOverTime | None:
    """The samples of the run in *folder*; None where it kept none.

    Raises:
        InputError: a line is not what a run writes; the last one may be incomplete.
    """
    path = folder / FILE
    lines = read_lines(path) if path.is_file() else []
    read = [_line(path, number, line, number == len(lines)) for number, line in enumerate(lines, 1)]
    found = [one for one in read if one is not None]
    if not found:
        return None
    places = np.unique(np.linspace(0, len(found) - 1, min(SHOWN, len(found))).round().astype(int)).tolist()
    kept = [found[place] for place in places]
    last = kept[-1][1]
    return SamplesOverTime(
        tuple(step for step, _ in kept),
        tuple(_sample(name, [rows[name] for _, rows in kept if name in rows]) for name in last),
    )


_Pair = tuple[str, str]
"""Label and prediction."""


def _line(path: Path, number: int, line: str, last: bool) -> tuple[int, dict[str, _Pair]] | None:
    """Step and pairs by id; None for a last line that is still being written."""
    try:
        row = json.loads(line)
        return int(row["step"]), {
            str(one["id"]): (str(one["label"]), str(one["prediction"])) for one in row["samples"]
        }
    except (ValueError, KeyError, TypeError):
        if last:
            return None
        raise InputError(f"{path}:{number}: not a step with samples: {line[:80]}") from None


def _sample(name: str, pairs: Sequence[_Pair]) -> SampleOverTime:
    counted = [count_sample(name, prediction, label, repair=False) for label, prediction in pairs]
    readings = tuple(draw_sample(one, one.canonical.edits) for one in counted)
    return SampleOverTime(name, draw_sample(counted[-1], 0).reference, readings)
