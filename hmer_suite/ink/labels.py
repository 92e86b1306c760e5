r"""Labels of InkML files, in canonical tokens.

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
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import assert_never
from xml.etree.ElementTree import Element

from hmer_suite.errors import InputError
from hmer_suite.ink.inkml import InkDocument
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.constructs import NO_DELIMITER
from hmer_suite.latex.nodes import (
    Command,
    Environment,
    Fenced,
    Group,
    Infix,
    Line,
    Math,
    Node,
    Primes,
    Row,
    Scripts,
    Sized,
    Symbol,
    Text,
)
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import join, split
from hmer_suite.latex.tree import LatexSyntaxError, parse, unparse


def label(ink: InkDocument) -> str:
    """The ink's label in canonical tokens, empty where the file has none.

    Raises:
        InputError: neither the typed truth nor the MathML tree can be read.
    """
    failures: list[InputError] = []
    readings = list(_readings(ink, failures))
    if not readings and failures:
        raise failures[-1]
    return min(readings, key=lambda reading: disagreement(reading, ink), default="")


def _readings(ink: InkDocument, failures: list[InputError]) -> Iterable[str]:
    """The label by each source that can be read, the typed truth first."""
    sources: list[Callable[[], str]] = []
    if ink.truth is not None:
        sources.append(partial(label_of_truth, ink.truth))
    if ink.mathml is not None:
        sources.append(partial(label_of_mathml, ink.mathml))
    for read in sources:
        try:
            text = read()
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
    """The canonical label of what a reader of the ink sees.

    Canonical spelling may put braces around a sign, as for ``+^{}``; the ink has none, so that they are dropped again.
    """
    found = _plain_label(tokens)
    while (again := _plain_label(found.split())) != found:
        found = again
    return found


def _plain_label(tokens: Sequence[str]) -> str:
    plain = Row(tuple(_plain_items(canonical_tree(parse(tokens)).items)))
    return join(unparse(canonical_tree(parse(unparse(plain)))))


def disagreement(text: str, ink: InkDocument) -> int:
    """Number of symbols that only one of a label and the marked ink has; 0 where none are marked."""
    if not ink.groups:
        return 0
    written, marked = _marks(text.split()), _marks(symbol_label(group.label) for group in ink.groups)
    return (written - marked).total() + (marked - written).total()


def _marks(tokens: Iterable[str]) -> Counter[str]:
    """Numbers of marks, counting tokens that annotators did not distinguish as one."""
    return Counter(
        mark for token in tokens if token not in _STRUCTURE for mark in _MARKS.get(token, (token,))
    )


_MARKS = {"\\frac": ("-",), "\\cdots": (".",) * 3, "\\ldots": (".",) * 3, "\\cdot": (".",)}

_STRUCTURE = frozenset(("{", "}", "^", "_", "\\limits", "\\nolimits"))


# --- the parts of a tree that handwriting shows -----------------------------------------------------------------


def _plain_items(items: Iterable[Node]) -> list[Node]:
    return [plain for item in items for plain in _plain(item)]


def _plain(node: Node) -> list[Node]:
    """The items that a reader of the ink sees in place of the node."""
    match node:
        case Group() | Text() | Math() | Row():
            return _plain_items(node.items)
        case Symbol():
            return [] if CLASSES.get(node.name) == "SPACE" else [node]
        case Fenced():
            items = [item for part in node.parts for item in _plain(part)]
            return [item for item in items if not (isinstance(item, Symbol) and item.name == NO_DELIMITER)]
        case Sized():
            return [node.delimiter]
        case Command() if node.name in _UPRIGHT:
            return _upright(_plain(node.arguments[-1]))
        case Command():
            arguments = tuple(map(_argument, node.arguments))
            return [Command(node.name, arguments, node.optional and _optional(node.optional))]
        case Scripts():
            return _plain_scripts(node)
        case Infix():
            return [Infix(node.name, _row(node.before), _row(node.after))]
        case Environment():
            columns = node.columns and Text(tuple(_plain_items(node.columns.items)))
            return [Environment(node.name, columns, tuple(map(_line, node.lines)))]
        case Line() | Primes():
            return [node]
        case _:
            assert_never(node)


def _optional(row: Row) -> Row:
    """An optional argument; in braces where it would end too soon or cannot stand without them."""
    plain = _row(row)
    signs = {item.name for item in plain.items if isinstance(item, Symbol)}
    braced = any(sign == "]" or CLASSES.get(sign) == "ROWBREAK" for sign in signs)
    return Row((Group(plain.items),)) if braced else plain


_UPRIGHT = frozenset(
    r"\mbox \hbox \text \textrm \textnormal \mathrm \mathnormal \operatorname \mathop".split()
)


def _upright(items: list[Node]) -> list[Node]:
    """Upright letters: a function where they spell one, else themselves."""
    name = "\\" + "".join(item.name for item in items if isinstance(item, Symbol))
    spelt = all(isinstance(item, Symbol) for item in items) and CLASSES.get(name) == "NAMEDOP"
    return [Symbol(name)] if spelt else items


def _plain_scripts(node: Scripts) -> list[Node]:
    """Scripts attached to the last item of their base; empty ones are dropped."""
    items = [] if node.base is None else _plain(node.base)
    below, above = _shown(node.sub), _shown(node.sup)
    if below is None and above is None:
        return items
    # Without the braces, scripts of nothing would be scripts of the item before.
    inner = items[-1] if items else Group()
    return [*items[:-1], _with_scripts(inner, below, above, node.limits)]


Script = Group | Primes
"""A script as labels have it."""


def _shown(script: Node | None) -> Script | None:
    """A script in braces, None where there is nothing to see in it."""
    if script is None or isinstance(script, Primes):
        return script
    group = _argument(script)
    return group if group.items else None


def _with_scripts(inner: Node, below: Script | None, above: Script | None, limits: str) -> Node:
    """An item with scripts, merged with those that it has already unless both have the same one."""
    if not isinstance(inner, Scripts):
        return Scripts(inner, below, above, limits)
    base, sub, sup = inner.base, inner.sub, inner.sup
    if isinstance(above, Group) and isinstance(sup, Group) and all(item == _PRIME for item in sup.items):
        above, sup = Group((*sup.items, *above.items)), None
    if (below and sub) or (above and sup):
        return Scripts(Group((inner,)), below, above, limits)
    return Scripts(base, below or sub, above or sup, limits or inner.limits)


_PRIME = Symbol("\\prime")


def _argument(node: Node) -> Group:
    return Group(tuple(_plain(node)))


def _row(row: Row) -> Row:
    return Row(tuple(_plain_items(row.items)))


def _line(line: Line) -> Line:
    return Line(line.separator, _row(line.hlines), tuple(map(_row, line.cells)))


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
