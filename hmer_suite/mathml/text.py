"""Text, boxes, colours, rules and other commands whose arguments are no formulas."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from hmer_suite.latex.nodes import Command, Node, Symbol, Text
from hmer_suite.mathml.constructs import framed
from hmer_suite.mathml.leaves import color_of, em, in_em, plain_text, text_character, white_space
from hmer_suite.mathml.rows import COMMANDS, DRAWERS, argument_row, draw, row_spacing
from hmer_suite.mathml.spacing import SPACE, MathStyle, SpacedElement, Styled, single

_TEXT_CSS = {
    "\\textbf": "font-weight:bold", "\\textit": "font-style:italic", "\\textsl": "font-style:italic",
    "\\emph": "font-style:italic", "\\texttt": "font-family:monospace", "\\textsf": "font-family:sans-serif",
    "\\textsc": "font-variant:small-caps",
}  # fmt: skip


def _text(node: Command, style: MathStyle) -> SpacedElement:
    inner = _text_element(node.arguments[0], style, _TEXT_CSS.get(node.name, ""))
    if node.name == "\\fbox":
        return SpacedElement("ord", framed("\\boxed", inner))
    if node.name in ("\\textsuperscript", "\\textsubscript"):
        tag = "msup" if node.name == "\\textsuperscript" else "msub"
        return SpacedElement("ord", f"<{tag}><mrow></mrow>{inner}</{tag}>")
    return SpacedElement("ord", inner)


def _text_element(node: Node, style: MathStyle, css: str = "") -> str:
    """Text as one element; formulas between dollar signs are formulas again."""
    attributes = f' style="{css}"' if css else ""
    row: list[Styled] = []
    for item in node.items if isinstance(node, Text) else (node,):
        if isinstance(item, Symbol):
            row.append((SpacedElement(SPACE, text_character(item.name), "mtext", attributes), style))
        elif isinstance(item, Text):
            row.append((SpacedElement(SPACE, _text_element(item, style, css)), style))
        else:
            inner = replace(style, display=False, depth=style.depth + 1)
            row.append((draw(item, inner), style))
    joined: list[Styled] = []
    for atom, _ in row:
        if atom.tag and joined and joined[-1][0].tag:
            atom = replace(atom, body=joined.pop()[0].body + atom.body)
        joined.append((atom, style))
    return single(joined, style)


def _raw(node: Command, style: MathStyle) -> SpacedElement:
    """Commands with an argument that is no formula: lengths, labels, tags."""
    text = plain_text(node.arguments[0])
    if node.name.startswith("\\hspace"):
        return white_space(in_em(text))
    if node.name in ("\\ref", "\\cite", "\\eqref"):
        fences = {"\\ref": ("", ""), "\\cite": ("[", "]"), "\\eqref": ("(", ")")}[node.name]
        return SpacedElement("ord", f"{fences[0]}{text}{fences[1]}", "mtext")
    if node.name in ("\\tag", "\\tag*"):
        shown = text if node.name.endswith("*") else f"({text})"
        return SpacedElement(
            SPACE, f'<mrow><mspace width="2em"/><mtext>{escape(shown, quote=False)}</mtext></mrow>'
        )
    return SpacedElement(SPACE, "<mrow></mrow>")


def _colored(node: Command, style: MathStyle) -> SpacedElement:
    color, argument = node.arguments
    row = argument_row(argument, style)
    name = color_of(color, node.optional)
    attributes = f' mathcolor="{name}"' if name else ""
    return SpacedElement(row_spacing(row), f"<mrow{attributes}>{single(row, style)}</mrow>")


def _text_box(node: Command, style: MathStyle) -> SpacedElement:
    first, text = node.arguments
    inner = _text_element(text, style)
    if node.name == "\\colorbox":
        name = color_of(first, node.optional)
        attributes = f' mathbackground="{name}"' if name else ""
        return SpacedElement("ord", f"<mrow{attributes}>{inner}</mrow>")
    return SpacedElement("ord", f'<mpadded voffset="{em(in_em(plain_text(first)))}em">{inner}</mpadded>')


def _framed_box(node: Command, style: MathStyle) -> SpacedElement:
    """Text on a coloured ground; its frame has the colour of the text around it."""
    _, ground, text = node.arguments
    name = color_of(ground, node.optional)
    attributes = f' mathbackground="{name}"' if name else ""
    drawn = f"<mrow{attributes}>{_text_element(text, style)}</mrow>"
    return SpacedElement("ord", framed("\\boxed", drawn))


def _rule(node: Command, style: MathStyle) -> SpacedElement:
    width, height = (em(max(0.0, in_em(plain_text(part)))) for part in node.arguments)
    return SpacedElement(
        "ord", f'<mspace style="background:currentColor" width="{width}em" height="{height}em"/>'
    )


def _text_group(node: Text, style: MathStyle) -> SpacedElement:
    return SpacedElement("ord", _text_element(node, style))


DRAWERS.text = _text_group
COMMANDS.update(
    RAW=_raw, COLOR=_raw, COLORBOX=_text_box, FCOLORBOX=_framed_box, RAWMATH=_colored, RAWTEXT=_text_box,
    RULE=_rule, TEXT=_text,
)  # fmt: skip
