"""Results of the benchmark, and their report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tools.reports.markdown import Cell, page, section, table


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line: a sample per round; or none, and a `note` that says why."""

    name: str
    unit: str
    samples: tuple[float, ...]
    note: str = ""

    @property
    def median(self) -> float | None:
        """The median of the samples; None where there are none."""
        return median(self.samples) if self.samples else None

    def cells(self) -> tuple[Cell, ...]:
        """The line of the report's table."""
        if self.median is None:
            return (self.name, "", "", f"not measured: {self.note}")
        several = len(self.samples) > 1
        span = f"{figure(min(self.samples))} to {figure(max(self.samples))}" if several else ""
        return (self.name, f"**{figure(self.median)}** {self.unit}", span, self.note)


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal with the measured figure, None where it was not measured.

    The figure is to be at least `least`, or at most `most`; one of the two is given.
    """

    name: str
    measured: float | None
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the goal was reached; never where it was not measured."""
        if self.measured is None:
            return False
        above = self.least is None or self.measured >= self.least
        return above and (self.most is None or self.measured <= self.most)

    def cells(self) -> tuple[Cell, ...]:
        """The line of the report's table."""
        wanted = f"at least {self.least:,}" if self.most is None else f"at most {self.most:,}"
        if self.measured is None:
            return (self.name, wanted, "not measured", "")
        return (self.name, wanted, figure(self.measured), "yes" if self.met else "**no**")


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the report, with the sentences above it and the goals that it decides."""

    title: str
    text: str
    rows: Sequence[Row]
    goals: Sequence[Goal] = ()

    def markdown(self) -> str:
        """The section of the report."""
        rows = table(["", "median", "range", ""], [row.cells() for row in self.rows]) if self.rows else ""
        return section(self.title, self.text, rows)


def ratio(above: Row, below: Row) -> float | None:
    """Quotient of two medians; None unless both were measured."""
    if above.median is None or below.median is None:
        return None
    return above.median / below.median


def unmeasured(title: str, why: str) -> Section:
    """A section in which nothing could be measured."""
    return Section(title, f"Not measured: {why}.", ())


def figure(value: float) -> str:
    """The value with three digits, or with all digits before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def write(command: str, head: str, sections: Sequence[Section]) -> str:
    """The report: paragraph `head`, all goals in one table, then the sections."""
    goals = [goal.cells() for part in sections for goal in part.goals]
    return page(
        "Speed",
        command,
        head,
        section("Goals", table(["figure", "goal", "measured", "met"], goals)),
        *(part.markdown() for part in sections),
    )
