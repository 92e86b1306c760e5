"""Spellings of terms: those that identify unknown functions, and those that people read."""

from __future__ import annotations

from collections.abc import Iterable

from hmer_suite.equiv.terms import MINUS_ONE, Term, rewrite


def spelling(head: Term) -> str:
    """The identity of an unknown function: its name with its marks, without the values in it."""
    if head.op == "name":
        return head.label
    if head.op == "sub":
        return f"sub({spelling(head.args[0])})"
    return f"{head.op}:{head.data}({','.join(spelling(arg) for arg in head.args[:1])})"


def numbers_in(head: Term) -> Iterable[Term]:
    """The values in the name of a function: the index of ``f_n``, the exponent of ``f^{-1}``."""
    if head.op == "sub":
        yield from numbers_in(head.args[0])
        yield head.args[1]
    elif head.args:
        yield from numbers_in(head.args[0])
        yield from head.args[1:]


_CONSTANTS = {"pi": r"\pi", "inf": r"\infty", "dots": r"\ldots", "sign": r"\pm", "deg": r"{}^{\circ}"}
_BOUNDED = {"sum": r"\sum", "prod": r"\prod", "lim": r"\lim"}
_JOINED = {"+...": "+", "product...": " ", "juxt...": " ", "juxt.": " ", "juxt0": " ", "measures": " "}
_TRANSPARENT = frozenset(("index", "dotted", "maybe^"))


def written(term: Term) -> str:
    r"""A term as LaTeX, as a reader would write it: ``S_{4k}``, ``\lim_{x \rightarrow 0} f(x)``.

    >>> from hmer_suite.equiv.terms import name, num
    >>> written(Term("sub", None, (name("S"), Term("juxt", None, (num(4), name("k"))))))
    'S_{4k}'
    """
    names = {part.label for part in term.walk() if part.op == "name"}
    bound = sorted(name for name in names if name.startswith("#"))
    if bound:
        free = (letter for letter in "tksuwxyzabc" if letter not in names)
        letters = {name: Term("name", letter) for name, letter in zip(bound, free, strict=False)}
        term = rewrite(term, lambda part: letters.get(str(part.data), part) if part.op == "name" else part)
    return _written(term)


def _written(term: Term) -> str:
    args = term.args
    match term.op:
        case "num" | "name":
            return str(term.data)
        case "const":
            return _CONSTANTS.get(term.label, term.label)
        case "text":
            return rf"\text{{{term.label}}}"
        case "empty":
            return ""
        case "add":
            return "+".join(map(_written, args)).replace("+-", "-")
        case "mul" | "ordered":
            return _product(args)
        case "pow":
            return rf"\frac{{1}}{{{_written(args[0])}}}" if args[1] == MINUS_ONE else _power(args[0], args[1])
        case "juxt":
            return "".join(map(_written, args))
        case "sub":
            return f"{_written(args[0])}_{{{_written(args[1])}}}"
        case "app":
            return f"{_written(args[0])}({', '.join(map(_written, args[1:]))})"
        case "fn":
            return f"{_function_name(term.label)}({', '.join(map(_written, args))})"
        case "chain":
            links = zip(["", *term.relations], map(_written, args), strict=True)
            return "".join(f" {sign} {side}" if sign else side for sign, side in links)
        case "sum" | "prod" | "lim" | "int" | "big":
            return _with_bounds(term)
        case "deriv":
            sign = term.derivation.sign
            return rf"\frac{{{sign}}}{{{sign} {_written(args[1])}}} {_written(args[0])}"
        case "op":
            return _sign(term)
    return ", ".join(map(_written, args))


def _grouped(term: Term) -> str:
    """A term with brackets around a sum."""
    return f"({_written(term)})" if term.op == "add" else _written(term)


def _product(args: Iterable[Term]) -> str:
    factors = ["-" if factor == MINUS_ONE else _grouped(factor) for factor in args]
    return " ".join(factors).replace("- ", "-")


def _power(base: Term, exponent: Term) -> str:
    inner = _written(base)
    return f"{inner if base.op in ('name', 'num', 'const') else f'({inner})'}^{{{_written(exponent)}}}"


def _function_name(label: str) -> str:
    return rf"\{label}" if label in _COMMANDS else rf"\operatorname{{{label}}}"


_COMMANDS = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan ln max min gcd".split()
)


def _with_bounds(term: Term) -> str:
    body, variable, low, high = map(_written, term.args)
    if term.op == "int":
        bounds = f"_{{{low}}}" * bool(low) + f"^{{{high}}}" * bool(high)
        return rf"\int{bounds} {body}\,d{variable}"
    sign = _BOUNDED.get(term.op, str(term.data))
    relation = r" \rightarrow " if term.op == "lim" else "="
    under = f"{variable}{relation}{low}" if low else variable
    return f"{sign}_{{{under}}}" + f"^{{{high}}}" * bool(high) + f" {body}"


def _sign(term: Term) -> str:
    label, args = str(term.data), term.args
    if label in _JOINED:
        return _JOINED[label].join(map(_written, args)).replace("+-", "-")
    if label in _TRANSPARENT and args:
        return _written(args[-1])
    if not args:
        return label
    first = _written(args[0])
    if label.startswith("'") or label == "derived":
        return first + (label if label.startswith("'") else "'")
    if label.startswith("^"):
        return f"{first}^{{{label[1:]}}}"
    if len(args) == 1:
        return f"{label}{{{first}}}" if label.startswith("\\") else first
    return f" {label} ".join(filter(None, map(_written, args)))
