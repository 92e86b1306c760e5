"""Formulas in content MathML as mappings of InkML, such as ``Y = 100 - 2 * y`` (section 4.4)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.ink.xml_tree import local_name, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MAX_ELEMENTS = 300
"""Most elements of a formula, which is evaluated recursively."""

_FOLDED: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "plus": operator.add,
    "times": operator.mul,
    "min": np.minimum,
    "max": np.maximum,
}
"""Operators of any number of arguments."""

_BINARY: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "minus": operator.sub,
    "divide": np.divide,
    "power": np.power,
}

_UNARY: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "minus": operator.neg,
    "root": np.sqrt,
    "abs": np.abs,
    "exp": np.exp,
    "ln": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "floor": np.floor,
    "ceiling": np.ceil,
}


def equations(math: Element, where: str) -> dict[str, Element]:
    """The right-hand sides of the equations in a ``math`` element, by the names on their left."""
    if sum(1 for _ in math.iter()) > _MAX_ELEMENTS:
        raise InputError(f"{where}: a formula of more than {_MAX_ELEMENTS} elements")
    found: dict[str, Element] = {}
    for element in math.iter():
        parts = list(element)
        if local_name(element) == "apply" and len(parts) == 3 and local_name(parts[0]) == "eq":
            if local_name(parts[1]) != "ci":
                raise InputError(f"{where}: an equation without a variable on its left")
            found[text_of(parts[1])] = parts[2]
    return found


def evaluate(element: Element, values: Mapping[str, np.ndarray], where: str) -> np.ndarray:
    """The value (points,) of an expression whose variables have these values.

    Raises `InputError` for variables and operators that are not known; a value that is not defined is not finite.
    """
    kind = local_name(element)
    if kind == "ci":
        if text_of(element) not in values:
            raise InputError(f"{where}: the variable {text_of(element)!r} is bound to no channel")
        return values[text_of(element)]
    if kind == "cn":
        try:
            return np.asarray(float(text_of(element)))
        except ValueError:
            raise InputError(f"{where}: not a number: {text_of(element)!r}") from None
    if kind != "apply" or not len(element):
        raise InputError(f"{where}: the MathML element {kind}, which is not supported")
    arguments = [evaluate(child, values, where) for child in element[1:]]
    with np.errstate(all="ignore"):
        return _apply(local_name(element[0]), arguments, where)


def _apply(name: str, arguments: Sequence[np.ndarray], where: str) -> np.ndarray:
    if name in _FOLDED and arguments:
        return reduce(_FOLDED[name], arguments)
    if name in _BINARY and len(arguments) == 2:
        return _BINARY[name](*arguments)
    if name in _UNARY and len(arguments) == 1:
        return _UNARY[name](*arguments)
    raise InputError(f"{where}: the operator {name} of {len(arguments)} arguments, which is not supported")
