r"""Values of terms at points, certain to the last digit they show.

Letters take exact rational values; what stays rational stays exact (FLINT's fmpq), everything else is a ball that
contains the true value (Arb: F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic",
IEEE Trans. Computers 66, 2017). Two values differ only if the balls are apart. A function that nobody knows is given
a polynomial with random coefficients: what differs for one function is not equal for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from fractions import Fraction

from flint import acb, arb, arb_series, ctx, fmpq, fmpz

from hmer_suite.equiv.calculus import NotDerivable, derivative
from hmer_suite.equiv.forms import Forms, Intractable, Ratio, Undefined
from hmer_suite.equiv.signs import FLIPPED, INTEGRALS, LOOSE, QUANTIFIERS, SYMMETRIC
from hmer_suite.equiv.terms import ONE, Term, binds, const, negative

Value = fmpq | arb | acb

PRECISIONS = (64, 256)
"""Bits of the balls, tried in turn."""
SEEDS = 24
CONSTANT_FROM = 16
PEAKS_FROM = 18
_SCALES = {5: 11, 6: 37, 7: 410, 8: 3001, 9: 10**11}
LAST_MEMBER = 4
"""The last member of a sequence that is not zero, where sequences are peaks."""
_UNKNOWN_SUPPORT = 3
"""How many members an index set has that the formula does not give."""
MAX_BITS = 30_000
EVALUATIONS = 300
"""How often an integrand is evaluated."""
MAX_ORDER = 10_000
"""The highest order of a root."""
MAX_EXACT_FACTORIAL = 2_000
MAX_SUMMANDS = 200


class Unknown(Exception):
    """The term has no value that this module can find."""


class Outside(Exception):
    """The point certainly lies outside the domain, and so do all points near it."""


class Singular(Exception):
    """No value at this point, but perhaps at others: a division by zero, a ball too wide."""


class Point:
    """Values of letters and unknown functions, drawn at random by *seed*; *whole* letters take whole numbers.

    The first seeds give small positive values, later ones both signs and larger ones; from `CONSTANT_FROM` on the
    unknown functions are constants, which have limits everywhere; from `PEAKS_FROM` on they are zero but at a few
    whole numbers (sequences) or close to a single point (functions under an integral).
    """

    def __init__(self, seed: int, whole: frozenset[str] = frozenset(), complex_values: bool = False,
                 whole_functions: frozenset[str] = frozenset()):
        self.seed = seed
        self.whole = whole
        self.complex = complex_values
        self.flat = CONSTANT_FROM <= seed < PEAKS_FROM
        self.peaks = seed >= PEAKS_FROM
        self.kind = "peaks" if self.peaks else "flat" if self.flat else "any"
        self.whole_functions = whole_functions
        self.letters: dict[str, Value] = {}
        self.used: dict[str, Value] = {}
        self.bound: dict[str, Value | None] = {}
        self.trace: list[tuple[str, tuple[Value, ...]]] = []
        self.sign = 1 if self._hash("sign", "") % 2 else -1
        self.analytic = False

    # --- drawing -----------------------------------------------------------------------------------------------

    def _hash(self, kind: str, label: str) -> int:
        return int.from_bytes(hashlib.blake2b(f"{self.seed}|{kind}|{label}".encode(), digest_size=8).digest(), "big")

    def letter(self, spelling: str) -> Value:
        """The value of a letter."""
        if spelling in self.bound:
            if self.bound[spelling] is None:
                raise Unknown("at infinity")
            return self.bound[spelling]
        if spelling not in self.letters:
            drawn = self._hash("letter", spelling)
            if spelling in self.whole:
                self.letters[spelling] = fmpq(2 + drawn % 7 if self.seed < 3 else drawn % 8 - (4 if self.seed in (6, 7) else 0))
            else:
                value = fmpq(3 + drawn % 89, 7 + (drawn >> 16) % 31) * _SCALES.get(self.seed, 1)
                negative = self.seed >= 3 and (drawn >> 40) % 2
                self.letters[spelling] = -value if negative else value
        self.used[spelling] = self.letters[spelling]
        return self.letters[spelling]

    def generic(self, label: str, args: list[Value]) -> Value:
        """The value of an unknown function: a random polynomial of degree 3, with mixed terms of degree 2."""
        self.trace.append((label, tuple(args)))
        if "|".join(label.split("|")[:2]) in self.whole_functions:
            return fmpq(2 + self._hash("whole", f"{label}{args}") % 4)
        if self.peaks:
            return self._peak(label, args)
        result: Value = self._coefficient(label, "")
        for i, x in enumerate(args):
            for degree in (3, 2, 1):
                result = result + self._coefficient(label, f"{i}^{degree}") * x**degree
            for j in range(i):
                result = result + self._coefficient(label, f"{i},{j}") * (x * args[j])
        return result

    def _peak(self, label: str, args: list[Value]) -> Value:
        """A function that is zero except at small whole numbers, and at the place where integrals look."""
        if not label.startswith(("app", "sub")) or not all(isinstance(arg, fmpq) for arg in args):
            raise Unknown("peak")
        if all(arg.q == 1 and 0 <= arg <= LAST_MEMBER for arg in args) or args == [self.place]:
            return self._coefficient(label, str(args))
        return fmpq(0)

    @property
    def place(self) -> fmpq:
        """Where the functions under an integral have their peak."""
        return fmpq(5 + self._hash("place", "") % 40, 13) * (-1 if self.seed % 3 == 2 else 1)

    def _coefficient(self, label: str, which: str) -> fmpq:
        drawn = self._hash("coefficient", f"{label}|{which}")
        return fmpq(1 + drawn % 23, 1 + (drawn >> 16) % 7) * (1 if (drawn >> 40) % 2 else -1)

    # --- evaluation --------------------------------------------------------------------------------------------

    def value(self, term: Term) -> Value:
        """The value of *term*.

        Raises:
            Unknown, Outside, Singular.
        """
        rule = _VALUES.get(term.op)
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
        raise Unknown(term.data)

    def _power(self, term: Term) -> Value:
        base, exponent = (self.value(arg) for arg in term.args)
        if isinstance(exponent, fmpq):
            if exponent.q == 1:
                return self._whole_power(base, exponent.p)
            return self._root(base, exponent)
        return self._real_power(base, exponent)

    def _whole_power(self, base: Value, exponent: fmpz) -> Value:
        if exponent < 0:
            return self._inverse(self._whole_power(base, -exponent))
        if isinstance(base, fmpq):
            if base == 0 and exponent == 0:
                raise Singular
            bits = max(int(base.p).bit_length(), int(base.q).bit_length())
            if bits * int(exponent) <= MAX_BITS or base in (0, 1, -1):
                return fmpq(-1 if exponent % 2 else 1) if base == -1 else base if base in (0, 1) else base ** int(exponent)
        if exponent.bit_length() > MAX_BITS:
            raise Singular
        if isinstance(base, acb) and abs(exponent) > 10**6:
            raise Singular
        return self._ball(base) ** exponent

    def _inverse(self, value: Value) -> Value:
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
        if not self.complex or _real(base):
            base = base.real if isinstance(base, acb) else base
            sign = _sign(base)
            if sign is None:
                raise Singular
            if sign == 0:
                if exponent > 0:
                    return fmpq(0)
                raise Singular
            if sign < 0 and exponent.q % 2 == 0 and not self.complex:
                raise Outside
            if sign > 0 or exponent.q % 2:
                root = _exact_root(abs(base), int(exponent.q)) if isinstance(base, fmpq) else None
                root = root if root is not None else arb(_absolute(base)).root(int(exponent.q))
                result = self._whole_power(root, exponent.p)
                return -result if sign < 0 and exponent.p % 2 else result
        if exponent == fmpq(1, 2):
            return acb(base).sqrt(analytic=self.analytic)
        return self._complex_power(base, acb(arb(exponent)))

    def _real_power(self, base: Value, exponent: Value) -> Value:
        if self.complex and not (_real(base) and _sign(_part(base)) == 1):
            return self._complex_power(base, exponent)
        base = _part(base) if self.complex else base
        sign = _sign(base)
        if sign != 1:
            raise Singular
        if base == 1:
            return fmpq(1)
        return (self._ball(exponent) * arb(base).log()).exp()

    def _complex_power(self, base: Value, exponent: Value) -> Value:
        if acb(base).contains(0):
            raise Singular
        return (acb(exponent) * acb(base).log(analytic=self.analytic)).exp()

    def _ball(self, value: Value) -> arb | acb:
        return arb(value) if isinstance(value, fmpq) else value

    def _function(self, term: Term) -> Value:
        rule = _FUNCTIONS.get(term.data)
        if rule is None:
            raise Unknown(term.data)
        return rule(self, *[self.value(arg) for arg in term.args])

    def _logarithm(self, x: Value) -> Value:
        if isinstance(x, fmpq) and x == 1:
            return fmpq(0)
        if self.complex and not (_real(x) and _sign(_part(x)) == 1):
            if acb(x).contains(0):
                raise Singular
            return acb(x).log(analytic=self.analytic)
        x = _part(x) if self.complex else x
        sign = _sign(x)
        if sign is None or sign == 0:
            raise Singular
        if sign < 0:
            raise Outside
        return arb(x).log()

    def _inverse_sine(self, x: Value, name: str) -> Value:
        ball = self._ball(x)
        if isinstance(ball, acb):
            raise Unknown(name)
        if ball > 1 or ball < -1:
            raise Outside
        result = getattr(ball, name)()
        if not result.is_finite():
            raise Singular
        return result

    def _absolute_value(self, x: Value) -> Value:
        if self.analytic:
            raise Unknown("abs")
        return abs(x)

    def _sign_of(self, x: Value) -> Value:
        sign = None if isinstance(x, acb) else _sign(x)
        if sign is None:
            raise Singular
        return fmpq(sign)

    def _floor(self, x: Value, up: bool = False) -> Value:
        if isinstance(x, acb):
            raise Unknown("floor")
        if isinstance(x, fmpq):
            return fmpq(x.ceil() if up else x.floor())
        whole = (x.ceil() if up else x.floor()).unique_fmpz()
        if whole is None:
            raise Singular
        return fmpq(whole)

    def _extreme(self, *values: Value, largest: bool = True) -> Value:
        if any(isinstance(value, acb) for value in values):
            raise Unknown("max")
        result = values[0]
        for value in values[1:]:
            if isinstance(result, fmpq) and isinstance(value, fmpq):
                result = max(result, value) if largest else min(result, value)
            else:
                balls = arb(result), arb(value)
                result = balls[0].max(balls[1]) if largest else balls[0].min(balls[1])
        return result

    def _factorial(self, x: Value) -> Value:
        if isinstance(x, fmpq) and x.q == 1:
            if x < 0:
                raise Singular
            if x <= MAX_EXACT_FACTORIAL:
                return fmpq(fmpz.fac_ui(int(x.p)))
        elif isinstance(x, fmpq):
            raise Singular
        ball = self._ball(x) + 1
        if isinstance(ball, acb):
            raise Unknown("factorial")
        if isinstance(x, arb) and x.rel_accuracy_bits() < 8:
            raise Singular
        result = ball.gamma()
        if not result.is_finite():
            raise Singular
        return result

    def _binomial(self, n: Value, k: Value) -> Value:
        if not (isinstance(n, fmpq) and isinstance(k, fmpq)) or n.q != 1 or k.q != 1 or n < 0 or k < 0:
            raise Singular
        if k > n:
            return fmpq(0)
        if n <= MAX_EXACT_FACTORIAL:
            return fmpq(fmpz.bin_uiui(int(n.p), int(k.p)))
        return self._factorial(n) / (self._factorial(k) * self._factorial(n - k))

    # --- unknown functions -------------------------------------------------------------------------------------

    def _unknown(self, term: Term) -> Value:
        """A function or sign that nobody knows, at the values of its arguments."""
        if term.data in LOOSE and len(term.args) == 3:
            return self._loose(term)
        if not (_may_be_any_function(term) or (term.data == "apply" and _is_simple(term.args[1]))):
            raise Unknown(str(term.data))
        label = [term.op, str(term.data)]
        values: list[Value] = []
        for arg in term.args:
            self._argument(arg, label, values)
        return self.generic("|".join(label), values)

    def _argument(self, arg: Term, label: list[str], values: list[Value]) -> None:
        if arg.op in ("text", "empty"):
            label.append(f"{arg.op}:{arg.data}")
        elif arg.op == "const" and arg.data in ("inf", "dots"):
            label.append(arg.data)
        elif arg.op == "chain" and all(map(_is_simple, arg.args)):
            self._proposition(arg, label, values)
        elif arg.op in ("list", "tuple", "juxt", "matrix"):
            label.append(f"{arg.op}{arg.data}{len(arg.args)}")
            for inner in arg.args:
                self._argument(inner, label, values)
        else:
            label.append("value")
            values.append(self.value(arg))

    def _loose(self, term: Term) -> Value:
        """A sum or integral that names no variable: as it is for summands that are all the same."""
        body, low, high = term.args
        value = self.value(body)
        if term.data in INTEGRALS and low.op != "empty" and high.op != "empty":
            return value * (self.value(high) - self.value(low))
        if low.op != "empty" or high.op != "empty":
            raise Unknown(str(term.data))
        return value**_UNKNOWN_SUPPORT if term.data == r"\prod" else value * _UNKNOWN_SUPPORT

    def _proposition(self, arg: Term, label: list[str], values: list[Value]) -> None:
        """A relation between letters and numbers, as in ``P(X = 2)``: the same whichever way round it is written."""
        sides = [self.value(side) for side in arg.args]
        if len(sides) == 2 and arg.data[0] in FLIPPED and arg.data[0] > FLIPPED[arg.data[0]]:
            arg, sides = Term("chain", (FLIPPED[arg.data[0]],), arg.args), sides[::-1]
        elif len(sides) == 2 and arg.data[0] in SYMMETRIC:
            sides = [sides[0] + sides[1], sides[0] * sides[1]]
        label.append(f"chain{arg.data}")
        values.extend(sides)

    def _application(self, term: Term) -> Value:
        """f(x): the function is known by its name, and not a number as its letter is elsewhere."""
        head, *args = term.args
        if head.op == "name" and head.data.startswith("\\") and head.data[1:] in _RULED and not all(map(_is_simple, args)):
            raise Unknown(head.data)
        if any(part.op == "op" and part.data == "derived" for part in head.walk()):
            raise Unknown("derived")
        label = ["app", spelling(head)]
        values: list[Value] = []
        for inner in _numbers_in(head):
            self._argument(inner, label, values)
        if self.flat:  # constants, but f_1 and f_2 are two of them
            return self.generic("|".join(label), values)
        for arg in args:
            self._argument(arg, label, values)
        return self.generic("|".join(label), values)

    def _indexed(self, term: Term) -> Value:
        base, index = term.args
        if base.op == "empty":  # {}_n C_k
            raise Unknown("prescript")
        if self.flat and any(value is None for value in self.bound.values()):
            return self._coefficient("sub|" + spelling(base), "")
        label = ["sub", spelling(base)]
        values: list[Value] = []
        for inner in _numbers_in(base):
            self._argument(inner, label, values)
        self._argument(index, label, values)
        return self.generic("|".join(label), values)

    # --- large operators ---------------------------------------------------------------------------------------

    def _sum(self, term: Term) -> Value:
        body, variable, low, high = term.args
        if variable.op != "name":
            raise Unknown("sum")
        if high == const("inf") and term.op == "sum":
            return self._series(term)
        first, last = self._range(low, high)
        result = fmpq(0) if term.op == "sum" else fmpq(1)
        for value in range(first, last + 1):
            part = self._with(variable.data, fmpq(value), body)
            result = result + part if term.op == "sum" else result * part
        return result

    def _range(self, low: Term, high: Term) -> tuple[int, int]:
        """The bounds of a sum; where the formula names none, any few members do."""
        if low.op == "op" and low.data == r"\in":
            support = self._hash("set", repr(low.args[0])) % 3
            return 1, _UNKNOWN_SUPPORT + support
        first = fmpq(1) if low.op == "empty" else self.value(low)
        last = first + _UNKNOWN_SUPPORT - 1 if high.op == "empty" else self.value(high)
        if not all(isinstance(bound, fmpq) and bound.q == 1 for bound in (first, last)):
            raise Singular
        if not 0 <= last - first < MAX_SUMMANDS:
            raise Singular
        return int(first.p), int(last.p)

    def _series(self, term: Term) -> Value:
        """An infinite sum of which, the sequences in it being peaks, only a few members are not zero."""
        body, variable, low, _ = term.args
        first = self.value(low)
        if not self.peaks or not _dies_out(body, variable) or not isinstance(first, fmpq) or first.q != 1:
            raise Unknown("series")
        result: Value = fmpq(0)
        for value in range(int(first.p), max(int(first.p), 0) + LAST_MEMBER + 8):
            result = result + self._with(variable.data, fmpq(value), body)
        return result

    def _sifted(self, term: Term) -> Value:
        """An integral over c(x) f(x), f being a peak so narrow that only c there matters."""
        body, variable, low, high = term.args
        if not self.peaks or not _sifts(body, variable):
            raise Unknown("int")
        ends = [self._end(bound) for bound in (low, high)]
        if not (ends[0] is None or ends[0] < self.place) or not (ends[1] is None or self.place < ends[1]):
            return fmpq(0)
        return self._with(variable.data, self.place, body)

    def _end(self, bound: Term) -> Value | None:
        if bound == const("inf") or bound == negative(const("inf")):
            return None
        value = self.value(bound)
        if isinstance(value, acb):
            raise Unknown("int")
        return value

    def _rational_limit(self, term: Term) -> Value:
        """A limit of a quotient of polynomials: by degrees at infinity, by cancelling elsewhere."""
        body, variable, point, _ = term.args
        forms = Forms()
        try:
            ratio = forms.form(body)
            index = forms.index_of(forms.form(variable))
        except (Intractable, Undefined) as error:
            raise Unknown("lim") from error
        if any(variable in forms.terms[i].walk() for i in forms.occurring(ratio) if i != index):
            return self._limit_of_series(forms, ratio, term)
        if point == const("inf") or point == negative(const("inf")):
            return self._limit_at_infinity(forms, ratio, index)
        return self._with(variable.data, self.value(point), forms.term(ratio))

    def _large(self, term: Term) -> Value:
        """A union, a maximum ... over a family whose members are all the same."""
        body, variable = term.args[:2]
        if not self.flat or variable.op != "name":
            raise Unknown("family")
        value = self._with(variable.data, None, body)
        if term.data in _IDEMPOTENT:
            return value
        return self.generic(f"large|{term.data}", [value])

    def _limit_of_series(self, forms: Forms, ratio: Ratio, term: Term) -> Value:
        """0/0 by the power series of both: sin x / x."""
        variable, point = term.args[1:3]
        at = self.value(point)
        if not isinstance(at, fmpq):
            raise Unknown("lim")
        leading = []
        for polynomial in (ratio.num, ratio.den):
            part = forms.term(Ratio(polynomial, forms.one.den))
            try:
                series = self._with(variable.data, arb_series([arb(at), 1], SERIES), part)
            except (TypeError, AttributeError, ValueError, ZeroDivisionError) as error:
                raise Unknown("no power series") from error
            if not isinstance(series, arb_series):
                series = arb_series([arb(series)], SERIES)
            leading.append(_leading(series))
        (above, top), (below, bottom) = leading
        if above < below:
            raise Unknown("infinite")
        return fmpq(0) if above > below else top / bottom

    def _limit_at_infinity(self, forms: Forms, ratio: Ratio, index: int) -> Value:
        above, below = ratio.num.degrees()[index], ratio.den.degrees()[index]
        if above > below:
            raise Unknown("infinite")
        if above < below:
            return fmpq(0)
        leading = []
        for polynomial in (ratio.num, ratio.den):
            for _ in range(above):
                polynomial = polynomial.derivative(index)
            leading.append(self.value(forms.term(Ratio(polynomial, forms.one.den))))
        return leading[0] * self._inverse(leading[1])

    def _limit(self, term: Term) -> Value:
        """A limit at a point where the body is continuous; at infinity only of constants."""
        body, variable, point, _ = term.args
        if variable.op != "name" or any(part.op == "fn" and part.data in ("floor", "ceil", "sgn") for part in body.walk()):
            raise Unknown("lim")
        if point.op == "op" and point.data in ("^+", "^-"):
            (point,) = point.args
        at_infinity = any(part == const("inf") for part in point.walk())
        try:
            return self._with(variable.data, None if at_infinity else self.value(point), body)
        except (Singular, Unknown):
            return self._rational_limit(term)

    def _derivative(self, term: Term) -> Value:
        """A derivative by the rules; dy/dx of a letter y is a quotient of differentials: so the chain rule holds."""
        what, variable, order = term.args
        if variable == what or variable.op != "name":
            raise Unknown("deriv")
        if what.op == "deriv" and what.args[0].op in ("name", "sub", "app"):
            return self.generic(f"{term.data}{spelling(what.args[0])}|{variable.data}|{what.args[1].data}", [])
        if what.op not in ("name", "sub", "app"):
            return self._derived(term)
        values = [] if what.op == "name" else [self.value(arg) for arg in what.args[1:]]
        ratio = self.generic("d" + spelling(what if what.op == "name" else what.args[0]), values) / self.generic("d" + spelling(variable), [])
        if term.data == "d" and order == ONE:
            return ratio
        return ratio * self.generic(f"order of {term.data}", [self.value(order)])

    def _derived(self, term: Term) -> Value:
        what, variable, order = term.args
        if order.op != "num" or order.data not in (1, 2, 3):
            raise Unknown("order")
        try:
            for _ in range(int(order.data)):
                what = derivative(what, variable, term.data)
        except NotDerivable as error:
            raise Unknown("deriv") from error
        return self.value(what)

    def _determinant(self, term: Term) -> Value:
        if term.data > 4:
            raise Unknown("det")
        return self._minor([self.value(arg) for arg in term.args], term.data)

    def _minor(self, cells: list[Value], width: int) -> Value:
        if width == 1:
            return cells[0]
        result: Value = fmpq(0)
        for column in range(width):
            rest = [cell for i, cell in enumerate(cells[width:]) if i % width != column]
            part = cells[column] * self._minor(rest, width - 1)
            result = result + part if column % 2 == 0 else result - part
        return result

    def _cases(self, term: Term) -> Value:
        """The first row whose condition holds."""
        if term.data != 2:
            raise Unknown("cases")
        for value, condition in zip(term.args[::2], term.args[1::2], strict=True):
            if condition.op in ("text", "empty") or self._holds(condition):
                return self.value(value)
        raise Singular

    def _holds(self, condition: Term) -> bool:
        parts = condition.args if condition.op in ("list", "ac") else (condition,)
        if condition.op == "ac" and condition.data != r"\wedge":
            raise Unknown("condition")
        return all(self._holds_one(part) for part in parts if part.op != "text")

    def _holds_one(self, condition: Term) -> bool:
        if condition.op != "chain":
            raise Unknown("condition")
        values = [self.value(arg) for arg in condition.args]
        for sign, left, right in zip(condition.data, values, values[1:], strict=False):
            if sign not in _ORDER or not isinstance(left - right, fmpq | arb):
                raise Unknown("condition")
            side = _sign(left - right)
            if side is None:
                raise Singular
            if not _ORDER[sign](side):
                return False
        return True

    def _with(self, spelling: str, value: Value | None, body: Term) -> Value:
        before = dict(self.bound)
        self.bound[spelling] = value
        try:
            return self.value(body)
        finally:
            self.bound = before

    def _integral(self, term: Term) -> Value:
        """A definite integral between finite bounds, by Arb's rigorous quadrature."""
        body, variable, low, high = term.args
        if self.peaks and binds(term) and variable.op == "name":
            return self._sifted(term)
        if not binds(term) and "empty" not in (low.op, high.op) and variable not in body.walk():  # f, taken for a constant
            return self.value(body) * (self.value(high) - self.value(low))
        if variable.op != "name" or self.analytic or not binds(term) or not _integrable(body):
            raise Unknown("int")
        bounds = [_part(self.value(bound)) for bound in (low, high)]
        if term.data not in (r"\int", r"\intop"):
            raise Unknown("int")

        raised: list[Exception] = []

        def integrand(z: acb, analytic: bool) -> acb:
            self.analytic = bool(analytic)
            try:
                return acb(_ballified(self._with(variable.data, z, body)))
            except (Singular, Outside):
                return acb(arb.nan())
            except Exception as error:  # nothing may pass through the quadrature in C: raised again behind it
                raised.append(error)
                return acb(arb.nan())
            finally:
                self.analytic = False

        outer, self.complex = self.complex, True
        try:
            ends = acb(arb(bounds[0])), acb(arb(bounds[1]))
            result = acb.integral(integrand, *ends, eval_limit=EVALUATIONS, depth_limit=20, rel_tol=arb(1e-9))
        finally:
            self.complex = outer
        if raised:
            raise raised[0]
        if not result.is_finite():
            raise Singular
        return result if self.complex else result.real


_RULED = frozenset("det deg dim ker arg Pr hom operatorname{tr} operatorname{rank} operatorname{Re} operatorname{Im}".split())
"""Functions that are not computed here, but obey rules: det(AB) = det A det B."""
_IDEMPOTENT = frozenset(r"\max \min \sup \inf \limsup \liminf \bigcup \bigcap \bigvee \bigwedge".split())
_NO_FUNCTIONS = frozenset(("+...", "product...", "juxt...", "juxt.", "!!", "!!!", "apply", "at", "builder", "derived", "||", r"\times", r"\setminus",
                           r"\bmod", r"\mod", r"\pmod", r"\int", r"\sum", r"\prod", r"\lim"))  # fmt: skip


def _is_simple(term: Term) -> bool:
    """A letter or a number, with indices and accents."""
    return all(part.op in ("name", "sub", "num", "text", "op") for part in term.walk()) and term.op != "text"


def _may_be_any_function(term: Term) -> bool:
    """Whether a sign may be taken for an arbitrary function of its operands.

    Not so a lone sign such as a bracket without a partner, a prime or a dot on more than a letter (a derivative,
    which obeys rules), and the signs that have a meaning which only happens not to be computed here.
    """
    if not term.args or term.data in _NO_FUNCTIONS:
        return False
    if term.data in QUANTIFIERS and term.args[0].op == "name":
        return term.args[0].data.startswith("\u2200")
    if str(term.data).startswith(("'", r"\dot", r"\ddot")):
        return all(part.op in ("name", "sub", "app", "op", "num") for part in term.args[0].walk())
    return True


def _elementary(name: str) -> Callable[[Point, Value], Value]:
    def rule(point: Point, x: Value) -> Value:
        if isinstance(x, fmpq) and x == 0:
            if name in ("sin", "tan", "sinh", "tanh", "atan", "asinh"):
                return fmpq(0)
            if name in ("cos", "cosh"):
                return fmpq(1)
        function = getattr(_ballified(x), name, None)
        if function is None:
            raise Unknown(name)
        result = function()
        if not isinstance(result, arb_series) and not result.is_finite():
            raise Singular
        return result

    return rule


def _integrable(body: Term) -> bool:
    """Whether the integrand is made of what continues to the complex plane."""
    allowed = ("num", "name", "const", "add", "mul", "pow", "fn", "sub", "app", "op")
    return all(
        part.op in allowed and (part.op != "fn" or part.data in _ANALYTIC) and part != const("inf")
        for part in body.walk()
    )


def _leading(series: arb_series) -> tuple[int, arb]:
    """Order and value of the first coefficient that is not zero, all before it being exactly zero."""
    for order, coefficient in enumerate(series.coeffs()):
        if coefficient != 0:
            if coefficient.contains(0):
                break
            return order, coefficient
    raise Unknown("series")


SERIES = 8
"""How many coefficients of a power series are looked at."""


def _dies_out(body: Term, variable: Term) -> bool:
    """Whether every summand has a factor that is zero for large whole numbers."""
    if body.op == "add":
        return all(_dies_out(arg, variable) for arg in body.args)
    if body.op == "mul":
        return any(_dies_out(arg, variable) for arg in body.args)
    if body.op == "pow":
        exponent = body.args[1]
        return exponent.op == "num" and exponent.data > 0 and _dies_out(body.args[0], variable)
    return body.op in ("sub", "app") and any(_moves(arg, variable) for arg in body.args[1:])


def _moves(index: Term, variable: Term) -> bool:
    """n or n + k."""
    if index.op == "add" and len(index.args) == 2:
        first, second = index.args
        return (first == variable and second.op == "num" and abs(second.data) <= 3) or (
            second == variable and first.op == "num" and abs(first.data) <= 3
        )
    return index == variable


def _sifts(body: Term, variable: Term) -> bool:
    """Whether a body is linear in unknown functions of exactly the variable."""
    if body.op == "add":
        return all(_sifts(arg, variable) for arg in body.args)
    unknown = [part for part in body.walk() if part.op in ("app", "sub")]
    if len(unknown) != 1 or unknown[0].op != "app" or unknown[0].args[1:] != (variable,):
        return False
    return unknown[0] in (body.args if body.op == "mul" else (body,)) or (
        body.op == "mul" and any(_sifts(arg, variable) for arg in body.args)
    )


_ANALYTIC = frozenset("sin cos tan cot sec csc sinh cosh tanh coth ln arctan".split())


def spelling(head: Term) -> str:
    """What tells one unknown function from another: its name with its marks, without the values in it."""
    if head.op == "name":
        return head.data
    if head.op == "sub":
        return f"sub({spelling(head.args[0])})"
    return f"{head.op}:{head.data}({','.join(spelling(arg) for arg in head.args[:1])})"


def _numbers_in(head: Term) -> Iterable[Term]:
    """The values in the name of a function: the index of ``f_n``, the exponent of ``f^{-1}``."""
    if head.op == "sub":
        yield from _numbers_in(head.args[0])
        yield head.args[1]
    elif head.args:
        yield from _numbers_in(head.args[0])
        yield from head.args[1:]


def _real(value: Value) -> bool:
    return not isinstance(value, acb) or value.imag == 0


def _part(value: Value) -> fmpq | arb:
    if isinstance(value, acb):
        if value.imag != 0:
            raise Unknown("complex")
        return value.real
    return value


def _sign(value: fmpq | arb) -> int | None:
    """1, 0, -1, or None where the ball does not tell."""
    if value > 0:
        return 1
    if value < 0:
        return -1
    return 0 if value == 0 else None


def _absolute(value: fmpq | arb) -> fmpq | arb:
    return -value if _sign(value) == -1 else value


def _exact_root(value: fmpq, order: int) -> fmpq | None:
    if order > 10 or int(value.p).bit_length() > 2000:
        return None
    roots = [fmpz(part).root(order) for part in (value.p, value.q)]
    return fmpq(roots[0], roots[1]) if roots[0] ** order == value.p and roots[1] ** order == value.q else None


def apart(left: Value, right: Value) -> bool:
    """Whether two values certainly differ."""
    if isinstance(left, fmpq) and isinstance(right, fmpq):
        return left != right
    if isinstance(left, acb) or isinstance(right, acb):
        left, right = acb(_ballified(left)), acb(_ballified(right))
    else:
        left, right = arb(left), arb(right)
    return left.is_finite() and right.is_finite() and not left.overlaps(right)


def _ballified(value: Value) -> arb | acb:
    return arb(value) if isinstance(value, fmpq) else value


def certainly_nonzero(value: Value) -> bool:
    """Whether a value is certainly not zero."""
    return apart(value, fmpq(0))


def at_growing_precision(compute: Callable[[], object]) -> object:
    """The first result of *compute* that is not None, at each of `PRECISIONS`."""
    before = ctx.prec
    try:
        for precision in PRECISIONS:
            ctx.prec = precision
            result = compute()
            if result is not None:
                return result
    finally:
        ctx.prec = before
    return None


def show(value: Value) -> str:
    """A value for people: exact if it is."""
    if isinstance(value, fmpq):
        return str(value)
    return value.str(8, radius=False)


def fraction(value: fmpq) -> Fraction:
    """The same as a Python number."""
    return Fraction(int(value.p), int(value.q))


_ORDER: dict[str, Callable[[int], bool]] = {
    "=": lambda side: side == 0,
    r"\neq": lambda side: side != 0,
    "<": lambda side: side < 0,
    ">": lambda side: side > 0,
    r"\leq": lambda side: side <= 0,
    r"\geq": lambda side: side >= 0,
}

_VALUES = {
    "num": lambda point, term: fmpq(term.data.numerator, term.data.denominator),
    "name": lambda point, term: point.letter(term.data),
    "const": Point._constant,
    "add": Point._add,
    "mul": Point._multiply,
    "pow": Point._power,
    "fn": Point._function,
    "app": Point._application,
    "sub": Point._indexed,
    "op": Point._unknown,
    "juxt": Point._unknown,
    "sum": Point._sum,
    "prod": Point._sum,
    "int": Point._integral,
    "lim": Point._limit,
    "big": Point._large,
    "deriv": Point._derivative,
    "det": Point._determinant,
    "cases": Point._cases,
}
_FUNCTIONS = {
    **{
        ours: _elementary(theirs)
        for ours, theirs in dict(
            sin="sin", cos="cos", tan="tan", cot="cot", sec="sec", csc="csc", sinh="sinh", cosh="cosh", tanh="tanh",
            coth="coth", sech="sech", csch="csch", arctan="atan", arsinh="asinh",
        ).items()
    },
    "arcsin": lambda point, x: point._inverse_sine(x, "asin"),
    "arccos": lambda point, x: point._inverse_sine(x, "acos"),
    "artanh": lambda point, x: point._inverse_sine(x, "atanh"),
    "ln": Point._logarithm,
    "abs": Point._absolute_value,
    "sgn": Point._sign_of,
    "floor": Point._floor,
    "ceil": lambda point, x: point._floor(x, up=True),
    "max": Point._extreme,
    "min": lambda point, *values: point._extreme(*values, largest=False),
    "factorial": Point._factorial,
    "binom": Point._binomial,
}
