r"""Canonical spelling: rewrites that change how a formula is written and never what is drawn.

Each rewrite is a named entry of `REWRITES`, documented by its docstring and an example, and proved by
`make oracle`, which lets KaTeX draw both spellings (`reports/canonical.md`). Those that the drawing does not
confirm in every case are marked ``default=False``.

A rewrite takes a node (or the items of a row) whose children are already canonical, and the style it stands in,
since ``\limits`` and ``\dfrac`` mean something only where the style is not theirs already (TeXbook, ch. 17).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hmer_suite.latex.commands import CLASSES, SPACING_CLASSES
from hmer_suite.latex.tokens import join, split
from hmer_suite.latex.tree import LatexSyntaxError, Node, parse, unparse

DISPLAY, TEXT, SCRIPT = "display", "text", "script"

Items = list[Node]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A named rewrite. *kind* is the kind of node it applies to, ``row`` for the items of any row or group."""

    name: str
    kind: str
    before: str
    after: str
    default: bool
    apply: Callable

    @property
    def doc(self) -> str:
        """The sentence that documents the rewrite."""
        return (self.apply.__doc__ or "").strip()


REWRITES: list[Rewrite] = []
"""All rewrites, in the order in which they are tried on a node."""


def _rewrite(name: str, kind: str, before: str, after: str, *, default: bool = True):
    def register(function: Callable) -> Callable:
        REWRITES.append(Rewrite(name, kind, before, after, default, function))
        return function

    return register


def canonical(text: str, *, extra: Iterable[str] = ()) -> str:
    """*text* in canonical spelling, as spaced tokens; *extra* names rewrites that are off by default.

    What the grammar refuses has no canonical spelling: its tokens come back as they are.
    """
    return join(canonical_tokens(split(text), extra=tuple(extra)))


def canonical_tokens(tokens: Sequence[str], *, extra: tuple[str, ...] = ()) -> list[str]:
    """Like `canonical`, from tokens to tokens."""
    try:
        tree = parse(tokens)
    except LatexSyntaxError:
        return list(tokens)
    return unparse(canonical_tree(tree, extra=extra))


def canonical_tree(tree: Node, *, extra: tuple[str, ...] = (), fired: Counter[str] | None = None) -> Node:
    """The canonical form of a parsed formula; *fired*, if given, counts the rewrites that changed something."""
    return _Canoniser(_enabled(extra), fired).node(tree, DISPLAY)


def rewrites_digest() -> str:
    """Eight hexadecimal digits that name the rewrites in force and the synonyms, for signatures."""
    names = [f"{rewrite.name} {rewrite.before} {rewrite.after}" for rewrite in REWRITES if rewrite.default]
    return hashlib.sha256("\n".join([*names, *map(" ".join, SYNONYMS.items())]).encode()).hexdigest()[:8]


@lru_cache
def _enabled(extra: tuple[str, ...]) -> dict[str, tuple[Rewrite, ...]]:
    """Rewrites in force, by kind of node.

    Raises:
        ValueError: *extra* names a rewrite that does not exist.
    """
    unknown = set(extra) - {rewrite.name for rewrite in REWRITES}
    if unknown:
        raise ValueError(f"no such rewrite: {', '.join(sorted(unknown))}")
    chosen = [rewrite for rewrite in REWRITES if rewrite.default or rewrite.name in extra]
    kinds = {rewrite.kind for rewrite in chosen}
    return {kind: tuple(rewrite for rewrite in chosen if rewrite.kind == kind) for kind in kinds}


class _Canoniser:
    """One pass over a tree, children first, applying the rewrites of each node's kind in order."""

    def __init__(self, rewrites: dict[str, tuple[Rewrite, ...]], fired: Counter[str] | None):
        self.rewrites = rewrites
        self.fired = fired
        self.thorough = any(not rewrite.default for rewrite in rewrites.get("row", ()))

    def node(self, node: Node, style: str) -> Node:
        if node.kind in ("row", "group", "math"):
            return Node(node.kind, node.name, tuple(self.items(node.children, style)))
        return self._rewritten(Node(node.kind, node.name, self._children(node, style)), style)

    def _children(self, node: Node, style: str) -> tuple[Node | None, ...]:
        if node.kind == "fenced":
            return tuple(
                self._fenced_row(part, style) if part.kind == "row" else self._leaf(part)
                for part in node.children
            )
        if not node.children:
            return ()
        styles = _child_styles(node, style)
        children = tuple(
            child and (self._leaf(child) if child.kind == "symbol" else self.node(child, inner))
            for child, inner in zip(node.children, styles, strict=True)
        )
        first, last = node.children[0], node.children[-1]
        if node.kind == "scripts" and first is not None and CLASSES.get(first.name) == "ACCENT":
            accented = Node("command", first.name, (None, self._frozen(first.children[1], style)))
            return (self._rewritten(accented, style), *children[1:])
        if node.kind == "command" and CLASSES.get(node.name) == "STACK":
            return (*children[:-1], self._frozen(last, style))
        return children

    def _frozen(self, argument: Node, style: str) -> Node:
        """An argument whose own braces and fonts stay, since they decide where scripts or labels of it stand."""
        if argument.kind != "group":
            return self._leaf(argument)
        items = (
            self._leaf(item) if item.kind == "symbol" else self.node(item, style)
            for item in argument.children
        )
        return _group(*items)

    def items(self, items: Iterable[Node], style: str) -> Items:
        done: Items = []
        may_change = self.thorough
        for item in items:
            if item.kind == "symbol":
                style = _STYLE_SWITCHES.get(item.name, style)
                may_change = may_change or item.name in _ROW_TRIGGERS
                done.append(self._leaf(item))
            else:
                done.append(self.node(item, style))
                may_change = may_change or done[-1].kind in ("group", "infix")
        return self._rewritten_row(done, style) if may_change else done

    def _rewritten_row(self, items: Items, style: str) -> Items:
        for rewrite in self.rewrites.get("row", ()):
            changed = rewrite.apply(items, style)
            if changed is not None:
                items = changed
                self._count(rewrite)
        return items

    def _fenced_row(self, row: Node, style: str) -> Node:
        r"""A row in front of ``\right``, where ``\dots`` draws a space that no other dots draw."""
        ends_with_dots = bool(row.children) and row.children[-1].name == "\\dots"
        items = row.children[:-1] if ends_with_dots else row.children
        return Node("row", "", (*self.items(items, style), *row.children[len(items) :]))

    def _leaf(self, node: Node) -> Node:
        """Symbols have no children and only one rewrite: their synonym."""
        synonym = SYNONYMS.get(node.name)
        if synonym is None:
            return node
        if self.fired is not None:
            self.fired["synonyms"] += 1
        return Node("symbol", synonym)

    def _rewritten(self, node: Node, style: str) -> Node:
        for rewrite in self.rewrites.get(node.kind, ()):
            changed = rewrite.apply(node, style)
            if changed is not None:
                self._count(rewrite)
                if changed.kind != node.kind:
                    return self._rewritten(changed, style)
                node = changed
        return node

    def _count(self, rewrite: Rewrite) -> None:
        if self.fired is not None:
            self.fired[rewrite.name] += 1


_ROW_TRIGGERS = frozenset(r"\not \dots \bf \rm \cal \it \sf \tt".split())
"""Symbols without which, and without groups, no row rewrite that is on by default changes a row."""


# --- styles ---------------------------------------------------------------------------------------------------

_STYLE_SWITCHES = {
    "\\displaystyle": DISPLAY,
    "\\textstyle": TEXT,
    "\\scriptstyle": SCRIPT,
    "\\scriptscriptstyle": SCRIPT,
}
_SMALLER = {DISPLAY: TEXT, TEXT: SCRIPT, SCRIPT: SCRIPT}
_FRACTION_STYLES = {"\\dfrac": TEXT, "\\dbinom": TEXT, "\\cfrac": TEXT, "\\tfrac": SCRIPT, "\\tbinom": SCRIPT}
_DISPLAY_ENVIRONMENTS = frozenset(
    "aligned align align* gathered gather gather* split alignat alignat* alignedat equation equation* multline "
    "multline* eqnarray eqnarray* dcases drcases darray".split()
)


def _child_styles(node: Node, style: str) -> tuple[str, ...]:
    """Style of each child of *node*, which itself stands in *style*."""
    count = len(node.children)
    if node.kind == "scripts":
        return (style, SCRIPT, SCRIPT)
    if node.kind == "primes":
        return (SCRIPT,) * count
    if node.kind == "infix":
        return (_SMALLER[style],) * count
    if node.kind == "command":
        return _argument_styles(node, style)
    if node.kind == "environment":
        inner = (
            style if node.name in _DISPLAY_ENVIRONMENTS else SCRIPT if node.name == "smallmatrix" else TEXT
        )
        return (inner,) * count
    return (style,) * count


def _argument_styles(node: Node, style: str) -> tuple[str, ...]:
    count = len(node.children)
    cls = CLASSES.get(node.name)
    if cls == "FRAC":
        return (_FRACTION_STYLES.get(node.name, _SMALLER[style]),) * count
    if cls == "STACK":
        return (style, SCRIPT, style)
    if cls == "XARROW":
        return (SCRIPT,) * count
    if node.name == "\\sqrt":
        return (SCRIPT, style)
    if node.name == "\\substack":
        return (SCRIPT,) * count
    return (style,) * count


# --- what a node looks like from its neighbours ---------------------------------------------------------------


def _spacing(node: Node) -> str:
    """Spacing class of an item (TeXbook, ch. 18), or ``none`` where it cannot be told or has none."""
    if node.kind == "symbol":
        cls = CLASSES.get(node.name, "CHAR")
        return "none" if cls in ("SPACE", "STYLE", "ROWBREAK") else SPACING_CLASSES.get(node.name, "ord")
    if node.kind == "group":
        return "ord"
    if node.kind == "scripts":
        return "ord" if node.children[0] is None else _spacing(node.children[0])
    if node.kind == "fenced":
        return "inner"
    if node.kind == "command":
        return _COMMAND_SPACING.get(CLASSES.get(node.name, ""), "none")
    return "none"


_COMMAND_SPACING = {"FRAC": "ord", "SQRT": "ord", "ACCENT": "ord", "FONT": "none", "OPERATORNAME": "op"}
_ORD_FONTS = frozenset(
    "\\mathrm \\mathit \\mathbf \\mathsf \\mathtt \\mathcal \\mathbb \\mathfrak \\mathscr \\mathnormal".split()
)


def _is_ord(node: Node) -> bool:
    """Whether the item is surely an ordinary atom, whatever stands beside it."""
    if node.kind == "command" and node.name in _ORD_FONTS:
        inner = node.children[1].children or (node.children[1],)
        return _is_ord(inner[0]) and _is_ord(inner[-1]) and not _has_switch(inner)
    if node.kind == "scripts" and node.children[0] is not None:
        return not node.name and _is_ord(node.children[0])
    return _spacing(node) == "ord" and not _is_bar(node)


def _is_bar(node: Node) -> bool:
    return node.kind == "symbol" and CLASSES.get(node.name) in ("BAR", "MDELIM")


def _has_switch(items: Sequence[Node]) -> bool:
    """Whether a style, font or colour switch among the items would reach beyond removed braces."""
    return any(
        item.kind == "infix"
        or (item.kind == "symbol" and CLASSES.get(item.name) in ("STYLE", "ROWBREAK"))
        or (item.kind == "command" and item.name == "\\color")
        for item in items
    )


def _group(*items: Node) -> Node:
    return Node("group", "", items)


def _symbol(name: str) -> Node:
    return Node("symbol", name)


def _plain_name(node: Node) -> str | None:
    """The characters of an argument that holds nothing else, such as the ``l i m`` of an operator's name."""
    items = node.children if node.kind in ("group", "text") else (node,)
    if all(item.kind == "symbol" and len(item.name) == 1 for item in items):
        return "".join(item.name for item in items)
    return None


# --- rewrites of single symbols -------------------------------------------------------------------------------

SYNONYMS: dict[str, str] = dict(
    pair.split("=", 1)
    for pair in r"""
    \le=\leq \ge=\geq \ne=\neq \lt=< \gt=> \to=\rightarrow \gets=\leftarrow \owns=\ni \land=\wedge \lor=\vee
    \lnot=\neg \lbrace=\{ \rbrace=\} \lbrack=[ \rbrack=] \lparen=( \rparen=) \vert=| \Vert=\| \ast=*
    \mathellipsis=\ldots \dotsc=\ldots \dotso=\ldots \dotsb=\cdots \dotsm=\cdots
    \leadsto=\rightsquigarrow \restriction=\upharpoonright  \Doteq=\doteqdot
    \thinspace=\, \medspace=\: \>=\: \thickspace=\; \negthinspace=\! \nobreakspace=~ \enskip=\enspace
    \cr=\\ \newline=\\ \tabularnewline=\\
    """.split()
)
"""Commands that draw the same as another one."""


# --- rewrites of nodes ----------------------------------------------------------------------------------------


@_rewrite("argument-braces", "command", r"\frac 1 2", r"\frac { 1 } { 2 }")
def _argument_braces(node: Node, style: str) -> Node | None:
    """Every argument of a command stands in exactly one pair of braces."""
    children = tuple(child and _braced(child) for child in node.children)
    return None if children == node.children else Node("command", node.name, children)


@_rewrite("script-braces", "scripts", "x ^ 2", "x ^ { 2 }")
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
        return _group(node)
    return node


@_rewrite("primes", "scripts", "f ' ^ 2", r"f ^ { \prime 2 }")
def _primes(node: Node, style: str) -> Node | None:
    """An apostrophe is a superscript prime, in front of what else is raised."""
    base, sub, sup = node.children
    if sup is None or sup.kind != "primes":
        return None
    (raised,) = sup.children
    behind = () if raised is None else raised.children if raised.kind == "group" else (raised,)
    return Node("scripts", node.name, (base, sub, _group(*[_symbol("\\prime")] * len(sup.name), *behind)))


@_rewrite("empty-base", "scripts", "^ 2", "{ } ^ { 2 }")
def _empty_base(node: Node, style: str) -> Node | None:
    """A script without a base has an empty one."""
    base, sub, sup = node.children
    return Node("scripts", node.name, (_group(), sub, sup)) if base is None else None


@_rewrite("base-braces", "scripts", "{ x } ^ 2", "x ^ { 2 }")
def _base_braces(node: Node, style: str) -> Node | None:
    """A base of one ordinary symbol needs no braces, where no subscript hangs on its slant."""
    base = _bare_base(node.children[0])
    leans = node.children[1] is not None and not (base is not None and base.name in _UPRIGHT)
    return None if base is None or leans else Node("scripts", node.name, (base, *node.children[1:]))


@_rewrite("slanted-base-braces", "scripts", "{ f } _ 2", "f _ { 2 }", default=False)
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
    return inner if inner is not base and inner.kind == "symbol" and _is_ord(inner) else None


_DISPLAY_LIMITS = frozenset(
    r"""\sum \prod \coprod \bigcup \bigcap \bigsqcup \bigvee \bigwedge \bigoplus \bigotimes \bigodot \biguplus
    \det \gcd \inf \injlim \lim \liminf \limsup \max \min \Pr \projlim \sup \varinjlim \varliminf \varlimsup
    \varprojlim \argmax \argmin \operatorname* \operatornamewithlimits \mathop \intop""".split()
)


@_rewrite("default-limits", "scripts", r"\sum \limits _ { i }", r"\sum _ { i }")
def _default_limits(node: Node, style: str) -> Node | None:
    r"""``\limits`` and ``\nolimits`` go where they say what the operator does in this style anyway."""
    if not node.name:
        return None
    base, sub, sup = node.children
    name = base.name if base is not None else ""
    stacks = name in _DISPLAY_LIMITS and style == DISPLAY
    if node.name == "\\displaylimits" or (node.name == "\\limits") == stacks or (sub is None and sup is None):
        return base if sub is None and sup is None else Node("scripts", "", node.children)
    return None


@_rewrite("display-fraction", "command", r"\dfrac { 1 } { 2 }", r"\frac { 1 } { 2 }")
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


@_rewrite("operator-name", "command", r"\operatorname { s i n }", r"\sin")
def _operator_name(node: Node, style: str) -> Node | None:
    r"""``\operatorname`` of a name that has a command of its own is that command."""
    if node.name not in ("\\operatorname", "\\operatorname*"):
        return None
    word = _plain_name(node.children[1])
    name = f"\\{word}"
    if word is None or CLASSES.get(name) != "NAMEDOP" or name in _SYMBOL_OPERATORS:
        return None
    return _symbol(name) if (name in _DISPLAY_LIMITS) == node.name.endswith("*") else None


_SYMBOL_OPERATORS = frozenset(
    r"\int \iint \iiint \iiiint \oint \oiint \oiiint \idotsint \injlim \projlim \liminf \limsup".split()
)


@_rewrite("font-synonyms", "command", r"\Bbb { R }", r"\mathbb { R }")
def _font_synonyms(node: Node, style: str) -> Node | None:
    r"""``\Bbb`` is ``\mathbb``, ``\bold`` is ``\mathbf``, ``\bm`` is ``\boldsymbol``."""
    synonym = {"\\Bbb": "\\mathbb", "\\bold": "\\mathbf", "\\bm": "\\boldsymbol"}.get(node.name)
    return synonym and Node("command", synonym, node.children)


@_rewrite(
    "empty-last-row", "environment", r"\begin{matrix} a \\ \end{matrix}", r"\begin{matrix} a \end{matrix}"
)
def _empty_last_row(node: Node, style: str) -> Node | None:
    r"""A ``\\`` behind the last row of an environment starts no row."""
    last = node.children[-1]
    if len(node.children) < 3 or len(last.children) != 2 or any(part.children for part in last.children):
        return None
    return Node("environment", node.name, node.children[:-1])


@_rewrite("one-cell", "environment", r"\begin{aligned} x \end{aligned}", "{ x }", default=False)
def _one_cell(node: Node, style: str) -> Node | None:
    """Aligned lines that are one line with one cell are that cell; they stand a hair lower."""
    _columns, *lines = node.children
    if node.name not in ("aligned", "gathered", "split") or len(lines) != 1 or len(lines[0].children) != 2:
        return None
    hlines, cell = lines[0].children
    return None if hlines.children or style != DISPLAY else _group(*cell.children)


# --- rewrites of rows, in this order --------------------------------------------------------------------------


@_rewrite("negation", "row", r"\not =", r"\neq")
def _negation(items: Items, style: str) -> Items | None:
    r"""``\not`` in front of ``=`` is ``\neq``."""
    out: Items = []
    for item in items:
        negated = _NEGATIONS.get(item.name) if item.kind == "symbol" else None
        if negated and out and out[-1].kind == "symbol" and out[-1].name == "\\not":
            out[-1] = _symbol(negated)
        else:
            out.append(item)
    return None if len(out) == len(items) else out


@_rewrite("dots", "row", r"a + \dots + b", r"a + \cdots + b")
def _dots(items: Items, style: str) -> Items | None:
    r"""``\dots`` is ``\cdots`` in front of an operator or a relation and ``\ldots`` elsewhere (amsldoc 2.1, 4.3)."""
    if not any(item.name == "\\dots" for item in items):
        return None
    following = [*items[1:], None]
    out = [
        _symbol(_dots_before(behind)) if item.name == "\\dots" else item
        for item, behind in zip(items, following, strict=True)
    ]
    return None if out == items else out


def _dots_before(item: Node | None) -> str:
    base = item.children[0] if item is not None and item.kind == "scripts" else item
    if base is None or base.kind != "symbol":
        return "\\ldots"
    if base.name in _CENTRED_BEFORE or _spacing(base) in ("bin", "rel"):
        return "\\cdots"
    # In front of a closing delimiter amsmath adds a thin space, which neither of the two commands does.
    return "\\dots" if _spacing(base) == "close" else "\\ldots"


_CENTRED_BEFORE = frozenset(
    [name for name, cls in CLASSES.items() if cls == "LARGEOP"] + r"\int \iint \iiint \iiiint \oint".split()
)


_NEGATIONS = {"=": "\\neq"}


@_rewrite("row-braces", "row", "a { b } c", "a b c")
def _row_braces(items: Items, style: str) -> Items | None:
    """Braces go around a whole row, and around items that are ordinary atoms at both ends."""
    if not any(item.kind == "group" for item in items):
        return None
    out = list(items)
    while True:
        opened = _opened(out)
        if opened == out:
            return None if out == items else out
        out = opened


def _opened(items: Items) -> Items:
    """The items without the braces that may go."""
    if len(items) == 1 and items[0].kind == "group" and items[0].children:
        # Behind a row break, a bracket or star without braces would be read as that command's own.
        first = items[0].children[0]
        return items if first.name in ("[", "*") else list(items[0].children)
    out: Items = []
    for index, item in enumerate(items):
        if item.kind == "group" and _may_open(item, items, index):
            out.extend(item.children)
        else:
            out.append(item)
    return out


def _may_open(group: Node, items: Items, index: int) -> bool:
    """Whether the braces of *group* can go without changing any space around or in it."""
    inner = group.children
    if inner:
        fuses = (index > 0 and _fuses(items[index - 1], inner[0])) or (
            index + 1 < len(items) and _fuses(inner[-1], items[index + 1])
        )
        return _is_ord(inner[0]) and _is_ord(inner[-1]) and not _has_switch(inner) and not fuses
    before = index == 0 or _is_ord(items[index - 1])
    behind = index + 1 == len(items) or _is_ord(items[index + 1])
    return before and behind and len(items) > 1


@_rewrite("old-fraction", "row", r"{ a \over b }", r"\frac { a } { b }")
def _old_fraction(items: Items, style: str) -> Items | None:
    r"""``\over`` is ``\frac``, ``\choose`` is ``\binom``."""
    if len(items) != 1 or items[0].kind != "infix" or items[0].name not in _INFIX:
        return None
    before, behind = items[0].children
    return [
        Node("command", _INFIX[items[0].name], (None, _group(*before.children), _group(*behind.children)))
    ]


_INFIX = {"\\over": "\\frac", "\\choose": "\\binom"}


@_rewrite("old-font", "row", r"{ \bf x }", r"{ \mathbf { x } }")
def _old_font(items: Items, style: str) -> Items | None:
    r"""A font switch in front of all else in a group is the font command around the group."""
    if len(items) < 2 or items[0].kind != "symbol" or items[0].name not in _FONT_SWITCHES:
        return None
    rest = _row_braces(items[1:], style) or items[1:]
    return (
        None if _has_switch(rest) else [Node("command", _FONT_SWITCHES[items[0].name], (None, _group(*rest)))]
    )


_FONT_SWITCHES = {
    "\\bf": "\\mathbf",
    "\\rm": "\\mathrm",
    "\\cal": "\\mathcal",
    "\\it": "\\mathit",
    "\\sf": "\\mathsf",
    "\\tt": "\\mathtt",
}


def _fuses(left: Node, right: Node) -> bool:
    """Whether KaTeX would set the two as one run of text, which drops the slant between them."""
    left = left.children[-1] if left.kind == "group" and left.children else left
    right = right.children[0] if right.kind == "group" and right.children else right
    base = right.children[0] if right.kind == "scripts" else right
    if base is None or left.name != base.name:
        return False
    return left.name in _ORD_FONTS or left.name == "\\partial"


# --- off by default: the drawing changes, though handwriting could not show it --------------------------------


@_rewrite("spacing", "row", r"a \, b", "a b", default=False)
def _spacing_commands(items: Items, style: str) -> Items | None:
    """White space that was asked for goes."""
    kept = [item for item in items if not (item.kind == "symbol" and CLASSES.get(item.name) == "SPACE")]
    return None if len(kept) == len(items) else kept


@_rewrite("fence-size", "row", r"\left( x \right)", "( x )", default=False)
def _fence_size(items: Items, style: str) -> Items | None:
    r"""``\left``, ``\right`` and ``\big`` go from around their delimiters."""
    out: Items = []
    for item in items:
        if item.kind == "fenced":
            for part in item.children:
                out.extend(part.children if part.kind == "row" else (part,) if part.name != "." else ())
        elif item.kind == "sized":
            out.append(item.children[0])
        else:
            out.append(item)
    return None if out == items else out
