"""Steps of post-processing: repair, look-alikes, grammar and meaning change proposed texts, or their scores.

Shapes: K texts of a formula.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import pairwise

import numpy as np

from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.sandbox.shared import equal
from hmer_suite.equiv.verdict import DIFFERENT, UNDECIDED
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.predict.joining import Joining
from hmer_suite.repairs import repair
from hmer_suite.scores.edit_distance import MATCH, SUBSTITUTION, align
from tools.reports.joined import Gathered

Text = tuple[str, ...]

DROPPED = 1e6
"""A penalty that no difference of scores makes up for."""


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A formula's label, each recogniser's own best text, and the texts proposed for it with their scores (K,)."""

    label: Text
    bests: tuple[Text, ...]
    texts: tuple[Text, ...]
    scores: np.ndarray

    @property
    def reading(self) -> Text:
        """The text with the highest score, empty if nothing is proposed."""
        return self.texts[int(self.scores.argmax())] if self.texts else ()


def formulas(gathered: Gathered, joining: Joining) -> list[Formula]:
    """All formulas of a split, as a joint reading of all recognisers ranks them."""
    found = gathered.candidates(range(len(joining.weights)))
    return [
        Formula(
            label,
            tuple(one.texts[place] for place in one.firsts if place >= 0),
            one.texts,
            one.scores(joining),
        )
        for one, label in zip(found, gathered.labels, strict=True)
    ]


Change = Callable[[Formula, float], Formula]
"""The formula with other texts or scores, given a weight."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of post-processing: the weights to choose from, the weakest first, and what makes a change of formulas.

    `learn` counts what the step needs to know in formulas with labels.
    """

    name: str
    weights: tuple[float, ...]
    learn: Callable[[Sequence[Formula]], Change]


def repaired(formula: Formula, cost: float) -> Formula:
    """Invalid texts repaired, for `cost` an edit; of equal texts the best is kept."""
    best: dict[Text, float] = {}
    for text, score in zip(formula.texts, formula.scores.tolist(), strict=True):
        output, edits = _repair(text)
        best[output] = max(best.get(output, -math.inf), score - cost * edits)
    return replace(formula, texts=tuple(best), scores=np.array(list(best.values())))


@cache
def _repair(text: Text) -> tuple[Text, float]:
    if is_valid(list(text)):
        return text, 0.0
    found = repair(" ".join(text))
    return tuple(found.output.split()), found.cost


def grammatical(formula: Formula, penalty: float) -> Formula:
    """Invalid texts have a lower score."""
    invalid = np.array([not is_valid(list(text)) for text in formula.texts], dtype=float)
    return replace(formula, scores=formula.scores - penalty * invalid)


@dataclass(frozen=True)
class Confusions:
    """How many times a token was written where the label has another, or the same: ``(written, label)``."""

    counts: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, known: Iterable[Formula]) -> Confusions:
        """Counted in the recognisers' own best texts."""
        counts: Counter[tuple[str, str]] = Counter()
        for formula in known:
            for text in formula.bests:
                counts.update(_pairs(text, formula.label))
        return cls(counts)

    @cached_property
    def mean(self) -> float:
        """Substituted tokens for each right one."""
        wrong = sum(number for (written, label), number in self.counts.items() if written != label)
        return wrong / max(sum(self.counts.values()) - wrong, 1)

    @cached_property
    def _chance(self) -> float:
        """The mean shared by all tokens that are written."""
        return self.mean / max(len({written for written, _ in self.counts}), 1)

    def log_odds(self, written: str, label: str) -> float:
        """Logarithm of how many times more often the label has `label` than what was `written`; add-one smoothing.

        0 where nothing was ever confused.
        """
        wrong, kept = self.counts.get((written, label), 0), self.counts.get((written, written), 0)
        return math.log((wrong + self._chance) / (kept + 1)) if self.mean else 0.0


@cache
def _pairs(text: Text, label: Text) -> tuple[tuple[str, str], ...]:
    """Tokens of a text with those of a label that stand in the same place of the alignment."""
    return tuple(
        (ours, theirs)
        for step, theirs, ours in align(text, label).pairs()
        if step in (MATCH, SUBSTITUTION) and ours is not None and theirs is not None
    )


def look_alikes(known: Sequence[Formula], *, above_mean: bool = False) -> Change:
    """Texts that differ from the best by substitutions have the weighted log-odds of these confusions added.

    With `above_mean`, log-odds are those beyond a substitution of average frequency, so that most are near zero.
    """
    confusions = Confusions.of(known)
    mean = math.log(confusions.mean) if above_mean and confusions.mean else 0.0

    def change(formula: Formula, weight: float) -> Formula:
        first = formula.reading
        bonus = [
            sum(confusions.log_odds(written, other) - mean for written, other in _substituted(first, text))
            for text in formula.texts
        ]
        return replace(formula, scores=formula.scores + weight * np.array(bonus))

    return change


@cache
def _substituted(first: Text, other: Text) -> tuple[tuple[str, str], ...]:
    """The substitutions that lead from one text to another; none if it takes other edits."""
    alignment = align(first, other)
    if alignment.distance > alignment.substitutions:
        return ()
    return tuple((ours, theirs) for ours, theirs in zip(first, other, strict=True) if ours != theirs)


def meaningful(formula: Formula, margin: float) -> Formula:
    """A best text that is a false equation gives way to the best true one whose score is lower by at most `margin`."""
    order = np.argsort(-formula.scores, kind="stable").tolist()
    if not order or holds(formula.texts[order[0]]) is not False:
        return formula
    least = formula.scores[order[0]] - margin
    for place in order[1:]:
        if formula.scores[place] < least:
            break
        if holds(formula.texts[place]):
            scores = formula.scores.copy()
            scores[place] = scores[order[0]] + 1
            return replace(formula, scores=scores)
    return formula


@cache
def holds(text: Text) -> bool | None:
    """Whether an equation holds for all values of its letters, such as one of numbers alone.

    None if that is undecided, and for what is no equation.
    """
    sides = _sides(text)
    verdicts = {equal(" ".join(left), " ".join(right)).verdict for left, right in pairwise(sides)}
    return False if DIFFERENT in verdicts else None if UNDECIDED in verdicts or not verdicts else True


def _sides(text: Text) -> list[list[str]]:
    """The sides of an equation or of several in a row; none for any other formula."""
    try:
        statement = TermReader().read(canonical_tree(parse(list(text))))
    except LatexSyntaxError:
        return []
    if statement.op != "chain" or set(statement.relations) != {"="}:
        return []
    sides: list[list[str]] = [[]]
    depth = 0
    for token in text:
        depth += (token == "{") - (token == "}")
        if token == "=" and depth == 0:
            sides.append([])
        else:
            sides[-1].append(token)
    return sides if len(sides) == len(statement.args) and all(sides) else []


REPAIR = Step("repaired before they are ranked", (2.0, 1.0, 0.5, 0.2, 0.0), lambda _: repaired)
LOOK_ALIKES = Step("look-alikes", (0.5, 1.0, 2.0, 3.0, 5.0), look_alikes)
ABOVE_MEAN = Step(
    "look-alikes, against the average", (0.05, 0.1, 0.2, 0.3), partial(look_alikes, above_mean=True)
)
GRAMMAR = Step("grammar", (0.1, 0.3, 1.0, 3.0, DROPPED), lambda _: grammatical)
MEANING = Step("meaning", (0.1, 0.3, 0.5, 1.0, 2.0), lambda _: meaningful)
STEPS = (REPAIR, LOOK_ALIKES, ABOVE_MEAN, GRAMMAR, MEANING)
