"""Delimiters that grow, by themselves or by command."""

from __future__ import annotations

import re
from html import escape

from hmer_suite.latex.characters import character
from hmer_suite.latex.nodes import Fenced, Row, Sized, Symbol
from hmer_suite.mathml.rows import DRAWERS, draw_items, draw_row, is_break
from hmer_suite.mathml.spacing import MathStyle, SpacedElement, set_row


def enclosed(inner: str, left: str, right: str) -> str:
    """A drawing between delimiters that grow with it."""
    return f"<mrow>{_fence(left, 'prefix')}{inner}{_fence(right, 'postfix')}</mrow>"


def _fence(text: str, form: str, *, grows: bool = True) -> str:
    """A delimiter that grows with its neighbours; nothing for a period."""
    if text in ("", "."):
        return ""
    stretchy = f'fence="true" stretchy="{str(grows).lower()}"'
    return f'<mo form="{form}" {stretchy} lspace="0" rspace="0">{escape(text, quote=False)}</mo>'


def fence_text(token: str) -> str:
    """The character that draws a delimiter; empty for the period, which draws none."""
    return {".": "", "<": "⟨", ">": "⟩"}.get(token, character(token) or token)


_TALL = re.compile("<m(?:frac|table|sqrt|root|under|over|space style)|largeop=.true|stretchy=.true|border")


def _fenced(node: Fenced, style: MathStyle) -> SpacedElement:
    inner = [_fence_part(part, style) for part in node.inside]
    # Chromium leaves room for the widest variant of a growing delimiter, so only those grow that must.
    grows = any(_TALL.search(part) for part in inner)
    parts = [_fence(fence_text(node.left.name), "prefix", grows=grows)]
    for part, drawn in zip(node.inside, inner, strict=True):
        parts.append(drawn if isinstance(part, Row) else _fence(fence_text(part.name), "infix", grows=grows))
    parts.append(_fence(fence_text(node.right.name), "postfix", grows=grows))
    return SpacedElement("inner", f"<mrow>{''.join(parts)}</mrow>")


def _fence_part(part: Row | Symbol, style: MathStyle) -> str:
    if not isinstance(part, Row):
        return ""
    if any(map(is_break, part.items)):
        return draw_items(part.items, style)
    return set_row(draw_row(part.items, style), style)


_BIG = {"big": (1.2, 0.46), "Big": (1.8, 0.6), "bigg": (2.4, 0.74), "Bigg": (3.0, 0.8)}
_BIG_SPACING = {"l": "open", "r": "close", "m": "rel"}


def _sized(node: Sized, style: MathStyle) -> SpacedElement:
    name = node.name[1:]
    spacing = _BIG_SPACING.get(name[-1], "ord")
    height, width = _BIG[name if spacing == "ord" else name[:-1]]
    text = fence_text(node.delimiter.name)
    if not text:
        return SpacedElement(spacing, "<mrow></mrow>")
    size = f'minsize="{height}em" maxsize="{height}em"'
    sign = (
        f'<mo fence="true" stretchy="true" symmetric="true" lspace="0" rspace="0" {size}>{escape(text)}</mo>'
    )
    if text in "|‖":
        return SpacedElement(spacing, sign)
    return SpacedElement(spacing, f'<mpadded width="{width}em">{sign}</mpadded>')


DRAWERS.fenced = _fenced
DRAWERS.sized = _sized
