"""Rates with their intervals, as the tables of pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hmer_suite.report.page import RATES
from hmer_suite.scores.rates import Rates


@dataclass(frozen=True, slots=True)
class RateCell:
    """A rate with its 95 % interval, both in percent."""

    value: float
    low: float
    high: float


def rate_cells(rates: Rates, intervals: Mapping[str, tuple[float, float]]) -> dict[str, RateCell]:
    """The cells of a row, by the name of the rate, in the order of the tables."""
    return {rate: RateCell(getattr(rates, rate), *intervals[rate]) for rate in RATES}
