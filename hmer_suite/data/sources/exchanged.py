"""Exchanged ink as a data source: training formulas of CROHME, their symbols exchanged anew in each epoch.

``exchanged:PATH`` takes the training ink of CROHME (PATH as of ``crohme:PATH``) and gives each formula once an epoch,
with some symbols replaced by other writers' or renamed together with the label (`hmer_suite.handwriting.exchange`). Its
validation and test splits are those of ``crohme:PATH``, as they are. ``exchanged:PATH,0.3`` also gives three in ten
formulas a braced part of another one in the same role (`hmer_suite.handwriting.exchanged_parts`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.data.sources import crohme
from hmer_suite.errors import InputError, UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, LeftOut, SampleSet

if TYPE_CHECKING:
    from hmer_suite.data.sources.crohme import CrohmeSplit
    from hmer_suite.handwriting.exchange import Exchange


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split; the training split is drawn anew for each epoch. See `hmer_suite.specs.samples.DataSourceSpec`."""
    if split != "train":
        return crohme.load(_parse(argument)[0], split, preprocessing)
    ink = ExchangedInk.of(argument)

    def redraw(seed: int, epoch: int) -> SampleSet:
        return ink_set(split, ink.rows(seed, epoch), preprocessing, ink.left_out)

    return replace(ink_set(split, ink.written(), preprocessing, ink.left_out), redraw=redraw)


def _parse(argument: str) -> tuple[str, float]:
    """The folder, whose name may hold commas itself, and the share of formulas with exchanged parts."""
    path, comma, share = argument.rpartition(",")
    if not comma or not re.fullmatch(r"\d*\.?\d+", share):
        return argument, 0.0
    if not 0 <= float(share) <= 1:
        raise UsageError(f"exchanged:{argument}: the share of exchanged parts is at most 1")
    return path, float(share)


@dataclass(frozen=True, slots=True, eq=False)
class ExchangedInk:
    """The training ink of CROHME with symbols exchanged."""

    kept: CrohmeSplit
    exchange: Exchange

    @classmethod
    def of(cls, argument: str) -> ExchangedInk:
        """The ink in the folder of ``PATH[,SHARE]``, as of ``crohme:PATH``.

        Raises:
            InputError: there is none, or it has no marked symbols.
            UsageError: the share of formulas with exchanged parts is above 1.
        """
        from hmer_suite.handwriting.exchange import Exchange, Rates

        path, parts = _parse(argument)
        kept = crohme.load_ink(path, "train")
        exchange = Exchange.of(
            kept.samples, kept.labels, [ink.source for ink in kept.inks], Rates(parts=parts)
        )
        if not exchange.strokes:
            raise InputError(f"{path}: no symbols are marked in the training ink")
        return cls(kept, exchange)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Files that are of no use, and why."""
        return self.kept.left_out

    def written(self, prefix: str = "exchanged") -> Iterator[LabelledInk]:
        """The formulas as they were written: all tokens are in them, which a single epoch may lack."""
        for row in self.kept.rows():
            yield replace(row, id=f"{prefix}-{row.id}")

    def rows(self, seed: int, epoch: int, prefix: str = "exchanged") -> Iterator[LabelledInk]:
        """The formulas of an epoch; their ids are those of CROHME behind `prefix`."""
        rng = random.Random(f"exchanged {seed} {epoch}")
        for number, ink in enumerate(self.kept.inks):
            sample, label = self.exchange(number, rng)
            yield LabelledInk(f"{prefix}-{ink.id}", label, sample, ink.source)


SOURCE = DataSourceSpec(
    "exchanged", "CROHME's training ink with symbols exchanged anew each epoch: exchanged:FOLDER", load
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source."""
    return [SOURCE]
