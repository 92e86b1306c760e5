r"""Signs of abstract algebra written alike: permutations, fields with adjoined roots, groups by generators."""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.reading.notations.marks import Change
from hmer_suite.equiv.terms import Term, name, num, op, power

_SPACED = "juxt0"


def _permutations(parts: list[Term]) -> Change | None:
    """Cycles with spaces as those with commas or with nothing between the numbers, and two rows as their only cycle."""
    spaced = any(map(_is_spaced, parts))
    commas = any(part.op == "tuple" and all(arg.op == "num" for arg in part.args) for part in parts)
    numbers = {part.value for part in parts if part.op == "num"}
    if not spaced and not commas:
        return None

    def change(term: Term) -> Term:
        if term.op == "matrix" and term.width * 2 == len(term.args):
            term = _cycle(term.args[: term.width], term.args[term.width :]) or term
        if not _is_spaced(term):
            return term
        if commas:
            return Term("tuple", ("(", "("), term.args)
        joined = int("".join(str(arg.value) for arg in term.args))
        is_cycle = len(term.args) > 2 or not _PERMUTATIONS.isdisjoint(parts)
        return num(joined) if joined in numbers and is_cycle else term

    return change


_PERMUTATIONS = frozenset(map(name, (r"\sigma", r"\tau", r"\rho", r"\pi")))


def _is_spaced(term: Term) -> bool:
    """Whether a term is digits with spaces between them."""
    return term.op == "op" and term.data == _SPACED and all(_is_digit(arg) for arg in term.args)


def _is_digit(term: Term) -> bool:
    return term.op == "num" and term.value in range(10)


def _cycle(above: tuple[Term, ...], below: tuple[Term, ...]) -> Term | None:
    """The cycle that two rows describe, without the numbers that stay in place; None if they are no cycle."""
    images = {start: end for start, end in zip(above, below, strict=True) if start != end}
    if not images or set(images) != set(images.values()) or not all(map(_is_digit, images)):
        return None
    cycle = [next(iter(images))]
    while (following := images[cycle[-1]]) != cycle[0]:
        cycle.append(following)
    return op(_SPACED, *cycle) if len(cycle) == len(images) else None


def _extensions(parts: list[Term]) -> Change | None:
    r"""What is adjoined to a field in any order, roots of whole numbers by their squarefree part."""

    def change(term: Term) -> Term:
        if term.op not in ("app", "mul") or not _is_field(term.args[0]):
            return term
        return op("adjoined", term.args[0], *sorted(map(_squarefree, term.args[1:]), key=repr))

    return change if any(part.op in ("app", "mul") and _is_field(part.args[0]) for part in parts) else None


def _is_field(term: Term) -> bool:
    return term.op == "name" and term.label in (r"\mathbb{Q}", r"\mathbb{R}", r"\mathbb{F}", r"\mathbb{C}")


def _squarefree(term: Term) -> Term:
    """The root of a whole number without the factors that are whole."""
    if term.op != "pow" or term.args[0].op != "num" or term.args[1] not in _HALVES:
        return term
    number, divisor = term.args[0].value, 2
    while divisor < _LARGEST and divisor * divisor <= abs(number):
        if number % divisor**2:
            divisor += 1
        else:
            number /= divisor**2
    return power(num(number), term.args[1])


_HALVES = (num(Fraction(1, 2)), power(num(2), num(-1)))
_LARGEST = 1000
"""Squares of greater numbers are not taken out."""


def _presentations(parts: list[Term]) -> Change | None:
    r"""Generators and relators of a group in any order: ``\langle a,b\mid a^2,b^3\rangle``."""

    def change(term: Term) -> Term:
        if term.op != "ordered" or [arg.data for arg in term.args] != ["<||", "||<"]:
            return term
        lists = [part.args[0].args if part.args[0].op == "list" else part.args for part in term.args]
        if all(len(given) == 1 for given in lists):
            return term  # a bra and a ket
        return op("presentation", *(op("any order", *sorted(given, key=repr)) for given in lists))

    return change if any(part.op == "op" and part.data == "||<" for part in parts) else None


ALGEBRA_SIGNS = (_permutations, _extensions, _presentations)
"""The changes that write signs of algebra alike, each for the parts of both sides."""
