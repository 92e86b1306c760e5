"""Exchanged ink as a data source: training formulas of CROHME, their symbols exchanged anew in each epoch.

``exchanged:PATH`` takes the training ink of CROHME (PATH as in ``crohme:PATH``) and has each formula once an epoch,
with some symbols replaced by other writers' or renamed together with the label (`hmer_suite.handwriting.exchange`). Its
validation and test splits are those of ``crohme:PATH``, unchanged. ``exchanged:PATH,0.3`` also replaces a braced part
in three of ten formulas by one of the same role (`hmer_suite.handwriting.exchanged_parts`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.data.ink_split import InkSplit
from hmer_suite.data.sources import crohme
from hmer_suite.errors import InputError, UsageError
from hmer_suite.handwriting.exchange import Exchange, Rates
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, LeftOut, SampleSet


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split; the training split is drawn anew for each epoch. See `hmer_suite.specs.samples.DataSourceSpec`."""
    if split != "train":
        return crohme.load(_parse(argument)[0], split, preprocessing)
    ink = ExchangedInk.of(argument)

    def redraw(seed: int, epoch: int) -> SampleSet:
        return ink_set(split, ink.samples(seed, epoch), preprocessing, ink.left_out)

    return replace(ink_set(split, ink.originals(), preprocessing, ink.left_out), redraw=redraw)


def _parse(argument: str) -> tuple[str, float]:
    """The folder, which may hold commas itself, and the share of formulas with exchanged parts."""
    path, comma, share = argument.rpartition(",")
    if not comma or not re.fullmatch(r"\d*\.?\d+", share):
        return argument, 0.0
    if not 0 <= float(share) <= 1:
        raise UsageError(f"exchanged:{argument}: the share of exchanged parts is at most 1")
    return path, float(share)


@dataclass(frozen=True, slots=True, eq=False)
class ExchangedInk:
    """The training ink of CROHME with symbols exchanged."""

    written: InkSplit
    exchange: Exchange

    @classmethod
    def of(cls, argument: str) -> ExchangedInk:
        """The ink of ``PATH[,SHARE]``, PATH as in ``crohme:PATH``.

        Raises:
            InputError: there is no such ink, or it has no marked symbols.
            UsageError: the share of formulas with exchanged parts is above 1.
        """
        path, parts = _parse(argument)
        written = crohme.load_ink(path, "train")
        exchange = Exchange.of(
            written.samples, written.labels, [ink.source for ink in written.inks], Rates(parts=parts)
        )
        if not exchange.strokes:
            raise InputError(f"{path}: no symbols are marked in the training ink")
        return cls(written, exchange)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Files that could not be used, and why."""
        return self.written.left_out

    def originals(self, prefix: str = "exchanged") -> Iterator[LabelledInk]:
        """The formulas as they were written; unlike those of a single epoch, they have all tokens."""
        for sample in self.written.labelled_inks():
            yield replace(sample, id=f"{prefix}-{sample.id}")

    def samples(self, seed: int, epoch: int, prefix: str = "exchanged") -> Iterator[LabelledInk]:
        """The formulas of an epoch; their ids are those of CROHME after `prefix` and a hyphen."""
        rng = random.Random(f"exchanged {seed} {epoch}")
        for number, ink in enumerate(self.written.inks):
            sample, label = self.exchange(number, rng)
            yield LabelledInk(f"{prefix}-{ink.id}", label, sample, ink.source)


SOURCE = DataSourceSpec(
    "exchanged", "CROHME's training ink with symbols exchanged anew each epoch: exchanged:FOLDER", load
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
