r"""Pairs of LaTeX strings with what must be said of them, each reproducible from its kind and seed alone."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.equiv.bed.apart import notation
from tests.equiv.bed.apart import statements as apart_statements
from tests.equiv.bed.formula import Rule, Tokens, text
from tests.equiv.bed.generate import CONSTRUCTS, random_term
from tests.equiv.bed.labels import RANDOM, SOURCES, drawn_from, formulas
from tests.equiv.bed.latex import write
from tests.equiv.bed.mutate import candidates
from tests.equiv.bed.oracle import agree, is_defined
from tests.equiv.bed.rewrite import rewrite
from tests.equiv.bed.same import braces, drawn, signs, solutions, statements, values, words
from tests.equiv.bed.same.identities import IDENTITIES, identity
from tests.equiv.bed.terms import Term, captures

REWRITE, IDENTITY, SAME, SAME_LABEL = "rewrite", "identity", "same", "same-label"
MUTATION, APART, APART_LABEL = "mutation", "apart", "apart-label"
SAME_KINDS, APART_KINDS = (REWRITE, IDENTITY, SAME, SAME_LABEL), (MUTATION, APART, APART_LABEL)
"""Kinds of pairs that must never be DIFFERENT, and that must never be EQUAL; of labels only where there are data."""

SAME_RULES = [
    *drawn.RULES,
    *signs.RULES,
    *words.RULES,
    *braces.RULES,
    *values.RULES,
    *statements.RULES,
    *solutions.RULES,
]
APART_RULES = [*apart_statements.RULES, *notation.RULES]
RULES = {
    SAME: SAME_RULES,
    SAME_LABEL: [rule for rule in SAME_RULES if rule.about_labels],
    APART: APART_RULES,
    APART_LABEL: [rule for rule in APART_RULES if rule.about_labels],
}
"""What makes pairs of these kinds, each rule in its turn."""

MOST_STEPS = 6
MOST_CANDIDATES = 5
MOST_FORMULAS = 60
"""Formulas that a rule is tried on."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two formulas.

    Attributes:
        kind: one of `SAME_KINDS` if they mean the same, of `APART_KINDS` if they do not, or not surely.
        seed: with *kind*, all that is needed to make the pair again.
        construct: what the first formula was drawn from, or the group of the rule.
        steps: names of the rewrites or rules taken, or of rewrites and, last, the mutation.
        left, right: the formulas.
        discarded: mutants that were thrown away before, because the oracle could not prove them different.
        source: the data set of the formula that a rule kept, or `RANDOM`.
    """

    kind: str
    seed: int
    construct: str
    steps: tuple[str, ...]
    left: str
    right: str
    discarded: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What a `Pair` is written from: the terms, the steps between them, and the mutants thrown away before."""

    left: Term
    right: Term
    steps: tuple[str, ...]
    discarded: int = 0


def pair(kind: str, seed: int) -> Pair | None:
    """The pair of that kind and seed; None if none of a few formulas would do."""
    rng = random.Random(f"{kind}:{seed}")
    if kind in RULES:
        return _ruled(kind, seed, rng)
    if kind == IDENTITY:
        return _identical(seed, rng)
    made = rewritten(seed, rng) if kind == REWRITE else mutated(seed, rng)
    if made is None:
        return None
    steps = (*made.steps, "respell") if kind == REWRITE else made.steps
    return Pair(
        kind, seed, construct(seed), steps, write(made.left, rng), write(made.right, rng), made.discarded
    )


def _identical(seed: int, rng: random.Random) -> Pair | None:
    """Both sides of an identity, each of them in its turn."""
    name = list(IDENTITIES)[seed % len(IDENTITIES)]
    left, right = identity(name, rng)
    if captures(left) or captures(right):
        return None
    return Pair(IDENTITY, seed, name, (name,), write(left, rng), write(right, rng))


def _ruled(kind: str, seed: int, rng: random.Random) -> Pair | None:
    """A pair made by a rule, of a real label or of a random formula; None if it applied to none of a few."""
    rule = RULES[kind][seed % len(RULES[kind])]
    of_labels = kind in (SAME_LABEL, APART_LABEL)
    for _ in range(MOST_FORMULAS):
        source = rng.choice(list(SOURCES)) if of_labels else RANDOM
        tokens = drawn_from(source, rule.needed, rng)
        sides = None if tokens is None else rule.apply(tokens, rng)
        if sides is not None:
            steps, right = _drawn_otherwise(rule, sides[1], rng)
            made = Pair(kind, seed, rule.group, steps, text(sides[0]), text(right))
            return replace(made, source=source) if rule.about_labels else made
    return None


def _drawn_otherwise(rule: Rule, tokens: Tokens, rng: random.Random) -> tuple[tuple[str, ...], Tokens]:
    """After a rule of notation one or two more now and then, with their names."""
    steps = [rule.name]
    for _ in range(rng.choice((0, 0, 0, 1, 2)) if rule.group in (drawn.GROUP, signs.GROUP) else 0):
        other = rng.choice(drawn.RULES)
        sides = other.apply(tokens, rng)
        if sides is not None and sides[0] == tokens:
            steps.append(other.name)
            tokens = sides[1]
    return tuple(steps), tokens


def has_labels() -> bool:
    """Whether the data are there from which pairs of labels are made."""
    return bool(formulas(next(iter(SOURCES))))


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
