"""Tasks of the workers that read: strokes or an image in, hypotheses out.

Networks are loaded when they are first asked for, and stay in the worker. The server imports this module too, and must
not import torch with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.images.files import image_size
from hmer_suite.latex.problems import validate
from hmer_suite.latex.tokens import split
from hmer_suite.specs.recogniser import Decoding, Hypothesis
from hmer_suite.web.formulas import drawn

if TYPE_CHECKING:
    from hmer_suite.predict.attention import AttentionMap
    from hmer_suite.predict.formula_reader import FormulaReader

MOST_ASPECT = 100
"""Largest ratio of the sides of an image."""


@dataclass(frozen=True, slots=True)
class Question:
    """The way in which a formula is to be read.

    `beam`, `nbest` and `constrained` are those of `hmer_suite.specs.recogniser.Decoding`; `prefix` is LaTeX with which
    the reading begins. With `attention` what each token looked at is returned: strokes, or parts of the picture.
    """

    recogniser: str
    beam: int = 5
    nbest: int = 5
    constrained: bool = True
    prefix: str = ""
    attention: bool = False

    @property
    def decoding(self) -> Decoding:
        """The search."""
        return Decoding(
            beam=max(self.beam, self.nbest),
            nbest=self.nbest,
            constrained=self.constrained,
            prefix=tuple(split(self.prefix)),
        )


def start(names: Sequence[str]) -> None:
    """Load recognisers before the first request; one thread a worker serves many requests best."""
    import torch

    torch.set_num_threads(1)
    for name in names:
        _reader(name)


@cache
def _reader(name: str) -> FormulaReader:
    from hmer_suite.predict.formula_reader import load

    return load(name, "cpu")


def read_strokes(traces: Sequence[np.ndarray], question: Question) -> dict[str, Any]:
    """The reading of traces (n, 2), X to the right and Y down; InputError for what cannot be read."""
    reader = _reader(question.recogniser)
    found = reader.read(list(traces), question.decoding)
    answer = _answer(found, question)
    if question.attention and found and found[0].tokens:
        from hmer_suite.predict.attention import stroke_attention

        answer["attention"] = stroke_attention(reader, traces, found[0].tokens)
    return answer


def read_image(content: bytes, question: Question, most_pixels: int) -> dict[str, Any]:
    """The reading of an image file's bytes; InputError for one that cannot be read or has too many pixels."""
    _check_size(content, most_pixels)
    reader = _reader(question.recogniser)
    found = reader.read(content, question.decoding)
    answer = _answer(found, question)
    if question.attention and found and found[0].tokens:
        from hmer_suite.predict.attention import picture_attention

        seen = picture_attention(reader, content, found[0].tokens)
        answer["attention_map"] = None if seen is None else _as_json(seen)
    return answer


def _as_json(seen: AttentionMap) -> dict[str, Any]:
    _, rows, columns = seen.weights.shape
    return {
        "box": [round(edge, 5) for edge in seen.box],
        "rows": rows,
        "columns": columns,
        "weights": [np.round(one.ravel().astype(float), 4).tolist() for one in seen.weights],
    }


def _check_size(content: bytes, most_pixels: int) -> None:
    """Refuse a large image by its header, before it is decoded."""
    width, height = image_size(content, "image")
    if width * height > most_pixels:
        raise InputError(f"image: {width} x {height} pixels, more than {most_pixels:,}")
    if max(width, height) > MOST_ASPECT * min(width, height):
        raise InputError(f"image: {width} x {height} pixels is no picture of a formula")


def _answer(found: Sequence[Hypothesis], question: Question) -> dict[str, Any]:
    best = found[0] if found else Hypothesis((), 0.0, confidence=0.0)
    confidences: Sequence[float | None] = best.token_confidences or [None] * len(best.tokens)
    return {
        "latex_styled": best.latex,
        "confidence": _finite(best.confidence),
        "nbest": [
            {
                "latex_styled": one.latex,
                "confidence": _finite(one.confidence),
                "logprob": _finite(one.logprob),
                "mathml": drawn(one.latex),
            }
            for one in found
        ],
        "mathml": drawn(best.latex),
        "tokens": [
            {"token": token, "confidence": _finite(confidence)}
            for token, confidence in zip(best.tokens, confidences, strict=True)
        ],
        "valid": validate(best.latex).valid,
        "recogniser": question.recogniser,
    }


def _finite(value: float | None) -> float | None:
    """The value with six decimals, as JSON may have it."""
    return None if value is None or not np.isfinite(value) else round(float(value), 6)
