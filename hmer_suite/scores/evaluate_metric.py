"""The scores in the shape of the library evaluate (Hugging Face): ``compute(predictions=..., references=...)``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.errors import InputError
from hmer_suite.scores.score import score

DESCRIPTION = (
    "Rates of recognition of mathematical expressions, in percent: ExpRate in canonical spelling and others."
)

INPUTS = """predictions: LaTeX or tokens separated by spaces, None for a missing one, which counts as wrong.
references: one LaTeX formula for each prediction.
semantics: also decide which predictions mean the same as their references (slower); default false.
repair: also score the predictions after repair; default true."""


class EvaluateMetric:
    """The suite's scores as a metric of evaluate, which need not be installed.

    `add` and `add_batch` collect samples for a `compute` without arguments, which forgets them afterwards.
    """

    name = "hmer-suite"
    description = DESCRIPTION
    inputs_description = INPUTS

    def __init__(self, *, semantics: bool = False, repair: bool = True):
        self.semantics, self.repair = semantics, repair
        self._predictions: list[str | None] = []
        self._references: list[str] = []

    def add(self, *, prediction: str | None, reference: str) -> None:
        """Collect one sample."""
        self.add_batch(predictions=[prediction], references=[reference])

    def add_batch(self, *, predictions: Sequence[str | None], references: Sequence[str]) -> None:
        """Collect samples. Raises `InputError` for unequal numbers, and collects none of them then."""
        if len(predictions) != len(references):
            raise InputError(
                f"{len(predictions)} predictions and {len(references)} references do not pair up"
            )
        self._predictions += predictions
        self._references += references

    def compute(
        self,
        *,
        predictions: Sequence[str | None] | None = None,
        references: Sequence[str] | None = None,
        semantics: bool | None = None,
        repair: bool | None = None,
    ) -> dict[str, float | int | str]:
        """Rates by name, the number of samples ``n`` and the ``signature`` to quote them with.

        ``exprate``, ``le1``, ``wer``, ``valid`` and the like are those of the canonical spelling; those of the other
        spellings have a prefix: ``raw_exprate``, ``repaired_exprate``, ``structure_exprate``; with `semantics`,
        ``semantics_rate`` and ``semantics_rate_upper``. Raises `InputError` where there is nothing to score, and
        `PairingError` for unequal numbers.
        """
        if predictions is not None or references is not None:
            given = (predictions or (), references or ())
        else:
            given = (tuple(self._predictions), tuple(self._references))
            self._predictions, self._references = [], []
        found = score(
            *given,
            semantics=self.semantics if semantics is None else semantics,
            repair=self.repair if repair is None else repair,
        ).to_json()
        return _flat(found)


def _flat(found: dict[str, object]) -> dict[str, float | int | str]:
    """Rates of the blocks of a JSON document of scores, by names that say the block."""
    rates: dict[str, float | int | str] = {}
    for block in ("canonical", "raw", "repaired", "structure", "semantics"):
        values = found.get(block)
        if isinstance(values, dict):
            prefix = "" if block == "canonical" else f"{block}_"
            rates |= {f"{prefix}{k}": v for k, v in values.items() if isinstance(v, float | int)}
    return {**rates, "n": int(str(found["n"])), "signature": str(found["signature"])}


def evaluate_metric(*, semantics: bool = False, repair: bool = True) -> EvaluateMetric:
    """The suite's scores in the shape of ``evaluate.load``: ``.compute(predictions=..., references=...)``."""
    return EvaluateMetric(semantics=semantics, repair=repair)
