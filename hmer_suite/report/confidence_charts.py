"""Calibration of confidences on the page: reliability diagram, and accuracy against coverage.

C. Guo et al., "On calibration of modern neural networks" (ICML 2017), section 2; selective reading as in Y. Geifman and
R. El-Yaniv, "Selective classification for deep neural networks" (NIPS 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from hmer_suite.report.chart import Frame, Line, line_chart

BINS = 10
SHARES = (100, 90, 80, 70, 50, 25, 10)
"""Intervals of confidence, and percentages of the readings in the table of coverage."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Calibration of *n* readings: charts, expected calibration error in percent, and the table of coverage.

    Rows of `kept` are (share of the readings, accuracy, least confidence), all in percent.
    """

    n: int
    error: float
    diagram: Markup
    coverage: Markup
    kept: tuple[tuple[int, float, float], ...]


def reliability(readings: Sequence[tuple[float, bool]]) -> Reliability:
    """Calibration of readings, each with its confidence from 0 to 1 and whether it was right."""
    ranked = sorted(readings, key=lambda reading: -reading[0])
    bins = _bins(readings)
    error = sum(number * abs(said - right) for said, right, number in bins) / len(readings)
    curve = _coverage(ranked)
    kept = tuple(_kept(ranked, share) for share in SHARES)
    percent = (0.0, 100.0)
    diagram = line_chart(
        Frame("Reliability", "confidence, %", "right, %", percent, percent),
        [
            Line("perfect", [(0, 0), (100, 100)], 7, dashed=True),
            Line("readings", [(100 * said, 100 * right) for said, right, _ in bins], dots=True),
        ],
        "; ".join(
            f"confidence {100 * said:.0f} %: {100 * right:.0f} % of {n} right" for said, right, n in bins
        ),
    )
    coverage = line_chart(
        Frame("Accuracy of the most confident", "share of the readings, %", "right, %", percent, percent),
        [Line("readings", curve)],
        "; ".join(f"of the most confident {share} % {right:.1f} % are right" for share, right, _ in kept),
    )
    return Reliability(len(readings), 100 * error, diagram, coverage, kept)


def _bins(readings: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Mean confidence, accuracy and number of readings of each interval that has any."""
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for said, right in readings:
        groups[min(BINS - 1, int(BINS * said))].append((said, right))
    return [
        (
            sum(said for said, _ in group) / len(group),
            sum(right for _, right in group) / len(group),
            len(group),
        )
        for group in groups
        if group
    ]


def _coverage(ranked: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    found, right = [], 0
    for number, (_, is_right) in enumerate(ranked, 1):
        right += is_right
        found.append((100 * number / len(ranked), 100 * right / number))
    return found


def _kept(ranked: Sequence[tuple[float, bool]], share: int) -> tuple[int, float, float]:
    number = max(1, round(share * len(ranked) / 100))
    return share, 100 * sum(right for _, right in ranked[:number]) / number, 100 * ranked[number - 1][0]
