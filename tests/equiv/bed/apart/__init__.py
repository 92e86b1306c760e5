r"""Pairs that must never be EQUAL, by kinds of notation that are easily read too freely; each says why.

| module | kinds |
|---|---|
| `statements` | relations without sides, poles that cancel, constant factors |
| `notation` | what need not commute, products of sets, names in a font, spaces between digits, segments, temperatures |

"""

EXCLUDED = (
    "a relation that lacks one side, turned together with it",
    "labels that may be zero or no number: their multiples are equal, a root cancels",
    "letters bound by a sum or an integral as names with a relation in an index",
    "a space before three digits, which groups thousands",
    "segments named from their other end, and products of the same segments",
    "a number before the degree sign of one scale, spelt in other ways",
    "sizes in words (`3\\times5\\text{ matrix}`), which cannot be told from a number of units",
)
"""What the rules leave alone, since it may mean the same after all."""
