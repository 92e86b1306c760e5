"""The report on several systems as one self-contained HTML page, like that on one (`hmer_suite.report.html`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hmer_suite.report.confidence_charts import confidence_section
from hmer_suite.report.edit_index import confusion_tables, edit_index, kind_rows
from hmer_suite.report.error_groups import compared_groups, compared_tables
from hmer_suite.report.page import RATES, SAMPLES_SCRIPT, render, write_page
from hmer_suite.report.pairs import pair_rows
from hmer_suite.report.rate_cells import rate_cells
from hmer_suite.report.sample_data import NOTHING, Groups, Known, System, sample_data
from hmer_suite.report.score_samples import DrawnSample, draw_samples
from hmer_suite.report.worth import step_groups, steps_of
from hmer_suite.scores.comparison import Comparison, Difference, SystemPair
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample

WINS = 15
"""Most samples drawn of those that only one system of a pair gets right, for each of the two."""

LISTED = 500
"""Most ids listed in one place."""

UNKNOWN: Mapping[str, Known] = {}


@dataclass(frozen=True, slots=True)
class ExclusiveWins:
    """Samples that system `right` gets right and system `wrong` gets wrong, `total` of them.

    `samples` are drawn with the wrong answer; `ids` are those not drawn. `group` names all of them on the page.
    """

    right: str
    wrong: str
    total: int
    samples: tuple[DrawnSample, ...]
    ids: tuple[str, ...]
    group: str


def write_compare_report(
    comparison: Comparison,
    scores: Mapping[str, Scores],
    directory: str | Path,
    *,
    spelling: str = "canonical",
    known: Mapping[str, Known] = UNKNOWN,
) -> Path:
    """Write the report on several systems to ``directory/index.html`` and return that path.

    *scores* has the systems of *comparison* by name, *spelling* is the block whose counts were compared, *known* what
    is known of the samples of each system.

    Raises:
        InputError: the folder or the page cannot be written; no partial file is left.
    """
    return write_page(compare_page(comparison, scores, spelling=spelling, known=known), Path(directory))


def compare_page(
    comparison: Comparison,
    scores: Mapping[str, Scores],
    *,
    spelling: str = "canonical",
    known: Mapping[str, Known] = UNKNOWN,
) -> str:
    """HTML page on several systems."""
    systems = {system.name: scores[system.name] for system in comparison.systems}
    confidences = {name: known.get(name, NOTHING).confidences for name in systems}
    tables = compared_tables(systems)
    steps = {name: steps_of(found, name) for name, found in systems.items()}
    indexes = {name: edit_index(found) for name, found in systems.items()}
    (kinds, kind_groups), (confusions, confusion_groups) = kind_rows(indexes), confusion_tables(indexes)
    pairs, pair_groups = pair_rows(systems)
    groups: Groups = compared_groups(tables) | kind_groups | confusion_groups | pair_groups
    groups |= {name: ids for found in steps.values() for name, ids in step_groups(found).items()}
    groups |= {_won(a, b): ids for pair in comparison.pairs for a, b, ids in _wins(pair) if ids}
    data = sample_data(
        [System(name, found.samples, confidences[name]) for name, found in systems.items()],
        spelling=spelling,
        known=known.get(next(iter(systems)), NOTHING),
        groups=groups,
    )
    return render(
        "compare.html",
        script=SAMPLES_SCRIPT,
        characters=data.characters,
        data=data.markup,
        title=" / ".join(systems),
        comparison=comparison,
        spelling=spelling,
        # The rates that are compared are of predictions as they are, so that repair is no part of their signature.
        signatures={name: str(replace(found, repairs=False).signature) for name, found in systems.items()},
        meanings={name: found.semantics for name, found in systems.items() if found.semantics},
        cells={system.name: rate_cells(system.rates, system.intervals) for system in comparison.systems},
        verdicts=[[_verdict(pair, test) for test in pair.tests] for pair in comparison.pairs],
        wins=_exclusive_wins(comparison, systems, spelling),
        steps=steps,
        tables=tables,
        kinds=kinds,
        confusions=confusions,
        pairs=pairs,
        confidence=confidence_section(systems, confidences),
        listed=LISTED,
    )


def _verdict(pair: SystemPair, test: Difference) -> str:
    """Conclusion from one test at the 5 % level, after Holm's correction."""
    title = RATES[test.rate][0]
    p = max(test.p_permutation_holm, test.p_bootstrap_holm)
    if p >= 0.05:
        return f"no difference in {title} is established"
    better = pair.second if (test.difference > 0) == (test.rate != "wer") else pair.first
    return f"{better} is better in {title}"


def _wins(pair: SystemPair) -> tuple[tuple[str, str, Sequence[str]], ...]:
    """For both systems of a pair: the right one, the wrong one, the ids."""
    return (pair.first, pair.second, pair.only_first), (pair.second, pair.first, pair.only_second)


def _won(right: str, wrong: str) -> str:
    return f"right in {right}, wrong in {wrong}"


def _exclusive_wins(
    comparison: Comparison, systems: Mapping[str, Scores], spelling: str
) -> list[ExclusiveWins]:
    samples: dict[str, dict[str, Sample]] = {
        name: {sample.id: sample for sample in found.samples} for name, found in systems.items()
    }
    return [
        ExclusiveWins(
            right,
            wrong,
            len(ids),
            tuple(draw_samples([samples[wrong][name] for name in ids[:WINS]], spelling=spelling)),
            tuple(ids[WINS:]),
            _won(right, wrong),
        )
        for pair in comparison.pairs
        for right, wrong, ids in _wins(pair)
    ]
