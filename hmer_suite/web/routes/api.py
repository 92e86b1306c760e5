"""Routes of the JSON API."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool

from hmer_suite.equiv.sandbox.shared import equal
from hmer_suite.errors import InputError
from hmer_suite.ink.json_strokes import traces_of
from hmer_suite.web import formulas, reading
from hmer_suite.web.errors import TooLarge
from hmer_suite.web.images import image_bytes
from hmer_suite.web.limits import Limits
from hmer_suite.web.runs import list_runs, read_run
from hmer_suite.web.schemas import (
    CanonAnswer,
    EqualAnswer,
    FixAnswer,
    FormulaRequest,
    ImageRequest,
    PairRequest,
    Reading,
    ReadingAnswer,
    Recogniser,
    Recognisers,
    Run,
    RunAnswer,
    ScoreAnswer,
    ScoreRequest,
    StrokesRequest,
    ValidAnswer,
)
from hmer_suite.web.scoring import score_files
from hmer_suite.web.services import Given
from hmer_suite.web.static_files import has_mathlive

router = APIRouter(prefix="/v1")

_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "A request that makes no sense, or a body that is not JSON"},
    403: {"description": "Another site asked"},
    404: {"description": "No recogniser or run of this name"},
    413: {"description": "Too large"},
    422: {"description": "Input that cannot be read, with the reason"},
    503: {"description": "Too many requests wait; see Retry-After"},
}


@router.post("/strokes", responses=_ERRORS)
async def strokes(asked: StrokesRequest, services: Given) -> ReadingAnswer:
    """Read ink."""
    axes = asked.strokes.strokes
    traces = traces_of({"x": axes.x, "y": axes.y}, "strokes")
    _check_ink(traces, services.limits)
    question = _question(
        asked, services.recogniser(asked.recogniser, services.offers.strokes), asked.attention
    )
    return ReadingAnswer(**await services.readers.run(reading.read_strokes, traces, question))


def _check_ink(traces: tuple[np.ndarray, ...], limits: Limits) -> None:
    if len(traces) > limits.strokes:
        raise TooLarge(f"strokes: {len(traces):,}, where {limits.strokes:,} are read at most")
    points = sum(map(len, traces))
    if points > limits.points:
        raise TooLarge(f"strokes: {points:,} points, where {limits.points:,} are read at most")


def _question(asked: Reading, recogniser: str, attention: bool = False) -> reading.Question:
    return reading.Question(
        recogniser, asked.beam, asked.nbest, asked.constrained, asked.prefix, attention=attention
    )


@router.post("/image", responses=_ERRORS)
async def image(asked: ImageRequest, services: Given) -> ReadingAnswer:
    """Read an image: a photo, a scan or a drawing of one formula."""
    content = image_bytes(asked.src)
    question = _question(asked, services.recogniser(asked.recogniser, services.offers.image), asked.attention)
    pixels = services.limits.pixels
    return ReadingAnswer(**await services.readers.run(reading.read_image, content, question, pixels))


@router.post("/validate", responses=_ERRORS)
async def validate(asked: FormulaRequest, services: Given) -> ValidAnswer:
    """Say whether a formula is valid LaTeX, what is wrong and where, and draw it."""
    services.check_formula(asked.latex)
    return ValidAnswer(**await services.texts.run(formulas.verdict, asked.latex))


@router.post("/fix", responses=_ERRORS)
async def fix(asked: FormulaRequest, services: Given) -> FixAnswer:
    """Repair a formula with the fewest edits."""
    services.check_formula(asked.latex)
    return FixAnswer(**await services.texts.run(formulas.repaired, asked.latex))


@router.post("/canon", responses=_ERRORS)
async def canon(asked: FormulaRequest, services: Given) -> CanonAnswer:
    """Write a formula in canonical spelling."""
    services.check_formula(asked.latex)
    return CanonAnswer(**await services.texts.run(formulas.canonised, asked.latex))


@router.post("/draw", responses=_ERRORS, response_class=Response)
async def draw(asked: FormulaRequest, services: Given) -> Response:
    """Draw a formula as SVG."""
    services.check_formula(asked.latex)
    return Response(await services.texts.run(formulas.svg, asked.latex), media_type="image/svg+xml")


@router.post("/equal", responses=_ERRORS)
async def equal_(asked: PairRequest, services: Given) -> EqualAnswer:
    """Decide whether two formulas mean the same."""
    services.check_formula(asked.first, asked.second)
    async with services.comparing:
        verdict = await run_in_threadpool(equal, asked.first, asked.second)
    return EqualAnswer(**verdict.to_json())  # type: ignore[arg-type]  # a model checks its keys itself


@router.post("/score", responses=_ERRORS)
async def score(asked: ScoreRequest, services: Given) -> ScoreAnswer:
    """Score a prediction file of any layout."""
    if asked.predictions.content.count("\n") > services.limits.samples:
        raise TooLarge(f"predictions: more than {services.limits.samples:,} lines")
    if not asked.predictions.content:
        raise InputError("predictions: empty")
    async with services.scoring:
        return await score_files(asked, services.limits)


@router.get("/recognisers")
def recognisers(services: Given) -> Recognisers:
    """The recognisers that are offered."""
    offers = services.offers
    return Recognisers(
        recognisers=[Recogniser(name=name) for name in offers.names],
        strokes=offers.strokes,
        image=offers.image,
        mathlive=has_mathlive(),
    )


@router.get("/runs")
def runs(services: Given) -> list[Run]:
    """Training runs, the latest first."""
    return list_runs(services.runs)


@router.get("/runs/{name}", responses={404: _ERRORS[404]})
def run(name: str, services: Given) -> RunAnswer:
    """The curve of a training run."""
    return read_run(services.runs, name)
