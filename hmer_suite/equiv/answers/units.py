r"""Units at the end of an answer: ``5\text{ cm}``, ``30^\circ``, ``50\%``, ``\$5``."""

from __future__ import annotations

import re

from hmer_suite.equiv.reading.interpreting.left_out import KEPT_WORDS

_SI = "m g s A K mol cd Hz N Pa J W C V F ohm S Wb T H lm lx Bq Gy Sv kat L l eV bar cal rad sr t".split()
_PREFIXES = ("", *"d c m n p f h k M G T".split(), "da", "u")
_OTHER = (
    "min h hr hrs sec secs d day days week weeks month months year years yr yrs hour hours minute minutes second "
    "seconds in inch inches ft foot feet yd yard yards mi mile miles mph kph kmh lb lbs oz ml cc ha acre acres gal "
    "gallon gallons deg degree degrees percent dollar dollars cent cents euro euros pound pounds usd eur unit units "
    "metre metres meter meters kilometre kilometres kilometer kilometers centimetre centimetres centimeter centimeters "
    "millimetre millimetres millimeter millimeters gram grams kilogram kilograms litre litres liter liters "
    "radian radians square cubic sq cu per"
).split()
UNITS = frozenset([prefix + unit for prefix in _PREFIXES for unit in _SI] + _OTHER)
"""Words and signs of units, without exponents."""

_SPACE = r"(?:\s|~|\\[,;:! ])*"
_EXPONENT = r"(?:\s*\^\s*(?:\{\s*-?\s*\d+\s*\}|\d))?"
_WORDS = re.compile(
    rf"{_SPACE}\\(?:text|mathrm|textrm|mbox|rm|operatorname)\s*\{{(?P<words>[^{{}}\\]*)\}}{_EXPONENT}{_SPACE}$"
)
_TEXT = re.compile(rf"{_SPACE}\\(?:text|mbox)")
_LETTER = re.compile(r"(?<![\\A-Za-z])[A-Za-z]")
_BARE = re.compile(rf"(?<=[\d.}}])\s*(?P<bare>[A-Za-z](?:\s*[A-Za-z])+){_EXPONENT}\s*$")
_SIGN = re.compile(rf"{_SPACE}(?:\^\s*(?:\{{\s*\\circ\s*\}}|\\circ)|\\degree|°|\\%|%){_SPACE}$")
_CURRENCY = re.compile(r"^\s*(?:\\\$|\\pounds|\\euro|[£€¥]|\$(?=\d))\s*")


def split_unit(text: str) -> tuple[str, str]:
    r"""An answer without its unit, and the unit without spaces; the text itself and nothing if it has none.

    >>> split_unit(r"5\text{ cm}^2")
    ('5', 'cm^2')
    """
    before = _CURRENCY.match(text)
    if before:
        return text[before.end() :], _bare_text(before.group())
    rest, units = text, []
    while (match := _match(rest)) is not None and rest[: match.start()].strip():
        units.append(_bare_text(rest[match.start() :]))
        rest = rest[: match.start()].rstrip().removesuffix("/").removesuffix(r"\cdot")
    return (rest, "".join(reversed(units))) if units else (text, "")


def _match(text: str) -> re.Match[str] | None:
    if match := _SIGN.search(text):
        return match
    if match := _WORDS.search(text):
        return match if _are_units(match, text[: match.start()]) else None
    if (match := _BARE.search(text)) and "".join(match.group("bare").split()) in UNITS:
        return match
    return None


def _are_units(match: re.Match[str], before: str) -> bool:
    """Whether all words of a match are known units or, after a number, things that are counted: "5 apples"."""
    pieces = match.group("words").split()
    spaced = all(len(piece) == 1 for piece in pieces)  # a label whose tokens are apart: ``c m``
    words = re.findall(r"[^\W\d_]+", "".join(pieces) if spaced else match.group("words"))
    counts = _TEXT.match(match.group()) and not _LETTER.search(before)
    others = {word for word in words if word not in UNITS}
    if not words or any(character.isdigit() for character in match.group("words")):
        return False
    return not others or bool(
        counts and all(len(word) > 2 and word.lower() not in KEPT_WORDS for word in others)
    )


def _bare_text(unit: str) -> str:
    return re.sub(r"\\(?:text|mathrm|textrm|mbox|rm|operatorname|[,;:! ])|[\s~{}]", "", unit)
