"""Rewrites of single nodes."""

from __future__ import annotations

from hmer_suite.latex.canonical.rewrite import Rewrites, braced_group, symbol_node
from hmer_suite.latex.canonical.spacing import is_ord, plain_name
from hmer_suite.latex.canonical.styles import DISPLAY, TEXT
from hmer_suite.latex.constructs import DISPLAY_LIMITS, FONT_SYNONYMS, INTEGRALS
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node

REWRITES = Rewrites()
"""Rewrites of single nodes, in the order in which they are tried."""


@REWRITES.add("argument-braces", "command", r"\frac 1 2", r"\frac { 1 } { 2 }")
def _argument_braces(node: Node, style: str) -> Node | None:
    """Every argument of a command stands in exactly one pair of braces."""
    children = tuple(child and _braced(child) for child in node.children)
    return None if children == node.children else Node("command", node.name, children)


@REWRITES.add("script-braces", "scripts", "x ^ 2", "x ^ { 2 }")
def _script_braces(node: Node, style: str) -> Node | None:
    """Every script stands in exactly one pair of braces."""
    base, sub, sup = node.children
    children = (base, sub and _braced(sub), sup and _braced(sup))
    return None if children == node.children else Node("scripts", node.name, children)


def _braced(node: Node) -> Node:
    """An argument or script in one pair of braces; rows (optional arguments) and text have theirs."""
    if node.kind in ("row", "text", "primes"):
        return node
    if node.kind != "group":
        return braced_group(node)
    return node


@REWRITES.add("primes", "scripts", "f ' ^ 2", r"f ^ { \prime 2 }")
def _primes(node: Node, style: str) -> Node | None:
    """An apostrophe is a superscript prime, in front of what else is raised."""
    base, sub, sup = node.children
    if sup is None or sup.kind != "primes":
        return None
    (raised,) = sup.children
    behind = () if raised is None else raised.children if raised.kind == "group" else (raised,)
    return Node(
        "scripts", node.name, (base, sub, braced_group(*[symbol_node("\\prime")] * len(sup.name), *behind))
    )


@REWRITES.add("empty-base", "scripts", "^ 2", "{ } ^ { 2 }")
def _empty_base(node: Node, style: str) -> Node | None:
    """A script without a base has an empty one."""
    base, sub, sup = node.children
    return Node("scripts", node.name, (braced_group(), sub, sup)) if base is None else None


@REWRITES.add("base-braces", "scripts", "{ x } ^ 2", "x ^ { 2 }")
def _base_braces(node: Node, style: str) -> Node | None:
    """A base of one ordinary symbol needs no braces, where no subscript hangs on its slant."""
    base = _bare_base(node.children[0])
    leans = node.children[1] is not None and not (base is not None and base.name in _UPRIGHT)
    return None if base is None or leans else Node("scripts", node.name, (base, *node.children[1:]))


@REWRITES.add("slanted-base-braces", "scripts", "{ f } _ 2", "f _ { 2 }", default=False)
def _slanted_base_braces(node: Node, style: str) -> Node | None:
    """The same for any base: TeX draws both alike, KaTeX sets the subscript further left without the braces."""
    base = _bare_base(node.children[0])
    return base and Node("scripts", node.name, (base, *node.children[1:]))


_UPRIGHT = frozenset("0123456789")


def _bare_base(base: Node | None) -> Node | None:
    """The one ordinary symbol inside the braces of a base, or None where there is something else."""
    inner = base
    while inner is not None and inner.kind == "group" and len(inner.children) == 1:
        (inner,) = inner.children
    return inner if inner is not base and inner.kind == "symbol" and is_ord(inner) else None


@REWRITES.add("default-limits", "scripts", r"\sum \limits _ { i }", r"\sum _ { i }")
def _default_limits(node: Node, style: str) -> Node | None:
    r"""``\limits`` and ``\nolimits`` go where they say what the operator does in this style anyway."""
    if not node.name:
        return None
    base, sub, sup = node.children
    name = base.name if base is not None else ""
    stacks = name in DISPLAY_LIMITS and style == DISPLAY
    if node.name == "\\displaylimits" or (node.name == "\\limits") == stacks or (sub is None and sup is None):
        return base if sub is None and sup is None else Node("scripts", "", node.children)
    return None


@REWRITES.add("display-fraction", "command", r"\dfrac { 1 } { 2 }", r"\frac { 1 } { 2 }")
def _display_fraction(node: Node, style: str) -> Node | None:
    r"""``\dfrac`` in display style and ``\tfrac`` in text style are ``\frac``; binomials likewise."""
    plain = _FRACTION_IN_STYLE.get((node.name, style))
    return plain and Node("command", plain, node.children)


_FRACTION_IN_STYLE = {
    ("\\dfrac", DISPLAY): "\\frac",
    ("\\tfrac", TEXT): "\\frac",
    ("\\dbinom", DISPLAY): "\\binom",
    ("\\tbinom", TEXT): "\\binom",
}


@REWRITES.add("operator-name", "command", r"\operatorname { s i n }", r"\sin")
def _operator_name(node: Node, style: str) -> Node | None:
    r"""``\operatorname`` of a name that has a command of its own is that command."""
    if node.name not in ("\\operatorname", "\\operatorname*"):
        return None
    word = plain_name(node.children[1])
    name = f"\\{word}"
    if word is None or CLASSES.get(name) != "NAMEDOP" or name in _WITHOUT_OWN_NAME:
        return None
    return symbol_node(name) if (name in DISPLAY_LIMITS) == node.name.endswith("*") else None


_WITHOUT_OWN_NAME = INTEGRALS | frozenset(r"\injlim \projlim \liminf \limsup".split())
"""Named operators that draw something else than the letters of their command."""


@REWRITES.add("font-synonyms", "command", r"\Bbb { R }", r"\mathbb { R }")
def _font_synonyms(node: Node, style: str) -> Node | None:
    r"""``\Bbb`` is ``\mathbb``, ``\bold`` is ``\mathbf``, ``\bm`` is ``\boldsymbol``."""
    synonym = FONT_SYNONYMS.get(node.name)
    return synonym and Node("command", synonym, node.children)


@REWRITES.add(
    "empty-last-row", "environment", r"\begin{matrix} a \\ \end{matrix}", r"\begin{matrix} a \end{matrix}"
)
def _empty_last_row(node: Node, style: str) -> Node | None:
    r"""A ``\\`` behind the last row of an environment starts no row."""
    last = node.children[-1]
    if len(node.children) < 3 or len(last.children) != 2 or any(part.children for part in last.children):
        return None
    return Node("environment", node.name, node.children[:-1])


@REWRITES.add("one-cell", "environment", r"\begin{aligned} x \end{aligned}", "{ x }", default=False)
def _one_cell(node: Node, style: str) -> Node | None:
    """Aligned lines that are one line with one cell are that cell; they stand a hair lower."""
    _columns, *lines = node.children
    if node.name not in ("aligned", "gathered", "split") or len(lines) != 1 or len(lines[0].children) != 2:
        return None
    hlines, cell = lines[0].children
    return None if hlines.children or style != DISPLAY else braced_group(*cell.children)
