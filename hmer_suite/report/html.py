"""Reports as one self-contained HTML page: nothing is fetched, no script runs, formulas are MathML.

`write_score_report` and `write_compare_report` write ``index.html`` into a folder; `score_page` and
`compare_page` are pure functions that return the page.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hmer_suite.equiv.verdict import EQUAL, UNDECIDED
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.report.score_samples import (
    DrawnFormula,
    DrawnSample,
    InvalidPrediction,
    draw_sample,
    draw_token,
    explain_invalid,
)
from hmer_suite.report.svg import bar, concentration_curve
from hmer_suite.scores.comparison import Comparison, Difference, SystemPair
from hmer_suite.scores.errors_by_kind import SampleGroup
from hmer_suite.scores.rates import RATE_PARTS, Rates
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample
from hmer_suite.version import __version__

WORST = 40
"""Most samples drawn of those with the most edits."""

RESPELT = 40
"""Most samples drawn of those that mean the same but are spelt differently."""

INVALID = 40
"""Most invalid predictions explained."""

WINS = 15
"""Most samples drawn of those that only one system of a pair gets right, for each of the two."""

LISTED = 500
"""Most ids listed in one place."""

RATES = {
    "exprate": ("ExpRate", "samples without a token error"),
    "le1": ("≤ 1", "samples with at most one token error"),
    "le2": ("≤ 2", "samples with at most two token errors"),
    "le3": ("≤ 3", "samples with at most three token errors"),
    "wer": ("WER", "token edits, in percent of all reference tokens"),
    "cer": ("CER", "character edits, in percent of all reference characters"),
    "valid": ("valid", "predictions that are valid LaTeX"),
}
"""Heading and meaning of each rate, in the order of the tables."""

BLOCKS = {
    "raw": "token sequences exactly as given",
    "canonical": "both sides in canonical spelling",
    "repaired": "predictions repaired first, both sides in canonical spelling",
}

STRUCTURE = {
    "exprate": "structure and all symbols right",
    "structure_rate": "structure right, whatever the symbols",
    "le1": "at most one label-graph error",
    "le2": "at most two label-graph errors",
    "le3": "at most three label-graph errors",
    "symbol_recall": "symbols found",
    "symbol_precision": "predicted symbols that are right",
    "relation_recall": "relations found",
    "relation_precision": "predicted relations that are right",
}

KINDS = {
    "lookalike": "a symbol for one that looks like it",
    "symbol": "a symbol for another",
    "missing": "a symbol left out",
    "added": "a symbol added",
    "structure": "structure",
}


@dataclass(frozen=True, slots=True)
class RateCell:
    """A rate with its 95 % interval, both in percent."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ExclusiveWins:
    """Samples that system `right` gets right and system `wrong` gets wrong, `total` of them.

    `samples` are drawn with the wrong answer; `ids` are those not drawn.
    """

    right: str
    wrong: str
    total: int
    samples: tuple[DrawnSample, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A table of groups of samples: caption, heading of its first column, rows, and the WER of the longest bar."""

    caption: str
    heading: str
    groups: Sequence[SampleGroup]
    longest: float


def write_score_report(scores: Scores, directory: str | Path, *, title: str = "predictions") -> Path:
    """Write the report on one prediction file to ``directory/index.html`` and return that path.

    Raises:
        InputError: the folder or the page cannot be written; no partial file is left.
    """
    return _write(score_page(scores, title=title), Path(directory))


def write_compare_report(
    comparison: Comparison,
    scores: Mapping[str, Scores],
    directory: str | Path,
    *,
    spelling: str = "canonical",
) -> Path:
    """Write the report on several systems to ``directory/index.html`` and return that path.

    *scores* has the systems of *comparison* by name, *spelling* is the block whose counts were compared.

    Raises:
        InputError: the folder or the page cannot be written; no partial file is left.
    """
    return _write(compare_page(comparison, scores, spelling=spelling), Path(directory))


def score_page(scores: Scores, *, title: str = "predictions") -> str:
    """HTML page on one prediction file."""
    wrong = [sample for sample in _by_edits(scores.samples) if sample.prediction is not None]
    same = [sample for sample in wrong if sample.verdict and sample.verdict.verdict == EQUAL]
    broken = [sample for sample in scores.samples if sample.prediction is not None and not sample.raw.valid]
    return _render(
        "score.html",
        title=title,
        scores=scores,
        blocks={block: BLOCKS[block] for block in scores.blocks},
        cells={block: _block_cells(scores, block) for block in scores.blocks},
        structure=STRUCTURE,
        kinds=KINDS,
        curve=concentration_curve([sample.raw.edits for sample in scores.samples]),
        groups=_group_tables(scores),
        confusions=_confusions(scores),
        wrong=len(wrong),
        same=len(same),
        respelt=_drawn(same[:RESPELT], "canonical"),
        undecided=[s.id for s in scores.samples if s.verdict and s.verdict.verdict == UNDECIDED],
        worst=_drawn(wrong[:WORST], "canonical"),
        broken=len(broken),
        invalid=_invalid(broken[:INVALID]),
        listed=LISTED,
    )


def compare_page(comparison: Comparison, scores: Mapping[str, Scores], *, spelling: str = "canonical") -> str:
    """HTML page on several systems."""
    names = [system.name for system in comparison.systems]
    samples = {name: {sample.id: sample for sample in scores[name].samples} for name in names}
    return _render(
        "compare.html",
        title=" / ".join(names),
        comparison=comparison,
        spelling=spelling,
        signatures={name: str(scores[name].signature) for name in names},
        meanings={name: scores[name].semantics for name in names if scores[name].semantics},
        cells={system.name: _cells(system.rates, system.intervals) for system in comparison.systems},
        verdicts=[[_verdict(pair, test) for test in pair.tests] for pair in comparison.pairs],
        wins=[win for pair in comparison.pairs for win in _exclusive_wins(pair, samples, spelling)],
        listed=LISTED,
    )


def _block_cells(scores: Scores, block: str) -> dict[str, RateCell]:
    prefix = "" if block == "raw" else f"{block}."
    intervals = {rate: scores.confidence[f"{prefix}{rate}"] for rate in RATE_PARTS}
    return _cells(getattr(scores, block), intervals)


def _cells(rates: Rates, intervals: Mapping[str, tuple[float, float]]) -> dict[str, RateCell]:
    return {rate: RateCell(getattr(rates, rate), *intervals[rate]) for rate in RATES}


def _by_edits(samples: Sequence[Sample]) -> list[Sample]:
    """Wrong samples, those with the most edits first."""
    wrong = (sample for sample in samples if not sample.canonical.exact)
    return sorted(wrong, key=lambda sample: -sample.canonical.edits)


def _drawn(samples: Sequence[Sample], block: str) -> list[DrawnSample]:
    return [draw_sample(s.id, s.prediction, s.reference, getattr(s, block).edits, s.verdict) for s in samples]


def _invalid(samples: Sequence[Sample]) -> list[InvalidPrediction]:
    return [explain_invalid(sample.id, sample.prediction or "") for sample in samples]


def _group_tables(scores: Scores) -> list[GroupTable]:
    return [
        _group_table("By length of the reference", "tokens", scores.by_length),
        _group_table("By what the reference contains", "structure", scores.by_structure),
    ]


def _group_table(caption: str, heading: str, groups: Sequence[SampleGroup]) -> GroupTable:
    return GroupTable(caption, heading, groups, max(group.rates.wer for group in groups))


_ConfusionRow = tuple[DrawnFormula, DrawnFormula, int, int]
"""Reference token, predicted token, samples with the confusion, and its occurrences."""


def _confusions(scores: Scores) -> list[tuple[str, list[_ConfusionRow]]]:
    kinds = {
        "Substituted": scores.confusions.substitutions,
        "Left out": scores.confusions.deletions,
        "Added": scores.confusions.insertions,
    }
    return [
        (kind, [(draw_token(c.reference), draw_token(c.prediction), c.samples, c.count) for c in found])
        for kind, found in kinds.items()
    ]


def _verdict(pair: SystemPair, test: Difference) -> str:
    """Conclusion from one test at the 5 % level, after Holm's correction."""
    title = RATES[test.rate][0]
    p = max(test.p_permutation_holm, test.p_bootstrap_holm)
    if p >= 0.05:
        return f"no difference in {title} is established"
    better = pair.second if (test.difference > 0) == (test.rate != "wer") else pair.first
    return f"{better} is better in {title}"


def _exclusive_wins(
    pair: SystemPair, samples: Mapping[str, Mapping[str, Sample]], spelling: str
) -> list[ExclusiveWins]:
    found = []
    for right, wrong, ids in (
        (pair.first, pair.second, pair.only_first),
        (pair.second, pair.first, pair.only_second),
    ):
        drawn = _drawn([samples[wrong][name] for name in ids[:WINS]], spelling)
        found.append(ExclusiveWins(right, wrong, len(ids), tuple(drawn), ids[WINS:]))
    return found


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("hmer_suite.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = _code
    environment.filters["rate"] = lambda value: f"{value:.2f}"
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["p_value"] = lambda value: "< 0.0001" if value < 0.0001 else f"{value:.4f}"
    environment.globals.update(bar=bar, rates=RATES)
    return environment


def _code(message: str) -> Markup:
    """A message as HTML; text between backticks becomes code."""
    parts = _TICKS.split(message)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts)
    )


_TICKS = re.compile("`([^`]+)`")


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(version=__version__, **values)


def _write(page: str, directory: Path) -> Path:
    """Write a page that is already complete; a folder created for it is removed if writing fails."""
    made = not directory.exists()
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{directory}: cannot write: {error.strerror}") from None
    try:
        write_whole(directory / "index.html", page)
    except InputError:
        if made:
            with contextlib.suppress(OSError):
                directory.rmdir()
        raise
    return directory / "index.html"
