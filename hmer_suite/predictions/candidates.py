"""Several predictions for a sample: the first of a list of candidates, or of a table with a column of ranks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from hmer_suite.errors import InputError
from hmer_suite.predictions.layouts import number_of, show
from hmer_suite.predictions.names import normal
from hmer_suite.predictions.responses import Place

SEVERAL = "several predictions for a sample: the first of each is read"

_TOKEN = re.compile(r"\\[A-Za-z]+|\\?.", re.DOTALL)
_RANKS = ("rank", "nbest_rank", "beam_rank", "hypothesis_rank", "beam", "nbest")
_OF_CANDIDATES = (
    "nbest",
    "n_best",
    "candidates",
    "hypotheses",
    "hyps",
    "beams",
    "predictions",
    "preds",
    "outputs",
)
"""Keys whose lists hold candidates, not the tokens of one prediction."""

_TEXTS = ("text", "latex", "pred", "prediction", "hypothesis", "hyp", "formula")
_SCORES = ("score", "logprob", "log_prob", "prob", "probability", "confidence")


def first_candidate(where: str, place: Place) -> Place | None:
    """The place of the first text in a list of candidates; None if there is no such list at *place*.

    Candidates are texts, pairs of text and score, or objects with both. Raises `InputError` for scores in another order
    than from best to worst, and for texts that are single tokens, which may be those of one formula.
    """
    values = place.value
    if not isinstance(values, list) or not values:
        return None
    found = [_candidate(values, index) for index in range(len(values))]
    if any(one is None for one in found):
        return None
    candidates = [one for one in found if one is not None]
    texts = [str(text.value) for text, _ in candidates]
    scores = [score for _, score in candidates if score is not None]
    named = isinstance(place.key, str) and normal(place.key) in _OF_CANDIDATES
    if not named and len(scores) < len(texts) and len(texts) > 1 and all(map(_TOKEN.fullmatch, texts)):
        raise InputError(
            f"{where}: {show(', '.join(texts))} may be candidates or the tokens of one: join tokens by blanks"
        )
    if any(after > before for before, after in pairwise(scores)):
        raise InputError(
            f"{where}: candidates that are not in the order of their scores: which is the prediction?"
        )
    return candidates[0][0]


def _candidate(values: list[object], index: int) -> tuple[Place, float | None] | None:
    """Place and score of one of several candidates; None if it is none."""
    value = values[index]
    if isinstance(value, str):
        return Place(values, index), None
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        return (Place(value, 0), _score(value[1])) if _score(value[1]) is not None else None
    if isinstance(value, dict):
        text = next((key for key in _TEXTS if isinstance(value.get(key), str)), None)
        score = next((_score(value[key]) for key in _SCORES if key in value), None)
        return None if text is None else (Place(value, text), score)
    return None


def _score(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


class FirstRanks:
    """The records of the first rank in a table that has a column of ranks, block after block."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._ids: set[str] = set()

    def places(
        self, name: str, found: Sequence[tuple[int, list[str]]], names: tuple[str, ...], id_column: str | None
    ) -> Sequence[int]:
        """Indices of the records that count; all without a column of ranks, or where every rank is the same.

        Raises `InputError` for a sample without a record of the first rank.
        """
        column = next((names.index(key) for key in names if normal(key) in _RANKS), None)
        ranks = [] if column is None else [number_of(cells[column]) for _, cells in found]
        known = [rank for rank in ranks if rank is not None]
        if id_column is None or not known or len(known) < len(ranks):
            return range(len(found))
        self._first = min(known) if self._first is None else self._first
        if len({cells[names.index(id_column)] for _, cells in found}) == len(found) and not self._ids:
            return range(len(found))
        kept = [index for index, rank in enumerate(ranks) if rank == self._first]
        at = names.index(id_column)
        self._ids.update(found[index][1][at] for index in kept)
        for line, cells in found:
            if cells[at] not in self._ids:
                raise InputError(
                    f"{name}:{line}: no prediction of rank {self._first:g} for {show(cells[at])}"
                )
        return kept
