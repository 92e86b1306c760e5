"""Samples as a reader looks at them: formulas drawn, tokens aligned, what is wrong with invalid ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from hmer_suite.latex.canonical.canoniser import canonical_tokens
from hmer_suite.latex.problems import validate
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.mathml import to_mathml
from hmer_suite.repairs import repair
from hmer_suite.report.tables import verdict_text
from hmer_suite.scores.edit_distance import MATCH, SUBSTITUTION, align

if TYPE_CHECKING:
    from hmer_suite.equiv.verdict import Verdict

MAX_DRAWN = 400
"""Formulas of more tokens are not drawn: a runaway would fill the page."""

MAX_SHOWN = 2000
"""Characters of a formula's LaTeX that are shown."""

LONG_RUN, HEAD, TAIL = 40, 16, 8
"""Of so many tokens in a row with the same verdict, only these at the beginning and at the end are shown."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula on the page; *remark* says what the drawing is not, *mathml* is None where there is none."""

    text: str
    mathml: Markup | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of aligned tokens with one verdict; *left_out* counts those not shown."""

    step: str
    reference: str = ""
    prediction: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """A sample, or one system's answer to it: reference and prediction side by side.

    *verdict* says whether they mean the same, where that was judged.
    """

    id: str
    edits: int
    reference: Formula
    prediction: Formula
    pieces: tuple[Piece, ...]
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Invalid:
    """An invalid prediction: the first problem under a caret, and the repair."""

    id: str
    message: str
    code: str
    caret: str
    repaired: Formula
    reasons: tuple[str, ...]
    more_edits: int


def look(
    name: str, prediction: str | None, reference: str, edits: int, verdict: Verdict | None = None
) -> Look:
    """Draw and align one sample; the alignment is in canonical spelling, as *edits* are counted."""
    drawn = formula(reference), formula(prediction), pieces(prediction, reference)
    return Look(name, edits, *drawn, "" if verdict is None else verdict_text(verdict))


def formula(text: str | None) -> Formula:
    """A formula drawn; an invalid one is drawn as repair leaves it, a very long one not at all."""
    if text is None:
        return Formula("", None, "missing")
    shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} ... ({len(text):,} characters)"
    words = split(text)
    if not words:
        return Formula(shown, None, "empty")
    if len(words) > MAX_DRAWN:
        return Formula(shown, None, f"not drawn: {len(words):,} tokens")
    try:
        return Formula(shown, Markup(to_mathml(parse(words))))
    except LatexSyntaxError:
        return Formula(shown, _draw(repair(text).output), "invalid LaTeX, drawn after repair")


def _draw(text: str) -> Markup:
    return Markup(to_mathml(parse(text)))


def pieces(prediction: str | None, reference: str) -> tuple[Piece, ...]:
    """Aligned tokens in canonical spelling, long monotonous stretches cut short."""
    if prediction is None:
        return ()
    aligned = align(canonical_tokens(split(prediction)), canonical_tokens(split(reference)))
    found: list[Piece] = []
    for step, run in groupby(aligned.pairs(), key=lambda pair: pair[0]):
        found.extend(_pieces(step, [(theirs or "", ours or "") for _, theirs, ours in run]))
    return tuple(found)


def _pieces(step: str, run: Sequence[tuple[str, str]]) -> Iterator[Piece]:
    left_out = len(run) - HEAD - TAIL if len(run) > LONG_RUN else 0
    for index, (theirs, ours) in enumerate(run):
        if not left_out or index < HEAD or index >= len(run) - TAIL:
            yield Piece(step, theirs, "" if step == MATCH else ours)
        elif index == HEAD:
            yield Piece(step, left_out=left_out)


def invalid(name: str, prediction: str) -> Invalid:
    """What is wrong with an invalid prediction, and what repair makes of it."""
    problem = validate(prediction).problems[0]
    mended = repair(prediction)
    reasons = tuple(dict.fromkeys(edit.why for edit in mended.edits))
    return Invalid(
        id=name,
        message=problem.message,
        code=problem.code,
        caret=problem.caret(prediction),
        repaired=formula(mended.output),
        reasons=reasons[:5],
        more_edits=len(mended.edits),
    )


def confused(token: str | None) -> Formula:
    """A token of a confusion, drawn where it is a formula by itself."""
    if token is None:
        return Formula("", None)
    try:
        drawing = to_mathml(parse([token]), display=False)
    except LatexSyntaxError:
        return Formula(token, None)
    return Formula(token, Markup(drawing) if token.startswith("\\") else None)


__all__ = [
    "MATCH",
    "SUBSTITUTION",
    "Formula",
    "Invalid",
    "Look",
    "Piece",
    "confused",
    "formula",
    "invalid",
    "look",
]
