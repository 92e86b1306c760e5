"""LaTeX formulas in the markup of Typst, which sets them in Computer Modern by TeX's rules, without TeX.

They are translated from our own MathML (`hmer_suite.mathml`), which has already resolved alphabets, styles, limits and
the space between atoms; hence Typst adds no space of its own: each piece is an ordinary atom.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, fromstring

from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.mathml import to_mathml

PREAMBLE = """#set page(width: auto, height: auto, margin: 24pt, fill: white)
#set text(size: 10pt)
#let room(w) = h(w)
#let phantom(body) = hide(body)
#let scaled(s, body) = text(size: s, body)
#let thick(body) = math.bold(body)
#let lapped(body) = context { body; h(-measure($body$).width) }
#let framed(body) = box(stroke: 0.06em, inset: (x: 0.3em, y: 0.25em), body)
#let ringed(body) = box(stroke: 0.06em, radius: 50%, inset: (x: 0.3em, y: 0.1em), body)
"""
"""Markup before all formulas; math mode can only call built-in functions and those defined here."""

UNSPACED = "#let room(w) = h(0em)\n"
"""Markup after the preamble that sets the width of all white space to 0."""


class NoDrawing(ValueError):
    """A formula that cannot be drawn; the message says why."""


def typst_of(latex: str) -> str:
    """A formula in display style as Typst markup, dollars included.

    Raises:
        NoDrawing: it is not valid LaTeX, empty, or has an unknown command.
    """
    try:
        tree = parse(split(latex))
    except LatexSyntaxError as error:
        raise NoDrawing(str(error)) from None
    body = _row(fromstring(to_mathml(tree)))
    if not body:
        raise NoDrawing("nothing to draw")
    return f"$ {body} $"


def _row(element: Element) -> str:
    return " ".join(filter(None, map(_draw, element)))


def _draw(element: Element) -> str:
    tag = element.tag.rpartition("}")[2]
    return _ELEMENTS[tag](element)


def _atom(body: str) -> str:
    """A piece without space on either side."""
    return f'class("normal", {body})' if body else ""


def _argument(element: Element) -> str:
    """A child as an argument, which may be empty."""
    return _draw(element) or _EMPTY


def _characters(text: str) -> str:
    """Characters as escapes that have no syntactic meaning in Typst."""
    return " ".join(f"\\u{{{ord(char):x}}}" for char in text)


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _space(width: str) -> str:
    value = float(width.removesuffix("em"))
    return f"room(#({value}em))" if value else ""


# --- leaves --------------------------------------------------------------------------------------------------


def _name(element: Element) -> str:
    text = element.text or ""
    if len(text) > 1 and text[1:] != _STRUCK:
        body = f"upright({_string(text)})"
    elif element.get("mathvariant") == "normal":
        body = f"upright({_characters(text)})"
    else:
        body = (
            f"italic({_characters(text)})"
            if text[0].isascii() or "Ͱ" <= text[0] <= "Ͽ"
            else _characters(text)
        )
    return _atom(f"thick({body})" if "bold" in element.get("style", "") else body)


_STRUCK = "\u0338"
"""Combining character: a stroke through the character before it."""


def _number(element: Element) -> str:
    text = element.text or ""
    return _atom(f"upright({_string(text)})" if text.isascii() else _characters(text))


def _text(element: Element) -> str:
    text, style = element.text or "", element.get("style", "")
    if element.get("class") == "unknown":
        raise NoDrawing(f"no drawing for {text}")
    if not text.strip("\u00a0 "):
        return f"room(#{0.33 * len(text):.2f}em)" if text else ""
    body = f"upright({_string(text)})"
    for word, function in (("italic", "italic"), ("bold", "bold"), ("monospace", "mono"), ("sans", "sans")):
        if word in style:
            body = f"{function}({_string(text)})"
    return _atom(body)


def _operator(element: Element) -> str:
    sign = _sign(element)
    before, after = (_space(element.get(name, "0")) for name in ("lspace", "rspace"))
    return " ".join(filter(None, (before, sign, after)))


def _sign(element: Element) -> str:
    sign = _characters(element.text or "")
    if not sign:
        return ""
    if _is_large(element):
        # Directly inside an ordinary atom it would lose its size; with an empty script it does not.
        return _atom(f"attach({_large(element)}, br: {_EMPTY})")
    if size := element.get("minsize"):
        return _atom(f"lr(size: #{size}, {sign})")
    return _atom(sign)


_EMPTY = '""'


def _is_large(element: Element) -> bool:
    return element.get("largeop") == "true"


def _large(element: Element) -> str:
    return f'class("large", {_characters(element.text or "")})'


# --- layout --------------------------------------------------------------------------------------------------


def _group(element: Element) -> str:
    body = _fenced(element)
    style = element.get("style", "")
    if "border:" in style:
        return _atom(f"{'ringed' if 'radius' in style else 'framed'}({body})")
    for word, function in (("border-top", "overline"), ("border-bottom", "underline")):
        if word in style:
            body = f"{function}({body or _EMPTY})"
    if "background:" in style:
        both = style.count("gradient") == 2
        inverted = "bottom right" in style and not both
        body = f"cancel({body}{', inverted: #true' * inverted}{', cross: #true' * both})"
    return _atom(body)


def _fenced(element: Element) -> str:
    """A row, in which delimiters at the ends grow with the content if they are stretchy."""
    children = list(element)
    parts = [_growing(child) if _grows(child) else _draw(child) for child in children]
    body = " ".join(filter(None, parts))
    if not any(map(_grows, children)):
        return body
    # A character at an end that is not a delimiter of this row must not grow.
    first = "" if _grows(children[0]) else "room(#0em) "
    last = "" if _grows(children[-1]) else " room(#0em)"
    return f"lr({first}{body}{last})"


def _grows(element: Element) -> bool:
    return (
        element.get("fence") == "true"
        and element.get("stretchy") == "true"
        and element.get("form") is not None
    )


def _growing(element: Element) -> str:
    sign = _characters(element.text or "")
    kind = {"prefix": "opening", "postfix": "closing"}.get(element.get("form", ""))
    return f'class("{kind}", {sign})' if kind else f"mid({sign})"


def _fraction(element: Element) -> str:
    above, below = map(_argument, element)
    if element.get("linethickness") == "0":
        return _atom(f"vec(delim: #none, gap: #0.3em, {above}, {below})")
    # TeX leaves 0.12em on both sides of the bar.
    return _atom(f"room(#0.12em) frac({above}, {below}) room(#0.12em)")


def _root(element: Element) -> str:
    base, index = map(_argument, element)
    return _atom(f"root({index}, {base})")


def _beside(element: Element) -> str:
    return _attached(element, "scripts")


def _stacked(element: Element) -> str:
    """Limits, accents and braces."""
    base, *marks = element
    if element.get("accentunder") == "true" and marks[0].text not in _BRACES:
        return _atom(f"attach(limits({_argument(base)}), b: stretch({_characters(marks[0].text or '')}))")
    if element.get("accent") == "true" or element.get("accentunder") == "true":
        return _marked(_argument(base), marks[0])
    return _attached(element, "limits")


def _attached(element: Element, kind: str) -> str:
    base, *scripts = element
    places = {"msub": "b", "munder": "b", "msup": "t", "mover": "t"}
    names = places.get(element.tag.rpartition("}")[2], "bt")
    given = ", ".join(f"{name}: {_argument(part)}" for name, part in zip(names, scripts, strict=True))
    if _is_large(base):
        inner = _large(base)
    elif base.get("stretchy") == "true" and "form" not in base.attrib:
        inner = f"stretch({_characters(base.text or '')})"  # an arrow as long as its label
    else:
        inner = _argument(base)
    return _atom(f"attach({kind}({inner}), {given})")


_BRACES = {"⏞": "overbrace", "⏟": "underbrace", "⎴": "overbracket", "⎵": "underbracket"}
_COMBINING = {"ˆ": "\u0302", "ˇ": "\u030c", "˜": "\u0303", "~": "\u0303", "´": "\u0301", "`": "\u0300",
              "˘": "\u0306", "˙": "\u0307", "¨": "\u0308", "¯": "\u0304", "→": "\u20d7", "←": "\u20d6",
              "↔": "\u20e1", "˚": "\u030a"}  # fmt: skip


def _marked(base: str, mark: Element) -> str:
    sign = mark.text or ""
    if sign in _BRACES:
        return _atom(f"{_BRACES[sign]}({base})")
    if mark.get("stretchy") == "true" and sign in ("→", "←", "↔", "⇒", "↼", "⇀"):
        return _atom(f"accent({base}, {_characters(sign)})")
    size = "" if mark.get("stretchy") == "true" else ", size: #0em"
    return _atom(f"accent({base}, {_characters(_COMBINING.get(sign, sign))}{size})")


def _padded(element: Element) -> str:
    body = _row(element)
    if element.get("width") == "0":
        return _atom(f"lapped({body})") if body else ""
    return _atom(body)


def _phantom(element: Element) -> str:
    body = _row(element)
    return _atom(f"phantom({body})") if body else ""


def _gap(element: Element) -> str:
    style = element.get("style", "")
    if "background" in style:
        raise NoDrawing("no drawing for a rule")
    return _space(element.get("width") or style.removeprefix("margin-left:"))


def _styled(element: Element) -> str:
    body = _fenced(element)
    if not body:
        return ""
    level = element.get("scriptlevel")
    if level is not None:
        kind = ("inline", "script", "sscript")[min(int(level), 2)]
        body = f"{'display' if element.get('displaystyle') == 'true' else kind}({body})"
    if size := element.get("mathsize"):
        body = f"scaled(#{size}, {body})"
    return _atom(body)


# --- tables --------------------------------------------------------------------------------------------------


def _table(element: Element) -> str:
    rows = [[_cell(cell, element) for cell in row] for row in element]
    width = max(map(len, rows))
    body = "; ".join(", ".join(row + [""] * (width - len(row))) for row in rows)
    lines = _lines(element, len(rows), width)
    return _atom(f"mat(delim: #none, row-gap: #0.5em, column-gap: #1em, {lines}{body})")


def _cell(cell: Element, table: Element) -> str:
    body, style = _fenced(cell), cell.get("style", "")
    if not body:
        return _EMPTY
    if table.get("displaystyle") == "true":
        body = f"display({body})"
    if "text-align:left" in style:
        return f"& {body}"
    return f"{body} &" if "text-align:right" in style else body


def _lines(table: Element, rows: int, width: int) -> str:
    """Lines between rows and columns; Typst cannot draw them at the edges."""
    across = {i for i, row in enumerate(table) for cell in row if "border-top" in cell.get("style", "")}
    down = {i for row in table for i, cell in enumerate(row) if "border-left" in cell.get("style", "")}
    given = [
        f"{name}: ({', '.join(map(str, sorted(places)))},)"
        for name, places in (("hline", across - {0, rows}), ("vline", down - {0, width}))
        if places - {0, rows if name == "hline" else width}
    ]
    return f"augment: #({', '.join(given)}), " if given else ""


_ELEMENTS: dict[str, Callable[[Element], str]] = {
    "mi": _name, "mn": _number, "mtext": _text, "mo": _operator, "mspace": _gap,
    "mrow": _group, "mstyle": _styled, "mpadded": _padded, "mphantom": _phantom,
    "mfrac": _fraction, "msqrt": lambda element: _atom(f"sqrt({_row(element)})"), "mroot": _root,
    "msub": _beside, "msup": _beside, "msubsup": _beside,
    "munder": _stacked, "mover": _stacked, "munderover": _stacked,
    "mtable": _table,
}  # fmt: skip
