"""Applying rules for redundant symbols."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

from hmer_suite.specs.repair_rule import Rule


@dataclass(frozen=True, slots=True)
class Removal:
    """One deleted token: its index in the input, its text, the rule that deleted it and the rule's reason."""

    at: int
    token: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The tokens that survive the rules, the index in the input of each, and the deletions by index."""

    tokens: tuple[str, ...]
    positions: tuple[int, ...]
    removed: tuple[Removal, ...]


def apply_rules(tokens: Sequence[str], rules: Iterable[Rule]) -> Cleaned:
    """Apply each rule to what the rules before it left, again and again until none of them fires.

    Terminates, since every round but the last deletes a token; applied to its own result it changes nothing.
    """
    rules = tuple(rules)
    kept, positions = list(tokens), list(range(len(tokens)))
    removed: list[Removal] = []
    fired = True
    while fired:
        fired = False
        for rule in rules:
            doomed = set(rule.removals(kept))
            if not doomed:
                continue
            fired = True
            removed += [Removal(positions[i], kept[i], rule.name, rule.why) for i in doomed]
            survives = [index not in doomed for index in range(len(kept))]
            kept, positions = list(compress(kept, survives)), list(compress(positions, survives))
    removed.sort(key=lambda removal: removal.at)
    return Cleaned(tuple(kept), tuple(positions), tuple(removed))
