"""Runaway repetition: a decoder that loops until its length limit cuts it off.

    1 1 1 1 ... (200 times)                                ->  1
    x + \\frac { 1 } { 2 } + \\frac { 1 } { 2 } ... + \\frac {  ->  x + \\frac { 1 } { 2 }

One copy of what repeats stays. People do write `3 . 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 \\ldots`, rows of spaces
and `c c c c c c c c` for the columns of an array; what tells a loop from them is that it goes on to the very
end of the line, or is longer than anybody writes.
"""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.repairs.rules.repetitions import runs
from hmer_suite.specs.repair_rule import Rule

REPEATS = 8
TOKENS = 16
"""Least number of repeats and of tokens that make a run at the end of the line a loop."""

LONG = 64
"""Least number of tokens that make a run inside the line a loop."""

INVISIBLE = frozenset({"SPACE", "COLUMN"})


def removals(tokens: Sequence[str]) -> list[int]:
    """Indices of every copy but the first. Short periods go first, so that a loop of loops collapses too."""
    kept = list(range(len(tokens)))
    while True:
        line = _Line(tokens, kept)
        period = 1
        while len(line.texts) >= max(REPEATS * period, TOKENS):
            line.collapse(period)
            period += 1
        survivors = [index for block in line.blocks for index in block]
        if len(survivors) == len(kept):
            left = set(kept)
            return [index for index in range(len(tokens)) if index not in left]
        kept = survivors


class _Line:
    """A line whose runs shrink as they are found.

    A loop loses its copies. A run that must stay becomes one item, so that no multiple of its period finds
    it again: without that, 100,000 nested braces would be read 10,000 times.
    """

    def __init__(self, tokens: Sequence[str], kept: list[int]):
        self.texts = [tokens[index] for index in kept]
        self.blocks: list[Sequence[int]] = [(index,) for index in kept]
        self.depths = {"{": 1, "}": -1}
        self.invisible = {token for token in set(self.texts) if CLASS_OF[token] in INVISIBLE}

    def collapse(self, period: int) -> None:
        """Shrink every run with this period."""
        found = list(runs(self.texts, period, max(REPEATS * period, TOKENS)))
        if not found:
            return
        texts: list[str] = []
        blocks: list[Sequence[int]] = []
        done = 0
        surplus = self.depth(0, len(self.texts))
        for start, end in found:
            start = max(start, done)  # runs may share the tokens between them
            if end - start < max(REPEATS * period, TOKENS):
                continue
            depth = self.depth(start, start + period)
            copies = self.copies(start, end, period, surplus // depth if depth else None)
            surplus -= copies * depth
            stop = start + period if copies else start
            texts += self.texts[done:stop]
            blocks += self.blocks[done:stop]
            done = self.resume(start, end, period, copies)
            if end - done >= max(REPEATS * period, TOKENS):
                texts.append(self.merged(done, end, period))
                blocks.append([index for block in self.blocks[done:end] for index in block])
                done = end
        self.texts, self.blocks = texts + self.texts[done:], blocks + self.blocks[done:]

    def copies(self, start: int, end: int, period: int, spare: int | None) -> int:
        """Number of redundant copies that can go without a brace that another one in the line needs."""
        long_enough = end == len(self.texts) or end - start >= LONG
        if not long_enough or self.invisible.issuperset(self.texts[start : start + period]):
            return 0
        most = (end - start) // period - 1
        return most if spare is None else min(most, max(spare, 0))

    def resume(self, start: int, end: int, period: int, copies: int) -> int:
        """Index at which the line continues. A last copy that was cut off goes with the others."""
        whole = copies == (end - start) // period - 1
        return end if whole and end == len(self.texts) else start + (copies + 1) * period if copies else start

    def depth(self, start: int, end: int) -> int:
        """Opening minus closing braces in a span."""
        return sum(self.depths.get(text, 0) for text in self.texts[start:end])

    def merged(self, start: int, end: int, period: int) -> str:
        """The text of the item that replaces a run: equal for equal runs."""
        text = f"{end - start} of {' '.join(self.texts[start : start + period])}"
        self.depths[text] = self.depth(start, end)
        if self.invisible.issuperset(self.texts[start : start + period]):
            self.invisible.add(text)
        return text


RULE = Rule("runaway", "a copy in a loop that the decoder did not leave", removals)
