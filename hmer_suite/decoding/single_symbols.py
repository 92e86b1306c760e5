"""The search of recognisers of single symbols, whose texts are one token long."""

from __future__ import annotations

from dataclasses import replace

from hmer_suite.decoding.stepwise import StepwiseRecogniser
from hmer_suite.nn.batch import Batch
from hmer_suite.specs.recogniser import Decoding, Hypothesis


class SingleSymbolRecogniser(StepwiseRecogniser):
    """Writes one token for each sample."""

    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """The search of the suite with room for one token.

        Constrained, it returns symbols that are formulas by themselves: a single bar is a minus sign, never a fraction
        bar, and a root sign is no formula. Free, it returns any symbol that it has learnt.
        """
        found = super().decode(batch, replace(how, max_length=min(1, how.max_length)))
        if not how.max_length:
            return found
        # If few symbols are allowed, a wide beam also finds the empty formula, which has no probability.
        return [tuple(one for one in hypotheses if one.tokens) for hypotheses in found]
