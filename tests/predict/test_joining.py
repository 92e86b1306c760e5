"""Readings joined: scores against a slow oracle, files of weights, views, and readers of both kinds of sample."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hmer_suite.errors import InputError, UsageError
from hmer_suite.predict.confidence import Calibration
from hmer_suite.predict.joining import (
    LEAST,
    Candidates,
    Joining,
    find_joining,
    read_joinings,
    write_joinings,
)
from hmer_suite.predict.joint_reader import JointReader
from hmer_suite.predict.open_reader import open_reader, open_readers
from hmer_suite.predict.output import to_json
from hmer_suite.predict.warnings import doubt
from hmer_suite.registry import recogniser
from hmer_suite.specs.recogniser import Decoding, Likelihood

TEXTS = (("x", "+", "1"), ("x", "+", "l"), ("X",))
SAID = (
    (
        Likelihood(-2.0, (-0.5, -0.5, -0.5, -0.5)),
        Likelihood(-1.0, (-0.1, -0.1, -0.7, -0.1)),
        Likelihood(-9.0, (-8.0, -1.0)),
    ),
    (Likelihood(-1.0), Likelihood(-6.0), Likelihood(-1e4)),
)  # fmt: skip
CANDIDATES = Candidates.of(TEXTS, SAID, (TEXTS[1], TEXTS[0]))


@pytest.mark.parametrize("weights", [(1.0, 1.0), (1.0, 0.0), (0.3, 2.0)])
@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_scores_are_weighted_sums_over_a_power_of_the_length(weights: tuple[float, float], exponent: float):
    found = CANDIDATES.scores(Joining(weights, exponent))
    for place, text in enumerate(TEXTS):
        total = sum(w * max(SAID[m][place].logprob, LEAST) for m, w in enumerate(weights))
        assert found[place] == pytest.approx(total / (len(text) + 1) ** exponent)


def test_the_best_is_what_both_find_likely():
    alone = CANDIDATES.hypotheses(Joining((1.0, 0.0)), Decoding(nbest=1))
    joined = CANDIDATES.hypotheses(Joining((1.0, 1.0)), Decoding(nbest=3))
    assert alone[0].tokens == TEXTS[1]
    assert [one.tokens for one in joined] == [TEXTS[0], TEXTS[1], TEXTS[2]]
    assert [one.score for one in joined] == sorted((one.score for one in joined), reverse=True)
    assert joined[0].logprob == pytest.approx(-1.5) and joined[0].confidence is None


def test_confidence_grows_with_agreement_and_likelihood():
    sure = Calibration(0.0, (1.0, 1.0, 1.0))
    joining = Joining((1.0, 1.0), confidence=sure, token_confidence=sure)
    agreeing = replace(CANDIDATES, firsts=(0, 0))
    one, both = (each.hypotheses(joining, Decoding())[0] for each in (CANDIDATES, agreeing))
    assert one.tokens == both.tokens == TEXTS[0] and 0 < one.confidence < both.confidence < 1
    likelier = Candidates.of(
        TEXTS, [[replace(found, logprob=found.logprob / 2) for found in row] for row in SAID], (None, None)
    )
    unlike = replace(CANDIDATES, firsts=(-1, -1))
    assert (
        likelier.hypotheses(joining, Decoding())[0].confidence
        > unlike.hypotheses(joining, Decoding())[0].confidence
    )
    assert len(both.token_confidences) == len(both.tokens)


def test_token_confidence_follows_the_tokens_own_probability():
    joining = Joining((1.0, 1.0), token_confidence=Calibration(0.0, (1.0, 0.0, 0.0)))
    text = next(one for one in CANDIDATES.hypotheses(joining, Decoding(nbest=3)) if one.tokens == TEXTS[1])
    x, plus, letter = text.token_confidences
    assert x == plus > letter


def test_nothing_proposed_gives_no_reading():
    assert Candidates.of((), [[], []], (None, None)).hypotheses(Joining.plain(2), Decoding()) == ()


# --- the files -------------------------------------------------------------------------------------------------


def test_files_come_back_as_they_were_written(tmp_path: Path):
    tuned = Joining(
        (1.0, 0.4), 0.25, Calibration(0.1, (1.0, 2.0, 3.0)), Calibration(0.0, (1.0, 0.0, 0.0)), "somewhere"
    )
    (tmp_path / "reading.json").write_text(write_joinings({"a+b": tuned}))
    assert read_joinings(tmp_path / "reading.json") == {"a+b": tuned}


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"a+b": {"weights": [1.0]}}', '{"a": {"weights": [1], "more": 2}}', '{"a": 3}']
)
def test_damaged_files_are_named(tmp_path: Path, text: str):
    (tmp_path / "reading.json").write_text(text)
    with pytest.raises(InputError, match=r"reading\.json: not a file of joined readings"):
        read_joinings(tmp_path / "reading.json")


def test_members_in_any_order_find_their_weights(tmp_path: Path):
    path = tmp_path / "reading.json"
    path.write_text(
        json.dumps({"wap+ctc-crnn": {"weights": [1.0, 0.3]}, "wap+wap@0.85": {"weights": [2.0, 1.0]}})
    )
    specs = [replace(recogniser("ctc-crnn"), reading=None), replace(recogniser("wap"), reading=path)]
    assert find_joining(specs, ["ctc-crnn", "wap"]).weights == (0.3, 1.0)
    assert find_joining(specs[1:] * 2, ["wap@0.85", "wap"]).weights == (1.0, 2.0)
    assert find_joining(specs, ["wap", "other"]) == Joining.plain(2)


@pytest.mark.parametrize("name", ["wap", "ctc-crnn", "stroke"])
def test_the_files_that_ship_can_be_read(name: str):
    path = recogniser(name).reading
    for key, joining in read_joinings(path).items():
        assert key.split("+")[0] == name and all(weight > 0 for weight in joining.weights)
        assert joining.tuned_on and joining.confidence is not None


# --- readers ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def picture(tmp_path_factory) -> str:
    from tests.predict.test_inputs import save_ink

    return str(save_ink(tmp_path_factory.mktemp("ink") / "ink.inkml", 7))


def test_joined_recognisers_read_what_one_of_them_proposes(picture: str):
    joint, how = open_readers("wap+ctc-crnn"), Decoding(nbest=3, beam=5)
    assert isinstance(joint, JointReader)
    samples = joint.samples([picture])
    found = joint.read(samples, how)[0]
    proposed = {one.tokens for member, own in zip(joint.members, samples.sets, strict=True)
                for one in member.propose(own, replace(how, nbest=5), 8)[0]}  # fmt: skip
    assert len(found) == 3 and {one.tokens for one in found} <= proposed


def test_views_show_everything_at_another_size(picture: str):
    joint = open_readers("wap+wap@0.5")
    whole, half = (own.images[0] for own in joint.samples([picture]).sets)
    assert half.shape[0] < 0.8 * whole.shape[0]
    assert joint.read(joint.samples([picture]), Decoding())[0]


@pytest.mark.parametrize("text", ["wap@9", "wap@x", "wap@0"])
def test_sizes_that_are_none(text: str):
    with pytest.raises(UsageError, match=r"expected a size from 0\.25 to 4"):
        open_readers(f"{text}+ctc-crnn")


def test_unknown_members_are_named():
    with pytest.raises(UsageError, match="nonsense"):
        open_readers("wap+nonsense")


def test_one_recogniser_is_no_joined_reading():
    assert type(open_readers("wap")) is type(open_reader("wap"))


# --- doubt -----------------------------------------------------------------------------------------------------


def test_doubt_says_why():
    from hmer_suite.specs.recogniser import Hypothesis

    how = Decoding(max_length=200)
    looping = tuple(r"\lim _ { x \rightarrow \infty }".split() * 8)
    assert doubt((), how) == doubt((Hypothesis((), -1.0),), how) == "nothing was read"
    assert "in a loop" in doubt((Hypothesis(looping, -1.0),), how)
    assert "in a loop" in doubt((Hypothesis(("\\frac", "{", *("1",) * 48, "}", "{", "}"), -1.0),), how)
    assert "cut off" in doubt((Hypothesis(("x", "+") * 100, -1.0),), how)
    assert "0.05" in doubt((Hypothesis(("x",), -1.0, confidence=0.05),), how)
    assert (
        doubt((Hypothesis(("x",), -1.0, confidence=0.5),), how)
        == doubt((Hypothesis(("x",), -1.0),), how)
        == ""
    )


def test_json_holds_confidences():
    from hmer_suite.specs.recogniser import Hypothesis

    found = to_json("a", "", (Hypothesis(("x", "1"), -0.5, -0.3, 0.91, (0.99, 0.92)),))
    assert found["confidence"] == 0.91 and found["nbest"] == [["x 1", -0.5]]
    assert found["tokens"] == [{"token": "x", "confidence": 0.99}, {"token": "1", "confidence": 0.92}]


def test_a_calibration_of_nothing_but_bias():
    assert Calibration(math.log(3), (0.0,))([5.0]) == pytest.approx(0.75)
    assert np.isfinite(Calibration(1e6, (1.0,))([1e6]))


# --- from Python -----------------------------------------------------------------------------------------------


def test_a_formula_is_read_in_whatever_form_it_comes(picture: str, tmp_path: Path):
    import hmer_suite as hs
    from hmer_suite.ink.inkml import read_inkml
    from hmer_suite.ink.raster import draw

    reader, path = hs.load("wap"), Path(picture)
    traces = read_inkml(path).traces
    expected = reader.read(path)
    strokes = {"strokes": {"x": [t[:, 0].tolist() for t in traces], "y": [t[:, 1].tolist() for t in traces]}}
    forms = (str(path), path.read_bytes(), traces, list(traces), strokes, json.dumps(strokes).encode())
    assert {reader.read(form)[0].latex for form in forms} == {expected[0].latex}
    image = 255 - draw(traces)
    assert reader.read(image)[0].tokens and len(reader.read(image, Decoding(nbest=3))) == 3
    assert reader.read([])[0].tokens == ()
    with pytest.raises(InputError, match="input: not an image"):
        reader.read(b"nonsense")


def test_joined_readers_take_one_formula(picture: str):
    import hmer_suite as hs

    assert hs.load("wap+ctc-crnn").read(picture)[0].tokens
