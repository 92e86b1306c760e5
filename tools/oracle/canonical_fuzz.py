"""Fuzz the canonical spelling: mutants of real labels must stay valid, stable and drawn alike.

python -m tools.oracle.canonical_fuzz --data ../shared/data --mutants 20000 --seed 1

Prints every promise broken, shortest formulas first, and how many mutants were tried; exits with 1 if any was.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.canonical.canoniser import canonical, canonical_tokens
from hmer_suite.latex.canonical.unicode import UNICODE
from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES
from hmer_suite.latex.tokens import join, split
from tools.oracle.judges import KatexOracle, as_typed
from tools.oracle.report import formulas
from tools.oracle.unicode_table import OF_UNICODE_MATH

PIECES = [
    piece.split()
    for piece in (
        "{ }", "{ x }", "{ a = }", r"{ \\ }", "[ ]", "{ ] }", r"\sqrt [ x ] { y }", r"\left ( x \right ]", "^ { }",
        r"\begin{matrix} a & b \\ c \end{matrix}", r"\begin{array} { c | c } a & b \\ \end{array}", r"\smash [ b ] y",
        r"\text { a $ x $ }", "{ a \\over b }", r"{ \bf x }", r"\hat { x }", r"\xrightarrow [ a ] { b }", "' '", "x ²",
        r"\mathrm { H _ 2 S }", r"\mathbf { x ^ { 2 } y }", r"x { } ^ 2", r"\, ^ 2", r"{ \rm C O _ 3 ^ { 2 - } }",
    )
]  # fmt: skip
"""Constructs put into labels, beside single tokens."""

LONGEST = 60
"""Tokens of a label that is mutated; longer ones only take longer."""


def mutants(labels: Sequence[list[str]], random_: random.Random, count: int) -> Iterator[list[str]]:
    """*count* valid formulas, each a label with one to four of its tokens changed."""
    alphabet = [*CLASSES, *sorted(UNICODE.keys() - OF_UNICODE_MATH.keys())]
    made = 0
    while made < count:
        tokens = list(random_.choice(labels))
        for _ in range(random_.randint(1, 4)):
            _change(tokens, random_, alphabet)
        if is_valid(tokens) and not any(map(_lacks_braces, tokens, tokens[1:])):
            made += 1
            yield tokens


def _lacks_braces(command: str, argument: str) -> bool:
    """Whether KaTeX takes the depth of a sign without braces below zero, which makes the formula's own less."""
    signs = ("bin", "rel")
    return CLASSES.get(command) in ("SQRT", "ACCENT") and SPACING_CLASSES.get(canonical(argument)) in signs


def _change(tokens: list[str], random_: random.Random, alphabet: Sequence[str]) -> None:
    at = random_.randrange(len(tokens) + 1)
    end = min(len(tokens), at + random_.randint(1, 4))
    kind = random_.randrange(5)
    if kind == 0:
        del tokens[at:end]
    elif kind == 1:
        tokens[at:end] = ["{", *tokens[at:end], "}"]
    elif kind == 2:
        tokens[at:at] = tokens[at:end]
    elif kind == 3:
        tokens[at:at] = random_.choice(PIECES)
    else:
        tokens[at:end] = [random_.choice(alphabet)]


def broken_promises(formulas_: Sequence[list[str]]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each promise that a formula breaks, with the formula and its canonical spelling."""
    pairs = [(tokens, canonical_tokens(tokens)) for tokens in formulas_]
    with KatexOracle() as katex:
        before, after = (katex.drawings(as_typed(join(pair[side])) for pair in pairs) for side in (0, 1))
    for (tokens, once), ours, theirs in zip(pairs, before, after, strict=True):
        if not is_valid(once):
            yield "invalid", tokens, once
        elif canonical_tokens(once) != once:
            yield "not stable", tokens, once
        elif None not in (ours.marks, theirs.marks) and not ours.foreign and ours.marks != theirs.marks:
            yield "drawn differently", tokens, once


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the real data")
    parser.add_argument("--mutants", type=int, default=20_000, help="formulas to try (default: 20000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the mutations (default: 1)")
    given = parser.parse_args()
    labels = [tokens for row in formulas(given.data) if 0 < len(tokens := split(row.text)) <= LONGEST]
    tried = list(mutants(labels, random.Random(given.seed), given.mutants))
    found = sorted(broken_promises(tried), key=lambda item: len(item[1]))
    for promise, tokens, once in found:
        print(f"{promise}: {join(tokens)} -> {join(once)}")
    print(f"{len(tried)} mutants, seed {given.seed}: {len(found)} break a promise", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
