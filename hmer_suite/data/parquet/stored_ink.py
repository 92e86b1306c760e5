"""Ink in the rows of our own files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from hmer_suite.errors import InputError
from hmer_suite.lazy_sequence import LazySequence
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import InkSample, Mark


@dataclass(frozen=True, slots=True, eq=False)
class StoredInks(LazySequence[InkSample]):
    """The ink of each row of a table.

    `points` (m, 2) are those of all traces, which begin and end at `ends`; `counts` (n,) are numbers of traces,
    `first` (n + 1,) the index of each row's first trace. Messages begin with `where`.
    """

    where: str
    points: np.ndarray
    ends: np.ndarray
    counts: np.ndarray
    first: np.ndarray
    units: np.ndarray
    marks: list[str]

    @classmethod
    def of(cls, where: str, table: pa.Table) -> StoredInks:
        """The ink in a table with the columns of ink.

        Raises:
            InputError: it is not as `write_set` writes it.
        """
        rows = table["ink"].combine_chunks()
        traces = rows.flatten()
        lengths, counts = traces.value_lengths().to_numpy(False), rows.value_lengths().to_numpy(False)
        marks, units = table["marks"].to_pylist(), table["unit"].to_numpy()
        nulls = rows.null_count or traces.null_count or traces.flatten().null_count or None in marks
        whole = not nulls and counts.all() and lengths.all() and not (lengths % 2).any() and (units > 0).all()
        if not whole:
            raise InputError(f"{where} holds ink that hmer-suite did not write")
        return cls(
            where,
            points=traces.flatten().to_numpy().reshape(-1, 2),
            ends=np.concatenate([[0], np.cumsum(lengths // 2)]),
            counts=counts,
            first=np.concatenate([[0], np.cumsum(counts)]),
            units=units,
            marks=marks,
        )

    def __len__(self) -> int:
        return len(self.counts)

    def item(self, index: int) -> InkSample:
        ends = self.ends[self.first[index] : self.first[index + 1] + 1].tolist()
        traces = tuple(self.points[start:end] for start, end in pairwise(ends))
        return InkSample(traces, float(self.units[index]), self._marks_of(index))

    def _marks_of(self, index: int) -> tuple[Mark, ...]:
        try:
            return tuple(
                Mark(name, tuple(traces), token) for name, traces, token in json.loads(self.marks[index])
            )
        except (ValueError, TypeError) as error:
            raise InputError(f"{self.where}: marks that hmer-suite did not write ({error})") from None


@dataclass(frozen=True, slots=True, eq=False)
class RefittedInks(LazySequence[InkSample]):
    """Ink in pixels of images that were refitted (`hmer_suite.images.files.refit`).

    `before` and `after` (n, 2) are the images' heights and widths.
    """

    inks: StoredInks
    before: np.ndarray
    after: np.ndarray
    have: Preprocessing
    want: Preprocessing

    def __len__(self) -> int:
        return len(self.inks)

    def item(self, index: int) -> InkSample:
        ink, before = self.inks[index], self.before[index][::-1]
        margin = self.have.padding if (before > 2 * self.have.padding).all() else 0
        inner = self.after[index][::-1] - 2 * self.want.padding
        factor = inner / (before - 2 * margin)
        traces = tuple(
            ((trace - margin) * factor + self.want.padding).astype(np.float32) for trace in ink.traces
        )
        return InkSample(traces, ink.unit * float(np.sqrt(factor.prod())), ink.marks)
