r"""Formulas sampled from a weighted grammar, for synthetic handwriting.

The grammar covers every token of CROHME's labels, weighted roughly by its frequency there; lengths follow CROHME's
too: half of the formulas have at most 13 tokens, one in a hundred more than 55. Every formula is valid and canonical
(`hmer_suite.canonical` leaves it unchanged).
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate

from hmer_suite.handwriting.weighted_choice import WeightedChoice

Tokens = list[str]

LONGEST = 60
"""Largest number of tokens asked for; the grammar may exceed it by a few."""


def sample_formula(rng: random.Random) -> str:
    """A formula as tokens separated by spaces, determined by the state of `rng`."""
    return " ".join(_Sampler(rng).formula(_length(rng)))


def _length(rng: random.Random) -> int:
    """Number of tokens of a formula: log-normal, mixed with 9 % of formulas of one to three tokens."""
    if rng.random() < 0.09:
        return 1 + int(rng.random() * 3)
    while True:
        length = round(rng.lognormvariate(2.78, 0.7))
        if 3 <= length <= LONGEST:
            return length


_choice = lru_cache(WeightedChoice.parse)


_LETTER = _choice(
    r"""x=>50 a=>24 n=>20 y=>18 b=>16 z=>11 c=>9 i=>4 t=>7 f=>3 k=>3.5 p=>6 r=>5 m=>4 e=>5 u=>3 g=>2 q=>4 j=>2 d=>4
    v=>3 h=>3 s=>3 w=>2 o=>1 l=>1.5 X=>3 A=>4 C=>3 B=>4 R=>2.5 F=>2 E=>2 L=>2 N=>2 S=>2 Y=>1.6 P=>1.6 V=>1.6
    H=>1.5 M=>1.5 T=>1.5 G=>1.4 I=>1.2 \alpha=>5 \beta=>4 \gamma=>1.6 \theta=>6 \phi=>1.6 \pi=>4 \sigma=>1
    \mu=>1 \lambda=>0.8 \Delta=>0.6"""
)
_DIGIT = _choice("1=>30 2=>34 3=>17 4=>12 5=>8 6=>7 7=>6.5 8=>6.5 9=>6.5 0=>8")
_LEADING = _choice("1=>30 2=>34 3=>17 4=>12 5=>8 6=>7 7=>6.5 8=>6.5 9=>6.5")
_OPERATOR = _choice(r"+=>48 -=>38 \times=>6 \cdot=>2 \pm=>1.8 \div=>1.5 /=>2.4")
_RELATION = _choice(r"==>70 \leq=>5 \geq=>4 <=>3 >=>2 \neq=>4 \rightarrow=>3 \in=>0.8")
_FUNCTION = _choice(r"\sin=>30 \cos=>24 \tan=>12 \log=>12")
_CALLED = _choice("f=>10 g=>2 P=>1.2 F=>1.2 h=>1 p=>1 y=>1 u=>1 T=>1")
_INDEX = _choice(r"i=>8 n=>10 k=>4 j=>3 1=>10 2=>7 0=>5 m=>3 3=>3 a=>2 x=>2 \alpha=>1 \beta=>1 t=>1 l=>0.5")
_VARIABLE = _choice(r"x=>10 y=>4 t=>3 z=>2 \theta=>2 u=>1 r=>1")
_COUNTER = _choice("i=>6 n=>5 k=>2 j=>1")
_BOUND = _choice(r"0=>6 1=>5 a=>3 b=>2 \infty=>4 n=>3 \pi=>2 2=>2 T=>0.5 R=>0.5")
_LIMIT_POINT = _choice(r"\infty=>6 0=>6 a=>2 1=>1 c=>0.5")
_DOTS = _choice(r"\ldots=>4 \cdots=>2")
_PRIMED = _choice("f=>5 g=>2 y=>3 x=>3 u=>1 A=>1 \\phi=>0.5")


_Row = tuple[float, int, "Callable[[_Sampler, int], Tokens]"]
"""Weight, least length in tokens, and the method that writes the construct."""

_ANY_FITS = 9
"""Every construct fits into this length."""


@lru_cache
def _fitting(
    table: tuple[_Row, ...], length: int
) -> tuple[list[float], list[Callable[[_Sampler, int], Tokens]]]:
    """Cumulative weights and methods of the constructs in a table that fit into `length` tokens."""
    rows = [row for row in table if row[1] <= length]
    return list(accumulate(weight for weight, _, _ in rows)), [write for _, _, write in rows]


class _Sampler:
    """Writes formulas of about a given number of tokens, with one method for each construct."""

    def __init__(self, rng: random.Random):
        self.rng = rng

    def formula(self, length: int) -> Tokens:
        if length <= 2:
            return self.term(length)
        return self.construct(_FORMULAS, length)

    def construct(self, table: tuple[_Row, ...], length: int) -> Tokens:
        """A random construct from a table, among those that fit into the length."""
        bounds, constructs = _fitting(table, min(length, _ANY_FITS))
        return constructs[bisect(bounds, self.rng.random() * bounds[-1])](self, length)

    def shares(self, length: int, parts: int) -> list[int]:
        """A length divided at random into parts of at least one token."""
        weights = [0.25 + self.rng.random() for _ in range(parts)]
        total = sum(weights)
        return [max(1, round(length * weight / total)) for weight in weights]

    def pick(self, words: str) -> str:
        return _choice(words)(self.rng)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    # --- whole formulas -------------------------------------------------------------------------------------

    def expression(self, length: int) -> Tokens:
        """Terms joined by operators."""
        most = min(4, 1 + length // 5)
        count = 1 + int(self.rng.random() * most * 0.85) if length > 2 else 1
        return self.terms(length, count)

    def terms(self, length: int, count: int) -> Tokens:
        tokens: Tokens = ["-"] if self.chance(0.06) and length > 1 else []
        for number, share in enumerate(self.shares(length - count + 1 - len(tokens), count)):
            if number:
                tokens.append(_OPERATOR(self.rng))
            tokens += self.term(share)
        return tokens

    def relation(self, length: int) -> Tokens:
        left, right = self.shares(length - 1, 2)
        if self.chance(0.35):
            left, right = min(left, right), max(left, right)
        return [*self.expression(left), _RELATION(self.rng), *self.expression(right)]

    def chain(self, length: int) -> Tokens:
        first, second, third = self.shares(length - 2, 3)
        between = [_RELATION(self.rng), _RELATION(self.rng)]
        return [
            *self.expression(first),
            between[0],
            *self.expression(second),
            between[1],
            *self.expression(third),
        ]

    def sequence(self, length: int) -> Tokens:
        """Terms separated by commas, possibly with dots, possibly in delimiters."""
        parts = max(2, min(4, length // 3))
        tokens: Tokens = []
        for number, share in enumerate(self.shares(length - 2 * parts, parts)):
            if number:
                tokens.append(",")
                if number == parts - 1 and parts > 2 and self.chance(0.7):
                    tokens += [_DOTS(self.rng), ","]
            tokens += self.term(share)
        style = self.rng.random()
        if style < 0.3:
            return ["\\{", *tokens, "\\}"]
        if style < 0.5:
            return ["(", *tokens, ")"]
        if style < 0.62:
            return ["[", *tokens, "]"]
        return tokens

    def membership(self, length: int) -> Tokens:
        """A statement about the elements of a set."""
        variable, whole = _VARIABLE(self.rng), self.pick("R=>3 A=>2 N=>2 X=>2 B=>1 S=>1")
        tokens = [variable, "\\in", whole]
        if self.chance(0.75):
            tokens.insert(0, "\\forall" if self.chance(0.6) else "\\exists")
        if length > 7:
            tokens += [",", *self.relation(length - 5)]
        return tokens

    def long_sum(self, length: int) -> Tokens:
        """A sum or list written as first, second, dots, last."""
        letter, operator = _LETTER(self.rng), "+" if self.chance(0.85) else ","
        last = self.pick("n=>5 k=>2 m=>1")
        dots = "\\cdots" if operator == "+" else "\\ldots"
        if self.chance(0.5):
            terms = [[letter, "_", "{", index, "}"] for index in ("1", "2", last)]
        else:
            terms = [["1"], ["2"], [last]]
        first, second, end = terms
        return [*first, operator, *second, operator, dots, operator, *end]

    def decimal(self, length: int) -> Tokens:
        whole, part = self.shares(min(length, 7) - 1, 2)
        return [*self.number(whole), ".", *(_DIGIT(self.rng) for _ in range(part))]

    def calculation(self, length: int) -> Tokens:
        """Arithmetic with numbers only."""
        count = max(2, min(4, length // 3))
        tokens: Tokens = []
        for number in range(count):
            if number:
                operator = self.pick(r"+=>5 -=>4 \times=>4 \div=>3")
                tokens.append("=" if number == count - 1 and count > 2 else operator)
            tokens += self.number(1 + int(self.rng.random() * 3))
        return tokens

    # --- terms ----------------------------------------------------------------------------------------------

    def term(self, length: int) -> Tokens:
        if length <= 1:
            return self.atom(length)
        return self.construct(_TERMS, length)

    def atom(self, length: int) -> Tokens:
        if self.chance(0.3):
            return [_DIGIT(self.rng)]
        return [_LETTER(self.rng) if self.chance(0.985) else "\\infty"]

    def number(self, length: int) -> Tokens:
        count = max(1, min(length, 4))
        return [_LEADING(self.rng), *(_DIGIT(self.rng) for _ in range(count - 1))]

    def product(self, length: int) -> Tokens:
        """Factors side by side, a number only as the first."""
        count = 2 if length < 5 or self.chance(0.7) else 3
        shares = self.shares(length, count)
        front = self.number(1 if self.chance(0.85) else 2) if self.chance(0.45) else self.factor(shares[0])
        return [*front, *(token for share in shares[1:] for token in self.factor(share))]

    def factor(self, length: int) -> Tokens:
        """A term that may follow another one without reading as a number."""
        return [_LETTER(self.rng)] if length <= 1 else self.construct(_FACTORS, length)

    def power(self, length: int) -> Tokens:
        exponent = self.exponent(length - 4)
        room = length - 3 - len(exponent)
        if room > 4 and self.chance(0.8):
            base = self.parenthesis(room)
        elif self.chance(0.12):
            base = self.number(1)
        else:
            base = [_LETTER(self.rng)]
        return [*base, "^", "{", *exponent, "}"]

    def exponent(self, length: int) -> Tokens:
        if length < 3 or self.chance(0.72):
            return ["2" if self.chance(0.4) else _INDEX(self.rng)]
        return self.expression(min(length, 3 + int(self.rng.random() * 7)))

    def subscript(self, length: int) -> Tokens:
        return [_LETTER(self.rng), "_", "{", *self.index(length - 4), "}"]

    def index(self, length: int) -> Tokens:
        if length < 3 or self.chance(0.75):
            return (
                [_INDEX(self.rng)] if length < 2 or self.chance(0.8) else [_INDEX(self.rng), _INDEX(self.rng)]
            )
        return [
            _INDEX(self.rng),
            "+" if self.chance(0.6) else "-",
            "1" if self.chance(0.6) else _DIGIT(self.rng),
        ]

    def both_scripts(self, length: int) -> Tokens:
        return [*self.subscript(length - 4), "^", "{", *self.exponent(length - 8), "}"]

    def fraction(self, length: int) -> Tokens:
        above, below = self.shares(length - 5, 2)
        return ["\\frac", "{", *self.expression(above), "}", "{", *self.expression(below), "}"]

    def root(self, length: int) -> Tokens:
        return ["\\sqrt", "{", *self.expression(length - 3), "}"]

    def indexed_root(self, length: int) -> Tokens:
        index = "3" if self.chance(0.5) else self.pick("n=>4 4=>2 5=>1 k=>1 m=>1")
        return ["\\sqrt", "[", index, "]", "{", *self.expression(length - 6), "}"]

    def parenthesis(self, length: int) -> Tokens:
        opening, closing = ("[", "]") if self.chance(0.09) else ("(", ")")
        count = 2 if length < 12 or self.chance(0.8) else 3
        return [opening, *self.terms(length - 2, count if length > 4 else 1), closing]

    def absolute(self, length: int) -> Tokens:
        return ["|", *self.expression(length - 2), "|"]

    def function(self, length: int) -> Tokens:
        name = [_FUNCTION(self.rng)]
        room = length - 1
        if name == ["\\log"] and room > 5 and self.chance(0.5):
            name += ["_", "{", self.base(), "}"]
            room -= 4
        elif room > 5 and self.chance(0.3):
            name += ["^", "{", "2" if self.chance(0.8) else "3", "}"]
            room -= 4
        if room > 3 and self.chance(0.5):
            return [*name, *self.parenthesis(room)]
        return [*name, *self.factor(min(room, 6))]

    def base(self) -> str:
        return self.pick("2=>4 a=>4 3=>1 b=>2 x=>1")

    def call(self, length: int) -> Tokens:
        if length > 6 and self.chance(0.3):
            return [_CALLED(self.rng), "(", *self.expression(length - 3), ")"]
        arguments = (
            [_VARIABLE(self.rng)] if self.chance(0.85) else [_VARIABLE(self.rng), ",", _LETTER(self.rng)]
        )
        return [_CALLED(self.rng), "(", *arguments, ")"]

    def primed(self, length: int) -> Tokens:
        tokens = [_PRIMED(self.rng), "^", "{", "\\prime", *(["\\prime"] * self.chance(0.15)), "}"]
        return [*tokens, "(", "x", ")"] if length > 7 and self.chance(0.5) else tokens

    def factorial(self, length: int) -> Tokens:
        if length > 5 and self.chance(0.4):
            return [*self.parenthesis(min(length - 1, 6)), "!"]
        return [self.pick("n=>5 k=>2 m=>1 5=>1 4=>1 3=>1"), "!"]

    def sum(self, length: int) -> Tokens:
        counter = _COUNTER(self.rng)
        start = "0" if self.chance(0.4) else "1"
        end = self.pick(r"n=>6 \infty=>5 N=>1 m=>1 k=>1")
        tokens = ["\\sum", "_", "{", counter, "=", start, "}", "^", "{", end, "}"]
        if self.chance(0.15):
            tokens = ["\\sum", "_", "{", counter, "}"]
        return [*tokens, *self.term(max(1, length - len(tokens)))]

    def integral(self, length: int) -> Tokens:
        variable = _VARIABLE(self.rng)
        tokens = ["\\int"]
        room = length - 3
        if room > 9 and self.chance(0.75):
            bounds = ["_", "{", *self.bound(), "}", "^", "{", *self.bound(), "}"]
            tokens += [*(["\\limits"] * self.chance(0.4)), *bounds]
            room -= len(tokens) - 1
        elif room > 5 and self.chance(0.3):
            tokens += ["_", "{", self.pick("C=>2 V=>1 S=>1 A=>1"), "}"]
            room -= 4
        return [*tokens, *self.expression(max(1, room)), "d", variable]

    def bound(self) -> Tokens:
        return [*(["-"] * self.chance(0.2)), _BOUND(self.rng)]

    def limit(self, length: int) -> Tokens:
        variable = self.pick("x=>6 n=>5 h=>1 t=>1")
        tokens = ["\\lim", "_", "{", variable, "\\rightarrow", _LIMIT_POINT(self.rng), "}"]
        return [*tokens, *self.term(max(1, length - len(tokens)))]

    def derivative(self, length: int) -> Tokens:
        above = ["d", _VARIABLE(self.rng)] if self.chance(0.7) else ["d"]
        return ["\\frac", "{", *above, "}", "{", "d", _VARIABLE(self.rng), "}"]


_FORMULAS = (
    (46, 3, _Sampler.expression),
    (38, 3, _Sampler.relation),
    (4, 7, _Sampler.chain),
    (2, 6, _Sampler.sequence),
    (0.3, 4, _Sampler.membership),
    (2.5, 7, _Sampler.long_sum),
    (2.6, 3, _Sampler.decimal),
    (4, 5, _Sampler.calculation),
)
_FACTORS = (
    (50, 5, _Sampler.power),
    (25, 5, _Sampler.subscript),
    (5, 9, _Sampler.both_scripts),
    (75, 7, _Sampler.fraction),
    (13, 4, _Sampler.root),
    (2.6, 7, _Sampler.indexed_root),
    (16, 5, _Sampler.parenthesis),
    (0.4, 3, _Sampler.absolute),
    (1.6, 2, _Sampler.function),
    (6, 4, _Sampler.call),
    (1, 5, _Sampler.primed),
    (0.07, 2, _Sampler.factorial),
    (4, 2, _Sampler.product),
)
_TERMS = (
    *_FACTORS,
    (7, 2, _Sampler.product),
    (5, 2, _Sampler.number),
    (30, 8, _Sampler.sum),
    (18, 6, _Sampler.integral),
    (16, 9, _Sampler.limit),
    (1.5, 9, _Sampler.derivative),
)
