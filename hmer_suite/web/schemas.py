"""Requests and answers of the JSON API, version 1."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Text = Annotated[str, Field(examples=[r"\frac{1}{2}"], max_length=1_000_000)]
Coordinates = list[list[FiniteFloat]]


class Asked(BaseModel):
    """A request; keys that are not known are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Axes(Asked):
    """Coordinates of strokes: for each stroke a list of x (to the right) and one of y (down)."""

    x: Annotated[Coordinates, Field(examples=[[[10, 40], [25, 25]]])]
    y: Annotated[Coordinates, Field(examples=[[[20, 20], [5, 35]]])]


class Strokes(Asked):
    """Strokes as Mathpix has them."""

    strokes: Axes


class Reading(Asked):
    """The way in which a formula is to be read."""

    recogniser: Annotated[
        str | None, Field(description="One of `GET /v1/recognisers`; by default its first.")
    ] = None
    beam: Annotated[int, Field(ge=1, le=20, description="Width of the beam; 1 is greedy search.")] = 5
    nbest: Annotated[int, Field(ge=1, le=10, description="Most readings to return.")] = 5
    constrained: Annotated[bool, Field(description="Write only valid formulas.")] = True
    prefix: Annotated[
        str,
        Field(max_length=2_000, description="LaTeX with which the reading begins, as when it was corrected."),
    ] = ""


class StrokesRequest(Reading):
    """Ink to read."""

    strokes: Strokes
    attention: Annotated[bool, Field(description="Return the weight of each stroke for each token.")] = False


class ImageRequest(Reading):
    """An image to read."""

    src: Annotated[
        str,
        Field(
            description="A data URI, `data:image/png;base64,...`; addresses are not fetched.", min_length=1
        ),
    ]
    attention: Annotated[
        bool, Field(description="Return the weights of the picture's parts for each token.")
    ] = False


class Hypothesis(BaseModel):
    """One of several readings."""

    latex_styled: str
    confidence: float | None
    logprob: float | None
    mathml: str | None


class Token(BaseModel):
    """A token of the best reading, with the probability that it is right where that is known."""

    token: str
    confidence: float | None


class AttentionMap(BaseModel):
    """Attention to the parts of a picture: cells in rows and columns over a box that holds the ink."""

    box: Annotated[
        list[float],
        Field(
            description="Left, top, right and bottom edge, as shares of the upright picture's sides.",
            min_length=4,
            max_length=4,
        ),
    ]
    rows: int
    columns: int
    weights: Annotated[
        list[list[float]], Field(description="For each token the cells row by row, with sum 1.")
    ]


class ReadingAnswer(BaseModel):
    """A reading. `latex_styled` is empty for a blank sheet.

    `attention` has the weights of strokes for each token, `attention_map` those of the parts of a picture.
    """

    latex_styled: str
    confidence: float | None
    nbest: list[Hypothesis]
    mathml: str | None
    tokens: list[Token]
    valid: bool
    recogniser: str
    attention: list[list[float]] | None = None
    attention_map: AttentionMap | None = None


class FormulaRequest(Asked):
    """A formula."""

    latex: Text


class Problem(BaseModel):
    """A reason for which a formula is not valid; `start` and `end` count its characters."""

    code: str
    start: int
    end: int
    message: str
    expected: list[str]


class ValidAnswer(BaseModel):
    """A verdict on a formula, its tokens and its drawing."""

    valid: bool
    problems: list[Problem]
    tokens: list[str]
    mathml: str | None


class Edit(BaseModel):
    """An edit of a repair."""

    op: str
    token: str
    at: int
    why: str


class FixAnswer(BaseModel):
    """A repair."""

    model_config = ConfigDict(extra="allow")

    input: str
    output: str
    cost: float
    edits: list[Edit]
    mathml: str | None


class CanonAnswer(BaseModel):
    """A canonical spelling."""

    output: str


class PairRequest(Asked):
    """Two formulas."""

    first: Text
    second: Text


class EqualAnswer(BaseModel):
    """EQUAL, DIFFERENT or UNDECIDED, with the method and a witness."""

    model_config = ConfigDict(extra="allow")

    verdict: Literal["EQUAL", "DIFFERENT", "UNDECIDED"]
    how: str
    witness: dict[str, str] | None


class File(Asked):
    """A file: its content, and the suffix of its name, which tells its layout where the content does not."""

    content: str
    suffix: Annotated[str, Field(pattern=r"^(\.[A-Za-z0-9]{1,8}){0,2}$", examples=[".tsv"])] = ".txt"
    encoding: Literal["text", "base64"] = "text"


class ScoreRequest(Asked):
    """Predictions and their references; without references those inside the file of predictions."""

    predictions: File
    references: File | None = None
    semantics: Annotated[bool, Field(description="Also decide which predictions mean the same.")] = False
    report: Annotated[bool, Field(description="Also return the HTML report.")] = False


class ScoreAnswer(BaseModel):
    """The document that `hmer-suite score --json` prints, and the report as one HTML page."""

    scores: dict[str, Any]
    report: str | None = None


class Recogniser(BaseModel):
    """A recogniser that is offered."""

    name: str


class Recognisers(BaseModel):
    """The recognisers that are offered, and those that read strokes and images by default."""

    recognisers: list[Recogniser]
    strokes: str
    image: str
    mathlive: Annotated[bool, Field(description="Whether the page has its formula editor.")]


class Run(BaseModel):
    """A training run."""

    name: str
    steps: int
    seconds: float
    best: float | None
    updated: Annotated[float, Field(description="Seconds since 1970.")]


class RunPoint(BaseModel):
    """A line of a run's log: of training or of validation."""

    step: int
    seconds: float | None = None
    loss: float | None = None
    lr: float | None = None
    exprate: float | None = None
    wer: float | None = None
    validation_loss: float | None = None


class RunAnswer(BaseModel):
    """The curve of a run, thinned to at most a thousand points."""

    name: str
    points: list[RunPoint]


class Health(BaseModel):
    """The state of the server."""

    status: Literal["ok", "starting"]
    version: str
    waiting: int
