r"""Usual slips that one look at the tokens tells, mended before the search.

\left { x \right }  ->  \left \{ x \right \}
\cosx               ->  \cos x

The cheapest edits would lose what was written or read it as something else: these cost the edits that undo the slip.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hmer_suite.repairs.slips import cut_off_ends, delimiters, entities, glued_names, roots, words_in_text
from hmer_suite.repairs.slips.change import Change, changed

_SLIPS: tuple[Callable[[Sequence[str]], list[Change]], ...] = (
    entities.changes,
    cut_off_ends.changes,
    glued_names.changes,
    delimiters.braces_as_delimiters,
    delimiters.unseen_delimiters,
    roots.changes,
    words_in_text.changes,
)

_OF_UNKNOWN = frozenset((cut_off_ends.changes, glued_names.changes))


@dataclass(frozen=True, slots=True)
class Mended:
    """Tokens without the slips, and for each position in the input that changed, why."""

    tokens: tuple[str, ...]
    reasons: dict[int, str]


def mended(tokens: Sequence[str], permit_unknown: bool = False) -> Mended:
    """*tokens* with their slips mended; with *permit_unknown*, those of unknown commands stay."""
    words = list(tokens)
    places = list(range(len(words) + 1))  # in the input, of each word
    reasons: dict[int, str] = {}
    for slip in _SLIPS:
        if permit_unknown and slip in _OF_UNKNOWN:
            continue
        changes = slip(words)
        for change in changes:
            place = places[change.start]
            for position in range(place, max(places[change.end], place + 1)):
                reasons.setdefault(position, change.why)
        words, places = changed(words, changes), _moved(places, changes)
    return Mended(tuple(words), reasons)


def _moved(places: Sequence[int], changes: Sequence[Change]) -> list[int]:
    """*places* of the words after *changes*: what was written stands where the change began."""
    moved: list[int] = []
    done = 0
    for change in changes:
        moved += places[done : change.start]
        moved += [places[change.start]] * len(change.tokens)
        done = change.end
    return [*moved, *places[done:]]
