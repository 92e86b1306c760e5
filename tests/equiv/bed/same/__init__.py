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

Excluded, since their meaning does not surely stay: sizes and fonts of letters, a space that could be a factor's or a
list's, sides of anything but a lone equation, braces inside names, signs that Unicode has for several commands.
"""
