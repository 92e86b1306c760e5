"""Junctions: which branches of a skeleton are strokes, and which of their ends meet."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from hmer_suite.ink.tracing.branches import Branch, End, arm_of, sharpest_turn
from hmer_suite.ink.tracing.settings import Tracing


class JunctionGroups:
    """Groups of pixels that count as one junction each (disjoint sets)."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def of(self, pixel: int) -> int:
        """The pixel that represents the junction of `pixel`."""
        while (parent := self._parents.get(pixel, pixel)) != pixel:
            pixel = parent
        return pixel

    def join(self, first: int, second: int) -> None:
        """Merge two junctions."""
        self._parents[self.of(first)] = self.of(second)

    def ends(self, branch: Branch) -> tuple[int, int]:
        """The junctions at both ends of a branch."""
        return self.of(branch.pixels[0]), self.of(branch.pixels[1])


def merge_junctions(
    branches: list[Branch], pen: float, tracing: Tracing
) -> tuple[list[Branch], JunctionGroups]:
    """The branches that are strokes or parts of strokes, and the junctions of their ends."""
    groups = JunctionGroups()
    branches = sorted(branches, key=lambda branch: branch.length)
    branches = _without_bridges(branches, groups, lambda branch: branch.length < _TOUCHING)
    branches = _without_spurs(branches, groups, pen, tracing)
    # Two crossing strokes make two junctions with a branch between them that both strokes share.
    branches = _without_bridges(
        branches, groups, lambda branch: branch.length < _longest_bridge(branch, pen, tracing)
    )
    shared = _shared_branches(branches, groups, pen, tracing)
    branches = _without_bridges(branches, groups, shared.__contains__)
    branches = _without_spurs(branches, groups, pen, tracing)
    return [branch for branch in branches if not _is_hole(branch, groups, tracing.loop * pen)], groups


_TOUCHING = 2.5
"""Largest length of a branch between pixels of one junction."""


def _without_bridges(
    branches: Sequence[Branch], groups: JunctionGroups, is_bridge: Callable[[Branch], bool]
) -> list[Branch]:
    """The branches without bridges, whose ends are merged to one junction."""
    kept = []
    for branch in branches:
        first, second = groups.ends(branch)
        if first != second and not any(branch.free) and is_bridge(branch):
            groups.join(first, second)
        else:
            kept.append(branch)
    return kept


def _longest_bridge(branch: Branch, pen: float, tracing: Tracing) -> float:
    """Length below which a branch between two junctions is a bridge."""
    merged = branch.depth > tracing.thick * (pen + 1) / 2
    return pen * (tracing.merged if merged else tracing.bridge)


def _shared_branches(
    branches: Sequence[Branch], groups: JunctionGroups, pen: float, tracing: Tracing
) -> set[Branch]:
    """Branches shared by two strokes: at both ends, two others lead into them with little turning."""
    meetings = ends_at_junctions(branches, groups)
    turns: dict[int, list[float]] = defaultdict(list)
    for ends in meetings.values():
        if len(ends) == 3:
            arms = [arm_of(branches, end, pen * tracing.reach) for end in ends]
            for arm in arms:
                turns[arm.end[0]].append(sharpest_turn(arm, arms))
    most = math.radians(tracing.single)
    return {
        branch
        for number, branch in enumerate(branches)
        if len(turns[number]) == 2 and max(turns[number]) < most and branch.length < tracing.merged * pen
    }


def _without_spurs(
    branches: Sequence[Branch], groups: JunctionGroups, pen: float, tracing: Tracing
) -> list[Branch]:
    """The branches without spurs; the shortest come first, and each junction keeps at least two branches."""
    degrees = Counter(group for branch in branches for group in groups.ends(branch))
    kept = []
    for branch in branches:
        junction = groups.ends(branch)[branch.free[0]]
        if (
            branch.free[0] != branch.free[1]
            and degrees[junction] > 2
            and _beyond(branch) < tracing.spur * pen
        ):
            degrees[junction] -= 1
        else:
            kept.append(branch)
    return kept


def _beyond(branch: Branch) -> float:
    """Length by which a branch with one free end extends beyond the disc of ink around its junction."""
    tip, junction = branch.depths if branch.free[0] else reversed(branch.depths)
    return branch.length + tip - junction


def _is_hole(branch: Branch, groups: JunctionGroups, longest: float) -> bool:
    """Whether a branch surrounds a hole in the ink of one stroke."""
    first, second = groups.ends(branch)
    return first == second and branch.length < longest


def ends_at_junctions(branches: Sequence[Branch], groups: JunctionGroups) -> dict[int, list[End]]:
    """The ends that meet at each junction, keyed by its pixel."""
    meetings: dict[int, list[End]] = defaultdict(list)
    for number, branch in enumerate(branches):
        for side, group in enumerate(groups.ends(branch)):
            if not branch.free[side]:
                meetings[group].append((number, side))
    return meetings
