"""A `\\left` or `\\right` without the other.

    a + b \\right )  ->  a + b )          a + b \\right .  ->  a + b

The delimiter stays, unless it is the invisible `.`. Nothing happens where the partner is there and only lacks
its own fence, as in `( x \\right )`: to insert the `\\left` is the search's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hmer_suite.latex.braces import match_tokens
from hmer_suite.latex.constructs import BRACKETS, NO_DELIMITER, OPENING_OF, SYNONYMS
from hmer_suite.specs.repair_rule import Rule

NO_DELIMITERS = frozenset({"", "\\left", "\\right"})


def removals(tokens: Sequence[str]) -> list[int]:
    """Indices of unpaired fences. Pairs are counted across braces, since those may be what is broken."""
    doomed: list[int] = []
    counts = Counter(SYNONYMS.get(token, token) for token in tokens)
    matching = match_tokens(tokens, "\\left", "\\right")
    for fence in (*matching.unmatched_closings, *matching.unmatched_openings):
        delimiter = tokens[fence + 1] if fence + 1 < len(tokens) else ""
        delimiter = SYNONYMS.get(delimiter, delimiter)
        if delimiter == NO_DELIMITER:
            doomed += (fence, fence + 1)
        elif delimiter in NO_DELIMITERS or counts[delimiter] != counts[_partner(delimiter)]:
            doomed.append(fence)
    return doomed


def _partner(delimiter: str) -> str:
    """The delimiter that belongs to this one; itself where the two look alike or nothing is known."""
    return BRACKETS.get(delimiter) or OPENING_OF.get(delimiter) or delimiter


RULE = Rule("stray-fence", "has no partner", removals, by_default=False)
