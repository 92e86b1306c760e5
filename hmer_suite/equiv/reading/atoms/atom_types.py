"""Atoms and brackets: the things in a row once spaces are gone, and the delimiters that pair."""

from __future__ import annotations

from hmer_suite.latex import constructs
from hmer_suite.latex.constructs import BRACKETS
from hmer_suite.latex.nodes import Node

OPENING = {
    "(": "(", "[": "[", r"\{": "{", r"\lbrace": "{", r"\lbrack": "[", r"\lparen": "(", r"\langle": "<",
    r"\lfloor": "floor", r"\lceil": "ceil", r"\lvert": "|", r"\lVert": "||", r"\llbracket": "[[",
}  # fmt: skip
"""Opening brackets that mean something, and the shape that they share with the closing one."""
CLOSING = {BRACKETS[opening]: shape for opening, shape in OPENING.items()}
BARS = {bar: "|" if plain == "|" else "||" for bar, plain in constructs.BARS.items()}
DELIMITERS = (
    OPENING | CLOSING | BARS | {".": "", r"\mid": "|", r"\backslash": "\\", "/": "/", "<": "<", ">": "<"}
)
"""All delimiters with their shapes; empty for the one that draws nothing."""


class Atom:
    """One thing in a row, with its scripts.

    `kind` is ``sym`` (`value`: the token), ``num`` (`value`: its digits, perhaps with a point), ``br`` (`value`: a
    `Bracket`), ``cmd`` (`value`: a `Node`), ``none`` (scripts on nothing), or ``space``
    (between two numbers, or after a word in a font). `token` is the token of a symbol, and
    empty for the others. `sub` and `sup` are nodes or None; `primes` counts the primes.
    """

    __slots__ = ("kind", "primes", "sub", "sup", "token", "value")

    def __init__(
        self, kind: str, value: object, sub: Node | None = None, sup: Node | None = None, primes: int = 0
    ):
        self.kind = kind
        self.value = value
        self.token = value if kind == "sym" and isinstance(value, str) else ""
        self.sub = sub
        self.sup = sup
        self.primes = primes

    @property
    def plain(self) -> bool:
        """Whether it carries no scripts."""
        return self.sub is None and self.sup is None and not self.primes

    def as_sign(self, token: str) -> Atom:
        """Another sign with the same scripts."""
        return Atom("sym", token, self.sub, self.sup, self.primes)

    def bare(self) -> Atom:
        """The same without its scripts."""
        return self if self.plain else Atom(self.kind, self.value)


class Bracket:
    """The rows between two delimiters; `parts` are split at ``\\middle``."""

    __slots__ = ("close", "open", "parts")

    def __init__(self, opening: str, closing: str, parts: tuple[list[Atom], ...]):
        self.open = opening
        self.close = closing
        self.parts = parts
