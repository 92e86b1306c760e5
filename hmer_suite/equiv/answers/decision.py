"""The verdict on two texts with answers in them, under the switches of `Answers`.

Each side has one answer or several candidates; with several, the verdict must be the same for all of them. Forgiving
steps follow the engine's own verdict, and those that took part are named in the verdict.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from flint import arb, fmpq

from hmer_suite.equiv.answers.extraction import candidates, has_words
from hmer_suite.equiv.answers.lists import can_be_paired, entries, left_side
from hmer_suite.equiv.answers.switches import Answers, parse_answers
from hmer_suite.equiv.answers.units import split_unit
from hmer_suite.equiv.decide import DEPTH, decide
from hmer_suite.equiv.reading.choices import ReadingChoices
from hmer_suite.equiv.reading.interpreting.interpretations import special_readings
from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.terms import Term
from hmer_suite.equiv.values import Outside, Point, Singular, Unknown, at_growing_precision
from hmer_suite.equiv.verdict import (
    DIFFERENT,
    EQUAL,
    NO_ANSWER,
    SEVERAL_ANSWERS,
    UNDECIDED,
    UNPROVEN,
    Answer,
    ComparedAnswers,
    Verdict,
)
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, parse

MOST_CANDIDATES = 6
"""Texts with more candidates are UNDECIDED."""
MOST_ENTRIES = 12
"""Longer lists are compared in their order alone."""

Forgiven = tuple[Verdict, tuple[str, ...]]
"""A verdict, and the forgiving switches that took part in it."""


def decide_answers(a: str, b: str, answers: str = "") -> Verdict:
    """EQUAL, DIFFERENT or UNDECIDED for two texts; *answers* has names of switches, as in `Answers.names`, with commas.

    Without switches this is `decide`.
    """
    if not answers:
        return decide(a, b)
    switches = parse_answers([answers])
    first: tuple[Answer, ...] = ()
    second: tuple[Answer, ...] = ()
    try:
        first, second = candidates(a, switches), candidates(b, switches)
        verdict, forgave = _of_candidates(first, second, switches)
    except RecursionError:
        verdict, forgave = Verdict(UNDECIDED, "unsupported", reason=DEPTH), ()
    return replace(verdict, answers=ComparedAnswers(switches.names(), first, second, forgave))


def _of_candidates(first: tuple[Answer, ...], second: tuple[Answer, ...], switches: Answers) -> Forgiven:
    if not (first and second):
        return Verdict(UNDECIDED, "unsupported", reason=NO_ANSWER), ()
    if max(len(first), len(second)) > MOST_CANDIDATES:
        return Verdict(UNDECIDED, "unsupported", reason=SEVERAL_ANSWERS), ()
    found = [_of_texts(ours.text, theirs.text, switches) for ours, theirs in product(first, second)]
    if len({verdict.verdict for verdict, _ in found}) > 1:
        return Verdict(UNDECIDED, "unsupported", reason=SEVERAL_ANSWERS), ()
    verdict, forgave = found[0]
    if verdict.verdict == DIFFERENT and any(map(has_words, (*first, *second))) and "units" not in forgave:
        return Verdict(UNDECIDED, "unsupported", reason=NO_ANSWER), ()  # "5, because x is odd" may say 5
    return verdict, forgave


def _of_texts(a: str, b: str, switches: Answers) -> Forgiven:
    verdict, forgave = _of_entries(a, b, switches)
    if verdict.verdict == EQUAL or not switches.unordered:
        return verdict, forgave
    ours, theirs = entries(a), entries(b)
    if len(ours) != len(theirs) or not 1 < len(ours) <= MOST_ENTRIES:
        return verdict, forgave
    table = [[_of_entries(one, other, switches) for other in theirs] for one in ours]
    if can_be_paired([[found.verdict == EQUAL for found, _ in row] for row in table]):
        steps = {step for row in table for found, by in row if found.verdict == EQUAL for step in by}
        return Verdict(EQUAL, "structural"), ("unordered", *sorted(steps))
    if can_be_paired([[found.verdict != DIFFERENT for found, _ in row] for row in table]):
        return Verdict(UNDECIDED, "unsupported", reason=UNPROVEN), ("unordered",)
    return Verdict(DIFFERENT, "structural"), ("unordered",)


def _of_entries(a: str, b: str, switches: Answers) -> Forgiven:
    """The verdict on two answers that are no lists."""
    verdict = decide(a, b)
    forgave: tuple[str, ...] = ()
    if switches.units and verdict.verdict != EQUAL:
        without = _without_units(a, b)
        if without != (a, b):
            (a, b), forgave = without, ("units",)
            verdict = decide(a, b)
    if switches.tolerance and verdict.verdict != EQUAL and _close(a, b, switches.tolerance):
        return Verdict(EQUAL, "numeric"), (*forgave, "tolerance")
    return verdict, forgave


def _without_units(a: str, b: str) -> tuple[str, str]:
    """The answers without their units, unless both have one and these differ."""
    (ours, unit), (theirs, other) = split_unit(a), split_unit(b)
    return (a, b) if unit and other and unit != other else (ours, theirs)


# --- tolerance ---------------------------------------------------------------------------------------------------


def _close(a: str, b: str, tolerance: float) -> bool:
    """Whether both are numbers, or the same letter equals them, and they certainly differ by no more than allowed."""
    left, right = split(a), split(b)
    name = left_side(left)
    if name is not None and name == left_side(right):
        left, right = left[2:], right[2:]
    try:
        terms = _term(left), _term(right)
        if terms[0] is None or terms[1] is None:
            return False
        readings = [*special_readings(terms[0], terms[1])]
        return all(_close_values(ours, theirs, tolerance) for ours, theirs in readings)
    except (LatexSyntaxError, RecursionError):
        return False


def _term(tokens: list[str]) -> Term | None:
    """The formula as a term; None if it can be read in several ways."""
    reader = TermReader(ReadingChoices())
    term = reader.read(canonical_tree(parse(tokens)))
    return None if reader.doubts or reader.used else term


def _close_values(left: Term, right: Term, tolerance: float) -> bool:
    allowed = fmpq(*tolerance.as_integer_ratio())

    def close() -> bool | None:
        a, b = _number(left), _number(right)
        if a is None or b is None:
            return False
        if isinstance(a, fmpq) and isinstance(b, fmpq):
            return bool(abs(a - b) <= allowed * max(abs(a), abs(b)))
        x, y = arb(a), arb(b)
        distance, bound = abs(x - y), arb(allowed) * abs(x).max(abs(y))
        return True if distance <= bound else False if distance > bound else None

    return bool(at_growing_precision(close))


def _number(term: Term) -> fmpq | arb | None:
    """The value of a term without letters; None if it has no real one that can be computed."""
    point = Point(0)
    try:
        value = point.value(term)
    except (Unknown, Outside, Singular):
        return None
    letters = (
        point.used or point.calls or any(part.op == "const" and part.data == "sign" for part in term.walk())
    )
    return None if letters or not isinstance(value, fmpq | arb) else value
