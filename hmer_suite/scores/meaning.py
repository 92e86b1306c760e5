"""Counts of verdicts on meaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED
from hmer_suite.scores.sample import Sample


@dataclass(frozen=True, slots=True)
class Semantics:
    """Numbers of samples by verdict: *equal*, *different* and *undecided* add up to all.

    `undecided_reasons` counts the undecided ones by reason, most frequent first.
    """

    equal: int
    different: int
    undecided: int
    undecided_reasons: Mapping[str, int]

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Semantics:
        """Counts of judged samples; one without a verdict, a missing prediction, is DIFFERENT."""
        words = Counter(DIFFERENT if s.verdict is None else s.verdict.verdict for s in samples)
        reasons = Counter(s.verdict.reason for s in samples if s.verdict and s.verdict.verdict == UNDECIDED)
        ranked = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
        return cls(words[EQUAL], words[DIFFERENT], words[UNDECIDED], ranked)

    @property
    def n(self) -> int:
        """Number of samples."""
        return self.equal + self.different + self.undecided

    @property
    def rate(self) -> float:
        """Percentage of samples that are EQUAL; UNDECIDED counts as wrong: a lower bound for the true rate."""
        return self._percent(self.equal)

    @property
    def rate_upper(self) -> float:
        """The same with UNDECIDED counted as right: an upper bound for the true rate."""
        return self._percent(self.equal + self.undecided)

    def _percent(self, number: int) -> float:
        return 100 * number / self.n if self.n else 0.0

    def to_json(self) -> dict[str, object]:
        """The block ``semantics`` of the scores as a JSON object; rates with two decimals."""
        return {
            "equal": self.equal,
            "different": self.different,
            "undecided": self.undecided,
            "undecided_reasons": dict(self.undecided_reasons),
            "rate": round(self.rate, 2),
            "rate_upper": round(self.rate_upper, 2),
        }
