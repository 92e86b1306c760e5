"""Parts of the reports on trained recognisers: reading with the time it takes, stages of training, presets."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from hmer_suite.predict.joint_reader import JoinedSamples, JointReader
from hmer_suite.predict.reader import Reader
from hmer_suite.report.training_curves import draw_curves
from hmer_suite.specs.recogniser import Decoding, RecogniserSpec
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.checkpoint import COUNTERS, LAST, read_checkpoint
from hmer_suite.train.description import Description
from hmer_suite.train.reporter import LOG

BATCH = 16
"""Samples read at a time."""


def timed_reading(
    reader: Reader | JointReader, samples: SampleSet | JoinedSamples, how: Decoding
) -> tuple[list[str], float]:
    """The best text of each sample, empty where there is none, and samples a second (wall time)."""
    started = time.monotonic()
    if isinstance(reader, JointReader):
        assert isinstance(samples, JoinedSamples)
        found = reader.read(samples, how, batch_size=BATCH)
    else:
        assert isinstance(samples, SampleSet)
        found = reader.read(samples, how, batch_size=BATCH)
    texts = [hypotheses[0].latex if hypotheses else "" for hypotheses in found]
    return texts, len(texts) / (time.monotonic() - started)


def parameters(reader: Reader) -> int:
    """Number of the network's weights."""
    return sum(weight.numel() for weight in reader.model.parameters())


def data_of(description: Description) -> Mapping[str, Any]:
    """The data that a checkpoint was trained and selected on, as its JSON file has it."""
    return description.data


def trained_on(description: Description) -> str:
    """The data source of the last stage of training and its number of samples."""
    data = data_of(description)
    return f"`{data['spec'].partition(':')[0]}` ({data['train']['n']:,} samples)"


@dataclass(frozen=True, slots=True)
class Stage:
    """One run of a training in stages: settings, counters at its end, and its number from 1."""

    number: int
    settings: Mapping[str, Any]
    counters: Mapping[str, Any]
    description: Description

    @property
    def label_length(self) -> str:
        """The length of the longest labels that were trained on."""
        most = self.settings.get("max_tokens")
        return f"{most} tokens" if most else "any length"


def read_stages(runs: Sequence[Path]) -> Iterator[Stage]:
    """The stages of a training, each run from the last weights of the one before."""
    for number, run in enumerate(runs, 1):
        description = read_checkpoint(run / LAST).description
        counters = json.loads((run / LAST / COUNTERS).read_text(encoding="utf-8"))
        yield Stage(number, description.settings, counters, description)


def draw_stages(runs: Sequence[Path], picture: Path) -> None:
    """Draw the learning curves of the stages of a training."""
    draw_curves([run / LOG for run in runs], picture)


def preset_options(spec: RecogniserSpec, preset: str, **changes: object) -> Any:
    """The options of a recogniser's preset, with changes."""
    known = {option.name for option in fields(spec.options)}
    values = {**spec.presets[preset], **changes}
    return spec.options(**{name: value for name, value in values.items() if name in known})
