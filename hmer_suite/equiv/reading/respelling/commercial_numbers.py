r"""Numbers as trade and measurement write them: ``200+10\%`` for a tenth more, ``5.0(1)`` with its uncertainty."""

from __future__ import annotations

import re

from hmer_suite.equiv.reading.operators import LEVEL, RELATION
from hmer_suite.equiv.reading.respelling.changed_tokens import lines_of, with_lines
from hmer_suite.latex.tree import Node, unparse

_PERCENT = re.compile(r"(?<![^\n])((?:[A-Za-z]|\d(?:\n[\d.])*))\n([+-])\n(\d(?:\n[\d.])*\n\\%)(?![^\n])")
_UNCERTAIN = re.compile(r"(?<![^\n])(\d(?:\n\d)*\n\.\n)(\d(?:\n\d)*)\n\(\n(\d(?:\n\d)?)\n\)")


def with_percent_of_number(tree: Node) -> Node:
    r"""The tree with a percentage that is added to a first number as one of that number: ``200+10\%``."""
    text = lines_of(unparse(tree))

    def change(found: re.Match[str]) -> str:
        before = text[: found.start()].split("\n")[-2:-1]
        if before and LEVEL.get(before[0]) != RELATION:
            return found[0]
        return "\n".join((found[1], "(", "1", found[2], found[3], ")"))

    return with_lines(tree, _PERCENT.sub(change, text))


def with_uncertainties(tree: Node) -> Node:
    r"""The tree with digits in brackets after a decimal as its uncertainty: ``5.0(1)`` is ``(5.0\pm0.1)``."""
    return with_lines(tree, _UNCERTAIN.sub(_with_uncertainty, lines_of(unparse(tree))))


def _with_uncertainty(number: re.Match[str]) -> str:
    places, digits = len(number[2].split("\n")), number[3].replace("\n", "")
    padded = digits.zfill(places + 1)
    uncertainty = [*padded[:-places], ".", *padded[-places:]]
    return "\n".join(("(", number[1] + number[2], r"\pm", *uncertainty, ")"))
