"""Commands with formulas as arguments: fractions, roots, arrows, fonts, accents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hmer_suite.latex.constructs import ALPHABETS, BINOMIALS, INFIX_FENCES
from hmer_suite.latex.tree import Node
from hmer_suite.mathml.atoms import Atom, Style, single
from hmer_suite.mathml.delimiters import enclosed, fence_text
from hmer_suite.mathml.rows import (
    COMMANDS,
    KINDS,
    MARKS,
    argument_row,
    draw_argument,
    draw_row,
    lines_of,
    row_spacing,
)
from hmer_suite.mathml.tables import draw_table


def _fraction(node: Node, style: Style) -> Atom:
    _, above, below = node.children
    outer = style
    if node.name in ("\\dfrac", "\\dbinom", "\\cfrac"):
        outer = replace(style, display=True, level=0)
    elif node.name in ("\\tfrac", "\\tbinom"):
        outer = replace(style, display=False, level=0)
    if node.name == "\\cfrac":
        parts = [_restyled(draw_argument(part, outer), outer, outer.part()) for part in (above, below)]
    else:
        parts = [draw_argument(part, outer.part()) for part in (above, below)]
    fences = ("(", ")") if node.name in BINOMIALS else None
    return Atom("ord", _restyled(_stack(parts, fences), outer, style))


def _restyled(element: str, style: Style, outer: Style) -> str:
    attributes = style.attributes(outer)
    return f"<mstyle{attributes}>{element}</mstyle>" if attributes else element


def _stack(parts: Sequence[str], fences: tuple[str, str] | None) -> str:
    """A fraction, or with *fences* two lines between these delimiters."""
    if fences is None:
        return f'<mfrac style="padding:0 .12em">{"".join(parts)}</mfrac>'
    lines = f'<mfrac linethickness="0">{"".join(parts)}</mfrac>'
    return enclosed(lines, *map(fence_text, fences))


def _infix(node: Node, style: Style) -> Atom:
    before, behind = (draw_argument(part, style.part()) for part in node.children)
    if node.name == "\\atop":
        return Atom("ord", f'<mfrac linethickness="0">{before}{behind}</mfrac>')
    return Atom("ord", _stack([before, behind], INFIX_FENCES.get(node.name)))


def _stacked(node: Node, style: Style) -> Atom:
    _, label, base = node.children
    row = argument_row(base, style)
    spacing = "rel" if node.name == "\\stackrel" else row_spacing(row)
    tag = "munder" if node.name == "\\underset" else "mover"
    return Atom(spacing, f"<{tag}>{single(row, style)}{draw_argument(label, style.script())}</{tag}>")


def _root(node: Node, style: Style) -> Atom:
    index, radicand = node.children
    if index is None:
        return Atom("ord", f"<msqrt>{draw_argument(radicand, style)}</msqrt>")
    small = replace(style, display=False, level=2)
    return Atom("ord", f"<mroot>{draw_argument(radicand, style)}{draw_argument(index, small)}</mroot>")


_LONG_ARROWS = {
    r"\xleftarrow": "←", r"\xrightarrow": "→", r"\xleftrightarrow": "↔", r"\xLeftarrow": "⇐",
    r"\xRightarrow": "⇒", r"\xLeftrightarrow": "⇔", r"\xmapsto": "↦", r"\xhookleftarrow": "↩",
    r"\xhookrightarrow": "↪", r"\xleftharpoonup": "↼", r"\xleftharpoondown": "↽", r"\xrightharpoonup": "⇀",
    r"\xrightharpoondown": "⇁", r"\xrightleftharpoons": "⇌", r"\xleftrightharpoons": "⇋",
    r"\xtwoheadrightarrow": "↠", r"\xtwoheadleftarrow": "↞",
}  # fmt: skip


def _long_arrow(node: Node, style: Style) -> Atom:
    below, above = node.children
    label = style.script()
    over = f"<mrow>{_PAD}{draw_argument(above, label)}{_PAD}</mrow>"
    arrow = f'<mo lspace="0" rspace="0" stretchy="true">{_LONG_ARROWS.get(node.name, "=")}</mo>'
    if below is None:
        return Atom("rel", f"<mover>{arrow}{over}</mover>")
    under = f"<mrow>{_PAD}{draw_argument(below, label)}{_PAD}</mrow>"
    return Atom("rel", f"<munderover>{arrow}{under}{over}</munderover>")


_PAD = '<mspace width=".6em"/>'


def _font(node: Node, style: Style) -> Atom:
    argument = node.children[1]
    if node.name == "\\textcircled":
        return Atom(
            "ord", f'<mrow style="{_CIRCLE}">{draw_argument(argument, replace(style, font="UPRIGHT"))}</mrow>'
        )
    inner = style if node.name == "\\ensuremath" else replace(style, font=ALPHABETS[node.name])
    row = argument_row(argument, inner)
    return row[0][0] if len(row) == 1 else Atom("ord", single(row, style))


def _primitive(node: Node, style: Style) -> Atom:
    r"""``\mathrel`` and its kin: the same drawing with another spacing class, which their name says."""
    spacing = node.name.removeprefix("\\math")
    row = argument_row(node.children[1], style)
    return replace(row[0][0], spacing=spacing) if len(row) == 1 else Atom(spacing, single(row, style))


_CIRCLE = "border:.06em solid;border-radius:50%;padding:.1em .3em"


def _operator_command(node: Node, style: Style) -> Atom:
    argument = node.children[1]
    if node.name in MARKS:
        tag, mark = MARKS[node.name]
        return Atom("op", _marked(tag, draw_argument(argument, style), mark))
    font = style if node.name == "\\mathop" else replace(style, font="UPRIGHT")
    return Atom("op", single(argument_row(argument, font), style))


def _marked(tag: str, base: str, mark: str, *, stretchy: bool = True) -> str:
    """*base* with an accent, brace or arrow over or under it."""
    accent = ' accent="true"' if tag == "mover" else ' accentunder="true"'
    small = ' mathsize="70%"' if mark == "→" and not stretchy else ""
    sign = f'<mo lspace="0" rspace="0" stretchy="{str(stretchy).lower()}"{small}>{mark}</mo>'
    return f"<{tag}{accent}>{base}{sign}</{tag}>"


_ACCENTS: dict[str, tuple[str, str, bool]] = {
    # command: (element, mark, whether it stretches)
    r"\hat": ("mover", "ˆ", False), r"\widehat": ("mover", "\u0302", True),
    r"\check": ("mover", "ˇ", False), r"\widecheck": ("mover", "ˇ", True),
    r"\tilde": ("mover", "˜", False), r"\widetilde": ("mover", "~", True),
    r"\acute": ("mover", "´", False), r"\grave": ("mover", "`", False), r"\breve": ("mover", "˘", False),
    r"\dot": ("mover", "˙", False), r"\ddot": ("mover", "¨", False),
    r"\dddot": ("mover", "⃛", False), r"\ddddot": ("mover", "⃜", False),
    r"\bar": ("mover", "¯", False), r"\vec": ("mover", "→", False), r"\mathring": ("mover", "˚", False),
    r"\overrightarrow": ("mover", "→", True), r"\overleftarrow": ("mover", "←", True),
    r"\overleftrightarrow": ("mover", "↔", True), r"\Overrightarrow": ("mover", "⇒", True),
    r"\underrightarrow": ("munder", "→", True), r"\underleftarrow": ("munder", "←", True),
    r"\underleftrightarrow": ("munder", "↔", True),
    r"\overleftharpoon": ("mover", "↼", True), r"\overrightharpoon": ("mover", "⇀", True),
    r"\overgroup": ("mover", "⏠", True), r"\undergroup": ("munder", "⏡", True),
    r"\widearc": ("mover", "⏜", True), r"\overarc": ("mover", "⏜", True), r"\wideparen": ("mover", "⏜", True),
    r"\overparen": ("mover", "⏜", True), r"\underparen": ("munder", "⏝", True),
    r"\utilde": ("munder", "~", True), r"\d": ("munder", ".", False), r"\b": ("munder", "¯", False),
}  # fmt: skip
_STRIKE_UP = "linear-gradient(to top right,transparent 48%,currentColor 48%,currentColor 52%,transparent 52%)"
_STRIKE_DOWN = _STRIKE_UP.replace("top", "bottom")
_FRAMES = {
    r"\overline": "border-top:.06em solid;padding-top:.12em",
    r"\overlinesegment": "border-top:.06em solid;padding-top:.12em",
    r"\underline": "border-bottom:.06em solid;padding-bottom:.12em",
    r"\underbar": "border-bottom:.06em solid;padding-bottom:.12em",
    r"\underlinesegment": "border-bottom:.06em solid;padding-bottom:.12em",
    r"\boxed": "border:.06em solid;padding:.25em .3em",
    r"\cancel": f"background:{_STRIKE_UP}",
    r"\bcancel": f"background:{_STRIKE_DOWN}",
    r"\xcancel": f"background:{_STRIKE_UP},{_STRIKE_DOWN}",
}
_PADDED = {
    # command: (whether it shows, attributes)
    r"\phantom": (False, ""), r"\vphantom": (False, ' width="0"'), r"\rlap": (True, ' width="0"'),
    r"\hphantom": (False, ' height="0" depth="0"'), r"\smash": (True, ' height="0" depth="0"'),
    r"\mathrlap": (True, ' width="0"'), r"\lefteqn": (True, ' width="0"'),
}  # fmt: skip


def _accent(node: Node, style: Style) -> Atom:
    argument = node.children[1]
    if node.name in ("\\pmod", "\\pod"):
        return _modulus(node, style)
    if node.name == "\\substack":
        lines = lines_of(argument.children if argument.kind == "group" else [argument])
        return Atom(
            "ord",
            draw_table([[single(draw_row(line, style), style)] for line in lines], ["center"], style, ""),
        )
    row = argument_row(argument, style)
    inner = single(row, style)
    if node.name in _ACCENTS:
        tag, mark, stretchy = _ACCENTS[node.name]
        return Atom("ord", _marked(tag, inner, mark, stretchy=stretchy))
    if node.name in _FRAMES:
        return Atom("ord", framed(node.name, inner))
    if node.name in _PADDED:
        visible, attributes = _PADDED[node.name]
        shown = inner if visible else f"<mphantom>{inner}</mphantom>"
        return Atom("ord", f"<mpadded{attributes}>{shown}</mpadded>" if attributes else shown)
    return Atom(row_spacing(row), inner)


def framed(command: str, inner: str) -> str:
    """A drawing with the lines of *command* around, over, under or through it."""
    return f'<mrow style="{_FRAMES[command]}">{inner}</mrow>'


def _modulus(node: Node, style: Style) -> Atom:
    name = '<mi>mod</mi><mspace width=".3333em"/>' if node.name == "\\pmod" else ""
    wide = "1em" if style.display else ".4444em"
    inner = draw_argument(node.children[1], style)
    left, right = (f'<mo lspace="0" rspace="0" stretchy="false">{fence}</mo>' for fence in "()")
    return Atom("ord", f'<mrow><mspace width="{wide}"/>{left}{name}{inner}{right}</mrow>')


KINDS["infix"] = _infix
COMMANDS.update(
    ACCENT=_accent, FONT=_font, PRIMITIVE=_primitive, FRAC=_fraction, OPERATORNAME=_operator_command,
    SQRT=_root, STACK=_stacked,
    XARROW=_long_arrow,
)  # fmt: skip
