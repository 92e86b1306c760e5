"""Text, boxes, colours, rules and other commands whose arguments are no formulas."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from hmer_suite.latex.tree import Node
from hmer_suite.mathml.atoms import SPACE, Atom, Style, Styled, single
from hmer_suite.mathml.constructs import framed
from hmer_suite.mathml.leaves import color_of, em, in_em, plain_text, text_character, white_space
from hmer_suite.mathml.rows import COMMANDS, KINDS, argument_row, draw, row_spacing

_TEXT_CSS = {
    "\\textbf": "font-weight:bold", "\\textit": "font-style:italic", "\\textsl": "font-style:italic",
    "\\emph": "font-style:italic", "\\texttt": "font-family:monospace", "\\textsf": "font-family:sans-serif",
    "\\textsc": "font-variant:small-caps",
}  # fmt: skip


def _text(node: Node, style: Style) -> Atom:
    inner = _text_element(node.children[1], style, _TEXT_CSS.get(node.name, ""))
    if node.name == "\\fbox":
        return Atom("ord", framed("\\boxed", inner))
    if node.name in ("\\textsuperscript", "\\textsubscript"):
        tag = "msup" if node.name == "\\textsuperscript" else "msub"
        return Atom("ord", f"<{tag}><mrow></mrow>{inner}</{tag}>")
    return Atom("ord", inner)


def _text_element(node: Node, style: Style, css: str = "") -> str:
    """Text as one element; formulas between dollar signs are formulas again."""
    attributes = f' style="{css}"' if css else ""
    row: list[Styled] = []
    for item in node.children if node.kind == "text" else (node,):
        if item.kind == "symbol":
            row.append((Atom(SPACE, text_character(item.name), "mtext", attributes), style))
        elif item.kind == "text":
            row.append((Atom(SPACE, _text_element(item, style, css)), style))
        else:
            inner = replace(style, display=False, depth=style.depth + 1)
            row.append((draw(item, inner), style))
    joined: list[Styled] = []
    for atom, _ in row:
        if atom.tag and joined and joined[-1][0].tag:
            atom = replace(atom, body=joined.pop()[0].body + atom.body)
        joined.append((atom, style))
    return single(joined, style)


def _raw(node: Node, style: Style) -> Atom:
    """Commands with an argument that is no formula: lengths, labels, tags."""
    text = plain_text(node.children[1])
    if node.name.startswith("\\hspace"):
        return white_space(in_em(text))
    if node.name in ("\\ref", "\\cite", "\\eqref"):
        fences = {"\\ref": ("", ""), "\\cite": ("[", "]"), "\\eqref": ("(", ")")}[node.name]
        return Atom("ord", f"{fences[0]}{text}{fences[1]}", "mtext")
    if node.name in ("\\tag", "\\tag*"):
        shown = text if node.name.endswith("*") else f"({text})"
        return Atom(SPACE, f'<mrow><mspace width="2em"/><mtext>{escape(shown, quote=False)}</mtext></mrow>')
    return Atom(SPACE, "<mrow></mrow>")


def _colored(node: Node, style: Style) -> Atom:
    _, color, argument = node.children
    row = argument_row(argument, style)
    name = color_of(color)
    attributes = f' mathcolor="{name}"' if name else ""
    return Atom(row_spacing(row), f"<mrow{attributes}>{single(row, style)}</mrow>")


def _text_box(node: Node, style: Style) -> Atom:
    _, first, text = node.children
    inner = _text_element(text, style)
    if node.name == "\\colorbox":
        name = color_of(first)
        attributes = f' mathbackground="{name}"' if name else ""
        return Atom("ord", f"<mrow{attributes}>{inner}</mrow>")
    return Atom("ord", f'<mpadded voffset="{em(in_em(plain_text(first)))}em">{inner}</mpadded>')


def _rule(node: Node, style: Style) -> Atom:
    width, height = (em(max(0.0, in_em(plain_text(part)))) for part in node.children[1:])
    return Atom("ord", f'<mspace style="background:currentColor" width="{width}em" height="{height}em"/>')


KINDS["text"] = lambda node, style: Atom("ord", _text_element(node, style))
COMMANDS.update(RAW=_raw, RAWMATH=_colored, RAWTEXT=_text_box, RULE=_rule, TEXT=_text)
