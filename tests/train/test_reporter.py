"""Readings of samples that a run keeps."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("torch", reason="needs the extra recognise")

from hmer_suite.report.run_samples import samples_over_time
from tests.train.toy import train_toy


def test_readings_of_each_validation_are_kept_and_those_after_the_last_checkpoint_removed(tmp_path):
    often = {"validate_every": 2, "save_every": 2}
    train_toy(tmp_path, steps=4, **often)
    found = samples_over_time(tmp_path)
    assert found is not None and found.steps == (2, 4)
    kept = (tmp_path / "samples.jsonl").read_text()
    later = json.loads(kept.splitlines()[-1]) | {"step": 5}
    (tmp_path / "samples.jsonl").write_text(kept + json.dumps(later) + "\n")
    train_toy(tmp_path, steps=6, resume=True, **often)
    steps = [json.loads(line)["step"] for line in (tmp_path / "samples.jsonl").read_text().splitlines()]
    assert steps == [2, 4, 6]
