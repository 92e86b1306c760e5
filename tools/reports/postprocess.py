r"""Post-processing of joined readings: what repair, look-alikes, grammar and meaning add; writes a report.

python -m tools.reports.postprocess --crohme ../shared/data/crohme --out reports/postprocess.md

Every recogniser proposes the five best texts of a free beam, all recognisers score each text, and the texts are ranked
as in the joint reading that ships. Each step of post-processing then changes the texts or their scores. Its weight, in
units of the score, is the one with the best expression rate on CROHME 2013, the weakest of equals; a step is left out
where no weight is better than none. On 2013 a formula is read with weights chosen, and confusions of tokens counted, on
the other four of five folds; on 2014 with those of the whole of 2013.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from hmer_suite.files import write_whole
from hmer_suite.predict.joining import Joining, find_joining
from hmer_suite.registry import recogniser
from hmer_suite.scores.bootstrap import mcnemar
from tools.command import run_tool
from tools.reports.common import SPLITS, add_crohme, report_parser
from tools.reports.joined import Gathered, add_keep, gathered_splits, open_one
from tools.reports.judge import NAMES, folds
from tools.reports.markdown import Cell, bullets, page, section, table
from tools.reports.reranking import DROPPED, STEPS, Change, Confusions, Formula, Step, formulas

SHOWN_CONFUSIONS = 15

EXPLAINED = (
    "*Repaired*: invalid texts are repaired (`hmer_suite.repairs`) and keep their score, less the weight for each "
    "edit; of texts that become equal the best score counts.",
    "*Look-alikes*: a text that differs from the best by substitutions has the log-odds of these confusions added, "
    "times the weight; they are counted in the recognisers' own best texts. *Against the average*: less the log-odds "
    "of all substitutions together.",
    "*Grammar*: the weight is taken from the score of invalid texts.",
    "*Meaning*: a reading that is a false equation gives way to the best text that is an equation which holds, of "
    "numbers or for all values of its letters (`hmer_suite.equiv`), if its score is lower by at most the weight.",
    "*Together*: the steps that win more on 2013 than they lose, in this order, each weight chosen after the steps "
    "before.",
)


def right(known: Iterable[Formula]) -> np.ndarray:
    """1 where the reading is the label, else 0 (n,)."""
    return np.array([formula.reading == formula.label for formula in known], dtype=float)


def out_of_fold(step: Step, weight: float, known: Sequence[Formula]) -> list[Formula]:
    """Every formula after a step that learnt from the other folds."""
    after = list(known)
    for trained, judged in folds(len(known)):
        change = step.learn([known[place] for place in trained])
        for place in judged:
            after[place] = change(known[place], weight)
    return after


def choose(step: Step, known: Sequence[Formula]) -> float | None:
    """The weight of a step with the best expression rate, or None where none is better than to leave it out."""
    best, rate = None, right(known).sum()
    for weight in step.weights:
        if (found := right(out_of_fold(step, weight, known)).sum()) > rate:
            best, rate = weight, found
    return best


@dataclass(frozen=True, slots=True)
class Fitted:
    """Steps one after the other, each with its weight (None leaves it out) and what it learnt."""

    weights: tuple[float | None, ...]
    changes: tuple[Change, ...]

    @classmethod
    def on(cls, steps: Sequence[Step], known: Sequence[Formula]) -> Fitted:
        """Each weight chosen after the steps before it."""
        weights, changes = [], []
        for step in steps:
            weights.append(choose(step, known))
            changes.append(step.learn(known))
            if (weight := weights[-1]) is not None:
                known = out_of_fold(step, weight, known)
        return cls(tuple(weights), tuple(changes))

    def __call__(self, formula: Formula) -> Formula:
        for weight, change in zip(self.weights, self.changes, strict=True):
            formula = formula if weight is None else change(formula, weight)
        return formula


def cross_validated(steps: Sequence[Step], known: Sequence[Formula]) -> np.ndarray:
    """1 where the reading after steps fitted to the other folds is the label, else 0 (n,)."""
    after = list(known)
    for trained, judged in folds(len(known)):
        fitted = Fitted.on(steps, [known[place] for place in trained])
        for place in judged:
            after[place] = fitted(known[place])
    return right(after)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Steps with their weights, and which formulas are right after them: 2013 cross-validated, and 2014."""

    name: str
    weights: tuple[float | None, ...]
    validation: np.ndarray
    test: np.ndarray

    @classmethod
    def of(
        cls, name: str, steps: Sequence[Step], known: Sequence[Formula], test: Sequence[Formula]
    ) -> Result:
        """Fit the steps and read both splits."""
        fitted = Fitted.on(steps, known)
        return cls(name, fitted.weights, cross_validated(steps, known), right(map(fitted, test)))

    def cells(self, shipped: Result) -> tuple[Cell, ...]:
        """The row of the table."""
        weights = ", ".join(map(_in_words, self.weights))
        won, lost = won_and_lost(self.validation, shipped.validation)
        chance = None if self is shipped else f"{mcnemar(won, lost):.3f}"
        test = (100 * float(self.test.mean()), *won_and_lost(self.test, shipped.test))
        return (self.name, weights, 100 * float(self.validation.mean()), won, lost, chance, *test)


def won_and_lost(after: np.ndarray, before: np.ndarray) -> tuple[int, int]:
    """Numbers of formulas that only the first has right, and only the second."""
    return int((after > before).sum()), int((after < before).sum())


def _in_words(weight: float | None) -> str:
    return "none" if weight is None else "dropped" if weight == DROPPED else f"{weight:g}"


def measure(known: Sequence[Formula], test: Sequence[Formula]) -> list[Result]:
    """Joint readings as shipped, after each step by itself, and after those that win more on 2013 than they lose."""
    shipped = Result.of("as shipped", (), known, test)
    alone = [Result.of(step.name, (step,), known, test) for step in STEPS]
    paying = [
        step
        for step, one in zip(STEPS, alone, strict=True)
        if one.validation.sum() > shipped.validation.sum()
    ]
    names = " + ".join(step.name for step in paying)
    return [shipped, *alone, Result.of(f"together: {names or 'none'}", paying, known, test)]


COLUMNS = (
    "step", "weight", "ExpRate 2013", "won", "lost", "p", "ExpRate 2014", "won", "lost",
)  # fmt: skip


def report(gathered: Mapping[str, Gathered], joining: Joining) -> str:
    """The whole report."""
    known, test = (formulas(gathered[split], joining) for split in SPLITS)
    results = measure(known, test)
    return page(
        "Post-processing of joined readings",
        "python -m tools.reports.postprocess --crohme DATA/crohme --out reports/postprocess.md",
        (__doc__ or "").rpartition("\n\n")[2].strip().replace("\n", " "),
        table(COLUMNS, [one.cells(results[0]) for one in results]),
        f"Expression rates in percent, token for token, of {'+'.join(NAMES)}. *Won* and *lost*: formulas that are "
        "right only after the step, and only before it. *p*: McNemar's exact test on 2013. *Weight*: as chosen on the "
        "whole of 2013, where the weights of the joint reading were tuned too.",
        bullets(EXPLAINED),
        _weights_section(known, test),
        _confusions_section(known, test),
    )


def _weights_section(known: Sequence[Formula], test: Sequence[Formula]) -> str:
    rows = []
    before = right(known), right(test)
    for step in STEPS:
        change = step.learn(known)
        for weight in step.weights:
            after = right(out_of_fold(step, weight, known)), right(change(one, weight) for one in test)
            rows.append(
                (
                    step.name,
                    _in_words(weight),
                    *won_and_lost(after[0], before[0]),
                    *won_and_lost(after[1], before[1]),
                )
            )
    return section(
        "Every weight",
        "Formulas won and lost with each weight, whatever was chosen.",
        table(("step", "weight", "won 2013", "lost", "won 2014", "lost"), rows),
    )


def _confusions_section(known: Sequence[Formula], test: Sequence[Formula]) -> str:
    confusions = Confusions.of(known)
    wrong = [pair for pair, number in confusions.counts.items() if pair[0] != pair[1] and number > 1]
    likeliest = sorted(wrong, key=lambda pair: (-confusions.log_odds(*pair), pair))[:SHOWN_CONFUSIONS]
    labels = [Counter(token for formula in split for token in formula.label) for split in (known, test)]
    rows = [
        (
            f"`{a}`",
            f"`{b}`",
            confusions.counts[a, b],
            confusions.counts.get((a, a), 0),
            *(one[a] for one in labels),
        )
        for a, b in likeliest
    ]
    return section(
        "Confusions",
        "The likeliest in the recognisers' best texts of CROHME 2013. *In labels*: how many times the labels have the "
        "token that was written; one that they never have differs by a convention of the labels, not by its looks.",
        table(("written", "label", "times", "rightly written", "in labels 2013", "2014"), rows),
    )


def main() -> None:
    parser = report_parser(__doc__)
    add_crohme(parser)
    add_keep(parser)
    given = parser.parse_args()
    torch.set_num_threads(1)
    members = {name: open_one(name) for name in NAMES}
    joining = find_joining([recogniser(name) for name in NAMES], NAMES)
    write_whole(given.out, report(gathered_splits(members, given.crohme, keep=given.keep), joining))


if __name__ == "__main__":
    run_tool(main)
