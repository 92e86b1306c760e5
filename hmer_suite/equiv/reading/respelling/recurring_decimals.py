r"""Signs of the digits that a decimal repeats, other than a line: ``0.(3)``, ``0.\overset{\frown}3``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hmer_suite.equiv.reading.respelling.changed_tokens import lines_of, with_lines
from hmer_suite.latex.tree import Node, unparse

_POINT = r"\d\n(?:\.|\{\n,\n\})\n"
_ARC = re.compile(
    rf"({_POINT}(?:\d\n)*)(?:\\overset\n\{{\n\\frown\n\}}|\\wideparen|\\widehat|\\hat)\n\{{\n((?:\d\n)+)\}}"
)
_DOTS = re.compile(rf"({_POINT}(?:\d\n)*)((?:\\dot\n\{{\n\d\n\}}\n?){{3,}})")
_SIZE = r"(?:\\(?:left|right|[bB]igg?[lr]?)\n)?"
_BRACKETS = re.compile(rf"({_POINT}){_SIZE}\(\n((?:\d\n)+){_SIZE}\)")
_LATER_BRACKETS = re.compile(rf"({_POINT}(?:\d\n)+){_SIZE}\(\n((?:\d\n)+){_SIZE}\)")
_AFTER_COMMA = re.compile(rf"(\d\n),(\n(?:\d\n)*{_SIZE}\(\n(?:\d\n)+{_SIZE}\))")


def with_periods_lined(tokens: Sequence[str]) -> list[str]:
    """The tokens with a line over digits that an arc, three dots or brackets right after the point mark."""
    text = lines_of(tokens).replace("\\overset\n{\n.\n}\n", "\\dot\n")
    for pattern in (_ARC, _BRACKETS, _DOTS):
        text = pattern.sub(_lined, text)
    return list(tokens) if text == lines_of(tokens) else text.split("\n")


def with_later_periods(tree: Node) -> Node:
    """The tree with a line over digits in brackets after decimals or a comma, which may be a factor: ``0.1(6)``."""
    text = _AFTER_COMMA.sub(r"\1.\2", lines_of(unparse(tree)))
    for pattern in (_LATER_BRACKETS, _BRACKETS):
        text = pattern.sub(_lined, text)
    return with_lines(tree, text)


def _lined(number: re.Match[str]) -> str:
    digits = re.findall(r"\d", number[2])
    end = "\n" if number[0].endswith("\n") else ""
    return number[1].replace("{\n,\n}", ".") + "\n".join(("\\overline", "{", *digits, "}")) + end
