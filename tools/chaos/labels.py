"""Mutated labels through the functions on LaTeX, and the promises that these keep."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from hmer_suite import canonical, parse, repair, tokens, validate
from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError

Results = Iterator[str | None]

CHARACTERS = "{}^_\\&$%#~ ()[]|ax2+=\t\u0000\u2028é\ud83d\U0001d54f" + "'"


def mutated(rng: random.Random) -> str:
    """A made-up label with some tokens or characters dropped, doubled, exchanged or made up."""
    words: list[str] = sample_formula(rng).split()
    known = sorted(CLASSES)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(words) + 1)
        words[place : place + rng.randint(0, 2)] = rng.choice(
            ([], [rng.choice(known)], words[place : place + 2] * 2, words[:3], [rng.choice(CHARACTERS)])
        )
    text = rng.choice((" ", "")).join(words)
    if rng.random() < 0.3:
        place = rng.randrange(len(text) + 1)
        text = text[:place] + "".join(rng.choices(CHARACTERS, k=rng.randint(1, 4))) + text[place + 1 :]
    return text


def broken_promise(text: str) -> str | None:
    """The promise on a label that does not hold, or None."""
    words = split(text)
    valid = validate(text).valid
    try:
        parse(text)
        parsed = True
    except LatexSyntaxError:
        parsed = False
    once = canonical(text)
    fixed = repair(text)
    output = split(fixed.output)
    checks = {
        "parsed exactly if valid": parsed == valid,
        "tokens cover no more than the text": len(tokens(text)) <= len(text),
        "canonical spelling is stable": canonical(once) == once,
        "canonical spelling of a valid formula is valid": not valid or is_valid(split(once)),
        "a repair is valid": is_valid(output),
        "a repair is stable": repair(fixed.output).output == fixed.output,
        "the cost is the distance": fixed.cost == len(fixed.edits) == Levenshtein.distance(words, output),
        "a valid formula stays": not valid or fixed.output == text,
    }
    return next((promise for promise, held in checks.items() if not held), None)


def broken_tokens(text: str) -> str | None:
    """The promise on the tokens and the diagnosis of a text that does not hold, or None."""
    words = split(text)
    diagnosis = validate(text)
    checks = {
        "tokens cover no more than the text": len(words) <= len(text),
        "tokens hold no blank": not any(word != word.strip(" ") or not word for word in words),
        "tokens come back": split(" ".join(words)) == words,
        "problems lie in the text": all(0 <= p.start <= p.end <= len(text) for p in diagnosis.problems),
        "a problem for every invalid formula": diagnosis.valid == (not diagnosis.problems),
        "each problem on one line": all("\n" not in p.message for p in diagnosis.problems),
    }
    return next((promise for promise, held in checks.items() if not held), None)


def labels(rng: random.Random, folder: Path) -> Results:
    """Mutated labels through tokens, validate, parse, canonical and repair."""
    while True:
        text = mutated(rng)
        try:
            broken = broken_promise(text)
        except Exception as error:  # any at all is a failure
            broken = f"{type(error).__name__}: {error}"
        yield None if broken is None else f"{text!r}: {broken}"
