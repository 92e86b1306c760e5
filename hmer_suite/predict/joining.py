"""Joint readings: the texts that several recognisers propose for a sample, rescored by all of them.

The n-best lists of all members are merged, each member computes the likelihood of each text, and texts are ranked by
the weighted sum of log-likelihoods and a prior (`hmer_suite.predict.prior`) over a power of the length. J. Zhang, J.
Du, L. Dai, "Track, attend and parse" (IEEE TMM 2019) join online and offline recognisers in the same way, without a
prior. Members may read ink and images of the same samples, and several views of one recogniser may be members.

Weights, the exponent, the prior and the calibration of confidence are tuned on validation samples and kept in a JSON
file that a plugin ships (`RecogniserSpec.reading`): ``{"NAME+NAME": {"weights": [..], "length_exponent": .., ...}}``.

Shapes: K texts of a sample, M members.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.files import read_text
from hmer_suite.predict.confidence import Calibration, Evidence, TokenEvidence
from hmer_suite.predict.prior import NO_PRIOR, Prior, usualness
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood, RecogniserSpec

LEAST = -60.0
"""Smallest log-likelihood: a text that one member cannot write may still be right."""


@dataclass(frozen=True, slots=True)
class Joining:
    """Scoring of the readings of one recogniser, or of several together.

    `weights` are those of the members' log-likelihoods, `length_exponent` the power of the length (the end counted)
    that their sum is divided by. `confidence` and `token_confidence` calibrate the probabilities of formulas and of
    tokens; None if not tuned. `tuned_on` names the tuning data. `prior` says how usual a text is.
    """

    weights: tuple[float, ...]
    length_exponent: float = 0.5
    confidence: Calibration | None = None
    token_confidence: Calibration | None = None
    tuned_on: str = ""
    prior: Prior = NO_PRIOR

    @classmethod
    def plain(cls, members: int) -> Joining:
        """Equal weights, no prior, and no confidence."""
        return cls((1.0,) * members)

    def asked(self, how: Decoding) -> Joining:
        """Itself as a search asks for it: without the prior unless `how.prior`."""
        return self if how.prior else replace(self, prior=NO_PRIOR)


def find_joining(specs: Sequence[RecogniserSpec], names: Sequence[str]) -> Joining:
    """The scoring of these members from a file of one of them, or else equal weights.

    `names` are the names by which users call the members, in any order. Raises `InputError` for a damaged file.
    """
    for path in dict.fromkeys(spec.reading for spec in specs if spec.reading is not None):
        for key, joining in read_joinings(path).items():
            order = key.split("+")
            if sorted(order) == sorted(names):
                return replace(joining, weights=_reordered(joining.weights, order, names))
    return Joining.plain(len(names))


def _reordered(weights: Sequence[float], order: Sequence[str], names: Sequence[str]) -> tuple[float, ...]:
    by_name = list(zip(order, weights, strict=True))
    found = []
    for name in names:
        place = next(i for i, (known, _) in enumerate(by_name) if known == name)
        found.append(by_name.pop(place)[1])
    return tuple(found)


def read_joinings(path: Path) -> dict[str, Joining]:
    """A file's entries by the names of their members, joined by ``+``."""
    try:
        values = json.loads(read_text(path))
        return {key: _joining(key, entry) for key, entry in values.items()}
    except (json.JSONDecodeError, AttributeError, TypeError, ValueError, KeyError) as error:
        raise InputError(f"{path}: not a file of joined readings: {error}") from None


def _joining(key: str, entry: Mapping[str, object]) -> Joining:
    values = dict(entry)
    for name in ("confidence", "token_confidence"):
        if values.get(name) is not None:
            values[name] = Calibration(**values[name])  # type: ignore[arg-type]
    values["prior"] = Prior(**values.get("prior", {}))  # type: ignore[arg-type]
    joining = Joining(**{**values, "weights": tuple(values["weights"])})  # type: ignore[arg-type]
    if len(joining.weights) != len(key.split("+")):
        raise ValueError(f"{key}: {len(joining.weights)} weights")
    return joining


def write_joinings(joinings: Mapping[str, Joining]) -> str:
    """The text of a file that `read_joinings` reads."""
    return json.dumps({key: asdict(joining) for key, joining in joinings.items()}, indent=1) + "\n"


@dataclass(frozen=True, eq=False)
class Candidates:
    """The texts proposed for one sample, and their likelihoods for each member.

    `logprobs` (K, M) are log-likelihoods, at least `LEAST`. `tokens` has for each text and member the
    log-probabilities of its tokens and end, or nothing. `firsts` are the indices of each member's own best text.
    """

    texts: tuple[tuple[str, ...], ...]
    logprobs: np.ndarray
    tokens: tuple[tuple[tuple[float, ...], ...], ...]
    firsts: tuple[int, ...]

    @classmethod
    def of(
        cls,
        texts: Sequence[tuple[str, ...]],
        said: Sequence[Sequence[Likelihood]],
        firsts: Sequence[tuple[str, ...] | None],
    ) -> Candidates:
        """From the likelihoods of each member for each text (M lists of K), and each member's own best text."""
        logprobs = np.array([[max(one.logprob, LEAST) for one in row] for row in said]).T
        tokens = tuple(tuple(row[place].tokens for row in said) for place in range(len(texts)))
        places = tuple(-1 if first is None else texts.index(first) for first in firsts)
        return cls(tuple(texts), logprobs.reshape(len(texts), len(said)), tokens, places)

    def scores(self, joining: Joining) -> np.ndarray:
        """Scores (K,) by which the texts are ranked."""
        total = self.logprobs @ np.array(joining.weights)
        if joining.prior != NO_PRIOR:
            total = total + self._usual @ np.array(astuple(joining.prior))
        return total / self._lengths**joining.length_exponent

    @cached_property
    def _lengths(self) -> np.ndarray:
        """Tokens of each text, and its end (K,)."""
        return np.array([len(text) + 1 for text in self.texts], dtype=np.float64)

    @cached_property
    def _usual(self) -> np.ndarray:
        """What the prior weights (K, 2)."""
        return np.array([usualness(text) for text in self.texts]).reshape(-1, 2)

    def order(self, joining: Joining) -> list[int]:
        """Indices of the texts, the best first; ties are broken by the texts."""
        scores = self.scores(joining).tolist()
        return sorted(range(len(self.texts)), key=lambda place: (-scores[place], self.texts[place]))

    def evidence(self, place: int, joining: Joining) -> Evidence:
        """Features for the confidence of a text."""
        weights = np.array(joining.weights) / sum(joining.weights)
        tokens = self.token_logprobs(place, joining)
        agree = np.array([first == place for first in self.firsts], dtype=float)
        return Evidence(float(self.logprobs[place] @ weights), float(min(tokens)), float(agree @ weights))

    def token_logprobs(self, place: int, joining: Joining) -> np.ndarray:
        """Log-probabilities (L,) of a text's tokens and end, the weighted mean over members that have them."""
        length = len(self.texts[place]) + 1
        known = [
            (weight, np.array(values))
            for weight, values in zip(joining.weights, self.tokens[place], strict=True)
            if values
        ]
        if not known:
            return np.full(length, float(self.logprobs[place].mean()) / length)
        total = sum(weight for weight, _ in known) or 1.0
        return sum((weight * values for weight, values in known), np.zeros(length)) / total

    def token_evidence(self, place: int, joining: Joining) -> list[TokenEvidence]:
        """Features for the confidence of each token of a text, without its end."""
        whole = self.evidence(place, joining)
        return [
            TokenEvidence(float(value), whole.logprob, whole.agreement)
            for value in self.token_logprobs(place, joining)[:-1]
        ]

    def hypotheses(self, joining: Joining, how: Decoding) -> tuple[Hypothesis, ...]:
        """The `how.nbest` best texts as readings; with the weighted mean of the members' log-probabilities."""
        scores = self.scores(joining)
        weights = np.array(joining.weights) / sum(joining.weights)
        found = []
        for place in self.order(joining)[: how.nbest]:
            found.append(
                Hypothesis(
                    self.texts[place],
                    float(self.logprobs[place] @ weights),
                    float(scores[place]),
                    self._confidence(place, joining),
                    self._token_confidences(place, joining),
                )
            )
        return tuple(found)

    def _confidence(self, place: int, joining: Joining) -> float | None:
        if joining.confidence is None:
            return None
        return joining.confidence(self.evidence(place, joining).features())

    def _token_confidences(self, place: int, joining: Joining) -> tuple[float, ...]:
        if joining.token_confidence is None:
            return ()
        evidence = self.token_evidence(place, joining)
        return tuple(joining.token_confidence(one.features()) for one in evidence)


def ranks_anew(joining: Joining, how: Decoding) -> bool:
    """Whether a prior ranks what one recogniser's search finds."""
    return how.prior and how.beam > 1 and joining.prior != NO_PRIOR


def better_half(how: Decoding) -> Decoding:
    """The search with at least the better half of its beam as hypotheses, to rank them anew."""
    return replace(how, nbest=max(how.nbest, (how.beam + 1) // 2))


def ranked_anew(
    hypotheses: tuple[Hypothesis, ...], joining: Joining, how: Decoding
) -> tuple[Hypothesis, ...]:
    """The `how.nbest` best hypotheses of one recogniser by its prior too; of equal ones the first stays the first."""
    # The score of a CTC search with a language model is the log-probability and what the model adds.
    found = [one.score if how.lm_weight and one.score is not None else one.logprob for one in hypotheses]
    candidates = Candidates(tuple(one.tokens for one in hypotheses), np.array(found)[:, None], (), ())
    scores = candidates.scores(joining).tolist()
    order = sorted(range(len(hypotheses)), key=lambda place: -scores[place])
    return tuple(replace(hypotheses[place], score=scores[place]) for place in order[: how.nbest])
