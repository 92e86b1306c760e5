r"""Symbol layout trees, compared as CROHME's LgEval compares them.

A symbol layout tree (Zanibbi and Blostein, IJDAR 15 (2012), sec. 2) has the symbols as nodes, and each symbol
but the first hangs on another one by a relation: to its **R**ight, as **Sup**erscript or **Sub**script,
**Above**, **Below** or **Inside** it. Since CROHME 2019 (Mahdavi et al., ICDAR 2019, sec. IV) systems that
write LaTeX are scored on it without looking at strokes: a symbol is identified by its *path*, the relations
from the root of the tree to it. Two trees are then two dictionaries from paths to labels, and nothing has to
be searched or aligned. With N and N' the paths, E and E' the pairs of related paths of the two trees, the number
of **label-graph errors** (LgEval's D_B: Zanibbi, Mouchere and Viard-Gaudin, DRR 2013) is

    errors = |paths in both whose labels differ| + |N xor N'| + |E xor E'|

so that a wrong symbol costs 1 and one too many or too few costs 2: itself and its relation. The *structure* is
right when N = N' and E = E', the *expression* when there is no error at all.

What LgEval does beyond the definition, and we do because published numbers contain it:

- LgEval reads MathML that pandoc made. Since version 3 pandoc puts an invisible *function application* behind
  a named function that something follows; it counts as a symbol, and scripts of the function hang on it.
  ``application=False`` leaves it out, as pandoc did when CROHME 2019 was scored.
- A root without index is related not only to the first symbol inside it but to the second as well.
- A fraction bar and a minus sign are the same label.
- Braces and fences are not nodes: a script behind them hangs on the last symbol within.

Where LgEval gives no usable answer, or one tree to drawings that differ, a choice is made here: the cells of a
table hang on one symbol for the table (LgEval leaves them unconnected); text is a row of symbols (LgEval drops
it); an accent over several symbols is a symbol around them, as a root is (LgEval hangs it on the last of them);
a script without a base keeps a place in the row (LgEval loses what follows); n primes are n symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from operator import attrgetter, eq

from hmer_suite.errors import InputError
from hmer_suite.latex.canonical import SYNONYMS
from hmer_suite.latex.commands import CLASSES
from hmer_suite.latex.tree import Node
from hmer_suite.score.rates import percent

RIGHT, SUP, SUB, ABOVE, BELOW, INSIDE = "R", "Sup", "Sub", "Above", "Below", "Inside"
ROOT_PATH = "O"

APPLICATION = "\N{FUNCTION APPLICATION}"
BAR = "-"
"""Label of a fraction bar, which LgEval cannot tell from a minus sign."""
TABLE = "\\begin{array}"
"""Label of the symbol on which the cells of any table hang; its fences are symbols beside it."""


# --- trees ----------------------------------------------------------------------------------------------------


class Row:
    """Symbols from left to right, and the rows that hang on them.

    ``labels`` has the label of each place, None where a script hangs on nothing; ``branches`` has the rows by
    place and relation; ``doubled`` marks the inside of a root whose second symbol is related to it too.
    """

    __slots__ = ("branches", "doubled", "labels")

    def __init__(self) -> None:
        self.labels: list[str | None] = []
        self.branches: dict[tuple[int, str], Row] = {}
        self.doubled = False

    @property
    def has_second(self) -> bool:
        """Whether the second symbol of the row is related to the root around it."""
        return self.doubled and len(self.labels) > 1 and self.labels[1] is not None


@dataclass(frozen=True, slots=True)
class LayoutTree:
    """A symbol layout tree: its row on the main baseline, and how many symbols and relations there are."""

    root: Row
    symbols: int
    relations: int

    def paths(self) -> dict[str, str]:
        """Label of each symbol by its path, such as ``ORSup``: LgEval's identifiers."""
        return {
            path + RIGHT * place: label
            for path, row in self._rows()
            for place, label in enumerate(row.labels)
            if label is not None
        }

    def edges(self) -> set[tuple[str, str]]:
        """Pairs of related paths, parent first."""
        found = {(path[: -len(RIGHT)], path) for path in self.paths() if path.endswith(RIGHT)}
        for path, row in self._rows():
            for (place, relation), branch in row.branches.items():
                parent = path + RIGHT * place
                if _has_first(branch):
                    found.add((parent, parent + relation))
                if branch.has_second:
                    found.add((parent, parent + relation + RIGHT))
        return found

    def _rows(self) -> Iterator[tuple[str, Row]]:
        """Every row with the path of its first place."""
        found = [(ROOT_PATH, self.root)]
        for path, row in found:
            yield path, row
            found.extend((path + RIGHT * place + relation, r) for (place, relation), r in row.branches.items())


def _has_first(row: Row) -> bool:
    return bool(row.labels) and row.labels[0] is not None


EMPTY = LayoutTree(Row(), 0, 0)
"""The tree of nothing: what is compared where a prediction is missing or the grammar refuses it."""


# --- counts and scores ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LayoutCounts:
    """What one sample, or a sum of samples, contributes to the structure scores.

    *located* symbols stand at a path that the other tree has too, *matched* ones have the same label there.
    """

    samples: int = 0
    structure_right: int = 0
    expression_right: int = 0
    within_1: int = 0
    within_2: int = 0
    within_3: int = 0
    distance: int = 0
    symbols_reference: int = 0
    symbols_predicted: int = 0
    symbols_located: int = 0
    symbols_matched: int = 0
    relations_reference: int = 0
    relations_predicted: int = 0
    relations_matched: int = 0

    def __add__(self, other: LayoutCounts) -> LayoutCounts:
        if not isinstance(other, LayoutCounts):
            return NotImplemented
        return total_layout((self, other))


_FIELDS = tuple(LayoutCounts.__dataclass_fields__)


def total_layout(counts: Iterable[LayoutCounts]) -> LayoutCounts:
    """Sum of any number of counts."""
    counts = counts if isinstance(counts, Sequence) else list(counts)
    return LayoutCounts(*(sum(map(attrgetter(name), counts)) for name in _FIELDS))


@dataclass(frozen=True, slots=True)
class StructureScores:
    """Layout-tree scores over *n* references, percentages in full precision.

    ``exprate``: structure and symbols right; ``structure_rate``: structure right, whatever the symbols;
    ``le1`` .. ``le3``: at most so many label-graph errors (not token errors). Recall and precision count symbols
    (and relations) of all samples together; a symbol is found when its path and label are.
    """

    n: int
    exprate: float
    structure_rate: float
    le1: float
    le2: float
    le3: float
    symbol_recall: float
    symbol_precision: float
    relation_recall: float
    relation_precision: float

    @classmethod
    def of(cls, counts: Iterable[LayoutCounts]) -> StructureScores:
        """Scores of samples, or of sums of them. Raises InputError when there is no sample."""
        found = total_layout(counts)
        n = found.samples
        if not n:
            raise InputError("nothing to score: there are 0 references")
        return cls(
            n=n,
            exprate=percent(found.expression_right, n),
            structure_rate=percent(found.structure_right, n),
            le1=percent(found.within_1, n),
            le2=percent(found.within_2, n),
            le3=percent(found.within_3, n),
            symbol_recall=_share(found.symbols_matched, found.symbols_reference),
            symbol_precision=_share(found.symbols_matched, found.symbols_predicted),
            relation_recall=_share(found.relations_matched, found.relations_reference),
            relation_precision=_share(found.relations_matched, found.relations_predicted),
        )

    def to_json(self) -> dict[str, float]:
        """Keys of ``structure`` in ``score``'s JSON, rates rounded to two decimals."""
        return {name: round(value, 2) for name, value in asdict(self).items() if name != "n"}


def _share(found: int, wanted: int) -> float:
    """Percentage of *wanted* that was found; as in LgEval, all of nothing is found."""
    return percent(found, wanted) if wanted else 100.0


def count_layout(prediction: Node | None, reference: Node | None, *, application: bool = True) -> LayoutCounts:
    """Counts of one sample from its parse trees; None where there is none (missing, or refused by the grammar).

    Pass the same object twice where the token sequences are equal: it is laid out once. Without a prediction
    all of the reference is missing; without one or the other neither structure nor expression is right.
    """
    theirs = EMPTY if reference is None else layout_tree(reference, application=application)
    if prediction is reference and reference is not None:
        return _same(theirs.symbols, theirs.relations)
    ours = EMPTY if prediction is None else layout_tree(prediction, application=application)
    return _counts(ours, theirs, comparable=prediction is not None and reference is not None)


def compare_layout(prediction: LayoutTree, reference: LayoutTree) -> LayoutCounts:
    """Counts of one sample from its layout trees, in time linear in the smaller of them."""
    return _counts(prediction, reference, comparable=True)


def _counts(prediction: LayoutTree, reference: LayoutTree, *, comparable: bool) -> LayoutCounts:
    located, matched, relations = _overlap(prediction.root, reference.root)
    alone = prediction.symbols + reference.symbols - 2 * located
    unrelated = prediction.relations + reference.relations - 2 * relations
    distance = located - matched + alone + unrelated
    return LayoutCounts(
        samples=1,
        structure_right=int(comparable and not alone and not unrelated),
        expression_right=int(comparable and not distance),
        within_1=int(distance <= 1),
        within_2=int(distance <= 2),
        within_3=int(distance <= 3),
        distance=distance,
        symbols_reference=reference.symbols,
        symbols_predicted=prediction.symbols,
        symbols_located=located,
        symbols_matched=matched,
        relations_reference=reference.relations,
        relations_predicted=prediction.relations,
        relations_matched=relations,
    )


@lru_cache(maxsize=4096)
def _same(symbols: int, relations: int) -> LayoutCounts:
    """Counts of a prediction that equals its reference; shared, since most do and few sizes occur."""
    return LayoutCounts(1, 1, 1, 1, 1, 1, 0, *[symbols] * 4, *[relations] * 3)


def _overlap(ours: Row, theirs: Row) -> tuple[int, int, int]:
    """(symbols at paths that both trees have, those with equal labels, relations that both have)."""
    located = matched = second = 0
    pairs = [(ours, theirs)]
    for a, b in pairs:
        if None in a.labels or None in b.labels:
            both = [(x, y) for x, y in zip(a.labels, b.labels, strict=False) if x is not None and y is not None]
            located += len(both)
            matched += sum(x == y for x, y in both)
        else:
            located += min(len(a.labels), len(b.labels))
            matched += sum(map(eq, a.labels, b.labels))
        second += a.has_second and b.has_second
        pairs.extend((row, b.branches[at]) for at, row in a.branches.items() if at in b.branches)
    return located, matched, located - (_has_first(ours) and _has_first(theirs)) + second


# --- from parse tree to layout tree ---------------------------------------------------------------------------


def layout_tree(tree: Node, *, application: bool = True) -> LayoutTree:
    """The symbol layout tree of a parse tree, in time linear in its size and at any depth.

    *application*: whether a named function is followed by an invisible symbol, as in MathML (see above).
    """
    return _Layout(application).lay_out(tree)


class _Layout:
    """Builds a layout tree row by row.

    ``pending`` holds rows that are not begun. Of the present row, ``todo`` holds what comes next, last item
    first: nodes, and tuples of a function and its arguments that wait until what lies above them is laid out;
    ``rest`` yields the items behind. Neither nesting nor length makes anything recursive.
    """

    def __init__(self, application: bool):
        self.application = application
        self.rows = [Row()]
        self.pending: list[tuple[Row, Sequence[Node], str]] = []
        self.todo: list[Node | tuple] = []
        self.empty = 0

    def lay_out(self, tree: Node) -> LayoutTree:
        root = self.rows[0]
        self.pending.append((root, tree.children, ""))
        for self.row, items, self.font in self.pending:
            self._fill(items)
        symbols = sum([len(row.labels) for row in self.rows]) - self.empty
        relations = symbols - _has_first(root) + sum([row.doubled and row.has_second for row in self.rows])
        return LayoutTree(root, symbols, relations)

    def _fill(self, items: Sequence[Node]) -> None:
        self.labels = labels = self.row.labels
        self.rest = rest = iter(items)
        todo = self.todo
        for node in rest:
            if node.kind == "symbol" and node.name not in _SYMBOLS and not self.font:
                labels.append(node.name)
                continue
            self._lay(node)
            while todo:
                self._lay(todo.pop())

    def _lay(self, item: Node | tuple) -> None:
        if type(item) is tuple:
            step, *arguments = item
            step(self, *arguments)
        elif item.kind != "symbol":
            _KINDS[item.kind](self, item)
        elif item.name in _SYMBOLS:
            _SYMBOLS[item.name](self, item.name)
        else:
            self.put(f"{self.font} {item.name}" if self.font else item.name)

    # --- tools

    def put(self, label: str) -> int:
        """Append a symbol to the present row; returns its place."""
        self.labels.append(label)
        return len(self.labels) - 1

    def branch(self, place: int, relation: str, items: Sequence[Node]) -> Row:
        """Hang a row of *items* on a place; where one hangs there already, they continue it."""
        row = self.row.branches.get((place, relation))
        if row is None:
            row = self.row.branches[place, relation] = Row()
            self.rows.append(row)
            if len(items) == 1 and items[0].kind == "symbol" and items[0].name not in _SYMBOLS and not self.font:
                row.labels.append(items[0].name)
                return row
        self.pending.append((row, items, self.font))
        return row

    def inline(self, items: Sequence[Node]) -> None:
        """Lay out *items* next, in the present row."""
        self.todo.extend(reversed(items))

    def inline_in(self, font: str, items: Sequence[Node]) -> None:
        """Lay out *items* next, in another font."""
        self.todo.append((_Layout.use_font, self.font))
        self.font = font
        self.inline(items)

    def use_font(self, font: str) -> None:
        self.font = font

    def hang(self, start: int, branches: Sequence[tuple[str, Sequence[Node]]]) -> None:
        """Hang rows on the last place since *start*, or on an empty one where nothing was laid out."""
        if len(self.labels) == start:
            if not start and _lone_primes(branches):
                return self.inline(branches[0][1])
            self.labels.append(None)
            self.empty += 1
        for relation, items in branches:
            self.branch(len(self.labels) - 1, relation, items)
        return None

    def hang_limits(self, start: int, branches: Sequence[tuple[str, Sequence[Node]]]) -> None:
        """`hang` for what stands above and below: these belong to a function itself, not to its application."""
        self.hang(start, branches)

    def upcoming(self) -> Iterator[Node | tuple]:
        """What comes next in the present row, which it leaves in ``todo``."""
        yield from reversed(self.todo)
        for node in self.rest:
            self.todo.insert(0, node)
            yield node

    def applied(self) -> bool:
        """Whether scripts, or anything to be seen, follow in the row."""
        for item in self.upcoming():
            if type(item) is tuple:
                if item[0] is not _Layout.use_font:
                    return item[0] is _Layout.hang
            elif item.kind != "symbol" or _SYMBOLS.get(item.name) is not _invisible:
                return True
        return False


def _items(node: Node | None) -> Sequence[Node]:
    """The items of an argument, a script or a row, without the braces around them."""
    if node is None:
        return ()
    if node.kind in ("row", "group", "text", "math"):
        return node.children
    if node.kind == "primes":
        return (*[_PRIME] * len(node.name), *_items(node.children[0]))
    return (node,)


_PRIME = Node("symbol", "\\prime")


def _lone_primes(branches: Sequence[tuple[str, Sequence[Node]]]) -> bool:
    """Whether only primes are raised, as in ``f ^ { ' }``: in front of a row they are symbols of it."""
    return len(branches) == 1 and branches[0][0] == SUP and all(node == _PRIME for node in branches[0][1])


def _single(node: Node) -> bool:
    """Whether an accent over this argument stands over one symbol."""
    while True:
        if node.kind == "symbol":
            return _SYMBOLS.get(node.name) in (None, _synonym)
        inner = _items(node.children[-1] if node.kind == "command" else node)
        if len(inner) != 1 or (node.kind == "command" and CLASSES.get(node.name) not in ("FONT", "ACCENT")):
            return False
        if inner[0] is node:
            return False
        (node,) = inner


# --- symbols that are more, or less, than a label -------------------------------------------------------------


def _invisible(layout: _Layout, name: str) -> None:
    """White space and style switches."""


def _synonym(layout: _Layout, name: str) -> None:
    label = SYNONYMS.get(name, _PRIME.name)
    layout.put(f"{layout.font} {label}" if layout.font else label)


def _font_switch(layout: _Layout, name: str) -> None:
    layout.font = _SWITCHES[name]


def _function(layout: _Layout, name: str) -> None:
    layout.put(name)
    if layout.application and layout.applied():
        layout.put(APPLICATION)


def _negation(layout: _Layout, name: str) -> None:
    """A stroke through the next symbol makes one symbol of the two."""
    following = next(layout.upcoming(), None)
    if isinstance(following, Node) and following.kind == "symbol":
        layout.todo.pop()
        layout.put(_NEGATED.get(following.name) or f"\\not {SYNONYMS.get(following.name, following.name)}")
    else:
        layout.put(name)


_NEGATED = {"=": "\\neq", "\\in": "\\notin", "\\ni": "\\notni", "\\exists": "\\nexists"}

_INTEGRALS = frozenset(r"\int \iint \iiint \iiiint \oint \oiint \oiiint \idotsint".split())

_SWITCHES = {
    "\\bf": "\\mathbf",
    "\\bfseries": "\\mathbf",
    "\\boldmath": "\\boldsymbol",
    "\\cal": "\\mathcal",
    "\\frak": "\\mathfrak",
    "\\sf": "\\mathsf",
    "\\tt": "\\mathtt",
    "\\rm": "",
    "\\it": "",
    "\\mit": "",
    "\\unboldmath": "",
}
"""Font switches and the font in which they leave the rest of the group."""


def _symbol_table() -> dict[str, Callable[[_Layout, str], None]]:
    table: dict[str, Callable[[_Layout, str], None]] = {}
    for name, cls in CLASSES.items():
        if cls in ("SPACE", "STYLE", "LIMITS", "HLINE"):
            table[name] = _invisible
        elif cls == "NAMEDOP" and name not in _INTEGRALS:
            table[name] = _function
    table.update(dict.fromkeys((name for name in SYNONYMS if name not in table), _synonym))
    table.update(dict.fromkeys(_SWITCHES, _font_switch))
    return table | {"\\mathstrut": _invisible, "\\not": _negation, "'": _synonym}


_SYMBOLS = _symbol_table()


# --- kinds of nodes -------------------------------------------------------------------------------------------


def _group(layout: _Layout, node: Node) -> None:
    if any(child.name in _SWITCHES for child in node.children):
        layout.inline_in(layout.font, node.children)
    else:
        layout.inline(node.children)


def _scripts(layout: _Layout, node: Node) -> None:
    base, sub, sup = node.children
    stacked = node.name == "\\limits"
    if base is not None and base.name in _BRACES:
        return _brace(layout, base, sub, sup)
    relations = (BELOW, ABOVE) if stacked else (SUB, SUP)
    branches = []
    if sub is not None:
        branches.append((relations[0], _items(sub)))
    if sup is not None:
        branches.append((relations[1], _items(sup)))
    layout.todo.append((_Layout.hang_limits if stacked else _Layout.hang, len(layout.labels), branches))
    if base is not None:
        layout.todo.append(base)
    return None


def _fenced(layout: _Layout, node: Node) -> None:
    for part in reversed(node.children):
        if part.kind == "row":
            layout.inline(part.children)
        elif part.name != ".":
            layout.todo.append(part)


def _infix(layout: _Layout, node: Node) -> None:
    before, behind = node.children
    _stack(layout, node.name, before.children, behind.children)


def _stack(layout: _Layout, name: str, above: Sequence[Node], below: Sequence[Node]) -> None:
    """A fraction, or two rows on top of each other, with the fences that the command brings."""
    left, label, right = _STACKS.get(name, (None, BAR, None))
    if left:
        layout.put(left)
    place = layout.put(label)
    layout.branch(place, ABOVE, above)
    layout.branch(place, BELOW, below)
    if right:
        layout.put(right)


_STACKS = {
    **dict.fromkeys(("\\binom", "\\dbinom", "\\tbinom", "\\choose"), ("(", "\\atop", ")")),
    "\\atop": (None, "\\atop", None),
    "\\brace": ("\\{", "\\atop", "\\}"),
    "\\brack": ("[", "\\atop", "]"),
}


def _environment(layout: _Layout, node: Node) -> None:
    left, right = _FENCES.get(node.name.rstrip("*"), (None, None))
    rows = [[cell.children for cell in line.children[1:]] for line in node.children[1:]]
    if left:
        layout.put(left)
    if right:
        layout.todo.append(Node("symbol", right))
    _table(layout, rows)


_FENCES = {
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("\\{", "\\}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("\\|", "\\|"),
    "cases": ("\\{", None),
    "dcases": ("\\{", None),
    "rcases": (None, "\\}"),
    "drcases": (None, "\\}"),
}


def _table(layout: _Layout, rows: list[list[Sequence[Node]]]) -> None:
    """Cells hang on the table by their row and column; a table of one cell is what stands in it."""
    if len(rows) > 1 and not any(rows[-1]):
        rows.pop()
    if len(rows) == 1 and len(rows[0]) == 1:
        return layout.inline(rows[0][0])
    place = layout.put(TABLE)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            layout.branch(place, f"Cell{number}.{column}", cell)
    return None


_KINDS: dict[str, Callable[[_Layout, Node], None]] = {
    "command": lambda layout, node: _COMMANDS[node.name](layout, node),
    "environment": _environment,
    "fenced": _fenced,
    "group": _group,
    "infix": _infix,
    "math": _group,
    "primes": lambda layout, node: layout.inline(_items(node)),
    "row": _group,
    "scripts": _scripts,
    "sized": lambda layout, node: layout.inline(node.children),
    "text": _group,
}


# --- commands, by class of hmer_suite/latex/commands.py -------------------------------------------------------


def _fraction(layout: _Layout, node: Node) -> None:
    _, above, below = node.children
    _stack(layout, node.name, _items(above), _items(below))


def _root(layout: _Layout, node: Node) -> None:
    index, body = node.children
    place = layout.put("\\sqrt")
    row = layout.branch(place, INSIDE, _items(body))
    if index is None:
        row.doubled = True
    else:
        layout.branch(place, ABOVE, index.children)


def _stacked(layout: _Layout, node: Node) -> None:
    r"""``\overset`` and its kin."""
    _, mark, base = node.children
    name, relation = ("\\underset", BELOW) if node.name == "\\underset" else ("\\overset", ABOVE)
    _decorate(layout, name, base, [(relation, _items(mark))])


def _decorate(layout: _Layout, cover: str, base: Node, branches: list[tuple[str, Sequence[Node]]]) -> None:
    """Hang rows on a base of one symbol, or else on a symbol *cover* around the base."""
    if _single(base):
        layout.todo.append((_Layout.hang_limits, len(layout.labels), branches))
        layout.todo.append(base)
        return
    place = layout.put(cover)
    layout.branch(place, INSIDE, _items(base))
    for relation, items in branches:
        layout.branch(place, relation, items)


def _brace(layout: _Layout, node: Node, sub: Node | None, sup: Node | None) -> None:
    """A brace is a symbol around its base, and what is written at its tip stands above or below it."""
    place = layout.put(node.name)
    layout.branch(place, INSIDE, _items(node.children[1]))
    under = node.name.startswith("\\under")
    for relation, script in ((BELOW if under else SUB, sub), (SUP if under else ABOVE, sup)):
        if script is not None:
            layout.branch(place, relation, _items(script))


_BRACES = frozenset(r"\overbrace \underbrace \overbracket \underbracket".split())


def _arrow(layout: _Layout, node: Node) -> None:
    below, above = node.children
    place = layout.put(f"\\{node.name.removeprefix(chr(92) + 'x')}")
    layout.branch(place, ABOVE, _items(above))
    if below is not None:
        layout.branch(place, BELOW, below.children)


def _accent(layout: _Layout, node: Node) -> None:
    special = _ACCENTS.get(node.name)
    if special is not None:
        return special(layout, node)
    relation = BELOW if node.name in _UNDER else ABOVE
    return _decorate(layout, node.name, node.children[1], [(relation, (Node("symbol", node.name),))])


_UNDER = frozenset(
    r"""\underline \underbar \underrightarrow \underleftarrow \underleftrightarrow \undergroup \underlinesegment
    \utilde \underparen \d \b""".split()
)


def _nothing(layout: _Layout, node: Node) -> None:
    """Lengths, labels, colours, and what is only as large as its argument."""


def _argument(layout: _Layout, node: Node) -> None:
    """A command that changes at most where its last argument stands."""
    layout.inline(_items(node.children[-1]))


def _enclosure(layout: _Layout, node: Node) -> None:
    label = "\\boxed" if node.name == "\\fbox" else node.name
    layout.branch(layout.put(label), INSIDE, _items(node.children[-1]))


def _modulus(layout: _Layout, node: Node) -> None:
    layout.put("(")
    if node.name == "\\pmod":
        layout.put("\\mod")
    layout.todo.append(Node("symbol", ")"))
    _argument(layout, node)


def _lines(layout: _Layout, node: Node) -> None:
    rows: list[list[list[Node]]] = [[[]]]
    for item in _items(node.children[-1]):
        if item.kind == "symbol" and CLASSES.get(item.name) == "ROWBREAK":
            rows.append([[]])
        else:
            rows[-1][0].append(item)
    _table(layout, rows)


_ACCENTS: dict[str, Callable[[_Layout, Node], None]] = {
    **dict.fromkeys(r"\phantom \hphantom \vphantom".split(), _nothing),
    **dict.fromkeys(
        r"\smash \mathllap \mathrlap \mathclap \llap \rlap \clap \mathpunct \mathinner \vcenter \lefteqn".split(),
        _argument,
    ),
    **dict.fromkeys(r"\boxed \cancel \bcancel \xcancel".split(), _enclosure),
    "\\substack": _lines,
    "\\pmod": _modulus,
    "\\pod": _modulus,
}


def _font(layout: _Layout, node: Node) -> None:
    if node.name == "\\textcircled":
        return _enclosure(layout, node)
    return layout.inline_in(_FONTS.get(node.name, layout.font), _items(node.children[-1]))


def _text(layout: _Layout, node: Node) -> None:
    if node.name == "\\fbox":
        return _enclosure(layout, node)
    relation = _RAISED.get(node.name)
    if relation is None:
        return _font(layout, node)
    return layout.hang(len(layout.labels), [(relation, _items(node.children[-1]))])


_RAISED = {"\\textsuperscript": SUP, "\\textsubscript": SUB}

_FONTS = {
    **dict.fromkeys(r"\mathrm \mathit \mathnormal \textrm \textit \textup \textnormal \text".split(), ""),
    **dict.fromkeys(r"\mathbf \bold \textbf".split(), "\\mathbf"),
    **dict.fromkeys(r"\boldsymbol \bm \pmb".split(), "\\boldsymbol"),
    **dict.fromkeys(r"\mathsf \textsf".split(), "\\mathsf"),
    **dict.fromkeys(r"\mathtt \texttt".split(), "\\mathtt"),
    **dict.fromkeys(r"\mathbb \Bbb \mathds".split(), "\\mathbb"),
    "\\mathcal": "\\mathcal",
    "\\mathscr": "\\mathscr",
    "\\mathfrak": "\\mathfrak",
}
"""Fonts that make another symbol of a letter: its label begins with them. Upright and italic do not."""


def _operator(layout: _Layout, node: Node) -> None:
    """A named function is one symbol, however its name is spelt; other operators are what they contain."""
    if node.name in _BRACES:
        return _brace(layout, node, None, None)
    items = _items(node.children[1])
    word = "".join(item.name for item in items if _SYMBOLS.get(item.name) is not _invisible)
    if node.name == "\\mathop" or not word or any(item.kind != "symbol" for item in items):
        return layout.inline(items)
    return _function(layout, f"\\{word.removeprefix(chr(92))}")


_CLASSES: dict[str, Callable[[_Layout, Node], None]] = {
    "ACCENT": _accent,
    "FONT": _font,
    "FRAC": _fraction,
    "OPERATORNAME": _operator,
    "RAW": _nothing,
    "RAWMATH": _argument,
    "RAWTEXT": _argument,
    "RULE": lambda layout, node: layout.put(node.name) and None,
    "SQRT": _root,
    "STACK": _stacked,
    "TEXT": _text,
    "XARROW": _arrow,
}

_COMMANDS = {name: _CLASSES[cls] for name, cls in CLASSES.items() if cls in _CLASSES}
