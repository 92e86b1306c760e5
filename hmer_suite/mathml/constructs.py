"""Commands with formulas as arguments: fractions, roots, arrows, fonts, accents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hmer_suite.latex.constructs import ALPHABETS, BINOMIALS, BRACES_ABOVE, INFIX_FENCES, MARKS_BELOW
from hmer_suite.latex.general_fractions import general_fraction
from hmer_suite.latex.nodes import Command, Group, Infix, Node, Scripts
from hmer_suite.latex.tree import unparse
from hmer_suite.mathml.delimiters import enclosed, fence_text
from hmer_suite.mathml.leaves import em, in_em
from hmer_suite.mathml.rows import (
    COMMANDS,
    DRAWERS,
    argument_row,
    draw,
    draw_argument,
    draw_row,
    lines_of,
    row_spacing,
    scripted,
)
from hmer_suite.mathml.spacing import MathStyle, SpacedElement, single
from hmer_suite.mathml.tables import draw_table


def _fraction(node: Command, style: MathStyle) -> SpacedElement:
    above, below = node.arguments
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
    return SpacedElement("ord", _restyled(_stack(parts, fences), outer, style))


def _restyled(element: str, style: MathStyle, outer: MathStyle) -> str:
    attributes = style.attributes(outer)
    return f"<mstyle{attributes}>{element}</mstyle>" if attributes else element


def _stack(parts: Sequence[str], fences: tuple[str, str] | None) -> str:
    """A fraction, or with *fences* two lines between these delimiters."""
    if fences is None:
        return f'<mfrac style="padding:0 .12em">{"".join(parts)}</mfrac>'
    lines = f'<mfrac linethickness="0">{"".join(parts)}</mfrac>'
    return enclosed(lines, *map(fence_text, fences))


def _general_fraction(node: Command, style: MathStyle) -> SpacedElement:
    said = general_fraction(node)
    outer = style
    if said.style in _STYLES:
        outer = replace(style, display=said.style == "0", level=_STYLES[said.style])
    parts = "".join(draw_argument(part, outer.part()) for part in (said.above, said.below))
    rule = f' linethickness="{em(max(0.0, in_em(said.thickness)))}em"' if said.thickness else ""
    drawn = f'<mfrac{rule} style="padding:0 .12em">{parts}</mfrac>'
    if said.is_fenced:
        drawn = enclosed(drawn, *map(fence_text, said.fences))
    return SpacedElement("ord", _restyled(drawn, outer, style))


_STYLES = {"0": 0, "1": 0, "2": 1, "3": 2}
r"""Levels of the styles that ``\genfrac`` numbers."""


def _infix(node: Infix, style: MathStyle) -> SpacedElement:
    parts = [draw_argument(part, style.part()) for part in (node.before, node.after)]
    if node.name == "\\atop":
        return SpacedElement("ord", f'<mfrac linethickness="0">{"".join(parts)}</mfrac>')
    return SpacedElement("ord", _stack(parts, INFIX_FENCES.get(node.name)))


def _stacked(node: Command, style: MathStyle) -> SpacedElement:
    label, base = node.arguments
    row = argument_row(base, style)
    spacing = "rel" if node.name == "\\stackrel" else row_spacing(row)
    tag = "munder" if node.name == "\\underset" else "mover"
    return SpacedElement(
        spacing, f"<{tag}>{single(row, style)}{draw_argument(label, style.script())}</{tag}>"
    )


def _sideset(node: Command, style: MathStyle) -> SpacedElement:
    r"""An operator with scripts at both sides, which is in display style anywhere."""
    left, right, operator = node.arguments
    inner = replace(style, display=True, level=0)
    sign = draw(operator, inner)
    parts = [*_side(left, _hidden(sign), inner), *_side(right, sign, inner)]
    drawn = "".join(part.xml() for part in parts)
    return SpacedElement("op", _restyled(f"<mrow>{drawn}</mrow>", inner, style))


def _side(argument: Node, base: SpacedElement, style: MathStyle) -> list[SpacedElement]:
    """*base* with the scripts that begin a side of an operator, and what follows them."""
    items = argument.items if isinstance(argument, Group) else (argument,)
    if items and isinstance(items[0], Scripts) and items[0].base is None:
        base, items = scripted(items[0], base, style), items[1:]
    return [base, *(draw(item, style) for item in items)]


def _hidden(element: SpacedElement) -> SpacedElement:
    """Nothing, as high and as deep as an element."""
    return SpacedElement("ord", f'<mpadded width="0"><mphantom>{element.xml()}</mphantom></mpadded>')


def _prescript(node: Command, style: MathStyle) -> SpacedElement:
    sup, sub, argument = node.arguments
    inner = SpacedElement("ord", draw_argument(argument, style))
    before = scripted(Scripts(None, sub, sup), _hidden(inner), style)
    return SpacedElement("ord", f"<mrow>{before.xml()}{inner.xml()}</mrow>")


def _root(node: Command, style: MathStyle) -> SpacedElement:
    index, radicand = node.optional, node.arguments[0]
    if index is None:
        return SpacedElement("ord", f"<msqrt>{draw_argument(radicand, style)}</msqrt>")
    small = replace(style, display=False, level=2)
    return SpacedElement(
        "ord", f"<mroot>{draw_argument(radicand, style)}{draw_argument(index, small)}</mroot>"
    )


_LONG_ARROWS = {
    r"\xleftarrow": "←", r"\xrightarrow": "→", r"\xleftrightarrow": "↔", r"\xLeftarrow": "⇐",
    r"\xRightarrow": "⇒", r"\xLeftrightarrow": "⇔", r"\xmapsto": "↦", r"\xhookleftarrow": "↩",
    r"\xhookrightarrow": "↪", r"\xleftharpoonup": "↼", r"\xleftharpoondown": "↽", r"\xrightharpoonup": "⇀",
    r"\xrightharpoondown": "⇁", r"\xrightleftharpoons": "⇌", r"\xleftrightharpoons": "⇋",
    r"\xtwoheadrightarrow": "↠", r"\xtwoheadleftarrow": "↞",
}  # fmt: skip


def _long_arrow(node: Command, style: MathStyle) -> SpacedElement:
    below, above = node.optional, node.arguments[0]
    label = style.script()
    over = f"<mrow>{_PAD}{draw_argument(above, label)}{_PAD}</mrow>"
    arrow = f'<mo lspace="0" rspace="0" stretchy="true">{_LONG_ARROWS.get(node.name, "=")}</mo>'
    if below is None:
        return SpacedElement("rel", f"<mover>{arrow}{over}</mover>")
    under = f"<mrow>{_PAD}{draw_argument(below, label)}{_PAD}</mrow>"
    return SpacedElement("rel", f"<munderover>{arrow}{under}{over}</munderover>")


_PAD = '<mspace width=".6em"/>'


def _font(node: Command, style: MathStyle) -> SpacedElement:
    argument = node.arguments[0]
    if node.name == "\\textcircled":
        return SpacedElement(
            "ord", f'<mrow style="{_CIRCLE}">{draw_argument(argument, replace(style, font="UPRIGHT"))}</mrow>'
        )
    inner = style if node.name == "\\ensuremath" else replace(style, font=ALPHABETS[node.name])
    row = argument_row(argument, inner)
    return row[0][0] if len(row) == 1 else SpacedElement("ord", single(row, style))


def _primitive(node: Command, style: MathStyle) -> SpacedElement:
    r"""``\mathrel``, ``\mathbin`` ...: the same drawing with another spacing class, which their name says."""
    spacing = node.name.removeprefix("\\math")
    row = argument_row(node.arguments[0], style)
    return (
        replace(row[0][0], spacing=spacing) if len(row) == 1 else SpacedElement(spacing, single(row, style))
    )


_CIRCLE = "border:.06em solid;border-radius:50%;padding:.1em .3em"


def _operator_command(node: Command, style: MathStyle) -> SpacedElement:
    argument = node.arguments[0]
    if node.name in _BRACES:
        tag = "mover" if node.name in BRACES_ABOVE else "munder"
        return SpacedElement("op", _marked(tag, draw_argument(argument, style), _BRACES[node.name]))
    font = style if node.name == "\\mathop" else replace(style, font="UPRIGHT")
    return SpacedElement("op", single(argument_row(argument, font), style))


def _marked(tag: str, base: str, mark: str, *, stretchy: bool = True) -> str:
    """*base* with an accent, brace or arrow over or under it."""
    accent = ' accent="true"' if tag == "mover" else ' accentunder="true"'
    small = ' mathsize="70%"' if mark == "→" and not stretchy else ""
    sign = f'<mo lspace="0" rspace="0" stretchy="{str(stretchy).lower()}"{small}>{mark}</mo>'
    return f"<{tag}{accent}>{base}{sign}</{tag}>"


_BRACES = {"\\overbrace": "⏞", "\\underbrace": "⏟", "\\overbracket": "⎴", "\\underbracket": "⎵"}
_ACCENTS: dict[str, tuple[str, bool]] = {
    # command: (mark, whether it stretches)
    r"\hat": ("ˆ", False), r"\widehat": ("\u0302", True),
    r"\check": ("ˇ", False), r"\widecheck": ("ˇ", True),
    r"\tilde": ("˜", False), r"\widetilde": ("~", True),
    r"\acute": ("´", False), r"\grave": ("`", False), r"\breve": ("˘", False),
    r"\dot": ("˙", False), r"\ddot": ("¨", False),
    r"\dddot": ("⃛", False), r"\ddddot": ("⃜", False),
    r"\bar": ("¯", False), r"\vec": ("→", False), r"\mathring": ("˚", False),
    r"\overrightarrow": ("→", True), r"\overleftarrow": ("←", True),
    r"\overleftrightarrow": ("↔", True), r"\Overrightarrow": ("⇒", True),
    r"\underrightarrow": ("→", True), r"\underleftarrow": ("←", True),
    r"\underleftrightarrow": ("↔", True),
    r"\overleftharpoon": ("↼", True), r"\overrightharpoon": ("⇀", True),
    r"\overgroup": ("⏠", True), r"\undergroup": ("⏡", True),
    r"\widearc": ("⏜", True), r"\overarc": ("⏜", True), r"\wideparen": ("⏜", True),
    r"\overparen": ("⏜", True), r"\underparen": ("⏝", True),
    r"\utilde": ("~", True), r"\d": (".", False), r"\b": ("¯", False),
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
    r"\hphantom": (False, ' height="0" depth="0"'),
    r"\mathrlap": (True, ' width="0"'), r"\lefteqn": (True, ' width="0"'),
}  # fmt: skip


def _accent(node: Command, style: MathStyle) -> SpacedElement:
    argument = node.arguments[0]
    if node.name in ("\\pmod", "\\pod"):
        return _modulus(node, style)
    if node.name == "\\substack":
        lines = lines_of(argument.items if isinstance(argument, Group) else [argument])
        return SpacedElement(
            "ord",
            draw_table([[single(draw_row(line, style), style)] for line in lines], ["center"], style, ""),
        )
    row = argument_row(argument, style)
    inner = single(row, style)
    if node.name in _ACCENTS:
        mark, stretchy = _ACCENTS[node.name]
        tag = "munder" if node.name in MARKS_BELOW else "mover"
        return SpacedElement("ord", _marked(tag, inner, mark, stretchy=stretchy))
    if node.name in _FRAMES:
        return SpacedElement("ord", framed(node.name, inner))
    if node.name in _PADDED:
        visible, attributes = _PADDED[node.name]
        shown = inner if visible else f"<mphantom>{inner}</mphantom>"
        return SpacedElement("ord", f"<mpadded{attributes}>{shown}</mpadded>" if attributes else shown)
    return SpacedElement(row_spacing(row), inner)


def _smash(node: Command, style: MathStyle) -> SpacedElement:
    r"""A formula drawn without room for it above and below; ``[t]`` and ``[b]`` take one of the two alone."""
    option = "".join(unparse(node.optional)) if node.optional else "tb"
    room = "".join(f' {name}="0"' for side, name in (("t", "height"), ("b", "depth")) if side in option)
    return SpacedElement("ord", f"<mpadded{room}>{draw_argument(node.arguments[0], style)}</mpadded>")


def framed(command: str, inner: str) -> str:
    """A drawing with the lines of *command* around, over, under or through it."""
    return f'<mrow style="{_FRAMES[command]}">{inner}</mrow>'


def _modulus(node: Command, style: MathStyle) -> SpacedElement:
    name = '<mi>mod</mi><mspace width=".3333em"/>' if node.name == "\\pmod" else ""
    wide = "1em" if style.display else ".4444em"
    inner = draw_argument(node.arguments[0], style)
    left, right = (f'<mo lspace="0" rspace="0" stretchy="false">{fence}</mo>' for fence in "()")
    return SpacedElement("ord", f'<mrow><mspace width="{wide}"/>{left}{name}{inner}{right}</mrow>')


DRAWERS.infix = _infix
COMMANDS.update(
    ACCENT=_accent, FONT=_font, PRIMITIVE=_primitive, CFRAC=_fraction, FRAC=_fraction, GENFRAC=_general_fraction,
    OPERATORNAME=_operator_command, PRESCRIPT=_prescript, SIDESET=_sideset, SMASH=_smash, SQRT=_root, STACK=_stacked,
    XARROW=_long_arrow,
)  # fmt: skip
