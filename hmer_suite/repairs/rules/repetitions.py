"""Runs in which a sequence repeats itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def runs(texts: Sequence[str], period: int, length: int) -> Iterator[tuple[int, int]]:
    """Maximal spans, from left to right, of at least *length* tokens with this period.

    In such a span every token equals the one *period* places on, as long as that is in the span too. Of each
    window the far end is looked at first, and at a difference the window moves beyond it, as Boyer and Moore
    search for words (CACM 20, 1977): a text without runs is read in steps of the length, and every period up
    to a fraction of the text can be tried in n log n steps.
    """
    last = len(texts) - period
    needed = length - period
    start = equal_up_to = 0
    while start + needed <= last:
        index = start + needed - 1
        while index >= equal_up_to and texts[index] == texts[index + period]:
            index -= 1
        if index >= equal_up_to:
            equal_up_to, start = start + needed, index + 1
            continue
        end = start + needed
        while end < last and texts[end] == texts[end + period]:
            end += 1
        yield start, end + period
        start = equal_up_to = end + 1
