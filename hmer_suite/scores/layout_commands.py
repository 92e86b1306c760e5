"""Commands in symbol layout trees, by their token class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hmer_suite.latex.constructs import BRACES_ABOVE, BRACES_BELOW, MARKS_BELOW, NO_DELIMITER
from hmer_suite.latex.general_fractions import general_fraction
from hmer_suite.latex.nodes import Command, Node, Scripts, Symbol
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.scores.layout_builder import (
    COMMANDS,
    SYMBOLS,
    Hang,
    HangAccent,
    Label,
    Layout,
    function,
    invisible,
    items_of,
    stack,
    table,
)
from hmer_suite.scores.layout_labels import FONTS
from hmer_suite.scores.layout_rows import ABOVE, BELOW, INSIDE, SUB, SUP


def _fraction(layout: Layout, node: Command) -> None:
    above, below = node.arguments
    stack(layout, node.name, items_of(above), items_of(below))


def _general_fraction(layout: Layout, node: Command) -> None:
    said = general_fraction(node)
    left, right = said.fences
    if right != NO_DELIMITER:
        layout.todo.append(Label(right))
    if left != NO_DELIMITER:
        layout.put(left)
    stack(layout, "\\frac" if said.has_bar else "\\atop", items_of(said.above), items_of(said.below))


def _root(layout: Layout, node: Command) -> None:
    place = layout.put("\\sqrt")
    row = layout.branch(place, INSIDE, items_of(node.arguments[0]))
    if node.optional is None:
        row.doubled = True
    else:
        layout.branch(place, ABOVE, node.optional.items)


def _stacked(layout: Layout, node: Command) -> None:
    r"""``\overset``, ``\underset``, ``\stackrel``."""
    mark, base = node.arguments
    relation = BELOW if node.name == "\\underset" else ABOVE
    layout.todo.append(Hang(len(layout.labels), [(relation, items_of(mark))], limits=True))
    layout.todo.append(base)


def _sideset(layout: Layout, node: Command) -> None:
    left, right, operator = node.arguments
    first, others = items_of(right)[:1], items_of(right)[1:]
    drawn: list[Node] = [operator, *first]
    if first and isinstance(scripts := first[0], Scripts) and scripts.base is None:
        drawn = [replace(scripts, base=operator)]
    layout.inline((*items_of(left), *drawn, *others))


def _prescript(layout: Layout, node: Command) -> None:
    sup, sub, argument = node.arguments
    layout.inline((Scripts(None, sub, sup), argument))


def _arrow(layout: Layout, node: Command) -> None:
    place = layout.put("\\" + node.name[len("\\x") :])
    layout.branch(place, ABOVE, items_of(node.arguments[0]))
    if node.optional is not None:
        layout.branch(place, BELOW, node.optional.items)


def _accent(layout: Layout, node: Command) -> None:
    special = _ACCENTS.get(node.name)
    if special is not None:
        special(layout, node)
        return
    relation = BELOW if node.name in MARKS_BELOW or node.name in BRACES_BELOW else ABOVE
    layout.todo.append(HangAccent(len(layout.labels), relation, node.name))
    layout.todo.append(node.arguments[0])


def _nothing(layout: Layout, node: Command) -> None:
    """Lengths, labels, colours, and what is only as large as its argument."""


def _rule(layout: Layout, node: Command) -> None:
    layout.put(node.name)


def _argument(layout: Layout, node: Command) -> None:
    """A command that changes at most the place of its last argument."""
    layout.todo.append(node.arguments[-1])


def _enclosure(layout: Layout, node: Command) -> None:
    label = "\\boxed" if node.name in ("\\fbox", "\\fcolorbox") else node.name
    layout.branch(layout.put(label), INSIDE, items_of(node.arguments[-1]))


def _modulus(layout: Layout, node: Command) -> None:
    name = (Symbol("\\mod"),) if node.name == "\\pmod" else ()
    layout.inline((Label("("), *name, node.arguments[-1], Label(")")))


def _lines(layout: Layout, node: Command) -> None:
    rows: list[list[Node]] = [[]]
    for item in items_of(node.arguments[-1]):
        if isinstance(item, Symbol) and CLASSES.get(item.name) == "ROWBREAK":
            rows.append([])
        else:
            rows[-1].append(item)
    table(layout, [[row] for row in rows])


_ACCENTS: dict[str, Callable[[Layout, Command], None]] = {
    **dict.fromkeys(r"\phantom \hphantom \vphantom".split(), _nothing),
    **dict.fromkeys(
        r"""\smash \mathllap \mathrlap \mathclap \llap \rlap \clap \mathpunct \mathinner \vcenter
        \lefteqn""".split(),
        _argument,
    ),
    **dict.fromkeys(r"\boxed \cancel \bcancel \xcancel".split(), _enclosure),
    "\\substack": _lines,
    "\\pmod": _modulus,
    "\\pod": _modulus,
}


def _font(layout: Layout, node: Command) -> None:
    if node.name == "\\textcircled":
        _enclosure(layout, node)
    else:
        layout.inline_in(FONTS.get(node.name, layout.font), items_of(node.arguments[-1]))


def _text(layout: Layout, node: Command) -> None:
    if node.name == "\\fbox":
        _enclosure(layout, node)
    elif node.name in _RAISED:
        layout.hang(len(layout.labels), [(_RAISED[node.name], items_of(node.arguments[-1]))])
    else:
        _font(layout, node)


_RAISED = {"\\textsuperscript": SUP, "\\textsubscript": SUB}


def _operator(layout: Layout, node: Command) -> None:
    """A named function is one symbol, however its name is spelt; other operators are what they contain."""
    if node.name in BRACES_ABOVE or node.name in BRACES_BELOW:
        _accent(layout, node)
        return
    items = items_of(node.arguments[0])
    letters = [item.name for item in items if isinstance(item, Symbol)]
    word = "".join(letter for letter in letters if SYMBOLS.get(letter) is not invisible)
    if node.name == "\\mathop" or not word or len(letters) < len(items):
        _argument(layout, node)
    else:
        function(layout, word if word.startswith("\\") else f"\\{word}")


_CLASSES: dict[str, Callable[[Layout, Command], None]] = {
    "ACCENT": _accent,
    "CFRAC": _fraction,
    "COLOR": _nothing,
    "COLORBOX": _argument,
    "FCOLORBOX": _enclosure,
    "FONT": _font,
    "FRAC": _fraction,
    "GENFRAC": _general_fraction,
    "OPERATORNAME": _operator,
    "PRIMITIVE": _argument,
    "RAW": _nothing,
    "RAWMATH": _argument,
    "RAWTEXT": _argument,
    "RULE": _rule,
    "PRESCRIPT": _prescript,
    "SIDESET": _sideset,
    "SMASH": _accent,
    "SQRT": _root,
    "STACK": _stacked,
    "TEXT": _text,
    "XARROW": _arrow,
}

COMMANDS.update((name, _CLASSES[cls]) for name, cls in CLASSES.items() if cls in _CLASSES)
