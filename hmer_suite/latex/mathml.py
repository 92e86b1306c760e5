r"""A parse tree as Presentation MathML, which browsers draw without help: nothing is fetched, nothing runs.

The dialect is MathML Core (W3C, 2025), what Chromium, Firefox and Safari share: no ``menclose``, no
``columnalign``, no ``mathvariant`` but ``normal``. Alphabets are Unicode's, frames and column lines are CSS, and
limits, styles and spaces are decided here by TeX's rules (TeXbook, ch. 17 and 18), not by each browser's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from html import escape

from hmer_suite.latex.atoms import SPACE, UPRIGHT, Atom, Style, Styled, set_row, single
from hmer_suite.latex.characters import FONTS, character, in_font, is_letter
from hmer_suite.latex.commands import CLASSES, SPACING_CLASSES, token_class
from hmer_suite.latex.tree import Node, unparse

MAX_DEPTH = 40
"""Arguments and groups within each other that are drawn; what is deeper is written as LaTeX.

Scripts are unreadable long before, and browsers flatten documents of more than 512 levels."""


def to_mathml(tree: Node, display: bool = True) -> str:
    """The ``<math>`` element of a tree from `hmer_suite.latex.tree.parse`, in display or in text style.

    Text is escaped, so the result is safe in HTML and well-formed XML. Commands that have no drawing are
    written as they are, in ``<mtext class="unknown">``.
    """
    style = Style(display=display)
    block = ' display="block"' if display else ""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{block}>{_element(tree.children, style)}</math>'


# --- rows -----------------------------------------------------------------------------------------------------


def _element(items: Sequence[Node], style: Style) -> str:
    """Items as one element; ``\\\\`` among them starts a new line."""
    lines = _split(items, _is_break)
    if len(lines) == 1:
        return single(_atoms(items, style), style)
    return _table([[single(_atoms(line, style), style)] for line in lines], ["left"], style)


def _split(items: Sequence[Node], separates: Callable[[Node], bool]) -> list[list[Node]]:
    parts: list[list[Node]] = [[]]
    for item in items:
        if separates(item):
            parts.append([])
        else:
            parts[-1].append(item)
    return parts


def _is_break(node: Node) -> bool:
    return node.kind == "symbol" and token_class(node.name) == "ROWBREAK"


def _atoms(items: Sequence[Node], style: Style) -> list[Styled]:
    """The atoms of a row, each with the style it has: switches reach to the end of the row."""
    if style.depth >= MAX_DEPTH:
        return [(_as_written(items), style)]
    row: list[Styled] = []
    inner = replace(style, depth=style.depth + 1)
    negated = False
    for item in items:
        switched = _switched(item, inner)
        if switched is not None:
            inner = switched
        elif item.kind == "symbol" and item.name == "\\not":
            negated = True
        else:
            found = _negated(item, inner) if negated else [_atom(item, inner)]
            row.extend((atom, inner) for atom in found)
            negated = False
    if negated:
        row.append((_leaf("\\not", inner), inner))
    return row


def _as_written(items: Iterable[Node]) -> Atom:
    tokens = [token for item in items for token in unparse(item)]
    return Atom("ord", " ".join(tokens), "mtext", ' class="unknown"')


_STYLES = {
    "\\displaystyle": (True, 0),
    "\\textstyle": (False, 0),
    "\\scriptstyle": (False, 1),
    "\\scriptscriptstyle": (False, 2),
}
_SIZES = dict(
    zip(
        r"\tiny \scriptsize \footnotesize \small \normalsize \large \Large \LARGE \huge \Huge".split(),
        (0.5, 0.7, 0.8, 0.9, 1.0, 1.2, 1.44, 1.73, 2.07, 2.49),
        strict=True,
    )
)


def _switched(node: Node, style: Style) -> Style | None:
    """The style behind a switch, or None where *node* is none."""
    if node.kind == "command" and node.name == "\\color":
        return replace(style, color=_color(node.children[1]))
    if node.kind != "symbol" or CLASSES.get(node.name) != "STYLE":
        return None
    if node.name in _STYLES:
        display, level = _STYLES[node.name]
        return replace(style, display=display, level=level)
    if node.name in _SIZES:
        return replace(style, size=_SIZES[node.name])
    return replace(style, font=FONTS.get(node.name, style.font))


def _negated(node: Node, style: Style) -> list[Atom]:
    r"""What ``\not`` makes of the item behind it: a struck relation where there is such a character."""
    base = node.children[0] if node.kind == "scripts" else node
    row = _argument_row(base, style)
    atoms = []
    if len(row) == 1 and row[0][0].tag in ("mo", "mi") and len(row[0][0].body) == 1:
        atom = row[0][0]
        atom = replace(atom, body=unicodedata.normalize("NFC", atom.body + "\u0338"))
    else:
        atom = Atom("ord", single(row, style))
        atoms.append(Atom(SPACE, '<mpadded width="0"><mo lspace="0" rspace="0">/</mo></mpadded>'))
    return [*atoms, atom if base is node else _scripted(node, atom, style)]


# --- one item -------------------------------------------------------------------------------------------------


def _atom(node: Node, style: Style) -> Atom:
    if node.kind == "symbol":
        return _leaf(node.name, style)
    return _KINDS[node.kind](node, style)


def _argument(node: Node | None, style: Style) -> str:
    """A group or a single item as one element."""
    return single(_argument_row(node, style), style)


def _argument_row(node: Node | None, style: Style) -> list[Styled]:
    if node is None:
        return []
    items = node.children if node.kind in ("group", "row", "math") else (node,)
    if any(map(_is_break, items)):
        return [(Atom("ord", _element(items, style)), style)]
    return _atoms(items, style)


def _group(node: Node, style: Style) -> Atom:
    return Atom("ord", _argument(node, style))


def _row_spacing(row: Sequence[Styled]) -> str:
    """Spacing class of braces around one atom, for commands that hand its class on."""
    return row[0][0].spacing if len(row) == 1 else "ord"


# --- symbols --------------------------------------------------------------------------------------------------

_STRETCHING = frozenset("()[]{}|‖⟨⟩⌊⌋⌈⌉⟮⟯⟦⟧⎰⎱/\\^~_¯ˇ‾⌜⌝⌞⌟=")
_UPRIGHT_LETTERS = frozenset("ΓΔΘΛΞΠΣΥΦΨΩ∇")
_SPACES = {
    "\\": 0.25, "\\ ": 0.25, "~": 0.25, "\\space": 0.25, "\\nobreakspace": 0.25, "\\*": 0.0,
    "\\,": 1 / 6, "\\thinspace": 1 / 6, "\\:": 2 / 9, "\\>": 2 / 9, "\\medspace": 2 / 9,
    "\\;": 5 / 18, "\\thickspace": 5 / 18, "\\!": -1 / 6, "\\negthinspace": -1 / 6,
    "\\negmedspace": -2 / 9, "\\negthickspace": -5 / 18,
    "\\quad": 1.0, "\\qquad": 2.0, "\\enspace": 0.5, "\\enskip": 0.5,
}  # fmt: skip


def _leaf(token: str, style: Style) -> Atom:
    """One token in its alphabet."""
    cls = token_class(token)
    if cls == "SPACE":
        return _space(_SPACES[token] if token in _SPACES else _length(token))
    text = character(token)
    if text is None:
        return Atom("ord", token, "mtext", ' class="unknown"')
    if cls in ("LARGEOP", "NAMEDOP"):
        return _operator(token, text)
    if not text or token == "'":
        return Atom("ord", "′", "mo") if text else Atom(SPACE, _STRUT)
    if text.isdecimal() and text.isascii():
        return Atom("ord", *_digit(text, style.font))
    if is_letter(text) and cls != "DELIM":
        return _letter(token, text, style.font)
    return _sign(token, text, style.font)


_STRUT = '<mpadded width="0"><mphantom><mo lspace="0" rspace="0" stretchy="false">(</mo></mphantom></mpadded>'


def _digit(text: str, font: str) -> tuple[str, str]:
    return in_font(text, font) or text, "mn"


def _letter(token: str, text: str, font: str) -> Atom:
    r"""A letter: italic but for capital Greek, unless a font says otherwise (``\mathbf`` leaves small Greek)."""
    capital_greek = text in _UPRIGHT_LETTERS and not token.startswith("\\var")
    if font == "UPRIGHT":
        return Atom("ord", text, "mi", UPRIGHT if text.isascii() or capital_greek else "")
    if font == "BOLD ITALIC" and capital_greek:
        font = "BOLD"
    changed = in_font(text, font) if font and (text.isascii() or "BOLD" in font) else None
    if changed is not None:
        return Atom("ord", changed, "mi")
    return Atom("ord", text, "mi", UPRIGHT if capital_greek else "")


_SPACING_OF_CHARACTERS: dict[str, str] = {}


def _sign(token: str, text: str, font: str) -> Atom:
    """Anything but letters, digits and large operators."""
    bold = ' style="font-weight:bold"' if font == "BOLD ITALIC" else ""
    spacing = SPACING_CLASSES.get(token) or _spacing_of(text)
    if spacing == "ord" and text not in _STRETCHING:
        if unicodedata.category(text[0]).startswith("L") and not token.startswith("\\"):
            return Atom("ord", text, "mtext", bold)
        return Atom("ord", text, "mi", bold or (UPRIGHT if len(text) == 1 else ""))
    text = {"-": "−", "*": "∗"}.get(text, text)
    fixed = ' stretchy="false"' if text in _STRETCHING or "ARROW" in unicodedata.name(text[0], "") else ""
    return Atom(spacing, text, "mo", fixed + bold)


def _spacing_of(text: str) -> str:
    """Class of a character that was typed as such: that of the commands which draw it."""
    if not _SPACING_OF_CHARACTERS:
        pairs = ((character(token), spacing) for token, spacing in SPACING_CLASSES.items())
        _SPACING_OF_CHARACTERS.update((text, s) for text, s in pairs if text and not text.isascii())
    return _SPACING_OF_CHARACTERS.get(text, "ord")


def _space(width: float) -> Atom:
    """White space; a negative one is a margin, since Core's ``mspace`` cannot be negative."""
    if width < 0:
        return Atom(SPACE, f'<mspace style="margin-left:{_number(width)}em"/>')
    return Atom(SPACE, f'<mspace width="{_number(width)}em"/>')


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


_LENGTH = re.compile(r"([-+]?)\s*(\d*\.?\d*)\s*(em|ex|mu|pt|pc|cm|mm|in|bp|dd|cc|sp)")
_UNITS = {
    "em": 1.0, "ex": 0.431, "mu": 1 / 18, "pt": 0.1, "bp": 0.1, "dd": 0.107, "pc": 1.2, "cc": 1.284,
    "cm": 2.845, "mm": 0.2845, "in": 7.227, "sp": 0.0,
}  # fmt: skip
_MAX_LENGTH = 40.0


def _length(text: str) -> float:
    """The first length in *text* in em, at 10 pt; 0 where there is none. Absurd ones are cut to 40 em."""
    match = _LENGTH.search(text.replace(" ", "").replace(",", "."))
    if match is None or match[2] in ("", "."):
        return 0.0
    value = float(match[2]) * _UNITS[match[3]] * (-1 if match[1] == "-" else 1)
    return max(-_MAX_LENGTH, min(_MAX_LENGTH, value))


# --- operators ------------------------------------------------------------------------------------------------

_INTEGRALS = frozenset(r"\int \iint \iiint \iiiint \oint \oiint \oiiint \idotsint".split())
_STACKING = frozenset(
    r"""\det \gcd \inf \injlim \lim \liminf \limsup \max \min \Pr \projlim \sup \varinjlim \varliminf \varlimsup
    \varprojlim \argmax \argmin \operatorname* \operatornamewithlimits \mathop \intop""".split()
)
_MARKED_LIMITS = {
    "\\varlimsup": ("border-top", ""),
    "\\varliminf": ("border-bottom", ""),
    "\\varinjlim": ("", "→"),
    "\\varprojlim": ("", "←"),
}
_MARKS = {
    "\\overbrace": ("mover", "⏞"),
    "\\underbrace": ("munder", "⏟"),
    "\\overbracket": ("mover", "⎴"),
    "\\underbracket": ("munder", "⎵"),
}


def _operator(token: str, text: str) -> Atom:
    if token in _MARKED_LIMITS:
        border, arrow = _MARKED_LIMITS[token]
        name = f"<mi>{text}</mi>"
        if border:
            return Atom("op", f'<mrow style="{border}:.06em solid">{name}</mrow>')
        return Atom("op", f'<munder>{name}<mo lspace="0" rspace="0" stretchy="true">{arrow}</mo></munder>')
    if token in _INTEGRALS or CLASSES[token] == "LARGEOP":
        large = ' largeop="false"' if token == "\\smallint" else ' largeop="true"'
        return Atom("op", text, "mo", f'{large} movablelimits="false"')
    return Atom("op", text, "mi")


def _operator_command(node: Node, style: Style) -> Atom:
    argument = node.children[1]
    if node.name in _MARKS:
        tag, mark = _MARKS[node.name]
        return Atom("op", _marked(tag, _argument(argument, style), mark))
    font = style if node.name == "\\mathop" else replace(style, font="UPRIGHT")
    return Atom("op", single(_argument_row(argument, font), style))


def _marked(tag: str, base: str, mark: str, *, stretchy: bool = True) -> str:
    """*base* with an accent, brace or arrow over or under it."""
    accent = ' accent="true"' if tag == "mover" else ' accentunder="true"'
    small = ' mathsize="70%"' if mark == "→" and not stretchy else ""
    sign = f'<mo lspace="0" rspace="0" stretchy="{str(stretchy).lower()}"{small}>{mark}</mo>'
    return f"<{tag}{accent}>{base}{sign}</{tag}>"


# --- scripts --------------------------------------------------------------------------------------------------


def _scripts(node: Node, style: Style) -> Atom:
    base = node.children[0]
    if base is None:
        return _scripted(node, Atom("ord", "<mrow></mrow>"), style)
    row = [(_atom(base, style), style)]
    return _scripted(node, Atom(_row_spacing(row), single(row, style)), style)


def _scripted(node: Node, base: Atom, style: Style) -> Atom:
    """Scripts of *node* on *base*: beside it, or over and under it where limits go there."""
    _, sub, sup = node.children
    below = _argument(sub, style.script()) if sub is not None else ""
    above = _superscript(sup, style) if sup is not None else ""
    if not below and not above:
        return base
    stacked = _takes_limits(node, style)
    under, over = ("munder", "mover") if stacked else ("msub", "msup")
    tag = f"{under}{over[1:]}" if below and above else under if below else over
    return Atom(base.spacing, f"<{tag}>{base.xml()}{below}{above}</{tag}>")


def _takes_limits(node: Node, style: Style) -> bool:
    base = node.children[0]
    if node.name in ("\\limits", "\\nolimits"):
        return node.name == "\\limits"
    if base is None or base.kind not in ("symbol", "command"):
        return False
    if base.name in _MARKS:
        return True
    large = CLASSES.get(base.name) == "LARGEOP" and base.name != "\\smallint"
    return style.display and (large or base.name in _STACKING)


def _superscript(node: Node, style: Style) -> str:
    """A superscript; primes in front of it are drawn at full size."""
    number, raised = _primes(node)
    if not number:
        return _argument(node, style.script())
    text = _PRIMES.get(number, "′" * number)
    # Fonts raise the prime by themselves: as a superscript like others it would be tiny, and too high.
    primes = (
        f'<mpadded voffset="-.35em" height=".4em" scriptlevel="{style.level}">'
        f'<mo lspace="0" rspace="0">{text}</mo></mpadded>'
    )
    inner = style.script()
    row = [(Atom("ord", primes), inner), *_atoms(raised, inner)]
    return single(row, inner)


def _primes(node: Node) -> tuple[int, Sequence[Node]]:
    """How many primes a superscript begins with, and what is behind them."""
    if node.kind == "primes":
        (raised,) = node.children
        if raised is None:
            return len(node.name), ()
        return len(node.name), raised.children if raised.kind == "group" else (raised,)
    items = node.children if node.kind == "group" else (node,)
    number = 0
    while number < len(items) and items[number].kind == "symbol" and items[number].name == "\\prime":
        number += 1
    return number, items[number:]


_PRIMES = {1: "′", 2: "″", 3: "‴", 4: "⁗"}


# --- commands -------------------------------------------------------------------------------------------------


def _command(node: Node, style: Style) -> Atom:
    return _COMMANDS[CLASSES[node.name]](node, style)


def _fraction(node: Node, style: Style) -> Atom:
    _, above, below = node.children
    outer = style
    if node.name in ("\\dfrac", "\\dbinom", "\\cfrac"):
        outer = replace(style, display=True, level=0)
    elif node.name in ("\\tfrac", "\\tbinom"):
        outer = replace(style, display=False, level=0)
    if node.name == "\\cfrac":
        parts = [_restyled(_argument(part, outer), outer, outer.part()) for part in (above, below)]
    else:
        parts = [_argument(part, outer.part()) for part in (above, below)]
    fences = "" if node.name.endswith("frac") else "()"
    return Atom("ord", _restyled(_stack(parts, fences), outer, style))


def _restyled(element: str, style: Style, outer: Style) -> str:
    attributes = style.attributes(outer)
    return f"<mstyle{attributes}>{element}</mstyle>" if attributes else element


def _stack(parts: Sequence[str], fences: str) -> str:
    """A fraction, or with *fences* two lines between these delimiters."""
    if not fences:
        return f'<mfrac style="padding:0 .12em">{"".join(parts)}</mfrac>'
    lines = f'<mfrac linethickness="0">{"".join(parts)}</mfrac>'
    return _enclosed(lines, *fences)


def _enclosed(inner: str, left: str, right: str) -> str:
    return f"<mrow>{_fence(left, 'prefix')}{inner}{_fence(right, 'postfix')}</mrow>"


def _fence(text: str, form: str, *, grows: bool = True) -> str:
    """A delimiter that grows with what stands beside it; a period is none."""
    if text in ("", "."):
        return ""
    stretchy = f'fence="true" stretchy="{str(grows).lower()}"'
    return f'<mo form="{form}" {stretchy} lspace="0" rspace="0">{escape(text, quote=False)}</mo>'


def _infix(node: Node, style: Style) -> Atom:
    before, behind = (_argument(part, style.part()) for part in node.children)
    if node.name == "\\atop":
        return Atom("ord", f'<mfrac linethickness="0">{before}{behind}</mfrac>')
    fences = {"\\choose": "()", "\\brace": "{}", "\\brack": "[]"}.get(node.name, "")
    return Atom("ord", _stack([before, behind], fences))


def _stacked(node: Node, style: Style) -> Atom:
    _, label, base = node.children
    row = _argument_row(base, style)
    spacing = "rel" if node.name == "\\stackrel" else _row_spacing(row)
    tag = "munder" if node.name == "\\underset" else "mover"
    return Atom(spacing, f"<{tag}>{single(row, style)}{_argument(label, style.script())}</{tag}>")


def _root(node: Node, style: Style) -> Atom:
    index, radicand = node.children
    if index is None:
        return Atom("ord", f"<msqrt>{_argument(radicand, style)}</msqrt>")
    small = replace(style, display=False, level=2)
    return Atom("ord", f"<mroot>{_argument(radicand, style)}{_argument(index, small)}</mroot>")


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
    over = f"<mrow>{_PAD}{_argument(above, label)}{_PAD}</mrow>"
    arrow = f'<mo lspace="0" rspace="0" stretchy="true">{_LONG_ARROWS.get(node.name, "=")}</mo>'
    if below is None:
        return Atom("rel", f"<mover>{arrow}{over}</mover>")
    under = f"<mrow>{_PAD}{_argument(below, label)}{_PAD}</mrow>"
    return Atom("rel", f"<munderover>{arrow}{under}{over}</munderover>")


_PAD = '<mspace width=".6em"/>'


def _font(node: Node, style: Style) -> Atom:
    argument = node.children[1]
    if node.name == "\\textcircled":
        return Atom(
            "ord", f'<mrow style="{_CIRCLE}">{_argument(argument, replace(style, font="UPRIGHT"))}</mrow>'
        )
    forced = _FORCED_SPACING.get(node.name)
    inner = style if forced or node.name == "\\ensuremath" else replace(style, font=FONTS[node.name])
    row = _argument_row(argument, inner)
    return (
        Atom(forced or _row_spacing(row), single(row, style))
        if len(row) != 1
        else _respaced(row[0][0], forced)
    )


def _respaced(atom: Atom, spacing: str | None) -> Atom:
    return atom if spacing is None else replace(atom, spacing=spacing)


_CIRCLE = "border:.06em solid;border-radius:50%;padding:.1em .3em"
_FORCED_SPACING = {
    "\\mathord": "ord", "\\mathbin": "bin", "\\mathrel": "rel", "\\mathopen": "open", "\\mathclose": "close",
    "\\mathpunct": "punct", "\\mathinner": "inner",
}  # fmt: skip


# --- accents and their kin ------------------------------------------------------------------------------------

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
    r"\phantom": (False, ""), r"\hphantom": (False, ' height="0" depth="0"'), r"\vphantom": (False, ' width="0"'),
    r"\smash": (True, ' height="0" depth="0"'), r"\mathrlap": (True, ' width="0"'), r"\rlap": (True, ' width="0"'),
    r"\lefteqn": (True, ' width="0"'),
}  # fmt: skip


def _accent(node: Node, style: Style) -> Atom:
    argument = node.children[1]
    if node.name in ("\\pmod", "\\pod"):
        return _modulus(node, style)
    if node.name == "\\substack":
        lines = _split(argument.children if argument.kind == "group" else [argument], _is_break)
        return Atom(
            "ord", _table([[single(_atoms(line, style), style)] for line in lines], ["center"], style, "")
        )
    row = _argument_row(argument, style)
    inner = single(row, style)
    if node.name in _ACCENTS:
        tag, mark, stretchy = _ACCENTS[node.name]
        return Atom("ord", _marked(tag, inner, mark, stretchy=stretchy))
    if node.name in _FRAMES:
        return Atom("ord", _framed(node.name, inner))
    if node.name in _PADDED:
        visible, attributes = _PADDED[node.name]
        shown = inner if visible else f"<mphantom>{inner}</mphantom>"
        return Atom("ord", f"<mpadded{attributes}>{shown}</mpadded>" if attributes else shown)
    return Atom(_FORCED_SPACING.get(node.name) or _row_spacing(row), inner)


def _framed(command: str, inner: str) -> str:
    return f'<mrow style="{_FRAMES[command]}">{inner}</mrow>'


def _modulus(node: Node, style: Style) -> Atom:
    name = '<mi>mod</mi><mspace width=".3333em"/>' if node.name == "\\pmod" else ""
    wide = "1em" if style.display else ".4444em"
    inner = _argument(node.children[1], style)
    left, right = (f'<mo lspace="0" rspace="0" stretchy="false">{fence}</mo>' for fence in "()")
    return Atom("ord", f'<mrow><mspace width="{wide}"/>{left}{name}{inner}{right}</mrow>')


# --- text, colours, lengths -----------------------------------------------------------------------------------

_TEXT_CSS = {
    "\\textbf": "font-weight:bold", "\\textit": "font-style:italic", "\\textsl": "font-style:italic",
    "\\emph": "font-style:italic", "\\texttt": "font-family:monospace", "\\textsf": "font-family:sans-serif",
    "\\textsc": "font-variant:small-caps",
}  # fmt: skip
_TEXT_SPACES = {"\\quad": "\u2003", "\\qquad": "\u2003\u2003", "\\,": "\u2009", "\\!": "", "\\-": ""}


def _text(node: Node, style: Style) -> Atom:
    inner = _text_element(node.children[1], style, _TEXT_CSS.get(node.name, ""))
    if node.name == "\\fbox":
        return Atom("ord", _framed("\\boxed", inner))
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
            row.append((Atom(SPACE, _text_character(item.name), "mtext", attributes), style))
        elif item.kind == "text":
            row.append((Atom(SPACE, _text_element(item, style, css)), style))
        else:
            inner = replace(style, display=False, depth=style.depth + 1)
            row.append((_group(item, inner) if item.kind == "math" else _atom(item, inner), style))
    joined: list[Styled] = []
    for atom, _ in row:
        if atom.tag and joined and joined[-1][0].tag:
            atom = replace(atom, body=joined.pop()[0].body + atom.body)
        joined.append((atom, style))
    return single(joined, style)


def _text_character(token: str) -> str:
    cls = token_class(token)
    if cls == "SPACE":
        return _TEXT_SPACES.get(token, "\u00a0")
    if cls == "STYLE":
        return ""
    return "’" if token == "'" else character(token) or token


def _raw(node: Node, style: Style) -> Atom:
    """Commands with an argument that is no formula: lengths, labels, tags."""
    text = _plain(node.children[1])
    if node.name.startswith("\\hspace"):
        return _space(_length(text))
    if node.name in ("\\ref", "\\cite", "\\eqref"):
        fences = {"\\ref": ("", ""), "\\cite": ("[", "]"), "\\eqref": ("(", ")")}[node.name]
        return Atom("ord", f"{fences[0]}{text}{fences[1]}", "mtext")
    if node.name in ("\\tag", "\\tag*"):
        shown = text if node.name.endswith("*") else f"({text})"
        return Atom(SPACE, f'<mrow><mspace width="2em"/><mtext>{escape(shown, quote=False)}</mtext></mrow>')
    return Atom(SPACE, "<mrow></mrow>")


def _plain(node: Node) -> str:
    """The characters of a text argument."""
    return "".join(_text_character(item.name) for item in node.walk() if item.kind == "symbol")


_COLOR_NAME = re.compile(r"#?[A-Za-z0-9]{1,24}")


def _color(node: Node) -> str:
    """A colour that CSS knows by name or number; anything else leaves the colour as it is."""
    text = _plain(node)
    return text if _COLOR_NAME.fullmatch(text) else ""


def _colored(node: Node, style: Style) -> Atom:
    _, color, argument = node.children
    row = _argument_row(argument, style)
    name = _color(color)
    attributes = f' mathcolor="{name}"' if name else ""
    return Atom(_row_spacing(row), f"<mrow{attributes}>{single(row, style)}</mrow>")


def _text_box(node: Node, style: Style) -> Atom:
    _, first, text = node.children
    inner = _text_element(text, style)
    if node.name == "\\colorbox":
        name = _color(first)
        attributes = f' mathbackground="{name}"' if name else ""
        return Atom("ord", f"<mrow{attributes}>{inner}</mrow>")
    return Atom("ord", f'<mpadded voffset="{_number(_length(_plain(first)))}em">{inner}</mpadded>')


def _rule(node: Node, style: Style) -> Atom:
    width, height = (_number(max(0.0, _length(_plain(part)))) for part in node.children[1:])
    return Atom("ord", f'<mspace style="background:currentColor" width="{width}em" height="{height}em"/>')


# --- delimiters -----------------------------------------------------------------------------------------------


def _delimiter(token: str) -> str:
    return {".": "", "<": "⟨", ">": "⟩"}.get(token, character(token) or token)


_TALL = re.compile("<m(?:frac|table|sqrt|root|under|over|space style)|largeop=.true|stretchy=.true|border")


def _fenced(node: Node, style: Style) -> Atom:
    left, *middle, right = node.children
    inner = [_fence_part(part, style) for part in middle]
    # Chromium leaves room for the widest variant of a growing delimiter, so only those grow that must.
    grows = any(_TALL.search(part) for part in inner)
    parts = [_fence(_delimiter(left.name), "prefix", grows=grows)]
    for part, element in zip(middle, inner, strict=True):
        parts.append(element if part.kind == "row" else _fence(_delimiter(part.name), "infix", grows=grows))
    parts.append(_fence(_delimiter(right.name), "postfix", grows=grows))
    return Atom("inner", f"<mrow>{''.join(parts)}</mrow>")


def _fence_part(part: Node, style: Style) -> str:
    if part.kind != "row":
        return ""
    if any(map(_is_break, part.children)):
        return _element(part.children, style)
    return set_row(_atoms(part.children, style), style)


_BIG = {"big": (1.2, 0.46), "Big": (1.8, 0.6), "bigg": (2.4, 0.74), "Bigg": (3.0, 0.8)}
_BIG_SPACING = {"l": "open", "r": "close", "m": "rel"}


def _sized(node: Node, style: Style) -> Atom:
    name = node.name[1:]
    spacing = _BIG_SPACING.get(name[-1], "ord")
    height, width = _BIG[name if spacing == "ord" else name[:-1]]
    text = _delimiter(node.children[0].name)
    if not text:
        return Atom(spacing, "<mrow></mrow>")
    size = f'minsize="{height}em" maxsize="{height}em"'
    sign = (
        f'<mo fence="true" stretchy="true" symmetric="true" lspace="0" rspace="0" {size}>{escape(text)}</mo>'
    )
    if text in "|‖":
        return Atom(spacing, sign)
    return Atom(spacing, f'<mpadded width="{width}em">{sign}</mpadded>')


# --- environments ---------------------------------------------------------------------------------------------

_ENVIRONMENT_FENCES = {
    "pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖",
    "cases": "{.", "dcases": "{.", "rcases": ".}", "drcases": ".}",
}  # fmt: skip
_ALIGNED = frozenset("aligned align align* split alignat alignat* alignedat".split())
_DISPLAYED = _ALIGNED | frozenset(
    "gathered gather gather* equation equation* multline multline* eqnarray eqnarray* dcases drcases darray "
    "displaymath".split()
)


def _environment(node: Node, style: Style) -> Atom:
    columns, *lines = node.children
    inner = _environment_style(node.name, style)
    cells = [
        [_cell(cell, index, node.name, inner) for index, cell in enumerate(line.children[1:])]
        for line in lines
    ]
    if len(cells) > 1 and len(lines[-1].children) == 2 and not lines[-1].children[1].children:
        cells.pop()
    width = max(map(len, cells))
    borders = _Borders(
        _column_lines(columns), {i for i, line in enumerate(lines) if line.children[0].children}
    )
    gaps = "pairs" if node.name in _ALIGNED else "even"
    table = _table(cells, _alignment(node.name, columns, width), inner, gaps, borders)
    fences = _ENVIRONMENT_FENCES.get(node.name.rstrip("*"))
    return Atom("inner", _enclosed(table, *fences)) if fences else Atom("ord", table)


def _cell(cell: Node, column: int, name: str, style: Style) -> str:
    """A cell; what stands behind the ampersand of aligned lines has an empty atom in front, as amsmath has."""
    if any(map(_is_break, cell.children)):
        return _element(cell.children, style)
    row = _atoms(cell.children, style)
    if name in _ALIGNED and column % 2 and row:
        row.insert(0, (Atom("ord", "<mrow></mrow>"), style))
    return single(row, style)


def _environment_style(name: str, style: Style) -> Style:
    if name in ("smallmatrix", "subarray"):
        return style.script()
    return replace(style, display=name in _DISPLAYED)


def _alignment(name: str, columns: Node | None, width: int) -> list[str]:
    """Alignment of each column."""
    if name in _ALIGNED:
        pattern = ["right", "left"]
    elif name.startswith("eqnarray"):
        pattern = ["right", "center", "left"]
    elif name.endswith("cases"):
        pattern = ["left"]
    elif columns is not None:
        letters = [
            item.name for item in columns.walk() if item.kind == "symbol" and item.name in ("c", "l", "r")
        ]
        pattern = [{"c": "center", "l": "left", "r": "right"}[letter] for letter in letters] + ["center"]
        return (pattern + ["center"] * width)[:width]
    else:
        pattern = ["center"]
    return [pattern[index % len(pattern)] for index in range(width)]


class _Borders:
    """Where lines stand in a table: in front of these columns, on top of these rows."""

    def __init__(self, columns: set[int], rows: set[int]):
        self.columns = columns
        self.rows = rows

    def css(self, row: int, column: int, height: int, width: int) -> str:
        """Borders of a cell; the last row and column bear those behind them, too."""
        sides = {
            "top": row in self.rows,
            "bottom": row == height - 1 and height in self.rows,
            "left": column in self.columns,
            "right": column == width - 1 and width in self.columns,
        }
        return "".join(f"border-{side}:.05em solid;" for side, drawn in sides.items() if drawn)


_NO_BORDERS = _Borders(set(), set())


def _column_lines(columns: Node | None) -> set[int]:
    """Numbers of the columns that a ``|`` of the specification stands in front of."""
    found: set[int] = set()
    seen = 0
    for item in columns.children if columns is not None and columns.kind == "text" else ():
        if item.kind == "symbol" and item.name == "|":
            found.add(seen)
        elif item.kind == "symbol" and item.name in ("c", "l", "r"):
            seen += 1
    return found


def _table(
    rows: Sequence[Sequence[str]],
    alignment: Sequence[str],
    style: Style,
    gaps: str = "even",
    borders: _Borders = _NO_BORDERS,
) -> str:
    """An ``mtable``; *gaps* says how columns stand apart: ``even``, or in ``pairs`` around the relation."""
    width = len(alignment)
    lines = []
    for number, cells in enumerate(rows):
        filled = [*cells, *[""] * (width - len(cells))]
        lines.append(
            "".join(
                f'<mtd style="{borders.css(number, column, len(rows), width)}'
                f'{_cell_css(column, width, alignment[column], gaps, bool(borders.columns))}">{cell}</mtd>'
                for column, cell in enumerate(filled)
            )
        )
    shown = f' displaystyle="{str(style.display).lower()}" scriptlevel="{style.level}" style="border-collapse:collapse"'
    return f"<mtable{shown}>{''.join(f'<mtr>{line}</mtr>' for line in lines)}</mtable>"


def _cell_css(column: int, width: int, side: str, gaps: str, framed: bool) -> str:
    left = "0" if column == 0 and not framed else ".5em"
    right = "0" if column == width - 1 and not framed else ".5em"
    if gaps == "pairs":
        left, right = ("1em" if column and column % 2 == 0 else "0"), "0"
    # Centred is the default. For children that are blocks, Chromium heeds its own keywords only.
    align = "" if side == "center" else f"text-align:{side};text-align:-webkit-{side};"
    return f"{align}padding:.25em {right} .25em {left}"


_KINDS: dict[str, Callable[[Node, Style], Atom]] = {
    "command": _command,
    "environment": _environment,
    "fenced": _fenced,
    "group": _group,
    "infix": _infix,
    "math": _group,
    "row": _group,
    "scripts": _scripts,
    "sized": _sized,
    "text": lambda node, style: Atom("ord", _text_element(node, style)),
}
_COMMANDS: dict[str, Callable[[Node, Style], Atom]] = {
    "ACCENT": _accent,
    "FONT": _font,
    "FRAC": _fraction,
    "OPERATORNAME": _operator_command,
    "PRIMITIVE": _font,
    "RAW": _raw,
    "RAWMATH": _colored,
    "RAWTEXT": _text_box,
    "RULE": _rule,
    "SQRT": _root,
    "STACK": _stacked,
    "TEXT": _text,
    "XARROW": _long_arrow,
}
