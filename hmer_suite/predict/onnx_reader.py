"""An exported recogniser that reads samples by ONNX Runtime, without torch.

Recognisers of frames (CTC) are an exception: their search sums alignments with torch.

Shapes: N batch, R rows, V vocabulary.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import onnxruntime as ort

from hmer_suite.decoding.both_ways import likelihoods_both_ways, search_both_ways
from hmer_suite.errors import InputError
from hmer_suite.ink.strokes import strokes_of
from hmer_suite.predict.exported import Exported, file_of, read_exported
from hmer_suite.predict.joining import Joining
from hmer_suite.predict.sample_reader import SampleReader
from hmer_suite.specs.graph_names import BACKWARD_STEP, ENCODER, NEXT, STEP
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood, Preprocessing
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.arrays import inks_of, padded_images, padded_strokes
from hmer_suite.train.in_batches import Places, Readings, judge_in_batches, read_in_batches

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Session:
    """A graph that ONNX Runtime has loaded."""

    run_with: ort.InferenceSession
    name: str

    @classmethod
    def of(cls, graph: bytes, name: str) -> Session:
        """The graph of a file's bytes; `InputError` calls it `name` where it is none."""
        options = ort.SessionOptions()
        options.log_severity_level = 3  # errors alone
        # As torch does; by itself ONNX Runtime takes every processor, and spins on it while it waits.
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "0"))
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            return cls(ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"]), name)
        except Exception as error:  # ONNX Runtime has no common base of its errors
            raise InputError(f"{name}: not a graph of ONNX: {_line(error)}") from None

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> Arrays:
        """The outputs by name; inputs that the graph does not use are left out."""
        wanted = [one.name for one in self.run_with.get_inputs()]
        outputs = [one.name for one in self.run_with.get_outputs()]
        try:
            found = self.run_with.run(outputs, {name: inputs[name] for name in wanted})
        except Exception as error:
            raise InputError(f"{self.name}: cannot be run: {_line(error)}") from None
        return dict(zip(outputs, map(np.asarray, found), strict=True))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


class OnnxSteps:
    """A batch that an exported stepwise recogniser has encoded, for one of its parsers, as the search wants it."""

    def __init__(self, described: Exported, step: Session, memory: Arrays, state: Arrays):
        self.name, self.vocabulary = described.recogniser, described.tokens
        self._step, self._memory, self._state = step, memory, state
        self._rows = len(next(iter(state.values())))

    def __len__(self) -> int:
        return self._rows

    def step(self, tokens: Sequence[int]) -> np.ndarray:
        found = self._step({"tokens": np.array(tokens, np.int64), **self._memory, **self._state})
        self._state = {name: found[f"{NEXT}{name}"] for name in self._state}
        return found["logprobs"]

    def keep_memory(self, rows: Sequence[int]) -> None:
        self._memory = _select(self._memory, rows)

    def keep_state(self, rows: Sequence[int]) -> None:
        self._state = _select(self._state, rows)
        self._rows = len(rows)


def _select(arrays: Arrays, rows: Sequence[int]) -> Arrays:
    if isinstance(rows, range) and rows.start == 0 and rows.step == 1:
        return {name: array[: rows.stop] for name, array in arrays.items()}
    return {name: array[list(rows)] for name, array in arrays.items()}


@dataclass(frozen=True, slots=True)
class OnnxReader(SampleReader):
    """The graphs of an exported recogniser."""

    described: Exported
    encoder: Session
    step: Session | None
    backward_step: Session | None = None
    scale: float = 1.0
    preprocessing: Preprocessing = field(init=False)
    joining: Joining = field(init=False)
    formulas: bool = field(init=False)

    def __post_init__(self) -> None:
        for name in ("preprocessing", "joining", "formulas"):
            object.__setattr__(self, name, getattr(self.described, name))

    @property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of the weights that were exported."""
        return (self.described.weights,)

    @property
    def device(self) -> str:
        """The processor."""
        return "cpu"

    @property
    def stepwise(self) -> bool:
        """Whether it writes token after token, and can read on from given ones."""
        return self.step is not None

    def at_scale(self, scale: float) -> OnnxReader:
        """The same recogniser with inputs presented at another size."""
        return replace(self, scale=scale)

    def readings(self, samples: SampleSet, how: Decoding, batch_size: int) -> Iterator[Readings]:
        """Hypotheses of the search, batch by batch."""

        def read(places: Places) -> list[tuple[Hypothesis, ...]]:
            encoded = self._encoded(samples, places)
            if self.step is None:
                return _frames_read(encoded, self.described.tokens, how)
            return search_both_ways(self._forward(self.step, encoded), self._backward(encoded), how)

        return read_in_batches(samples, batch_size, read)

    def likelihoods(
        self, samples: SampleSet, texts: Sequence[Sequence[tuple[str, ...]]], batch_size: int
    ) -> list[list[Likelihood]]:
        """Likelihoods of each text of each sample."""

        def judge(places: Places, numbers: list[list[list[int]]]) -> list[list[Likelihood]]:
            encoded = self._encoded(samples, places)
            if self.step is None:
                return _frames_judged(encoded, numbers)
            return likelihoods_both_ways(self._forward(self.step, encoded), self._backward(encoded), numbers)

        return judge_in_batches(samples, texts, self.described.tokens, batch_size, judge)

    def _forward(self, step: Session, encoded: Arrays) -> OnnxSteps:
        return OnnxSteps(
            self.described,
            step,
            {name: encoded[name] for name in self.described.memory},
            {name: encoded[name] for name in self.described.state},
        )

    def _backward(self, encoded: Arrays) -> OnnxSteps | None:
        if self.backward_step is None:
            return None
        return OnnxSteps(
            self.described,
            self.backward_step,
            {name: encoded[name] for name in self.described.backward_memory},
            {name: encoded[name] for name in self.described.backward_state},
        )

    def _encoded(self, samples: SampleSet, places: Places) -> Arrays:
        return self.encoder(inputs_of_samples(samples, places))


def _frames_read(encoded: Arrays, vocabulary: Vocabulary, how: Decoding) -> list[tuple[Hypothesis, ...]]:
    import torch

    from hmer_suite.decoding.ctc import read_frames

    return read_frames(
        torch.from_numpy(encoded["logprobs"]), torch.from_numpy(encoded["lengths"]), vocabulary, how
    )


def _frames_judged(encoded: Arrays, texts: list[list[list[int]]]) -> list[list[Likelihood]]:
    import torch

    from hmer_suite.decoding.ctc import likelihoods

    return likelihoods(torch.from_numpy(encoded["logprobs"]), torch.from_numpy(encoded["lengths"]), texts)


def inputs_of_samples(samples: SampleSet, places: Sequence[int]) -> Arrays:
    """The inputs of an encoder's graph, as `hmer_suite.nn.graphs.inputs_of` has them, of samples as one batch."""
    if samples.kind == "ink":
        points, mask = padded_strokes(
            [strokes_of(inks_of(samples)[place], samples.points) for place in places]
        )
        return {"points": points, "mask": mask}
    images = [samples.images[place] for place in places]
    sizes = np.array([image.shape for image in images], np.int64)
    height, width = sizes.max(0).tolist()
    pixels = padded_images(images, len(images), (height, width))
    return {"images": pixels.astype(np.float32) / np.float32(255), "sizes": sizes}


def open_exported(folder: str | Path) -> OnnxReader:
    """The recogniser of a folder that `hmer-suite export` wrote; `InputError` for one that is damaged."""
    described, graphs = read_exported(folder)
    sessions = {name: Session.of(graph, str(Path(folder) / file_of(name))) for name, graph in graphs.items()}
    return OnnxReader(described, sessions[ENCODER], sessions.get(STEP), sessions.get(BACKWARD_STEP))
