"""Calibration of confidences on the page: reliability diagram, and accuracy against coverage.

C. Guo et al., "On calibration of modern neural networks" (ICML 2017), section 2; selective reading as in Y. Geifman and
R. El-Yaniv, "Selective classification for deep neural networks" (NIPS 2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from hmer_suite.report.chart import Frame, Line, line_chart
from hmer_suite.scores.results import Scores

BINS = 10
SHARES = (100, 90, 80, 70, 50, 25, 10)
"""Intervals of confidence, and percentages of the readings in the table of coverage."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Calibration of the *n* readings of one system.

    `error` is the expected calibration error in percent, `bins` are (mean confidence, accuracy, readings) of each
    interval, `curve` and `kept` (share of the most confident readings, accuracy, and for `kept` the least confidence),
    in percent.
    """

    name: str
    n: int
    error: float
    bins: Sequence[tuple[float, float, int]]
    curve: Sequence[tuple[float, float]]
    kept: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True)
class ConfidenceSection:
    """Calibration of all systems that have confidences, and its two charts."""

    systems: tuple[Reliability, ...]
    diagram: Markup
    coverage: Markup
    shares: tuple[int, ...] = SHARES


def confidence_section(
    systems: Mapping[str, Scores], confidences: Mapping[str, Mapping[str, float]]
) -> ConfidenceSection | None:
    """Calibration of *systems*, a reading being right if it is in canonical spelling; None without any confidence."""
    found = []
    for name, scores in systems.items():
        known = confidences.get(name, {})
        readings = [(known[s.id], s.canonical.exact > 0) for s in scores.samples if s.id in known]
        if readings:
            found.append(reliability(name, readings))
    if not found:
        return None
    return ConfidenceSection(tuple(found), _diagram(found), _coverage_chart(found))


def reliability(name: str, readings: Sequence[tuple[float, bool]]) -> Reliability:
    """Calibration of readings, each with its confidence from 0 to 1 and whether it was right."""
    ranked = sorted(readings, key=lambda reading: -reading[0])
    bins = _bins(readings)
    error = sum(number * abs(said - right) for said, right, number in bins) / len(readings)
    kept = tuple(_kept(ranked, share) for share in SHARES)
    return Reliability(name, len(readings), 100 * error, bins, _coverage(ranked), kept)


_PERCENT = (0.0, 100.0)


def _diagram(systems: Sequence[Reliability]) -> Markup:
    perfect = Line("perfect", [(0, 0), (100, 100)], 7, dashed=True)
    lines = [
        Line(one.name, [(100 * said, 100 * right) for said, right, _ in one.bins], place, dots=True)
        for place, one in enumerate(systems)
    ]
    said = "; ".join(
        f"{one.name}, confidence {100 * said:.0f} %: {100 * right:.0f} % of {n} right"
        for one in systems
        for said, right, n in one.bins
    )
    return line_chart(
        Frame("Reliability", "confidence, %", "right, %", _PERCENT, _PERCENT), [perfect, *lines], said
    )


def _coverage_chart(systems: Sequence[Reliability]) -> Markup:
    frame = Frame(
        "Accuracy of the most confident", "share of the readings, %", "right, %", _PERCENT, _PERCENT
    )
    said = "; ".join(
        f"{one.name}: of the most confident {share} % {right:.1f} % are right"
        for one in systems
        for share, right, _ in one.kept
    )
    return line_chart(frame, [Line(one.name, one.curve, n) for n, one in enumerate(systems)], said)


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
