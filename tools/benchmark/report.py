"""What a benchmark found, and how the report shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line: a sample a round; or none, and a *note* that says why."""

    name: str
    unit: str
    samples: tuple[float, ...]
    note: str = ""

    @property
    def median(self) -> float | None:
        return median(self.samples) if self.samples else None

    def __str__(self) -> str:
        if not self.samples:
            return f"| {self.name} | | | not measured: {self.note} |"
        span = f"{figure(min(self.samples))} to {figure(max(self.samples))}" if len(self.samples) > 1 else ""
        return f"| {self.name} | **{figure(self.median)}** {self.unit} | {span} | {self.note} |"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that was wanted, with what was measured; None where it was not."""

    name: str
    measured: float | None
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        if self.measured is None:
            return False
        return self.measured >= self.least if self.most is None else self.measured <= self.most

    def __str__(self) -> str:
        wanted = f"at least {self.least:,}" if self.most is None else f"at most {self.most:,}"
        if self.measured is None:
            return f"| {self.name} | {wanted} | not measured | |"
        return f"| {self.name} | {wanted} | {figure(self.measured)} | {'yes' if self.met else '**no**'} |"


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the report, with the sentences above it and the goals that it decides."""

    title: str
    text: str
    rows: Sequence[Row]
    goals: Sequence[Goal] = ()


def ratio(above: Row, below: Row) -> float | None:
    """Quotient of two medians, None unless both were measured."""
    return above.median / below.median if above.samples and below.samples else None


def unmeasured(title: str, why: str) -> Section:
    """A section of which nothing could be measured."""
    return Section(title, f"Not measured: {why}.", ())


def figure(value: float) -> str:
    """Three digits, or all digits in front of the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def write(head: Sequence[str], sections: Sequence[Section]) -> str:
    """The report: its *head*, all goals in one table, then the sections."""
    goals = [str(goal) for section in sections for goal in section.goals]
    lines = [*head, "", "## Wanted", "", "| figure | wanted | measured | met |", "|---|---|---:|---|", *goals]
    for section in sections:
        lines += ["", f"## {section.title}", "", section.text]
        if section.rows:
            lines += ["", "| | median | range | |", "|---|---:|---:|---|", *map(str, section.rows)]
    return "\n".join(lines) + "\n"
