r"""The Unicode character that draws a symbol, and the mathematical alphabets of the font commands.

`characters.tsv` lists ``\alpha`` and other symbols, one a line; a named operator that is not in it draws its own
name (``\sin``). The characters are those of the LaTeX package unicode-math (W. Robertson et al.), which KaTeX
draws too. pylatexenc's table, made for plain text, holds three quarters of them: the tests compare with it. The way
back, from characters to commands, is `hmer_suite.latex.canonical.unicode`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib import resources

from hmer_suite.latex.token_classes import CLASSES


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    text = resources.files("hmer_suite.latex").joinpath("characters.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in text.split("\n") if line)


def character(token: str) -> str | None:
    r"""The text that draws *token*: one character or the name of an operator; None where nothing draws it.

    >>> character(r"\alpha"), character("x"), character(r"\sin"), character(r"\foo")
    ('α', 'x', 'sin', None)
    """
    if len(token) == 1:
        return token
    found = _table().get(token)
    if found is None and CLASSES.get(token) == "NAMEDOP":
        return token[1:]
    return found


def is_letter(text: str) -> bool:
    """Whether *text* is one letter of the alphabets that mathematics sets in italics."""
    return (
        len(text) == 1 and (text.isascii() or "\u0370" <= text <= "\u03ff" or text in "ıȷ") and text.isalpha()
    )


@lru_cache(maxsize=2048)
def in_font(text: str, font: str) -> str | None:
    """A letter or digit in the alphabet *font*, or None where Unicode has no such character.

    >>> in_font("x", "BOLD"), in_font("R", "DOUBLE-STRUCK"), in_font("C", "FRAKTUR"), in_font("+", "BOLD")
    ('𝐱', 'ℝ', 'ℭ', None)
    """
    for name in _names(text, font):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return None


def _names(text: str, font: str) -> tuple[str, ...]:
    """Names that the character could have: letters in use before Unicode 3.1 kept their old ones."""
    name = unicodedata.name(text, "") if len(text) == 1 else ""
    words = name.replace("LATIN ", "").replace("GREEK ", "").replace("LETTER ", "").replace("LUNATE ", "")
    if words == name and not (text.isdecimal() and text.isascii()):
        return ()
    if text.isdecimal():
        font = font.replace(" ITALIC", "")
    old = font.replace("FRAKTUR", "BLACK-LETTER")
    return f"MATHEMATICAL {font} {words}", f"{old} {words}"
