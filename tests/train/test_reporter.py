"""Readings of samples that a run keeps."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra recognise")

from hmer_suite.report.run_samples import samples_over_time
from hmer_suite.scores.rates import Counts, Rates
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.reporter import Reporter
from hmer_suite.train.state import Counters


def test_readings_of_each_validation_are_kept_and_those_after_the_last_checkpoint_removed(tmp_path):
    image = np.zeros((8, 8), np.uint8)
    samples = SampleSet("valid", ("a", "b"), ("x", "y"), np.full((2, 2), 8), [image, image], ("", ""))
    rates = Rates.of(Counts(samples=2, reference_tokens=2, reference_characters=2))
    with Reporter(tmp_path, 40, 0) as reporter:
        for step, read in ((10, ["", "y"]), (20, ["x", "y"])):
            reporter.validation(Counters(step=step), rates, samples, read)
    found = samples_over_time(tmp_path)
    assert found is not None and found.steps == (10, 20)
    assert [[reading.edits for reading in sample.readings] for sample in found.samples] == [[1, 0], [0, 0]]
    with Reporter(tmp_path, 40, 10):
        pass
    (line,) = (tmp_path / "samples.jsonl").read_text().splitlines()
    assert json.loads(line)["step"] == 10
