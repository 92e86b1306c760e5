"""Samples for the HTML report: formulas drawn, tokens aligned, invalid predictions explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.problems import validate
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.mathml import to_mathml
from hmer_suite.repairs import repair
from hmer_suite.report.wording import problem_name, verdict_sentence
from hmer_suite.scores.edit_distance import DELETION, INSERTION, MATCH, Alignment, align
from hmer_suite.scores.sample import Sample

MAX_DRAWN = 400
"""Formulas with more tokens are not drawn: a decoding loop would fill the page."""

MAX_SHOWN = 2000
"""Characters of a formula's LaTeX that are shown."""

LONG_RUN, HEAD, TAIL = 40, 16, 8
"""Runs of more than `LONG_RUN` tokens with the same step show only the first `HEAD` and the last `TAIL`."""

NO_PICTURES: Mapping[str, str] = {}

MAX_REASONS = 5
"""Reasons of a repair that are listed."""


@dataclass(frozen=True, slots=True)
class DrawnFormula:
    """A formula on the page; *mathml* is None where it is not drawn, *remark* says why or what is drawn instead."""

    text: str
    mathml: Markup | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class AlignedToken:
    """A step of an alignment with its tokens, or, where *left_out* is not 0, that many steps not shown."""

    step: str
    reference: str = ""
    prediction: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """A sample, or one system's answer to it: reference and prediction side by side.

    *verdict* says whether they mean the same; it is empty where that was not judged. *picture* is the data URI of the
    image that was read, empty if it is not known.
    """

    id: str
    edits: int
    reference: DrawnFormula
    prediction: DrawnFormula
    tokens: tuple[AlignedToken, ...]
    verdict: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class InvalidPrediction:
    """An invalid prediction: its first problem with a caret below, and its repair with *edits* edits."""

    id: str
    message: str
    code: str
    caret: str
    repaired: DrawnFormula
    reasons: tuple[str, ...]
    edits: int


def draw_sample(sample: Sample, edits: int, picture: str = "") -> DrawnSample:
    """Draw and align one sample, with its *edits*; the alignment is in canonical spelling."""
    aligned = alignment(sample)
    marks = marked_tokens(aligned)
    return DrawnSample(
        id=sample.id,
        edits=edits,
        reference=draw_formula(sample.reference, marks[0]),
        prediction=draw_formula(sample.prediction, marks[1]),
        tokens=() if aligned is None else aligned_tokens(aligned),
        verdict="" if sample.verdict is None else verdict_sentence(sample.verdict),
        picture=picture,
    )


def draw_samples(
    samples: Sequence[Sample], pictures: Mapping[str, str] = NO_PICTURES, spelling: str = "canonical"
) -> list[DrawnSample]:
    """Draw samples with their edits in a *spelling*, and their *pictures* by id."""
    return [draw_sample(one, getattr(one, spelling).edits, pictures.get(one.id, "")) for one in samples]


def alignment(sample: Sample) -> Alignment | None:
    """The alignment of a sample in canonical spelling; None for a missing prediction."""
    if sample.spelled_prediction is None:
        return None
    return align(sample.spelled_prediction.split(), sample.spelled_reference.split())


Marks = frozenset[int]
"""Places of tokens in canonical spelling that differ from the other side."""


def marked_tokens(aligned: Alignment | None) -> tuple[Marks, Marks]:
    """Tokens of the reference and of the prediction that differ, none where they would not be drawn."""
    if aligned is None:
        return frozenset(), frozenset()
    reference = [step for step in aligned.steps if step != INSERTION]
    prediction = [step for step in aligned.steps if step != DELETION]
    theirs, ours = (
        frozenset(place for place, step in enumerate(steps) if step != MATCH)
        for steps in (reference, prediction)
    )
    return theirs, ours


def draw_formula(text: str | None, marks: Marks = frozenset()) -> DrawnFormula:
    """Draw a formula: an invalid one as repaired, a missing, empty or very long one not at all.

    *marks* are tokens in canonical spelling; they are not shown where the drawing is of a repaired formula.
    """
    if text is None:
        return DrawnFormula("", None, "missing")
    shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} ... ({len(text):,} characters)"
    words = split(text)
    if not words:
        return DrawnFormula(shown, None, "empty")
    if len(words) > MAX_DRAWN:
        return DrawnFormula(shown, None, f"not drawn: {len(words):,} tokens")
    try:
        return DrawnFormula(shown, Markup(to_mathml(canonical_tree(parse(words)), marks=marks)))
    except LatexSyntaxError:
        drawing = Markup(to_mathml(parse(repair(text).output)))
        return DrawnFormula(shown, drawing, "invalid LaTeX, drawn after repair")


def aligned_tokens(aligned: Alignment) -> tuple[AlignedToken, ...]:
    """The steps of an alignment, the middle of long runs left out."""
    found: list[AlignedToken] = []
    for step, run in groupby(aligned.pairs(), key=lambda pair: pair[0]):
        found.extend(_shortened(step, [(theirs or "", ours or "") for _, theirs, ours in run]))
    return tuple(found)


def _shortened(step: str, run: Sequence[tuple[str, str]]) -> Iterator[AlignedToken]:
    left_out = len(run) - HEAD - TAIL if len(run) > LONG_RUN else 0
    for index, (theirs, ours) in enumerate(run):
        if not left_out or index < HEAD or index >= len(run) - TAIL:
            yield AlignedToken(step, theirs, "" if step == MATCH else ours)
        elif index == HEAD:
            yield AlignedToken(step, left_out=left_out)


def explain_problem(text: str) -> dict[str, str]:
    """The first problem of an invalid formula for the page's script: its name, message and place."""
    problem = validate(text).problems[0]
    return {"name": problem_name(problem.code), "message": problem.message, "caret": problem.caret(text)}


def explain_invalid(identifier: str, prediction: str) -> InvalidPrediction:
    """Explain an invalid prediction by its first problem and its repair."""
    problem = validate(prediction).problems[0]
    repaired = repair(prediction)
    reasons = tuple(dict.fromkeys(edit.why for edit in repaired.edits))
    return InvalidPrediction(
        id=identifier,
        message=problem.message,
        code=problem_name(problem.code),
        caret=problem.caret(prediction),
        repaired=draw_formula(repaired.output),
        reasons=reasons[:MAX_REASONS],
        edits=len(repaired.edits),
    )


def draw_token(token: str | None) -> DrawnFormula:
    """Draw a command that is a formula by itself; other tokens are text, None is empty."""
    if token is None:
        return DrawnFormula("", None)
    try:
        drawing = to_mathml(parse([token]), display=False)
    except LatexSyntaxError:
        return DrawnFormula(token, None)
    return DrawnFormula(token, Markup(drawing) if token.startswith("\\") else None)
