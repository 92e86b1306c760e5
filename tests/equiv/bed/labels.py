r"""Formulas to make pairs of: the labels of published data sets, and random terms.

The labels lie in ``../shared/data`` beside the checkout and do not belong to the project; without them there are only
random terms. Each formula is a tuple of tokens, as the data sets write them: ``x ^ { 2 }``.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from hmer_suite.files import read_lines
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.tokens import split
from hmer_suite.predictions.files import read_references
from tests.equiv.bed.formula import Tokens, has_braces, text
from tests.equiv.bed.generate import CONSTRUCTS, random_term
from tests.equiv.bed.latex import write

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
LONGEST = 60
"""Tokens of the longest label that is used: a pair of long ones shows no more than one of short ones."""

RANDOM, TERMS = "random", 2_000
"""Name and number of the random terms."""

SOURCES = {
    "CROHME": ("crohme/captions-train.txt", "lines"),
    "HME100K": ("predictions/tamer-hme100k-a.json", "references"),
    "MathWriting": ("predictions/unimumer-3b-mathwriting-a.json", "references"),
    "im2latex": ("im2latex/val.formulas.norm.txt", "formulas"),
}
"""File and layout by data set."""

_ENVIRONMENT = re.compile(r"\\(begin|end) \{ *")


@cache
def formulas(source: str) -> tuple[Tokens, ...]:
    """Formulas of one source, each once; none of a data set that is not there."""
    if source == RANDOM:
        return tuple(map(_random_formula, range(TERMS)))
    file, layout = SOURCES[source]
    if not (DATA / file).is_file():
        return ()
    lines = dict.fromkeys(_read(DATA / file, layout))
    found = (tuple(_ENVIRONMENT.sub(r"\\\1{", line).split()) for line in lines)
    return tuple(tokens for tokens in found if 0 < len(tokens) <= LONGEST and has_braces(tokens))


def _random_formula(seed: int) -> Tokens:
    rng = random.Random(f"formula:{seed}")
    construct = list(CONSTRUCTS)[seed % len(CONSTRUCTS)]
    while True:
        tokens = tuple(split(write(random_term(construct, rng), rng)))
        if has_braces(tokens):
            return tokens


def _read(path: Path, layout: str) -> list[str]:
    if layout == "references":
        return list(read_references(path).references)
    lines = read_lines(path)
    return [line.partition("\t")[2] for line in lines] if layout == "lines" else list(lines)


@cache
def _where(source: str) -> dict[str, tuple[int, ...]]:
    """Numbers of the formulas in which a token occurs; under an empty token those of all."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, tokens in enumerate(formulas(source)):
        for token in {*tokens, ""}:
            numbers[token].append(number)
    return {token: tuple(found) for token, found in numbers.items()}


def drawn_from(source: str, needed: tuple[str, ...], rng: random.Random) -> Tokens | None:
    """A valid formula of a source with one of the tokens *needed*; None if there is none, or it is not valid."""
    where = _where(source)
    present = [token for token in needed or ("",) if token in where]
    if not present:
        return None
    tokens = formulas(source)[rng.choice(where[rng.choice(present)])]
    return tokens if is_valid(split(text(tokens))) else None
