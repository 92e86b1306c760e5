"""Small charts as inline SVG, coloured by the page's style sheet."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

BAR_WIDTH = 160
CURVE_WIDTH, CURVE_HEIGHT, MARGIN = 420, 200, 34
_POINTS = 200


def bar(value: float, most: float, interval: tuple[float, float] | None = None) -> Markup:
    """A bar of length *value* / *most* with a line for its *interval*; hidden from screen readers.

    The numbers are printed beside it.
    """
    length = BAR_WIDTH * min(1.0, value / most) if most > 0 else 0.0
    return Markup(
        '<svg class="bar" width="{0}" height="12" viewBox="0 0 {0} 12" aria-hidden="true">'
        '<rect class="track" width="{0}" height="12"/><rect class="value" width="{1:.1f}" height="12"/>{2}</svg>'
    ).format(BAR_WIDTH, length, _whisker(interval, most) if interval and most > 0 else "")


def _whisker(interval: tuple[float, float], most: float) -> Markup:
    low, high = (BAR_WIDTH * min(1.0, max(0.0, end / most)) for end in interval)
    return Markup('<path class="whisker" d="M{:.1f} 6H{:.1f}"/>').format(low, high)


def concentration_curve(edits: Sequence[int]) -> Markup:
    """Cumulative share of all edits against the share of wrong samples, those with the most edits first."""
    ranked = sorted((number for number in edits if number), reverse=True)
    if not ranked:
        return Markup("")
    points = _cumulative(ranked)
    width, height = CURVE_WIDTH - 2 * MARGIN, CURVE_HEIGHT - 2 * MARGIN
    line = " ".join(f"{MARGIN + x * width:.1f},{CURVE_HEIGHT - MARGIN - y * height:.1f}" for x, y in points)
    worst = f"the worst {_tenth(ranked):,} samples make {_share(ranked):.0f} %"
    summary = f"Of the {sum(ranked):,} token edits, {worst}."
    return Markup(
        '<svg class="curve" role="img" width="{w}" height="{h}" viewBox="0 0 {w} {h}" aria-label="{summary}">'
        '<path class="axis" d="M{m} {m}V{y}H{x}"/><path class="even" d="M{m} {y}L{x} {m}"/>'
        '<polyline class="line" points="{line}"/>'
        '<text x="{m}" y="{m}" dy="-8">share of all token edits, up to 100 %</text>'
        '<text x="{x}" y="{y}" dy="18" text-anchor="end">samples with errors, worst first: {number}</text>'
        '<text x="{x}" y="{y}" dx="-6" dy="-8" text-anchor="end">dashed: equally many edits in each</text></svg>'
    ).format(
        w=CURVE_WIDTH,
        h=CURVE_HEIGHT,
        m=MARGIN,
        x=CURVE_WIDTH - MARGIN,
        y=CURVE_HEIGHT - MARGIN,
        line=Markup(line),
        number=f"{len(ranked):,}",
        summary=summary,
    )


def _cumulative(ranked: Sequence[int]) -> list[tuple[float, float]]:
    """Points from (0, 0) to (1, 1), about 200 at most, dense at the beginning, where the curve bends."""
    whole, done, points = sum(ranked), 0, [(0.0, 0.0)]
    every = max(1, len(ranked) // _POINTS)
    for number, edits in enumerate(ranked, 1):
        done += edits
        if number <= 20 or number % every == 0 or number == len(ranked):
            points.append((number / len(ranked), done / whole))
    return points


def _tenth(ranked: Sequence[int]) -> int:
    return -(-len(ranked) // 10)


def _share(ranked: Sequence[int]) -> float:
    return 100.0 * sum(ranked[: _tenth(ranked)]) / sum(ranked)
