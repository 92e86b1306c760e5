"""Labels of InkML: from its MathML tree, or else from the typed truth, to canonical tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.latex.canonical import canonical
from hmer_suite.latex.commands import CLASSES

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from hmer_suite.data.inkml import Ink

_NAMES = {
    "infin": "\\infty",
    "ctdot": "\\cdots",
    "hellip": "\\ldots",
    "rarr": "\\rightarrow",
    "le": "\\leq",
    "ge": "\\geq",
    "ne": "\\neq",
    "exist": "\\exists",
    # A missing letter in about 150 files.
    "im": "\\lim",
    "{": "\\{",
    "}": "\\}",
    "<": "<",
    ">": ">",
    "\\gt": ">",
    "\\lt": "<",
}
"""Texts of MathML leaves that are no LaTeX, and how LaTeX calls them."""


def label(ink: Ink) -> str:
    """The ink's label in canonical tokens, empty where it has none."""
    if ink.mathml is not None:
        try:
            return canonical(" ".join(latex_of_mathml(ink.mathml, ink.id)))
        except InputError:
            if not ink.truth:
                raise
    return canonical(ink.truth or "")


def latex_of_mathml(element: Element, name: str) -> list[str]:
    """LaTeX tokens of a MathML element; `InputError` names an element or leaf that has no counterpart."""
    tag = element.tag.rpartition("}")[2]
    if tag in ("mi", "mo", "mn", "mtext"):
        return _leaf("".join(element.itertext()).strip(), name)
    parts = [latex_of_mathml(child, name) for child in element]
    if tag in ("math", "mrow", "mstyle"):
        return [token for part in parts for token in part]
    if tag == "msqrt":
        return ["\\sqrt", *_braced([token for part in parts for token in part])]
    if tag not in _LAYOUTS or len(parts) != _LAYOUTS[tag]:
        raise InputError(f"{name}: MathML element {tag} with {len(parts)} children")
    return _layout(tag, parts)


_LAYOUTS = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3,
}  # fmt: skip
"""Number of children of each element that lays out its children in two dimensions."""


def _layout(tag: str, parts: Sequence[list[str]]) -> list[str]:
    if tag == "mfrac":
        return ["\\frac", *_braced(parts[0]), *_braced(parts[1])]
    if tag == "mroot":
        return ["\\sqrt", "[", *parts[1], "]", *_braced(parts[0])]
    if tag in ("msub", "munder"):
        return [*parts[0], "_", *_braced(parts[1])]
    if tag in ("msup", "mover"):
        return [*parts[0], "^", *_braced(parts[1])]
    return [*parts[0], "_", *_braced(parts[1]), "^", *_braced(parts[2])]


def _braced(tokens: list[str]) -> list[str]:
    return ["{", *tokens, "}"]


def _leaf(text: str, name: str) -> list[str]:
    if text in _NAMES:
        return [_NAMES[text]]
    if text.startswith("\\") or len(text) <= 1:
        return [text] if text else []
    if "\\" + text in CLASSES:
        return ["\\" + text]
    return list(text)


def symbol_label(text: str) -> str:
    """A symbol group's label as a canonical token."""
    return canonical(" ".join(_leaf(text.strip(), text)))
