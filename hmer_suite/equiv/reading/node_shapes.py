"""Nodes before they become atoms: primes in superscripts, spaces between digits, italic letters, degrees apart."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.nodes import Command, Group, Node, Row, Scripts, Symbol
from hmer_suite.latex.token_classes import CLASSES

QUADS = frozenset((r"\quad", r"\qquad"))
_SPACES = frozenset(token for token, cls in CLASSES.items() if cls == "SPACE") - QUADS


def is_degree_apart(item: Scripts) -> bool:
    r"""Whether a degree sign is raised on nothing, as in ``20\,^\circ``: it belongs to the number before it."""
    sup = item.sup.items if isinstance(item.sup, Group) else (item.sup,)
    signs = tuple(sign.name for sign in sup if isinstance(sign, Symbol))
    apart = item.base in (None, Group()) or (isinstance(item.base, Symbol) and item.base.name in _SPACES)
    return apart and item.sub is None and len(signs) == len(sup) and signs == (r"\circ",)


_THIN = frozenset((r"\,", r"\thinspace"))
_JOINING = frozenset((r"\!", r"\negthinspace", r"\negmedspace", r"\negthickspace", r"\/", r"\relax", r"\null",
                      r"\nobreak", r"\allowbreak", r"\*", r"\-"))  # fmt: skip
"""Dropped signs that leave no space."""
SEPARATING = _SPACES - _JOINING
"""Spaces that keep the digits on both sides apart."""


def parts_numbers(items: Sequence[Node | None], index: int) -> bool:
    """Whether a space after a digit begins another number; a thin one before three digits groups them."""
    digits = 0
    for item in items[index + 1 :]:
        base = item.base if isinstance(item, Scripts) else item
        if not (isinstance(base, Symbol) and base.name.isdecimal()):
            if digits or not (isinstance(base, Symbol) and base.name in SEPARATING):
                break
        else:
            digits += 1
    return digits > 0 and not (
        digits == 3 and isinstance(item := items[index], Symbol) and item.name in _THIN
    )


def is_italic_letter(item: Command) -> bool:
    r"""Whether ``\mathit`` changes nothing, as it holds no word: ``\mathit{on}`` is one name, and no product."""
    if item.name != r"\mathit":
        return False
    content = item.arguments[0]
    letters = content.items if isinstance(content, Group | Row) else (content,)
    return sum(isinstance(letter, Symbol) and letter.name.isalpha() for letter in letters) < 2


def written_primes(sup: Node) -> int:
    """The number of ``\\prime`` that a superscript begins with."""
    items = sup.items if isinstance(sup, Group) else (sup,)
    if len(items) == 1 and isinstance(only := items[0], Scripts) and only.sub is None:  # f^{'}
        inner = only.sup
        if only.base in (None, Group()) and inner is not None:
            return written_primes(inner) if without_primes(inner) is None else 0
    count = 0
    for item in items:
        if not isinstance(item, Symbol) or item.name not in (r"\prime", "'"):
            break
        count += 1
    return count


def without_primes(sup: Node) -> Node | None:
    """The rest of a superscript after its primes; None if nothing is left."""
    items = sup.items if isinstance(sup, Group) else (sup,)
    rest = items[written_primes(sup) :] if items and isinstance(items[0], Symbol) else ()
    return Group(rest) if rest else None
