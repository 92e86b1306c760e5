"""The tables of a comparison: systems with marks of significance, tests of every pair, wins and losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hmer_suite.scores.comparison import Comparison
from hmer_suite.scores.meaning import Semantics
from hmer_suite.scores.score_tables import INTERVAL, RATES, TITLES, rate_cells
from hmer_suite.scores.tables import Cell, Part, Rate, Span, Table

LEVELS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
"""Levels of significance with their marks, the smallest first."""


def comparison_tables(result: Comparison) -> Iterator[Part]:
    """The tables of a comparison, and remarks."""
    yield _systems(result)
    yield "\n".join(_remarks(result))
    yield _tests(result)
    yield _wins(result)
    yield _wins_table(result)


def marks(p: float) -> str:
    """Marks of a p-value: ``*``, ``**`` or ``***`` below 0.05, 0.01 and 0.001."""
    return next((mark for level, mark in LEVELS if p < level), "")


def _systems(result: Comparison) -> Table:
    """Systems with their rates; marks tell where one differs from the first."""
    first = result.systems[0].name
    against = {pair.second: pair.tests for pair in result.pairs if pair.first == first}
    rows: list[tuple[Cell, ...]] = []
    for system in result.systems:
        signs = {test.rate: marks(test.p_permutation_holm) for test in against.get(system.name, ())}
        rows.append((system.name, *rate_cells(system.rates, signs), Span.of(system.intervals["exprate"])))
    return Table("systems", ("system", *(TITLES[rate] for rate in RATES), INTERVAL), tuple(rows))


def _remarks(result: Comparison) -> Iterator[str]:
    yield (
        f"*, **, ***: differs from {result.systems[0].name} at p < 0.05, 0.01, 0.001 (paired permutation test of "
        "ExpRate and WER, Holm-corrected)"
    )
    yield from (f"{s.name}: {s.concentration.remark}" for s in result.systems if s.concentration.remark)


def _tests(result: Comparison) -> Table:
    head = (
        "second minus first",
        "rate",
        "difference",
        "95 % interval",
        "p bootstrap",
        "p permutation",
        "p (Holm)",
    )
    rows: list[tuple[Cell, ...]] = []
    for pair in result.pairs:
        for test in pair.tests:
            p_values = (test.p_bootstrap, test.p_permutation, test.p_permutation_holm)
            difference = Rate(test.difference, signed=True, marks=marks(test.p_permutation_holm))
            interval = Span.of(test.interval, signed=True)
            names = (f"{pair.second} - {pair.first}", test.rate)
            rows.append((*names, difference, interval, *(Rate(p, 4) for p in p_values)))
    return Table("tests", head, tuple(rows), keys=2)


def _sides(result: Comparison) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """A system, another one, and the ids that only the former gets right."""
    for pair in result.pairs:
        yield pair.first, pair.second, pair.only_first
        yield pair.second, pair.first, pair.only_second


def _wins(result: Comparison) -> str:
    lines = [f"right in all systems: {result.all_right:,}; in none: {result.none_right:,} of {result.n:,}"]
    for name, other, ids in _sides(result):
        shown = ", ".join(ids[:6]) + (", ..." if len(ids) > 6 else "")
        lines.append(f"only {name} right, not {other}: {len(ids):,}  {shown}")
    return "\n".join(lines)


def _wins_table(result: Comparison) -> Table:
    rows = tuple((name, other, len(ids)) for name, other, ids in _sides(result))
    return Table("wins", ("only this right", "not", "samples"), rows, keys=2, extra=True)


def meanings_table(found: Mapping[str, Semantics]) -> Table:
    """The verdicts on meaning of several systems."""
    rows = tuple(
        (name, one.equal, one.different, one.undecided, Span(Rate(one.rate), Rate(one.rate_upper), "to"))
        for name, one in found.items()
    )
    return Table("meaning", ("meaning", "EQUAL", "DIFFERENT", "UNDECIDED", "means the same, %"), rows)
