"""Token edit distance, and the one alignment that splits it into substitutions, deletions and insertions.

A *step* of an alignment is one character: ``=`` match, ``S`` substitution, ``D`` deletion (a reference token
that the prediction lacks), ``I`` insertion (a predicted token that the reference lacks).

**The documented alignment.** Several alignments can be equally cheap, and they may count S, D and I
differently. Ours is read from left to right: at every point take the first of

1. pair the next two tokens (match or substitution),
2. delete the next reference token,
3. insert the next predicted token,

that lies on a cheapest alignment of the remaining tokens. The rule leaves no choice, so the three counts are
properties of the two sequences and not of a library's version.

Distances come from rapidfuzz (bit-parallel and banded). Its own alignment breaks ties differently, so the rule is
followed here by asking, at every edit, for the distance between the suffixes that each choice would leave:
rapidfuzz answers while there are few edits, a table of all suffix distances where there are many. The table keeps
every sqrt(m)-th row and recomputes the rows between, so its memory is O(n sqrt(m)) for lengths n >= m.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import isqrt
from operator import ne
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MATCH, SUBSTITUTION, DELETION, INSERTION = "=", "S", "D", "I"

TABLE_EDITS = 100
"""Alignments with more edits than this read suffix distances from a table instead of asking rapidfuzz for each."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two token sequences with the steps that lead from the reference to the prediction."""

    prediction: tuple[str, ...]
    reference: tuple[str, ...]
    steps: str

    @property
    def substitutions(self) -> int:
        return self.steps.count(SUBSTITUTION)

    @property
    def deletions(self) -> int:
        return self.steps.count(DELETION)

    @property
    def insertions(self) -> int:
        return self.steps.count(INSERTION)

    @property
    def distance(self) -> int:
        """Edit distance: everything that is not a match."""
        return len(self.steps) - self.steps.count(MATCH)

    def pairs(self) -> Iterator[tuple[str, str | None, str | None]]:
        """Yield (step, reference token or None, predicted token or None) from left to right."""
        reference, prediction = iter(self.reference), iter(self.prediction)
        for step in self.steps:
            yield (
                step,
                None if step == INSERTION else next(reference),
                None if step == DELETION else next(prediction),
            )


def edit_distance(prediction: Sequence[str], reference: Sequence[str]) -> int:
    """Levenshtein distance, every edit costing 1, between two token lists or two strings."""
    return 0 if prediction == reference else _levenshtein()(prediction, reference)


def edit_counts(prediction: Sequence[str], reference: Sequence[str]) -> tuple[int, int, int]:
    """Substitutions, deletions and insertions of the documented alignment, without building it.

    D - I is the difference of the lengths and S + D + I the distance, so that one more number decides. Where
    the distance exceeds that difference by at most one, no deletion can meet an insertion and it is known
    already (three of four wrong predictions in practice); only the others are aligned.
    """
    distance = edit_distance(prediction, reference)
    surplus = len(prediction) - len(reference)
    spare = distance - abs(surplus)
    if spare > 1:
        spare = _steps(prediction, reference, distance).count(SUBSTITUTION)
    deletions = (distance - spare - surplus) // 2
    return spare, deletions, deletions + surplus


def align(prediction: Sequence[str], reference: Sequence[str]) -> Alignment:
    """Align a prediction with its reference by the rule in this module's docstring."""
    prediction, reference = tuple(prediction), tuple(reference)
    steps = _steps(prediction, reference, edit_distance(prediction, reference))
    return Alignment(prediction, reference, steps)


@cache
def _levenshtein() -> Callable[[Sequence[str], Sequence[str]], int]:
    from rapidfuzz.distance import Levenshtein  # its package takes 60 ms to import

    return Levenshtein.distance


def _steps(prediction: Sequence[str], reference: Sequence[str], distance: int) -> str:
    """Steps of the documented alignment, given the distance of the two sequences."""
    if distance == abs(len(prediction) - len(reference)):
        return _skip(prediction, reference)
    if len(prediction) == len(reference) and sum(map(ne, prediction, reference)) == distance:
        return "".join(map(_pair, prediction, reference))  # pairing every token is cheapest, and comes first
    if distance > TABLE_EDITS:
        return _walk(prediction, reference, distance, _SuffixDistances(prediction, reference))
    return _walk(prediction, reference, distance, lambda i, j: edit_distance(prediction[j:], reference[i:]))


def _pair(ours: str, theirs: str) -> str:
    return MATCH if ours == theirs else SUBSTITUTION


def _walk(
    prediction: Sequence[str],
    reference: Sequence[str],
    distance: int,
    remaining: Callable[[int, int], int],
) -> str:
    """Follow the rule; ``remaining(i, j)`` is the distance between ``reference[i:]`` and ``prediction[j:]``.

    A match always lies on a cheapest alignment, so only edits need asking.
    """
    steps: list[str] = []
    i = j = 0
    while distance > abs(len(prediction) - j - len(reference) + i):
        while prediction[j] == reference[i]:
            steps.append(MATCH)
            i, j = i + 1, j + 1
        distance -= 1
        if remaining(i + 1, j + 1) == distance:
            steps.append(SUBSTITUTION)
            i, j = i + 1, j + 1
        elif remaining(i + 1, j) == distance:
            steps.append(DELETION)
            i += 1
        else:
            steps.append(INSERTION)
            j += 1
    return "".join(steps) + _skip(prediction[j:], reference[i:])


def _skip(prediction: Sequence[str], reference: Sequence[str]) -> str:
    """Steps where one sequence contains the other as a subsequence: match as early as possible, else skip."""
    step = INSERTION if len(prediction) > len(reference) else DELETION
    longer, shorter = (prediction, reference) if step == INSERTION else (reference, prediction)
    waiting = iter(shorter)
    wanted = next(waiting, None)
    steps = []
    for token in longer:
        if token == wanted:
            steps.append(MATCH)
            wanted = next(waiting, None)
        else:
            steps.append(step)
    return "".join(steps)


class _SuffixDistances:
    """Distances between all suffixes of two sequences, asked for from left to right.

    Row r holds the distances between the shorter sequence from r on and every suffix of the longer one. The rows of
    one block are in memory; the last row of every block is kept to recompute the rows above it.
    """

    def __init__(self, prediction: Sequence[str], reference: Sequence[str]):
        import numpy as np

        self._by_prediction = len(prediction) < len(reference)  # whether the prediction is the shorter one
        shorter, longer = (prediction, reference) if self._by_prediction else (reference, prediction)
        numbers: dict[str, int] = {}
        codes = [numbers.setdefault(token, len(numbers)) for token in longer]
        self._longer = np.array(codes, np.int32)
        self._shorter = [numbers.get(token, -1) for token in shorter]
        self._places = np.arange(len(longer) + 1, dtype=np.int32)
        self._block = isqrt(len(shorter)) + 1
        row = self._places[::-1].copy()
        self._kept = {len(shorter): row}
        for at in reversed(range(len(shorter))):
            row = self._above(row, at)
            if at % self._block == 0:
                self._kept[at] = row
        self._load(0)

    def __call__(self, i: int, j: int) -> int:
        """Distance between ``reference[i:]`` and ``prediction[j:]``."""
        row, column = (j, i) if self._by_prediction else (i, j)
        if row - self._start >= len(self._rows):
            self._load(row)
        return int(self._rows[row - self._start][column])

    def _load(self, row: int) -> None:
        """Load the block of rows that ends at or after `row`, and begins before it."""
        self._start = max(0, (row - 1) // self._block * self._block)
        end = min(self._start + self._block, len(self._shorter))
        rows = [self._kept[end]]
        for at in reversed(range(self._start, end)):
            rows.append(self._above(rows[-1], at))
        self._rows = rows[::-1]

    def _above(self, below: np.ndarray, at: int) -> np.ndarray:
        """Row `at` of the table from the row below it."""
        import numpy as np

        row = below + 1  # drop a token of the shorter sequence
        np.minimum(row[:-1], below[1:] + (self._longer != self._shorter[at]), out=row[:-1])  # or pair it
        row += self._places  # or drop tokens of the longer one, each for 1: a running minimum from the right
        np.minimum.accumulate(row[::-1], out=row[::-1])
        row -= self._places
        return row
