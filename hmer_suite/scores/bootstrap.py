"""Bootstrap intervals of rates, and paired tests of the difference between two systems.

Resampling draws whole samples (expressions) and recomputes pooled rates from summed counts, so error rates keep
their corpus-level meaning.

- Percentile bootstrap: B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993), ch. 13.
- Paired bootstrap test: the resampled differences, centred on zero, are compared with the observed one;
  P. Koehn, "Statistical significance tests for machine translation evaluation" (EMNLP 2004), in
  the two-sided, centred form of Graham et al. (WMT 2014) that sacrebleu uses.
- Paired permutation (approximate randomisation, sign-flip) test: E. Noreen, "Computer-Intensive Methods for
  Testing Hypotheses" (1989); S. Riezler and J. Maxwell (ACL 2005 workshop on evaluation measures).
- McNemar's exact test: Q. McNemar (Psychometrika 1947), with the binomial distribution instead of chi-square.

Results depend only on the samples in their order, the seed and the settings, not on which other systems are compared or
how many workers counted. Whoever has ids puts the samples in their order first (`in_order_of_ids`): the order of the
lines of a file then changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.scores.rates import RATE_PARTS, Counts, percent, total

Interval = tuple[float, float]

_PARTS = tuple(dict.fromkeys(part for parts in RATE_PARTS.values() for part in parts))
"""Attributes of `Counts` that rates are computed from: the columns of every matrix below."""

_CELLS = 1 << 16
"""Sample indices drawn at a time: few enough to stay in the cache."""

_TIE = 1e-9
"""Differences in percentage points closer than this count as equal, so that rounding decides no tie."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """Settings of all resampling methods; ``level`` is the coverage of intervals in percent."""

    resamples: int = 1000
    permutations: int = 10_000
    seed: int = 12345
    level: float = 95.0

    def __post_init__(self) -> None:
        if self.resamples < 1 or self.permutations < 1:
            numbers = f"{self.resamples} and {self.permutations}"
            raise UsageError(f"need at least one resample and one permutation, got {numbers}")
        if not 0 < self.level < 100:
            raise UsageError(f"the level of an interval must lie between 0 and 100 percent, got {self.level}")


DEFAULT = Resampling()


@dataclass(frozen=True, slots=True)
class PairedBootstrap:
    """Difference of two systems (second minus first) in percentage points, its interval, and the two-sided p-value."""

    difference: float
    interval: Interval
    p: float


def in_order_of_ids(ids: Sequence[str], counts: Sequence[Counts]) -> list[Counts]:
    """Counts of the samples *ids*, sorted by id."""
    return [counts[index] for index in sorted(range(len(ids)), key=ids.__getitem__)]


def intervals(counts: Sequence[Counts], resampling: Resampling = DEFAULT) -> dict[str, Interval]:
    """Percentile interval of every rate, in percent: ``{"exprate": (low, high), ...}``."""
    return intervals_of({"": counts}, resampling)[""]


def intervals_of(
    columns: Mapping[str, Sequence[Counts]], resampling: Resampling = DEFAULT
) -> dict[str, dict[str, Interval]]:
    """`intervals` of several columns of counts of the same samples, drawing the resamples only once."""
    return {
        name: {rate: percentile_interval(values, resampling.level) for rate, values in rates.items()}
        for name, rates in resampled_rates(columns, resampling).items()
    }


def resampled_rates(
    columns: Mapping[str, Sequence[Counts]], resampling: Resampling = DEFAULT
) -> dict[str, dict[str, np.ndarray]]:
    """Rates in percent of every resample, ``{column: {rate: array of shape (resamples,)}}``.

    All columns count the same samples and see the same resamples, which makes their differences paired.
    Raises InputError without samples, PairingError if the columns differ in length.
    """
    matrix = np.concatenate([_matrix(counts) for counts in _same_length(columns).values()], axis=1)
    totals = _resampled_totals(matrix, resampling)
    width = len(_PARTS)
    return {name: _rates(totals[:, at * width : (at + 1) * width]) for at, name in enumerate(columns)}


def paired_bootstrap(
    first: Sequence[Counts], second: Sequence[Counts], rate: str = "exprate", resampling: Resampling = DEFAULT
) -> PairedBootstrap:
    """Compare two systems on the same samples by resampling the samples."""
    resampled = resampled_rates({"first": first, "second": second}, resampling)
    observed = rate_of(second, rate) - rate_of(first, rate)
    return bootstrap_test(resampled["second"][rate] - resampled["first"][rate], observed, resampling)


def bootstrap_test(
    differences: np.ndarray, observed: float, resampling: Resampling = DEFAULT
) -> PairedBootstrap:
    """Paired bootstrap test from resampled differences and the observed one, all in percentage points."""
    extreme = int((abs(differences - differences.mean()) >= abs(observed) - _TIE).sum())
    return PairedBootstrap(
        observed, percentile_interval(differences, resampling.level), (extreme + 1) / (len(differences) + 1)
    )


def paired_permutation(
    first: Sequence[Counts], second: Sequence[Counts], rate: str = "exprate", resampling: Resampling = DEFAULT
) -> float:
    """Two-sided p-value of the sign-flip test: each sample's two results are exchanged with probability 1/2.

    Both systems must be counted on the same references (else PairingError), so that the difference of the
    rates is a sum over samples. Samples with the same absolute difference are flipped together: the number
    flipped is binomial, so the work does not grow with the number of samples.
    """
    part, whole = _parts(rate)
    _same_references(first, second, whole)
    differences = _column(second, part) - _column(first, part)
    sizes, numbers = np.unique(np.abs(differences[differences != 0]), return_counts=True)
    generator = np.random.default_rng(resampling.seed)
    sums = np.zeros(resampling.permutations)
    for size, number in zip(sizes, numbers, strict=True):
        sums += size * (2.0 * generator.binomial(number, 0.5, resampling.permutations) - number)
    extreme = int((np.abs(sums) >= abs(differences.sum())).sum())
    return (extreme + 1) / (resampling.permutations + 1)


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p-value for two systems' expression rates, from the samples only one of them got right.

    The sign-flip test on the expression rate converges to it with the number of permutations.
    """
    number, fewer = only_first + only_second, min(only_first, only_second)
    term = tail = 1  # binomial coefficients, as exact integers
    for k in range(fewer):
        term = term * (number - k) // (k + 1)
        tail += term
    return min(1.0, 2 * tail / 2**number) if number else 1.0


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """P-values adjusted for several tests; S. Holm, Scandinavian Journal of Statistics 6 (1979)."""
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return tuple(adjusted)


def percentile_interval(values: np.ndarray, level: float) -> Interval:
    """Interval (low, high) of the middle ``level`` percent of resampled values."""
    low, high = np.percentile(values, [(100 - level) / 2, (100 + level) / 2])
    return float(low), float(high)


def interval_json(interval: Interval) -> list[float]:
    """The interval as JSON: two numbers with two decimals."""
    return [round(value, 2) for value in interval]


def rate_of(counts: Sequence[Counts], rate: str) -> float:
    """One pooled rate in percent."""
    part, whole = _parts(rate)
    corpus = total(counts)
    return percent(getattr(corpus, part), getattr(corpus, whole))


def _parts(rate: str) -> tuple[str, str]:
    if rate not in RATE_PARTS:
        raise UsageError(f"unknown rate {rate!r}: known are {', '.join(RATE_PARTS)}")
    return RATE_PARTS[rate]


def _same_length(columns: Mapping[str, Sequence[Counts]]) -> Mapping[str, Sequence[Counts]]:
    lengths = {name: len(counts) for name, counts in columns.items()}
    if len(set(lengths.values())) > 1:
        raise PairingError(f"not the same samples: {lengths}")
    if not lengths or not next(iter(lengths.values())):
        raise InputError("nothing to resample: there are 0 samples")
    return columns


def _same_references(first: Sequence[Counts], second: Sequence[Counts], whole: str) -> None:
    if len(first) != len(second):
        raise PairingError(f"not the same samples: {len(first)} against {len(second)}")
    size = attrgetter(whole)
    for index, (ours, theirs) in enumerate(zip(first, second, strict=True)):
        if size(ours) != size(theirs):
            raise PairingError(
                f"sample {index} has {size(ours)} {whole.replace('_', ' ')} for one system "
                f"and {size(theirs)} for the other"
            )


def _column(counts: Sequence[Counts], part: str) -> np.ndarray:
    return np.fromiter(map(attrgetter(part), counts), dtype=np.float64, count=len(counts))


def _matrix(counts: Sequence[Counts]) -> np.ndarray:
    """Counts as float64, shape (samples, parts); sums are exact up to 2**53."""
    return np.stack([_column(counts, part) for part in _PARTS], axis=1)


def _resampled_totals(matrix: np.ndarray, resampling: Resampling) -> np.ndarray:
    """Column sums of each resample, shape (resamples, columns).

    A resample draws as many samples as there are, with replacement. The number of times each distinct row was drawn is
    multiplied with those rows, for a block of resamples at a time: in single precision where every sum is a whole
    number that float32 holds exactly, which is twice as fast and gives the same totals.
    """
    samples = len(matrix)
    precision: type[np.float32 | np.float64] = np.float32 if samples * matrix.max() < 2**24 else np.float64
    distinct, place = _distinct_rows(matrix)
    factors: npt.NDArray[Any] = distinct.astype(precision)
    kinds = len(factors)
    generator = np.random.default_rng(resampling.seed)
    totals = np.empty((resampling.resamples, matrix.shape[1]))
    block = max(1, _CELLS // samples)
    for start in range(0, resampling.resamples, block):
        rows = min(block, resampling.resamples - start)
        drawn = place[generator.integers(0, samples, (rows, samples), dtype=np.int32)]
        drawn += np.arange(rows)[:, None] * kinds
        times = np.bincount(drawn.ravel(), minlength=rows * kinds).reshape(rows, kinds)
        totals[start : start + rows] = times.astype(precision) @ factors
    return totals


def _distinct_rows(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct rows of a matrix of whole numbers, and for every row its index among them.

    Many samples have few counts: a million fit into the cache once equal ones are put together. Rows are told apart by
    a hash, as sorting whole rows takes longer than all draws; should two rows share one, none are put together.
    """
    _, first, place = np.unique(_hashes(matrix), return_index=True, return_inverse=True)
    distinct = matrix[first]
    if not np.array_equal(distinct[place], matrix):
        return matrix, np.arange(len(matrix))
    return distinct, place


def _hashes(matrix: np.ndarray) -> npt.NDArray[np.uint64]:
    factors = np.random.default_rng(0).integers(1, 2**63, matrix.shape[1], dtype=np.uint64)
    return matrix.astype(np.uint64) @ factors


def _rates(totals: np.ndarray) -> dict[str, np.ndarray]:
    at = {part: totals[:, index] for index, part in enumerate(_PARTS)}
    return {rate: _percent(at[part], at[whole]) for rate, (part, whole) in RATE_PARTS.items()}


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """`rates.percent` for arrays."""
    return 100.0 * np.where(whole > 0, part / np.maximum(whole, 1), part > 0)
