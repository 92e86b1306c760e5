"""Random choice among words by weight."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class WeightedChoice:
    """Words, each drawn in proportion to its weight; `bounds` are the cumulative weights."""

    words: tuple[str, ...]
    bounds: tuple[float, ...]

    @classmethod
    def of(cls, words: Iterable[str], weights: Iterable[float]) -> WeightedChoice:
        """The choice among words with one weight each."""
        return cls(tuple(words), tuple(accumulate(weights)))

    @classmethod
    def parse(cls, text: str) -> WeightedChoice:
        """The choice among words between white space, ``word=>weight`` each; the weight is 1 by default."""
        pairs = [word.rsplit("=>", 1) if "=>" in word else (word, "1") for word in text.split()]
        return cls.of((word for word, _ in pairs), (float(weight) for _, weight in pairs))

    def __call__(self, rng: random.Random) -> str:
        """One of the words; takes one number from `rng`."""
        return self.words[bisect(self.bounds, rng.random() * self.bounds[-1])]
