r"""From parse tree to symbol layout tree.

A symbol layout tree (Zanibbi and Blostein, IJDAR 15 (2012), sec. 2) has the symbols as nodes, and each symbol
but the first hangs on another one by a relation: to its **R**ight, as its **Sup**erscript or **Sub**script,
**Above**, **Below** or **Inside** it. How CROHME's LgEval draws that tree from LaTeX (by way of MathML) is
followed here where it says anything:

- Braces and fences are not nodes: a script behind them hangs on the last symbol within, and so does an accent
  over several symbols.
- Commands that MathML writes with one character are one label (``\leq`` and ``\leqslant``), a fraction bar
  and a minus sign among them.
- A root without index is related not only to the first symbol inside it but to the second as well.
- Since version 3 pandoc, which LgEval gets its MathML from, puts an invisible *function application* behind a
  named function that something follows; it counts as a symbol, and the function's scripts hang on it.
  ``application=False`` leaves it out, as pandoc did when CROHME 2019 was scored.

Where LgEval gives no usable answer, or one tree to different drawings, a choice is made: the cells of a
table hang on one symbol for the table (LgEval leaves them unconnected); text is a row of symbols (LgEval
drops it); the label of an accent says how many symbols it spans, if several; a second script at the same
place stands behind a gap in the row of the first (LgEval lays one over the other); a script without a base
keeps a place in the row (LgEval loses what follows it); n primes are n symbols.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hmer_suite.latex.constructs import (
    ALPHABETS,
    BINOMIALS,
    BRACES_ABOVE,
    BRACES_BELOW,
    FONT_SWITCHES,
    FONT_SYNONYMS,
    INFIX_FENCES,
    INTEGRALS,
    MARKS_BELOW,
    NEGATIONS,
    NO_DELIMITER,
    SYNONYMS,
    TEXT_FONTS,
    environment_fences,
)
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node

RIGHT, SUP, SUB, ABOVE, BELOW, INSIDE = "R", "Sup", "Sub", "Above", "Below", "Inside"
ROOT_PATH = "O"

APPLICATION = "\N{FUNCTION APPLICATION}"
BAR = "-"
"""Label of a fraction bar, which LgEval cannot tell from a minus sign."""
TABLE = "\\begin{array}"
"""Label of the symbol on which the cells of any table hang; its fences are symbols beside it."""


def _words(names: str) -> list[str]:
    return names.split()


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
    def has_first(self) -> bool:
        """Whether there is a symbol at the first place."""
        return bool(self.labels) and self.labels[0] is not None

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
                if branch.has_first:
                    found.add((parent, parent + relation))
                if branch.has_second:
                    found.add((parent, parent + relation + RIGHT))
        return found

    def _rows(self) -> Iterator[tuple[str, Row]]:
        """Every row with the path of its first place."""
        found = [(ROOT_PATH, self.root)]
        for path, row in found:
            yield path, row
            branches = row.branches.items()
            found.extend((path + RIGHT * place + relation, branch) for (place, relation), branch in branches)


EMPTY = LayoutTree(Row(), 0, 0)
"""The tree of nothing: what is compared where a prediction is missing or the grammar refuses it."""


# --- the builder --------------------------------------------------------------------------------------------


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
        self.todo: deque[Node | tuple] = deque()
        self.empty = 0

    def lay_out(self, tree: Node) -> LayoutTree:
        root = self.rows[0]
        self.pending.append((root, tree.children, ""))
        for row, items, font in self.pending:
            self.row, self.font = row, font
            self._fill(items)
        symbols = sum([len(row.labels) for row in self.rows]) - self.empty
        relations = symbols - root.has_first + sum([row.doubled and row.has_second for row in self.rows])
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
        """Hang a row of *items* on a place; where one hangs there already, they continue it behind a gap."""
        row = self.row.branches.get((place, relation))
        if row is not None:
            items = (_GAP, *items)
        else:
            row = self.row.branches[place, relation] = Row()
            self.rows.append(row)
            if len(items) == 1 and not self.font and _is_plain(items[0]):
                row.labels.append(items[0].name)
                return row
        self.pending.append((row, items, self.font))
        return row

    def skip(self) -> None:
        """Leave a place of the present row empty."""
        self.labels.append(None)
        self.empty += 1

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
            self.skip()
        for relation, items in branches:
            self.branch(len(self.labels) - 1, relation, items)
        return None

    def hang_limits(self, start: int, branches: Sequence[tuple[str, Sequence[Node]]]) -> None:
        """`hang` for what stands above and below: it belongs to a function, not to its application."""
        self.hang(start, branches)

    def hang_accent(self, start: int, relation: str, name: str) -> None:
        """Hang an accent on the last place since *start*, and let it say how many places there are."""
        width = len(self.labels) - start
        label = _LABELS.get(name, name)
        self.hang(start, [(relation, (Node("label", f"{label} {width}" if width > 1 else label),))])

    def upcoming(self) -> Iterator[Node | tuple]:
        """What comes next in the present row, which it leaves in ``todo``."""
        yield from reversed(self.todo)
        for node in self.rest:
            self.todo.appendleft(node)
            yield node

    def applied(self) -> bool:
        """Whether scripts, or anything to be seen, follow in the row."""
        for item in self.upcoming():
            if type(item) is tuple:
                if item[0] is not _Layout.use_font:
                    return item[0] is _Layout.hang
            elif _is_visible(item):
                return True
        return False


def _is_plain(node: Node) -> bool:
    return node.kind == "symbol" and node.name not in _SYMBOLS


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


def _is_visible(item: Node) -> bool:
    return item.kind != "symbol" or _SYMBOLS.get(item.name) not in (_invisible, _font_switch)


# --- symbols that are more, or less, than a label -----------------------------------------------------------


def _invisible(layout: _Layout, name: str) -> None:
    """White space and style switches."""


def _synonym(layout: _Layout, name: str) -> None:
    label = _LABELS[name]
    layout.put(f"{layout.font} {label}" if layout.font else label)


def _font_switch(layout: _Layout, name: str) -> None:
    layout.font = _SWITCHES[name]


def _function(layout: _Layout, name: str) -> None:
    layout.put(_LABELS.get(name, name))
    if layout.application and layout.applied():
        layout.put(APPLICATION)


def _negation(layout: _Layout, name: str) -> None:
    """A stroke through the next symbol makes one symbol of the two."""
    struck = next(layout.upcoming(), None)
    while isinstance(struck, Node) and struck.kind == "group" and len(struck.children) == 1:
        (struck,) = struck.children
    if isinstance(struck, Node) and struck.kind == "symbol":
        layout.todo.pop()
        layout.put(NEGATIONS.get(struck.name) or f"\\not {_LABELS.get(struck.name, struck.name)}")
    else:
        layout.put(name)


_LABELS = SYNONYMS | dict(
    pair.split("=", 1)
    for pair in _words(
        r"""
        '=\prime \dots=\ldots \dotsi=\cdots \leqslant=\leq \geqslant=\geq \nleqslant=\nleq \ngeqslant=\ngeq
        \lvert=| \rvert=| \lVert=\| \rVert=\| \parallel=\| \slash=/ \colon=: \backslash=\setminus
        \smallsetminus=\setminus \hslash=\hbar \bigtriangleup=\triangle \mathsterling=\pounds \amalg=\coprod
        \lhd=\triangleleft \vartriangleleft=\triangleleft \unlhd=\trianglelefteq \varpropto=\propto
        \rhd=\triangleright \vartriangleright=\triangleright \unrhd=\trianglerighteq \models=\vDash
        \preccurlyeq=\preceq \succcurlyeq=\succeq \smallsmile=\smile \smallfrown=\frown \Join=\bowtie
        \varsubsetneq=\subsetneq \longleftarrow=\leftarrow \longrightarrow=\rightarrow \longmapsto=\mapsto
        \longleftrightarrow=\leftrightarrow \Longleftarrow=\Leftarrow \Longrightarrow=\Rightarrow
        \Longleftrightarrow=\Leftrightarrow \iff=\Leftrightarrow \bmod=\mod
        \widehat=\hat \widetilde=\tilde \overrightarrow=\vec \wideparen=\overparen
        """
    )
)
"""Labels of commands that draw the same as another one, or that MathML writes with the same character."""

_UPRIGHT = frozenset((r"\mathrm", r"\mathit", r"\mathnormal"))
"""Fonts in which a letter is the same symbol as in none."""


def _font_label(command: str) -> str:
    """What the labels of letters that a font command sets begin with; empty for upright and italic ones."""
    font = {r"\pmb": r"\boldsymbol", r"\mathds": r"\mathbb"}.get(command) or FONT_SYNONYMS.get(
        command, command
    )
    return "" if font in _UPRIGHT else font


_SWITCHES = {switch: _font_label(command) for switch, command in FONT_SWITCHES.items()}
"""Font switches and the font in which they leave the rest of the group."""


def _symbol_table() -> dict[str, Callable[[_Layout, str], None]]:
    table: dict[str, Callable[[_Layout, str], None]] = {}
    for name, cls in CLASSES.items():
        if cls in ("SPACE", "STYLE", "LIMITS", "HLINE"):
            table[name] = _invisible
        elif cls == "NAMEDOP" and name not in INTEGRALS:
            table[name] = _function
    table.update(dict.fromkeys((name for name in _LABELS if name not in table), _synonym))
    table.update(dict.fromkeys(_SWITCHES, _font_switch))
    table.update(dict.fromkeys(("\\bmod", "\\mod"), _function))
    return table | {"\\mathstrut": _invisible, "\\not": _negation}


_SYMBOLS = _symbol_table()


# --- kinds of nodes -----------------------------------------------------------------------------------------


def _group(layout: _Layout, node: Node) -> None:
    if any(child.name in _SWITCHES for child in node.children):
        layout.inline_in(layout.font, node.children)
    else:
        layout.inline(node.children)


def _gap(layout: _Layout, node: Node) -> None:
    if layout.labels:
        layout.skip()


_GAP = Node("gap")
"""An item that no parse tree has: leaves a place empty, except at the start of a row. Another such item is a
``label``: its name as it is, in no font."""


def _label(layout: _Layout, node: Node) -> None:
    layout.put(node.name)


def _scripts(layout: _Layout, node: Node) -> None:
    base, sub, sup = node.children
    stacked = node.name == "\\limits"
    name = "" if base is None else base.name
    branches = []
    if sub is not None:
        branches.append((BELOW if stacked or name in BRACES_BELOW else SUB, _items(sub)))
    if sup is not None:
        branches.append((ABOVE if stacked or name in BRACES_ABOVE else SUP, _items(sup)))
    layout.todo.append((_Layout.hang_limits if stacked else _Layout.hang, len(layout.labels), branches))
    if base is not None:
        layout.todo.append(base)


def _fenced(layout: _Layout, node: Node) -> None:
    for part in reversed(node.children):
        if part.kind == "row" or part.name != ".":
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


_STACKS: dict[str, tuple[str | None, str, str | None]] = {
    **{name: (left, "\\atop", right) for name, (left, right) in INFIX_FENCES.items()},
    **dict.fromkeys(BINOMIALS, ("(", "\\atop", ")")),
    "\\atop": (None, "\\atop", None),
}


def _environment(layout: _Layout, node: Node) -> None:
    left, right = environment_fences(node.name) or (NO_DELIMITER, NO_DELIMITER)
    rows = [[cell.children for cell in line.children[1:]] for line in node.children[1:]]
    if left != NO_DELIMITER:
        layout.put(left)
    if right != NO_DELIMITER:
        layout.todo.append(Node("label", right))
    _table(layout, rows)


def _table(layout: _Layout, rows: list[list[Sequence[Node]]]) -> None:
    """Cells hang on the table by their row and column; a table of one cell is what stands in it."""
    if len(rows) > 1 and not any(rows[-1]):
        rows.pop()
    if len(rows) == 1 and len(rows[0]) == 1:
        return layout.inline_in(layout.font, rows[0][0])
    place = layout.put(TABLE)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            layout.branch(place, f"Cell{number}.{column}", cell)
    return None


_KINDS: dict[str, Callable[[_Layout, Node], None]] = {
    "command": lambda layout, node: _COMMANDS[node.name](layout, node),
    "environment": _environment,
    "fenced": _fenced,
    "gap": _gap,
    "group": _group,
    "infix": _infix,
    "label": _label,
    "math": _group,
    "primes": lambda layout, node: layout.inline(_items(node)),
    "row": _group,
    "scripts": _scripts,
    "sized": lambda layout, node: layout.inline(node.children),
    "text": _group,
}


# --- commands, by class of hmer_suite/latex/token_classes.py -----------------------------------------------------


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
    relation = BELOW if node.name == "\\underset" else ABOVE
    layout.todo.append((_Layout.hang_limits, len(layout.labels), [(relation, _items(mark))]))
    layout.todo.append(base)


def _arrow(layout: _Layout, node: Node) -> None:
    below, above = node.children
    place = layout.put("\\" + node.name[len("\\x") :])
    layout.branch(place, ABOVE, _items(above))
    if below is not None:
        layout.branch(place, BELOW, below.children)


def _accent(layout: _Layout, node: Node) -> None:
    special = _ACCENTS.get(node.name)
    if special is not None:
        return special(layout, node)
    relation = BELOW if node.name in MARKS_BELOW or node.name in BRACES_BELOW else ABOVE
    layout.todo.append((_Layout.hang_accent, len(layout.labels), relation, node.name))
    layout.todo.append(node.children[1])
    return None


def _nothing(layout: _Layout, node: Node) -> None:
    """Lengths, labels, colours, and what is only as large as its argument."""


def _argument(layout: _Layout, node: Node) -> None:
    """A command that changes at most where its last argument stands."""
    layout.todo.append(node.children[-1])


def _enclosure(layout: _Layout, node: Node) -> None:
    label = "\\boxed" if node.name == "\\fbox" else node.name
    layout.branch(layout.put(label), INSIDE, _items(node.children[-1]))


def _modulus(layout: _Layout, node: Node) -> None:
    name = (Node("symbol", "\\mod"),) if node.name == "\\pmod" else ()
    layout.inline((Node("label", "("), *name, node.children[-1], Node("label", ")")))


def _lines(layout: _Layout, node: Node) -> None:
    rows: list[list[list[Node]]] = [[[]]]
    for item in _items(node.children[-1]):
        if item.kind == "symbol" and CLASSES.get(item.name) == "ROWBREAK":
            rows.append([[]])
        else:
            rows[-1][0].append(item)
    _table(layout, rows)


_ACCENTS: dict[str, Callable[[_Layout, Node], None]] = {
    **dict.fromkeys(_words(r"\phantom \hphantom \vphantom"), _nothing),
    **dict.fromkeys(
        _words(
            r"""\smash \mathllap \mathrlap \mathclap \llap \rlap \clap \mathpunct \mathinner \vcenter
            \lefteqn"""
        ),
        _argument,
    ),
    **dict.fromkeys(_words(r"\boxed \cancel \bcancel \xcancel"), _enclosure),
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

_FONTS = {command: _font_label(command) for command in ALPHABETS if CLASSES[command] == "FONT"} | {
    command: _font_label(font) for command, font in TEXT_FONTS.items()
}
"""Fonts that make another symbol of a letter: its label begins with them. Upright and italic do not."""


def _operator(layout: _Layout, node: Node) -> None:
    """A named function is one symbol, however its name is spelt; other operators are what they contain."""
    if node.name in BRACES_ABOVE or node.name in BRACES_BELOW:
        return _accent(layout, node)
    items = _items(node.children[1])
    word = "".join(item.name for item in items if _SYMBOLS.get(item.name) is not _invisible)
    if node.name == "\\mathop" or not word or any(item.kind != "symbol" for item in items):
        return _argument(layout, node)
    return _function(layout, word if word.startswith("\\") else f"\\{word}")


_CLASSES: dict[str, Callable[[_Layout, Node], None]] = {
    "ACCENT": _accent,
    "FONT": _font,
    "FRAC": _fraction,
    "OPERATORNAME": _operator,
    "PRIMITIVE": _argument,
    "RAW": _nothing,
    "RAWMATH": _argument,
    "RAWTEXT": _argument,
    "RULE": _label,
    "SQRT": _root,
    "STACK": _stacked,
    "TEXT": _text,
    "XARROW": _arrow,
}

_COMMANDS = {name: _CLASSES[cls] for name, cls in CLASSES.items() if cls in _CLASSES}
