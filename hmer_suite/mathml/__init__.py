r"""A parse tree as Presentation MathML, which browsers draw without help: nothing is fetched, nothing runs.

The dialect is MathML Core (W3C, 2025), what Chromium, Firefox and Safari share: no ``menclose``, no
``columnalign``, no ``mathvariant`` but ``normal``. Alphabets are Unicode's, frames and column lines are CSS,
and limits, styles and spaces are decided here by TeX's rules (TeXbook, ch. 17 and 18), not by each browser's.
"""

from __future__ import annotations

from collections.abc import Collection

from hmer_suite.latex.nodes import Row
from hmer_suite.latex.tree import parse
from hmer_suite.mathml import constructs, delimiters, environments, text  # noqa: F401 - they register
from hmer_suite.mathml.marks import marked_nodes
from hmer_suite.mathml.rows import MAX_DEPTH, draw_items
from hmer_suite.mathml.spacing import MathStyle


def to_mathml(formula: Row | str, display: bool = True, marks: Collection[int] = ()) -> str:
    """The ``<math>`` element of a formula or its tree (`hmer_suite.latex.tree.parse`), in display or in text style.

    Text is escaped, so the result is safe in HTML and well-formed XML. Commands that have no drawing are
    written as they are, in ``<mtext class="unknown">``. Raises `LatexSyntaxError` for a formula that is not valid.

    What draws a token of *marks*, places in ``unparse(tree)``, has ``class="mark"`` and the place in ``data-token``; it
    is the construct for a token that places others, such as ``^``, and nothing for a token that draws nothing.
    """
    tree = parse(formula) if isinstance(formula, str) else formula
    tree, places = marked_nodes(tree, marks) if marks else (tree, {})
    style = MathStyle(display=display, marks=places)
    block = ' display="block"' if display else ""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{block}>{draw_items(tree.items, style)}</math>'


__all__ = ["MAX_DEPTH", "to_mathml"]
