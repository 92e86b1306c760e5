"""What scoring counts of one pair of prediction and reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from hmer_suite.equiv.verdict import Verdict
from hmer_suite.repairs.rules import Rule
from hmer_suite.scores.layout_scores import LayoutCounts, count_layout
from hmer_suite.scores.rates import Counts, count


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything counted on one sample; *repaired* is None where repair was not asked for.

    *verdict* says whether prediction and reference mean the same; it is None where that was not asked for, and of a
    missing prediction. The texts come as given and, as *spelled_prediction* and *spelled_reference*, in canonical
    spelling.
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


def count_samples(
    rows: Sequence[tuple[str, str | None, str]], *, repair: bool, rules: Sequence[Rule] = ()
) -> list[Sample]:
    """Count a chunk of (id, prediction, reference); what a worker runs."""
    return [count_sample(*row, repair=repair, rules=rules) for row in rows]


def count_sample(
    name: str, prediction: str | None, reference: str, *, repair: bool, rules: Sequence[Rule] = ()
) -> Sample:
    """Count one sample in every way; *rules* are those of repair beside the default ones."""
    from hmer_suite.latex.tokens import join

    ours, theirs = _Reading(prediction), _Reading(reference)
    if prediction == reference:
        ours = theirs
    raw = count(ours.raw, theirs.raw, valid=ours.valid)
    canonical = count(ours.canonical, theirs.canonical, valid=ours.valid)
    mended = canonical
    if repair and prediction is not None and not ours.valid:
        from hmer_suite.repairs import repair as mend
        from hmer_suite.repairs.rules import DEFAULT_RULES

        output = mend(prediction, rules=(*DEFAULT_RULES, *rules)).output
        mended = count(_Reading(output).canonical, theirs.canonical, valid=True)
    return Sample(
        id=name,
        prediction=prediction,
        reference=reference,
        spelled_prediction=None if prediction is None else join(ours.canonical),
        spelled_reference=join(theirs.canonical),
        raw=raw,
        canonical=canonical,
        repaired=mended if repair else None,
        layout=count_layout(ours.tree, theirs.tree),
    )


class _Reading:
    """One text, read only as far as it is asked for."""

    def __init__(self, text: str | None):
        self.text = text

    @cached_property
    def raw(self) -> list[str] | None:
        from hmer_suite.latex.tokens import raw_tokens

        return None if self.text is None else raw_tokens(self.text)

    @cached_property
    def tokens(self) -> list[str]:
        from hmer_suite.latex.tokens import split

        return split(self.text or "")

    @cached_property
    def tree(self):
        """Canonical parse tree, or None where the text is missing or the grammar refuses it."""
        from hmer_suite.latex.canonical.canoniser import canonical_tree
        from hmer_suite.latex.tree import LatexSyntaxError, parse

        if self.text is None:
            return None
        try:
            return canonical_tree(parse(self.tokens))
        except LatexSyntaxError:
            return None

    @cached_property
    def valid(self) -> bool:
        return self.tree is not None

    @cached_property
    def canonical(self) -> list[str] | None:
        from hmer_suite.latex.tree import unparse

        if self.text is None:
            return None
        return self.tokens if self.tree is None else unparse(self.tree)
