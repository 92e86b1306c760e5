"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hmer_suite.scores.comparison_tables import comparison_tables, meanings_table
from hmer_suite.scores.tables import Cell, Part, Rate, Table, aligned, render, text_table

if TYPE_CHECKING:
    from hmer_suite.equiv.verdict import Verdict
    from hmer_suite.scores.comparison import Comparison
    from hmer_suite.scores.meaning import Semantics
    from hmer_suite.scores.results import Scores
    from hmer_suite.scores.validity import Validity


def table(rows: Sequence[Sequence[str]]) -> str:
    """A text table, the first row its heading; the first column is left-aligned, the others right-aligned."""
    return aligned(rows)


def score_text(scores: Scores) -> str:
    """Text that ``hmer-suite score`` prints."""
    return repr(scores)


def verdict_text(verdict: Verdict) -> str:
    """Text that ``hmer-suite equal`` prints, such as ``DIFFERENT (numeric): at x = 3/7``."""
    said = f"{verdict.verdict} ({verdict.reason or verdict.how})"
    at = ", ".join(f"{name} = {value}" for name, value in (verdict.witness or {}).items())
    return f"{said}: at {at}" if at else said


def validity_text(found: Validity) -> str:
    """Text that ``hmer-suite score`` prints without references."""
    lines = [f"{found['n']:,} predictions, {found['valid']:.2f} % valid LaTeX"]
    for edits, number in found["repair_edits"].items():
        lines.append(f"{number:,} made valid by {edits} edit{'s' if edits != '1' else ''}")
    return "\n".join(lines)


def validity_tables(found: Validity) -> tuple[Part, ...]:
    """Tables of what ``hmer-suite score`` finds without references."""
    rows: list[tuple[Cell, ...]] = [("predictions", found["n"]), ("valid, %", Rate(found["valid"]))]
    rows += [(f"made valid by {edits} edits", number) for edits, number in found["repair_edits"].items()]
    return (Table("validity", ("validity", ""), tuple(rows)),)


def comparison_text(result: Comparison) -> str:
    """Text that ``hmer-suite compare`` prints."""
    return render(comparison_tables(result), "text")


def meanings_text(found: Mapping[str, Semantics]) -> str:
    """A table of the verdicts on meaning of several systems."""
    return text_table(meanings_table(found))
