"""Delimiters that grow, by themselves or by command."""

from __future__ import annotations

import re
from html import escape

from hmer_suite.latex.characters import character
from hmer_suite.latex.tree import Node
from hmer_suite.mathml.atoms import Atom, Style, set_row
from hmer_suite.mathml.rows import KINDS, draw_items, draw_row, is_break


def enclosed(inner: str, left: str, right: str) -> str:
    """A drawing between delimiters that grow with it."""
    return f"<mrow>{_fence(left, 'prefix')}{inner}{_fence(right, 'postfix')}</mrow>"


def _fence(text: str, form: str, *, grows: bool = True) -> str:
    """A delimiter that grows with what stands beside it; a period is none."""
    if text in ("", "."):
        return ""
    stretchy = f'fence="true" stretchy="{str(grows).lower()}"'
    return f'<mo form="{form}" {stretchy} lspace="0" rspace="0">{escape(text, quote=False)}</mo>'


def fence_text(token: str) -> str:
    """The character that draws a delimiter; empty for the period, which draws none."""
    return {".": "", "<": "⟨", ">": "⟩"}.get(token, character(token) or token)


_TALL = re.compile("<m(?:frac|table|sqrt|root|under|over|space style)|largeop=.true|stretchy=.true|border")


def _fenced(node: Node, style: Style) -> Atom:
    left, *middle, right = node.children
    inner = [_fence_part(part, style) for part in middle]
    # Chromium leaves room for the widest variant of a growing delimiter, so only those grow that must.
    grows = any(_TALL.search(part) for part in inner)
    parts = [_fence(fence_text(left.name), "prefix", grows=grows)]
    for part, drawn in zip(middle, inner, strict=True):
        parts.append(drawn if part.kind == "row" else _fence(fence_text(part.name), "infix", grows=grows))
    parts.append(_fence(fence_text(right.name), "postfix", grows=grows))
    return Atom("inner", f"<mrow>{''.join(parts)}</mrow>")


def _fence_part(part: Node, style: Style) -> str:
    if part.kind != "row":
        return ""
    if any(map(is_break, part.children)):
        return draw_items(part.children, style)
    return set_row(draw_row(part.children, style), style)


_BIG = {"big": (1.2, 0.46), "Big": (1.8, 0.6), "bigg": (2.4, 0.74), "Bigg": (3.0, 0.8)}
_BIG_SPACING = {"l": "open", "r": "close", "m": "rel"}


def _sized(node: Node, style: Style) -> Atom:
    name = node.name[1:]
    spacing = _BIG_SPACING.get(name[-1], "ord")
    height, width = _BIG[name if spacing == "ord" else name[:-1]]
    text = fence_text(node.children[0].name)
    if not text:
        return Atom(spacing, "<mrow></mrow>")
    size = f'minsize="{height}em" maxsize="{height}em"'
    sign = (
        f'<mo fence="true" stretchy="true" symmetric="true" lspace="0" rspace="0" {size}>{escape(text)}</mo>'
    )
    if text in "|‖":
        return Atom(spacing, sign)
    return Atom(spacing, f'<mpadded width="{width}em">{sign}</mpadded>')


KINDS.update(fenced=_fenced, sized=_sized)
