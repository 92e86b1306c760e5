r"""Values of terms at points: exact, or balls that certainly contain them.

Letters take exact rational values; rational results stay exact (FLINT's fmpq), all others are balls that contain
the true value (Arb: F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic",
IEEE Trans. Computers 66, 2017). Two values differ only if their balls are disjoint. An unknown function is given
a polynomial with random coefficients: terms that differ for one function are not equal for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import ClassVar

from flint import acb, arb, arb_series, fmpq, fmpz

from hmer_suite.equiv.reading.letter_kinds import is_whole
from hmer_suite.equiv.terms import Term, name
from hmer_suite.equiv.values.balls import (
    Outside,
    Singular,
    Unknown,
    Value,
    as_ball,
    is_real,
    magnitude,
    real_part,
    real_root,
    sign_of_ball,
)

SEEDS = 24
"""The number of points tried; see `Point` for those from the following two on."""
FIRST_CONSTANT_SEED = 16
FIRST_PEAK_SEED = 18
_SCALES = {5: 11, 6: 37, 7: 410, 8: 3001, 9: 10**11}
"""Factors of the values of letters, by seed."""
_SIMPLE = (0, 3)
"""Seeds of whole numbers, which are easy to substitute by hand."""
LAST_MEMBER = 4
"""The last member of a sequence that is not zero, from `FIRST_PEAK_SEED` on."""
MEMBERS = 3
"""The least size of an index set that the formula does not give."""
_PEAK_RANGES = ((0, 1), (1, 3), (-1, 0), (3, 6), (-4, -1), (6, 20))
"""Where the functions under an integral may have their peak, by seed: between bounds that are often met."""
MAX_BITS = 30_000
"""The largest size of an exact power."""
MAX_ORDER = 10_000
"""The highest order of a root."""
MAX_EXACT_FACTORIAL = 2_000
MAX_SUMMANDS = 200


class Point:
    """Values of letters and unknown functions, drawn at random by *seed*.

    Letters that by custom stand for whole numbers have such values; *whole* letters, which count something, are hardly
    ever negative besides.

    The first seeds give small positive values, seed 3 negative ones, later ones both signs and larger ones; the first
    of each kind are whole. From `FIRST_CONSTANT_SEED` on the unknown functions are constants, which have limits
    everywhere; from `FIRST_PEAK_SEED` on they are zero except at a few whole numbers (sequences) or close to
    `peak_place` (functions under an integral).

    Attributes:
        letters: the values drawn so far.
        used: the letters whose values were needed.
        bound: values of bound letters; None for one that runs to infinity.
        calls: the arguments for which values of unknown functions were needed.
        sign: the value of the sign of ``\\pm``.
        analytic: whether a quadrature requires the function to be analytic at the point.
    """

    rules: ClassVar[dict[str, Callable[[Point, Term], Value]]] = {}

    def __init__(
        self,
        seed: int,
        whole: frozenset[str] = frozenset(),
        complex_values: bool = False,
        whole_functions: frozenset[str] = frozenset(),
    ):
        self.seed = seed
        self.whole = whole
        self.complex = complex_values
        self.constant_functions = FIRST_CONSTANT_SEED <= seed < FIRST_PEAK_SEED
        self.peaked_functions = seed >= FIRST_PEAK_SEED
        self.kind = "peaks" if self.peaked_functions else "flat" if self.constant_functions else "any"
        self.whole_functions = whole_functions
        self.letters: dict[str, Value] = {}
        self.used: dict[str, Value] = {}
        self.bound: dict[str, Value | None] = {}
        self.calls: list[tuple[str, tuple[Value, ...]]] = []
        self.sign = 1 if self.hash_of("sign", "") % 2 else -1
        self.analytic = False

    # --- drawing -----------------------------------------------------------------------------------------------

    def hash_of(self, kind: str, label: str) -> int:
        """A pseudorandom number of 64 bits, a function of kind, label and seed."""
        return int.from_bytes(
            hashlib.blake2b(f"{self.seed}|{kind}|{label}".encode(), digest_size=8).digest(), "big"
        )

    def letter(self, spelling: str) -> Value:
        """The value of a letter."""
        if spelling in self.bound:
            bound = self.bound[spelling]
            if bound is None:
                raise Unknown("at infinity")
            return bound
        if spelling not in self.letters:
            drawn = self.hash_of("letter", spelling)
            if spelling in self.whole:
                self.letters[spelling] = fmpq(
                    2 + drawn % 7 if self.seed < 3 else drawn % 8 - (4 if self.seed in (6, 7) else 0)
                )
            else:
                value = fmpq(3 + drawn % 89, 7 + (drawn >> 16) % 31) * _SCALES.get(self.seed, 1)
                if self.seed in _SIMPLE or is_whole(name(spelling)):
                    value = fmpq(2 + drawn % 11)
                negative = self.seed == 3 or (self.seed > 3 and (drawn >> 40) % 2)
                self.letters[spelling] = -value if negative else value
        if spelling[0] != "#":  # a bound letter or a base unit, which no reader has written
            self.used[spelling] = self.letters[spelling]
        return self.letters[spelling]

    def generic(self, label: str, args: list[Value]) -> Value:
        """The value of an unknown function: a random polynomial of degree 3, with mixed terms of degree 2."""
        self.calls.append((label, tuple(args)))
        if "|".join(label.split("|")[:2]) in self.whole_functions:
            return fmpq(2 + self.hash_of("whole", f"{label}{args}") % 4)
        if self.peaked_functions:
            return self._peak(label, args)
        result: Value = self.coefficient(label, "")
        for i, x in enumerate(args):
            for degree in (3, 2, 1):
                result = result + self.coefficient(label, f"{i}^{degree}") * x**degree
            for j in range(i):
                result = result + self.coefficient(label, f"{i},{j}") * (x * args[j])
        return result

    def _peak(self, label: str, args: list[Value]) -> Value:
        """A function that is zero except at small whole numbers and at `peak_place`."""
        exact = [arg for arg in args if isinstance(arg, fmpq)]
        if not label.startswith(("app", "sub")) or len(exact) < len(args):
            raise Unknown("peak")
        if all(arg.q == 1 and 0 <= arg <= LAST_MEMBER for arg in exact) or exact == [self.peak_place]:
            return self.coefficient(label, str(args))
        return fmpq(0)

    @property
    def peak_place(self) -> fmpq:
        """The peak of the functions under an integral: each seed has a range of its own, between usual bounds.

        Its denominator is a prime number greater than those of letters, so that it is none of the bounds.
        """
        low, high = _PEAK_RANGES[self.seed % len(_PEAK_RANGES)]
        return low + (high - low) * fmpq(1 + self.hash_of("place", "") % 40, 41)

    def coefficient(self, label: str, which: str) -> fmpq:
        """A pseudorandom rational number, a function of the label, the coefficient and the seed."""
        drawn = self.hash_of("coefficient", f"{label}|{which}")
        return fmpq(1 + drawn % 23, 1 + (drawn >> 16) % 7) * (1 if (drawn >> 40) % 2 else -1)

    # --- evaluation --------------------------------------------------------------------------------------------

    def value(self, term: Term) -> Value:
        """The value of *term*.

        Raises:
            Unknown, Outside, Singular.
        """
        rule = self.rules.get(term.op)
        if rule is None:
            raise Unknown(term.op)
        return rule(self, term)

    def _add(self, term: Term) -> Value:
        result = self.value(term.args[0])
        for arg in term.args[1:]:
            result = result + self.value(arg)
        return result

    def _multiply(self, term: Term) -> Value:
        result = self.value(term.args[0])
        for arg in term.args[1:]:
            result = result * self.value(arg)
        return result

    def _constant(self, term: Term) -> Value:
        if term.data == "pi":
            return acb.pi() if self.complex else arb.pi()
        if term.data == "e":
            return arb(1).exp()
        if term.data == "deg":
            return arb.pi() / 180
        if term.data == "sign":
            return fmpq(self.sign)
        if term.data == "i" and self.complex:
            return acb(0, 1)
        raise Unknown(term.label)

    def _power(self, term: Term) -> Value:
        base, exponent = (self.value(arg) for arg in term.args)
        if isinstance(exponent, fmpq):
            if exponent.q == 1:
                return self._whole_power(base, exponent.p)
            return self._root(base, exponent)
        return self.real_power(base, exponent)

    def _whole_power(self, base: Value, exponent: fmpz) -> Value:
        if exponent < 0:
            return self.inverse(self._whole_power(base, -exponent))
        if isinstance(base, fmpq):
            if base == 0 and exponent == 0:
                raise Singular
            bits = max(int(base.p).bit_length(), int(base.q).bit_length())
            if bits * int(exponent) <= MAX_BITS or base in (0, 1, -1):
                return (
                    fmpq(-1 if exponent % 2 else 1)
                    if base == -1
                    else base
                    if base in (0, 1)
                    else base ** int(exponent)
                )
        if exponent.bit_length() > MAX_BITS:
            raise Singular
        if isinstance(base, acb) and abs(exponent) > 10**6:
            raise Singular
        return as_ball(base) ** exponent

    def inverse(self, value: Value) -> Value:
        """1 / value.

        Raises:
            Singular: it is zero, or may be.
        """
        if isinstance(value, fmpq):
            if value == 0:
                raise Singular
            return 1 / value
        if value.contains(0):
            raise Singular
        return 1 / value

    def _root(self, base: Value, exponent: fmpq) -> Value:
        """base ** (p/q) over the reals: a root of odd order takes negative numbers too."""
        if exponent.q > MAX_ORDER:
            raise Singular
        if not self.complex or is_real(base):
            real = base.real if isinstance(base, acb) else base
            sign = sign_of_ball(real)
            if sign is None:
                raise Singular
            if sign == 0:
                if exponent > 0:
                    return fmpq(0)
                raise Singular
            if sign < 0 and exponent.q % 2 == 0 and not self.complex:
                raise Outside
            if sign > 0 or exponent.q % 2:
                result = self._whole_power(real_root(magnitude(real), int(exponent.q)), exponent.p)
                return -result if sign < 0 and exponent.p % 2 else result
            base = real
        if exponent == fmpq(1, 2):
            return acb(base).sqrt(analytic=self.analytic)
        return self._complex_power(base, acb(arb(exponent)))

    def real_power(self, base: Value, exponent: Value) -> Value:
        """base ** exponent for a positive base."""
        if self.complex and not (is_real(base) and sign_of_ball(real_part(base)) == 1):
            return self._complex_power(base, exponent)
        real = real_part(base)
        sign = sign_of_ball(real)
        if sign != 1:
            raise Singular
        if real == 1:
            return fmpq(1)
        return (as_ball(exponent) * arb(real).log()).exp()

    def _complex_power(self, base: Value, exponent: Value) -> Value:
        if acb(base).contains(0):
            raise Singular
        return (acb(exponent) * acb(base).log(analytic=self.analytic)).exp()

    def with_bound(self, spelling: str, value: Value | None, body: Term) -> Value:
        """The value of *body* with a value for a bound letter; None for a letter that runs to infinity."""
        before = dict(self.bound)
        self.bound[spelling] = value
        try:
            return self.value(body)
        finally:
            self.bound = before

    def with_series(self, spelling: str, series: arb_series, body: Term) -> Value | arb_series:
        """The power series of *body* with one for a letter.

        Raises:
            TypeError, AttributeError, ValueError, ZeroDivisionError: FLINT has no such operation on series.
        """
        # A series takes part in the same arithmetic as a value, as far as FLINT has it.
        return self.with_bound(spelling, series, body)  # type: ignore[arg-type]


Rule = Callable[[Point, Term], Value]

Point.rules.update(
    {
        "num": lambda point, term: fmpq(term.value.numerator, term.value.denominator),
        "name": lambda point, term: point.letter(term.label),
        "const": Point._constant,
        "add": Point._add,
        "mul": Point._multiply,
        "pow": Point._power,
    }
)
