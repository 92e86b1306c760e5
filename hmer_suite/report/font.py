"""A mathematics font inside the page: STIX Two Math of the package ziamath, reduced to what the page shows.

Without one, browsers of systems that have no mathematics font draw scripts and large delimiters with those of a text
font. Where ziamath or fontTools is not installed the page has no font, and is otherwise the same.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from markupsafe import Markup

from hmer_suite.latex.characters import in_font

FAMILY = "Report Math"
"""Name of the font on the page."""

_ALWAYS = "0123456789()[]{}|‖⟨⟩√−+=∑∫̂̃¯→⏞⏟ "
"""Characters that every page can draw, among them those that stretch."""

_NAMES_KEPT = (0, 1, 2, 13, 14)
"""Entries of the name table that stay: copyright, family, style, licence and its address (SIL Open Font Licence)."""


def font_face(characters: Iterable[str]) -> Markup:
    """The rule ``@font-face`` with what draws *characters*; empty if there is no font to take it from."""
    found = _subset("".join(sorted(_drawn(characters))))
    if found is None:
        return Markup("")
    kind, content = found
    source = f"url(data:font/{kind};base64,{b64encode(content).decode()}) format('{kind}')"
    return Markup(f'@font-face {{ font-family: "{FAMILY}"; src: {source}; }}')


def _drawn(characters: Iterable[str]) -> set[str]:
    """The characters with the italic letters that browsers draw for single letters."""
    found = {*characters, *_ALWAYS}
    for letter in list(found):
        italic = in_font(letter, "ITALIC")
        found.update(italic or "")
    return found


@lru_cache(maxsize=4)
def _subset(text: str) -> tuple[str, bytes] | None:
    """Kind (``woff2``, or ``woff`` where Brotli is not installed) and content of the font for *text*."""
    path = _font_file()
    if path is None or _spec("fontTools") is None:
        return None
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(
        hinting=False, name_IDs=list(_NAMES_KEPT), notdef_outline=True, layout_features=["ssty", "dtls"]
    )
    with TTFont(path) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        font.flavor = "woff2" if _spec("brotli") else "woff"
        buffer = BytesIO()
        font.save(buffer)
        return font.flavor, buffer.getvalue()


def _spec(package: str) -> ModuleSpec | None:
    """Where a package is, without importing it; None if it is not installed."""
    try:
        return find_spec(package)
    except ModuleNotFoundError:
        return None


def _font_file() -> Path | None:
    found = _spec("ziamath")
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    return path if path.is_file() else None
