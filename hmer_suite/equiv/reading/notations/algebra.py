r"""Abstract algebra: permutations, fields, groups by generators, ``\mathbb Z/n\mathbb Z``, ``[G:H]``, commutators."""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import EMPTY, MINUS_ONE, Term, inverse, mul, name, num, op, power

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


def _indices_of_subgroups(parts: list[Term]) -> Change | None:
    """Bars around the index of a subgroup as brackets: ``|G:H|``."""
    if not any(map(_is_barred_ratio, parts)):
        return None
    return lambda term: term.args[0] if _is_barred_ratio(term) else term


def _is_barred_ratio(term: Term) -> bool:
    return term.op == "fn" and term.data == "abs" and term.args[0].op == "op" and term.args[0].data == ":"


_INTEGERS = name(r"\mathbb{Z}")


def _residues(parts: list[Term]) -> Change | None:
    r"""``\mathbb Z/n\mathbb Z`` as ``\mathbb Z_n``, if the pair has an index of the integers."""
    if not any(part.op == "sub" and part.args[0] in (_INTEGERS, _FIELD) for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op != "mul" or term.args[0] != _INTEGERS or len(term.args) != 2 or term.args[1].op != "pow":
            return term
        below, exponent = term.args[1].args
        if exponent != MINUS_ONE or below.op not in ("mul", "ordered") or below.args[-1] != _INTEGERS:
            return term
        return Term("sub", None, (_INTEGERS, mul(*below.args[:-1])))

    return change


def _fields(parts: list[Term]) -> Change | None:
    r"""``GF(p)`` as ``\mathbb F_p``, and both as ``\mathbb Z_p`` beside integers."""
    beside_integers = _INTEGERS in parts

    def change(term: Term) -> Term:
        if term.op == "mul" and term.args[0] == name("G") and len(term.args) == 2:
            inner = term.args[1]
            if inner.op == "app" and inner.args[0] == name("F") and len(inner.args) == 2:
                term = Term("sub", None, (_FIELD, inner.args[1]))
        of_field = beside_integers and term.op == "sub" and term.args[0] == _FIELD
        return term.with_args((_INTEGERS, term.args[1])) if of_field else term

    return change if not {_FIELD, name("F")}.isdisjoint(parts) else None


_FIELD = name(r"\mathbb{F}")


def _residues_by_number(parts: list[Term]) -> Change | None:
    r"""``\mathbb Z/n`` as ``\mathbb Z_n``, if the pair has an index of the integers."""

    def change(term: Term) -> Term:
        if term.op != "mul" or len(term.args) != 2 or term.args[0] != _INTEGERS or term.args[1].op != "pow":
            return term
        below, exponent = term.args[1].args
        by_number = exponent == MINUS_ONE and below.op in ("name", "num")
        return Term("sub", None, (_INTEGERS, below)) if by_number else term

    return change if any(part.op == "sub" and part.args[0] in (_INTEGERS, _FIELD) for part in parts) else None


def _linear_groups(parts: list[Term]) -> Change | None:
    r"""``GL_n(\mathbb R)`` and ``\mathrm{GL}(n,\mathbb R)`` alike: letters as a word, the index as an argument."""

    def change(term: Term) -> Term:
        if term.op == "mul" and term.args[-1].op == "app":
            *letters, value = term.args
            term = _of_group("".join(str(letter.data) for letter in letters), value) or term
        is_group = term.op == "app" and term.args[0].op == "sub" and term.args[0].args[0] in _GROUPS.values()
        return term.with_args((*term.args[0].args, *term.args[1:])) if is_group else term

    return change if any(part.op == "app" for part in parts) else None


_GROUPS = {
    word: name(rf"\operatorname{{{word}}}") for word in ("GL", "SL", "PGL", "PSL", "SO", "SU", "Sp", "GU")
}
"""Groups of matrices."""


def _of_group(before: str, value: Term) -> Term | None:
    """The value of a group whose name is spelt in letters, the last of which was taken for the function."""
    head = value.args[0]
    letter = head.args[0] if head.op == "sub" else head
    group = _GROUPS.get(before + str(letter.data))
    if group is None:
        return None
    return value.with_args(
        (head.with_args((group, head.args[1])) if head.op == "sub" else group, *value.args[1:])
    )


def _ideals(parts: list[Term]) -> Change | None:
    r"""``K[x]/\langle p\rangle`` as ``K[x]/(p)``."""
    return lambda term: (
        inverse(term.args[0].args[0])
        if term.op == "pow"
        and term.args[1] == MINUS_ONE
        and term.args[0].op == "op"
        and term.args[0].data == "<|<"
        else term
    )


def _units(parts: list[Term]) -> Change | None:
    r"""``K^\times`` as ``K^*``, if the pair has both."""
    if not {part.data for part in parts if part.op == "op"} >= {r"^\times", "^*"}:
        return None
    return lambda term: op("^*", *term.args) if term.op == "op" and term.data == r"^\times" else term


def _commutators(parts: list[Term]) -> Change | None:
    """Two operators in square brackets in an equation as a commutator, which changes its sign with their order."""
    if not any(map(has_commutator, parts)):
        return None

    def change(term: Term) -> Term:
        if not has_commutator(term):
            return term
        return term.with_args(
            tuple(_commutator(side) if _is_commutator(side) else side for side in term.args)
        )

    return change


def has_commutator(term: Term) -> bool:
    """Whether a term is an equation with two operators in square brackets on a side."""
    if term.op != "chain" or set(term.relations) != {"="}:
        return False
    return any(map(_is_commutator, term.args)) and not all(arg.op in ("tuple", "set") for arg in term.args)


def _is_commutator(term: Term) -> bool:
    if term.op == "sub" and term.args[1] == EMPTY:
        return _is_commutator(term.args[0])
    if term.op != "tuple" or term.data != ("[", "[") or len(term.args) != 2:
        return False
    return any(arg.op != "num" for arg in term.args)


def _commutator(term: Term) -> Term:
    if term.op == "sub":
        return Term("set", None, term.args[0].args)  # an anticommutator
    first, second = term.args
    swapped = repr(second) < repr(first)
    found = op("commutator", *((second, first) if swapped else (first, second)))
    return mul(MINUS_ONE, found) if swapped else found


CHANGES = (
    _permutations,
    _extensions,
    _presentations,
    _indices_of_subgroups,
    _linear_groups,
    _fields,
    _residues,
    _residues_by_number,
    _ideals,
    _units,
    _commutators,
)
"""What is looked for in the parts of a pair, in this order."""
