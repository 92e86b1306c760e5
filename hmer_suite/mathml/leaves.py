"""Single tokens as atoms: letters in their alphabets, signs, operators, white space; lengths and colours."""

from __future__ import annotations

import re
import unicodedata

from hmer_suite.latex.characters import character, in_font, is_letter
from hmer_suite.latex.constructs import INTEGRALS
from hmer_suite.latex.nodes import Node, Symbol, walk
from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES, token_class
from hmer_suite.mathml.spacing import SPACE, UPRIGHT, MathStyle, SpacedElement

_STRETCHING = frozenset("()[]{}|‖⟨⟩⌊⌋⌈⌉⟮⟯⟦⟧⎰⎱/\\^~_¯ˇ‾⌜⌝⌞⌟=")
_UPRIGHT_LETTERS = frozenset("ΓΔΘΛΞΠΣΥΦΨΩ∇")
_SPACES = {
    "\\": 0.25, "\\ ": 0.25, "~": 0.25, "\\space": 0.25, "\\nobreakspace": 0.25, "\\*": 0.0,
    "\\,": 1 / 6, "\\thinspace": 1 / 6, "\\:": 2 / 9, "\\>": 2 / 9, "\\medspace": 2 / 9,
    "\\;": 5 / 18, "\\thickspace": 5 / 18, "\\!": -1 / 6, "\\negthinspace": -1 / 6,
    "\\negmedspace": -2 / 9, "\\negthickspace": -5 / 18,
    "\\quad": 1.0, "\\qquad": 2.0, "\\enspace": 0.5, "\\enskip": 0.5,
}  # fmt: skip


def leaf(token: str, style: MathStyle) -> SpacedElement:
    """One token in its alphabet."""
    cls = token_class(token)
    if cls == "SPACE":
        return white_space(_SPACES[token] if token in _SPACES else in_em(token))
    text = character(token)
    if text is None:
        return SpacedElement("ord", token, "mtext", ' class="unknown"')
    if cls in ("LARGEOP", "NAMEDOP"):
        return _operator(token, text)
    if not text or token == "'":
        return SpacedElement("ord", "′", "mo") if text else SpacedElement(SPACE, _STRUT)
    if text.isdecimal() and text.isascii():
        return SpacedElement("ord", *_digit(text, style.font))
    if is_letter(text) and cls != "DELIM":
        return _letter(token, text, style.font)
    return _sign(token, text, style.font)


_STRUT = '<mpadded width="0"><mphantom><mo stretchy="false">(</mo></mphantom></mpadded>'


def _digit(text: str, font: str) -> tuple[str, str]:
    return in_font(text, font) or text, "mn"


def _letter(token: str, text: str, font: str) -> SpacedElement:
    r"""A letter: italic but for capital Greek, unless a font changes it; small Greek has no ``\mathbf``."""
    capital_greek = text in _UPRIGHT_LETTERS and not token.startswith("\\var")
    if font == "UPRIGHT":
        return SpacedElement("ord", text, "mi", UPRIGHT if text.isascii() or capital_greek else "")
    if font == "BOLD ITALIC" and capital_greek:
        font = "BOLD"
    changed = in_font(text, font) if font and (text.isascii() or "BOLD" in font) else None
    if changed is not None:
        return SpacedElement("ord", changed, "mi")
    return SpacedElement("ord", text, "mi", UPRIGHT if capital_greek else "")


_SPACING_OF_CHARACTERS: dict[str, str] = {}


def _sign(token: str, text: str, font: str) -> SpacedElement:
    """Anything but letters, digits and large operators."""
    bold = ' style="font-weight:bold"' if font == "BOLD ITALIC" else ""
    spacing = SPACING_CLASSES.get(token) or _spacing_of(text)
    if spacing == "ord" and text not in _STRETCHING:
        if unicodedata.category(text[0]).startswith("L") and not token.startswith("\\"):
            return SpacedElement("ord", text, "mtext", bold)
        return SpacedElement("ord", text, "mi", bold or (UPRIGHT if len(text) == 1 else ""))
    text = {"-": "−", "*": "∗"}.get(text, text)
    fixed = ' stretchy="false"' if text in _STRETCHING or "ARROW" in unicodedata.name(text[0], "") else ""
    return SpacedElement(spacing, text, "mo", fixed + bold)


def _spacing_of(text: str) -> str:
    """Class of a character that was typed as such: that of the commands which draw it."""
    if not _SPACING_OF_CHARACTERS:
        pairs = ((character(token), spacing) for token, spacing in SPACING_CLASSES.items())
        _SPACING_OF_CHARACTERS.update((text, s) for text, s in pairs if text and not text.isascii())
    return _SPACING_OF_CHARACTERS.get(text, "ord")


def white_space(width: float) -> SpacedElement:
    """White space; a negative one is a margin, since Core's ``mspace`` cannot be negative."""
    if width < 0:
        return SpacedElement(SPACE, f'<mspace style="margin-left:{em(width)}em"/>')
    return SpacedElement(SPACE, f'<mspace width="{em(width)}em"/>')


def em(value: float) -> str:
    """A length as it is written in front of ``em``."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


_LENGTH = re.compile(r"([-+]?)\s*(\d*\.?\d*)\s*(em|ex|mu|pt|pc|cm|mm|in|bp|dd|cc|sp)")
_UNITS = {
    "em": 1.0, "ex": 0.431, "mu": 1 / 18, "pt": 0.1, "bp": 0.1, "dd": 0.107, "pc": 1.2, "cc": 1.284,
    "cm": 2.845, "mm": 0.2845, "in": 7.227, "sp": 0.0,
}  # fmt: skip
_MAX_LENGTH = 40.0


def in_em(text: str) -> float:
    """The first length in *text* in em, at 10 pt; 0 without one. Absurd ones are limited to 40 em."""
    match = _LENGTH.search(text.replace(" ", "").replace(",", "."))
    if match is None or match[2] in ("", "."):
        return 0.0
    value = float(match[2]) * _UNITS[match[3]] * (-1 if match[1] == "-" else 1)
    return max(-_MAX_LENGTH, min(_MAX_LENGTH, value))


_MARKED_LIMITS = {
    "\\varlimsup": ("border-top", ""),
    "\\varliminf": ("border-bottom", ""),
    "\\varinjlim": ("", "→"),
    "\\varprojlim": ("", "←"),
}


def _operator(token: str, text: str) -> SpacedElement:
    if token in _MARKED_LIMITS:
        border, arrow = _MARKED_LIMITS[token]
        name = f"<mi>{text}</mi>"
        if border:
            return SpacedElement("op", f'<mrow style="{border}:.06em solid">{name}</mrow>')
        return SpacedElement(
            "op", f'<munder>{name}<mo lspace="0" rspace="0" stretchy="true">{arrow}</mo></munder>'
        )
    if token in INTEGRALS or CLASSES[token] == "LARGEOP":
        large = ' largeop="false"' if token == "\\smallint" else ' largeop="true"'
        return SpacedElement("op", text, "mo", f'{large} movablelimits="false"')
    return SpacedElement("op", text, "mi")


_TEXT_SPACES = {"\\quad": "\u2003", "\\qquad": "\u2003\u2003", "\\,": "\u2009", "\\!": "", "\\-": ""}


def text_character(token: str) -> str:
    """The characters that a token draws in text."""
    cls = token_class(token)
    if cls == "SPACE":
        return _TEXT_SPACES.get(token, "\u00a0")
    if cls == "STYLE":
        return ""
    return "’" if token == "'" else character(token) or token


def plain_text(node: Node) -> str:
    """The characters of a text argument."""
    return "".join(text_character(item.name) for item in walk(node) if isinstance(item, Symbol))


_COLOR_NAME = re.compile(r"#?[A-Za-z0-9]{1,24}")


def color_of(node: Node, model: Node | None = None) -> str:
    """A colour that CSS knows by name or number, or of one of xcolor's models; anything else is no change: empty."""
    text = plain_text(node)
    if model is not None:
        return _color_in_model(plain_text(model), text)
    return text if _COLOR_NAME.fullmatch(text) else ""


_LARGEST = {"rgb": 1.0, "RGB": 255.0, "gray": 1.0}
"""The largest number of each model of xcolor that is a list of lightnesses."""


def _color_in_model(model: str, text: str) -> str:
    """A colour as CSS numbers it, ``#ff0000``; empty if the model is unknown or *text* is none of its colours."""
    if model == "HTML":
        return f"#{text.lower()}" if re.fullmatch("[0-9A-Fa-f]{6}", text) else ""
    largest = _LARGEST.get(model)
    numbers = re.findall(r"\d*\.?\d+", text)
    if largest is None or len(numbers) != (1 if model == "gray" else 3):
        return ""
    levels = [round(255 * min(1.0, float(number) / largest)) for number in numbers]
    return "#" + "".join(f"{level:02x}" for level in (levels * 3)[:3])
