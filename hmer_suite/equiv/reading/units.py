r"""Units of measurement: the words that name them, and their size in base units.

Sizes: The International System of Units, 9th edition (BIPM, 2019), tables 2, 4, 7 and 8.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from hmer_suite.equiv.terms import Term, const, inverse, mul, name, num, power

_SIZES = r"""
m=1 m; g=1 g; s=1 s; A=1 A; K=1 K; mol=1 mol; cd=1 cd; L=1/1000 m^3; l=1/1000 m^3; Hz=1 s^-1; N=1000 g m s^-2;
Pa=1000 g m^-1 s^-2; J=1000 g m^2 s^-2; W=1000 g m^2 s^-3; C=1 A s; V=1000 g m^2 s^-3 A^-1; F=1/1000 g^-1 m^-2 s^4 A^2;
T=1000 g s^-2 A^-1; Wb=1000 g m^2 s^-2 A^-1; H=1000 g m^2 s^-2 A^-2; bar=100000000 g m^-1 s^-2;
Wh=3600000 g m^2 s^-2; Ws=1000 g m^2 s^-2; Ah=3600 A s; cal=4184 g m^2 s^-2; ohm=1000 g m^2 s^-3 A^-2
"""
_FIXED_SIZES = r"""
min=60 s; h=3600 s; hr=3600 s; hour=3600 s; hours=3600 s; minutes=60 s; seconds=1 s; sec=1 s; ha=10000 m^2;
ft=381/1250 m; mph=1397/3125 m s^-1; kph=5/18 m s^-1; cc=1/1000000 m^3; rad=1; 米=1 m; 千米=1000 m; 公里=1000 m;
meter=1 m; meters=1 m; metre=1 m; metres=1 m; kilometers=1000 m; kilometres=1000 m; centimeters=1/100 m;
centimetres=1/100 m; gram=1 g; grams=1 g; kilogram=1000 g; kilograms=1000 g; liters=1/1000 m^3; litres=1/1000 m^3;
inch=127/5000 m; inches=127/5000 m; feet=381/1250 m; second=1 s; minute=60 s;
分米=1/10 m; 厘米=1/100 m; 毫米=1/1000 m; 克=1 g; 千克=1000 g; 公斤=1000 g; 斤=500 g; 吨=1000000 g; 秒=1 s; 分钟=60 s;
day=86400 s; days=86400 s; week=604800 s; weeks=604800 s; tonne=1000000 g; tonnes=1000000 g; atm=101325000 g m^-1 s^-2;
in=127/5000 m; yd=1143/1250 m; yard=1143/1250 m; yards=1143/1250 m; foot=381/1250 m; mi=201168/125 m; mile=201168/125 m;
miles=201168/125 m; lb=45359237/100000 g; lbs=45359237/100000 g; oz=45359237/1600000 g; ohms=1000 g m^2 s^-3 A^-2;
gm=1 g; Kg=1000 g; KG=1000 g; hrs=3600 s; mins=60 s; secs=1 s;
小时=3600 s; 升=1/1000 m^3; 毫升=1/1000000 m^3; 平方米=1 m^2; 平方分米=1/100 m^2; 平方厘米=1/10000 m^2;
平方千米=1000000 m^2; 公顷=10000 m^2; 立方米=1 m^3; 立方分米=1/1000 m^3; 立方厘米=1/1000000 m^3; 元=1 元; 角=1/10 元
"""
_ANGLES = {"deg": 1, "degree": 1, "degrees": 1, "turn": 360, "turns": 360}
"""Units of an angle, in degrees."""
_COUNTS = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
}
"""Words for numbers of what is counted."""
_PREFIXES = {
    "": 0, "k": 3, "h": 2, "d": -1, "c": -2, "m": -3, "\u03bc": -6, "\u00b5": -6, "n": -9, "p": -12, "M": 6, "G": 9,
}  # fmt: skip
_BASE = "#"
"""Prefix of the names of base units, which no formula can write."""

Size = tuple[Fraction, tuple[tuple[str, int], ...]]


def _entries(table: str) -> dict[str, Size]:
    found = {}
    for entry in table.replace("\n", " ").split(";"):
        symbol, _, size = entry.strip().partition("=")
        factor, *dimensions = size.split()
        powers = tuple((base, int(n or 1)) for base, _, n in (part.partition("^") for part in dimensions))
        found[symbol] = (Fraction(factor), powers)
    return found


@lru_cache(maxsize=1)
def _sizes() -> dict[str, Size]:
    """The size of every unit, with its prefixes."""
    sizes = {
        prefix + symbol: (factor * Fraction(10) ** exponent, powers)
        for symbol, (factor, powers) in _entries(_SIZES).items()
        for prefix, exponent in _PREFIXES.items()
    }
    return sizes | _entries(_SIZES) | _entries(_FIXED_SIZES)


def unit(symbol: str) -> Term:
    r"""The unit that a word names, the same in ``\text`` and ``\mathrm``."""
    return name(rf"\mathrm{{{symbol}}}")


def is_unit(symbol: str) -> bool:
    """Whether a word names a unit of known size."""
    return symbol in _sizes()


def size_of(symbol: str) -> Term | None:
    """A unit in base units, so that a kilometre is not any letter beside a metre; None for other words."""
    return None if symbol in _ONLY_COUNTED or symbol in _OF_ONE_LETTER else size_when_counted(symbol)


def size_when_counted(symbol: str) -> Term | None:
    r"""The size of a unit that a number counts, which more words are than elsewhere: ``2\text{ in}``, ``V_{in}``."""
    if symbol in _ANGLES:
        return mul(num(_ANGLES[symbol]), const("deg"))
    if symbol in _COUNTS:
        return num(_COUNTS[symbol])
    if (size := _OF_ONE_LETTER.get(symbol) or _sizes().get(symbol)) is None:
        return None
    factor, powers = size
    bases = [name(_BASE + base) if n == 1 else power(name(_BASE + base), num(n)) for base, n in powers]
    return mul(num(factor), *bases)


_ONLY_COUNTED = frozenset(
    """in yd yard yards foot mi mile miles lb lbs oz atm day days week weeks tonne tonnes gm Kg KG hrs mins secs
    cal Wh Ws Ah ohm ohms deg degree degrees turn turns hundred thousand million billion trillion dozen""".split()
)
"""Words that may be any index or name where no number counts them."""
_OF_ONE_LETTER: dict[str, Size] = {
    "d": (Fraction(86400), (("s", 1),)),
    "t": (Fraction(10**6), (("g", 1),)),
    "a": (Fraction(100), (("m", 2),)),
}
"""Units whose letters have other meanings, and which take no prefix: a day, a tonne, an are."""


_FACTOR = re.compile(r"([^\W\d_]+)\^?(-?[0-9]|[²³])?")
_EXPONENTS = {"²": 2, "³": 3, None: 1}


def units_in(words: str) -> Term | None:
    r"""The term of a unit in words, ``km/h`` or ``N·m``; None if a part of it is no unit."""
    divided = words.split("/")
    if len(divided) > 2:
        return None
    parts = [_product(part) for part in divided]
    if any(part is None for part in parts):
        return None
    above, *below = [part for part in parts if part is not None]
    return mul(above, inverse(below[0])) if below else above


def _product(words: str) -> Term | None:
    factors = []
    for word in re.split(r"[\s·⋅*]+", words.strip()):
        match = _FACTOR.fullmatch(word)
        if match is None or not is_unit(match[1]):
            return None
        exponent = _EXPONENTS.get(match[2]) or int(match[2])
        factors.append(unit(match[1]) if exponent == 1 else power(unit(match[1]), num(exponent)))
    return mul(*factors)
