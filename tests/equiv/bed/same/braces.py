r"""Rewritings that leave a brace out: invalid LaTeX, one repair of which is the label itself.

Excluded are braces of names and environments, and results that are valid, since they say something else.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.tokens import split
from tests.equiv.bed.formula import (
    Rule,
    Sides,
    Tokens,
    free_places,
    is_bare,
    is_digit,
    is_letter,
    rule_of,
    text,
)

RULES: list[Rule] = []
GROUP = "braces and invalid LaTeX"

Made = Callable[[Tokens, random.Random], Sides | None]


def _rule(*needed: str) -> Callable[[Made], Made]:
    def register(made: Made) -> Made:
        RULES.append(Rule(rule_of(made), GROUP, made, needed))
        return made

    return register


@_rule("{")
def _brace_dropped(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A brace that is missing may have stood where the label has it."""
    places = [p for p in free_places(tokens) if tokens[p] in ("{", "}")]
    return _without(tokens, {rng.choice(places)}) if places else None


@_rule("{")
def _two_braces_dropped(tokens: Tokens, rng: random.Random) -> Sides | None:
    """Two braces that are missing are one edit more than the fewest that there can be."""
    places = [p for p in free_places(tokens) if tokens[p] in ("{", "}")]
    return _without(tokens, set(rng.sample(places, 2))) if len(places) > 1 else None


@_rule("{")
def _brace_doubled(tokens: Tokens, rng: random.Random) -> Sides | None:
    """A brace too many is taken away by one edit."""
    places = [p for p in free_places(tokens) if tokens[p] in ("{", "}")]
    if not places:
        return None
    place = rng.choice(places)
    other = (*tokens[:place], tokens[place], *tokens[place:])
    return None if _is_valid(other) else (tokens, other)


@_rule()
def _group_of_a_script_lost(tokens: Tokens, rng: random.Random) -> Sides | None:
    r"""A script's braces, left out before a command that needs them, are one pair: ``3^\sin y``, ``y^\sqrt3``."""
    places = [
        p
        for p in free_places(tokens)
        if is_letter(tokens[p])
        and is_bare(tokens, p)
        and tokens[p + 1 : p + 2] not in (("^",), ("_",), ("'",))
    ]
    if not places:
        return None
    place = rng.choice(places) + 1
    script = rng.choice((("\\sqrt", "{", "3", "}"), ("\\sin", "y"), ("\\frac", "{", "1", "}", "{", "2", "}")))
    head, tail = tokens[:place], tokens[place:]
    other = (*head, "^", *script, *tail)
    return None if _is_valid(other) else ((*head, "^", "{", *script, "}", *tail), other)


@_rule()
def _unknown_command(tokens: Tokens, rng: random.Random) -> Sides | None:
    r"""A command that a document may define is no slip of a recogniser: ``\R``, ``\eps``, ``\abs{x}``."""
    places = [p for p in free_places(tokens) if is_letter(tokens[p]) or is_digit(tokens[p])]
    if not places:
        return None
    place = rng.choice(places)
    command = rng.choice(("\\R", "\\vx", "\\half", "\\myvar", "\\E", "\\one"))
    return tokens, (*tokens[:place], command, *tokens[place + 1 :])


def _is_valid(tokens: Tokens) -> bool:
    r"""Whether tokens are valid LaTeX; those of labels may stand for two, ``\left(``."""
    return is_valid(split(text(tokens)))


def _without(tokens: Tokens, places: set[int]) -> Sides | None:
    other = tuple(token for place, token in enumerate(tokens) if place not in places)
    return None if not other or _is_valid(other) else (tokens, other)
