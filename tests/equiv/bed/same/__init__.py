r"""Pairs that mean the same in other notation: each rewriting says why the meaning stays.

| module | rewritings of |
|---|---|
| `drawn` | what TeX draws alike |
| `signs` | Unicode and ASCII for commands |
| `words` | text, units, colours, fonts of digits, names of functions |
| `braces` | one side that lost a brace |
| `values` | named functions of numbers, notations of numbers |
| `statements` | equations, side conditions, systems |
| `solutions` | sets, intervals, cases and lists of solutions |
| `identities` | identities of algebra, trigonometry, logarithms, sums, as terms of the bed |

"""

EXCLUDED = (
    "the sides of anything but a lone equation: another relation, a comma, dots or plus-minus may part statements",
    "terms before bars or behind an operator that may reach over a plus",
    "braces of names, fonts and environments; a lost brace that leaves valid LaTeX, which says something else",
    "a part of a number, or of a name spelt in letters, in a colour or a font of its own",
    "fonts, cases and indices of letters: another letter",
    "`!=`, which is also a factorial; `2e+4`, which is also a sum; `17\\%5`, which is also a percentage",
    "letters that theory of numbers uses for functions (`\\varphi(12)`, `\\pi(10)`): letters are letters; "
    "`C(n,k)`, a function of two letters",
    "commands for which Unicode has several signs, or signs that are taken for others; its script capitals, which are "
    "those of two fonts",
    "a quad, which may part statements; spaces but beside a relation, a plus, a minus or a cross",
    "three dots beside a dot that multiplies or ends a sentence",
)
"""What the rewritings leave alone, since its meaning does not surely stay."""
