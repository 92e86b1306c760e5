"""Print by several makers in several fonts as a data source: ``--data print-mix:FORMULAS.txt[,N[,SEED[,LONGEST]]]``.

The argument is that of ``printed`` (`hmer_suite.data.sources.printed`). Each formula is drawn in some of the faces that
are installed (`hmer_suite.printing.faces`); these drawings are cached. In each epoch of training one of them is taken,
degraded as pictures of print are met (`hmer_suite.images.degrade`), and brought to the network as any picture is
(`hmer_suite.images.photo`), all of it a function of seed, epoch and formula. Makers that are not installed are named on
stderr and left out.

``print-mix-synthetic:N[,SEED[,LONGEST]]`` are N formulas of the weighted grammar, drawn the same way.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hmer_suite.data.sources.printed import formula_lines, printed_set, require_drawn, synthetic_lines
from hmer_suite.errors import BlankError, UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.images.files import EncodedImages, encode_png
from hmer_suite.printing.cache import FormulaLine, PrintJob
from hmer_suite.printing.faces import Face, available_faces
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, LeftOut, SampleSet

FACES_EACH = 3
"""Faces in which each formula is drawn, chosen by their weights."""

_SHOWN = 0, 0
"""The seed and epoch whose pictures descriptions and validation see: they need not be drawn twice by default."""

_MOST_PIXELS = 10**7
"""Area of the largest drawing in the cache."""


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """One split; see `hmer_suite.specs.samples.DataSourceSpec`."""
    file, lines = formula_lines("print-mix", argument, split)
    return _mixed(PrintMix.of(split, file.stem, lines, _faces()), file, preprocessing)


def load_synthetic(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """Formulas of the weighted grammar; formula i does not depend on how many there are."""
    name = "print-mix-synthetic"
    mix = PrintMix.of(split, name, synthetic_lines(name, argument, split), _faces())
    return _mixed(mix, Path(name), preprocessing)


def _faces() -> list[Face]:
    """The faces that are installed; the others are named on stderr."""
    faces, missing = available_faces()
    if not faces:
        raise UsageError(f"print-mix: no maker of print is installed ({'; '.join(missing)})")
    for line in missing:
        print(f"print-mix: without {line}", file=sys.stderr)
    return faces


def _mixed(mix: PrintMix, file: Path, preprocessing: Preprocessing) -> SampleSet:
    require_drawn(mix.ids, mix.left_out, file)
    last: list[tuple[tuple[int, int], SampleSet]] = []

    def redraw(seed: int, epoch: int) -> SampleSet:
        # An epoch is asked for more than once: to plan its batches, and to read them.
        if not last or last[0][0] != (seed, epoch):
            last[:] = [((seed, epoch), mix.pictures(seed, epoch, preprocessing))]
        return last[0][1]

    return replace(redraw(*_SHOWN), redraw=redraw)


@dataclass(frozen=True, slots=True, eq=False)
class PrintMix:
    """Formulas with the drawings of each: `drawings[i]` are those of formula i, each with its face."""

    split: str
    source: str
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    drawings: tuple[tuple[tuple[Face, Callable[[], np.ndarray]], ...], ...]
    left_out: tuple[LeftOut, ...]

    @classmethod
    def of(cls, split: str, source: str, lines: Sequence[FormulaLine], faces: Sequence[Face]) -> PrintMix:
        """The formulas drawn in their faces, or taken from the cache."""
        found: dict[str, list[tuple[Face, Callable[[], np.ndarray]]]] = {}
        labels: dict[str, str] = {}
        reasons: dict[str, str] = {}
        for face, places in zip(faces, places_of_faces(len(lines), faces), strict=True):
            chosen = [lines[place] for place in places]
            have = Preprocessing(face.symbol_height, max_pixels=_MOST_PIXELS, padding=0, pen=False)
            drawn = printed_set(PrintJob(split, f"{source}-{face.name}", chosen, have, face.printer))
            for place, (name, label) in enumerate(zip(drawn.ids, drawn.labels, strict=True)):
                labels[name] = label
                found.setdefault(name, []).append((face, _Item(drawn.images, place)))
            reasons |= {entry.id: entry.reason for entry in drawn.left_out}
        ids = tuple(line.id for line in lines if line.id in found)
        left_out = tuple(LeftOut(name, reason) for name, reason in reasons.items() if name not in found)
        drawings = tuple(tuple(found[name]) for name in ids)
        return cls(split, source, ids, tuple(labels[name] for name in ids), drawings, left_out)

    def pictures(self, seed: int, epoch: int, preprocessing: Preprocessing) -> SampleSet:
        """The formulas of an epoch, each in one of its faces, degraded and normalised as print, whatever the pen."""
        preprocessing = replace(preprocessing, pen=False)
        images = [self._picture(place, seed, epoch, preprocessing) for place in range(len(self.ids))]
        return SampleSet(
            split=self.split,
            ids=self.ids,
            labels=self.labels,
            sizes=np.array([shape for _, shape in images], np.int32).reshape(-1, 2),
            images=EncodedImages([file for file, _ in images], self.ids),
            sources=(self.source,) * len(self.ids),
            left_out=self.left_out,
        )

    def _picture(
        self, place: int, seed: int, epoch: int, preprocessing: Preprocessing
    ) -> tuple[bytes, tuple[int, ...]]:
        """A PNG file, and the height and width of its image."""
        # They load OpenCV, which commands that only list data sources do not need.
        from hmer_suite.images.degrade import degraded
        from hmer_suite.images.photo import normalise

        rng = np.random.default_rng([seed, epoch, place, _STREAM])
        choice = self.drawings[place]
        face, drawing = choice[int(rng.integers(len(choice)))]
        ink = drawing()
        try:
            image = normalise(degraded(ink, face.symbol_height, rng), preprocessing, self.ids[place])
        except BlankError:
            # With a margin: dots that touch the edge of a picture are taken for dirt.
            image = normalise(255 - np.pad(ink, face.symbol_height), preprocessing, self.ids[place])
        return encode_png(image), image.shape


_STREAM = 4
"""Stream of random numbers of mixed print."""


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """One item of a sequence, computed when it is asked for."""

    items: Sequence[np.ndarray]
    place: int

    def __call__(self) -> np.ndarray:
        return self.items[self.place]


def places_of_faces(count: int, faces: Sequence[Face]) -> list[list[int]]:
    """For each face, the places of the formulas that are drawn in it, of `count`."""
    each = min(FACES_EACH, len(faces))
    weights = np.array([face.weight for face in faces])
    found: list[list[int]] = [[] for _ in faces]
    for place in range(count):
        rng = np.random.default_rng([place, _STREAM])
        for number in rng.choice(len(faces), each, replace=False, p=weights / weights.sum()):
            found[number].append(place)
    return found


SOURCE = DataSourceSpec(
    "print-mix", "Print by several makers, drawn anew in each epoch; PATH[,N[,SEED[,LONGEST]]].", load
)

SYNTHETIC_SOURCE = DataSourceSpec(
    "print-mix-synthetic",
    "Formulas of the weighted grammar, drawn by several makers; N[,SEED[,LONGEST]].",
    load_synthetic,
    ("train",),
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The sources of this module."""
    return [SOURCE, SYNTHETIC_SOURCE]
