"""Factors side by side: names and their scripts, functions, large operators, integrals, brackets.

The precedence follows common use: a function without brackets takes the factors up to the next function, a sum or
a limit the whole product that follows, an integral everything up to its differential.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from hmer_suite.equiv.reading.atoms.atom_types import Atom, Bracket
from hmer_suite.equiv.reading.atoms.shapes import (
    HEADS,
    argument_bracket,
    is_digits,
    is_evaluation,
    is_letter,
    is_single,
    letter_in,
)
from hmer_suite.equiv.reading.factors.brackets import bracketed, evaluated
from hmer_suite.equiv.reading.factors.commands import command
from hmer_suite.equiv.reading.factors.factor_row import CHOICES, FactorRow
from hmer_suite.equiv.reading.factors.functions import bounded, function, head
from hmer_suite.equiv.reading.factors.integrals import Integral, integral, open_integral
from hmer_suite.equiv.reading.factors.kept_brackets import in_brackets
from hmer_suite.equiv.reading.factors.letters import (
    corners,
    differential,
    letter_of,
    letter_or_function,
    prefix_operator,
)
from hmer_suite.equiv.reading.factors.named_in_letters import names_function
from hmer_suite.equiv.reading.factors.numbers import decimal, digits_of, is_mixed, mixed, number, sexagesimal
from hmer_suite.equiv.reading.factors.products import TRANSPOSITIONS, in_order, juxtaposed
from hmer_suite.equiv.reading.factors.words import MEASURES, extreme_as_word, measures
from hmer_suite.equiv.reading.operators import (
    DIFFERENCES,
    FUNCTION_LETTERS,
    GEOMETRY,
    INTEGRALS,
    KNOWN,
    LARGE,
    PREFIX_OPERATORS,
    QUANTIFIERS,
    SUMS,
    SYNONYMS,
)
from hmer_suite.equiv.terms import EMPTY, Term, const, fn, mul, name, negative, num, op, power
from hmer_suite.latex.tree import Node


class Factors(FactorRow):
    """Reads one row of factors."""

    def read(self) -> Term:
        """The product of all factors."""
        if (angle := sexagesimal(self.row)) is not None:
            return angle
        if any(a.kind == b.kind == "num" and a.primes for a, b in pairwise(self.row)):
            self.reader.doubts.add("number")  # 1'000
        if len(self.row) > 1 and all(map(_is_framed, self.row)):
            return Term("list", "quad", tuple(self.reader.statement([atom]) for atom in self.row))
        if any(map(_counts_choices, self.row, self.row[1:], self.row[2:])):
            self.reader.doubts.add("choices")  # 5C2
        if (groups := measures(self.row)) is not None:
            return op(MEASURES, *(self.reader.statement(group) for group in groups))
        if any(map(_is_product_of_functions, self.row, self.row[1:])):
            self.reader.doubts.add("product of functions")  # (fg)(x)
        if any(map(_is_between_factors, self.row, self.row[1:], self.row[2:])):
            self.reader.doubts.add("scripts between factors")  # of the one before or of the one after
        is_bearing = any(map(_is_bearing, self.row, self.row[1:], self.row[2:]))
        elements = _are_elements(self.row, self.reader.chemical)
        self.reader.saw_elements |= elements
        factors: list[Term] = []
        while self.at < len(self.row):
            start = self.at
            factor = op("digits", self.factor()) if _counts_units(self.row[start:]) else self.factor()
            if factors and is_mixed(self.row[start - 1], self.row[start]):
                factors[-1] = mixed(self, factors[-1], factor)
            else:
                factors.append(factor)
        if any(a.kind == b.kind == "num" and a.plain for a, b in pairwise(self.row)):
            return self._numbers_apart(factors)
        if len(factors) > 1 and num(0) in factors:
            return op("juxt0", *factors)  # nobody writes 0x: perhaps two statements, perhaps a letter O
        if (elements or is_bearing) and len(factors) > 1:
            return Term("ordered", None, tuple(factors))
        return in_order(factors) if names_function(self.row) and len(factors) > 1 else juxtaposed(factors)

    def _numbers_apart(self, factors: list[Term]) -> Term:
        """Numbers with a space between them: a list, or one number whose digits are in groups of three."""
        groups = [digits_of(atom) for atom in self.row]
        whole = [len(digits.split(".")[0]) for digits in groups]
        if all(atom.plain for atom in self.row) and 0 < whole[0] <= 3 and set(whole[1:]) == {3}:
            self.reader.used.add("thousands")
            if self.reader.choices.thousands == "number":
                return number("".join(groups))
        return op("juxt0", *factors)

    def after_first(self) -> Sequence[Atom]:
        """The atoms after the first factor."""
        self.factor()
        return self.row[self.at :]

    def factor(self) -> Term:
        """The next factor, with its arguments, factorials and percent signs."""
        term = self._primary()
        while (following := self.peek()) is not None and following.kind == "sym":
            if following.token == "!":
                term = self._factorial(term)
            elif following.token == r"\%":
                self.at += 1
                if (after := self.peek()) is not None and after.kind == "num":
                    self.reader.doubts.add("percent")  # 20\% of a number, or a remainder
                term = self.scripted(mul(term, num(Fraction(1, 100))), following)
            elif following.token in (r"\degree", r"\textdegree"):
                self.at += 1
                term = self.scripted(self.degrees(term), following)
            else:
                break
        return term

    def _factorial(self, term: Term) -> Term:
        count = 0
        last = Atom("sym", "!")
        while last.plain and (atom := self.peek()) is not None and atom.token == "!":
            self.at += 1
            count += 1
            last = atom
        return self.scripted(fn("factorial", term) if count == 1 else op("!" * count, term), last)

    def _primary(self) -> Term:
        atom = self.row[self.at]
        self.at += 1
        value = atom.value
        if atom.kind == "sym":
            return self._symbol(atom)
        if atom.kind == "num":
            return decimal(self, atom)
        if isinstance(value, Bracket):
            if is_evaluation(atom):
                return evaluated(self.reader, value, atom)
            alone = len(self.row) == 1 and atom.plain
            return self.scripted(in_brackets(bracketed(self.reader, value, alone), atom), atom)
        if isinstance(value, Integral):
            return integral(self, value, atom)
        if isinstance(value, Node):
            return command(self, value, atom)
        return self._on_nothing(atom)

    def _on_nothing(self, atom: Atom) -> Term:
        r"""Scripts on nothing, or what they belong to: ``{}^tA`` is ``A^T``, ``{}^2\log8`` is ``\log_28``."""
        scripts, following = self.scripted(EMPTY, atom), self.peek()
        if following is not None and following.token == r"\log" and following.plain and atom.sub is None:
            logarithm = Atom("sym", following.token, atom.sup)
            self.row = [*self.row[: self.at], logarithm, *self.row[self.at + 1 :]]
            return self._primary()
        if (
            scripts in _TRANSPOSITIONS
            and following is not None
            and (following.kind == "br" or is_letter(following))
        ):
            return power(self._primary(), name("T"))
        return scripts

    def _symbol(self, atom: Atom) -> Term:
        token = SYNONYMS.get(atom.token, atom.token)
        if atom.plain and (word := extreme_as_word(self, token)) is not None:
            return word
        if token in KNOWN:
            return function(self, KNOWN[token], atom)
        if token in SUMS or token == r"\lim":
            return bounded(self, token, atom)
        if token in INTEGRALS:
            return open_integral(self, token, atom)
        if token in _PARTS and self.peek() is not None:
            return head(self, _PARTS[token], atom)
        if token in HEADS or token in LARGE:
            return head(self, token, atom)
        if token in PREFIX_OPERATORS:
            return prefix_operator(self, token, atom)
        if token in GEOMETRY and self.peek() is not None:
            return op(token, *corners(self, token), self.scripted(EMPTY, atom))
        if token in QUANTIFIERS or token == r"\neg":
            return self._quantified(token, atom)
        if token in ("-", "+", r"\pm", r"\mp"):
            return self._signed(token)
        if token in DIFFERENCES and self.is_before_letter():
            return differential(self, token, atom)
        return letter_or_function(self, letter_of(token), atom)

    def _quantified(self, token: str, atom: Atom) -> Term:
        rest = self.rest()
        if token in QUANTIFIERS and rest.op != "name":
            self.reader.doubts.add("quantifiers in a row")
        return op(token, rest) if atom.plain else op(token, self.scripted(EMPTY, atom), rest)

    def _signed(self, token: str) -> Term:
        rest = self.factor() if self.peek() is not None else EMPTY
        return {"-": negative(rest), r"\pm": mul(const("sign"), rest)}.get(token, rest)


def _counts_units(row: Sequence[Atom]) -> bool:
    """Whether a row begins with a 1 before letters in brackets: nobody writes that factor, but for a unit."""
    bracket = argument_bracket(row[1]) if len(row) > 1 else None
    return (
        bracket is not None and row[0].value == "1" and row[0].plain and all(map(is_letter, bracket.parts[0]))
    )


def _counts_choices(of: Atom, letter: Atom, taken: Atom) -> bool:
    numbers = digits_of(of), digits_of(taken)
    counts = all(map(str.isdecimal, numbers)) and letter.plain and letter.token in CHOICES
    return counts and len(numbers[0]) < 3 and int(numbers[0]) >= int(numbers[1])


def _is_bearing(first: Atom, angle: Atom, second: Atom) -> bool:
    r"""Whether points of the compass stand before and after an angle: ``N60^\circ E``."""
    raised = angle.kind == "num" and angle.sup is not None and not is_digits(angle.sup)
    points = (letter_in(first) or first.token, letter_in(second) or second.token)
    return raised and all(point and point in "NESW" for point in points)


def _is_between_factors(before: Atom, scripts: Atom, after: Atom) -> bool:
    r"""Whether scripts on nothing stand beside two factors, ``a{}_1M``: those of one thing, or a prescript."""
    raised = scripts.kind == "none" and not scripts.plain
    return raised and before.plain and before.kind != "br" and after.kind != "none"


def _is_framed(atom: Atom) -> bool:
    """Whether an atom is a result in a frame."""
    return atom.plain and isinstance(atom.value, Node) and atom.value.name in (r"\boxed", r"\fbox")


def _is_product_of_functions(bracket: Atom, argument: Atom) -> bool:
    if not isinstance(bracket.value, Bracket) or bracket.value.open != "(" or not bracket.plain:
        return False
    inner = bracket.value.parts[0]
    if len(inner) < 2 or any(atom.token not in FUNCTION_LETTERS for atom in inner):
        return False
    values = argument_bracket(argument)
    return values is not None and is_single(values.parts[0])


_TRANSPOSITIONS = frozenset(
    power(EMPTY, name(sign)) for sign in (*TRANSPOSITIONS, "t", r"\mathrm{t}", r"\mathsf{t}")
)
"""Scripts that transpose the matrix behind them."""

_PARTS = {r"\Re": r"\operatorname{Re}", r"\Im": r"\operatorname{Im}"}
"""Commands of the real and the imaginary part."""


_ELEMENTS = frozenset(
    """H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr
    Nb Mo Ag Cd In Sn Sb Te I Xe Cs Ba W Pt Au Hg Pb Bi U""".split()
)


def _are_elements(row: Sequence[Atom], chemical: bool) -> bool:
    """Whether letters side by side can be read as a chemical formula: elements, at least one of them counted.

    If there is another chemical formula (*chemical*), a single symbol such as ``Cu`` is one too.
    """
    letters = row[1:] if row and row[0].kind == "num" else row
    if len(letters) < 2 or any(len(atom.token) != 1 or not atom.token.isalpha() for atom in letters):
        return False
    counted = any(is_digits(atom.sub) for atom in letters)
    index = found = 0
    while index < len(letters):
        pair = letters[index].token + (letters[index + 1].token if index + 1 < len(letters) else "")
        if pair in _ELEMENTS and letters[index].plain and len(pair) == 2:
            index += 2
        elif letters[index].token in _ELEMENTS:
            index += 1
        else:
            return False
        found += 1
    return chemical or (counted and found > 1)
