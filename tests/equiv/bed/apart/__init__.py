r"""Pairs that must never be EQUAL, by kinds of notation that are easily read too freely; each says why.

| module | kinds |
|---|---|
| `statements` | relations without sides, poles that cancel, constant factors |
| `notation` | what need not commute, products of sets, names in a font, spaces between digits, segments, temperatures |

Excluded is what may mean the same after all: a relation that lacks one side, turned with it; a thin space before three
digits; segments named from either end; a Celsius degree beside another way of writing it.
"""
