"""Numbers: decimals, repeating decimals, mixed numbers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.shapes import FRACTIONS, argument_of, is_digits, items_of
from hmer_suite.equiv.reading.factors.factor_row import FactorRow
from hmer_suite.equiv.terms import Term, const, mul, name, num
from hmer_suite.latex.tree import Node

MAX_DIGITS = 4000
"""Longer numbers are read as names: their conversion takes quadratic time."""


def number(digits: str) -> Term:
    """The number that *digits* write; ``1{,}000`` is a thousand, ``1{,}5`` one and a half."""
    digits = _without_commas(digits)
    if digits.count(".") > 1:
        return name(digits)  # 1{,}5.2 and 1{,}5{,}2 are neither a number with a comma nor one with a point
    if len(digits) > MAX_DIGITS or (len(digits) > 1 and digits[0] == "0" and digits.isdecimal()):
        return name(digits)  # a leading zero is not written in numbers
    return num(Fraction(digits))


def _without_commas(digits: str) -> str:
    """Digits without commas between thousands, and with a point for a decimal comma."""
    head, *groups = digits.split("{,}")
    if groups and head[:1] != "0" and all(len(group.split(".")[0]) == 3 for group in groups):
        return head + "".join(groups)
    return ".".join((head, *groups))


def digits_of(atom: Atom) -> str:
    """The digits of a number, perhaps with a point; empty for any other atom."""
    return atom.value if atom.kind == "num" and isinstance(atom.value, str) else ""


def decimal(factors: FactorRow, atom: Atom) -> Term:
    """A number with its scripts; the digits that it repeats are read too."""
    following = factors.peek()
    digits = _without_commas(digits_of(atom))
    if following is not None and atom.plain and digits.count(".") == 1 and _period(following) is not None:
        return _repeating(factors, digits)
    return factors.scripted(number(digits_of(atom)), atom)


def _repeating(factors: FactorRow, digits: str) -> Term:
    """``0.1\\overline{3}``, ``0.\\dot{1}4\\dot{2}``: a repeating decimal, with the scripts at its end."""
    period, dots, last = "", 0, Atom("num", digits)
    while (following := factors.peek()) is not None and dots < 2 and last.plain:
        more = _period(following)
        if more is None and not (dots and following.plain and digits_of(following).isdecimal()):
            break
        factors.at += 1
        last = following
        period += digits_of(following) if more is None else more
        lined = isinstance(following.value, Node) and following.value.name in (r"\overline", r"\bar")
        dots += 2 if lined else more is not None
    fixed = digits.partition(".")[2]
    head = Fraction(digits + "0")
    value = num(head + Fraction(int(period), 10 ** len(fixed) * (10 ** len(period) - 1)))
    return factors.scripted(value, last)


def _period(atom: Atom) -> str | None:
    """The digits under a dot or a line, which repeat."""
    if (
        not isinstance(atom.value, Node)
        or atom.value.name not in (r"\dot", r"\overline", r"\bar")
        or atom.sub is not None
        or atom.primes
    ):
        return None
    content = argument_of(atom.value)
    return "".join(item.name for item in items_of(content)) if is_digits(content) else None


def with_thousands(row: Sequence[Atom]) -> list[Atom] | None:
    """A row with commas between groups of three digits dropped, ``y = 1,000``; None if it has no such groups."""
    out: list[Atom] = []
    index, found = 0, False
    while index < len(row):
        end = _end_of_groups(row, index)
        if end > index + 1 and not _is_comma(row, index - 1) and not _is_comma(row, end):
            last = row[end - 1]
            digits = "".join(map(digits_of, row[index:end:2]))
            out.append(Atom("num", digits, last.sub, last.sup, last.primes))
            index, found = end, True
        else:
            out.append(row[index])
            index += 1
    return out if found else None


def _is_comma(row: Sequence[Atom], index: int) -> bool:
    return 0 <= index < len(row) and row[index].token == ","


def _end_of_groups(row: Sequence[Atom], start: int) -> int:
    """Where the groups of digits end that begin at *start*, the first of them of one to three digits."""
    first = digits_of(row[start])
    if not (row[start].plain and first.isdecimal() and len(first) <= 3 and first[0] != "0"):
        return start
    end = start + 1
    while _is_comma(row, end) and row[end].plain and row[end - 1].plain and end + 1 < len(row):
        if len(digits_of(row[end + 1]).split(".")[0]) != 3 or "." in digits_of(row[end - 1]):
            break
        end += 2
    return end


def sexagesimal(row: Sequence[Atom]) -> Term | None:
    r"""An angle in degrees, minutes and perhaps seconds, ``15^\circ 30' 36''``; None for any other row."""
    if len(row) not in (2, 3) or any(atom.kind != "num" for atom in row) or not _is_degrees(row[0]):
        return None
    value = Fraction(0)
    for primes, atom in enumerate(row[1:], start=1):
        digits = digits_of(atom)
        if atom.primes != primes or atom.sub is not None or atom.sup is not None or "," in digits:
            return None
        if (part := Fraction(digits)) >= 60:
            return None
        value += part / 60**primes
    return mul(num(Fraction(digits_of(row[0])) + value), const("deg"))


def _is_degrees(atom: Atom) -> bool:
    """Whether a number has a degree sign for its exponent."""
    if atom.sup is None or atom.sub is not None or atom.primes or "," in digits_of(atom):
        return False
    items = items_of(atom.sup)
    return len(items) == 1 and items[0].kind == "symbol" and items[0].name == r"\circ"


def is_mixed(before: Atom, here: Atom) -> bool:
    """Whether two neighbours look like a mixed number: ``2 \\frac12``."""
    if not (before.plain and digits_of(before).isdecimal() and isinstance(here.value, Node)):
        return False
    return here.value.name in FRACTIONS and all(map(is_digits, here.value.children[1:]))


def mixed(factors: FactorRow, whole: Term, part: Term) -> Term:
    """A whole number and a fraction: their sum or their product."""
    factors.reader.used.add("mixed")
    if factors.reader.choices.mixed == "product":
        return mul(whole, part)
    if part.op == "mul" and factors.row[factors.at - 1].token == r"\%":
        return mul(Term("add", None, (whole, *part.args[:-1])), part.args[-1])
    return Term("add", None, (whole, part))
