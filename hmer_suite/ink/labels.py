r"""Labels of InkML: what was written, in canonical tokens.

A file says it up to three times: as typed LaTeX, as a MathML tree and as symbols marked in the ink. CROHME's
MathML was made from the LaTeX and lost structure on the way (nested subscripts, ``\cdots``, ``\limits``); the
LaTeX in turn holds slips of its typist. Where the two differ, the one whose symbols are those that were marked
in the ink is right, and where both are, the LaTeX.

Handwriting shows no braces, spaces, upright letters or sizes of delimiters, so that labels have none either:
``{ \mbox { SiA } } _ { \sigma }`` is ``S i A _ { \sigma }``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import join, split
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from hmer_suite.ink.inkml import InkDocument


def label(ink: InkDocument) -> str:
    """The ink's label in canonical tokens, empty where the file does not say it.

    Raises:
        InputError: neither the typed truth nor the MathML tree can be read.
    """
    failures: list[InputError] = []
    readings = list(_readings(ink, failures))
    if not readings and failures:
        raise failures[-1]
    return min(readings, key=lambda reading: disagreement(reading, ink), default="")


def _readings(ink: InkDocument, failures: list[InputError]) -> Iterable[str]:
    """The label by each source that can be read, the typed truth in front."""
    for source, read in ((ink.truth, label_of_truth), (ink.mathml, label_of_mathml)):
        if source is None:
            continue
        try:
            text = read(source)
        except InputError as error:
            failures.append(InputError(f"{ink.id}: {error}"))
        else:
            if text:
                yield text


def label_of_truth(truth: str) -> str:
    """Typed LaTeX as a label; `LatexSyntaxError` where the grammar refuses it."""
    if truth.count("$") == 1:
        truth = truth.strip().strip("$")
    return _label(
        split(_RAISED_PRIMES.sub(lambda found: "^{" + "\\prime " * found[1].count("'") + "}", truth))
    )


_RAISED_PRIMES = re.compile(r"\^\s*\{((?:\s*')+)\s*\}")
"""``f^{'}``, which TeX raises twice."""


def label_of_mathml(element: Element) -> str:
    """A MathML tree as a label; `InputError` names an element that has no counterpart."""
    return _label(latex_of_mathml(element))


def symbol_label(text: str) -> str:
    """The canonical token of a symbol marked in the ink."""
    try:
        return _label(_leaf(text.strip()))
    except LatexSyntaxError:
        return text.strip()


def _label(tokens: Sequence[str]) -> str:
    plain = Node("row", "", tuple(_plain_items(canonical_tree(parse(tokens)).children)))
    return join(unparse(canonical_tree(parse(unparse(plain)))))


def disagreement(text: str, ink: InkDocument) -> int:
    """Number of symbols that only one of a label and the marked ink has; 0 where none are marked."""
    if not ink.groups:
        return 0
    written, marked = _marks(text.split()), _marks(symbol_label(group.label) for group in ink.groups)
    return (written - marked).total() + (marked - written).total()


def _marks(tokens: Iterable[str]) -> Counter[str]:
    """Numbers of marks, where tokens that annotators did not tell apart are one."""
    return Counter(
        mark for token in tokens if token not in _STRUCTURE for mark in _MARKS.get(token, (token,))
    )


_MARKS = {"\\frac": ("-",), "\\cdots": (".",) * 3, "\\ldots": (".",) * 3, "\\cdot": (".",)}

_STRUCTURE = frozenset(("{", "}", "^", "_", "\\limits", "\\nolimits"))


# --- what handwriting shows of a tree -------------------------------------------------------------------------


def _plain_items(items: Iterable[Node]) -> list[Node]:
    return [plain for item in items for plain in _plain(item)]


def _plain(node: Node) -> list[Node]:
    """The items that a reader of the ink sees in place of the node."""
    if node.kind in ("group", "text", "math"):
        return _plain_items(node.children)
    if node.kind == "symbol":
        return [] if CLASSES.get(node.name) == "SPACE" else [node]
    if node.kind == "fenced":
        parts = (part.children if part.kind == "row" else (part,) for part in node.children)
        return [item for part in parts for item in _plain_items(part) if item.name != "."]
    if node.kind == "sized":
        return list(node.children)
    if node.kind == "command" and node.name in _UPRIGHT:
        return _upright(_plain(node.children[-1]))
    if node.kind == "scripts":
        return _plain_scripts(node)
    return [Node(node.kind, node.name, tuple(map(_argument, node.children)))]


_UPRIGHT = frozenset(
    r"\mbox \hbox \text \textrm \textnormal \mathrm \mathnormal \operatorname \mathop".split()
)


def _upright(items: list[Node]) -> list[Node]:
    """Upright letters: a function where they spell one, else themselves."""
    name = "\\" + "".join(item.name for item in items)
    return [Node("symbol", name)] if CLASSES.get(name) == "NAMEDOP" else items


def _plain_scripts(node: Node) -> list[Node]:
    """A script stands at the last item of its base; one without content goes."""
    base, *scripts = node.children
    items = [] if base is None else _plain(base)
    below, above = (_shown(_argument(script)) for script in scripts)
    if below is None and above is None:
        return items
    # Without the braces, scripts of nothing would be scripts of what stands in front.
    inner = items[-1] if items else Node("group")
    return [*items[:-1], _with_scripts(inner, below, above, node.name)]


def _shown(script: Node | None) -> Node | None:
    return None if script is None or (script.kind == "group" and not script.children) else script


def _with_scripts(inner: Node, below: Node | None, above: Node | None, limits: str) -> Node:
    """An item with scripts, which become one with those that it has, unless they stand in the same place."""
    if inner.kind != "scripts":
        return Node("scripts", limits, (inner, below, above))
    base, sub, sup = inner.children
    if above and sup and _is_primes(sup):
        sup, above = None, Node("group", "", (*sup.children, *above.children))
    if (below and sub) or (above and sup):
        return Node("scripts", limits, (Node("group", "", (inner,)), below, above))
    return Node("scripts", limits or inner.name, (base, below or sub, above or sup))


def _is_primes(script: Node) -> bool:
    return script.kind == "group" and all(item.name == "\\prime" for item in script.children)


def _argument(node: Node | None) -> Node | None:
    if node is None or node.kind == "primes":
        return node
    if node.kind in ("row", "line"):
        return Node(
            node.kind,
            node.name,
            tuple(map(_argument, node.children))
            if node.kind == "line"
            else tuple(_plain_items(node.children)),
        )
    return Node("group", "", tuple(_plain(node)))


# --- MathML ---------------------------------------------------------------------------------------------------


def latex_of_mathml(element: Element, depth: int = 0) -> list[str]:
    """LaTeX tokens of a MathML element; `InputError` names an element that has no counterpart."""
    if depth > _MAX_DEPTH:
        raise InputError(f"MathML elements nested more than {_MAX_DEPTH} deep")
    tag = element.tag.rpartition("}")[2]
    if tag in ("mi", "mo", "mn", "mtext"):
        return _leaf("".join(element.itertext()).strip())
    parts = [latex_of_mathml(child, depth + 1) for child in element]
    if tag in ("math", "mrow", "mstyle", "msqrt"):
        row = [token for part in parts for token in part]
        return ["\\sqrt", *_braced(row)] if tag == "msqrt" else row
    if len(parts) != _CHILDREN.get(tag):
        raise InputError(f"MathML element {tag} with {len(parts)} children")
    return _layout(tag, parts)


_MAX_DEPTH = 200
"""CROHME's rows hold their first symbol and a row with the others, so that a long formula is a deep tree."""

_CHILDREN = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3,
}  # fmt: skip
"""Number of children of each element that lays them out in two dimensions."""


def _layout(tag: str, parts: Sequence[list[str]]) -> list[str]:
    base, *others = parts
    if tag == "mfrac":
        return ["\\frac", *_braced(base), *_braced(others[0])]
    if tag == "mroot":
        return ["\\sqrt", "[", *others[0], "]", *_braced(base)]
    limits = ["\\limits"] if tag.startswith(("munder", "mover")) and base == ["\\int"] else []
    signs = "^" if tag in ("msup", "mover") else "_^"
    scripts = [token for sign, part in zip(signs, others, strict=False) for token in (sign, *_braced(part))]
    return [*base, *limits, *scripts]


def _braced(tokens: Iterable[str]) -> list[str]:
    return ["{", *tokens, "}"]


_LEAVES = {
    "infin": "\\infty",
    "ctdot": "\\cdots",
    "hellip": "\\ldots",
    "...": "\\ldots",
    "·": "\\cdot",
    "rarr": "\\rightarrow",
    "exist": "\\exists",
    # So in about 150 files.
    "im": "\\lim",
    "{": "\\{",
    "}": "\\}",
}
"""Texts of MathML leaves whose LaTeX cannot be guessed."""


def _leaf(text: str) -> list[str]:
    if text in _LEAVES:
        return [_LEAVES[text]]
    if len(text) > 1 and "\\" + text in CLASSES:
        return ["\\" + text]
    return split(text)
