"""Token edit distance, and the one alignment that splits it into substitutions, deletions and insertions.

A *step* of an alignment is one character: ``=`` match, ``S`` substitution, ``D`` deletion (a reference token
that the prediction lacks), ``I`` insertion (a predicted token that the reference lacks).

**The documented alignment.** Several alignments can be equally cheap, and they may count S, D and I
differently. Ours is read from left to right: at every point take the first of

1. pair the next two tokens (match or substitution),
2. delete the next reference token,
3. insert the next predicted token,

that lies on a cheapest alignment of what is left. Nothing else is left to chance, so the three counts are
properties of the two sequences and not of a library's version.

Distances come from rapidfuzz (bit-parallel and banded). Its own alignment breaks ties differently, therefore
the alignment is found here: with few edits by asking for the distance of what each choice would leave, and
with many by walking back through the whole table. The table is held in the bit vectors of Hyyrö, "A
bit-vector algorithm for computing Levenshtein and Damerau edit distances", Nordic Journal of Computing 10
(2003): one Python integer is a whole row, so a row costs a dozen operations whatever its length. A large
table keeps its rows only at checkpoints and recomputes the others block by block: memory grows with the
square root of the shorter sequence times an eighth of a byte per token of the longer one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import isqrt
from operator import ne

MATCH, SUBSTITUTION, DELETION, INSERTION = "=", "S", "D", "I"

WALK_EDITS = 24
"""Up to so many edits an alignment is found by asking for distances, beyond that with the bit vectors."""

TABLE_BITS = 1 << 26
"""Tables of up to so many cells keep every row in memory (two bits each, 16 MB), larger ones checkpoints."""

NUMPY_BITS = 1 << 12
"""From so many tokens on, numpy builds the match masks: setting bits one by one would be quadratic."""


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


def _pair(ours: str, theirs: str) -> str:
    return MATCH if ours == theirs else SUBSTITUTION


def _steps(prediction: Sequence[str], reference: Sequence[str], distance: int) -> str:
    """Steps of the rule; four ways to the same answer, of which the cheapest that applies is taken."""
    if distance == abs(len(prediction) - len(reference)):
        return _skip(prediction, reference)
    if len(prediction) == len(reference) and sum(map(ne, prediction, reference)) == distance:
        return "".join(map(_pair, prediction, reference))  # to pair everything is cheapest, and comes first
    if distance <= WALK_EDITS:
        return _walk(prediction, reference, distance)
    return _trimmed(prediction, reference)


def _walk(prediction: Sequence[str], reference: Sequence[str], distance: int) -> str:
    """Follow the rule, asking at every edit for the distance of what would be left.

    A match is always on a cheapest path, so that only edits need asking.
    """
    steps: list[str] = []
    i = j = 0
    while distance > abs(len(prediction) - j - len(reference) + i):
        while prediction[j] == reference[i]:
            steps.append(MATCH)
            i, j = i + 1, j + 1
        distance -= 1
        if edit_distance(prediction[j + 1 :], reference[i + 1 :]) == distance:
            steps.append(SUBSTITUTION)
            i, j = i + 1, j + 1
        elif edit_distance(prediction[j:], reference[i + 1 :]) == distance:
            steps.append(DELETION)
            i += 1
        else:
            steps.append(INSERTION)
            j += 1
    return "".join(steps) + _skip(prediction[j:], reference[i:])


def _trimmed(prediction: Sequence[str], reference: Sequence[str]) -> str:
    """The common prefix, the core, and what follows once one side of the core is used up.

    Matching a common prefix is always on a cheapest path, and comes first. A common suffix leaves the
    distances within the core as they are, and so every decision there; once one side of the core is used up,
    the other side's rest is skipped, and each token of the suffix matched as soon as it can be.
    """
    start, end = _common_ends(prediction, reference)
    core = _core_steps(_cut(prediction, start, end), _cut(reference, start, end)).rstrip(DELETION + INSERTION)
    rest_of_prediction = prediction[start + len(core) - core.count(DELETION) :]
    rest_of_reference = reference[start + len(core) - core.count(INSERTION) :]
    return MATCH * start + core + _skip(rest_of_prediction, rest_of_reference)


def _common_ends(prediction: Sequence[str], reference: Sequence[str]) -> tuple[int, int]:
    """Lengths of the common prefix and of the common suffix, which do not overlap."""
    shorter = min(len(prediction), len(reference))
    start = 0
    while start < shorter and prediction[start] == reference[start]:
        start += 1
    end = 0
    while end < shorter - start and prediction[-1 - end] == reference[-1 - end]:
        end += 1
    return start, end


def _cut(tokens: Sequence[str], start: int, end: int) -> Sequence[str]:
    return tokens[start : len(tokens) - end]


def _skip(prediction: Sequence[str], reference: Sequence[str]) -> str:
    """Steps where the shorter sequence is contained in the longer: match as soon as possible, else skip."""
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


# ---------------------------------------------------------------------------------------- the bit vectors
#
# The table below is that of the two sequences reversed, so that walking it back from its last cell reads the
# originals from left to right. The longer sequence lies along the bits, the shorter one gives the rows.
# A row keeps two integers: `crossing` has the cells where pairing two tokens is *not* on a cheapest path, and
# `along` those of them where the rule takes a step along the bits; the rest of them leave the row.


@dataclass(frozen=True, slots=True)
class _Table:
    """What stays fixed while the rows are computed."""

    masks: Callable[[str], int]
    width: int
    deletes_along: bool

    def rows(self, texts: Sequence[str], state: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
        """Yield (crossing, along, positive, negative) for each row, from the state before the first.

        ``positive`` and ``negative`` hold the differences between neighbouring cells of a row, +1 and -1.
        """
        full = (1 << self.width) - 1
        positive, negative = state
        for token in texts:
            equal = self.masks(token)
            same = ((((equal & positive) + positive) ^ positive) | equal | negative) & full
            up = negative | (full ^ (same | positive))
            down = same & positive
            crossing = same & ~equal
            shifted = ((up << 1) | 1) & full
            negative_next = same & shifted
            positive_next = ((down << 1) & full) | (full ^ (same | shifted))
            # Deletion comes before insertion: a step along the bits is taken when it is a deletion on a
            # cheapest path, or when it is an insertion and the deletion across the row is on none.
            along = crossing & (positive_next if self.deletes_along else ~up)
            yield crossing, along, positive_next, negative_next
            positive, negative = positive_next, negative_next


def _core_steps(prediction: Sequence[str], reference: Sequence[str]) -> str:
    """Steps of the rule for two sequences, neither of them empty, without regard to what surrounds them."""
    deletes_along = len(reference) > len(prediction)
    longer, shorter = (reference, prediction) if deletes_along else (prediction, reference)
    bits, texts = longer[::-1], shorter[::-1]
    table = _Table(_masks(bits), len(bits), deletes_along)
    along_step, across_step = (DELETION, INSERTION) if deletes_along else (INSERTION, DELETION)
    steps: list[str] = []
    column, row = len(bits), len(texts)
    for crossing, along in _rows_backwards(table, texts):
        stop = (~along & ((1 << column) - 1)).bit_length()
        steps.append(along_step * (column - stop))
        column = stop
        if not column:
            break
        row -= 1
        if crossing >> (column - 1) & 1:
            steps.append(across_step)
        else:
            column -= 1
            steps.append(_pair(bits[column], texts[row]))
    steps.append(across_step * row + along_step * column)
    return "".join(steps)


def _rows_backwards(table: _Table, texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield (crossing, along) from the last row to the first, keeping few rows when the table is large."""
    rows = len(texts)
    block = rows if rows * table.width <= TABLE_BITS else isqrt(rows) + 1
    state = ((1 << table.width) - 1, 0)
    checkpoints = [state]
    before_last_block = texts[: rows - 1 - (rows - 1) % block]
    for number, (*_, positive, negative) in enumerate(table.rows(before_last_block, state), 1):
        if number % block == 0:
            checkpoints.append((positive, negative))
    for index in reversed(range(len(checkpoints))):
        part = texts[index * block : (index + 1) * block]
        kept = [(crossing, along) for crossing, along, *_ in table.rows(part, checkpoints.pop())]
        yield from reversed(kept)


def _masks(bits: Sequence[str]) -> Callable[[str], int]:
    """A function from a token to the integer with a 1 wherever ``bits`` holds it."""
    if len(bits) >= NUMPY_BITS:
        return _numpy_masks(bits)
    table: dict[str, int] = {}
    flag = 1
    for token in bits:
        table[token] = table.get(token, 0) | flag
        flag <<= 1
    return lambda token: table.get(token, 0)


def _numpy_masks(bits: Sequence[str]) -> Callable[[str], int]:
    import numpy as np

    numbers: dict[str, int] = {}
    coded = np.array([numbers.setdefault(token, len(numbers)) for token in bits])

    def mask(token: str) -> int:
        number = numbers.get(token)
        if number is None:
            return 0
        return int.from_bytes(np.packbits(coded == number, bitorder="little").tobytes(), "little")

    return mask
