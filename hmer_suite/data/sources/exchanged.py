"""Exchanged ink as a data source: training formulas of CROHME, their symbols exchanged anew in each epoch.

``exchanged:PATH`` takes the training ink of CROHME (PATH as of ``crohme:PATH``) and gives each formula once an epoch,
with some symbols replaced by other writers' or renamed together with the label (`hmer_suite.ink.exchange`). Its
validation and test splits are those of ``crohme:PATH``, as they are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hmer_suite.data.ink_sets import InkRow, ink_set
from hmer_suite.data.samples import DataSourceSpec, LeftOut, SampleSet
from hmer_suite.data.sources import crohme
from hmer_suite.errors import InputError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.recogniser import Preprocessing

if TYPE_CHECKING:
    from hmer_suite.data.sources.crohme import InkSet
    from hmer_suite.ink.exchange import Exchange


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split; the training split is drawn anew for each epoch. See `hmer_suite.data.samples.DataSourceSpec`."""
    if split != "train":
        return crohme.load(argument, split, preprocessing)
    ink = ExchangedInk.of(argument)

    def redraw(seed: int, epoch: int) -> SampleSet:
        return ink_set(split, ink.rows(seed, epoch), preprocessing, ink.left_out)

    return replace(ink_set(split, ink.written(), preprocessing, ink.left_out), redraw=redraw)


@dataclass(frozen=True, slots=True, eq=False)
class ExchangedInk:
    """The training ink of CROHME with symbols exchanged."""

    kept: InkSet
    exchange: Exchange

    @classmethod
    def of(cls, argument: str) -> ExchangedInk:
        """The ink in the folder `argument`, as of ``crohme:PATH``.

        Raises:
            InputError: there is none, or it has no marked symbols.
        """
        from hmer_suite.ink.exchange import Exchange

        kept = crohme.load_ink(argument, "train")
        exchange = Exchange.of(kept.samples, kept.labels, [ink.source for ink in kept.inks])
        if not exchange.glyphs:
            raise InputError(f"{argument}: no symbols are marked in the training ink")
        return cls(kept, exchange)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Files that are of no use, and why."""
        return self.kept.left_out

    def written(self, prefix: str = "exchanged") -> Iterator[InkRow]:
        """The formulas as they were written: all tokens are in them, which a single epoch may lack."""
        for row in self.kept.rows():
            yield replace(row, id=f"{prefix}-{row.id}")

    def rows(self, seed: int, epoch: int, prefix: str = "exchanged") -> Iterator[InkRow]:
        """The formulas of an epoch; their ids are those of CROHME behind `prefix`."""
        rng = random.Random(f"exchanged {seed} {epoch}")
        for number, ink in enumerate(self.kept.inks):
            sample, label = self.exchange(number, rng)
            yield InkRow(f"{prefix}-{ink.id}", label, sample, ink.source)


SOURCE = DataSourceSpec(
    "exchanged", "CROHME's training ink with symbols exchanged anew each epoch: exchanged:FOLDER", load
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source."""
    return [SOURCE]
