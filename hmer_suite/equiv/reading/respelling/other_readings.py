"""Readings of whole formulas that are tried where a pair would be different: decimal commas, ratios, omissions."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from unicodedata import category

from hmer_suite.equiv.reading.respelling.commercial_numbers import with_percent_of_number, with_uncertainties
from hmer_suite.equiv.reading.respelling.decimal_commas import with_decimal_commas
from hmer_suite.equiv.reading.respelling.divisions import with_division
from hmer_suite.equiv.reading.respelling.font_scopes import with_narrow_fonts
from hmer_suite.equiv.reading.respelling.function_spaces import with_bracketed_intervals
from hmer_suite.equiv.reading.respelling.grouped_digits import with_groups_joined, with_points_as_thousands
from hmer_suite.equiv.reading.respelling.product_points import with_points_as_products
from hmer_suite.equiv.reading.respelling.recurring_decimals import with_later_periods
from hmer_suite.equiv.reading.respelling.remarks import with_closed_angles, without_remarks
from hmer_suite.equiv.reading.respelling.stray_signs import (
    with_items_listed,
    with_stops_as_commas,
    without_stray_signs,
)
from hmer_suite.equiv.reading.respelling.typed_signs import with_typed_signs
from hmer_suite.equiv.reading.respelling.unwritten_signs import (
    with_binary_logarithms,
    with_degrees,
    with_zeros_as_degrees,
    without_degrees,
)
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node, unparse

OTHER_READINGS: tuple[Callable[[Node], Node], ...] = (
    with_narrow_fonts,
    with_points_as_thousands,
    with_groups_joined,
    with_decimal_commas,
    with_points_as_products,
    with_later_periods,
    with_percent_of_number,
    with_uncertainties,
    with_zeros_as_degrees,
    with_degrees,
    with_binary_logarithms,
    without_remarks,
    with_closed_angles,
    with_bracketed_intervals,
    with_items_listed,
    with_stops_as_commas,
    without_stray_signs,
)
"""Changes of both sides; where these are not surely different after one of them, neither are they before."""

OTHER_READINGS_OF_ONE_SIDE: tuple[Callable[[Node], Node], ...] = (
    with_division,
    without_degrees,
    with_typed_signs,
)
"""The same for changes that say something only where they change a single side."""


def are_words_in_letters(left: Node, right: Node) -> bool:
    r"""Whether the sides have the same letters, some of them upright words: ``No~solution``, ``Fe^{3+}``."""
    sides = [_without_colours(unparse(side)) for side in (left, right)]
    ours, theirs = ([token for token in tokens if not _is_dress(token)] for tokens in sides)
    return ours == theirs and any(map(_is_upright, chain(*sides)))


def _is_upright(token: str) -> bool:
    """Whether a token sets what follows upright."""
    return token in _UPRIGHT or CLASSES.get(token) in _CLASSES_OF_WORDS


_UPRIGHT = frozenset((r"\mathrm", r"\operatorname"))
_COLOURS = {"RAWTEXT": 1, "COLORBOX": 1, "FCOLORBOX": 2}
"""Classes of commands with arguments in front of their words that are not drawn, and their number."""
_CLASSES_OF_WORDS = _COLOURS.keys() | {"TEXT"}


def _without_colours(tokens: list[str]) -> list[str]:
    r"""The tokens without the arguments of ``\colorbox`` and ``\raisebox`` that are not drawn."""
    kept: list[str] = []
    hidden = 0
    for token in tokens:
        if hidden:
            hidden -= token == "}"
        else:
            kept.append(token)
            hidden = _COLOURS.get(CLASSES.get(token, ""), 0)
    return kept


def _is_dress(token: str) -> bool:
    """Whether a token changes the font of words or the space in them, and no letter."""
    return token in ("{", "}", " ", "~") or CLASSES.get(token) == "SPACE" or _is_upright(token)


def foreign_signs(tree: Node) -> set[str]:
    """Signs outside ASCII that may be another spelling of a command, and not letters of a script of words."""
    return {
        sign for sign in "".join(unparse(tree)) if not sign.isascii() and category(sign) not in ("Lo", "Po")
    }
