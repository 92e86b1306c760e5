"""Predictions of many inputs in parts: each part is read, recognised and handed over before the next one is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from hmer_suite.data.subsets import pick
from hmer_suite.predict.inputs import only_set
from hmer_suite.predict.joint_reader import JoinedSamples
from hmer_suite.predict.listing import FormulaFile, list_files
from hmer_suite.specs.recogniser import Decoding, Hypothesis
from hmer_suite.specs.samples import LeftOut, SampleSet

BATCHES = 8
"""Batches of a part, so that batches can be made of samples of similar size."""

Readings = list[tuple[Hypothesis, ...]]
SamplesT = TypeVar("SamplesT", SampleSet, JoinedSamples)
SamplesT_co = TypeVar("SamplesT_co", SampleSet, JoinedSamples, covariant=True)


class FormulaSource(Protocol[SamplesT_co]):
    """Samples by their place, read when they are wanted.

    `passed_over` has what was found and is not among them. `place` names a sample in messages.
    """

    ids: tuple[str, ...]
    passed_over: tuple[LeftOut, ...]

    def samples(self, places: Sequence[int]) -> SamplesT_co:
        """The samples at these places, those that cannot be read in `left_out`."""

    def place(self, index: int) -> str:
        """The file of a sample, or its id."""


class Recognises(Protocol[SamplesT]):
    """What a job needs of a `Reader` or a `JointReader`."""

    def samples(self, inputs: Sequence[str], /) -> SamplesT: ...

    def samples_of_files(self, files: Sequence[FormulaFile], /) -> SamplesT: ...

    def read(
        self, samples: SamplesT, how: Decoding, /, *, batch_size: int, tick: Callable[[int], None]
    ) -> Readings: ...


class _Files(Generic[SamplesT]):
    """Files, opened part by part."""

    def __init__(self, reader: Recognises[SamplesT], inputs: Sequence[str], recursive: bool):
        listing = list_files(inputs, recursive)
        self._reader: Recognises[SamplesT] = reader
        self._files = listing.files
        self.ids = tuple(file.id for file in listing.files)
        self.passed_over = listing.passed_over

    def samples(self, places: Sequence[int]) -> SamplesT:
        return self._reader.samples_of_files([self._files[place] for place in places])

    def place(self, index: int) -> str:
        return self._files[index].place


class _DataSet(Generic[SamplesT]):
    """A data set, which is read as a whole."""

    def __init__(self, samples: SamplesT):
        self._samples: SamplesT = samples
        self.ids, self.passed_over = samples.ids, samples.left_out

    def samples(self, places: Sequence[int]) -> SamplesT:
        return _picked(self._samples, places)

    def place(self, index: int) -> str:
        return self.ids[index]


def _picked(samples: SamplesT, places: Sequence[int]) -> SamplesT:
    if isinstance(samples, JoinedSamples):
        return samples.pick(places)
    return pick(samples, places)


def open_source(
    reader: Recognises[SamplesT], inputs: Sequence[str], recursive: bool = False
) -> FormulaSource[SamplesT]:
    """The samples that `inputs` name; raises the errors of `hmer_suite.predict.inputs.read_inputs`."""
    if only_set(inputs):
        return _DataSet(reader.samples(inputs))
    return _Files(reader, inputs, recursive)


@dataclass(frozen=True, slots=True)
class Row:
    """The result for one sample: its readings, or the reason why it could not be read. `place` is for messages."""

    id: str
    place: str
    label: str = ""
    found: tuple[Hypothesis, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Part(Generic[SamplesT]):
    """Results of consecutive samples, in order, and of those that could be read the samples and readings."""

    rows: tuple[Row, ...]
    samples: SamplesT
    readings: Readings


@dataclass(frozen=True, slots=True)
class Job(Generic[SamplesT]):
    """Samples of a source that a recogniser reads, in parts of `part_size`."""

    reader: Recognises[SamplesT]
    source: FormulaSource[SamplesT]
    places: Sequence[int]
    how: Decoding
    batch_size: int

    @property
    def part_size(self) -> int:
        """Samples of a part; the last one may have fewer."""
        return BATCHES * self.batch_size

    @property
    def ids(self) -> list[str]:
        """Ids of the samples, in the order of the results."""
        return [self.source.ids[place] for place in self.places]

    def parts(self, done: int = 0, tick: Callable[[int], None] = lambda _: None) -> Iterator[Part[SamplesT]]:
        """The parts after the first `done` samples; `tick` is called with a number of samples done since."""
        for start in range(done, len(self.places), self.part_size):
            yield self._part(self.places[start : start + self.part_size], tick)

    def _part(self, places: Sequence[int], tick: Callable[[int], None]) -> Part[SamplesT]:
        samples = self.source.samples(places)
        tick(len(places) - len(samples))
        readings: Readings = []
        if len(samples):
            readings = self.reader.read(samples, self.how, batch_size=self.batch_size, tick=tick)
        read = {
            name: (label, found)
            for name, label, found in zip(samples.ids, samples.labels, readings, strict=True)
        }
        reasons = {left.id: left.reason for left in samples.left_out}
        rows = []
        for place in places:
            name = self.source.ids[place]
            label, found = read.get(name, ("", ()))
            problem = "" if name in read else reasons.get(name, "cannot be read")
            rows.append(Row(name, self.source.place(place), label, found, problem))
        return Part(tuple(rows), samples, readings)
