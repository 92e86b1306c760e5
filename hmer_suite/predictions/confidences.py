"""Confidences in prediction files of JSON lines: the key ``confidence`` that ``hmer-suite predict`` writes."""

from __future__ import annotations

import json
from pathlib import Path

from hmer_suite.files import read_lines


def read_confidences(path: str | Path) -> dict[str, float]:
    """Confidences by id, each from 0 to 1; empty for a file of another layout or without any.

    Raises `InputError` for a file that cannot be read.
    """
    if Path(path).suffix.lower() not in (".jsonl", ".ndjson") or not Path(path).is_file():
        return {}
    found = {}
    for line in read_lines(path):
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            continue  # whoever reads the predictions says so
        if isinstance(value, dict) and (known := _confidence(value.get("confidence"))) is not None:
            found[str(value.get("id", value.get("img_id")))] = known
    return found


def _confidence(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return float(value)
