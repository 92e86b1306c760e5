"""Seeded pairs of strings that nobody would call formulas: what a file, a network or a broken decoder may hold."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.equiv.hostile import KINDS, Rng

CHARACTERS = (
    "\0\x01\t\n\r\x1b\x85\u2028\u200b\u202e\ufeff\ud800\udfff\ufffd💥é字ａ½∫≤"
    r"{}^_\$%&#~|<>()[]019xyzABC .,;!"
)
PIECES = (
    r"\frac", r"\sqrt[", r"\left(", r"\right", r"\begin{matrix}", r"\end{cases}", r"\dot", r"\overline",
    r"\int_", r"\text{", r"\mathrm{", r"\frac d{dx}", r"\frac{d}{d}", r"\partial", "0.", ".1", r"\dot3",
    "'''''''''", "^^", "__", "{", "}", r"\sum^", "&", r"\\", r"\not", r"\limits", r"\prime", r"\infty", r"\pm",
    "i", "e", "=", "<", ",", "1", "x", "g", r"\operatorname*", r"\displaystyle", r"\color", r"\verb|", r"\def",
    r"\left.", r"\middle|", "!", r"\over", r"\lim_{", r"\to", r"\log_",
)  # fmt: skip


def soup(rng: Rng) -> str:
    return "".join(rng.choices(CHARACTERS, k=rng.choice((1, 5, 50, 500))))


def pieces(rng: Rng) -> str:
    return rng.choice(("", " ")).join(rng.choices(PIECES, k=rng.choice((2, 4, 8, 30))))


def torn(rng: Rng) -> str:
    """A hostile formula with characters taken out, put in and exchanged."""
    text = list(KINDS[rng.choice([*KINDS])](rng)[:3000])
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(text) + 1)
        text[place : place + rng.randint(0, 3)] = rng.choice(("", *CHARACTERS, *PIECES))
    return "".join(text)


def long_line(rng: Rng) -> str:
    """Half a megabyte to two of one thing."""
    thing = rng.choice(("x", "{", "^", "9", r"\frac", "(", "x+", r"\\", "\0", "a ", "é"))
    return thing * (rng.choice((600_000, 2_000_000)) // len(thing))


def repeated(rng: Rng) -> str:
    return rng.choice((*PIECES, *CHARACTERS)) * rng.choice((30, 1000, 20_000))


TEXTS: tuple[Callable[[Rng], str], ...] = (
    soup,
    pieces,
    torn,
    repeated,
    pieces,
    torn,
    soup,
    pieces,
    torn,
    long_line,
)


def pairs(number: int, seed: int) -> Iterator[tuple[str, str]]:
    """*number* pairs, every second one of a string and a small change of it."""
    rng = random.Random(seed)
    for place in range(number):
        make = TEXTS[place % len(TEXTS)]
        a = make(rng)
        cut = rng.randrange(len(a) + 1)
        yield a, a[:cut] + rng.choice(PIECES) + a[cut:] if place % 2 else make(rng)
