"""The prior: what it counts, how texts of a beam are ranked by it, alone and joined, and how it is switched off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from hmer_suite.latex.ngram_model import shipped
from hmer_suite.predict.joining import Candidates, Joining, read_joinings, write_joinings
from hmer_suite.predict.prior import NO_PRIOR, Prior, letters_in_both_cases, usualness
from hmer_suite.predict.sample_reader import SampleReader
from hmer_suite.predict.warnings import BLANK
from hmer_suite.registry import recogniser
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood, Preprocessing
from hmer_suite.specs.samples import SampleSet
from tests.predict.test_inputs import save_ink

MIXED = tuple("p _ { 1 } = P _ { 2 }".split())
ONE_CASE = tuple("p _ { 1 } = p _ { 2 }".split())


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("p + P", "p"),
        ("p + p", ""),
        ("x + X + y Y", "xy"),
        ("a A", ""),  # these look different
        (r"\sin S", ""),
        (r"\phi p \Phi", ""),
        ("", ""),
    ],
)
def test_letters_in_both_cases_are_those_that_look_alike(text: str, letters: str):
    assert letters_in_both_cases(text.split()) == set(letters)


def test_usualness_is_the_log_probability_and_the_letters_in_both_cases():
    assert usualness(MIXED) == (shipped().logprob(MIXED), -1.0)
    assert usualness(ONE_CASE) == (shipped().logprob(ONE_CASE), 0.0)


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_scores_add_the_weighted_prior_to_the_log_likelihood(exponent: float):
    candidates = Candidates.of((MIXED, ONE_CASE), [[Likelihood(-1.0), Likelihood(-2.0)]], (MIXED,))
    found = candidates.scores(Joining((1.0,), exponent, prior=Prior(0.1, 4.0)))
    for score, text, logprob in zip(found, (MIXED, ONE_CASE), (-1.0, -2.0), strict=True):
        usual, cases = usualness(text)
        assert score == pytest.approx((logprob + 0.1 * usual + 4.0 * cases) / (len(text) + 1) ** exponent)
    assert candidates.order(Joining((1.0,), exponent)) == [0, 1]
    assert candidates.order(Joining((1.0,), exponent, prior=Prior(0.0, 4.0))) == [1, 0]


def test_files_keep_the_prior_and_old_ones_have_none(tmp_path: Path):
    path = tmp_path / "reading.json"
    tuned = Joining((1.0,), 0.5, prior=Prior(0.2, 2.0))
    path.write_text(write_joinings({"a": tuned}))
    assert read_joinings(path) == {"a": tuned}
    path.write_text(json.dumps({"a": {"weights": [1.0]}}))
    assert read_joinings(path)["a"].prior == NO_PRIOR


SMALL = Preprocessing(symbol_height=16)


@dataclass(frozen=True, slots=True)
class Scripted(SampleReader):
    """A recogniser that reads everything as the same texts, the best first."""

    joining: Joining
    preprocessing: Preprocessing = SMALL
    scale: float = 1.0
    formulas: bool = True
    digests = ("0" * 64,)
    device = "cpu"
    stepwise = True

    def readings(
        self, samples: SampleSet, how: Decoding, _: int
    ) -> Iterator[dict[int, tuple[Hypothesis, ...]]]:
        found = [
            Hypothesis(MIXED, -1.0, -1.0),
            Hypothesis(ONE_CASE, -2.0, -2.0),
            Hypothesis(("p",), -9.0, -0.5),
        ]
        yield {place: tuple(found[: min(how.nbest, how.beam)]) for place in range(len(samples))}

    def likelihoods(self, _, texts, __) -> list[list[Likelihood]]:
        return [[Likelihood(-float(len(text))) for text in row] for row in texts]

    def at_scale(self, scale: float) -> Scripted:
        return replace(self, scale=scale)


@pytest.fixture(scope="module")
def ink(tmp_path_factory) -> str:
    return str(save_ink(tmp_path_factory.mktemp("ink") / "ink.inkml", 7))


def best(reader: SampleReader, ink: str, how: Decoding) -> list[tuple[str, ...]]:
    return [one.tokens for one in reader.read(reader.samples([ink]), how)[0]]


def test_texts_of_a_beam_are_ranked_by_the_prior_too(ink: str):
    reader = Scripted(Joining((1.0,), prior=Prior(0.0, 4.0)))
    assert best(reader, ink, Decoding(beam=5)) == [ONE_CASE]
    assert best(reader, ink, Decoding(beam=5, nbest=3)) == [ONE_CASE, MIXED, ("p",)]
    assert best(reader, ink, Decoding(beam=5, prior=False)) == [MIXED]


def test_greedy_reading_and_untuned_recognisers_have_no_prior(ink: str):
    assert best(Scripted(Joining((1.0,), prior=Prior(0.0, 4.0))), ink, Decoding()) == [MIXED]
    assert best(Scripted(Joining.plain(1)), ink, Decoding(beam=5)) == [MIXED]


def test_scores_fall_and_log_probabilities_are_the_networks_own(ink: str):
    reader = Scripted(Joining((1.0,), 0.0, prior=Prior(0.0, 4.0)))
    found = reader.read(reader.samples([ink]), Decoding(beam=5, nbest=3))[0]
    assert [one.score for one in found] == [-2.0, -5.0, -9.0]
    assert [one.logprob for one in found] == [-2.0, -1.0, -9.0]


def test_what_a_language_model_of_the_search_adds_counts_too(ink: str):
    reader = Scripted(Joining((1.0,), 0.0, prior=Prior(0.0, 4.0)))
    found = reader.read(reader.samples([ink]), Decoding(beam=5, nbest=3, lm_weight=0.5))[0]
    assert [(one.tokens, one.logprob, one.score) for one in found] == [
        (("p",), -9.0, -0.5), (ONE_CASE, -2.0, -2.0), (MIXED, -1.0, -5.0)
    ]  # fmt: skip


def test_a_blank_sheet_stays_blank(ink: str):
    reader = Scripted(Joining((1.0,), prior=Prior(0.3, 4.0)))
    samples = reader.samples([ink])
    white = replace(samples, sizes=np.ones((1, 2), np.int32), images=(np.zeros((1, 1), np.uint8),))
    assert white.blank.all()
    assert reader.read(white, Decoding(beam=5))[0][0] is BLANK


@pytest.mark.parametrize("name", ["stroke", "wap", "ctc-crnn"])
def test_recognisers_of_handwriting_ship_a_prior(name: str):
    joining = read_joinings(recogniser(name).reading)[name]
    assert joining.prior.letter_case > 0


@pytest.mark.parametrize("names", ["stroke+wap", "stroke+wap+ctc-crnn"])
def test_joint_readings_of_ink_ship_a_prior_with_a_language_model(names: str):
    joining = read_joinings(recogniser("stroke").reading)[names]
    assert joining.prior.language > 0 and joining.prior.letter_case > 0
