r"""Soundness test bed: random mathematics whose equality is known without asking the engine under test.

| module | holds |
|---|---|
| `terms` | the bed's own expression tree |
| `latex` | its writer, which spells at random |
| `generate` | random terms, one generator a construct |
| `rewrite` | steps that keep the meaning |
| `mutate` | steps that change it |
| `oracle` | values of terms at random points, which proves that a mutation did |
| `double_life` | notation with several plausible readings |
| `labels` | formulas to make pairs of: labels of published data sets, random terms |
| `formula` | formulas as tokens, and where something may be changed in them |
| `same/` | pairs that mean the same in other notation, and identities: never DIFFERENT |
| `apart/` | pairs that are easily read too freely: never EQUAL |
| `pairs` | all of these as pairs of LaTeX strings, each made again from its kind and seed |

Convention: letters are real numbers and an expression is a partial real function. Two expressions are equal when
they agree wherever both are defined and their domains differ in isolated removable points at most. Uninterpreted
functions are arbitrary functions of their arguments. Statements are equal when swapping sides, turning an
inequality with its sign, moving terms and nonzero constant factors lead from one to the other; statements whose
sides differ by a constant (numeric ones, identities), only when their sides have the same values.

Every formula has a value somewhere, and where a letter is bound no other name is spelt with it.
"""
