r"""The six arguments of ``\genfrac`` by what they say (amsldoc 2.1, 4.11.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hmer_suite.latex.constructs import INFIX_FENCES, NO_DELIMITER
from hmer_suite.latex.nodes import Command, Group, Node
from hmer_suite.latex.tree import unparse


@dataclass(frozen=True, slots=True)
class GeneralFraction:
    """A fraction with a bar of any thickness, or none, and delimiters around it."""

    fences: tuple[str, str]
    """The delimiters, `NO_DELIMITER` for one that draws nothing."""
    thickness: str
    """The thickness of the bar as it is written, ``1pt``; empty for that of the font."""
    style: str
    """The number of the style it is set in, 0 for display to 3 for scripts of scripts; empty for that around it."""
    above: Node
    below: Node

    @property
    def has_bar(self) -> bool:
        """Whether a bar is drawn."""
        return not _ZERO.fullmatch(self.thickness)

    @property
    def is_fenced(self) -> bool:
        """Whether a delimiter is drawn."""
        return self.fences != _UNFENCED

    @property
    def infix(self) -> str | None:
        r"""The command between two parts that draws the same but for the style: ``\atop``, ``\choose`` ... or none."""
        return None if self.has_bar else _INFIX.get(self.fences)


_ZERO = re.compile(r"[-+]?0*[.,]?0+[.,]?0*[a-z]*")
_UNFENCED = (NO_DELIMITER, NO_DELIMITER)
_INFIX = {fences: name for name, fences in INFIX_FENCES.items()} | {_UNFENCED: "\\atop"}


def general_fraction(node: Command) -> GeneralFraction:
    r"""What a ``\genfrac`` says."""
    left, right, thickness, style, above, below = node.arguments
    fences = (_delimiter(left), _delimiter(right))
    return GeneralFraction(fences, _spelt(thickness), _spelt(style), above, below)


def _delimiter(argument: Node) -> str:
    return unparse(argument.items[0])[0] if isinstance(argument, Group) and argument.items else NO_DELIMITER


def _spelt(argument: Node) -> str:
    """The characters between the braces of an argument."""
    return "".join(unparse(argument)[1:-1])
