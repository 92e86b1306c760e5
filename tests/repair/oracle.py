"""A slow, obvious Dijkstra for the cost of the cheapest repair, over every token class and every edit."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import count

from hmer_suite.latex.commands import CLASSES, UNKNOWN
from hmer_suite.latex.grammar import DEAD, grammar

ALL_CLASSES = sorted({*CLASSES.values()} - {UNKNOWN})


def cheapest(classes: Sequence[str], limit: int = 9) -> int:
    """Fewest deletions and insertions of tokens after which the grammar accepts *classes*.

    An environment's end may be renamed and an unknown token become a character at cost 1.
    """
    order = count()
    queue = [(0, 0, next(order), grammar().start)]
    settled = set()
    while queue:
        cost, negated, _, configuration = heappop(queue)
        position = -negated
        if (position, configuration) in settled:
            continue
        settled.add((position, configuration))
        if position == len(classes) and configuration.accepts:
            return cost
        steps = [] if cost >= limit else [(cost + 1, position, configuration[cls]) for cls in ALL_CLASSES]
        if position < len(classes):
            cls = classes[position]
            steps += [(cost, position + 1, configuration[cls]), (cost + 1, position + 1, configuration)]
            if cls.startswith("END_"):
                steps += [(cost + 1, position + 1, configuration[c]) for c in ALL_CLASSES if c.startswith("END_")]
            elif cls == UNKNOWN:
                steps.append((cost + 1, position + 1, configuration["CHAR"]))
        for price, place, following in steps:
            if following is not DEAD:
                heappush(queue, (price, -place, next(order), following))
    raise AssertionError(f"no repair within {limit} edits")
