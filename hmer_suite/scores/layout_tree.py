r"""Symbol layout trees of formulas.

A symbol layout tree (Zanibbi and Blostein, IJDAR 15 (2012), sec. 2) has the symbols as nodes, and each symbol
but the first hangs on another one by a relation: to its **R**ight, as its **Sup**erscript or **Sub**script,
**Above**, **Below** or **Inside** it. How CROHME's LgEval draws that tree from LaTeX (by way of MathML) is
followed here where it says anything:

- Braces and fences are not nodes: a script after them hangs on the last symbol within, and so does an accent
  over several symbols.
- Commands that MathML writes with one character are one label (``\leq`` and ``\leqslant``), a fraction bar
  and a minus sign among them.
- A root without index is related not only to the first symbol inside it but to the second as well.
- Since version 3 pandoc, which LgEval gets its MathML from, puts an invisible *function application* after a
  named function that something follows; it counts as a symbol, and the function's scripts hang on it.
  ``application=False`` leaves it out, as pandoc did when CROHME 2019 was scored.

Where LgEval has no usable answer, or one tree for different drawings, a choice is made: the cells of a
table hang on one symbol for the table (LgEval leaves them unconnected); text is a row of symbols (LgEval
drops it); the label of an accent says how many symbols it spans, if several; a second script at the same
place follows a gap in the row of the first (LgEval lays one over the other); a script without a base
keeps a place in the row (LgEval loses what follows it); n primes are n symbols.
"""

from __future__ import annotations

from hmer_suite.latex.nodes import Row
from hmer_suite.scores import layout_commands  # noqa: F401 - registers the commands
from hmer_suite.scores.layout_builder import Layout
from hmer_suite.scores.layout_rows import EMPTY, LayoutTree, SymbolRow


def layout_tree(tree: Row, *, application: bool = True) -> LayoutTree:
    """The symbol layout tree of a parse tree, in time linear in its size and at any depth.

    *application*: whether a named function is followed by an invisible symbol, as in MathML (see above).
    """
    return Layout(application).lay_out(tree)


__all__ = ["EMPTY", "LayoutTree", "SymbolRow", "layout_tree"]
