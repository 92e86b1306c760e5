r"""Pairs of LaTeX strings with what must be said of them, each reproducible from its kind and seed alone."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.equiv.bed.generate import CONSTRUCTS, random_term
from tests.equiv.bed.latex import write
from tests.equiv.bed.mutate import candidates
from tests.equiv.bed.oracle import agree, is_defined
from tests.equiv.bed.rewrite import rewrite
from tests.equiv.bed.terms import Term

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


def pair(kind: str, seed: int) -> Pair | None:
    """The pair of that kind and seed; None if none of a few mutants could be proved different."""
    rng = random.Random(f"{kind}:{seed}")
    construct = list(CONSTRUCTS)[seed % len(CONSTRUCTS)]
    term = random_term(construct, rng)
    while not is_defined(term):
        term = random_term(construct, rng)
    if kind == REWRITE:
        steps, other = rewrite(term, 1 + seed // len(CONSTRUCTS) % MOST_STEPS, rng)
        return Pair(kind, seed, construct, (*steps, "respell"), write(term, rng), write(other, rng))
    steps, start = rewrite(term, rng.choice((0, 0, 1, 2, 4)), rng)
    found = mutant(term, start, rng)
    if found is None:
        return None
    name, other, discarded = found
    return Pair(kind, seed, construct, (*steps, name), write(term, rng), write(other, rng), discarded)


def mutant(term: Term, start: Term, rng: random.Random) -> tuple[str, Term, int] | None:
    """A mutation of *start* that provably differs from *term*: its name, the mutant, how many failed before."""
    for tried, (name, other) in enumerate(candidates(start, rng)):
        if agree(term, other, seed=tried) is False and is_defined(other):
            return name, other, tried
        if tried == MOST_CANDIDATES:
            break
    return None
