"""How sure a rate is, and whether two systems differ: bootstrap intervals and paired tests on counts.

Everything here resamples *samples* (whole expressions) and recomputes pooled rates from summed counts, so the
error rates keep their corpus-level meaning.

- Percentile bootstrap: B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993), ch. 13.
- Paired bootstrap test: the resampled differences, moved so that their mean is zero, are compared with the
  observed one; P. Koehn, "Statistical significance tests for machine translation evaluation" (EMNLP 2004), in
  the two-sided, centred form of Graham et al. (WMT 2014) that sacrebleu uses.
- Paired permutation (approximate randomisation, sign-flip) test: E. Noreen, "Computer-Intensive Methods for
  Testing Hypotheses" (1989); S. Riezler and J. Maxwell (ACL 2005 workshop on evaluation measures).
- McNemar's exact test: Q. McNemar (Psychometrika 1947), with the binomial distribution instead of chi-square.

The same seed, number of samples and settings give the same answer, whoever else is compared and however many
workers counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.scores.rates import RATE_PARTS, Counts, percent, total

if TYPE_CHECKING:
    import numpy as np

Interval = tuple[float, float]

_PARTS = tuple(dict.fromkeys(part for parts in RATE_PARTS.values() for part in parts))
"""The attributes of `Counts` that rates are made of: the columns of every matrix below."""

_CELLS = 1 << 16
"""So many sample indices are drawn at a time: they stay in the cache, and memory stays small."""

_TIE = 1e-9
"""Differences in percentage points closer than this are equal: a tie must not hang on a rounding error."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """Settings of every resampling method; ``level`` is the coverage of intervals in percent."""

    resamples: int = 1000
    permutations: int = 10_000
    seed: int = 12345
    level: float = 95.0

    def __post_init__(self) -> None:
        if self.resamples < 1 or self.permutations < 1:
            numbers = f"{self.resamples} and {self.permutations}"
            raise UsageError(f"need at least one resample and one permutation, got {numbers}")
        if not 0 < self.level < 100:
            raise UsageError(f"the level of an interval lies between 0 and 100 percent, got {self.level}")


DEFAULT = Resampling()


@dataclass(frozen=True, slots=True)
class PairedBootstrap:
    """Second system minus first in percentage points, its interval, and the two-sided p-value."""

    difference: float
    interval: Interval
    p: float


def intervals(counts: Sequence[Counts], plan: Resampling = DEFAULT) -> dict[str, Interval]:
    """Percentile interval of every rate, in percent: ``{"exprate": (low, high), ...}``."""
    return intervals_of({"": counts}, plan)[""]


def intervals_of(
    columns: Mapping[str, Sequence[Counts]], plan: Resampling = DEFAULT
) -> dict[str, dict[str, Interval]]:
    """`intervals` for several ways to count the same samples, drawing the resamples only once."""
    return {
        name: {rate: percentile_interval(values, plan.level) for rate, values in rates.items()}
        for name, rates in resampled_rates(columns, plan).items()
    }


def resampled_rates(
    columns: Mapping[str, Sequence[Counts]], plan: Resampling = DEFAULT
) -> dict[str, dict[str, np.ndarray]]:
    """Rates in percent of every resample, ``{column: {rate: array of shape (resamples,)}}``.

    All columns count the same samples and see the same resamples, which is what makes differences paired.
    Raises InputError without samples, PairingError when the columns differ in length.
    """
    import numpy as np

    matrix = np.concatenate([_matrix(counts) for counts in _same_length(columns).values()], axis=1)
    totals = _resampled_totals(matrix, plan)
    width = len(_PARTS)
    return {name: _rates(totals[:, at * width : (at + 1) * width]) for at, name in enumerate(columns)}


def paired_bootstrap(
    first: Sequence[Counts], second: Sequence[Counts], rate: str = "exprate", plan: Resampling = DEFAULT
) -> PairedBootstrap:
    """Compare two systems on the same samples by resampling the samples."""
    resampled = resampled_rates({"first": first, "second": second}, plan)
    observed = rate_of(second, rate) - rate_of(first, rate)
    return bootstrap_test(resampled["second"][rate] - resampled["first"][rate], observed, plan)


def bootstrap_test(differences: np.ndarray, observed: float, plan: Resampling = DEFAULT) -> PairedBootstrap:
    """The paired test on resampled differences that are there already."""
    extreme = int((abs(differences - differences.mean()) >= abs(observed) - _TIE).sum())
    return PairedBootstrap(
        observed, percentile_interval(differences, plan.level), (extreme + 1) / (len(differences) + 1)
    )


def paired_permutation(
    first: Sequence[Counts], second: Sequence[Counts], rate: str = "exprate", plan: Resampling = DEFAULT
) -> float:
    """Two-sided p-value of the sign-flip test: each sample's two results change places by a coin.

    Both systems must be counted on the same references (else PairingError), so that the difference of the
    rates is a sum over samples. Samples with the same absolute difference are flipped together: how many of
    them turn is binomial, so the work does not grow with the number of samples.
    """
    import numpy as np

    part, whole = _parts(rate)
    _same_references(first, second, whole)
    differences = _column(second, part) - _column(first, part)
    sizes, numbers = np.unique(np.abs(differences[differences != 0]), return_counts=True)
    generator = np.random.default_rng(plan.seed)
    sums = np.zeros(plan.permutations)
    for size, number in zip(sizes, numbers, strict=True):
        sums += size * (2.0 * generator.binomial(number, 0.5, plan.permutations) - number)
    extreme = int((np.abs(sums) >= abs(differences.sum())).sum())
    return (extreme + 1) / (plan.permutations + 1)


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p-value for two systems' expression rates, from the samples only one of them got right.

    This is what the sign-flip test on the expression rate tends to with ever more permutations.
    """
    number, fewer = only_first + only_second, min(only_first, only_second)
    term = tail = 1  # binomial coefficients, as exact integers
    for k in range(fewer):
        term = term * (number - k) // (k + 1)
        tail += term
    return min(1.0, 2 * tail / 2**number) if number else 1.0


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p-values of several tests; S. Holm, Scandinavian Journal of Statistics 6 (1979)."""
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return tuple(adjusted)


def percentile_interval(values: np.ndarray, level: float) -> Interval:
    """The middle ``level`` percent of resampled values: (low, high)."""
    import numpy as np

    low, high = np.percentile(values, [(100 - level) / 2, (100 + level) / 2])
    return float(low), float(high)


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
    import numpy as np

    return np.fromiter(map(attrgetter(part), counts), dtype=np.float64, count=len(counts))


def _matrix(counts: Sequence[Counts]) -> np.ndarray:
    """Counts as floats, shape (samples, parts); sums stay exact up to 2**53."""
    import numpy as np

    return np.stack([_column(counts, part) for part in _PARTS], axis=1)


def _resampled_totals(matrix: np.ndarray, plan: Resampling) -> np.ndarray:
    """Column sums of each resample, shape (resamples, columns).

    A resample draws as many samples as there are, with replacement. How often each was drawn is counted and
    multiplied with the matrix, for a block of resamples at a time: in single precision as long as no sum can
    leave the whole numbers it holds exactly, which is twice as fast and changes nothing.
    """
    import numpy as np

    samples = len(matrix)
    number = np.float32 if samples * matrix.max() < 2**24 else np.float64
    factors = matrix.astype(number)
    generator = np.random.default_rng(plan.seed)
    totals = np.empty((plan.resamples, matrix.shape[1]))
    block = max(1, _CELLS // samples)
    for start in range(0, plan.resamples, block):
        rows = min(block, plan.resamples - start)
        drawn = generator.integers(0, samples, (rows, samples), dtype=np.int32).astype(np.int64)
        drawn += np.arange(rows)[:, None] * samples
        times = np.bincount(drawn.ravel(), minlength=rows * samples).reshape(rows, samples)
        totals[start : start + rows] = times.astype(number) @ factors
    return totals


def _rates(totals: np.ndarray) -> dict[str, np.ndarray]:
    at = {part: totals[:, index] for index, part in enumerate(_PARTS)}
    return {rate: _percent(at[part], at[whole]) for rate, (part, whole) in RATE_PARTS.items()}


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """As `rates.percent`, for arrays."""
    import numpy as np

    return 100.0 * np.where(whole > 0, part / np.maximum(whole, 1), part > 0)
