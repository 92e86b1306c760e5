"""Comparison of several systems on one test set: rates with intervals, pairwise tests, wins and losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np

from hmer_suite.errors import PairingError, UsageError
from hmer_suite.scores.bootstrap import (
    DEFAULT,
    Interval,
    PairedBootstrap,
    Resampling,
    bootstrap_test,
    holm,
    in_order_of_ids,
    interval_json,
    mcnemar,
    paired_permutation,
    percentile_interval,
    rate_of,
    resampled_rates,
)
from hmer_suite.scores.errors_by_kind import Concentration, concentration
from hmer_suite.scores.rates import Counts, Rates, total

TESTED = ("exprate", "wer")
"""Rates whose differences are tested."""

SCHEMA = "compare-1"
"""Version of the JSON document: the name of its schema in ``hmer_suite/schemas``."""


@dataclass(frozen=True, slots=True)
class SystemScores:
    """Rates of one system, with their intervals in percent."""

    name: str
    rates: Rates
    intervals: Mapping[str, Interval]
    concentration: Concentration

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            **self.rates.to_json(),
            "confidence": {rate: interval_json(interval) for rate, interval in self.intervals.items()},
            "concentration": self.concentration.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """Difference of two systems (second minus first) in one rate, in percentage points, with its p-values.

    ``_holm`` values are adjusted for testing every pair of systems in this rate; ``p_mcnemar`` is None but for exprate.
    """

    rate: str
    difference: float
    interval: Interval
    p_bootstrap: float
    p_bootstrap_holm: float
    p_permutation: float
    p_permutation_holm: float
    p_mcnemar: float | None

    def to_json(self) -> dict[str, object]:
        p_values = {name: value for name, value in asdict(self).items() if name.startswith("p_")}
        return {
            "rate": self.rate,
            "difference": round(self.difference, 2),
            "interval": interval_json(self.interval),
            **{name: None if value is None else float(f"{value:.3g}") for name, value in p_values.items()},
        }


@dataclass(frozen=True, slots=True)
class SystemPair:
    """Tests between two systems, and the ids of samples that only one of them gets right."""

    first: str
    second: str
    tests: tuple[Difference, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "first": self.first,
            "second": self.second,
            "tests": [test.to_json() for test in self.tests],
            "only_first": list(self.only_first),
            "only_second": list(self.only_second),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Systems in the order given, every pair of them, and how many samples all and none of them get right."""

    n: int
    systems: tuple[SystemScores, ...]
    pairs: tuple[SystemPair, ...]
    all_right: int
    none_right: int
    resampling: Resampling

    def to_json(self) -> dict[str, object]:
        return {
            "schema": SCHEMA,
            "n": self.n,
            "systems": [system.to_json() for system in self.systems],
            "pairs": [pair.to_json() for pair in self.pairs],
            "all_right": self.all_right,
            "none_right": self.none_right,
            "resampling": asdict(self.resampling),
        }


def compare(
    ids: Sequence[str], systems: Mapping[str, Sequence[Counts]], resampling: Resampling = DEFAULT
) -> Comparison:
    """Compare the per-sample counts of at least two systems on the same references; the order of *ids* is free.

    Raises UsageError for fewer than two systems, PairingError if the systems were not counted on the same
    references, InputError if there are no samples.
    """
    _check(ids, systems)
    resampled = resampled_rates(
        {name: in_order_of_ids(ids, counts) for name, counts in systems.items()}, resampling
    )
    right = [sum(sample.exact for sample in results) for results in zip(*systems.values(), strict=True)]
    return Comparison(
        n=len(ids),
        systems=tuple(
            _row(name, ids, counts, resampled[name], resampling) for name, counts in systems.items()
        ),
        pairs=_pairs(ids, systems, resampled, resampling),
        all_right=right.count(len(systems)),
        none_right=right.count(0),
        resampling=resampling,
    )


def _check(ids: Sequence[str], systems: Mapping[str, Sequence[Counts]]) -> None:
    if len(systems) < 2:
        raise UsageError(f"a comparison needs at least two systems, got {len(systems)}")
    first_name, first = next(iter(systems.items()))
    for name, counts in systems.items():
        if len(counts) != len(ids):
            raise PairingError(f"{name}: {len(counts)} samples for {len(ids)} ids")
        for sample, ours, theirs in zip(ids, counts, first, strict=True):
            if ours.reference_tokens != theirs.reference_tokens:
                raise PairingError(
                    f"{name}: the reference of {sample} has {ours.reference_tokens} tokens, "
                    f"for {first_name} it has {theirs.reference_tokens}"
                )


def _row(
    name: str,
    ids: Sequence[str],
    counts: Sequence[Counts],
    resampled: Mapping[str, np.ndarray],
    resampling: Resampling,
) -> SystemScores:
    intervals = {rate: percentile_interval(values, resampling.level) for rate, values in resampled.items()}
    return SystemScores(name, Rates.of(total(counts)), intervals, concentration(ids, counts))


def _pairs(
    ids: Sequence[str],
    systems: Mapping[str, Sequence[Counts]],
    resampled: Mapping[str, Mapping[str, np.ndarray]],
    resampling: Resampling,
) -> tuple[SystemPair, ...]:
    names = list(combinations(systems, 2))
    tests = {rate: _tests(rate, names, systems, resampled, resampling) for rate in TESTED}
    return tuple(
        SystemPair(
            first,
            second,
            tuple(tests[rate][index] for rate in TESTED),
            _only_right(ids, systems[first], systems[second]),
            _only_right(ids, systems[second], systems[first]),
        )
        for index, (first, second) in enumerate(names)
    )


def _only_right(ids: Sequence[str], ours: Sequence[Counts], theirs: Sequence[Counts]) -> tuple[str, ...]:
    return tuple(name for name, a, b in zip(ids, ours, theirs, strict=True) if a.exact and not b.exact)


def _tests(
    rate: str,
    names: Sequence[tuple[str, str]],
    systems: Mapping[str, Sequence[Counts]],
    resampled: Mapping[str, Mapping[str, np.ndarray]],
    resampling: Resampling,
) -> list[Difference]:
    """Tests of one rate for all pairs: one family for Holm's correction."""
    rates = {name: rate_of(counts, rate) for name, counts in systems.items()}
    bootstraps: list[PairedBootstrap] = [
        bootstrap_test(
            resampled[second][rate] - resampled[first][rate], rates[second] - rates[first], resampling
        )
        for first, second in names
    ]
    permutations = [
        paired_permutation(systems[first], systems[second], rate, resampling) for first, second in names
    ]
    bootstraps_holm = holm([test.p for test in bootstraps])
    permutations_holm = holm(permutations)
    return [
        Difference(
            rate=rate,
            difference=bootstraps[index].difference,
            interval=bootstraps[index].interval,
            p_bootstrap=bootstraps[index].p,
            p_bootstrap_holm=bootstraps_holm[index],
            p_permutation=permutations[index],
            p_permutation_holm=permutations_holm[index],
            p_mcnemar=_exact_p(systems[first], systems[second]) if rate == "exprate" else None,
        )
        for index, (first, second) in enumerate(names)
    ]


def _exact_p(first: Sequence[Counts], second: Sequence[Counts]) -> float:
    only_first = sum(a.exact and not b.exact for a, b in zip(first, second, strict=True))
    only_second = sum(b.exact and not a.exact for a, b in zip(first, second, strict=True))
    return mcnemar(only_first, only_second)
