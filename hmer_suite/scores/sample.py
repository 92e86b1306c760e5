"""Counts of one pair of prediction and reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from hmer_suite.equiv.verdict import DIFFERENT, UNDECIDED, Verdict
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.nodes import Row
from hmer_suite.latex.tokens import join, raw_tokens, split
from hmer_suite.latex.tree import LatexSyntaxError, parse, unparse
from hmer_suite.repairs import repair as repaired_formula
from hmer_suite.repairs.rules import DEFAULT_RULES, Rule
from hmer_suite.scores.layout_scores import LayoutCounts, count_layout
from hmer_suite.scores.rates import Counts, count

Pair = tuple[str | None, str]
"""A prediction, None if it is missing, and its reference."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts and counts of one sample; *repaired* is None if repair was not requested.

    *verdict* says whether prediction and reference mean the same; it is None if that was not judged, and for a
    missing prediction. *spelled_prediction* and *spelled_reference* are the texts in canonical spelling.
    """

    id: str
    prediction: str | None
    reference: str
    spelled_prediction: str | None
    spelled_reference: str
    raw: Counts
    canonical: Counts
    repaired: Counts | None
    layout: LayoutCounts
    verdict: Verdict | None = None

    def named(self, name: str) -> Sample:
        """The same counts under another id."""
        return replace(self, id=name)

    def certain(self, verdict: Verdict) -> Verdict:
        """*verdict*, but UNDECIDED where the reference is not valid LaTeX: what it was meant to be is a guess."""
        guessed = verdict.verdict == DIFFERENT and not is_valid(split(self.reference))
        if not guessed:
            return verdict
        return Verdict(UNDECIDED, "unparsed", reason="unparsed", seconds=verdict.seconds)


def count_samples(pairs: Sequence[Pair], *, repair: bool, rules: Sequence[Rule] = ()) -> list[Sample]:
    """Count a chunk of pairs, each a sample without an id; the task of a worker."""
    return [count_sample("", *pair, repair=repair, rules=rules) for pair in pairs]


def count_sample(
    name: str, prediction: str | None, reference: str, *, repair: bool, rules: Sequence[Rule] = ()
) -> Sample:
    """Count one sample in every spelling; *rules* are applied by repair after the default ones."""
    theirs = _Text(reference)
    ours = theirs if prediction == reference else None if prediction is None else _Text(prediction)
    valid = ours is not None and ours.valid
    raw = count(None if ours is None else ours.raw, theirs.raw, valid=valid)
    canonical = count(None if ours is None else ours.canonical, theirs.canonical, valid=valid)
    repaired = canonical
    if repair and prediction is not None and not valid:
        output = repaired_formula(prediction, rules=(*DEFAULT_RULES, *rules)).output
        repaired = count(_Text(output).canonical, theirs.canonical, valid=True)
    return Sample(
        id=name,
        prediction=prediction,
        reference=reference,
        spelled_prediction=None if ours is None else join(ours.canonical),
        spelled_reference=join(theirs.canonical),
        raw=raw,
        canonical=canonical,
        repaired=repaired if repair else None,
        layout=count_layout(None if ours is None else ours.tree, theirs.tree),
    )


class _Text:
    """A formula whose token lists and tree are computed on first use."""

    def __init__(self, text: str):
        self.text = text

    @cached_property
    def raw(self) -> list[str]:
        return raw_tokens(self.text)

    @cached_property
    def tokens(self) -> list[str]:
        return split(self.text)

    @cached_property
    def tree(self) -> Row | None:
        """Canonical parse tree; None if the grammar rejects the text."""
        try:
            return canonical_tree(parse(self.tokens))
        except LatexSyntaxError:
            return None

    @cached_property
    def valid(self) -> bool:
        return self.tree is not None

    @cached_property
    def canonical(self) -> list[str]:
        return self.tokens if self.tree is None else unparse(self.tree)
