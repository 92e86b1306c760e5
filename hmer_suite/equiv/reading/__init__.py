r"""From the parse trees of a pair of formulas to terms that can be compared.

In the order in which they work:

- `respelling`: other spellings of a whole formula in the usual one, as changes of its tree;
- `reader`: the tree as a `Term`, by way of `atoms`, `factors` and `statements`;
- `interpreting`: the general and the special readings of terms with ambiguous notation;
- `notations`: two notations of one thing in a pair, written alike.

`operators`, `letter_kinds` and `units` are tables of what signs and letters stand for; `choices` has the readings
that are tried side by side.
"""
