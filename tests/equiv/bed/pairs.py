r"""Pairs of LaTeX strings with what must be said of them, each reproducible from its kind and seed alone."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.equiv.bed.generate import CONSTRUCTS, random_term
from tests.equiv.bed.latex import write
from tests.equiv.bed.mutate import candidates
from tests.equiv.bed.oracle import agree, is_defined
from tests.equiv.bed.rewrite import rewrite
from tests.equiv.bed.terms import Term, captures

REWRITE, MUTATION = "rewrite", "mutation"
MOST_STEPS = 6
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """Two formulas.

    Attributes:
        kind: `REWRITE` if they mean the same, `MUTATION` if they do not.
        seed: with *kind*, all that is needed to make the pair again.
        construct: what the first formula was drawn from.
        steps: names of the rewrites taken, or of rewrites and, last, the mutation.
        left, right: the formulas.
        discarded: mutants that were thrown away before, because the oracle could not prove them different.
    """

    kind: str
    seed: int
    construct: str
    steps: tuple[str, ...]
    left: str
    right: str
    discarded: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """What a `Pair` is written from: the terms, the steps between them, and the mutants thrown away before."""

    left: Term
    right: Term
    steps: tuple[str, ...]
    discarded: int = 0


def pair(kind: str, seed: int) -> Pair | None:
    """The pair of that kind and seed; None if none of a few mutants could be proved different."""
    rng = random.Random(f"{kind}:{seed}")
    made = rewritten(seed, rng) if kind == REWRITE else mutated(seed, rng)
    if made is None:
        return None
    steps = (*made.steps, "respell") if kind == REWRITE else made.steps
    return Pair(
        kind, seed, construct(seed), steps, write(made.left, rng), write(made.right, rng), made.discarded
    )


def construct(seed: int) -> str:
    """What the pair of that seed is drawn from, each construct in its turn."""
    return list(CONSTRUCTS)[seed % len(CONSTRUCTS)]


def rewritten(seed: int, rng: random.Random) -> Made:
    """A term and what one to six rewrites make of it."""
    while True:
        term = _drawn(seed, rng)
        steps, other = rewrite(term, 1 + seed // len(CONSTRUCTS) % MOST_STEPS, rng)
        if _says_something(other):
            return Made(term, other, steps)


def mutated(seed: int, rng: random.Random) -> Made | None:
    """A term and a mutant of it, after some rewrites; None if none of a few could be proved different."""
    term = _drawn(seed, rng)
    steps, start = rewrite(term, rng.choice((0, 0, 1, 2, 4)), rng)
    found = mutant(term, start, rng)
    if found is None:
        return None
    name, other, discarded = found
    return Made(term, other, (*steps, name), discarded)


def _drawn(seed: int, rng: random.Random) -> Term:
    while True:
        term = random_term(construct(seed), rng)
        if _says_something(term):
            return term


def _says_something(term: Term) -> bool:
    """Whether a term has a value somewhere, and its names say to a reader what they say to the bed."""
    return not captures(term) and is_defined(term)


def mutant(term: Term, start: Term, rng: random.Random) -> tuple[str, Term, int] | None:
    """A mutation of *start* that provably differs from *term*: its name, the mutant, how many failed before."""
    for tried, (name, other) in enumerate(candidates(start, rng)):
        if agree(term, other, seed=tried) is False and _says_something(other):
            return name, other, tried
        if tried == MOST_CANDIDATES:
            break
    return None
