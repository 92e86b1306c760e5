r"""Letters with a double life: notation with several plausible readings, and what may be said of a pair.

A pair that is equal under one plausible reading and not under another is UNDECIDED; where one of the readings is
the custom, `NOT_DIFFERENT` or `NOT_EQUAL` leaves it to the engine to follow the custom or to be careful.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

EQUAL, DIFFERENT, UNDECIDED = frozenset({"EQUAL"}), frozenset({"DIFFERENT"}), frozenset({"UNDECIDED"})
NOT_DIFFERENT = EQUAL | UNDECIDED
NOT_EQUAL = DIFFERENT | UNDECIDED


@dataclass(frozen=True, slots=True)
class Double:
    """Two formulas with ``F G`` for letters of functions and ``X Y Z`` for those of numbers; verdicts allowed."""

    left: str
    right: str
    allowed: frozenset
    why: str


TEMPLATES = [
    # f(x) is a product or an application
    Double("F(X+1)", "FX+F", UNDECIDED, "product or application"),
    Double("F(X+Y)", "FX+FY", UNDECIDED, "product or application"),
    Double("F(X)+F(Y)", "F(X+Y)", UNDECIDED, "product or application"),
    Double("F(2X)", "2F(X)", UNDECIDED, "product or application"),
    Double("F(X)", "FX", UNDECIDED, "product or application"),
    Double("F(X)", "X(F)", UNDECIDED, "product or application"),
    Double("F(G(X))", "G(F(X))", UNDECIDED, "product or application"),
    Double(r"\frac{F(X)}{F}", "X", UNDECIDED, "product or application"),
    Double(r"\frac{F(X)}{X}", "F", UNDECIDED, "product or application"),
    Double("F(X)=F(Y)", "FX=FY", UNDECIDED, "product or application"),
    Double("F(X)^2", "F^2X^2", UNDECIDED, "product or application, and what is squared"),
    Double(r"F^{-1}(X)", r"\frac{X}{F}", UNDECIDED, "a reciprocal or an inverse function"),
    Double("F(X+1)", "F(1+X)", EQUAL, "equal as product and as application"),
    Double("F(X)G(Y)", "G(Y)F(X)", EQUAL, "equal as product and as application"),
    Double("F(X)+G(X)", "G(X)+F(X)", EQUAL, "equal as product and as application"),
    Double(r"2F(X)=4G(Y)", r"F(X)=2G(Y)", EQUAL, "equal as product and as application"),
    Double("F(X+1)", "F(X+2)", DIFFERENT, "different as product and as application"),
    Double("F(X)", "G(X)", DIFFERENT, "different as product and as application"),
    Double("F(X)", "F(Y)", DIFFERENT, "different as product and as application"),
    Double("F(X)", "-F(X)", DIFFERENT, "different as product and as application"),
    Double("F(X,Y)", "F(Y,X)", DIFFERENT, "two arguments in another order"),
    Double(r"\int F(X)\,dX", r"\int FX\,dX", UNDECIDED, "product or application"),
    # d is a letter or the sign of a differential
    Double(r"\frac{dY}{dX}", r"\frac{Y}{X}", UNDECIDED, "a fraction of products or a derivative"),
    Double(r"Y\,dX", r"X\,dY", UNDECIDED, "a product or a differential"),
    Double(r"d(XY)", r"dXY", UNDECIDED, "a product or a differential"),
    Double(r"\frac{dY}{dX}", r"\dfrac{dY}{dX}", EQUAL, "the same under either reading"),
    Double(r"\frac{dY}{dX}", r"\frac{dX}{dY}", DIFFERENT, "different under either reading"),
    Double(r"\frac{\mathrm{d}Y}{\mathrm{d}X}", r"\frac{Y}{X}", NOT_EQUAL, "an upright d is no factor"),
    # e, i, j, pi
    Double(r"\ln e", "1", NOT_DIFFERENT, "Euler's number, by custom"),
    Double(r"\ln(e^X)", "X", NOT_DIFFERENT, "Euler's number, by custom"),
    Double(r"e^X", r"\exp(X)", NOT_DIFFERENT, "Euler's number, by custom"),
    Double(r"e^X", r"\mathrm{e}^X", NOT_DIFFERENT, "Euler's number, by custom"),
    Double(r"e^{X+Y}", r"e^{Y+X}", EQUAL, "whatever e is"),
    Double(r"e^X", r"e^{2X}", DIFFERENT, "whatever e is"),
    Double(r"eX+eY", r"e(X+Y)", NOT_DIFFERENT, "a number in front of brackets, unless e is a function"),
    Double(r"\ln\mathrm{e}", "1", EQUAL, "upright e is Euler's number"),
    Double(r"\mathrm{e}^X\mathrm{e}^Y", r"\mathrm{e}^{X+Y}", EQUAL, "upright e is Euler's number"),
    Double("i^2", "-1", NOT_DIFFERENT, "the imaginary unit, by custom"),
    Double("j^2", "-1", NOT_DIFFERENT, "the imaginary unit of engineers"),
    Double(r"\mathrm{i}^2", "-1", NOT_DIFFERENT, "upright i is the imaginary unit"),
    Double(r"\mathrm{i}^2", "1", NOT_EQUAL, "upright i is the imaginary unit"),
    Double(r"\sqrt{-1}", "i", NOT_DIFFERENT, "the imaginary unit, by custom"),
    Double("X+iY", "X-iY", DIFFERENT, "whatever i is"),
    Double("X+iY", "iY+X", EQUAL, "whatever i is"),
    Double("i+j", "j+i", EQUAL, "whatever they are"),
    Double("i", "j", NOT_EQUAL, "two names, or the imaginary unit of two trades"),
    Double("X_i", "X_j", DIFFERENT, "two indices"),
    Double(r"\sin\pi", "0", NOT_DIFFERENT, "the circle's number, by custom"),
    Double(
        r"\pi(X+Y)", r"\pi X+\pi Y", NOT_DIFFERENT, "a number in front of brackets, or the counting of primes"
    ),
    Double(r"\pi", "3.14", DIFFERENT, "rounded is not equal, whatever the letter is"),
    Double(r"\pi", r"\frac{22}{7}", DIFFERENT, "rounded is not equal, whatever the letter is"),
    # primes and dots
    Double("X'", "X", DIFFERENT, "a name or a derivative, not the letter itself"),
    Double("X'+Y'", "Y'+X'", EQUAL, "whatever the primes are"),
    Double("X'Y'", "XY", DIFFERENT, "the primes are not there"),
    Double("(XY)'", "X'Y+XY'", UNDECIDED, "a derivative by custom; by what is not said"),
    Double("(X+Y)'", "X'+Y'", UNDECIDED, "a derivative by custom; by what is not said"),
    Double("(X^2)'", "2X", UNDECIDED, "a derivative by custom; by what is not said"),
    Double("F'(X)", r"\frac{dF}{dX}", UNDECIDED, "a derivative, a name, a product"),
    Double("F'(X)", r"F(X)'", UNDECIDED, "a derivative, a name, a product"),
    Double(r"\dot{X}", r"\frac{dX}{dt}", UNDECIDED, "a derivative by time or a name"),
    Double(r"\dot{X}", "X", DIFFERENT, "a decorated name"),
    Double("X''", r"\ddot{X}", NOT_EQUAL, "two decorations"),
    # bars
    Double("|X|Y|Z|", r"\left|X\right|Y\left|Z\right|", NOT_DIFFERENT, "bars that pair in two ways"),
    Double("|X|Y|Z|", r"\left|X\left|Y\right|Z\right|", NOT_DIFFERENT, "bars that pair in two ways"),
    Double("|X|Y|Z|", "|XY||Z|", UNDECIDED, "bars that pair in two ways"),
    Double("|X||Y|", "|XY|", EQUAL, "every reading pairs them so"),
    Double("|X|", "X", DIFFERENT, "the bars are there"),
    # operators in front of letters
    Double(r"\Delta X", r"X\Delta", UNDECIDED, "a difference or a product"),
    Double(r"\frac{\Delta Y}{\Delta X}", r"\frac{Y}{X}", UNDECIDED, "differences or products"),
    Double(r"\nabla X", r"X\nabla", NOT_EQUAL, "an operator"),
    # numbers
    Double("1,000", "1000", NOT_DIFFERENT, "thousands or a list"),
    Double("3,14", "3.14", NOT_DIFFERENT, "a decimal comma or a list"),
    Double(r"2\frac{1}{2}", "1", UNDECIDED, "a product or a mixed number"),
    Double(r"2\frac{1}{2}", r"\frac{5}{2}", UNDECIDED, "a product or a mixed number"),
    Double(r"2\frac{1}{2}", r"\frac{7}{2}", DIFFERENT, "neither as a product nor as a mixed number"),
    Double(r"2\frac{1}{2}X", "X", UNDECIDED, "a product or a mixed number"),
    # brackets and slashes
    Double("X/YZ", r"\frac{X}{YZ}", UNDECIDED, "how far the slash reaches"),
    Double("X/YZ", r"\frac{X}{Y}Z", UNDECIDED, "how far the slash reaches"),
    Double("1/2X", r"\frac{1}{2X}", UNDECIDED, "how far the slash reaches"),
    Double("1/2X", r"\frac{X}{2}", UNDECIDED, "how far the slash reaches"),
    Double("X/2+Y", r"\frac{X}{2}+Y", EQUAL, "a slash never reaches over a plus"),
    Double("X/2+Y", r"\frac{X}{2+Y}", DIFFERENT, "a slash never reaches over a plus"),
    Double("(0,1)", "]0,1[", NOT_DIFFERENT, "a pair or an open interval"),
    Double(r"X\in(0,1)", "0<X<1", NOT_DIFFERENT, "an open interval, by custom"),
    # functions without brackets
    Double(r"\sin 2X", r"\sin(2X)", EQUAL, "a number and a letter stay together"),
    Double(r"\sin 2X", r"(\sin 2)X", NOT_EQUAL, "a number and a letter stay together"),
    Double(r"\sin XY", r"\sin(XY)", NOT_DIFFERENT, "how far the function reaches"),
    Double(r"\sin XY", r"Y\sin X", NOT_EQUAL, "how far the function reaches"),
    Double(r"\sin X\cos Y", r"\cos Y\sin X", EQUAL, "a function ends where the next begins"),
    Double(r"\sin X\cos Y", r"\sin(X\cos Y)", NOT_EQUAL, "a function ends where the next begins"),
    Double(r"\sin(X)Y", r"Y\sin X", NOT_DIFFERENT, "brackets end the argument, by custom"),
    Double(r"\sin(X)Y", r"\sin(XY)", NOT_EQUAL, "brackets end the argument, by custom"),
    Double(r"\sin^{-1}X", r"\arcsin X", NOT_DIFFERENT, "the inverse, by custom"),
    Double(r"\sin^{-1}X", r"\frac{1}{\sin X}", NOT_EQUAL, "the inverse, by custom"),
    Double(r"\log X^2", r"\log(X^2)", NOT_DIFFERENT, "the power is the argument's, by custom"),
    Double(r"\log X^2", r"(\log X)^2", NOT_EQUAL, "the power is the argument's, by custom"),
    Double(r"\log X", r"\ln X", NOT_EQUAL, "to base ten or to base e"),
    Double(r"\log X", r"\log_{10}X", NOT_DIFFERENT, "to base ten or to base e"),
    Double(r"\log X", r"\log_2X", NOT_EQUAL, "to base ten, e or, in computing, two"),
    Double(r"\log(XY)", r"\log(YX)", EQUAL, "to whatever base"),
    Double(r"\log X", r"\log Y", DIFFERENT, "to whatever base"),
]


def instance(seed: int) -> Double:
    """A template with letters drawn by *seed*."""
    rng = random.Random(f"double:{seed}")
    template = TEMPLATES[seed % len(TEMPLATES)]
    letters = dict(zip("XYZ", rng.sample("abcxyz", 3), strict=True))
    letters |= dict(zip("FG", rng.sample("fgh", 2), strict=True))

    def filled(text: str) -> str:
        return "".join(letters.get(character, character) for character in text)

    return Double(filled(template.left), filled(template.right), template.allowed, template.why)
