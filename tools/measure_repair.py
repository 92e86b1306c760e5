"""Seeded damage to real labels."""
from __future__ import annotations
import random
from hmer_suite.latex.grammar import CLASS_OF, is_valid

STRUCTURAL_CLASSES = frozenset("LBRACE RBRACE SUB SUP FRAC SQRT LIMITS LEFT RIGHT AMP ROWBREAK INFIX STACK".split())

def is_structural(token):
    cls = CLASS_OF[token]
    return cls in STRUCTURAL_CLASSES or cls.startswith(("BEGIN_", "END_"))

def damage_once(tokens, pool, rng):
    places = [i for i, token in enumerate(tokens) if is_structural(token)]
    kind = rng.choice(("delete", "insert", "double"))
    if kind == "insert" or not places:
        place = rng.randrange(len(tokens) + 1)
        return [*tokens[:place], rng.choice(pool), *tokens[place:]]
    place = rng.choice(places)
    if kind == "delete":
        return tokens[:place] + tokens[place + 1 :]
    return tokens[: place + 1] + tokens[place:]

def damaged(tokens, count, rng, attempts=200):
    """A damaged, invalid copy and the number of draws that stayed valid; (None, draws) after *attempts*."""
    pool = [t for t in tokens if is_structural(t)]
    for draw in range(attempts if pool else 0):
        result = tokens
        for _ in range(count):
            result = damage_once(result, pool, rng)
        if not is_valid(result):
            return result, draw
    return None, attempts
